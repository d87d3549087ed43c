//! Files that the user picked in a dialog. The page names no other ones: what got into it cannot read or write the disk.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use tauri_plugin_dialog::FilePath;
use tokio::sync::oneshot;

use crate::error::{CommandError, ErrorCode};

#[derive(Default)]
pub(crate) struct Picked {
    paths: Mutex<HashSet<String>>,
}

/// What a dialog calls, and where its answer comes out.
pub(crate) fn answer() -> (impl FnOnce(Option<FilePath>) + Send, oneshot::Receiver<Option<FilePath>>)
{
    let (tell, told) = oneshot::channel();
    let tell = move |picked| {
        // Nobody waits any more when the program ends under the dialog.
        let _ = tell.send(picked);
    };
    (tell, told)
}

impl Picked {
    /// Waits for a dialog and notes what was picked; none when nothing was.
    pub(crate) async fn note(&self, told: oneshot::Receiver<Option<FilePath>>) -> Option<String> {
        let path = told.await.ok().flatten()?.into_path().ok()?;
        let path = path.to_str()?.to_owned();
        self.paths.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        Some(path)
    }

    /// # Errors
    /// When the user has not picked this path.
    pub(crate) fn demand(&self, path: &str) -> Result<(), CommandError> {
        match self.paths.lock().unwrap_or_else(PoisonError::into_inner).contains(path) {
            true => Ok(()),
            false => Err(CommandError::plain(ErrorCode::InvalidField, "nobody picked this file")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_picked_in_a_dialog_may_be_used() {
        let picked = Picked::default();
        let (tell, told) = answer();
        tell(Some(FilePath::Path("/home/user/texts.json".into())));
        let path = tauri::async_runtime::block_on(picked.note(told));
        assert_eq!(path.as_deref(), Some("/home/user/texts.json"));
        assert!(picked.demand("/home/user/texts.json").is_ok());
        assert!(picked.demand("/home/user/.profile").is_err());
        let (tell, told) = answer();
        tell(None);
        assert_eq!(tauri::async_runtime::block_on(picked.note(told)), None);
    }
}
