//! A provider's words, made fit to be stored and shown: without characters that could turn the text around, hide
//! part of it or speak to a terminal.

const MESSAGE: usize = 300;
/// What of a message is looked at: no provider needs more to say what is wrong.
const LONGEST_MESSAGE: usize = 4_096;
const WORD: usize = 60;
/// Longer than any site takes for what stands under a video.
const TITLE: usize = 4_000;

/// The provider's message without what looks like a key or a signed address. The account's own secrets are not
/// known here: whoever keeps the failure scrubs those. None when nothing readable is left.
pub(crate) fn message(text: &str) -> Option<String> {
    let looked_at = one_line(text, LONGEST_MESSAGE);
    let clean = one_line(&shiwen_http::redact(&looked_at, &[]), MESSAGE);
    (!clean.is_empty()).then_some(clean)
}

/// A status word. Blank where nothing readable is left.
pub(crate) fn word(text: &str) -> String {
    one_line(text, WORD)
}

/// A code or a trace id. None when nothing readable is left.
pub(crate) fn code(text: &str) -> Option<String> {
    Some(word(text)).filter(|word| !word.is_empty())
}

/// A title or a name. Emoji that are made of several keep what joins them.
pub(crate) fn title(text: &str) -> Option<String> {
    let title = line(text, TITLE, |c| is_invisible(c) && !is_joiner(c));
    let seen = title.chars().any(|c| !c.is_whitespace() && !is_joiner(c));
    seen.then_some(title)
}

/// A text of any length, with its lines as they are; none where nothing of it can be seen.
pub(crate) fn passage(text: &str) -> Option<String> {
    let gone = |c: char| (c.is_control() && !c.is_whitespace()) || turns_around(c);
    let text: String = text.chars().filter(|c| !gone(*c)).collect();
    let seen = text.chars().any(|c| !c.is_whitespace() && !is_invisible(c));
    seen.then_some(text)
}

/// Cuts between words: half a key in the rest of a line would not be known for one by whoever looks for keys.
fn one_line(text: &str, limit: usize) -> String {
    let line = line(text, limit + 1, is_invisible);
    if line.chars().count() <= limit {
        return line;
    }
    let end = line.char_indices().nth(limit - 1).map_or(line.len(), |(end, _)| end);
    // Keys are made of these characters.
    let kept = match line[end..].starts_with(|c: char| c.is_ascii_graphic()) {
        true => line[..end].trim_end_matches(|c: char| c.is_ascii_graphic()),
        false => &line[..end],
    };
    format!("{kept}…")
}

/// The first `most` characters as one line, without control characters and those that are to be gone.
fn line(text: &str, most: usize, gone: impl Fn(char) -> bool) -> String {
    let mut line = String::new();
    let (mut count, mut gap) = (0, false);
    for c in text.chars() {
        if c.is_whitespace() {
            gap = count > 0;
        } else if !c.is_control() && !gone(c) {
            let more = 1 + usize::from(gap);
            if count + more > most {
                break;
            }
            line.extend(gap.then_some(' '));
            line.push(c);
            (count, gap) = (count + more, false);
        }
    }
    line
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

/// Characters that turn everything after them around until they are closed.
pub(crate) fn turns_around(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
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
    fn a_cut_leaves_no_half_of_a_key() {
        let key = "k3y-".repeat(20);
        for before in 0..300 {
            let cut = message(&format!("{} {key} 完", "很".repeat(before))).unwrap();
            assert!(cut.contains(&key) || !cut.contains("k3"), "{before}: {cut}");
        }
        assert_eq!(word(&key), "…");
        assert_eq!(word(&"字".repeat(61)).chars().count(), 60);
    }

    #[test]
    fn a_title_is_one_line_that_keeps_its_emoji() {
        assert_eq!(title(" 一\u{202e}\r\n二\u{1b}[31m 👨‍👩‍👧 ").unwrap(), "一 二[31m 👨‍👩‍👧");
        assert_eq!(title(&"a".repeat(10_000)).unwrap().len(), TITLE);
        for nothing in ["", "\u{200d}", "\u{2066}\u{feff} \n\0"] {
            assert_eq!(title(nothing), None);
        }
    }

    #[test]
    fn a_passage_keeps_its_lines_and_speaks_to_no_terminal() {
        assert_eq!(passage("一\r\n\t\u{1b}]0;x\u{7}二\u{202e}三").unwrap(), "一\r\n\t]0;x二三");
        for nothing in [" \n", "\u{202e}", "\0", "\u{200b}"] {
            assert_eq!(passage(nothing), None);
        }
    }

    #[test]
    fn nothing_readable_is_no_message() {
        assert_eq!(message(" \u{feff}\n"), None);
        assert_eq!(code("\u{200b}"), None);
    }

    #[test]
    fn a_key_in_a_message_is_redacted() {
        let key = format!("{}_{}", "pat", "FIXTUREfixture");
        let message = message(&format!("密钥{key}无效")).unwrap();
        assert!(!message.contains("FIXTURE"), "{message}");
    }
}
