//! Classes of characters that decide where a link may begin and where it ends.

/// A set of bytes to look for. One look into a table for each byte of a text is faster than a few comparisons, and
/// than comparing blocks: a byte worth a look is never far in texts beyond ASCII.
pub(crate) struct Bytes([bool; 256]);

impl Bytes {
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        let mut holds = [false; 256];
        let mut i = 0;
        while i < bytes.len() {
            holds[bytes[i] as usize] = true;
            i += 1;
        }
        Self(holds)
    }

    /// The first place from `at` on where one of them stands.
    pub(crate) fn find(&self, text: &[u8], at: usize) -> Option<usize> {
        text[at..].iter().position(|b| self.0[usize::from(*b)]).map(|len| at + len)
    }
}

/// ASCII bytes that may stand inside a link. White space, controls, `< > " \ ^ { } |`, the back-tick and
/// everything outside ASCII end it.
pub(crate) const fn in_link(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~')
        && !matches!(byte, b'<' | b'>' | b'"' | b'\\' | b'^' | b'`' | b'{' | b'}' | b'|')
}

/// Bytes of a host name as it is written; dots and dashes included.
pub(crate) const fn in_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// Bytes of a short link's code.
pub(crate) const fn in_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Marks without width and marks of direction. They come with copied text and are never part of a link.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

/// The ASCII letter or digit behind a full-width one.
pub(crate) const fn narrow(c: char) -> Option<char> {
    match c {
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => {
            char::from_u32(c as u32 - 0xFEE0)
        }
        _ => None,
    }
}

/// Whether a host written right behind this character is a host of its own, and no part of a path, of a mail
/// address or of a longer name that only looks like the known one.
pub(crate) fn may_precede_host(c: char) -> bool {
    if c.is_ascii() {
        return !(c.is_ascii_alphanumeric() || matches!(c, '/' | '\\' | '@' | '.' | '-'));
    }
    // Chinese, Japanese and Korean letters have no case; Cyrillic, Greek and the other scripts with look-alikes do.
    !(c.is_lowercase() || c.is_uppercase() || looks_like_separator(c))
}

/// Characters that pass for the dot, the slash or the at sign of a URL.
const fn looks_like_separator(c: char) -> bool {
    matches!(
        c,
        '\u{2024}' // one dot leader
            | '\u{FE52}' // small full stop
            | '\u{FF0E}' // full-width full stop
            | '\u{2044}' // fraction slash
            | '\u{2215}' // division slash
            | '\u{29F8}' // big solidus
            | '\u{2216}' // set minus
            | '\u{FE68}' // small reverse solidus
            | '\u{FF3C}' // full-width reverse solidus
            | '\u{FE6B}' // small at
            | '\u{FF20}' // full-width at
            | '\u{2010}' // hyphen
            | '\u{2011}' // non-breaking hyphen
            | '\u{FE63}' // small hyphen
            | '\u{FF0D}' // full-width hyphen
    )
}

/// The character that ends right before `at`.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The character that begins at `at`.
pub(crate) fn after(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

/// Whether `text` holds `prefix` at `at`, upper and lower case being the same.
pub(crate) fn begins_with(text: &str, at: usize, prefix: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= at + prefix.len()
        && bytes[at..at + prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
}

/// Whether an intact `http://` or `https://` begins at `at`.
pub(crate) fn scheme_begins(text: &str, at: usize) -> bool {
    matches!(text.as_bytes().get(at), Some(b'h' | b'H'))
        && (begins_with(text, at, "https://") || begins_with(text, at, "http://"))
}
