//! Undoes what chat programs, web pages and JSON did to the text, and remembers where every byte came from.
//!
//! Invisible marks are dropped, escapes undone, full-width letters folded where a link can have them. One pass;
//! every look ahead is bounded.

use std::{borrow::Cow, ops::Range};

use crate::{
    chars::{Bytes, in_host, in_link, is_invisible, narrow},
    escape,
    hosts::Host,
};

/// A text in which links can be found, and the way back to the text that was pasted.
pub(crate) struct Repaired<'t> {
    pub(crate) text: Cow<'t, str>,
    edits: Vec<Edit>,
}

/// One place where the repaired text differs from the original.
struct Edit {
    /// Where the replacement stands in the repaired text. Empty where something was dropped.
    now: Range<usize>,
    /// What it replaces in the original.
    was: Range<usize>,
}

impl<'t> Repaired<'t> {
    pub(crate) fn new(original: &'t str) -> Self {
        let mut pass = Pass::new(original);
        pass.run();
        pass.finish()
    }

    /// The range of the original that a range of the repaired text came from. Marks that were dropped right
    /// before or behind it are left out.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        let start =
            match self.edits[..self.edits.partition_point(|e| e.now.start <= range.start)].last() {
                None => range.start,
                Some(edit) if edit.now.end <= range.start => {
                    edit.was.end + (range.start - edit.now.end)
                }
                Some(edit) => edit.was.start,
            };
        let end = match self.edits[..self.edits.partition_point(|e| e.now.start < range.end)].last()
        {
            None => range.end,
            Some(edit) => edit.was.end + range.end.saturating_sub(edit.now.end),
        };
        start..end.max(start)
    }
}

/// Where in a possible link the pass stands. Full-width characters are folded in some parts only.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Host,
    Path,
    Query,
}

/// What escapes begin with, and the lead bytes of the soft hyphen, of general punctuation, of the ideographic and of
/// the full-width forms.
static DAMAGE: Bytes = Bytes::of(b"&\\\xC2\xE2\xE3\xEF");

struct Pass<'t> {
    original: &'t str,
    /// The repaired text so far, up to `copied` in the original.
    out: String,
    copied: usize,
    edits: Vec<Edit>,
    part: Part,
    /// How much of `out` the part already accounts for.
    part_known: usize,
}

/// How many characters of a host are looked at on each side of an ideographic full stop: as many as the longest known
/// host has.
const HOST_REACH: usize = 24;

impl<'t> Pass<'t> {
    fn new(original: &'t str) -> Self {
        Self {
            original,
            out: String::new(),
            copied: 0,
            edits: Vec::new(),
            part: Part::Host,
            part_known: 0,
        }
    }

    fn run(&mut self) {
        let bytes = self.original.as_bytes();
        let mut next = 0;
        while let Some(at) = DAMAGE.find(bytes, next) {
            next = match bytes[at] {
                b'&' => match escape::entity(self.original, at) {
                    Some((c, end)) => self.replace(at..end, c),
                    None => at + 1,
                },
                b'\\' => match escape::backslash(self.original, at) {
                    Some((c, end)) => self.replace(at..end, c),
                    // All of them at once: a text of nothing but backslashes must not be counted again and again.
                    None => at + bytes[at..].iter().take_while(|b| **b == b'\\').count(),
                },
                _ => self.wide(at),
            };
        }
    }

    /// Looks at the character beyond ASCII that begins at `at`; gives where to go on.
    fn wide(&mut self, at: usize) -> usize {
        let Some(c) = self.original[at..].chars().next() else { return at + 1 };
        let end = at + c.len_utf8();
        if is_invisible(c) {
            self.flush(at);
            self.edits.push(Edit { now: self.out.len()..self.out.len(), was: at..end });
            self.copied = end;
            return end;
        }
        match self.folded(c, at, end) {
            Some(narrow) => self.replace(at..end, Some(narrow)),
            None => end,
        }
    }

    fn folded(&mut self, c: char, at: usize, end: usize) -> Option<char> {
        let next = || self.original[end..].chars().find(|c| !is_invisible(*c));
        match c {
            '：' => {
                let letter = self.last(at)?.is_ascii_alphabetic();
                (letter && matches!(next(), Some('/' | '／'))).then_some(':')
            }
            '／' => {
                let follows = self.last(at)?.is_ascii_graphic();
                (follows && self.part(at) != Part::Query).then_some('/')
            }
            '．' => {
                let letter = |c: char| c.is_ascii_alphanumeric() || narrow(c).is_some();
                let between = letter(self.last(at)?) && next().is_some_and(letter);
                (between && self.part(at) == Part::Host).then_some('.')
            }
            '。' | '｡' => {
                let follows = self.last(at)?.is_ascii();
                (follows && self.part(at) == Part::Host && self.is_host_dot(end)).then_some('.')
            }
            _ => {
                let narrow = narrow(c)?;
                (self.part(at) != Part::Query).then_some(narrow)
            }
        }
    }

