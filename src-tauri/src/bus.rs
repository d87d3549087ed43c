//! The desktop's message bus, for what Tauri does not speak: who has a tray, notifications that can be clicked, and
//! progress in the task bar.

use tokio::sync::OnceCell;
use zbus::Connection;

static SESSION: OnceCell<Connection> = OnceCell::const_new();

/// One connection for all, made when it is first needed.
///
/// # Errors
/// When there is no bus.
pub(crate) async fn session() -> zbus::Result<Connection> {
    SESSION.get_or_try_init(Connection::session).await.cloned()
}
