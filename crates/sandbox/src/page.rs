//! The page at `/`: what is simulated, the words, and what was asked so far.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use axum::{extract::State as Extract, response::Html};

use crate::{
    calls::Calls,
    coze, media,
    scenario::{Scenario, WORDS},
    simulated,
    state::State,
};

pub(crate) async fn show(Extract(state): Extract<Arc<State>>) -> Html<String> {
    let calls = state.memory().calls.clone();
    let mut body = String::new();
    body.push_str("<h1>拾文 · 沙盒</h1>\n<p>Invented services on this machine. Nothing is charged, nothing leaves it. Put <code>sb-&lt;word&gt;</code> into a link to choose what happens: <code>https://v.douyin.com/sb-quota/</code></p>\n");

    let providers = simulated::ALL.iter().map(|simulated| {
        let fields = simulated.account.iter();
        let account: Vec<String> =
            fields.map(|(name, value)| format!("{name} = {value}")).collect();
        let base = format!("{}{}", state.url, simulated.base_path);
        [simulated.id.to_owned(), base, account.join(", ")]
    });
    table(&mut body, "Simulated", ["provider", "base URL", "account"], providers);

    let workflows = coze::WORKFLOWS.iter().map(|workflow| {
        [workflow.id, workflow.parameter, workflow.gives.what()].map(str::to_owned)
    });
    table(&mut body, "Coze workflows", ["id", "parameter", "gives"], workflows);

    let words = WORDS.iter().map(|word| [format!("sb-{}", word.word), word.what.to_owned()]);
    table(&mut body, "Words", ["in the link", "what happens"], words);

    let samples = [
        ("cover", media::cover_url(&state.url, 7, Scenario::Ok)),
        ("image", media::image_url(&state.url, 7, Scenario::Ok)),
        ("audio", media::audio_url(&state.url, 7, Scenario::Ok)),
        ("video", media::video_url(&state.url, 7, Scenario::Ok)),
        ("slow video", media::video_url(&state.url, 7, Scenario::SlowMedia)),
        ("video that breaks off", media::video_url(&state.url, 7, Scenario::CutMedia)),
    ];
    let samples = samples.map(|(name, url)| [name.to_owned(), url]).into_iter();
    table(&mut body, "Media", ["what", "address"], samples);

    let turned = state.memory().knobs.all();
    let turned = turned.iter().map(|turned| {
        let knob = &turned.knob;
        let to = knob
            .route
            .as_ref()
            .map_or_else(|| knob.service.clone(), |route| format!("{} {route}", knob.service));
        [to, knob.failure.clone().unwrap_or_default(), turned.used.to_string()]
    });
    table(&mut body, "Knobs", ["to", "failure", "used"], turned);

    count_table(&mut body, "Create calls", &calls.creates);
    count_table(&mut body, "Create calls by link", &calls.creates_by_link);
    count_table(&mut body, "Accepted by link", &calls.accepted_by_link);
    count_table(&mut body, "Free calls", &calls.reads);
    count_table(&mut body, "Short links followed", &calls.follows);
    let routes = simulated::ALL.iter().flat_map(|simulated| {
        simulated.routes.iter().map(|route| {
            let name = Calls::route_name(simulated.id, route.method, route.template);
            let count = calls.routes.get(&name).copied().unwrap_or_default();
            let price = if route.spends { "may cost" } else { "" };
            [name, price.to_owned(), count.to_string()]
        })
    });
    table(&mut body, "Routes", ["route", "price", "count"], routes);

    Html(format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>拾文 · 沙盒</title><style>body{{font:15px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse;margin:.5rem 0 2rem}}td,th{{border-bottom:1px solid #8884;padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}}</style></head><body>\n{body}</body></html>\n"
    ))
}

fn count_table(body: &mut String, title: &str, counts: &BTreeMap<String, u64>) {
    let rows = counts.iter().map(|(name, count)| [name.clone(), count.to_string()]);
    table(body, title, ["", "count"], rows);
}

fn table<const N: usize>(
    body: &mut String,
    title: &str,
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let head: String = head.iter().map(|cell| format!("<th>{cell}</th>")).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(body, "<h2>{title}</h2>\n<table><tr>{head}</tr>");
    for row in rows {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        let _ = writeln!(body, "<tr>{cells}</tr>");
    }
    body.push_str("</table>\n");
}

/// Links come from whoever calls, so they are text and never HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
