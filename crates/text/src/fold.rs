//! One form for what is searched and what is asked.
//!
//! Each character becomes one character, so that a place in the folded text is the same place, counted in characters,
//! in the original.

/// Full width becomes half width, the ideographic space a space, and letters small. Traditional and simplified stay as
/// they are.
pub fn fold(text: &str) -> String {
    let mut all = String::new();
    fold_into(text, &mut all);
    all
}

/// [`fold`] in the place of what `all` held.
pub(crate) fn fold_into(text: &str, all: &mut String) {
    all.clear();
    all.reserve(text.len());
    let mut kept = 0;
    // Most of a Chinese text stays, and is copied in stretches.
    for (at, c) in text.char_indices() {
        let small = folded(c);
        if small != c {
            all.push_str(&text[kept..at]);
            all.push(small);
            kept = at + c.len_utf8();
        }
    }
    all.push_str(&text[kept..]);
}

/// Whether no other character becomes this one: a word of such characters can be looked for as it stands.
pub(crate) fn is_plain(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fff}' | '\u{3001}'..='\u{a4ff}' | '\u{ac00}'..='\u{d7a3}')
}

/// One character of [`fold`].
pub fn folded(c: char) -> char {
    match c {
        '\0'..='\x7f' => c.to_ascii_lowercase(),
        '\u{3000}' => ' ',
        // CJK, kana, hangul and Yi have no capitals; nearly every character takes this way.
        '\u{2e80}'..='\u{a4ff}' | '\u{ac00}'..='\u{d7a3}' => c,
        // The block repeats ASCII from `!` to `~`.
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c).to_ascii_lowercase()
        }
        _ => small(c),
    }
}

fn small(c: char) -> char {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        // Some letters outside ASCII have a small form inside it: `K` for kelvin among them.
        (Some(one), None) => one,
        // `İ` becomes several; it stays, so that places keep their meaning.
        _ => c,
    }
}

/// What is found through the index; the rest (punctuation, most symbols) only separates, and is looked at in the text.
pub(crate) fn is_indexed(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{4e00}'..='\u{9fff}' => true,
        // Pictures, which titles are full of.
        '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}' => true,
        _ => c.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_case_do_not_matter() {
        assert_eq!(fold("ＡＰＩ　Ｖ２．０"), "api v2.0");
        assert_eq!(fold("Straße ÉCOLE Я"), "straße école я");
        assert_eq!(fold("今天，好！"), "今天,好!");
        assert_eq!(fold("今天，好！"), fold("今天,好!"));
    }

    #[test]
    fn traditional_and_simplified_stay_apart() {
        assert_ne!(fold("视频"), fold("視頻"));
    }

    #[test]
    fn every_character_becomes_one_and_folding_twice_is_folding_once() {
        for c in '\0'..=char::MAX {
            let once = folded(c);
            assert_eq!(folded(once), once, "{c:?}");
            assert!(!is_plain(once) || once == c, "{c:?}");
            assert_eq!(fold(&c.to_string()).chars().count(), 1, "{c:?}");
        }
    }

    #[test]
    fn the_short_ways_agree_with_the_tables() {
        for c in '\u{2e80}'..='\u{d7a3}' {
            if c != '\u{3000}' {
                assert_eq!(folded(c), small(c), "{c:?}");
            }
            assert_eq!(is_indexed(c), c.is_alphanumeric(), "{c:?}");
        }
    }
}
