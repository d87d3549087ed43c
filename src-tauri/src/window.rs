//! The one window.

use std::{sync::Once, time::Duration};

use serde::Serialize;
use shiwen_core::TaskId;
use shiwen_session::Theme;
use tauri::{
    AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder, WindowEvent, window::Color,
};

use crate::{
    background,
    changes::Tell,
    closing, copied, dropped,
    ipc::{FirstScreen, TaskCalled},
    shell::Shell,
};

const NAME: &str = "main";
/// A page that does not load is shown too: an empty window can at least be closed.
const APPEARS_WITHIN: Duration = Duration::from_secs(3);
/// Nothing answers there, and no program of an ordinary user may listen on so low a port.
const NOWHERE: &str = "http://127.0.0.1:9";
/// The page's own addresses: on most systems, on Windows, and while it is developed.
const OWN: &str = if cfg!(feature = "custom-protocol") {
    "['tauri://localhost', 'http://tauri.localhost', 'https://tauri.localhost']"
} else {
    "['http://localhost:1420']"
};
/// `--desk` of the design tokens, so that the window has its ground before the page is there.
const DESK_LIGHT: Color = Color(0xE9, 0xEC, 0xEC, 0xFF);
const DESK_DARK: Color = Color(0x0D, 0x13, 0x1D, 0xFF);

pub(crate) fn open(app: &AppHandle, first: Option<FirstScreen>) -> tauri::Result<()> {
    let shell = app.state::<Shell>();
    let theme = first.as_ref().map_or(Theme::System, |first| first.settings.theme);
    let font_size = first.as_ref().map(|first| first.settings.font_size);
    let mut builder = WebviewWindowBuilder::new(app, NAME, WebviewUrl::default())
        .title("拾文")
        .inner_size(1180.0, 760.0)
        .min_inner_size(720.0, 520.0)
        .visible(false)
        .on_navigation(is_own_page)
        .theme(match theme {
            Theme::System => None,
            Theme::Light => Some(tauri::Theme::Light),
            Theme::Dark => Some(tauri::Theme::Dark),
        });
    if !cfg!(target_os = "linux") {
        // Drops are read by the page itself, from `dataTransfer`. On Linux it is kept from the files in it.
        builder = builder.disable_drag_drop_handler();
    }
    if cfg!(all(target_os = "linux", feature = "custom-protocol")) {
        // The page needs no network, and no policy of its own stops the connections that WebKit opens beforehand for
        // a `<link rel=preconnect>` or a clicked link. Through this none of them leaves, and no name is looked up.
        builder = builder.proxy_url(NOWHERE.parse().map_err(tauri::Error::InvalidUrl)?);
    }
    // Where the history cannot be opened its folder is left alone, and may not even be one.
    builder = builder.data_directory(match &first {
        Some(first) if first.app_state.problem.is_none() => shell.webview_folder(),
        _ => std::env::temp_dir().join(&app.config().identifier),
    });
    if let Some(first) = first {
        builder = builder.initialization_script(handing(&first)?);
    }
    let window = builder.build()?;
    let late = app.clone();
    background::spawn(async move {
        tokio::time::sleep(APPEARS_WITHIN).await;
        appear(&late);
    });
    if let Some(font_size) = font_size {
        size(app, font_size);
    }
    let closing = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => closing::requested(&closing, api),
        WindowEvent::DragDrop(event) => dropped::hear(closing.app_handle(), event),
        WindowEvent::Focused(true) => copied::ring(closing.app_handle()),
        _ => {}
    });
    let dark = matches!(window.theme(), Ok(tauri::Theme::Dark));
    window.set_background_color(Some(if dark { DESK_DARK } else { DESK_LIGHT }))
}

/// The script that hands `first` over to the page. It runs in whatever page is shown, and this is the user's history.
fn handing(first: &impl Serialize) -> serde_json::Result<String> {
    // As a text of JSON an engine reads it faster than as a part of the script.
    let text = serde_json::to_string(&serde_json::to_string(first)?)?;
    Ok(format!(
        "if ({OWN}.includes(location.protocol + '//' + location.host)) \
           window.__SHIWEN__ = JSON.parse({text});"
    ))
}

/// Puts the window on the screen, once, when its page has all that it needs to be drawn.
///
/// What loads a page is read on the window's own thread. WebKitGTK (2.50) has that thread wait for the page's process
/// whenever a visible window is drawn, up to half a second, and while the page still loads each waits for the other.
pub(crate) fn appear(app: &AppHandle) {
    static APPEARED: Once = Once::new();
    let Some(window) = app.get_webview_window(NAME) else { return };
    APPEARED.call_once(|| {
        if let Err(error) = window.show() {
            tracing::error!(%error, "the window cannot be shown");
        }
    });
}

/// Brings the window to the front, for another start, the tray and notifications.
pub(crate) fn focus(app: &AppHandle) {
    closing::stay(app);
    if let Some(window) = app.get_webview_window(NAME) {
        // Each of them may be impossible on some desktops; the next still helps.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Brings the window to the front with a task in it.
pub(crate) fn call(app: &AppHandle, task: TaskId) {
    focus(app);
    if let Err(error) = TaskCalled(task).emit(app) {
        tracing::warn!(%error, "the window was not told");
    }
}

pub(crate) fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(NAME)
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "the window stays");
    }
}

/// Not hidden and not an icon alone. Another window may be over it.
pub(crate) fn is_visible(app: &AppHandle) -> bool {
    app.get_webview_window(NAME).is_some_and(|window| {
        window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(false)
    })
}

/// Whether the user works in it.
pub(crate) fn is_focused(app: &AppHandle) -> bool {
    app.get_webview_window(NAME).is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Shows progress in the task bar, where that is the window's own.
#[cfg(not(target_os = "linux"))]
pub(crate) fn progress(app: &AppHandle, progress: tauri::window::ProgressBarState) {
    if let Some(window) = app.get_webview_window(NAME)
        && let Err(error) = window.set_progress_bar(progress)
    {
        tracing::warn!(%error, "the task bar shows no progress");
    }
}

/// Draws the page at `percent` of its usual size. The page is told of a window that is smaller by as much, so that what
/// suits a narrow window suits large letters too.
pub(crate) fn size(app: &AppHandle, percent: u16) {
    if let Some(window) = app.get_webview_window(NAME)
        && let Err(err) = window.set_zoom(f64::from(percent) / 100.0)
    {
        tracing::warn!(error = %err, percent, "the page keeps its size");
    }
}

/// The page never leaves the program: a strict CSP does not stop a top-level navigation.
fn is_own_page(url: &Url) -> bool {
    let dev = cfg!(not(feature = "custom-protocol")) && url.host_str() == Some("localhost");
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || dev
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_handed_over_as_what_it_is() {
        let title = "\"); alert(1); // \\ </script> \u{2028}\u{0} '`${1}";
        let script = handing(&[title]).unwrap();
        let (_, text) = script.split_once("JSON.parse(").unwrap();
        let text: String = serde_json::from_str(text.strip_suffix(");").unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<[String; 1]>(&text).unwrap(), [title]);
    }

    #[test]
    fn the_page_cannot_leave_the_program() {
        for (url, own) in [
            ("tauri://localhost/index.html", true),
            ("http://tauri.localhost/", true),
            ("http://127.0.0.1:8799/nav?secret=1", false),
            ("https://tauri.localhost.example.com/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_own_page(&url.parse().unwrap()), own, "{url}");
        }
    }
}
