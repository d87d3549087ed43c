//! A hint for a title: the caption beside a link, without codes, prompts and other links.

use std::borrow::Cow;

use crate::noise::{BEGINNINGS, COUNTER, PROMPTS, is_noise};

/// Longer captions are cut here, in characters.
const LONGEST: usize = 80;
/// How much text on each side of a link is looked at, in bytes.
const REACH: usize = 1_200;

/// A title for the link that stands between two stretches of text without links. It may be in either; what is on the
/// same line belongs to the link most surely. Each stretch is looked at once for the link on either side of it, so that
/// all titles together take linear time.
pub(crate) fn beside(before: &str, after: &str) -> Option<String> {
    let (before, after) = (last_part(before), first_part(after));
    let (earlier, same_line_before) = before.rsplit_once('\n').unwrap_or(("", before));
    let (same_line_after, later) = after.split_once('\n').unwrap_or((after, ""));
    caption(same_line_before)
        .or_else(|| caption(same_line_after))
        .or_else(|| earlier.lines().rev().find_map(caption))
        .or_else(|| later.lines().find_map(caption))
}

fn caption(line: &str) -> Option<String> {
    /// What is left of a prompt that is not known whole is short, in letters.
    const SHORT: usize = 30;
    let letters =
        |text: &str, most| text.chars().filter(|c| c.is_alphanumeric()).take(most).count();
    if letters(line, 2) < 2 {
        return None;
    }
    let text = without_prompts(line);
    let text = match bracketed(&text) {
        Some(Bracketed { inner, rest }) if is_author(inner) => {
            if letters(rest, 1) > 0 {
                rest
            } else {
                inner
            }
        }
        Some(Bracketed { inner, .. }) => without_site(inner),
        None => &text,
    };
    let mut words: Vec<&str> = text.split_whitespace().filter(|word| !is_address(word)).collect();
    while words.last().is_some_and(|word| is_noise(word)) {
        words.pop();
    }
    let noise = words.iter().take_while(|word| is_noise(word)).count();
    let joined = words[noise..].join(" ");
    let title = joined.trim_matches(|c: char| c.is_whitespace() || LOOSE.contains(&c));
    let prompt = ["复制", "打开", "Copy and open"].iter().any(|p| title.starts_with(p))
        && letters(title, SHORT) < SHORT;
    let end = title.char_indices().nth(LONGEST).map_or(title.len(), |(end, _)| end);
    (letters(title, 2) == 2 && !prompt).then(|| title[..end].to_owned())
}

/// Whether a word holds another link, bare or in Markdown.
fn is_address(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b':' => bytes[at..].starts_with(b"://"),
        b']' => bytes[at..].starts_with(b"]("),
        _ => false,
    })
}

/// Punctuation that does not belong to a title's edges.
const LOOSE: &[char] = &[
    '.', '…', '，', ',', '。', '：', ':', '；', ';', '、', '"', '\'', '[', ']', '(', ')', '<', '>',
    '（', '）', '“', '”', '「', '」', '*', '`', '|', '~', '-', '→', '=',
];

struct Bracketed<'t> {
    inner: &'t str,
    /// What follows the bracket.
    rest: &'t str,
}

