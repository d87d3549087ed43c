//! The trash, with the files of what leaves it for good.

use std::time::Duration;

use shiwen_core::{TaskId, Timestamp};
use shiwen_store::{Store, StoreError};

use crate::{Session, files::Files};

/// How long what was deleted can be taken back.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Session {
    /// Removes tasks of the trash for good, and their files; answers how many are gone. What may be paid for and has not
    /// ended stays.
    ///
    /// # Errors
    /// When the history cannot be written; a part of many may be gone then.
    pub fn delete_for_ever(&self, ids: &[TaskId]) -> Result<u32, StoreError> {
        let gone = self.engine.store().delete_for_ever(ids)?;
        self.files.forget(&gone);
        Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
    }

    /// As [`Session::delete_for_ever`], for all of the trash.
    ///
    /// # Errors
    /// As [`Session::delete_for_ever`].
    pub fn empty_trash(&self) -> Result<u32, StoreError> {
        let gone = self.engine.store().empty_trash(None)?;
        self.files.forget(&gone);
        Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
    }
}

/// Empties the trash of what nobody took back in time.
pub(crate) fn empty_old(store: &Store, files: &Files, now: Timestamp) -> Result<(), StoreError> {
    let kept_since = Timestamp(now.0 - i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX));
    let gone = store.empty_trash(Some(kept_since))?;
    files.forget(&gone);
    Ok(())
}
