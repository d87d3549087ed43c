//! One form for what is searched and what is asked.
//!
//! Each character becomes one character, so that a place in the folded text is the same place, counted in characters,
//! in the original.

/// Full width becomes half width, the ideographic space a space, and letters small. Traditional and simplified stay as
/// they are.
pub fn fold(text: &str) -> String {
    text.chars().map(folded).collect()
}

/// One character of [`fold`].
pub fn folded(c: char) -> char {
    let c = match c {
        '\u{3000}' => ' ',
        // The block repeats ASCII from `!` to `~`.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    };
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        // Few letters become several, `İ` among them; they stay, so that places keep their meaning.
        _ => c,
    }
}
