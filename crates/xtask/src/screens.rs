//! `screens`: a picture of every view and state, from the real window, into docs/screens. The same walk looks at them
//! with axe in `test`.

use std::fs;

use anyhow::{Result, ensure};

use crate::command::{cargo, root, run};
use crate::setup;
use crate::test::FEATURES;

/// The window's tests whose names end like this walk through the views.
const WALKS: &str = "is_open_to_everybody";

pub(crate) fn screens() -> Result<()> {
    setup::provide(true)?;
    // The window and the command line have to be there for the tests that drive them.
    run(&mut cargo(["build", "--workspace", "--features", FEATURES]))?;
    let folder = root().join("docs/screens");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut walks = cargo(["test", "--workspace", "--features", FEATURES, "--test", "window"]);
    walks.args(["--", "--test-threads=1", WALKS]).env("SHIWEN_SCREENS", &folder);
    run(&mut walks)?;
    let pictures = fs::read_dir(&folder)?.count();
    ensure!(pictures > 0, "no picture was taken");
    eprintln!("screens: {pictures} pictures in {}", folder.display());
    Ok(())
}
