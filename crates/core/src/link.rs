//! A link: a URL cut out of a share text, and what it tells by itself.

use crate::{video::one_spelling, word::words};

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

/// What a short link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    pub platform: Platform,
    /// Never [`LinkKind::Short`].
    pub kind: LinkKind,
    pub id: String,
    /// As [`Link::canonical`].
    pub canonical: Option<String>,
}

impl Link {
    /// This short link, once it is known what it leads to. The URL stays the one that was pasted.
    pub fn landed(self, landing: Landing) -> Self {
        let Landing { platform, kind, id, canonical } = landing;
        Self { platform, kind, id: Some(id), canonical, ..self }
    }

    /// One key per video over all link forms: `platform:id`, or the plain short link until the id is known. Parts of
    /// a Bilibili video are videos of their own.
    pub fn video_key(&self) -> String {
        match &self.id {
            Some(id) => {
                let id = one_spelling(self.platform, id);
                match self.part() {
                    Some(part) => format!("{}:{id}#{part}", self.platform),
                    None => format!("{}:{id}", self.platform),
                }
            }
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

    /// The part (分P) of a Bilibili video beyond its first.
    fn part(&self) -> Option<u32> {
        if self.platform != Platform::Bilibili {
            return None;
        }
        let url = url::Url::parse(self.canonical.as_deref().unwrap_or(&self.url)).ok()?;
        let part = url.query_pairs().find(|(name, _)| name == "p")?.1.parse().ok()?;
        (part > 1).then_some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(platform: Platform, id: Option<&str>, url: &str) -> Link {
        Link {
            url: url.to_owned(),
            platform,
            kind: LinkKind::Video,
            id: id.map(str::to_owned),
            canonical: None,
            title: None,
        }
    }

    #[test]
    fn a_short_link_has_the_key_of_its_video_once_that_is_known() {
        let short = |url| Link {
            kind: LinkKind::Short,
            title: Some("红烧肉".to_owned()),
            ..link(Platform::Bilibili, None, url)
        };
        let landing = Landing {
            platform: Platform::Bilibili,
            kind: LinkKind::Video,
            id: "BV1xx411c7mD".to_owned(),
            canonical: Some("https://www.bilibili.com/video/BV1xx411c7mD?p=2".to_owned()),
        };
        for url in ["https://b23.tv/qweRTY1", "https://bili2233.cn/asdFGH2"] {
            let landed = short(url).landed(landing.clone());
            assert_eq!(landed.video_key(), "bilibili:BV1xx411c7mD#2");
            assert_eq!((landed.url, landed.title), (url.to_owned(), Some("红烧肉".to_owned())));
        }
    }

    #[test]
    fn one_video_has_one_key_over_its_forms_and_each_part_its_own() {
        for (platform, id, url, key) in [
            (
                Platform::Douyin,
                Some("7300000000000000001"),
                "https://www.douyin.com/video/7300000000000000001",
                "douyin:7300000000000000001",
            ),
            (
                Platform::Douyin,
                None,
                "https://v.douyin.com/iRk3xQ7_p2A/",
                "v.douyin.com/iRk3xQ7_p2A",
            ),
            (Platform::Douyin, None, "http://v.douyin.com/iRk3xQ7_p2A", "v.douyin.com/iRk3xQ7_p2A"),
            (
                Platform::Bilibili,
                Some("BV1xx411c7mD"),
                "https://www.bilibili.com/video/BV1xx411c7mD?p=1",
                "bilibili:BV1xx411c7mD",
            ),
            (
                Platform::Bilibili,
                Some("BV1xx411c7mD"),
                "https://www.bilibili.com/video/BV1xx411c7mD?t=5&p=3",
                "bilibili:BV1xx411c7mD#3",
            ),
        ] {
            assert_eq!(link(platform, id, url).video_key(), key);
        }
    }
}
