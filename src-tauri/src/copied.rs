//! Looks at what was copied elsewhere, for offers; only while the user wants offers.
//!
//! Nothing is asked again and again: the desktop says when something was copied (on Linux), and a window that comes to
//! the front looks. What is copied while the window is hidden is looked at when it is back.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use shiwen_core::Operation;
use tauri::{AppHandle, Manager, async_runtime::JoinHandle};
use tokio::sync::Notify;

use crate::{
    background,
    changes::Tell,
    clipboard,
    ipc::{ClipboardOffered, Offer},
    offer::{Offers, Seen},
    shell::Shell,
    window,
};

/// Some programs copy in several steps, and ours notes what it has copied first.
const SETTLED: Duration = Duration::from_millis(150);

#[derive(Default)]
pub(crate) struct Copied {
    bell: Arc<Notify>,
    looking: Mutex<Option<JoinHandle<()>>>,
    /// The desktop tells of copies.
    told: AtomicBool,
}

/// Something may have been copied.
pub(crate) fn ring(app: &AppHandle) {
    if let Some(copied) = app.try_state::<Copied>() {
        let looking = copied.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if looking.is_some() {
            copied.bell.notify_one();
        }
    }
}

/// Looks from now on, or no longer.
pub(crate) fn set(app: &AppHandle, on: bool) {
    let copied = app.state::<Copied>();
    let mut looking = copied.looking.lock().unwrap_or_else(PoisonError::into_inner);
    match looking.take() {
        Some(task) if on => *looking = Some(task),
        Some(task) => {
            task.abort();
            if app.state::<Offers>().close() {
                tell(app, None);
            }
        }
        None if on => {
            if !copied.told.swap(true, Ordering::Relaxed) {
                listen(app);
            }
            *looking = Some(background::spawn(look(app.clone(), copied.bell.clone())));
            copied.bell.notify_one();
        }
        None => {}
    }
}

async fn look(app: AppHandle, bell: Arc<Notify>) {
    loop {
        bell.notified().await;
        tokio::time::sleep(SETTLED).await;
        if !window::is_visible(&app) {
            continue;
        }
        let text = clipboard::glance(&app).await.unwrap_or_default();
        match app.state::<Offers>().see(&text) {
            Seen::Same => {}
            Seen::Gone => tell(&app, None),
            Seen::New => {
                let found = app.clone();
                let found = tauri::async_runtime::spawn_blocking(move || offer(&found, &text));
                tell(&app, found.await.ok().flatten());
            }
        }
    }
}

fn offer(app: &AppHandle, text: &str) -> Option<Offer> {
    let session = app.state::<Shell>().session().ok()?;
    let detection = session.engine.detect(text, Operation::Transcribe).ok()?;
    app.state::<Offers>().offer(text, detection)
}

fn tell(app: &AppHandle, offer: Option<Offer>) {
    if let Err(error) = ClipboardOffered(offer).emit(app) {
        tracing::warn!(%error, "the window was not told");
    }
}

/// GTK hears of each new owner of the clipboard.
#[cfg(target_os = "linux")]
fn listen(app: &AppHandle) {
    use gtk::prelude::ObjectExt;

    let app = app.clone();
    let on_main = app.clone();
    let connect = move || {
        let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
        clipboard.connect_local("owner-change", false, move |_| {
            ring(&app);
            None
        });
    };
    if let Err(error) = on_main.run_on_main_thread(connect) {
        tracing::warn!(%error, "copies are only seen when the window comes to the front");
    }
}

/// Elsewhere only a window that comes to the front looks.
#[cfg(not(target_os = "linux"))]
fn listen(_app: &AppHandle) {}
