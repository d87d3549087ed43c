//! The apps' own words around a link, and the codes they put on the clipboard.

/// Sentences that ask to open an app. Of two that begin alike the longer one comes first.
pub(crate) const PROMPTS: &[&str] = &[
    "复制打开抖音极速版，看看",
    "复制打开抖音，看看",
    "复制打开抖音",
    "复制此链接，打开Dou音搜索，直接观看视频！",
    "复制此链接，打开抖音搜索，直接观看视频！",
    "复制此链接，打开【抖音短视频】，直接观看视频！",
    "复制此链接，打开【抖音】，直接观看视频！",
    "长按复制此条消息，打开抖音搜索，查看TA的更多作品。",
    "长按复制此条消息，打开抖音搜索，一起看直播",
    "复制下方链接，打开【抖音】，直接观看直播！",
    "打开Dou音搜索，直接观看视频！",
    "点击链接，打开【快手】直接观看！",
    "点击链接，打开【快手极速版】直接观看！",
    "复制此消息，打开【快手极速版】直接观看！",
    "复制此消息，打开【快手】直接观看！",
    "发布了一篇小红书笔记，快来看吧！",
    "复制本条信息，打开【小红书】App查看精彩内容！",
    "复制后打开【小红书】查看笔记！",
    "存下这段话，去【小红书】速览笔记~",
    "This post is shared via TikTok Lite. Download TikTok Lite to enjoy more posts:",
    "戳我>>",
    // What is left where a sentence is not known whole.
    "【抖音】",
    "【快手】",
    "【小红书】",
];

/// Kuaishou's number of plays, and all that follows it.
pub(crate) const COUNTER: &str = "该作品在快手被播放过";

/// The first characters of the sentences.
pub(crate) const BEGINNINGS: &[char] = &['复', '长', '打', '点', '发', '存', 'T', '戳', '【', '该'];

/// Parts of sentences that only a command without a link needs: the app finds the rest by its code.
const COMMANDS: &[&str] = &[
    "打开抖音",
    "打开Dou音",
    "打开dou音",
    "打开【抖音",
    "抖音搜索",
    "Dou音搜索",
    "打开快手",
    "打开【快手",
    "快手极速版】",
    "打开小红书",
    "打开【小红书",
    "去【小红书",
    "小红书】App",
    "小红书笔记",
];

/// Whether a text without a link is an app's command: its sentence, or the code alone.
pub(crate) fn is_command(text: &str) -> bool {
    if COMMANDS.iter().any(|command| text.contains(command)) {
        return true;
    }
    let mut kinds = [false; 4];
    for token in text.split_whitespace() {
        if let Some(code) = Code::of(token) {
            kinds[code as usize] = true;
        }
    }
    // One code alone can be a price, a date or a mail address; the marks of Douyin and the code of Xiaohongshu cannot.
    kinds[Code::Letters as usize] && kinds.iter().filter(|seen| **seen).count() > 1
        || is_note_code(text)
}

/// Xiaohongshu's command: fifteen letters and digits between two equal emoji.
fn is_note_code(text: &str) -> bool {
    let mut tokens = text.split_whitespace().peekable();
    while let Some(emoji) = tokens.next() {
        let is_emoji = emoji.chars().all(|c| !c.is_ascii() && !c.is_alphanumeric());
        if is_emoji && tokens.peek().is_some_and(|code| is_fifteen(code)) {
            return true;
        }
    }
    false
}

fn is_fifteen(token: &str) -> bool {
    token.len() == 15 && token.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The parts of a Douyin command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    /// `7.99`, `7-`
    Number,
    /// `05/12`
    Date,
    /// `abC:/`, `:dam`, `:2pm`
    Letters,
    /// `a@B.cd`
    Mail,
}

impl Code {
    fn of(token: &str) -> Option<Self> {
        const LONGEST: usize = "abcd@efgh.ijkl".len();
        let bytes = token.as_bytes();
        if bytes.len() > LONGEST {
            return None;
        }
        let digits =
            |bytes: &[u8]| matches!(bytes.len(), 1..=2) && bytes.iter().all(u8::is_ascii_digit);
        let letters = |bytes: &[u8]| {
            matches!(bytes.len(), 1..=4) && bytes.iter().all(u8::is_ascii_alphanumeric)
        };
        if let Some((left, right)) = token.split_once('@') {
            let (name, ending) = right.split_once('.')?;
            return [left, name, ending]
                .iter()
                .all(|part| letters(part.as_bytes()))
                .then_some(Self::Mail);
        }
        if let [name @ .., b':', b'/'] = bytes {
            return letters(name).then_some(Self::Letters);
        }
        if let [b':', mark @ ..] = bytes {
            return (letters(mark) && mark.ends_with(b"m")).then_some(Self::Letters);
        }
        if let Some((left, right)) = token.split_once('/') {
            return (digits(left.as_bytes()) && digits(right.as_bytes())).then_some(Self::Date);
        }
        if let Some((left, right)) = token.split_once('.') {
            return (digits(left.as_bytes()) && digits(right.as_bytes())).then_some(Self::Number);
        }
        match bytes {
            [digit, b'-'] if digit.is_ascii_digit() => Some(Self::Number),
            _ => None,
        }
    }
}

/// Whether a word at the edge of a caption is no part of it.
pub(crate) fn is_noise(token: &str) -> bool {
    Code::of(token).is_some()
        || is_fifteen(token)
        || token.chars().all(|c| !c.is_alphanumeric())
        || (token.len() <= 2 && token.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_known_by_its_sentence_or_its_code() {
        for text in [
            "7.99 复制打开抖音，看看【阿青的作品】今天的云",
            "5.17 Tyq:/ 08/21 q@r.Rk 山里的早晨",
            "复制此消息，打开【快手】直接观看！",
            "32 阿青发布了一篇小红书笔记，快来看吧！ 😆 Ab3dEf6hIj9kLmN 😆",
            "😆 Ab3dEf6hIj9kLmN 😆",
        ] {
            assert!(is_command(text), "{text}");
        }
    }

    #[test]
    fn sentences_are_found_by_their_beginning_the_longest_first() {
        for (i, prompt) in PROMPTS.iter().enumerate() {
            assert!(prompt.starts_with(BEGINNINGS), "{prompt}");
            let mut earlier = PROMPTS[..i].iter();
            assert!(earlier.all(|earlier| !prompt.starts_with(earlier)), "{prompt}");
        }
        assert!(COUNTER.starts_with(BEGINNINGS));
    }

    #[test]
    fn prose_with_numbers_and_addresses_is_no_command() {
        for text in
            ["价格 7.99 元，08/21 到货", "写信到 a@b.cd", "今天天气不错", "", "用时 5.17 秒"]
        {
            assert!(!is_command(text), "{text}");
        }
    }
}
