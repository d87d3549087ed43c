//! Files that the user picked in a dialog. The page names no other ones: what got into it cannot read or write the disk.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    dialog::Told,
    error::{CommandError, ErrorCode},
};

#[derive(Default)]
pub(crate) struct Picked {
    /// With each, whether the user agreed that the file which is there is replaced.
    paths: Mutex<HashMap<String, bool>>,
}

impl Picked {
    /// Waits for a dialog and notes what was picked to be read; none when nothing was.
    ///
    /// # Errors
    /// When its name cannot be told to the page.
    pub(crate) async fn note(&self, told: Told) -> Result<Option<String>, CommandError> {
        let path = named(told, ErrorCode::FileUnreadable).await?;
        self.paths().extend(path.iter().map(|path| (path.clone(), false)));
        Ok(path)
    }

    /// As [`Picked::note`], for a file or folder that is to be written. Who picks a file that is there has agreed to
    /// replace it: the dialog asks that.
    ///
    /// # Errors
    /// As [`Picked::note`].
    pub(crate) async fn note_target(&self, told: Told) -> Result<Option<String>, CommandError> {
        let path = named(told, ErrorCode::FileUnwritable).await?;
        let agreed = path.iter().map(|path| (path.clone(), Path::new(path).is_file()));
        self.paths().extend(agreed);
        Ok(path)
    }

    /// # Errors
    /// When the user has not picked this path.
    pub(crate) fn demand(&self, path: &str) -> Result<(), CommandError> {
        match self.paths().contains_key(path) {
            true => Ok(()),
            false => Err(CommandError::plain(ErrorCode::InvalidField, "nobody picked this file")),
        }
    }

    /// Whether the file at a path may be replaced.
    pub(crate) fn may_replace(&self, path: &str) -> bool {
        self.paths().get(path).copied().unwrap_or_default()
    }

    /// It is being replaced: the user agreed to that once, not to every time.
    pub(crate) fn replaced(&self, path: &str) {
        self.paths().insert(path.to_owned(), false);
    }

    fn paths(&self) -> MutexGuard<'_, HashMap<String, bool>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path that a dialog answers.
async fn named(told: Told, otherwise: ErrorCode) -> Result<Option<String>, CommandError> {
    let Some(path) = told.await.ok().flatten() else { return Ok(None) };
    match path.into_os_string().into_string() {
        Ok(path) => Ok(Some(path)),
        Err(_) => Err(CommandError::plain(otherwise, "the name of the file is no Unicode")),
    }
}

#[cfg(test)]
mod tests {
    use tauri::async_runtime::block_on;
    use tokio::sync::oneshot;

    use super::*;

    fn told(path: impl Into<std::path::PathBuf>) -> Told {
        let (tell, told) = oneshot::channel();
        tell.send(Some(path.into())).unwrap();
        told
    }

    #[test]
    fn only_what_was_picked_in_a_dialog_may_be_used() {
        let picked = Picked::default();
        let path = block_on(picked.note(told("/folder/texts.json"))).unwrap();
        assert_eq!(path.as_deref(), Some("/folder/texts.json"));
        assert!(picked.demand("/folder/texts.json").is_ok());
        assert!(picked.demand("/folder/.profile").is_err());
        let (tell, told) = oneshot::channel();
        tell.send(None).unwrap();
        assert_eq!(block_on(picked.note(told)).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_unicode_is_refused_aloud() {
        use std::os::unix::ffi::OsStringExt;
        let name = || std::ffi::OsString::from_vec(b"/folder/\xFF.json".to_vec());
        let picked = Picked::default();
        let refused = block_on(picked.note(told(name()))).unwrap_err();
        assert_eq!(refused.code, ErrorCode::FileUnreadable);
        let refused = block_on(picked.note_target(told(name()))).unwrap_err();
        assert_eq!(refused.code, ErrorCode::FileUnwritable);
    }

    #[test]
    fn a_file_that_was_there_when_it_was_picked_to_be_written_may_be_replaced_once() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.txt"), folder.path().join("new.txt"));
        std::fs::write(&old, "mine").unwrap();
        let picked = Picked::default();
        let pick = |path: &Path| block_on(picked.note_target(told(path))).unwrap().unwrap();
        let paths = [&*old, &new, folder.path()].map(pick);
        std::fs::write(&new, "made meanwhile by somebody else").unwrap();
        assert_eq!(
            [&paths[0], &paths[1], &paths[2]].map(|path| picked.may_replace(path)),
            [true, false, false]
        );
        picked.replaced(&paths[0]);
        assert!(!picked.may_replace(&paths[0]) && picked.demand(&paths[0]).is_ok());
        let read = block_on(picked.note(told(&*old))).unwrap().unwrap();
        assert!(!picked.may_replace(&read), "picked to be read");
    }
}
