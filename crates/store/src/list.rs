//! The list of a desk: its pages, as fast at any place of any history.

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{Desk, Task, TaskId, TaskPage};

use crate::{Store, StoreError, row, row::select_task};

const DAY_MS: i64 = 86_400_000;

impl Store {
    /// Tasks behind `before` (or from the newest paste), without those in the trash: the newest paste first, within a
    /// paste in the order of its links. What was brought from another history stands among them by its time.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tasks(
        &self,
        desk: Desk,
        before: Option<TaskId>,
        limit: u32,
    ) -> Result<TaskPage, StoreError> {
        self.read(|connection| {
            let mut tasks = Vec::new();
            let mut place = (i64::MAX, i64::MAX);
            if let Some(TaskId(id)) = before {
                let sql = "SELECT listed_at, paste_id FROM tasks WHERE id = ?1";
                let found = connection
                    .prepare_cached(sql)?
                    .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)));
                place = found.optional()?.unwrap_or((i64::MIN, 0));
                // What is left of the paste that the last page ended in.
                let sql = select_task!(
                    "WHERE t.deleted_at IS NULL AND t.desk = :desk AND t.listed_at = :at AND t.paste_id = :paste
                       AND t.id > :id ORDER BY t.id LIMIT :limit"
                );
                let params = named_params! {
                    ":desk": desk.as_str(), ":at": place.0, ":paste": place.1, ":id": id, ":limit": limit,
                };
                for task in connection.prepare_cached(sql)?.query_map(params, row::task)? {
                    tasks.push(task?);
                }
            }
            let left = limit.saturating_sub(u32::try_from(tasks.len()).unwrap_or(u32::MAX));
            let sql = select_task!(
                "WHERE t.deleted_at IS NULL AND t.desk = :desk AND (t.listed_at, t.paste_id) < (:at, :paste)
                 ORDER BY t.listed_at DESC, t.paste_id DESC, t.id LIMIT :limit"
            );
            let params = named_params! {
                ":desk": desk.as_str(), ":at": place.0, ":paste": place.1, ":limit": left,
            };
            for task in connection.prepare_cached(sql)?.query_map(params, row::task)? {
                tasks.push(task?);
            }
            page(connection, desk, tasks, limit)
        })
    }

    /// Tasks of the same list from a place in it on; the first is at 0.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tasks_at(&self, desk: Desk, from: u32, limit: u32) -> Result<TaskPage, StoreError> {
        self.read(|connection| {
            let ids = ids_at(connection, desk, from, limit)?;
            let mut statement = connection.prepare_cached(select_task!("WHERE t.id = ?1"))?;
            let tasks = ids
                .iter()
                .map(|id| statement.query_row([id], row::task))
                .collect::<Result<_, _>>()?;
            page(connection, desk, tasks, limit)
        })
    }
}

fn page(
    connection: &Connection,
    desk: Desk,
    tasks: Vec<Task>,
    limit: u32,
) -> Result<TaskPage, StoreError> {
    let total = connection
        .prepare_cached("SELECT tasks FROM listed WHERE desk = ?1")?
        .query_row([desk.as_str()], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    let full = tasks.len() == limit as usize;
    let before = if full { tasks.last().map(|task| task.id) } else { None };
    Ok(TaskPage { tasks, total, before })
}

fn ids_at(
    connection: &Connection,
    desk: Desk,
    from: u32,
    limit: u32,
) -> rusqlite::Result<Vec<u32>> {
    // Whole days are passed over by their counts; what is left is gone through in the index alone.
    let mut left = i64::from(from);
    let mut until = i64::MAX;
    let sql = "SELECT day, tasks FROM listed_days WHERE desk = ?1 ORDER BY day DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut days = statement.query([desk.as_str()])?;
    while let Some(row) = days.next()? {
        let (day, tasks): (i64, i64) = (row.get(0)?, row.get(1)?);
        if left < tasks {
            break;
        }
        left -= tasks;
        until = day.saturating_mul(DAY_MS);
    }
    let sql = "SELECT id FROM tasks WHERE deleted_at IS NULL AND desk = ?1 AND listed_at < ?2
               ORDER BY listed_at DESC, paste_id DESC, id LIMIT ?3 OFFSET ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map((desk.as_str(), until, limit, left), |row| row.get(0))?;
    ids.collect()
}
