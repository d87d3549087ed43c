//! The history: one SQLite file, one writer, readers that are never blocked by it.
//!
//! Every change is one transaction, durable (`synchronous=FULL`) before the call returns, and announced after its
//! commit. A state changes only by a statement that names the state it leaves, so that a race loses cleanly.

mod add;
mod answers;
mod backup;
mod batch;
mod calendar;
mod decisions;
mod erase;
mod error;
mod evidence;
#[cfg(feature = "faults")]
pub mod faults;
mod files;
mod follow;
mod hand_over;
mod health;
mod history;
mod import;
mod index;
mod known;
mod labels;
mod landings;
mod ledger;
mod limit;
mod list;
mod migrate;
mod open;
mod pacing;
mod pastes;
#[cfg(test)]
mod plans;
mod record;
mod records;
mod replace;
mod reserve;
mod restore;
mod row;
mod salvage;
mod search;
mod submit;
mod tasks;
mod texts;
mod trash;
mod usage;
mod write;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use shiwen_core::{TaskChange, Timestamp};
use tokio::sync::{broadcast, watch};

pub use answers::RawAnswer;
pub use error::StoreError;
pub use evidence::Doubt;
pub use files::{DownloadRecord, Kept};
pub use follow::{End, Poll, Spent, Won};
pub use hand_over::HandOver;
pub use health::Health;
pub use history::HistoryRecord;
pub use import::{ImportedTask, ImportedText};
pub use open::CACHES_KB;
pub use pastes::Queued;
pub use record::{Call, Ended, Record};
pub use records::ProviderRecord;
pub use salvage::{Opened, Salvage};
pub use search::{Effort, Turn, Turns};
pub use submit::Claimed;
pub use tasks::{DueTask, NextDue};

use usage::{Last, Usage};

/// The history of one data folder. Cheap to clone; all clones are one store.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    /// How long a call waits for another program that holds the file.
    patience: Duration,
    // Before the writer: whoever closes last brings the write-ahead log home, and a reader may not.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Writer>,
    changes: broadcast::Sender<TaskChange>,
    health: watch::Sender<Option<Health>>,
    reserve: reserve::Reserve,
    /// How the last use of the file ended.
    last: Last,
    // Last: whoever sees the others gone may have the file for itself.
    usage: Usage,
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
const PATIENCE: Duration = Duration::from_secs(5);

impl Store {
    /// Opens the history in `folder`, which is made if it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// One variant per thing the user can do about it; a newer, foreign or damaged file is left as it is.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_within(folder, PATIENCE)
    }

    /// As [`Store::open`]; every call, this one too, waits at most `patience` for another program that holds the file.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_within(folder: &Path, patience: Duration) -> Result<Self, StoreError> {
        Ok(Self::opened(folder, patience, None)?.store)
    }

    /// As [`Store::open_within`]; a damaged history is kept aside and begun again with what can be read of it.
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::Busy`] when it is damaged and another program has it open.
    pub fn open_or_salvage(
        folder: &Path,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Opened, StoreError> {
        Self::opened(folder, patience, Some(now))
    }

    fn opened(
        folder: &Path,
        patience: Duration,
        salvage_at: Option<Timestamp>,
    ) -> Result<Opened, StoreError> {
        std::fs::create_dir_all(folder).map_err(|source| open::unwritable(folder, source))?;
        let path = folder.join("shiwen.db");
        let mut usage = Usage::begin(folder, patience)?;
        if usage.alone {
            replace::finish(folder)?;
        }
        let damaged = || StoreError::Damaged(path.clone());
        let suspect = usage.last == Last::Damaged
            || (usage.alone && backup::was_emptied(&path))
            || (usage.alone && usage.last == Last::Unclean && salvage::lacks_commits(&path));
        let last = usage.last;
        let reserve = reserve::Reserve::new(folder.join("reserve.bin"));
        let open = |usage: &Usage| {
            usage.sign()?;
            match open::writer(&path, patience) {
                // Reading the history needs a little room too. Nothing is submitted until the reserve is there again.
                Err(StoreError::DiskFull) if reserve.release() => open::writer(&path, patience),
                other => other,
            }
        };
        let first = if suspect { Err(damaged()) } else { open(&usage) };
        let connection = match (first, salvage_at) {
            (Err(StoreError::Damaged(_)), Some(_)) if !usage.alone => Err(StoreError::Busy),
            (Err(StoreError::Damaged(_)), Some(now)) => {
                salvage::salvage(&path, now)?;
                usage.mended()?;
                open(&usage)
            }
            (other, _) => other,
        }?;
        erase::begun(folder);
        reserve.ensure();
        let others = open::data_version(&connection)?;
        let salvaged = salvage::untold(&connection)?;
        let (changes, _) = broadcast::channel(BACKLOG);
        let (health, _) = watch::channel(None);
        usage.opened()?;
        let shared = Shared {
            path,
            patience,
            readers: Mutex::default(),
            writer: Mutex::new(Writer { connection, others }),
            changes,
            health,
            reserve,
            last,
            usage,
        };
        let store = Self { shared: Arc::new(shared) };
        Ok(Opened { store, salvaged, unclean: last != Last::Orderly })
    }

    /// Says that this program is done with the history, for those that end without dropping it: else the next start
    /// takes the end for a crash.
    pub fn close(&self) {
        let writer = self.writer();
        self.readers().clear();
        // What cannot be brought home now is read from the log at the next start.
        let _ = writer.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.shared.usage.end();
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

    /// Whether a remote id could be saved whatever happens: the file is not damaged, the disk has 50 MB of room, and the
    /// reserve for a full one is there; refills what was used up of it. While this is false nothing may be submitted.
    pub fn has_reserve(&self) -> bool {
        !self.shared.usage.is_damaged()
            && self.shared.reserve.has_spare()
            && self.shared.reserve.ensure()
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
            None => open::reader(&self.shared.path, self.shared.patience)
                .map_err(|error| self.sorted(error))?,
        };
        let answer = snapshot(&connection, ask).map_err(|error| self.sorted(error))?;
        let mut readers = self.readers();
        if readers.len() < READERS {
            readers.push(connection);
        }
        Ok(answer)
    }

    /// A failure of SQLite by what can be done about it: a file may turn out damaged, or be made unwritable, long
    /// after it was opened.
    fn sorted(&self, error: StoreError) -> StoreError {
        let error = match error {
            StoreError::Failed(error) => open::sorted(error, &self.shared.path),
            other => other,
        };
        if matches!(&error, StoreError::Damaged(path) if *path == self.shared.path) {
            self.shared.usage.note_damage();
            self.meet_damage();
        }
        error
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.shared.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks inside one transaction, so that no answer mixes what was before a change with what came after it.
fn snapshot<T>(
    connection: &Connection,
    ask: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.unchecked_transaction()?;
    let answer = ask(&transaction)?;
    transaction.commit()?;
    Ok(answer)
}
