//! `bench`: one `name value unit` line per figure on standard output, all else on standard error.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{built, cargo, program, run};
use crate::setup;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often the window is started
    #[arg(long, default_value_t = 5)]
    starts: u32,
}

pub(crate) fn bench(arguments: &Arguments) -> Result<()> {
    setup::provide(true)?;
    eprintln!("bench: release build");
    run(&mut cargo(["build", "--release", "--package", "shiwen", "--package", "shiwen-cli"]))?;
    let folder = tempfile::tempdir()?;
    extraction(folder.path())?;
    extractor()?;
    window_start(arguments.starts)
}

fn figure(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.1} {unit}");
}

/// How fast links are found, through the whole program: reading, finding, writing.
fn extraction(folder: &Path) -> Result<()> {
    const LINES: usize = 40_000;
    let lines = folder.join("texts.jsonl");
    let mut texts = String::new();
    for at in 0..LINES {
        let noise = "生活不止眼前的苟且 #日常 # vlog ".repeat(at % 5);
        writeln!(
            texts,
            r#"{{"id":"{at}","text":"{}.{} {noise}https://v.douyin.com/bench{at}/ 复制此链接，打开Dou音搜索，直接观看视频！ 10/2{} e@b.nd :1pm"}}"#,
            at % 10,
            at % 97,
            at % 9,
        )?;
    }
    fs::write(&lines, &texts)?;

    let started = Instant::now();
    let answer = program(built("release", "shiwen-cli"))
        .args(["extract", "--jsonl"])
        .stdin(File::open(&lines)?)
        .stderr(Stdio::inherit())
        .output()
        .context("shiwen-cli could not be started")?;
    let elapsed = started.elapsed().as_secs_f64();
    ensure!(answer.status.success(), "shiwen-cli extract failed ({})", answer.status);
    let answered = answer.stdout.iter().filter(|&&byte| byte == b'\n').count();
    ensure!(answered == LINES, "{LINES} lines were asked, {answered} were answered");
    figure("extract", texts.len() as f64 / 1e6 / elapsed, "MB/s");
    Ok(())
}

/// How fast links are found by the extractor alone, beside other ways and on hostile texts. It prints its own figures.
fn extractor() -> Result<()> {
    let example = ["run", "--release", "--package", "shiwen-share-text", "--example", "throughput"];
    run(&mut cargo(example))
}

/// From the start of the process to the page having drawn and reached Rust, on an empty history.
#[cfg(target_os = "linux")]
fn window_start(starts: u32) -> Result<()> {
    let desktop = shiwen_headless::Desktop::start().context("no screen could be started")?;
    let mut times = Vec::new();
    // The first start warms the page cache and is not counted.
    for counted in std::iter::once(false).chain((0..starts).map(|_| true)) {
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
    figure("start_interactive_p50", percentile(&mut times, 50), "ms");
    figure("start_interactive_p95", percentile(&mut times, 95), "ms");
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn window_start(_starts: u32) -> Result<()> {
    bail!("the start of the window is measured on Linux only");
}

/// The smallest value that at least `percent` of 100 values do not exceed; 0 of none.
fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut times = [5.0, 1.0, 3.0, 2.0, 4.0];
        assert_eq!(percentile(&mut times, 50), 3.0);
        assert_eq!(percentile(&mut times, 95), 5.0);
        assert_eq!(percentile(&mut [7.0], 50), 7.0);
    }
}
