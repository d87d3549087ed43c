//! A task: one piece of the user's work, and its states.

use crate::{Failure, Input, Link, Operation, ProviderId, Timestamp, Work, word::words};

/// The task's row in the history.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct TaskId(pub u32);

impl std::fmt::Display for TaskId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One text that was pasted. Its tasks stand together, in the order of its links.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct PasteId(pub u32);

words! {
    /// `queued` → `submitting` → `running` → an end. The create call of an `uncertain` task may or may not have
    /// been accepted; only the user, or a proof, moves a task out of it.
    pub enum TaskState {
        Queued = "queued",
        Submitting = "submitting",
        Running = "running",
        Succeeded = "succeeded",
        Failed = "failed",
        Cancelled = "cancelled",
        Uncertain = "uncertain",
    }
}

words! {
    /// Why a task is waiting.
    pub enum WaitReason {
        /// All of the provider's slots are taken.
        Slot = "slot",
        /// The provider asked for a pause.
        Rate = "rate",
        Offline = "offline",
        DailyLimit = "daily_limit",
        Paused = "paused",
        /// No usable key: missing, refused, or the keychain cannot be opened.
        Key = "key",
        /// The provider could not be reached; nothing was sent. Tried again at `until`.
        NotSent = "not_sent",
        /// Five tries never left this machine: the user decides when to try again.
        GaveUpSending = "gave_up_sending",
        /// The disk is nearly full: nothing is submitted, so that remote ids can still be saved.
        DiskFull = "disk_full",
    }
}

/// Why a task is waiting, and until when where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Wait {
    pub reason: WaitReason,
    pub until: Option<Timestamp>,
}

words! {
    /// How a task came to be `cancelled`.
    pub enum CancelCause {
        /// Before it was submitted: not charged.
        BeforeSubmit = "before_submit",
        /// After it was submitted: the user stopped waiting. The remote id is kept and can be resumed.
        StoppedWaiting = "stopped_waiting",
        /// The user gave up an uncertain task.
        GaveUp = "gave_up",
        /// Before it was submitted: its link turned out to be a video that another task is about. Not charged.
        SameVideo = "same_video",
    }
}

words! {
    /// Whose words a version of a transcript holds.
    pub enum TranscriptKind {
        Provider = "provider",
        Tidied = "tidied",
        Edited = "edited",
    }
}

/// A version of the text that came back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Transcript {
    /// 1 for the task's first.
    pub version: u32,
    pub kind: TranscriptKind,
    pub text: String,
    /// 字数: each CJK character 1, each Latin word or number 1, no punctuation.
    pub words: u32,
    /// The provider cut its answer: more text exists than came back.
    pub incomplete: bool,
    pub created_at: Timestamp,
}

/// What a provider found out about the video. Each field only where the answer holds it.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Found {
    pub title: Option<String>,
    pub author: Option<String>,
    /// Seconds, rounded.
    pub duration_s: Option<u32>,
    pub cover_url: Option<String>,
    pub media_url: Option<String>,
    /// The author's picture.
    pub avatar_url: Option<String>,
    /// When the provider's URLs were learned; they are signed and expire.
    pub learned_at: Option<Timestamp>,
}

/// Links that go to the provider in one create call. Every task of it has one item of the remote task.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct BatchId(pub u32);

/// What is needed to queue a task.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTask {
    pub operation: Operation,
    pub provider: ProviderId,
    /// None for what takes a form instead.
    pub link: Option<Link>,
    /// What the user filled in, by the names of the operation's form.
    pub input: Input,
    /// The task whose work this one edits.
    pub parent: Option<TaskId>,
    /// What the provider should translate into, where it can; none keeps the spoken language.
    pub target_language: Option<String>,
    /// The user wants it although history has this video already.
    pub again: bool,
    /// Providers that may be tried after `provider`, in this order: what the user approved.
    pub then: Vec<ProviderId>,
}

