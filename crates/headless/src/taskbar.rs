//! A task bar that draws nothing and keeps what programs tell it, as <https://wiki.ubuntu.com/Unity/LauncherAPI> has it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::MatchRule;
use zbus::blocking::{MessageIterator, connection};
use zbus::message::Type;
use zbus::zvariant::{OwnedValue, Value};

/// More than a program tells while a test looks elsewhere.
const QUEUED: usize = 512;

/// Listens on the bus for as long as the test's process lives.
#[derive(Debug)]
pub struct Taskbar {
    told: Told,
}

type Told = Arc<Mutex<Vec<Option<f64>>>>;

impl Taskbar {
    pub(crate) fn start(bus: &str) -> zbus::Result<Taskbar> {
        let connection = connection::Builder::address(bus)?.build()?;
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface("com.canonical.Unity.LauncherEntry")?
            .member("Update")?
            .build();
        let updates = MessageIterator::for_match_rule(rule, &connection, Some(QUEUED))?;
        let told = Told::default();
        let mut state = State { told: Arc::clone(&told), shown: false, part: 0.0 };
        std::thread::spawn(move || {
            for update in updates.flatten() {
                let body = update.body();
                if let Ok((_, properties)) = body.deserialize::<(String, Properties)>() {
                    state.hear(&properties);
                }
            }
        });
        Ok(Taskbar { told })
    }

    /// What the bar showed one after the other: parts from 0 to 1, or nothing.
    pub fn told(&self) -> Vec<Option<f64>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

type Properties = HashMap<String, OwnedValue>;

struct State {
    told: Told,
    shown: bool,
    part: f64,
}

impl State {
    /// What is not named stays as it was.
    fn hear(&mut self, properties: &Properties) {
        if let Some(Value::Bool(shown)) = properties.get("progress-visible").map(|value| &**value) {
            self.shown = *shown;
        }
        if let Some(Value::F64(part)) = properties.get("progress").map(|value| &**value) {
            self.part = *part;
        }
        let now = self.shown.then_some(self.part);
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(now);
    }
}
