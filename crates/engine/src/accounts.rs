//! The user's accounts: what is set up, saved, forgotten and tested. A secret comes in here and never goes out.

use std::{collections::BTreeMap, time::Duration};

use shiwen_core::{Entry, Failure, FieldKind, FieldView, FormField, ProviderId, ProviderView};
use shiwen_providers::{Account, Card, Checked, Field, Service, service, services};
use shiwen_secrets::Secret;
use shiwen_store::{ProviderRecord, StoreError};
use url::Url;

use crate::{Engine, EngineError, day::day, submit::scrubbed};

/// How long what a test found about the running tasks is worth showing.
const FRESH: Duration = Duration::from_secs(60);

impl Engine {
    /// All providers with what is set up for each. Opens no keychain.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn providers(&self) -> Result<Vec<ProviderView>, EngineError> {
        services().iter().map(|service| self.view(*service)).collect()
    }

    /// One provider's card.
    ///
    /// # Errors
    /// [`EngineError::NotOffered`] for a provider that is not built in.
    pub fn provider(&self, id: ProviderId) -> Result<ProviderView, EngineError> {
        self.view(known(id)?)
    }

    /// Saves the fields that were changed. Secrets go to the keychain (or are kept for this run only, when the user
    /// chose so), everything else to the history. An empty value takes a field back to its default.
    ///
    /// # Errors
    /// When a field does not exist or cannot be used, or the keychain refuses; nothing is saved then. When the history
    /// cannot be written, the secrets may be saved already.
    pub async fn save_provider(
        &self,
        id: ProviderId,
        values: BTreeMap<String, String>,
        session_only: bool,
    ) -> Result<ProviderView, EngineError> {
        let card = known(id)?.card();
        let (secrets, settings) = sorted(card, values)?;
        if let Some(url) = settings.get("base_url").filter(|url| !url.is_empty()) {
            Account::check_base_url(card, url).map_err(|_| EngineError::InvalidField {
                provider: id,
                field: "base_url".to_owned(),
            })?;
        }
        if !secrets.is_empty() {
            let keys = self.inner.parts.keys.clone();
            let given = secrets.clone();
            blocking(move || {
                let mut all = if session_only {
                    keys.stored(id).unwrap_or_default()
                } else {
                    keys.stored(id)?
                };
                all.extend(given.into_iter().map(|(name, value)| (name, Secret::new(value))));
                all.retain(|_, secret| !secret.expose().is_empty());
                keys.save(id, &all, session_only)
            })
            .await?;
        }
        self.store().change_provider(id, |record| {
            for (name, value) in &settings {
                if value.is_empty() {
                    record.settings.remove(name);
                } else {
                    record.settings.insert(name.clone(), value.clone());
                }
            }
            for (name, value) in &secrets {
                // A secret for this run only must not look saved after the next start.
                if value.is_empty() || session_only {
                    record.saved.remove(name);
                } else {
                    record.saved.insert(name.clone(), Secret::new(value.clone()).last4());
                }
            }
            record.check_failure = None;
            record.checked_at = None;
        })?;
        self.changed(id)?;
        self.provider(id)
    }

    /// Removes a provider's secrets from the keychain and from this run.
    ///
    /// # Errors
    /// When the keychain refuses.
    pub async fn forget_provider(&self, id: ProviderId) -> Result<ProviderView, EngineError> {
        known(id)?;
        let keys = self.inner.parts.keys.clone();
        blocking(move || keys.forget(id)).await?;
        self.store().change_provider(id, |record| {
            record.saved.clear();
            record.check_failure = None;
            record.checked_at = None;
            record.allowance = None;
        })?;
        self.provider(id)
    }

    /// Tests an account by calls that cost nothing, and keeps what they found. A refusal is part of the view, not an
    /// error.
    ///
    /// # Errors
    /// When the account is not set up, the keychain refuses, the provider takes no more calls for now, or the history
    /// cannot be written.
    pub async fn test_provider(&self, id: ProviderId) -> Result<ProviderView, EngineError> {
        let service = known(id)?;
        let account = self.account(id).await?;
        let checked = self.check(service, &account).await?;
        match &checked {
            Ok(checked) => {
                self.keep_checked(id, checked)?;
                self.changed(id)?;
            }
            Err(failure) => {
                let now = self.now();
                self.store().change_provider(id, |record| {
                    record.checked_at = Some(now);
                    record.check_failure = Some(failure.clone());
                })?;
            }
        }
        self.provider(id)
    }

    /// Keeps what a test of an account found.
    pub(crate) fn keep_checked(&self, id: ProviderId, checked: &Checked) -> Result<(), StoreError> {
        let now = self.now();
        self.store().change_provider(id, |record| {
            record.checked_at = Some(now);
            record.check_failure = None;
            if checked.allowance.is_some() {
                record.allowance.clone_from(&checked.allowance);
            }
            record.slots = checked.slots.or(record.slots);
            record.running = checked.running;
        })?;
        Ok(())
    }

    pub(crate) async fn check(
        &self,
        service: &'static dyn Service,
        account: &Account,
    ) -> Result<Result<Checked, Failure>, EngineError> {
        let requests = match service.check(account) {
            Ok(requests) => requests,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut responses = Vec::with_capacity(requests.len());
        for request in &requests {
            match self.ask(service, request).await {
                Ok(response) => responses.push(response),
                Err(EngineError::Refused(failure)) => return Ok(Err(failure.0)),
                Err(error) => return Err(error),
            }
        }
        let read = service.read_checked(&responses, self.now());
        Ok(read.map_err(|failure| requests.iter().fold(failure, scrubbed)))
    }

    /// Where a provider's API lives, by the settings alone: opens no keychain.
    ///
    /// # Errors
    /// [`EngineError::NotReady`] where that is for the user to say and they have not.
    pub fn address(&self, id: ProviderId) -> Result<Url, EngineError> {
        let card = known(id)?.card();
        let settings = self.settings_of(card)?;
        Account::address(card, &settings).map_err(|_| EngineError::NotReady(id))
    }

    /// The account as requests need it. Opens the keychain when it is first needed.
    pub(crate) async fn account(&self, id: ProviderId) -> Result<Account, EngineError> {
        let card = known(id)?.card();
        let settings = self.settings_of(card)?;
        let keys = self.inner.parts.keys.clone();
        let secrets = match keys.at_hand(id) {
            Some(secrets) => secrets,
            None => blocking(move || keys.get(id)).await?,
        };
        if card
            .fields
            .iter()
            .any(|field| field.secret && field.required && !secrets.contains_key(field.name))
        {
            return Err(EngineError::NotReady(id));
        }
        Account::new(card, settings, secrets).map_err(EngineError::refused)
    }

    pub(crate) fn settings_of(&self, card: &Card) -> Result<BTreeMap<String, String>, EngineError> {
        let mut settings = self.store().provider(card.id)?.settings;
        settings.extend(self.inner.parts.settings.get(&card.id).cloned().unwrap_or_default());
        Ok(settings)
    }

    /// What waited for this account may go on.
    fn changed(&self, id: ProviderId) -> Result<(), EngineError> {
        self.holds().forget(id);
        self.store().release(id)?;
        self.inner.wake.notify_one();
        Ok(())
    }

    fn view(&self, service: &'static dyn Service) -> Result<ProviderView, EngineError> {
        let card = service.card();
        let id = card.id;
        let record = self.store().provider(id)?;
        let settings = self.settings_of(card)?;
        let given = self.inner.parts.keys.names(id);
        let fields: Vec<FieldView> =
            card.fields.iter().map(|field| field_view(field, &record, &settings, &given)).collect();
        // Right after a test the provider's own count is the better one: it knows what was started elsewhere.
        let fresh = record.checked_at.is_some_and(|at| self.now().since(at) < FRESH);
        let elsewhere = record.running.filter(|_| fresh);
        let ready = card.fields.iter().zip(&fields).all(|(field, view)| {
            !field.required || if field.secret { view.configured } else { view.value.is_some() }
        });
        let (today, _) = day(self.now());
        let spent_today = match record.daily_limit {
            Some(_) => self.store().booked_since(id, today)?,
            None => self.store().spent_since(id, today)?,
        };
        Ok(ProviderView {
            id,
            name: card.name.to_owned(),
            fields,
            operations: card.operations.to_vec(),
            platforms: card.platforms.to_vec(),
            unit: card.unit,
            ready,
            session_only: self.inner.parts.keys.is_session_only(id),
            signup_url: card.signup_url.to_owned(),
            console_url: card.console_url.to_owned(),
            allowance: record.allowance,
            checked_at: record.checked_at,
            check_failure: record.check_failure,
            spent_today,
            expected_cost: card.cost,
            charged_on_failure: shiwen_core::Charged::Unknown,
            batch: card.batch,
            daily_limit: record.daily_limit,
            limit_lifted: record.limit_lifted_until.is_some_and(|until| until > self.now()),
            slots: record.slots,
            running: self.store().at_work(id)?.max(elsewhere.unwrap_or(0)),
            expires_at: service.expires_at(&settings),
        })
    }
}

