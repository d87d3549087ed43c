//! What is sent to the window: read models made of the other words.

use crate::{
    Allowance, Attempt, Charged, Failure, FormField, Input, Link, Operation, Output, Platform,
    ProviderId, SameVideo, Task, TaskId, TaskState, Timestamp, Transcript, Unit, word::words,
};

/// One task changed.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskChange {
    Saved {
        task: Box<Task>,
    },
    Removed {
        id: TaskId,
    },
    /// Another process wrote: what is on screen should be read again.
    Reload,
}

/// Tasks, the newest paste first, within a paste in the order of its links.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TaskPage {
    pub tasks: Vec<Task>,
    /// How many there are in all.
    pub total: u32,
    /// Ask for the page behind this task next; none at the end.
    pub before: Option<TaskId>,
}

/// Everything about one task.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TaskDetail {
    pub task: Task,
    /// What the user pasted, whole.
    pub share_text: String,
    /// All versions, oldest first. The last one is shown and copied.
    pub transcripts: Vec<Transcript>,
    /// The texts that other tasks have of the same video, newest first.
    pub same_video: Vec<SameVideo>,
    /// While this one ended without a result: another task that has the result for the same video, or may still get
    /// it.
    pub another: Option<TaskId>,
    /// What the user filled in.
    pub input: Input,
    /// What came back besides a transcript. A work has the versions here that edits of it made.
    pub output: Option<Output>,
    /// The other tasks of the same create call.
    pub batch: Vec<TaskId>,
    /// Oldest first. A provider that is not the task's own any more started nothing: its last attempt says why.
    pub attempts: Vec<Attempt>,
    /// Providers of the approved order that were passed over without a call, and why.
    pub passed_over: Vec<Failure>,
    /// Tasks ahead of this one at its provider, while it is queued.
    pub ahead: u32,
    /// How long this provider usually takes for this operation, in seconds, from its own history.
    pub usual_s: Option<u32>,
}

/// A transcript of the same video that history already has.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Known {
    pub task: TaskId,
    pub state: TaskState,
    pub title: Option<String>,
    pub created_at: Timestamp,
}

/// A link found in the box.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Chip {
    pub link: Link,
    /// What history already has for this video.
    pub known: Option<Known>,
    /// A profile, a live room, a search page: nothing to transcribe.
    pub not_a_work: bool,
}

words! {
    /// Why a text yields nothing to submit.
    pub enum Notice {
        /// No link at all.
        NoLink = "no_link",
        /// An in-app command (口令) without a link.
        CommandOnly = "command_only",
        /// Looks like a key in the wrong box: mask it, store nothing, send nothing.
        LooksLikeSecret = "looks_like_secret",
    }
}

/// What was found in a text, in order of appearance.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Detection {
    pub chips: Vec<Chip>,
    /// Appearances of links that were merged into an earlier one, other links of the same video among them.
    pub duplicates: u32,
    pub notice: Option<Notice>,
    /// Parts of the text to ink, as UTF-16 offsets `[start, end)`, in order.
    pub spans: Vec<(u32, u32)>,
}

/// What the user asks for when submitting the box.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Submission {
    pub share_text: String,
    /// The URLs (`Link::url`) to make tasks of, in order.
    pub urls: Vec<String>,
    /// Those among them that the user wants again although history has them. The others are skipped when known.
    pub again: Vec<String>,
    pub provider: ProviderId,
    pub operation: Operation,
    pub target_language: Option<String>,
    /// What the operation's form takes besides the link, e.g. the question of an analysis or Coze's workflow.
    pub input: Input,
    /// Send up to as many links as the provider takes in one create call.
    pub together: bool,
    /// Providers that may be tried after `provider` where one provably starts nothing, in this order. Approval covers
    /// exactly these.
    pub then: Vec<ProviderId>,
}

/// What the user asks for with a form instead of a link.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Order {
    pub provider: ProviderId,
    pub operation: Operation,
    pub input: Input,
    /// The task whose work is edited.
    pub parent: Option<TaskId>,
}

