//! The table of the platforms' hosts and forms of links: nothing but data.
//!
//! A new host or form is one line here and one line in `tests/corpus/forms.jsonl`.

use shiwen_core::{LinkKind, LinkKind::*, Platform};

use crate::sites::{Form, Site};

const fn short(hosts: &'static str, path: &'static str) -> Form {
    Form { hosts, path, kind: Short, coded: true, plain: "" }
}

const fn coded(
    hosts: &'static str,
    path: &'static str,
    kind: LinkKind,
    plain: &'static str,
) -> Form {
    Form { hosts, path, kind, coded: true, plain }
}

const fn page(hosts: &'static str, path: &'static str, kind: LinkKind) -> Form {
    Form { hosts, path, kind, coded: false, plain: "" }
}

const fn work(
    hosts: &'static str,
    path: &'static str,
    kind: LinkKind,
    plain: &'static str,
) -> Form {
    Form { hosts, path, kind, coded: false, plain }
}

const DOUYIN_VIDEO: &str = "https://www.douyin.com/video/<>";
const DOUYIN_NOTE: &str = "https://www.douyin.com/note/<>";
const DOUYIN_USER: &str = "https://www.douyin.com/user/<>";
const DOUYIN_MIX: &str = "https://www.douyin.com/collection/<>";
const DOUYIN_MUSIC: &str = "https://www.douyin.com/music/<>";
const DOUYIN_LIVE: &str = "https://live.douyin.com/<>";
const KUAISHOU_VIDEO: &str = "https://www.kuaishou.com/short-video/<>";
const KUAISHOU_USER: &str = "https://www.kuaishou.com/profile/<>";
const XHS_NOTE: &str = "https://www.xiaohongshu.com/explore/<>?xsec_token&xsec_source";
const BILIBILI_VIDEO: &str = "https://www.bilibili.com/video/<>?p&t";
const BILIBILI_OPUS: &str = "https://www.bilibili.com/opus/<>";
const BILIBILI_LIVE: &str = "https://live.bilibili.com/<>";
const TOUTIAO_VIDEO: &str = "https://www.toutiao.com/video/<>";
const TOUTIAO_ARTICLE: &str = "https://www.toutiao.com/article/<>";
const TIKTOK_EMBED: &str = "https://www.tiktok.com/embed/<>";
const WEIBO_STATUS: &str = "https://m.weibo.cn/status/<>";
const WEIBO_VIDEO: &str = "https://weibo.com/tv/show/<>";
const XIGUA_VIDEO: &str = "https://www.ixigua.com/<>";
const YOUTUBE_VIDEO: &str = "https://www.youtube.com/watch?v=<>&t&start&list";

const TOUTIAO: &str = "~toutiao.com ~toutiaocdn.net ~toutiaocdn.com ~toutiaoimg.cn ~toutiaoimg.com";
const KUAISHOU_WEB: &str = "~kuaishou.com ~kuaishou.cn";
const KUAISHOU_FW: &str =
    "*.chenzhongtech.com *.chenzhongtech.cn *.gifshow.com *.kuaishou.com *.kuaishou.cn";
const XHS: &str = "~xiaohongshu.com ~rednote.com";
const WEIBO: &str = "~weibo.com ~weibo.cn";

