//! The part of a URL between the scheme and the path: user name, host, port.

use std::borrow::Cow;

use crate::chars::{in_host, in_link};

/// Where the authority that begins at `from` ends.
pub(crate) fn end(text: &str, from: usize) -> usize {
    text.as_bytes()[from..]
        .iter()
        .position(|b| !in_link(*b) || matches!(b, b'/' | b'?' | b'#'))
        .map_or(text.len(), |len| from + len)
}

/// The host of an authority in lower case, without user name, password and port. None where it is no plain host
/// name of two labels or more: encoded dots and the like are left to those who follow links blindly.
pub(crate) fn host(authority: &str) -> Option<Cow<'_, str>> {
    let bytes = authority.as_bytes();
    let from = bytes.iter().rposition(|b| *b == b'@').map_or(0, |at| at + 1);
    let len = bytes[from..].iter().position(|b| *b == b':');
    let host = &authority[from..len.map_or(authority.len(), |len| from + len)];
    if let Some(len) = len {
        let port = &authority[from + len + 1..];
        if !port.is_empty() && !is_port(port) {
            return None;
        }
    }
    is_name(host).then(|| lower(host))
}

/// The text in lower case, which it mostly is already.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

/// Whether `host` has two labels or more, none of them empty.
fn is_name(host: &str) -> bool {
    let mut last = b'.';
    let mut dots = 0;
    for byte in host.bytes() {
        if !in_host(byte) || (byte == b'.' && last == b'.') {
            return false;
        }
        dots += usize::from(byte == b'.');
        last = byte;
    }
    dots > 0 && last != b'.'
}

/// Whether a name without a scheme is meant as a host: it ends in letters, or is an address in numbers.
pub(crate) fn looks_like_host(name: &str) -> bool {
    let Some((rest, last)) = name.rsplit_once('.') else { return false };
    let letters = last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic());
    let numbers = name.split('.').count() == 4
        && name
            .split('.')
            .all(|label| matches!(label.len(), 1..=3) && label.bytes().all(|b| b.is_ascii_digit()));
    !rest.is_empty() && (letters || numbers)
}

/// Where a port behind a host ends; `at` itself where there is none, none where what follows the colon is no port.
pub(crate) fn port_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b':') {
        return Some(at);
    }
    let digits = bytes[at + 1..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    let end = at + 1 + digits;
    is_port(&text[at + 1..end]).then_some(end)
}

/// Whether a browser takes this for a port: a higher number makes the whole address invalid.
fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_name_and_port_do_not_belong_to_the_host() {
        assert_eq!(host("u:p@V.Douyin.com:443").as_deref(), Some("v.douyin.com"));
        assert_eq!(host("v.douyin.com@evil.net").as_deref(), Some("evil.net"));
    }

    #[test]
    fn what_is_no_plain_name_is_no_host() {
        for authority in [
            "v%2Edouyin.com",
            "v..douyin.com",
            ".douyin.com",
            "localhost",
            "a.com:b",
            "a.com:65536",
            "a.com,b.com",
        ] {
            assert_eq!(host(authority), None, "{authority}");
        }
    }
}