    /// The last character of the repaired text before `at` in the original.
    fn last(&self, at: usize) -> Option<char> {
        let behind = if self.copied < at { &self.original[..at] } else { &self.out };
        behind.chars().next_back()
    }

    /// Whether the ideographic full stop before `end` is a dot of a known host: only then is it no end of a sentence.
    fn is_host_dot(&self, end: usize) -> bool {
        let bytes = self.out.as_bytes();
        let left = bytes.iter().rev().take(HOST_REACH).take_while(|b| in_host(**b)).count();
        if left == 0 {
            return false;
        }
        let right = self.original[end..].chars().take(HOST_REACH).map_while(|c| match c {
            '.' | '．' | '。' | '｡' => Some('.'),
            c if c.is_ascii_alphanumeric() || c == '-' => Some(c),
            c => narrow(c),
        });
        let mut host = String::with_capacity(2 * HOST_REACH + 1);
        host.push_str(&self.out[self.out.len() - left..]);
        host.make_ascii_lowercase();
        host.push('.');
        host.extend(right.map(|c| c.to_ascii_lowercase()));
        Host::of(&host).is_some_and(|host| host.is_listed())
    }

    /// Which part of a possible link the repaired text before `at` in the original ends in.
    fn part(&mut self, at: usize) -> Part {
        self.flush(at);
        let bytes = self.out.as_bytes();
        let mut from = self.part_known;
        if let Some(end) = bytes[from..].iter().rposition(|b| !in_link(*b)) {
            self.part = Part::Host;
            from += end + 1;
        }
        for at in from..bytes.len() {
            self.part = match (bytes[at], self.part) {
                (b'/', Part::Host) if at > 0 && matches!(bytes[at - 1], b':' | b'/') => Part::Host,
                (b'/', Part::Host) => Part::Path,
                (b'?' | b'#', Part::Path) => Part::Query,
                (_, part) => part,
            };
        }
        self.part_known = bytes.len();
        self.part
    }

    fn replace(&mut self, was: Range<usize>, by: Option<char>) -> usize {
        self.flush(was.start);
        let start = self.out.len();
        self.out.extend(by);
        self.edits.push(Edit { now: start..self.out.len(), was: was.clone() });
        self.copied = was.end;
        was.end
    }

    fn flush(&mut self, up_to: usize) {
        self.out.push_str(&self.original[self.copied..up_to]);
        self.copied = up_to;
    }

    fn finish(mut self) -> Repaired<'t> {
        if self.edits.is_empty() {
            return Repaired { text: Cow::Borrowed(self.original), edits: self.edits };
        }
        self.flush(self.original.len());
        Repaired { text: Cow::Owned(self.out), edits: self.edits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_not_copied() {
        let repaired = Repaired::new("看，https://v.douyin.com/iAbC123/ ！");
        assert!(matches!(repaired.text, Cow::Borrowed(_)));
    }

    #[test]
    fn full_width_is_folded_in_scheme_host_and_path_only() {
        let folded =
            Repaired::new("ｈｔｔｐｓ：／／ｖ．ｄｏｕｙｉｎ．ｃｏｍ／ａＢ１／？ａ＝１：／／．");
        assert_eq!(folded.text, "https://v.douyin.com/aB1/？a＝1：／／．");
        assert_eq!(Repaired::new("https://a.cn/b?c=１").text, "https://a.cn/b?c=１");
    }

    #[test]
    fn an_ideographic_full_stop_is_a_dot_only_inside_a_known_host() {
        assert_eq!(Repaired::new("v。douyin。com/abc").text, "v.douyin.com/abc");
        assert_eq!(Repaired::new("ok。v.douyin.com/abc").text, "ok。v.douyin.com/abc");
    }

    #[test]
    fn ranges_lead_back_to_the_original() {
        let text = "看\u{200B}h\u{200B}ttp://a.cn/b?c=1&amp;d=2\u{FEFF} ok";
        let repaired = Repaired::new(text);
        assert_eq!(repaired.text, "看http://a.cn/b?c=1&d=2 ok");
        let at = "看".len();
        let link = at..at + "http://a.cn/b?c=1&d=2".len();
        assert_eq!(&text[repaired.original(link)], "h\u{200B}ttp://a.cn/b?c=1&amp;d=2");
        assert_eq!(&text[repaired.original(0..at)], "看");
    }
}
