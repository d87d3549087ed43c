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
