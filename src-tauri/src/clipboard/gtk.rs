//! GTK's clipboard, on the main thread. Tauri's plugin would bring libraries of its own for X11, Wayland and pictures,
//! half a megabyte, where GTK holds the connection already.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use gtk::{
    Clipboard, SelectionData, TargetEntry, TargetFlags,
    gdk::{Display, SELECTION_CLIPBOARD},
    glib::prelude::ObjectExt,
};
use tauri::AppHandle;

use crate::{
    error::{CommandError, ErrorCode},
    window,
};

/// So long the program that has the text may take to give it.
const PATIENCE: Duration = Duration::from_secs(4);

/// What programs ask a text by: GTK knows how each of them is written.
const TEXT: [&str; 6] =
    ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT", "COMPOUND_TEXT"];
const HTML: &str = "text/html";

/// What this program has put on the clipboard, as long as nobody has put something else there.
static HELD: Mutex<Weak<Held>> = Mutex::new(Weak::new());

struct Held {
    plain: String,
    html: Option<String>,
}

impl Held {
    fn targets(&self) -> Vec<TargetEntry> {
        let html = self.html.iter().map(|_| HTML);
        let targets = TEXT.into_iter().chain(html);
        targets.map(|target| TargetEntry::new(target, TargetFlags::empty(), 0)).collect()
    }

    fn give(&self, wanted: &SelectionData) {
        let target = wanted.target();
        match &self.html {
            Some(html) if target.name() == HTML => wanted.set(&target, 8, html.as_bytes()),
            _ => {
                wanted.set_text(&self.plain);
            }
        }
    }
}

pub(super) fn read(app: &AppHandle) -> Result<String, CommandError> {
    let focused = window::is_focused(app);
    let text = on_main(app, move |tell| match clipboard(focused) {
        Some(clipboard) => clipboard.request_text(move |_, text| {
            // Nobody waits any more for a program that was slow.
            let _ = tell.send(text.map(str::to_owned));
        }),
        None => drop(tell),
    })?;
    match text.recv_timeout(PATIENCE) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(failed("there is no text on the clipboard")),
        Err(_) => Err(failed("the program that has the text does not give it")),
    }
}

pub(super) fn write(
    app: &AppHandle,
    plain: String,
    html: Option<String>,
) -> Result<(), CommandError> {
    let focused = window::is_focused(app);
    let held = Arc::new(Held { plain, html });
    let ours = on_main(app, move |tell| {
        let _ = tell.send(clipboard(focused).is_some_and(|clipboard| put(&clipboard, held)));
    })?;
    match ours.recv_timeout(PATIENCE) {
        Ok(true) => Ok(()),
        _ => Err(failed("the clipboard could not be taken")),
    }
}

/// Gives what this program has on the clipboard to the desktop's own keeper, where it has one, before it ends. On the
/// main thread.
pub(crate) fn hand_over() {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
    if let (Some(held), Some(clipboard)) = (held, clipboard(true)) {
        // Only what is set like this may be given away.
        clipboard.set_text(&held.plain);
        clipboard.store();
    }
}

/// The clipboard, where this program can reach it. Wayland tells only the program that the user works in what is there,
/// and lets no other put something there: GTK would answer with what was there before, and believe that the new text is.
fn clipboard(focused: bool) -> Option<Clipboard> {
    // Without a display GTK would end the program.
    let display = Display::default()?;
    let wayland = display.type_().name() == "GdkWaylandDisplay";
    (focused || !wayland).then(|| Clipboard::get(&SELECTION_CLIPBOARD))
}

/// GTK drops `held` when another program copies something.
fn put(clipboard: &Clipboard, held: Arc<Held>) -> bool {
    let noted = Arc::downgrade(&held);
    let targets = held.targets();
    let ours = clipboard.set_with_data(&targets, move |_, wanted, _| held.give(wanted));
    *HELD.lock().unwrap_or_else(PoisonError::into_inner) = noted;
    ours
}

/// Does something on the main thread, at once where this is it, and answers where its result comes out.
fn on_main<T: Send + 'static>(
    app: &AppHandle,
    work: impl FnOnce(Sender<T>) + Send + 'static,
) -> Result<Receiver<T>, CommandError> {
    let (tell, told) = channel();
    app.run_on_main_thread(move || work(tell))
        .map_err(|error| CommandError::new(ErrorCode::ClipboardFailed, &error))?;
    Ok(told)
}

fn failed(why: &str) -> CommandError {
    CommandError::plain(ErrorCode::ClipboardFailed, why)
}
