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
    build.env("CARGO_ENCODED_RUSTFLAGS", flags()?.join("\u{1f}"));
    if cfg!(target_os = "linux") {
        build.env("CFLAGS", with_given("CFLAGS", "-fno-asynchronous-unwind-tables"));
    }
    run(&mut build)?;
    cannot_end_itself()
}

/// What the compiler is told for a release alone, behind what `RUSTFLAGS` says.
///
/// # Errors
/// When there is no home for the registry's copies.
fn flags() -> Result<Vec<String>> {
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut flags: Vec<String> = given.split_whitespace().map(str::to_owned).collect();
    // Panics name the files of others; where somebody's home is, is nobody's business.
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let sources = home.context("no home for Cargo")?.join("registry/src");
    let registries = fs::read_dir(&sources).into_iter().flatten().flatten();
    // The last one that fits counts.
    for known in [sources].into_iter().chain(registries.map(|registry| registry.path())) {
        flags.push(format!("--remap-path-prefix={}/=", known.display()));
    }
    if cfg!(target_os = "linux") {
        // A panic passes only through functions that say of themselves that it may, which the tables then still list.
        // How a function with a frame pointer is left is told in fewer bytes, and its code is no longer. Together a
        // megabyte; other systems want all tables.
        flags.extend(["-Cforce-unwind-tables=no", "-Cforce-frame-pointers=yes"].map(str::to_owned));
    }
    Ok(flags)
}

/// A variable as it was given, with more flags behind.
fn with_given(name: &str, flags: &str) -> String {
    let given = std::env::var(name).unwrap_or_default();
    format!("{given} {flags}").trim().to_owned()
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
