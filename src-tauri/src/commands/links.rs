//! From the box to tasks.

use shiwen_core::{Detection, Form, Operation, Order, ProviderId, Submission, TaskId};
use tauri::State;

use crate::{error::CommandError, shell::Shell};

#[tauri::command]
#[specta::specta]
pub(crate) fn detect_links(
    shell: State<'_, Shell>,
    text: String,
    operation: Operation,
) -> Result<Detection, CommandError> {
    Ok(shell.session()?.engine.detect(&text, operation)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn create_tasks(
    shell: State<'_, Shell>,
    submission: Submission,
) -> Result<Vec<TaskId>, CommandError> {
    Ok(shell.session()?.engine.create_tasks(&submission)?)
}

/// As `detect_links`, once the short links of the text were followed. Asks the network, so the window shows the plain
/// answer first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_links(
    shell: State<'_, Shell>,
    text: String,
    operation: Operation,
) -> Result<Detection, CommandError> {
    Ok(shell.session()?.engine.resolve_links(&text, operation).await?)
}

/// What the operations take besides a link.
#[tauri::command]
#[specta::specta]
pub(crate) fn forms(shell: State<'_, Shell>) -> Result<Vec<Form>, CommandError> {
    Ok(shell.session()?.engine.forms())
}

/// Queues a task that takes a form instead of a link.
#[tauri::command]
#[specta::specta]
pub(crate) fn order(shell: State<'_, Shell>, order: Order) -> Result<TaskId, CommandError> {
    Ok(shell.session()?.engine.order(&order)?)
}

/// Follows what was started elsewhere, by its id at the provider. Costs nothing.
#[tauri::command]
#[specta::specta]
pub(crate) fn follow_remote(
    shell: State<'_, Shell>,
    provider: ProviderId,
    operation: Operation,
    remote_id: String,
) -> Result<TaskId, CommandError> {
    Ok(shell.session()?.engine.follow_remote(provider, operation, &remote_id)?)
}
