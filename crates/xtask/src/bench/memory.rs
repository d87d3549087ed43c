//! What the program takes of the machine's memory with a large history and with an empty one: PSS, which counts a page
//! that several processes share once in all, over the program and everything it started.

use anyhow::Result;

use super::history::prefix;
use super::{Arguments, sizes};
use crate::figures::{Bound, Figures};

/// MB that a large history may cost.
const MOST: f64 = 30.0;

pub(super) fn bounds(arguments: &Arguments) -> Vec<(String, Bound)> {
    let name = |tasks: &u32| format!("{}memory.program_more", prefix(*tasks));
    sizes(arguments).iter().map(|tasks| (name(tasks), Bound::AtMost(MOST))).collect()
}

#[cfg(target_os = "linux")]
pub(super) fn measure(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    linux::measure(arguments, figures)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn measure(_: &Arguments, _: &mut Figures) -> Result<()> {
    anyhow::bail!("memory is measured on Linux only");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;
    use std::process::Child;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use anyhow::{Context, Result, ensure};
    use shiwen_headless::Desktop;

    use crate::bench::history::{history, prefix};
    use crate::bench::{Arguments, percentile, process, sizes};
    use crate::command::built;
    use crate::figures::{Figures, tell_one};

    /// Starts of each, one after the other, so that what else the machine does meets all alike.
    const STARTS: u32 = 3;
    /// From the window to a page at rest. Ends before the day's backup begins.
    const SETTLES: Duration = Duration::from_secs(15);
    const SHOWN_WITHIN: Duration = Duration::from_secs(60);
    const ENDS_WITHIN: Duration = Duration::from_secs(20);

    pub(super) fn measure(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
        let desktop = Desktop::start().context("no screen could be started")?;
        for tasks in sizes(arguments) {
            let folder = history(*tasks)?;
            let empty = tempfile::tempdir_in(desktop.home())?;
            let (mut with, mut without) = (Vec::new(), Vec::new());
            // The first start makes what is empty, and is not counted.
            pss_of(&desktop, empty.path())?;
            for _ in 0..STARTS {
                without.push(pss_of(&desktop, empty.path())?);
                with.push(pss_of(&desktop, &folder)?);
            }
            let (with, without) = (percentile(&mut with, 50), percentile(&mut without, 50));
            let mut tell = |name: &str, value: f64| {
                let name = format!("{}memory.program{name}", prefix(*tasks));
                tell_one(figures, &name, (value * 10.0).round() / 10.0, "MB");
            };
            tell("", with);
            tell("_empty", without);
            tell("_more", with - without);
        }
        Ok(())
    }

    /// Starts the program, waits until it rests, and asks for its memory, in MB.
    fn pss_of(desktop: &Desktop, folder: &Path) -> Result<f64> {
        let log = desktop.log("shiwen")?;
        let mut program = desktop.command(built("release", "shiwen"));
        program.arg("--data-dir").arg(folder).stdout(log.try_clone()?).stderr(log);
        let mut program = program.spawn().context("shiwen could not be started")?;
        let measured = measured(desktop, &program);
        let ended = close(desktop, &mut program);
        let pss = measured?;
        ended?;
        Ok(pss)
    }

    fn measured(desktop: &Desktop, program: &Child) -> Result<f64> {
        window(desktop, program.id())?;
        sleep(SETTLES);
        process::pss(program.id())
    }

    fn window(desktop: &Desktop, process: u32) -> Result<String> {
        let process = process.to_string();
        let search = ["search", "--onlyvisible", "--all", "--pid", &process, "--class", "."];
        let begin = Instant::now();
        loop {
            let answer = desktop.command("xdotool").args(search).output()?;
            let said = String::from_utf8_lossy(&answer.stdout).into_owned();
            if let Some(window) = said.lines().next() {
                return Ok(window.to_owned());
            }
            ensure!(begin.elapsed() < SHOWN_WITHIN, "no window came up");
            sleep(Duration::from_millis(100));
        }
    }

    /// Closes the window as a user does: a program that is killed looks its whole history over at the next start.
    fn close(desktop: &Desktop, program: &mut Child) -> Result<()> {
        let begin = Instant::now();
        while program.try_wait()?.is_none() {
            if begin.elapsed() > ENDS_WITHIN {
                program.kill()?;
                program.wait()?;
                break;
            }
            if let Ok(window) = window(desktop, program.id()) {
                let keys = ["windowactivate", "--sync", &window, "key", "alt+F4"];
                desktop.command("xdotool").args(keys).status()?;
            }
            sleep(Duration::from_secs(1));
        }
        Ok(())
    }
}
