//! What is sent to the window: read models made of the other words.

use crate::{
    Allowance, Attempt, Charged, Failure, Link, Operation, Platform, ProviderId, Task, TaskId,
    TaskState, Timestamp, Transcript, Unit, word::words,
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
    /// All versions, oldest first.
    pub transcripts: Vec<Transcript>,
    /// Oldest first.
    pub attempts: Vec<Attempt>,
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
}

/// One field of a provider's card.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
    /// Amount spent today in `unit`, as far as known.
    pub spent_today: u32,
    /// Expected cost of one task in `unit`; none where the provider publishes no price or it depends on the video.
    pub expected_cost: Option<u32>,
    pub charged_on_failure: Charged,
}
