//! What every service can do, in one shape.

use std::time::Duration;

use shiwen_core::{Allowance, Failure, Found, Operation, Timestamp};
use shiwen_http::{Request, Response};

use crate::{Account, Card};

/// What is asked of a service.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    pub operation: Operation,
    /// The link as cut out of the share text.
    pub url: &'a str,
    /// The whole share text around this link; Coze's video-info workflow wants it.
    pub share_text: &'a str,
    pub target_language: Option<&'a str>,
}

/// What an answer to a create call says.
#[derive(Debug, Clone, PartialEq)]
pub enum Created {
    /// It runs; follow this id.
    Accepted { remote_id: String, allowance: Option<Allowance> },
    /// A blocking operation: here is its result.
    Done(Answer),
    /// The provider's own answer says that nothing was started.
    Rejected(Failure),
    /// It may or may not run, or it ran and gave nothing that can be used: money may be gone either way.
    Unknown(Failure),
}

/// Which question comes next while following a task. Services with one question never leave `Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Status,
    /// The provider says it is done; its result is asked for by a second call.
    Result,
}

/// What an answer to a follow-up call says.
#[derive(Debug, Clone, PartialEq)]
pub enum Followed {
    /// It runs, or says a word that nobody knows yet. As an answer to `Step::Result`: not ready yet after all.
    Running {
        /// 0 to 100, where the provider says it.
        progress: Option<u8>,
        /// The provider's own word, for the diagnostics.
        word: String,
    },
    /// Done: ask for the result at once.
    FetchResult,
    Succeeded(Answer),
    /// A terminal failure of the task: the provider's word for it, a success without the promised text, or
    /// "no such task".
    Failed(Failure),
    /// The call failed, the task did not: count it, back off, ask again.
    AskAgain(Failure),
    /// The account's key was refused by the provider itself: pause its polling until the key changes.
    KeyRefused(Failure),
}

/// What a finished task gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The transcript, for operations that give one. Never blank.
    pub text: Option<String>,
    /// The provider cut its answer.
    pub incomplete: bool,
    pub found: Found,
    /// Units that the provider says it took, where it says so.
    pub cost: Option<u32>,
}

/// What a free test of an account found.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub allowance: Option<Allowance>,
    /// Tasks that may run at once, where the provider says it.
    pub slots: Option<u32>,
}

/// When to ask, until the provider's own durations are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    pub first: Duration,
    pub interval: Duration,
    /// Each interval is this times the one before.
    pub growth: f64,
    pub cap: Duration,
    /// The provider's documented smallest wait before the first call.
    pub floor: Duration,
    /// After this the task is stalled: asked every 15 minutes, later hourly.
    pub deadline: Duration,
}

/// A service. Everything here is pure: requests as data out, answers in, no clock, no network.
pub trait Service: Send + Sync + 'static {
    fn card(&self) -> &'static Card;

    fn schedule(&self) -> Schedule;

    /// The create call. Costs money, so its purpose is `Spend`.
    ///
    /// # Errors
    /// When the account or the job lacks what this call needs; nothing is sent then.
    fn create(&self, job: &Job<'_>, account: &Account) -> Result<Request, Failure>;

    fn read_created(&self, job: &Job<'_>, response: &Response, now: Timestamp) -> Created;

    /// The call that asks how a task is.
    ///
    /// # Errors
    /// When the account lacks what this call needs.
    fn follow(
        &self,
        operation: Operation,
        remote_id: &str,
        step: Step,
        account: &Account,
    ) -> Result<Request, Failure>;

    /// `age` is the time since the intent: an unknown id right after a create may only be late.
    fn read_followed(
        &self,
        operation: Operation,
        remote_id: &str,
        step: Step,
        response: &Response,
        age: Duration,
        now: Timestamp,
    ) -> Followed;

    /// Calls that test the account and cost nothing; all are sent, in order.
    ///
    /// # Errors
    /// When the account lacks what these calls need.
    fn check(&self, account: &Account) -> Result<Vec<Request>, Failure>;

    /// The answers to `check`, in order.
    ///
    /// # Errors
    /// The first answer that says the account cannot be used.
    fn read_checked(&self, responses: &[Response], now: Timestamp) -> Result<Checked, Failure>;
}
