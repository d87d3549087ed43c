//! What a task that is here already learns from the same task of another history.

use std::cmp::Reverse;

use rusqlite::named_params;
use shiwen_core::{TaskId, Timestamp, Transcript, TranscriptKind};

use super::{ImportedTask, ImportedText, add_paste};
use crate::{
    StoreError,
    labels::{self, LONGEST_NOTE},
    texts, trash,
    write::Write,
};

/// Between the notes of different histories.
const BETWEEN_NOTES: &str = "\n———\n";

/// Whether the task learned something that the user sees: a version, a label, or that it is wanted after all.
pub(super) fn merge(
    write: &mut Write<'_>,
    id: TaskId,
    task: &ImportedTask,
) -> Result<bool, StoreError> {
    let taken_out = take_out(write, id)?;
    let versions = merge_texts(write, id, &task.transcripts)?;
    let labels = merge_labels(write, id, task)?;
    let base = take_older(write, id, task)?;
    if taken_out || versions || labels || base {
        write.changed(id);
    }
    Ok(taken_out || versions || labels)
}

fn take_out(write: &Write<'_>, id: TaskId) -> Result<bool, StoreError> {
    let sql = "UPDATE tasks SET deleted_at = NULL WHERE id = ?1 AND deleted_at IS NOT NULL";
    Ok(write.tx.prepare_cached(sql)?.execute([id.0])? > 0)
}

/// Adds the versions that are lacking, each at its time. The first is what came back, which is one however often it
/// was paid for: it counts from when it came back first, so that what was made of it stands behind it.
fn merge_texts(
    write: &mut Write<'_>,
    id: TaskId,
    brought: &[ImportedText],
) -> Result<bool, StoreError> {
    let mut here = texts::all(&write.tx, id)?;
    let (mut added, mut moved) = (Vec::new(), false);
    for (place, text) in brought.iter().enumerate() {
        let is_same = |have: &Transcript| have.kind == text.kind && have.text == text.text;
        if place == 0
            && let Some(original) = here.iter_mut().find(|have| is_same(have))
        {
            if text.created_at < original.created_at {
                original.created_at = text.created_at;
                let sql =
                    "UPDATE transcripts SET created_at = ?3 WHERE task_id = ?1 AND version = ?2";
                let params = (id.0, original.version, text.created_at.0);
                write.tx.prepare_cached(sql)?.execute(params)?;
                moved = true;
            }
        } else if !here.iter().any(|have| is_same(have) && have.created_at == text.created_at) {
            added.push(text.version(0));
        }
    }
    if added.is_empty() && !moved {
        return Ok(false);
    }
    let learned = !added.is_empty();
    here.append(&mut added);
    here.sort_by(|a, b| order(a).cmp(&order(b)));
    number(write, id, here)?;
    texts::count_last(write, id)?;
    Ok(learned)
}

fn order(text: &Transcript) -> (Timestamp, u8, &str) {
    (text.created_at, rank(text.kind), &text.text)
}

/// Which of two versions of one time stands first.
pub(super) fn rank(kind: TranscriptKind) -> u8 {
    match kind {
        TranscriptKind::Provider => 0,
        TranscriptKind::Tidied => 1,
        TranscriptKind::Edited => 2,
    }
}

/// Writes the versions in this order; those with the number 0 are new. A number that can stay stays, others grow.
fn number(write: &Write<'_>, id: TaskId, texts: Vec<Transcript>) -> Result<(), StoreError> {
    let mut last = 0;
    let numbered = texts.into_iter().map(|text| {
        last = if text.version > last { text.version } else { last + 1 };
        (last, text)
    });
    // From the end: every number that is written is free by then.
    for (version, text) in numbered.collect::<Vec<_>>().into_iter().rev() {
        match text.version {
            0 => texts::add(write, id, &Transcript { version, ..text })?,
            before if before == version => {}
            before => {
                let sql = "UPDATE transcripts SET version = ?3 WHERE task_id = ?1 AND version = ?2";
                write.tx.prepare_cached(sql)?.execute((id.0, before, version))?;
            }
        }
    }
    Ok(())
}

