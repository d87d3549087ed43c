//! One database file in the place of another, so that a crash at any moment leaves one of them whole, and the old one
//! kept beside it.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use shiwen_core::Timestamp;

use crate::{StoreError, calendar, open::unwritable};

/// What SQLite keeps beside a database. A log that stays there when another file takes the name is replayed into it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];
/// The new file, whole, on its way to its place.
const NEW: &str = "shiwen.db.new";

/// Copies the history with what belongs to it to `shiwen.db.<label>-<time>`; nothing of it is changed. Bytes that the
/// disk cannot read any more are zero in the copy.
pub(crate) fn keep_aside(
    folder: &Path,
    label: &str,
    now: Timestamp,
) -> Result<PathBuf, StoreError> {
    let path = folder.join("shiwen.db");
    let stamp = calendar::stamp(now);
    let mut kept = folder.join(format!("shiwen.db.{label}-{stamp}"));
    let mut more = 2;
    while kept.exists() {
        kept = folder.join(format!("shiwen.db.{label}-{stamp}-{more}"));
        more += 1;
    }
    // The database last: where it is, all of it is.
    for suffix in BESIDE.into_iter().chain([""]) {
        match copy(&beside(&path, suffix), &beside(&kept, suffix)) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => {
                for suffix in BESIDE.into_iter().chain([""]) {
                    let _ = fs::remove_file(beside(&kept, suffix));
                }
                return Err(StoreError::DiskFull);
            }
            Err(error) => return Err(unwritable(&kept, error)),
        }
    }
    sync_folder(&kept);
    Ok(kept)
}

/// Puts the whole file `made` in the place of the history. Nobody may have that open.
pub(crate) fn place(folder: &Path, made: &Path) -> Result<(), StoreError> {
    let synced = File::options().write(true).open(made).and_then(|file| file.sync_all());
    let new = folder.join(NEW);
    synced.and_then(|()| fs::rename(made, &new)).map_err(|error| unwritable(&new, error))?;
    sync_folder(&new);
    finish(folder)
}

/// Ends a placing that was begun; from its beginning on the new file is the history.
pub(crate) fn finish(folder: &Path) -> Result<(), StoreError> {
    let new = folder.join(NEW);
    if !new.exists() {
        return Ok(());
    }
    let path = folder.join("shiwen.db");
    for suffix in BESIDE {
        let stale = beside(&path, suffix);
        match fs::remove_file(&stale) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(unwritable(&stale, error));
            }
            _ => {}
        }
    }
    sync_folder(&path);
    fs::rename(&new, &path).map_err(|error| unwritable(&path, error))?;
    sync_folder(&path);
    Ok(())
}

/// Makes a rename in the folder of `path` durable, where the system has such a thing.
pub(crate) fn sync_folder(path: &Path) {
    if cfg!(unix)
        && let Some(folder) = path.parent()
        && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
    {
        tracing::warn!(%error, "the folder cannot be synced");
    }
}

pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let size = source.metadata()?.len();
    let mut target = File::create(to)?;
    let mut block = vec![0; 64 * 1024];
    let mut at = 0;
    while at < size {
        let wanted = usize::try_from(size - at).map_or(block.len(), |left| left.min(block.len()));
        let part = &mut block[..wanted];
        if read_at(&mut source, at, part).is_err() {
            // Page by page: what can be read around the broken place is wanted.
            for (n, page) in part.chunks_mut(4096).enumerate() {
                if read_at(&mut source, at + n as u64 * 4096, page).is_err() {
                    page.fill(0);
                }
            }
        }
        target.write_all(part)?;
        at += wanted as u64;
    }
    target.sync_all()
}

fn read_at(file: &mut File, at: u64, into: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(into)
}
