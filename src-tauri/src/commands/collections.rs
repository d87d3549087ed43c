//! What providers keep for the user: personas, products, posts, and files that were uploaded.

use shiwen_core::{Collection, Input, Items, ProviderId, Verb};
use tauri::{AppHandle, State};

use crate::{
    dialog::{Ask, ask},
    error::CommandError,
    ipc::Uploaded,
    shell::Shell,
};

#[tauri::command]
#[specta::specta]
pub(crate) fn collections(shell: State<'_, Shell>) -> Result<Vec<Collection>, CommandError> {
    Ok(shell.session()?.engine.collections())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn collection_call(
    shell: State<'_, Shell>,
    provider: ProviderId,
    collection: String,
    verb: Verb,
    id: Option<String>,
    input: Input,
) -> Result<Items, CommandError> {
    let session = shell.session()?;
    Ok(session.engine.call(provider, &collection, verb, id.as_deref(), &input).await?)
}

/// Lets the user pick a file and sends it to the provider; none when nothing was picked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_file(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider: ProviderId,
    extensions: Vec<String>,
) -> Result<Option<Uploaded>, CommandError> {
    let session = shell.session()?;
    let told = ask(&app, Ask::File { extensions });
    let Some(path) = told.await.ok().flatten() else { return Ok(None) };
    let url = session.engine.upload(provider, &path).await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Some(Uploaded { name, url }))
}
