//! The desktop around the window: what it lets the program do, and when that begins.

use shiwen_session::Settings;
use tauri::{AppHandle, Manager};

use crate::{
    arguments::Arguments,
    autostart::{self, Autostart},
    closing::{Asking, Ending},
    copied::{self, Copied},
    errand::Errands,
    ipc::Desktop,
    offer::Offers,
    shell::Shell,
    shortcut::{self, Shortcut},
    tray::{self, Tray},
    updates,
    wish::Wishes,
};

/// What these modules remember, before anything happens.
pub(crate) fn manage(app: &AppHandle, arguments: &Arguments) {
    app.manage(Asking::default());
    app.manage(Ending::default());
    app.manage(Autostart::new(arguments));
    app.manage(Copied::default());
    app.manage(Errands::default());
    app.manage(Offers::default());
    app.manage(Shortcut::default());
    app.manage(Tray::default());
    app.manage(Wishes::new(arguments.wish.clone()));
}

/// Begins once the page is on screen, so that none of it is waited for at a start. Not on the main thread.
pub(crate) fn start(app: &AppHandle) {
    tray::start(app);
    settle(app);
}

/// Another history was opened, whose settings hold from now on.
pub(crate) fn reopened(app: &AppHandle) {
    if app.state::<Asking>().is_possible() {
        settle(app);
    }
}

fn settle(app: &AppHandle) {
    let Ok(session) = app.state::<Shell>().session() else { return };
    let settings: Settings = session.engine.store().setting(Settings::NAME).unwrap_or_default();
    shortcut::settle(app, settings.shortcut.as_deref());
    copied::set(app, settings.clipboard_offer);
}

/// Follows settings that were saved. A changed shortcut has been put in force before.
pub(crate) fn apply(app: &AppHandle, settings: &Settings) {
    copied::set(app, settings.clipboard_offer);
    tray::refresh(app);
}

/// What there is here, for the settings to say.
pub(crate) fn seen(app: &AppHandle) -> Desktop {
    Desktop {
        tray: tray::is_shown(app),
        shortcuts: shortcut::is_possible(),
        shortcut_taken: shortcut::is_refused(app),
        autostart: autostart::is_on(app),
        owned_by: updates::package_manager().map(str::to_owned),
        system: std::env::consts::OS.to_owned(),
    }
}
