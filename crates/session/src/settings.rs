//! The user's settings, read and saved as one value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shiwen_core::{ExportFormat, Operation, ProviderId, SearchOrder, TidySteps};
use url::Url;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// The provider that was used last.
    pub provider: Option<ProviderId>,
    pub operation: Operation,
    /// `system`, `none`, or an address of a proxy (`http`, `https`, `socks5`, `socks5h`) without a user or password:
    /// these settings lie in plain files, backups among them.
    pub proxy: String,
    /// Short links of a pasted text are followed to learn which video they lead to.
    pub follow_short_links: bool,
    /// Where downloads go; none or an empty text means the system's folder for them.
    pub download_folder: Option<String>,
    /// In which order the providers of an operation come, where the user has one.
    pub order: BTreeMap<Operation, Vec<ProviderId>>,
    /// The rest of that order is approved with each submission: it is gone on with where a provider starts nothing.
    pub failover: bool,
    /// What was tidied last.
    pub tidy: TidySteps,
    /// Texts of the search box that the user keeps; the first [`Settings::SAVED_SEARCHES`] count.
    pub saved_searches: Vec<String>,
    pub search_order: SearchOrder,
    pub export: ExportWish,
    /// How to reach single providers, where it differs from `proxy`; written as that is.
    pub proxies: BTreeMap<ProviderId, String>,
    /// The size of everything that is written, in percent; [`Settings::FONT_SIZES`].
    pub font_size: u16,
    /// What the window's close button does.
    pub close: OnClose,
    /// The system says when what was waited for has ended and the window is not looked at.
    pub notify: bool,
    /// Offers to extract a link that was copied elsewhere. It is never taken without a click.
    pub clipboard_offer: bool,
    /// The keys that take the clipboard from anywhere, as Tauri writes them (`CommandOrControl+Alt+V`); none for none.
    pub shortcut: Option<String>,
    /// Looks for a newer version now and then, where this program may replace itself.
    pub check_updates: bool,
}

/// What the window's close button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum OnClose {
    Ask,
    Tray,
    Quit,
}

/// How was exported last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ExportWish {
    pub format: ExportFormat,
    /// A file for each task instead of one for all.
    pub each: bool,
    /// How a task is written in `txt` and `md`; none takes the format's own way.
    pub template: Option<String>,
}

impl Default for ExportWish {
    fn default() -> Self {
        Self { format: ExportFormat::Txt, each: false, template: None }
    }
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
            tidy: TidySteps::default(),
            saved_searches: Vec::new(),
            search_order: SearchOrder::Newest,
            export: ExportWish::default(),
            proxies: BTreeMap::new(),
            font_size: 100,
            close: OnClose::Ask,
            notify: true,
            clipboard_offer: false,
            shortcut: None,
            check_updates: true,
        }
    }
}

impl Settings {
    /// What the size may be, in percent.
    pub const FONT_SIZES: [u16; 6] = [85, 100, 115, 130, 150, 200];

    /// Their name in the store.
    pub const NAME: &str = "window";
    /// More saved searches are forgotten.
    pub const SAVED_SEARCHES: usize = 50;

    /// As they are worth saving: no more saved searches than are kept, none twice and none empty.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let mut known = std::collections::HashSet::new();
        self.saved_searches.retain(|text| !text.trim().is_empty() && known.insert(text.clone()));
        self.saved_searches.truncate(Self::SAVED_SEARCHES);
        if !Self::FONT_SIZES.contains(&self.font_size) {
            self.font_size = 100;
        }
        self
    }

    /// Takes users and passwords out of the proxies, as an older version kept them. Answers whether there were any.
    pub(crate) fn forget_proxy_users(&mut self) -> bool {
        let mut found = false;
        for proxy in std::iter::once(&mut self.proxy).chain(self.proxies.values_mut()) {
            let Ok(mut url) = Url::parse(proxy) else { continue };
            if holds_user(&url) && url.set_username("").is_ok() && url.set_password(None).is_ok() {
                *proxy = url.as_str().trim_end_matches('/').to_owned();
                found = true;
            }
        }
        found
    }

    /// Whether the proxies can be used as they are written.
    pub fn proxy_is_sound(&self) -> bool {
        std::iter::once(&self.proxy).chain(self.proxies.values()).all(|proxy| is_sound(proxy))
    }
}

fn holds_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether it is a way to reach the network: `system`, `none`, or the address of a proxy that asks for no password.
pub(crate) fn is_sound(proxy: &str) -> bool {
    matches!(proxy, "system" | "none")
        || Url::parse(proxy).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h")
                && url.has_host()
                && !holds_user(&url)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_store::Store;

    #[test]
    fn settings_saved_by_an_older_version_are_read_with_the_defaults_of_what_it_did_not_know() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let older = serde_json::json!({
            "language": "en", "theme": "dark", "provider": "coze", "operation": "transcribe", "proxy": "none",
            "follow_short_links": false, "download_folder": null, "order": {}, "failover": true,
            "tidy": { "spaces": true }, "export": { "each": true },
        });
        store.save_setting(Settings::NAME, &older).unwrap();
        let read: Settings = store.setting(Settings::NAME).unwrap();
        let expected = Settings {
            language: Language::English,
            theme: Theme::Dark,
            provider: Some(ProviderId::Coze),
            proxy: "none".to_owned(),
            follow_short_links: false,
            failover: true,
            tidy: TidySteps { spaces: true, ..TidySteps::default() },
            export: ExportWish { each: true, ..ExportWish::default() },
            ..Settings::default()
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn saved_searches_are_bounded_and_none_is_kept_twice() {
        let many = (0..80).map(|n| format!("平台:抖音 {}", n / 2)).chain([" ".to_owned()]);
        let settings = Settings { saved_searches: many.collect(), ..Settings::default() };
        let kept = settings.bounded().saved_searches;
        assert_eq!(kept.len(), 40);
        let more = (0..80).map(|n| n.to_string()).collect();
        let settings = Settings { saved_searches: more, ..Settings::default() };
        assert_eq!(settings.bounded().saved_searches.len(), Settings::SAVED_SEARCHES);
    }

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
            ("http://me:word@127.0.0.1:7890", false),
            ("http://me@127.0.0.1:7890", false),
            ("socks5://:word@127.0.0.1:1080", false),
        ] {
            let settings = Settings { proxy: proxy.to_owned(), ..Settings::default() };
            assert_eq!(settings.proxy_is_sound(), sound, "{proxy}");
            let proxies = BTreeMap::from([(ProviderId::Coze, proxy.to_owned())]);
            let settings = Settings { proxies, ..Settings::default() };
            assert_eq!(settings.proxy_is_sound(), sound, "{proxy} of a provider");
        }
    }

    #[test]
    fn users_and_passwords_of_proxies_are_forgotten_and_the_rest_is_kept() {
        let mut settings = Settings {
            proxy: "http://me:word@proxy.example:7890".to_owned(),
            proxies: BTreeMap::from([
                (ProviderId::Coze, "none".to_owned()),
                (ProviderId::RawUgc, "socks5h://:word@127.0.0.1:1080".to_owned()),
            ]),
            ..Settings::default()
        };
        assert!(settings.forget_proxy_users());
        assert_eq!(settings.proxy, "http://proxy.example:7890");
        assert_eq!(settings.proxies[&ProviderId::RawUgc], "socks5h://127.0.0.1:1080");
        assert_eq!(settings.proxies[&ProviderId::Coze], "none");
        assert!(settings.proxy_is_sound());
        assert!(!settings.forget_proxy_users());
    }
}
