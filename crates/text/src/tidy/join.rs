//! Joins lines that were broken inside a sentence, and leaves one empty line where there were several.

use super::{
    kind::{ends_sentence, is_cjk, is_end, is_wide_mark},
    speakers, stamp,
};

/// A text with fewer marks, one to so many characters, is one without punctuation: its lines are phrases.
const SPARSE: usize = 60;

pub(super) fn joined(text: &str) -> String {
    let has_marks = is_punctuated(text);
    let mut out = String::with_capacity(text.len());
    let mut last: Option<&str> = None;
    let mut is_parted = false;
    for line in text.split('\n').map(str::trim_end) {
        if line.is_empty() {
            is_parted = true;
            continue;
        }
        match last {
            // Empty lines at the beginning part nothing.
            None => out.push_str(line),
            Some(_) if is_parted => {
                out.push_str("\n\n");
                out.push_str(line);
            }
            Some(last) if is_broken(last, line) => {
                let line = line.trim_start();
                out.extend(joint(last, line, has_marks));
                out.push_str(line);
            }
            Some(_) => {
                out.push('\n');
                out.push_str(line);
            }
        }
        last = Some(line);
        is_parted = false;
    }
    out
}

/// Whether the line break between them is inside a sentence.
fn is_broken(last: &str, next: &str) -> bool {
    !ends_sentence(last) && !stands_alone(last) && !stands_alone(next) && !begins_anew(next)
}

/// A heading or a rule of Markdown, a line in brackets, code.
fn stands_alone(line: &str) -> bool {
    let line = line.trim();
    let is_heading = line.starts_with('#') && line.trim_start_matches('#').starts_with(' ');
    is_heading
        || line.starts_with("```")
        || line.starts_with('|')
        || (line.starts_with('【') && line.ends_with('】'))
        || (line.starts_with('[') && line.ends_with(']'))
        || line.chars().all(|c| matches!(c, '-' | '=' | '*' | '_'))
}

/// The beginning of an item, of what somebody says, or of what was said at a time.
fn begins_anew(line: &str) -> bool {
    let line = line.trim_start();
    let Some(first) = line.chars().next() else { return true };
    let behind = &line[first.len_utf8()..];
    let is_bullet =
        matches!(first, '•' | '·' | '●' | '○' | '■' | '□' | '◆' | '▪' | '①'..='⑳' | '>')
            || (matches!(first, '-' | '*' | '+' | '–' | '—') && behind.starts_with([' ', '\t']));
    let inside = line.trim_start_matches(['[', '【', '(', '（', '<']);
    is_bullet || is_numbered(line) || stamp::at_start(inside).is_some() || speakers::begins(line)
}

/// `1. `, `2、`, `（三）`, `四、`, `第五，`.
fn is_numbered(line: &str) -> bool {
    let inside = line.trim_start_matches(['（', '(', '第']);
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let behind = inside.trim_start_matches(number);
    if behind.len() == inside.len() || inside.len() - behind.len() > 12 {
        return false;
    }
    let is_item = behind.starts_with(['、', '）', ')'])
        || behind
            .strip_prefix('.')
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    is_item || (line.starts_with('第') && behind.starts_with(['，', '点', '步', ',']))
}

/// What stands for the line break.
fn joint(last: &str, next: &str, has_marks: bool) -> Option<char> {
    let (Some(end), Some(begin)) = (last.chars().next_back(), next.chars().next()) else {
        return None;
    };
    if is_wide_mark(end) || is_wide_mark(begin) {
        return None;
    }
    match (is_cjk(end), is_cjk(begin)) {
        // Without punctuation the ends of lines are the only pauses that are known.
        (true, true) => (!has_marks).then_some(' '),
        (false, false) if end == '-' => None,
        (false, false) => Some(' '),
        _ => (!has_marks).then_some(' '),
    }
}

fn is_punctuated(text: &str) -> bool {
    let marks =
        text.chars().filter(|c| is_end(*c) || matches!(c, '，' | '、' | '；' | ',')).count();
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    marks * SPARSE >= letters
}
