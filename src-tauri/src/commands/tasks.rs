//! Tasks: reading them and the user's decisions.

use shiwen_core::{Desk, LookedUp, TaskDetail, TaskId, TaskPage, Timestamp};
use tauri::State;

use crate::{error::CommandError, shell::Shell};

/// Longest page that the window may ask for.
pub(super) const LONGEST_PAGE: u32 = 500;

#[tauri::command]
#[specta::specta]
pub(crate) fn tasks(
    shell: State<'_, Shell>,
    desk: Desk,
    before: Option<TaskId>,
    limit: u32,
) -> Result<TaskPage, CommandError> {
    Ok(shell.session()?.engine.store().tasks(desk, before, limit.min(LONGEST_PAGE))?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn task(shell: State<'_, Shell>, id: TaskId) -> Result<TaskDetail, CommandError> {
    Ok(shell.session()?.engine.store().detail(id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn retry_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.retry(id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn cancel_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().cancel(id, Timestamp::now())?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn resume_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().resume(id, Timestamp::now())?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn check_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().check_now(id, Timestamp::now())?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn adopt_task(
    shell: State<'_, Shell>,
    id: TaskId,
    remote_id: String,
) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.adopt(id, &remote_id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn resend_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().resend(id)?)
}

/// Looks for an uncertain task at its provider. Costs nothing, and sends nothing again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_up(shell: State<'_, Shell>, id: TaskId) -> Result<LookedUp, CommandError> {
    Ok(shell.session()?.engine.look_up(id).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn give_up_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().give_up(id, Timestamp::now())?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn delete_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().delete(id, Timestamp::now())?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn restore_task(shell: State<'_, Shell>, id: TaskId) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().restore(id)?)
}

/// The cover as a `data:` URL, fetched once; none where there is none to be had.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cover(
    shell: State<'_, Shell>,
    id: TaskId,
) -> Result<Option<String>, CommandError> {
    Ok(shell.session()?.cover(id).await?)
}
