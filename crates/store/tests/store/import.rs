//! Tasks of another history: brought once, merged with what is known, in whatever order.

use std::collections::BTreeSet;

use proptest::prelude::*;
use shiwen_core::{
    Analysis, Desk, Imported, Link, LinkKind, Operation, Output, Platform, ProviderId, TaskChange,
    TaskId, TaskState, Timestamp, TranscriptKind, Work, WorkKind,
};
use shiwen_store::{HistoryRecord, ImportedTask, ImportedText};

use crate::fixture::{Situation as From, *};

/// Later than everything that is brought.
const NOW: Timestamp = Timestamp(1_900_000_000_000);

fn text(kind: TranscriptKind, text: &str, ms: i64) -> ImportedText {
    ImportedText { kind, text: text.to_owned(), incomplete: false, created_at: at(ms) }
}

fn original(words: &str, ms: i64) -> ImportedText {
    text(TranscriptKind::Provider, words, ms)
}

fn edited(words: &str, ms: i64) -> ImportedText {
    text(TranscriptKind::Edited, words, ms)
}

/// A task on the video `id` that was made `ms` after the beginning.
fn brought(id: &str, ms: i64, transcripts: &[ImportedText]) -> ImportedTask {
    ImportedTask {
        share_text: pasted(id),
        link: Some(link(id)),
        operation: Operation::Transcribe,
        provider: PROVIDER,
        subject: None,
        model: None,
        target_language: None,
        title: Some(format!("标题{id}")),
        author: Some("作者".to_owned()),
        duration_s: Some(63),
        created_at: at(ms),
        ended_at: Some(at(ms + 5)),
        starred: false,
        note: None,
        tags: Vec::new(),
        transcripts: transcripts.to_vec(),
        output: None,
    }
}

/// What another history makes of an exported record.
fn carried(record: &HistoryRecord) -> ImportedTask {
    let task = &record.task;
    ImportedTask {
        share_text: record.share_text.clone(),
        link: task.link.clone(),
        operation: task.operation,
        provider: task.provider,
        subject: task.subject.clone(),
        model: task.model.clone(),
        target_language: task.target_language.clone(),
        title: task.found.title.clone(),
        author: task.found.author.clone(),
        duration_s: task.found.duration_s,
        created_at: task.created_at,
        ended_at: task.ended_at,
        starred: task.starred,
        note: task.note.clone(),
        tags: task.tags.clone(),
        transcripts: record
            .transcripts
            .iter()
            .map(|text| ImportedText {
                kind: text.kind,
                text: text.text.clone(),
                incomplete: text.incomplete,
                created_at: text.created_at,
            })
            .collect(),
        output: record.output.clone(),
    }
}

fn counts(added: u32, merged: u32, known: u32, skipped: u32) -> Imported {
    Imported { added, merged, known, skipped }
}

fn all(history: &History) -> Vec<HistoryRecord> {
    let ids: Vec<_> = [Desk::Texts, Desk::Works, Desk::Research]
        .into_iter()
        .flat_map(|desk| history.store.tasks(desk, None, 1000).unwrap().tasks)
        .map(|task| task.id)
        .collect();
    history.store.records(&ids).unwrap()
}

fn words(record: &HistoryRecord) -> Vec<&str> {
    record.transcripts.iter().map(|text| text.text.as_str()).collect()
}

#[test]
fn a_history_carried_to_another_machine_is_there_and_costs_nothing() {
    let here = History::new();
    for from in From::ALL {
        here.in_situation(from, &format!("{from:?}"));
    }
    let done = here.in_situation(From::Succeeded, "done");
    here.store.save_text(done, "改过的文案", at(50)).unwrap();
    here.store.star(&[done], true).unwrap();
    here.store.save_note(done, "记").unwrap();
    here.store.tag(&[done], &["做菜".to_owned()], &[]).unwrap();
    let file: Vec<_> = all(&here).iter().map(carried).collect();

    let there = History::new();
    assert_eq!(there.store.import(&file, NOW).unwrap(), counts(2, 0, 0, 9));

    let found = all(&there);
    let copy = found.iter().find(|record| record.task.starred).unwrap();
    let before = &here.store.records(&[done]).unwrap()[0];
    assert_eq!(carried(copy), carried(before));
    assert!(copy.task.imported && copy.task.state == TaskState::Succeeded);
    assert_eq!(copy.task.words, before.task.words);
    assert!(there.detail(copy.task.id).attempts.is_empty());
    assert_eq!(there.store.booked_since(PROVIDER, Timestamp(0)).unwrap(), 0);
    let known = there.store.known("douyin:done", Operation::Transcribe, None).unwrap().unwrap();
    assert_eq!(known.task, copy.task.id, "it is not paid for a second time");
    assert!(there.store.check(at(99)).unwrap().is_sound());

    let rows = there.rows(copy.task.id);
    let mut changes = there.store.changes();
    assert_eq!(there.store.import(&file, NOW).unwrap(), counts(0, 0, 2, 9), "again adds nothing");
    assert_eq!(there.rows(copy.task.id), rows);
    assert_eq!(announced(&mut changes), []);
    assert_eq!(here.store.import(&file, NOW).unwrap(), counts(0, 0, 2, 9), "nor where it is from");
}

