//! Repairs full and half width: letters and digits half, punctuation as the language around it writes it. Addresses,
//! code and numbers stay as they are.

use super::{
    keep::Kept,
    kind::{is_cjk, is_closer, is_latin, is_wide_mark},
};

pub(super) fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let is_fence = line.trim_start().starts_with("```");
        if in_code || is_fence {
            out.push_str(line);
            in_code ^= is_fence;
            continue;
        }
        repair(line, &mut out);
    }
    out
}

fn repair(line: &str, out: &mut String) {
    let mut kept = Kept::new(line);
    let mut chars: Vec<(char, bool)> =
        line.char_indices().map(|(at, c)| (c, kept.holds(at))).collect();
    narrow_words(&mut chars);
    let is_chinese = chars.iter().any(|(c, _)| is_cjk(*c));
    if is_chinese {
        pair_brackets(&mut chars);
        pair_quotes(&mut chars);
    }
    let mut index = 0;
    let mut last: Option<char> = None;
    while index < chars.len() {
        let (c, is_kept) = chars[index];
        if is_kept {
            out.push(c);
            last = Some(c);
            index += 1;
            continue;
        }
        let written =
            if is_chinese { widened(&chars, index, last) } else { narrowed(&chars, index) };
        let Some((mark, taken)) = written else {
            out.push(c);
            last = Some(c);
            index += 1;
            continue;
        };
        out.push_str(mark);
        last = mark.chars().next_back();
        index += taken;
        if is_chinese {
            // A full-width mark brings its own room.
            let is_space = |place: &(char, bool)| place.0 == ' ';
            while chars.get(index).is_some_and(is_space) && index + 1 < chars.len() {
                index += 1;
            }
        }
    }
}

/// Letters and digits, and what stands between digits.
fn narrow_words(chars: &mut [(char, bool)]) {
    for (c, is_kept) in chars.iter_mut() {
        if !*is_kept && matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ') {
            *c = char::from_u32(u32::from(*c) - 0xFEE0).unwrap_or(*c);
        }
    }
    for index in 1..chars.len() {
        let (c, is_kept) = chars[index];
        let after_digit = chars[index - 1].0.is_ascii_digit();
        let before_digit = chars.get(index + 1).is_some_and(|(c, _)| c.is_ascii_digit());
        let narrow = match c {
            '．' if after_digit && before_digit => '.',
            '：' if after_digit && before_digit => ':',
            '％' if after_digit => '%',
            _ => continue,
        };
        if !is_kept {
            chars[index].0 = narrow;
        }
    }
}

/// Round brackets around Chinese become full width, both or none.
fn pair_brackets(chars: &mut [(char, bool)]) {
    let mut open: Vec<usize> = Vec::new();
    // Chinese characters up to each open bracket.
    let mut chinese = 0_usize;
    let mut chinese_at: Vec<usize> = Vec::new();
    for index in 0..chars.len() {
        match chars[index] {
            ('(', false) => {
                open.push(index);
                chinese_at.push(chinese);
            }
            (')', false) => {
                let (Some(from), Some(before)) = (open.pop(), chinese_at.pop()) else { continue };
                if chinese > before {
                    chars[from].0 = '（';
                    chars[index].0 = '）';
                }
            }
            (c, _) => chinese += usize::from(is_cjk(c)),
        }
    }
}

/// Straight double quotes around Chinese become curly ones, where each has its pair.
fn pair_quotes(chars: &mut [(char, bool)]) {
    let quotes: Vec<usize> =
        (0..chars.len()).filter(|index| chars[*index] == ('"', false)).collect();
    if !quotes.len().is_multiple_of(2) {
        return;
    }
    for pair in quotes.chunks_exact(2) {
        if chars[pair[0]..pair[1]].iter().any(|(c, _)| is_cjk(*c)) {
            chars[pair[0]].0 = '“';
            chars[pair[1]].0 = '”';
        }
    }
}

/// The full-width mark for what stands at `index` next to Chinese, and how many characters it stands for.
fn widened(
    chars: &[(char, bool)],
    index: usize,
    last: Option<char>,
) -> Option<(&'static str, usize)> {
    let c = chars[index].0;
    let last = last?;
    let mut behind = chars[index + 1..].iter().map(|(c, _)| *c);
    let next = behind.next();
    let after_chinese = is_cjk(last) || matches!(last, '）' | '》' | '”' | '」' | '】' | '』');
    let before_chinese =
        next.is_some_and(is_cjk) || next == Some(' ') && behind.next().is_some_and(is_cjk);
    let is_between =
        after_chinese || (before_chinese && (last.is_ascii_alphanumeric() || is_closer(last)));
    match c {
        ',' if is_between => Some(("，", 1)),
        ';' if is_between => Some(("；", 1)),
        '?' if is_between => Some(("？", 1)),
        '!' if is_between => Some(("！", 1)),
        // `:)` is a face.
        ':' if is_between
            && !next.is_some_and(|c| matches!(c, ')' | '(' | 'D' | 'P' | '/' | '-')) =>
        {
            Some(("：", 1))
        }
        '.' if after_chinese => {
            let dots = chars[index..].iter().take_while(|(c, _)| *c == '.').count();
            match dots {
                1 if next.is_none_or(|c| c.is_whitespace() || is_cjk(c) || is_wide_mark(c)) => {
                    Some(("。", 1))
                }
                1 | 2 => None,
                dots => Some(("……", dots)),
            }
        }
        _ => None,
    }
}

/// The half-width mark for a full-width one between Latin words of a line without Chinese.
fn narrowed(chars: &[(char, bool)], index: usize) -> Option<(&'static str, usize)> {
    let before = index.checked_sub(1).map(|before| chars[before].0);
    if !before.is_some_and(|c| is_latin(c) || c.is_ascii_digit()) {
        return None;
    }
    let next = chars.get(index + 1).map(|(c, _)| *c);
    let is_word_next = next.is_some_and(|c| is_latin(c) || c.is_ascii_digit());
    let mark = match (chars[index].0, is_word_next) {
        ('，', true) => ", ",
        ('，', false) => ",",
        ('。', true) => ". ",
        ('。', false) => ".",
        ('？', true) => "? ",
        ('？', false) => "?",
        ('！', true) => "! ",
        ('！', false) => "!",
        _ => return None,
    };
    Some((mark, 1))
}
