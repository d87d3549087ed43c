//! Texts from outside, fit for a file.

/// The text without control characters save tab and line feed, with line feeds alone at the ends of lines.
pub(crate) fn text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => {
                if letters.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\n' | '\t' => clean.push(letter),
            // Not even XML 1.0 can say the last two.
            letter if letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => {}
            letter => clean.push(letter),
        }
    }
    clean
}

/// The text as one line.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in self::text(text).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    #[test]
    fn control_characters_are_dropped_and_lines_end_alike() {
        assert_eq!(super::text("a\0b\u{7}\r\nc\rd\te\u{9b}\u{FFFF}\r"), "ab\nc\nd\te\n");
        assert_eq!(super::line("  two\r\nlines\u{2028}and\tmore "), "two lines and more");
    }
}
