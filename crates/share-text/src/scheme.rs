//! Schemes as people and programs leave them: without a letter, a colon or a slash, doubled, or torn from the host.

use crate::chars::{before, may_precede_host};

/// What stands before a host that has no intact scheme.
#[derive(Debug, PartialEq)]
pub(crate) struct Lead {
    /// The scheme to restore, with its `://`.
    pub(crate) scheme: &'static str,
    /// Where the link begins: at what is left of the scheme, or at the host.
    pub(crate) from: usize,
}

const HTTP: &str = "http://";
const HTTPS: &str = "https://";

/// The scheme that a damaged word is meant to be: `http` or `https` after letters were lost or doubled.
pub(crate) fn restore(word: &str) -> Option<&'static str> {
    const LONGEST: usize = 10;
    if word.len() > LONGEST {
        return None;
    }
    let mut letters: Vec<u8> = word.bytes().map(|b| b.to_ascii_lowercase()).collect();
    letters.dedup();
    // With doubled letters made one, `https` reads "htps".
    let mut order = b"htps".iter();
    let in_order = letters.iter().all(|letter| order.any(|o| o == letter));
    match letters.last() {
        Some(b's') if in_order => Some(HTTPS),
        Some(b'p') if in_order => Some(HTTP),
        Some(b't') if in_order && letters.len() > 1 => Some(HTTP),
        _ => None,
    }
}

/// Looks back from a host without an intact scheme. None where the host is part of something else.
pub(crate) fn lead(text: &str, host: usize) -> Option<Lead> {
    let free = Lead { scheme: HTTPS, from: host };
    let slashes_to = back(text, host, 3, char::is_whitespace);
    let last_from = back(text, slashes_to, 5, |c| c == '/');
    let slashes_from = torn_slashes(text, last_from).unwrap_or(last_from);
    let colon_to = back(text, slashes_from, 2, char::is_whitespace);
    let colon_from = back(text, colon_to, 2, |c| matches!(c, ':' | '：'));
    let colon = colon_from < colon_to;
    let marks_from = if colon { colon_from } else { slashes_from };
    let word_to = back(text, marks_from, 2, char::is_whitespace);
    let word_from = back(text, word_to, 16, |c| c.is_ascii_alphanumeric());

    let slashes = text[slashes_from..slashes_to].matches('/').count();
    if let Some((scheme, len)) = meant(&text[word_from..word_to], colon)
        && (colon || slashes >= 2)
    {
        let from = word_to - len;
        let in_path = before(text, from).is_some_and(|c| matches!(c, '/' | '.' | '-' | '@' | '_'));
        // `https://https//` is a scheme written twice, the second time without its colon.
        if colon || !in_path || text[..from].ends_with("://") {
            return Some(Lead { scheme, from });
        }
    }
    if slashes_to < host {
        return Some(free);
    }
    match slashes_to - last_from {
        0 => stands_alone(text, host).then_some(free),
        // A bare `//` or `://` is a damaged scheme where nothing before it can be a path.
        2 if slashes == 2 => {
            let from = if colon_to == slashes_from { marks_from } else { slashes_from };
            // A full-width colon behind a word is the word's.
            let wide = text[from..].starts_with('：');
            let bare = wide || may_precede_damage(before(text, from));
            bare.then_some(Lead { scheme: HTTPS, from: if wide { slashes_from } else { from } })
        }
        _ => None,
    }
}

/// Where the first of two slashes begins that white space tore apart, the second beginning at `second`.
fn torn_slashes(text: &str, second: usize) -> Option<usize> {
    let gap = back(text, second, 2, char::is_whitespace);
    let first = back(text, gap, 2, |c| c == '/');
    (gap < second && first < gap).then_some(first)
}

/// The scheme a word stands for, and how many of its bytes do. Without a colon the word must be complete.
fn meant(word: &str, colon: bool) -> Option<(&'static str, usize)> {
    let lower = word.to_ascii_lowercase();
    if lower.ends_with("https") {
        return Some((HTTPS, "https".len()));
    }
    if lower.ends_with("http") {
        return Some((HTTP, "http".len()));
    }
    restore(word).filter(|_| colon).map(|scheme| (scheme, word.len()))
}

fn stands_alone(text: &str, host: usize) -> bool {
    match before(text, host) {
        None => true,
        // Emphasis in Markdown, but also a part of a file name.
        Some('_') => before(text, host - 1).is_none_or(|c| !c.is_ascii_alphanumeric()),
        Some('=') => !in_query(text, host - 1),
        Some(c) => may_precede_host(c),
    }
}

/// Whether the equals sign at `at` belongs to the query of an address without a host.
fn in_query(text: &str, at: usize) -> bool {
    const REACH: usize = 64;
    text.as_bytes()[..at]
        .iter()
        .rev()
        .take(REACH)
        .take_while(|b| crate::chars::in_link(**b))
        .any(|b| matches!(b, b'?' | b'&'))
}

fn may_precede_damage(c: Option<char>) -> bool {
    c.is_none_or(|c| may_precede_host(c) && !matches!(c, '%' | '?' | '&' | '#' | '_' | ':'))
}

/// Where the characters that end at `to` and all fulfil `test` begin, at most `most` of them.
fn back(text: &str, to: usize, most: usize, test: impl Fn(char) -> bool) -> usize {
    let taken: usize =
        text[..to].chars().rev().take(most).take_while(|c| test(*c)).map(char::len_utf8).sum();
    to - taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored(before: &str) -> Option<(&'static str, usize)> {
        let text = format!("{before}v.douyin.com/abc");
        lead(&text, before.len()).map(|lead| (lead.scheme, lead.from))
    }

    #[test]
    fn a_damaged_scheme_is_restored() {
        for damaged in [
            "ttps://",
            "htps://",
            "htttps://",
            "tps://",
            "s://",
            "https:/",
            "https//",
            "https:",
            "https:////",
            "https:// ",
            "https: //",
            "https ://",
            "https://\n",
            "https://\u{3000}",
            "HTTPS//",
        ] {
            let at = restored(&format!("看{damaged}"));
            assert_eq!(at, Some((HTTPS, "看".len())), "{damaged:?}");
        }
        for damaged in ["ttp://", "htp://", "http:/", "http// "] {
            assert_eq!(restored(damaged), Some((HTTP, 0)), "{damaged:?}");
        }
    }

    #[test]
    fn bare_slashes_are_a_scheme_unless_a_path_is_before_them() {
        for damaged in ["//", "://", "看：//", "（//", "\"//", " ://"] {
            assert!(restored(damaged).is_some(), "{damaged:?}");
        }
        for path in ["a//", "../", "/", "///", "C:/", "x:/", "kwai://", "file://", "/a://", "@"] {
            assert_eq!(restored(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_host_inside_a_longer_name_is_not_free() {
        for part in ["a/", "a\\", "a@", "ж", "a_", "\u{2215}", "＠", "?u=", "/x?a=1&u="] {
            assert_eq!(restored(part), None, "{part:?}");
        }
        for free in ["看", "，", "(", "url=", "\u{3000}", "😆", ":", "_", "3.5 "] {
            assert!(restored(free).is_some(), "{free:?}");
        }
    }
}
