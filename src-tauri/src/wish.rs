//! Deep links: another program hands over a text that it wants to be extracted, as `shiwen://extract?text=…`.
//!
//! Anybody can write such a link, so it only ever leads to a question. Nothing of it reaches the box before the user
//! says yes, and nothing is submitted by it. On Linux and Windows the address comes as an argument of a start, which a
//! running program is told; on macOS as an event.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Manager, Url};

use crate::{
    changes::Tell,
    closing::Asking,
    ipc::{Wish, Wished},
    window,
};

/// Registered by the installed program: `plugins.deep-link` of tauri.conf.json.
pub(crate) const SCHEME: &str = "shiwen";
/// Longer texts are refused, in characters.
const LONGEST: usize = 10_000;
/// A character takes at most twelve of an address: four bytes, percent-encoded.
const LONGEST_ADDRESS: usize = LONGEST * 12 + 100;

/// The wish that the page has not taken yet. A newer one takes the place of one that nobody has seen.
#[derive(Default)]
pub(crate) struct Wishes(Mutex<Option<Wish>>);

impl Wishes {
    pub(crate) fn new(first: Option<Wish>) -> Self {
        Self(Mutex::new(first))
    }

    fn put(&self, wish: Wish) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(wish);
    }

    pub(crate) fn take(&self) -> Option<Wish> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Brings the window to the front for another start of the program, and asks about what that start was given.
pub(crate) fn hear<'a>(app: &AppHandle, addresses: impl IntoIterator<Item = &'a str>) {
    window::focus(app);
    let Some(wish) = addresses.into_iter().filter(|it| is_address(it)).find_map(read) else {
        return;
    };
    // Before the window is there nobody can have found this instance.
    let Some(wishes) = app.try_state::<Wishes>() else { return };
    if !app.state::<Asking>().is_possible() {
        // The page asks for it by itself when it is there.
        wishes.put(wish);
    } else if let Err(error) = Wished(wish).emit(app) {
        tracing::warn!(%error, "the window was not told");
    }
}

/// Whether an argument is an address of ours, sound or not.
pub(crate) fn is_address(argument: &str) -> bool {
    argument.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
}

/// Reads an address; none where it asks for anything else than a text to be extracted.
pub(crate) fn read(address: &str) -> Option<Wish> {
    if address.len() > LONGEST_ADDRESS {
        tracing::warn!(bytes = address.len(), "a deep link is too long");
        return None;
    }
    let url = Url::parse(address).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if url.scheme() != SCHEME || url.host_str() != Some("extract") || !plain {
        return None;
    }
    if !matches!(url.path(), "" | "/") {
        return None;
    }
    let text = url.query_pairs().find(|(name, _)| name == "text")?.1;
    if text.chars().count() > LONGEST {
        tracing::warn!("the text of a deep link is too long");
        return None;
    }
    let text: String = text.chars().filter(|letter| is_shown(*letter)).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| Wish { text: text.to_owned() })
}

/// What the question can show as it is: no controls, and nothing that turns the order of the letters around.
fn is_shown(letter: char) -> bool {
    let turns = matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}');
    !turns && (matches!(letter, '\n' | '\t') || !letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(address: &str) -> Option<String> {
        read(address).map(|wish| wish.text)
    }

    #[test]
    fn a_text_is_read_as_it_was_written() {
        for (address, expected) in [
            (
                "shiwen://extract?text=https%3A%2F%2Fv.douyin.com%2FiRk3xQ7%2F",
                "https://v.douyin.com/iRk3xQ7/",
            ),
            (
                "SHIWEN://extract/?text=7.43%20%E5%A4%8D%E5%88%B6+%E6%89%93%E5%BC%80",
                "7.43 复制 打开",
            ),
            ("shiwen://extract?from=x&text=a&text=b#c", "a"),
            ("shiwen://extract?text=一行%0A两行", "一行\n两行"),
        ] {
            assert_eq!(text(address).as_deref(), Some(expected), "{address}");
        }
    }

    #[test]
    fn nothing_else_is_a_wish() {
        for address in [
            "",
            "shiwen:",
            "shiwen://",
            "shiwen:extract?text=a",
            "shiwen://extract",
            "shiwen://extract?text=",
            "shiwen://extract?text=%20%0A",
            "shiwen://extract?Text=a",
            "shiwen://delete?text=a",
            "shiwen://extract/all?text=a",
            "shiwen://user@extract?text=a",
            "shiwen://extract:80?text=a",
            "shiwen://extract.example.com?text=a",
            "https://extract?text=a",
            "file:///etc/passwd?text=a",
            "--sandbox",
        ] {
            assert_eq!(text(address), None, "{address}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_and_letters_that_deceive_do_not_reach_the_question() {
        assert_eq!(text("shiwen://extract?text=a%00%1B%5B31m%08b").as_deref(), Some("a[31mb"));
        assert_eq!(
            text("shiwen://extract?text=%E2%80%AEmoc.elpmaxe%E2%80%AC").as_deref(),
            Some("moc.elpmaxe")
        );
        assert_eq!(text("shiwen://extract?text=%FF%FE").as_deref(), Some("\u{FFFD}\u{FFFD}"));
        assert_eq!(
            text("shiwen://extract?text=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E").as_deref(),
            Some("<img src=x onerror=alert(1)>")
        );
    }

    #[test]
    fn a_text_of_ten_thousand_characters_is_the_longest() {
        let address = |count| format!("shiwen://extract?text={}", "%F0%A0%AE%B7".repeat(count));
        assert_eq!(text(&address(LONGEST)).map(|text| text.chars().count()), Some(LONGEST));
        assert_eq!(text(&address(LONGEST + 1)), None);
        assert_eq!(text(&format!("shiwen://extract?text={}", "a".repeat(5_000_000))), None);
    }

    #[test]
    fn a_wish_is_taken_once() {
        let wishes = Wishes::new(read("shiwen://extract?text=a"));
        assert_eq!(wishes.take().map(|wish| wish.text).as_deref(), Some("a"));
        assert_eq!(wishes.take(), None);
    }
}
