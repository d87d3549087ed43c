//! How a provider did, by the user's own history. Each question looks at a bounded number of rows, or at those alone
//! that have not ended.

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{
    AttemptId, Failure, Operation, Outcome, ProviderId, TaskId, TaskState, Timestamp, Wait,
};

use crate::{Store, StoreError, pastes::paused_pastes, row};

/// The last tasks of a provider that are told.
const RECENT: usize = 20;
/// Among so many of the newest that failed the last ones are looked for: an older one may have failed again since.
const LOOKED_AT: u32 = 200;

/// How a provider did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    pub last_success: Option<Timestamp>,
    /// The last tasks that succeeded, failed or are in doubt, at most 20, newest first. Cancelled ones say nothing of
    /// their provider; those in the trash are left out, and so are those of another history.
    pub recent: Vec<Ended>,
    /// What the queued tasks wait for, where all wait for the same.
    pub wait: Option<Wait>,
    pub queued: u32,
    /// Being submitted, or running.
    pub running: u32,
    pub uncertain: u32,
}

/// A task that has ended, or of which nobody knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    pub task: TaskId,
    pub operation: Operation,
    pub state: TaskState,
    pub at: Timestamp,
    pub failure: Option<Failure>,
}

/// A create call without a word of anybody: for the log and for diagnostics.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub task: TaskId,
    pub attempt: AttemptId,
    pub number: u32,
    pub provider: ProviderId,
    pub operation: Operation,
    pub intent_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    pub remote_id: Option<String>,
    /// Why it failed; its message may repeat what was sent, so it is for nobody to print.
    pub failure: Option<Failure>,
}

impl Store {
    /// How a provider did.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn record(&self, provider: ProviderId) -> Result<Record, StoreError> {
        self.read(|connection| {
            let mut record = Record::default();
            count(connection, provider, &mut record)?;
            let mut recent = Vec::new();
            for operation in Operation::ALL {
                let last = last_success(connection, provider, *operation)?;
                record.last_success = record.last_success.max(last);
                recent.extend(succeeded(connection, provider, *operation)?);
            }
            for state in [TaskState::Failed, TaskState::Uncertain] {
                recent.extend(failed(connection, provider, state)?);
            }
            recent.sort_unstable_by_key(|ended| std::cmp::Reverse((ended.at, ended.task)));
            recent.truncate(RECENT);
            record.recent = recent;
            Ok(record)
        })
    }

    /// The last create calls, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_calls(&self, limit: u32) -> Result<Vec<Call>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT a.id, a.task_id, a.number, a.provider, t.operation, a.intent_at, a.ended_at, a.outcome,
                         a.remote_id, a.failure
                       FROM attempts a JOIN tasks t ON t.id = a.task_id ORDER BY a.id DESC LIMIT ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let calls = statement.query_map([limit], call)?;
            Ok(calls.collect::<Result<_, _>>()?)
        })
    }

    /// The last create call of a task; none before its first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_call(&self, id: TaskId) -> Result<Option<Call>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT a.id, a.task_id, a.number, a.provider, t.operation, a.intent_at, a.ended_at, a.outcome,
                         a.remote_id, a.failure
                       FROM attempts a JOIN tasks t ON t.id = a.task_id
                       WHERE a.task_id = ?1 ORDER BY a.number DESC LIMIT 1";
            Ok(connection.prepare_cached(sql)?.query_row([id.0], call).optional()?)
        })
    }

    /// The version of SQLite that is built in.
    pub fn sqlite() -> &'static str {
        rusqlite::version()
    }
}

fn call(row: &rusqlite::Row<'_>) -> rusqlite::Result<Call> {
    Ok(Call {
        task: TaskId(row.get("task_id")?),
        attempt: AttemptId(row.get("id")?),
        number: row.get("number")?,
        provider: row::word(row, "provider")?,
        operation: row::word(row, "operation")?,
        intent_at: Timestamp(row.get("intent_at")?),
        ended_at: row.get::<_, Option<i64>>("ended_at")?.map(Timestamp),
        outcome: row
            .get::<_, Option<String>>("outcome")?
            .map(|word| word.parse().map_err(row::unreadable))
            .transpose()?,
        remote_id: row.get("remote_id")?,
        failure: row::json_or_none(row, "failure")?,
    })
}

