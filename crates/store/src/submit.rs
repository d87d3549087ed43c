//! From the user's wish to the provider's acceptance: the part of the history that guards money.

use rusqlite::{OptionalExtension, named_params};
use shiwen_core::{
    AttemptId, Entry, Failure, Input, Link, NewTask, Outcome, ProviderId, TaskId, Timestamp, Wait,
    WaitReason,
};

use crate::{
    RawAnswer, Store, StoreError,
    follow::{self, Spent, Won},
    known, landings,
    write::Write,
};

/// Characters of a prompt that the list shows.
const SUBJECT: usize = 200;

/// A task that this process may now submit: its intent is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    pub attempt: AttemptId,
    /// 1 for the task's first.
    pub number: u32,
}

impl Store {
    /// Writes what was pasted and queues its tasks, all or none. A video that history already has is skipped unless
    /// the user wants it again; a short link counts as the video that it is known to lead to.
    ///
    /// # Errors
    /// When the database cannot be written; nothing is queued then.
    pub fn add_tasks(
        &self,
        share_text: &str,
        tasks: &[NewTask],
        now: Timestamp,
    ) -> Result<Vec<TaskId>, StoreError> {
        self.write(|write| {
            // Only once there is a task: a text that made none could never be deleted by the user.
            let mut paste = None;
            let mut ids = Vec::with_capacity(tasks.len());
            for task in tasks {
                let link = match &task.link {
                    Some(link) => match wanted(write, link, task)? {
                        Some(link) => Some(link),
                        None => continue,
                    },
                    None => None,
                };
                let paste = match paste {
                    Some(paste) => paste,
                    None => *paste.insert(add_paste(write, share_text, now)?),
                };
                let link = link.map(|(link, key)| add_link(write, &link, &key)).transpose()?;
                let sql = "INSERT INTO tasks
                             (paste_id, link_id, operation, desk, provider, target_language, input, subject, model,
                              parent_id, state, created_at)
                           VALUES (:paste, :link, :operation, :desk, :provider, :language, :input, :subject, :model,
                             :parent, 'queued', :now)
                           RETURNING id";
                let id = TaskId(write.tx.prepare_cached(sql)?.query_row(
                    named_params! {
                        ":paste": paste,
                        ":link": link,
                        ":operation": task.operation.as_str(),
                        ":provider": task.provider.as_str(),
                        ":desk": task.operation.desk().as_str(),
                        ":language": task.target_language,
                        ":input": json(&task.input)?,
                        ":subject": subject(&task.input),
                        ":model": text(&task.input, "model"),
                        ":parent": task.parent.map(|parent| parent.0),
                        ":now": now.0,
                    },
                    |row| row.get(0),
                )?);
                write.changed(id);
                ids.push(id);
            }
            Ok(ids)
        })
    }

