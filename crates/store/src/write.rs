//! One way to write: a transaction that collects what changed and announces it after the commit.

use rusqlite::{Params, Transaction, TransactionBehavior};
use shiwen_core::{TaskChange, TaskId};

use crate::{Store, StoreError, row};

pub(crate) struct Write<'a> {
    pub(crate) tx: Transaction<'a>,
    changed: Vec<TaskId>,
    removed: Vec<TaskId>,
}

impl Write<'_> {
    /// This task will be announced as saved.
    pub(crate) fn changed(&mut self, id: TaskId) {
        if !self.changed.contains(&id) {
            self.changed.push(id);
        }
    }

    /// This task will be announced as removed from the list.
    pub(crate) fn removed(&mut self, id: TaskId) {
        self.removed.push(id);
    }

    /// Runs a statement that must change exactly this task; its `WHERE` names the state that is left.
    pub(crate) fn step(
        &mut self,
        id: TaskId,
        sql: &str,
        params: impl Params,
    ) -> Result<(), StoreError> {
        let rows = self.tx.prepare_cached(sql)?.execute(params)?;
        if rows == 0 {
            return Err(self.why_not(id)?);
        }
        self.changed(id);
        Ok(())
    }

    fn why_not(&self, id: TaskId) -> Result<StoreError, StoreError> {
        let exists: bool = self.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM tasks WHERE id = ?1)",
            [id.0],
            |row| row.get(0),
        )?;
        Ok(if exists { StoreError::WrongState } else { StoreError::TaskGone })
    }
}

impl Store {
    /// Runs `change` in one durable transaction.
    pub(crate) fn write<T>(
        &self,
        change: impl Fn(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write_once(&change).map_err(|error| self.sorted(error))
    }

    /// As `write`, for an outcome: what is written may be the only trace of something paid for, so a full disk costs the
    /// reserve once before it is an error. Everything else leaves the reserve to these.
    pub(crate) fn write_outcome<T>(
        &self,
        change: impl Fn(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.write_once(&change) {
            Err(StoreError::DiskFull) if self.shared.reserve.release() => self.write(change),
            other => other.map_err(|error| self.sorted(error)),
        }
    }

    fn write_once<T>(
        &self,
        change: &impl Fn(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = self.writer();
        let tx = writer.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut write = Write { tx, changed: Vec::new(), removed: Vec::new() };
        let answer = change(&mut write)?;
        let mut changes: Vec<TaskChange> =
            Vec::with_capacity(write.changed.len() + write.removed.len());
        for id in &write.changed {
            if let Some(task) = row::listed(&write.tx, *id)? {
                changes.push(TaskChange::Saved { task: Box::new(task) });
            }
        }
        changes.extend(write.removed.iter().map(|id| TaskChange::Removed { id: *id }));
        write.tx.commit()?;
        // Still under the writer's lock, so that announcements keep the order of the commits.
        self.announce(changes);
        Ok(answer)
    }
}
