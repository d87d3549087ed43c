//! The store's announcements as one event to the window.

use std::time::Duration;

use serde::Serialize;
use shiwen_core::{Download, Export, TaskChange};
use shiwen_store::Health;
use tauri::{AppHandle, Emitter};
use tokio::sync::{
    broadcast::{Receiver, error::RecvError},
    watch,
};

use crate::ipc::{DownloadChanges, ExportChanged, HistoryChecked, NetworkChanged, TaskChanges};

/// What the window is told, by the name that its bindings know. tauri-specta's own way does the same by a list of all
/// events with all their types, which only the bindings need.
pub(crate) trait Tell: tauri_specta::Event + Serialize + Clone {
    fn emit(&self, app: &AppHandle) -> tauri::Result<()> {
        Emitter::emit(app, Self::NAME, self)
    }
}

impl<E: tauri_specta::Event + Serialize + Clone> Tell for E {}

/// Changes within one frame travel together.
const FRAME: Duration = Duration::from_millis(16);

/// Forwards until the store is gone.
pub(crate) async fn forward(app: AppHandle, mut changes: Receiver<TaskChange>) {
    loop {
        let first = match changes.recv().await {
            Ok(change) => change,
            // Too slow to hear everything: what is on screen is read again.
            Err(RecvError::Lagged(_)) => TaskChange::Reload,
            Err(RecvError::Closed) => return,
        };
        tokio::time::sleep(FRAME).await;
        let mut batch = vec![first];
        while let Ok(change) = changes.try_recv() {
            batch.push(change);
        }
        if let Err(error) = TaskChanges(batch).emit(&app) {
            tracing::warn!(%error, "the window was not told");
        }
    }
}

/// The same for downloads. One that was missed is told again with its next change.
pub(crate) async fn forward_downloads(app: AppHandle, mut changes: Receiver<Download>) {
    loop {
        let first = match changes.recv().await {
            Ok(change) => change,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        tokio::time::sleep(FRAME).await;
        let mut batch = vec![first];
        while let Ok(change) = changes.try_recv() {
            batch.push(change);
        }
        if let Err(error) = DownloadChanges(batch).emit(&app) {
            tracing::warn!(%error, "the window was not told");
        }
    }
}

/// Forwards how exports stand, each by itself: they are few and told seldom.
pub(crate) async fn forward_exports(app: AppHandle, mut changes: Receiver<Export>) {
    loop {
        let change = match changes.recv().await {
            Ok(change) => change,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = ExportChanged(change).emit(&app) {
            tracing::warn!(%error, "the window was not told");
        }
    }
}

/// Says when the network comes or goes, until the engine is gone.
pub(crate) async fn forward_network(
    app: AppHandle,
    mut network: watch::Receiver<shiwen_engine::Network>,
) {
    while network.changed().await.is_ok() {
        let now = *network.borrow_and_update();
        if let Err(error) = NetworkChanged(now.into()).emit(&app) {
            tracing::warn!(%error, "the window was not told");
        }
    }
}

/// Says what each look at the history's file saw, until the store is gone.
pub(crate) async fn forward_health(app: AppHandle, mut health: watch::Receiver<Option<Health>>) {
    while health.changed().await.is_ok() {
        let damaged = health.borrow_and_update().as_ref().is_some_and(|seen| !seen.is_sound());
        if let Err(error) = (HistoryChecked { damaged }).emit(&app) {
            tracing::warn!(%error, "the window was not told");
        }
    }
}
