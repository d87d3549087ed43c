//! The real programs, killed at each of the thirteen moments at which it could cost money or lose work.
//!
//! `cargo xtask prove --only kills` builds them with the feature `kill-points` and plays 310 runs, `--short` each moment
//! once. `SHIWEN_SEED=17` plays run 17 of the long form alone.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod case;
mod check;
mod history;
mod relay;
mod run;
mod stage;

use std::{
    collections::BTreeMap,
    env,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use case::{Case, Moment, Victim};
use run::{Lab, Report};
use shiwen_headless::Desktop;
use stage::Programs;
use tokio::runtime::Runtime;

/// Runs at once: most of their time is waiting.
const THREADS: usize = 3;
/// Runs of each moment in the long form.
const ROUNDS: usize = 22;
/// The same of the window, at every moment that a simulated history has.
const WINDOW_ROUNDS: usize = 2;

fn proving() -> bool {
    env::var_os("SHIWEN_PROVE").is_some_and(|wish| wish == "1")
}

/// Every run, by its number.
fn cases(long: bool) -> Vec<Case> {
    let rounds = if long { ROUNDS } else { 1 };
    let command_line = (0..rounds)
        .flat_map(|round| Moment::ALL.map(|moment| (moment, Victim::CommandLine, round)));
    let window_rounds = if long { WINDOW_ROUNDS } else { 0 };
    let window = (0..window_rounds)
        .flat_map(|round| Moment::ALL.map(|moment| (moment, Victim::Window, round)))
        // The window opens the keychain of a history that is backed up.
        .filter(|(moment, ..)| *moment != Moment::Backup);
    (1..).zip(command_line.chain(window)).map(|(n, (m, v, r))| Case::new(n, m, v, r)).collect()
}

#[test]
fn nothing_is_paid_twice_or_lost_wherever_the_program_is_killed() {
    let alone = env::var("SHIWEN_SEED").ok().and_then(|number| number.parse::<u32>().ok());
    let mut cases = cases(proving() || alone.is_some());
    if let Some(number) = alone {
        cases.retain(|case| case.number == number);
    }
    let programs = Programs::copied();
    assert!(programs.can_end("shiwen-cli"), "built without the feature kill-points");
    let of = |victim| cases.iter().filter(move |case| case.victim == victim);
    let windows = of(Victim::Window).count();
    assert!(windows == 0 || programs.can_end("shiwen"), "the window was built without kill-points");
    let runtime = Runtime::new().unwrap();
    let desktop = (windows > 0).then(|| Desktop::start().unwrap());

    let begin = Instant::now();
    let reports = Mutex::new(BTreeMap::new());
    let play = |lab: &Lab<'_>, case: &Case| {
        let report = lab.run(case);
        let word = if report.violations.is_empty() { "held" } else { "BROKEN" };
        eprintln!("{case}: {word} in {:.1?}", report.took);
        for violation in &report.violations {
            eprintln!("    {violation}");
        }
        reports.lock().unwrap().insert(case.number, report);
    };
    let next = Mutex::new(of(Victim::CommandLine));
    thread::scope(|scope| {
        let (next, play, runtime, programs) = (&next, &play, &runtime, &programs);
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(move || {
                    let lab = Lab { runtime, programs, desktop: None };
                    loop {
                        let Some(case) = next.lock().unwrap().next() else { break };
                        play(&lab, case);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let lab = Lab { runtime, programs, desktop: desktop.as_ref() };
        of(Victim::Window).for_each(|case| play(&lab, case));
    });
    let reports = reports.into_inner().unwrap();
    tell(&cases, &reports, begin.elapsed());

    let broken: Vec<_> =
        reports.iter().filter(|(_, report)| !report.violations.is_empty()).collect();
    assert!(broken.is_empty(), "{} of {} runs: {broken:#?}", broken.len(), reports.len());
    if alone.is_none() && proving() {
        assert!(cases.len() >= 300);
        for moment in Moment::ALL {
            let count = cases.iter().filter(|case| case.moment == moment).count();
            assert!(count >= 20, "{}: {count}", moment.name());
        }
        assert!(windows >= 20, "{windows}");
    }
}

/// One line `name value unit` for each figure.
fn tell(cases: &[Case], reports: &BTreeMap<u32, Report>, took: Duration) {
    let sum = |count: &dyn Fn(&Report) -> usize| reports.values().map(count).sum::<usize>();
    let figure = |name: &str, value: usize, unit: &str| println!("kills.{name} {value} {unit}");
    let broken = |number: &str| {
        let is = |text: &String| text.starts_with(number);
        reports.values().filter(|report| report.violations.iter().any(is)).count()
    };
    figure("runs", reports.len(), "runs");
    let of = |victim| cases.iter().filter(|case| case.victim == victim).count();
    figure("runs.window", of(Victim::Window), "runs");
    figure("kills", sum(&|report| report.kills as usize), "kills");
    for moment in Moment::ALL {
        let count = cases.iter().filter(|case| case.moment == moment).count();
        figure(&format!("at.{}", moment.name()), count, "runs");
    }
    let mut providers = BTreeMap::new();
    for case in cases {
        *providers.entry(case.work.provider()).or_insert(0) += 1;
    }
    for (provider, count) in providers {
        figure(&format!("at_provider.{provider}"), count, "runs");
    }
    figure("tasks", sum(&|report| report.tasks), "tasks");
    figure("succeeded", sum(&|report| report.succeeded), "tasks");
    figure("uncertain", sum(&|report| report.uncertain), "tasks");
    figure("uncertain.never_seen", sum(&|report| report.unseen_uncertain), "tasks");
    figure("found_at_the_service", sum(&|report| report.found), "tasks");
    figure("given_again", sum(&|report| report.given_again as usize), "texts");
    for number in ["I1", "I2", "I3", "I4", "I5", "I6"] {
        figure(&format!("broken.{number}"), broken(number), "runs");
    }
    let any = reports.values().filter(|report| !report.violations.is_empty()).count();
    figure("broken.any", any, "runs");
    figure("played_in", took.as_secs() as usize, "s");
}
