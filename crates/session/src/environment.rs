//! Accounts from outside: `SHIWEN_<PROVIDER>_<FIELD>` for machines without a keychain, and the sandbox's own.

use std::collections::BTreeMap;

use shiwen_core::ProviderId;
use shiwen_providers::services;
use shiwen_sandbox::Sandbox;
use shiwen_secrets::Secret;

use crate::Secrets;

/// The variables that fill fields of accounts. Secrets among them never print.
#[derive(Clone, Default)]
pub struct Environment {
    secrets: Secrets,
    settings: BTreeMap<ProviderId, BTreeMap<String, String>>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

impl Environment {
    /// Reads the process's variables.
    pub fn of_process() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Reads variables from `lookup`; an empty value counts as absent.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let mut environment = Self::default();
        for service in services() {
            let card = service.card();
            for field in card.fields {
                let name = variable(card.id, field.name);
                let Some(value) = lookup(&name).filter(|value| !value.is_empty()) else { continue };
                environment.insert(card.id, field.name, field.secret, value);
            }
        }
        environment
    }

    pub(crate) fn secrets(&self) -> Secrets {
        self.secrets.clone()
    }

    pub(crate) fn settings(&self) -> BTreeMap<ProviderId, BTreeMap<String, String>> {
        self.settings.clone()
    }

    fn insert(&mut self, provider: ProviderId, name: &str, secret: bool, value: String) {
        if secret {
            self.secrets.entry(provider).or_default().insert(name.to_owned(), Secret::new(value));
        } else {
            self.settings.entry(provider).or_default().insert(name.to_owned(), value);
        }
    }
}

/// The variables that an account cannot do without.
pub fn required_variables(provider: ProviderId) -> Vec<String> {
    let card = services().iter().map(|service| service.card()).find(|card| card.id == provider);
    let fields = card.map_or(&[][..], |card| card.fields);
    fields
        .iter()
        .filter(|field| field.required)
        .map(|field| variable(provider, field.name))
        .collect()
}

fn variable(provider: ProviderId, field: &str) -> String {
    format!("SHIWEN_{provider}_{field}").to_uppercase()
}

/// The invented accounts of a sandbox at `url`.
pub(crate) fn of_sandbox(url: &str) -> (Secrets, BTreeMap<ProviderId, BTreeMap<String, String>>) {
    let mut environment = Environment::default();
    for service in services() {
        let card = service.card();
        let account = Sandbox::account(card.id.as_str());
        for field in card.fields {
            if let Some((_, value)) = account.iter().find(|(name, _)| *name == field.name) {
                environment.insert(card.id, field.name, field.secret, (*value).to_owned());
            }
        }
        environment.insert(card.id, "base_url", false, Sandbox::base_url_at(url, card.id.as_str()));
    }
    (environment.secrets, environment.settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_fill_fields_and_secrets_never_print() {
        let environment = Environment::from_variables(|name| match name {
            "SHIWEN_MOMOGET_USER_ID" => Some("canary-0001".to_owned()),
            "SHIWEN_MOMOGET_BASE_URL" => Some("http://127.0.0.1:9/momoget".to_owned()),
            "SHIWEN_COZE_TOKEN" => Some(String::new()),
            _ => None,
        });
        let secrets = environment.secrets();
        assert_eq!(secrets[&ProviderId::Momoget]["user_id"].expose(), "canary-0001");
        assert!(!secrets.contains_key(&ProviderId::Coze));
        assert_eq!(
            environment.settings()[&ProviderId::Momoget]["base_url"],
            "http://127.0.0.1:9/momoget"
        );
        assert!(!format!("{environment:?}").contains("canary"));
    }

    #[test]
    fn the_sandbox_has_every_required_field_and_all_its_workflows() {
        let (secrets, settings) = of_sandbox("http://127.0.0.1:9");
        for card in services().iter().map(|service| service.card()) {
            for field in card.fields.iter().filter(|field| field.required) {
                let is_there = match field.secret {
                    true => secrets[&card.id].contains_key(field.name),
                    false => settings[&card.id].contains_key(field.name),
                };
                assert!(is_there, "{} {}", card.id, field.name);
            }
        }
        let workflows: serde_json::Value =
            serde_json::from_str(&settings[&ProviderId::Coze]["workflows"]).unwrap();
        assert_eq!(workflows.as_array().map(Vec::len), Some(4));
    }
}
