//! The real engine on the real store, with the real clients of all five services, in a simulated world: everything
//! that happens follows from a seed, and a run of hours takes milliseconds.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod check;
mod ledger;
mod points;
mod run;
mod services;
mod speech;
mod user;
mod world;

use std::{
    env,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use points::{Coverage, Event};
use run::{Books, Ground, Report, Setup, Weather};

const THREADS: u64 = 2;

/// Whether the long form was asked for.
fn proving() -> bool {
    env::var_os("SHIWEN_PROVE").is_some()
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

/// What many runs showed.
struct Shown {
    coverage: Coverage,
    /// Runs in which something was not as it should be, in order.
    failed: Vec<(u64, Vec<String>)>,
}

fn many(seeds: std::ops::Range<u64>, weather: Weather, books: Books) -> Shown {
    let next = AtomicU64::new(seeds.start);
    let shown = Mutex::new(Shown { coverage: Coverage::default(), failed: Vec::new() });
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let ground = Ground::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let report = ground.run(Setup { seed, weather, books, traced: false });
                    let mut shown = shown.lock().unwrap();
                    shown.coverage.add(&report.coverage);
                    if !report.violations.is_empty() {
                        shown.failed.push((report.seed, report.violations));
                    }
                }
            });
        }
    });
    let mut shown = shown.into_inner().unwrap();
    shown.failed.sort();
    shown
}

fn traced(seed: u64, weather: Weather) -> Report {
    Ground::new().run(Setup { seed, weather, books: Books::Kept, traced: true })
}

/// `SHIWEN_SEED=17 cargo nextest run -p shiwen-engine --test simulation one_seed --no-capture`
#[test]
fn one_seed_can_be_looked_at() {
    let report = traced(number("SHIWEN_SEED").unwrap_or(1), Weather::Storm);
    for line in &report.trace {
        println!("{line}");
    }
    assert_eq!(report.violations, [""; 0], "seed {}", report.seed);
}

#[test]
fn a_seed_says_everything_that_happens() {
    for seed in 1..if proving() { 200 } else { 15 } {
        let (first, second) = (traced(seed, Weather::Storm), traced(seed, Weather::Storm));
        let differ = first.trace.iter().zip(&second.trace).position(|(one, other)| one != other);
        if let Some(at) = differ {
            panic!("seed {seed}, line {at}:\n{}\n{}", first.trace[at], second.trace[at]);
        }
        assert_eq!(first.trace.len(), second.trace.len(), "seed {seed}");
    }
}

#[test]
fn nothing_is_paid_twice_and_nothing_is_lost_whatever_happens() {
    let (runs, least) = if proving() { (10_000, 50) } else { (300, 1) };
    let runs = number("SHIWEN_RUNS").unwrap_or(runs);
    let begin = Instant::now();

    let shown = many(1..runs + 1, Weather::Storm, Books::Kept);

    println!("{runs} runs, {} kills, {:?}", shown.coverage.kills(), begin.elapsed());
    println!("{}", shown.coverage.table());
    for (seed, violations) in shown.failed.iter().take(10) {
        println!("SHIWEN_SEED={seed}: {violations:#?}");
    }
    assert!(shown.failed.is_empty(), "{} of {runs} runs failed", shown.failed.len());
    let rare = shown.coverage.below(least);
    assert!(rare.is_empty(), "fewer than {least}: {rare:?}");
}

#[test]
fn with_a_healthy_network_no_task_is_ever_uncertain() {
    let runs = if proving() { 500 } else { 60 };
    let shown = many(1..runs + 1, Weather::Calm, Books::Kept);
    assert_eq!(shown.failed, []);
    let tasks = shown.coverage.of(Event::Task);
    println!("{tasks} tasks, {} create calls", shown.coverage.of(Event::Create));
    assert!(tasks >= runs * 10, "{tasks}");
    assert_eq!(shown.coverage.of(Event::Uncertain), 0);
}

#[test]
fn without_the_ledger_the_same_runs_pay_twice() {
    let runs = if proving() { 1000 } else { 100 };
    for books in [Books::IntentForgotten, Books::Off] {
        let shown = many(1..runs + 1, Weather::Storm, books);
        let paid_twice = |violations: &[String]| violations.iter().any(|it| it.starts_with("I1"));
        let paying = shown.failed.iter().filter(|(_, violations)| paid_twice(violations)).count();
        println!("{books:?}: {paying} of {runs} runs paid without approval");
        assert!(paying as u64 > runs / 5, "{books:?}: only {paying}");
    }
}
