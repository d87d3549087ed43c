//! `pause`, `resume`: what was pasted together, named by any of its tasks. Whoever runs the tasks heeds it, the window too.

use shiwen_core::{Paste, PasteId, TaskId};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::{
    json, list,
    output::{Exit, say},
};

#[derive(clap::Args)]
pub(crate) struct Member {
    /// The number of any task of it, as `tasks` lists it.
    id: u32,
}

impl Member {
    pub(crate) fn pause(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let paused = session.engine.pause_paste(self.paste(session)?);
        show(&paused.map_err(EngineError::from)?, json, words)
    }

    pub(crate) fn resume(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let resumed = session.engine.resume_paste(self.paste(session)?);
        show(&resumed.map_err(EngineError::from)?, json, words)
    }

    fn paste(&self, session: &Session) -> Result<PasteId, EngineError> {
        Ok(session.engine.store().task(TaskId(self.id))?.paste)
    }
}

fn show(paste: &Paste, json: bool, words: &Words) -> anyhow::Result<Exit> {
    if json {
        say!("{}", json::line(paste)?);
        return Ok(Exit::Done);
    }
    for task in &paste.tasks {
        say!("{}", list::row(task, words));
    }
    Ok(Exit::Done)
}
