//! The programs as they are shipped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{built, cargo, root, run, target};

/// Bytes that the desktop program may have.
const LARGEST: u64 = 12_000_000;

/// What a release with an updater is made with: the public key, and the addresses that are asked, with commas between.
const KEY: &str = "SHIWEN_UPDATE_KEY";
const ENDPOINTS: &str = "SHIWEN_UPDATE_ENDPOINTS";

/// Builds both programs.
pub(crate) fn build() -> Result<()> {
    let mut build = cargo(["build", "--release", "--package", "shiwen", "--package", "shiwen-cli"]);
    if updater()?.is_some() {
        build.args(["--features", "shiwen/updater"]);
    }
    // Tauri leaves out of the program what the page may not call anyway: menus, trays, windows, pictures.
    build.env("REMOVE_UNUSED_COMMANDS", allowed()?);
    run(&mut build)?;
    cannot_end_itself()
}

/// Bytes of the desktop program.
///
/// # Errors
/// Where it is too large.
pub(crate) fn size() -> Result<u64> {
    let program = built("release", "shiwen");
    let size = fs::metadata(&program).with_context(|| program.display().to_string())?.len();
    ensure!(size <= LARGEST, "{} has {size} bytes, {LARGEST} are allowed", program.display());
    Ok(size)
}

/// The key and the addresses of the release's updater, where it has one.
///
/// # Errors
/// Where only one of them is given.
pub(crate) fn updater() -> Result<Option<(String, Vec<String>)>> {
    let given = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    match (given(KEY), given(ENDPOINTS)) {
        (Some(key), Some(endpoints)) => {
            let endpoints = endpoints.split(',').map(|one| one.trim().to_owned()).collect();
            Ok(Some((key, endpoints)))
        }
        (None, None) => Ok(None),
        _ => bail!("{KEY} and {ENDPOINTS} go together: give both or none"),
    }
}

/// The folder that tells Tauri what the page may call. Tauri wants its settings and the capabilities side by side, which
/// ours are not.
fn allowed() -> Result<PathBuf> {
    let folder = target().join("xtask/allowed");
    fs::create_dir_all(folder.join("capabilities"))?;
    let from = [("tauri.conf.json", "tauri.conf.json")]
        .into_iter()
        .chain([("src-tauri/capabilities/main.json", "capabilities/main.json")]);
    for (from, to) in from {
        copy_if_other(&root().join(from), &folder.join(to))?;
    }
    Ok(folder)
}

/// A file that is written anew would have Tauri built anew.
fn copy_if_other(from: &Path, to: &Path) -> Result<()> {
    let content = fs::read(from).with_context(|| from.display().to_string())?;
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    fs::write(to, content).with_context(|| to.display().to_string())
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

#[cfg(test)]
mod tests {
    use super::copy_if_other;

    #[test]
    fn a_file_that_is_the_same_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        std::fs::write(&from, "1").unwrap();
        copy_if_other(&from, &to).unwrap();
        let then = std::fs::metadata(&to).unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        copy_if_other(&from, &to).unwrap();
        assert_eq!(std::fs::metadata(&to).unwrap().modified().unwrap(), then);
        std::fs::write(&from, "2").unwrap();
        copy_if_other(&from, &to).unwrap();
        assert_eq!(std::fs::read_to_string(&to).unwrap(), "2");
    }
}
