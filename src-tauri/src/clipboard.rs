//! The system's clipboard. Whatever this program puts there is noted, so that it is never offered back.

use tauri::{AppHandle, Manager};
use tauri_plugin_clipboard_manager::ClipboardExt;

use crate::{
    error::{CommandError, ErrorCode},
    offer::Offers,
};

/// # Errors
/// When there is no clipboard, or nothing on it that is a text. May wait for the program that has the text: not on the
/// main thread.
pub(crate) fn read(app: &AppHandle) -> Result<String, CommandError> {
    app.clipboard()
        .read_text()
        .map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))
}

/// The text that is there, if any: for what nobody has asked for, so that a failure is no news.
pub(crate) async fn glance(app: &AppHandle) -> Option<String> {
    let app = app.clone();
    let read = move || app.clipboard().read_text().ok();
    tauri::async_runtime::spawn_blocking(read).await.ok().flatten()
}

/// As a table, with a plain text for programs that take none.
///
/// # Errors
/// When there is no clipboard.
pub(crate) fn write_table(
    app: &AppHandle,
    html: String,
    plain: String,
) -> Result<(), CommandError> {
    app.state::<Offers>().note(&plain);
    app.clipboard()
        .write_html(html, Some(plain))
        .map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))
}

/// # Errors
/// When there is no clipboard.
pub(crate) fn write(app: &AppHandle, text: &str) -> Result<(), CommandError> {
    app.state::<Offers>().note(text);
    app.clipboard()
        .write_text(text)
        .map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))
}
