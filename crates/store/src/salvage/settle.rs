//! What was salvaged made into a history again: gaps filled from a backup, rows that lost another row they belong to
//! mended, and every task of which nobody can say whether it was submitted made uncertain.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{
    Charged, Failure, FailureKind, Operation, Outcome, ProviderId, TaskState, Timestamp,
};

use super::harvest::Harvest;
use crate::{StoreError, row, submit::json};

/// Ids that a damaged file may have given away without a trace.
const SKIPPED: i64 = 1000;

/// What is known about how sure the rows are. `unsure` holds the tasks that may be older than the ledger, with the
/// number of the last attempt that was known when they were as they are (-1: nothing is known).
const UNSURE: &str = "CREATE TEMP TABLE unsure (id INTEGER PRIMARY KEY, known INTEGER NOT NULL)";

/// Pastes of which the newest state is lost, also those that a backup still has.
const LOST_PASTES: &str = "CREATE TEMP TABLE lost_pastes AS
    SELECT DISTINCT paste_id AS paste FROM tasks WHERE paste_id NOT IN (SELECT id FROM pastes)";

pub(crate) fn settle(
    connection: &Connection,
    harvest: &Harvest,
    backup: Option<&Path>,
    doubt_all: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection.execute_batch(UNSURE)?;
    if let Some(backup) = backup {
        let path = backup.to_string_lossy();
        connection.execute("ATTACH ?1 AS backup", [&path])?;
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for id in &harvest.stale {
        connection.execute("INSERT INTO unsure VALUES (?1, -1)", [id])?;
    }
    connection.execute_batch(LOST_PASTES)?;
    if backup.is_some() {
        fill(connection, harvest)?;
    }
    rebuild_tasks(connection, now)?;
    mend(connection)?;
    settle_unsure(connection, now)?;
    if doubt_all || harvest.gaps.contains("attempts") {
        doubt(connection, "state = 'queued'", now)?;
    }
    // Where it points to is lost.
    doubt(connection, "state = 'queued' AND desk = 'texts' AND link_id IS NULL", now)?;
    keep_books(connection, now)?;
    remove_remains(connection)?;
    skip_ids(connection, harvest)?;
    connection.execute_batch("COMMIT")?;
    if backup.is_some() {
        connection.execute_batch("DETACH backup")?;
    }
    Ok(())
}

/// Every queued task becomes uncertain: it may have been submitted after this file was written.
pub(crate) fn doubt_queued(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    doubt(connection, "state = 'queued'", now)?;
    keep_books(connection, now)?;
    skip_ids(connection, &Harvest::default())?;
    connection.execute_batch("COMMIT")?;
    Ok(())
}

/// Rows of the backup that tables with gaps lack.
fn fill(connection: &Connection, harvest: &Harvest) -> Result<(), StoreError> {
    if harvest.gaps.contains("tasks") {
        connection.execute(
            "INSERT INTO unsure SELECT b.id, (SELECT coalesce(max(number), 0) FROM backup.attempts WHERE task_id = b.id)
             FROM backup.tasks b WHERE b.id NOT IN (SELECT id FROM main.tasks)",
            [],
        )?;
    }
    for table in &harvest.gaps {
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info(?1)")?
            .query_map([table], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let columns = columns.join(", ");
        let sql = format!(
            "INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM backup.{table}"
        );
        connection.execute(&sql, [])?;
    }
    Ok(())
}

/// A task that is lost while its ledger is not: it may have been paid for, so there is a task again.
fn rebuild_tasks(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT a.task_id, a.provider, min(a.intent_at), max(a.remote_id),
                 (SELECT operation FROM spend s WHERE s.task_id = a.task_id OR s.attempt_id = a.id LIMIT 1)
               FROM attempts a WHERE a.task_id NOT IN (SELECT id FROM tasks) GROUP BY a.task_id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, provider, begun): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let remote_id: Option<String> = row.get(3)?;
        let operation: Option<String> = row.get(4)?;
        let operation =
            operation.and_then(|word| word.parse().ok()).unwrap_or(Operation::Transcribe);
        connection.execute("INSERT INTO pastes (text, created_at) VALUES ('', ?1)", [now.0])?;
        let paste = connection.last_insert_rowid();
        let sql = "INSERT INTO tasks (id, paste_id, operation, desk, provider, subject, state, failure, submitted_at, created_at)
                   VALUES (:id, :paste, :operation, :desk, :provider, :subject, 'uncertain', :failure, :begun, :begun)";
        connection.execute(
            sql,
            named_params! {
                ":id": id,
                ":paste": paste,
                ":operation": operation.as_str(),
                ":desk": operation.desk().as_str(),
                ":provider": provider,
                ":subject": remote_id.unwrap_or_else(|| id.to_string()),
                ":failure": lost(&provider, Charged::Unknown)?,
                ":begun": begun,
            },
        )?;
        connection.execute("INSERT OR REPLACE INTO unsure VALUES (?1, -1)", [id])?;
    }
    Ok(())
}

