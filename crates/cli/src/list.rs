//! `tasks`, `show`, `providers`: reading what is there.

use shiwen_core::{Desk, Task, TaskId, TaskState, Wait, WaitReason};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::{
    failures, json,
    output::{Exit, say, state},
    patience::about,
    print,
};

#[derive(clap::Args)]
pub(crate) struct Tasks {
    /// How many at most.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Which list: texts (what was asked about links), works (what was generated) or research (searches and plans).
    #[arg(long, default_value = "texts")]
    desk: Desk,
}

impl Tasks {
    pub(crate) fn run(&self, session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
        let store = session.engine.store();
        let page = store.tasks(self.desk, None, self.limit).map_err(EngineError::from)?;
        if json {
            say!("{}", json::line(&page)?);
            return Ok(Exit::Done);
        }
        for task in &page.tasks {
            say!("{}", row(task, words));
        }
        if page.tasks.len() < page.total as usize {
            let (shown, total) = (page.tasks.len().to_string(), page.total.to_string());
            let places = [("shown", &*shown), ("total", &*total)];
            eprintln!("{}", words.say("cli.newest_of", &places));
        }
        for desk in Desk::ALL.iter().filter(|desk| **desk != self.desk) {
            let total = store.tasks(*desk, None, 1).map_err(EngineError::from)?.total;
            if total > 0 {
                eprintln!("{}", words.say(elsewhere(*desk), &[("count", &total.to_string())]));
            }
        }
        Ok(Exit::Done)
    }
}

/// A task on one line: its number, how it stands, what it is and what it is called.
pub(crate) fn row(task: &Task, words: &Words) -> String {
    let state = match task.wait {
        Some(Wait { reason: WaitReason::Paused, .. }) => words.say("wait.paused", &[]),
        _ => state(words, task),
    };
    let what = match &task.link {
        Some(link) => format!("platform.{}", link.platform),
        None => format!("operation.{}", task.operation),
    };
    let what = words.say(&what, &[]);
    format!("{}\t{state}\t{what}\t{}", task.id, task.title().unwrap_or(about(task)))
}

/// Says how many tasks are in another list.
fn elsewhere(desk: Desk) -> &'static str {
    match desk {
        Desk::Texts => "cli.elsewhere.texts",
        Desk::Works => "cli.elsewhere.works",
        Desk::Research => "cli.elsewhere.research",
    }
}

pub(crate) fn show(session: &Session, id: u32, json: bool, words: &Words) -> anyhow::Result<Exit> {
    let detail = session.engine.store().detail(TaskId(id)).map_err(EngineError::from)?;
    if json {
        say!("{}", json::line(&detail)?);
        return Ok(Exit::Done);
    }
    let task = &detail.task;
    if let Some(title) = task.title() {
        say!("{title}");
    }
    if let Some(link) = &task.link {
        say!("{}", link.url);
    }
    say!("{}", failures::line(session, &detail, words));
    if let Some(said) = failures::said(words, task) {
        say!("{said}");
    }
    if task.state == TaskState::Succeeded {
        say!("");
        print::result(&detail, words)?;
    }
    Ok(Exit::Done)
}

pub(crate) fn providers(session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
    let providers = session.engine.providers()?;
    if json {
        say!("{}", json::line(&providers)?);
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
