//! What every service can do, in one shape.

use std::{collections::BTreeMap, time::Duration};

use shiwen_core::{
    Allowance, Collection, Failure, FailureKind, Fault, Form, Found, Input, Items, Operation,
    Output, Timestamp, Verb,
};
use shiwen_http::{FilePart, Request, Response};

use crate::{Account, Card, form};

/// What is asked of a service.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    pub operation: Operation,
    /// The link as cut out of the share text; several only where the card's `batch` allows it, none for what takes
    /// a form.
    pub urls: &'a [&'a str],
    /// The whole share text around this link; Coze's video-info workflow wants it.
    pub share_text: &'a str,
    pub target_language: Option<&'a str>,
    /// What the user filled into the operation's form.
    pub input: &'a Input,
}

impl<'a> Job<'a> {
    /// The link of a create call with one.
    pub fn url(&self) -> Option<&'a str> {
        self.urls.first().copied()
    }
}

/// What a follow-up call is about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub operation: Operation,
    pub remote_id: &'a str,
    pub step: Step,
    /// The links of the create call, in its order; none for what takes a form.
    pub urls: &'a [&'a str],
    pub input: &'a Input,
}

/// What an answer to a create call says.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one per answer, taken apart at once")]
pub enum Created {
    /// It runs; follow this id.
    Accepted {
        remote_id: String,
        allowance: Option<Allowance>,
        /// Units that the provider says it took, where it says so.
        cost: Option<u32>,
    },
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
#[expect(clippy::large_enum_variant, reason = "one per answer, taken apart at once")]
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
    /// A create call with several links is done: how each of them ended, in the order of `Asked::urls`.
    Each(Vec<Part>),
    /// A terminal failure of the task: the provider's word for it, a success without the promised text, or
    /// "no such task".
    Failed(Failure),
    /// The call failed, the task did not: count it, back off, ask again.
    AskAgain(Failure),
    /// The account's key was refused by the provider itself: pause its polling until the key changes.
    KeyRefused(Failure),
}

/// What a list says of one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub remote_id: String,
    pub followed: Followed,
    /// The part of the answer that is about it.
    pub body: Vec<u8>,
}

/// How one link of a create call with several ended.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one per answer, taken apart at once")]
pub enum Part {
    Succeeded(Answer),
    Failed(Failure),
}

/// What a finished task gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The transcript, for operations that give one. Never blank.
    pub text: Option<String>,
    /// The provider cut its answer.
    pub incomplete: bool,
    pub found: Found,
    /// What comes back besides a transcript.
    pub output: Option<Output>,
    /// Units that the provider says it took, where it says so.
    pub cost: Option<u32>,
    /// What is left, where the answer says it.
    pub allowance: Option<Allowance>,
    /// When the task ended, by the provider's own clock, where it says so.
    pub finished_at: Option<Timestamp>,
}

