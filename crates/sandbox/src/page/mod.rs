//! The page at `/`: what is simulated, what can be tried, and what was asked so far. It needs no script and nothing
//! from anywhere else.

mod html;

use std::{collections::BTreeMap, sync::Arc};

use axum::{extract::State as Extract, response::Html};

use crate::{
    calls::Calls,
    coze, gate, jimeng, media,
    scenario::{Scenario, WORDS},
    simulated,
    state::State,
};
use html::{Cell, Page};

/// Share texts as the apps copy them, and what they show.
const SHARE_TEXTS: &[(&str, &str)] = &[
    (
        "抖音",
        "3.21 复制打开抖音，看看【阳台小农的作品】番茄第一课 https://v.douyin.com/iFRvuEch/ 07/08 aBc:/",
    ),
    (
        "小红书",
        "番茄第一课 发布了一篇小红书笔记，快来看吧！ http://xhslink.com/a/AbCdEf123，复制本条信息，打开【小红书】App查看精彩内容！",
    ),
    (
        "快手",
        "https://v.kuaishou.com/8KdJ2x 番茄第一课 该作品在快手被播放过 1.2 万次，点击链接，打开【快手】直接观看！",
    ),
    ("哔哩哔哩", "【番茄第一课-哔哩哔哩】 https://b23.tv/AbCdEfG"),
    (
        "一批五条，一条失败",
        "https://v.douyin.com/batch1/ https://v.douyin.com/batch2/ https://v.douyin.com/sb-gone/ https://b23.tv/batch4 https://v.kuaishou.com/batch5",
    ),
    ("下载会中断", "https://v.douyin.com/sb-cutmedia/"),
    ("下载很慢", "https://v.douyin.com/sb-slowmedia/"),
    ("次数用完", "https://v.douyin.com/sb-quota/"),
];

pub(crate) async fn show(Extract(state): Extract<Arc<State>>) -> Html<String> {
    let calls = state.memory().calls.clone();
    let mut page = Page::default();
    page.raw("<h1>拾文 · 沙盒<small>Sandbox</small></h1>\n");
    page.paragraph(
        "这里的服务都是按公开文档在本机模拟的：不花钱，也不连网。链接或提示词里写上 sb-词，就能选择会发生什么。",
        "Invented services on this machine, played by their documents. Nothing is charged and nothing leaves it. A word in a link or a prompt, sb-<word>, chooses what happens.",
    );
    page.raw("<nav><a href=\"#services\">服务 Services</a><a href=\"#samples\">试试 Samples</a><a href=\"#words\">情景词 Words</a><a href=\"#media\">媒体 Media</a><a href=\"#knobs\">旋钮 Knobs</a><a href=\"#counts\">计数 Counts</a></nav>\n");

    services(&mut page, &state, &calls);
    samples(&mut page, &state);
    page.heading("words", "情景词", "Words");
    page.paragraph(
        "写在链接的路径或参数里，或写在提示词、编号里，例如 https://v.douyin.com/sb-quota/。",
        "Behind the host of a link, or anywhere in a prompt or an id.",
    );
    let words =
        WORDS.iter().map(|word| [Cell::code(format!("sb-{}", word.word)), Cell::prose(word.what)]);
    page.table([("词", "word"), ("会发生什么", "what happens")], words);
    media_samples(&mut page, &state);
    knobs(&mut page, &state);
    counts(&mut page, &calls);
    Html(page.finish("拾文 · 沙盒"))
}

fn services(page: &mut Page, state: &State, calls: &Calls) {
    page.heading("services", "服务与接口", "Services and routes");
    for (place, simulated) in simulated::ALL.iter().enumerate() {
        let base = format!("{}{}", state.url, simulated.base_path);
        page.service(simulated.id, &base, simulated.account);
        // A second host has the routes of the first and is counted with it.
        if simulated::ALL[..place].iter().any(|earlier| earlier.id == simulated.id) {
            continue;
        }
        let routes = simulated.routes.iter().map(|route| {
            let name = Calls::route_name(simulated.id, route.method, route.template);
            let price = if route.spends { "可能收费 may cost" } else { "" };
            let count = calls.routes.get(&name).copied().unwrap_or_default();
            [Cell::code(route.to_string()), Cell::text(price), Cell::number(count)]
        });
        page.table([("接口", "route"), ("", ""), ("次数", "calls")], routes);
    }
}

