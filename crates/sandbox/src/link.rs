//! As much of a link as the simulated services look at.

use crate::dice;

/// The sites that one of the services names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Douyin,
    Xiaohongshu,
    Kuaishou,
    Bilibili,
    Toutiao,
    Other,
}

const HOSTS: &[(&str, Site)] = &[
    ("douyin.com", Site::Douyin),
    ("iesdouyin.com", Site::Douyin),
    ("xiaohongshu.com", Site::Xiaohongshu),
    ("xhslink.com", Site::Xiaohongshu),
    ("xhslink.cn", Site::Xiaohongshu),
    ("rednote.com", Site::Xiaohongshu),
    ("kuaishou.com", Site::Kuaishou),
    ("kuaishou.cn", Site::Kuaishou),
    ("kuaishouapp.com", Site::Kuaishou),
    ("gifshow.com", Site::Kuaishou),
    ("chenzhongtech.com", Site::Kuaishou),
    ("bilibili.com", Site::Bilibili),
    ("b23.tv", Site::Bilibili),
    ("bili2233.cn", Site::Bilibili),
    ("toutiao.com", Site::Toutiao),
    ("toutiaocdn.com", Site::Toutiao),
];

impl Site {
    pub(crate) const ALL: [Site; 6] = [
        Site::Douyin,
        Site::Xiaohongshu,
        Site::Kuaishou,
        Site::Bilibili,
        Site::Toutiao,
        Site::Other,
    ];

    pub(crate) fn of(link: &str) -> Self {
        let behind_scheme = link.split_once("://").map_or(link, |(_, rest)| rest);
        let host = behind_scheme.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.to_ascii_lowercase();
        let is = |known: &str| {
            host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        HOSTS.iter().find(|(known, _)| is(known)).map_or(Site::Other, |(_, site)| *site)
    }
}

/// The first link of a share text, as far as it is plain ASCII.
pub(crate) fn first_link(text: &str) -> Option<&str> {
    let start = [text.find("https://"), text.find("http://")].into_iter().flatten().min()?;
    let link = &text[start..];
    let end = link
        .find(|c: char| !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>' | '\\'))
        .unwrap_or(link.len());
    let link = &link[..end];
    let host = link.split_once("://").map_or("", |(_, rest)| rest);
    (!host.is_empty() && !host.starts_with('/')).then_some(link)
}

/// What the video behind a link is made from. The scheme and a closing slash make no difference, and neither does the
/// code of a short link that names its video by number.
pub(crate) fn seed(link: &str, salt: u64) -> u64 {
    if let Some(number) = same(link) {
        return dice::hash(&format!("{:?} same {number}", Site::of(link)), salt);
    }
    let link = link.split_once("://").map_or(link, |(_, rest)| rest);
    dice::hash(link.trim_end_matches('/'), salt)
}

/// The number of the video that `sb-same-NUMBER` names.
pub(crate) fn same(link: &str) -> Option<&str> {
    let (_, asked) = link.split_once("/sb-same-")?;
    asked.split(|c: char| !c.is_ascii_alphanumeric()).next().filter(|number| !number.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_text_gives_its_first_link() {
        let text = "3.21 复制打开抖音，看看【阳台小农】番茄第一课 https://v.douyin.com/iFRvuEch/ 07/08 aBc:/";
        assert_eq!(first_link(text), Some("https://v.douyin.com/iFRvuEch/"));
        assert_eq!(
            first_link("看这里http://xhslink.com/a/x1，复制"),
            Some("http://xhslink.com/a/x1")
        );
        assert_eq!(first_link("没有链接"), None);
        assert_eq!(first_link("https://"), None);
    }

    #[test]
    fn the_host_decides_the_site() {
        assert_eq!(Site::of("https://v.douyin.com/x/"), Site::Douyin);
        assert_eq!(Site::of("https://WWW.XIAOHONGSHU.com/explore/1"), Site::Xiaohongshu);
        assert_eq!(Site::of("https://b23.tv/x"), Site::Bilibili);
        assert_eq!(Site::of("https://notdouyin.com/x"), Site::Other);
        assert_eq!(Site::of("https://douyin.com.example/x"), Site::Other);
    }

    #[test]
    fn scheme_and_closing_slash_make_no_other_video() {
        assert_eq!(seed("https://v.douyin.com/a/", 1), seed("http://v.douyin.com/a", 1));
        assert_ne!(seed("https://v.douyin.com/a/", 1), seed("https://v.douyin.com/b/", 1));
        assert_ne!(seed("https://v.douyin.com/a/", 1), seed("https://v.douyin.com/a/", 2));
        let same = |code: &str| seed(&format!("https://v.douyin.com/sb-same-{code}/"), 1);
        assert_eq!(same("1-a"), same("1-b"));
        assert_ne!(same("1-a"), same("2-a"));
    }
}
