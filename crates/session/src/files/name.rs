//! Names of files made of titles, fit for every file system that Shiwen is written for.

use unicode_segmentation::UnicodeSegmentation;

/// Longest name without its ending, in bytes. With ` (2)`, `.part` and an ending it stays far below the 255 bytes that
/// file systems allow, also where a letter of CJK counts three.
pub(crate) const LONGEST: usize = 120;

/// The title as the name of a file without its ending; none where nothing of it can stand in a name.
pub(crate) fn stem(title: &str) -> Option<String> {
    let plain: String = title.chars().filter_map(letter).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = shortened(trimmed(&words));
    // Cutting can bring another dot or space to the end.
    let name = trimmed(cut);
    match name {
        "" => None,
        name if is_reserved(name) => Some(format!("_{name}")),
        name => Some(name.to_owned()),
    }
}

/// What becomes of a letter: kept, a space, or nothing.
fn letter(letter: char) -> Option<char> {
    match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => Some(' '),
        letter if letter.is_whitespace() => Some(' '),
        letter if letter.is_control() || is_hidden(letter) => None,
        letter => Some(letter),
    }
}

/// Marks that turn the direction of writing, and others that nobody sees: they make a name look like another one. The
/// joiners (U+200C, U+200D) stay, since scripts and emoji are written with them.
fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Without dots and spaces at its ends: Windows drops those behind, and a dot before hides the file.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|letter| letter == '.' || letter == ' ')
}

/// As many whole letters, with the marks that belong to them, as fit.
fn shortened(name: &str) -> &str {
    if name.len() <= LONGEST {
        return name;
    }
    let ends = name.grapheme_indices(true).map(|(at, letter)| at + letter.len());
    match ends.take_while(|end| *end <= LONGEST).last() {
        Some(end) => &name[..end],
        // One letter with more marks than fit.
        None => &name[..name.floor_char_boundary(LONGEST)],
    }
}

/// Names that are devices on Windows, whatever ending follows.
fn is_reserved(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    if matches!(first.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = first.strip_prefix("COM").or_else(|| first.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut letters = number.chars();
        matches!((letters.next(), letters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names() {
        let long = "红".repeat(60);
        for (title, name) in [
            ("红烧肉的做法 #美食 #家常菜", Some("红烧肉的做法 #美食 #家常菜")),
            ("a/b\\c:d*e?f\"g<h>i|j", Some("a b c d e f g h i j")),
            ("../../etc/passwd", Some("etc passwd")),
            ("  two\n\tlines  ", Some("two lines")),
            ("...hidden...", Some("hidden")),
            ("ends with dot. . .", Some("ends with dot")),
            ("invoice\u{202E}4pm.exe", Some("invoice4pm.exe")),
            ("a\u{200B}b\u{2066}c\u{0}d\u{7}e", Some("abcde")),
            ("CON", Some("_CON")),
            ("con.aux", Some("_con.aux")),
            ("nul .txt", Some("_nul .txt")),
            ("Lpt9", Some("_Lpt9")),
            ("COM¹", Some("_COM¹")),
            ("COM10", Some("COM10")),
            ("console", Some("console")),
            ("👨‍👩‍👧 家", Some("👨‍👩‍👧 家")),
            ("", None),
            ("???", None),
            (" . . ", None),
            ("\u{202E}\u{200F}", None),
            (&long, Some(&long[..120])),
        ] {
            assert_eq!(stem(title).as_deref(), name, "{title:?}");
        }
    }

    #[test]
    fn a_cut_leaves_letters_whole() {
        // 118 bytes, and then a letter that is written with two.
        let title = format!("{}e\u{301}", "a".repeat(118));
        assert_eq!(stem(&title).unwrap(), "a".repeat(118));
        let family = "👨‍👩‍👧";
        let title = format!("{}{family}", "a".repeat(110));
        assert_eq!(stem(&title).unwrap(), "a".repeat(110));
        let marks = format!("e{}", "\u{301}".repeat(100));
        assert_eq!(stem(&marks).unwrap().len(), 119);
        let dots = format!("{}. rest", "a".repeat(119));
        assert_eq!(stem(&dots).unwrap(), "a".repeat(119));
    }

    proptest::proptest! {
        #[test]
        fn every_title_makes_a_name_that_is_safe_or_none(title in "\\PC{0,80}|[\\x00-\\x7f]{0,200}|[.\u{202e}/\\\\ conCON01]{0,12}") {
            let Some(name) = stem(&title) else { return Ok(()) };
            proptest::prop_assert!(!name.is_empty() && name.len() <= LONGEST + 1);
            proptest::prop_assert!(!name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']));
            let is_bad = |letter: char| {
                letter.is_control() || "/\\:*?\"<>|".contains(letter) || is_hidden(letter)
            };
            proptest::prop_assert!(!name.contains(is_bad), "{:?}", name);
            proptest::prop_assert!(!is_reserved(&name), "{:?}", name);
            // A safe name stays as it is.
            let again = stem(&name);
            proptest::prop_assert_eq!(again.as_deref(), Some(trimmed(shortened(&name))));
        }
    }
}