fn samples(page: &mut Page, state: &State) {
    page.heading("samples", "可以试的", "Samples");
    page.part("分享文案", "share texts");
    let texts = SHARE_TEXTS.iter().map(|(what, text)| [Cell::text(*what), Cell::code(*text)]);
    page.table([("", ""), ("粘贴这段", "paste this")], texts);

    page.part("扣子工作流", "Coze workflows");
    let workflows = coze::WORKFLOWS.iter().map(|workflow| {
        [Cell::code(workflow.id), Cell::code(workflow.parameter), Cell::text(workflow.gives.what())]
    });
    page.table([("编号", "id"), ("参数", "parameter"), ("给出", "gives")], workflows);

    page.part("即梦任务编号", "Jimeng task ids");
    let ids = ["paper-boat", "sb-slow", "sb-fail", "sb-resulturl", "sb-shapeb"]
        .map(|tail| [Cell::code(format!("{}{tail}", jimeng::SAMPLE))]);
    page.table([("跟踪这个编号", "follow this id")], ids.into_iter());

    page.part("提示词", "prompts");
    let prompts = ["一只纸船漂过池塘，慢慢推近", "一只纸船 sb-fail", "一只纸船 sb-rate"]
        .map(|prompt| [Cell::code(prompt)]);
    page.table([("写给 RawUGC 或即梦", "for RawUGC or Jimeng")], prompts.into_iter());
    page.paragraph(
        "短链接也在本机回答：",
        &format!("Short links are answered here, too: {}/short/v.douyin.com/iFRvuEch/", state.url),
    );
}

fn media_samples(page: &mut Page, state: &State) {
    page.heading("media", "媒体", "Media");
    page.paragraph(
        "由编号画出来的图、旋律和短片；支持 Range、ETag 和 If-Range。密钥不该送到这里，送来的会被数出来。",
        "Pictures, melodies and clips made from a number, with Range, ETag and If-Range. A key has no business here and is counted.",
    );
    let base = &state.url;
    let plain = [
        ("封面 cover", media::cover_url(base, 7, Scenario::Ok)),
        ("图片 image", media::image_url(base, 7, Scenario::Ok)),
        ("音频 audio", media::audio_url(base, 7, Scenario::Ok)),
        ("视频 video", media::video_url(base, 7, Scenario::Ok)),
        ("8 MiB", format!("{}&mb=8", media::video_url(base, 7, Scenario::Ok))),
    ];
    let plain = plain.into_iter().map(|(what, url)| [Cell::text(what), Cell::link(url)]);
    let broken = Scenario::ALL.iter().filter(|scenario| scenario.is_about_media());
    let broken = broken.map(|scenario| {
        let url = media::video_url(base, 7, *scenario);
        [Cell::code(format!("sb-{}", scenario.word())), Cell::link(url)]
    });
    page.table([("", ""), ("地址", "address")], plain.chain(broken));
}

fn knobs(page: &mut Page, state: &State) {
    page.heading("knobs", "旋钮", "Knobs");
    page.paragraph(
        "让一个服务或一个接口变慢、出错，不管链接里写了什么。",
        "Make a service or a route slow or fail, whatever a link says. POST, GET and DELETE /_sandbox/knobs do the same in JSON.",
    );
    let mut failures: Vec<&str> = simulated::ALL
        .iter()
        .flat_map(|simulated| gate::playable(state, simulated))
        .map(Scenario::word)
        .collect();
    failures.sort_unstable();
    failures.dedup();
    page.knob_form(&failures);
    let turned = state.memory().knobs.all();
    if turned.is_empty() {
        return;
    }
    let rows = turned.iter().map(|turned| {
        let knob = &turned.knob;
        let route = knob.route.as_deref().map_or(String::new(), |route| format!(" {route}"));
        let times = knob.times.map_or("∞".to_owned(), |times| times.to_string());
        [
            Cell::code(format!("{}{route}", knob.service)),
            Cell::number(knob.delay_ms),
            Cell::text(knob.failure.clone().unwrap_or_default()),
            Cell::text(format!("{} / {times}", turned.used)),
        ]
    });
    page.table([("对象", "to"), ("延迟 ms", "delay"), ("错误", "failure"), ("已用", "used")], rows);
    page.button("/_sandbox/knobs/clear", "全部清除 Clear all");
}

fn counts(page: &mut Page, calls: &Calls) {
    page.heading("counts", "计数", "Counts");
    page.paragraph(
        "从启动或上次清零算起；/_sandbox/calls 给出同样的 JSON。",
        "Since the start or the last reset; /_sandbox/calls has the same as JSON.",
    );
    for (title, english, counts) in [
        ("可能收费的调用", "calls that may cost", &calls.creates),
        ("可能收费的调用，按链接", "the same by link", &calls.creates_by_link),
        ("已受理，按链接", "accepted by link", &calls.accepted_by_link),
        ("免费的调用", "free calls", &calls.reads),
        ("跟随的短链接", "short links followed", &calls.follows),
    ] {
        page.part(title, english);
        count_table(page, counts);
    }
    page.part("带着密钥的媒体请求", "media requests with a key");
    count_table(page, &BTreeMap::from([("/media".to_owned(), calls.keys_on_media)]));
    page.button("/_sandbox/reset", "全部清零 Reset");
}

fn count_table(page: &mut Page, counts: &BTreeMap<String, u64>) {
    if counts.is_empty() {
        page.raw("<p class=\"en\">—</p>\n");
        return;
    }
    let rows = counts.iter().map(|(name, count)| [Cell::code(name), Cell::number(*count)]);
    page.table([("", ""), ("次数", "count")], rows);
}
