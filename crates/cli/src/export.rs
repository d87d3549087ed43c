//! `export` and `import`: tasks as files, and back.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use anyhow::Context;
use shiwen_core::{
    Export as Job, ExportFailure, ExportFormat, ExportOrder, ExportState, Selection, TaskId,
};
use shiwen_session::{Session, Words};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    json,
    output::{Exit, say},
};

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["tasks", "query", "all"])))]
pub(crate) struct Export {
    /// Numbers of tasks, as `tasks` and `search` list them.
    tasks: Vec<u32>,
    /// Export what `search` finds for this text.
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    /// Export everything that is not in the trash.
    #[arg(long)]
    all: bool,
    /// txt, md, docx, csv, xlsx or json; by default what the end of --out says, else txt. Only json can be imported.
    #[arg(long, value_name = "FORMAT")]
    format: Option<ExportFormat>,
    /// The file, or with --each the folder; by default one in the folder of downloads. No file is ever overwritten.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// How a task is written in txt and md, e.g. '{{title}} ({{words}}): {{text}}'.
    #[arg(long, value_name = "TEXT")]
    template: Option<String>,
    /// A file for each task.
    #[arg(long)]
    each: bool,
}

#[derive(clap::Args)]
pub(crate) struct Import {
    /// A file that was exported as json. What is here already is merged, so doing it again changes nothing.
    file: PathBuf,
}

impl Export {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let mut changes = session.export_changes();
        let begun = session.start_export(self.order()?)?;
        let done = tokio::select! {
            done = ended(session, &mut changes, begun.id) => done?,
            _ = tokio::signal::ctrl_c() => {
                session.cancel_export(begun.id)?;
                ended(session, &mut changes, begun.id).await?
            }
        };
        if json {
            say!("{}", json::line(&done)?);
        }
        Ok(match done.state {
            ExportState::Done => {
                if !json {
                    say!("{}", done.path);
                }
                let count = done.done.to_string();
                eprintln!("{}", words.say("export.done", &[("count", &count)]));
                Exit::Done
            }
            ExportState::Cancelled => {
                eprintln!("{}", words.say("export.cancelled", &[]));
                Exit::Waiting
            }
            ExportState::Failed | ExportState::Running => {
                let failure = done.failure.unwrap_or(ExportFailure::History);
                eprintln!("{}", words.say(failure_key(failure), &[]));
                if failure == ExportFailure::History { Exit::Broken } else { Exit::Failed }
            }
        })
    }

    fn order(&self) -> anyhow::Result<ExportOrder> {
        let selection = match &self.query {
            Some(query) => Selection::Found { query: query.clone() },
            None if self.all => Selection::Found { query: String::new() },
            None => Selection::Tasks { ids: self.tasks.iter().copied().map(TaskId).collect() },
        };
        let out = self.out.as_ref().map(std::path::absolute).transpose();
        let out = out.context("the path has no absolute form")?;
        let format = self.format.or_else(|| out.as_deref().and_then(format_of));
        Ok(ExportOrder {
            selection,
            format: format.unwrap_or(ExportFormat::Txt),
            each: self.each,
            template: self.template.clone(),
            path: out.map(|path| path.to_string_lossy().into_owned()),
        })
    }
}

/// What the end of a file's name says.
fn format_of(path: &Path) -> Option<ExportFormat> {
    path.extension()?.to_str()?.to_lowercase().parse().ok()
}

fn failure_key(failure: ExportFailure) -> &'static str {
    match failure {
        ExportFailure::DiskFull => "export.disk_full",
        ExportFailure::Unwritable => "export.unwritable",
        ExportFailure::Nothing => "export.nothing",
        ExportFailure::NothingFound => "export.nothing_found",
        ExportFailure::TooMany => "export.too_many",
        ExportFailure::History => "export.history",
    }
}

/// Waits for the end of an export, and lets whoever watches see how far it is.
async fn ended(session: &Session, changes: &mut Receiver<Job>, id: u32) -> anyhow::Result<Job> {
    let is_watched = std::io::stderr().is_terminal();
    loop {
        let now = session.export(id)?;
        if now.state != ExportState::Running {
            if is_watched && now.total > 0 {
                eprintln!();
            }
            return Ok(now);
        }
        if is_watched && now.total > 0 {
            eprint!("\r{} / {}", now.done, now.total);
        }
        match changes.recv().await {
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => anyhow::bail!("the export was lost"),
        }
    }
}

impl Import {
    pub(crate) fn run(&self, session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
        let imported = session.import_file(&self.file)?;
        if json {
            say!("{}", json::line(&imported)?);
            return Ok(Exit::Done);
        }
        let numbers = [imported.added, imported.merged, imported.known, imported.skipped];
        let [added, merged, known, skipped] = numbers.map(|number| number.to_string());
        let places =
            [("added", &*added), ("merged", &*merged), ("known", &*known), ("skipped", &*skipped)];
        say!("{}", words.say("cli.imported", &places));
        Ok(Exit::Done)
    }
}
