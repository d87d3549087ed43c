//! From a share text to a transcript, and what is said when there is none.

use std::io;

use crate::app::{SOON, by};
use crate::until::{until, until_true};
use crate::world::{TASK_ENDS, World, share_text};

#[test]
fn a_pasted_share_text_becomes_a_transcript_that_can_be_copied() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.see(&by("sandbox-banner"), SOON)?;

    app.submit("sb-ok")?;
    app.see_task("sb-ok", "succeeded", TASK_ENDS)?;
    app.click(&by("task-row"))?;
    let shown = app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;

    app.click(&by("copy"))?;
    app.see(&by("toast"), SOON)?;
    let copied = until("the text in the clipboard", SOON, || {
        Ok(Some(world.desktop.clipboard()?).filter(|text| !text.is_empty()))
    })?;
    assert_eq!(letters(&copied), letters(&shown));
    Ok(())
}

#[test]
fn each_provider_gives_its_transcript() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    for provider in ["momoget", "coze", "transcriptgenerate"] {
        let code = format!("by-{provider}");
        app.paste_into(&by("paste-box"), &share_text(&code))?;
        app.see(&by("chip"), SOON)?;
        app.choose(&by("pick-provider"), provider)?;
        app.click(&by("submit"))?;
        let task = app.see_task(&code, "succeeded", TASK_ENDS)?;
        assert_eq!(task["provider"], provider);
        app.click(&by("task-row"))?;
        app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
        assert_eq!(world.creates(&code)?, 1, "{provider}");
    }
    until_true("three transcripts in the list", SOON, || {
        Ok::<_, io::Error>(app.count(&format!("{}[data-state=succeeded]", by("task-row")))? == 3)
    })?;
    Ok(())
}

#[test]
fn a_failed_task_says_why_and_offers_one_remedy() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;

    app.submit("sb-quota")?;
    let task = app.see_task("sb-quota", "failed", TASK_ENDS)?;
    app.click(&by("task-row"))?;

    let remedy = app.read(&by("remedy"), SOON, |text| !text.is_empty())?;
    assert_eq!(app.count(&by("remedy"))?, 1, "{remedy}");
    let failure = task["failure"]["kind"].as_str().unwrap_or_default().to_owned();
    let page = app.text("body")?.unwrap_or_default();
    assert!(!failure.is_empty() && !page.contains(&failure), "a code instead of words: {failure}");
    Ok(())
}

#[test]
fn the_sandbox_is_not_left_while_a_submission_has_no_answer() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-hang")?;
    app.see_task("sb-hang", "submitting", SOON)?;
    app.click(&by("leave-sandbox"))?;
    app.read(&by("toast"), SOON, |text| text.contains("有提交还没有答复"))?;
    app.see(&by("sandbox-banner"), SOON)?;
    app.see_task("sb-hang", "submitting", SOON)?;
    assert_eq!(world.creates("sb-hang")?, 1);
    Ok(())
}

#[test]
fn a_text_without_a_link_cannot_be_submitted() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.paste_into(&by("paste-box"), "今天的视频真好看，没有链接")?;
    app.see(&format!("{}:is(:disabled, [aria-disabled=true])", by("submit")), SOON)?;
    assert_eq!(app.count(&by("chip"))?, 0);
    Ok(())
}

/// The text without what layout adds or takes away.
fn letters(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace()).collect()
}
