//! The words of the window's message files, for what the shell itself says: the tray's menu and notifications.

use shiwen_session::{Language, Settings, Words};
use tauri::{AppHandle, Manager};

use crate::shell::Shell;

/// In the language that the user chose.
pub(crate) fn words(app: &AppHandle) -> Words {
    let session = app.state::<Shell>().session().ok();
    let settings: Option<Settings> =
        session.and_then(|session| session.engine.store().setting(Settings::NAME).ok());
    Words::new(settings.map_or(Language::System, |settings| settings.language))
}
