//! The keys that take the clipboard from anywhere.
//!
//! Spoken through the library that Tauri's own plugin wraps: the plugin starts its thread with the program and keeps it
//! for good, which looks for keys twenty times a second on X11. Here there is one only while there are keys.

use std::{
    cell::RefCell,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use global_hotkey::{
    GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState,
    hotkey::{Code, HotKey, Modifiers},
};
use tauri::{AppHandle, Manager};

use crate::errand;

thread_local! {
    /// On the main thread alone: macOS and Windows hand the keys to no other.
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

struct Held {
    manager: GlobalHotKeyManager,
    key: HotKey,
}

/// Whether the keys of the settings are in force.
#[derive(Debug, Default)]
pub(crate) struct Shortcut {
    refused: AtomicBool,
    listening: AtomicBool,
}

/// Why keys are not in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShortcutError {
    /// They are no keys, or such that other programs would lose what is typed.
    #[error("not a combination of keys that could be taken")]
    Invalid,
    #[error("another program has these keys")]
    Taken,
    /// The desktop gives no program keys that work from anywhere.
    #[error("this desktop has no global shortcuts")]
    NotHere,
}

/// Whether the desktop lets a program have such keys. Wayland does not, not even where old programs run in it: their
/// keys would only work while one of these is in front.
pub(crate) fn is_possible() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let wayland = std::env::var("XDG_SESSION_TYPE").is_ok_and(|kind| kind == "wayland");
    set("DISPLAY") && !wayland && !set("WAYLAND_DISPLAY")
}

/// The keys of the settings are not in force although there are some.
pub(crate) fn is_refused(app: &AppHandle) -> bool {
    app.state::<Shortcut>().refused.load(Ordering::Relaxed)
}

/// Puts the keys of a history that was opened in force, and no others. Not on the main thread.
pub(crate) fn settle(app: &AppHandle, keys: Option<&str>) {
    if let Err(error) = change(app, keys) {
        tracing::warn!(%error, "the shortcut is not in force");
        // Those of the history before would go on doing what nobody set here.
        let _ = change(app, None);
        app.state::<Shortcut>().refused.store(true, Ordering::Relaxed);
    }
}

/// Puts other keys in force, or none. Not on the main thread.
///
/// # Errors
/// When they cannot be; what was in force before stays so.
pub(crate) fn change(app: &AppHandle, keys: Option<&str>) -> Result<(), ShortcutError> {
    let key = keys.map(parsed).transpose()?;
    if key.is_some() && !is_possible() {
        return Err(ShortcutError::NotHere);
    }
    let state = app.state::<Shortcut>();
    if key.is_some() && !state.listening.swap(true, Ordering::Relaxed) {
        let app = app.clone();
        GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
            if event.state == HotKeyState::Pressed {
                errand::run(&app);
            }
        }));
    }
    let (answer, answered) = mpsc::channel();
    let hold = move || {
        // Who asked waits for it.
        let _ = answer.send(HELD.with_borrow_mut(|held| hold(held, key)));
    };
    app.run_on_main_thread(hold).map_err(|_| ShortcutError::NotHere)?;
    answered.recv().map_err(|_| ShortcutError::NotHere)??;
    state.refused.store(false, Ordering::Relaxed);
    Ok(())
}

fn hold(held: &mut Option<Held>, key: Option<HotKey>) -> Result<(), ShortcutError> {
    if held.as_ref().map(|held| held.key) == key {
        return Ok(());
    }
    let Some(key) = key else {
        if let Some(Held { manager, key }) = held.take() {
            // Without the manager they are free in any case.
            let _ = manager.unregister(key);
        }
        return Ok(());
    };
    let (manager, before) = match held.take() {
        Some(Held { manager, key }) => (manager, Some(key)),
        None => (GlobalHotKeyManager::new().map_err(|error| refusal(&error))?, None),
    };
    match (manager.register(key), before) {
        (Ok(()), before) => {
            if let Some(before) = before {
                let _ = manager.unregister(before);
            }
            *held = Some(Held { manager, key });
            Ok(())
        }
        (Err(error), before) => {
            *held = before.map(|key| Held { manager, key });
            Err(refusal(&error))
        }
    }
}

fn refusal(error: &global_hotkey::Error) -> ShortcutError {
    match error {
        global_hotkey::Error::AlreadyRegistered(_) => ShortcutError::Taken,
        global_hotkey::Error::OsError(_) => ShortcutError::NotHere,
        _ => ShortcutError::Invalid,
    }
}

/// Keys as Tauri writes them. A key alone, or one with Shift, is what people type; only function keys may be so.
fn parsed(keys: &str) -> Result<HotKey, ShortcutError> {
    let key: HotKey = keys.parse().map_err(|_| ShortcutError::Invalid)?;
    let held = Modifiers::CONTROL | Modifiers::ALT | Modifiers::SUPER;
    (key.mods.intersects(held) || is_function(key.key)).then_some(key).ok_or(ShortcutError::Invalid)
}

fn is_function(key: Code) -> bool {
    let name = key.to_string();
    name.strip_prefix('F').is_some_and(|number| number.parse::<u8>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_nobody_types_are_taken() {
        for (keys, sound) in [
            ("CommandOrControl+Alt+V", true),
            ("Control+Shift+KeyX", true),
            ("Super+Space", true),
            ("Alt+1", true),
            ("F9", true),
            ("Shift+F12", true),
            ("V", false),
            ("Shift+V", false),
            ("Enter", false),
            ("Control", false),
            ("Control+V+X", false),
            ("Control+无", false),
            ("+", false),
            ("", false),
        ] {
            assert_eq!(parsed(keys).is_ok(), sound, "{keys}");
        }
    }
}
