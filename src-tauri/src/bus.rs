//! The desktop's message bus, for what Tauri does not speak: whether the program runs already, who has a tray,
//! notifications that can be clicked, progress in the task bar, and files shown in their folder.
//!
//! GIO speaks it, which the window's toolkit brings along. It hears by the main loop and looks for nothing by itself.

use std::{env, path::Path, sync::OnceLock, time::Duration};

use gtk::{
    gio::{
        self, BusType, Cancellable, DBusCallFlags, DBusConnection, DBusSignalFlags, IOErrorEnum,
    },
    glib::{self, Variant},
};

static SESSION: OnceLock<DBusConnection> = OnceLock::new();

/// One connection for all, made when it is first needed. Blocks for as long as that takes.
///
/// # Errors
/// When there is no bus.
pub(crate) fn session() -> Result<DBusConnection, glib::Error> {
    if let Some(bus) = SESSION.get() {
        return Ok(bus.clone());
    }
    if !is_there() {
        return Err(glib::Error::new(IOErrorEnum::NotFound, "there is no message bus"));
    }
    let bus = gio::bus_get_sync(BusType::Session, Cancellable::NONE)?;
    // GIO would end the program together with the bus.
    bus.set_exit_on_close(false);
    Ok(SESSION.get_or_init(|| bus).clone())
}

/// Asks something of somebody on the bus, on a thread that may wait for the answer.
///
/// # Errors
/// When there is no bus, nobody who answers, or a refusal.
pub(crate) async fn ask<T: Send + 'static>(
    question: impl FnOnce(&DBusConnection) -> Result<T, glib::Error> + Send + 'static,
) -> Result<T, glib::Error> {
    let asked = tauri::async_runtime::spawn_blocking(move || question(&session()?)).await;
    asked.unwrap_or_else(|_| Err(glib::Error::new(IOErrorEnum::Failed, "nobody asked")))
}

/// The bus itself.
pub(crate) const BUS: Peer<'static> = Peer {
    name: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
};

/// Somebody on the bus, who is started by a call where the desktop knows how.
pub(crate) struct Peer<'a> {
    pub(crate) name: &'a str,
    pub(crate) path: &'a str,
    pub(crate) interface: &'a str,
}

impl Peer<'_> {
    /// Waits for the answer, by default for 25 seconds.
    pub(crate) fn call(
        &self,
        bus: &DBusConnection,
        method: &str,
        given: &Variant,
        patience: Option<Duration>,
    ) -> Result<Variant, glib::Error> {
        let patience = patience.and_then(|patience| i32::try_from(patience.as_millis()).ok());
        bus.call_sync(
            Some(self.name),
            self.path,
            self.interface,
            method,
            Some(given),
            None,
            DBusCallFlags::NONE,
            patience.unwrap_or(-1),
            Cancellable::NONE,
        )
    }

    /// Hears a signal from now on, by the main loop. `about` is what the signal names first, where only that is wanted.
    pub(crate) fn hear(
        &self,
        bus: &DBusConnection,
        signal: &str,
        about: Option<&str>,
        hear: impl Fn(&Variant) + Send + 'static,
    ) {
        bus.signal_subscribe(
            Some(self.name),
            Some(self.interface),
            Some(signal),
            Some(self.path),
            about,
            DBusSignalFlags::NONE,
            move |_, _, _, _, _, told| hear(told),
        );
    }
}

/// Where there is none GIO would start one, which nobody else is on.
fn is_there() -> bool {
    let is_named = env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|it| !it.is_empty());
    let of_user = || env::var_os("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("bus"));
    is_named || of_user().is_some_and(|bus| bus.exists())
}
