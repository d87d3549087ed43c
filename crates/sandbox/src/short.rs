//! The short-link hosts: `/short/HOST/PATH` answers as `https://HOST/PATH` would, by a redirect to the next address.
//! A code leads to one invented work, the same every time.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, RawQuery, State as Extract},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::{
    dice::{self, Dice},
    link,
    scenario::Scenario,
    state::State,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Platform {
    Douyin,
    Kuaishou,
    Xiaohongshu,
    Bilibili,
    Toutiao,
    Tiktok,
}
use Platform::{Bilibili, Douyin, Kuaishou, Tiktok, Toutiao, Xiaohongshu};

/// Hosts, what stands before the code in their path, and whose they are.
const HOSTS: &[(&str, &str, Platform)] = &[
    ("v.douyin.com", "", Douyin),
    ("v.kuaishou.com", "", Kuaishou),
    ("v.kuaishouapp.com", "s/", Kuaishou),
    ("xhslink.com", "", Xiaohongshu),
    ("b23.tv", "", Bilibili),
    ("m.toutiao.com", "is/", Toutiao),
    ("www.tiktok.com", "t/", Tiktok),
];

/// Hosts that only send on to another short link, and how that one begins.
const FORWARDS: &[(&str, &str)] = &[
    ("jx.douyin.com", "https://v.douyin.com/"),
    ("xhslink.cn", "https://xhslink.com/"),
    ("bili2233.cn", "https://b23.tv/"),
    ("vm.tiktok.com", "https://www.tiktok.com/t/"),
    ("vt.tiktok.com", "https://www.tiktok.com/t/"),
];

/// A page that the apps' share pages send on to: a video under its plain address.
const SHARE_PAGES: &[(&str, &str, &str)] = &[
    ("www.iesdouyin.com", "share/video/", "https://www.douyin.com/video/"),
    ("v.m.chenzhongtech.com", "fw/photo/", "https://www.kuaishou.com/short-video/"),
];

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";
const WORD: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new().route("/{host}/{*path}", get(answer))
}

