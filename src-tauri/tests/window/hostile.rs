//! Texts of services and of pasted posts that are markup: they are shown letter by letter and are never more.

use std::io;

use serde_json::json;

use crate::app::{App, SOON, by};
use crate::world::{TASK_ENDS, World};

/// The beginning of each title that the sandbox's word gives.
const TITLE: &str = "<img src=x data-nasty onerror=\"window.nasty=1\"><b data-nasty>粗</b>";
/// Of the transcript.
const SPOKEN: &str = "<svg data-nasty onload=\"window.nasty=3\"></svg>";
const AUTHOR: &str = "</title><script data-nasty>window.nasty=2</script>";
/// Of a failure.
const REASON: &str = "<a data-nasty href=\"javascript:window.nasty=9\">";

#[test]
fn texts_full_of_markup_are_shown_as_the_texts_they_are() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    for provider in ["momoget", "coze", "transcriptgenerate"] {
        open(&app, &format!("sb-nasty-{provider}"), "transcribe", Some(provider), "succeeded")?;
        app.read(&by("transcript"), SOON, |text| text.contains(SPOKEN))?;
        app.read(&by("page"), SOON, |page| page.contains(TITLE))?;
        only_text(&app)?;
    }
    open(&app, "sb-nasty-film", "resolve", None, "succeeded")?;
    app.read(&by("video-info"), SOON, |info| info.contains(AUTHOR))?;
    app.read(&by("page"), SOON, |page| page.contains(TITLE))?;
    only_text(&app)?;
    open(&app, "sb-nasty-frames", "analyze", None, "succeeded")?;
    app.read(&by("page"), SOON, |page| page.matches(TITLE).count() > 10)?;
    only_text(&app)?;

    for (provider, operation) in
        [("momoget", "transcribe"), ("coze", "transcribe"), ("rawugc", "analyze")]
    {
        let end = if operation == "analyze" { "uncertain" } else { "failed" };
        open(&app, &format!("sb-nasty-fail-{provider}"), operation, Some(provider), end)?;
        app.run("for (const one of document.querySelectorAll('details')) one.open = true", &[])?;
        app.read(&format!("{} details.diag", by("page")), SOON, |page| page.contains(REASON))?;
        only_text(&app)?;
    }

    app.open_studio("research")?;
    app.paste_into(&by("form-query"), "sb-nasty 番茄")?;
    app.click(&by("research-go"))?;
    app.read(&by("found-video"), TASK_ENDS, |found| found.contains(TITLE))?;
    only_text(&app)?;

    // What others with the same account made.
    app.call(
        "collection_call",
        json!({
            "provider": "rawugc", "collection": "personas", "verb": "create", "id": null,
            "input": { "name": TITLE, "description": SPOKEN },
        }),
    )?;
    app.open_studio("library")?;
    app.click(&by("shelf-personas"))?;
    app.read(&by("shelf-item"), SOON, |item| item.contains(TITLE) && item.contains(SPOKEN))?;
    app.click(&by("shelf-item"))?;
    app.read(&by("item-page"), SOON, |page| page.contains(TITLE) && page.contains(SPOKEN))?;
    only_text(&app)?;
    app.close()?;

    // At the start, what is shown first comes another way: as a script.
    let app = world.sandboxed()?;
    app.read(&by("task-row"), SOON, |row| row.contains("data-nasty"))?;
    only_text(&app)
}

/// Pastes a post that is markup itself, orders with it and opens what comes.
fn open(
    app: &App<'_>,
    code: &str,
    operation: &str,
    provider: Option<&str>,
    end: &str,
) -> io::Result<()> {
    let shared = format!(
        "7.43 复制打开抖音，看看【</title>{TITLE}\u{202e}的作品】<!-- {SPOKEN} https://v.douyin.com/{code}/ a@B.cd 10/24"
    );
    app.paste_into(&by("paste-box"), &shared)?;
    app.see(&by("chip"), SOON)?;
    app.choose(&by("pick-operation"), operation)?;
    if let Some(provider) = provider
        && app.count(&format!("{} option[value=\"{provider}\"]", by("pick-provider")))? > 0
    {
        app.choose(&by("pick-provider"), provider)?;
    }
    app.click(&by("submit"))?;
    let task = app.see_task(code, end, TASK_ENDS)?;
    app.click(&format!("{}[data-id=\"{}\"] a", by("task-row"), task["id"]))?;
    app.see(&format!("{}[data-state={end}]", by("page")), SOON)
}

/// Nothing of the texts became an element, an address or a script, and no character that acts is left in the page.
fn only_text(app: &App<'_>) -> io::Result<()> {
    let found = app.run(
        r"const acting = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
          const all = [...document.querySelectorAll('*')];
          const html = document.documentElement.outerHTML;
          return {
            elements: document.querySelectorAll('[data-nasty]').length,
            ran: window.nasty ?? null,
            programs: all.filter(one => [one.href, one.src].some(to => String(to).startsWith('javascript:'))).length,
            handlers: all.filter(one => one.hasAttribute('onerror') || one.hasAttribute('onload')).length,
            acting: acting.test(html) ? html.slice(Math.max(0, html.search(acting) - 60)).slice(0, 90) : null,
          }",
        &[],
    )?;
    let wanted =
        json!({ "elements": 0, "ran": null, "programs": 0, "handlers": 0, "acting": null });
    assert_eq!(found, wanted);
    Ok(())
}
