//! A user's account at a provider, and the card that describes its fields.

use std::collections::BTreeMap;

use shiwen_core::{Failure, FailureKind, Fault, FaultKind, Operation, Platform, ProviderId, Unit};
use shiwen_secrets::Secret;
use url::{Host, Url};

use crate::{coze, lenient};

/// One field of a provider's card, as data: the settings, the keychain record and the
/// `SHIWEN_<PROVIDER>_<FIELD>` variables are all made from it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Lower case with underscores, e.g. `api_key`.
    pub name: &'static str,
    /// Goes to the keychain and never comes back to the window.
    pub secret: bool,
    pub required: bool,
    pub default: Option<&'static str>,
    /// A closed choice; empty for free text.
    pub choices: &'static [&'static str],
    /// The columns of a field that holds rows (a JSON array of objects of texts); empty for one value.
    pub columns: &'static [Field],
}

/// What a provider is, as data.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    pub id: ProviderId,
    /// Its proper name.
    pub name: &'static str,
    /// Where its API lives, unless the field `base_url` or, for Coze, `site` says otherwise. Empty where only the
    /// user knows it.
    pub base_url: &'static str,
    pub fields: &'static [Field],
    pub operations: &'static [Operation],
    /// The only sites it serves, where its document closes the list; empty where it decides that itself.
    pub platforms: &'static [Platform],
    pub unit: Unit,
    /// Units that one task costs; none where no price is published or it depends on the video.
    pub cost: Option<u32>,
    /// Where to get a key.
    pub signup_url: &'static str,
    /// Where the user sees their tasks.
    pub console_url: &'static str,
    /// Tasks that may run at once where the provider does not say.
    pub slots: u32,
    /// Links that one create call may take; 1 where it takes one.
    pub batch: u32,
    /// Calls of every sort that may be made within any minute; none where the provider names no bound.
    pub calls_per_minute: Option<u32>,
}

impl Card {
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A row of a field with columns: a text for each column that has one.
pub type Row = BTreeMap<String, String>;

/// The field that stands in for the provider's own address.
const BASE_URL: &str = "base_url";
/// Rows of one field; more than anybody keeps.
const MOST_ROWS: usize = 50;

/// A user's account, ready for building requests.
#[derive(Debug, Clone)]
pub struct Account {
    /// Without a closing slash in its path; `https`, or `http` on loopback.
    pub base_url: Url,
    /// Fields that are no secrets, defaults filled in.
    pub settings: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, Secret>,
}

impl Account {
    /// Makes an account of what the user saved. Blanks around values are cut off, blank values count as
    /// absent, defaults are filled in, and what the card does not name is left out.
    ///
    /// # Errors
    /// `Unauthorized` when a required secret is missing or holds what no key can hold; `InvalidInput` when
    /// another required field is missing, a choice is not on offer, or the base URL is not allowed.
    /// The message names the field, never its value.
    pub fn new(
        card: &Card,
        settings: BTreeMap<String, String>,
        secrets: BTreeMap<String, Secret>,
    ) -> Result<Self, Failure> {
        let mut taken = Taken::default();
        for field in card.fields {
            if field.secret {
                let secret = secrets.get(field.name).map_or("", Secret::expose).trim();
                taken.take_secret(card, field, secret)?;
            } else {
                let value = settings.get(field.name).map_or("", |value| value.trim());
                taken.take_setting(card, field, value)?;
            }
        }
        let base_url = address(card, &taken.settings)?;
        Ok(Self { base_url, settings: taken.settings, secrets: taken.secrets })
    }

    /// Where an account with these settings is asked, whatever its keys are.
    ///
    /// # Errors
    /// `InvalidInput` where that is for the user to say and they have not.
    pub fn address(card: &Card, settings: &BTreeMap<String, String>) -> Result<Url, Failure> {
        let mut taken = Taken::default();
        for field in card.fields.iter().filter(|field| matches!(field.name, BASE_URL | "site")) {
            let value = settings.get(field.name).map_or("", |value| value.trim());
            taken.take_setting(card, field, value)?;
        }
        address(card, &taken.settings)
    }

    /// Whether an address may stand in for the provider's own.
    ///
    /// # Errors
    /// `InvalidInput` for what is no plain https address, or http beyond this machine.
    pub fn check_base_url(card: &Card, text: &str) -> Result<(), Failure> {
        base_url(card, text).map(|_| ())
    }

    /// Whether one setting may be saved as the user entered it, blanks around it apart. A fault in a row is in the
    /// field `<field>.<row, from 1>.<column>`.
    ///
    /// # Errors
    /// The first fault.
    pub fn check_setting(card: &Card, field: &Field, value: &str) -> Result<(), Fault> {
        match setting(card, field, value)? {
            Some(value) if field.name == BASE_URL => base_url(card, &value)
                .map(|_| ())
                .map_err(|_| fault(field.name, FaultKind::NotAnAddress, None)),
            _ => Ok(()),
        }
    }

    /// The rows of a field with columns, as the user entered them: blanks cut off, defaults filled in.
    ///
    /// # Errors
    /// The first fault, in the field `<field>.<row, from 1>.<column>`.
    pub fn check_rows(card: &Card, field: &Field, value: &str) -> Result<Vec<Row>, Fault> {
        rows(card, field, value)
    }

    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    pub(crate) fn secret(&self, provider: ProviderId, name: &str) -> Result<&Secret, Failure> {
        self.secrets
            .get(name)
            .ok_or_else(|| refuse(provider, FailureKind::Unauthorized, name, "is missing"))
    }
}

/// What of the user's values the card names.
#[derive(Default)]
struct Taken {
    settings: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
}

impl Taken {
    fn take_secret(&mut self, card: &Card, field: &Field, value: &str) -> Result<(), Failure> {
        if value.is_empty() {
            return match field.required {
                true => Err(refuse(card.id, FailureKind::Unauthorized, field.name, "is missing")),
                false => Ok(()),
            };
        }
        // Everything else would break the header that carries it.
        if !value.chars().all(|c| c.is_ascii_graphic()) {
            let words = "holds characters that no key has";
            return Err(refuse(card.id, FailureKind::Unauthorized, field.name, words));
        }
        self.secrets.insert(field.name.to_owned(), Secret::new(value));
        Ok(())
    }

