//! What was pasted together: its tasks as one, and whether the rest of them waits.
//!
//! Nothing of a paused paste is claimed. That it waits follows from the paste, so whatever else is learned about its
//! tasks meanwhile is kept and counts again once the user goes on.

use rusqlite::{Connection, OptionalExtension};
use shiwen_core::{
    Failure, FailureKind, Operation, Paste, PasteId, ProviderId, Retried, TaskId, TaskState,
    Timestamp, Wait,
};

use crate::{Store, StoreError, decisions, labels, row, row::select_task, tasks, write::Write};

/// Longest name, in characters.
const LONGEST_NAME: usize = 60;

/// The pastes that the user paused, for the condition of a statement.
macro_rules! paused_pastes {
    () => {
        "(SELECT id FROM pastes WHERE paused = 1)"
    };
}
pub(crate) use paused_pastes;

/// A task that takes or wants a slot of its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub id: TaskId,
    pub paste: PasteId,
    pub operation: Operation,
    /// What stands for its create call: its own id, or that of its batch.
    pub call: u32,
    /// Only while it is queued.
    pub wait: Option<Wait>,
    /// None while it is queued.
    pub submitted_at: Option<Timestamp>,
}

impl Store {
    /// What was pasted with its tasks; nobody guesses here how long they take.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn paste(&self, id: PasteId) -> Result<Paste, StoreError> {
        self.read(|connection| paste(connection, id))
    }

    /// Nothing of it is submitted any more, until the user goes on. What was submitted is followed all the same.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn pause_paste(&self, id: PasteId) -> Result<(), StoreError> {
        self.write(|write| set_paused(write, id, true))
    }

    /// Its queued tasks take their turn again.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn resume_paste(&self, id: PasteId) -> Result<(), StoreError> {
        self.write(|write| set_paused(write, id, false))
    }

    /// Keeps what the user calls it; none, or an empty one, takes the name away.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none, [`StoreError::TooLong`] above 60 characters.
    pub fn name_paste(&self, id: PasteId, name: Option<&str>) -> Result<(), StoreError> {
        let name = match name {
            Some(name) => labels::one_line(name, LONGEST_NAME)?,
            None => None,
        };
        self.write(|write| {
            let sql = "UPDATE pastes SET name = ?2 WHERE id = ?1";
            if write.tx.prepare_cached(sql)?.execute((id.0, &name))? == 0 {
                return Err(StoreError::TaskGone);
            }
            tell(write, id)
        })
    }

    /// Cancels what was not submitted yet; answers how many tasks that were.
    ///
    /// # Errors
    /// When the database cannot be written; nothing is cancelled then.
    pub fn cancel_waiting(&self, id: PasteId, now: Timestamp) -> Result<u32, StoreError> {
        self.write(|write| {
            write.in_bulk();
            let mut cancelled = 0;
            for task in in_state(&write.tx, id, TaskState::Queued)? {
                decisions::cancel(write, task, now)?;
                cancelled += 1;
            }
            Ok(cancelled)
        })
    }

    /// A new approval to spend for all of its tasks that failed, under the same rules as for one: what has a text by
    /// now is left, and so is what would end the same way.
    ///
    /// # Errors
    /// When the database cannot be written; nothing is queued then.
    pub fn retry_failed(&self, id: PasteId) -> Result<Retried, StoreError> {
        self.write(|write| {
            write.in_bulk();
            let mut retried = Retried { tasks: 0, left: 0 };
            for task in in_state(&write.tx, id, TaskState::Failed)? {
                let again = match ends_the_same(&write.tx, task)? {
                    true => Err(StoreError::WrongState),
                    false => decisions::retry(write, task),
                };
                match again {
                    Ok(()) => retried.tasks += 1,
                    Err(StoreError::Known(_) | StoreError::WrongState) => retried.left += 1,
                    Err(error) => return Err(error),
                }
            }
            Ok(retried)
        })
    }

    /// What takes a slot of the provider, or will take one up to the task `last`, in the order in which it is submitted.
    /// What is paused is not among it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn queue(&self, provider: ProviderId, last: TaskId) -> Result<Vec<Queued>, StoreError> {
        self.read(|connection| {
            let sql = concat!(
                "SELECT id, paste_id, operation, coalesce(batch, id) AS call, wait_reason, wait_until, submitted_at
                 FROM tasks WHERE state = ?2 AND provider = ?1 AND (?2 <> 'queued' OR (id <= ?3 AND paste_id NOT IN ",
                paused_pastes!(),
                ")) ORDER BY id"
            );
            let mut queue = Vec::new();
            for state in [TaskState::Submitting, TaskState::Running, TaskState::Queued] {
                let mut statement = connection.prepare_cached(sql)?;
                let params = (provider.as_str(), state.as_str(), last.0);
                let found = statement.query_map(params, |row| {
                    let queued = state == TaskState::Queued;
                    let submitted_at: Option<i64> = row.get("submitted_at")?;
                    Ok(Queued {
                        id: TaskId(row.get("id")?),
                        paste: PasteId(row.get("paste_id")?),
                        operation: row::word(row, "operation")?,
                        call: row.get("call")?,
                        wait: if queued { row::wait(row)? } else { None },
                        submitted_at: submitted_at.filter(|_| !queued).map(Timestamp),
                    })
                })?;
                for task in found {
                    queue.push(task?);
                }
            }
            Ok(queue)
        })
    }

    /// What a task of the kind usually takes, in seconds; none before three have ended.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn usual(
        &self,
        provider: ProviderId,
        operation: Operation,
    ) -> Result<Option<u32>, StoreError> {
        self.read(|connection| tasks::usual(connection, provider, operation))
    }

    /// Tasks that wait for their turn or are worked on, without those in the trash.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unended(&self) -> Result<Vec<(TaskId, PasteId, TaskState)>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT id, paste_id, state FROM tasks
                       WHERE state IN ('queued', 'submitting', 'running') AND deleted_at IS NULL";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([], |row| {
                Ok((
                    TaskId(row.get("id")?),
                    PasteId(row.get("paste_id")?),
                    row::word(row, "state")?,
                ))
            })?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }
}

