//! What was done stays, across starts.

use std::io;

use crate::app::{SOON, by};
use crate::world::{TASK_ENDS, World, share_text};

#[test]
fn a_transcript_is_found_again_after_a_restart() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-ok")?;
    app.see_task("sb-ok", "succeeded", TASK_ENDS)?;
    app.click(&by("task-row"))?;
    let before = app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
    app.close()?;

    let app = world.sandboxed()?;
    app.see(&format!("{}[data-state=succeeded]", by("task-row")), SOON)?;
    app.click(&by("task-row"))?;
    let after = app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
    assert_eq!(after, before);
    assert_eq!(app.total()?, 1);
    assert_eq!(world.creates("sb-ok")?, 1);
    Ok(())
}

#[test]
fn a_video_that_history_has_is_pointed_out_before_anything_is_spent() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-ok")?;
    app.see_task("sb-ok", "succeeded", TASK_ENDS)?;

    app.paste_into(&by("paste-box"), &share_text("sb-ok"))?;
    app.see(&by("chip-again"), SOON)?;
    assert_eq!(world.creates("sb-ok")?, 1);
    Ok(())
}