    /// Takes a queued task for submitting and writes the intent, in one transaction: once this returns, a crash can
    /// no longer turn into a silent second charge. Only one caller ever gets a task.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when another was faster.
    pub fn claim(&self, id: TaskId, now: Timestamp) -> Result<Claimed, StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET state = 'submitting', submitted_at = ?2, wait_reason = NULL, wait_until = NULL
                       WHERE id = ?1 AND state = 'queued'";
            write.step(id, sql, (id.0, now.0))?;
            let sql = "INSERT INTO attempts (task_id, number, provider, intent_at)
                       SELECT id, 1 + (SELECT count(*) FROM attempts WHERE task_id = ?1), provider, ?2
                       FROM tasks WHERE id = ?1
                       RETURNING id, number";
            let claimed = write.tx.prepare_cached(sql)?.query_row((id.0, now.0), |row| {
                Ok(Claimed { attempt: AttemptId(row.get(0)?), number: row.get(1)? })
            })?;
            Ok(claimed)
        })
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
            let id = end_attempt(write, attempt, Outcome::Accepted, None, now)?;
            keep_remote_id(write, attempt, remote_id)?;
            let sql =
                "UPDATE tasks SET state = 'running', remote_id = ?2, next_poll_at = ?3, sends = 0
                       WHERE id = ?1 AND state = 'submitting'";
            write.step(id, sql, (id.0, remote_id, first_poll_at.0))?;
            follow::spend(write, attempt, id, spent, now)?;
            answer.keep(write, id, now)
        })
    }

    /// A blocking operation gave its result with the create call.
    ///
    /// # Errors
    /// When the database cannot be written even with the reserve.
    pub fn won_at_once(
        &self,
        attempt: AttemptId,
        won: &Won,
        spent: &Spent,
        answer: &RawAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_outcome(|write| {
            let id = end_attempt(write, attempt, Outcome::Accepted, None, now)?;
            write.step(id, follow::SUCCEED_FROM_SUBMITTING, follow::success(id, won, now)?)?;
            follow::keep_text(write, id, won, now)?;
            follow::spend(write, attempt, id, spent, now)?;
            answer.keep(write, id, now)
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
            let id = end_attempt(write, attempt, Outcome::Rejected, Some(failure), now)?;
            let sql = "UPDATE tasks SET state = 'failed', failure = ?2, ended_at = ?3, sends = 0
                       WHERE id = ?1 AND state = 'submitting'";
            write.step(id, sql, (id.0, json(failure)?, now.0))?;
            answer.keep(write, id, now)
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
            let id = end_attempt(write, attempt, outcome, Some(failure), now)?;
            if outcome == Outcome::NotSent && wait.reason == WaitReason::Offline {
                // A night without a network would fill the ledger with calls that never were.
                write
                    .tx
                    .prepare_cached("DELETE FROM attempts WHERE id = ?1")?
                    .execute([attempt.0])?;
            }
            let sql =
                "UPDATE tasks SET state = 'queued', submitted_at = NULL, wait_reason = :reason,
                         wait_until = :until, sends = CASE WHEN :not_sent THEN sends + 1 ELSE 0 END
                       WHERE id = :id AND state = 'submitting'";
            let params = named_params! {
                ":id": id.0,
                ":reason": wait.reason.as_str(),
                ":until": wait.until.map(|until| until.0),
                ":not_sent": outcome == Outcome::NotSent && wait.reason != WaitReason::Offline,
            };
            write.step(id, sql, params)
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
        self.write_outcome(|write| {
            let id = end_attempt(write, attempt, Outcome::Unknown, Some(failure), now)?;
            let sql = "UPDATE tasks SET state = 'uncertain', failure = ?2 WHERE id = ?1 AND state = 'submitting'";
            write.step(id, sql, (id.0, json(failure)?))?;
            follow::spend(write, attempt, id, spent, now)?;
            match answer {
                Some(answer) => answer.keep(write, id, now),
                None => Ok(()),
            }
        })
    }

    /// Says why a queued task waits.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] when it is no longer queued.
    pub fn wait(&self, id: TaskId, wait: Wait) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET wait_reason = ?2, wait_until = ?3 WHERE id = ?1 AND state = 'queued'";
            write.step(id, sql, (id.0, wait.reason.as_str(), wait.until.map(|until| until.0)))
        })
    }

    /// Once at the start of the process that owns the tasks: a create call that was out when the last run ended may
    /// have been accepted and charged, so its task is uncertain. `lost` says both for a provider. Answers how many there
    /// were.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn recover(
        &self,
        lost: impl Fn(ProviderId) -> (Failure, Spent),
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write_outcome(|write| {
            let open = {
                let mut statement = write.tx.prepare_cached(
                    "SELECT t.id, t.provider, a.id AS attempt FROM tasks t
                     LEFT JOIN attempts a ON a.task_id = t.id AND a.outcome IS NULL WHERE t.state = 'submitting'",
                )?;
                let found = statement.query_map([], |row| {
                    let attempt: Option<u32> = row.get("attempt")?;
                    Ok((TaskId(row.get("id")?), crate::row::word(row, "provider")?, attempt.map(AttemptId)))
                })?;
                found.collect::<Result<Vec<_>, _>>()?
            };
            for (id, provider, attempt) in &open {
                let (failure, spent) = lost(*provider);
                if let Some(attempt) = attempt {
                    end_attempt(write, *attempt, Outcome::Crashed, Some(&failure), now)?;
                    follow::spend(write, *attempt, *id, &spent, now)?;
                }
                let sql = "UPDATE tasks SET state = 'uncertain', failure = ?2 WHERE id = ?1 AND state = 'submitting'";
                write.step(*id, sql, (id.0, json(&failure)?))?;
            }
            Ok(open.len())
        })
    }
}

