//! The user's accounts. A secret comes in here; only whether one is there goes out.

use std::collections::BTreeMap;

use shiwen_core::{ProviderId, ProviderView};
use tauri::State;

use crate::{error::CommandError, shell::Shell};

#[tauri::command]
#[specta::specta]
pub(crate) fn providers(shell: State<'_, Shell>) -> Result<Vec<ProviderView>, CommandError> {
    Ok(shell.session()?.engine.providers()?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_provider(
    shell: State<'_, Shell>,
    id: ProviderId,
    values: BTreeMap<String, String>,
    session_only: bool,
) -> Result<ProviderView, CommandError> {
    Ok(shell.session()?.engine.save_provider(id, values, session_only).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_provider(
    shell: State<'_, Shell>,
    id: ProviderId,
) -> Result<ProviderView, CommandError> {
    Ok(shell.session()?.engine.forget_provider(id).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_provider(
    shell: State<'_, Shell>,
    id: ProviderId,
) -> Result<ProviderView, CommandError> {
    Ok(shell.session()?.engine.test_provider(id).await?)
}

/// The user's bound for a day, in the provider's unit; none takes it away.
#[tauri::command]
#[specta::specta]
pub(crate) fn save_daily_limit(
    shell: State<'_, Shell>,
    id: ProviderId,
    limit: Option<u32>,
) -> Result<ProviderView, CommandError> {
    Ok(shell.session()?.engine.set_daily_limit(id, limit)?)
}

/// Lets today pass the bound.
#[tauri::command]
#[specta::specta]
pub(crate) fn lift_daily_limit(
    shell: State<'_, Shell>,
    id: ProviderId,
) -> Result<ProviderView, CommandError> {
    Ok(shell.session()?.engine.lift_daily_limit(id)?)
}
