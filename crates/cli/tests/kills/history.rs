//! The history of a data folder as it lies on the disk, read from a copy so that looking changes nothing.

use std::{fs, path::Path};

use shiwen_core::{Desk, Outcome, TaskDetail, TaskState};
use shiwen_store::{Store, StoreError};
use tempfile::TempDir;

/// What one look showed.
pub(crate) struct History {
    pub(crate) tasks: Vec<TaskDetail>,
    /// SQLite's own words about the file.
    pub(crate) integrity: Vec<String>,
}

impl History {
    /// The history in `folder`; empty where there is none yet.
    pub(crate) fn of(folder: &Path) -> Result<Self, StoreError> {
        let copy = TempDir::new().unwrap();
        for name in ["shiwen.db", "shiwen.db-wal"] {
            let from = folder.join(name);
            if from.exists() {
                fs::copy(from, copy.path().join(name)).unwrap();
            }
        }
        Self::opened(copy.path())
    }

    /// A backup.
    pub(crate) fn of_backup(path: &Path) -> Result<Self, StoreError> {
        let copy = TempDir::new().unwrap();
        fs::copy(path, copy.path().join("shiwen.db")).unwrap();
        Self::opened(copy.path())
    }

    fn opened(folder: &Path) -> Result<Self, StoreError> {
        if !folder.join("shiwen.db").exists() {
            return Ok(Self { tasks: Vec::new(), integrity: vec!["ok".to_owned()] });
        }
        let store = Store::open(folder)?;
        let mut tasks = Vec::new();
        for desk in Desk::ALL {
            for task in store.tasks(*desk, None, 200)?.tasks {
                tasks.push(store.detail(task.id)?);
            }
        }
        Ok(Self { tasks, integrity: store.integrity()? })
    }

    /// The tasks of a link or a prompt.
    pub(crate) fn of_code<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a TaskDetail> {
        self.tasks.iter().filter(move |detail| {
            let link = detail.task.link.as_ref().map(|link| link.url.as_str());
            link.or(detail.task.subject.as_deref()).is_some_and(|about| about.contains(code))
        })
    }

    pub(crate) fn count(&self, state: TaskState) -> usize {
        self.tasks.iter().filter(|detail| detail.task.state == state).count()
    }

    /// Whether nothing is left to do but what only the user decides.
    pub(crate) fn is_quiet(&self) -> bool {
        let ended =
            [TaskState::Succeeded, TaskState::Failed, TaskState::Cancelled, TaskState::Uncertain];
        self.tasks.iter().all(|detail| ended.contains(&detail.task.state))
    }
}

/// Calls of a task that may have cost something.
pub(crate) fn paid_calls(detail: &TaskDetail) -> usize {
    let free = [Some(Outcome::NotSent), Some(Outcome::Rejected)];
    detail.attempts.iter().filter(|attempt| !free.contains(&attempt.outcome)).count()
}
