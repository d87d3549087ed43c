//! Same video, no second bill: what history has for a video, over all link forms and providers.

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{Known, Operation, TaskId, Timestamp};

use crate::{Store, StoreError, row};

impl Store {
    /// The best task that history has for this video, operation and language (none: as it is spoken): one with a result, else one that may still give
    /// one: also one that nobody waits for any more, since waiting again is free. Other cancelled, failed and deleted
    /// tasks do not count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn known(
        &self,
        video_key: &str,
        operation: Operation,
        target_language: Option<&str>,
    ) -> Result<Option<Known>, StoreError> {
        self.read(|connection| of_video(connection, video_key, operation, target_language))
    }
}

pub(crate) fn of_video(
    connection: &Connection,
    video_key: &str,
    operation: Operation,
    target_language: Option<&str>,
) -> Result<Option<Known>, StoreError> {
    let sql = "SELECT t.id, t.state, coalesce(t.title, l.title) AS title, t.created_at
               FROM links l JOIN tasks t ON t.link_id = l.id
               WHERE l.video_key = :key AND t.operation = :operation AND t.target_language IS :language
                 AND t.deleted_at IS NULL
                 AND (t.state NOT IN ('failed', 'cancelled') OR t.cancel_cause = 'stopped_waiting')
               ORDER BY t.state = 'succeeded' DESC, t.id DESC LIMIT 1";
    let params = named_params! {
        ":key": video_key,
        ":operation": operation.as_str(),
        ":language": target_language,
    };
    let found = connection.prepare_cached(sql)?.query_row(params, |row| {
        Ok(Known {
            task: TaskId(row.get("id")?),
            state: row::word(row, "state")?,
            title: row.get("title")?,
            created_at: Timestamp(row.get("created_at")?),
        })
    });
    Ok(found.optional()?)
}
