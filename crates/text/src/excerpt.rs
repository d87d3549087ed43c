//! What is shown of a field in which words were found, and where they stand in it.

use crate::{fold::folded, grams::Word};

/// Characters before the first word that are shown, and characters that are shown in all.
const LEAD: usize = 16;
const WIDTH: usize = 96;
/// Shown at most, where a word is longer than that.
const WIDEST: usize = 400;
/// Places that are looked at to find the best one; a text may be a word over and over.
const LOOKED_AT: usize = 1000;

/// A stretch of a field on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub text: String,
    /// Parts of `text`, as UTF-16 offsets `[start, end)`, in order.
    pub marks: Vec<(u32, u32)>,
    /// Text stands before and behind it.
    pub cut: (bool, bool),
}

/// How many of the words stand in a folded field.
pub fn found_in(folded: &str, words: &[Word]) -> usize {
    words.iter().filter(|word| word.is_in(folded)).count()
}

/// How often the words stand in a folded field.
pub fn count(folded: &str, words: &[Word]) -> u32 {
    let times = |word: &Word| folded.matches(word.folded.as_str()).count();
    u32::try_from(words.iter().map(times).sum::<usize>()).unwrap_or(u32::MAX)
}

/// Where words stand in a field, as UTF-16 offsets.
pub fn marks(field: &str, words: &[Word]) -> Vec<(u32, u32)> {
    let characters: Vec<char> = field.chars().collect();
    let offsets = offsets(&characters);
    spans(&characters, words).into_iter().map(|(from, to)| (offsets[from], offsets[to])).collect()
}

/// The first stretch of a field with most of the words; `folded_field` is the field folded. None where it has none.
pub fn cut(field: &str, folded_field: &str, words: &[Word]) -> Option<Cut> {
    let begin = best(folded_field, words)?;
    let first = folded_field[..begin].chars().count();
    let longest = words.iter().map(|word| word.folded.chars().count()).max().unwrap_or(0);
    let width = (longest + 2 * LEAD).clamp(WIDTH, WIDEST);
    let from = first.saturating_sub(LEAD);
    let mut behind = field.chars().skip(from);
    let shown: Vec<char> = behind.by_ref().take(width).collect();
    let cut = (from > 0, behind.next().is_some());

    let mut spans = spans(&shown, words);
    if spans.is_empty() {
        // A word that is longer than what is shown.
        spans.push((first - from, shown.len()));
    }
    let (text, offsets) = on_one_line(&shown);
    let marks = spans
        .into_iter()
        .map(|(from, to)| (offsets[from], offsets[to]))
        .filter(|(from, to)| from < to)
        .collect();
    Some(Cut { text, marks, cut })
}

/// Where in a folded field the stretch begins that has most of the words.
fn best(folded_field: &str, words: &[Word]) -> Option<usize> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (which, word) in words.iter().enumerate() {
        let found = folded_field.match_indices(word.folded.as_str()).take(LOOKED_AT);
        places.extend(found.map(|(at, _)| (at, which)));
    }
    places.sort_unstable();
    // As many bytes as the shown characters have in Chinese.
    let reach = (WIDTH - 2 * LEAD) * 3;
    let mut best = None;
    for (n, (begin, _)) in places.iter().enumerate() {
        let near = places[n..].iter().take_while(|(at, _)| at - begin <= reach);
        let mut kinds: Vec<_> = near.map(|(_, which)| which).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if best.is_none_or(|(most, _)| kinds.len() > most) {
            best = Some((kinds.len(), *begin));
        }
        if kinds.len() == words.len() {
            break;
        }
    }
    best.map(|(_, begin)| begin)
}

