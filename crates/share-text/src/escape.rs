//! Escapes of HTML, JSON and chat-bot codes. A character that must end a link is replaced by a full-width twin.

use crate::chars::is_invisible;

/// The character that the entity at `at` (an ampersand) stands for, and where the entity ends.
/// An ampersand that was escaped several times over is undone at once.
pub(crate) fn entity(text: &str, at: usize) -> Option<(Option<char>, usize)> {
    behind_ampersand(text, at + 1).or_else(|| torn_entity(text, at))
}

/// An entity with invisible marks between its letters.
fn torn_entity(text: &str, at: usize) -> Option<(Option<char>, usize)> {
    // In characters: the longest entity, escaped once again, and a few marks.
    const REACH: usize = 20;
    let inside = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '#' | ';') || is_invisible(*c);
    let around = || text[at + 1..].chars().take(REACH).take_while(inside);
    if !around().any(is_invisible) {
        return None;
    }
    let entity: String =
        std::iter::once('&').chain(around().filter(|c| !is_invisible(*c))).collect();
    let (c, end) = behind_ampersand(&entity, 1)?;
    let behind = text[at..].char_indices().filter(|(_, c)| !is_invisible(*c)).nth(end - 1);
    behind.map(|(last, _)| (c, at + last + 1))
}

fn behind_ampersand(text: &str, from: usize) -> Option<(Option<char>, usize)> {
    if !matches!(text.as_bytes().get(from), Some(b'#' | b'a'..=b'z' | b'A'..=b'Z')) {
        return None;
    }
    let mut end = from;
    while let Some(len) = ampersand(&text[end..]) {
        end += len;
    }
    let escaped_again = end > from;
    match named_or_numbered(&text[end..]) {
        Some((c, len)) => Some((plain(c), end + len)),
        None => escaped_again.then_some((Some('&'), end)),
    }
}

/// The length of what follows an ampersand where both together stand for an ampersand.
fn ampersand(rest: &str) -> Option<usize> {
    const FORMS: &[&str] = &["amp;", "#38;", "#x26;", "#038;"];
    FORMS
        .iter()
        .find(|form| rest.get(..form.len()).is_some_and(|head| head.eq_ignore_ascii_case(form)))
        .map(|form| form.len())
}

fn named_or_numbered(rest: &str) -> Option<(char, usize)> {
    const NAMES: &[(&str, char)] = &[
        ("quot;", '"'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("apos;", '\''),
        ("nbsp;", '\u{A0}'),
        ("hellip;", '…'),
        ("mdash;", '—'),
        ("middot;", '·'),
        ("ldquo;", '“'),
        ("rdquo;", '”'),
    ];
    // The longest number is `#x10FFFF;`, with some leading zeros.
    const REACH: usize = 12;
    if let Some((name, c)) = NAMES.iter().find(|(name, _)| rest.starts_with(name)) {
        return Some((*c, name.len()));
    }
    let digits = rest.strip_prefix('#')?;
    let len = digits.bytes().take(REACH).position(|b| b == b';')?;
    let (digits, radix) = match digits[..len].strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (&digits[..len], 10),
    };
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    Some((c, "#".len() + len + ";".len()))
}

/// The character that the backslashes at `at` and what follows them stand for, and where that ends.
/// Text that was written into JSON twice has its backslashes doubled.
pub(crate) fn backslash(text: &str, at: usize) -> Option<(Option<char>, usize)> {
    let slashes = text[at..].bytes().take_while(|b| *b == b'\\').count();
    let rest = &text[at + slashes..];
    let (c, len) = match rest.bytes().next()? {
        b'/' => ('/', 1),
        b'n' | b'r' | b't' => ('\n', 1),
        b'u' => (hex(rest, 4)?, 5),
        b'x' => (hex(rest, 2)?, 3),
        _ => return None,
    };
    let end = at + slashes + len;
    // A page in JSON: `\u0026amp;`.
    let entity = if c == '&' { behind_ampersand(text, end) } else { None };
    Some(entity.unwrap_or((plain(c), end)))
}

/// The character of `digits` hexadecimal digits behind a letter. Halves of a pair stand for an emoji, which never
/// belongs to a link.
fn hex(rest: &str, digits: usize) -> Option<char> {
    let digits = rest.get(1..=digits)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    Some(
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
            .unwrap_or(char::REPLACEMENT_CHARACTER),
    )
}

/// What stands in the repaired text for a character that was written as an escape.
fn plain(c: char) -> Option<char> {
    match c {
        // Nobody escapes these inside a link: they are the quote, the comma and the brackets around it.
        '\'' => Some('’'),
        ',' => Some('，'),
        '[' => Some('［'),
        ']' => Some('］'),
        c if is_invisible(c) => None,
        c if c.is_control() => Some('\n'),
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ampersand_escaped_twice_is_one() {
        assert_eq!(entity("&amp;amp;b", 0), Some((Some('&'), 9)));
        assert_eq!(entity("&#x26;b", 0), Some((Some('&'), 6)));
        assert_eq!(entity("&a\u{200B}\u{200B}mp\u{FEFF};b", 0), Some((Some('&'), 14)));
        assert_eq!(entity("&\u{200B}b=1", 0), None);
        assert_eq!(entity("&b=1", 0), None);
    }

    #[test]
    fn entities_that_end_a_link_become_characters_that_do() {
        for (text, c) in [
            ("&quot;", '"'),
            ("&#44;", '，'),
            ("&amp;#39;", '’'),
            ("&lt;", '<'),
            ("&nbsp;", '\u{A0}'),
        ] {
            assert_eq!(entity(text, 0), Some((Some(c), text.len())), "{text}");
        }
    }

    #[test]
    fn json_escapes_are_undone_however_deep() {
        assert_eq!(backslash(r"\/", 0), Some((Some('/'), 2)));
        assert_eq!(backslash(r"\\\/", 0), Some((Some('/'), 4)));
        assert_eq!(backslash(r"\u0026x", 0), Some((Some('&'), 6)));
        assert_eq!(backslash(r"\u0026amp;x", 0), Some((Some('&'), 10)));
        assert_eq!(backslash(r"\u0026quot;x", 0), Some((Some('"'), 11)));
        assert_eq!(backslash(r"\v", 0), None);
        assert_eq!(backslash(r"\u00", 0), None);
        assert_eq!(backslash("\\", 0), None);
    }
}
