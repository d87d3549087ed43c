//! Web pages, opened in the system's browser.

use shiwen_core::{ProviderId, TaskId};
use tauri::{AppHandle, State};

use crate::{
    error::{CommandError, ErrorCode},
    ipc::ProviderPage,
    open,
    shell::Shell,
};

#[tauri::command]
#[specta::specta]
pub(crate) fn open_video(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: TaskId,
) -> Result<(), CommandError> {
    let task = shell.session()?.engine.store().task(id)?;
    let link = task
        .link
        .ok_or_else(|| CommandError::plain(ErrorCode::OpenRefused, "the task is about no link"))?;
    open::page(&app, &link.url)
}

/// A page that a provider named, e.g. of a video that a search found.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_page(app: AppHandle, url: String) -> Result<(), CommandError> {
    open::page(&app, &url)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn open_provider(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: ProviderId,
    page: ProviderPage,
) -> Result<(), CommandError> {
    let provider = shell.session()?.engine.provider(id)?;
    let url = match page {
        ProviderPage::Signup => provider.signup_url,
        ProviderPage::Console => provider.console_url,
    };
    open::page(&app, &url)
}
