//! `setup`: finds out what this machine lacks and provides it.

use anyhow::{Context, Result, bail};

use crate::command::{answer, npm, program};
use crate::{packages, ui};

/// Vite 8 refuses older ones.
const NODE: (u32, u32) = (20, 19);
/// Older ones resolve the lock file differently.
const NPM: (u32, u32) = (11, 0);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Also what only the tests need: a screen without a monitor, a driver for the window
    #[arg(long)]
    tests: bool,
}

pub(crate) fn setup(arguments: &Arguments) -> Result<()> {
    provide(arguments.tests)?;
    eprintln!("setup: everything is there");
    Ok(())
}

/// Brings the machine and `ui/dist` up to date. Quick when nothing is to be done.
pub(crate) fn provide(with_tests: bool) -> Result<()> {
    eprintln!("setup: Rust, Node and npm");
    rust(with_tests)?;
    at_least("Node", NODE, answer(program("node").arg("--version")), "https://nodejs.org")?;
    at_least("npm", NPM, answer(&mut npm(["--version"])), "npm install --global npm@11")?;
    eprintln!("setup: system packages");
    packages::provide(with_tests)?;
    eprintln!("setup: the window's pages");
    ui::install()?;
    ui::build()
}

/// Cargo refused a compiler too old before this program could start, so only the parts that
/// a minimal toolchain lacks are looked for.
fn rust(with_tests: bool) -> Result<()> {
    let version = answer(program("rustc").arg("--version"))
        .context("rustc was not found. Please install Rust from https://rustup.rs")?;
    eprintln!("  {version}");
    for (tool, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if with_tests && answer(program(tool).arg("--version")).is_none() {
            bail!("{tool} was not found. Please run: rustup component add {component}");
        }
    }
    Ok(())
}

fn at_least(
    name: &str,
    (major, minor): (u32, u32),
    found: Option<String>,
    remedy: &str,
) -> Result<()> {
    let needed = format!("{name} {major}.{minor} or newer is needed ({remedy})");
    let found = found.with_context(|| format!("{name} was not found. {needed}"))?;
    let version = version(&found).with_context(|| format!("{name} says \"{found}\". {needed}"))?;
    if version < (major, minor) {
        bail!("{name} is {found}. {needed}");
    }
    eprintln!("  {name} {}", found.trim_start_matches('v'));
    Ok(())
}

/// Major and minor of `v20.19.4` or `11.6.0`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::{NODE, at_least};

    #[test]
    fn an_older_node_is_refused_with_the_remedy() {
        let refusal = at_least("Node", NODE, Some("v20.18.9".into()), "https://nodejs.org");
        let words = refusal.unwrap_err().to_string();
        assert!(words.contains("v20.18.9") && words.contains("https://nodejs.org"), "{words}");
    }

    #[test]
    fn the_oldest_fitting_node_and_any_newer_are_taken() {
        for version in ["v20.19.0", "v22.1.0", "24.0"] {
            assert!(at_least("Node", NODE, Some(version.into()), "").is_ok(), "{version}");
        }
    }

    #[test]
    fn a_missing_program_is_named() {
        let words = at_least("npm", NODE, None, "").unwrap_err().to_string();
        assert!(words.starts_with("npm was not found"), "{words}");
    }
}
