//! The remote services, what is asked of them and in what they are paid.

use crate::{Timestamp, word::words};

words! {
    /// A remote service with the user's account.
    pub enum ProviderId {
        Momoget = "momoget",
        Coze = "coze",
        TranscriptGenerate = "transcriptgenerate",
        RawUgc = "rawugc",
        Jimeng = "jimeng",
    }
}

words! {
    /// What is asked of a provider.
    pub enum Operation {
        Transcribe = "transcribe",
        /// Video info: title, author, cover, media URL.
        Resolve = "resolve",
        Analyze = "analyze",
        GenerateVideo = "generate_video",
        GenerateImage = "generate_image",
        GenerateMusic = "generate_music",
        /// Burns captions into a generated video: another version of it.
        Captions = "captions",
        /// Puts a text over a generated video: another version of it.
        Overlay = "overlay",
        /// Looks for videos of a topic.
        Scrape = "scrape",
        /// A plan of contents made of what was found.
        Plan = "plan",
    }
}

words! {
    /// Where a task is shown: each desk of the window has a list of its own.
    pub enum Desk {
        /// 文案: everything about a pasted link.
        Texts = "texts",
        /// 创作: generated videos, pictures and music with their edits.
        Works = "works",
        /// 找选题: searches and plans.
        Research = "research",
    }
}

impl Operation {
    pub const fn desk(self) -> Desk {
        match self {
            Self::Transcribe | Self::Resolve | Self::Analyze => Desk::Texts,
            Self::GenerateVideo
            | Self::GenerateImage
            | Self::GenerateMusic
            | Self::Captions
            | Self::Overlay => Desk::Works,
            Self::Scrape | Self::Plan => Desk::Research,
        }
    }

    /// Whether it is asked of a pasted link. The others take what the user filled into a form.
    pub const fn takes_link(self) -> bool {
        matches!(self, Self::Transcribe | Self::Resolve | Self::Analyze)
    }
}

words! {
    /// The provider's own unit of payment. Units are never converted into each other and never summed.
    pub enum Unit {
        /// 次: one use of the account.
        Use = "use",
        /// 秒: seconds of video.
        Second = "second",
        /// 次运行: one workflow run.
        Run = "run",
        /// 点: credits.
        Credit = "credit",
    }
}

/// What is left of an account's allowance, as the provider last said.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Allowance {
    pub unit: Unit,
    /// None when unlimited.
    pub left: Option<u32>,
    /// The allowance of the period, where the provider says it.
    pub total: Option<u32>,
    /// `daily` or `monthly`: when the allowance is reset, where the provider says it.
    pub period: Option<String>,
    pub learned_at: Timestamp,
}
