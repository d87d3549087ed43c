//! The repository's own commands: `cargo xtask <command>`. One file per command.

mod bench;
mod bundle;
mod command;
mod figures;
mod package;
mod packages;
mod parts;
mod prove;
mod release;
mod run;
mod screens;
mod setup;
mod test;
mod tools;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Builds, runs, checks and measures Shiwen")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what this machine lacks and build the window's pages
    Setup(setup::Arguments),
    /// Set up if needed, build the desktop program and start it
    Run(run::Arguments),
    /// Set up if needed, then check everything: format, lints, tests, licences, the real window
    Test(test::Arguments),
    /// Show what is promised about money and loss with its whole numbers; one `name value unit` line per figure
    Prove(prove::Arguments),
    /// Take docs/screens anew: every view and state of the real window, light and dark, Chinese and English
    Screens,
    /// Build the tools that `test` needs, once, into target/tools
    Tools,
    /// Make the installers of this system
    Bundle(bundle::Arguments),
    /// Measure; prints one `name value unit` line per figure
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let outcome = command::end_on_interrupt().and_then(|()| start(Arguments::parse().task));
    command::end_leftovers();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("\nerror: {err:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(task: Task) -> Result<()> {
    match task {
        Task::Setup(arguments) => setup::setup(&arguments),
        Task::Run(arguments) => run::run(&arguments),
        Task::Test(arguments) => test::test(&arguments),
        Task::Prove(arguments) => prove::prove(&arguments),
        Task::Screens => screens::screens(),
        Task::Tools => tools::build(),
        Task::Bundle(arguments) => bundle::bundle(&arguments),
        Task::Bench(arguments) => bench::bench(&arguments),
    }
}
