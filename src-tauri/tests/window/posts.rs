//! Posts: what others will see is sent only after a question that was answered.

use std::io;

use crate::app::{App, SOON, by};
use crate::until::until_true;
use crate::world::World;

const CREATE: &str = "rawugc POST /social/posts";
const PUBLISH: &str = "rawugc POST /social/posts/{postId}/publish";

#[test]
fn a_post_goes_out_only_after_its_confirmation() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.open_studio("posts")?;
    app.see(&by("account"), SOON)?;

    // A draft is seen by nobody, so nothing is asked.
    fill(&world, &app, "阳台番茄，第一天", "draft")?;
    app.click(&by("post-go"))?;
    let post = |status: &str| format!("{}[data-status={status}]", by("post"));
    app.read(&post("draft"), SOON, |words| words.contains("阳台番茄，第一天"))?;
    assert_eq!((world.calls_of(CREATE)?, world.calls_of(PUBLISH)?), (1, 0));

    asked(&app, &format!("{} {}", post("draft"), by("post-publish")))?;
    assert_eq!(world.calls_of(PUBLISH)?, 0, "published without a yes");
    app.click(&format!("{} {}", post("draft"), by("post-publish")))?;
    app.click(&by("confirm-go"))?;
    app.see(&post("published"), SOON)?;
    assert_eq!((world.calls_of(CREATE)?, world.calls_of(PUBLISH)?), (1, 1));

    // What goes out at once is asked about before it is sent at all.
    fill(&world, &app, "阳台番茄，收获的那天", "now")?;
    asked(&app, &by("post-go"))?;
    assert_eq!(world.calls_of(CREATE)?, 1, "sent without a yes");
    app.click(&by("post-go"))?;
    app.click(&by("confirm-go"))?;
    app.read(&by("posts"), SOON, |words| words.contains("阳台番茄，收获的那天"))?;
    assert_eq!(app.count(&post("published"))?, 2);
    assert_eq!((world.calls_of(CREATE)?, world.calls_of(PUBLISH)?), (2, 1));
    Ok(())
}

/// Fills in a new post for the first account.
fn fill(world: &World, app: &App<'_>, content: &str, mode: &str) -> io::Result<()> {
    app.click(&by("new-post"))?;
    app.paste_into("#post-videoUrl", &format!("{}/media/video/7.webm", world.sandbox))?;
    app.click(&format!("{} [role=group][aria-label=\"发到哪些账号\"] label", by("post-form")))?;
    app.pick("post-mode", mode)?;
    app.paste_into(&by("form-content"), content)
}

/// Presses a button that must ask first, and answers no.
fn asked(app: &App<'_>, button: &str) -> io::Result<()> {
    app.click(button)?;
    app.read(&by("studio-confirm"), SOON, |words| words.contains("收不回来"))?;
    app.click(&by("confirm-back"))?;
    until_true("the question to be gone", SOON, || {
        Ok::<_, io::Error>(app.count(&by("studio-confirm"))? == 0)
    })
}
