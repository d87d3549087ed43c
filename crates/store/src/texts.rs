//! The texts of a task: versions, and what other tasks have of the same video.
//!
//! Versions are only ever added, in the order of their times. The last one is the task's text. What a provider returned
//! can neither be changed nor deleted; the schema refuses both.

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{SameVideo, TaskId, TextRef, Timestamp, Transcript, TranscriptKind, count_words};

use crate::{Store, StoreError, row, write::Write};

/// Texts of the same video that are told beside a task's own.
const SAME_VIDEO: u32 = 20;
/// Longest version that is kept, in characters; no speech of a short video comes near.
pub(crate) const LONGEST_TEXT: usize = 1_000_000;

impl Store {
    /// Keeps what the user made of the text as its newest version. A text that is the same as the last version adds
    /// nothing; that version is answered.
    ///
    /// # Errors
    /// [`StoreError::EmptyText`] for white space alone, [`StoreError::TooLong`] above a million characters,
    /// [`StoreError::WrongState`] where no text came back or the task is in the trash.
    pub fn save_text(
        &self,
        id: TaskId,
        text: &str,
        now: Timestamp,
    ) -> Result<Transcript, StoreError> {
        self.write(|write| append(write, id, TranscriptKind::Edited, text, None, now))
    }

    /// As [`Store::save_text`], for what the program tidied.
    ///
    /// # Errors
    /// As [`Store::save_text`].
    pub fn save_tidied(
        &self,
        id: TaskId,
        text: &str,
        now: Timestamp,
    ) -> Result<Transcript, StoreError> {
        self.write(|write| append(write, id, TranscriptKind::Tidied, text, None, now))
    }

    /// Makes an earlier version the newest one again, as a copy of its own kind; those in between stay.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when there is no such version or the task is in the trash.
    pub fn restore_text(
        &self,
        id: TaskId,
        version: u32,
        now: Timestamp,
    ) -> Result<Transcript, StoreError> {
        self.write(|write| {
            let wanted = of_version(&write.tx, id, version)?;
            let Some(wanted) = wanted else { return Err(write.why_not(id)?) };
            append(write, id, wanted.kind, &wanted.text, Some(wanted.incomplete), now)
        })
    }

    /// Deletes an edited or tidied version for ever.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] for what a provider returned, when there is no such version, and in the trash.
    pub fn delete_text(&self, id: TaskId, version: u32) -> Result<(), StoreError> {
        self.write_over(|write| {
            let sql =
                "DELETE FROM transcripts WHERE task_id = ?1 AND version = ?2 AND kind <> 'provider'
                         AND EXISTS (SELECT 1 FROM tasks WHERE id = ?1 AND deleted_at IS NULL)";
            if write.tx.prepare_cached(sql)?.execute((id.0, version))? == 0 {
                return Err(write.why_not(id)?);
            }
            count_last(write, id)
        })?;
        self.bring_home();
        Ok(())
    }

    /// One version of a task's text.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is no such task or version.
    pub fn text(&self, text: TextRef) -> Result<Transcript, StoreError> {
        self.read(|connection| {
            of_version(connection, text.task, text.version)?.ok_or(StoreError::TaskGone)
        })
    }
}

/// Adds a version behind the last one. Without a word on it, it is as incomplete as what it was made from.
fn append(
    write: &mut Write<'_>,
    id: TaskId,
    kind: TranscriptKind,
    text: &str,
    incomplete: Option<bool>,
    now: Timestamp,
) -> Result<Transcript, StoreError> {
    if text.trim().is_empty() {
        return Err(StoreError::EmptyText);
    }
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return Err(StoreError::TooLong { most: LONGEST_TEXT });
    }
    // An empty answer counts too: the user may have heard what the provider did not.
    let sql = "SELECT 1 FROM tasks WHERE id = ?1 AND words IS NOT NULL AND deleted_at IS NULL";
    if !write.tx.prepare_cached(sql)?.exists([id.0])? {
        return Err(write.why_not(id)?);
    }
    let last = last(&write.tx, id)?;
    let transcript = match last {
        Some(last) if last.text == text => return Ok(last),
        last => Transcript {
            version: last.as_ref().map_or(1, |last| last.version + 1),
            kind,
            text: text.to_owned(),
            words: count_words(text),
            incomplete: incomplete.unwrap_or_else(|| last.as_ref().is_some_and(|l| l.incomplete)),
            // A clock that was set back must not put it before what it was made from.
            created_at: last.map_or(now, |last| last.created_at.max(now)),
        },
    };
    add(write, id, &transcript)?;
    count_last(write, id)?;
    Ok(transcript)
}

