//! Histories of invented tasks: made once, kept for the next time, searched, listed and written beside what else SQLite
//! offers.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Arguments, sizes};
use crate::command::{answer, built, cargo, run, target};
use crate::figures::{Bound, Figures, figure, told};
use crate::test::FEATURES;

pub(super) const SMALL: u32 = 100_000;
pub(super) const LARGE: u32 = 1_000_000;

/// What figures about a history of this size begin with.
pub(super) fn prefix(tasks: u32) -> &'static str {
    if tasks >= LARGE { "1m." } else { "100k." }
}

/// The folder of a history with so many tasks. It is made where it is not there yet, or was made by another schema or
/// generator.
pub(super) fn history(tasks: u32) -> Result<PathBuf> {
    let example = ["build", "--release", "--package", "shiwen-store", "--example", "history"];
    run(&mut cargo(example))?;
    let version = answer(crate::command::program(generator()).arg("version"));
    let version = version.context("the generator told no version")?;
    let folder = target().join("bench").join(format!("history-{tasks}-{version}"));
    if !folder.is_dir() {
        let name = format!("history-{tasks}-");
        let older = fs::read_dir(target().join("bench")).into_iter().flatten().flatten();
        for older in older.filter(|old| old.file_name().to_string_lossy().starts_with(&name)) {
            fs::remove_dir_all(older.path())?;
        }
        let mut make = crate::command::program(generator());
        make.arg("make").arg(&folder).arg(tasks.to_string());
        told(&mut make, &mut Figures::new(), |line| figure(prefix(tasks), line))?;
    }
    Ok(folder)
}

fn generator() -> PathBuf {
    built("release", "examples/history")
}

pub(super) fn measure(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    for tasks in sizes(arguments) {
        let mut measure = crate::command::program(generator_of(*tasks)?);
        measure.arg("measure").arg(history(*tasks)?);
        if *tasks == SMALL {
            measure.args(["--like", "20", "--trigram"]);
        } else {
            // A scan of the whole file takes seconds there, and the trigram index would take twice the file again.
            measure.args(["--like", "5"]);
        }
        told(&mut measure, figures, |line| figure(prefix(*tasks), line))?;
    }
    Ok(())
}

/// The generator, once its history is there.
fn generator_of(tasks: u32) -> Result<PathBuf> {
    history(tasks).map(|_| generator())
}

pub(super) fn bounds(arguments: &Arguments) -> Vec<(String, Bound)> {
    let mut bounds = Vec::new();
    for tasks in sizes(arguments) {
        let mut hold =
            |name: &str, bound| bounds.push((format!("{}{name}", prefix(*tasks)), bound));
        let most = if *tasks == SMALL { 5.0 } else { 25.0 };
        for length in ["one", "two", "three", "six"] {
            for class in ["frequent", "rare", "absent"] {
                hold(&format!("search.{length}.{class}.p95"), Bound::AtMost(most));
            }
            hold(&format!("like_to_search.{length}.absent"), Bound::AtLeast(1000.0));
        }
        hold("size.index_to_text", Bound::AtMost(0.9));
        hold("memory.caches", Bound::AtMost(16.0));
        if *tasks == SMALL {
            hold("size.index_to_trigram", Bound::AtMost(0.35));
        }
    }
    bounds
}

/// From the last key of a search to its marked rows on screen, in the real window with the small history.
pub(super) fn window(_: &Arguments, figures: &mut Figures) -> Result<()> {
    let folder = history(SMALL)?;
    let mut test = cargo(["test", "--workspace", "--features", FEATURES, "--test", "window"]);
    test.args(["--", "--nocapture", "--test-threads=1", "search_as_you_type", "scrolling_to"]);
    // The programs that are shipped, not those that are built for tests.
    test.env("SHIWEN_WINDOW_PROGRAMS", built("release", "shiwen").with_file_name(""));
    test.env("SHIWEN_WINDOW_HISTORY", folder);
    // The screen has no graphics card behind it; playing one takes several times as long as drawing without.
    test.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    told(&mut test, figures, |line| figure("", line))
}

pub(super) fn window_bounds() -> Vec<(String, Bound)> {
    vec![("window.typed_to_marked.p50".to_owned(), Bound::AtMost(50.0))]
}
