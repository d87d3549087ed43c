//! A program with a window, started to be measured: it says on standard error when its page is there.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use shiwen_headless::Desktop;

const SHOWN_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(30);

pub(super) struct Watched {
    child: Child,
    lines: Receiver<String>,
    /// From the start of the process to its page's second frame having reached Rust, in ms.
    pub(super) interactive: f64,
}

impl Watched {
    /// Starts `program` and waits for its page. It ends by itself `stays` later.
    pub(super) fn start(mut program: Command, stays: Duration) -> Result<Self> {
        program.env("SHIWEN_MEASURE_START", stays.as_millis().to_string());
        let begin = Instant::now();
        let mut child =
            program.stderr(Stdio::piped()).spawn().context("it could not be started")?;
        let said = child.stderr.take().context("a child without standard error")?;
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut watched = Self { child, lines, interactive: 0.0 };
        loop {
            let left = SHOWN_WITHIN.saturating_sub(begin.elapsed());
            match watched.lines.recv_timeout(left) {
                Ok(line) if line.starts_with("interactive") => break,
                Ok(line) => eprintln!("    {line}"),
                Err(_) => {
                    let _ = watched.child.kill();
                    let ended = watched.child.wait()?;
                    anyhow::bail!("no page came up; ended with {ended}");
                }
            }
        }
        watched.interactive = begin.elapsed().as_secs_f64() * 1000.0;
        Ok(watched)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Waits until it has ended by itself.
    pub(super) fn ended(mut self) -> Result<()> {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                anyhow::ensure!(status.success(), "it ended with {status}");
                return Ok(());
            }
            if begin.elapsed() > ENDS_WITHIN {
                self.child.kill()?;
                self.child.wait()?;
                anyhow::bail!("it did not end");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Our program on this data folder.
pub(super) fn shiwen(desktop: &Desktop, folder: &Path) -> Command {
    let mut command = desktop.command(crate::command::built("release", "shiwen"));
    command.arg("--data-dir").arg(folder);
    command
}
