//! What holds for every text, however odd: no panic, spans inside the text, URLs out of it, and a link read again
//! gives itself.

use proptest::prelude::*;
use shiwen_core::{LinkKind, Platform};
use shiwen_share_text::{extract, links, notice};

/// Pieces that links, their noise and their damage are made of.
const PIECES: &[&str] = &[
    "https://",
    "http://",
    "HTTPS://",
    "https:/",
    "ttps://",
    "//",
    "://",
    "snssdk1128://",
    "file:///",
    "v.douyin.com",
    "www.douyin.com",
    "xhslink.com",
    "v.kuaishou.com",
    "b23.tv",
    "www.bilibili.com",
    "m.weibo.cn",
    "t.cn",
    "youtu.be",
    "www.tiktok.com",
    "example.com",
    "evil.net",
    "/",
    "/iAbC12-_/",
    "/video/7123456789012345678",
    "/video/BV1xx411c7mD",
    "/search/",
    "/a/aBcDe1",
    "/@name",
    "?",
    "&",
    "=",
    "#",
    "a=1",
    "modal_id=7123456789012345678",
    "u=https://",
    "BV1xx411c7mD",
    "av170001",
    "@",
    ".",
    ",",
    ":",
    ";",
    "!",
    "'",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "](",
    "{",
    "}",
    "<",
    ">",
    "|",
    "\\",
    "\\/",
    "\\n",
    "\\u0026",
    "&amp;",
    "&quot;",
    "&#44;",
    "&#39;",
    "&lt;",
    "*",
    "**",
    "~",
    "`",
    "_",
    "-",
    " ",
    "\n",
    "\r\n",
    "\u{A0}",
    "\u{3000}",
    "\u{2028}",
    "\u{200B}",
    "\u{FEFF}",
    "\u{AD}",
    "。",
    "，",
    "：",
    "／",
    "．",
    "ｈｔｔｐｓ",
    "ｖ",
    "１",
    "看",
    "猫咪",
    "ж",
    "é",
    "😆",
    "【",
    "】",
    "%2F",
    "%",
    "3.58",
    "abC:/",
    "x@y.Zz",
    "05/12",
    "复制打开抖音，看看",
    "x",
    "1",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => "[ -~]{0,80}",
    ]
}

/// Whether `url`, its scheme aside, is made of parts of the text: escapes and full-width letters are undone and
/// invisible marks dropped in between.
fn occurs(url: &str, text: &str) -> bool {
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let text: String = text.to_lowercase();
    let mut left = text.chars();
    address
        .to_lowercase()
        .chars()
        .all(|c| left.any(|t| t == c || wide(t) == Some(c) || t == '\\' || t == '。'))
}

fn wide(c: char) -> Option<char> {
    char::from_u32((c as u32).checked_sub(0xFEE0)?).filter(char::is_ascii)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn spans_lie_in_the_text_in_order(text in texts()) {
        let mut last = 0;
        for found in extract(&text) {
            prop_assert!(found.span.start >= last && found.span.start < found.span.end);
            prop_assert!(text.get(found.span.clone()).is_some());
            prop_assert!(found.appearances >= 1);
            last = found.span.end;
        }
    }

    #[test]
    fn urls_are_made_of_the_text(text in texts()) {
        for link in links(&text) {
            let bare = link.url.strip_prefix("https://www.bilibili.com/video/");
            let from_text = occurs(&link.url, &text) || bare.is_some_and(|id| occurs(id, &text));
            prop_assert!(from_text, "{} in {text:?}", link.url);
        }
    }

    #[test]
    fn a_link_read_again_gives_itself(text in texts()) {
        for link in links(&text) {
            let again = links(&link.url);
            prop_assert_eq!(again.len(), 1, "{} in {:?}", link.url, text);
            prop_assert_eq!(&again[0].url, &link.url, "{:?}", text);
            prop_assert_eq!((again[0].platform, again[0].kind, &again[0].id), (link.platform, link.kind, &link.id));
        }
    }

    #[test]
    fn a_link_is_complete_and_clean(text in texts()) {
        for link in links(&text) {
            prop_assert!(link.url.bytes().all(|b| b > b' ') && link.url.contains("://"), "{}", link.url);
            prop_assert!(!link.url.ends_with(['.', ',', ';', ':', '!', '?', '\'', '*', '~', '#']), "{}", link.url);
            prop_assert!(link.platform != Platform::Other || link.kind == LinkKind::Other);
            prop_assert!(link.kind != LinkKind::Short || link.id.is_none());
        }
    }

    #[test]
    fn a_notice_is_given_only_without_links(text in texts()) {
        let found = extract(&text);
        prop_assert_eq!(notice(&text, &found).is_some(), found.is_empty() && !text.trim().is_empty());
    }
}
