//! The window's message files, for the parts of the program that have no window.

use std::{borrow::Cow, collections::HashMap};

use crate::Language;

const CHINESE: &str = include_str!("../../../ui/messages/zh-CN.json");
const ENGLISH: &str = include_str!("../../../ui/messages/en.json");

/// The messages of one language.
#[derive(Debug, Clone)]
pub struct Words {
    messages: HashMap<String, String>,
}

impl Words {
    /// The messages of a language; the system's where the user chose none.
    pub fn new(language: Language) -> Self {
        let english = match language {
            Language::Chinese => false,
            Language::English => true,
            Language::System => system_is_english(),
        };
        let text = if english { ENGLISH } else { CHINESE };
        // The files are part of the program and tested; a message that is missing shows as its key.
        Self { messages: serde_json::from_str(text).unwrap_or_default() }
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

/// Chinese comes first: English only where the system asks for another language.
fn system_is_english() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let language = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    language.is_some_and(|language| {
        let language = language.to_ascii_lowercase();
        !language.starts_with("zh")
            && !matches!(language.as_str(), "c" | "posix" | "c.utf-8" | "c.utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_can_be_read_and_places_are_filled() {
        for (language, expected) in [(Language::Chinese, "3 次"), (Language::English, "3 uses")] {
            assert_eq!(Words::new(language).say("amount.use", &[("count", "3")]), expected);
        }
        assert_eq!(Words::new(Language::Chinese).say("no.such.key", &[]), "no.such.key");
    }
}
