//! Our own JSON, there and back.

use std::{convert::Infallible, io::Read};

use proptest::{collection::vec, option, prelude::*, sample::select};
use shiwen_core::{
    ExportFormat, Link, LinkKind, Operation, Platform, ProviderId, TaskState, Timestamp,
    Transcript, TranscriptKind,
};
use shiwen_export::{Exported, ReadError, read_json};

use crate::stage::{bare, hostile, task, written};

type Outcome = Result<Vec<Option<Exported>>, ReadError<Infallible>>;

fn read(bytes: impl Read) -> Outcome {
    let mut tasks = Vec::new();
    read_json(bytes, |task| {
        tasks.push(task);
        Ok(())
    })?;
    Ok(tasks)
}

fn refused(text: &str) -> ReadError<Infallible> {
    read(text.as_bytes()).unwrap_err()
}

#[test]
fn what_is_written_is_read_again_as_it_was() {
    let mut tasks: Vec<_> = hostile().iter().map(|title| task(title, title)).collect();
    tasks.push(bare());
    let bytes = written(ExportFormat::Json, &tasks);
    let head = "{\"shiwen\":1,\"exported_at\":\"2026-11-20T11:47:00+00:00\",\"tasks\":[\n";
    assert!(bytes.starts_with(head.as_bytes()));
    let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(value["tasks"].as_array().unwrap().len(), tasks.len());
    assert_eq!(value["tasks"][0]["transcripts"][1]["kind"], "edited");
    assert_eq!(read(&*bytes).unwrap(), tasks.iter().cloned().map(Some).collect::<Vec<_>>());
    assert_eq!(read(&*written(ExportFormat::Json, &[])).unwrap(), []);
}

#[test]
fn a_file_that_another_program_saved_again_is_still_ours() {
    let bytes = written(ExportFormat::Json, &[task("鱼", "刮鳞")]);
    let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let saved = format!("\u{FEFF}{}\r\n", serde_json::to_string_pretty(&value).unwrap());
    assert_eq!(read(saved.as_bytes()).unwrap(), [Some(task("鱼", "刮鳞"))]);
}

#[test]
fn foreign_files_are_told_from_damaged_ones() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "\"shiwen\"",
        "标题,作者",
        "PK\u{3}\u{4}",
        "{\"tasks\":[]}",
        "{\"shiwen\":\"1\",\"tasks\":[]}",
        "{\"shiwen\":0,\"tasks\":[]}",
        "{\"shiwen\":1}",
        "{\"tasks\":[],\"shiwen\":1}",
        "{\"a\":{\"shiwen\":1}}",
        "{\"version\":3,\"items\":[1,2",
    ] {
        assert!(matches!(refused(text), ReadError::Foreign), "{text}");
    }
    assert!(matches!(refused("{\"shiwen\":2,\"tasks\":[]}"), ReadError::Newer(2)));
    let damaged = "{\"shiwen\":1,\n\"tasks\":[{},,]}";
    assert!(matches!(refused(damaged), ReadError::Damaged { line: 2, column: 13 }));
    assert!(matches!(refused("{\"shiwen\":1,\"tasks\":7}"), ReadError::Damaged { .. }));
    assert!(matches!(refused("{\"shiwen\":1,\"tasks\":[]} more"), ReadError::Damaged { .. }));
    let error = read(&b"{\"shiwen\":1,\"tasks\":[\"\xff\xfe\"]}"[..]).unwrap_err();
    assert!(matches!(error, ReadError::Damaged { .. }), "{error}");
}

#[test]
fn a_file_that_is_cut_anywhere_says_so_and_never_gives_half_a_task() {
    let bytes = written(ExportFormat::Json, &[task("鱼", "刮鳞"), bare()]);
    let whole = [Some(task("鱼", "刮鳞")), Some(bare())];
    // Without the line feed behind it the file is whole.
    for end in 12..bytes.len() - 1 {
        let mut seen = Vec::new();
        let cut = read_json(&bytes[..end], |task| {
            seen.push(task);
            Ok::<_, Infallible>(())
        });
        assert!(matches!(cut, Err(ReadError::Truncated)), "{end}: {cut:?}");
        assert_eq!(seen, whole[..seen.len()]);
    }
}

#[test]
fn an_entry_that_is_no_task_is_passed_over() {
    let ours = serde_json::to_string(&task("鱼", "刮鳞")).unwrap();
    let newer = ours.replace("\"momoget\"", "\"unheard-of\"");
    let text = format!("{{\"shiwen\":1,\"tasks\":[7,{newer},{ours},[],{{}}]}}");
    let tasks = read(text.as_bytes()).unwrap();
    assert_eq!(tasks, [None, None, Some(task("鱼", "刮鳞")), None, None]);
    let more = ours.replacen('{', "{\"some_day\":{\"a\":[1]},", 1);
    let text = format!("{{\"shiwen\":1,\"x\":[{{}}],\"tasks\":[{more}]}}");
    assert_eq!(read(text.as_bytes()).unwrap(), [Some(task("鱼", "刮鳞"))]);
}

