//! The trash: into it, back out of it, and gone for ever.
//!
//! Nothing that may have been paid for is removed before it has ended, nor while a task that shares its create call goes
//! on: the answer to that call is read by the places of all of them. What was spent stays, without text or link.

use std::{fs, time::Duration};

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{Landing, Link, LinkKind, TaskId, TaskPage, TaskState, Timestamp, Trashed};

use crate::{
    Store, StoreError, batch, row,
    row::select_task,
    write::{BULK, Write},
};

/// Largest file, in bytes, that is written anew when something of it is deleted for ever: a blink for most histories.
const SMALL: u64 = 32 * 1024 * 1024;
/// How long what was deleted waits for readers before its last trace is left to the next checkpoint.
const READERS: Duration = Duration::from_millis(200);

impl Store {
    /// Moves tasks to the trash as one act. What was not submitted is cancelled, what was paid for is still followed,
    /// and what is just being submitted stays where it is.
    ///
    /// # Errors
    /// When the database cannot be written; a part of many may be done then.
    pub fn trash_many(&self, ids: &[TaskId], now: Timestamp) -> Result<Trashed, StoreError> {
        let mut done = Trashed { count: 0, left: 0, at: now };
        for chunk in ids.chunks(BULK) {
            done = self.write(|write| {
                write.in_bulk();
                let mut done = done;
                if done.count == 0 {
                    done.at = unused(&write.tx, now)?;
                }
                for id in chunk {
                    match put(write, *id, done.at, now)? {
                        Some(true) => done.count += 1,
                        Some(false) => done.left += 1,
                        None => {}
                    }
                }
                Ok(done)
            })?;
        }
        Ok(done)
    }

    /// Takes back what one act moved to the trash. Nothing is queued again behind the user's back.
    ///
    /// # Errors
    /// When the database cannot be written; a part of many may be done then.
    pub fn restore_trashed(&self, at: Timestamp) -> Result<u32, StoreError> {
        let mut restored = 0;
        loop {
            let taken = self.write(|write| {
                let sql = "SELECT id FROM tasks WHERE deleted_at = ?1 ORDER BY id LIMIT ?2";
                let ids = write
                    .tx
                    .prepare_cached(sql)?
                    .query_map((at.0, BULK as u32), |row| row.get(0).map(TaskId))?
                    .collect::<Result<Vec<_>, _>>()?;
                take_out(write, &ids)
            })?;
            if taken == 0 {
                return Ok(restored);
            }
            restored += taken;
        }
    }

    /// Takes these tasks out of the trash; answers how many were in it.
    ///
    /// # Errors
    /// As [`Store::restore_trashed`].
    pub fn restore_many(&self, ids: &[TaskId]) -> Result<u32, StoreError> {
        let mut restored = 0;
        for chunk in ids.chunks(BULK) {
            restored += self.write(|write| take_out(write, chunk))?;
        }
        Ok(restored)
    }

