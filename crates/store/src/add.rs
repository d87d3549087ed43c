//! What the user wants, written down: pasted links, filled-in forms, and tasks that were begun elsewhere.

use rusqlite::{OptionalExtension, named_params};
use shiwen_core::{
    AttemptId, Entry, Input, Link, NewTask, Operation, Outcome, ProviderId, TaskId, Timestamp,
};

use crate::{
    Store, StoreError, known, landings,
    submit::{json, keep_remote_id},
    write::Write,
};

/// Characters of a prompt that the list shows.
const SUBJECT: usize = 200;

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
        self.add_together(share_text, tasks, 1, now)
    }

    /// As [`Store::add_tasks`]; up to `most` of the tasks, which are for one provider and operation, go out in one
    /// create call.
    ///
    /// # Errors
    /// As [`Store::add_tasks`].
    pub fn add_together(
        &self,
        share_text: &str,
        tasks: &[NewTask],
        most: u32,
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
                let id = add_task(write, paste, link, task, now)?;
                write.changed(id);
                ids.push(id);
            }
            for group in ids.chunks(most.max(1) as usize).filter(|group| group.len() > 1) {
                for id in group {
                    let sql = "UPDATE tasks SET batch = ?2 WHERE id = ?1";
                    write.tx.prepare_cached(sql)?.execute((id.0, group[0].0))?;
                }
            }
            Ok(ids)
        })
    }

    /// A task that was begun elsewhere and is to be followed here by its id. Nothing is spent. Answers the task that
    /// history already has for this id where there is one, taken out of the trash and waited for again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_followed(
        &self,
        provider: ProviderId,
        operation: Operation,
        remote_id: &str,
        now: Timestamp,
    ) -> Result<TaskId, StoreError> {
        self.write(|write| {
            if let Some(id) = of_remote_id(write, provider, remote_id)? {
                let sql = "UPDATE tasks SET deleted_at = NULL WHERE id = ?1 AND deleted_at IS NOT NULL";
                let restored = write.tx.prepare_cached(sql)?.execute([id.0])?;
                let sql = "UPDATE tasks SET state = 'running', cancel_cause = NULL, ended_at = NULL, next_poll_at = ?2
                           WHERE id = ?1 AND cancel_cause = 'stopped_waiting'";
                let resumed = write.tx.prepare_cached(sql)?.execute((id.0, now.0))?;
                if restored + resumed > 0 {
                    write.changed(id);
                }
                return Ok(id);
            }
            let paste = add_paste(write, remote_id, now)?;
            // No `submitted_at`: nobody here knows when it was.
            let sql = "INSERT INTO tasks
                         (paste_id, operation, desk, provider, subject, state, remote_id, created_at, next_poll_at)
                       VALUES (:paste, :operation, :desk, :provider, :remote, 'running', :remote, :now, :now)
                       RETURNING id";
            let id = TaskId(write.tx.prepare_cached(sql)?.query_row(
                named_params! {
                    ":paste": paste,
                    ":operation": operation.as_str(),
                    ":desk": operation.desk().as_str(),
                    ":provider": provider.as_str(),
                    ":remote": remote_id,
                    ":now": now.0,
                },
                |row| row.get(0),
            )?);
            let sql = "INSERT INTO attempts (task_id, number, provider, intent_at, ended_at, outcome)
                       VALUES (?1, 1, ?2, ?3, ?3, ?4) RETURNING id";
            let attempt = write.tx.prepare_cached(sql)?.query_row(
                (id.0, provider.as_str(), now.0, Outcome::Accepted.as_str()),
                |row| row.get(0).map(AttemptId),
            )?;
            keep_remote_id(write, attempt, remote_id)?;
            write.changed(id);
            Ok(id)
        })
    }
}

fn add_task(
    write: &Write<'_>,
    paste: i64,
    link: Option<i64>,
    task: &NewTask,
    now: Timestamp,
) -> Result<TaskId, StoreError> {
    let subject = match (subject(&task.input), task.parent) {
        (None, Some(parent)) => subject_of(write, parent)?,
        (subject, _) => subject,
    };
    let sql = "INSERT INTO tasks
                 (paste_id, link_id, operation, desk, provider, target_language, input, subject, model, parent_id,
                  then_providers, again, state, created_at)
               VALUES (:paste, :link, :operation, :desk, :provider, :language, :input, :subject, :model, :parent,
                 :then, :again, 'queued', :now)
               RETURNING id";
    let id = write.tx.prepare_cached(sql)?.query_row(
        named_params! {
            ":paste": paste,
            ":link": link,
            ":operation": task.operation.as_str(),
            ":desk": task.operation.desk().as_str(),
            ":provider": task.provider.as_str(),
            ":language": task.target_language,
            ":input": json(&task.input)?,
            ":subject": subject,
            ":model": text(&task.input, "model"),
            ":parent": task.parent.map(|parent| parent.0),
            ":then": json(&task.then)?,
            ":again": task.again,
            ":now": now.0,
        },
        |row| row.get(0),
    )?;
    Ok(TaskId(id))
}

/// The task that the provider's id belongs to.
fn of_remote_id(
    write: &Write<'_>,
    provider: ProviderId,
    remote_id: &str,
) -> Result<Option<TaskId>, StoreError> {
    let sql =
        "SELECT task_id FROM attempts WHERE provider = ?1 AND remote_id = ?2 ORDER BY item LIMIT 1";
    let found = write
        .tx
        .prepare_cached(sql)?
        .query_row((provider.as_str(), remote_id), |row| row.get(0).map(TaskId));
    Ok(found.optional()?)
}

/// An edit without words of its own is about what its parent is about.
fn subject_of(write: &Write<'_>, parent: TaskId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT coalesce(title, subject) FROM tasks WHERE id = ?1";
    let found = write.tx.prepare_cached(sql)?.query_row([parent.0], |row| row.get(0)).optional()?;
    Ok(found.flatten())
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
