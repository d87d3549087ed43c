//! `bundle`: the installer of this system. Others are made on their own systems.

use anyhow::Result;

use crate::command::{npm, root, run, target};
use crate::setup;

#[cfg(target_os = "linux")]
const BUNDLES: &str = "deb,rpm";
#[cfg(target_os = "macos")]
const BUNDLES: &str = "dmg";
#[cfg(windows)]
const BUNDLES: &str = "nsis";

pub(crate) fn bundle() -> Result<()> {
    setup::provide(false)?;
    eprintln!("bundle: {BUNDLES}, release build");
    // Tauri looks for tauri.conf.json from the folder it is started in; npm finds the program
    // among the packages of ui/.
    run(npm(["exec", "--prefix", "ui", "--", "tauri", "build", "--bundles", BUNDLES])
        .current_dir(root()))?;
    eprintln!("bundle: see {}", target().join("release/bundle").display());
    Ok(())
}