/// Gives rows that lost another row they belong to one that says so.
fn mend(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "INSERT INTO pastes (id, text, created_at)
           SELECT paste_id, '', min(created_at) FROM tasks
           WHERE paste_id NOT IN (SELECT id FROM pastes) GROUP BY paste_id;
         -- Nobody can say whether the user paused these, so the user says when they go on. What stands alone is hardly
         -- ever paused, and shows no paste to go on with.
         UPDATE pastes SET paused = 1 WHERE id IN (SELECT paste FROM lost_pastes)
           AND 1 < (SELECT count(*) FROM tasks WHERE paste_id = pastes.id);
         UPDATE tasks SET link_id = NULL, subject = coalesce(subject, title, remote_id, '—')
           WHERE link_id IS NOT NULL AND link_id NOT IN (SELECT id FROM links);
         UPDATE tasks SET parent_id = NULL
           WHERE parent_id IS NOT NULL AND parent_id NOT IN (SELECT id FROM tasks);
         UPDATE spend SET task_id = NULL
           WHERE task_id IS NOT NULL AND task_id NOT IN (SELECT id FROM tasks);
         UPDATE attempts SET outcome = 'crashed', ended_at = intent_at
           WHERE outcome IS NULL AND task_id NOT IN (SELECT id FROM tasks WHERE state = 'submitting')",
    )?;
    Ok(())
}

struct Last {
    number: i64,
    outcome: Option<String>,
    remote_id: Option<String>,
    failure: Option<String>,
    intent_at: i64,
}

/// Brings tasks that may be older than the ledger to where the ledger says that they are.
fn settle_unsure(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let mut statement = connection.prepare(
        "SELECT t.id, t.provider, t.state, u.known FROM unsure u JOIN tasks t ON t.id = u.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, provider, state): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let known: i64 = row.get(3)?;
        let sql =
            "SELECT number, outcome, remote_id, failure, intent_at FROM attempts WHERE task_id = ?1
                   ORDER BY number DESC LIMIT 1";
        let last = connection.prepare_cached(sql)?.query_row([id], |row| {
            Ok(Last {
                number: row.get(0)?,
                outcome: row.get(1)?,
                remote_id: row.get(2)?,
                failure: row.get(3)?,
                intent_at: row.get(4)?,
            })
        });
        let is_open =
            [TaskState::Queued, TaskState::Submitting].iter().any(|s| s.as_str() == state);
        match last.optional()?.filter(|last| last.number > known) {
            Some(last) => follow_ledger(connection, id, &provider, &last, now)?,
            // It may have been submitted, and the attempt is lost too.
            None if is_open => doubt(connection, &format!("id = {id}"), now)?,
            None => {}
        }
    }
    Ok(())
}

fn follow_ledger(
    connection: &Connection,
    id: i64,
    provider: &str,
    last: &Last,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "SELECT created_at FROM transcripts WHERE task_id = ?1 AND created_at >= ?2 ORDER BY version DESC LIMIT 1";
    let got: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row((id, last.intent_at), |row| row.get(0))
        .optional()?;
    let accepted = last.outcome.as_deref() == Some(Outcome::Accepted.as_str());
    let rejected = last.outcome.as_deref() == Some(Outcome::Rejected.as_str());
    let (state, failure, ended_at) = match (got, &last.remote_id) {
        (Some(at), _) if accepted => (TaskState::Succeeded, None, Some(at)),
        (None, Some(_)) if accepted => (TaskState::Running, None, None),
        // Its result came with the call, and is lost.
        _ if accepted => (TaskState::Failed, Some(lost(provider, Charged::Yes)?), Some(now.0)),
        _ if rejected => {
            let said = match &last.failure {
                Some(failure) => failure.clone(),
                None => lost(provider, Charged::No)?,
            };
            (TaskState::Failed, Some(said), Some(now.0))
        }
        _ => return doubt(connection, &format!("id = {id}"), now),
    };
    let sql = "UPDATE tasks SET state = :state, failure = :failure, ended_at = :ended_at, remote_id = :remote,
                 submitted_at = :begun, next_poll_at = iif(:state = 'running', :now, NULL), cancel_cause = NULL,
                 wait_reason = NULL, wait_until = NULL, progress = NULL, fetching = 0, stalled = 0 WHERE id = :id";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":state": state.as_str(),
        ":failure": failure,
        ":ended_at": ended_at,
        ":remote": last.remote_id,
        ":begun": last.intent_at,
        ":now": now.0,
        ":id": id,
    })?;
    Ok(())
}

