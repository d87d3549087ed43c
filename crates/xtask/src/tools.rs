//! `tools`: the programs that `test`, `prove` and `bundle` need beside Rust and Node, each pinned, built once from the
//! package registry into `target/tools`. Tauri's own is fetched ready-made.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::command::{answer, cargo, npm, program, run, target};

const CARGO_DENY: &str = "0.20.2";
const CARGO_FUZZ: &str = "0.13.2";
const TAURI: &str = "2.12.5";

pub(crate) fn build() -> Result<()> {
    if cargo_deny().is_none() {
        install("cargo-deny", CARGO_DENY)?;
    }
    tauri()?;
    eprintln!("tools: everything is there");
    Ok(())
}

/// Our cargo-deny, or the one of the machine where it is the same version.
pub(crate) fn cargo_deny() -> Option<PathBuf> {
    found("cargo-deny", CARGO_DENY)
}

/// Our cargo-fuzz, which is built when it is first needed, or the one of the machine.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    if let Some(path) = found("cargo-fuzz", CARGO_FUZZ) {
        return Ok(path);
    }
    install("cargo-fuzz", CARGO_FUZZ)?;
    found("cargo-fuzz", CARGO_FUZZ).context("cargo-fuzz was built and cannot be started")
}

/// Tauri's program, which makes packages. Not among the packages of `ui/`: it is large, and only this needs it.
pub(crate) fn tauri() -> Result<PathBuf> {
    let folder = target().join("tools/tauri");
    let name = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let path = folder.join("node_modules/.bin").join(name);
    let version = || answer(program(&path).arg("--version"));
    if !version().is_some_and(|said| said.ends_with(TAURI)) {
        eprintln!("tools: @tauri-apps/cli {TAURI} is fetched, once");
        std::fs::create_dir_all(&folder)?;
        let package = format!("@tauri-apps/cli@{TAURI}");
        run(npm(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(package))?;
    }
    Ok(path)
}

fn install(name: &str, version: &str) -> Result<()> {
    eprintln!("tools: {name} {version} is built from source, once; this takes some minutes");
    run(cargo(["install", "--quiet", "--locked", name, "--version", version])
        .arg("--root")
        .arg(target().join("tools")))
}

fn found(name: &str, version: &str) -> Option<PathBuf> {
    let ours = target().join(format!("tools/bin/{name}{}", std::env::consts::EXE_SUFFIX));
    [ours, PathBuf::from(name)].into_iter().find(|path| {
        answer(program(path).arg("--version")).is_some_and(|said| said.ends_with(version))
    })
}

/// Nextest runs each test in a process of its own and shows which one is slow. Optional.
pub(crate) fn has_nextest() -> bool {
    answer(&mut cargo(["nextest", "--version"])).is_some()
}