/// Which file of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Media {
    /// The video behind the link.
    Video,
    /// Its cover.
    Cover,
    /// A work by its place in `Task::works`.
    Work { index: u32 },
}

/// What looking for an uncertain task at its provider gave. Costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LookedUp {
    /// Found, and followed from now on.
    Found,
    /// It is certainly not there: it can be sent again without paying twice.
    NotThere,
    /// Nothing like it is there, which proves nothing yet. `again_at` is when it would, where time is all that lacks.
    NothingYet { again_at: Option<Timestamp> },
    /// Several could be it; the user decides.
    Several { count: u32 },
    /// The provider cannot list; this is what it says of the account.
    Hint { hint: crate::Hint },
    /// The provider tells nothing of the sort.
    NoWay,
}

words! {
    /// How a download stands.
    pub enum DownloadState {
        Running = "running",
        Done = "done",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

/// A file on its way to the user's folder.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Download {
    pub id: u32,
    pub task: TaskId,
    pub media: Media,
    pub state: DownloadState,
    /// The file's name, without its folder.
    pub name: String,
    /// Where it is, or will be when it is done.
    pub path: String,
    /// Bytes that are there.
    pub received: f64,
    /// Bytes in all, where the host says it.
    pub total: Option<f64>,
    /// Bytes per second over the last seconds.
    pub speed: Option<f64>,
    /// Why it failed; what is there is kept and can be gone on with.
    pub failure: Option<DownloadFailure>,
}

words! {
    /// Why a file could not be had.
    pub enum DownloadFailure {
        /// The address is no longer good and a new one costs money.
        Expired = "expired",
        /// Not an address that may be asked.
        NotAllowed = "not_allowed",
        Network = "network",
        /// The host gave something else than the file.
        NotTheFile = "not_the_file",
        TooLarge = "too_large",
        DiskFull = "disk_full",
        /// The folder cannot be written.
        Unwritable = "unwritable",
    }
}

/// One field of a provider's card.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FieldView {
    pub name: String,
    /// Its value goes to the keychain and never comes back.
    pub secret: bool,
    pub required: bool,
    /// The value of a field that is no secret; its default where nothing was saved.
    pub value: Option<String>,
    /// A secret is saved.
    pub configured: bool,
    /// The last four characters of a saved secret of at least twelve.
    pub last4: Option<String>,
    /// A closed choice of values, where there is one.
    pub choices: Vec<String>,
    /// The columns of a field that holds several rows (a JSON array of objects of texts); empty for one value.
    pub columns: Vec<FormField>,
}

/// A provider's card in the settings.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ProviderView {
    pub id: ProviderId,
    /// Its proper name, the same in every language.
    pub name: String,
    pub fields: Vec<FieldView>,
    pub operations: Vec<Operation>,
    /// The only sites it serves; empty where it decides that itself.
    pub platforms: Vec<Platform>,
    pub unit: Unit,
    /// All required fields are there.
    pub ready: bool,
    /// Secrets are kept for this run only, since the keychain cannot be opened.
    pub session_only: bool,
    /// Where to get a key.
    pub signup_url: String,
    /// Where the user sees their tasks at the provider.
    pub console_url: String,
    pub allowance: Option<Allowance>,
    pub checked_at: Option<Timestamp>,
    /// The last test's failure; none when it passed.
    pub check_failure: Option<Failure>,
    /// Amount spent today in `unit`, as far as known; where there is a bound for the day, what counts towards it.
    pub spent_today: u32,
    /// Expected cost of one task in `unit`; none where the provider publishes no price or it depends on the video.
    pub expected_cost: Option<u32>,
    pub charged_on_failure: Charged,
    /// Links that one create call may take.
    pub batch: u32,
    /// Tasks that may run at once, as the provider last said, and how many do.
    pub slots: Option<u32>,
    pub running: u32,
    /// The user's own bound for a day, in `unit`; what would pass it waits and asks.
    pub daily_limit: Option<u32>,
    /// The user lets today pass the bound.
    pub limit_lifted: bool,
    /// The user must do something about a secret before this time, e.g. since it expires.
    pub expires_at: Option<Timestamp>,
}