#[test]
fn deep_nesting_ends_with_an_error_and_not_with_the_stack() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nest = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let text = format!("{{\"shiwen\":1,\"tasks\":[{}]}}", nest(100_000));
        assert!(matches!(refused(&text), ReadError::Damaged { line: 1, .. }));
        let text = format!("{{\"x\":{},\"shiwen\":1,\"tasks\":[]}}", nest(100_000));
        let outcome = read(text.as_bytes());
        assert!(matches!(outcome, Ok(_) | Err(ReadError::Foreign | ReadError::Damaged { .. })));
    }
}

#[test]
fn a_reader_that_stops_is_asked_no_more() {
    #[derive(Debug, thiserror::Error)]
    #[error("enough")]
    struct Enough;
    let bytes = written(ExportFormat::Json, &[bare(), bare(), bare()]);
    let mut seen = 0;
    let stopped = read_json(&*bytes, |_| {
        seen += 1;
        if seen == 2 { Err(Enough) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(ReadError::Stopped(Enough))));
    assert_eq!(seen, 2);
}

/// A task that never ends.
struct Endless {
    head: &'static [u8],
    given: u64,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = if self.head.is_empty() {
            into.fill(b'a');
            into.len()
        } else {
            self.head.read(into)?
        };
        self.given += count as u64;
        Ok(count)
    }
}

#[test]
fn one_endless_task_is_refused_before_it_fills_the_memory() {
    let head = b"{\"shiwen\":1,\"tasks\":[{\"title\":\"";
    let mut endless = Endless { head, given: 0 };
    assert!(matches!(read(&mut endless), Err(ReadError::TooLarge)));
    assert!(endless.given < 80 * 1024 * 1024);
}

fn link() -> impl Strategy<Value = Link> {
    (any::<String>(), select(Platform::ALL), select(LinkKind::ALL), any::<[Option<String>; 3]>())
        .prop_map(|(url, platform, kind, [id, canonical, title])| Link {
            url,
            platform,
            kind,
            id,
            canonical,
            title,
        })
}

fn transcript() -> impl Strategy<Value = Transcript> {
    let at = any::<i64>().prop_map(Timestamp);
    (any::<u32>(), select(TranscriptKind::ALL), any::<String>(), any::<u32>(), any::<bool>(), at)
        .prop_map(|(version, kind, text, words, incomplete, created_at)| Transcript {
            version,
            kind,
            text,
            words,
            incomplete,
            created_at,
        })
}

fn exported() -> impl Strategy<Value = Exported> {
    let words = (
        select(Operation::ALL),
        select(ProviderId::ALL),
        select(TaskState::ALL),
        any::<i64>(),
        any::<Option<i64>>(),
    );
    let texts = any::<[Option<String>; 6]>();
    let rest = (
        any::<Option<u32>>(),
        any::<bool>(),
        vec(any::<String>(), 0..3),
        any::<String>(),
        vec(transcript(), 0..3),
        option::of(link()),
    );
    (words, texts, rest).prop_map(|(words, texts, rest)| {
        let [title, author, subject, model, target_language, note] = texts;
        Exported {
            operation: words.0,
            provider: words.1,
            state: words.2,
            created_at: Timestamp(words.3),
            ended_at: words.4.map(Timestamp),
            title,
            author,
            subject,
            model,
            target_language,
            note,
            duration_s: rest.0,
            starred: rest.1,
            tags: rest.2,
            share_text: rest.3,
            transcripts: rest.4,
            link: rest.5,
            output: None,
        }
    })
}

proptest! {
    #[test]
    fn any_tasks_come_back_the_same(tasks in vec(exported(), 0..6)) {
        let bytes = written(ExportFormat::Json, &tasks);
        let back: Vec<_> = read(&*bytes).unwrap().into_iter().flatten().collect();
        prop_assert_eq!(back, tasks);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(text in "\\{\"shiwen\":1,\"tasks\":\\[[\\PC{}\\[\\]\",:0-9a]{0,80}") {
        let outcome = read(text.as_bytes());
        prop_assert!(!matches!(outcome, Err(ReadError::Io(_) | ReadError::TooLarge)));
    }
}

proptest! {
    // Each case makes two packages.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_tasks_can_be_written_in_every_format(tasks in vec(exported(), 0..3)) {
        for format in ExportFormat::ALL {
            let bytes = written(*format, &tasks);
            prop_assert!(!bytes.is_empty() || tasks.is_empty());
        }
    }
}
