//! From the start of the process to the page having drawn and reached Rust, on an empty history.

use anyhow::Result;

use super::Arguments;
use crate::figures::Figures;

#[cfg(target_os = "linux")]
pub(super) fn measure(arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    use anyhow::{Context, bail};

    use super::percentile;
    use crate::command::built;
    use crate::figures::tell_one;

    let desktop = shiwen_headless::Desktop::start().context("no screen could be started")?;
    let mut times = Vec::new();
    // The first start warms the page cache and is not counted.
    for counted in std::iter::once(false).chain((0..arguments.starts).map(|_| true)) {
        let data = tempfile::tempdir_in(desktop.home())?;
        let answer = desktop
            .command(built("release", "shiwen"))
            .arg("--data-dir")
            .arg(data.path())
            .env("SHIWEN_MEASURE_START", "1")
            .output()
            .context("shiwen could not be started")?;
        let said = String::from_utf8_lossy(&answer.stderr);
        match said.lines().find_map(|line| line.strip_prefix("interactive_ms ")) {
            Some(time) if counted => times.push(time.trim().parse()?),
            Some(_) => {}
            None => bail!("shiwen ended with {} and told no start time:\n{said}", answer.status),
        }
    }
    tell_one(figures, "start_interactive_p50", percentile(&mut times, 50), "ms");
    tell_one(figures, "start_interactive_p95", percentile(&mut times, 95), "ms");
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn measure(_: &Arguments, _: &mut Figures) -> Result<()> {
    anyhow::bail!("the start of the window is measured on Linux only");
}
