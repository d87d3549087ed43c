//! Start and memory with a history of 100,000 tasks, beside a bare Tauri window that is built and started in the same run:
//! one after the other, so that what else the machine does meets both alike.

use anyhow::Result;

use super::Arguments;
use crate::figures::{Bound, Figures};

pub(super) fn bounds() -> Vec<(String, Bound)> {
    vec![
        ("start.to_bare".to_owned(), Bound::AtMost(1.3)),
        ("start.memory_to_bare".to_owned(), Bound::AtMost(1.35)),
    ]
}

#[cfg(not(target_os = "linux"))]
pub(super) fn measure(_: &Arguments, _: &mut Figures) -> Result<()> {
    anyhow::bail!("the start of the window is measured on Linux only");
}

#[cfg(target_os = "linux")]
pub(super) fn measure(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    linux::measure(arguments, figures)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;
    use std::process::Command;
    use std::thread::sleep;
    use std::time::Duration;

    use anyhow::{Context, Result, ensure};
    use shiwen_headless::Desktop;

    use crate::bench::watched::{Watched, shiwen};
    use crate::bench::{Arguments, percentile, process, small_history};
    use crate::command::{built, cargo, run};
    use crate::figures::{Figures, tell_one};

    /// From the page being there to its memory being looked at.
    const SETTLES: Duration = Duration::from_secs(4);
    /// Longer than looking takes on a slow machine.
    const STAYS: Duration = Duration::from_secs(6);

    /// Milliseconds more than the fastest start: WebKit waits 500 for itself (docs/WINDOW.md).
    const STALL: f64 = 300.0;
    /// With fewer starts left a median says nothing.
    const ENOUGH: usize = 3;

    #[derive(Default)]
    struct Seen {
        times: Vec<f64>,
        memory: Vec<f64>,
    }

    impl Seen {
        fn add(&mut self, program: Command) -> Result<()> {
            let watched = Watched::start(program, STAYS)?;
            sleep(SETTLES);
            let memory = process::pss(watched.id())?;
            self.times.push(watched.interactive);
            self.memory.push(memory);
            watched.ended()
        }
    }

    pub(super) fn measure(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
        run(&mut cargo(["build", "--release", "--package", "bare-window"]))?;
        let history = small_history()?;
        let desktop = Desktop::start().context("no screen could be started")?;
        let (mut bare, mut told, mut ours) = (Seen::default(), Seen::default(), Seen::default());
        // The first start of each warms the page cache and is not counted.
        for program in [bare_window(&desktop), shiwen(&desktop, &history)] {
            Seen::default().add(program)?;
        }
        for _ in 0..arguments.starts {
            bare.add(bare_window(&desktop))?;
            ours.add(shiwen(&desktop, &history))?;
            told.add(told_window(&desktop))?;
        }
        let mut tell = |name: &str, value: f64, unit: &str| {
            tell_one(figures, &format!("start.{name}"), value, unit);
        };
        let whole = |value: f64| value.round();
        let ratio = |ours: f64, bare: f64| (ours / bare * 100.0).round() / 100.0;
        let fastest = bare.times.iter().chain(&told.times).copied().fold(f64::INFINITY, f64::min);
        let (mut went, mut told_went) =
            (unstalled(&bare.times, fastest), unstalled(&told.times, fastest));
        ensure!(went.len() >= ENOUGH, "{:?} stalled but for {}", bare.times, went.len());
        let stalled = 100.0 - 100.0 * went.len() as f64 / bare.times.len() as f64;
        let (ours_p50, bare_p50) = (percentile(&mut ours.times, 50), percentile(&mut went, 50));
        tell("interactive_p50", whole(ours_p50), "ms");
        tell("interactive_p95", whole(percentile(&mut ours.times, 95)), "ms");
        tell("bare_p50", whole(bare_p50), "ms");
        tell("bare_p95", whole(percentile(&mut bare.times, 95)), "ms");
        tell("bare_stalled", whole(stalled), "%");
        tell("to_bare", ratio(ours_p50, bare_p50), "x");
        tell("bare_told_p50", whole(percentile(&mut told_went, 50)), "ms");
        tell("bare_told_memory", whole(percentile(&mut told.memory, 50)), "MB");
        let (ours, bare) = (percentile(&mut ours.memory, 50), percentile(&mut bare.memory, 50));
        tell("memory", whole(ours), "MB");
        tell("bare_memory", whole(bare), "MB");
        tell("memory_to_bare", ratio(ours, bare), "x");
        Ok(())
    }

    /// The starts in which WebKit did not wait for itself for half a second, which ours never does. Some do in each run, and
    /// as soon as they are most, nothing would be too slow beside their median.
    fn unstalled(times: &[f64], fastest: f64) -> Vec<f64> {
        times.iter().copied().filter(|time| *time < fastest + STALL).collect()
    }

    /// As Tauri makes it, but that it draws as ours does: where there is no card another way takes WebKit 60 ms more.
    fn bare_window(desktop: &Desktop) -> Command {
        let mut command = desktop.command(built("release", "bare-window"));
        if !has_card(Path::new("/dev/dri")) {
            command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        }
        command
    }

    /// The same window without what our program spares itself of WebKit (src-tauri/src/webkit.rs): what is ours beyond that is
    /// what the page and the program themselves take. A device that is named keeps the drivers out as well, and the theme that
    /// is lost by it is no matter here.
    fn told_window(desktop: &Desktop) -> Command {
        let mut command = bare_window(desktop);
        if !has_card(Path::new("/dev/dri")) {
            command.env("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null");
        }
        command.env("JSC_useDFGJIT", "0");
        command
    }

    fn has_card(nodes: &Path) -> bool {
        let Ok(nodes) = nodes.read_dir() else { return false };
        nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    }

    #[cfg(test)]
    mod tests {
        use super::unstalled;

        #[test]
        fn stalled_starts_are_no_yardstick() {
            assert_eq!(unstalled(&[712.0, 230.0, 208.0, 725.0], 208.0), [230.0, 208.0]);
            assert_eq!(unstalled(&[712.0, 725.0], 208.0), [0.0; 0], "all of them");
        }
    }
}
