//! From the user's wish to the provider's acceptance: the part of the history that guards money.

use rusqlite::named_params;
use shiwen_core::{
    AttemptId, Evidence, Failure, Outcome, Task, TaskId, Timestamp, Wait, WaitReason,
};

use crate::{
    RawAnswer, Store, StoreError, batch, evidence,
    follow::{self, Spent, Won},
    known, pastes,
    row::{self, select_task},
    write::Write,
};

/// What this process may now submit in one call: the intent is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Stands for the call: its outcome is written by it.
    pub attempt: AttemptId,
    /// 1 for the task's first.
    pub number: u32,
    /// All tasks of the call, in its order.
    pub tasks: Vec<TaskId>,
    /// Of all tasks of the call, in its order; empty for what takes a form.
    pub urls: Vec<String>,
}

impl Store {
    /// Takes a queued task for submitting, and with it those that go out in the same call, and writes the intent, in
    /// one transaction: once this returns, a crash can no longer turn into a silent second charge. Only one caller
    /// ever gets a task. Those whose link turned out to be a video that another task is about end here instead.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when another was faster, when it ended so, or when the user paused it a moment ago.
    pub fn claim(&self, id: TaskId, now: Timestamp) -> Result<Claimed, StoreError> {
        let claimed = self.write(|write| {
            if pastes::is_paused(&write.tx, id)? {
                return Ok(None);
            }
            let tasks = batch::queued(write, id)?;
            let tasks = known::without_twins(write, tasks, now)?;
            if !tasks.contains(&id) {
                // What was to go out with it is claimed by itself.
                return Ok(None);
            }
            if tasks.len() == 1 {
                // The others of its batch were cancelled.
                let sql = "UPDATE tasks SET batch = NULL WHERE id = ?1 AND state = 'queued'";
                write.tx.prepare_cached(sql)?.execute([id.0])?;
            }
            let mut first: Option<(AttemptId, u32)> = None;
            let mut urls = Vec::with_capacity(tasks.len());
            for (place, id) in (0_u32..).zip(&tasks) {
                let sql = "UPDATE tasks SET state = 'submitting', submitted_at = ?2, wait_reason = NULL, wait_until = NULL
                           WHERE id = ?1 AND state = 'queued'";
                write.step(*id, sql, (id.0, now.0))?;
                let sql = "INSERT INTO attempts (task_id, number, provider, item, call, intent_at)
                           SELECT id, 1 + (SELECT count(*) FROM attempts WHERE task_id = ?1), provider, ?3, ?4, ?2
                           FROM tasks WHERE id = ?1
                           RETURNING id, number";
                let call = first.map(|(attempt, _)| attempt.0);
                let attempt = write
                    .tx
                    .prepare_cached(sql)?
                    .query_row((id.0, now.0, place, call), |row| {
                        Ok((AttemptId(row.get(0)?), row.get(1)?))
                    })?;
                first.get_or_insert(attempt);
                let sql = "SELECT l.url FROM tasks t JOIN links l ON l.id = t.link_id WHERE t.id = ?1";
                urls.extend(
                    write
                        .tx
                        .prepare_cached(sql)?
                        .query_map([id.0], |row| row.get::<_, String>(0))?
                        .collect::<Result<Vec<_>, _>>()?,
                );
            }
            #[cfg(feature = "kill-points")]
            shiwen_kill_points::at(shiwen_kill_points::Point::BeforeIntent);
            let (attempt, number) = first.ok_or(StoreError::TaskGone)?;
            if tasks.len() > 1 {
                let sql = "UPDATE attempts SET call = ?1 WHERE id = ?1";
                write.tx.prepare_cached(sql)?.execute([attempt.0])?;
            }
            Ok(Some(Claimed { attempt, number, tasks, urls }))
        })?;
        claimed.ok_or(StoreError::WrongState)
    }

    /// The provider accepted: the remote id is kept before anything else happens.
    ///
    /// # Errors
    /// When the database cannot be written even with the reserve.
    pub fn accepted(
        &self,
        attempt: AttemptId,
        remote_id: &str,
        first_poll_at: Timestamp,
        spent: &Spent,
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_outcome(|write| {
            let call = end_call(write, attempt, Outcome::Accepted, None, now)?;
            // What a call with several links took cannot be told apart.
            let cost = if call.len() == 1 && spent.said { spent.amount } else { None };
            for (attempt, id) in &call {
                keep_remote_id(write, *attempt, remote_id)?;
                let sql = "UPDATE tasks SET state = 'running', remote_id = ?2, next_poll_at = ?3, cost = ?4, sends = 0
                           WHERE id = ?1 AND state = 'submitting'";
                write.step(*id, sql, (id.0, remote_id, first_poll_at.0, cost))?;
            }
            #[cfg(feature = "kill-points")]
            shiwen_kill_points::commits(shiwen_kill_points::Point::AcceptedKept);
            book(write, &call, spent, Some(answer), now)
        })
    }

