//! Newer versions of the program: whether it may replace itself, and how far it has got with that.
//!
//! Key, endpoints and page are inputs of a release (docs/RELEASING.md). A build without them has no updater and says so.
//! Where a package manager put the program, that one replaces it.

mod owner;
#[cfg(feature = "updater")]
mod remote;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ipc::Update;
#[cfg(not(feature = "updater"))]
use tauri::{AppHandle, Builder, Context, Wry};

/// How it stands with newer versions. One per program.
pub(crate) struct Updates {
    /// None until somebody wants to know: asking a package manager takes too long for the start.
    now: Mutex<Option<Update>>,
    #[cfg(feature = "updater")]
    found: Mutex<Option<remote::Found>>,
}

impl Updates {
    pub(crate) fn new() -> Self {
        Self {
            now: Mutex::default(),
            #[cfg(feature = "updater")]
            found: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Update {
        self.held().clone().unwrap_or_else(before)
    }

    fn held(&self) -> MutexGuard<'_, Option<Update>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What kind of package the program came in: `deb`, `rpm` or the like. Asked once, which takes a moment.
pub(crate) fn package_manager() -> Option<&'static str> {
    owner::package_manager()
}

/// Where versions can be had by hand, where the release named a page.
pub(crate) fn page() -> Option<&'static str> {
    option_env!("SHIWEN_DOWNLOAD_PAGE").filter(|page| !page.is_empty())
}

/// How it stands before anybody was asked for a newer version.
fn before() -> Update {
    first(has_updater(), has_updater() && owner::package_manager().is_some())
}

fn first(has_updater: bool, is_owned: bool) -> Update {
    match (has_updater, is_owned) {
        (false, _) => Update::Off,
        (true, true) => Update::Owned,
        (true, false) => Update::Current { checked_at: None },
    }
}

#[cfg(not(feature = "updater"))]
fn has_updater() -> bool {
    false
}

/// Nothing to register.
#[cfg(not(feature = "updater"))]
pub(crate) fn register(builder: Builder<Wry>, _: &mut Context) -> Builder<Wry> {
    builder
}

#[cfg(not(feature = "updater"))]
impl Updates {
    /// There is nobody to ask.
    pub(crate) async fn check(&self, _: &AppHandle) -> Update {
        self.now()
    }

    /// There is nothing to put in place.
    pub(crate) fn install(&self, _: &AppHandle) -> Update {
        self.now()
    }
}

/// Nothing looks for newer versions.
#[cfg(not(feature = "updater"))]
pub(crate) async fn follow(_: AppHandle) {}

#[cfg(feature = "updater")]
pub(crate) use remote::{follow, register};

#[cfg(feature = "updater")]
fn has_updater() -> bool {
    remote::RELEASE.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_updater_it_is_off_whoever_owns_the_program() {
        assert_eq!(first(false, false), Update::Off);
        assert_eq!(first(false, true), Update::Off);
    }

    #[test]
    fn what_a_package_manager_owns_does_not_replace_itself() {
        assert_eq!(first(true, true), Update::Owned);
        assert_eq!(first(true, false), Update::Current { checked_at: None });
    }

    /// The checks build it without the inputs of a release.
    #[test]
    fn a_build_without_the_inputs_of_a_release_says_that_it_is_off() {
        assert_eq!(Updates::new().now(), Update::Off);
    }
}
