//! The tray: recent texts, and the way back to a hidden window.
//!
//! On Linux a tray is somebody on the bus who shows icons. It may come later than this program, where both open at
//! login, and may go; without one nothing is loaded, and closing the window ends the program. It shows a menu only.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use shiwen_core::{Desk, Task, TaskChange, TaskId};
use shiwen_session::Words;
use tauri::{
    AppHandle, Manager, Wry,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{background, closing, errand, language, shell::Shell, window};

const NAME: &str = "shiwen";
const OPEN: &str = "open";
const PASTE: &str = "paste";
const QUIT: &str = "quit";
/// Before the number of a task.
const TASK: &str = "task:";
/// Recent texts in the menu.
const TEXTS: usize = 5;
/// Tasks among which they are looked for.
const LOOKED_AT: u32 = 40;
/// Characters of a title.
const LABEL: usize = 24;
/// The menu follows the tasks, but not each of many changes.
const PAUSE: Duration = Duration::from_millis(700);

#[derive(Default)]
pub(crate) struct Tray {
    started: AtomicBool,
    shown: AtomicBool,
    /// What the menu says now: words and texts.
    menu: Mutex<Option<Entries>>,
    /// Held while that changes, never by the main thread.
    refreshing: Mutex<()>,
}

impl Tray {
    fn said(&self) -> MutexGuard<'_, Option<Entries>> {
        self.menu.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entries {
    open: String,
    paste: String,
    quit: String,
    texts: Vec<(TaskId, String)>,
}

/// Whether there is a tray with our icon in it.
pub(crate) fn is_shown(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some_and(|tray| tray.shown.load(Ordering::Relaxed))
}

/// Puts the icon into the tray, as soon as there is one. Only the first call does anything.
pub(crate) fn start(app: &AppHandle) {
    if app.state::<Tray>().started.swap(true, Ordering::Relaxed) {
        return;
    }
    #[cfg(target_os = "linux")]
    {
        let app = app.clone();
        background::spawn(async move {
            if let Err(error) = host::watch(app).await {
                tracing::info!(%error, "there is no tray");
            }
        });
    }
    #[cfg(not(target_os = "linux"))]
    put(app);
}

/// Says anew what the menu says, where that is different: after a change of tasks, of the language or of the history.
/// Not on the main thread.
pub(crate) fn refresh(app: &AppHandle) {
    let Some(icon) = app.tray_by_id(NAME) else { return };
    let tray = app.state::<Tray>();
    let _alone = tray.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
    let entries = entries(app);
    if tray.said().as_ref() == Some(&entries) {
        return;
    }
    // The main thread is waited for, and may itself wait for what the menu says.
    match menu(app, &entries).and_then(|menu| icon.set_menu(Some(menu))) {
        Ok(()) => *tray.said() = Some(entries),
        Err(error) => tracing::warn!(%error, "the tray's menu was not changed"),
    }
}

/// Keeps the menu as the tasks are, until the store is gone.
pub(crate) async fn follow(app: AppHandle, mut changes: Receiver<TaskChange>) {
    // Another history may have been opened.
    let mut matters_now = true;
    loop {
        if matters_now && is_shown(&app) {
            tokio::time::sleep(PAUSE).await;
            // What was announced meanwhile is read with the rest.
            changes = changes.resubscribe();
            let app = app.clone();
            let refreshed = tauri::async_runtime::spawn_blocking(move || refresh(&app)).await;
            if let Err(error) = refreshed {
                tracing::warn!(%error, "the tray's menu was not changed");
            }
        }
        matters_now = match changes.recv().await {
            Ok(change) => matters(&change),
            Err(RecvError::Lagged(_)) => true,
            Err(RecvError::Closed) => return,
        };
    }
}

/// Only what has a text is in the menu.
fn matters(change: &TaskChange) -> bool {
    match change {
        TaskChange::Saved { task } => task.words.is_some() || task.deleted_at.is_some(),
        TaskChange::Removed { .. } | TaskChange::Reload => true,
    }
}

/// Must not be called twice while there is an icon.
fn put(app: &AppHandle) {
    let app = app.clone();
    let on_main = app.clone();
    let put = move || {
        // The library that draws it is only looked for now, and its absence is told by a panic.
        let built = catch_unwind(AssertUnwindSafe(|| build(&app)));
        match built {
            Ok(Ok(_)) => app.state::<Tray>().shown.store(true, Ordering::Relaxed),
            Ok(Err(error)) => tracing::warn!(%error, "the tray shows no icon"),
            Err(_) => tracing::warn!("the tray's library is not installed"),
        }
    };
    if let Err(error) = on_main.run_on_main_thread(put) {
        tracing::warn!(%error, "the tray shows no icon");
    }
}

fn build(app: &AppHandle) -> tauri::Result<TrayIcon<Wry>> {
    let entries = entries(app);
    let mut builder = TrayIconBuilder::with_id(NAME)
        .tooltip(language::words(app).say("app.name", &[]))
        .menu(&menu(app, &entries)?)
        .show_menu_on_left_click(cfg!(target_os = "linux"))
        .on_menu_event(|app, event| chosen(app, &event))
        .on_tray_icon_event(|tray, event| {
            // On Linux nobody tells of clicks on the icon.
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::focus(tray.app_handle());
            }
        });
    if let Some(icon) = app.default_window_icon() {
        builder = builder.icon(icon.clone());
    }
    let built = builder.build(app)?;
    *app.state::<Tray>().said() = Some(entries);
    Ok(built)
}

fn entries(app: &AppHandle) -> Entries {
    let words = language::words(app);
    let say = |key| words.say(key, &[]).into_owned();
    let tasks = app.state::<Shell>().session().ok().and_then(|session| {
        session.engine.store().tasks(Desk::Texts, None, LOOKED_AT).ok().map(|page| page.tasks)
    });
    Entries {
        open: say("tray.open"),
        paste: say("tray.paste"),
        quit: say("tray.quit"),
        texts: texts(&words, &tasks.unwrap_or_default()),
    }
}

fn texts(words: &Words, tasks: &[Task]) -> Vec<(TaskId, String)> {
    let with_text = tasks.iter().filter(|task| task.words.is_some_and(|count| count > 0));
    let platform = |task: &Task| task.link.as_ref().map_or("other", |link| link.platform.as_str());
    with_text
        .take(TEXTS)
        .map(|task| (task.id, label(words, task.title(), platform(task))))
        .collect()
}

/// The title on one line and not too long; `&` marks the letter of a key in a menu, two of them stand for one.
fn label(words: &Words, title: Option<&str>, platform: &str) -> String {
    let mut title = title.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        title = words.say(&format!("platform.{platform}"), &[]).into_owned();
    }
    let short: String = title.chars().take(LABEL).collect();
    let rest = if short.len() < title.len() { "…" } else { "" };
    format!("{}{rest}", short.replace('&', "&&"))
}

