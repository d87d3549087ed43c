//! `bench`: one `name value unit` line per figure on standard output, all else on standard error. It fails where a bound
//! is missed; the bounds are those of docs/HISTORY.md.

mod history;
mod links;
mod memory;
#[cfg(target_os = "linux")]
mod process;
mod rest;
mod start;
#[cfg(target_os = "linux")]
mod watched;

use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::command::cargo;
use crate::figures::{Bound, Figures, figure, hold, tell_one, told};
use crate::{release, setup};

use history::{LARGE, SMALL, history};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often the window is started
    #[arg(long, default_value_t = 11)]
    starts: u32,
    /// With a history of 1,000,000 tasks besides the one of 100,000
    #[arg(long)]
    full: bool,
    /// Only these parts, by name, separated by commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

struct Part {
    name: &'static str,
    run: fn(&Arguments, &mut Figures) -> Result<()>,
    bounds: fn(&Arguments) -> Vec<(String, Bound)>,
}

const PARTS: [Part; 8] = [
    Part { name: "links", run: links::measure, bounds: |_| Vec::new() },
    Part { name: "size", run: size, bounds: |_| Vec::new() },
    Part { name: "start", run: start::measure, bounds: |_| start::bounds() },
    Part { name: "rest", run: rest::measure, bounds: |_| rest::bounds() },
    Part { name: "tidy", run: tidy, bounds: |_| tidy_bounds() },
    Part { name: "search", run: history::measure, bounds: history::bounds },
    Part { name: "memory", run: memory::measure, bounds: memory::bounds },
    Part { name: "window", run: history::window, bounds: |_| history::window_bounds() },
];

pub(crate) fn bench(arguments: &Arguments) -> Result<()> {
    let unknown = |name: &&String| PARTS.iter().all(|part| part.name != **name);
    if let Some(name) = arguments.only.iter().find(unknown) {
        let names: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        bail!("there is no part \"{name}\", only {}", names.join(", "));
    }
    let wanted = |part: &&Part| {
        arguments.only.is_empty() || arguments.only.iter().any(|name| name == part.name)
    };
    if arguments.full {
        eprintln!(
            "bench: a history of {LARGE} tasks takes about 5 GB in target/bench, where it stays for the next time,\n\
             and a quarter of an hour to make"
        );
    }
    setup::provide(true)?;
    eprintln!("bench: release build");
    release::build()?;
    let mut failed = Vec::new();
    for part in PARTS.iter().filter(wanted) {
        eprintln!("\n=== {}", part.name);
        let started = Instant::now();
        let mut figures = Figures::new();
        let outcome = (part.run)(arguments, &mut figures)
            .and_then(|()| hold(&figures, &(part.bounds)(arguments)));
        eprintln!("=== {} took {:.0} s", part.name, started.elapsed().as_secs_f64());
        // The others are measured all the same.
        if let Err(err) = outcome {
            eprintln!("=== {} failed: {err:#}", part.name);
            failed.push(part.name);
        }
    }
    ensure!(failed.is_empty(), "failed: {}; why is said above", failed.join(", "));
    Ok(())
}

/// The folder of the history that the window's tests use, made where it is not there yet.
pub(crate) fn small_history() -> Result<std::path::PathBuf> {
    history(SMALL)
}

/// The histories that are measured.
fn sizes(arguments: &Arguments) -> &'static [u32] {
    if arguments.full { &[SMALL, LARGE] } else { &[SMALL] }
}

/// Of the desktop program; that of the .deb is told by `bundle`.
fn size(_: &Arguments, figures: &mut Figures) -> Result<()> {
    tell_one(figures, "size.binary", release::size()? as f64, "bytes");
    Ok(())
}

fn tidy(_: &Arguments, figures: &mut Figures) -> Result<()> {
    let example = ["run", "--release", "--package", "shiwen-text", "--example", "tidy_speed"];
    told(&mut cargo(example), figures, |line| figure("", line))
}

fn tidy_bounds() -> Vec<(String, Bound)> {
    ["tidy_subtitles_10k", "tidy_transcript_10k", "tidy_phrases_10k"]
        .map(|name| (name.to_owned(), Bound::AtMost(10.0)))
        .to_vec()
}

/// The smallest value that at least `percent` of 100 values do not exceed; 0 of none.
fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Arguments, bench, percentile};

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut times = [5.0, 1.0, 3.0, 2.0, 4.0];
        assert_eq!(percentile(&mut times, 50), 3.0);
        assert_eq!(percentile(&mut times, 95), 5.0);
        assert_eq!(percentile(&mut [7.0], 50), 7.0);
    }

    #[test]
    fn an_unknown_part_is_refused_before_anything_runs() {
        let arguments = Arguments { starts: 1, full: false, only: vec!["serch".into()] };
        let words = bench(&arguments).unwrap_err().to_string();
        assert!(words.contains("\"serch\"") && words.contains("search"), "{words}");
    }
}
