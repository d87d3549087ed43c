//! The user's settings, read and saved as one value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shiwen_core::{Operation, ProviderId};
use url::Url;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// The provider that was used last.
    pub provider: Option<ProviderId>,
    pub operation: Operation,
    /// `system`, `none`, or an address of a proxy (`http`, `https`, `socks5`, `socks5h`).
    pub proxy: String,
    /// Short links of a pasted text are followed to learn which video they lead to.
    pub follow_short_links: bool,
    /// Where downloads go; none or an empty text means the system's folder for them.
    pub download_folder: Option<String>,
    /// In which order the providers of an operation come, where the user has one.
    pub order: BTreeMap<Operation, Vec<ProviderId>>,
    /// The rest of that order is approved with each submission: it is gone on with where a provider starts nothing.
    pub failover: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Language {
    #[serde(rename = "system")]
    System,
    #[serde(rename = "zh-CN")]
    Chinese,
    #[serde(rename = "en")]
    English,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            provider: None,
            operation: Operation::Transcribe,
            proxy: "system".to_owned(),
            follow_short_links: true,
            download_folder: None,
            order: BTreeMap::new(),
            failover: false,
        }
    }
}

impl Settings {
    /// Their name in the store.
    pub const NAME: &str = "window";

    /// Whether the proxy can be used as it is written.
    pub fn proxy_is_sound(&self) -> bool {
        matches!(self.proxy.as_str(), "system" | "none")
            || Url::parse(&self.proxy).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.has_host()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_known_kinds_are_sound_proxies() {
        for (proxy, sound) in [
            ("system", true),
            ("none", true),
            ("http://127.0.0.1:7890", true),
            ("socks5://localhost:1080", true),
            ("ftp://localhost:21", false),
            ("127.0.0.1:7890", false),
            ("", false),
        ] {
            let settings = Settings { proxy: proxy.to_owned(), ..Settings::default() };
            assert_eq!(settings.proxy_is_sound(), sound, "{proxy}");
        }
    }
}
