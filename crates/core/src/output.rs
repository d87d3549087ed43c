//! What a finished task gives besides a transcript: works, an analysis, what a search found, a plan.

use crate::{Timestamp, word::words};

/// The result of an operation that gives no transcript.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Output {
    Analysis(Analysis),
    /// Never empty.
    Works {
        works: Vec<Work>,
    },
    Scrape(Scrape),
    Plan(Plan),
}

words! {
    /// What a work is.
    pub enum WorkKind {
        Video = "video",
        Image = "image",
        Music = "music",
    }
}

/// A video, picture or piece of music that was made, in one version.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Work {
    pub kind: WorkKind,
    /// The provider's id of this version; an edit is asked for by it.
    pub remote_id: Option<String>,
    /// 1 for the original.
    pub version: u32,
    /// `captions` or `overlay` where an edit made it.
    pub edit: Option<String>,
    /// Empty where another history had it: an address does not leave with an export.
    pub url: String,
    /// When `url` stops working, where it says so itself.
    pub expires_at: Option<Timestamp>,
    pub cover_url: Option<String>,
    pub title: Option<String>,
    /// Seconds, rounded.
    pub duration_s: Option<u32>,
}

/// What somebody who watches a video closely says about it. Not a transcript.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Analysis {
    pub summary: Option<String>,
    /// How it begins.
    pub hook: Option<String>,
    /// In the order of their times.
    pub keyframes: Vec<Keyframe>,
    pub duration_s: Option<f64>,
    pub tags: Vec<String>,
    pub why_it_performed: Vec<String>,
    pub attributes_to_copy: Vec<String>,
    pub hooks_to_test: Vec<String>,
}

impl Analysis {
    /// What it is told by where the video has no title: how the video begins, else what it is about. At most 120
    /// characters.
    pub fn headline(&self) -> Option<String> {
        const LONGEST: usize = 120;
        let texts = [self.hook.as_deref(), self.summary.as_deref()];
        let text = texts.into_iter().flatten().map(str::trim).find(|text| !text.is_empty())?;
        if text.chars().count() <= LONGEST {
            return Some(text.to_owned());
        }
        Some(text.chars().take(LONGEST - 1).chain(['…']).collect())
    }
}

/// A moment of a video.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Keyframe {
    /// Seconds from the start.
    pub at_s: f64,
    /// The provider's word, e.g. `hook`; an open list.
    pub word: Option<String>,
    pub description: Option<String>,
    pub visual: Option<String>,
    /// What is heard, described. Not a transcript.
    pub audio: Option<String>,
    /// What is written on the screen.
    pub text: Option<String>,
}

/// Videos that a search found.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Scrape {
    /// A plan is asked for by it.
    pub scrape_id: String,
    pub videos: Vec<ScrapedVideo>,
}

#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ScrapedVideo {
    pub id: String,
    pub url: String,
    pub author: Option<String>,
    pub description: Option<String>,
    pub views: Option<u32>,
    pub likes: Option<u32>,
    pub comments: Option<u32>,
    pub shares: Option<u32>,
    pub duration_s: Option<f64>,
    pub hashtags: Vec<String>,
    pub cover_url: Option<String>,
    pub media_url: Option<String>,
}

/// A plan of contents. The provider never gives its full text again.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Plan {
    pub plan_id: String,
    pub scrape_id: Option<String>,
    pub brief: Option<String>,
    pub top_wins: Vec<String>,
    pub gaps_to_test: Vec<String>,
    pub blueprints: Vec<Blueprint>,
}

#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Blueprint {
    pub category: Option<String>,
    pub strategy: Option<String>,
    pub evidence: Option<String>,
    pub ideas: Vec<ContentIdea>,
}

#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ContentIdea {
    pub hook: Option<String>,
    pub opening_shot: Option<String>,
    pub outline: Option<String>,
    pub call_to_action: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_analysis_is_told_by_its_hook_else_by_its_summary() {
        let of = |hook: &str, summary: &str| {
            let (hook, summary) = (Some(hook.to_owned()), Some(summary.to_owned()));
            Analysis { hook, summary, ..Analysis::default() }.headline()
        };
        assert_eq!(of("它今天第四次倒了。", "一盆花").as_deref(), Some("它今天第四次倒了。"));
        assert_eq!(of(" ", "一盆花").as_deref(), Some("一盆花"));
        assert_eq!(Analysis::default().headline(), None);
        let long = of(&"字".repeat(121), "").unwrap();
        assert_eq!((long.chars().count(), long.ends_with('…')), (120, true));
    }
}
