//! One export, from its turn to its end.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use shiwen_core::{Export, ExportFailure, ExportOrder, ExportState, Selection, Timestamp};
use shiwen_export::{Exported, Plan, Template, Wording, WriteError, Writer};
use tokio::sync::watch;

use super::{
    PAGE, Shared, Trouble, record,
    sink::{Sink, Verdict, failure},
    target::{Target, stem_of_task},
};
use crate::{
    files::place::{new_part, settle, take_name},
    search,
};

/// Between two changes of one export that are told.
const TOLD_EVERY: Duration = Duration::from_millis(200);

pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) order: ExportOrder,
    pub(super) template: Option<Template>,
    pub(super) target: Target,
    pub(super) wording: Wording,
    pub(super) now: Export,
    pub(super) stop: watch::Receiver<bool>,
}

impl Job {
    /// Waits for its turn, writes, and says how it ended.
    pub(super) async fn run(self) {
        let shared = self.shared.clone();
        // Held until the end has been told: whoever waits for that may rely on it.
        let mut stop = self.stop.clone();
        let before = self.now.clone();
        let turn = tokio::select! {
            turn = shared.turn.acquire() => turn.ok(),
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let (mut now, outcome) = match turn {
            None => (before, Err(Trouble::Cancelled)),
            Some(_turn) => match tokio::task::spawn_blocking(|| self.write()).await {
                Ok(ended) => ended,
                Err(error) => {
                    tracing::error!(%error, "an export broke off");
                    (before, Err(Trouble::Failed(ExportFailure::Unwritable)))
                }
            },
        };
        (now.state, now.failure) = match outcome {
            Ok(()) => (ExportState::Done, None),
            Err(Trouble::Cancelled) => (ExportState::Cancelled, None),
            Err(Trouble::Failed(failure)) => (ExportState::Failed, Some(failure)),
            Err(Trouble::Store(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the history could not be exported"
                );
                (ExportState::Failed, Some(ExportFailure::History))
            }
        };
        shared.tell(&now);
    }

    fn write(mut self) -> (Export, Result<(), Trouble>) {
        let outcome = self.try_to_write();
        // Whoever stopped it made what it failed with.
        let outcome = match outcome {
            Err(_) if *self.stop.borrow() => Err(Trouble::Cancelled),
            outcome => outcome,
        };
        (self.now, outcome)
    }

    fn try_to_write(&mut self) -> Result<(), Trouble> {
        let ids = search::selected(&self.shared.store, &self.order.selection)?;
        self.now.total = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        if ids.is_empty() {
            return Err(Trouble::Failed(match self.order.selection {
                Selection::Found { .. } => ExportFailure::NothingFound,
                Selection::Tasks { .. } => ExportFailure::Nothing,
            }));
        }
        self.shared.tell(&self.now);
        let is_new = self.target.make().map_err(sorted)?;
        let mut made = Made::new(self.target.folder.clone(), is_new);
        let pages = Pages { ids: ids.chunks(PAGE), told: Instant::now() };
        let path = match self.target.stem.clone() {
            Some(stem) => self.write_one(&stem, pages, &mut made)?,
            None => self.write_each(pages, &mut made)?,
        };
        settle(&self.target.folder);
        made.keep();
        self.now.path = path.to_string_lossy().into_owned();
        Ok(())
    }

    fn write_one(
        &mut self,
        stem: &str,
        mut pages: Pages<'_>,
        made: &mut Made,
    ) -> Result<PathBuf, Trouble> {
        let part = made.begin(stem).map_err(sorted)?;
        let (out, verdict) = self.sink(&part)?;
        // The wording is lent to the writer while progress is noted.
        let Self { shared, wording, template, order, now, stop, target } = self;
        let plan = plan(order, template.as_ref(), now.total);
        let judged = |error: WriteError| trouble(error, &verdict);
        let mut writer = Writer::new(plan, wording, out).map_err(judged)?;
        let mut is_empty = true;
        pages.each(shared, now, stop, |task| {
            is_empty = false;
            writer.add(task).map_err(judged)
        })?;
        if is_empty {
            return Err(Trouble::Failed(ExportFailure::Nothing));
        }
        writer.finish().and_then(|out| Ok(out.end(true)?)).map_err(judged)?;
        let named = match target.replaces {
            true => made.replace(stem, target.ending),
            false => made.name(stem, target.ending),
        };
        named.map_err(sorted)
    }

    fn write_each(&mut self, mut pages: Pages<'_>, made: &mut Made) -> Result<PathBuf, Trouble> {
        let Self { shared, wording, template, order, now, stop, target } = self;
        let watched = stop.clone();
        pages.each(shared, now, stop, |task| {
            let stem = stem_of_task(task, wording);
            let part = made.begin(&stem).map_err(sorted)?;
            let (out, verdict) = sink(&part, &watched)?;
            let judged = |error: WriteError| trouble(error, &verdict);
            let plan = plan(order, template.as_ref(), 1);
            let mut writer = Writer::new(plan, wording, out).map_err(judged)?;
            writer.add(task).map_err(judged)?;
            writer.finish().and_then(|out| Ok(out.end(false)?)).map_err(judged)?;
            made.name(&stem, target.ending).map(drop).map_err(sorted)
        })?;
        if made.files.is_empty() {
            return Err(Trouble::Failed(ExportFailure::Nothing));
        }
        Ok(self.target.folder.clone())
    }

    fn sink(&self, part: &Path) -> Result<(Sink, Verdict), Trouble> {
        sink(part, &self.stop)
    }
}

fn sink(part: &Path, stop: &watch::Receiver<bool>) -> Result<(Sink, Verdict), Trouble> {
    let file = File::options().write(true).open(part).map_err(sorted)?;
    let verdict = Verdict::default();
    Ok((Sink::new(file, stop.clone(), verdict.clone()), verdict))
}

fn plan<'a>(order: &ExportOrder, template: Option<&'a Template>, tasks: u32) -> Plan<'a> {
    Plan { format: order.format, template, tasks, at: Timestamp::now() }
}

