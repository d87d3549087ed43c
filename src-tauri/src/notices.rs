//! What the system tells the user for us, silently: without a sound, and only what was waited for.

use shiwen_core::TaskId;
use tauri::AppHandle;

/// A notification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    /// May be empty.
    pub(crate) body: String,
    /// The task to show when it is clicked.
    pub(crate) task: Option<TaskId>,
    /// That task has a text, which a button may copy.
    pub(crate) copies: bool,
    /// The one that it takes the place of, where that is still shown.
    pub(crate) replaces: Option<u32>,
}

/// Shows it, where there is somebody who does, and answers its number.
pub(crate) async fn show(app: &AppHandle, notice: Notice) -> Option<u32> {
    match system::show(app, notice).await {
        Ok(id) => id,
        Err(error) => {
            tracing::info!(%error, "nobody shows notifications");
            None
        }
    }
}

#[cfg(target_os = "linux")]
mod system {
    //! <https://specifications.freedesktop.org/notification-spec/latest/protocol.html>, spoken here: the library for it
    //! keeps a thread and a connection for each notification that can be clicked, for as long as it stays on the
    //! desktop.

    use std::{
        collections::{HashMap, VecDeque},
        sync::{Mutex, Once, PoisonError},
    };

    use gtk::{
        gio::DBusConnection,
        glib::{self, prelude::*},
    };
    use shiwen_core::TaskId;
    use tauri::AppHandle;

    use super::Notice;
    use crate::{
        bus::{self, Peer},
        commands::clipboard,
        language, window,
    };

    const SERVICE: Peer<'static> = Peer {
        name: "org.freedesktop.Notifications",
        path: "/org/freedesktop/Notifications",
        interface: "org.freedesktop.Notifications",
    };
    /// So many of the last notifications can be clicked.
    const CLICKABLE: usize = 50;
    /// A click on the notification itself.
    const OPEN: &str = "default";
    const COPY: &str = "copy";

    static SHOWN: Mutex<VecDeque<(u32, TaskId)>> = Mutex::new(VecDeque::new());
    static LISTENING: Once = Once::new();

    pub(super) async fn show(app: &AppHandle, notice: Notice) -> Result<Option<u32>, glib::Error> {
        let app = app.clone();
        bus::ask(move |bus| {
            LISTENING.call_once(|| listen(bus, app.clone()));
            let id = notify(bus, &app, &notice)?;
            let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
            shown.retain(|(known, _)| Some(*known) != id);
            shown.extend(id.zip(notice.task));
            if shown.len() > CLICKABLE {
                shown.pop_front();
            }
            Ok(id)
        })
        .await
    }

    fn notify(
        bus: &DBusConnection,
        app: &AppHandle,
        notice: &Notice,
    ) -> Result<Option<u32>, glib::Error> {
        let words = language::words(app);
        let (open, copy) = (words.say("notice.open", &[]), words.say("notice.copy", &[]));
        let actions: &[&str] = match (notice.task, notice.copies) {
            (Some(_), true) => &[OPEN, &open, COPY, &copy],
            (Some(_), false) => &[OPEN, &open],
            (None, _) => &[],
        };
        let hints = HashMap::from([
            ("desktop-entry", "shiwen".to_variant()),
            ("suppress-sound", true.to_variant()),
        ]);
        let program = words.say("app.name", &[]);
        let replaces = notice.replaces.unwrap_or_default();
        let body = escaped(&notice.body);
        // As long as the desktop usually shows one.
        let usual = -1;
        let told = (&*program, replaces, "shiwen", &*notice.title, &*body, actions, hints, usual);
        let answer = SERVICE.call(bus, "Notify", &told.to_variant(), None)?;
        Ok(answer.get::<(u32,)>().map(|(id,)| id))
    }

    /// Hears the clicks on ours among those on all notifications of the desktop.
    fn listen(bus: &DBusConnection, app: AppHandle) {
        SERVICE.hear(bus, "ActionInvoked", None, move |told| {
            let Some((id, action)) = told.get::<(u32, String)>() else { return };
            let app = app.clone();
            // The main loop hears, which what follows must not hold up.
            tauri::async_runtime::spawn_blocking(move || click(&app, id, &action));
        });
    }

    fn click(app: &AppHandle, id: u32, action: &str) {
        let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let task = shown.iter().find(|(known, _)| *known == id).map(|(_, task)| *task);
        drop(shown);
        match task {
            Some(task) if action == COPY => {
                if let Err(error) = clipboard::copy_text_of(app, task) {
                    tracing::warn!(%error.message, "the text was not copied");
                }
            }
            Some(task) => window::call(app, task),
            None => {}
        }
    }

    /// Services may read a little markup in the body, and what is told is text.
    fn escaped(body: &str) -> String {
        body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_title_from_outside_is_no_markup() {
            assert_eq!(escaped("<b>R&D</b>"), "&lt;b&gt;R&amp;D&lt;/b&gt;");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use notify_rust::Notification;
    use tauri::AppHandle;

    use super::Notice;

    /// Nobody tells of clicks here, and none takes another one's place.
    pub(super) async fn show(
        app: &AppHandle,
        notice: Notice,
    ) -> Result<Option<u32>, notify_rust::error::Error> {
        let mut shown = Notification::new();
        shown.summary(&notice.title).body(&notice.body);
        #[cfg(windows)]
        shown.app_id(&app.config().identifier);
        #[cfg(target_os = "macos")]
        // Only the first call says who it comes from; later ones fail, which changes nothing.
        let _ = notify_rust::set_application(&app.config().identifier);
        let show = move || shown.show().map(|_| None);
        // The system may be waited for.
        tauri::async_runtime::spawn_blocking(show).await.unwrap_or(Ok(None))
    }
}
