//! Following an accepted task to its end.

use rusqlite::{Params, named_params};
use shiwen_core::{
    AttemptId, Failure, FailureKind, Found, Output, ProviderId, TaskId, Timestamp, TranscriptKind,
    Unit, Work, count_words,
};

use crate::{RawAnswer, Store, StoreError, batch, submit::json, write::Write};

/// What a follow-up call changed while the task goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// Percent; more than 100 counts as 100.
    pub progress: Option<u8>,
    /// None: asked only when the user wants it.
    pub next_poll_at: Option<Timestamp>,
    /// The provider is done; the next call asks for the result.
    pub fetching: bool,
    pub stalled: bool,
    /// The call itself failed.
    pub bad: bool,
}

/// What a finished task gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Won {
    /// An empty text is an answer too (nobody speaks in the video); it makes no version.
    pub text: Option<String>,
    pub incomplete: bool,
    pub found: Found,
    pub output: Option<Output>,
    /// Units that the provider says it took.
    pub cost: Option<u32>,
}

/// How one link of a create call with several ended.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a handful at a time, written at once")]
pub enum End {
    Won(Won),
    Lost(Failure),
}

/// What an accepted call cost, in the provider's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub unit: Unit,
    /// None where neither the price nor the answer says it.
    pub amount: Option<u32>,
    /// The amount comes from what the provider said about this call, not from its list of prices.
    pub said: bool,
    /// False while nobody knows whether the call was accepted.
    pub certain: bool,
}

macro_rules! succeed {
    ($from:literal) => {
        concat!(
            "UPDATE tasks SET state = 'succeeded', ended_at = ?2, title = ?3, author = ?4, duration_s = ?5, ",
            "cover_url = ?6, media_url = ?7, learned_at = ?2, words = ?8, avatar_url = ?9, output = ?10, works = ?11, ",
            "cost = coalesce(?12, cost), progress = NULL, stalled = 0, ",
            "fetching = 0, bad_polls = 0, wait_reason = NULL, wait_until = NULL, next_poll_at = NULL, ",
            "cancel_cause = NULL, failure = NULL WHERE id = ?1 AND ",
            $from
        )
    };
}

pub(crate) const SUCCEED_FROM_SUBMITTING: &str = succeed!("state = 'submitting'");
// A result that comes in after the user stopped waiting was paid for all the same.
const SUCCEED: &str = succeed!("(state = 'running' OR cancel_cause = 'stopped_waiting')");

impl Store {
    /// The provider still works on it, or could not be asked. Counts for all running tasks of the same create call.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when the task no longer runs.
    pub fn polled(&self, id: TaskId, poll: &Poll) -> Result<(), StoreError> {
        self.write(|write| {
            for id in batch::running(write, id)? {
                let sql = "UPDATE tasks SET progress = coalesce(:progress, progress), next_poll_at = :next,
                             fetching = :fetching, stalled = :stalled, polls = polls + 1,
                             bad_polls = CASE WHEN :bad THEN bad_polls + 1 ELSE 0 END,
                             wait_reason = NULL, wait_until = NULL
                           WHERE id = :id AND state = 'running'";
                let params = named_params! {
                    ":id": id.0,
                    ":progress": poll.progress.map(|percent| percent.min(100)),
                    ":next": poll.next_poll_at.map(|at| at.0),
                    ":fetching": poll.fetching,
                    ":stalled": poll.stalled,
                    ":bad": poll.bad,
                };
                write.step(id, sql, params)?;
            }
            Ok(())
        })
    }

