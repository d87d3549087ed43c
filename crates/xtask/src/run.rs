//! `run`: the desktop program, built and started.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{built, cargo, run as run_command};
use crate::setup;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Try it out without a key and without cost: the services are simulated on this machine
    #[arg(long)]
    sandbox: bool,
    /// Build with all optimisations, which takes minutes
    #[arg(long)]
    release: bool,
    /// Handed on to the program
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::provide(false)?;
    let profile = if arguments.release { "release" } else { "debug" };
    eprintln!("run: building the desktop program");
    let mut build = cargo(["build", "--package", "shiwen"]);
    if arguments.release {
        build.arg("--release");
    }
    run_command(&mut build)?;

    let no_screen = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    if cfg!(target_os = "linux") && no_screen("DISPLAY") && no_screen("WAYLAND_DISPLAY") {
        bail!(
            "the program is built, but there is no screen to open a window on: neither DISPLAY nor \
             WAYLAND_DISPLAY is set. Start it in a desktop session"
        );
    }
    // Not marked as ours: a browser that the window opened must stay when the window closes.
    let mut shiwen = Command::new(built(profile, "shiwen"));
    if arguments.sandbox {
        shiwen.arg("--sandbox");
    }
    shiwen.args(&arguments.rest);
    eprintln!("run: starting the window");
    let status = shiwen.status().context("the program could not be started")?;
    if !status.success() {
        bail!("the program ended with {status}; what it said is above");
    }
    Ok(())
}
