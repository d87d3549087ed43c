//! Opening the file: what it is, who wrote it, and the settings every connection shares.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::StoreError;

/// Released migrations are never edited; a change is a new one at the end.
const MIGRATIONS: &[M<'static>] = &[M::up(include_str!("migrations/0001_history.sql"))];
/// Marks the file as ours (`PRAGMA application_id`, "ShWe").
const APPLICATION_ID: u32 = 0x5368_5765;
const BUSY: Duration = Duration::from_secs(5);

pub(crate) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|source| unwritable(folder, source))?;
    refuse_foreign(path)?;
    let mut connection = Connection::open(path).map_err(|error| sorted(error, path))?;
    settings(&connection, path).map_err(|error| sorted(error, path))?;
    // The header on disk may be older than what the write-ahead log holds, so the version is asked again here.
    let version: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| sorted(error, path))?;
    if version as usize > MIGRATIONS.len() {
        return Err(StoreError::Newer(path.to_owned()));
    }
    Migrations::from_slice(MIGRATIONS).to_latest(&mut connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => sorted(err, path),
        _ => StoreError::Damaged(path.to_owned()),
    })?;
    Ok(connection)
}

pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "cache_size", -4096)?;
    Ok(connection)
}

pub(crate) fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

fn settings(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "cache_size", -4096)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(%mode, path = %path.display(), "no write-ahead log here; readers may wait for the writer");
    }
    // A lost intent would be a second charge after a power cut (reliability.md 0.6), so every commit is synced.
    connection.pragma_update(None, "synchronous", "FULL")?;
    if cfg!(target_os = "macos") {
        connection.pragma_update(None, "fullfsync", true)?;
    }
    Ok(())
}

/// Looks at the header without SQLite, which would already write beside a file that is not ours to touch.
fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    let mut header = [0_u8; 100];
    let read = match File::open(path).and_then(|mut file| fill(&mut file, &mut header)) {
        Ok(read) => read,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(path, error)),
    };
    if read == 0 {
        return Ok(());
    }
    if read < header.len() || !header.starts_with(b"SQLite format 3\0") {
        return Err(StoreError::Damaged(path.to_owned()));
    }
    let number = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let (version, application) = (number(60), number(68));
    match application {
        APPLICATION_ID if version as usize > MIGRATIONS.len() => {
            Err(StoreError::Newer(path.to_owned()))
        }
        // 0: our first migration may still stand in the write-ahead log only.
        APPLICATION_ID | 0 => Ok(()),
        _ => Err(StoreError::Damaged(path.to_owned())),
    }
}

fn fill(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read(&mut buffer[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

fn sorted(error: rusqlite::Error, path: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged(path.to_owned())
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            unwritable(path, std::io::Error::other(error))
        }
        _ => error.into(),
    }
}

fn unwritable(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Unwritable { path: path.to_owned(), source }
}
