//! Two texts side by side: what was added and what was removed, in phrases rather than letters.
//!
//! Clauses that both texts have anchor the comparison, whatever marks and spaces stand in them; only what lies between
//! anchors is compared word by word. That is both quick and how a reader would align them.

use std::time::{Duration, Instant};

use shiwen_core::{Comparison, Piece, PieceKind, count_words};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use crate::{fold::folded, tidy::is_cjk};

/// How long is looked for a fine comparison; what is left then is compared as a whole.
const PATIENCE: Duration = Duration::from_millis(250);
/// Nobody reads changes within a longer stretch that has nothing in common, in words.
const LONGEST_STRETCH: usize = 20_000;

/// What has to be done to `old` to get `new`.
pub fn compare(old: &str, new: &str) -> Comparison {
    compare_within(old, new, PATIENCE)
}

fn compare_within(old: &str, new: &str, patience: Duration) -> Comparison {
    let deadline = Instant::now().checked_add(patience);
    let mut edits = Edits::default();
    let (old_clauses, new_clauses) = (clauses(old), clauses(new));
    let anchors = Numbers::of(&old_clauses, &new_clauses, |clause| key(clause));
    for op in
        capture_diff_slices_deadline(Algorithm::Patience, &anchors.old, &anchors.new, deadline)
    {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            for at in 0..len {
                by_words(
                    old_clauses[old_index + at],
                    new_clauses[new_index + at],
                    deadline,
                    &mut edits,
                );
            }
            continue;
        }
        let (old_range, new_range) = (op.old_range(), op.new_range());
        by_words(
            stretch(old, &old_clauses[old_range]),
            stretch(new, &new_clauses[new_range]),
            deadline,
            &mut edits,
        );
    }
    edits.close();
    let pieces = grouped(edits.all);
    let differences = differences(&pieces);
    Comparison { pieces, differences, words: (count_words(old), count_words(new)) }
}

/// The text from the first of its parts to the last.
fn stretch<'a>(text: &'a str, parts: &[&'a str]) -> &'a str {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return "" };
    let at = |part: &str| part.as_ptr().addr() - text.as_ptr().addr();
    &text[at(first)..at(last) + last.len()]
}

/// A text cut behind its marks and lines.
fn clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let mut begin = 0;
    let mut is_over = false;
    for (at, c) in text.char_indices() {
        let goes_on = c.is_alphanumeric();
        if is_over && goes_on {
            clauses.push(&text[begin..at]);
            begin = at;
        }
        is_over = !goes_on
            && (is_over
                || c == '\n'
                || !(c.is_whitespace() || matches!(c, '.' | ':' | '-' | '\'' | '_' | '/')));
    }
    if begin < text.len() {
        clauses.push(&text[begin..]);
    }
    clauses
}

/// What a clause says, without how it is set.
fn key(clause: &str) -> String {
    clause.chars().filter(|c| c.is_alphanumeric()).map(folded).collect()
}

fn by_words(old: &str, new: &str, deadline: Option<Instant>, edits: &mut Edits) {
    if old == new {
        edits.push(PieceKind::Same, old);
        return;
    }
    let (old_words, new_words) = (words(old), words(new));
    let is_late = deadline.is_some_and(|deadline| Instant::now() > deadline);
    if old.is_empty()
        || new.is_empty()
        || is_late
        || old_words.len().max(new_words.len()) > LONGEST_STRETCH
    {
        edits.push(PieceKind::Removed, old);
        edits.push(PieceKind::Added, new);
        return;
    }
    let numbers = Numbers::of(&old_words, &new_words, |word| *word);
    for op in capture_diff_slices_deadline(Algorithm::Myers, &numbers.old, &numbers.new, deadline) {
        let removed = stretch(old, &old_words[op.old_range()]);
        if matches!(op, DiffOp::Equal { .. }) {
            edits.push(PieceKind::Same, removed);
        } else {
            edits.push(PieceKind::Removed, removed);
            edits.push(PieceKind::Added, stretch(new, &new_words[op.new_range()]));
        }
    }
}

