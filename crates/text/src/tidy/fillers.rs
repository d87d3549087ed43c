//! Drops filler words, where they stand alone between marks or are said twice: `嗯，` goes, `那个人` stays.

use std::collections::HashSet;

use super::kind::{is_cjk, is_end, is_latin};

/// The words to drop.
pub(super) struct Fillers {
    /// Folded, longest first.
    words: Vec<Vec<char>>,
    /// The characters that they begin with.
    firsts: HashSet<char>,
}

impl Fillers {
    pub(super) fn new(words: &[String]) -> Self {
        let is_word = |word: &&String| {
            word.chars().any(char::is_alphanumeric)
                && word.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '\''))
        };
        let folded = words
            .iter()
            .filter(is_word)
            .map(|word| crate::fold::fold(word.trim()).chars().collect());
        let mut words: Vec<Vec<char>> = folded.collect();
        words.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        words.dedup();
        let firsts = words.iter().filter_map(|word| word.first().copied()).collect();
        Self { words, firsts }
    }

    pub(super) fn dropped(&self, text: &str) -> String {
        if self.words.is_empty() {
            return text.to_owned();
        }
        let lines = text.split('\n').filter_map(|line| {
            let clean = self.without(line);
            (!clean.trim().is_empty() || line.trim().is_empty()).then_some(clean)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn without(&self, line: &str) -> String {
        let chars: Vec<char> = line.chars().collect();
        let chars = self.said_once(&chars);
        let mut out = String::with_capacity(line.len());
        let mut at = 0;
        while at < chars.len() {
            // What is said up to the next mark, and the marks behind it.
            let said = at + chars[at..].iter().take_while(|c| !is_mark(**c)).count();
            let marks = said + chars[said..].iter().take_while(|c| is_mark(**c)).count();
            self.take_over(&chars[at..said], &chars[said..marks], &mut out);
            at = marks;
            if out.is_empty() {
                at += chars[at..].iter().take_while(|c| c.is_whitespace()).count();
            }
        }
        out
    }

    /// Writes what is said and its marks, unless it says nothing.
    fn take_over(&self, said: &[char], marks: &[char], out: &mut String) {
        let is_asked = marks.iter().any(|c| matches!(c, '？' | '?'));
        let trimmed = trim(said);
        if is_asked || trimmed.is_empty() || !self.says_nothing(trimmed) {
            self.without_phrases(said, out);
            out.extend(marks);
            return;
        }
        let ends = marks.iter().any(|c| is_end(*c) || *c == '.');
        let last = out.trim_end().chars().next_back();
        // `好，嗯。` ends as `好。`
        if let Some(last) =
            last.filter(|last| ends && is_mark(*last) && !is_end(*last) && *last != '.')
        {
            out.truncate(out.trim_end().len() - last.len_utf8());
            out.extend(marks);
        }
    }

    /// `嗯 今天`: in a text whose pauses are spaces, what stands alone between two of them says nothing either.
    fn without_phrases(&self, said: &[char], out: &mut String) {
        let mut at = 0;
        while at < said.len() {
            let word = at + said[at..].iter().take_while(|c| !c.is_whitespace()).count();
            let gap = word + said[word..].iter().take_while(|c| c.is_whitespace()).count();
            let before = said[..at].iter().rev().find(|c| !c.is_whitespace());
            let after = said.get(gap);
            let is_phrase = word > at
                && (gap > word || at > 0)
                && is_cjk(said[at])
                && before.is_none_or(|c| is_cjk(*c))
                && after.is_none_or(|c| is_cjk(*c))
                && (before.is_some() || after.is_some());
            if is_phrase && self.says_nothing(&said[at..word]) {
                if after.is_none() {
                    out.truncate(out.trim_end().len());
                }
            } else {
                out.extend(&said[at..gap]);
            }
            at = gap;
        }
    }

    /// Whether it is filler words and nothing else.
    fn says_nothing(&self, said: &[char]) -> bool {
        let mut at = 0;
        while at < said.len() {
            if said[at].is_whitespace() {
                at += 1;
                continue;
            }
            match self.at(said, at) {
                Some(length) => at += length,
                None => return false,
            }
        }
        true
    }

    /// `那个那个人` is `那个人`.
    fn said_once(&self, chars: &[char]) -> Vec<char> {
        let mut out: Vec<char> = Vec::with_capacity(chars.len());
        let mut at = 0;
        while at < chars.len() {
            let Some(length) = self.at(chars, at).filter(|length| *length > 1) else {
                out.push(chars[at]);
                at += 1;
                continue;
            };
            let word = &chars[at..at + length];
            at += length;
            // A Latin one is parted from its like by a space.
            let gap = usize::from(word.iter().all(|c| !is_cjk(*c)));
            while self.at(chars, at + gap) == Some(length)
                && chars.get(at..at + gap).is_some_and(|gap| gap.iter().all(|c| *c == ' '))
                && same(&chars[at + gap..at + gap + length], word)
            {
                at += gap + length;
            }
            out.extend(word);
        }
        out
    }

    /// How long the filler word is that begins at `at`, whole words only.
    fn at(&self, chars: &[char], at: usize) -> Option<usize> {
        let rest = chars.get(at..)?;
        let first = crate::fold::folded(*rest.first()?);
        // Nearly every character begins none.
        if !self.firsts.contains(&first) {
            return None;
        }
        let begins_word = at == 0 || !is_latin(chars[at - 1]);
        let fits = |word: &&Vec<char>| {
            let ends_word =
                rest.get(word.len()).is_none_or(|c| !is_latin(*c) && !c.is_ascii_digit());
            let is_whole = is_cjk(word[0]) || begins_word && ends_word;
            is_whole && rest.len() >= word.len() && same(&rest[..word.len()], word)
        };
        self.words.iter().find(fits).map(Vec::len)
    }
}

fn same(a: &[char], b: &[char]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| crate::fold::folded(*a) == crate::fold::folded(*b))
}

fn is_mark(c: char) -> bool {
    is_end(c) || matches!(c, '，' | '、' | '；' | '：' | ',' | ';' | ':' | '.')
}

fn trim(said: &[char]) -> &[char] {
    let begin = said.iter().take_while(|c| c.is_whitespace()).count();
    let end = said.len() - said[begin..].iter().rev().take_while(|c| c.is_whitespace()).count();
    &said[begin..end]
}
