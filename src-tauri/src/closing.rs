//! What closing the window does: it asks once, then hides the window or ends the program.
//!
//! Hidden, everything goes on: tasks are followed, and the tray, a notification or another start brings the window back.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use shiwen_session::{OnClose, Settings};
use tauri::{AppHandle, CloseRequestApi, Manager, WebviewWindow};

use crate::{
    background,
    changes::Tell,
    error::{CommandError, ErrorCode},
    ipc::CloseAsked,
    shell::Shell,
    tray, window,
};

/// How often an ending program looks whether its calls have been answered.
const LOOK: Duration = Duration::from_millis(200);

/// Whether there is a page that can ask.
#[derive(Default)]
pub(crate) struct Asking(AtomicBool);

impl Asking {
    /// The page listens.
    pub(crate) fn can(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_possible(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The program ends as soon as the calls that are out have been answered.
#[derive(Default)]
pub(crate) struct Ending(AtomicBool);

/// The close button was pressed.
pub(crate) fn requested(window: &WebviewWindow, api: &CloseRequestApi) {
    let app = window.app_handle();
    let wish = wish(app);
    let can_ask = wish.is_some() && app.state::<Asking>().is_possible();
    match decided(wish.unwrap_or(OnClose::Quit), tray::is_shown(app), can_ask) {
        OnClose::Ask => {
            api.prevent_close();
            if let Err(error) = CloseAsked.emit(app) {
                tracing::warn!(%error, "the window was not told");
            }
        }
        OnClose::Tray => {
            api.prevent_close();
            // Where it cannot be hidden it stays.
            let _ = window.hide();
        }
        OnClose::Quit if app.state::<Shell>().hold() => {
            api.prevent_close();
            quit(app);
        }
        // The window closes, and with its last window the program ends.
        OnClose::Quit => {}
    }
}

/// The user's answer to the question, for this time or for good.
///
/// # Errors
/// When there is no tray to hide in, or the answer cannot be kept; nothing happens then.
pub(crate) fn answer(app: &AppHandle, choice: OnClose, remember: bool) -> Result<(), CommandError> {
    if choice == OnClose::Tray && !tray::is_shown(app) {
        return Err(CommandError::plain(ErrorCode::NotOffered, "there is no tray"));
    }
    if remember {
        let session = app.state::<Shell>().session()?;
        let store = session.engine.store();
        let settings: Settings = store.setting(Settings::NAME)?;
        store.save_setting(Settings::NAME, &Settings { close: choice, ..settings })?;
    }
    match choice {
        OnClose::Tray => window::hide(app),
        OnClose::Quit => quit(app),
        OnClose::Ask => {}
    }
    Ok(())
}

/// Ends the program. From here on nothing is submitted. Ending a create call early would make it uncertain, so until
/// those that are out are answered the window only disappears; [`stay`] takes all of it back.
pub(crate) fn quit(app: &AppHandle) {
    app.state::<Ending>().0.store(true, Ordering::SeqCst);
    let submitting = app.state::<Shell>().hold();
    let app = app.clone();
    background::spawn(async move {
        if submitting {
            window::hide(&app);
        }
        // Each time anew, since what is open may have been opened anew meanwhile.
        while is_ending(&app) && app.state::<Shell>().hold() {
            tokio::time::sleep(LOOK).await;
        }
        if is_ending(&app) {
            app.exit(0);
        } else {
            app.state::<Shell>().release();
        }
    });
}

/// The window is wanted again, by another start, the tray or a notification: an ending program stays.
pub(crate) fn stay(app: &AppHandle) {
    // Another start may be heard of before there is anything that could end.
    if app.try_state::<Ending>().is_some_and(|ending| ending.0.swap(false, Ordering::SeqCst)) {
        app.state::<Shell>().release();
    }
}

fn is_ending(app: &AppHandle) -> bool {
    app.state::<Ending>().0.load(Ordering::SeqCst)
}

/// None where the history cannot be opened: the page says why, and can do nothing else.
fn wish(app: &AppHandle) -> Option<OnClose> {
    let session = app.state::<Shell>().session().ok()?;
    let settings: Settings = session.engine.store().setting(Settings::NAME).ok()?;
    Some(settings.close)
}

/// Without a tray there is nothing to come back from, and without a page nobody who could ask.
fn decided(wish: OnClose, tray: bool, can_ask: bool) -> OnClose {
    match wish {
        OnClose::Ask | OnClose::Tray if !tray => OnClose::Quit,
        OnClose::Ask if !can_ask => OnClose::Quit,
        wish => wish,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_holds_where_there_is_a_tray() {
        for wish in [OnClose::Ask, OnClose::Tray, OnClose::Quit] {
            assert_eq!(decided(wish, true, true), wish);
            assert_eq!(decided(wish, false, true), OnClose::Quit);
        }
    }

    #[test]
    fn nobody_is_asked_before_there_is_a_page() {
        assert_eq!(decided(OnClose::Ask, true, false), OnClose::Quit);
        assert_eq!(decided(OnClose::Tray, true, false), OnClose::Tray);
    }
}
