//! Nothing that was paid for is lost: works are fetched as soon as their task has succeeded, and tried again while
//! that can help.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::FutureExt;
use shiwen_core::{TaskChange, TaskId, TaskState};
use tokio::{
    sync::{broadcast::error::RecvError, watch},
    task::{JoinHandle, JoinSet},
    time::Instant,
};

use super::{fetch::Stop, works::Works};

/// Works that are fetched at once.
const AT_ONCE: usize = 2;
/// After the first failure; doubled after each further one, up to the longest.
const PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// How often the history is read although nothing was announced, as with works of tasks in the trash.
const LOOK: Duration = Duration::from_secs(10 * 60);

type Work = (TaskId, u32);

/// Keeps works until it is dropped.
pub(crate) struct Keeper {
    stop: watch::Sender<Stop>,
    keeping: JoinHandle<()>,
}

impl Keeper {
    pub(crate) fn start(works: Arc<Works>) -> Self {
        let (stop, stopped) = watch::channel(Stop::Go);
        Self { stop, keeping: tokio::spawn(keep(works, stopped).boxed()) }
    }

    pub(crate) async fn close(mut self) {
        self.stop.send_replace(Stop::Close);
        if let Err(error) = (&mut self.keeping).await {
            tracing::warn!(%error, "the keeping of works did not end in order");
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.keeping.abort();
    }
}

/// A work that could not be fetched.
struct Wait {
    failures: u32,
    until: Instant,
}

async fn keep(works: Arc<Works>, stop: watch::Receiver<Stop>) {
    let pace = works.fetcher.pace;
    // Before the first look, so that nothing falls between.
    let mut changes = works.fetcher.engine.store().changes();
    let mut waiting: HashMap<Work, Wait> = HashMap::new();
    let mut fetching: JoinSet<(Work, bool)> = JoinSet::new();
    let mut out: Vec<Work> = Vec::new();
    loop {
        let wanted = works.fetcher.engine.store().works_to_keep().unwrap_or_else(|error| {
            tracing::warn!(%error, "works cannot be looked for");
            Vec::new()
        });
        let now = Instant::now();
        let is_due = |work: &&Work| waiting.get(*work).is_none_or(|wait| wait.until <= now);
        let due: Vec<Work> =
            wanted.iter().filter(is_due).filter(|work| !out.contains(*work)).copied().collect();
        for work in due.into_iter().take(AT_ONCE.saturating_sub(out.len())) {
            out.push(work);
            let (works, stop) = (works.clone(), stop.clone());
            fetching.spawn(async move {
                let kept = works.keep(work.0, work.1, &stop).await;
                if let Err(error) = &kept {
                    tracing::info!(task = %work.0, index = work.1, %error, "a work is not kept yet");
                }
                (work, kept.is_ok())
            });
        }
        let idle = wanted.iter().filter(|work| !out.contains(*work));
        let next = idle.filter_map(|work| Some(waiting.get(work)?.until)).min();
        let look = next.map_or(now + LOOK, |next| next.min(now + LOOK));
        let room = out.len() < AT_ONCE;
        tokio::select! {
            () = super::fetch::stopped(&stop) => break,
            Some(ended) = fetching.join_next() => match ended {
                Ok((work, true)) => {
                    out.retain(|fetched| *fetched != work);
                    waiting.remove(&work);
                }
                Ok((work, false)) => {
                    out.retain(|fetched| *fetched != work);
                    let failures = waiting.get(&work).map_or(0, |wait| wait.failures) + 1;
                    let pause = PAUSE.saturating_mul(1 << failures.min(10)) / 2;
                    let until = Instant::now() + pause.min(LONGEST_PAUSE).mul_f64(pace);
                    waiting.insert(work, Wait { failures, until });
                }
                Err(error) => {
                    tracing::error!(%error, "a work could not be kept");
                    out.clear();
                }
            },
            () = has_works(&mut changes) => {}
            () = tokio::time::sleep_until(look), if room => {}
        }
    }
    // Each saves what came and leaves.
    while fetching.join_next().await.is_some() {}
}

/// Resolves when a task may have works to keep.
async fn has_works(changes: &mut tokio::sync::broadcast::Receiver<TaskChange>) {
    loop {
        match changes.recv().await {
            Ok(TaskChange::Saved { task }) => {
                if task.state == TaskState::Succeeded && !task.works.is_empty() {
                    return;
                }
            }
            Ok(TaskChange::Removed { .. }) => {}
            Ok(TaskChange::Reload) | Err(RecvError::Lagged(_)) => return,
            // The store is gone, and with it soon this.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
