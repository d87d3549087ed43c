//! A damaged history: kept as it is, read page by page, and begun again with all that could be read.
//!
//! Promises, in the order in which things fail: a file of a newer version or of another program is not touched; what is
//! damaged is copied whole before anything else happens, and no copy is ever removed; a crash at any moment leaves the
//! damaged file or the new one; no task of which the ledger is not whole can be submitted by itself again.

mod harvest;
mod log;
mod pages;
mod settle;

use std::{
    fs,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use shiwen_core::Timestamp;

use crate::{
    Store, StoreError, backup, health, index, migrate,
    open::{self, unwritable},
    replace, row, submit,
};
use pages::Pages;

/// An open history, and what had to be done for it.
pub struct Opened {
    pub store: Store,
    /// Until the user has been told, see [`Store::salvage_told`].
    pub salvaged: Option<Salvage>,
    /// The last program that had it open did not close it: [`Store::check`] is due.
    pub unclean: bool,
}

/// What became of a damaged history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salvage {
    pub at: Timestamp,
    /// Tasks in the history now.
    pub tasks: u32,
    /// Of these, tasks that are uncertain because nobody can say whether they were submitted.
    pub doubted: u32,
    /// Tables of which rows could not be read in the damaged file.
    pub lost_tables: Vec<String>,
    /// The time of the backup that filled the gaps, where there were gaps and a backup.
    pub from_backup: Option<Timestamp>,
    /// The damaged file; the user may want to show it to somebody.
    pub kept_at: PathBuf,
}

/// The setting that keeps what the user has not been told yet.
const NAME: &str = "salvage";
const UNCERTAIN: &str = "SELECT count(*) FROM tasks WHERE state = 'uncertain'";

impl Store {
    /// The salvage that the user has not been told of, also one that another program made.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn salvaged(&self) -> Result<Option<Salvage>, StoreError> {
        self.setting(NAME)
    }

    /// The user knows.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn salvage_told(&self) -> Result<(), StoreError> {
        self.save_setting(NAME, &None::<Salvage>)
    }
}

/// As [`Store::salvaged`], on the writer: an opening needs no reader.
pub(crate) fn untold(connection: &Connection) -> Result<Option<Salvage>, StoreError> {
    let sql = "SELECT value FROM settings WHERE name = ?1";
    let kept = connection.query_row(sql, [NAME], |row| row::json_or_none(row, "value"));
    Ok(kept.optional()?.flatten().flatten())
}

/// Whether the log beside the history lost commits, which SQLite would pass over.
pub(crate) fn lacks_commits(path: &Path) -> bool {
    log::Log::read(&replace::beside(path, "-wal")).is_some_and(|log| log.broken)
}

/// Replaces the damaged history at `path`, which nobody may have open, by what can be saved of it.
pub(crate) fn salvage(path: &Path, now: Timestamp) -> Result<Salvage, StoreError> {
    if let Err(newer @ StoreError::Newer(_)) = open::refuse_foreign(path) {
        return Err(newer);
    }
    let folder = path.parent().unwrap_or(path);
    let failed = |error| unwritable(path, error);
    if is_foreign(&Pages::open(path).map_err(failed)?) {
        return Err(StoreError::Damaged(path.to_owned()));
    }
    let kept_at = replace::keep_aside(folder, "damaged", now)?;
    let pages = Pages::open(&kept_at).map_err(failed)?;
    let making = folder.join("shiwen.db.salvaging");
    let backup = folder.join("shiwen.db.salvaging-backup");
    remove_all(&[&making, &backup]);
    let made = make(&pages, path, &making, &backup, now);
    remove_all(&[&backup]);
    let made = made.and_then(|salvage| {
        let salvage = Salvage { kept_at, ..salvage };
        note(&making, &salvage)?;
        replace::place(folder, &making)?;
        Ok(salvage)
    });
    if made.is_err() {
        remove_all(&[&making]);
    }
    let salvage = made?;
    tracing::error!(?salvage, "the history was damaged and has been salvaged");
    Ok(salvage)
}

