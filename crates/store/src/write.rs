//! One way to write: a transaction that collects what changed and announces it after the commit.

use rusqlite::{Params, Transaction, TransactionBehavior};
use shiwen_core::{TaskChange, TaskId};

#[cfg(feature = "faults")]
use crate::faults::{self, Moment};
use crate::{Store, StoreError, index, row};

/// Tasks that are changed in one transaction, where many are: others get their turn in between.
pub(crate) const BULK: usize = 500;
/// Changes of a bulk act that are announced each by itself; above that reading again is less work.
const TOLD: usize = 200;

pub(crate) struct Write<'a> {
    pub(crate) tx: Transaction<'a>,
    changed: Vec<TaskId>,
    removed: Vec<TaskId>,
    in_bulk: bool,
}

impl Write<'_> {
    /// This task will be announced as saved.
    pub(crate) fn changed(&mut self, id: TaskId) {
        // Steps on one task follow each other.
        if self.changed.last() != Some(&id) {
            self.changed.push(id);
        }
    }

    /// This task will be announced as removed from the list.
    pub(crate) fn removed(&mut self, id: TaskId) {
        self.removed.push(id);
    }

    /// The user does this with many tasks at once: very many are announced as one.
    pub(crate) fn in_bulk(&mut self) {
        self.in_bulk = true;
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

    fn changes(&self) -> Result<Vec<TaskChange>, StoreError> {
        let count = self.changed.len() + self.removed.len();
        if self.in_bulk && count > TOLD {
            return Ok(vec![TaskChange::Reload]);
        }
        let mut changes = Vec::with_capacity(count);
        for id in &self.changed {
            if let Some(task) = row::listed(&self.tx, *id)? {
                changes.push(TaskChange::Saved { task: Box::new(task) });
            }
        }
        changes.extend(self.removed.iter().map(|id| TaskChange::Removed { id: *id }));
        Ok(changes)
    }

    pub(crate) fn why_not(&self, id: TaskId) -> Result<StoreError, StoreError> {
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
        #[cfg(feature = "faults")]
        faults::tell(&Moment::Begin)?;
        let mut writer = self.writer();
        let tx = writer.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut write = Write { tx, changed: Vec::new(), removed: Vec::new(), in_bulk: false };
        let answer = change(&mut write)?;
        index::catch_up(&write.tx)?;
        let changes = write.changes()?;
        #[cfg(feature = "faults")]
        faults::tell(&Moment::Ready(&changes))?;
        write.tx.commit()?;
        #[cfg(feature = "faults")]
        let _ = faults::tell(&Moment::Committed(&changes));
        #[cfg(feature = "kill-points")]
        shiwen_kill_points::committed();
        // Still under the writer's lock, so that announcements keep the order of the commits.
        self.announce(changes);
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use shiwen_core::{
        Desk, Input, Link, LinkKind, NewTask, Operation, Platform, ProviderId, TaskChange,
        TaskState, Timestamp, Unit, WaitReason,
    };

    use crate::{RawAnswer, Spent, Store, StoreError};

    const NOW: Timestamp = Timestamp(1);

    /// The file may grow by no more than `pages` from now on.
    fn limit(store: &Store, pages: u32) {
        let writer = store.writer();
        let used: u32 =
            writer.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let set = |row: &rusqlite::Row<'_>| row.get::<_, u32>(0);
        writer
            .connection
            .pragma_update_and_check(None, "max_page_count", used + pages, set)
            .unwrap();
    }

    fn wish(id: &str) -> NewTask {
        let link = Link {
            url: format!("https://v.example/{id}"),
            platform: Platform::Douyin,
            kind: LinkKind::Video,
            id: Some(id.to_owned()),
            canonical: None,
            title: None,
        };
        let operation = Operation::Transcribe;
        let provider = ProviderId::Momoget;
        let (input, parent, target_language) = (Input::new(), None, None);
        NewTask {
            operation,
            provider,
            link: Some(link),
            input,
            parent,
            target_language,
            again: false,
            then: Vec::new(),
        }
    }

    #[test]
    fn a_task_changed_in_two_steps_is_announced_once_as_it_is_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let id = store.add_tasks("x", &[wish("1")], NOW).unwrap()[0];
        let mut changes = store.changes();
        store
            .write(|write| {
                write.step(id, "UPDATE tasks SET wait_reason = 'slot' WHERE id = ?1", [id.0])?;
                write.step(id, "UPDATE tasks SET wait_reason = 'rate' WHERE id = ?1", [id.0])
            })
            .unwrap();
        let task = Box::new(store.task(id).unwrap());
        assert_eq!(task.wait.unwrap().reason, WaitReason::Rate);
        assert_eq!(changes.try_recv(), Ok(TaskChange::Saved { task }));
        assert!(changes.try_recv().is_err());
    }

    #[test]
    fn a_full_file_is_said_and_leaves_nothing_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let id = store.add_tasks("x", &[wish("1")], NOW).unwrap()[0];
        let attempt = store.claim(id, NOW).unwrap().attempt;
        // The text fits, the task's large answer does not: what was written first must go with it.
        limit(&store, 3);
        let spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: true };
        let noise = (0..100_000_u64).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        let large = RawAnswer { asked: "create", http_status: 200, body: noise };
        let mut changes = store.changes();
        let accept = || store.accepted(attempt, "r", NOW, &spent, &large, NOW);

        let accepted = accept();
        assert!(matches!(accepted, Err(StoreError::DiskFull)), "{accepted:?}");
        let pasted = "y".repeat(100_000);
        let added = store.add_tasks(&pasted, &[wish("2")], NOW);
        assert!(matches!(added, Err(StoreError::DiskFull)), "{added:?}");

        assert!(changes.try_recv().is_err());
        let detail = store.detail(id).unwrap();
        assert_eq!((detail.task.state, detail.attempts[0].outcome), (TaskState::Submitting, None));
        assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
        assert_eq!(store.spent_since(ProviderId::Momoget, NOW).unwrap(), 0);
        limit(&store, 1000);
        accept().unwrap();
        assert_eq!(store.task(id).unwrap().remote_id.as_deref(), Some("r"));
    }

    #[test]
    fn only_an_outcome_takes_the_reserve() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = folder.path().join("reserve.bin");
        let store = Store::open(folder.path()).unwrap();
        let id = store.add_tasks("x", &[wish("1")], NOW).unwrap()[0];
        let attempt = store.claim(id, NOW).unwrap().attempt;
        limit(&store, 0);

        let pasted = "y".repeat(100_000);
        assert!(store.add_tasks(&pasted, &[wish("2")], NOW).is_err());
        assert!(reserve.exists());

        let spent = Spent { unit: Unit::Use, amount: None, said: false, certain: true };
        let noise = (0..100_000_u64).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        let large = RawAnswer { asked: "create", http_status: 200, body: noise };
        assert!(store.accepted(attempt, "r", NOW, &spent, &large, NOW).is_err());
        assert!(!reserve.exists());
        assert!(store.has_reserve(), "this disk has room for another");
    }
}