/// The parts of a field that are words, as places in its characters; what touches is one.
fn spans(characters: &[char], words: &[Word]) -> Vec<(usize, usize)> {
    let folded_field: String = characters.iter().copied().map(folded).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for word in words {
        let length = word.folded.chars().count();
        let (mut at, mut bytes) = (0, 0);
        for (place, _) in folded_field.match_indices(word.folded.as_str()) {
            at += folded_field[bytes..place].chars().count();
            bytes = place;
            found.push((at, at + length));
        }
    }
    found.sort_unstable();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (from, to) in found {
        match spans.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => spans.push((from, to)),
        }
    }
    spans
}

/// The UTF-16 offset of each character and of the end.
fn offsets(characters: &[char]) -> Vec<u32> {
    let mut at = 0;
    let mut offsets = vec![0];
    for c in characters {
        at += width(*c);
        offsets.push(at);
    }
    offsets
}

fn width(c: char) -> u32 {
    if c > '\u{ffff}' { 2 } else { 1 }
}

/// The characters with one space for each stretch of white space and controls, and the UTF-16 offset that each came to.
fn on_one_line(characters: &[char]) -> (String, Vec<u32>) {
    let (mut text, mut at, mut offsets) = (String::new(), 0, vec![0]);
    for c in characters {
        if !c.is_whitespace() && !c.is_control() {
            text.push(*c);
            at += width(*c);
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
            at += 1;
        }
        offsets.push(at);
    }
    (text, offsets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    fn words(words: &[&str]) -> Vec<Word> {
        words.iter().map(|word| Word::new(word).unwrap()).collect()
    }

    fn cut_out(field: &str, asked: &[&str]) -> Option<Cut> {
        cut(field, &fold(field), &words(asked))
    }

    /// The marked parts.
    fn marked(text: &str, marks: &[(u32, u32)]) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let part = |(from, to): &(u32, u32)| {
            String::from_utf16(&units[*from as usize..*to as usize]).unwrap()
        };
        marks.iter().map(part).collect()
    }

    #[test]
    fn marks_are_where_the_words_stand_in_the_original() {
        let title = "😀ＧＰＴ教程：gpt 入门😀";
        let found = marks(title, &words(&["gpt", "入门"]));
        assert_eq!(found, [(2, 5), (8, 11), (12, 14)]);
        assert_eq!(marked(title, &found), ["ＧＰＴ", "gpt", "入门"]);
        assert_eq!(marks("今天气", &words(&["今天", "天气"])), [(0, 3)], "what touches is one");
        assert_eq!(marks("今天", &words(&["明天"])), []);
    }

    #[test]
    fn a_short_field_is_shown_whole_on_one_line() {
        let cut = cut_out("\n第一行\r\n\n第二行 红烧肉\n", &["红烧"]).unwrap();
        assert_eq!(cut.text, "第一行 第二行 红烧肉 ");
        assert_eq!(marked(&cut.text, &cut.marks), ["红烧"]);
        assert_eq!(cut.cut, (false, false));
        assert_eq!(cut_out("第一行", &["没有"]), None);
    }

    #[test]
    fn a_long_field_is_cut_where_most_words_stand_together() {
        let far = "远".repeat(300);
        let field = format!("做菜{far}做菜很简单，红烧肉{far}红烧肉");
        let cut = cut_out(&field, &["做菜", "红烧肉"]).unwrap();
        assert_eq!(marked(&cut.text, &cut.marks), ["做菜", "红烧肉"]);
        assert_eq!(cut.cut, (true, true));
        assert_eq!(cut.text.chars().count(), WIDTH);
        assert_eq!(cut.text.chars().take_while(|c| *c == '远').count(), LEAD);
    }

    #[test]
    fn a_word_longer_than_what_is_shown_is_marked_as_far_as_it_goes() {
        let word = "长".repeat(1000);
        let cut = cut_out(&word, &[&word]).unwrap();
        assert_eq!(cut.marks, [(0, 400)]);
        assert_eq!(cut.cut, (false, true));
    }

    #[test]
    fn words_are_counted_in_all_their_places() {
        assert_eq!(count("好的，好吧，ab", &words(&["好", "ab"])), 3);
        assert_eq!(found_in("好的", &words(&["好", "ab"])), 1);
    }
}
