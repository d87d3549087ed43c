//! Where the engine gets a provider's secrets from, whatever keeps them.

use std::{collections::BTreeMap, sync::Mutex};

use shiwen_core::ProviderId;

use crate::{Fields, Keychain, KeychainError, keychain::lock};

/// What keeps the secrets from run to run.
pub enum Source {
    Keychain(Keychain),
    /// Given at the start and forgotten at the end: the sandbox's invented accounts, and tests.
    Fixed(BTreeMap<ProviderId, Fields>),
}

/// A provider's secrets: those of the environment, over those for this run only, over those kept.
///
/// `get`, `stored`, `save` and `forget` may block for as long as the keychain does; the other calls
/// never do.
pub struct Keys {
    source: Kept,
    environment: BTreeMap<ProviderId, Fields>,
    session: Mutex<BTreeMap<ProviderId, Fields>>,
}

enum Kept {
    Keychain(Keychain),
    Fixed(Mutex<BTreeMap<ProviderId, Fields>>),
}

impl Keys {
    /// `environment` holds what the variables `SHIWEN_<PROVIDER>_<FIELD>` said. It wins over
    /// everything and is never saved.
    pub fn new(source: Source, environment: BTreeMap<ProviderId, Fields>) -> Self {
        let source = match source {
            Source::Keychain(keychain) => Kept::Keychain(keychain),
            Source::Fixed(fields) => Kept::Fixed(Mutex::new(fields)),
        };
        Self { source, environment, session: Mutex::default() }
    }

    /// All secrets that are known of a provider, for its requests. Blocks.
    ///
    /// # Errors
    /// When the keychain cannot be read, unless the environment names secrets of this provider: a
    /// machine without a keychain then works with those alone.
    pub fn get(&self, provider: ProviderId) -> Result<Fields, KeychainError> {
        let given = self.environment.get(&provider);
        let mut fields = match (self.stored(provider), given) {
            (Ok(fields), _) => fields,
            (Err(err), Some(_)) => {
                tracing::debug!(%provider, reason = %err, "only the environment's secrets are used");
                Fields::new()
            }
            (Err(err), None) => return Err(err),
        };
        fields.extend(given.cloned().unwrap_or_default());
        Ok(fields)
    }

    /// What `get` answers, where no keychain has to be asked for it. Never blocks.
    pub fn at_hand(&self, provider: ProviderId) -> Option<Fields> {
        let kept = match (lock(&self.session).get(&provider), &self.source) {
            (Some(fields), _) => fields.clone(),
            (None, Kept::Fixed(fields)) => lock(fields).get(&provider).cloned().unwrap_or_default(),
            (None, Kept::Keychain(_)) => return None,
        };
        let given = self.environment.get(&provider).cloned().unwrap_or_default();
        Some(kept.into_iter().chain(given).collect())
    }

    /// The secrets that the user saved, for this run or for good: what a change starts from. Without
    /// those of the environment, so that a change never saves them. Blocks.
    ///
    /// # Errors
    /// When the keychain cannot be read.
    pub fn stored(&self, provider: ProviderId) -> Result<Fields, KeychainError> {
        if let Some(fields) = lock(&self.session).get(&provider) {
            return Ok(fields.clone());
        }
        match &self.source {
            Kept::Keychain(keychain) => Ok(keychain.load(provider)?.unwrap_or_default()),
            Kept::Fixed(fields) => Ok(lock(fields).get(&provider).cloned().unwrap_or_default()),
        }
    }