pub(crate) fn known(id: ProviderId) -> Result<&'static dyn Service, EngineError> {
    service(id).ok_or(EngineError::NotOffered(id))
}

fn field_view(
    field: &Field,
    record: &ProviderRecord,
    settings: &BTreeMap<String, String>,
    given: &[String],
) -> FieldView {
    let saved = record.saved.get(field.name);
    FieldView {
        name: field.name.to_owned(),
        secret: field.secret,
        required: field.required,
        value: if field.secret {
            None
        } else {
            settings.get(field.name).cloned().or_else(|| field.default.map(str::to_owned))
        },
        configured: field.secret
            && (saved.is_some() || given.iter().any(|name| name == field.name)),
        last4: saved.cloned().flatten(),
        choices: field.choices.iter().map(|&choice| choice.to_owned()).collect(),
        columns: field.columns.iter().map(column).collect(),
    }
}

/// A column of a field that holds rows, as a field of a form.
fn column(field: &Field) -> FormField {
    FormField {
        name: field.name.to_owned(),
        kind: if field.choices.is_empty() { FieldKind::Text } else { FieldKind::Choice },
        required: field.required,
        models: Vec::new(),
        choices: field.choices.iter().map(|&choice| choice.to_owned()).collect(),
        default: field.default.map(|default| Entry::Text(default.to_owned())),
        longest: None,
        most: None,
        smallest: None,
        largest: None,
        of: None,
        media: Vec::new(),
    }
}

