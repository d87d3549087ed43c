//! What the user decides about a task. Any process may write these; only the owner acts on them. A decision about one
//! task of a batch leaves the others alone, except for what can only be true of all of them.

use rusqlite::OptionalExtension;
use shiwen_core::{AttemptId, TaskId, TaskState, Timestamp};

use crate::{Store, StoreError, batch, known, submit, write::Write};

/// Of what was never sent, or came to nothing.
const ENDED_UNPAID: &str =
    "state = 'failed' OR cancel_cause IN ('before_submit', 'gave_up', 'same_video')";

impl Store {
    /// Before it is submitted: it never will be, and the others of its batch go out without it. While it runs: nobody
    /// waits for it any more, its remote id stays.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] while it is being submitted, or when it has ended.
    pub fn cancel(&self, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| cancel(write, id, now))
    }

    /// Waits again for a task that was accepted before the user stopped waiting. Costs nothing.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when it is not such a task.
    pub fn resume(&self, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET state = 'running', cancel_cause = NULL, ended_at = NULL, next_poll_at = ?2
                       WHERE id = ?1 AND cancel_cause = 'stopped_waiting'";
            write.step(id, sql, (id.0, now.0))?;
            ask_now(write, id, now)
        })
    }

    /// The provider is to be asked now.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when the task does not run.
    pub fn check_now(&self, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| ask_now(write, id, now))
    }

    /// A new approval to spend: a failed or cancelled task is queued again, by itself; a queued one that waits is tried
    /// at once, with those that go out in the same call.
    ///
    /// # Errors
    /// [`StoreError::Known`] when another task has the result by now, or may still get it.
    /// [`StoreError::WrongState`] for every other task, for those in the trash, and for what was only followed here:
    /// nobody said what it was made of.
    pub fn retry(&self, id: TaskId) -> Result<(), StoreError> {
        self.write(|write| retry(write, id))
    }

    /// The user accepts that it may be charged a second time: an uncertain task, or one whose video another task is
    /// about.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] for every other task, and for those in the trash.
    pub fn resend(&self, id: TaskId) -> Result<(), StoreError> {
        let from = format!("(state = 'uncertain' OR {ENDED_UNPAID})");
        self.write(|write| requeue(write, id, &from, true))
    }

    /// Queued tasks that the user wants whatever else there is for their videos, which nobody needs to find out.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn want_anyway(&self, ids: &[TaskId]) -> Result<(), StoreError> {
        self.write(|write| {
            for id in ids {
                let sql = "UPDATE tasks SET again = 1 WHERE id = ?1 AND state = 'queued'";
                write.tx.prepare_cached(sql)?.execute([id.0])?;
            }
            Ok(())
        })
    }

    /// The user found the task at the provider: it is followed by that id from now on, and so are the others whose
    /// create call was the same.
    ///
    /// # Errors
    /// [`StoreError::RemoteIdTaken`] when the id belongs to another task, [`StoreError::WrongState`] when this one is
    /// neither uncertain nor given up.
    pub fn adopt(&self, id: TaskId, remote_id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| {
            if let Some(owner) = owner_of(write, id, remote_id)? {
                return Err(StoreError::RemoteIdTaken(owner));
            }
            for id in batch::uncertain(write, id)? {
                let sql = "UPDATE tasks SET state = 'running', remote_id = ?2, next_poll_at = ?3, ended_at = NULL,
                             cancel_cause = NULL, failure = NULL, stalled = 0, bad_polls = 0
                           WHERE id = ?1 AND (state = 'uncertain' OR cancel_cause = 'gave_up')";
                write.step(id, sql, (id.0, remote_id, now.0))?;
                let sql = "SELECT id FROM attempts WHERE task_id = ?1 AND outcome IN ('unknown', 'crashed')
                           ORDER BY number DESC LIMIT 1";
                let attempt = write
                    .tx
                    .prepare_cached(sql)?
                    .query_row([id.0], |row| row.get(0).map(AttemptId))?;
                submit::keep_remote_id(write, attempt, remote_id)?;
                // That it was accepted is proven now, so what it cost is no longer a guess.
                let sql = "UPDATE spend SET certain = 1
                           WHERE attempt_id = coalesce((SELECT call FROM attempts WHERE id = ?1), ?1)";
                write.tx.prepare_cached(sql)?.execute([attempt.0])?;
            }
            Ok(())
        })
    }

    /// The user wants to hear no more of an uncertain task.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when the task is not uncertain.
    pub fn give_up(&self, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| {
            let sql =
                "UPDATE tasks SET state = 'cancelled', cancel_cause = 'gave_up', ended_at = ?2
                       WHERE id = ?1 AND state = 'uncertain'";
            write.step(id, sql, (id.0, now.0))
        })
    }

    /// Moves a task to the trash. One that was not submitted is cancelled; one that was paid for is still followed.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] while it is being submitted.
    pub fn delete(&self, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "SELECT state FROM tasks WHERE id = ?1 AND deleted_at IS NULL";
            let state: Option<String> =
                write.tx.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?;
            match state.as_deref() {
                None => return Err(StoreError::TaskGone),
                Some(state) if state == TaskState::Queued.as_str() => {
                    batch::leave(write, id)?;
                    let sql = "UPDATE tasks SET state = 'cancelled', cancel_cause = 'before_submit', ended_at = ?2,
                                 wait_reason = NULL, wait_until = NULL WHERE id = ?1 AND state = 'queued'";
                    write.step(id, sql, (id.0, now.0))?;
                }
                Some(_) => {}
            }
            let sql = "UPDATE tasks SET deleted_at = ?2 WHERE id = ?1 AND state <> 'submitting'";
            write.step(id, sql, (id.0, now.0))?;
            write.removed(id);
            Ok(())
        })
    }

    /// Takes a task back out of the trash.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn restore(&self, id: TaskId) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET deleted_at = NULL WHERE id = ?1 AND deleted_at IS NOT NULL";
            write.step(id, sql, [id.0])
        })
    }
}