/// Whether the user paused what the task was pasted with.
pub(crate) fn is_paused(connection: &Connection, task: TaskId) -> Result<bool, StoreError> {
    let sql =
        "SELECT 1 FROM tasks t JOIN pastes p ON p.id = t.paste_id WHERE t.id = ?1 AND p.paused = 1";
    Ok(connection.prepare_cached(sql)?.exists([task.0])?)
}

fn paste(connection: &Connection, id: PasteId) -> Result<Paste, StoreError> {
    let sql = "SELECT name, created_at, paused FROM pastes WHERE id = ?1";
    let found = connection.prepare_cached(sql)?.query_row([id.0], |row| {
        Ok(Paste {
            id,
            name: row.get("name")?,
            created_at: Timestamp(row.get("created_at")?),
            paused: row.get("paused")?,
            tasks: Vec::new(),
            left_s: None,
        })
    });
    let paste = found.optional()?.ok_or(StoreError::TaskGone)?;
    let tasks = connection
        .prepare_cached(select_task!(
            "WHERE t.paste_id = ?1 AND t.deleted_at IS NULL ORDER BY t.id"
        ))?
        .query_map([id.0], row::task)?
        .collect::<Result<_, _>>()?;
    Ok(Paste { tasks, ..paste })
}

fn set_paused(write: &mut Write<'_>, id: PasteId, paused: bool) -> Result<(), StoreError> {
    write.in_bulk();
    let sql = "UPDATE pastes SET paused = ?2 WHERE id = ?1";
    if write.tx.prepare_cached(sql)?.execute((id.0, paused))? == 0 {
        return Err(StoreError::TaskGone);
    }
    tell(write, id)?;
    for task in in_state(&write.tx, id, TaskState::Queued)? {
        write.changed(task);
    }
    Ok(())
}

/// Something of the paste itself changed: whoever shows it hears of that by the first of its tasks.
fn tell(write: &mut Write<'_>, id: PasteId) -> Result<(), StoreError> {
    let sql = "SELECT id FROM tasks WHERE paste_id = ?1 AND deleted_at IS NULL ORDER BY id LIMIT 1";
    let first: Option<u32> =
        write.tx.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?;
    if let Some(first) = first {
        write.changed(TaskId(first));
    }
    Ok(())
}

fn in_state(
    connection: &Connection,
    id: PasteId,
    state: TaskState,
) -> Result<Vec<TaskId>, StoreError> {
    let sql = "SELECT id FROM tasks WHERE paste_id = ?1 AND state = ?2 AND deleted_at IS NULL ORDER BY id";
    let found = connection
        .prepare_cached(sql)?
        .query_map((id.0, state.as_str()), |row| row.get(0).map(TaskId))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Whether a failed task would fail again, as far as anybody knows: its provider refused the link itself.
fn ends_the_same(connection: &Connection, id: TaskId) -> Result<bool, StoreError> {
    let sql = "SELECT failure FROM tasks WHERE id = ?1";
    let failure: Option<Failure> = connection
        .prepare_cached(sql)?
        .query_row([id.0], |row| row::json_or_none(row, "failure"))?;
    let kind = failure.map(|failure| failure.kind);
    Ok(matches!(kind, Some(FailureKind::InvalidInput | FailureKind::UnsupportedPlatform)))
}
