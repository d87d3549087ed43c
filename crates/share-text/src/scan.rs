//! Walks over the repaired text once and stops where a link may begin: at an intact scheme, at a known host without
//! one, or at a bare video id.
//!
//! Every step either moves past what it looked at or looks only a bounded way around, so that the time is linear in
//! the length of the text, whatever it repeats.

use std::ops::Range;

use shiwen_core::{Link, LinkKind, Platform};

use crate::{
    authority,
    chars::{self, Bytes},
    extent::{self, Around},
    hosts::Host,
    link::{self, Start},
    pattern, scheme,
};

/// A link at its place in the repaired text.
pub(crate) struct Hit {
    pub(crate) link: Link,
    pub(crate) range: Range<usize>,
    /// The text holds only the id.
    pub(crate) bare_id: bool,
}

/// All links of a repaired text, in order, repetitions included.
pub(crate) fn scan(text: &str) -> Vec<Hit> {
    let mut scan = Scan { text, hits: Vec::new() };
    scan.run();
    scan.hits
}

/// What makes the name before it part of a link, and the second letter of a bare id.
static SIGNS: Bytes = Bytes::of(b":/?#V");

struct Scan<'t> {
    text: &'t str,
    hits: Vec<Hit>,
}

impl Scan<'_> {
    fn run(&mut self) {
        if let Some(hit) = whole_av(self.text) {
            self.hits.push(hit);
            return;
        }
        let bytes = self.text.as_bytes();
        // Links begin behind `from`; up to `at` there is nothing that could tell of one.
        let (mut from, mut at) = (0, 0);
        while let Some(sign) = SIGNS.find(bytes, at) {
            at = sign + 1;
            let to = match bytes[sign] {
                b'V' if !bytes[from..sign].ends_with(b"B") => continue,
                b'V' => at + bytes[at..].iter().take_while(|b| chars::in_host(**b)).count(),
                _ => sign,
            };
            let len = bytes[from..sign].iter().rev().take_while(|b| chars::in_host(**b)).count();
            if len > 0 {
                from = self.token(sign - len, to);
                at = from.max(at);
            }
        }
    }

    /// Looks at a run of letters, digits, dots and dashes; gives where to go on.
    fn token(&mut self, from: usize, to: usize) -> usize {
        let token = &self.text[from..to];
        let next = self.text.as_bytes().get(to);
        if next == Some(&b':') && self.text[to..].starts_with("://") {
            return self.behind_scheme(token, to);
        }
        if matches!(next, Some(b'/' | b':' | b'?' | b'#'))
            && token.bytes().any(|b| b == b'.')
            && let Some(end) = self.host_without_scheme(from, to)
        {
            return end;
        }
        self.bare_ids(from, to);
        to
    }

    /// `token` is followed by `://` at `to`.
    fn behind_scheme(&mut self, token: &str, to: usize) -> usize {
        let from = to + "://".len();
        let scheme = ["https", "http"].into_iter().find(|s| {
            token.len() >= s.len() && chars::begins_with(token, token.len() - s.len(), s)
        });
        let Some(scheme) = scheme else {
            let word = token.rsplit(['.', '-']).next().unwrap_or(token);
            // A damaged scheme is recognised from the host behind it. Any other belongs to an app or to a file.
            return if scheme::restore(word).is_some() { from } else { self.skip(from) };
        };
        // An object in the memory of a browser, not an address.
        if self.text[..to - scheme.len()].ends_with("blob:") {
            return self.skip(from);
        }
        let authority_to = authority::end(self.text, from);
        let authority = &self.text[from..authority_to];
        let stop = chars::after(self.text, authority_to);
        if stop.is_some_and(|c| !c.is_ascii() && c.is_alphanumeric()) {
            return self.odd_host(from);
        }
        // The host is still to come, behind a gap, another slash or a second scheme; or a link is glued to a mention.
        let glued = authority.ends_with(':') && self.text[authority_to..].starts_with("//");
        if authority.is_empty()
            || glued
            || scheme::restore(authority.trim_end_matches(':')).is_some()
        {
            return from;
        }
        let start = Start {
            text: self.text,
            scheme: &self.text[to - scheme.len()..from],
            from: to - scheme.len(),
            authority_from: from,
            authority_to,
            intact: true,
        };
        let reading = link::read(&start);
        self.hits.extend(reading.link.map(|link| Hit {
            link,
            range: start.from..reading.end,
            bare_id: false,
        }));
        reading.end.max(from)
    }

    /// A name with a dot at `from..to` before a character that can follow a host. None where it is none.
    fn host_without_scheme(&mut self, from: usize, to: usize) -> Option<usize> {
        let name = authority::lower(&self.text[from..to]);
        let authority_to = authority::port_end(self.text, to)?;
        let followed = self.text.as_bytes().get(authority_to);
        let is_listed = || Host::of(&name).is_some_and(|host| host.is_listed());
        if !(matches!(followed, Some(b'/' | b'?')) && is_listed()) {
            return self.is_foreign(&name, authority_to).then(|| self.skip(authority_to));
        }
        let Some(lead) = scheme::lead(self.text, from) else {
            return Some(self.skip(authority_to));
        };
        self.cut_back(lead.from);
        let start = Start {
            text: self.text,
            scheme: lead.scheme,
            from: lead.from,
            authority_from: from,
            authority_to,
            intact: false,
        };
        let reading = link::read(&start);
        self.hits.extend(reading.link.map(|link| Hit {
            link,
            range: start.from..reading.end,
            bare_id: false,
        }));
        Some(reading.end)
    }

    /// Ends the link before at `to`, where the damaged scheme of the next one begins that was glued to its code.
    fn cut_back(&mut self, to: usize) {
        let Some(last) = self.hits.pop_if(|hit| hit.range.end > to) else { return };
        let from = last.range.start;
        for mut hit in scan(&self.text[from..to]) {
            hit.range = from + hit.range.start..from + hit.range.end;
            self.hits.push(hit);
        }
    }

    /// Whether a name without a scheme begins an address of another site. It is no link of ours, but what stands in
    /// its path or query is none either.
    fn is_foreign(&self, name: &str, to: usize) -> bool {
        let bytes = self.text.as_bytes();
        authority::looks_like_host(name.trim_start_matches(['.', '-']))
            && match bytes.get(to) {
                Some(b'/') => true,
                Some(b'?') => {
                    let name =
                        bytes[to + 1..].iter().take(32).take_while(|b| chars::in_code(**b)).count();
                    name > 0 && bytes.get(to + 1 + name) == Some(&b'=')
                }
                _ => false,
            }
    }

    /// Steps over an address that is not ours.
    fn skip(&self, from: usize) -> usize {
        extent::whole(self.text, from, Around { quoted: false, json: false }).end
    }

    /// Steps over a link whose host holds letters beyond ASCII, up to the next intact scheme.
    fn odd_host(&self, from: usize) -> usize {
        let mut at = from;
        for c in self.text[from..].chars() {
            let host = c == '.' || c == '-' || c.is_alphanumeric();
            if !host || chars::scheme_begins(self.text, at) {
                break;
            }
            at += c.len_utf8();
        }
        if chars::scheme_begins(self.text, at) { at } else { self.skip(at) }
    }

    /// Bilibili ids among the words of a token.
    fn bare_ids(&mut self, from: usize, to: usize) {
        const LEN: usize = 12;
        if to - from < LEN {
            return;
        }
        let mut at = from;
        for word in self.text[from..to].split(['.', '-']) {
            if word.len() == LEN
                && word.starts_with("BV")
                && pattern::bv(word).is_some()
                && self.is_word(at, at + LEN)
            {
                self.hits.push(Hit { link: bilibili(word), range: at..at + LEN, bare_id: true });
            }
            at += word.len() + 1;
        }
    }

    /// Whether nothing that belongs to a word touches the range.
    fn is_word(&self, from: usize, to: usize) -> bool {
        let joins = |c: char| {
            matches!(c, '_' | '@') || (!c.is_ascii() && (c.is_lowercase() || c.is_uppercase()))
        };
        !chars::before(self.text, from).is_some_and(joins)
            && !chars::after(self.text, to).is_some_and(joins)
    }
}

/// `av` and a number are an id only when they are the whole text: in prose they can be anything.
fn whole_av(text: &str) -> Option<Hit> {
    let id = text.trim();
    let (letters, number) = id.split_at_checked(2)?;
    let av = letters.eq_ignore_ascii_case("av")
        && matches!(number.len(), 1..=18)
        && number.bytes().all(|b| b.is_ascii_digit());
    let from = text.len() - text.trim_start().len();
    av.then(|| Hit {
        link: bilibili(&format!("av{number}")),
        range: from..from + id.len(),
        bare_id: true,
    })
}

fn bilibili(id: &str) -> Link {
    let url = format!("https://www.bilibili.com/video/{id}");
    Link {
        url: url.clone(),
        platform: Platform::Bilibili,
        kind: LinkKind::Video,
        id: Some(id.to_owned()),
        canonical: Some(url),
        title: None,
    }
}
