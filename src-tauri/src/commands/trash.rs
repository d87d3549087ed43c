//! The trash.

use shiwen_core::{Selection, TaskId, TaskPage, Timestamp, Trashed};
use tauri::State;

use super::tasks::LONGEST_PAGE;
use crate::{error::CommandError, shell::Shell};

#[tauri::command]
#[specta::specta]
pub(crate) fn trash_tasks(
    shell: State<'_, Shell>,
    selection: Selection,
) -> Result<Trashed, CommandError> {
    let session = shell.session()?;
    let ids = session.selected(&selection)?;
    Ok(session.engine.store().trash_many(&ids, Timestamp::now())?)
}

/// Takes back what one act moved to the trash.
#[tauri::command]
#[specta::specta]
pub(crate) fn restore_trashed(shell: State<'_, Shell>, at: Timestamp) -> Result<u32, CommandError> {
    Ok(shell.session()?.engine.store().restore_trashed(at)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn trash(
    shell: State<'_, Shell>,
    before: Option<TaskId>,
    limit: u32,
) -> Result<TaskPage, CommandError> {
    Ok(shell.session()?.engine.store().trash(before, limit.min(LONGEST_PAGE))?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn restore_tasks(
    shell: State<'_, Shell>,
    ids: Vec<TaskId>,
) -> Result<u32, CommandError> {
    Ok(shell.session()?.engine.store().restore_many(&ids)?)
}

/// Answers how many are gone: what may be paid for and has not ended stays.
#[tauri::command]
#[specta::specta]
pub(crate) fn delete_for_ever(
    shell: State<'_, Shell>,
    ids: Vec<TaskId>,
) -> Result<u32, CommandError> {
    Ok(shell.session()?.delete_for_ever(&ids)?)
}

/// As `delete_for_ever`, for everything in the trash.
#[tauri::command]
#[specta::specta]
pub(crate) fn empty_trash(shell: State<'_, Shell>) -> Result<u32, CommandError> {
    Ok(shell.session()?.empty_trash()?)
}
