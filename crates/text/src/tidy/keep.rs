//! Stretches that no step may touch: addresses, code, names and topics with their sign.

use super::kind::is_wide_mark;

/// Walks over a line and says of each character whether it is to be left alone.
pub(super) struct Kept<'a> {
    line: &'a str,
    /// Everything before this byte is left alone.
    until: usize,
    /// No backtick stands behind this byte that closes one.
    lonely_backtick: bool,
}

impl<'a> Kept<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { line, until: 0, lonely_backtick: false }
    }

    /// Asks of the character at `at`; places are asked in order.
    pub(super) fn holds(&mut self, at: usize) -> bool {
        if at < self.until {
            return true;
        }
        let rest = self.line.get(at..).unwrap_or_default();
        let length = match rest.as_bytes().first() {
            Some(b'h' | b'H' | b'w' | b'W' | b'f' | b'F') if !self.is_inside_word(at) => {
                address(rest)
            }
            // In `C#` and in a mail address it is no sign.
            Some(b'#' | b'@') if !self.is_inside_word(at) => sign(rest),
            Some(b'`') if !self.lonely_backtick => self.code(rest),
            _ => 0,
        };
        self.until = at + length;
        length > 0
    }

    fn is_inside_word(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| self.line.as_bytes()[before].is_ascii_alphanumeric())
    }

    fn code(&mut self, rest: &str) -> usize {
        let closing = rest[1..].find('`');
        self.lonely_backtick = closing.is_none();
        closing.map_or(0, |closing| closing + 2)
    }
}

/// How long the address is that begins here; up to white space or a Chinese mark.
fn address(rest: &str) -> usize {
    let begins =
        |word: &str| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    match ["http://", "https://", "ftp://", "www."].into_iter().any(begins) {
        true => rest.find(|c: char| c.is_whitespace() || is_wide_mark(c)).unwrap_or(rest.len()),
        false => 0,
    }
}

/// `#话题#`, `#话题` and `@名字`: up to white space, a mark or the sign that closes it.
fn sign(rest: &str) -> usize {
    let is_end = |c: char| {
        c.is_whitespace() || is_wide_mark(c) || matches!(c, '#' | '@' | ',' | '.' | '!' | '?' | ';')
    };
    let end = rest[1..].find(is_end).map_or(rest.len(), |end| end + 1);
    match &rest[1..end] {
        "" => 0,
        _ if rest[end..].starts_with('#') => end + 1,
        _ => end,
    }
}