fn menu(app: &AppHandle, entries: &Entries) -> tauri::Result<Menu<Wry>> {
    let item = |id: &str, label: &str| MenuItem::with_id(app, id, label, true, None::<&str>);
    let menu = Menu::new(app)?;
    menu.append(&item(OPEN, &entries.open)?)?;
    menu.append(&item(PASTE, &entries.paste)?)?;
    if !entries.texts.is_empty() {
        menu.append(&PredefinedMenuItem::separator(app)?)?;
    }
    for (id, label) in &entries.texts {
        menu.append(&item(&format!("{TASK}{}", id.0), label)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    menu.append(&item(QUIT, &entries.quit)?)?;
    Ok(menu)
}

fn chosen(app: &AppHandle, event: &MenuEvent) {
    match event.id.as_ref() {
        OPEN => window::focus(app),
        PASTE => errand::run(app),
        QUIT => closing::quit(app),
        other => {
            let id = other.strip_prefix(TASK).and_then(|id| id.parse().ok());
            if let Some(id) = id {
                window::call(app, TaskId(id));
            }
        }
    }
}

#[cfg(target_os = "linux")]
mod host {
    //! <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/>

    use std::sync::atomic::Ordering;

    use gtk::glib::{self, prelude::*};
    use tauri::{AppHandle, Manager};

    use super::{NAME, Tray, put};
    use crate::{
        bus::{self, BUS},
        window,
    };

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";

    /// Follows the coming and going of the tray for as long as there is a bus.
    pub(super) async fn watch(app: AppHandle) -> Result<(), glib::Error> {
        bus::ask(move |bus| {
            let there = app.clone();
            BUS.hear(bus, "NameOwnerChanged", Some(WATCHER), move |told| {
                let Some((_, _, owner)) = told.get::<(String, String, String)>() else { return };
                on_main(&there, if owner.is_empty() { gone } else { come });
            });
            let answer = BUS.call(bus, "NameHasOwner", &(WATCHER,).to_variant(), None)?;
            if answer.get() == Some((true,)) {
                on_main(&app, come);
            }
            Ok(())
        })
        .await
    }

    /// There one change is seen after the other.
    fn on_main(app: &AppHandle, what: fn(&AppHandle)) {
        let there = app.clone();
        if let Err(error) = app.run_on_main_thread(move || what(&there)) {
            tracing::warn!(%error, "the tray was not looked at");
        }
    }

    fn come(app: &AppHandle) {
        // An icon that is there already finds the new tray by itself.
        match app.tray_by_id(NAME) {
            Some(_) => app.state::<Tray>().shown.store(true, Ordering::Relaxed),
            None => put(app),
        }
    }

    fn gone(app: &AppHandle) {
        let was_shown = app.state::<Tray>().shown.swap(false, Ordering::Relaxed);
        // Nothing would bring a hidden window back.
        if was_shown && !window::is_visible(app) {
            window::focus(app);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_session::Language;

    #[test]
    fn labels_fit_a_menu() {
        let words = Words::new(Language::Chinese);
        let label = |title: Option<&str>| label(&words, title, "douyin");
        assert_eq!(label(Some("第一行\n  第二行 R&D_1")), "第一行 第二行 R&&D_1");
        assert_eq!(label(Some(&"长".repeat(24))), "长".repeat(24));
        assert_eq!(label(Some(&"长".repeat(25))), format!("{}…", "长".repeat(24)));
        assert_eq!((label(None), label(Some(" "))), ("抖音".to_owned(), "抖音".to_owned()));
    }
}
