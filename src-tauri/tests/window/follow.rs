//! Videos of the Jimeng gateway: one that was ordered elsewhere and is followed by its number, and
//! one that is ordered here.

use std::io;

use serde_json::json;

use crate::app::{App, SOON, by};
use crate::driver;
use crate::until::until_true;
use crate::world::{TASK_ENDS, World, files};

const NUMBER: &str = "cgt-sandbox-paper-boat";
const PROMPT: &str = "纸船漂过雨后的小巷，水面映着灯笼";

#[test]
fn a_video_ordered_elsewhere_is_followed_to_its_end_for_nothing() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.click(&by("filter-more"))?;
    app.click(&by("follow-remote"))?;
    app.choose(&by("follow-provider"), "jimeng")?;
    app.type_into(&by("follow-id"), NUMBER)?;
    app.click(&by("follow-go"))?;

    let page = by("work-page");
    app.see(&format!("{page}[data-state=running]"), SOON)?;
    app.see(&format!("{page}[data-state=succeeded]"), TASK_ENDS)?;
    says_when_it_expires_and_plays(&app)?;
    let works = app.tasks("works")?;
    assert_eq!((works.len(), &works[0]["remote_id"]), (1, &json!(NUMBER)));
    is_kept(&app, &world)?;

    // The same number again is the same task.
    app.click(&by("nav-texts"))?;
    app.click(&by("filter-more"))?;
    app.click(&by("follow-remote"))?;
    app.choose(&by("follow-provider"), "jimeng")?;
    app.type_into(&by("follow-id"), &format!(" {NUMBER} "))?;
    app.click(&by("follow-go"))?;
    app.see(&format!("{page}[data-state=succeeded]"), SOON)?;
    assert_eq!(app.tasks("works")?.len(), 1);
    assert_eq!(world.calls()?["creates"], json!({}), "a create call was sent");
    Ok(())
}

#[test]
fn a_video_of_the_gateway_is_ordered_once_and_played() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.open_studio("generate")?;
    app.choose_maker("jimeng")?;
    app.paste_into(&by("form-prompt"), PROMPT)?;
    app.click(&by("make"))?;
    let task = app.see_work(PROMPT, "succeeded", TASK_ENDS)?;
    assert_eq!(task["provider"], "jimeng");
    app.click(&format!("{}[data-id=\"{}\"] {}", by("work"), task["id"], by("open-work")))?;
    says_when_it_expires_and_plays(&app)?;
    assert_eq!(world.calls_of("jimeng POST /jimeng/submit/videos")?, 1);
    assert_eq!(world.calls()?["creates"], json!({ "jimeng": 1 }));
    Ok(())
}

/// The address is good for a day from when it was signed, which is said until the file is kept here.
fn says_when_it_expires_and_plays(app: &App<'_>) -> io::Result<()> {
    let page = by("work-page");
    app.read(&page, SOON, |words| {
        words.contains("链接 23 小时后失效") || words.contains("已存在本机")
    })?;
    app.click(&format!("{page} {}", by("play")))?;
    app.see_playing(&format!("{page} video"))
}

/// What was made is kept on this machine, so that it outlives its address.
fn is_kept(app: &App<'_>, world: &World) -> io::Result<()> {
    let address = app.tasks("works")?[0]["works"][0]["url"].clone();
    let wanted = driver::file(address.as_str().unwrap_or_default())?;
    assert!(!wanted.is_empty());
    until_true("the work to be kept", SOON, || {
        let mut kept = false;
        files(&world.data, &mut |_, content| kept |= content == wanted)?;
        Ok::<_, io::Error>(kept)
    })
}
