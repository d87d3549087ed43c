//! Puts a space between Chinese and Latin letters or digits.

use super::{keep::Kept, kind::is_cjk};

pub(super) fn put(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let mut kept = Kept::new(line);
        let mut before: Option<(char, bool)> = None;
        let mut word_before = false;
        for (at, c) in line.char_indices() {
            let is_kept = kept.holds(at);
            if let Some((last, was_kept)) = before {
                let to_latin = is_cjk(last) && c.is_ascii_alphanumeric();
                // `C++` and `50%` are words too.
                let is_tail = matches!(last, '+' | '#' | '%') && word_before;
                let to_chinese = is_cjk(c) && (last.is_ascii_alphanumeric() || is_tail);
                if (to_latin || to_chinese) && !(is_kept && was_kept) {
                    out.push(' ');
                }
            }
            word_before = c.is_ascii_alphanumeric() || word_before && matches!(c, '+' | '#' | '%');
            before = Some((c, is_kept));
            out.push(c);
        }
    }
    out
}