    /// Saves all of a provider's secrets in place of those before, in the keychain or for this run
    /// only. For this run only also removes what the keychain held, as far as it lets us. Blocks.
    ///
    /// # Errors
    /// When the keychain refuses; never for this run only.
    pub fn save(
        &self,
        provider: ProviderId,
        fields: &Fields,
        session_only: bool,
    ) -> Result<(), KeychainError> {
        if session_only {
            lock(&self.session).insert(provider, fields.clone());
            if let Err(err) = self.remove(provider) {
                tracing::warn!(%provider, reason = %err, "an older key may still be in the keychain");
            }
            return Ok(());
        }
        match &self.source {
            Kept::Keychain(keychain) if fields.is_empty() => keychain.forget(provider)?,
            Kept::Keychain(keychain) => keychain.save(provider, fields)?,
            Kept::Fixed(kept) => {
                lock(kept).insert(provider, fields.clone());
            }
        }
        lock(&self.session).remove(&provider);
        Ok(())
    }

    /// Removes what the user saved of a provider. The environment's secrets stay. Blocks.
    ///
    /// # Errors
    /// When the keychain refuses; nothing is removed then. A missing keychain cannot hold what was
    /// saved for this run only, so that alone is no error.
    pub fn forget(&self, provider: ProviderId) -> Result<(), KeychainError> {
        match self.remove(provider) {
            Err(KeychainError::NoBus | KeychainError::Missing)
                if self.is_session_only(provider) => {}
            removed => removed?,
        }
        lock(&self.session).remove(&provider);
        Ok(())
    }

    /// Whether the user chose to keep this provider's secrets for this run only.
    pub fn is_session_only(&self, provider: ProviderId) -> bool {
        lock(&self.session).contains_key(&provider)
    }

    /// The fields that are known without opening the keychain: of the environment, of this run, and
    /// those given at the start.
    pub fn names(&self, provider: ProviderId) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut add =
            |fields: Option<&Fields>| names.extend(fields.into_iter().flatten().map(name));
        add(self.environment.get(&provider));
        add(lock(&self.session).get(&provider));
        if let Kept::Fixed(fields) = &self.source {
            add(lock(fields).get(&provider));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn remove(&self, provider: ProviderId) -> Result<(), KeychainError> {
        match &self.source {
            Kept::Keychain(keychain) => keychain.forget(provider),
            Kept::Fixed(fields) => {
                lock(fields).remove(&provider);
                Ok(())
            }
        }
    }
}

fn name<T>((name, _): (&String, T)) -> String {
    name.clone()
}

#[cfg(test)]
mod tests {
    use ProviderId::{Coze, Momoget};

    use super::*;
    use crate::keychain::tests::{Mock, bare, fields};

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<ProviderId, Fields> {
        BTreeMap::from([(Coze, fields(pairs))])
    }

    /// Keys over a keychain that is not there.
    fn without_keychain(environment: BTreeMap<ProviderId, Fields>) -> Keys {
        let keychain =
            Keychain::named("test".to_owned(), Box::new(|_, _| Err(KeychainError::Missing)));
        Keys::new(Source::Keychain(keychain), environment)
    }

    #[test]
    fn the_environment_wins_over_this_run_and_this_run_over_the_keychain() {
        let mock = Mock::new();
        mock.keychain().save(Coze, &fields(&[("token", "kept")])).unwrap();
        let keys = Keys::new(
            Source::Keychain(mock.keychain()),
            environment(&[("history_token", "given")]),
        );
        let kept = keys.get(Coze).unwrap();
        assert_eq!(bare(&kept), [("history_token", "given"), ("token", "kept")]);

        let of_this_run = fields(&[("history_token", "mine"), ("token", "mine")]);
        keys.save(Coze, &of_this_run, true).unwrap();

        let merged = keys.get(Coze).unwrap();
        assert_eq!(bare(&merged), [("history_token", "given"), ("token", "mine")]);
        assert_eq!(bare(&keys.stored(Coze).unwrap()), bare(&of_this_run));
    }

