//! Makes paragraphs of lines that are too long to read, at the ends of sentences and never inside quotes or brackets.

use super::kind::{closer, is_cjk, is_closer, is_end, is_latin};

/// Lines up to here stay whole. All figures are characters without white space.
const READABLE: usize = 160;
/// A paragraph has at least so many where it can be chosen.
const WANTED: usize = 90;
/// And the last one so many.
const LAST: usize = 40;

pub(super) fn made(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 64);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        parted(line, &mut out);
    }
    out
}

fn parted(line: &str, out: &mut String) {
    let whole = length(line);
    if whole <= READABLE {
        out.push_str(line);
        return;
    }
    let ends = ends(line);
    let mut begin = 0;
    let mut left = whole;
    for end in ends {
        let taken = length(&line[begin..end]);
        if taken < WANTED || left - taken < LAST || left <= READABLE {
            continue;
        }
        out.push_str(line[begin..end].trim_end());
        out.push_str("\n\n");
        begin = end + (line[end..].len() - line[end..].trim_start().len());
        left -= taken;
    }
    out.push_str(&line[begin..]);
}

fn length(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Where sentences end outside quotes and brackets; where phrases end, in a line that has no sentences.
fn ends(line: &str) -> Vec<usize> {
    let chars: Vec<(usize, char)> = line.char_indices().collect();
    let is_inside = inside(&chars);
    let after = |index: usize| chars.get(index).map_or(line.len(), |(at, _)| *at);
    let has_sentences = chars.iter().any(|(_, c)| is_end(*c) || *c == '.');
    let mut ends = Vec::new();
    let mut index = 0;
    while index < chars.len() {
        let c = chars[index].1;
        index += 1;
        let before = index.checked_sub(2).map(|before| chars[before].1);
        let next = chars.get(index).map(|(_, c)| *c);
        let is_stop =
            c == '.' && before.is_some_and(is_latin) && next.is_none_or(char::is_whitespace);
        if is_end(c) || is_stop {
            // `？！`, `……` and what closes a quotation belong to the sentence.
            while chars.get(index).is_some_and(|(_, c)| is_end(*c) || is_closer(*c)) {
                index += 1;
            }
        } else {
            let is_pause = !has_sentences
                && c == ' '
                && before.is_some_and(is_cjk)
                && next.is_some_and(is_cjk);
            if !is_pause {
                continue;
            }
        }
        if !is_inside[index - 1] {
            ends.push(after(index));
        }
    }
    ends
}

/// Whether the place behind each character is inside quotes or brackets. One that is never closed opens nothing.
fn inside(chars: &[(usize, char)]) -> Vec<bool> {
    let mut depth_change = vec![0_i32; chars.len() + 1];
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut straight: Option<usize> = None;
    for (index, (_, c)) in chars.iter().enumerate() {
        if *c == '"' {
            match straight.take() {
                Some(from) => {
                    depth_change[from] += 1;
                    depth_change[index] -= 1;
                }
                None => straight = Some(index),
            }
        } else if let Some(closing) = closer(*c) {
            open.push((index, closing));
        } else if let Some(at) = open.iter().rev().take(8).position(|(_, closing)| closing == c) {
            let (from, _) = open[open.len() - 1 - at];
            open.truncate(open.len() - 1 - at);
            depth_change[from] += 1;
            depth_change[index] -= 1;
        }
    }
    let mut depth = 0;
    let places = depth_change.iter().take(chars.len());
    places
        .map(|change| {
            depth += change;
            depth > 0
        })
        .collect()
}
