//! `bundle`: the installer of this system. Others are made on their own systems.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::command::{built, npm, root, run, target};
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
    cannot_end_itself()?;
    eprintln!("bundle: see {}", target().join("release/bundle").display());
    Ok(())
}

/// What only the proof by kills may be built with must be in no package.
fn cannot_end_itself() -> Result<()> {
    let program = built("release", "shiwen");
    let bytes = fs::read(&program).with_context(|| format!("{} is missing", program.display()))?;
    let name = b"SHIWEN_KILL";
    let holds = bytes.windows(name.len()).any(|part| part == name);
    ensure!(!holds, "{} was built with the feature kill-points", program.display());
    Ok(())
}
