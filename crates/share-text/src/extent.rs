//! Where a link ends.

use crate::{
    chars::{in_link, scheme_begins},
    escape,
};

/// The end of a link of any length.
#[derive(Debug, PartialEq)]
pub(crate) struct Extent {
    /// Behind the link's last character.
    pub(crate) end: usize,
    /// What stopped the link begins here: the punctuation that was taken off lies in between.
    pub(crate) stop: usize,
    /// Where the path ends: at `?`, at `#` or at the end.
    pub(crate) path_end: usize,
}

/// What is known of the link whose end is looked for.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    /// The link stands in single quotes, so that the next one ends it.
    pub(crate) quoted: bool,
    /// The query may hold raw JSON.
    pub(crate) json: bool,
}

/// The extent of a link whose authority ends at `from`.
pub(crate) fn whole(text: &str, from: usize, around: Around) -> Extent {
    let bytes = text.as_bytes();
    let mut brackets = Brackets::default();
    let mut path_end = None;
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'{' && around.json && bytes[at - 1] == b'=' {
            match json_end(bytes, at) {
                Some(end) => at = end,
                None => break,
            }
            continue;
        }
        if !in_link(byte) || !brackets.hold(byte) || (byte == b'\'' && around.quoted) {
            break;
        }
        // What is left of an escape that was itself damaged. Read again it would be undone, and end the link.
        if byte == b'&' && escape::entity(text, at).is_some() {
            break;
        }
        // The closing tag of a forum: `[url]…[/url]`.
        if byte == b'[' && bytes.get(at + 1) == Some(&b'/') {
            break;
        }
        if path_end.is_none() {
            if matches!(byte, b'?' | b'#') {
                path_end = Some(at);
            } else if scheme_begins(text, at) {
                // Two links glued together. Inside a query it would be a parameter.
                break;
            }
        }
        at += 1;
    }
    let end = trimmed(text, from, at);
    Extent { end, stop: at, path_end: path_end.unwrap_or(end).min(end) }
}

/// The end of the query behind a short link's code, `from` being at its `?`. An empty one is none.
pub(crate) fn query(text: &str, from: usize, around: Around) -> usize {
    let bytes = text.as_bytes();
    let mut brackets = Brackets::default();
    let inside = |at: &usize| match bytes[*at] {
        // What follows it is a hash tag.
        b'#' => false,
        b'\'' if around.quoted => false,
        b'&' => escape::entity(text, *at).is_none(),
        byte => in_link(byte) && brackets.hold(byte),
    };
    let len = (from..bytes.len()).take_while(inside).count();
    trimmed(text, from, from + len)
}

/// Takes punctuation off the end. Equals signs, dashes, underscores and slashes belong to the link.
fn trimmed(text: &str, from: usize, to: usize) -> usize {
    // An opening bracket here has lost its partner, or a closing one would have followed.
    const LOOSE: &[char] = &['.', ',', ';', ':', '!', '?', '\'', '*', '~', '#', '(', '['];
    from + text[from..to].trim_end_matches(LOOSE).len()
}

/// Counts brackets: one that closes without its partner inside the link ends it.
#[derive(Default)]
struct Brackets {
    round: u32,
    square: u32,
}

impl Brackets {
    fn hold(&mut self, byte: u8) -> bool {
        match byte {
            b'(' => self.round += 1,
            b'[' => self.square += 1,
            b')' if self.round == 0 => return false,
            b']' if self.square == 0 => return false,
            b')' => self.round -= 1,
            b']' => self.square -= 1,
            _ => {}
        }
        true
    }
}

/// The end of the JSON object that begins at `at`, if it is closed on the same line and more of the query or the end
/// of the link follows.
fn json_end(bytes: &[u8], at: usize) -> Option<usize> {
    const REACH: usize = 1_000;
    let mut depth = 0_u32;
    for (i, byte) in bytes.iter().enumerate().skip(at).take(REACH) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            0..=b' ' | b'\\' | 0x7F => return None,
            _ => continue,
        }
        if depth == 0 {
            let next = bytes.get(i + 1);
            return next.is_none_or(|b| *b == b'&' || !in_link(*b)).then_some(i + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Around = Around { quoted: false, json: false };

    fn cut(text: &str, around: Around) -> &str {
        &text[..whole(text, 0, around).end]
    }

    #[test]
    fn punctuation_at_the_end_is_taken_off_and_tokens_keep_theirs() {
        for (text, link) in [
            ("/a/b.,;:!?'*~", "/a/b"),
            ("/a?b=c==", "/a?b=c=="),
            ("/a_-/", "/a_-/"),
            ("/a?#", "/a"),
            ("/a#!", "/a"),
            ("/a|b", "/a"),
            ("/a\u{A0}b", "/a"),
        ] {
            assert_eq!(cut(text, PLAIN), link, "{text}");
        }
    }

    #[test]
    fn a_closing_bracket_stays_with_its_partner_only() {
        assert_eq!(cut("/a_(b)", PLAIN), "/a_(b)");
        assert_eq!(cut("/a)(b)", PLAIN), "/a");
        assert_eq!(cut("/a](c)", PLAIN), "/a");
        assert_eq!(cut("/a(猫)", PLAIN), "/a");
    }

    #[test]
    fn a_scheme_in_the_path_begins_a_new_link_and_one_in_the_query_does_not() {
        assert_eq!(cut("/a/https://b.cn/c", PLAIN), "/a/");
        assert_eq!(cut("/a?u=https://b.cn/c", PLAIN), "/a?u=https://b.cn/c");
        assert_eq!(cut("/a#https://b.cn/c", PLAIN), "/a#https://b.cn/c");
    }

    #[test]
    fn raw_json_in_a_query_is_kept_where_the_app_writes_it() {
        let json = Around { quoted: false, json: true };
        assert_eq!(cut(r#"/a?x={"b":{}}&c=1 d"#, json), r#"/a?x={"b":{}}&c=1"#);
        assert_eq!(cut(r#"/a?x={"b":1&c=1 d}"#, json), "/a?x=");
        assert_eq!(cut(r#"/a?x={"b":1}"#, PLAIN), "/a?x=");
    }

    #[test]
    fn single_quotes_around_a_link_end_it() {
        assert_eq!(cut("/a?b=1','https://c.cn/d'", Around { quoted: true, json: false }), "/a?b=1");
    }
}
