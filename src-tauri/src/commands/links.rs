//! From the box to tasks.

use shiwen_core::{Detection, Operation, Submission, TaskId};
use tauri::State;

use crate::{error::CommandError, shell::Shell};

#[tauri::command(async)]
#[specta::specta]
pub(crate) fn detect_links(
    shell: State<'_, Shell>,
    text: String,
    operation: Operation,
) -> Result<Detection, CommandError> {
    Ok(shell.session()?.engine.detect(&text, operation)?)
}

#[tauri::command(async)]
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
