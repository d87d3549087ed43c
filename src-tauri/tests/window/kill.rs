//! Money: the program is killed where it hurts, started again, and must neither lose nor pay twice.

use std::io;

use crate::app::{SOON, by};
use crate::until::until_true;
use crate::world::{TASK_ENDS, World};

#[test]
fn a_kill_while_a_task_runs_loses_nothing_and_pays_once() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-slow")?;
    let before = app.see_task("sb-slow", "running", SOON)?;
    app.kill()?;

    let app = world.sandboxed()?;
    let after = app.see_task("sb-slow", "succeeded", TASK_ENDS)?;
    assert_eq!(after["remote_id"], before["remote_id"]);
    app.click(&by("task-row"))?;
    app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
    assert_eq!(app.total()?, 1);
    assert_eq!(world.creates("sb-slow")?, 1);
    Ok(())
}

#[test]
fn a_kill_while_a_task_is_submitted_leaves_it_in_doubt_and_pays_once() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    // The service takes the order and never answers.
    app.submit("sb-hang")?;
    app.see_task("sb-hang", "submitting", SOON)?;
    until_true("the create call to arrive", SOON, || {
        Ok::<_, io::Error>(world.creates("sb-hang")? == 1)
    })?;
    app.kill()?;

    let app = world.sandboxed()?;
    app.see_task("sb-hang", "uncertain", SOON)?;
    assert_eq!(app.total()?, 1);
    app.close()?;

    // Nor does a third start send it again.
    let app = world.sandboxed()?;
    app.see_task("sb-hang", "uncertain", SOON)?;
    assert_eq!(world.creates("sb-hang")?, 1);
    Ok(())
}
