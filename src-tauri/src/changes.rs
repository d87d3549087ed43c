//! The store's announcements as one event to the window.

use std::time::Duration;

use shiwen_core::TaskChange;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::ipc::TaskChanges;

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
