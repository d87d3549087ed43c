//! `prove`: what docs/RELIABILITY.md promises, shown with its whole numbers. One `name value unit` line per figure on
//! standard output; what else stands there is what the setup says.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::command::{built, cargo, root, run};
use crate::figures::{self, Bound, Figures, figure, hold};
use crate::test::FEATURES;
use crate::{setup, tools};

/// How long each target is fuzzed, in seconds.
const FUZZ: u32 = 300;
const FUZZ_SHORT: u32 = 5;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Each proof in its short form: minutes instead of hours
    #[arg(long)]
    short: bool,
    /// Only these proofs, by name, separated by commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How long each target is fuzzed, in seconds
    #[arg(long)]
    fuzz_seconds: Option<u32>,
}

struct Proof {
    name: &'static str,
    run: fn(&Arguments, &mut Figures) -> Result<()>,
}

const PROOFS: [Proof; 6] = [
    Proof { name: "kills", run: kills },
    Proof { name: "simulation", run: simulation },
    Proof { name: "pacing", run: pacing },
    Proof { name: "storage", run: storage },
    Proof { name: "attacks", run: attacks },
    Proof { name: "fuzz", run: fuzz },
];

/// What the whole form must reach; everything else is held by the tests themselves.
const AT_LEAST: [(&str, f64); 6] = [
    ("kills.runs", 300.0),
    ("kills.runs.window", 20.0),
    ("simulation.runs", 10_000.0),
    ("storage.kill.kills", 150.0),
    ("storage.disk_full.remote_ids_saved", 100.0),
    ("storage.two_processes.claims", 20_000.0),
];
/// What no form may exceed.
const AT_MOST: [(&str, f64); 2] =
    [("kills.broken.any", 0.0), ("storage.two_processes.claimed_twice", 0.0)];

pub(crate) fn prove(arguments: &Arguments) -> Result<()> {
    let unknown = |name: &&String| PROOFS.iter().all(|proof| proof.name != **name);
    if let Some(name) = arguments.only.iter().find(unknown) {
        let names: Vec<_> = PROOFS.iter().map(|proof| proof.name).collect();
        bail!("there is no proof \"{name}\", only {}", names.join(", "));
    }
    let wanted = |proof: &&Proof| {
        arguments.only.is_empty() || arguments.only.iter().any(|name| name == proof.name)
    };
    setup::provide(true)?;
    let mut failed = Vec::new();
    for proof in PROOFS.iter().filter(wanted) {
        eprintln!("\n=== {}", proof.name);
        let started = Instant::now();
        let mut figures = Figures::new();
        let outcome = (proof.run)(arguments, &mut figures)
            .and_then(|()| reached(proof.name, arguments.short, &figures));
        println!("{}.took {:.0} s", proof.name, started.elapsed().as_secs_f64());
        // The others say what they show all the same.
        if let Err(err) = outcome {
            eprintln!("=== {} is not proved: {err:#}", proof.name);
            failed.push(proof.name);
        }
    }
    ensure!(failed.is_empty(), "not proved: {}", failed.join(", "));
    Ok(())
}

/// Holds the figures of a proof to the bounds that are its own.
fn reached(proof: &str, short: bool, figures: &Figures) -> Result<()> {
    let own = |name: &str| name.split('.').next() == Some(proof);
    let least = AT_LEAST.iter().filter(|(name, _)| own(name) && !short);
    let least = least.map(|(name, least)| ((*name).to_owned(), Bound::AtLeast(*least)));
    let most = AT_MOST.iter().filter(|(name, _)| own(name));
    let most = most.map(|(name, most)| ((*name).to_owned(), Bound::AtMost(*most)));
    hold(figures, &least.chain(most).collect::<Vec<_>>())
}

/// The real programs, built so that they can be told to end themselves.
fn kills(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    let features = format!("{FEATURES},shiwen-cli/kill-points,shiwen/kill-points");
    let build = ["build", "--workspace", "--bins", "--features", &features];
    run(&mut cargo(build))?;
    // Copied, so that another build that goes on meanwhile does not put usual ones in their place.
    let programs = tempfile::tempdir()?;
    for name in ["shiwen", "shiwen-cli"] {
        std::fs::copy(built("debug", name), programs.path().join(name))?;
    }
    let mut test = cargo(["test", "--workspace", "--features", &features]);
    test.args(["--test", "kills", "--", "--nocapture"]);
    test.env("SHIWEN_KILLS_PROGRAMS", programs.path());
    told(&mut test, arguments, figures, |line| figure("", line))
}

fn simulation(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    let mut test = nextest(arguments, &["--package", "shiwen-engine", "--test", "simulation"]);
    told(&mut test, arguments, figures, |line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let named = |name: &str, value: &str| {
            Some((format!("simulation.{name}"), value.parse().ok()?, "runs"))
        };
        match words[..] {
            [runs, "runs,", kills, "kills,", ..] => {
                // Two figures of one line: the second is told with the first.
                println!("simulation.kills {kills} kills");
                named("runs", runs)
            }
            [tasks, "tasks,", _, "create", "calls"] => {
                Some(("simulation.healthy_tasks".to_owned(), tasks.parse().ok()?, "tasks"))
            }
            [books, paying, "of", _, "runs", "paid", ..] => {
                named(&format!("paid_twice_with_{}", books.trim_end_matches(':')), paying)
            }
            _ => None,
        }
    })
}

