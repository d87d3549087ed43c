//! `download`: a file of a task into a folder, gone on with where it broke off.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use shiwen_core::{Desk, Download, DownloadFailure, DownloadState, Media, Output, Task, TaskId};
use shiwen_engine::EngineError;
use shiwen_session::{MediaError, Session, Words};

use crate::{
    json,
    output::{Exit, NoFolder, say},
};

/// How often a download is looked at besides its announcements.
const LOOK: Duration = Duration::from_millis(500);
/// Tasks that are read at once.
const PAGE: u32 = 200;
/// Between two lines of progress where nobody watches them change.
const LINE_EVERY: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub(crate) struct Fetch {
    /// The number of the task, as `tasks` lists it. Without more its video is downloaded, or its first work.
    task: u32,
    /// Download the cover of the video instead.
    #[arg(long, conflicts_with = "work")]
    cover: bool,
    /// Download the N-th work, as `show` counts them; edits of it are works, too.
    #[arg(long, value_name = "N")]
    work: Option<usize>,
    /// The folder to download into, made if need be. By default the one of the settings, else the system's for
    /// downloads; in the sandbox the sandbox's own. No file is ever overwritten.
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
        let (id, media) = match self.work {
            Some(place) => work(session, id, place)?,
            None if self.cover => (id, Media::Cover),
            None if task.works.is_empty() => (id, Media::Video),
            None => (id, Media::Work { index: 0 }),
        };
        bring(session, id, media, self.to.as_deref(), json, words).await
    }
}

/// The n-th work that `show` lists. A version that an edit made is a file of the edit's own task.
fn work(session: &Session, task: TaskId, place: usize) -> anyhow::Result<(TaskId, Media)> {
    let store = session.engine.store();
    let detail = store.detail(task).map_err(EngineError::from)?;
    let Some(Output::Works { works }) = detail.output else { bail!(MediaError::NoSuchMedia) };
    let Some(wanted) = place.checked_sub(1).and_then(|place| works.get(place)) else {
        bail!(MediaError::NoSuchMedia)
    };
    let in_task = |of: &Task| {
        let at = of.works.iter().position(|work| work.remote_id == wanted.remote_id)?;
        Some((of.id, Media::Work { index: u32::try_from(at).ok()? }))
    };
    if let Some(found) = in_task(&detail.task) {
        return Ok(found);
    }
    let mut before = None;
    loop {
        let page = store.tasks(Desk::Works, before, PAGE).map_err(EngineError::from)?;
        let edits = page.tasks.iter().filter(|edit| edit.parent == Some(task));
        if let Some(found) = edits.filter_map(in_task).next() {
            return Ok(found);
        }
        match page.before {
            Some(_) => before = page.before,
            None => bail!(MediaError::NoSuchMedia),
        }
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
        std::fs::create_dir_all(folder).map_err(NoFolder)?;
    }
    let folder_is_named = folder.is_some();
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
        say!("{}", json::line(&ended)?);
    }
    match (ended.state, ended.failure) {
        (DownloadState::Done, _) => {
            if !json {
                say!("{}", ended.path);
            }
            Ok(Exit::Done)
        }
        (_, Some(failure)) => {
            // Nothing came, so nothing broke off.
            let key = match failure {
                DownloadFailure::Network if ended.received == 0.0 => {
                    "download.network_none".to_owned()
                }
                failure => format!("download.{failure}"),
            };
            eprintln!("{}", words.say(&key, &[]));
            let is_named = folder_is_named && failure == DownloadFailure::Unwritable;
            Ok(if is_named { Exit::Wrong } else { Exit::Failed })
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
