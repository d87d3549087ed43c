//! `tools`: the programs that `test` needs beside Rust and Node, each pinned, built once from
//! crates.io into `target/tools`.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{answer, cargo, program, run, target};

const CARGO_DENY: &str = "0.20.2";

pub(crate) fn build() -> Result<()> {
    if cargo_deny().is_none() {
        eprintln!(
            "tools: cargo-deny {CARGO_DENY} is built from source, once; this takes some minutes"
        );
        run(cargo(["install", "--quiet", "--locked", "cargo-deny", "--version", CARGO_DENY])
            .arg("--root")
            .arg(target().join("tools")))?;
    }
    eprintln!("tools: everything is there");
    Ok(())
}

/// Our cargo-deny, or the one of the machine where it is the same version.
pub(crate) fn cargo_deny() -> Option<PathBuf> {
    let ours = target().join(format!("tools/bin/cargo-deny{}", std::env::consts::EXE_SUFFIX));
    [ours, PathBuf::from("cargo-deny")].into_iter().find(|path| {
        answer(program(path).arg("--version")).is_some_and(|version| version.ends_with(CARGO_DENY))
    })
}

/// Nextest runs each test in a process of its own and shows which one is slow. Optional.
pub(crate) fn has_nextest() -> bool {
    answer(&mut cargo(["nextest", "--version"])).is_some()
}