/// Makes the tasks that `which` picks uncertain.
fn doubt(connection: &Connection, which: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = format!("SELECT id, provider FROM tasks WHERE {which}");
    let found = connection
        .prepare(&sql)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(i64, String)>, _>>()?;
    for (id, provider) in found {
        let failure = lost(&provider, Charged::Unknown)?;
        let sql = "UPDATE tasks SET state = 'uncertain', failure = ?2, remote_id = NULL, ended_at = NULL,
                     cancel_cause = NULL, wait_reason = NULL, wait_until = NULL, next_poll_at = NULL, batch = NULL
                   WHERE id = ?1";
        connection.prepare_cached(sql)?.execute((id, &failure))?;
        // The ledger says that there may have been a call, so that an id found at the provider can be given to it.
        let sql = "UPDATE attempts SET outcome = 'crashed', ended_at = ?2 WHERE task_id = ?1 AND outcome IS NULL";
        let open = connection.prepare_cached(sql)?.execute((id, now.0))?;
        let sql = "SELECT count(*) FROM attempts WHERE task_id = ?1 AND remote_id IS NULL AND outcome IN ('crashed', 'unknown')
                     AND number = (SELECT max(number) FROM attempts WHERE task_id = ?1)";
        let ended: u32 = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
        if open == 0 && ended == 0 {
            let sql = "INSERT INTO attempts (task_id, number, provider, intent_at, ended_at, outcome, failure)
                       SELECT ?1, 1 + (SELECT coalesce(max(number), 0) FROM attempts WHERE task_id = ?1), provider,
                         coalesce(submitted_at, created_at), ?2, 'crashed', ?3 FROM tasks WHERE id = ?1";
            connection.prepare_cached(sql)?.execute((id, now.0, &failure))?;
        }
    }
    Ok(())
}

/// A ledger entry for every remote id and every open question that lost its own.
fn keep_books(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO attempts (task_id, number, provider, item, intent_at, ended_at, outcome, remote_id)
               SELECT t.id, 1 + (SELECT coalesce(max(number), 0) FROM attempts WHERE task_id = t.id), t.provider,
                 (SELECT coalesce(max(item) + 1, 0) FROM attempts WHERE provider = t.provider AND remote_id = t.remote_id),
                 coalesce(t.submitted_at, t.created_at), coalesce(t.submitted_at, t.created_at), 'accepted', t.remote_id
               FROM tasks t WHERE t.id = ?1";
    let lacking = "SELECT id FROM tasks t WHERE remote_id IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM attempts WHERE task_id = t.id AND remote_id = t.remote_id)";
    for id in ids(connection, lacking)? {
        connection.prepare_cached(sql)?.execute([id])?;
    }
    let submitting = "state = 'submitting' AND NOT EXISTS
                        (SELECT 1 FROM attempts WHERE task_id = tasks.id AND outcome IS NULL)";
    doubt(connection, submitting, now)?;
    let unanswerable = "state = 'uncertain' AND NOT EXISTS
                          (SELECT 1 FROM attempts WHERE task_id = tasks.id AND outcome IN ('crashed', 'unknown'))";
    doubt(connection, unanswerable, now)
}

/// Rows that belong to a task of which nothing is left.
fn remove_remains(connection: &Connection) -> Result<(), StoreError> {
    for table in ["transcripts", "tags", "answers", "covers", "downloads", "works_kept"] {
        let sql = format!("DELETE FROM {table} WHERE task_id NOT IN (SELECT id FROM tasks)");
        connection.execute(&sql, [])?;
    }
    Ok(())
}

/// No id is given a second time, also none that left only a trace.
fn skip_ids(connection: &Connection, harvest: &Harvest) -> Result<(), StoreError> {
    let traces = [
        (
            "tasks",
            "SELECT max(coalesce((SELECT max(id) FROM tasks), 0), coalesce((SELECT max(task_id) FROM spend), 0))",
        ),
        (
            "attempts",
            "SELECT max(coalesce((SELECT max(id) FROM attempts), 0), coalesce((SELECT max(attempt_id) FROM spend), 0))",
        ),
        ("downloads", "SELECT coalesce(max(id), 0) FROM downloads"),
    ];
    for (table, sql) in traces {
        let traced: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        let given = harvest.sequences.get(table).copied().unwrap_or(0);
        let last = traced.max(given) + SKIPPED;
        connection.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [table])?;
        connection
            .execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", (table, last))?;
    }
    Ok(())
}

fn ids(connection: &Connection, sql: &str) -> Result<Vec<i64>, StoreError> {
    Ok(connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// What a task shows whose history is lost.
fn lost(provider: &str, charged: Charged) -> Result<String, StoreError> {
    let provider: ProviderId =
        provider.parse().map_err(|error| StoreError::Failed(row::unreadable(error)))?;
    json(&Failure {
        charged,
        message: Some("the history was damaged or restored from a backup".to_owned()),
        ..Failure::new(provider, FailureKind::Network)
    })
}
