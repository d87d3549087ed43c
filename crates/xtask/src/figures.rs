//! Figures: lines `name value unit` among what programs say, and the bounds that they are held to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command::shown;

pub(crate) type Figures = BTreeMap<String, f64>;

/// Runs a program to its end and tells the figures among what it says.
pub(crate) fn told(
    command: &mut Command,
    figures: &mut Figures,
    read: impl Fn(&str) -> Option<(String, f64, &str)>,
) -> Result<()> {
    let shown = shown(command);
    eprintln!("  $ {shown}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{shown}` could not be started"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (tell, lines) = std::sync::mpsc::channel();
    let sources: Vec<Box<dyn Read + Send>> = out
        .map(|out| Box::new(out) as _)
        .into_iter()
        .chain(err.map(|err| Box::new(err) as _))
        .collect();
    for source in sources {
        let tell = tell.clone();
        std::thread::spawn(move || {
            // A name that is no UTF-8 is no reason to stop reading.
            for line in BufReader::new(source).split(b'\n').map_while(Result::ok) {
                let _ = tell.send(String::from_utf8_lossy(&line).into_owned());
            }
        });
    }
    drop(tell);
    for line in lines {
        match read(line.trim()) {
            Some((name, value, unit)) => tell_one(figures, &name, value, unit),
            None => eprintln!("{line}"),
        }
    }
    let status = child.wait()?;
    ensure!(status.success(), "`{shown}` failed ({status}); what it said is above");
    Ok(())
}

/// Tells one figure and keeps it.
pub(crate) fn tell_one(figures: &mut Figures, name: &str, value: f64, unit: &str) {
    println!("{name} {value} {unit}");
    figures.insert(name.to_owned(), value);
}

/// A line `name value unit`, where the unit may be missing.
pub(crate) fn figure<'a>(before: &str, line: &'a str) -> Option<(String, f64, &'a str)> {
    let (name, rest) = line.split_once(' ')?;
    let usual = if name.contains("share") { "share" } else { "times" };
    let (value, unit) = rest.split_once(' ').unwrap_or((rest, usual));
    // Every figure has a name of more than one word, as no other line begins.
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._".contains(c);
    let named = name.contains(['.', '_']) && name.chars().all(is_name);
    if !named || unit.split(' ').count() > 2 {
        return None;
    }
    Some((format!("{before}{name}"), value.parse().ok()?, unit))
}

/// What a figure must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// Holds figures to their bounds; all that miss theirs are named. A figure that was not told misses it too.
pub(crate) fn hold(figures: &Figures, bounds: &[(String, Bound)]) -> Result<()> {
    let missed: Vec<String> = bounds
        .iter()
        .filter_map(|(name, bound)| match (figures.get(name), *bound) {
            (None, _) => Some(format!("{name} was not told")),
            (Some(value), Bound::AtLeast(least)) if *value < least => {
                Some(format!("{name} is {value}, and must be {least} or more"))
            }
            (Some(value), Bound::AtMost(most)) if *value > most => {
                Some(format!("{name} is {value}, and must be {most} or less"))
            }
            // Nothing is more or less than no number.
            (Some(value), _) if value.is_nan() => Some(format!("{name} is no number")),
            _ => None,
        })
        .collect();
    ensure!(missed.is_empty(), "{}", missed.join("; "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Bound, Figures, figure, hold};

    #[test]
    fn figures_are_told_from_other_lines() {
        let told = |name: &str, value, unit| Some((name.to_owned(), value, unit));
        assert_eq!(figure("", "kills.runs 310 runs"), told("kills.runs", 310.0, "runs"));
        assert_eq!(
            figure("", "makespan_mean 1.02 x oracle"),
            told("makespan_mean", 1.02, "x oracle")
        );
        assert_eq!(
            figure("storage.", "kill.kills 150"),
            told("storage.kill.kills", 150.0, "times")
        );
        for line in ["test result: ok.", "running 1 test", "", "two 2 tests", "kills.runs many"] {
            assert_eq!(figure("", line), None, "{line}");
        }
    }

    #[test]
    fn a_bound_that_is_missed_or_not_told_is_named() {
        let held = |value: Option<f64>, bound| {
            let figures = Figures::from_iter(value.map(|value| ("speed".to_owned(), value)));
            hold(&figures, &[("speed".to_owned(), bound)])
        };
        assert!(held(Some(5.0), Bound::AtMost(5.0)).is_ok());
        assert!(held(Some(5.0), Bound::AtLeast(5.0)).is_ok());
        for (value, bound) in [
            (Some(5.1), Bound::AtMost(5.0)),
            (Some(4.9), Bound::AtLeast(5.0)),
            (None, Bound::AtMost(5.0)),
            (Some(f64::NAN), Bound::AtMost(5.0)),
        ] {
            let words = held(value, bound).unwrap_err().to_string();
            assert!(words.contains("speed"), "{words}");
        }
    }
}
