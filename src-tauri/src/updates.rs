//! Newer versions of the program: whether it may replace itself, and how far it has got with that.
//!
//! Key, endpoints and page are inputs of a release (docs/RELEASING.md). A build without them has no updater and says so.

use std::sync::{Mutex, PoisonError};

use tauri::AppHandle;

use crate::ipc::Update;

/// How it stands with newer versions. One per program.
pub(crate) struct Updates {
    now: Mutex<Update>,
}

impl Updates {
    pub(crate) fn new() -> Self {
        Self { now: Mutex::new(Update::Off) }
    }

    pub(crate) fn now(&self) -> Update {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks for a newer version. Without an updater there is nobody to ask.
    pub(crate) async fn check(&self, _app: &AppHandle) -> Update {
        self.now()
    }

    /// Puts what was found in place. Without an updater nothing ever was.
    pub(crate) fn install(&self, _app: &AppHandle) -> Update {
        self.now()
    }
}

/// Where versions can be had by hand, where the release named a page.
pub(crate) fn page() -> Option<&'static str> {
    option_env!("SHIWEN_DOWNLOAD_PAGE").filter(|page| !page.is_empty())
}
