//! The window's message files, for the parts of the program that have no window.

use std::{borrow::Cow, collections::HashMap};

use flate2::read::ZlibDecoder;

use crate::Language;

/// Packed by `build.rs`.
const CHINESE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/zh-CN.json.z"));
const ENGLISH: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/en.json.z"));

/// The messages of one language.
#[derive(Debug, Clone)]
pub struct Words {
    messages: HashMap<String, String>,
}

impl Words {
    /// The messages of a language; the system's where the user chose none.
    pub fn new(language: Language) -> Self {
        let packed = if resolved(language) == Language::English { ENGLISH } else { CHINESE };
        // The files are part of the program and tested; a message that is missing shows as its key.
        let text = std::io::read_to_string(ZlibDecoder::new(packed)).unwrap_or_default();
        Self { messages: serde_json::from_str(&text).unwrap_or_default() }
    }

    /// The message of this key with its places filled in.
    pub fn say<'a>(&'a self, key: &'a str, places: &[(&str, &str)]) -> Cow<'a, str> {
        let message = self.messages.get(key).map_or(key, String::as_str);
        if places.is_empty() {
            return Cow::Borrowed(message);
        }
        let filled = places.iter().fold(message.to_owned(), |message, (name, value)| {
            message.replace(&format!("{{{name}}}"), value)
        });
        Cow::Owned(filled)
    }

    /// Whether there is such a message.
    pub fn has(&self, key: &str) -> bool {
        self.messages.contains_key(key)
    }
}

/// The language of the words: the user's choice, else the system's. Chinese comes first, so English is only for
/// systems that name another language.
pub fn resolved(language: Language) -> Language {
    match language {
        Language::System if is_foreign(sys_locale::get_locale().as_deref()) => Language::English,
        Language::System => Language::Chinese,
        chosen => chosen,
    }
}

fn is_foreign(locale: Option<&str>) -> bool {
    let Some(locale) = locale else { return false };
    let locale = locale.to_ascii_lowercase();
    !locale.starts_with("zh")
        && !matches!(locale.as_str(), "" | "c" | "posix")
        && !locale.starts_with("c.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_system_that_names_another_language_is_foreign() {
        for (locale, foreign) in [
            (Some("zh-CN"), false),
            (Some("zh-Hans-CN"), false),
            (Some("en-US"), true),
            (Some("ja-JP"), true),
            (Some("C"), false),
            (Some("C.UTF-8"), false),
            (Some(""), false),
            (None, false),
        ] {
            assert_eq!(is_foreign(locale), foreign, "{locale:?}");
        }
    }

    #[test]
    fn both_files_can_be_read_and_places_are_filled() {
        for (language, expected) in [(Language::Chinese, "3 次"), (Language::English, "3 uses")] {
            assert_eq!(Words::new(language).say("amount.use", &[("count", "3")]), expected);
        }
        assert_eq!(Words::new(Language::Chinese).say("no.such.key", &[]), "no.such.key");
    }
}
