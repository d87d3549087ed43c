//! The program left alone, and the program after a thousand tasks.

use anyhow::Result;

use super::Arguments;
use crate::figures::{Bound, Figures};

pub(super) fn bounds() -> Vec<(String, Bound)> {
    vec![
        // What rounds to 0 %.
        ("rest.cpu".to_owned(), Bound::AtMost(0.4)),
        ("rest.memory_growth".to_owned(), Bound::AtMost(1.1)),
    ]
}

#[cfg(not(target_os = "linux"))]
pub(super) fn measure(_: &Arguments, _: &mut Figures) -> Result<()> {
    anyhow::bail!("a program at rest is measured on Linux only");
}

#[cfg(target_os = "linux")]
pub(super) fn measure(_: &Arguments, figures: &mut Figures) -> Result<()> {
    linux::measure(figures)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fmt::Write as _;
    use std::path::Path;
    use std::thread::sleep;
    use std::time::Duration;

    use anyhow::{Context, Result, ensure};
    use shiwen_headless::Desktop;

    use crate::bench::process;
    use crate::bench::watched::{Watched, shiwen};
    use crate::command::built;
    use crate::figures::{Figures, tell_one};

    /// From the page being there to nothing of the start being left to do.
    const SETTLES: Duration = Duration::from_secs(20);
    const MINUTE: Duration = Duration::from_secs(60);
    /// The program ends by itself then, should a step of ours fail.
    const AT_MOST: Duration = Duration::from_secs(900);
    /// Of the sandbox's times.
    const PACE: &str = "0.01";
    /// What was needed once is there after these.
    const FIRST: u32 = 100;
    const TASKS: u32 = 1_000;
    /// Links of one share text.
    const AT_ONCE: u32 = 50;

    pub(super) fn measure(figures: &mut Figures) -> Result<()> {
        let desktop = Desktop::start().context("no screen could be started")?;
        let tenths = |value: f64| (value * 10.0).round() / 10.0;
        tell_one(figures, "rest.cpu", tenths(idle(&desktop)?), "%");
        let (before, after) = after_many(&desktop)?;
        tell_one(figures, "rest.memory_at_100_tasks", before.round(), "MB");
        tell_one(figures, "rest.memory_at_1100_tasks", after.round(), "MB");
        tell_one(figures, "rest.memory_growth", (after / before * 100.0).round() / 100.0, "x");
        Ok(())
    }

    /// Percent of one processor over a minute in which nobody does anything.
    fn idle(desktop: &Desktop) -> Result<f64> {
        let stays = SETTLES + MINUTE + Duration::from_secs(2);
        let data = desktop.home().join("idle");
        let watched = Watched::start(shiwen(desktop, &data), stays)?;
        sleep(SETTLES);
        let before = process::cpu(watched.id())?;
        sleep(MINUTE);
        let percent = (process::cpu(watched.id())? - before) / MINUTE.as_secs_f64() * 100.0;
        watched.ended()?;
        Ok(percent)
    }

    /// MB once some tasks are done, and once a thousand more are, each of them seen by the page as it goes on.
    fn after_many(desktop: &Desktop) -> Result<(f64, f64)> {
        let data = desktop.home().join("many");
        let mut program = shiwen(desktop, &data);
        program.arg("--sandbox").env("SHIWEN_SANDBOX_PACE", PACE);
        let mut watched = Watched::start(program, AT_MOST)?;
        let outcome = grown(desktop, &data, watched.id());
        watched.kill()?;
        outcome
    }

    fn grown(desktop: &Desktop, data: &Path, program: u32) -> Result<(f64, f64)> {
        run(desktop, data, 0..FIRST)?;
        sleep(SETTLES);
        let before = process::pss(program)?;
        run(desktop, data, FIRST..FIRST + TASKS)?;
        sleep(SETTLES);
        Ok((before, process::pss(program)?))
    }

    /// Submits tasks of these numbers from beside. The window's program owns the folder, so it does them.
    fn run(desktop: &Desktop, data: &Path, numbers: std::ops::Range<u32>) -> Result<()> {
        for begin in numbers.clone().step_by(AT_ONCE as usize) {
            let mut text = String::new();
            for number in begin..numbers.end.min(begin + AT_ONCE) {
                write!(text, "https://v.douyin.com/sb-ok-{number}/ ")?;
            }
            let mut cli = desktop.command(built("release", "shiwen-cli"));
            cli.args(["transcribe", "--sandbox", "--provider", "coze", "--data-dir"]).arg(data);
            let said = cli.env("SHIWEN_SANDBOX_PACE", PACE).arg(text).output()?;
            let words = String::from_utf8_lossy(&said.stderr);
            ensure!(said.status.success(), "the tasks ended with {}: {words}", said.status);
        }
        Ok(())
    }
}
