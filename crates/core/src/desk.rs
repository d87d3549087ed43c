//! What the window shows besides single tasks: pastes of several links, how the providers do, what was spent.

use crate::{
    Failure, Operation, PasteId, ProviderId, Task, TaskId, TaskState, Timestamp, Unit, Wait,
    word::words,
};

/// Several links that were pasted together. Not a call of its own: each of its tasks ends by itself.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Paste {
    pub id: PasteId,
    /// What the user calls it.
    pub name: Option<String>,
    pub created_at: Timestamp,
    /// Nothing of it is submitted until the user goes on; what was submitted is followed all the same.
    pub paused: bool,
    /// In the order of the links, without those in the trash.
    pub tasks: Vec<Task>,
    /// Seconds until all have ended, guessed from what they usually take; none where nothing is known or nothing runs.
    pub left_s: Option<u32>,
}

/// What became of an order to try the failed tasks of a paste again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Retried {
    /// Tasks that are queued again.
    pub tasks: u32,
    /// Failed ones that were left: their video has a text by now, or trying again would end the same way.
    pub left: u32,
}

/// How a provider does, from the user's own history.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ProviderHealth {
    pub provider: ProviderId,
    pub last_success: Option<Timestamp>,
    /// What a task usually takes, by operation, in seconds; only operations of which enough have ended.
    pub usual: Vec<(Operation, u32)>,
    /// The last tasks that succeeded, failed or are in doubt, at most 20, oldest first.
    pub recent: Vec<RecentTask>,
    /// Of these, the last failures of different kinds, at most 3, newest first.
    pub failures: Vec<RecentFailure>,
    /// What its queued tasks wait for, where all of them wait for the same.
    pub wait: Option<Wait>,
    pub queued: u32,
    pub running: u32,
    pub uncertain: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RecentTask {
    pub task: TaskId,
    pub state: TaskState,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RecentFailure {
    /// The newest task that failed so.
    pub task: TaskId,
    pub operation: Operation,
    pub failure: Failure,
    pub at: Timestamp,
    /// How many of the recent tasks failed so.
    pub count: u32,
}

/// What was spent in a month, by the days of the user's time zone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SpendMonth {
    /// `2026-11`.
    pub month: String,
    /// All months in which anything was spent, and this one, newest first.
    pub months: Vec<String>,
    /// Days on which anything was spent, kept from being spent or left in doubt, newest first.
    pub days: Vec<SpendDay>,
    /// The month's sums. Different units are never added up.
    pub total: Vec<Spent>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SpendDay {
    /// `2026-11-20`.
    pub day: String,
    pub spent: Vec<Spent>,
    /// Tasks that ended without a call since another one has the text of their video.
    pub saved: u32,
}

/// What one provider took.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Spent {
    pub provider: ProviderId,
    pub unit: Unit,
    /// Create calls that were accepted or may have been.
    pub calls: u32,
    /// Their amount in `unit`, as far as known.
    pub amount: u32,
    /// Calls among them whose amount nobody has said.
    pub open: u32,
    /// Calls among them of which nobody knows whether they were charged.
    pub uncertain: u32,
}

words! {
    /// How far a look at a provider's address came.
    pub enum Reached {
        /// It answered; what it said about the key is not looked at.
        Answered = "answered",
        /// The name could not be looked up.
        NoName = "no_name",
        /// Nobody could be connected to within the time.
        NoConnection = "no_connection",
        /// The proxy could not be reached, or refused.
        Proxy = "proxy",
        /// The connection is not the service's own: a certificate that does not fit.
        Certificate = "certificate",
        /// Connected, and no answer within the time.
        Silent = "silent",
    }
}

/// A test of the way to a provider, without a key and without spending anything.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct NetworkTest {
    pub provider: ProviderId,
    /// The host that was asked.
    pub host: String,
    pub reached: Reached,
    pub took_ms: u32,
    /// The address of the proxy that was used, without its password; none for a direct way.
    pub proxy: Option<String>,
}
