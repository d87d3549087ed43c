//! `bundle`: the installer of this system. Others are made on their own systems.

use anyhow::Result;

use crate::command::{npm, root, run, target};
use crate::setup;

const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

#[cfg(target_os = "linux")]
const BUNDLES: &str = "deb,rpm";
#[cfg(target_os = "macos")]
const BUNDLES: &str = "dmg";
#[cfg(windows)]
const BUNDLES: &str = "nsis";

pub(crate) fn bundle() -> Result<()> {
    setup::provide(false)?;
    eprintln!("bundle: {BUNDLES}, release build");
    // Tauri looks for tauri.conf.json from the folder that it is started in. Its program is not
    // among the packages of ui/: it is large, and only this command needs it.
    run(npm(["exec", "--yes", "--package", TAURI_CLI, "--", "tauri", "build"])
        .args(["--bundles", BUNDLES])
        .current_dir(root()))?;
    eprintln!("bundle: see {}", target().join("release/bundle").display());
    Ok(())
}
