//! Reading tasks: one whole, and what is due.

use rusqlite::OptionalExtension;
use shiwen_core::{
    Input, Operation, Output, ProviderId, Task, TaskDetail, TaskId, TaskState, Timestamp, Work,
};

use crate::{
    Store, StoreError, batch, hand_over, known, pastes::paused_pastes, row, row::select_task, texts,
};

/// A task that the engine has something to do for.
#[derive(Debug, Clone, PartialEq)]
pub struct DueTask {
    pub task: Task,
    pub share_text: String,
    /// What the user filled in.
    pub input: Input,
    /// The links of its newest create call, in their order; before the first its own. Empty for what has none.
    pub urls: Vec<String>,
    /// Which of `urls` is the task's own.
    pub place: usize,
    /// Create calls in a row that never left this machine.
    pub sends: u32,
    /// Follow-up calls in a row that failed.
    pub bad_polls: u32,
    /// The provider says it is done and its result is still to be fetched.
    pub fetching: bool,
}

/// When something is due next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextDue(pub Option<Timestamp>);

impl Store {
    /// One task, also from the trash.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn task(&self, id: TaskId) -> Result<Task, StoreError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(select_task!("WHERE t.id = ?1"))?
                .query_row([id.0], row::task);
            found.optional()?.ok_or(StoreError::TaskGone)
        })
    }

    /// Everything about one task.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn detail(&self, id: TaskId) -> Result<TaskDetail, StoreError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(select_task!("WHERE t.id = ?1"))?
                .query_row([id.0], |row| Ok((row::task(row)?, row::input(row)?)));
            let (task, input): (Task, Input) = found.optional()?.ok_or(StoreError::TaskGone)?;
            let share_text = row::share_text(connection, task.paste)?;
            let output = output(connection, &task)?;
            let batch = others(connection, &task)?;
            let transcripts = connection
                .prepare_cached(
                    "SELECT version, kind, text, words, incomplete, created_at FROM transcripts
                     WHERE task_id = ?1 ORDER BY version",
                )?
                .query_map([id.0], row::transcript)?
                .collect::<Result<_, _>>()?;
            let attempts = connection
                .prepare_cached(
                    "SELECT id, number, provider, intent_at, ended_at, outcome, remote_id, failure, evidence FROM attempts
                     WHERE task_id = ?1 ORDER BY number",
                )?
                .query_map([id.0], row::attempt)?
                .collect::<Result<_, _>>()?;
            let passed_over = hand_over::passed_over(connection, id)?;
            let ahead = match task.state {
                TaskState::Queued => connection
                    .prepare_cached(concat!(
                        "SELECT count(*) FROM tasks WHERE state = 'queued' AND provider = ?1 AND id < ?2
                           AND paste_id NOT IN ",
                        paused_pastes!()
                    ))?
                    .query_row((task.provider.as_str(), id.0), |row| row.get(0))?,
                _ => 0,
            };
            let usual_s = usual(connection, task.provider, task.operation)?;
            let same_video = texts::same_video(connection, id)?;
            let another = match task.state {
                TaskState::Failed | TaskState::Cancelled => known::twin_of_ended(connection, id)?,
                _ => None,
            };
            Ok(TaskDetail {
                task, share_text, transcripts, same_video, another, input, output, batch, attempts, passed_over, ahead, usual_s,
            })
        })
    }

    /// A task as it would be asked after, whatever its state.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn followed(&self, id: TaskId) -> Result<DueTask, StoreError> {
        self.due(select_task!("WHERE t.id = ?1"), [id.0])?.pop().ok_or(StoreError::TaskGone)
    }

    /// How many tasks the provider has accepted and is still expected to work on. What shares a create call counts as
    /// one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn at_work(&self, provider: ProviderId) -> Result<u32, StoreError> {
        self.read(|connection| {
            // A batch is one task there.
            let sql = "SELECT count(DISTINCT coalesce(-t.batch, t.id)) FROM tasks t
                       WHERE t.state = 'running' AND t.stalled = 0 AND t.provider = ?1";
            Ok(connection.prepare_cached(sql)?.query_row([provider.as_str()], |row| row.get(0))?)
        })
    }

    /// Running tasks whose time to ask has come, the longest overdue first; of those that share a create call the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn due_to_follow(&self, now: Timestamp, limit: u32) -> Result<Vec<DueTask>, StoreError> {
        let sql = select_task!(
            "WHERE t.state = 'running' AND t.next_poll_at <= ?1 AND coalesce(t.wait_until, 0) <= ?1
               AND coalesce(t.wait_reason, '') <> 'key'
               AND NOT EXISTS (SELECT 1 FROM tasks s WHERE s.batch = t.batch AND s.remote_id = t.remote_id
                                 AND s.state = 'running' AND s.id < t.id)
             ORDER BY t.next_poll_at, t.id LIMIT ?2"
        );
        self.due(sql, (now.0, limit))
    }

    /// Queued tasks of one provider that may be submitted now, oldest first; of a batch the first. What is paused is not
    /// among them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn due_to_submit(
        &self,
        provider: ProviderId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueTask>, StoreError> {
        let sql = select_task!(
            "WHERE t.state = 'queued' AND t.provider = ?1 AND coalesce(t.wait_until, 0) <= ?2
               AND coalesce(t.wait_reason, '') <> 'gave_up_sending'
               AND t.paste_id NOT IN (SELECT id FROM pastes WHERE paused = 1)
               AND NOT EXISTS (SELECT 1 FROM tasks s WHERE s.batch = t.batch AND s.state = 'queued' AND s.id < t.id)
             ORDER BY t.id LIMIT ?3"
        );
        self.due(sql, (provider.as_str(), now.0, limit))
    }

    /// The earliest time after `now` at which a waiting task wants to be looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_due(&self, now: Timestamp) -> Result<NextDue, StoreError> {
        self.read(|connection| {
            let sql = "SELECT min(due) FROM (
                         SELECT max(next_poll_at, coalesce(wait_until, 0)) AS due FROM tasks
                           WHERE state = 'running' AND coalesce(wait_reason, '') <> 'key'
                         UNION ALL
                         SELECT * FROM (SELECT min(wait_until) FROM tasks WHERE state = 'queued' AND wait_until > ?1)
                       ) WHERE due > ?1";
            let due: Option<i64> = connection.prepare_cached(sql)?.query_row([now.0], |row| row.get(0))?;
            Ok(NextDue(due.map(Timestamp)))
        })
    }

    /// Providers that have queued tasks.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn queued_providers(&self) -> Result<Vec<ProviderId>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT DISTINCT provider FROM tasks WHERE state = 'queued'")?;
            let found = statement
                .query_map([], |row| row::word(row, "provider"))?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
    }

    /// How many tasks are in this state, the trash included.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_in(&self, state: TaskState) -> Result<u32, StoreError> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM tasks WHERE state = ?1";
            Ok(connection.prepare_cached(sql)?.query_row([state.as_str()], |row| row.get(0))?)
        })
    }

    pub(crate) fn due(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<DueTask>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut found =
                statement.query_map(params, due_task)?.collect::<Result<Vec<_>, _>>()?;
            for due in &mut found {
                due.share_text = row::share_text(connection, due.task.paste)?;
                share_call(connection, due)?;
            }
            Ok(found)
        })
    }
}

