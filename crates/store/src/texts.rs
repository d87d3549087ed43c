//! The texts of a task: versions, and what other tasks have of the same video.

use rusqlite::Connection;
use shiwen_core::{SameVideo, TaskId, TextRef, Timestamp};

use crate::{StoreError, row};

/// Texts of the same video that are told beside a task's own.
const SAME_VIDEO: u32 = 20;

/// The last versions of the texts that other tasks have of the same video, newest task first.
pub(crate) fn same_video(
    connection: &Connection,
    id: TaskId,
) -> Result<Vec<SameVideo>, StoreError> {
    let sql = "SELECT o.id, o.provider, x.version, x.kind, x.words, x.created_at
               FROM tasks t JOIN links l ON l.id = t.link_id
                 JOIN links m ON m.video_key = l.video_key
                 JOIN tasks o ON o.link_id = m.id AND o.id <> t.id AND o.deleted_at IS NULL
                 JOIN transcripts x ON x.task_id = o.id
               WHERE t.id = ?1 AND t.operation = 'transcribe' AND o.operation = 'transcribe'
                 AND x.version = (SELECT max(version) FROM transcripts WHERE task_id = o.id)
               ORDER BY o.id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map((id.0, SAME_VIDEO), |row| {
        Ok(SameVideo {
            text: TextRef { task: TaskId(row.get("id")?), version: row.get("version")? },
            provider: row::word(row, "provider")?,
            kind: row::word(row, "kind")?,
            words: row.get("words")?,
            created_at: Timestamp(row.get("created_at")?),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
