//! Opening the file: what it is, who wrote it, and the settings every connection shares.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use crate::{
    StoreError,
    migrate::{self, LATEST, version},
};

/// Marks the file as ours (`PRAGMA application_id`, "ShWe").
pub(crate) const APPLICATION_ID: u32 = 0x5368_5765;

/// What SQLite keeps of the file in memory. With all readers that stay open it is 12 MB, and one more may copy the file.
const WRITER_CACHE_KB: i64 = 4096;
const READER_CACHE_KB: i64 = 2048;
/// Of all connections together, in KB: the writer, the readers that stay open, and one more that copies the file.
pub const CACHES_KB: i64 = WRITER_CACHE_KB + READER_CACHE_KB * (crate::READERS as i64 + 1);

/// Between two tries to open a file that another process is just making.
const MAKING: Duration = Duration::from_millis(10);

pub(crate) fn writer(path: &Path, patience: Duration) -> Result<Connection, StoreError> {
    let begin = Instant::now();
    loop {
        match open(path, patience) {
            // SQLite does not wait where two processes turn to the write-ahead log at the same time.
            Err(StoreError::Busy) if begin.elapsed() < patience => thread::sleep(MAKING),
            done => return done,
        }
    }
}

pub(crate) fn reader(path: &Path, patience: Duration) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sorted = |error| sorted(error, path);
    let connection = Connection::open_with_flags(path, flags).map_err(sorted)?;
    connection.busy_timeout(patience).map_err(sorted)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KB).map_err(sorted)?;
    Ok(connection)
}

pub(crate) fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

/// A failure of SQLite by what can be done about it.
pub(crate) fn sorted(error: rusqlite::Error, path: &Path) -> StoreError {
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

fn open(path: &Path, patience: Duration) -> Result<Connection, StoreError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|source| unwritable(folder, source))?;
    refuse_foreign(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sorted = |error| sorted(error, path);
    let mut connection = Connection::open_with_flags(path, flags).map_err(sorted)?;
    connection.busy_timeout(patience).map_err(sorted)?;
    refuse_foreign_log(&connection, path)?;
    // SQLite opens a file that it may not write without a word.
    if connection.is_readonly("main").map_err(sorted)? {
        return Err(unwritable(path, std::io::ErrorKind::PermissionDenied.into()));
    }
    settings(&connection, path).map_err(sorted)?;
    migrate::migrate(&mut connection, path, migrate::STEPS)?;
    Ok(connection)
}

fn settings(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is written over leaves no trace within its page, which costs no writing; for more see `trash`.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(%mode, path = %path.display(), "no write-ahead log here; readers may wait for the writer");
    }
    // A lost intent would be a second charge after a power cut, so every commit is synced.
    connection.pragma_update(None, "synchronous", "FULL")?;
    if cfg!(target_os = "macos") {
        connection.pragma_update(None, "fullfsync", true)?;
    }
    Ok(())
}

/// Looks at the header without SQLite, which would already write beside a file that is not ours to touch.
pub(crate) fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
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
    let (schema, version, application) = (number(40), number(60), number(68));
    match application {
        APPLICATION_ID if i64::from(version) > LATEST => Err(StoreError::Newer(path.to_owned())),
        APPLICATION_ID => Ok(()),
        // Made, but nothing was put into it yet, or only into the write-ahead log.
        0 if schema == 0 && version == 0 => Ok(()),
        _ => Err(StoreError::Damaged(path.to_owned())),
    }
}

/// The same question again, now that SQLite has read the write-ahead log, which may be newer than the header.
fn refuse_foreign_log(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let sorted = |error| sorted(error, path);
    // Closing would bring the log home, and so write to a file that is not ours to touch.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(sorted)?;
    let (version, application, empty) = identity(connection).map_err(sorted)?;
    let ours = application == i64::from(APPLICATION_ID);
    if ours && version > LATEST {
        return Err(StoreError::Newer(path.to_owned()));
    }
    let unmade = empty && application == 0 && version == 0;
    if !ours && !unmade {
        return Err(StoreError::Damaged(path.to_owned()));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(sorted)?;
    Ok(())
}

/// Version, application id and whether there is nothing in the file.
pub(crate) fn identity(connection: &Connection) -> rusqlite::Result<(i64, i64, bool)> {
    // One snapshot: another process may just be making the file.
    let snapshot = connection.unchecked_transaction()?;
    let application = snapshot.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let empty = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    let empty = snapshot.query_row(empty, [], |row| row.get(0))?;
    Ok((version(&snapshot)?, application, empty))
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

pub(crate) fn unwritable(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Unwritable { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_of_the_writer_is_synced_and_readers_cannot_write() -> Result<(), StoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shiwen.db");
        let writer = writer(&path, Duration::ZERO)?;
        let asked = |name| writer.pragma_query_value(None, name, |row| row.get::<_, String>(0));
        assert_eq!(asked("journal_mode")?, "wal");
        let asked = |name| writer.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let full = 2;
        assert_eq!(asked("synchronous")?, full);
        assert_eq!(asked("foreign_keys")?, 1);
        assert_eq!(asked("application_id")?, i64::from(APPLICATION_ID));
        assert_eq!(asked("user_version")?, LATEST);

        let reader = reader(&path, Duration::ZERO)?;
        let written = reader.execute("DELETE FROM tasks", []);
        let code = written.err().and_then(|error| error.sqlite_error_code());
        assert_eq!(code, Some(ErrorCode::ReadOnly));
        Ok(())
    }

    #[test]
    fn what_all_connections_keep_in_memory_is_16_mb_at_most() -> Result<(), StoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shiwen.db");
        let writer = writer(&path, Duration::ZERO)?;
        let reader = reader(&path, Duration::ZERO)?;
        let kept = |connection: &Connection| -> Result<i64, StoreError> {
            let negative: i64 =
                connection.pragma_query_value(None, "cache_size", |row| row.get(0))?;
            assert!(negative < 0, "in KB, not in pages");
            Ok(-negative)
        };
        // One more reader than those that stay open makes a backup.
        let all = kept(&writer)? + kept(&reader)? * (crate::READERS as i64 + 1);
        assert_eq!(all, CACHES_KB);
        assert!(all <= 16 * 1024, "{all} KB");
        Ok(())
    }
}