fn add_paste(write: &Write<'_>, share_text: &str, now: Timestamp) -> Result<i64, StoreError> {
    let sql = "INSERT INTO pastes (text, created_at) VALUES (?1, ?2)";
    write.tx.prepare_cached(sql)?.execute((share_text, now.0))?;
    Ok(write.tx.last_insert_rowid())
}

/// The link as it is known today with its video's key; none where the task is not to be: what is no work, or a video
/// that history has already.
fn wanted(
    write: &Write<'_>,
    link: &Link,
    task: &NewTask,
) -> Result<Option<(Link, String)>, StoreError> {
    let landed = landings::landed(&write.tx, link)?;
    if !landed.kind.is_work() {
        // Learned since the user looked: the short link leads to a profile or the like.
        return Ok(None);
    }
    let key = landed.video_key();
    let language = task.target_language.as_deref();
    let known = || known::of_video(&write.tx, &key, task.operation, language);
    if !task.again && known()?.is_some() {
        return Ok(None);
    }
    Ok(Some((landed, key)))
}

/// What a task without a link is about, for the list.
fn subject(input: &Input) -> Option<String> {
    let about = ["prompt", "query", "brief", "text"].iter().find_map(|name| text(input, name))?;
    Some(about.chars().take(SUBJECT).collect())
}

fn text(input: &Input, name: &str) -> Option<String> {
    match input.get(name) {
        Some(Entry::Text(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn add_link(write: &Write<'_>, link: &Link, key: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO links (url, platform, kind, video_id, canonical, title, video_key)
               VALUES (:url, :platform, :kind, :id, :canonical, :title, :key)
               ON CONFLICT (url) DO UPDATE SET title = coalesce(excluded.title, title),
                 platform = excluded.platform, kind = excluded.kind, video_id = excluded.video_id,
                 canonical = excluded.canonical, video_key = excluded.video_key
               RETURNING id";
    let params = named_params! {
        ":url": link.url,
        ":platform": link.platform.as_str(),
        ":kind": link.kind.as_str(),
        ":id": link.id,
        ":canonical": link.canonical,
        ":title": link.title,
        ":key": key,
    };
    Ok(write.tx.prepare_cached(sql)?.query_row(params, |row| row.get(0))?)
}

/// Writes the remote id into the ledger. A provider may hand out one id twice (the same video again): each attempt then
/// has its own item of it.
pub(crate) fn keep_remote_id(
    write: &Write<'_>,
    attempt: AttemptId,
    remote_id: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE attempts SET remote_id = ?2, item = (
                 SELECT coalesce(max(item) + 1, 0) FROM attempts o
                 WHERE o.provider = attempts.provider AND o.remote_id = ?2
               ) WHERE id = ?1";
    write.tx.prepare_cached(sql)?.execute((attempt.0, remote_id))?;
    Ok(())
}

fn end_attempt(
    write: &Write<'_>,
    attempt: AttemptId,
    outcome: Outcome,
    failure: Option<&Failure>,
    now: Timestamp,
) -> Result<TaskId, StoreError> {
    let sql = "UPDATE attempts SET outcome = ?2, failure = ?3, ended_at = ?4 WHERE id = ?1 AND outcome IS NULL
               RETURNING task_id";
    let failure = failure.map(json).transpose()?;
    let found = write
        .tx
        .prepare_cached(sql)?
        .query_row((attempt.0, outcome.as_str(), failure, now.0), |row| row.get(0).map(TaskId))
        .optional()?;
    found.ok_or(StoreError::WrongState)
}

pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(crate::row::unreadable(error)))
}