    /// A blocking operation gave its result with the create call.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] for a call with several links: nobody could say whose result it is. When the database cannot be written even with the reserve.
    pub fn won_at_once(
        &self,
        attempt: AttemptId,
        won: &Won,
        spent: &Spent,
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_outcome(|write| {
            let call = end_call(write, attempt, Outcome::Accepted, None, now)?;
            let [(_, id)] = call[..] else { return Err(StoreError::WrongState) };
            write.step(id, follow::SUCCEED_FROM_SUBMITTING, follow::success(id, won, now)?)?;
            follow::keep_text(write, id, won, now)?;
            #[cfg(feature = "kill-points")]
            shiwen_kill_points::commits(shiwen_kill_points::Point::AcceptedKept);
            #[cfg(feature = "kill-points")]
            shiwen_kill_points::at(shiwen_kill_points::Point::ResultWritten);
            book(write, &call, spent, Some(answer), now)
        })
    }

    /// The provider's own answer says that nothing was started, and why: the task has failed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn rejected(
        &self,
        attempt: AttemptId,
        failure: &Failure,
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_outcome(|write| {
            let call = end_call(write, attempt, Outcome::Rejected, Some(failure), now)?;
            for (_, id) in &call {
                let sql =
                    "UPDATE tasks SET state = 'failed', failure = ?2, ended_at = ?3, sends = 0
                           WHERE id = ?1 AND state = 'submitting'";
                write.step(*id, sql, (id.0, json(failure)?, now.0))?;
            }
            keep(write, &call, answer, now)
        })
    }

    /// Nothing was started, and the same call may be made again later: the task is queued again and says why it waits.
    /// `outcome` is `NotSent` or `Rejected`.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] also for any other `outcome`: after it, the same call could cost a second time.
    pub fn sent_back(
        &self,
        attempt: AttemptId,
        outcome: Outcome,
        failure: &Failure,
        wait: Wait,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !matches!(outcome, Outcome::NotSent | Outcome::Rejected) {
            return Err(StoreError::WrongState);
        }
        self.write_outcome(|write| {
            for (attempt, id) in end_call(write, attempt, outcome, Some(failure), now)? {
                if outcome == Outcome::NotSent && wait.reason == WaitReason::Offline {
                    // A night without a network would fill the ledger with calls that never were.
                    let sql = "DELETE FROM attempts WHERE id = ?1";
                    write.tx.prepare_cached(sql)?.execute([attempt.0])?;
                }
                let sql = "UPDATE tasks SET state = 'queued', submitted_at = NULL, wait_reason = :reason,
                             wait_until = :until, sends = CASE WHEN :not_sent THEN sends + 1 ELSE 0 END
                           WHERE id = :id AND state = 'submitting'";
                let params = named_params! {
                    ":id": id.0,
                    ":reason": wait.reason.as_str(),
                    ":until": wait.until.map(|until| until.0),
                    ":not_sent": outcome == Outcome::NotSent && wait.reason != WaitReason::Offline,
                };
                write.step(id, sql, params)?;
            }
            Ok(())
        })
    }

    /// The call may or may not have been accepted. From here only the user, or a proof, moves the task.
    ///
    /// # Errors
    /// When the database cannot be written; the open attempt then says the same at the next start.
    pub fn unknown(
        &self,
        attempt: AttemptId,
        failure: &Failure,
        spent: &Spent,
        answer: Option<&RawAnswer>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.unknown_with(attempt, failure, spent, answer, &Evidence::default(), now)
    }

    /// As [`Store::unknown`], with what was seen of the call.
    ///
    /// # Errors
    /// As [`Store::unknown`].
    pub fn unknown_with(
        &self,
        attempt: AttemptId,
        failure: &Failure,
        spent: &Spent,
        answer: Option<&RawAnswer>,
        seen: &Evidence,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let evidence =
            (*seen != Evidence::default()).then(|| evidence::fitted(seen)).transpose()?;
        self.write_outcome(|write| {
            let call = end_call(write, attempt, Outcome::Unknown, Some(failure), now)?;
            for (attempt, id) in &call {
                let sql = "UPDATE attempts SET evidence = ?2 WHERE id = ?1";
                write.tx.prepare_cached(sql)?.execute((attempt.0, &evidence))?;
                doubt(write, *id, failure)?;
            }
            book(write, &call, spent, answer, now)
        })
    }

    /// Once at the start of the process that owns the tasks: a create call that was out when the last run ended may
    /// have been accepted and charged, so its tasks are uncertain. `lost` says both for a task. Answers how many tasks
    /// there were.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn recover(
        &self,
        lost: impl Fn(&Task) -> (Failure, Spent),
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write_outcome(|write| {
            let open = {
                let mut statement =
                    write.tx.prepare_cached(select_task!("WHERE t.state = 'submitting'"))?;
                let found = statement.query_map([], row::task)?;
                found.collect::<Result<Vec<_>, _>>()?
            };
            for task in &open {
                let (failure, spent) = lost(task);
                let sql = "SELECT id FROM attempts WHERE task_id = ?1 AND outcome IS NULL";
                let attempts = write
                    .tx
                    .prepare_cached(sql)?
                    .query_map([task.id.0], |row| row.get(0).map(AttemptId))?
                    .collect::<Result<Vec<_>, _>>()?;
                let said = |error: &String| {
                    let error = Some(error.clone());
                    evidence::fitted(&Evidence { error, ..Evidence::default() })
                };
                let seen = failure.message.as_ref().map(said).transpose()?;
                // Any of them ends all of its call.
                for attempt in attempts {
                    let call = end_call(write, attempt, Outcome::Crashed, Some(&failure), now)?;
                    for (attempt, _) in &call {
                        let sql = "UPDATE attempts SET evidence = ?2 WHERE id = ?1";
                        write.tx.prepare_cached(sql)?.execute((attempt.0, &seen))?;
                    }
                    book(write, &call, &spent, None, now)?;
                }
                doubt(write, task.id, &failure)?;
            }
            Ok(open.len())
        })
    }
}