fn count(
    connection: &Connection,
    provider: ProviderId,
    record: &mut Record,
) -> Result<(), StoreError> {
    let sql = "SELECT state, count(*) FROM tasks
               WHERE state IN ('queued', 'submitting', 'running', 'uncertain') AND provider = ?1 AND deleted_at IS NULL
               GROUP BY state";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([provider.as_str()])?;
    while let Some(found) = rows.next()? {
        let tasks: u32 = found.get(1)?;
        match row::word(found, "state")? {
            TaskState::Queued => record.queued = tasks,
            TaskState::Uncertain => record.uncertain = tasks,
            _ => record.running += tasks,
        }
    }
    record.wait = waits(connection, provider)?;
    Ok(())
}

fn waits(connection: &Connection, provider: ProviderId) -> Result<Option<Wait>, StoreError> {
    // What is paused waits for the user, whatever else it waits for.
    let sql = concat!(
        "SELECT reason, min(until) AS until FROM (
           SELECT CASE WHEN paused THEN 'paused' ELSE wait_reason END AS reason,
             CASE WHEN paused THEN NULL ELSE wait_until END AS until
           FROM (SELECT wait_reason, wait_until, paste_id IN ",
        paused_pastes!(),
        " AS paused FROM tasks WHERE state = 'queued' AND provider = ?1 AND deleted_at IS NULL)
         ) GROUP BY reason LIMIT 2"
    );
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement
        .query_map([provider.as_str()], |row| {
            Ok((row.get::<_, Option<String>>("reason")?, row.get::<_, Option<i64>>("until")?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let [(Some(reason), until)] = found.as_slice() else { return Ok(None) };
    let reason = reason.parse().map_err(row::unreadable)?;
    Ok(Some(Wait { reason, until: until.map(Timestamp) }))
}

fn last_success(
    connection: &Connection,
    provider: ProviderId,
    operation: Operation,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT ended_at FROM tasks
               WHERE state = 'succeeded' AND provider = ?1 AND operation = ?2 AND submitted_at IS NOT NULL
               ORDER BY ended_at DESC LIMIT 1";
    let found = connection
        .prepare_cached(sql)?
        .query_row((provider.as_str(), operation.as_str()), |row| row.get(0))
        .optional()?;
    Ok(found.map(Timestamp))
}

fn succeeded(
    connection: &Connection,
    provider: ProviderId,
    operation: Operation,
) -> Result<Vec<Ended>, StoreError> {
    let sql = "SELECT id, operation, state, ended_at AS at, NULL AS failure FROM tasks
               WHERE state = 'succeeded' AND provider = ?1 AND operation = ?2 AND submitted_at IS NOT NULL
                 AND deleted_at IS NULL
               ORDER BY ended_at DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let found =
        statement.query_map((provider.as_str(), operation.as_str(), RECENT as u32), ended)?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn failed(
    connection: &Connection,
    provider: ProviderId,
    state: TaskState,
) -> Result<Vec<Ended>, StoreError> {
    let sql = "SELECT * FROM (
                 SELECT id, operation, state, coalesce(ended_at, submitted_at, created_at) AS at, failure FROM tasks
                 WHERE state = :state AND provider = :provider AND deleted_at IS NULL
                 ORDER BY id DESC LIMIT :looked_at
               ) ORDER BY at DESC LIMIT :recent";
    let mut statement = connection.prepare_cached(sql)?;
    let params = named_params! {
        ":state": state.as_str(),
        ":provider": provider.as_str(),
        ":looked_at": LOOKED_AT,
        ":recent": RECENT as u32,
    };
    let found = statement.query_map(params, ended)?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn ended(row: &rusqlite::Row<'_>) -> rusqlite::Result<Ended> {
    Ok(Ended {
        task: TaskId(row.get("id")?),
        operation: row::word(row, "operation")?,
        state: row::word(row, "state")?,
        at: Timestamp(row.get("at")?),
        failure: row::json_or_none(row, "failure")?,
    })
}
