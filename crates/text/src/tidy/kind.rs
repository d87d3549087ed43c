//! What a character is, as far as tidying asks.

/// Written without spaces: Chinese characters, and the Japanese ones that stand among them.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3105..=0x312F | 0x31A0..=0x31BF | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// A letter of a language that puts spaces between words.
pub(super) fn is_latin(c: char) -> bool {
    c.is_alphabetic() && !is_cjk(c)
}

/// Chinese punctuation, full width.
pub(super) fn is_wide_mark(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '；' | '：' | '？' | '！' | '…' | '—')
        || is_wide_opener(c)
        || is_wide_closer(c)
}

fn is_wide_opener(c: char) -> bool {
    matches!(c, '（' | '《' | '〈' | '「' | '『' | '【' | '“' | '‘')
}

fn is_wide_closer(c: char) -> bool {
    matches!(c, '）' | '》' | '〉' | '」' | '』' | '】' | '”' | '’')
}

/// What closes `c`, where that opens something.
pub(super) fn closer(c: char) -> Option<char> {
    Some(match c {
        '（' => '）',
        '(' => ')',
        '《' => '》',
        '〈' => '〉',
        '「' => '」',
        '『' => '』',
        '【' => '】',
        '[' => ']',
        '{' => '}',
        '“' => '”',
        _ => return None,
    })
}

pub(super) fn is_closer(c: char) -> bool {
    is_wide_closer(c) || matches!(c, ')' | ']' | '}' | '"')
}

/// Ends a sentence.
pub(super) fn is_end(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '!' | '?' | '…')
}

/// Whether a line ends where a sentence, a list's head or a quotation does.
pub(super) fn ends_sentence(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(is_closer);
    let mut back = line.chars().rev();
    match back.next() {
        None => true,
        Some('.') => back.next().is_some_and(|c| is_latin(c) || c == '.'),
        Some(c) => is_end(c) || matches!(c, '；' | ';' | '：' | ':'),
    }
}
