//! `test`: everything that must hold before a change is taken, in the order of what fails fastest.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{cargo, npm, program, run};
use crate::{bench, package, setup, tools};

/// Switched on for every step alike: another set of features would build the dependencies anew.
pub(crate) const FEATURES: &str = "shiwen/window-tests,shiwen/updater,shiwen-secrets/real-keychain";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these checks, by name, separated by commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Build no tool from source; the check of licences and sources is left out where its tool is missing
    #[arg(long)]
    no_tools: bool,
}

struct Check {
    name: &'static str,
    run: fn() -> Result<()>,
}

const CHECKS: [Check; 12] = [
    Check { name: "format", run: || run(&mut cargo(["fmt", "--all", "--check"])) },
    Check { name: "ui-types", run: || run(&mut npm(["run", "check"])) },
    Check { name: "ui-lint", run: || run(&mut npm(["run", "lint"])) },
    Check { name: "ui-tests", run: || run(&mut npm(["run", "test"])) },
    Check { name: "licences", run: licences },
    Check { name: "clippy", run: clippy },
    Check { name: "build", run: build },
    // Among them the one that fails when ui/src/bindings.ts is not what the Rust types say.
    Check { name: "rust", run: || rust_tests(Which::Usual) },
    Check {
        name: "docs",
        run: || run(&mut cargo(["test", "--workspace", "--doc", "--features", FEATURES])),
    },
    Check { name: "keychain", run: || rust_tests(Which::Keychain) },
    Check { name: "window", run: || rust_tests(Which::Window) },
    // Of the programs that "build" made; quick where they are there.
    Check { name: "package", run: || build().and_then(|()| package::check()) },
];

pub(crate) fn test(arguments: &Arguments) -> Result<()> {
    let unknown = |name: &&String| CHECKS.iter().all(|check| check.name != **name);
    if let Some(name) = arguments.only.iter().find(unknown) {
        let names: Vec<_> = CHECKS.iter().map(|check| check.name).collect();
        bail!("there is no check \"{name}\", only {}", names.join(", "));
    }
    let wanted = |check: &&Check| {
        arguments.only.is_empty() || arguments.only.iter().any(|name| name == check.name)
    };
    let checks: Vec<_> = CHECKS.iter().filter(wanted).collect();

    let start = Instant::now();
    setup::provide(true)?;
    if checks.iter().any(|check| check.name == "licences") && !arguments.no_tools {
        tools::build()?;
    }
    if checks.iter().any(|check| check.name == "package") {
        tools::tauri()?;
    }
    let ready = start.elapsed();

    let mut times = Vec::new();
    for (at, check) in checks.iter().enumerate() {
        eprintln!("\n=== {}/{} {}", at + 1, checks.len(), check.name);
        let started = Instant::now();
        (check.run)().with_context(|| format!("the check \"{}\" failed", check.name))?;
        times.push((check.name, started.elapsed()));
        eprintln!("=== {} passed in {}", check.name, seconds(started.elapsed()));
    }

    eprintln!("\n{:>10}  setup and tools", seconds(ready));
    for (name, time) in times {
        eprintln!("{:>10}  {name}", seconds(time));
    }
    eprintln!("{:>10}  in all; every check passed", seconds(start.elapsed()));
    Ok(())
}

fn licences() -> Result<()> {
    let Some(cargo_deny) = tools::cargo_deny() else {
        eprintln!(
            "  LEFT OUT: cargo-deny is not built. `cargo xtask tools` builds it, or leave --no-tools away"
        );
        return Ok(());
    };
    run(program(cargo_deny).args(["--all-features", "check", "bans", "licenses", "sources"]))
}

fn clippy() -> Result<()> {
    let mut clippy = cargo(["clippy", "--workspace", "--all-targets", "--features", FEATURES]);
    run(clippy.args(["--", "--deny", "warnings"]))
}

/// Programs and tests in one go, so that the window tests find `shiwen` and `shiwen-cli` built.
fn build() -> Result<()> {
    run(&mut cargo(["build", "--workspace", "--all-targets", "--features", FEATURES]))
}

#[derive(Clone, Copy)]
enum Which {
    Usual,
    /// Need a Secret Service and start one of their own.
    Keychain,
    /// Need a screen and start one of their own.
    Window,
}

fn rust_tests(which: Which) -> Result<()> {
    let mut command;
    if tools::has_nextest() {
        let filter = match which {
            Which::Usual => "not (binary(real_keychain) | binary(window))",
            Which::Keychain => "binary(real_keychain)",
            Which::Window => "binary(window)",
        };
        command = cargo(["nextest", "run", "--workspace", "--features", FEATURES]);
        command.args(["--no-fail-fast", "--filterset", filter]);
    } else {
        eprintln!("  cargo-nextest is not installed: cargo test does it, more slowly");
        command = cargo(["test", "--no-fail-fast"]);
        match which {
            // Without the features the other two are not built.
            Which::Usual => command.args(["--workspace", "--all-targets"]),
            Which::Keychain => command
                .args(["--workspace", "--features", FEATURES])
                .args(["--test", "real_keychain"]),
            Which::Window => {
                command.args(["--workspace", "--features", FEATURES]).args(["--test", "window"])
            }
        };
        if !matches!(which, Which::Usual) {
            // One screen's worth of programs at a time.
            command.args(["--", "--test-threads=1"]);
        }
    }
    if matches!(which, Which::Window) {
        // Within a test it would take longer than a test may.
        command.env("SHIWEN_WINDOW_HISTORY", bench::small_history()?);
    }
    run(&mut command)
}

fn seconds(time: Duration) -> String {
    match time.as_secs() {
        whole @ 60.. => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Arguments, seconds, test};

    #[test]
    fn an_unknown_check_is_refused_before_anything_runs() {
        let arguments = Arguments { only: vec!["clipy".into()], no_tools: true };
        let words = test(&arguments).unwrap_err().to_string();
        assert!(words.contains("\"clipy\"") && words.contains("clippy"), "{words}");
    }

    #[test]
    fn times_are_told_in_minutes_from_one_minute_on() {
        assert_eq!(seconds(Duration::from_millis(1_234)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
