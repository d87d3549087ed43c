//! The clipboard: the only way text leaves the window.

use shiwen_core::{TaskDetail, TaskId, count_words};
use tauri::{AppHandle, Manager, State};

use crate::{
    clipboard::{read, write},
    diagnostics,
    error::CommandError,
    ipc::CopyWhat,
    shell::Shell,
};

/// Answers the 字数 of what was copied.
#[tauri::command]
#[specta::specta]
pub(crate) fn copy_task(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: TaskId,
    what: CopyWhat,
) -> Result<u32, CommandError> {
    copied(&app, &shell, id, what)
}

/// The same from outside the window.
pub(crate) fn copy_text_of(app: &AppHandle, id: TaskId) -> Result<u32, CommandError> {
    copied(app, &app.state::<Shell>(), id, CopyWhat::Text)
}

/// A part of what is on screen, e.g. one idea of a plan. Answers its 字数.
#[tauri::command]
#[specta::specta]
pub(crate) fn copy_text(app: AppHandle, text: String) -> Result<u32, CommandError> {
    write(&app, &text)?;
    Ok(count_words(&text))
}

#[tauri::command]
#[specta::specta]
pub(crate) fn copy_diagnostics(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: TaskId,
) -> Result<(), CommandError> {
    let detail = shell.session()?.engine.store().detail(id)?;
    write(&app, &diagnostics::of_task(&detail))
}

#[tauri::command]
#[specta::specta]
pub(crate) fn read_clipboard(app: AppHandle) -> Result<String, CommandError> {
    read(&app)
}

fn copied(app: &AppHandle, shell: &Shell, id: TaskId, what: CopyWhat) -> Result<u32, CommandError> {
    let detail = shell.session()?.engine.store().detail(id)?;
    let text = composed(&detail, what);
    write(app, &text)?;
    Ok(count_words(&text))
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
