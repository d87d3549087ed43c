//! Room set aside on the disk, so that a remote id can be saved when everything else is full.
//!
//! Measured: on a full disk even a small update fails; after deleting a 1 MB file the same update commits.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

const SIZE: usize = 1024 * 1024;
/// Room that must be left on the disk, in bytes, before anything is begun that is not needed now.
pub(crate) const SPARE: u64 = 50 * 1024 * 1024;

pub(crate) struct Reserve {
    path: PathBuf,
}

impl Reserve {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Makes the file if it is missing or short; false when there is no room for it.
    pub(crate) fn ensure(&self) -> bool {
        let whole = |path| fs::metadata(path).is_ok_and(|found| found.len() == SIZE as u64);
        if whole(&self.path) {
            return true;
        }
        let written = fs::File::create(&self.path).and_then(|mut file| {
            file.write_all(&noise())?;
            file.sync_all()
        });
        if written.is_err() {
            self.release();
        }
        written.is_ok()
    }

    /// Whether the disk has room for more than what must be saved.
    pub(crate) fn has_spare(&self) -> bool {
        room(&self.path).is_none_or(|room| room >= SPARE)
    }

    /// Gives the room back; true when there was any.
    pub(crate) fn release(&self) -> bool {
        fs::remove_file(&self.path).is_ok()
    }
}

/// Free bytes on the disk beside `path`; none where the system does not say.
pub(crate) fn room(path: &Path) -> Option<u64> {
    fs4::available_space(path.parent()?).ok()
}

/// Bytes that a file system which compresses or skips holes must still give room to.
fn noise() -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut bytes = Vec::with_capacity(SIZE);
    while bytes.len() < SIZE {
        // Xorshift: evenly spread is all it has to be.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}
