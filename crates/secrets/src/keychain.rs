//! One keychain item per provider: a JSON object of that provider's secret fields.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use keyring_core::{Entry, Error};
use secrecy::zeroize::Zeroizing;
use shiwen_core::ProviderId;

use crate::{Fields, Secret, platform};

/// Names the items and must never change, or saved keys are lost.
const SERVICE: &str = "app.shiwen.desktop";

/// What the credential store of Windows holds in one item, in bytes of UTF-16. Kept everywhere, so
/// that what can be saved on one system can be saved on all.
const LONGEST: usize = 2560;

/// Why the keychain did not do what was asked. One variant per thing the user can do about it; none
/// carries what the item holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// No message bus, through which every keychain of Linux is reached. It may appear later: asking again helps then.
    #[error("there is no message bus to reach a keychain through")]
    NoBus,
    /// A message bus without a secret service. It may appear later, too.
    #[error("this system has no keychain")]
    Missing,
    /// A secret service without a default collection: the user must create a login keyring.
    #[error("the keychain has no collection to save in")]
    NoCollection,
    /// Locked, and the user did not unlock it.
    #[error("the keychain is locked")]
    Locked,
    /// The fields of one provider are longer than an item may be (2,560 bytes of UTF-16).
    #[error("the keys are too long for the keychain")]
    TooLong,
    #[error("the keychain failed: {0}")]
    Failed(String),
}

type Open = Box<dyn Fn(&str, &str) -> Result<Entry, KeychainError> + Send + Sync>;

/// The user's keychain. Opened anew for each call, so a failure is never remembered; what was read
/// or saved is kept for the run, so each item is read once.
///
/// `load`, `save` and `forget` block: milliseconds as a rule, as long as the user takes when the
/// system asks for a password. Call them from a thread that may wait.
pub struct Keychain {
    service: String,
    open: Open,
    known: Mutex<BTreeMap<ProviderId, Option<Fields>>>,
    /// Held while the system is asked, so that two callers cause one prompt.
    asking: Mutex<()>,
}

impl Keychain {
    #[expect(clippy::new_without_default, reason = "it is the user's own keychain, to be named")]
    pub fn new() -> Self {
        Self::named(SERVICE.to_owned(), Box::new(platform::entry))
    }

    /// Items apart from the user's own, for tests.
    pub fn with_suffix(suffix: &str) -> Self {
        Self::named(format!("{SERVICE}.{suffix}"), Box::new(platform::entry))
    }

    pub(crate) fn named(service: String, open: Open) -> Self {
        Self { service, open, known: Mutex::default(), asking: Mutex::default() }
    }

    /// The provider's secrets; none when nothing was saved. Blocks.
    ///
    /// # Errors
    /// When the keychain cannot be read, or holds something that Shiwen did not write.
    pub fn load(&self, provider: ProviderId) -> Result<Option<Fields>, KeychainError> {
        if let Some(known) = lock(&self.known).get(&provider) {
            return Ok(known.clone());
        }
        let _asking = lock(&self.asking);
        // Somebody else may have asked while this call waited for its turn.
        if let Some(known) = lock(&self.known).get(&provider) {
            return Ok(known.clone());
        }
        let fields = match self.entry(provider)?.get_password() {
            Ok(value) => Some(decode(&Zeroizing::new(value))?),
            Err(Error::NoEntry) => None,
            Err(err) => return Err(why(err)),
        };
        lock(&self.known).insert(provider, fields.clone());
        Ok(fields)
    }

    /// Saves all of the provider's secrets, in place of those saved before. Blocks.
    ///
    /// # Errors
    /// When the keychain refuses; what was saved before then stays.
    pub fn save(&self, provider: ProviderId, fields: &Fields) -> Result<(), KeychainError> {
        let value = encode(fields);
        if value.encode_utf16().count() * 2 > LONGEST {
            return Err(KeychainError::TooLong);
        }
        let _asking = lock(&self.asking);
        self.entry(provider)?.set_password(&value).map_err(why)?;
        lock(&self.known).insert(provider, Some(fields.clone()));
        Ok(())
    }

    /// Removes the provider's item, and any double of it. Blocks.
    ///
    /// # Errors
    /// When the keychain refuses; that nothing was saved is no error.
    pub fn forget(&self, provider: ProviderId) -> Result<(), KeychainError> {
        let _asking = lock(&self.asking);
        let removed = match self.entry(provider)?.delete_credential() {
            Err(Error::Ambiguous(doubles)) => doubles.iter().try_for_each(Entry::delete_credential),
            removed => removed,
        };
        match removed {
            Ok(()) | Err(Error::NoEntry) => {}
            Err(err) => return Err(why(err)),
        }
        lock(&self.known).insert(provider, None);
        Ok(())
    }

    fn entry(&self, provider: ProviderId) -> Result<Entry, KeychainError> {
        (self.open)(&self.service, provider.as_str())
    }
}

/// The maps stay whole even if a thread died while it held them.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn encode(fields: &Fields) -> Zeroizing<String> {
    let bare: BTreeMap<&str, &str> =
        fields.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect();
    // A map of strings always has a JSON form.
    Zeroizing::new(serde_json::to_string(&bare).unwrap_or_default())
}

