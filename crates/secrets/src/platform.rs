//! The keychain of each system. Only the secret service part was ever run; the parts for Windows
//! and macOS were written from the documentation of their stores.

use std::{collections::HashMap, sync::Arc};

use keyring::Entry;
use keyring_core::CredentialStore;

use crate::KeychainError;

type PlatformError = Box<dyn std::error::Error + Send + Sync>;

/// Opens the keychain anew, so that one that was not there a moment ago is found now.
pub(crate) fn entry(service: &str, account: &str) -> Result<Entry, KeychainError> {
    let store = system::store().map_err(|err| {
        tracing::warn!(reason = %err, "no keychain");
        system::absence(&err)
    })?;
    // The name under which keychain programs list the item.
    let label = format!("拾文 Shiwen: {account}");
    let inner = store.build(service, account, Some(&system::modifiers(&label)));
    Ok(Entry { inner: inner.map_err(|err| KeychainError::Failed(err.to_string()))? })
}

/// What the system's own error means, if it means anything to the user.
pub(crate) fn refusal(err: &PlatformError) -> Option<KeychainError> {
    system::refusal(err)
}

#[cfg(all(unix, not(target_os = "macos")))]
mod system {
    use super::{Arc, CredentialStore, HashMap, KeychainError, PlatformError};

    pub(super) fn store() -> keyring::Result<Arc<CredentialStore>> {
        Ok(zbus_secret_service_keyring_store::Store::new()?)
    }

    pub(super) fn modifiers(label: &str) -> HashMap<&'static str, &str> {
        HashMap::from([("label", label)])
    }

    /// Why there is no store: a bus that does not answer, or one that knows no secret service.
    pub(super) fn absence(err: &keyring_core::Error) -> KeychainError {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(err);
        while let Some(err) = cause {
            // Of the two, only the connection to the bus itself is a matter of files and sockets.
            let unreachable = err.is::<Arc<std::io::Error>>()
                || matches!(err.downcast_ref(), Some(secret_service::Error::Unavailable));
            if unreachable {
                return KeychainError::NoBus;
            }
            cause = err.source();
        }
        KeychainError::Missing
    }

    pub(super) fn refusal(err: &PlatformError) -> Option<KeychainError> {
        use secret_service::Error;
        match err.downcast_ref::<Error>()? {
            Error::NoResult => Some(KeychainError::NoCollection),
            Error::Locked | Error::Prompt | Error::PromptDisconnected => {
                Some(KeychainError::Locked)
            }
            Error::Unavailable => Some(KeychainError::NoBus),
            _ => None,
        }
    }
}

#[cfg(target_os = "macos")]
mod system {
    use super::{Arc, CredentialStore, HashMap, KeychainError, PlatformError};

    pub(super) fn store() -> keyring::Result<Arc<CredentialStore>> {
        Ok(apple_native_keyring_store::keychain::Store::new()?)
    }

    pub(super) fn modifiers(_: &str) -> HashMap<&'static str, &str> {
        HashMap::new()
    }

    pub(super) fn absence(_: &keyring_core::Error) -> KeychainError {
        KeychainError::Missing
    }

    pub(super) fn refusal(_: &PlatformError) -> Option<KeychainError> {
        None
    }
}

#[cfg(windows)]
mod system {
    use super::{Arc, CredentialStore, HashMap, KeychainError, PlatformError};

    pub(super) fn store() -> keyring::Result<Arc<CredentialStore>> {
        Ok(windows_native_keyring_store::Store::new()?)
    }

    /// Keeps the item on this machine instead of letting it roam with a domain account.
    pub(super) fn modifiers(_: &str) -> HashMap<&'static str, &str> {
        HashMap::from([("persistence", "Local")])
    }

    pub(super) fn absence(_: &keyring_core::Error) -> KeychainError {
        KeychainError::Missing
    }

    pub(super) fn refusal(_: &PlatformError) -> Option<KeychainError> {
        None
    }
}
