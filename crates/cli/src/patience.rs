//! Waiting for tasks to end, for as long as the user wishes.

use std::{io::IsTerminal, time::Duration};

use shiwen_core::{Task, TaskDetail, TaskId, TaskState};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::output::{Exit, state};

/// How often the history is looked at besides its announcements: another process may own the tasks.
const LOOK: Duration = Duration::from_millis(250);

#[derive(clap::Args)]
pub(crate) struct Patience {
    /// Wait until it has ended. This is the default; it takes back a --no-wait before it.
    #[arg(long, overrides_with = "no_wait")]
    wait: bool,
    /// End as soon as the provider has accepted. The tasks go on at the next run, e.g. with `wait`.
    #[arg(long, overrides_with = "wait")]
    no_wait: bool,
    /// Stop waiting after this many seconds. The tasks go on at the next start.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

impl Patience {
    /// Brings the tasks to life and shows each, in order, when it has ended or waiting for it has.
    pub(crate) async fn with(
        &self,
        session: &Session,
        tasks: &[TaskId],
        words: &Words,
        mut show: impl FnMut(&TaskDetail, usize, Exit) -> anyhow::Result<()>,
    ) -> anyhow::Result<Exit> {
        session.run()?;
        let all = async {
            let mut worst = Exit::Done;
            for (index, id) in tasks.iter().enumerate() {
                let exit = self.ended(session, *id, words).await?;
                let detail = session.engine.store().detail(*id).map_err(EngineError::from)?;
                show(&detail, index, exit)?;
                worst = worst.max(exit);
            }
            Ok(worst)
        };
        tokio::select! {
            exit = all => exit,
            () = asleep(self.timeout.map(Duration::from_secs)) => {
                eprintln!("{}", words.say("cli.still_running", &[]));
                Ok(Exit::Waiting)
            }
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                eprintln!("{}", words.say("cli.still_running", &[]));
                Ok(Exit::Waiting)
            }
        }
    }

    async fn ended(&self, session: &Session, id: TaskId, words: &Words) -> anyhow::Result<Exit> {
        let store = session.engine.store();
        let mut changes = store.changes();
        let mut said: Option<(TaskState, Option<u8>)> = None;
        loop {
            let task: Task = store.task(id).map_err(EngineError::from)?;
            if said != Some((task.state, task.progress)) {
                // Somebody who watches wants to know; a script reads standard output only.
                if std::io::stderr().is_terminal() {
                    let state = state(words, &task);
                    let progress =
                        task.progress.map(|part| format!(" {part}%")).unwrap_or_default();
                    eprintln!("{state}{progress} {}", about(&task));
                }
                said = Some((task.state, task.progress));
            }
            if let Some(exit) = Exit::of_task(&task) {
                return Ok(exit);
            }
            if self.no_wait && !self.wait && has_left(&task) {
                return Ok(Exit::Done);
            }
            // Announcements of this process, or another's writes found by looking.
            let _ = tokio::time::timeout(LOOK, changes.recv()).await;
        }
    }
}

/// Whether the provider has it, or it cannot be sent for now.
fn has_left(task: &Task) -> bool {
    match task.state {
        TaskState::Queued => task.wait.is_some(),
        TaskState::Submitting => false,
        _ => true,
    }
}

/// What names a task on a line: its link, else what was asked for.
pub(crate) fn about(task: &Task) -> &str {
    let link = task.link.as_ref().map(|link| link.url.as_str());
    link.or(task.subject.as_deref()).or(task.remote_id.as_deref()).unwrap_or_default()
}

async fn asleep(deadline: Option<Duration>) {
    match deadline {
        Some(deadline) => tokio::time::sleep(deadline).await,
        None => std::future::pending().await,
    }
}
