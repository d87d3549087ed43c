//! The sandbox of one data folder, on one port over all runs: addresses that it gave stand in the history, and a task
//! that a run left is followed there by the next one.

use std::{
    fs::{self, File, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt;
use shiwen_sandbox::{Options, Sandbox};
use tokio::{task::JoinHandle, time::Instant};

use crate::held;

/// Holds the port of the last run as digits. Missing while a process looks for one.
const PORT: &str = "port";
/// Locked by the process that plays the services.
const LOCK: &str = "port.lock";
/// How long another process may take to find its port.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often another process's port is looked for, and later whether that process has ended. A call that finds nobody
/// was never sent, so it is made again.
const LOOK: Duration = Duration::from_millis(100);

/// The simulated services of a folder, played by this process or by another one.
pub(crate) struct Played {
    pub(crate) url: String,
    here: Arc<Mutex<Option<Here>>>,
    taking_over: Mutex<Option<JoinHandle<()>>>,
}

/// The services in this process. The port is given back before the lock is.
struct Here {
    sandbox: Sandbox,
    _lock: File,
}

impl Played {
    /// Plays the services, on the port of the last run where that is free; or finds the process that does so for this
    /// folder, and goes on with its part when it ends.
    ///
    /// # Errors
    /// When the folder cannot be written or no port can be had.
    pub(crate) async fn start(folder: &Path, pace: f64) -> io::Result<Self> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(lock) = lock(folder)? {
                let here = Here::start(folder, lock, pace).await?;
                let url = here.sandbox.url().to_owned();
                let here = Arc::new(Mutex::new(Some(here)));
                return Ok(Self { url, here, taking_over: Mutex::default() });
            }
            if let Some(port) = last_port(folder) {
                let here = Arc::default();
                let waiting = take_over(folder.to_owned(), port, pace, Arc::clone(&here));
                let url = format!("http://127.0.0.1:{port}");
                let taking_over = Mutex::new(Some(tokio::spawn(waiting.boxed())));
                return Ok(Self { url, here, taking_over });
            }
            if Instant::now() >= deadline {
                return Err(ErrorKind::TimedOut.into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Gives back the port, where this process has it.
    pub(crate) async fn stop(&self) {
        let taking_over = held(&self.taking_over).take();
        if let Some(taking_over) = taking_over {
            taking_over.abort();
            // Cancelled or done, it takes nothing any more.
            let _ = taking_over.await;
        }
        let here = held(&self.here).take();
        if let Some(Here { sandbox, _lock }) = here {
            sandbox.stop().await;
        }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        if let Some(taking_over) = held(&self.taking_over).take() {
            taking_over.abort();
        }
    }
}

impl Here {
    async fn start(folder: &Path, lock: File, pace: f64) -> io::Result<Self> {
        let last = last_port(folder);
        // Whoever looks meanwhile must not find a port that somebody else may have by now.
        match fs::remove_file(folder.join(PORT)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let at = |port| Sandbox::start(Options { port, pace, ..Options::default() });
        let sandbox = match last {
            Some(port) => match at(port).await {
                Err(error) if error.kind() != ErrorKind::InvalidInput => {
                    tracing::info!(%error, port, "the sandbox takes another port");
                    at(0).await?
                }
                started => started?,
            },
            None => at(0).await?,
        };
        let port = sandbox.url().rsplit(':').next().unwrap_or_default();
        // Under its name it is whole.
        let written = folder.join("port.new");
        fs::write(&written, port)?;
        fs::rename(written, folder.join(PORT))?;
        Ok(Self { sandbox, _lock: lock })
    }
}

/// Plays the services on the same port as soon as the process that did has ended. Where the port cannot be had, it
/// goes on trying: everything in this process names it.
async fn take_over(folder: PathBuf, port: u16, pace: f64, here: Arc<Mutex<Option<Here>>>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Ok(Some(lock)) = lock(&folder) else { continue };
        match Sandbox::start(Options { port, pace, ..Options::default() }).await {
            Ok(sandbox) => {
                *held(&here) = Some(Here { sandbox, _lock: lock });
                return;
            }
            Err(error) => tracing::warn!(%error, port, "the sandbox cannot be taken over"),
        }
    }
}

/// The right to play the services of this folder; none while another process has it.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The port of the last run; none where nobody kept one that can be read.
fn last_port(folder: &Path) -> Option<u16> {
    let text = fs::read_to_string(folder.join(PORT)).ok()?;
    text.trim().parse().ok().filter(|port| *port != 0)
}
