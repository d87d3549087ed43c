//! What the desktop around the window lets the program do.

use serde::{Deserialize, Serialize};
use shiwen_session::OnClose;
use tauri::{AppHandle, State};

use crate::{
    autostart,
    closing::{self, Asking},
    desk,
    error::{CommandError, ErrorCode},
    ipc::{Desktop, Offer, Wish},
    offer::Offers,
    wish::Wishes,
};

/// What the user answers when asked what the close button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CloseChoice {
    Tray,
    Quit,
}

#[tauri::command]
#[specta::specta]
pub(crate) fn desktop(app: AppHandle) -> Result<Desktop, CommandError> {
    Ok(desk::seen(&app))
}

/// Opens the program at login from now on, or no longer.
#[tauri::command]
#[specta::specta]
pub(crate) fn set_autostart(app: AppHandle, on: bool) -> Result<Desktop, CommandError> {
    let set = autostart::set(&app, on);
    set.map_err(|error| CommandError::new(ErrorCode::FileUnwritable, &error))?;
    Ok(desk::seen(&app))
}

/// The answer to `CloseAsked`.
#[tauri::command]
#[specta::specta]
pub(crate) fn answer_close(
    app: AppHandle,
    choice: CloseChoice,
    remember: bool,
) -> Result<(), CommandError> {
    let choice = match choice {
        CloseChoice::Tray => OnClose::Tray,
        CloseChoice::Quit => OnClose::Quit,
    };
    closing::answer(&app, choice, remember)
}

/// What is offered now, for a page that starts.
#[tauri::command]
#[specta::specta]
pub(crate) fn offered(offers: State<'_, Offers>) -> Result<Option<Offer>, CommandError> {
    Ok(offers.open())
}

/// The offer was answered, with yes or no: it does not come again.
#[tauri::command]
#[specta::specta]
pub(crate) fn decline_offer(offers: State<'_, Offers>) -> Result<(), CommandError> {
    offers.close();
    Ok(())
}

/// What this start was given by another program, for a page that starts. It is taken by asking for it; later wishes are
/// told by `Wished` alone.
#[tauri::command]
#[specta::specta]
pub(crate) fn wished(
    asking: State<'_, Asking>,
    wishes: State<'_, Wishes>,
) -> Result<Option<Wish>, CommandError> {
    // The page listens by now.
    asking.can();
    Ok(wishes.take())
}