/// Chinese characters and marks one by one, other words, numbers and white space whole.
fn words(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Kind {
        Alone,
        Word,
        Digits,
        Space,
    }
    let kind = |c: char| match c {
        '\n' => Kind::Alone,
        _ if c.is_whitespace() => Kind::Space,
        _ if c.is_numeric() => Kind::Digits,
        _ if c.is_alphabetic() && !is_cjk(c) => Kind::Word,
        _ => Kind::Alone,
    };
    let mut words = Vec::new();
    let mut begin = 0;
    let mut last: Option<Kind> = None;
    for (at, c) in text.char_indices() {
        let now = kind(c);
        let goes_on = last.as_ref().is_some_and(|last| *last == now && now != Kind::Alone);
        if at > begin && !goes_on {
            words.push(&text[begin..at]);
            begin = at;
        }
        last = Some(now);
    }
    if begin < text.len() {
        words.push(&text[begin..]);
    }
    words
}

/// Parts of both texts as numbers, the same for the same, so that comparing them is cheap.
struct Numbers {
    old: Vec<u32>,
    new: Vec<u32>,
}

impl Numbers {
    fn of<'a, K: std::hash::Hash + Eq>(
        old: &'a [&str],
        new: &'a [&str],
        key: impl Fn(&'a &str) -> K,
    ) -> Self {
        let mut known = std::collections::HashMap::new();
        let mut number = |part: &'a &str| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(key(part)).or_insert(next)
        };
        let old = old.iter().map(&mut number).collect();
        let new = new.iter().map(&mut number).collect();
        Self { old, new }
    }
}

/// A stretch that both have, or what stands in one text instead of what stands in the other.
#[derive(Debug, Default)]
struct Edit {
    same: String,
    removed: String,
    added: String,
}

/// Edits in order, each with the common stretch before it.
#[derive(Default)]
struct Edits {
    all: Vec<Edit>,
    open: Edit,
}

impl Edits {
    fn push(&mut self, kind: PieceKind, text: &str) {
        match kind {
            PieceKind::Same if text.is_empty() => {}
            PieceKind::Same => {
                if !self.open.removed.is_empty() || !self.open.added.is_empty() {
                    self.close();
                }
                self.open.same.push_str(text);
            }
            PieceKind::Removed => self.open.removed.push_str(text),
            PieceKind::Added => self.open.added.push_str(text),
        }
    }

    fn close(&mut self) {
        self.all.push(std::mem::take(&mut self.open));
    }
}

/// Edits with only a letter or two between them are one: a reader sees a phrase that was replaced.
fn grouped(edits: Vec<Edit>) -> Vec<Piece> {
    let mut grouped: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match grouped.last_mut() {
            Some(last) if is_one(last, &edit) => {
                last.removed.push_str(&edit.same);
                last.removed.push_str(&edit.removed);
                last.added.push_str(&edit.same);
                last.added.push_str(&edit.added);
            }
            _ => grouped.push(edit),
        }
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let parts = grouped.into_iter().flat_map(|edit| {
        [
            (PieceKind::Same, edit.same),
            (PieceKind::Removed, edit.removed),
            (PieceKind::Added, edit.added),
        ]
    });
    for (kind, text) in parts.filter(|(_, text)| !text.is_empty()) {
        match pieces.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(&text),
            _ => pieces.push(Piece { kind, text }),
        }
    }
    pieces
}

/// Whether the stretch between two edits is so short that both are one. A mark or a line is never swallowed, nor
/// anything between changes of marks and spaces alone.
fn is_one(last: &Edit, next: &Edit) -> bool {
    let says = |edit: &Edit| {
        edit.removed.chars().chain(edit.added.chars()).filter(|c| c.is_alphanumeric()).count()
    };
    let between = next.same.chars().count();
    let is_plain = next.same.chars().all(char::is_alphanumeric);
    let most = says(last).min(says(next)).min(2);
    is_plain
        && between > 0
        && between <= most
        && (!next.removed.is_empty() || !next.added.is_empty())
}