#[test]
fn the_same_video_and_text_learns_versions_and_labels() {
    let history = History::new();
    let id = history.in_situation(From::Succeeded, "1");
    let text = won("1").text.unwrap();
    history.store.save_note(id, "这里的").unwrap();
    let before = history.task(id);
    let other = ImportedTask {
        provider: ProviderId::Coze,
        starred: true,
        note: Some("那里的".to_owned()),
        tags: vec!["签".to_owned()],
        ..brought("1", 5000, &[original(&text, 5001), edited("那里改的", 6000)])
    };
    let mut changes = history.store.changes();

    assert_eq!(
        history.store.import(std::slice::from_ref(&other), NOW).unwrap(),
        counts(0, 1, 0, 0)
    );

    let task = history.task(id);
    assert_eq!((task.starred, task.tags.as_slice()), (true, ["签".to_owned()].as_slice()));
    let note = task.note.clone().unwrap();
    assert!(note.contains("这里的") && note.contains("那里的"), "{note}");
    assert_eq!(
        (task.found.clone(), task.provider, task.created_at, task.imported),
        (before.found, PROVIDER, at(0), false)
    );
    assert_eq!(words(&history.store.records(&[id]).unwrap()[0]), [text.as_str(), "那里改的"]);
    assert_eq!(task.words, Some(4));
    assert_eq!(announced(&mut changes), [TaskChange::Saved { task: Box::new(task) }]);
    assert_eq!(history.store.import(&[other], NOW).unwrap(), counts(0, 0, 1, 0));
}

#[test]
fn another_text_of_the_video_stands_beside_it() {
    let history = History::new();
    let id = history.in_situation(From::Succeeded, "1");
    let other = brought("1", 5000, &[original("别家的文案", 5001)]);
    assert_eq!(history.store.import(&[other], NOW).unwrap(), counts(1, 0, 0, 0));
    let beside = history.detail(id).same_video;
    assert_eq!(beside.len(), 1);
    let english = ImportedTask {
        target_language: Some("en".to_owned()),
        ..brought("1", 5000, &[original("别家的文案", 5001)])
    };
    assert_eq!(history.store.import(&[english], NOW).unwrap(), counts(1, 0, 0, 0));
}

#[test]
fn the_newest_version_is_the_text_and_an_older_one_takes_its_place_before_it() {
    let history = History::new();
    let id = history.in_situation(From::Succeeded, "1");
    let text = won("1").text.unwrap();
    history.store.save_text(id, "这里改的", at(500)).unwrap();
    let older = brought("1", 0, &[original(&text, 30), edited("早先改的", 100)]);
    history.store.import(&[older], NOW).unwrap();
    let record = &history.store.records(&[id]).unwrap()[0];
    assert_eq!(words(record), [text.as_str(), "早先改的", "这里改的"]);
    let versions: Vec<_> = record.transcripts.iter().map(|text| text.version).collect();
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(record.task.words, Some(4));
}

#[test]
fn what_is_in_the_trash_comes_out_of_it() {
    let history = History::new();
    let file = [brought("1", 0, &[original("文案", 1)])];
    history.store.import(&file, NOW).unwrap();
    let id = all(&history)[0].task.id;
    history.store.trash_many(&[id], at(50)).unwrap();
    assert_eq!(history.store.import(&file, NOW).unwrap(), counts(0, 1, 0, 0));
    assert_eq!(history.task(id).deleted_at, None);
    history.store.trash_many(&[id], at(60)).unwrap();
    assert_eq!(history.store.delete_for_ever(&[id]).unwrap(), [id], "it owes nothing");
    assert_eq!(history.store.import(&file, NOW).unwrap(), counts(1, 0, 0, 0));
}

