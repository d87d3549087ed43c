//! A backup in the place of the history, which is kept.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::Connection;
use shiwen_core::{BackupKind, Timestamp};

use crate::{
    Store, StoreError, backup, calendar, erase, migrate,
    open::{self, unwritable},
    replace, salvage,
    usage::{Last, Usage},
};

impl Store {
    /// Puts the backup `from` in the place of the history in `folder`, which nobody may have open. What was there is
    /// kept as a backup of its own kind, of which the newest three stay, or as a damaged file where it is none; answers
    /// where, none where nothing was there. What was queued when the backup was made may have been submitted since, so
    /// it is uncertain now.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while the history is open, [`StoreError::Damaged`] and [`StoreError::Newer`] when `from` is
    /// no backup that can be read here; the history is as it was then.
    pub fn restore_backup(
        folder: &Path,
        from: &Path,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Option<PathBuf>, StoreError> {
        let mut usage = Usage::begin(folder, patience)?;
        if !usage.alone {
            return Err(StoreError::Busy);
        }
        backup::good(from)?;
        // What a crash left on its way is the history that is replaced now.
        replace::finish(folder)?;
        let making = folder.join("shiwen.db.restoring");
        let kept = prepare(from, &making, patience, now).and_then(|()| {
            let suspect = usage.last == Last::Damaged;
            keep_replaced(&folder.join("shiwen.db"), suspect, patience, now)
        });
        let kept = match kept {
            Ok(kept) => kept,
            Err(error) => {
                let _ = fs::remove_file(&making);
                return Err(error);
            }
        };
        replace::place(folder, &making)?;
        erase::begun(folder);
        // Only now: the one that was put back may be the oldest of them.
        backup::thin_out(&folder.join("backups"));
        usage.mended()?;
        Ok(kept)
    }
}

/// Makes a history at `making` of the backup `from`, which may be one with a log beside it.
fn prepare(
    from: &Path,
    making: &Path,
    patience: Duration,
    now: Timestamp,
) -> Result<(), StoreError> {
    erase::remove(making)?;
    backup::write_copy(&open::reader(from, patience)?, from, making)?;
    let mut connection = Connection::open(making).map_err(|error| open::sorted(error, making))?;
    while migrate::step(&mut connection, migrate::STEPS)? {}
    salvage::doubt_queued(&mut connection, now)
}

/// Keeps the history at `path`, with what lies in its log alone, before another takes its place.
fn keep_replaced(
    path: &Path,
    suspect: bool,
    patience: Duration,
    now: Timestamp,
) -> Result<Option<PathBuf>, StoreError> {
    let is_empty = |path: &Path| fs::metadata(path).map_or(true, |found| found.len() == 0);
    match (is_empty(path), is_empty(&replace::beside(path, "-wal"))) {
        (true, true) => return Ok(None),
        (false, _) if !suspect && !salvage::lacks_commits(path) => {
            match copy_replaced(path, patience, now) {
                // Byte by byte more of it may be read than by SQLite.
                Err(StoreError::Damaged(_) | StoreError::Failed(_)) => {}
                kept => return kept.map(Some),
            }
        }
        _ => {}
    }
    let folder = path.parent().unwrap_or(path);
    replace::keep_aside(folder, "damaged", now).map(Some)
}

fn copy_replaced(path: &Path, patience: Duration, now: Timestamp) -> Result<PathBuf, StoreError> {
    let folder = backup::folder_of(path);
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
    let (prefix, stamp) = (backup::prefix(BackupKind::Replaced), calendar::stamp(now));
    let mut to = folder.join(format!("{prefix}{stamp}.db"));
    let mut more = 2;
    while to.exists() {
        to = folder.join(format!("{prefix}{more}-{stamp}.db"));
        more += 1;
    }
    // A reader sees what is in the log alone, and writes nothing.
    backup::copy(&open::reader(path, patience)?, path, &to)?;
    Ok(to)
}
