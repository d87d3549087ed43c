//! Tasks to write, and the words around them.

use std::{collections::HashMap, io::Cursor};

use shiwen_core::{
    ExportFormat, Link, LinkKind, Operation, Platform, ProviderId, TaskState, Timestamp,
    Transcript, TranscriptKind,
};
use shiwen_export::{Exported, Plan, Template, Wording, WriteError, Writer};

/// 2026-11-20T11:47:00Z.
pub(crate) const NOW: Timestamp = Timestamp(1_795_175_220_000);

/// Chinese, in UTC.
pub(crate) fn wording() -> Wording {
    let messages: HashMap<String, String> =
        serde_json::from_str(include_str!("../../../../ui/messages/zh-CN.json")).unwrap();
    Wording::utc(move |key| messages.get(key).unwrap_or_else(|| panic!("no message {key}")).clone())
}

pub(crate) fn transcript(version: u32, text: &str) -> Transcript {
    Transcript {
        version,
        kind: if version == 1 { TranscriptKind::Provider } else { TranscriptKind::Edited },
        text: text.to_owned(),
        words: shiwen_core::count_words(text),
        incomplete: false,
        created_at: NOW,
    }
}

pub(crate) fn task(title: &str, text: &str) -> Exported {
    Exported {
        operation: Operation::Transcribe,
        provider: ProviderId::Momoget,
        state: TaskState::Succeeded,
        created_at: NOW,
        ended_at: Some(NOW),
        title: Some(title.to_owned()),
        author: Some("老张".to_owned()),
        duration_s: Some(205),
        link: Some(Link {
            url: "https://v.douyin.com/iRk3xQ7_p2A/".to_owned(),
            platform: Platform::Douyin,
            kind: LinkKind::Video,
            id: Some("7300000000000000001".to_owned()),
            canonical: Some("https://www.douyin.com/video/7300000000000000001".to_owned()),
            title: None,
        }),
        subject: None,
        model: None,
        target_language: None,
        starred: true,
        note: Some("周三拍".to_owned()),
        tags: vec!["做菜".to_owned(), "爆款".to_owned()],
        share_text: "看看【老张的作品】 https://v.douyin.com/iRk3xQ7_p2A/".to_owned(),
        transcripts: vec![transcript(1, "旧的"), transcript(2, text)],
        output: None,
    }
}

/// A task with nothing to it.
pub(crate) fn bare() -> Exported {
    Exported {
        ended_at: None,
        title: None,
        author: None,
        duration_s: None,
        link: None,
        starred: false,
        note: None,
        tags: Vec::new(),
        share_text: String::new(),
        transcripts: Vec::new(),
        ..task("", "")
    }
}

/// What people may call a video, or make a program call it.
pub(crate) fn hostile() -> Vec<String> {
    let mut titles: Vec<_> = [
        "=HYPERLINK(\"https://evil.example\",\"x\")",
        "+1+1",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "a,b;c\"d\"",
        "two\r\nlines",
        "nul\0bell\u{7}escape\u{1b}[31m",
        "invoice\u{202E}xslx.exe",
        "👨‍👩‍👧 红烧肉 🍖",
        "../../etc/passwd",
        "<script>alert(1)</script> & <w:p>",
        "]]> _x0041_ &amp;",
        "# *heading* --- {{text}}",
        "\u{FEFF}\u{FFFF}mark",
    ]
    .map(str::to_owned)
    .to_vec();
    titles.push("长".repeat(10_000));
    titles
}

pub(crate) fn written(format: ExportFormat, tasks: &[Exported]) -> Vec<u8> {
    written_by(format, None, tasks).unwrap()
}

pub(crate) fn written_by(
    format: ExportFormat,
    template: Option<&Template>,
    tasks: &[Exported],
) -> Result<Vec<u8>, WriteError> {
    let wording = wording();
    let plan = Plan { format, template, tasks: u32::try_from(tasks.len()).unwrap(), at: NOW };
    let mut writer = Writer::new(plan, &wording, Cursor::new(Vec::new()))?;
    for task in tasks {
        writer.add(task)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// As all formats but JSON write a text: no control characters, lines that end alike.
pub(crate) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let keeps = |letter: &char| {
        matches!(letter, '\n' | '\t') || !(letter.is_control() || *letter == '\u{FFFF}')
    };
    text.chars().filter(keeps).collect()
}

pub(crate) fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
