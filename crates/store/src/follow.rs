//! Following an accepted task to its end.

use rusqlite::{Params, named_params};
use shiwen_core::{
    AttemptId, Failure, FailureKind, Found, Output, ProviderId, TaskId, Timestamp, TranscriptKind,
    Unit, count_words,
};

use crate::{RawAnswer, Store, StoreError, submit::json, write::Write};

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

/// What an accepted call cost, in the provider's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub unit: Unit,
    /// None where neither the price nor the answer says it.
    pub amount: Option<u32>,
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
    /// The provider still works on it, or could not be asked.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when the task no longer runs.
    pub fn polled(&self, id: TaskId, poll: &Poll) -> Result<(), StoreError> {
        self.write(|write| {
            let sql =
                "UPDATE tasks SET progress = coalesce(:progress, progress), next_poll_at = :next,
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
            write.step(id, sql, params)
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
            write.step(id, SUCCEED, success(id, won, now)?)?;
            keep_text(write, id, won, now)?;
            answer.keep(write, id, now)
        })
    }

    /// The provider says that it failed. Where it does not know the id that the user named for an uncertain call, the
    /// id was wrong and the call is as uncertain as before.
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
            if failure.kind == FailureKind::NotFound && disown(write, id, failure)? {
                return answer.keep(write, id, now);
            }
            let sql = "UPDATE tasks SET state = 'failed', failure = ?2, ended_at = ?3, progress = NULL, stalled = 0,
                         fetching = 0, wait_reason = NULL, wait_until = NULL, next_poll_at = NULL
                       WHERE id = ?1 AND state = 'running'";
            write.step(id, sql, (id.0, json(failure)?, now.0))?;
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

/// Takes a wrongly adopted id back; false when the task's id came from the provider itself.
fn disown(write: &mut Write<'_>, id: TaskId, failure: &Failure) -> Result<bool, StoreError> {
    let sql = "UPDATE attempts SET remote_id = NULL WHERE task_id = ?1 AND outcome IN ('unknown', 'crashed')
                 AND remote_id = (SELECT remote_id FROM tasks WHERE id = ?1)";
    if write.tx.prepare_cached(sql)?.execute([id.0])? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE tasks SET state = 'uncertain', remote_id = NULL, failure = ?2, progress = NULL, stalled = 0,
                 fetching = 0, wait_reason = NULL, wait_until = NULL, next_poll_at = NULL
               WHERE id = ?1 AND state = 'running'";
    write.step(id, sql, (id.0, json(failure)?))?;
    Ok(true)
}

pub(crate) fn success(id: TaskId, won: &Won, now: Timestamp) -> Result<impl Params, StoreError> {
    let found = &won.found;
    let works = match &won.output {
        Some(Output::Works { works }) => Some(works),
        _ => None,
    };
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
        works.map(json).transpose()?,
        won.cost,
    ))
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
               VALUES (:task, 1 + (SELECT count(*) FROM transcripts WHERE task_id = :task), :kind, :text, :words,
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