fn sorted(error: io::Error) -> Trouble {
    tracing::info!(%error, "a folder for exports cannot be written");
    Trouble::Failed(failure(error.kind()))
}

/// What a format failed with: the file, or else what the format can hold.
fn trouble(error: WriteError, verdict: &Verdict) -> Trouble {
    tracing::info!(error = &error as &dyn std::error::Error, "an export could not be written");
    verdict.trouble().unwrap_or(Trouble::Failed(ExportFailure::TooMany))
}

/// The tasks of an export, a page at a time.
struct Pages<'a> {
    ids: std::slice::Chunks<'a, shiwen_core::TaskId>,
    told: Instant,
}

impl Pages<'_> {
    /// Hands on each task that is still there, and says how far it is.
    fn each(
        &mut self,
        shared: &Shared,
        now: &mut Export,
        stop: &watch::Receiver<bool>,
        mut take: impl FnMut(&Exported) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        for page in self.ids.by_ref() {
            let records = shared.store.records(page)?;
            let gone = page.len() - records.len();
            for record in records {
                if *stop.borrow() {
                    return Err(Trouble::Cancelled);
                }
                take(&record::exported(record))?;
                now.done += 1;
                if self.told.elapsed() >= TOLD_EVERY {
                    self.told = Instant::now();
                    shared.tell(now);
                }
            }
            // What was deleted meanwhile is not waited for.
            now.total = now.total.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX));
        }
        Ok(())
    }
}

/// What an export has made so far; it goes with it, unless it is kept.
struct Made {
    folder: PathBuf,
    is_new: bool,
    part: Option<PathBuf>,
    files: Vec<String>,
    kept: bool,
}

impl Made {
    fn new(folder: PathBuf, is_new: bool) -> Self {
        Self { folder, is_new, part: None, files: Vec::new(), kept: false }
    }

    fn begin(&mut self, stem: &str) -> io::Result<PathBuf> {
        let part = self.folder.join(new_part(&self.folder, stem)?);
        self.part = Some(part.clone());
        Ok(part)
    }

    /// Gives what was begun its name.
    fn name(&mut self, stem: &str, ending: &str) -> io::Result<PathBuf> {
        let part = self.part.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let name = take_name(part, &self.folder, stem, ending)?;
        self.part = None;
        let path = self.folder.join(&name);
        self.files.push(name);
        Ok(path)
    }

    /// As [`Made::name`]; what has that name goes, in the same moment. So this is the last that is done.
    fn replace(&mut self, stem: &str, ending: &str) -> io::Result<PathBuf> {
        let part = self.part.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let path = self.folder.join(format!("{stem}.{ending}"));
        fs::rename(part, &path)?;
        self.part = None;
        Ok(path)
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let files = self.files.iter().map(|name| self.folder.join(name));
        for path in files.chain(self.part.take()) {
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!(%error, "a file of an export that did not end stays");
            }
        }
        if self.is_new {
            // Somebody may have put something else there.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}