    #[test]
    fn for_this_run_only_leaves_nothing_for_the_next() {
        let mock = Mock::new();
        mock.keychain().save(Coze, &fields(&[("token", "old")])).unwrap();
        let keys = Keys::new(Source::Keychain(mock.keychain()), BTreeMap::new());

        keys.save(Coze, &fields(&[("token", "new")]), true).unwrap();

        assert!(keys.is_session_only(Coze) && !keys.is_session_only(Momoget));
        assert!(mock.keychain().load(Coze).unwrap().is_none());
    }

    #[test]
    fn saving_for_good_ends_this_run_only() {
        let mock = Mock::new();
        let keys = Keys::new(Source::Keychain(mock.keychain()), BTreeMap::new());
        keys.save(Coze, &fields(&[("token", "short")]), true).unwrap();

        keys.save(Coze, &fields(&[("token", "long")]), false).unwrap();

        assert!(!keys.is_session_only(Coze));
        assert_eq!(bare(&mock.keychain().load(Coze).unwrap().unwrap()), [("token", "long")]);
    }

    #[test]
    fn saving_no_field_removes_the_item() {
        let mock = Mock::new();
        mock.keychain().save(Coze, &fields(&[("token", "old")])).unwrap();

        let keys = Keys::new(Source::Keychain(mock.keychain()), BTreeMap::new());
        keys.save(Coze, &Fields::new(), false).unwrap();

        assert!(mock.keychain().load(Coze).unwrap().is_none());
    }

    #[test]
    fn a_machine_without_a_keychain_works_for_this_run_and_from_the_environment() {
        let keys = without_keychain(environment(&[("token", "given")]));
        assert_eq!(bare(&keys.get(Coze).unwrap()), [("token", "given")]);
        assert_eq!(keys.get(Momoget).unwrap_err(), KeychainError::Missing);
        let of_this_run = fields(&[("user_id", "me")]);
        assert_eq!(keys.save(Momoget, &of_this_run, false), Err(KeychainError::Missing));

        keys.save(Momoget, &of_this_run, true).unwrap();
        assert_eq!(bare(&keys.get(Momoget).unwrap()), [("user_id", "me")]);

        keys.forget(Momoget).unwrap();
        assert!(!keys.is_session_only(Momoget));
        assert_eq!(keys.forget(Momoget), Err(KeychainError::Missing));
    }

    #[test]
    fn forgetting_removes_both_what_is_kept_and_what_is_of_this_run() {
        let mock = Mock::new();
        let keys = Keys::new(Source::Keychain(mock.keychain()), BTreeMap::new());
        keys.save(Coze, &fields(&[("token", "t")]), false).unwrap();
        keys.forget(Coze).unwrap();
        keys.save(Momoget, &fields(&[("user_id", "me")]), true).unwrap();
        keys.forget(Momoget).unwrap();

        assert!(keys.get(Coze).unwrap().is_empty() && keys.get(Momoget).unwrap().is_empty());
        assert!(mock.keychain().load(Coze).unwrap().is_none());
    }

    #[test]
    fn names_are_told_without_opening_the_keychain() {
        let mock = Mock::new();
        mock.keychain().save(Coze, &fields(&[("history_token", "kept")])).unwrap();
        let keys = Keys::new(Source::Keychain(mock.keychain()), environment(&[("token", "given")]));
        let before = mock.opened();

        assert_eq!(keys.names(Coze), ["token"]);
        assert!(keys.names(Momoget).is_empty() && !keys.is_session_only(Coze));

        assert_eq!(mock.opened(), before);
    }

    #[test]
    fn fixed_secrets_are_there_from_the_start_and_can_be_changed() {
        let keys = Keys::new(Source::Fixed(environment(&[("token", "invented")])), BTreeMap::new());
        assert_eq!(keys.names(Coze), ["token"]);
        assert_eq!(bare(&keys.get(Coze).unwrap()), [("token", "invented")]);

        keys.save(Coze, &fields(&[("token", "wrong")]), false).unwrap();

        assert_eq!(bare(&keys.get(Coze).unwrap()), [("token", "wrong")]);
    }
}