async fn answer(
    Extract(state): Extract<Arc<State>>,
    Path((host, path)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    state.count_follow(&format!("https://{host}/{path}"));
    let path = path.trim_end_matches('/');
    let sent_on = FORWARDS.iter().find(|(known, _)| *known == host);
    if let Some((_, to)) = sent_on {
        return redirect(&format!("{to}{path}/"));
    }
    let share_page = SHARE_PAGES.iter().find_map(|(known, before, to)| {
        let id = path.strip_prefix(before).filter(|_| *known == host)?;
        Some(format!("{to}{id}"))
    });
    if let Some(to) = share_page {
        return redirect(&to);
    }
    let code = HOSTS.iter().find_map(|(known, before, platform)| {
        let code = path.strip_prefix(before).filter(|_| *known == host)?;
        Some((code, *platform))
    });
    let Some((code, platform)) = code else {
        return Html("<!doctype html>\n<title>Invented</title>\n").into_response();
    };
    let link = format!("{host}/{path}");
    let mut work = Work(Dice::new(work_of(&link, code, platform)));
    match Scenario::of(&link) {
        Scenario::Nowhere => (StatusCode::NOT_FOUND, "404 page not found").into_response(),
        Scenario::SlowLink => std::future::pending().await,
        Scenario::Foreign => redirect("https://shop.example/sale?from=short-link"),
        Scenario::Loop if query.is_some() => redirect(&format!("https://{link}")),
        Scenario::Loop => redirect(&format!("https://{link}?again=1")),
        Scenario::User => redirect(&work.author(platform)),
        _ => redirect(&work.address(platform)),
    }
}

fn redirect(to: &str) -> Response {
    let headers = [
        (header::LOCATION, to.to_owned()),
        // As the real hosts do; nobody is meant to keep it.
        (header::SET_COOKIE, "visitor=invented; Path=/; HttpOnly".to_owned()),
    ];
    let page = Html(format!("<a href=\"{}\">Found</a>.\n", to.replace('&', "&amp;")));
    (StatusCode::FOUND, headers, page).into_response()
}

/// The seed of the work that a code leads to.
fn work_of(link: &str, code: &str, platform: Platform) -> u64 {
    let code = link::same(link).map_or(code.to_owned(), |number| format!("same {number}"));
    dice::hash(&format!("{platform:?} {code}"), 0)
}

/// An invented work with its author.
struct Work(Dice);

impl Work {
    /// The address that the platform's short link leads to, tracking included.
    fn address(&mut self, platform: Platform) -> String {
        match platform {
            Douyin => format!(
                "https://www.iesdouyin.com/share/video/{}/?region=CN&mid={}&u_code={}&did={}&titleType=title&share_sign={}..{}-&with_sec_did=1&from_ssr=1&timestamp=1790000000",
                self.number(),
                self.number(),
                self.letters(12, LOWER),
                self.letters(24, WORD),
                self.letters(20, WORD),
                self.letters(20, WORD),
            ),
            Kuaishou => {
                let id = format!("3x{}", self.letters(13, LOWER));
                format!(
                    "https://v.m.chenzhongtech.com/fw/photo/{id}?fid={}&cc=share_copylink&followRefer=151&shareMethod=TOKEN&docId=9&kpn=KUAISHOU&subBiz=BROWSE_SLIDE_PHOTO&photoId={id}&shareId={}&shareToken=X-{}&shareResourceType=PHOTO_OTHER",
                    self.number(),
                    self.number(),
                    self.letters(16, WORD),
                )
            }
            Xiaohongshu => format!(
                "https://www.xiaohongshu.com/discovery/item/{}?app_platform=android&ignoreEngage=true&app_version=9.9.9&share_from_user_hidden=true&xsec_source=app_share&type=video&xsec_token=AB{}=&author_share=1&shareRedId={}&apptime=1790000000",
                self.letters(24, HEX),
                self.letters(43, WORD),
                self.letters(24, WORD),
            ),
            Bilibili => format!(
                "https://www.bilibili.com/video/BV1{}?buvid=XX{}&from_spmid=main.ugc-video-detail.0.0&is_story_h5=false&mid={}&p=1&plat_id=116&share_from=ugc&share_medium=android&share_source=COPY&spmid=main.ugc&timestamp=1790000000&unique_k={}",
                self.letters(9, BASE58),
                self.letters(30, HEX),
                self.letters(22, WORD),
                self.letters(7, WORD),
            ),
            Toutiao => format!(
                "https://m.toutiao.com/video/{}/?app=news_article&timestamp=1790000000&group_id={}&share_token={}&tt_from=copy_link&utm_source=copy_link&utm_medium=toutiao_android&utm_campaign=client_share",
                self.number(),
                self.number(),
                self.letters(32, HEX),
            ),
            Tiktok => format!(
                "https://www.tiktok.com/@{}/video/{}?_r=1&_t={}&is_from_webapp=v1",
                self.letters(9, LOWER),
                self.number(),
                self.letters(12, WORD),
            ),
        }
    }

    /// The profile of the work's author.
    fn author(&mut self, platform: Platform) -> String {
        match platform {
            Douyin => format!(
                "https://www.iesdouyin.com/share/user/{}?sec_uid=MS4wLjABAAAA{}&from_ssr=1",
                self.number(),
                self.letters(43, WORD),
            ),
            Kuaishou => {
                format!("https://www.kuaishou.com/profile/3x{}", self.letters(13, LOWER))
            }
            Xiaohongshu => {
                format!("https://www.xiaohongshu.com/user/profile/{}", self.letters(24, HEX))
            }
            Bilibili => format!("https://space.bilibili.com/{}", self.0.below(900_000_000) + 1),
            Toutiao => {
                format!("https://www.toutiao.com/c/user/token/MS4w{}/", self.letters(40, WORD))
            }
            Tiktok => format!("https://www.tiktok.com/@{}?_r=1", self.letters(9, LOWER)),
        }
    }

    /// 19 digits, as the ids of works have them.
    fn number(&mut self) -> u64 {
        7_000_000_000_000_000_000 + self.0.next() % 600_000_000_000_000_000
    }

    fn letters(&mut self, count: usize, of: &[u8]) -> String {
        (0..count).map(|_| char::from(self.0.pick(of))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(link: &str, platform: Platform) -> String {
        let code = link.rsplit('/').next().unwrap_or_default();
        Work(Dice::new(work_of(link, code, platform))).address(platform)
    }

    #[test]
    fn a_code_leads_to_its_own_work_and_codes_of_the_same_number_to_one() {
        let douyin = |code: &str| address(&format!("v.douyin.com/{code}"), Douyin);
        assert_eq!(douyin("iFRvuEch"), douyin("iFRvuEch"));
        assert_ne!(douyin("iFRvuEch"), douyin("iFRvuEcH"));
        assert_eq!(douyin("sb-same-7-a"), douyin("sb-same-7-b"));
        assert_eq!(douyin("sb-same-7"), douyin("sb-same-7_c"));
        assert_ne!(douyin("sb-same-7-a"), douyin("sb-same-8-a"));
        assert_ne!(douyin("sb-same-7-a"), douyin("sb-same-77"));
    }

    #[test]
    fn ids_have_the_shape_of_their_platform() {
        for n in 0..50 {
            let mut work = Work(Dice::new(n));
            assert_eq!(work.number().to_string().len(), 19);
            let id = work.letters(9, BASE58);
            assert!(id.len() == 9 && !id.contains(['0', 'I', 'O', 'l']), "{id}");
        }
    }
}
