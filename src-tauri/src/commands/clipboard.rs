//! The clipboard: the only way text leaves the window.

use shiwen_core::{TaskDetail, TaskId, count_words};
use tauri::{AppHandle, State};
use tauri_plugin_clipboard_manager::ClipboardExt;

use crate::{
    diagnostics,
    error::{CommandError, ErrorCode},
    ipc::CopyWhat,
    shell::Shell,
};

/// Answers the 字数 of what was copied.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn copy_task(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: TaskId,
    what: CopyWhat,
) -> Result<u32, CommandError> {
    let detail = shell.session()?.engine.store().detail(id)?;
    let text = composed(&detail, what);
    write(&app, &text)?;
    Ok(count_words(&text))
}

/// A part of what is on screen, e.g. one idea of a plan. Answers its 字数.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn copy_text(app: AppHandle, text: String) -> Result<u32, CommandError> {
    write(&app, &text)?;
    Ok(count_words(&text))
}

#[tauri::command(async)]
#[specta::specta]
pub(crate) fn copy_diagnostics(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: TaskId,
) -> Result<(), CommandError> {
    let detail = shell.session()?.engine.store().detail(id)?;
    write(&app, &diagnostics::of_task(&detail))
}

#[tauri::command(async)]
#[specta::specta]
pub(crate) fn read_clipboard(app: AppHandle) -> Result<String, CommandError> {
    app.clipboard()
        .read_text()
        .map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))
}

fn write(app: &AppHandle, text: &str) -> Result<(), CommandError> {
    app.clipboard()
        .write_text(text)
        .map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))
}

fn composed(detail: &TaskDetail, what: CopyWhat) -> String {
    let text = detail.transcripts.last().map(|transcript| transcript.text.as_str());
    let title = detail.task.title();
    let link = detail.task.link.as_ref().map(|link| link.url.as_str());
    let parts = match what {
        CopyWhat::Text => [text, None, None],
        CopyWhat::Title => [title, None, None],
        CopyWhat::TitleText => [title, text, None],
        CopyWhat::TitleTextLink => [title, text, link],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}
