//! Files: downloads into the user's folders, and the works that are kept beside the history.

use rusqlite::{OptionalExtension, Row, named_params};
use shiwen_core::{DownloadFailure, DownloadState, Media, TaskId, Timestamp};

use crate::{Store, StoreError, row};

/// A download as it is kept. No address is: a signed one is a credential, and the task knows the newest.
#[derive(Debug, Clone, PartialEq)]
pub struct DownloadRecord {
    pub id: u32,
    pub task: TaskId,
    pub media: Media,
    pub state: DownloadState,
    pub folder: String,
    /// Of the file; its ending is a guess until the first bytes are there.
    pub name: String,
    /// Of the file that grows in the folder; none before the first byte and after the last.
    pub part: Option<String>,
    /// A strong `ETag` or a `Last-Modified`: by it the host knows the file again.
    pub validator: Option<String>,
    /// Bytes that are on the disk for good.
    pub received: u64,
    pub total: Option<u64>,
    pub failure: Option<DownloadFailure>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A work whose file is kept, or that cannot be had any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// A file of the folder of works.
    File { name: String, media_type: String, bytes: u64 },
    /// Its address died, or leads to something that is not kept.
    Lost(DownloadFailure),
}

const DOWNLOAD: &str =
    "SELECT id, task_id, media, state, folder, name, part, validator, received, total, failure,
                          created_at, ended_at FROM downloads";

impl Store {
    /// Keeps a new download and answers its id; the one given is not looked at.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is no such task.
    pub fn add_download(&self, download: &DownloadRecord) -> Result<u32, StoreError> {
        let media = media_text(download.media)?;
        self.write(|write| {
            let sql = "INSERT INTO downloads (task_id, media, state, folder, name, received, created_at)
                       SELECT id, :media, 'running', :folder, :name, 0, :created_at FROM tasks WHERE id = :task
                       RETURNING id";
            let params = named_params! {
                ":task": download.task.0,
                ":media": media,
                ":folder": download.folder,
                ":name": download.name,
                ":created_at": download.created_at.0,
            };
            let id = write.tx.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
            id.ok_or(StoreError::TaskGone)
        })
    }

