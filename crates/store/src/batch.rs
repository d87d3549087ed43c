//! Tasks that share one create call. They are claimed, accepted, asked after and ended together, each in one
//! transaction; the user decides about each of them alone.

use rusqlite::{Connection, OptionalExtension, Params, Row};
use shiwen_core::{AttemptId, ProviderId, TaskId, Timestamp, Wait, WaitReason};

use crate::{Store, StoreError, pastes::paused_pastes, write::Write};

impl Store {
    /// Says why a queued task waits, and with it those that go out in the same call.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when it is no longer queued.
    pub fn wait(&self, id: TaskId, wait: Wait) -> Result<(), StoreError> {
        self.write(|write| {
            for id in queued(write, id)? {
                let sql = "UPDATE tasks SET wait_reason = ?2, wait_until = ?3 WHERE id = ?1 AND state = 'queued'";
                let until = wait.until.map(|until| until.0);
                write.step(id, sql, (id.0, wait.reason.as_str(), until))?;
            }
            Ok(())
        })
    }

    /// The provider takes no more calls before `until`: its queued tasks say so, those that come next. What waits for
    /// something else, or knows already, is left as it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn pace(
        &self,
        provider: ProviderId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let told = self.read(|connection| {
            let sql = concat!(
                "SELECT id, wait_reason, coalesce(wait_until, 0) FROM tasks
                 WHERE state = 'queued' AND provider = ?1 AND paste_id NOT IN ",
                paused_pastes!(),
                " ORDER BY id LIMIT ?2"
            );
            let mut statement = connection.prepare_cached(sql)?;
            let next = statement.query_map((provider.as_str(), TOLD), |row| {
                let reason: Option<String> = row.get(1)?;
                let over = row.get::<_, i64>(2)? <= now.0;
                let rate = reason.as_deref() == Some(WaitReason::Rate.as_str());
                Ok((TaskId(row.get(0)?), reason.is_none() || (rate && over)))
            })?;
            let next = next.collect::<Result<Vec<_>, _>>()?;
            Ok(next.into_iter().filter(|(_, free)| *free).map(|(id, _)| id).collect::<Vec<_>>())
        })?;
        if told.is_empty() {
            return Ok(());
        }
        self.write(|write| {
            for id in &told {
                let sql = "UPDATE tasks SET wait_reason = ?2, wait_until = ?3 WHERE id = ?1 AND state = 'queued'";
                match write.step(*id, sql, (id.0, WaitReason::Rate.as_str(), until.0)) {
                    // It was cancelled meanwhile.
                    Err(StoreError::WrongState) => {}
                    other => other?,
                }
            }
            Ok(())
        })
    }
}

/// Queued tasks that are told when their turn comes: the others wait behind these, and say so by their place.
const TOLD: u32 = 100;

/// The queued tasks that go out in one call with this one, itself among them, in the order of the call.
pub(crate) fn queued(write: &Write<'_>, id: TaskId) -> Result<Vec<TaskId>, StoreError> {
    let sql = "SELECT s.id FROM tasks t JOIN tasks s ON s.batch = t.batch
               WHERE t.id = ?1 AND t.state = 'queued' AND s.state = 'queued' ORDER BY s.id";
    or_alone(ids(&write.tx, sql, [id.0])?, id)
}

/// The running tasks that a follow-up call about this one speaks of.
pub(crate) fn running(write: &Write<'_>, id: TaskId) -> Result<Vec<TaskId>, StoreError> {
    let sql =
        "SELECT s.id FROM tasks t JOIN tasks s ON s.batch = t.batch AND s.remote_id = t.remote_id
               WHERE t.id = ?1 AND s.state = 'running' ORDER BY s.id";
    or_alone(ids(&write.tx, sql, [id.0])?, id)
}

/// The task, and those whose create call is in doubt together with its own.
pub(crate) fn uncertain(write: &Write<'_>, id: TaskId) -> Result<Vec<TaskId>, StoreError> {
    let sql = "SELECT s.id FROM tasks t JOIN tasks s ON s.batch = t.batch
               WHERE t.id = ?1 AND (s.state = 'uncertain' OR s.id = t.id) ORDER BY s.id";
    or_alone(ids(&write.tx, sql, [id.0])?, id)
}

/// The open attempts of one create call with their tasks, in its order; empty once its outcome is known.
pub(crate) fn open_attempts(
    write: &Write<'_>,
    attempt: AttemptId,
) -> Result<Vec<(AttemptId, TaskId)>, StoreError> {
    let pair = |row: &Row<'_>| Ok((AttemptId(row.get(0)?), TaskId(row.get(1)?)));
    let sql = "SELECT a.id, a.task_id FROM attempts f JOIN attempts a ON a.call = f.call
               WHERE f.id = ?1 AND a.outcome IS NULL ORDER BY a.id";
    let shared: Vec<_> =
        write.tx.prepare_cached(sql)?.query_map([attempt.0], pair)?.collect::<Result<_, _>>()?;
    if !shared.is_empty() {
        return Ok(shared);
    }
    let sql = "SELECT id, task_id FROM attempts WHERE id = ?1 AND outcome IS NULL";
    let alone = write.tx.prepare_cached(sql)?.query_row([attempt.0], pair).optional()?;
    Ok(alone.into_iter().collect())
}

/// All tasks of the task's newest create call with their links, in its order: also those that have ended or left.
pub(crate) fn of_call(
    connection: &Connection,
    id: TaskId,
) -> Result<Vec<(TaskId, Option<String>)>, StoreError> {
    let sql = "SELECT t.id, l.url FROM attempts a JOIN tasks t ON t.id = a.task_id LEFT JOIN links l ON l.id = t.link_id
               WHERE a.call = (SELECT call FROM attempts WHERE task_id = ?1 ORDER BY number DESC LIMIT 1)
               ORDER BY a.id";
    let found = connection
        .prepare_cached(sql)?
        .query_map([id.0], |row| Ok((TaskId(row.get(0)?), row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Takes a task out of its batch before it is sent. A batch of one is no batch.
pub(crate) fn leave(write: &mut Write<'_>, id: TaskId) -> Result<(), StoreError> {
    let others = queued(write, id)?.into_iter().filter(|other| *other != id).collect::<Vec<_>>();
    let sql = "UPDATE tasks SET batch = NULL WHERE id = ?1 AND batch IS NOT NULL";
    if write.tx.prepare_cached(sql)?.execute([id.0])? == 0 {
        return Ok(());
    }
    write.changed(id);
    if let [last] = others[..] {
        write.step(last, "UPDATE tasks SET batch = NULL WHERE id = ?1", [last.0])?;
    }
    Ok(())
}

fn ids(connection: &Connection, sql: &str, params: impl Params) -> Result<Vec<TaskId>, StoreError> {
    let found = connection
        .prepare_cached(sql)?
        .query_map(params, |row| row.get(0).map(TaskId))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn or_alone(found: Vec<TaskId>, id: TaskId) -> Result<Vec<TaskId>, StoreError> {
    Ok(if found.is_empty() { vec![id] } else { found })
}
