//! The history: one SQLite file, one writer, readers that are never blocked by it.
//!
//! Every change is one transaction, durable (`synchronous=FULL`) before the call returns, and announced after its
//! commit. A state changes only by a statement that names the state it leaves, so that a race loses cleanly.

mod answers;
mod decisions;
mod error;
mod follow;
mod known;
mod open;
mod records;
mod reserve;
mod row;
mod submit;
mod tasks;
mod write;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;
use shiwen_core::TaskChange;
use tokio::sync::broadcast;

pub use answers::RawAnswer;
pub use error::StoreError;
pub use follow::{Poll, Spent, Won};
pub use records::ProviderRecord;
pub use submit::Claimed;
pub use tasks::{DueTask, NextDue};

/// The history of one data folder. Cheap to clone; all clones are one store.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Connection>>,
    changes: broadcast::Sender<TaskChange>,
    reserve: reserve::Reserve,
}

struct Writer {
    connection: Connection,
    /// SQLite's counter of commits by others, as last seen on this connection.
    others: i64,
}

/// Announcements that may wait for a slow listener; one that falls further behind is told to read again.
const BACKLOG: usize = 4096;
/// Idle readers kept open.
const READERS: usize = 4;

impl Store {
    /// Opens the history in `folder`, which is made if it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// One variant per thing the user can do about it; a newer or foreign file is left as it is.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("shiwen.db");
        let connection = open::writer(&path)?;
        let others = open::data_version(&connection)?;
        let (changes, _) = broadcast::channel(BACKLOG);
        let shared = Shared {
            reserve: reserve::Reserve::new(folder.join("reserve.bin")),
            path,
            writer: Mutex::new(Writer { connection, others }),
            readers: Mutex::default(),
            changes,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Every change from now on, in the order of the commits.
    pub fn changes(&self) -> broadcast::Receiver<TaskChange> {
        self.shared.changes.subscribe()
    }

    /// Whether another process has written since the last call. If so, listeners are told to read again.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn notice_others(&self) -> Result<bool, StoreError> {
        let mut writer = self.writer();
        let others = open::data_version(&writer.connection)?;
        let changed = others != writer.others;
        writer.others = others;
        drop(writer);
        if changed {
            self.announce([TaskChange::Reload]);
        }
        Ok(changed)
    }

    /// Whether a remote id could still be saved if the disk were full; refills what was used up where there is room.
    pub fn has_reserve(&self) -> bool {
        self.shared.reserve.ensure()
    }

    fn announce(&self, changes: impl IntoIterator<Item = TaskChange>) {
        for change in changes {
            // Nobody listening is fine: the file is the truth.
            let _ = self.shared.changes.send(change);
        }
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.readers().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open::reader(&self.shared.path)?,
        };
        let answer = ask(&connection);
        let mut readers = self.readers();
        if readers.len() < READERS {
            readers.push(connection);
        }
        answer
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.shared.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
