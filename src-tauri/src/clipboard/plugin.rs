//! Tauri's plugin.

use tauri::{AppHandle, Wry, plugin::TauriPlugin};
use tauri_plugin_clipboard_manager::{ClipboardExt, init};

use crate::error::{CommandError, ErrorCode};

pub(crate) fn plugin() -> TauriPlugin<Wry> {
    init()
}

pub(super) fn read(app: &AppHandle) -> Result<String, CommandError> {
    let read = app.clipboard().read_text();
    read.map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))
}

pub(super) fn write(
    app: &AppHandle,
    plain: String,
    html: Option<String>,
) -> Result<(), CommandError> {
    let written = match html {
        Some(html) => app.clipboard().write_html(html, Some(plain)),
        None => app.clipboard().write_text(plain),
    };
    written.map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))
}