fn pacing(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    let mut test =
        nextest(arguments, &["--package", "shiwen-engine", "--test", "engine", "pacing"]);
    told(&mut test, arguments, figures, |line| figure("pacing.", line))
}

fn storage(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    let mut test = nextest(arguments, &["--package", "shiwen-store"]);
    told(&mut test, arguments, figures, |line| figure("storage.", line))
}

/// Hostile hosts over real connections, the planted keys, and the attack page, texts and keychains in the real window.
fn attacks(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    run(&mut cargo(["build", "--workspace", "--bins", "--features", FEATURES]))?;
    let filter = "(package(shiwen-http) & test(hostile)) | (package(shiwen-session) & test(canary)) \
                  | (binary(window) & test(/^(attacks|hostile|canary|keychain)::/))";
    let mut test = cargo(["nextest", "run", "--workspace", "--features", FEATURES]);
    test.args(["--success-output", "immediate", "--filterset", filter]);
    told(&mut test, arguments, figures, |line| {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["Summary", "[", _, count, "tests", "run:", ..] => {
                Some(("attacks.tests".to_owned(), count.parse().ok()?, "tests"))
            }
            _ => figure("attacks.", line),
        }
    })
}

fn fuzz(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    const TARGETS: [&str; 11] = [
        "created", "followed", "listed", "streamed", "called", "checked", "uploaded", "headers",
        "signed", "redacted", "forms",
    ];
    let cargo_fuzz = tools::cargo_fuzz()?;
    let seconds = arguments.fuzz_seconds.unwrap_or(if arguments.short { FUZZ_SHORT } else { FUZZ });
    let providers = root().join("crates/providers");
    let mut seeds = cargo(["run", "--manifest-path", "fuzz/Cargo.toml", "--example", "seeds"]);
    run(seeds.current_dir(&providers))?;
    let answers = TARGETS.map(|target| (target, providers.clone(), "fuzz/answers.dict"));
    let extract = ("extract", root().join("crates/share-text"), "fuzz/extract.dict");
    for (target, folder, words) in answers.into_iter().chain([extract]) {
        let mut fuzz = crate::command::program(&cargo_fuzz);
        fuzz.args(["fuzz", "run", "-s", "none", target, "--"]).current_dir(folder);
        fuzz.arg(format!("-dict={words}")).arg("-max_len=16384");
        fuzz.arg(format!("-max_total_time={seconds}"));
        told(&mut fuzz, arguments, figures, |line| {
            let words: Vec<_> = line.split_whitespace().collect();
            match words[..] {
                ["Done", runs, "runs", "in", ..] => {
                    Some((format!("fuzz.{target}"), runs.parse().ok()?, "runs"))
                }
                _ => None,
            }
        })?;
    }
    Ok(())
}

/// The whole form optimised, as its size wants it; the short one as it is built anyway.
fn nextest(arguments: &Arguments, which: &[&str]) -> Command {
    let mut test = cargo(["nextest", "run", "--success-output", "immediate"]);
    if !arguments.short {
        test.arg("--release");
    }
    test.args(which);
    test
}

/// Runs a program, in the form that is wanted, and tells the figures among what it says.
fn told(
    command: &mut Command,
    arguments: &Arguments,
    figures: &mut Figures,
    read: impl Fn(&str) -> Option<(String, f64, &str)>,
) -> Result<()> {
    if !arguments.short {
        command.env("SHIWEN_PROVE", "1");
    }
    figures::told(command, figures, read)
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Figures, prove, reached};

    #[test]
    fn a_bound_that_is_missed_or_not_told_is_no_proof() {
        let figures = |runs| {
            let told =
                [("kills.runs", runs), ("kills.runs.window", 24.0), ("kills.broken.any", 0.0)];
            Figures::from(told.map(|(name, value)| (name.to_owned(), value)))
        };
        assert!(reached("kills", false, &figures(310.0)).is_ok());
        assert!(reached("kills", false, &figures(299.0)).is_err());
        assert!(reached("kills", true, &figures(13.0)).is_ok());
        assert!(reached("kills", true, &Figures::new()).is_err());
        let mut broken = figures(310.0);
        broken.insert("kills.broken.any".to_owned(), 1.0);
        assert!(reached("kills", false, &broken).is_err());
    }

    #[test]
    fn an_unknown_proof_is_refused_before_anything_runs() {
        let arguments = Arguments { short: true, only: vec!["kils".into()], fuzz_seconds: None };
        let words = prove(&arguments).unwrap_err().to_string();
        assert!(words.contains("\"kils\"") && words.contains("kills"), "{words}");
    }
}
