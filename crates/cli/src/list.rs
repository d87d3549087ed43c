//! `tasks`, `show`, `providers`: reading what is there.

use shiwen_core::{Desk, TaskId, TaskState, Unit};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::{
    output::{Exit, cause, say, state},
    patience::about,
    print,
};

#[derive(clap::Args)]
pub(crate) struct Tasks {
    /// How many.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Whose list: texts, works (generated) or research (searches and plans).
    #[arg(long, default_value = "texts")]
    desk: Desk,
}

impl Tasks {
    pub(crate) fn run(&self, session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
        let store = session.engine.store();
        let page = store.tasks(self.desk, None, self.limit).map_err(EngineError::from)?;
        if json {
            say!("{}", serde_json::to_string(&page)?);
            return Ok(Exit::Done);
        }
        for task in &page.tasks {
            let state = state(words, task);
            let what = match &task.link {
                Some(link) => words.say(&format!("platform.{}", link.platform), &[]).into_owned(),
                None => words.say(&format!("operation.{}", task.operation), &[]).into_owned(),
            };
            say!("{}\t{state}\t{what}\t{}", task.id, task.title().unwrap_or(about(task)));
        }
        Ok(Exit::Done)
    }
}

pub(crate) fn show(session: &Session, id: u32, json: bool, words: &Words) -> anyhow::Result<Exit> {
    let detail = session.engine.store().detail(TaskId(id)).map_err(EngineError::from)?;
    if json {
        say!("{}", serde_json::to_string(&detail)?);
        return Ok(Exit::Done);
    }
    let task = &detail.task;
    if let Some(title) = task.title() {
        say!("{title}");
    }
    if let Some(link) = &task.link {
        say!("{}", link.url);
    }
    let unit = session.engine.provider(task.provider).map_or(Unit::Use, |provider| provider.unit);
    say!("{}", cause(words, task, unit));
    if task.state == TaskState::Succeeded {
        say!("");
        print::result(&detail, words)?;
    }
    Ok(Exit::Done)
}

pub(crate) fn providers(session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
    let providers = session.engine.providers()?;
    if json {
        say!("{}", serde_json::to_string(&providers)?);
        return Ok(Exit::Done);
    }
    for provider in &providers {
        let key = if provider.ready { "cli.provider_ready" } else { "cli.provider_not_ready" };
        let operations: Vec<_> = provider
            .operations
            .iter()
            .map(|operation| words.say(&format!("operation.{operation}"), &[]).into_owned())
            .collect();
        say!(
            "{}\t{}\t{}\t{}",
            provider.id,
            provider.name,
            words.say(key, &[]),
            operations.join(" / ")
        );
    }
    Ok(Exit::Done)
}
