//! One process owns the engine of a data folder; all others only write wishes into the store.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

/// The right to send, held until dropped. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Ownership {
    _lock: File,
}

impl Ownership {
    /// Takes the lock beside the database, or answers none while another process has it.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn take(folder: &Path) -> std::io::Result<Option<Self>> {
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("engine.lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_owner_at_a_time() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let first = Ownership::take(folder.path())?;
        assert!(first.is_some());
        assert!(Ownership::take(folder.path())?.is_none());
        drop(first);
        assert!(Ownership::take(folder.path())?.is_some());
        Ok(())
    }
}
