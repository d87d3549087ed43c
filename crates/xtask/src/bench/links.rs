//! How fast links are found.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::Arguments;
use crate::command::{built, cargo, program};
use crate::figures::{Figures, figure, tell_one, told};

const LINES: usize = 40_000;

pub(super) fn measure(_: &Arguments, figures: &mut Figures) -> Result<()> {
    extraction(figures)?;
    // The extractor alone, beside other ways and on hostile texts.
    let example = ["run", "--release", "--package", "shiwen-share-text", "--example", "throughput"];
    told(&mut cargo(example), figures, |line| figure("", line))
}

/// Through the whole program: reading, finding, writing.
fn extraction(figures: &mut Figures) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let lines = folder.path().join("texts.jsonl");
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
    let speed = texts.len() as f64 / 1e6 / elapsed;
    tell_one(figures, "extract", (speed * 10.0).round() / 10.0, "MB/s");
    Ok(())
}
