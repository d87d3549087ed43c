//! Why something did not work, in the kinds a user can act on (one shared taxonomy over all providers).

use crate::{ProviderId, word::words};

words! {
    /// One kind per thing the user can act on.
    pub enum FailureKind {
        /// The link, text or a parameter was refused.
        InvalidInput = "invalid-input",
        /// The link was understood; its site is not served.
        UnsupportedPlatform = "unsupported-platform",
        /// Key missing, wrong, expired, or for the other region.
        Unauthorized = "unauthorized",
        /// The key is fine; this object or action is not allowed.
        Forbidden = "forbidden",
        /// Task, workflow or record missing or expired.
        NotFound = "not-found",
        QuotaExhausted = "quota-exhausted",
        /// The plan does not include this feature.
        MembershipRequired = "membership-required",
        /// Too many own tasks at once.
        ConcurrencyFull = "concurrency-full",
        RateLimited = "rate-limited",
        ProviderInternal = "provider-internal",
        /// DNS, connect, TLS, timeout, reset, proxy.
        Network = "network",
        /// Not JSON, wrong shape, or "ok" without the promised data.
        MalformedResponse = "malformed-response",
    }
}

words! {
    /// Whether the failed work cost money.
    pub enum Charged {
        No = "no",
        Yes = "yes",
        Unknown = "unknown",
    }
}

/// One failure, ready to be stored and shown. Holds no key and nothing of the user's text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Failure {
    pub kind: FailureKind,
    pub charged: Charged,
    pub provider: ProviderId,
    pub http_status: Option<u16>,
    /// The provider's own code, as text.
    pub code: Option<String>,
    /// The provider's own words, shortened and redacted. For the diagnostics, never a headline.
    pub message: Option<String>,
    /// The provider's request or trace id.
    pub trace_id: Option<String>,
    /// Seconds to wait before the next call, where the kind is `rate-limited`.
    pub retry_after_s: Option<u32>,
}

impl Failure {
    /// A failure that cost nothing and says no more than its kind.
    pub fn new(provider: ProviderId, kind: FailureKind) -> Self {
        Self {
            kind,
            charged: Charged::No,
            provider,
            http_status: None,
            code: None,
            message: None,
            trace_id: None,
            retry_after_s: None,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.provider, self.kind)?;
        if let Some(status) = self.http_status {
            write!(f, ", HTTP {status}")?;
        }
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}
