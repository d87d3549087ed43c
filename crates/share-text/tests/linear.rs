//! A megabyte of any repeated pattern is read to its end. A scan that goes back over what it has read would not end
//! within the patience of a test run.

use shiwen_share_text::{extract, notice};

const MEGABYTE: usize = 1_000_000;

const HOSTILE: &[&str] = &[
    "a",
    ".",
    "/",
    ":",
    "\\",
    "&",
    "&amp;",
    "@",
    "-",
    "=",
    "?",
    "#",
    "(",
    ")",
    "[",
    "]",
    "'",
    "%",
    "_",
    "http",
    "https://",
    "http:/",
    "://",
    "//",
    "https://a",
    "https://a.b/",
    "https://a.b/c)",
    "https://a.b?c=",
    "https://@",
    "a.",
    "a.b/",
    "a.bc/?d=",
    "www.",
    "v.douyin.com",
    "v.douyin.com/",
    "v.douyin.com/abcd",
    "v.douyin.com/abcd/",
    "v.douyin.com/abcd?",
    "https://v.douyin.com/abcd",
    "https://v.douyin.com/abcd/x?",
    "https://b23.tv/abcdefg?",
    "https://www.douyin.com/search/猫",
    "https://www.douyin.com/video/1/",
    "https://webcast.amemv.com/a?b={",
    "BV1xx411c7mD",
    "BV1xx411c7mD ",
    "BV",
    "/ａ",
    "．ａ",
    "a。",
    "ａ．",
    "：／",
    "\u{200B}",
    "\\n",
    "\\u00",
    "&#1",
    "https://ж",
    "https:// ",
    "【",
    "【a】",
    "【a】https://b23.tv/abcdefg ",
    "ttps://",
    "x@y.zz/",
    " / ",
    "x://",
    "猫",
    "😆",
    "\u{3000}",
    "t.cn/abcd,",
    "1.1.1.1/",
    "https://weibo.com/n/猫",
    "https://weibo.com/n/猫?a=b",
    "https://www.tiktok.com/@a猫/",
    "https:/ /",
    "[/",
    "blob:https://",
    "https://a.b…",
];

#[test]
fn a_megabyte_of_any_pattern_is_read() {
    for pattern in HOSTILE {
        let text = pattern.repeat(MEGABYTE / pattern.len());
        let found = extract(&text);
        let appearances: u32 = found.iter().map(|found| found.appearances).sum();
        assert!(appearances as usize <= text.len() / pattern.len() * 2 + 2, "{pattern}");
        assert_eq!(
            notice(&text, &found).is_none(),
            !found.is_empty() || text.trim().is_empty(),
            "{pattern}"
        );
    }
}