/// What a free test of an account found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    pub allowance: Option<Allowance>,
    /// Tasks that may run at once, where the provider says it.
    pub slots: Option<u32>,
    /// Tasks of the account that run now, whoever started them, where the provider says it.
    pub running: Option<u32>,
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

    /// The id under which an accepted task is kept: the answer's, with whatever of the account's settings is needed
    /// to find the task again after they change.
    fn lasting_id(&self, remote_id: &str, job: &Job<'_>, account: &Account) -> String {
        let _ = (job, account);
        remote_id.to_owned()
    }

    /// The call that asks how a task is.
    ///
    /// # Errors
    /// When the account lacks what this call needs.
    fn follow(&self, asked: &Asked<'_>, account: &Account) -> Result<Request, Failure>;

    /// `age` is the time since the intent: an unknown id right after a create may only be late.
    fn read_followed(
        &self,
        asked: &Asked<'_>,
        response: &Response,
        age: Duration,
        now: Timestamp,
    ) -> Followed;

    /// Whether one call tells of several tasks of this operation.
    fn lists(&self, operation: Operation) -> bool {
        let _ = operation;
        false
    }

    /// The call that asks how all tasks of an operation are; only where `lists` says so.
    ///
    /// # Errors
    /// When the account lacks what this call needs, or there is no such call.
    fn follow_many(&self, operation: Operation, account: &Account) -> Result<Request, Failure> {
        let _ = (operation, account);
        Err(Failure::new(self.card().id, FailureKind::InvalidInput))
    }

    /// What the answer says of each task that it names, ours or not.
    ///
    /// # Errors
    /// Why it says nothing; never of a task that it ended.
    fn read_many(
        &self,
        operation: Operation,
        response: &Response,
        now: Timestamp,
    ) -> Result<Vec<Listed>, Failure> {
        let _ = (operation, response, now);
        Err(Failure::new(self.card().id, FailureKind::InvalidInput))
    }

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

    /// Whether `check` tells what is left and how many tasks run, so that the answers before and after a call say
    /// something about it.
    fn tells_use(&self) -> bool {
        false
    }

    /// Until when the account's key works, where its settings say so. No secret is needed for it.
    fn expires_at(&self, settings: &BTreeMap<String, String>) -> Option<Timestamp> {
        let _ = settings;
        None
    }

    /// What the operations take besides a link. An operation without a form takes nothing more.
    fn forms(&self) -> &'static [Form] {
        &[]
    }

    /// Everything that is wrong with what was filled into one of the service's forms. `form::check`, and what no
    /// single field says.
    fn faults(&self, form: &Form, input: &Input, now: Timestamp) -> Vec<Fault> {
        form::check(form, input, now)
    }

    /// What the service keeps for the user.
    fn collections(&self) -> &'static [Collection] {
        &[]
    }

    /// A call to a collection. Its purpose says whether it may be made again.
    ///
    /// # Errors
    /// When there is no such call, or the account or the input lacks what it needs; nothing is sent then.
    fn call(&self, action: &Action<'_>, account: &Account) -> Result<Request, Failure> {
        let _ = (action, account);
        Err(Failure::new(self.card().id, FailureKind::InvalidInput))
    }

    /// # Errors
    /// What the service refused, or an answer that cannot be read.
    fn read_called(
        &self,
        action: &Action<'_>,
        response: &Response,
        now: Timestamp,
    ) -> Result<Items, Failure> {
        let _ = (action, response, now);
        Err(Failure::new(self.card().id, FailureKind::InvalidInput))
    }

    /// Sends a file of the user's to the service, which answers with an address for it.
    ///
    /// # Errors
    /// When the service takes no files, or not this one; nothing is sent then.
    fn upload(&self, file: &FilePart, account: &Account) -> Result<Request, Failure> {
        let _ = (file, account);
        Err(Failure::new(self.card().id, FailureKind::InvalidInput))
    }

    /// The address of the uploaded file.
    ///
    /// # Errors
    /// What the service refused, or an answer that cannot be read.
    fn read_uploaded(&self, response: &Response, now: Timestamp) -> Result<String, Failure> {
        let _ = (response, now);
        Err(Failure::new(self.card().id, FailureKind::InvalidInput))
    }

    /// How many calls the service allows from here on, where its answers say so, refusals included.
    fn budget(&self, response: &Response, now: Timestamp) -> Option<Budget> {
        let _ = (response, now);
        None
    }

    /// Every endpoint that the service's document names, for holding ours against it.
    fn endpoints(&self) -> Vec<Endpoint>;
}

/// What is left of the calls that a service allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub left: u32,
    /// When calls are counted anew.
    pub until: Timestamp,
}

/// One documented endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    pub method: &'static str,
    /// With `{…}` for what is filled in.
    pub path: &'static str,
    /// What of `Service` calls it, e.g. `call personas list`.
    pub function: &'static str,
}

/// A call to a collection.
#[derive(Debug, Clone, Copy)]
pub struct Action<'a> {
    /// The collection's name.
    pub collection: &'a str,
    pub verb: Verb,
    /// Of the item, for calls about one.
    pub id: Option<&'a str>,
    pub input: &'a Input,
}
