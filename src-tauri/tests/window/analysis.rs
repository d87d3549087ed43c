//! What a service saw in a video: read as an analysis, never as a transcript.

use std::io;

use serde_json::{Value, json};

use crate::app::{SOON, by};
use crate::until::{until, until_true};
use crate::world::{TASK_ENDS, World, texts_of};

/// As TikTok's share sheet words it.
const SHARED: &str = "Check out Mia's video! #TikTok \
     https://www.tiktok.com/@mia.balcony/video/7411223344556677889?_r=1&_t=8abc";
const CODE: &str = "7411223344556677889";

#[test]
fn an_analysis_is_shown_as_one_and_its_hooks_can_be_taken_along() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.paste_into(&by("paste-box"), SHARED)?;
    app.see(&by("chip"), SOON)?;
    app.choose(&by("pick-operation"), "analyze")?;
    app.read(&by("submit"), SOON, |words| words.contains("分析"))?;
    app.click(&by("submit"))?;
    let task = app.see_task(CODE, "succeeded", TASK_ENDS)?;
    assert_eq!(task["provider"], "rawugc");

    let detail = app.call("task", json!({ "id": task["id"] }))?;
    let analysis = &detail["output"];
    let page = app.read(&by("page"), SOON, |words| words.contains("可以试的开头"))?;
    for part in parts(analysis) {
        assert!(page.contains(&part), "{part:?} is not on the page: {page}");
    }
    assert!(page.contains("为什么有人看"), "{page}");
    let strip = format!("{} [role=img][aria-label*=\"个关键画面：\"] .on", by("page"));
    assert!(app.count(&strip)? > 1, "no key frames on the timeline");

    // Nobody may take it for what was said.
    assert!(page.contains("不是逐字文案"), "{page}");
    assert_eq!(app.count(&by("transcript"))?, 0);
    assert_eq!((&detail["transcripts"], &task["words"]), (&json!([]), &Value::Null));

    let second = texts_of(&analysis["hooks_to_test"])[1].clone();
    let nth = format!("li:nth-child(2) > {}", by("copy-hook"));
    app.click(&nth)?;
    until("the hook in the clipboard", SOON, || {
        Ok(Some(world.desktop.clipboard()?).filter(|copied| *copied == second))
    })?;
    app.see(&by("toast"), SOON)?;
    until_true("one create call", SOON, || Ok::<_, io::Error>(world.creates(CODE)? == 1))
}

/// Everything that an analysis says and a reader must find.
fn parts(analysis: &Value) -> Vec<String> {
    let frames = analysis["keyframes"].as_array().cloned().unwrap_or_default();
    assert!(frames.len() > 1, "{analysis}");
    let mut parts: Vec<String> = Vec::new();
    for name in ["summary", "hook"] {
        parts.push(analysis[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned());
    }
    for frame in &frames {
        let second = frame["at_s"].as_f64().unwrap_or_else(|| panic!("no time: {frame}")) as u64;
        parts.push(format!("{}:{:02}", second / 60, second % 60));
        parts.extend(frame["description"].as_str().map(str::to_owned));
    }
    for name in ["why_it_performed", "hooks_to_test"] {
        let texts = texts_of(&analysis[name]);
        assert!(texts.len() > 1, "{name} of {analysis}");
        parts.extend(texts);
    }
    parts
}
