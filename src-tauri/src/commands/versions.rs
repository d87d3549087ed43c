//! The versions of a text: writing, tidying, comparing.

use shiwen_core::{Comparison, TaskId, TextRef, TidySteps, Timestamp, Transcript};
use tauri::State;

use crate::{error::CommandError, shell::Shell};

#[tauri::command]
#[specta::specta]
pub(crate) fn save_text(
    shell: State<'_, Shell>,
    id: TaskId,
    text: String,
) -> Result<Transcript, CommandError> {
    Ok(shell.session()?.engine.store().save_text(id, &text, Timestamp::now())?)
}

/// Adds a copy of the version that is wanted back.
#[tauri::command]
#[specta::specta]
pub(crate) fn restore_text(
    shell: State<'_, Shell>,
    id: TaskId,
    version: u32,
) -> Result<Transcript, CommandError> {
    Ok(shell.session()?.engine.store().restore_text(id, version, Timestamp::now())?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn delete_text(
    shell: State<'_, Shell>,
    id: TaskId,
    version: u32,
) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().delete_text(id, version)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn compare(
    shell: State<'_, Shell>,
    a: TextRef,
    b: TextRef,
) -> Result<Comparison, CommandError> {
    Ok(shell.session()?.compare(a, b)?)
}

/// What tidying would change.
#[tauri::command]
#[specta::specta]
pub(crate) fn preview_tidy(
    shell: State<'_, Shell>,
    text: TextRef,
    steps: TidySteps,
) -> Result<Comparison, CommandError> {
    Ok(shell.session()?.preview_tidy(text, &steps)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn save_tidied(
    shell: State<'_, Shell>,
    text: TextRef,
    steps: TidySteps,
) -> Result<Transcript, CommandError> {
    Ok(shell.session()?.save_tidied(text, &steps)?)
}
