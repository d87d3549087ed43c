//! `download`: a file of a task into a folder, gone on with where it broke off.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use shiwen_core::{Download, DownloadState, Media, TaskId};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Words};

use crate::output::{Exit, say};

/// How often a download is looked at besides its announcements.
const LOOK: Duration = Duration::from_millis(500);
/// Between two lines of progress where nobody watches them change.
const LINE_EVERY: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub(crate) struct Fetch {
    /// The task's number, as `tasks` lists it.
    task: u32,
    /// Its cover instead of its video.
    #[arg(long, conflicts_with = "work")]
    cover: bool,
    /// One of its works, as `show` counts them.
    #[arg(long, value_name = "N")]
    work: Option<u32>,
    /// Into this folder; by default the one in the settings, else the system's for downloads.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

impl Fetch {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let id = TaskId(self.task);
        let task = session.engine.store().task(id).map_err(EngineError::from)?;
        let media = match self.work {
            // 0 is none, like all numbers behind the last.
            Some(place) => Media::Work { index: place.checked_sub(1).unwrap_or(u32::MAX) },
            None if self.cover => Media::Cover,
            None if task.works.is_empty() => Media::Video,
            None => Media::Work { index: 0 },
        };
        bring(session, id, media, self.to.as_deref(), json, words).await
    }
}

/// Downloads a file and says how it goes. Interrupted, it keeps what came for the next time.
pub(crate) async fn bring(
    session: &Session,
    task: TaskId,
    media: Media,
    folder: Option<&Path>,
    json: bool,
    words: &Words,
) -> anyhow::Result<Exit> {
    let folder = folder
        .map(|folder| std::path::absolute(folder).context("the folder has no absolute path"))
        .transpose()?;
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder).context("the folder cannot be made")?;
    }
    let mut changes = session.download_changes();
    let started = session.start_download(task, media, folder).await?;
    let watched = async {
        let mut line = Line::default();
        let mut now = started.clone();
        while now.state == DownloadState::Running {
            line.show(&now, words);
            match tokio::time::timeout(LOOK, changes.recv()).await {
                Ok(Ok(change)) if change.id == started.id => now = change,
                Ok(Ok(_)) => {}
                // Missed or late: the list knows.
                Ok(Err(_)) | Err(_) => {
                    let all = session.downloads().map_err(EngineError::from)?;
                    now = all.into_iter().find(|it| it.id == started.id).unwrap_or(now);
                }
            }
        }
        line.end();
        anyhow::Ok(now)
    };
    let ended = tokio::select! {
        ended = watched => ended?,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            session.cancel_download(started.id).await?;
            eprintln!("\n{}", words.say("cli.download_stopped", &[]));
            return Ok(Exit::Waiting);
        }
    };
    if json {
        say!("{}", serde_json::to_string(&ended)?);
    }
    match (ended.state, ended.failure) {
        (DownloadState::Done, _) => {
            if !json {
                say!("{}", ended.path);
            }
            Ok(Exit::Done)
        }
        (_, Some(failure)) => {
            eprintln!("{}", words.say(&format!("download.{failure}"), &[]));
            Ok(Exit::Failed)
        }
        // Another process stopped it.
        _ => {
            eprintln!("{}", words.say("cli.download_stopped", &[]));
            Ok(Exit::Waiting)
        }
    }
}

/// The line of progress on standard error.
#[derive(Default)]
struct Line {
    said: Option<std::time::Instant>,
}

impl Line {
    fn show(&mut self, download: &Download, words: &Words) {
        let watched = std::io::stderr().is_terminal();
        if !watched && self.said.is_some_and(|said| said.elapsed() < LINE_EVERY) {
            return;
        }
        self.said = Some(std::time::Instant::now());
        let received = size(download.received);
        let amount = match download.total {
            Some(total) => {
                let total = size(total);
                words.say("download.of", &[("received", &received), ("total", &total)]).into_owned()
            }
            None => received,
        };
        let mut line = words.say("download.running", &[("amount", &amount)]).into_owned();
        if let Some(speed) = download.speed {
            line.push(' ');
            line.push_str(&words.say("download.speed", &[("size", &size(speed))]));
        }
        if watched {
            // Overwrites itself, with blanks for what a longer one left.
            eprint!("\r{line:<60}");
            let _ = std::io::stderr().flush();
        } else {
            eprintln!("{line}");
        }
    }

    fn end(&self) {
        if self.said.is_some() && std::io::stderr().is_terminal() {
            eprintln!();
        }
    }
}

fn size(bytes: f64) -> String {
    const MIB: f64 = 1024.0 * 1024.0;
    if bytes < MIB { format!("{:.0} KB", bytes / 1024.0) } else { format!("{:.1} MB", bytes / MIB) }
}
