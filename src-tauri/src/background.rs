//! Work that nobody waits for.

use std::future::Future;

use futures_util::FutureExt;
use tauri::async_runtime::{self, JoinHandle};

/// Boxed: the runtime's code for a task is some kilobytes for each kind of future.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    async_runtime::spawn(work.boxed())
}
