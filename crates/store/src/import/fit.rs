//! What a file says, brought into the bounds of this history. The file may have been written by anybody.

use shiwen_core::{Link, Timestamp};

use super::{ImportedTask, ImportedText, merge::rank};
use crate::labels::{self, LONGEST_NOTE, LONGEST_TAG, TAGS};
use crate::texts::LONGEST_TEXT;

/// Longest share text, in characters.
const LONGEST_SHARE_TEXT: usize = 100_000;
/// Longest title, author, subject or the like, in characters.
const LONGEST_LINE: usize = 1000;
/// Longest address, in bytes.
const LONGEST_URL: usize = 4096;

/// The task as it can be kept; none where it holds nothing to keep.
pub(super) fn fitted(task: &ImportedTask, now: Timestamp) -> Option<ImportedTask> {
    let past = |at: Timestamp| Timestamp(at.0.clamp(0, now.0));
    let transcripts = texts(&task.transcripts, past);
    if transcripts.is_empty() && task.output.is_none() {
        return None;
    }
    if !task.link.as_ref().is_none_or(is_address) {
        return None;
    }
    let (title, author) = (line(&task.title), line(&task.author));
    let share_text: String = task.share_text.chars().take(LONGEST_SHARE_TEXT).collect();
    let subject = line(&task.subject).or_else(|| {
        // What has no link is listed by what it is about.
        let about = title.clone().or_else(|| line(&Some(share_text.clone())));
        about.filter(|_| task.link.is_none())
    });
    if task.link.is_none() && subject.is_none() {
        return None;
    }
    let created_at = past(task.created_at);
    let ended_at = task.ended_at.map_or(created_at, |at| past(at).max(created_at));
    Some(ImportedTask {
        share_text,
        link: task.link.clone().map(|link| Link { title: line(&link.title), ..link }),
        subject,
        model: line(&task.model),
        target_language: line(&task.target_language),
        title,
        author,
        created_at,
        ended_at: Some(ended_at),
        note: task.note.as_deref().and_then(note),
        tags: tags(&task.tags),
        transcripts,
        ..task.clone()
    })
}

/// Each not before the one that it follows.
fn texts(texts: &[ImportedText], past: impl Fn(Timestamp) -> Timestamp) -> Vec<ImportedText> {
    let mut at = Timestamp(0);
    let fits = |text: &&ImportedText| {
        !text.text.trim().is_empty() && text.text.chars().nth(LONGEST_TEXT).is_none()
    };
    let mut texts: Vec<_> = texts
        .iter()
        .filter(fits)
        .map(|text| {
            at = at.max(past(text.created_at));
            ImportedText { created_at: at, ..text.clone() }
        })
        .collect();
    // As merging has them: what is brought in another order of files must not end in another order of versions.
    texts.sort_by(|a, b| {
        let order = |text: &ImportedText| (text.created_at, rank(text.kind));
        order(a).cmp(&order(b)).then_with(|| a.text.cmp(&b.text))
    });
    texts
}

fn is_address(link: &Link) -> bool {
    let is_web = ["https://", "http://"].iter().any(|scheme| link.url.starts_with(scheme));
    is_web && link.url.len() <= LONGEST_URL && !link.url.chars().any(char::is_control)
}

/// One line without control characters; none where nothing is left.
fn line(text: &Option<String>) -> Option<String> {
    let text = text.as_deref()?;
    let plain: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control())
        .take(LONGEST_LINE)
        .collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

fn note(note: &str) -> Option<String> {
    let note: String = note.chars().take(LONGEST_NOTE).collect();
    labels::clean_note(&note).ok().flatten()
}

/// Each once, in the order of the list.
fn tags(tags: &[String]) -> Vec<String> {
    let short = |tag: &String| tag.chars().take(LONGEST_TAG).collect::<String>();
    let mut tags: Vec<_> =
        tags.iter().filter_map(|tag| labels::clean_tag(&short(tag)).ok().flatten()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags.truncate(TAGS);
    tags
}
