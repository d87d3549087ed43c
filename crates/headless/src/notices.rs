//! A notification service that shows nothing and keeps everything, as
//! <https://specifications.freedesktop.org/notification-spec/latest/protocol.html> has it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::blocking::{Connection, connection};
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const INTERFACE: &str = NAME;

/// What a program wanted to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: u32,
    /// What the program calls itself.
    pub program: String,
    pub title: String,
    pub body: String,
    /// The names of its buttons; `default` stands for a click on the notice.
    pub actions: Vec<String>,
    /// Whether it asked for a sound, by name or by file.
    pub sound: bool,
}

/// The service, on the bus until it is dropped.
#[derive(Debug)]
pub struct Notices {
    connection: Connection,
    shown: Shown,
}

type Shown = Arc<Mutex<Vec<Notice>>>;

impl Notices {
    pub(crate) fn start(bus: &str) -> zbus::Result<Notices> {
        let shown = Shown::default();
        let board = Board { shown: Arc::clone(&shown) };
        let connection =
            connection::Builder::address(bus)?.serve_at(PATH, board)?.name(NAME)?.build()?;
        Ok(Notices { connection, shown })
    }

    /// All that was shown so far, oldest first; one that replaces another stands in its place.
    pub fn shown(&self) -> Vec<Notice> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Clicks on a notice (`default`) or on one of its buttons.
    pub fn click(&self, notice: &Notice, action: &str) -> zbus::Result<()> {
        let to = None::<&str>;
        self.connection.emit_signal(to, PATH, INTERFACE, "ActionInvoked", &(notice.id, action))
    }
}

struct Board {
    shown: Shown,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Board {
    fn get_capabilities(&self) -> Vec<&str> {
        vec!["body", "actions", "persistence"]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("Shiwen's tests", "Shiwen", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        app_name: String,
        replaces_id: u32,
        _app_icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let replaced = shown.iter().position(|notice| notice.id == replaces_id);
        let last = shown.iter().map(|notice| notice.id).max().unwrap_or_default();
        let notice = Notice {
            id: replaced.map_or(last + 1, |_| replaces_id),
            program: app_name,
            title: summary,
            body,
            // Names and labels in turn.
            actions: actions.into_iter().step_by(2).collect(),
            sound: ["sound-name", "sound-file"].iter().any(|hint| hints.contains_key(*hint)),
        };
        let id = notice.id;
        match replaced {
            Some(at) => shown[at] = notice,
            None => shown.push(notice),
        }
        id
    }

    fn close_notification(&self, _id: u32) {}
}