/// The first `【…】` that names no app, with the brackets inside it.
fn bracketed(text: &str) -> Option<Bracketed<'_>> {
    let mut rest = text;
    loop {
        let (_, behind) = rest.split_once('【')?;
        let mut depth = 1_u32;
        let close = behind.char_indices().find(|(_, c)| {
            match c {
                '【' => depth += 1,
                '】' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let (to, _) = close?;
        let inner = &behind[..to];
        rest = &behind[to + '】'.len_utf8()..];
        if !is_app(inner) {
            return Some(Bracketed { inner, rest });
        }
    }
}

fn is_app(inner: &str) -> bool {
    const APPS: &[&str] = &["抖音", "快手", "小红书", "精准空降", "视频号", "西瓜视频", "今日头条"];
    APPS.iter().any(|app| inner.starts_with(app)) && inner.chars().count() < 14
}

/// Douyin's `【author的作品】`, which stands before the caption.
fn is_author(inner: &str) -> bool {
    ["的作品", "的图文作品", "的主页", "的直播", "的直播间"].iter().any(|end| inner.ends_with(end))
}

/// Takes the site's own words off a page title.
fn without_site(title: &str) -> &str {
    let title = title.strip_suffix("-哔哩哔哩").unwrap_or(title);
    match title.split_once(" | 小红书") {
        Some((title, _)) => title.rsplit_once(" - ").map_or(title, |(title, _author)| title),
        None => title,
    }
}

/// The line without the apps' sentences.
fn without_prompts(line: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for (at, c) in line.char_indices() {
        if at < copied || !BEGINNINGS.contains(&c) {
            continue;
        }
        let rest = &line[at..];
        if rest.starts_with(COUNTER) {
            out.push_str(&line[copied..at]);
            return Cow::Owned(out);
        }
        if let Some(prompt) = PROMPTS.iter().find(|prompt| rest.starts_with(**prompt)) {
            out.push_str(&line[copied..at]);
            out.push(' ');
            copied = at + prompt.len();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(line);
    }
    out.push_str(&line[copied..]);
    Cow::Owned(out)
}

fn last_part(text: &str) -> &str {
    let mut from = text.len().saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

fn first_part(text: &str) -> &str {
    let mut to = text.len().min(REACH);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[..to]
}

#[cfg(test)]
mod tests {
    use crate::links;

    fn title(text: &str) -> Option<String> {
        links(text).into_iter().next().and_then(|link| link.title)
    }

    #[test]
    fn the_caption_is_found_among_codes_and_prompts() {
        for (text, expected) in [
            (
                "7.99 复制打开抖音，看看【阿青的作品】山里的早晨 # 日出 https://v.douyin.com/iAbC123/ 05/12 abC:/ x@y.Zz",
                "山里的早晨 # 日出",
            ),
            ("【【4K】三分钟做豆花-哔哩哔哩】 https://b23.tv/aBc12De", "【4K】三分钟做豆花"),
            (
                "https://v.kuaishou.com/2aBcDe 大黄狗 该作品在快手被播放过12.3万次，点击链接，打开【快手】直接观看！",
                "大黄狗",
            ),
            ("【抖音】小满正在直播 https://v.douyin.com/iAbC123/", "小满正在直播"),
            ("看看【阿青的作品】https://v.douyin.com/iAbC123/ abC:/", "阿青的作品"),
            ("https://v.kuaishou.com/2aBcDe 村口的大黄狗 \"搞笑", "村口的大黄狗 \"搞笑"),
            (
                "76 【春天的衣柜 - 小满 | 小红书 - 你的生活指南】 😆 Ab3dEf6hIj9kLmN 😆 https://www.xiaohongshu.com/explore/0123456789abcdef01234567",
                "春天的衣柜",
            ),
            (
                "春天的衣柜... http://xhslink.com/o/aBcDeF12 复制后打开【小红书】查看笔记！",
                "春天的衣柜",
            ),
        ] {
            assert_eq!(title(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_link_alone_has_no_title() {
        assert_eq!(title("https://v.douyin.com/iAbC123/"), None);
        assert_eq!(title("http://xhslink.com/o/aBcDeF12，复制本条信息"), None);
        assert_eq!(
            title(
                "5.17 https://v.douyin.com/iAbC123/ 05/12 abC:/ x@y.Zz 复制此链接，打开Dou音搜索，直接观看视频！"
            ),
            None
        );
    }

    #[test]
    fn each_link_of_a_list_has_the_caption_of_its_own_line() {
        let titles: Vec<_> = links("甲乙 https://b23.tv/aBc12De\n丙丁 https://b23.tv/aBc12Df")
            .into_iter()
            .map(|link| link.title)
            .collect();
        assert_eq!(titles, [Some("甲乙".to_owned()), Some("丙丁".to_owned())]);
    }
}
