//! A task as it leaves the program, and as our own JSON holds it.

use serde::{Deserialize, Serialize};
use shiwen_core::{Link, Operation, Output, ProviderId, Task, TaskState, Timestamp, Transcript};

/// A task with all that is worth keeping of it. No keys, no answers, no attempts, no signed addresses of media.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exported {
    pub operation: Operation,
    pub provider: ProviderId,
    pub state: TaskState,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// What it is called, as [`Task::title`] says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_language: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What the user pasted, whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub share_text: String,
    /// All versions, oldest first; the last one is the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcripts: Vec<Transcript>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
}

impl Exported {
    pub fn new(
        task: &Task,
        share_text: String,
        transcripts: Vec<Transcript>,
        output: Option<Output>,
    ) -> Self {
        Self {
            operation: task.operation,
            provider: task.provider,
            state: task.state,
            created_at: task.created_at,
            ended_at: task.ended_at,
            title: task.title().map(str::to_owned),
            author: task.found.author.clone(),
            duration_s: task.found.duration_s,
            link: task.link.clone(),
            subject: task.subject.clone(),
            model: task.model.clone(),
            target_language: task.target_language.clone(),
            starred: task.starred,
            note: task.note.clone(),
            tags: task.tags.clone(),
            share_text,
            transcripts,
            output: output.map(without_addresses),
        }
    }

    /// The version that is shown and copied; none where no transcript came.
    pub fn transcript(&self) -> Option<&Transcript> {
        self.transcripts.last()
    }

    /// The plain address of the video where one is known, else the link as it was pasted.
    pub fn url(&self) -> Option<&str> {
        let link = self.link.as_ref()?;
        Some(link.canonical.as_deref().unwrap_or(&link.url))
    }
}

/// Addresses of files open them for whoever has the address, and only for a while: they stay here. Those of pages that
/// anybody can see leave.
fn without_addresses(mut output: Output) -> Output {
    match &mut output {
        Output::Works { works } => {
            for work in works {
                work.url.clear();
                work.cover_url = None;
            }
        }
        Output::Scrape(scrape) => {
            for video in &mut scrape.videos {
                (video.cover_url, video.media_url) = (None, None);
            }
        }
        Output::Analysis(_) | Output::Plan(_) => {}
    }
    output
}