fn merge_labels(write: &Write<'_>, id: TaskId, task: &ImportedTask) -> Result<bool, StoreError> {
    let sql = "SELECT starred, note FROM tasks WHERE id = ?1";
    let (starred, note): (bool, Option<String>) =
        write.tx.prepare_cached(sql)?.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let both = joined(note.as_deref(), task.note.as_deref());
    let learned = (starred || task.starred) != starred || both != note;
    if learned {
        let sql = "UPDATE tasks SET starred = ?2, note = ?3 WHERE id = ?1";
        write.tx.prepare_cached(sql)?.execute((id.0, starred || task.starred, &both))?;
    }
    let tags = labels::tags_of(write, id)?;
    let lacking: Vec<_> = task.tags.iter().filter(|tag| !tags.contains(tag)).collect();
    for tag in &lacking {
        labels::add_tag(write, id, tag)?;
    }
    Ok(learned || !lacking.is_empty())
}

/// Both notes, each part once; what would be too long together stays as it is.
fn joined(here: Option<&str>, brought: Option<&str>) -> Option<String> {
    let (Some(here), Some(brought)) = (here, brought) else {
        return here.or(brought).map(str::to_owned);
    };
    let mut parts: Vec<_> = here.split(BETWEEN_NOTES).collect();
    let known = parts.len();
    parts.extend(brought.split(BETWEEN_NOTES));
    if parts[known..].iter().all(|part| parts[..known].contains(part)) {
        return Some(here.to_owned());
    }
    parts.sort_unstable();
    parts.dedup();
    let both = parts.join(BETWEEN_NOTES);
    let fits = both.chars().nth(LONGEST_NOTE).is_none();
    Some(if fits { both } else { here.to_owned() })
}

/// What a task says of itself. Where two differ the smaller one counts: the older, and of these the one that says more.
type Said<'a> = (
    Timestamp,
    &'a str,
    Reverse<Option<Timestamp>>,
    Reverse<Option<&'a str>>,
    Reverse<Option<&'a str>>,
    Reverse<Option<u32>>,
    Reverse<Option<&'a str>>,
    Reverse<Option<&'a str>>,
    &'a str,
);

fn said<'a>(task: &'a ImportedTask) -> Said<'a> {
    (
        task.created_at,
        task.provider.as_str(),
        Reverse(task.ended_at),
        Reverse(task.title.as_deref()),
        Reverse(task.author.as_deref()),
        Reverse(task.duration_s),
        Reverse(task.model.as_deref()),
        Reverse(task.subject.as_deref()),
        &task.share_text,
    )
}

/// A task that was brought takes what an older one says of itself; one that was made here never does.
fn take_older(write: &Write<'_>, id: TaskId, task: &ImportedTask) -> Result<bool, StoreError> {
    let sql = "SELECT t.created_at, t.provider, t.ended_at, t.title, t.author, t.duration_s, t.model, t.subject,
                 p.text, t.paste_id
               FROM tasks t JOIN pastes p ON p.id = t.paste_id WHERE t.id = ?1 AND t.imported_at IS NOT NULL";
    let mut statement = write.tx.prepare_cached(sql)?;
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    let (provider, text): (String, String) = (row.get(1)?, row.get(8)?);
    let ended_at: Option<i64> = row.get(2)?;
    let words: [Option<String>; 4] = [row.get(3)?, row.get(4)?, row.get(6)?, row.get(7)?];
    let [title, author, model, subject] = words.each_ref().map(Option::as_deref);
    let here: Said<'_> = (
        Timestamp(row.get(0)?),
        &provider,
        Reverse(ended_at.map(Timestamp)),
        Reverse(title),
        Reverse(author),
        Reverse(row.get(5)?),
        Reverse(model),
        Reverse(subject),
        &text,
    );
    if said(task) >= here {
        return Ok(false);
    }
    let before: i64 = row.get(9)?;
    let paste = if task.share_text == text { before } else { add_paste(write, task)? };
    let sql = "UPDATE tasks SET paste_id = :paste, provider = :provider, title = :title, author = :author,
                 duration_s = :duration, model = :model, subject = :subject, created_at = :created,
                 listed_at = :created, ended_at = :ended WHERE id = :id";
    write.tx.prepare_cached(sql)?.execute(named_params! {
        ":id": id.0,
        ":paste": paste,
        ":provider": task.provider.as_str(),
        ":title": task.title,
        ":author": task.author,
        ":duration": task.duration_s,
        ":model": task.model,
        ":subject": task.subject,
        ":created": task.created_at.0,
        ":ended": task.ended_at.unwrap_or(task.created_at).0,
    })?;
    trash::drop_paste(write, before)?;
    Ok(true)
}
