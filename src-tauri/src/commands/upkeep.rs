//! Backups, imports, and the end of everything.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use shiwen_core::{Backup, Imported, Timestamp};
use shiwen_session::LogFile;
use shiwen_store::Store;
use tauri::{AppHandle, Manager, State, async_runtime::spawn_blocking};

use crate::{
    dialog::{Ask, ask},
    error::{CommandError, ErrorCode, of_backup, of_target},
    shell::{After, PATIENCE, Shell},
};

#[tauri::command]
#[specta::specta]
pub(crate) fn make_backup(shell: State<'_, Shell>) -> Result<Backup, CommandError> {
    Ok(shell.session()?.engine.store().backup_now(Timestamp::now())?)
}

/// A backup at a place that the user picks; none when nothing was picked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_backup_as(
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<Option<Backup>, CommandError> {
    let name = shell.session()?.backup_name();
    let told = ask(&app, Ask::Place { extension: "db", name });
    let Some(path) = shell.picked.note_target(told).await? else { return Ok(None) };
    let session = shell.session()?;
    let made = spawn_blocking(move || session.backup_to(Path::new(&path))).await;
    let made = made.map_err(|error| CommandError::new(ErrorCode::Internal, &error))?;
    Ok(Some(made.map_err(|error| of_target(&error))?))
}

/// Newest first; also while the history cannot be opened.
#[tauri::command]
#[specta::specta]
pub(crate) fn backups(shell: State<'_, Shell>) -> Result<Vec<Backup>, CommandError> {
    Ok(Store::backups_in(&shell.history_folder()))
}

/// Lets the user pick the file of a backup; none when nothing was picked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_backup(
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<Option<String>, CommandError> {
    shell.picked.note(ask(&app, Ask::File { extensions: vec!["db".to_owned()] })).await
}

/// Puts a backup in the place of the history, and starts the program anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(
    shell: State<'_, Shell>,
    path: String,
) -> Result<(), CommandError> {
    let folder = shell.history_folder();
    if !Store::backups_in(&folder).iter().any(|backup| backup.path == path) {
        shell.picked.demand(&path)?;
    }
    let from = PathBuf::from(path);
    let backup = from.clone();
    let restore =
        move || Store::restore_backup(&folder, &from, PATIENCE, Timestamp::now()).map(drop);
    shell.calls_end_soon().await?;
    shell.replace(restore).await.map_err(|error| of_backup(&backup, &error))?;
    shell.restart(After::Keeping);
    Ok(())
}

/// Lets the user pick a file to import; none when nothing was picked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_import_file(
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<Option<String>, CommandError> {
    shell.picked.note(ask(&app, Ask::File { extensions: vec!["json".to_owned()] })).await
}

#[tauri::command]
#[specta::specta]
pub(crate) fn import_file(shell: State<'_, Shell>, path: String) -> Result<Imported, CommandError> {
    shell.picked.demand(&path)?;
    Ok(shell.session()?.import_file(Path::new(&path))?)
}

/// Makes what the search asks anew; answers how many tasks it knows.
#[tauri::command]
#[specta::specta]
pub(crate) fn rebuild_index(shell: State<'_, Shell>) -> Result<u32, CommandError> {
    Ok(shell.session()?.engine.store().rebuild_index(&mut |_| {})?)
}

/// Deletes the history and all that belongs to it, the backups too if wished, and starts the program anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_everything(
    app: AppHandle,
    shell: State<'_, Shell>,
    log: State<'_, Arc<LogFile>>,
    backups: bool,
) -> Result<(), CommandError> {
    let folder = shell.history_folder();
    shell.calls_end_soon().await?;
    shell.replace(move || Store::erase(&folder, backups, PATIENCE)).await?;
    let after = After::erasing(&shell.mode());
    if after == After::Forgetting {
        if let Err(error) = log.clear() {
            tracing::warn!(%error, "the log was not deleted");
        }
        for window in app.webview_windows().values() {
            if let Err(error) = window.clear_all_browsing_data() {
                tracing::warn!(%error, "what the page keeps was not deleted");
            }
        }
    }
    shell.restart(after);
    Ok(())
}
