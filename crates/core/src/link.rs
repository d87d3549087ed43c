//! A link: a URL cut out of a share text, and what it tells by itself.

use crate::word::words;

words! {
    /// Where the video lives.
    pub enum Platform {
        Douyin = "douyin",
        Kuaishou = "kuaishou",
        Xiaohongshu = "xiaohongshu",
        Bilibili = "bilibili",
        Toutiao = "toutiao",
        Tiktok = "tiktok",
        Weibo = "weibo",
        Ixigua = "ixigua",
        WechatChannels = "wechat_channels",
        Youtube = "youtube",
        Other = "other",
    }
}

words! {
    /// What a link leads to, as far as the URL says.
    pub enum LinkKind {
        /// A short link: what it leads to is known only after following it.
        Short = "short",
        Video = "video",
        Note = "note",
        Images = "images",
        Live = "live",
        User = "user",
        Collection = "collection",
        Music = "music",
        Topic = "topic",
        Article = "article",
        Search = "search",
        Other = "other",
    }
}

impl LinkKind {
    /// Whether one work may stand behind it. A profile, a live room or a search page is not something to transcribe.
    pub const fn is_work(self) -> bool {
        matches!(
            self,
            Self::Short | Self::Video | Self::Note | Self::Images | Self::Article | Self::Other
        )
    }
}

/// A URL cut out of a share text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Link {
    /// As a careful person would cut it out: complete, query untouched.
    pub url: String,
    pub platform: Platform,
    pub kind: LinkKind,
    /// The id of the work, user or room when the URL holds one; none for short links.
    pub id: Option<String>,
    /// The plain form: `https`, lower-case host, tracking dropped, needed parameters kept.
    pub canonical: Option<String>,
    /// The text around the link without codes and prompts.
    pub title: Option<String>,
}

impl Link {
    /// One key per video over all link forms: `platform:id`, or the plain short link until the id is known.
    pub fn video_key(&self) -> String {
        match &self.id {
            Some(id) => format!("{}:{id}", self.platform),
            None => {
                let plain = self.canonical.as_deref().unwrap_or(&self.url);
                let plain = plain
                    .strip_prefix("https://")
                    .or_else(|| plain.strip_prefix("http://"))
                    .unwrap_or(plain);
                plain.trim_end_matches('/').to_owned()
            }
        }
    }
}
