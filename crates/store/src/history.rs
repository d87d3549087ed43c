//! Whole tasks, with every version of their texts: what an export is made of.

use rusqlite::{Connection, OptionalExtension};
use shiwen_core::{Output, Task, TaskId, Transcript};

use crate::{Store, StoreError, row, row::select_task, texts};

/// Everything about a task that another history could keep.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRecord {
    pub task: Task,
    pub share_text: String,
    /// The oldest first; the last is the text to show.
    pub transcripts: Vec<Transcript>,
    /// What came back besides a transcript.
    pub output: Option<Output>,
}

impl Store {
    /// These tasks in this order, also those in the trash; what is gone is left out. A long export asks for a few
    /// hundred at a time, so that it never holds them all.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn records(&self, ids: &[TaskId]) -> Result<Vec<HistoryRecord>, StoreError> {
        self.read(|connection| {
            let mut records = Vec::with_capacity(ids.len());
            for id in ids {
                records.extend(record(connection, *id)?);
            }
            Ok(records)
        })
    }
}

fn record(connection: &Connection, id: TaskId) -> Result<Option<HistoryRecord>, StoreError> {
    let sql = select_task!("WHERE t.id = ?1");
    let found = connection.prepare_cached(sql)?.query_row([id.0], row::task).optional()?;
    let Some(task) = found else { return Ok(None) };
    let share_text = row::share_text(connection, task.paste)?;
    let sql = "SELECT output FROM tasks WHERE id = ?1";
    let output = connection
        .prepare_cached(sql)?
        .query_row([id.0], |row| row::json_or_none(row, "output"))?;
    let transcripts = texts::all(connection, id)?;
    Ok(Some(HistoryRecord { task, share_text, transcripts, output }))
}