#[test]
fn where_a_short_link_leads_is_learned_from_the_other_history() {
    let short = Link {
        url: "https://v.douyin.com/abc/".to_owned(),
        kind: LinkKind::Short,
        id: None,
        canonical: None,
        ..link("77")
    };
    let followed = Link { url: short.url.clone(), ..link("77") };
    let unfollowed = ImportedTask { link: Some(short), ..brought("77", 0, &[original("文", 1)]) };
    let followed =
        ImportedTask { link: Some(followed), ..brought("77", 9, &[original("文", 10)]) };
    for order in [[&unfollowed, &followed], [&followed, &unfollowed]] {
        let history = History::new();
        for task in order {
            history.store.import(std::slice::from_ref(task), NOW).unwrap();
        }
        let found = all(&history);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].task.link.as_ref().unwrap().video_key(), "douyin:77");
        assert!(history.store.known("douyin:77", Operation::Transcribe, None).unwrap().is_some());
    }
}

#[test]
fn works_and_analyses_come_along_and_no_address_is_asked_for() {
    let work = Work {
        kind: WorkKind::Video,
        remote_id: Some("w".to_owned()),
        version: 1,
        edit: None,
        url: "https://media.example/1.mp4".to_owned(),
        expires_at: None,
        cover_url: None,
        title: None,
        duration_s: None,
    };
    let made = ImportedTask {
        link: None,
        operation: Operation::GenerateVideo,
        subject: Some("一只猫".to_owned()),
        output: Some(Output::Works { works: vec![work.clone(), work] }),
        ..brought("1", 0, &[])
    };
    let analysis = Analysis { hook: Some("开头".to_owned()), ..Analysis::default() };
    let analysed = ImportedTask {
        operation: Operation::Analyze,
        output: Some(Output::Analysis(analysis)),
        ..brought("2", 0, &[])
    };
    let history = History::new();
    let file = [made, analysed];
    assert_eq!(history.store.import(&file, NOW).unwrap(), counts(2, 0, 0, 0));
    assert_eq!(history.store.import(&file, NOW).unwrap(), counts(0, 0, 2, 0));
    assert_eq!(history.store.works_to_keep().unwrap(), []);
    let found = all(&history);
    let made = found.iter().find(|record| record.task.link.is_none()).unwrap();
    assert_eq!((made.task.works.len(), made.task.words), (2, None));
    assert_eq!(made.task.title(), Some("标题1"));
    assert!(found.iter().all(|record| record.output.is_some()));
}

#[test]
fn what_a_file_says_is_brought_into_bounds() {
    let fits = brought("1", 0, &[original("文案", 1)]);
    let no_web = Link { url: "javascript:alert(1)".to_owned(), ..link("1") };
    let skipped = [
        brought("2", 0, &[]),
        brought("3", 0, &[original("  \n", 1), edited("", 2)]),
        brought("4", 0, &[original(&"长".repeat(1_000_001), 1)]),
        ImportedTask { link: Some(no_web), ..fits.clone() },
        ImportedTask {
            link: None,
            share_text: String::new(),
            title: None,
            subject: Some(" \u{1}".to_owned()),
            ..fits.clone()
        },
    ];
    let history = History::new();
    assert_eq!(history.store.import(&skipped, NOW).unwrap(), counts(0, 0, 0, 5));
    let wild = ImportedTask {
        title: Some("一\u{0}行\n又一行".to_owned()),
        note: Some("\u{1b}".repeat(20_000) + "注"),
        tags: (0..50).map(|n| format!("{n:02}{}", "长".repeat(90))).collect(),
        created_at: Timestamp(i64::MAX),
        ended_at: Some(Timestamp(i64::MIN)),
        transcripts: vec![
            ImportedText { created_at: Timestamp(i64::MAX), ..original("一", 0) },
            ImportedText { created_at: Timestamp(i64::MIN), ..edited("二", 0) },
        ],
        ..fits
    };
    assert_eq!(history.store.import(&[wild], NOW).unwrap(), counts(1, 0, 0, 0));
    let found = all(&history);
    let task = &found[0].task;
    assert_eq!(task.found.title.as_deref(), Some("一行 又一行"));
    assert_eq!((task.created_at, task.ended_at), (NOW, Some(NOW)));
    assert_eq!((task.tags.len(), task.tags[0].chars().count()), (20, 40));
    assert_eq!(words(&found[0]), ["一", "二"]);
}