    /// Keeps how a download stands; nothing where it is gone with its task.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_download(&self, download: &DownloadRecord) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE downloads SET state = :state, folder = :folder, name = :name, part = :part,
                         validator = :validator, received = :received, total = :total, failure = :failure,
                         ended_at = :ended_at WHERE id = :id";
            let params = named_params! {
                ":id": download.id,
                ":state": download.state.as_str(),
                ":folder": download.folder,
                ":name": download.name,
                ":part": download.part,
                ":validator": download.validator,
                ":received": number(download.received),
                ":total": download.total.map(number),
                ":failure": download.failure.map(DownloadFailure::as_str),
                ":ended_at": download.ended_at.map(|at| at.0),
            };
            write.tx.prepare_cached(sql)?.execute(params)?;
            Ok(())
        })
    }

    /// # Errors
    /// When the database cannot be read.
    pub fn download(&self, id: u32) -> Result<Option<DownloadRecord>, StoreError> {
        self.read(|connection| {
            let sql = format!("{DOWNLOAD} WHERE id = ?1");
            Ok(connection.prepare_cached(&sql)?.query_row([id], download).optional()?)
        })
    }

    /// The newest downloads and all that are under way, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn downloads(&self, limit: u32) -> Result<Vec<DownloadRecord>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "{DOWNLOAD} WHERE state = 'running' OR id IN (SELECT id FROM downloads ORDER BY id DESC LIMIT ?1)
                 ORDER BY id DESC"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map([limit], download)?.collect::<Result<_, _>>()?)
        })
    }

    /// Downloads of one file of a task, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn downloads_of(
        &self,
        task: TaskId,
        media: Media,
    ) -> Result<Vec<DownloadRecord>, StoreError> {
        let media = media_text(media)?;
        self.read(|connection| {
            let sql = format!("{DOWNLOAD} WHERE task_id = ?1 AND media = ?2 ORDER BY id DESC");
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map((task.0, &media), download)?.collect::<Result<_, _>>()?)
        })
    }

    /// What is known of the file of a task's work; none while it was not fetched.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn kept_work(&self, task: TaskId, index: u32) -> Result<Option<Kept>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT name, media_type, bytes, failure FROM works_kept WHERE task_id = ?1 AND work = ?2";
            Ok(connection.prepare_cached(sql)?.query_row((task.0, index), kept).optional()?)
        })
    }

    /// Replaces what is known of the file of a task's work.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is no such task.
    pub fn keep_work(
        &self,
        task: TaskId,
        index: u32,
        work: &Kept,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (name, media_type, bytes, failure) = match work {
            Kept::File { name, media_type, bytes } => {
                (Some(name), Some(media_type), Some(number(*bytes)), None)
            }
            Kept::Lost(failure) => (None, None, None, Some(failure.as_str())),
        };
        self.write_outcome(|write| {
            let sql = "INSERT INTO works_kept (task_id, work, name, media_type, bytes, failure, kept_at)
                       SELECT id, :work, :name, :media_type, :bytes, :failure, :now FROM tasks WHERE id = :task
                       ON CONFLICT (task_id, work) DO UPDATE SET name = excluded.name,
                         media_type = excluded.media_type, bytes = excluded.bytes, failure = excluded.failure,
                         kept_at = excluded.kept_at";
            let params = named_params! {
                ":task": task.0,
                ":work": index,
                ":name": name,
                ":media_type": media_type,
                ":bytes": bytes,
                ":failure": failure,
                ":now": now.0,
            };
            if write.tx.prepare_cached(sql)?.execute(params)? == 0 {
                return Err(StoreError::TaskGone);
            }
            write.changed(task);
            Ok(())
        })
    }

    /// Works of finished tasks about whose files nothing is known yet, the newest task first. Those in the trash are
    /// among them: what was paid for must be there when it is taken back out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn works_to_keep(&self) -> Result<Vec<(TaskId, u32)>, StoreError> {
        self.read(|connection| {
            // Left to itself SQLite goes through all that succeeded: few of those have works.
            let sql = "SELECT t.id, w.key FROM tasks t INDEXED BY tasks_with_works, json_each(t.works) w
                       WHERE t.works IS NOT NULL AND t.state = 'succeeded'
                         AND NOT EXISTS (SELECT 1 FROM works_kept k WHERE k.task_id = t.id AND k.work = w.key)
                       ORDER BY t.id DESC, w.key";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement
                .query_map([], |row| Ok((TaskId(row.get(0)?), row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
    }
}

fn media_text(media: Media) -> Result<String, StoreError> {
    serde_json::to_string(&media).map_err(|error| StoreError::Failed(row::unreadable(error)))
}

/// SQLite has no larger numbers; no file is as large.
fn number(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn bytes(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

fn download(row: &Row<'_>) -> rusqlite::Result<DownloadRecord> {
    let media: String = row.get("media")?;
    let failure: Option<String> = row.get("failure")?;
    Ok(DownloadRecord {
        id: row.get("id")?,
        task: TaskId(row.get("task_id")?),
        media: serde_json::from_str(&media).map_err(row::unreadable)?,
        state: row::word(row, "state")?,
        folder: row.get("folder")?,
        name: row.get("name")?,
        part: row.get("part")?,
        validator: row.get("validator")?,
        received: bytes(row, "received")?,
        total: row.get::<_, Option<i64>>("total")?.and_then(|total| u64::try_from(total).ok()),
        failure: failure.map(|word| word.parse().map_err(row::unreadable)).transpose()?,
        created_at: Timestamp(row.get("created_at")?),
        ended_at: row.get::<_, Option<i64>>("ended_at")?.map(Timestamp),
    })
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let name: Option<String> = row.get("name")?;
    Ok(match name {
        Some(name) => {
            Kept::File { name, media_type: row.get("media_type")?, bytes: bytes(row, "bytes")? }
        }
        None => Kept::Lost(row::word(row, "failure")?),
    })
}
