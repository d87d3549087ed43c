//! The system's clipboard. Whatever this program puts there is noted, so that it is never offered back.

#[cfg_attr(target_os = "linux", path = "clipboard/gtk.rs")]
#[cfg_attr(not(target_os = "linux"), path = "clipboard/plugin.rs")]
mod board;

use tauri::{AppHandle, Manager};

use crate::{error::CommandError, offer::Offers};

#[cfg(target_os = "linux")]
pub(crate) use board::hand_over;
#[cfg(not(target_os = "linux"))]
pub(crate) use board::plugin;

/// # Errors
/// When there is no clipboard, or nothing on it that is a text. May wait for the program that has the text: not on the
/// main thread.
pub(crate) fn read(app: &AppHandle) -> Result<String, CommandError> {
    board::read(app)
}

/// The text that is there, if any: for what nobody has asked for, so that a failure is no news.
pub(crate) async fn glance(app: &AppHandle) -> Option<String> {
    let app = app.clone();
    let read = move || board::read(&app).ok();
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
    board::write(app, plain, Some(html))
}

/// # Errors
/// When there is no clipboard.
pub(crate) fn write(app: &AppHandle, text: &str) -> Result<(), CommandError> {
    app.state::<Offers>().note(text);
    board::write(app, text.to_owned(), None)
}
