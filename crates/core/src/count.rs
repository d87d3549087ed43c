//! 字数: how long a text is for a Chinese reader.

/// Counts each CJK character as 1 and each Latin word or number as 1; punctuation and white space are not counted.
pub fn count_words(text: &str) -> u32 {
    let mut count = 0_u32;
    let mut in_word = false;
    for c in text.chars() {
        if is_cjk(c) {
            count += 1;
            in_word = false;
        } else if c.is_alphanumeric() {
            count += u32::from(!in_word);
            in_word = true;
        } else if !matches!(c, '\'' | '’' | '.' | ',' | '-' | '_') || !in_word {
            // A mark inside "don't", "3.5" or "1,000" does not end the word.
            in_word = false;
        }
    }
    count
}

fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3105..=0x312F | 0x31A0..=0x31BF | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_chinese_character_and_each_latin_word_counts_one() {
        for (text, expected) in [
            ("", 0),
            ("你好，世界！", 4),
            ("用 iPhone 15 拍", 4),
            ("don't stop", 2),
            ("3.5 斤，1,000 元", 4),
            ("hello,世界", 3),
            ("a - b", 2),
            ("。。。", 0),
            ("今天聊聊AI和ChatGPT", 7),
        ] {
            assert_eq!(count_words(text), expected, "{text}");
        }
    }
}