    /// What is in the trash behind `before`, or from its top: what was deleted last comes first. Empty where `before`
    /// has left it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn trash(&self, before: Option<TaskId>, limit: u32) -> Result<TaskPage, StoreError> {
        self.read(|connection| {
            let (at, id) = match before {
                None => (i64::MAX, i64::MAX),
                Some(TaskId(id)) => {
                    let sql = "SELECT deleted_at FROM tasks WHERE id = ?1";
                    let at: Option<Option<i64>> = connection
                        .prepare_cached(sql)?
                        .query_row([id], |row| row.get(0))
                        .optional()?;
                    (at.flatten().unwrap_or(i64::MIN), i64::from(id))
                }
            };
            let sql = select_task!(
                "WHERE t.deleted_at IS NOT NULL AND (t.deleted_at, t.id) < (:at, :id)
                 ORDER BY t.deleted_at DESC, t.id DESC LIMIT :limit"
            );
            let tasks = connection
                .prepare_cached(sql)?
                .query_map(named_params! { ":at": at, ":id": id, ":limit": limit }, row::task)?
                .collect::<Result<Vec<_>, _>>()?;
            let sql = "SELECT count(*) FROM tasks WHERE deleted_at IS NOT NULL";
            let total = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            let full = tasks.len() == limit as usize;
            let before = if full { tasks.last().map(|task| task.id) } else { None };
            Ok(TaskPage { tasks, total, before })
        })
    }

    /// Removes tasks of the trash with all that belongs to them. Answers those that are really gone; files of their
    /// works are the caller's to remove.
    ///
    /// # Errors
    /// When the database cannot be written; a part of many may be gone then.
    pub fn delete_for_ever(&self, ids: &[TaskId]) -> Result<Vec<TaskId>, StoreError> {
        let mut gone = Vec::new();
        for chunk in ids.chunks(BULK) {
            gone.extend(self.write_over(|write| remove_all(write, chunk))?);
        }
        if !gone.is_empty() {
            self.compact();
            self.bring_home();
        }
        Ok(gone)
    }

    /// As [`Store::delete_for_ever`], for all that was moved to the trash before `older_than`, or for all of it; and for
    /// what was learned about short links that no task is about.
    ///
    /// # Errors
    /// As [`Store::delete_for_ever`].
    pub fn empty_trash(&self, older_than: Option<Timestamp>) -> Result<Vec<TaskId>, StoreError> {
        let end = older_than.map_or(i64::MAX, |at| at.0);
        let mut gone = Vec::new();
        let mut last = (i64::MIN, 0_u32);
        loop {
            let found = self.read(|connection| {
                let sql = "SELECT deleted_at, id FROM tasks
                           WHERE deleted_at < ?1 AND (deleted_at, id) > (?2, ?3) ORDER BY deleted_at, id LIMIT ?4";
                let mut statement = connection.prepare_cached(sql)?;
                let params = (end, last.0, last.1, BULK as u32);
                let found = statement.query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?;
                Ok(found.collect::<Result<Vec<(i64, u32)>, _>>()?)
            })?;
            let Some(behind) = found.last() else { break };
            last = *behind;
            let ids: Vec<_> = found.iter().map(|(_, id)| TaskId(*id)).collect();
            gone.extend(self.write_over(|write| remove_all(write, &ids))?);
        }
        self.forget_landings(end)?;
        if !gone.is_empty() {
            self.compact();
            self.bring_home();
        }
        Ok(gone)
    }

    /// Forgets where short links lead that nobody has a task about, of those learned before `end`.
    fn forget_landings(&self, end: i64) -> Result<(), StoreError> {
        let unneeded = self.read(|connection| {
            let sql = "SELECT short_key, platform, kind, video_id, canonical FROM landings WHERE learned_at < ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([end])?;
            let mut unneeded = Vec::new();
            while let Some(row) = rows.next()? {
                let short_key: String = row.get("short_key")?;
                let landing = Landing {
                    platform: row::word(row, "platform")?,
                    kind: row::word(row, "kind")?,
                    id: row.get("video_id")?,
                    canonical: row.get("canonical")?,
                };
                let short = Link {
                    url: short_key.clone(),
                    platform: landing.platform,
                    kind: LinkKind::Short,
                    id: None,
                    canonical: None,
                    title: None,
                };
                let key = short.landed(landing).video_key();
                if !leads_here(connection, &short_key, &key)? {
                    unneeded.push((short_key, key));
                }
            }
            Ok(unneeded)
        })?;
        for chunk in unneeded.chunks(BULK) {
            self.write_over(|write| {
                for (short_key, key) in chunk {
                    if !leads_here(&write.tx, short_key, key)? {
                        forget_landing(write, short_key)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// As `write`, for what takes something away for good: the bytes that are left free in the file are zero
    /// afterwards. What is deleted in passing leaves none within its page either (see `open`), but whole pages it does.
    pub(crate) fn write_over<T>(
        &self,
        change: impl Fn(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let done = self.write(|write| {
            write.tx.pragma_update(None, "secure_delete", true)?;
            change(write)
        });
        // Where this fails, later writes only take longer.
        let _ = self.writer().connection.pragma_update(None, "secure_delete", "FAST");
        done
    }

    /// Writes a small file anew. Texts leave nothing anyway, since they are never moved; but where SQLite once moved a
    /// changed row from page to page, its title or note may still stand between rows.
    fn compact(&self) {
        if fs::metadata(&self.shared.path).is_ok_and(|found| found.len() > SMALL) {
            return;
        }
        // Without room for it the file is whole all the same.
        if let Err(error) = self.writer().connection.execute_batch("VACUUM") {
            tracing::warn!(%error, "the history was not written anew");
        }
    }

    /// Brings the write-ahead log home and cuts it off: until then it still holds what was deleted. Where readers are in
    /// the way, the next checkpoint or the closing does it.
    pub(crate) fn bring_home(&self) {
        let writer = self.writer();
        let connection = &writer.connection;
        let brought = connection.busy_timeout(READERS).and_then(|()| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
        });
        let _ = connection.busy_timeout(self.shared.patience);
        match brought {
            Ok(false) => {}
            Ok(true) => tracing::debug!("the write-ahead log is still being read"),
            Err(error) => tracing::warn!(%error, "the write-ahead log was not brought home"),
        }
    }
}

/// A time at which nothing was moved to the trash yet, so that it names one act.
fn unused(connection: &Connection, now: Timestamp) -> Result<Timestamp, StoreError> {
    let sql = "SELECT 1 FROM tasks WHERE deleted_at = ?1";
    let mut at = now;
    while connection.prepare_cached(sql)?.exists([at.0])? {
        at = Timestamp(at.0 + 1);
    }
    Ok(at)
}

/// Moves one task; false where it is being submitted, none where there is nothing to move.
fn put(
    write: &mut Write<'_>,
    id: TaskId,
    at: Timestamp,
    now: Timestamp,
) -> Result<Option<bool>, StoreError> {
    let sql = "SELECT state FROM tasks WHERE id = ?1 AND deleted_at IS NULL";
    let state: Option<TaskState> = write
        .tx
        .prepare_cached(sql)?
        .query_row([id.0], |row| row::word(row, "state"))
        .optional()?;
    match state {
        None => return Ok(None),
        Some(TaskState::Submitting) => return Ok(Some(false)),
        Some(TaskState::Queued) => {
            batch::leave(write, id)?;
            let sql = "UPDATE tasks SET state = 'cancelled', cancel_cause = 'before_submit', ended_at = ?2,
                         wait_reason = NULL, wait_until = NULL WHERE id = ?1 AND state = 'queued'";
            write.step(id, sql, (id.0, now.0))?;
        }
        Some(_) => {}
    }
    let sql = "UPDATE tasks SET deleted_at = ?2 WHERE id = ?1";
    write.tx.prepare_cached(sql)?.execute((id.0, at.0))?;
    write.removed(id);
    Ok(Some(true))
}

fn take_out(write: &mut Write<'_>, ids: &[TaskId]) -> Result<u32, StoreError> {
    write.in_bulk();
    let mut taken = 0;
    for id in ids {
        let sql = "UPDATE tasks SET deleted_at = NULL WHERE id = ?1 AND deleted_at IS NOT NULL";
        if write.tx.prepare_cached(sql)?.execute([id.0])? > 0 {
            write.changed(*id);
            taken += 1;
        }
    }
    Ok(taken)
}

/// Removes those of the tasks that may go; answers them.
fn remove_all(write: &mut Write<'_>, ids: &[TaskId]) -> Result<Vec<TaskId>, StoreError> {
    write.in_bulk();
    let mut gone = Vec::new();
    for id in ids {
        if remove(write, *id)? {
            write.removed(*id);
            gone.push(*id);
        }
    }
    Ok(gone)
}

fn remove(write: &mut Write<'_>, id: TaskId) -> Result<bool, StoreError> {
    let sql = "SELECT paste_id, link_id FROM tasks t
               WHERE id = ?1 AND deleted_at IS NOT NULL AND state NOT IN ('submitting', 'running', 'uncertain')
                 AND NOT EXISTS (
                   SELECT 1 FROM attempts a JOIN attempts o ON o.call = a.call JOIN tasks s ON s.id = o.task_id
                   WHERE a.task_id = t.id AND s.state IN ('submitting', 'running', 'uncertain'))";
    let found: Option<(i64, Option<i64>)> = write
        .tx
        .prepare_cached(sql)?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((paste, link)) = found else { return Ok(false) };
    keep_amounts(write, id)?;
    let sql = "SELECT id FROM tasks WHERE parent_id = ?1";
    let edits = write
        .tx
        .prepare_cached(sql)?
        .query_map([id.0], |row| row.get(0).map(TaskId))?
        .collect::<Result<Vec<_>, _>>()?;
    edits.into_iter().for_each(|edit| write.changed(edit));
    write.tx.prepare_cached("DELETE FROM tasks WHERE id = ?1")?.execute([id.0])?;
    drop_paste(write, paste)?;
    if let Some(link) = link {
        drop_link(write, link)?;
    }
    Ok(true)
}

/// What the task alone tells of how much was spent is written down, so that the bound for a day counts it as before.
fn keep_amounts(write: &Write<'_>, id: TaskId) -> Result<(), StoreError> {
    let sql = "UPDATE spend SET amount = coalesce(
                 nullif((SELECT count(*) FROM attempts WHERE call = spend.attempt_id), 0),
                 CASE unit WHEN 'second' THEN (SELECT duration_s FROM tasks WHERE id = spend.task_id) END)
               WHERE amount IS NULL AND attempt_id IN (SELECT coalesce(call, id) FROM attempts WHERE task_id = ?1)";
    write.tx.prepare_cached(sql)?.execute([id.0])?;
    Ok(())
}

/// Removes what was pasted when no task is left of it.
pub(crate) fn drop_paste(write: &Write<'_>, paste: i64) -> Result<(), StoreError> {
    let sql =
        "DELETE FROM pastes WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM tasks WHERE paste_id = ?1)";
    write.tx.prepare_cached(sql)?.execute([paste])?;
    Ok(())
}

/// Removes a link when no task is left about it, and with the last form of a short link what that leads to.
fn drop_link(write: &Write<'_>, link: i64) -> Result<(), StoreError> {
    let sql =
        "DELETE FROM links WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM tasks WHERE link_id = ?1)
               RETURNING platform, video_id, video_key";
    let gone: Option<(String, Option<String>, String)> = write
        .tx
        .prepare_cached(sql)?
        .query_row([link], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((platform, Some(video), key)) = gone else { return Ok(()) };
    let sql = "SELECT short_key FROM landings WHERE platform = ?1 AND video_id = ?2";
    let landings = write
        .tx
        .prepare_cached(sql)?
        .query_map((platform, video), |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    for short_key in landings {
        if !leads_here(&write.tx, &short_key, &key)? {
            forget_landing(write, &short_key)?;
        }
    }
    Ok(())
}

/// Whether a task is about the video by this short link. A link keeps the URL that was pasted, and a short link's key is
/// a part of that.
fn leads_here(
    connection: &Connection,
    short_key: &str,
    video_key: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM links WHERE video_key = ?1 AND instr(lower(url), lower(?2)) > 0";
    Ok(connection.prepare_cached(sql)?.exists((video_key, short_key))?)
}

fn forget_landing(write: &Write<'_>, short_key: &str) -> Result<(), StoreError> {
    write.tx.prepare_cached("DELETE FROM landings WHERE short_key = ?1")?.execute([short_key])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use shiwen_core::{
        Input, Link, LinkKind, NewTask, Operation, Platform, ProviderId, TaskId, Timestamp, Unit,
    };

    use super::remove_all;
    use crate::{RawAnswer, Spent, Store, Won};

    const NOW: Timestamp = Timestamp(1);

    fn done(store: &Store, n: u32, text: &str) -> TaskId {
        let link = Link {
            url: format!("https://v.example/{n}"),
            platform: Platform::Douyin,
            kind: LinkKind::Video,
            id: Some(n.to_string()),
            canonical: None,
            title: None,
        };
        let wish = NewTask {
            operation: Operation::Transcribe,
            provider: ProviderId::Momoget,
            link: Some(link),
            input: Input::new(),
            parent: None,
            target_language: None,
            again: false,
            then: Vec::new(),
        };
        let id = store.add_tasks("x", &[wish], NOW).unwrap()[0];
        let attempt = store.claim(id, NOW).unwrap().attempt;
        let spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: true };
        let answer = RawAnswer { asked: "create", http_status: 200, body: Vec::new() };
        let won = Won { text: Some(text.to_owned()), ..Won::default() };
        store.won_at_once(attempt, &won, &spent, &answer, NOW).unwrap();
        id
    }

    #[test]
    fn a_text_leaves_no_byte_also_in_a_file_that_is_too_large_to_be_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let secret = "绝不能留下的一句话";
        let mut ids = Vec::new();
        for n in 0..150 {
            let words = if n % 3 == 0 { secret } else { "留着的话" };
            let id = done(&store, n, &format!("{}{n}", words.repeat(1 + n as usize % 7 * 60)));
            store.save_text(id, &format!("{words}，改过"), NOW).unwrap();
            if n % 3 == 0 {
                ids.push(id);
            }
        }
        store.trash_many(&ids, NOW).unwrap();
        let holds = || {
            fs::read_dir(folder.path()).unwrap().any(|entry| {
                let bytes = fs::read(entry.unwrap().path()).unwrap();
                bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
            })
        };
        assert!(holds());
        let gone = store.write_over(|write| remove_all(write, &ids)).unwrap();
        store.bring_home();
        assert_eq!(gone, ids);
        assert!(!holds());
    }
}
