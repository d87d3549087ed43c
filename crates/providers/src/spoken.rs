//! A provider's words, made fit to be stored and shown: one line, short, without characters that
//! could turn the line around or hide part of it.

const MESSAGE: usize = 300;
const WORD: usize = 60;

/// The provider's message without what looks like a key or a signed address. The account's own secrets are not
/// known here: whoever keeps the failure scrubs those. None when nothing readable is left.
pub(crate) fn message(text: &str) -> Option<String> {
    let clean = one_line(&shiwen_http::redact(text, &[]), MESSAGE);
    (!clean.is_empty()).then_some(clean)
}

/// A code, a status word or a trace id.
pub(crate) fn word(text: &str) -> String {
    one_line(text, WORD)
}

fn one_line(text: &str, limit: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let line = visible.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    line.chars().take(limit - 1).chain(['…']).collect()
}

/// Zero-width characters and those that change the direction of the text after them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_at_three_hundred_characters() {
        let cut = message(&"很".repeat(1_000)).unwrap();
        assert_eq!(cut.chars().count(), 300);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn a_message_cannot_turn_the_line_around() {
        assert_eq!(message("a\u{202e}b\u{200b}c\r\n\td\0").unwrap(), "abc d");
    }

    #[test]
    fn nothing_readable_is_no_message() {
        assert_eq!(message(" \u{feff}\n"), None);
    }

    #[test]
    fn a_key_in_a_message_is_redacted() {
        let key = format!("{}_{}", "pat", "FIXTUREfixture");
        let message = message(&format!("密钥{key}无效")).unwrap();
        assert!(!message.contains("FIXTURE"), "{message}");
    }
}
