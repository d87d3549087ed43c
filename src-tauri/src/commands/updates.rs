//! Newer versions of the program.

use tauri::{AppHandle, State};

use crate::{
    error::{CommandError, ErrorCode},
    ipc::Update,
    open,
    updates::{self, Updates},
};

/// How it stands, without asking anybody.
#[tauri::command]
#[specta::specta]
pub(crate) fn update(updates: State<'_, Updates>) -> Result<Update, CommandError> {
    Ok(updates.now())
}

/// Asks the endpoints, where this build has any.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_update(
    app: AppHandle,
    updates: State<'_, Updates>,
) -> Result<Update, CommandError> {
    Ok(updates.check(&app).await)
}

/// Fetches what was found and puts it in place once nothing that is paid for is on its way. Answers at once; what
/// follows is told by `UpdateChanged`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn install_update(
    app: AppHandle,
    updates: State<'_, Updates>,
) -> Result<Update, CommandError> {
    Ok(updates.install(&app))
}

/// The manual path: the page where each version can be had.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_download_page(app: AppHandle) -> Result<(), CommandError> {
    let page = updates::page().ok_or_else(|| {
        CommandError::plain(ErrorCode::OpenRefused, "this build names no page for downloads")
    })?;
    open::page(&app, page)
}