pub(crate) fn cancel(write: &mut Write<'_>, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
    if state_of(write, id)?.as_deref() == Some(TaskState::Queued.as_str()) {
        batch::leave(write, id)?;
    }
    let sql = "UPDATE tasks SET state = 'cancelled', ended_at = ?2, wait_reason = NULL, wait_until = NULL,
                 cancel_cause = CASE state WHEN 'queued' THEN 'before_submit' ELSE 'stopped_waiting' END
               WHERE id = ?1 AND state IN ('queued', 'running')";
    write.step(id, sql, (id.0, now.0))
}

pub(crate) fn retry(write: &mut Write<'_>, id: TaskId) -> Result<(), StoreError> {
    let from = format!("({ENDED_UNPAID} OR (state = 'queued' AND wait_reason IS NOT NULL))");
    requeue(write, id, &from, false)
}

/// `again` takes it that the user knows of what else there is for the same video.
fn requeue(write: &mut Write<'_>, id: TaskId, from: &str, again: bool) -> Result<(), StoreError> {
    let together = batch::queued(write, id)?;
    let waits = state_of(write, id)?.as_deref() == Some(TaskState::Queued.as_str());
    // A queued one is looked at when its turn comes.
    if !again
        && !waits
        && let Some(other) = known::twin_of_ended(&write.tx, id)?
    {
        return Err(StoreError::Known(other));
    }
    let sql = format!(
        "UPDATE tasks SET state = 'queued', remote_id = NULL, failure = NULL, cancel_cause = NULL, ended_at = NULL,
           submitted_at = NULL, next_poll_at = NULL, wait_reason = NULL, wait_until = NULL, sends = 0, polls = 0,
           bad_polls = 0, fetching = 0, stalled = 0, progress = NULL, cost = NULL, again = max(again, ?2),
           batch = CASE state WHEN 'queued' THEN batch ELSE NULL END
         WHERE id = ?1 AND deleted_at IS NULL AND (link_id IS NOT NULL OR input <> '{{}}') AND {from}"
    );
    write.step(id, &sql, (id.0, again))?;
    for other in together.into_iter().filter(|other| *other != id) {
        let sql = "UPDATE tasks SET wait_reason = NULL, wait_until = NULL, sends = 0
                   WHERE id = ?1 AND state = 'queued'";
        write.step(other, sql, [other.0])?;
    }
    Ok(())
}

/// The provider is asked now about this task, and with the same call about the others of its batch.
fn ask_now(write: &mut Write<'_>, id: TaskId, now: Timestamp) -> Result<(), StoreError> {
    for id in batch::running(write, id)? {
        let sql = "UPDATE tasks SET next_poll_at = ?2, wait_reason = NULL, wait_until = NULL
                   WHERE id = ?1 AND state = 'running'";
        write.step(id, sql, (id.0, now.0))?;
    }
    Ok(())
}

fn state_of(write: &Write<'_>, id: TaskId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT state FROM tasks WHERE id = ?1";
    Ok(write.tx.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?)
}

/// Another task with that id, unless the two share the create call.
fn owner_of(write: &Write<'_>, id: TaskId, remote_id: &str) -> Result<Option<u32>, StoreError> {
    let sql = "SELECT a.task_id FROM attempts a JOIN tasks t ON t.id = ?1
               WHERE a.provider = t.provider AND a.remote_id = ?2 AND a.task_id <> ?1
                 AND NOT EXISTS (SELECT 1 FROM attempts m WHERE m.task_id = ?1 AND m.call = a.call)";
    Ok(write.tx.prepare_cached(sql)?.query_row((id.0, remote_id), |row| row.get(0)).optional()?)
}