    /// The result came: text, state and what was learned about the video in one transaction.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when the task no longer runs.
    pub fn won(
        &self,
        id: TaskId,
        won: &Won,
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_outcome(|write| {
            succeed(write, id, won, now)?;
            if let Some(cost) = won.cost {
                // Only now is it known what it took.
                let sql = "UPDATE spend SET amount = ?2 WHERE attempt_id = (SELECT id FROM attempts
                             WHERE task_id = ?1 AND call IS NULL ORDER BY number DESC LIMIT 1)";
                write.tx.prepare_cached(sql)?.execute((id.0, cost))?;
            }
            #[cfg(feature = "kill-points")]
            shiwen_kill_points::at(shiwen_kill_points::Point::ResultWritten);
            answer.keep(write, id, now)
        })
    }

    /// A create call with several links is done: `ends` says of each how it ended, in the order of the call. `id` is
    /// any task of it. The answer is kept once, with that task. A task that nobody waits for any more gets its result
    /// all the same; one that has ended or was sent again stays as it is.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when none of its tasks runs any more, or the call has another number of links.
    pub fn ended(
        &self,
        id: TaskId,
        ends: &[End],
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_outcome(|write| {
            let call = batch::of_call(&write.tx, id)?;
            if call.len() != ends.len() {
                return Err(StoreError::WrongState);
            }
            let mut ended = 0;
            for ((task, _), end) in call.iter().zip(ends) {
                if !awaits(write, *task, id)? {
                    continue;
                }
                match end {
                    End::Won(won) => succeed(write, *task, won, now)?,
                    End::Lost(failure) => match fail(write, *task, failure, now) {
                        // Nobody waits for it: it stays so.
                        Err(StoreError::WrongState) => continue,
                        other => other?,
                    },
                }
                ended += 1;
            }
            if ended == 0 {
                return Err(StoreError::WrongState);
            }
            #[cfg(feature = "kill-points")]
            shiwen_kill_points::at(shiwen_kill_points::Point::ResultWritten);
            answer.keep(write, id, now)
        })
    }

    /// What a finished task gave, asked for once more: its addresses are new, its state and its text stay.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when the task has not succeeded.
    pub fn refreshed(
        &self,
        id: TaskId,
        won: &Won,
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| {
            let found = &won.found;
            let sql = "UPDATE tasks SET title = coalesce(?3, title), author = coalesce(?4, author),
                         duration_s = coalesce(?5, duration_s), cover_url = coalesce(?6, cover_url),
                         media_url = coalesce(?7, media_url), avatar_url = coalesce(?8, avatar_url), learned_at = ?2,
                         output = coalesce(?9, output), works = coalesce(?10, works)
                       WHERE id = ?1 AND state = 'succeeded'";
            let params = (
                id.0,
                now.0,
                &found.title,
                &found.author,
                found.duration_s,
                &found.cover_url,
                &found.media_url,
                &found.avatar_url,
                won.output.as_ref().map(json).transpose()?,
                works(won).map(json).transpose()?,
            );
            write.step(id, sql, params)?;
            answer.keep(write, id, now)
        })
    }

    /// The provider says that it failed. Where it does not know the id that the user named for an uncertain call, the
    /// id was wrong and the call is as uncertain as before. Counts for all running tasks of the same create call.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when the task no longer runs.
    pub fn lost(
        &self,
        id: TaskId,
        failure: &Failure,
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_outcome(|write| {
            for id in batch::running(write, id)? {
                if failure.kind != FailureKind::NotFound || !disown(write, id, failure)? {
                    fail(write, id, failure, now)?;
                }
            }
            answer.keep(write, id, now)
        })
    }

    /// The provider's key was refused: nothing of its tasks is asked until the key changes.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn hold(&self, provider: ProviderId) -> Result<(), StoreError> {
        self.for_provider(
            provider,
            "UPDATE tasks SET wait_reason = 'key', wait_until = NULL WHERE provider = ?1 AND state = 'running'
               AND coalesce(wait_reason, '') <> 'key' RETURNING id",
        )
    }

    /// The key changed: everything that waited for it may go on.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn release(&self, provider: ProviderId) -> Result<(), StoreError> {
        self.for_provider(
            provider,
            "UPDATE tasks SET wait_reason = NULL, wait_until = NULL, next_poll_at = CASE WHEN state = 'running'
               THEN 0 ELSE next_poll_at END
             WHERE provider = ?1 AND state IN ('queued', 'running') AND wait_reason = 'key' RETURNING id",
        )
    }

    fn for_provider(&self, provider: ProviderId, sql: &str) -> Result<(), StoreError> {
        self.write(|write| {
            let ids = write
                .tx
                .prepare_cached(sql)?
                .query_map([provider.as_str()], |row| row.get(0).map(TaskId))?
                .collect::<Result<Vec<_>, _>>()?;
            for id in ids {
                write.changed(id);
            }
            Ok(())
        })
    }
}

/// Whether a task still belongs to the create call that `asked` was followed for.
fn awaits(write: &Write<'_>, id: TaskId, asked: TaskId) -> Result<bool, StoreError> {
    let sql = "SELECT count(*) > 0 FROM tasks t JOIN tasks o ON o.id = ?2
               WHERE t.id = ?1 AND t.batch IS o.batch AND t.remote_id = o.remote_id
                 AND (t.state = 'running' OR t.cancel_cause = 'stopped_waiting')";
    Ok(write.tx.prepare_cached(sql)?.query_row((id.0, asked.0), |row| row.get(0))?)
}