pub(crate) fn add(write: &Write<'_>, id: TaskId, text: &Transcript) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO transcripts (task_id, version, kind, text, words, incomplete, created_at)
               VALUES (:task, :version, :kind, :text, :words, :incomplete, :created_at)";
    write.tx.prepare_cached(sql)?.execute(named_params! {
        ":task": id.0,
        ":version": text.version,
        ":kind": text.kind.as_str(),
        ":text": text.text,
        ":words": text.words,
        ":incomplete": text.incomplete,
        ":created_at": text.created_at.0,
    })?;
    Ok(())
}

/// Tells the list how long the text is now.
pub(crate) fn count_last(write: &mut Write<'_>, id: TaskId) -> Result<(), StoreError> {
    let sql = "UPDATE tasks SET words = coalesce((SELECT words FROM transcripts WHERE task_id = ?1
                 ORDER BY version DESC LIMIT 1), 0) WHERE id = ?1";
    write.step(id, sql, [id.0])
}

fn last(connection: &Connection, id: TaskId) -> Result<Option<Transcript>, StoreError> {
    let sql = "SELECT version, kind, text, words, incomplete, created_at FROM transcripts
               WHERE task_id = ?1 ORDER BY version DESC LIMIT 1";
    Ok(connection.prepare_cached(sql)?.query_row([id.0], row::transcript).optional()?)
}

fn of_version(
    connection: &Connection,
    id: TaskId,
    version: u32,
) -> Result<Option<Transcript>, StoreError> {
    let sql = "SELECT version, kind, text, words, incomplete, created_at FROM transcripts
               WHERE task_id = ?1 AND version = ?2";
    Ok(connection.prepare_cached(sql)?.query_row((id.0, version), row::transcript).optional()?)
}

/// All versions, the oldest first.
pub(crate) fn all(connection: &Connection, id: TaskId) -> Result<Vec<Transcript>, StoreError> {
    let sql = "SELECT version, kind, text, words, incomplete, created_at FROM transcripts
               WHERE task_id = ?1 ORDER BY version";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map([id.0], row::transcript)?.collect::<Result<_, _>>()?)
}

/// The last versions of the texts that other tasks have of the same video, newest task first.
pub(crate) fn same_video(
    connection: &Connection,
    id: TaskId,
) -> Result<Vec<SameVideo>, StoreError> {
    let sql = "SELECT o.id, o.provider, x.version, x.kind, x.words, x.created_at
               FROM tasks t JOIN links l ON l.id = t.link_id
                 JOIN links m ON m.video_key = l.video_key
                 JOIN tasks o ON o.link_id = m.id AND o.id <> t.id AND o.deleted_at IS NULL
                 JOIN transcripts x ON x.task_id = o.id
               WHERE t.id = ?1 AND t.operation = 'transcribe' AND o.operation = 'transcribe'
                 AND x.version = (SELECT max(version) FROM transcripts WHERE task_id = o.id)
               ORDER BY o.id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map((id.0, SAME_VIDEO), |row| {
        Ok(SameVideo {
            text: TextRef { task: TaskId(row.get("id")?), version: row.get("version")? },
            provider: row::word(row, "provider")?,
            kind: row::word(row, "kind")?,
            words: row.get("words")?,
            created_at: Timestamp(row.get("created_at")?),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