#[test]
fn a_large_file_is_brought_in_parts_and_announced_as_one_change() {
    let history = History::new();
    let file: Vec<_> =
        (0..1200).map(|n| brought(&n.to_string(), n, &[original("文案", n + 1)])).collect();
    let mut changes = history.store.changes();
    assert_eq!(history.store.import(&file, NOW).unwrap(), counts(1200, 0, 0, 0));
    let told = announced(&mut changes);
    assert_eq!(told.len(), 202, "two parts as one change each, and a small one");
    assert!(told.starts_with(&[TaskChange::Reload, TaskChange::Reload]));
}

/// The end state of a history, without the numbers that depend on the order.
fn state(history: &History) -> BTreeSet<String> {
    all(history)
        .iter()
        .map(|record| {
            let key = record.task.link.as_ref().map(Link::video_key);
            let shown = (record.task.words, record.task.ended_at);
            format!("{key:?} {shown:?} {:?}", ImportedTask { link: None, ..carried(record) })
        })
        .collect()
}

/// Tasks as histories export them: what came back for one making is the same text in each of them.
fn exported() -> impl Strategy<Value = ImportedTask> {
    let labels =
        (any::<bool>(), proptest::option::of(0..3_u8), proptest::collection::vec(0..4_u8, 0..3));
    let edits = proptest::collection::vec((0..3_u8, 10..60_i64, any::<bool>()), 0..4);
    (0..2_u8, 0..4_u8, labels, edits, any::<bool>()).prop_map(
        |(video, making, (starred, note, tags), mut edits, short)| {
            // Two makings gave the same text.
            let came_back = format!("第{}个文案", making / 2);
            let mut transcripts = vec![original(&came_back, i64::from(making) + 1)];
            edits.sort();
            edits.sort_by_key(|edit| edit.1);
            transcripts.extend(edits.into_iter().map(|(words, ms, tidied)| {
                let kind = if tidied { TranscriptKind::Tidied } else { TranscriptKind::Edited };
                text(kind, &format!("改成{words}"), ms)
            }));
            let url = format!("https://v.douyin.com/{video}/");
            let id = Some(format!("{video}77")).filter(|_| !short);
            let kind = if short { LinkKind::Short } else { LinkKind::Video };
            let link =
                Link { url, kind, id, canonical: None, platform: Platform::Douyin, title: None };
            ImportedTask {
                link: Some(link),
                starred,
                note: note.map(|note| format!("注{note}")),
                tags: tags.into_iter().map(|tag| format!("签{tag}")).collect(),
                title: Some(format!("标题{making}")),
                provider: if making % 2 == 0 { PROVIDER } else { ProviderId::Coze },
                ..brought(&video.to_string(), i64::from(making), &transcripts)
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_order_of_importing_does_not_matter(
        file in proptest::collection::vec(exported(), 1..10),
        keys in proptest::collection::vec(any::<u16>(), 10),
        cut in 0..10_usize,
    ) {
        let (one, two) = (History::new(), History::new());
        one.store.import(&file, NOW).unwrap();
        let mut shuffled: Vec<_> = keys.into_iter().zip(&file).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<_> = shuffled.into_iter().map(|(_, task)| task.clone()).collect();
        let (first, rest) = shuffled.split_at(cut.min(shuffled.len()));
        two.store.import(rest, NOW).unwrap();
        two.store.import(first, NOW).unwrap();
        prop_assert_eq!(state(&one), state(&two));

        // Neither does bringing it again, nor what the other history exports.
        let known = u32::try_from(file.len()).unwrap();
        prop_assert_eq!(one.store.import(&file, NOW).unwrap(), counts(0, 0, known, 0));
        let back: Vec<_> = all(&two).iter().map(carried).collect();
        let known = u32::try_from(back.len()).unwrap();
        prop_assert_eq!(one.store.import(&back, NOW).unwrap(), counts(0, 0, known, 0));
        prop_assert_eq!(state(&one), state(&two));
    }
}

#[test]
fn records_are_told_in_the_order_asked_for_and_without_what_is_gone() {
    let history = History::new();
    let ids: Vec<_> =
        (0..3).map(|n| history.in_situation(From::Succeeded, &n.to_string())).collect();
    let asked = [ids[2], TaskId(99), ids[0], ids[2]];
    let told: Vec<_> =
        history.store.records(&asked).unwrap().into_iter().map(|record| record.task.id).collect();
    assert_eq!(told, [ids[2], ids[0], ids[2]]);
    let record = &history.store.records(&ids[1..2]).unwrap()[0];
    assert_eq!((record.share_text.clone(), record.transcripts.len()), (pasted("1"), 1));
}
