//! Refusals as RFC 7807 problems. Slugs and titles are documented; the details are the sandbox's own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{calendar, dice, scenario::Scenario};

/// Texts by the field that they are about.
pub(super) type Faults = BTreeMap<String, Vec<String>>;

#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: u16,
    slug: &'static str,
    title: &'static str,
    detail: String,
    faults: Faults,
}

impl Problem {
    fn new(status: u16, slug: &'static str, title: &'static str, detail: &str) -> Self {
        Self { status, slug, title, detail: detail.to_owned(), faults: Faults::new() }
    }

    pub(super) fn validation(faults: Faults) -> Self {
        let detail = "One or more fields of the request are not valid.";
        Self { faults, ..Self::new(400, "validation_error", "Validation Error", detail) }
    }

    /// A validation problem about one field.
    pub(super) fn field(name: &str, text: &str) -> Self {
        Self::validation(Faults::from([(name.to_owned(), vec![text.to_owned()])]))
    }

    pub(super) fn missing_key() -> Self {
        let detail = "No API key was sent. Use the header Authorization: Bearer <key>.";
        Self::new(401, "missing_authentication", "Authentication Error", detail)
    }

    pub(super) fn empty_key() -> Self {
        Self::new(401, "empty_api_key", "Authentication Error", "The API key is empty.")
    }

    pub(super) fn wrong_key() -> Self {
        Self::new(401, "invalid_api_key", "Authentication Error", "This API key is not known.")
    }

    pub(super) fn no_credits(needed: u32, left: u32) -> Self {
        let detail = format!("This operation needs {needed} credits, {left} are left.");
        Self::new(402, "insufficient_credits", "Insufficient Credits", &detail)
    }

    pub(super) fn forbidden(detail: &str) -> Self {
        Self::new(403, "insufficient_scope", "Insufficient Scope", detail)
    }

    pub(super) fn not_found(noun: &str) -> Self {
        let detail = format!("There is no such {noun}.");
        Self::new(404, "not_found", "Not Found", &detail)
    }

    /// What a wrong method gets is not documented.
    pub(super) fn wrong_method() -> Self {
        Self::new(405, "not_found", "Method Not Allowed", "This path does not take this method.")
    }

    pub(super) fn too_many() -> Self {
        let detail = "Too many requests. Wait until the time in X-RateLimit-Reset.";
        Self::new(429, "rate_limit_exceeded", "Rate Limit Exceeded", detail)
    }

    pub(super) fn internal() -> Self {
        let detail = "The operation failed on our side.";
        Self::new(500, "internal_error", "Internal Error", detail)
    }

    /// The same problem in other words.
    pub(super) fn saying(self, detail: &str) -> Self {
        Self { detail: detail.to_owned(), ..self }
    }

    pub(super) fn body(&self, path: &str) -> Value {
        let request = dice::mix(calendar::now_ms());
        let mut body = json!({
            "type": format!("https://api.rawugc.com/errors/{}", self.slug),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": format!("/api/v1{path}#req_{request:016x}"),
        });
        if !self.faults.is_empty() {
            body["errors"] = json!(self.faults);
        }
        body
    }
}

/// Whether a thing of this scenario is there for the one who asks.
///
/// # Errors
/// When its word hides it.
pub(super) fn check_visible(scenario: Scenario, noun: &str) -> Result<(), Problem> {
    match scenario {
        Scenario::UnknownTask => Err(Problem::not_found(noun)),
        Scenario::NotYours => {
            Err(Problem::forbidden(&format!("This {noun} belongs to another organization.")))
        }
        _ => Ok(()),
    }
}