/// Places that differ; what was replaced counts once.
fn differences(pieces: &[Piece]) -> u32 {
    let mut count = 0;
    let mut in_change = false;
    for piece in pieces {
        let is_change = piece.kind != PieceKind::Same;
        count += u32::from(is_change && !in_change);
        in_change = is_change;
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `[-old-]` and `{+new+}` in the text.
    fn shown(comparison: &Comparison) -> String {
        let pieces = comparison.pieces.iter().map(|piece| match piece.kind {
            PieceKind::Same => piece.text.clone(),
            PieceKind::Added => format!("{{+{}+}}", piece.text),
            PieceKind::Removed => format!("[-{}-]", piece.text),
        });
        pieces.collect()
    }

    fn side(comparison: &Comparison, without: PieceKind) -> String {
        let pieces = comparison.pieces.iter().filter(|piece| piece.kind != without);
        pieces.map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn differences_are_marked_as_phrases() {
        for (old, new, expected, differences) in [
            ("", "", "", 0),
            ("一样", "一样", "一样", 0),
            ("", "全新", "{+全新+}", 1),
            ("没了", "", "[-没了-]", 1),
            ("今天做红烧肉。", "今天做糖醋鱼。", "今天做[-红烧肉-]{+糖醋鱼+}。", 1),
            ("先烧热，再放油。", "先烧热，再放盐，再放油。", "先烧热，{+再放盐，+}再放油。", 1),
            ("我用 iPhone 拍", "我用 Android 拍", "我用 [-iPhone-]{+Android+} 拍", 1),
            ("一共3斤", "一共35斤", "一共[-3-]{+35+}斤", 1),
            ("你好,世界", "你好，世界", "你好[-,-]{+，+}世界", 1),
            ("我用iPhone15拍", "我用 iPhone15 拍", "我用{+ +}iPhone15{+ +}拍", 2),
            // A letter in common does not part what was replaced.
            ("他去了北京路口", "他去了南京西口", "他去了[-北京路-]{+南京西+}口", 1),
            (
                "今天我们来聊一\n聊红烧肉，好吃。",
                "今天我们来聊一聊红烧肉，好吃。",
                "今天我们来聊一[-\n-]聊红烧肉，好吃。",
                1,
            ),
        ] {
            let comparison = compare(old, new);
            assert_eq!(shown(&comparison), expected);
            assert_eq!(comparison.differences, differences, "{old} {new}");
        }
    }

    #[test]
    fn both_texts_are_counted() {
        assert_eq!(compare("你好，AI", "你好").words, (3, 2));
    }

    #[test]
    fn two_long_texts_are_compared_within_bounds() {
        let old = (0..12_000).map(|n| format!("第{n}句说红烧肉，")).collect::<String>();
        let new = old.replace('肉', "鱼").replace("第5", "第五");
        let other =
            (0..12_000).map(|n| format!("然后{}换一个话题。", n * 7919 % 5003)).collect::<String>();
        let same = "啊".repeat(100_000);
        let noise = "甲乙丙丁戊己".chars().cycle().step_by(5).take(100_000).collect::<String>();
        for (old, new) in [(&old, &new), (&old, &other), (&same, &noise), (&noise, &old)] {
            let begin = Instant::now();
            let comparison = compare(old, new);
            assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
            assert_eq!(side(&comparison, PieceKind::Added), *old);
            assert_eq!(side(&comparison, PieceKind::Removed), *new);
        }
    }

    #[test]
    fn what_there_is_no_time_for_is_compared_as_a_whole() {
        let comparison = compare_within("今天做红烧肉。", "今天做糖醋鱼。", Duration::ZERO);
        assert_eq!(side(&comparison, PieceKind::Added), "今天做红烧肉。");
        assert_eq!(side(&comparison, PieceKind::Removed), "今天做糖醋鱼。");
        assert_eq!(comparison.differences, 1);
    }

    proptest! {
        #[test]
        fn the_pieces_are_both_texts(
            old in "[今天做红烧肉，。,. \nAIb3]{0,60}|.{0,30}",
            new in "[今天做红烧肉，。,. \nAIb3]{0,60}|.{0,30}",
        ) {
            let comparison = compare(&old, &new);
            prop_assert_eq!(side(&comparison, PieceKind::Added), old.as_str());
            prop_assert_eq!(side(&comparison, PieceKind::Removed), new.as_str());
            prop_assert_eq!(comparison.differences == 0, old == new);
            prop_assert!(comparison.pieces.iter().all(|piece| !piece.text.is_empty()));
            prop_assert!(comparison.pieces.windows(2).all(|pair| pair[0].kind != pair[1].kind));
        }
    }
}
