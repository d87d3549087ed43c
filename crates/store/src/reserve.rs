//! Room set aside on the disk, so that a remote id can be saved when everything else is full.
//!
//! Measured: on a full disk even a small update fails; after deleting a 1 MB file the same update commits
//! (reliability.md 1.3).

use std::{fs, io::Write, path::PathBuf};

const SIZE: usize = 1024 * 1024;

pub(crate) struct Reserve {
    path: PathBuf,
}

impl Reserve {
    pub(crate) fn new(path: PathBuf) -> Self {
        let reserve = Self { path };
        reserve.ensure();
        reserve
    }

    /// Makes the file if it is missing or short; false when there is no room for it.
    pub(crate) fn ensure(&self) -> bool {
        let whole = |path| fs::metadata(path).is_ok_and(|found| found.len() == SIZE as u64);
        if whole(&self.path) {
            return true;
        }
        let written = fs::File::create(&self.path).and_then(|mut file| {
            // Real bytes: a sparse file would reserve nothing.
            file.write_all(&vec![0x5A; SIZE])?;
            file.sync_all()
        });
        if written.is_err() {
            self.release();
        }
        written.is_ok()
    }

    /// Gives the room back; true when there was any.
    pub(crate) fn release(&self) -> bool {
        fs::remove_file(&self.path).is_ok()
    }
}
