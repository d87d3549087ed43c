//! One program for each data folder: a second start hands over what it was given, and ends.
//!
//! On Linux the first one has a name on the bus. It takes up what later starts hand over once its main loop runs, and
//! answers then; who starts waits for the answer, but not for ever. Where there is no bus other starts are not noticed:
//! the data folder's own lock is what keeps two programs apart.

/// Why this start could be neither the first one nor handed over to that.
#[derive(Debug, thiserror::Error)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "the plugin hands over itself"))]
pub(crate) enum Unanswered {
    /// It ended meanwhile, or does not listen yet. Another try helps.
    #[error("the program that is running already did not take this start")]
    Gone,
    #[error("the program that is running already does not answer; end it, then start anew")]
    Silent,
}

pub(crate) use system::{First, claim};

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    use gtk::{
        gio::{DBusConnection, DBusNodeInfo, IOErrorEnum},
        glib::{self, prelude::*},
    };
    use tauri::{
        Wry,
        plugin::{Builder, TauriPlugin},
    };

    use super::Unanswered;
    use crate::{
        bus::{self, BUS, Peer},
        wish,
    };

    const PATH: &str = "/app/shiwen/instance";
    const INTERFACE: &str = "app.shiwen.Instance";
    const DESCRIPTION: &str = "<node><interface name='app.shiwen.Instance'>\
         <method name='Start'><arg name='arguments' type='as' direction='in'/></method>\
         </interface></node>";
    /// Longer than a history takes to be opened as a rule.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// The start that stays.
    pub(crate) struct First {
        bus: Option<DBusConnection>,
    }

    /// Makes this start the first one with `identifier`; none when it was handed over to the one that is there. To be
    /// called before anything that takes time.
    pub(crate) fn claim(identifier: &str) -> Result<Option<First>, Unanswered> {
        match bus::session() {
            Ok(bus) => {
                let arguments = std::env::args_os().skip(1);
                let arguments = arguments.map(|it| it.to_string_lossy().into_owned()).collect();
                claim_on(bus, &format!("{identifier}.SingleInstance"), arguments, PATIENCE)
            }
            Err(error) => {
                tracing::info!(%error, "other starts are not noticed");
                Ok(Some(First { bus: None }))
            }
        }
    }

    fn claim_on(
        bus: DBusConnection,
        name: &str,
        arguments: Vec<String>,
        patience: Duration,
    ) -> Result<Option<First>, Unanswered> {
        match has_got(&bus, name, patience) {
            Ok(true) => Ok(Some(First { bus: Some(bus) })),
            Ok(false) => hand_over(&bus, name, arguments, patience).map(|()| None),
            Err(error) => {
                // A bus that gives no names, as in some boxes that programs are kept in.
                tracing::warn!(%error, "other starts are not noticed");
                Ok(Some(First { bus: None }))
            }
        }
    }

    /// <https://dbus.freedesktop.org/doc/dbus-specification.html#bus-messages-request-name>
    fn has_got(bus: &DBusConnection, name: &str, patience: Duration) -> Result<bool, glib::Error> {
        const DO_NOT_QUEUE: u32 = 4;
        const EXISTS: u32 = 3;
        let asked = (name, DO_NOT_QUEUE).to_variant();
        let answer = BUS.call(bus, "RequestName", &asked, Some(patience))?;
        Ok(answer.get() != Some((EXISTS,)))
    }

    fn hand_over(
        bus: &DBusConnection,
        name: &str,
        arguments: Vec<String>,
        patience: Duration,
    ) -> Result<(), Unanswered> {
        let first = Peer { name, path: PATH, interface: INTERFACE };
        let taken = first.call(bus, "Start", &(arguments,).to_variant(), Some(patience));
        taken.map(drop).map_err(|error| {
            tracing::info!(%error, "this start was not handed over");
            // Only our own patience ends so: the bus itself says that somebody is gone.
            let ran_out = error.matches(IOErrorEnum::TimedOut);
            if ran_out { Unanswered::Silent } else { Unanswered::Gone }
        })
    }

    impl First {
        /// What hears of later starts, and brings the window to the front for them.
        pub(crate) fn plugin(self) -> TauriPlugin<Wry> {
            Builder::new("single-instance")
                .setup(move |app, _| {
                    let app = app.clone();
                    let hear = move |arguments: Vec<String>| {
                        wish::hear(&app, arguments.iter().map(String::as_str));
                    };
                    Ok(self.listen(hear)?)
                })
                .build()
        }

        /// Hears by the main loop of the thread that calls this.
        fn listen(
            &self,
            hear: impl Fn(Vec<String>) + Send + Sync + 'static,
        ) -> Result<(), glib::Error> {
            let Some(bus) = &self.bus else { return Ok(()) };
            let node = DBusNodeInfo::for_xml(DESCRIPTION)?;
            let Some(interface) = node.lookup_interface(INTERFACE) else { return Ok(()) };
            bus.register_object(
                PATH,
                &interface,
                move |_, _, _, _, _, given, invocation| {
                    // The bus lets nothing else through than what is described.
                    if let Some((arguments,)) = given.get::<(Vec<String>,)>() {
                        hear(arguments);
                    }
                    invocation.return_value(None);
                },
                |_, _, _, _, _| ().to_variant(),
                |_, _, _, _, _, _| false,
            )
            .map(drop)
        }
    }

    #[cfg(all(test, feature = "window-tests"))]
    #[expect(clippy::unwrap_used, reason = "what surrounds a test may panic too")]
    mod tests {
        use std::{sync::mpsc, thread};

        use gtk::{
            gio::{Cancellable, DBusAuthObserver, DBusConnectionFlags},
            glib::MainContext,
        };
        use shiwen_headless::Desktop;

        use super::*;

        const NAME: &str = "app.shiwen.desktop.test.SingleInstance";
        const SOON: Duration = Duration::from_millis(300);

        /// A bus that nobody else is on.
        struct Bus {
            address: String,
            _desktop: Desktop,
        }

        impl Bus {
            fn start() -> Bus {
                let mut desktop = Desktop::start().unwrap();
                let mut daemon = desktop.command("dbus-daemon");
                daemon.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
                let address = desktop.start_and_read_line(daemon).unwrap();
                Bus { address, _desktop: desktop }
            }

            fn connect(&self) -> DBusConnection {
                let flags = DBusConnectionFlags::AUTHENTICATION_CLIENT
                    | DBusConnectionFlags::MESSAGE_BUS_CONNECTION;
                let nobody = None::<&DBusAuthObserver>;
                DBusConnection::for_address_sync(&self.address, flags, nobody, Cancellable::NONE)
                    .unwrap()
            }

            fn claim(&self, name: &str, patience: Duration) -> Result<Option<First>, Unanswered> {
                let arguments = vec!["shiwen://extract?text=一".to_owned()];
                claim_on(self.connect(), name, arguments, patience)
            }
        }

        /// Listens by a main loop of its own, which does not run by itself.
        fn listening(first: &First) -> (MainContext, mpsc::Receiver<Vec<String>>) {
            let (hear, heard) = mpsc::channel();
            let context = MainContext::new();
            let listen = || first.listen(move |arguments| hear.send(arguments).unwrap());
            context.with_thread_default(listen).unwrap().unwrap();
            (context, heard)
        }

        #[test]
        fn a_second_start_hands_over_what_it_was_given() {
            let bus = Bus::start();
            let first = bus.claim(NAME, PATIENCE).unwrap().unwrap();
            let (context, heard) = listening(&first);
            thread::scope(|scope| {
                let second = scope.spawn(|| bus.claim(NAME, PATIENCE).unwrap().is_none());
                let arguments = loop {
                    context.iteration(true);
                    if let Ok(arguments) = heard.try_recv() {
                        break arguments;
                    }
                };
                assert_eq!(arguments, ["shiwen://extract?text=一"]);
                assert!(second.join().unwrap(), "it was told that it may end");
            });
        }

        #[test]
        fn another_name_is_another_program() {
            let bus = Bus::start();
            let _first = bus.claim(NAME, SOON).unwrap().unwrap();
            assert!(bus.claim("app.shiwen.desktop.SingleInstance", SOON).unwrap().is_some());
        }

        #[test]
        fn a_first_one_that_does_not_answer_is_not_waited_for_long() {
            let bus = Bus::start();
            let first = bus.claim(NAME, SOON).unwrap().unwrap();
            assert!(
                matches!(bus.claim(NAME, SOON), Err(Unanswered::Gone)),
                "it does not listen yet"
            );
            let (_context, _heard) = listening(&first);
            assert!(matches!(bus.claim(NAME, SOON), Err(Unanswered::Silent)));
        }

        #[test]
        fn a_first_one_that_ends_meanwhile_leaves_its_place() {
            let bus = Bus::start();
            let first = bus.claim(NAME, SOON).unwrap().unwrap();
            let (_context, _heard) = listening(&first);
            thread::scope(|scope| {
                let second = scope.spawn(|| bus.claim(NAME, PATIENCE));
                thread::sleep(SOON);
                first.bus.as_ref().unwrap().close_sync(Cancellable::NONE).unwrap();
                assert!(matches!(second.join().unwrap(), Err(Unanswered::Gone)));
            });
            assert!(bus.claim(NAME, SOON).unwrap().is_some());
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use tauri::{Wry, plugin::TauriPlugin};

    use super::Unanswered;
    use crate::wish;

    pub(crate) struct First;

    /// The plugin finds out.
    pub(crate) fn claim(_identifier: &str) -> Result<Option<First>, Unanswered> {
        Ok(Some(First))
    }

    impl First {
        pub(crate) fn plugin(self) -> TauriPlugin<Wry> {
            tauri_plugin_single_instance::Builder::new()
                .callback(|app, arguments, _| wish::hear(app, arguments.iter().map(String::as_str)))
                .build()
        }
    }
}
