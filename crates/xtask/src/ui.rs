//! The window's pages: their packages from npm, and `ui/dist` built when it is older than its sources.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{npm, root, run, target};

/// Folders inside `ui/` that are made from the rest.
const MADE: [&str; 5] = ["node_modules", "dist", "paraglide", "test-results", "coverage"];

/// Installs the npm packages when the lock file is not the one they were last installed from.
pub(crate) fn install() -> Result<()> {
    let folder = root().join("ui");
    let lock = fs::read(folder.join("package-lock.json")).context("ui/package-lock.json")?;
    let stamp = stamp("package-lock.json");
    let installed = folder.join("node_modules/.package-lock.json").exists();
    if installed && fs::read(&stamp).is_ok_and(|last| last == lock) {
        eprintln!("  npm packages are those of the lock file");
        return Ok(());
    }
    run(&mut npm(["ci", "--no-audit", "--no-fund"]))?;
    write(&stamp, &lock)
}

/// Builds `ui/dist`, which the desktop program embeds, when the sources changed.
pub(crate) fn build() -> Result<()> {
    let folder = root().join("ui");
    let stamp = stamp("ui-dist");
    let sources = fingerprint(&folder)?.to_string();
    let built = folder.join("dist/index.html").exists();
    if built && fs::read_to_string(&stamp).is_ok_and(|last| last == sources) {
        eprintln!("  ui/dist is up to date");
        return Ok(());
    }
    run(&mut npm(["run", "build"]))?;
    write(&stamp, sources.as_bytes())
}

/// One number for the names and contents of all sources. Times of change are no guide: git sets
/// them anew with every checkout.
fn fingerprint(folder: &Path) -> Result<u64> {
    let mut files = Vec::new();
    list(folder, &mut files).with_context(|| folder.display().to_string())?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(folder).unwrap_or(&file).hash(&mut hasher);
        fs::read(&file).with_context(|| file.display().to_string())?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            files.push(entry.path());
        } else if !MADE.iter().any(|made| entry.file_name() == *made) {
            list(&entry.path(), files)?;
        }
    }
    Ok(())
}

fn stamp(name: &str) -> PathBuf {
    target().join("xtask").join(name)
}

fn write(stamp: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stamp, content).with_context(|| stamp.display().to_string())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::fingerprint;

    #[test]
    fn only_a_change_of_a_source_changes_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        fs::create_dir_all(at("src/lib")).unwrap();
        fs::create_dir_all(at("dist")).unwrap();
        fs::write(at("src/lib/one.ts"), "1").unwrap();
        let before = fingerprint(folder.path()).unwrap();

        fs::write(at("dist/index.html"), "built").unwrap();
        assert_eq!(fingerprint(folder.path()).unwrap(), before);

        fs::write(at("src/lib/one.ts"), "2").unwrap();
        assert_ne!(fingerprint(folder.path()).unwrap(), before);
    }

    #[test]
    fn a_renamed_source_changes_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.ts"), "1").unwrap();
        let before = fingerprint(folder.path()).unwrap();
        fs::rename(folder.path().join("a.ts"), folder.path().join("b.ts")).unwrap();
        assert_ne!(fingerprint(folder.path()).unwrap(), before);
    }
}
