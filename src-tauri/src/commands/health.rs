//! How the providers do, what was spent, and what helps to find out what went wrong.

use std::path::Path;

use shiwen_core::{NetworkTest, ProviderHealth, ProviderId, SpendMonth};
use shiwen_session::LogFile;
use tauri::{AppHandle, State, async_runtime::spawn_blocking};

use crate::{
    clipboard, diagnostics,
    dialog::{Ask, ask},
    error::{CommandError, ErrorCode},
    open,
    shell::Shell,
};

/// How each provider does, from the user's own history.
#[tauri::command]
#[specta::specta]
pub(crate) fn health(shell: State<'_, Shell>) -> Result<Vec<ProviderHealth>, CommandError> {
    Ok(shell.session()?.engine.health()?)
}

/// What was spent in a month, `2026-11`; none for this one.
#[tauri::command]
#[specta::specta]
pub(crate) fn spend_month(
    shell: State<'_, Shell>,
    month: Option<String>,
) -> Result<SpendMonth, CommandError> {
    Ok(shell.session()?.spend_month(month.as_deref())?)
}

/// Writes a month as CSV where the user picks; answers that place, none when nothing was picked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_spend(
    app: AppHandle,
    shell: State<'_, Shell>,
    month: String,
) -> Result<Option<String>, CommandError> {
    let name = shell.session()?.spend_name(&month)?;
    let told = ask(&app, Ask::Place { extension: "csv", name });
    let Some(path) = shell.picked.note_target(told).await? else { return Ok(None) };
    let (session, to) = (shell.session()?, path.clone());
    let replaces = shell.picked.may_replace(&path);
    let saved = spawn_blocking(move || session.save_spend(&month, Path::new(&to), replaces)).await;
    saved.map_err(|error| CommandError::new(ErrorCode::Internal, &error))??;
    shell.picked.replaced(&path);
    Ok(Some(path))
}

/// Looks whether a provider can be reached, without a key and without spending anything. `proxy` is a setting to try
/// before it is saved; none tries what is in force.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_network(
    shell: State<'_, Shell>,
    provider: ProviderId,
    proxy: Option<String>,
) -> Result<NetworkTest, CommandError> {
    Ok(shell.session()?.test_network(provider, proxy.as_deref()).await?)
}

/// Copies what helps to find out what went wrong, without a secret and without a word of the user's.
#[tauri::command]
#[specta::specta]
pub(crate) fn copy_whole_diagnostics(
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<(), CommandError> {
    // They are wanted most where the history cannot be opened.
    let session = shell.session().ok();
    let text = diagnostics::of_program(&shell.history_folder(), session.as_deref())?;
    clipboard::write(&app, &text)
}

/// Shows the log among its older files.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_log(
    app: AppHandle,
    log: State<'_, std::sync::Arc<LogFile>>,
) -> Result<(), CommandError> {
    open::in_folder(&app, &log.path())
}
