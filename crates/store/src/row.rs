//! Rows of the database as words of the app.

use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension, Row, types::Type};
use serde::de::DeserializeOwned;
use shiwen_core::{
    Attempt, AttemptId, BatchId, Found, Input, Link, PasteId, Task, TaskId, Timestamp, Transcript,
    Wait, WaitReason,
};

use crate::StoreError;

/// All columns of a task with its link; to be completed by a `WHERE`.
macro_rules! select_task {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.paste_id, t.operation, t.provider, t.state, t.wait_reason, t.wait_until, t.stalled, t.progress, ",
            "t.state = 'queued' AND t.paste_id IN (SELECT id FROM pastes WHERE paused = 1) AS paused, ",
            "t.cancel_cause, t.failure, t.remote_id, t.target_language, t.title, t.author, t.duration_s, ",
            "t.cover_url, t.media_url, t.learned_at, t.words, t.created_at, t.submitted_at, t.ended_at, ",
            "t.next_poll_at, t.sends, t.bad_polls, t.fetching, t.input, t.subject, t.model, t.parent_id, t.batch, ",
            "t.avatar_url, t.works, t.cost, t.then_providers, t.starred, t.note, t.deleted_at, t.imported_at, ",
            "CASE WHEN t.state = 'uncertain' OR t.cancel_cause = 'gave_up' THEN ",
            "(SELECT json_extract(f.evidence, '$.not_there_at') IS NOT NULL FROM attempts a ",
            "JOIN attempts f ON f.id = coalesce(a.call, a.id) WHERE a.task_id = t.id ORDER BY a.number DESC LIMIT 1) ",
            "ELSE 0 END AS not_there, ",
            "(SELECT json_group_array(g.tag) FROM tags g WHERE g.task_id = t.id) AS tags, ",
            "(SELECT json_group_array(k.work) FROM works_kept k WHERE k.task_id = t.id AND k.name IS NOT NULL) AS kept, ",
            "l.url, l.platform, l.kind, l.video_id, l.canonical, ",
            "l.title AS link_title ",
            "FROM tasks t LEFT JOIN links l ON l.id = t.link_id ",
            $rest
        )
    };
}
pub(crate) use select_task;

/// What was pasted, whole: too much to be read with every row of a list.
pub(crate) fn share_text(connection: &Connection, paste: PasteId) -> rusqlite::Result<String> {
    let sql = "SELECT text FROM pastes WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([paste.0], |row| row.get(0))
}

/// A task that has not been deleted.
pub(crate) fn listed(connection: &Connection, id: TaskId) -> Result<Option<Task>, StoreError> {
    let sql = select_task!("WHERE t.id = ?1 AND t.deleted_at IS NULL");
    Ok(connection.prepare_cached(sql)?.query_row([id.0], task).optional()?)
}

pub(crate) fn task(row: &Row<'_>) -> rusqlite::Result<Task> {
    // What else it waits for counts again once the user goes on.
    let wait = match row.get("paused")? {
        true => Some(Wait { reason: WaitReason::Paused, until: None }),
        false => wait(row)?,
    };
    Ok(Task {
        id: TaskId(row.get("id")?),
        paste: PasteId(row.get("paste_id")?),
        operation: word(row, "operation")?,
        provider: word(row, "provider")?,
        state: word(row, "state")?,
        wait,
        stalled: row.get("stalled")?,
        progress: row.get("progress")?,
        cancel_cause: word_or_none(row, "cancel_cause")?,
        failure: json_or_none(row, "failure")?,
        not_there: row.get::<_, Option<bool>>("not_there")?.unwrap_or(false),
        remote_id: row.get("remote_id")?,
        link: link(row)?,
        subject: row.get("subject")?,
        model: row.get("model")?,
        parent: row.get::<_, Option<u32>>("parent_id")?.map(TaskId),
        batch: row.get::<_, Option<u32>>("batch")?.map(BatchId),
        target_language: row.get("target_language")?,
        found: Found {
            title: row.get("title")?,
            author: row.get("author")?,
            duration_s: row.get("duration_s")?,
            cover_url: row.get("cover_url")?,
            media_url: row.get("media_url")?,
            avatar_url: row.get("avatar_url")?,
            learned_at: time_or_none(row, "learned_at")?,
        },
        works: json_or_none(row, "works")?.unwrap_or_default(),
        kept: json_or_none(row, "kept")?.unwrap_or_default(),
        then: json_or_none(row, "then_providers")?.unwrap_or_default(),
        cost: row.get("cost")?,
        words: row.get("words")?,
        starred: row.get("starred")?,
        note: row.get("note")?,
        tags: json_or_none(row, "tags")?.unwrap_or_default(),
        deleted_at: time_or_none(row, "deleted_at")?,
        imported: time_or_none(row, "imported_at")?.is_some(),
        created_at: time(row, "created_at")?,
        submitted_at: time_or_none(row, "submitted_at")?,
        ended_at: time_or_none(row, "ended_at")?,
        next_poll_at: time_or_none(row, "next_poll_at")?,
    })
}

pub(crate) fn wait(row: &Row<'_>) -> rusqlite::Result<Option<Wait>> {
    let reason = word_or_none(row, "wait_reason")?;
    let until = time_or_none(row, "wait_until")?;
    Ok(reason.map(|reason| Wait { reason, until }))
}

pub(crate) fn input(row: &Row<'_>) -> rusqlite::Result<Input> {
    Ok(json_or_none(row, "input")?.unwrap_or_default())
}

pub(crate) fn link(row: &Row<'_>) -> rusqlite::Result<Option<Link>> {
    let Some(url) = row.get("url")? else { return Ok(None) };
    Ok(Some(Link {
        url,
        platform: word(row, "platform")?,
        kind: word(row, "kind")?,
        id: row.get("video_id")?,
        canonical: row.get("canonical")?,
        title: row.get("link_title")?,
    }))
}

pub(crate) fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        id: AttemptId(row.get("id")?),
        number: row.get("number")?,
        provider: word(row, "provider")?,
        intent_at: time(row, "intent_at")?,
        ended_at: time_or_none(row, "ended_at")?,
        outcome: word_or_none(row, "outcome")?,
        remote_id: row.get("remote_id")?,
        failure: json_or_none(row, "failure")?,
        evidence: json_or_none(row, "evidence")?,
    })
}

pub(crate) fn transcript(row: &Row<'_>) -> rusqlite::Result<Transcript> {
    Ok(Transcript {
        version: row.get("version")?,
        kind: word(row, "kind")?,
        text: row.get("text")?,
        words: row.get("words")?,
        incomplete: row.get("incomplete")?,
        created_at: time(row, "created_at")?,
    })
}

pub(crate) fn word<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: FromStr<Err = shiwen_core::UnknownWord>,
{
    let text: String = row.get(column)?;
    text.parse().map_err(unreadable)
}

fn word_or_none<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: FromStr<Err = shiwen_core::UnknownWord>,
{
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(unreadable)).transpose()
}

pub(crate) fn json_or_none<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
}

fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp)
}

fn time_or_none(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
}

pub(crate) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}
