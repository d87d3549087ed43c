//! Texts out of the history, as files and as a table.

use std::path::PathBuf;

use shiwen_core::{Export, ExportFormat, ExportOrder, ExportState, Selection, TaskId};
use tauri::{AppHandle, State};

use crate::{
    clipboard,
    dialog::{Ask, ask},
    error::{CommandError, ErrorCode},
    open,
    shell::Shell,
};

/// Writes only where the user picked a place, or into the folder of downloads. A file that is there is replaced only
/// where the user agreed to that, in the dialog.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_export(
    shell: State<'_, Shell>,
    order: ExportOrder,
) -> Result<Export, CommandError> {
    let session = shell.session()?;
    let Some(path) = order.path.clone() else { return Ok(session.start_export(order)?) };
    shell.picked.demand(&path)?;
    if !shell.picked.may_replace(&path) {
        return Ok(session.start_export(order)?);
    }
    let begun = session.start_replacing_export(order)?;
    shell.picked.replaced(&path);
    Ok(begun)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn cancel_export(shell: State<'_, Shell>, id: u32) -> Result<(), CommandError> {
    Ok(shell.session()?.cancel_export(id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn exports(shell: State<'_, Shell>) -> Result<Vec<Export>, CommandError> {
    Ok(shell.session()?.exports())
}

/// Lets the user pick the file, or the folder where there is a file for each task; none when nothing was picked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_export_path(
    app: AppHandle,
    shell: State<'_, Shell>,
    format: ExportFormat,
    each: bool,
) -> Result<Option<String>, CommandError> {
    let wanted = match each {
        true => Ask::Folder,
        false => {
            Ask::Place { extension: format.as_str(), name: shell.session()?.export_name(format)? }
        }
    };
    shell.picked.note_target(ask(&app, wanted)).await
}

/// Opens a finished file with the program that the system has for it.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_export(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: u32,
) -> Result<(), CommandError> {
    open::path(&app, &finished(&shell, id)?)
}

/// Shows a finished file in its folder.
#[tauri::command]
#[specta::specta]
pub(crate) fn show_export(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: u32,
) -> Result<(), CommandError> {
    open::in_folder(&app, &finished(&shell, id)?)
}

/// What the template makes of one task.
#[tauri::command]
#[specta::specta]
pub(crate) fn preview_template(
    shell: State<'_, Shell>,
    template: String,
    id: TaskId,
) -> Result<String, CommandError> {
    Ok(shell.session()?.preview_template(&template, id)?)
}

/// Answers how many tasks were copied.
#[tauri::command]
#[specta::specta]
pub(crate) fn copy_table(
    app: AppHandle,
    shell: State<'_, Shell>,
    selection: Selection,
) -> Result<u32, CommandError> {
    let (table, tasks) = shell.session()?.table(&selection)?;
    clipboard::write_table(&app, table.html, table.tsv)?;
    Ok(tasks)
}

fn finished(shell: &State<'_, Shell>, id: u32) -> Result<PathBuf, CommandError> {
    let export = shell.session()?.export(id)?;
    let path = (export.state == ExportState::Done).then(|| PathBuf::from(export.path));
    path.ok_or_else(|| CommandError::plain(ErrorCode::OpenRefused, "the export has not ended well"))
}