fn doubt(write: &mut Write<'_>, id: TaskId, failure: &Failure) -> Result<(), StoreError> {
    let sql =
        "UPDATE tasks SET state = 'uncertain', failure = ?2 WHERE id = ?1 AND state = 'submitting'";
    write.step(id, sql, (id.0, json(failure)?))
}

/// Writes what a call may have cost, once, and keeps its answer, both with the first of its tasks.
fn book(
    write: &Write<'_>,
    call: &[(AttemptId, TaskId)],
    spent: &Spent,
    answer: Option<&RawAnswer>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let [(attempt, id), ..] = call {
        // What one task costs says nothing about a call with several links.
        let amount = spent.amount.filter(|_| call.len() == 1 || spent.said);
        follow::spend(write, *attempt, *id, &Spent { amount, ..*spent }, now)?;
    }
    match answer {
        Some(answer) => keep(write, call, answer, now),
        None => Ok(()),
    }
}

pub(crate) fn keep(
    write: &Write<'_>,
    call: &[(AttemptId, TaskId)],
    answer: &RawAnswer,
    now: Timestamp,
) -> Result<(), StoreError> {
    match call.first() {
        Some((_, id)) => answer.keep(write, *id, now),
        None => Ok(()),
    }
}

/// Writes the remote id into the ledger. A provider may hand out one id twice (the same video again): each attempt then
/// has items of its own.
pub(crate) fn keep_remote_id(
    write: &Write<'_>,
    attempt: AttemptId,
    remote_id: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE attempts SET remote_id = ?2, item = item + (
                 SELECT coalesce(max(o.item) + 1, 0) FROM attempts o
                 WHERE o.provider = attempts.provider AND o.remote_id = ?2 AND o.id <> attempts.id
                   AND coalesce(o.call, -o.id) <> coalesce(attempts.call, -attempts.id)
               ) WHERE id = ?1";
    write.tx.prepare_cached(sql)?.execute((attempt.0, remote_id))?;
    Ok(())
}

/// Ends every attempt of a call; answers them with their tasks.
pub(crate) fn end_call(
    write: &Write<'_>,
    attempt: AttemptId,
    outcome: Outcome,
    failure: Option<&Failure>,
    now: Timestamp,
) -> Result<Vec<(AttemptId, TaskId)>, StoreError> {
    let call = batch::open_attempts(write, attempt)?;
    if call.is_empty() {
        return Err(StoreError::WrongState);
    }
    let failure = failure.map(json).transpose()?;
    for (attempt, _) in &call {
        let sql = "UPDATE attempts SET outcome = ?2, failure = ?3, ended_at = ?4 WHERE id = ?1 AND outcome IS NULL";
        let params = (attempt.0, outcome.as_str(), &failure, now.0);
        write.tx.prepare_cached(sql)?.execute(params)?;
    }
    Ok(call)
}

pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(crate::row::unreadable(error)))
}
