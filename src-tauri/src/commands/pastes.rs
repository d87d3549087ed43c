//! What was pasted together: pausing it, going on, and orders about all of its tasks.

use shiwen_core::{Paste, PasteId, Retried, Timestamp};
use tauri::State;

use crate::{error::CommandError, shell::Shell};

#[tauri::command]
#[specta::specta]
pub(crate) fn paste(shell: State<'_, Shell>, id: PasteId) -> Result<Paste, CommandError> {
    Ok(shell.session()?.engine.paste(id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn pause_paste(shell: State<'_, Shell>, id: PasteId) -> Result<Paste, CommandError> {
    Ok(shell.session()?.engine.pause_paste(id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn resume_paste(shell: State<'_, Shell>, id: PasteId) -> Result<Paste, CommandError> {
    Ok(shell.session()?.engine.resume_paste(id)?)
}

/// Cancels what was not submitted yet; answers how many tasks that were.
#[tauri::command]
#[specta::specta]
pub(crate) fn cancel_waiting(shell: State<'_, Shell>, id: PasteId) -> Result<u32, CommandError> {
    Ok(shell.session()?.engine.store().cancel_waiting(id, Timestamp::now())?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn retry_failed(shell: State<'_, Shell>, id: PasteId) -> Result<Retried, CommandError> {
    Ok(shell.session()?.engine.retry_failed(id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn name_paste(
    shell: State<'_, Shell>,
    id: PasteId,
    name: Option<String>,
) -> Result<Paste, CommandError> {
    let session = shell.session()?;
    session.engine.store().name_paste(id, name.as_deref())?;
    Ok(session.engine.paste(id)?)
}