/// A task as it stands in the list.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Task {
    pub id: TaskId,
    pub paste: PasteId,
    pub operation: Operation,
    pub provider: ProviderId,
    pub state: TaskState,
    /// Only while `queued` or `running`.
    pub wait: Option<Wait>,
    /// The deadline passed while the provider still says it runs; it is asked less often from then on.
    pub stalled: bool,
    /// 0 to 100, where the provider says it.
    pub progress: Option<u8>,
    pub cancel_cause: Option<CancelCause>,
    pub failure: Option<Failure>,
    /// Of a create call whose outcome is unknown: its provider's list proved that nothing came of it.
    pub not_there: bool,
    pub remote_id: Option<String>,
    /// None for what takes a form instead.
    pub link: Option<Link>,
    /// What it is about where there is no link: the beginning of the prompt or the query, at most 200 characters.
    pub subject: Option<String>,
    /// What the user chose among the provider's models, where there was a choice.
    pub model: Option<String>,
    /// The task whose work this one edits.
    pub parent: Option<TaskId>,
    /// Set while the task shares its create call with others.
    pub batch: Option<BatchId>,
    pub target_language: Option<String>,
    pub found: Found,
    /// Works that came back, in short.
    pub works: Vec<Work>,
    /// Places in `works` whose files are kept on this machine.
    pub kept: Vec<u32>,
    /// Providers that may still be tried where this one provably starts nothing, in this order.
    pub then: Vec<ProviderId>,
    /// What the provider says it took, in its unit, where it says so.
    pub cost: Option<u32>,
    /// 字数 of the newest version.
    pub words: Option<u32>,
    pub starred: bool,
    /// The user's own words about it.
    pub note: Option<String>,
    /// In alphabetical order.
    pub tags: Vec<String>,
    /// In the trash since then.
    pub deleted_at: Option<Timestamp>,
    /// Brought from another history.
    pub imported: bool,
    pub created_at: Timestamp,
    /// Intent of the newest attempt: from here on time runs.
    pub submitted_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// When the provider is asked next.
    pub next_poll_at: Option<Timestamp>,
}

impl Task {
    /// The title to show: the provider's, else what the share text said, else, where there is no link, what was asked
    /// for. What was asked about a link is no name for it: many links are asked the same.
    pub fn title(&self) -> Option<&str> {
        let found = self.found.title.as_deref();
        let Some(link) = &self.link else { return found.or(self.subject.as_deref()) };
        let of_link = link.title.as_deref();
        // An analysis finds no title, only words that stand in for one.
        if self.operation == Operation::Analyze { of_link.or(found) } else { found.or(of_link) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinkKind, Platform};

    fn task(operation: Operation, of_link: Option<Option<&str>>, found: Option<&str>) -> Task {
        let link = of_link.map(|title| Link {
            url: "https://v.douyin.com/iRk3xQ7_p2A/".to_owned(),
            platform: Platform::Douyin,
            kind: LinkKind::Short,
            id: None,
            canonical: None,
            title: title.map(str::to_owned),
        });
        Task {
            id: TaskId(1),
            paste: PasteId(1),
            operation,
            provider: ProviderId::RawUgc,
            state: TaskState::Succeeded,
            wait: None,
            stalled: false,
            progress: None,
            cancel_cause: None,
            not_there: false,
            failure: None,
            remote_id: None,
            link,
            subject: Some("asked".to_owned()),
            model: None,
            parent: None,
            batch: None,
            target_language: None,
            found: Found { title: found.map(str::to_owned), ..Found::default() },
            works: Vec::new(),
            kept: Vec::new(),
            then: Vec::new(),
            cost: None,
            words: None,
            starred: false,
            note: None,
            tags: Vec::new(),
            deleted_at: None,
            imported: false,
            created_at: Timestamp(0),
            submitted_at: None,
            ended_at: None,
            next_poll_at: None,
        }
    }

    #[test]
    fn what_was_asked_is_a_title_only_without_a_link() {
        assert_eq!(task(Operation::Scrape, None, None).title(), Some("asked"));
        assert_eq!(task(Operation::Analyze, Some(None), None).title(), None);
    }

    #[test]
    fn an_analysis_goes_by_the_title_of_its_link_and_a_transcript_by_the_provider_s() {
        let title = |operation| {
            task(operation, Some(Some("shared")), Some("found")).title().map(str::to_owned)
        };
        assert_eq!(title(Operation::Analyze).as_deref(), Some("shared"));
        assert_eq!(title(Operation::Transcribe).as_deref(), Some("found"));
        assert_eq!(task(Operation::Analyze, Some(None), Some("hook")).title(), Some("hook"));
    }
}
