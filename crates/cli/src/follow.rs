//! `follow`: a task that was begun elsewhere, by its id at the provider. `wait`: one of the history. Both are free.

use shiwen_core::{Operation, ProviderId, TaskId, Timestamp};
use shiwen_engine::EngineError;
use shiwen_providers::service;
use shiwen_session::{Session, StoreError, Words};

use crate::{
    json,
    links::any_provider,
    output::{Exit, say},
    patience::Patience,
    print,
};

#[derive(clap::Args)]
pub(crate) struct Follow {
    #[arg(value_parser = any_provider())]
    provider: ProviderId,
    /// The provider's id of the task; for Coze workflow/run, or the run alone with a single saved workflow.
    remote_id: String,
    /// What it does, where the provider does several things: transcribe, resolve, generate_video, generate_image or
    /// generate_music. By default what the id tells, else the first that the provider offers.
    #[arg(long)]
    operation: Option<Operation>,
    #[command(flatten)]
    patience: Patience,
}

#[derive(clap::Args)]
pub(crate) struct Wait {
    /// The tasks' numbers, as `tasks` lists them.
    #[arg(required = true)]
    tasks: Vec<u32>,
    #[command(flatten)]
    patience: Patience,
}

impl Follow {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let operation = self.operation.unwrap_or_else(|| usual(self.provider, &self.remote_id));
        let task = session.engine.follow_remote(self.provider, operation, &self.remote_id)?;
        shown(session, &[task], &self.patience, json, words).await
    }
}

impl Wait {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let tasks: Vec<TaskId> = self.tasks.iter().map(|id| TaskId(*id)).collect();
        for id in &tasks {
            match session.engine.store().resume(*id, Timestamp::now()) {
                Ok(()) | Err(StoreError::WrongState) => {}
                Err(error) => return Err(EngineError::from(error).into()),
            }
        }
        shown(session, &tasks, &self.patience, json, words).await
    }
}

async fn shown(
    session: &Session,
    tasks: &[TaskId],
    patience: &Patience,
    json: bool,
    words: &Words,
) -> anyhow::Result<Exit> {
    let show = |detail: &_, index, exit| {
        if json {
            say!("{}", json::line(detail)?);
            return Ok(());
        }
        print::task(session, detail, index, exit, words)
    };
    patience.with(session, tasks, words, show).await
}

/// RawUGC's ids say what they are of: `vid_…`, `img_…`, `mus_…`.
fn usual(provider: ProviderId, id: &str) -> Operation {
    let told = match id.trim().split_once('_').map(|(kind, _)| kind) {
        Some("vid") => Some(Operation::GenerateVideo),
        Some("img") => Some(Operation::GenerateImage),
        Some("mus") => Some(Operation::GenerateMusic),
        _ => None,
    };
    let offered = service(provider).map_or(&[][..], |service| service.card().operations);
    let first_followed = [Operation::Transcribe, Operation::Resolve, Operation::GenerateVideo]
        .into_iter()
        .find(|operation| offered.contains(operation));
    told.filter(|operation| offered.contains(operation))
        .or(first_followed)
        .unwrap_or(Operation::Transcribe)
}