    fn take_setting(&mut self, card: &Card, field: &Field, value: &str) -> Result<(), Failure> {
        let value = setting(card, field, value).map_err(|fault| failure_of(card, &fault))?;
        if let Some(value) = value {
            self.settings.insert(field.name.to_owned(), value);
        }
        Ok(())
    }
}

/// The setting as it is kept; none where nothing was entered and there is no default.
fn setting(card: &Card, field: &Field, value: &str) -> Result<Option<String>, Fault> {
    if !field.columns.is_empty() {
        let rows = rows(card, field, value)?;
        return match (rows.is_empty(), field.required) {
            (true, true) => Err(fault(field.name, FaultKind::Missing, None)),
            (true, false) => Ok(None),
            (false, _) => Ok(serde_json::to_string(&rows).ok()),
        };
    }
    let value = plain(field.name, field, value)?;
    match &value {
        Some(value) if card.id == ProviderId::Coze => match coze::fault(field.name, value) {
            Some(kind) => Err(fault(field.name, kind, None)),
            None => Ok(Some(value.clone())),
        },
        _ => Ok(value),
    }
}

/// A value or its default, checked against what the field says of itself.
fn plain(name: &str, field: &Field, value: &str) -> Result<Option<String>, Fault> {
    let value = lenient::not_blank(value).unwrap_or(field.default.unwrap_or_default()).trim();
    if value.is_empty() {
        return match field.required {
            true => Err(fault(name, FaultKind::Missing, None)),
            false => Ok(None),
        };
    }
    if !field.choices.is_empty() && !field.choices.contains(&value) {
        return Err(fault(name, FaultKind::NotOffered, None));
    }
    Ok(Some(value.to_owned()))
}

fn rows(card: &Card, field: &Field, value: &str) -> Result<Vec<Row>, Fault> {
    let Some(value) = lenient::not_blank(value) else { return Ok(Vec::new()) };
    let wrong_kind = || fault(field.name, FaultKind::WrongKind, None);
    let entered: Vec<Row> = serde_json::from_str(value).map_err(|_| wrong_kind())?;
    if entered.len() > MOST_ROWS {
        return Err(fault(field.name, FaultKind::TooMany, Some(MOST_ROWS as f64)));
    }
    let row = |(position, entered): (usize, &Row)| {
        let at = |column: &str| format!("{}.{}.{column}", field.name, position + 1);
        let mut row = Row::new();
        for column in field.columns {
            let value = entered.get(column.name).map_or("", String::as_str);
            if let Some(value) = plain(&at(column.name), column, value)? {
                row.insert(column.name.to_owned(), value);
            }
        }
        match coze::row_fault(&row).filter(|_| card.id == ProviderId::Coze) {
            Some((column, kind, limit)) => Err(fault(&at(column), kind, limit)),
            None => Ok(row),
        }
    };
    entered.iter().enumerate().map(row).collect()
}

fn fault(field: &str, kind: FaultKind, limit: Option<f64>) -> Fault {
    Fault { field: field.to_owned(), kind, limit }
}

/// A fault as the failure of an account. `workflows.2.id` becomes "workflows, row 2: id".
fn failure_of(card: &Card, fault: &Fault) -> Failure {
    let words = match fault.kind {
        FaultKind::Missing => "is missing",
        FaultKind::NotOffered => "is not on offer",
        FaultKind::TooLong => "is too long",
        FaultKind::TooMany => "has too many rows",
        FaultKind::NotWhole => "must be digits only",
        _ => "cannot be read",
    };
    let mut parts = fault.field.splitn(3, '.');
    let field = match (parts.next(), parts.next(), parts.next()) {
        (Some(field), Some(row), Some(column)) => format!("{field}, row {row}: {column}"),
        _ => fault.field.clone(),
    };
    refuse(card.id, FailureKind::InvalidInput, &field, words)
}

fn refuse(provider: ProviderId, kind: FailureKind, field: &str, words: &str) -> Failure {
    Failure { message: Some(format!("{field} {words}")), ..Failure::new(provider, kind) }
}

/// A key must not travel in the clear, so `http` is for this machine alone.
/// Where the settings, with their defaults filled in, say that the API lives.
fn address(card: &Card, settings: &BTreeMap<String, String>) -> Result<Url, Failure> {
    let site = match card.id {
        ProviderId::Coze => coze::site(settings.get("site").map(String::as_str)),
        _ => card.base_url,
    };
    base_url(card, settings.get(BASE_URL).map_or(site, String::as_str))
}

fn base_url(card: &Card, text: &str) -> Result<Url, Failure> {
    let refuse = |words| refuse(card.id, FailureKind::InvalidInput, BASE_URL, words);
    if text.trim().is_empty() {
        return Err(refuse("is missing"));
    }
    let mut url = Url::parse(text.trim()).map_err(|_| refuse("is no web address"))?;
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    if !allowed {
        return Err(refuse("must start with https://"));
    }
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !plain {
        return Err(refuse("may hold no user, query or fragment"));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}
