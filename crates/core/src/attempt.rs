//! An attempt: one create call of a task. Together they are the ledger of what may have cost money.

use crate::{Failure, ProviderId, Timestamp, word::words};

/// The attempt's row in the ledger.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct AttemptId(pub u32);

words! {
    /// How a create call ended.
    pub enum Outcome {
        /// The provider accepted it: there is a remote id, or the result itself.
        Accepted = "accepted",
        /// The provider's own error answer says that nothing was started.
        Rejected = "rejected",
        /// The request provably never reached the provider.
        NotSent = "not-sent",
        /// It may or may not have been accepted.
        Unknown = "unknown",
        /// The program ended while the call was out: the same as unknown, with another cause.
        Crashed = "crashed",
    }
}

/// One create call: intent, then outcome.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Attempt {
    pub id: AttemptId,
    /// 1 for the task's first.
    pub number: u32,
    pub provider: ProviderId,
    /// When the intent was committed, before the request left.
    pub intent_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    pub remote_id: Option<String>,
    pub failure: Option<Failure>,
    /// What is known about a call whose outcome is not.
    pub evidence: Option<Evidence>,
}

/// What was seen of a call whose outcome is unknown. Without a key and without the user's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Evidence {
    /// What ended the call, in the transport's words.
    pub error: Option<String>,
    /// Whether the connection had been handed any of the body.
    pub body_sent: Option<bool>,
    pub http_status: Option<u16>,
    /// The beginning of what came back.
    pub excerpt: Option<String>,
    pub hint: Option<Hint>,
    /// When it was looked for at the provider last, and not found for certain.
    pub looked_at: Option<Timestamp>,
    /// Since when it is proven that nothing was started: the provider's whole list holds nothing like it.
    pub not_there_at: Option<Timestamp>,
}

/// What the provider said of the account before and after a call whose outcome is unknown. A hint, never a proof.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Hint {
    /// What was left of the allowance, in the provider's unit; known only where no other call of ours was in between.
    pub left_before: Option<u32>,
    /// The same afterwards, without what the next accepted call took where that call told it.
    pub left_after: Option<u32>,
    /// Tasks that it was working on.
    pub running_before: Option<u32>,
    pub running_after: Option<u32>,
}