fn succeed(write: &mut Write<'_>, id: TaskId, won: &Won, now: Timestamp) -> Result<(), StoreError> {
    write.step(id, SUCCEED, success(id, won, now)?)?;
    keep_text(write, id, won, now)
}

fn fail(
    write: &mut Write<'_>,
    id: TaskId,
    failure: &Failure,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE tasks SET state = 'failed', failure = ?2, ended_at = ?3, progress = NULL, stalled = 0,
                 fetching = 0, wait_reason = NULL, wait_until = NULL, next_poll_at = NULL
               WHERE id = ?1 AND state = 'running'";
    write.step(id, sql, (id.0, json(failure)?, now.0))
}

/// Takes a wrongly adopted id back; false when the task's id came from the provider itself.
fn disown(write: &mut Write<'_>, id: TaskId, failure: &Failure) -> Result<bool, StoreError> {
    let sql = "UPDATE attempts SET remote_id = NULL WHERE task_id = ?1 AND outcome IN ('unknown', 'crashed')
                 AND remote_id = (SELECT remote_id FROM tasks WHERE id = ?1) RETURNING coalesce(call, id)";
    let calls = write
        .tx
        .prepare_cached(sql)?
        .query_map([id.0], |row| row.get::<_, i64>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    if calls.is_empty() {
        return Ok(false);
    }
    for call in calls {
        // What the id seemed to prove is a guess again.
        let sql = "UPDATE spend SET certain = 0 WHERE attempt_id = ?1";
        write.tx.prepare_cached(sql)?.execute([call])?;
    }
    let sql = "UPDATE tasks SET state = 'uncertain', remote_id = NULL, failure = ?2, progress = NULL, stalled = 0,
                 fetching = 0, wait_reason = NULL, wait_until = NULL, next_poll_at = NULL
               WHERE id = ?1 AND state = 'running'";
    write.step(id, sql, (id.0, json(failure)?))?;
    Ok(true)
}

pub(crate) fn success(id: TaskId, won: &Won, now: Timestamp) -> Result<impl Params, StoreError> {
    let found = &won.found;
    Ok((
        id.0,
        now.0,
        &found.title,
        &found.author,
        found.duration_s,
        &found.cover_url,
        &found.media_url,
        won.text.as_deref().map(count_words),
        &found.avatar_url,
        won.output.as_ref().map(json).transpose()?,
        works(won).map(json).transpose()?,
        won.cost,
    ))
}

fn works(won: &Won) -> Option<&Vec<Work>> {
    match &won.output {
        Some(Output::Works { works }) => Some(works),
        _ => None,
    }
}

/// Adds the text as the task's next version; what was there stays.
pub(crate) fn keep_text(
    write: &Write<'_>,
    id: TaskId,
    won: &Won,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(text) = won.text.as_deref().filter(|text| !text.is_empty()) else { return Ok(()) };
    let sql = "INSERT INTO transcripts (task_id, version, kind, text, words, incomplete, created_at)
               VALUES (:task, 1 + (SELECT coalesce(max(version), 0) FROM transcripts WHERE task_id = :task), :kind, :text, :words,
                 :incomplete, :now)";
    write.tx.prepare_cached(sql)?.execute(named_params! {
        ":task": id.0,
        ":kind": TranscriptKind::Provider.as_str(),
        ":text": text,
        ":words": count_words(text),
        ":incomplete": won.incomplete,
        ":now": now.0,
    })?;
    Ok(())
}

pub(crate) fn spend(
    write: &Write<'_>,
    attempt: AttemptId,
    id: TaskId,
    spent: &Spent,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO spend (attempt_id, task_id, provider, operation, unit, amount, certain, spent_at)
               SELECT :attempt, id, provider, operation, :unit, :amount, :certain, :now FROM tasks WHERE id = :task";
    write.tx.prepare_cached(sql)?.execute(named_params! {
        ":attempt": attempt.0,
        ":task": id.0,
        ":unit": spent.unit.as_str(),
        ":amount": spent.amount,
        ":certain": spent.certain,
        ":now": now.0,
    })?;
    Ok(())
}
