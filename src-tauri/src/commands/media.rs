//! Videos, pictures and sounds: shown in the window, saved to the user's folder.

use std::path::PathBuf;

use shiwen_core::{Download, DownloadState, Media, TaskId};
use shiwen_session::Settings;
use tauri::{AppHandle, State, ipc::Response};

use crate::{
    dialog::{Ask, ask},
    error::{CommandError, ErrorCode},
    open,
    shell::Shell,
};

/// The bytes of a file, for showing. What they are is asked by `media_type`.
#[tauri::command]
pub(crate) async fn media(
    shell: State<'_, Shell>,
    task: TaskId,
    media: Media,
) -> Result<Response, CommandError> {
    Ok(Response::new(shell.session()?.media(task, media).await?.bytes))
}

/// The media type of a file by its first bytes, e.g. `video/mp4`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn media_type(
    shell: State<'_, Shell>,
    task: TaskId,
    media: Media,
) -> Result<String, CommandError> {
    Ok(shell.session()?.media(task, media).await?.media_type)
}

/// A picture that a provider named, as a `data:` URL; none where it cannot be had.
#[tauri::command]
#[specta::specta]
pub(crate) async fn picture(
    shell: State<'_, Shell>,
    url: String,
) -> Result<Option<String>, CommandError> {
    Ok(shell.session()?.picture(&url).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn start_download(
    shell: State<'_, Shell>,
    task: TaskId,
    media: Media,
) -> Result<Download, CommandError> {
    Ok(shell.session()?.start_download(task, media, None).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_download(shell: State<'_, Shell>, id: u32) -> Result<(), CommandError> {
    Ok(shell.session()?.cancel_download(id).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_download(
    shell: State<'_, Shell>,
    id: u32,
) -> Result<Download, CommandError> {
    Ok(shell.session()?.resume_download(id).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn downloads(shell: State<'_, Shell>) -> Result<Vec<Download>, CommandError> {
    Ok(shell.session()?.downloads()?)
}

/// Opens a finished file with the program that the system has for it.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_download(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: u32,
) -> Result<(), CommandError> {
    open::path(&app, &finished(&shell, id)?)
}

/// Shows a finished file in its folder.
#[tauri::command]
#[specta::specta]
pub(crate) fn show_download(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: u32,
) -> Result<(), CommandError> {
    open::in_folder(&app, &finished(&shell, id)?)
}

/// Lets the user pick the folder for downloads; none when nothing was picked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_download_folder(
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<Option<Settings>, CommandError> {
    let told = ask(&app, Ask::Folder);
    let Some(path) = told.await.ok().flatten() else { return Ok(None) };
    let session = shell.session()?;
    let mut settings: Settings = session.engine.store().setting(Settings::NAME)?;
    settings.download_folder = Some(path.to_string_lossy().into_owned());
    session.engine.store().save_setting(Settings::NAME, &settings)?;
    Ok(Some(settings))
}

fn finished(shell: &State<'_, Shell>, id: u32) -> Result<PathBuf, CommandError> {
    let downloads = shell.session()?.downloads()?;
    let found = downloads
        .into_iter()
        .find(|download| download.id == id && download.state == DownloadState::Done);
    found.map(|download| PathBuf::from(download.path)).ok_or_else(|| {
        CommandError::plain(ErrorCode::OpenRefused, "there is no such finished download")
    })
}
