//! Same video, no second bill: what history has for a video, over all link forms and providers.

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{CancelCause, Known, Operation, TaskId, Timestamp};

use crate::{Store, StoreError, batch, pastes::paused_pastes, row, write::Write};

impl Store {
    /// The best task that history has for this video, operation and language (none: as it is spoken): one with a result, else one that may still give
    /// one: also one that nobody waits for any more, since waiting again is free. Other cancelled, failed and deleted
    /// tasks do not count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn known(
        &self,
        video_key: &str,
        operation: Operation,
        target_language: Option<&str>,
    ) -> Result<Option<Known>, StoreError> {
        self.read(|connection| of_video(connection, video_key, operation, target_language))
    }
}

pub(crate) fn of_video(
    connection: &Connection,
    video_key: &str,
    operation: Operation,
    target_language: Option<&str>,
) -> Result<Option<Known>, StoreError> {
    let sql = "SELECT t.id, t.state, coalesce(t.title, l.title) AS title, t.created_at
               FROM links l JOIN tasks t ON t.link_id = l.id
               WHERE l.video_key = :key AND t.operation = :operation AND t.target_language IS :language
                 AND t.deleted_at IS NULL
                 AND (t.state NOT IN ('failed', 'cancelled') OR t.cancel_cause = 'stopped_waiting')
               ORDER BY t.state = 'succeeded' DESC, t.id DESC LIMIT 1";
    let params = named_params! {
        ":key": video_key,
        ":operation": operation.as_str(),
        ":language": target_language,
    };
    let found = connection.prepare_cached(sql)?.query_row(params, |row| {
        Ok(Known {
            task: TaskId(row.get("id")?),
            state: row::word(row, "state")?,
            title: row.get("title")?,
            created_at: Timestamp(row.get("created_at")?),
        })
    });
    Ok(found.optional()?)
}

/// Another task that is about the video of this one and asks the same: one with a result, or one that may still give
/// one. Of two that are queued the earlier goes on, so a later one is none; one that is paused goes nowhere, and meets
/// the other when its turn comes.
pub(crate) fn twin(connection: &Connection, id: TaskId) -> Result<Option<TaskId>, StoreError> {
    let counts = concat!(
        "o.state <> 'queued' OR (o.id < t.id AND o.paste_id NOT IN ",
        paused_pastes!(),
        ")"
    );
    find_twin(connection, id, counts)
}

/// As [`twin`], for a task that ended without a result: all that is queued goes before it. Where the user wanted it
/// although history had the video, only what came after it counts.
pub(crate) fn twin_of_ended(
    connection: &Connection,
    id: TaskId,
) -> Result<Option<TaskId>, StoreError> {
    find_twin(connection, id, "t.again = 0 OR o.id > t.id")
}

fn find_twin(
    connection: &Connection,
    id: TaskId,
    counts: &'static str,
) -> Result<Option<TaskId>, StoreError> {
    // Analyses differ by what they were asked.
    let sql = format!(
        "SELECT o.id FROM tasks t JOIN links l ON l.id = t.link_id
           JOIN links m ON m.video_key = l.video_key JOIN tasks o ON o.link_id = m.id
         WHERE t.id = ?1 AND o.id <> t.id AND o.operation = t.operation
           AND o.target_language IS t.target_language AND (t.operation <> 'analyze' OR o.input = t.input)
           AND o.deleted_at IS NULL AND ({counts})
           AND (o.state NOT IN ('failed', 'cancelled') OR o.cancel_cause = 'stopped_waiting')
         ORDER BY o.state = 'succeeded' DESC, o.id DESC LIMIT 1"
    );
    let found = connection.prepare_cached(&sql)?.query_row([id.0], |row| row.get(0).map(TaskId));
    Ok(found.optional()?)
}

/// Ends those of these queued tasks whose video another task is about: never sent, never charged. Answers the rest.
pub(crate) fn without_twins(
    write: &mut Write<'_>,
    ids: Vec<TaskId>,
    now: Timestamp,
) -> Result<Vec<TaskId>, StoreError> {
    let mut alone = Vec::with_capacity(ids.len());
    for id in ids {
        let sql = "SELECT again = 0 AND state = 'queued' FROM tasks WHERE id = ?1";
        let asks: Option<bool> =
            write.tx.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?;
        if asks != Some(true) || twin(&write.tx, id)?.is_none() {
            alone.push(id);
            continue;
        }
        batch::leave(write, id)?;
        let sql = "UPDATE tasks SET state = 'cancelled', cancel_cause = ?2, ended_at = ?3, wait_reason = NULL,
                     wait_until = NULL WHERE id = ?1 AND state = 'queued'";
        write.step(id, sql, (id.0, CancelCause::SameVideo.as_str(), now.0))?;
    }
    Ok(alone)
}