/// The ten platforms.
// One form per line, however long: that is what makes it a table.
#[rustfmt::skip]
pub(crate) static SITES: &[Site] = &[
    Site {
        platform: Platform::Douyin,
        names: &["douyin.com", "iesdouyin.com", "amemv.com"],
        others: &["music.douyin.com", "qishui.douyin.com"],
        promotions: &[],
        only_forms: false,
        needed: &[
            "modal_id", "vid", "sec_uid", "sec_user_id", "webRid", "replay_id", "room_id",
        ],
        forms: &[
            short("v.douyin.com jx.douyin.com v.iesdouyin.com", "/{code}"),
            page("live.douyin.com", "/<{name}>$", Live),
            page("webcast.amemv.com", "/douyin/webcast/reflow/episode/<{num}>", Live),
            page("webcast.amemv.com", "/douyin/webcast/reflow/<{num}>", Live),
            page("webcast.amemv.com", "/webcast/reflow/<{num}>", Live),
            work("~douyin.com", "/*?modal_id=<{num}>", Video, DOUYIN_VIDEO),
            work("jingxuan.douyin.com", "/m/video/<{num}>", Video, DOUYIN_VIDEO),
            work("jingxuan.douyin.com", "/m/note/<{num}>", Images, DOUYIN_NOTE),
            work("jingxuan.douyin.com", "/m/slides/<{num}>", Images, DOUYIN_NOTE),
            work("~douyin.com ~iesdouyin.com", "/video/<{num}>", Video, DOUYIN_VIDEO),
            work("~douyin.com ~iesdouyin.com", "/note/<{num}>", Images, DOUYIN_NOTE),
            work("~douyin.com ~iesdouyin.com", "/slides/<{num}>", Images, DOUYIN_NOTE),
            work("~douyin.com ~iesdouyin.com", "/share/video/<{num}>", Video, DOUYIN_VIDEO),
            work("~douyin.com ~iesdouyin.com", "/share/note/<{num}>", Images, DOUYIN_NOTE),
            work("~douyin.com ~iesdouyin.com", "/share/slides/<{num}>", Images, DOUYIN_NOTE),
            work("~douyin.com ~iesdouyin.com", "/share/user/*?sec_uid=<{word}>", User, DOUYIN_USER),
            work("~douyin.com ~iesdouyin.com", "/share/user/*?sec_user_id=<{word}>", User, DOUYIN_USER),
            page("~douyin.com ~iesdouyin.com", "/share/user/<{word}>", User),
            work("~douyin.com ~iesdouyin.com", "/share/mix/detail/<{num}>", Collection, DOUYIN_MIX),
            work("~douyin.com ~iesdouyin.com", "/share/music/<{num}>", Music, DOUYIN_MUSIC),
            page("~douyin.com ~iesdouyin.com", "/share/challenge/<{num}>", Topic),
            page("~douyin.com ~iesdouyin.com", "/share/live/<{num}>", Live),
            work("~douyin.com", "/*?vid=<{num}>", Video, DOUYIN_VIDEO),
            page("~douyin.com", "/user/self", Other),
            work("~douyin.com", "/user/<{word}>", User, DOUYIN_USER),
            work("~douyin.com", "/collection/<{num}>", Collection, DOUYIN_MIX),
            work("~douyin.com", "/mix/<{num}>", Collection, DOUYIN_MIX),
            work("~douyin.com", "/music/<{num}>", Music, DOUYIN_MUSIC),
            page("~douyin.com", "/hashtag/<{num}>", Topic),
            page("~douyin.com", "/challenge/<{num}>", Topic),
            page("~douyin.com", "/lvdetail/<{num}>", Video),
            page("~douyin.com", "/vsdetail/<{num}>", Video),
            page("~douyin.com", "/article/<{num}>", Article),
            work("~douyin.com", "/follow/live/<{name}>", Live, DOUYIN_LIVE),
            work("~douyin.com", "/root/live/<{name}>", Live, DOUYIN_LIVE),
            work("~douyin.com", "/follow*?webRid=<{name}>", Live, DOUYIN_LIVE),
            page("~douyin.com", "/search/{seg}", Search),
            page("~douyin.com", "/jingxuan/search/{seg}", Search),
        ],
    },
    Site {
        platform: Platform::Kuaishou,
        names: &[
            "kuaishou.com", "kuaishou.cn", "kuaishouapp.com", "gifshow.com", "chenzhongtech.com",
            "chenzhongtech.cn",
        ],
        others: &["klingai-share.kuaishou.com"],
        promotions: &[],
        only_forms: false,
        needed: &["photoId"],
        forms: &[
            short("v.kuaishou.com v.kuaishou.cn v.kuaishouapp.com *.gifshow.com", "/s/{code}"),
            short("v.kuaishou.com v.kuaishou.cn v.kuaishouapp.com", "/{code}"),
            short(KUAISHOU_WEB, "/f/{code}"),
            page("live.kuaishou.com live.kuaishou.cn", "/u/{name}/<{word}>", Video),
            page("live.kuaishou.com live.kuaishou.cn", "/u/<{name}>", Live),
            work("live.kuaishou.com live.kuaishou.cn", "/profile/<{name}>", User, KUAISHOU_USER),
            work(KUAISHOU_WEB, "/short-video/<{word}>", Video, KUAISHOU_VIDEO),
            work(KUAISHOU_WEB, "/video/<{word}>", Video, KUAISHOU_VIDEO),
            work(KUAISHOU_WEB, "/profile/<{name}>", User, KUAISHOU_USER),
            work(KUAISHOU_FW, "/fw/photo/<{word}>", Video, KUAISHOU_VIDEO),
            work(KUAISHOU_FW, "/fw/long-video/<{word}>", Video, KUAISHOU_VIDEO),
            work(KUAISHOU_FW, "/fw/user/<{name}>", User, KUAISHOU_USER),
            page(KUAISHOU_FW, "/fw/live/<{name}>", Live),
            work(KUAISHOU_FW, "/fw/*?photoId=<{word}>", Video, KUAISHOU_VIDEO),
            page(KUAISHOU_WEB, "/search/{seg}", Search),
        ],
    },
    Site {
        platform: Platform::Xiaohongshu,
        names: &["xiaohongshu.com", "rednote.com", "xhslink.com", "xhslink.cn"],
        others: &[],
        promotions: &[],
        only_forms: false,
        needed: &["xsec_token", "xsec_source"],
        forms: &[
            short("~xhslink.com ~xhslink.cn", "/{one}/{code}"),
            short("~xhslink.com ~xhslink.cn", "/{code}"),
            work(XHS, "/explore/<{hex}>", Note, XHS_NOTE),
            work(XHS, "/discovery/item/<{hex}>", Note, XHS_NOTE),
            work(XHS, "/user/profile/{hex}/<{hex}>", Note, XHS_NOTE),
            work(XHS, "/search_result/<{hex}>", Note, XHS_NOTE),
            page(XHS, "/user/profile/<{hex}>", User),
            page(XHS, "/board/<{hex}>", Collection),
            page(XHS, "/search_result", Search),
        ],
    },
    Site {
        platform: Platform::Bilibili,
        names: &[
            "bilibili.com", "b23.tv", "bili2233.cn", "bili22.cn", "bili23.cn", "bili33.cn",
        ],
        others: &[],
        promotions: &[],
        only_forms: false,
        needed: &["p", "t", "bvid", "aid", "fid", "sid", "oid", "business_id"],
        forms: &[
            coded("~b23.tv", "/<{bv}>", Video, BILIBILI_VIDEO),
            coded("~b23.tv", "/<av{num}>", Video, BILIBILI_VIDEO),
            coded("~b23.tv", "/<ep{num}>", Video, "https://www.bilibili.com/bangumi/play/<>"),
            coded("~b23.tv", "/<ss{num}>", Collection, "https://www.bilibili.com/bangumi/play/<>"),
            short("~b23.tv ~bili2233.cn ~bili22.cn ~bili23.cn ~bili33.cn", "/{code}"),
            page("space.bilibili.com", "/{num}/favlist?fid=<{num}>", Collection),
            page("space.bilibili.com", "/{num}/lists/<{num}>", Collection),
            page("space.bilibili.com", "/{num}/lists?sid=<{num}>", Collection),
            page("space.bilibili.com", "/{num}/channel/collectiondetail?sid=<{num}>", Collection),
            page("space.bilibili.com", "/{num}/channel/seriesdetail?sid=<{num}>", Collection),
            work("space.bilibili.com", "/<{num}>", User, "https://space.bilibili.com/<>"),
            work("~bilibili.com", "/space/<{num}>", User, "https://space.bilibili.com/<>"),
            work("live.bilibili.com", "/blanc/<{num}>", Live, BILIBILI_LIVE),
            work("live.bilibili.com", "/h5/<{num}>", Live, BILIBILI_LIVE),
            work("live.bilibili.com", "/<{num}>", Live, BILIBILI_LIVE),
            work("t.bilibili.com", "/<{num}>", Note, BILIBILI_OPUS),
            page("search.bilibili.com", "/*?keyword={any}", Search),
            work("player.bilibili.com", "/player.html?bvid=<{bv}>", Video, BILIBILI_VIDEO),
            work("player.bilibili.com", "/player.html?aid=<{aid}>", Video, BILIBILI_VIDEO),
            work("~bilibili.com", "/video/<{bv}>", Video, BILIBILI_VIDEO),
            work("~bilibili.com", "/video/<av{num}>", Video, BILIBILI_VIDEO),
            work("~bilibili.com", "/s/video/<{bv}>", Video, BILIBILI_VIDEO),
            work("~bilibili.com", "/<{bv}>", Video, BILIBILI_VIDEO),
            work("~bilibili.com", "/<av{num}>", Video, BILIBILI_VIDEO),
            work("~bilibili.com", "/*?bvid=<{bv}>", Video, BILIBILI_VIDEO),
            page("~bilibili.com", "/bangumi/play/<ep{num}>", Video),
            page("~bilibili.com", "/cheese/play/<ep{num}>", Video),
            page("~bilibili.com", "/bangumi/play/<ss{num}>", Collection),
            page("~bilibili.com", "/bangumi/media/<md{num}>", Collection),
            page("~bilibili.com", "/cheese/play/<ss{num}>", Collection),
            page("~bilibili.com", "/medialist/detail/ml<{num}>", Collection),
            page("~bilibili.com", "/medialist/play/ml<{num}>", Collection),
            page("~bilibili.com", "/medialist/play/{num}?business_id=<{num}>", Collection),
            page("~bilibili.com", "/list/ml<{num}>", Collection),
            page("~bilibili.com", "/list/{num}?sid=<{num}>", Collection),
            work("~bilibili.com", "/opus/<{num}>", Note, BILIBILI_OPUS),
            work("~bilibili.com", "/dynamic/<{num}>", Note, BILIBILI_OPUS),
            page("~bilibili.com", "/read/<cv{num}>", Article),
            page("~bilibili.com", "/audio/<au{num}>", Music),
            page("~bilibili.com", "/audio/<am{num}>", Collection),
            page("~bilibili.com", "/v/topic/detail*?topic_id=<{num}>", Topic),
            page("~bilibili.com", "/search*?keyword={any}", Search),
        ],
    },
    Site {
        platform: Platform::Toutiao,
        names: &[
            "toutiao.com", "toutiaocdn.net", "toutiaocdn.com", "toutiaoimg.cn", "toutiaoimg.com",
        ],
        others: &[],
        promotions: &[],
        only_forms: false,
        needed: &[],
        forms: &[
            short(TOUTIAO, "/is/{code}"),
            work(TOUTIAO, "/video/<{num}>", Video, TOUTIAO_VIDEO),
            work(TOUTIAO, "/article/<{num}>", Article, TOUTIAO_ARTICLE),
            work(TOUTIAO, "/group/<{num}>", Article, TOUTIAO_ARTICLE),
            work(TOUTIAO, "/item/<{num}>", Article, TOUTIAO_ARTICLE),
            work(TOUTIAO, "/a<{num}>", Article, TOUTIAO_ARTICLE),
            work(TOUTIAO, "/i<{num}>", Video, "https://www.toutiao.com/i<>"),
            work(TOUTIAO, "/w/<{num}>", Note, "https://www.toutiao.com/w/<>"),
            page(TOUTIAO, "/c/user/token/<{word}>", User),
            page(TOUTIAO, "/c/user/<{word}>", User),
            page("so.toutiao.com", "/search*?keyword={any}", Search),
        ],
    },
    Site {
        platform: Platform::Tiktok,
        names: &["tiktok.com", "tiktokv.com"],
        others: &[],
        promotions: &["/tiktoklite"],
        only_forms: false,
        needed: &[],
        forms: &[
            short("vm.tiktok.com vt.tiktok.com", "/{code}"),
            short("~tiktok.com lite.tiktok.com", "/t/{code}"),
            page("~tiktok.com", "/@{handle}/video/<{num}>", Video),
            page("~tiktok.com", "/@{handle}/photo/<{num}>", Images),
            page("~tiktok.com", "/@<{name}>/live", Live),
            page("~tiktok.com", "/@{name}/collection/{slug}<{num}>", Collection),
            page("~tiktok.com", "/@{name}/playlist/{slug}<{num}>", Collection),
            page("~tiktok.com", "/@<{name}>", User),
            page("~tiktok.com", "/share/live/<{num}>", Live),
            work("~tiktok.com ~tiktokv.com", "/share/video/<{num}>", Video, TIKTOK_EMBED),
            work("~tiktok.com", "/v/<{num}>", Video, TIKTOK_EMBED),
            work("~tiktok.com", "/embed/v2/<{num}>", Video, TIKTOK_EMBED),
            work("~tiktok.com", "/embed/<{num}>", Video, TIKTOK_EMBED),
            page("~tiktok.com", "/music/{slug}<{num}>", Music),
            page("~tiktok.com", "/tag/<{name}>", Topic),
            page("~tiktok.com", "/search*?q={any}", Search),
        ],
    },
    Site {
        platform: Platform::Weibo,
        names: &["weibo.com", "weibo.cn", "t.cn"],
        others: &["m.oasis.weibo.cn", "oasis.weibo.cn"],
        promotions: &[],
        only_forms: false,
        needed: &["fid", "object_id", "id", "mid", "layerid"],
        forms: &[
            short("=t.cn", "/{code}"),
            short("mapp.api.weibo.cn", "/fx/{code}.html"),
            work("share.api.weibo.cn", "/share/{num},<{num}>", Note, WEIBO_STATUS),
            work("card.weibo.com", "/article/m/show/id/<{num}>", Article, "https://weibo.com/ttarticle/p/show?id=<>"),
            work("h5.video.weibo.com video.weibo.com", "/show/<{fid}>", Video, WEIBO_VIDEO),
            work("h5.video.weibo.com video.weibo.com", "/show?fid=<{fid}>", Video, WEIBO_VIDEO),
            work(WEIBO, "/tv/show/<{fid}>", Video, WEIBO_VIDEO),
            work(WEIBO, "/tv/*?fid=<{fid}>", Video, WEIBO_VIDEO),
            work(WEIBO, "/s/video/*?object_id=<{fid}>", Video, WEIBO_VIDEO),
            page(WEIBO, "/l/wblive/p/show/<{fid}>", Live),
            page(WEIBO, "/l/wblive/m/show/<{fid}>", Live),
            work(WEIBO, "/ttarticle/p/show?id=<{num}>", Article, "https://weibo.com/ttarticle/p/show?id=<>"),
            page(WEIBO, "/ttarticle/x/m/show/id/<{num}>", Article),
            work(WEIBO, "/detail/<{word}>", Note, WEIBO_STATUS),
            work(WEIBO, "/status/<{word}>", Note, WEIBO_STATUS),
            work(WEIBO, "/comment/<{word}>", Note, WEIBO_STATUS),
            work(WEIBO, "/u/<{num}>", User, "https://weibo.com/u/<>"),
            page(WEIBO, "/n/<{name}>", User),
            work(WEIBO, "/{num}/<{alnum}>$", Note, WEIBO_STATUS),
            work(WEIBO, "/<{num}>$", User, "https://weibo.com/u/<>"),
            page("s.weibo.com", "/weibo*?q={any}", Search),
        ],
    },
    Site {
        platform: Platform::Ixigua,
        names: &["ixigua.com"],
        others: &[],
        promotions: &[],
        only_forms: false,
        needed: &["id"],
        forms: &[
            short("v.ixigua.com", "/{code}"),
            work("~ixigua.com", "/{num}?id=<{num}>", Video, XIGUA_VIDEO),
            work("~ixigua.com", "/i{num}?id=<{num}>", Video, XIGUA_VIDEO),
            work("~ixigua.com", "/<{num}>", Video, XIGUA_VIDEO),
            work("~ixigua.com", "/i<{num}>", Video, XIGUA_VIDEO),
            work("~ixigua.com", "/video/<{num}>", Video, XIGUA_VIDEO),
            page("~ixigua.com", "/home/<{num}>", User),
            page("~ixigua.com", "/search/{seg}", Search),
        ],
    },
    Site {
        platform: Platform::WechatChannels,
        names: &["weixin.qq.com"],
        others: &[],
        promotions: &[],
        only_forms: true,
        needed: &["id", "eid"],
        forms: &[
            coded("=weixin.qq.com", "/sph/<{code}>", Video, ""),
            page("=channels.weixin.qq.com", "/{seg}/pages/sph?id=<{word}>", Video),
            page("=channels.weixin.qq.com", "/{seg}/pages/feed?eid=<{any}>", Video),
        ],
    },
    Site {
        platform: Platform::Youtube,
        names: &["youtube.com", "youtu.be", "youtube-nocookie.com"],
        others: &[],
        promotions: &[],
        only_forms: false,
        needed: &["v", "list", "t", "start"],
        forms: &[
            work("youtu.be", "/<{yt}>", Video, YOUTUBE_VIDEO),
            work("~youtube.com music.youtube.com", "/watch?v=<{yt}>", Video, YOUTUBE_VIDEO),
            work("~youtube.com", "/shorts/<{yt}>", Video, YOUTUBE_VIDEO),
            work("~youtube.com", "/live/<{yt}>", Video, YOUTUBE_VIDEO),
            page("~youtube.com", "/embed/videoseries?list=<{word}>", Collection),
            page("~youtube.com", "/embed/live_stream", Live),
            work("~youtube.com ~youtube-nocookie.com", "/embed/<{yt}>", Video, YOUTUBE_VIDEO),
            work("~youtube.com", "/v/<{yt}>", Video, YOUTUBE_VIDEO),
            page("~youtube.com music.youtube.com", "/playlist?list=<{word}>", Collection),
            page("~youtube.com", "/@<{name}>", User),
            page("~youtube.com music.youtube.com", "/channel/<{word}>", User),
            page("~youtube.com", "/user/<{name}>", User),
            page("~youtube.com", "/c/<{name}>", User),
            page("~youtube.com", "/hashtag/<{name}>", Topic),
            page("~youtube.com", "/results?search_query={any}", Search),
        ],
    },
];
