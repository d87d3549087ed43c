//! What to say about a text that holds no link.

use shiwen_core::Notice;

use crate::{Found, noise};

/// Why a text yields nothing: none where there are links, or no text at all.
pub fn notice(text: &str, found: &[Found]) -> Option<Notice> {
    if !found.is_empty() || text.trim().is_empty() {
        return None;
    }
    Some(if looks_like_secret(text) {
        Notice::LooksLikeSecret
    } else if noise::is_command(text) {
        Notice::CommandOnly
    } else {
        Notice::NoLink
    })
}

/// Whether a key was pasted into the wrong box. Better once too often: a text without a link has nothing to lose.
fn looks_like_secret(text: &str) -> bool {
    let mut tokens = text.split(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ',' | ';' | '：' | '，')
    });
    let prefixed = tokens.any(has_key_prefix);
    prefixed || is_uuid(text.trim()) || is_long_token(text.trim())
}

/// Beginnings of the keys that the providers and their like give out.
fn has_key_prefix(token: &str) -> bool {
    const PREFIXES: &[&str] = &["ak_", "sk_", "sk-", "pat_", "sat_", "cztei_", "eyJ"];
    const SHORTEST: usize = 12;
    let token = token.rsplit(':').next().unwrap_or(token);
    PREFIXES.iter().filter_map(|prefix| token.strip_prefix(prefix)).any(|tail| {
        tail.len() >= SHORTEST
            && tail.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    })
}

fn is_uuid(text: &str) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    text.split('-').map(str::len).eq(GROUPS)
        && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// One token of letters and digits mixed, longer than any word, name or id that a person would paste alone.
fn is_long_token(text: &str) -> bool {
    const SHORTEST: usize = 24;
    text.len() >= SHORTEST
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.=+/".contains(&b))
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract;

    fn of(text: &str) -> Option<Notice> {
        notice(text, &extract(text))
    }

    #[test]
    fn a_text_with_a_link_or_without_any_words_needs_no_notice() {
        assert_eq!(of("复制打开抖音 https://v.douyin.com/iAbC123/"), None);
        assert_eq!(of(" \n\u{3000}"), None);
    }

    #[test]
    fn a_key_in_the_wrong_box_is_recognised() {
        for prefix in ["ak_", "sk_", "pat_", "sat_", "cztei_"] {
            let key = format!("{prefix}{}", "Zx81kQ".repeat(4));
            assert_eq!(of(&key), Some(Notice::LooksLikeSecret), "{prefix}");
            assert_eq!(
                of(&format!("我的 key 是：{key}")),
                Some(Notice::LooksLikeSecret),
                "{prefix}"
            );
        }
        assert_eq!(of("0f8fad5b-d9cb-469f-a165-70867728950e"), Some(Notice::LooksLikeSecret));
        assert_eq!(of(&"q7".repeat(20)), Some(Notice::LooksLikeSecret));
    }

    #[test]
    fn a_command_and_plain_words_are_told_apart() {
        assert_eq!(of("5.17 复制打开抖音，看看【阿青的作品】云"), Some(Notice::CommandOnly));
        assert_eq!(of("今天拍什么好"), Some(Notice::NoLink));
        assert_eq!(of("https://www.douyin.com/"), Some(Notice::NoLink));
        assert_eq!(of("7123456789012345678"), Some(Notice::NoLink));
        assert_eq!(of("supercalifragilisticexpialidocious"), Some(Notice::NoLink));
    }
}
