//! One file, with patience: over breaks of the connection, and with a new address where the old one has run out.

use std::{path::Path, sync::Arc, time::Duration};

use shiwen_core::{DownloadFailure, FailureKind, Media, Task, TaskId};
use shiwen_engine::{Clock, Engine, EngineError, SystemClock};
use shiwen_http::{DownloadError, Downloaded, FileKind, Known, Progress, Sender, Wish};
use shiwen_store::StoreError;
use tokio::sync::watch;

use super::source::{Source, source};

/// Breaks in a row without a new byte after which a file is given up.
const BREAKS: u32 = 4;
/// After the first break; doubled after each further one.
const PAUSE: Duration = Duration::from_secs(1);
/// Times that a provider is waited for that takes no calls just now.
const WAITS: u32 = 3;

/// Whether whoever wanted a file still does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    Go,
    /// The user does not want it any more.
    Cancel,
    /// The program ends; it goes on with the file next time.
    Close,
}

/// Resolves when the file is not wanted any more, also when nobody is left to say so.
pub(crate) async fn stopped(stop: &watch::Receiver<Stop>) {
    let mut stop = stop.clone();
    let _ = stop.wait_for(|stop| *stop != Stop::Go).await;
}

/// What is fetched into which part.
pub(crate) struct Job<'a> {
    pub(crate) task: TaskId,
    pub(crate) media: Media,
    pub(crate) part: &'a Path,
    /// What is known of the part from an earlier time.
    pub(crate) known: Option<Known>,
    /// In bytes.
    pub(crate) cap: u64,
}

/// Why a file did not come.
#[derive(Debug)]
pub(crate) enum Trouble {
    Failed(DownloadFailure),
    Stopped,
    /// Somebody else fetches it into the same part.
    Taken,
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A file that came whole.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) kind: FileKind,
    pub(crate) bytes: u64,
}

#[derive(Clone)]
pub(crate) struct Fetcher {
    pub(crate) engine: Engine,
    pub(crate) sender: Arc<Sender>,
    /// Multiplies every pause: 1.0 for real hosts, less in the sandbox.
    pub(crate) pace: f64,
}

impl Fetcher {
    /// Fetches a file into its part, which stays where it is.
    pub(crate) async fn fetch(
        &self,
        job: Job<'_>,
        stop: &watch::Receiver<Stop>,
        mut progress: impl FnMut(&Progress) + Send,
    ) -> Result<Fetched, Trouble> {
        let mut task = self.engine.store().task(job.task)?;
        let mut known = job.known;
        let mut most = known.as_ref().map_or(0, |known| known.bytes);
        let (mut breaks, mut renewed) = (0, false);
        loop {
            let Some(Source { url, class, expires_at }) = source(&task, job.media) else {
                return Err(Trouble::Failed(DownloadFailure::Expired));
            };
            let has_run_out = expires_at.is_some_and(|at| at <= SystemClock.now());
            if has_run_out && !renewed {
                task = self.renewed(job.task, stop).await?;
                renewed = true;
                continue;
            }
            let wish =
                Wish { url: &url, part: job.part, known: known.as_ref(), cap: job.cap, class };
            let mut last = None;
            let outcome = self
                .sender
                .download(wish, stopped(stop), |now| {
                    progress(now);
                    last = Some(now.clone());
                })
                .await;
            if let Some(last) = last {
                known = last.validator.map(|validator| Known {
                    bytes: last.saved,
                    total: last.total,
                    validator,
                });
                if last.received > most {
                    (most, breaks) = (last.received, 0);
                }
            }
            let failure = match outcome {
                Ok(Downloaded::Whole { kind, bytes }) => return Ok(Fetched { kind, bytes }),
                Ok(Downloaded::Stopped) => return Err(Trouble::Stopped),
                Err(DownloadError::Taken) => return Err(Trouble::Taken),
                Err(DownloadError::Expired(_)) if !renewed => {
                    task = self.renewed(job.task, stop).await?;
                    renewed = true;
                    continue;
                }
                Err(error) => sorted(&error),
            };
            breaks += 1;
            if failure != DownloadFailure::Network || breaks == BREAKS {
                return Err(Trouble::Failed(failure));
            }
            self.pause(PAUSE * 2_u32.pow(breaks - 1), stop).await?;
        }
    }

    /// The task with addresses that its provider has just given.
    async fn renewed(&self, id: TaskId, stop: &watch::Receiver<Stop>) -> Result<Task, Trouble> {
        for _ in 0..WAITS {
            let asked = tokio::select! {
                asked = self.engine.refresh(id) => asked,
                () = stopped(stop) => return Err(Trouble::Stopped),
            };
            let error = match asked {
                Ok(task) => return Ok(task),
                Err(EngineError::Busy { until, .. }) => {
                    let wait = until.since(SystemClock.now());
                    tokio::select! {
                        () = tokio::time::sleep(wait) => continue,
                        () = stopped(stop) => return Err(Trouble::Stopped),
                    }
                }
                Err(error) => error,
            };
            // By a name that the log file does not write down: a refusal may repeat what was asked.
            tracing::info!(task = %id, refusal = %error, "no new address");
            return Err(Trouble::Failed(if may_pass(&error) {
                DownloadFailure::Network
            } else {
                DownloadFailure::Expired
            }));
        }
        Err(Trouble::Failed(DownloadFailure::Network))
    }

    /// Waits for so long at the pace of this session.
    pub(crate) async fn pause(
        &self,
        pause: Duration,
        stop: &watch::Receiver<Stop>,
    ) -> Result<(), Trouble> {
        tokio::select! {
            () = tokio::time::sleep(pause.mul_f64(self.pace)) => Ok(()),
            () = stopped(stop) => Err(Trouble::Stopped),
        }
    }
}

/// Whether the provider may give a new address another time.
fn may_pass(error: &EngineError) -> bool {
    match error {
        EngineError::Refused(failure) => matches!(
            failure.0.kind,
            FailureKind::Network
                | FailureKind::RateLimited
                | FailureKind::ConcurrencyFull
                | FailureKind::ProviderInternal
                | FailureKind::MalformedResponse
                | FailureKind::Unauthorized
        ),
        EngineError::NotReady(_) | EngineError::Keychain(_) | EngineError::Busy { .. } => true,
        EngineError::Store(error) => {
            !matches!(error, StoreError::WrongState | StoreError::TaskGone)
        }
        EngineError::NoLink
        | EngineError::NotOffered(_)
        | EngineError::InvalidField { .. }
        | EngineError::InvalidId
        | EngineError::Faults(_)
        | EngineError::Unfit(_)
        | EngineError::Uncertain(_) => false,
    }
}

fn sorted(error: &DownloadError) -> DownloadFailure {
    match error {
        DownloadError::NotAllowed => DownloadFailure::NotAllowed,
        DownloadError::Expired(_) => DownloadFailure::Expired,
        DownloadError::NotTheFile => DownloadFailure::NotTheFile,
        DownloadError::TooLarge => DownloadFailure::TooLarge,
        DownloadError::DiskFull => DownloadFailure::DiskFull,
        DownloadError::Unwritable(_) => DownloadFailure::Unwritable,
        DownloadError::Redirects
        | DownloadError::Status(_)
        | DownloadError::Taken
        | DownloadError::Send(_) => DownloadFailure::Network,
    }
}
