//! What holds for every text, however odd. The fuzz target and the test that replays its seeds share it.

use shiwen_core::{Link, Platform};
use shiwen_share_text::{Found, extract, links, notice};
use url::Url;

/// Panics where the extractor breaks a promise.
pub(crate) fn check(text: &str) {
    let found = extract(text);
    let mut last = 0;
    for Found { link, span, appearances } in &found {
        assert!(span.start >= last && span.start < span.end, "{span:?} after {last}");
        assert!(text.get(span.clone()).is_some(), "{span:?} is no part of the text");
        assert!(*appearances >= 1, "{} never appears", link.url);
        last = span.end;
        is_read_again(link);
        is_on_its_platform(link, &link.url);
        is_on_its_platform(link, link.canonical.as_deref().unwrap_or(&link.url));
    }
    let wanted = found.is_empty() && !text.trim().is_empty();
    assert_eq!(notice(text, &found).is_some(), wanted, "a notice stands for missing links");
}

/// A link that stands alone gives itself.
fn is_read_again(link: &Link) {
    let again = links(&link.url);
    assert_eq!(again.len(), 1, "{} is one link", link.url);
    assert_eq!(again[0], Link { title: None, ..link.clone() });
}

/// A browser goes to a host of the platform that the link is said to be of.
fn is_on_its_platform(link: &Link, address: &str) {
    if link.platform == Platform::Other {
        return;
    }
    let parsed = Url::parse(address);
    let host = parsed.as_ref().ok().and_then(Url::host_str);
    let host = host.unwrap_or_else(|| panic!("{address} has no host"));
    let known = names(link.platform).iter().any(|name| {
        host.strip_suffix(name).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    });
    assert!(known, "{host} of {address} is not {}", link.platform);
}

/// The platforms' names, written out a second time: the table is what is tested.
fn names(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Douyin => &["douyin.com", "iesdouyin.com", "amemv.com"],
        Platform::Kuaishou => &[
            "kuaishou.com",
            "kuaishou.cn",
            "kuaishouapp.com",
            "gifshow.com",
            "chenzhongtech.com",
            "chenzhongtech.cn",
        ],
        Platform::Xiaohongshu => &["xiaohongshu.com", "rednote.com", "xhslink.com", "xhslink.cn"],
        Platform::Bilibili => {
            &["bilibili.com", "b23.tv", "bili2233.cn", "bili22.cn", "bili23.cn", "bili33.cn"]
        }
        Platform::Toutiao => {
            &["toutiao.com", "toutiaocdn.net", "toutiaocdn.com", "toutiaoimg.cn", "toutiaoimg.com"]
        }
        Platform::Tiktok => &["tiktok.com", "tiktokv.com"],
        Platform::Weibo => &["weibo.com", "weibo.cn", "t.cn"],
        Platform::Ixigua => &["ixigua.com"],
        Platform::WechatChannels => &["weixin.qq.com"],
        Platform::Youtube => &["youtube.com", "youtu.be", "youtube-nocookie.com"],
        Platform::Other => &[],
    }
}
