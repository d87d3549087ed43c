//! What providers keep for the user: personas, products, posts, and files that were uploaded.

use shiwen_core::{Collection, Input, Items, ProviderId, Verb};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use crate::{error::CommandError, ipc::Uploaded, shell::Shell};

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
    let (tell, told) = tokio::sync::oneshot::channel();
    let extensions: Vec<&str> = extensions.iter().map(String::as_str).collect();
    let dialog = app.dialog().file().add_filter("", &extensions);
    dialog.pick_file(move |picked| {
        let _ = tell.send(picked);
    });
    let Some(path) = told.await.ok().flatten().and_then(|picked| picked.into_path().ok()) else {
        return Ok(None);
    };
    let url = session.engine.upload(provider, &path).await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Some(Uploaded { name, url }))
}
