//! Reading a time stamp, in half and full width: `00:12`, `1:02:03`, `00:01:02,345`.

use crate::fold::folded;

/// A stamp at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Bytes.
    pub(super) length: usize,
    /// Hours or fractions are written, so that it is hardly a time of day.
    pub(super) is_precise: bool,
    pub(super) seconds: u32,
}

/// The stamp that `text` begins with; none where digits or further parts follow.
pub(super) fn at_start(text: &str) -> Option<Stamp> {
    let mut reader = Reader { text, at: 0 };
    let first = reader.number(1, 2)?;
    reader.one(':')?;
    let second = reader.number(2, 2)?;
    let mut parts = [0, first, second];
    let mut is_precise = false;
    let before = reader.at;
    if reader.one(':').is_some() {
        parts = [first, second, reader.number(2, 2)?];
        is_precise = true;
    } else {
        reader.at = before;
    }
    let before = reader.at;
    let fraction = reader.one('.').or_else(|| reader.one(',')).and_then(|()| reader.number(1, 3));
    match fraction {
        Some(_) => is_precise = true,
        None => reader.at = before,
    }
    let goes_on = reader.peek().is_some_and(|c| c.is_ascii_digit() || c == ':');
    if goes_on || parts[1] > 59 && parts[0] > 0 || parts[2] > 59 {
        return None;
    }
    let seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
    Some(Stamp { length: reader.at, is_precise, seconds })
}

/// As [`at_start`], also for `00:12 - 00:15` and `00:12 --> 00:15`.
pub(super) fn span_at_start(text: &str) -> Option<Stamp> {
    let first = at_start(text)?;
    let rest = &text[first.length..];
    let behind = rest.trim_start_matches([' ', '\u{3000}', '\t']);
    let joined = ["-->", "->", "-", "–", "—", "~", "～", "至", "到"];
    let Some(joint) = joined.into_iter().find(|joint| behind.starts_with(joint)) else {
        return Some(first);
    };
    let behind = behind[joint.len()..].trim_start_matches([' ', '\u{3000}', '\t']);
    match at_start(behind) {
        Some(second) => Some(Stamp {
            length: text.len() - behind.len() + second.length,
            is_precise: first.is_precise || second.is_precise || joint.ends_with('>'),
            seconds: first.seconds,
        }),
        None => Some(first),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next().map(folded)
    }

    fn one(&mut self, wanted: char) -> Option<()> {
        let c = self.text[self.at..].chars().next()?;
        (folded(c) == wanted).then(|| self.at += c.len_utf8())
    }

    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let mut value = 0;
        let mut digits = 0;
        while digits < most {
            let Some(c) = self.text[self.at..].chars().next() else { break };
            let Some(digit) = folded(c).to_digit(10) else { break };
            value = value * 10 + digit;
            digits += 1;
            self.at += c.len_utf8();
        }
        (digits >= least).then_some(value)
    }
}