/// See the crate's promise about queued tasks; for a file that was whole when it was written, but is not the newest.
pub(crate) fn doubt_queued(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    free_of_rules(connection, |connection| settle::doubt_queued(connection, now))
}

/// A whole database of another program; what is lying here by mistake is not ours to move.
fn is_foreign(pages: &Pages) -> bool {
    let mut reached = vec![false; pages.count as usize + 1];
    pages.has_head
        && pages.head(68) != Some(open::APPLICATION_ID)
        && pages.walk(1, &mut reached, &mut |_| {})
        && {
            let roots = harvest::roots(pages, &mut vec![false; pages.count as usize + 1]);
            !["tasks", "attempts", "spend"].iter().all(|table| roots.contains_key(*table))
        }
}

fn make(
    pages: &Pages,
    path: &Path,
    making: &Path,
    backup: &Path,
    now: Timestamp,
) -> Result<Salvage, StoreError> {
    let mut connection = Connection::open(making).map_err(|error| open::sorted(error, making))?;
    // Nothing of it counts before it is whole, and then it is synced.
    connection.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")?;
    let version = pages.head(60).filter(|_| pages.head(68) == Some(open::APPLICATION_ID));
    let version = version.map(i64::from).filter(|version| (1..=migrate::LATEST).contains(version));
    let version = version.unwrap_or(migrate::LATEST);
    while migrate::version(&connection)? < version
        && migrate::step(&mut connection, migrate::STEPS)?
    {}
    let harvest = free_of_rules(&mut connection, |connection| {
        connection.execute_batch("BEGIN")?;
        let harvest = harvest::harvest(pages, connection)?;
        connection.execute_batch("COMMIT")?;
        Ok(harvest)
    })?;
    while migrate::step(&mut connection, migrate::STEPS)? {}

    let from_backup = match backup::newest_good(path).filter(|_| !harvest.gaps.is_empty()) {
        Some((found, at)) => {
            fs::copy(&found, backup).map_err(|error| unwritable(backup, error))?;
            let mut opened = Connection::open(backup)?;
            while migrate::step(&mut opened, migrate::STEPS)? {}
            Some(at)
        }
        None => None,
    };
    let count = |connection: &Connection, sql| -> rusqlite::Result<u32> {
        connection.query_row(sql, [], |row| row.get(0))
    };
    let uncertain = count(&connection, UNCERTAIN)?;
    free_of_rules(&mut connection, |connection| {
        let filled = from_backup.map(|_| backup);
        settle::settle(connection, &harvest, filled, pages.lacks_commits(), now)?;
        Ok(index::make(connection)?)
    })?;
    let faults = health::faults(&connection)?;
    if !faults.is_empty() {
        tracing::error!(?faults, "what was salvaged is no history");
        return Err(StoreError::Damaged(path.to_owned()));
    }
    Ok(Salvage {
        at: now,
        tasks: count(&connection, "SELECT count(*) FROM tasks")?,
        doubted: count(&connection, UNCERTAIN)?.saturating_sub(uncertain),
        lost_tables: harvest.gaps.into_iter().collect(),
        from_backup,
        kept_at: PathBuf::new(),
    })
}

fn note(making: &Path, salvage: &Salvage) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)";
    Connection::open(making)?.execute(sql, (NAME, submit::json(salvage)?))?;
    Ok(())
}

/// Runs `work` without triggers and foreign keys: they guard the order in which a history comes about, and here it is
/// put together from its parts.
fn free_of_rules<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.pragma_update(None, "foreign_keys", false)?;
    let triggers = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    let done = work(connection)?;
    for (_, sql) in &triggers {
        connection.execute_batch(sql)?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(done)
}

fn remove_all(paths: &[&Path]) {
    for path in paths {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(replace::beside(path, suffix));
        }
    }
}