fn decode(value: &str) -> Result<Fields, KeychainError> {
    // serde's own words may quote the value.
    let bare: BTreeMap<String, String> = serde_json::from_str(value)
        .map_err(|_| KeychainError::Failed("the item is not one of ours".to_owned()))?;
    Ok(bare.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
}

/// Takes the error by value and never prints it: two of its variants hold the secret.
fn why(err: Error) -> KeychainError {
    match err {
        Error::NoStorageAccess(err) => platform::refusal(&err).unwrap_or(KeychainError::Locked),
        Error::PlatformFailure(err) => {
            platform::refusal(&err).unwrap_or_else(|| KeychainError::Failed(err.to_string()))
        }
        Error::NoDefaultStore => KeychainError::Missing,
        Error::TooLong(..) => KeychainError::TooLong,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::Failed("the item is not one of ours".to_owned())
        }
        Error::Ambiguous(_) => KeychainError::Failed("the item is there more than once".to_owned()),
        _ => KeychainError::Failed("the keychain refused without a reason".to_owned()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use keyring_core::{api::CredentialStoreApi, mock};

    use super::*;

    const CANARY: &str = "CANARY-4f1c0a77";

    /// A keychain in memory that counts how often it was opened.
    pub(crate) struct Mock {
        pub(crate) store: Arc<mock::Store>,
        pub(crate) opened: Arc<AtomicUsize>,
    }

    impl Mock {
        pub(crate) fn new() -> Self {
            Self { store: mock::Store::new().unwrap(), opened: Arc::default() }
        }

        pub(crate) fn keychain(&self) -> Keychain {
            let (store, opened) = (self.store.clone(), self.opened.clone());
            let open = move |service: &str, account: &str| {
                opened.fetch_add(1, Ordering::Relaxed);
                Ok(store.build(service, account, None).unwrap())
            };
            Keychain::named("test".to_owned(), Box::new(open))
        }

        pub(crate) fn opened(&self) -> usize {
            self.opened.load(Ordering::Relaxed)
        }

        fn fail_next(&self, err: Error) {
            let entry = self.store.build("test", "coze", None).unwrap();
            entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(err);
        }
    }

    pub(crate) fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
    }

    pub(crate) fn bare(fields: &Fields) -> Vec<(&str, &str)> {
        fields.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect()
    }

    #[test]
    fn what_was_saved_is_there_in_the_next_run() {
        let mock = Mock::new();
        let saved = fields(&[("token", "a\"b"), ("history_token", "密钥")]);

        mock.keychain().save(ProviderId::Coze, &saved).unwrap();

        let next_run = mock.keychain();
        let loaded = next_run.load(ProviderId::Coze).unwrap().unwrap();
        assert_eq!(bare(&loaded), bare(&saved));
        assert!(next_run.load(ProviderId::Momoget).unwrap().is_none());
    }

    #[test]
    fn an_item_is_read_once_in_a_run() {
        let mock = Mock::new();
        let keychain = mock.keychain();
        for _ in 0..3 {
            assert!(keychain.load(ProviderId::Coze).unwrap().is_none());
        }
        assert_eq!(mock.opened(), 1);
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let mock = Mock::new();
        let keychain = mock.keychain();
        mock.fail_next(Error::NoStorageAccess("closed".into()));

        assert_eq!(keychain.load(ProviderId::Coze).unwrap_err(), KeychainError::Locked);
        assert!(keychain.load(ProviderId::Coze).unwrap().is_none());
    }

    #[test]
    fn forgetting_removes_the_item_and_may_be_repeated() {
        let mock = Mock::new();
        let keychain = mock.keychain();
        keychain.save(ProviderId::Coze, &fields(&[("token", "t")])).unwrap();

        keychain.forget(ProviderId::Coze).unwrap();
        keychain.forget(ProviderId::Coze).unwrap();

        assert!(keychain.load(ProviderId::Coze).unwrap().is_none());
        assert!(mock.keychain().load(ProviderId::Coze).unwrap().is_none());
    }

    #[test]
    fn an_item_holds_2560_bytes_of_utf_16() {
        let keychain = Mock::new().keychain();
        let overhead = r#"{"token":""}"#.len();
        let longest = "钥".repeat(LONGEST / 2 - overhead);
        let save = |token: &str| keychain.save(ProviderId::Coze, &fields(&[("token", token)]));

        assert_eq!(save(&longest), Ok(()));
        assert_eq!(save(&format!("{longest}x")), Err(KeychainError::TooLong));
    }

    #[test]
    fn no_error_prints_what_the_item_holds() {
        let canary = || CANARY.as_bytes().to_vec();
        for err in [
            Error::BadEncoding(canary()),
            Error::BadDataFormat(canary(), CANARY.into()),
            Error::Invalid("password".to_owned(), CANARY.to_owned()),
        ] {
            let err = why(err);
            assert!(matches!(err, KeychainError::Failed(_)));
            let printed = format!("{err:?} {err}");
            assert!(!printed.contains(CANARY), "{printed}");
            assert!(!printed.contains(&format!("{:?}", canary())), "{printed}");
        }
        let err = decode(CANARY).unwrap_err();
        assert!(!format!("{err:?} {err}").contains(CANARY));
    }
}