type Sorted = (BTreeMap<String, String>, BTreeMap<String, String>);

/// Secrets and settings, each a field of the card. White space around a pasted value is never meant.
fn sorted(card: &Card, values: BTreeMap<String, String>) -> Result<Sorted, EngineError> {
    let (mut secrets, mut settings) = (BTreeMap::new(), BTreeMap::new());
    for (name, value) in values {
        let value = value.trim().to_owned();
        let wrong = || EngineError::InvalidField { provider: card.id, field: name.clone() };
        let field = card.fields.iter().find(|field| field.name == name).ok_or_else(wrong)?;
        if !field.columns.is_empty() {
            if !value.is_empty() {
                Account::check_setting(card, field, &value)
                    .map_err(|fault| EngineError::Faults(vec![fault]))?;
            }
            settings.insert(name, value);
            continue;
        }
        let sound = !value.chars().any(char::is_control)
            && (value.is_empty() || field.secret || Account::check_setting(card, field, &value).is_ok())
            // A mask in place of the value must never be saved over the real one.
            && !value.contains('•')
            // Anything else would break the header that carries it.
            && (!field.secret || value.chars().all(|c| c.is_ascii_graphic()));
        if !sound {
            return Err(wrong());
        }
        if field.secret {
            secrets.insert(name, value)
        } else {
            settings.insert(name, value)
        };
    }
    Ok((secrets, settings))
}

/// Keychain calls block, some for as long as an unlock prompt is open.
async fn blocking<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, shiwen_secrets::KeychainError> + Send + 'static,
) -> Result<T, EngineError> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(answer) => Ok(answer?),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