fn due_task(row: &rusqlite::Row<'_>) -> rusqlite::Result<DueTask> {
    let task = row::task(row)?;
    Ok(DueTask {
        share_text: String::new(),
        input: row::input(row)?,
        urls: task.link.iter().map(|link| link.url.clone()).collect(),
        place: 0,
        sends: row.get("sends")?,
        bad_polls: row.get("bad_polls")?,
        fetching: row.get("fetching")?,
        task,
    })
}

/// Fills in the other links of the task's create call.
fn share_call(connection: &rusqlite::Connection, due: &mut DueTask) -> Result<(), StoreError> {
    if due.task.batch.is_none() || due.task.remote_id.is_none() {
        return Ok(());
    }
    let call = batch::of_call(connection, due.task.id)?;
    if let Some(place) = call.iter().position(|(id, _)| *id == due.task.id) {
        due.place = place;
        due.urls = call.into_iter().filter_map(|(_, url)| url).collect();
    }
    Ok(())
}

/// What came back besides a transcript; a work with the versions that its edits made.
fn output(connection: &rusqlite::Connection, task: &Task) -> Result<Option<Output>, StoreError> {
    let sql = "SELECT output FROM tasks WHERE id = ?1";
    let mut own: Option<Output> = connection
        .prepare_cached(sql)?
        .query_row([task.id.0], |row| row::json_or_none(row, "output"))?;
    let Some(Output::Works { works }) = &mut own else { return Ok(own) };
    let sql = "SELECT works FROM tasks
               WHERE parent_id = ?1 AND state = 'succeeded' AND deleted_at IS NULL ORDER BY id";
    let edits = connection
        .prepare_cached(sql)?
        .query_map([task.id.0], |row| row::json_or_none(row, "works"))?
        .collect::<Result<Vec<Option<Vec<Work>>>, _>>()?;
    for edited in edits.into_iter().flatten().flatten() {
        // The provider names the versions with the original too, once it is asked again.
        let known = |work: &Work| work.remote_id.is_some() && work.remote_id == edited.remote_id;
        if !works.iter().any(known) {
            works.push(edited);
        }
    }
    Ok(own)
}

/// The other tasks of its batch.
fn others(connection: &rusqlite::Connection, task: &Task) -> Result<Vec<TaskId>, StoreError> {
    let Some(batch) = task.batch else { return Ok(Vec::new()) };
    let found = connection
        .prepare_cached("SELECT id FROM tasks WHERE batch = ?1 AND id <> ?2 ORDER BY id")?
        .query_map((batch.0, task.id.0), |row| row.get(0).map(TaskId))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The median of the last twenty durations in seconds; none before there are three.
pub(crate) fn usual(
    connection: &rusqlite::Connection,
    provider: ProviderId,
    operation: Operation,
) -> Result<Option<u32>, StoreError> {
    let sql = "SELECT (ended_at - submitted_at) / 1000 FROM tasks
               WHERE state = 'succeeded' AND provider = ?1 AND operation = ?2 AND submitted_at IS NOT NULL
               ORDER BY ended_at DESC LIMIT 20";
    let mut durations = connection
        .prepare_cached(sql)?
        .query_map((provider.as_str(), operation.as_str()), |row| row.get::<_, i64>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    durations.sort_unstable();
    Ok(if durations.len() < 3 {
        None
    } else {
        u32::try_from(durations[durations.len() / 2].max(1)).ok()
    })
}
