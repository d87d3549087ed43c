//! The keychain of each system. Only the secret service part was ever run; the parts for Windows
//! and macOS were written from the documentation of their stores.

use std::{collections::HashMap, sync::Arc};

use keyring_core::{CredentialStore, Entry};

use crate::KeychainError;

type PlatformError = Box<dyn std::error::Error + Send + Sync>;

/// Opens the keychain anew, so that one that was not there a moment ago is found now.
pub(crate) fn entry(service: &str, account: &str) -> Result<Entry, KeychainError> {
    let store = system::store()?;
    // The name under which keychain programs list the item.
    let label = format!("拾文 Shiwen: {account}");
    let entry = store.build(service, account, Some(&system::modifiers(&label)));
    entry.map_err(|err| KeychainError::Failed(err.to_string()))
}

/// What the system's own error means, if it means anything to the user.
pub(crate) fn refusal(err: &PlatformError) -> Option<KeychainError> {
    system::refusal(err)
}

/// Says why there is no store, where that is looked for.
fn absent(reason: &dyn std::error::Error, means: KeychainError) -> KeychainError {
    tracing::warn!(%reason, "no keychain");
    means
}

#[cfg(all(unix, not(target_os = "macos")))]
mod system {
    //! <https://specifications.freedesktop.org/secret-service-spec/latest/>

    use std::{env, path::Path, time::Duration};

    use dbus::blocking::Connection;
    use dbus_secret_service::Error;
    use dbus_secret_service_keyring_store::Store;

    use super::{Arc, CredentialStore, HashMap, KeychainError, PlatformError, absent};

    /// The store gives each of its calls two seconds, in which a service that is not running yet may not come up. This
    /// is as long as the bus itself waits for one.
    const COMES_UP_WITHIN: Duration = Duration::from_secs(25);

    /// A bus that cannot be reached is told apart from one that knows no secret service.
    pub(super) fn store() -> Result<Arc<CredentialStore>, KeychainError> {
        if !has_bus() {
            tracing::warn!("no message bus");
            return Err(KeychainError::NoBus);
        }
        let bus = Connection::new_session().map_err(|err| absent(&err, KeychainError::NoBus))?;
        wake(&bus).map_err(|err| absent(&err, KeychainError::Missing))?;
        Ok(Store::new().map_err(|err| absent(&err, KeychainError::Missing))?)
    }

    /// libdbus looks for a bus once in a run, and starts one where it finds none: it must not be asked before there is one.
    fn has_bus() -> bool {
        let is_named = env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|it| !it.is_empty());
        let of_user =
            || env::var_os("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("bus"));
        is_named || of_user().is_some_and(|bus| bus.exists())
    }

    /// Whoever speaks to a service on the bus starts it.
    fn wake(bus: &Connection) -> Result<(), dbus::Error> {
        let service =
            bus.with_proxy("org.freedesktop.secrets", "/org/freedesktop/secrets", COMES_UP_WITHIN);
        service.method_call("org.freedesktop.DBus.Peer", "Ping", ())
    }

    pub(super) fn modifiers(label: &str) -> HashMap<&'static str, &str> {
        HashMap::from([("label", label)])
    }

    pub(super) fn refusal(err: &PlatformError) -> Option<KeychainError> {
        match err.downcast_ref::<Error>()? {
            Error::NoResult => Some(KeychainError::NoCollection),
            Error::Locked | Error::Prompt => Some(KeychainError::Locked),
            Error::Unavailable => Some(KeychainError::NoBus),
            _ => None,
        }
    }
}

#[cfg(target_os = "macos")]
mod system {
    use super::{Arc, CredentialStore, HashMap, KeychainError, PlatformError, absent};

    pub(super) fn store() -> Result<Arc<CredentialStore>, KeychainError> {
        let store = apple_native_keyring_store::keychain::Store::new();
        Ok(store.map_err(|err| absent(&err, KeychainError::Missing))?)
    }

    pub(super) fn modifiers(_: &str) -> HashMap<&'static str, &str> {
        HashMap::new()
    }

    pub(super) fn refusal(_: &PlatformError) -> Option<KeychainError> {
        None
    }
}

#[cfg(windows)]
mod system {
    use super::{Arc, CredentialStore, HashMap, KeychainError, PlatformError, absent};

    pub(super) fn store() -> Result<Arc<CredentialStore>, KeychainError> {
        let store = windows_native_keyring_store::Store::new();
        Ok(store.map_err(|err| absent(&err, KeychainError::Missing))?)
    }

    /// Keeps the item on this machine instead of letting it roam with a domain account.
    pub(super) fn modifiers(_: &str) -> HashMap<&'static str, &str> {
        HashMap::from([("persistence", "Local")])
    }

    pub(super) fn refusal(_: &PlatformError) -> Option<KeychainError> {
        None
    }
}
