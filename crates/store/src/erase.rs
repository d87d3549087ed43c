//! The end of everything: a data folder without its history.
//!
//! What was deleted by the file system may still be found by those who read the bare disk; nothing that a program opens
//! holds it any more.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    Store, StoreError, backup,
    open::unwritable,
    replace::{self, beside},
    usage::Usage,
};

/// Folders beside the history that hold files of its tasks.
const FOLDERS: [&str; 2] = ["works", "cache"];
/// Says that an empty file in the place of the history is a new one, whatever backups there are.
const MARK: &str = "shiwen.erased";

impl Store {
    /// Removes the history in `folder` with all that was made of it: the file and its log, copies of damaged ones, the
    /// reserve, the files of works and those that were looked at; and the backups if wished, replaced histories among
    /// them. Whatever else lies in the folder stays.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while anybody has the history open; nothing is removed then.
    /// [`StoreError::Unwritable`] names the first file that cannot be removed; calling again goes on.
    pub fn erase(folder: &Path, backups: bool, patience: Duration) -> Result<(), StoreError> {
        if !folder.exists() {
            return Ok(());
        }
        let mut usage = Usage::begin(folder, patience)?;
        if !usage.alone {
            return Err(StoreError::Busy);
        }
        // Else the next opening would put it in the place of the history that is gone.
        replace::finish(folder)?;
        // Where the next opening breaks off, the history must not come back out of a backup.
        let mark = folder.join(MARK);
        let marked = File::create(&mark).and_then(|mark| mark.sync_all());
        marked.map_err(|error| unwritable(&mark, error))?;
        replace::sync_folder(&mark);
        let path = folder.join("shiwen.db");
        // Without its log the file would be an older history, in which what was paid for may still be queued. So it goes
        // first: SQLite throws a log away that has no database.
        for file in [path.clone(), beside(&path, "-wal"), beside(&path, "-shm")] {
            remove(&file)?;
        }
        for file in copies(folder)? {
            remove(&file)?;
        }
        remove(&folder.join("reserve.bin"))?;
        for name in FOLDERS {
            let path = folder.join(name);
            gone(fs::remove_dir_all(&path)).map_err(|error| unwritable(&path, error))?;
        }
        if backups {
            backup::remove_all(&path)?;
            remove(&mark)?;
        }
        replace::sync_folder(&path);
        usage.mended()
    }
}

/// Whether the history of a folder was erased and none has been begun since.
pub(crate) fn was_erased(folder: &Path) -> bool {
    folder.join(MARK).exists()
}

/// There is a history again.
pub(crate) fn begun(folder: &Path) {
    let mark = folder.join(MARK);
    if let Err(error) = remove(&mark) {
        tracing::warn!(%error, "the mark of an erased history stays");
    }
}

/// Everything that bears the name of the history and something behind it.
fn copies(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |error| unwritable(folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_file() && (name.starts_with("shiwen.db.") || name.starts_with("shiwen.db-")) {
            found.push(path);
        }
    }
    Ok(found)
}

pub(crate) fn remove(path: &Path) -> Result<(), StoreError> {
    gone(fs::remove_file(path)).map_err(|error| unwritable(path, error))
}

/// What is not there needs no removing.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
