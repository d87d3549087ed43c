//! Exports and imports: what leaves the history as files and as a table, and what is brought from another one.
//!
//! For the window and the command line:
//!
//! - [`Session::start_export`] begins one in the background and answers at once; one runs at a time, the others wait.
//!   [`Session::export_changes`] tells of each change, [`Session::exports`] lists them, [`Session::cancel_export`] stops
//!   one: then nothing is left of it. Until its turn comes, and until it is known what is found, its `total` is 0.
//! - [`Session::preview_template`] shows what a template makes of a task, [`Session::usual_template`] is one to begin with.
//! - [`Session::table`] is the selected tasks for the clipboard.
//! - [`Session::import_file`] brings the tasks of a file of our own JSON; it is looked through before any is brought.
//!
//! A file is written under another name and gets its own at the end; what has that name already keeps it, unless the
//! user agreed to replace it.

mod import;
mod job;
mod record;
mod sink;
mod target;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use futures_util::FutureExt;
use shiwen_core::{Export, ExportFailure, ExportOrder, ExportState, Selection, TaskId};
use shiwen_export::{Exported, Table, Template, TemplateError, Wording, table};
use shiwen_store::{Store, StoreError};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, broadcast, watch},
};

use crate::{Session, Settings, Words, files, held, search};
use target::Target;

pub use import::ImportError;
pub(crate) use record::provider;

/// Ended exports that are listed.
const LISTED: usize = 100;
const BACKLOG: usize = 1024;
/// Tasks that a table of the clipboard takes: it is held in memory, several times.
const MOST_COPIED: usize = 10_000;
/// Tasks that are read from the history at once.
const PAGE: usize = 100;

/// Why nothing can be exported, or not so.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The template names what there is not, and where.
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("there is no such export")]
    NoSuchExport,
    /// Nothing was selected, or it is gone.
    #[error("there is nothing to copy")]
    Nothing,
    /// More than the clipboard takes.
    #[error("the clipboard takes {most} tasks at most")]
    TooMany { most: u32 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Existing {
    Kept,
    Replaced,
}

/// The exports of a session, which ends with it.
pub(crate) struct Exports {
    shared: Arc<Shared>,
    runtime: Handle,
}

struct Shared {
    store: Store,
    /// Where files go when nobody says otherwise.
    usual: PathBuf,
    changes: broadcast::Sender<Export>,
    known: Mutex<BTreeMap<u32, Known>>,
    turn: Semaphore,
}

struct Known {
    now: Export,
    /// Whoever runs it holds the other end, so that this one says when it has ended.
    stop: watch::Sender<bool>,
}

impl Exports {
    /// Must be called inside a runtime, which runs the exports.
    pub(crate) fn new(store: Store, usual: PathBuf) -> Self {
        let (changes, _) = broadcast::channel(BACKLOG);
        let shared =
            Shared { store, usual, changes, known: Mutex::default(), turn: Semaphore::new(1) };
        Self { shared: Arc::new(shared), runtime: Handle::current() }
    }

    fn start(&self, order: ExportOrder, existing: Existing) -> Result<Export, ExportError> {
        let template = order.template.as_deref().filter(|template| !template.trim().is_empty());
        let template = template.map(Template::parse).transpose()?;
        let wording = self.shared.wording()?;
        let target = Target::new(&order, existing, &wording.words, || self.shared.folder())?;
        let total = match &order.selection {
            Selection::Tasks { ids } => u32::try_from(ids.len()).unwrap_or(u32::MAX),
            Selection::Found { .. } => 0,
        };
        let (stop, stopped) = watch::channel(false);
        let mut known = held(&self.shared.known);
        let now = Export {
            id: known.last_key_value().map_or(1, |(id, _)| id + 1),
            state: ExportState::Running,
            format: order.format,
            done: 0,
            total,
            path: target.path(),
            failure: None,
        };
        known.insert(now.id, Known { now: now.clone(), stop });
        forget_old(&mut known);
        drop(known);
        self.shared.tell(&now);
        let job = job::Job {
            shared: self.shared.clone(),
            order,
            template,
            target,
            wording: wording.wording,
            now: now.clone(),
            stop: stopped,
        };
        self.runtime.spawn(job.run().boxed());
        Ok(now)
    }

    /// Stops all; nothing is left of them.
    pub(crate) fn stop(&self) {
        for known in held(&self.shared.known).values() {
            known.stop.send_replace(true);
        }
    }

    pub(crate) async fn close(&self) {
        self.stop();
        let all: Vec<_> =
            held(&self.shared.known).values().map(|known| known.stop.clone()).collect();
        for stop in all {
            stop.closed().await;
        }
    }
}

/// Keeps the newest of those that have ended.
fn forget_old(known: &mut BTreeMap<u32, Known>) {
    let ended: Vec<_> = known
        .values()
        .filter(|known| known.now.state != ExportState::Running)
        .map(|known| known.now.id)
        .collect();
    for id in ended.iter().take(ended.len().saturating_sub(LISTED)) {
        known.remove(id);
    }
}

/// The user's words twice: as they are, and as files need them.
struct Wordings {
    words: Words,
    wording: Wording,
}

impl Shared {
    fn settings(&self) -> Result<Settings, StoreError> {
        self.store.setting(Settings::NAME)
    }

    fn wording(&self) -> Result<Wordings, StoreError> {
        let words = Words::new(self.settings()?.language);
        let say = words.clone();
        let wording = Wording::new(move |key| say.say(key, &[]).into_owned(), record::provider);
        Ok(Wordings { words, wording })
    }

    /// The folder of the settings, else the usual one.
    fn folder(&self) -> Result<PathBuf, StoreError> {
        files::folder(&self.store, &self.usual)
    }

    /// Keeps and tells how an export stands.
    fn tell(&self, export: &Export) {
        if let Some(known) = held(&self.known).get_mut(&export.id) {
            known.now = export.clone();
        }
        // Nobody listening is fine: the list can be read.
        let _ = self.changes.send(export.clone());
    }
}

impl Session {
    /// Begins an export in the background and answers how it stands.
    ///
    /// # Errors
    /// [`ExportError::Template`], or when the settings cannot be read. What goes wrong later is said by the export.
    pub fn start_export(&self, order: ExportOrder) -> Result<Export, ExportError> {
        self.exports.start(order, Existing::Kept)
    }

    /// As [`Session::start_export`], for a user who agreed that the file at the order's path is replaced. That happens at
    /// the end and at once: until then, and when it fails, the file is there as it was.
    ///
    /// # Errors
    /// As [`Session::start_export`].
    pub fn start_replacing_export(&self, order: ExportOrder) -> Result<Export, ExportError> {
        self.exports.start(order, Existing::Replaced)
    }

    /// Stops an export; it says itself when it has ended. One that has ended already stays as it is.
    ///
    /// # Errors
    /// [`ExportError::NoSuchExport`].
    pub fn cancel_export(&self, id: u32) -> Result<(), ExportError> {
        let known = held(&self.exports.shared.known);
        known.get(&id).ok_or(ExportError::NoSuchExport)?.stop.send_replace(true);
        Ok(())
    }

    /// How an export stands.
    ///
    /// # Errors
    /// [`ExportError::NoSuchExport`].
    pub fn export(&self, id: u32) -> Result<Export, ExportError> {
        let known = held(&self.exports.shared.known);
        Ok(known.get(&id).ok_or(ExportError::NoSuchExport)?.now.clone())
    }

    /// The exports of this session, the newest first.
    pub fn exports(&self) -> Vec<Export> {
        let known = held(&self.exports.shared.known);
        known.values().rev().map(|known| known.now.clone()).collect()
    }

    /// Every change of an export from now on, of one under way at most five in a second.
    pub fn export_changes(&self) -> broadcast::Receiver<Export> {
        self.exports.shared.changes.subscribe()
    }

    /// What a template makes of one task.
    ///
    /// # Errors
    /// [`ExportError::Template`], or when the task cannot be read.
    pub fn preview_template(&self, template: &str, id: TaskId) -> Result<String, ExportError> {
        let template = Template::parse(template)?;
        let wording = self.exports.shared.wording()?.wording;
        let record = self.engine.store().records(&[id])?.pop().ok_or(ExportError::Nothing)?;
        Ok(template.fill(&record::exported(record), &wording))
    }

    /// Where exports and downloads go while the settings name no folder.
    pub fn usual_folder(&self) -> &Path {
        &self.exports.shared.usual
    }

    /// A template to begin with, in the user's language.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn usual_template(&self) -> Result<String, ExportError> {
        Ok(Template::usual(&self.exports.shared.wording()?.wording))
    }

    /// The tasks of a selection as a table for the clipboard, and how many they are.
    ///
    /// # Errors
    /// [`ExportError::Nothing`], [`ExportError::TooMany`], or when the history cannot be read.
    pub fn table(&self, selection: &Selection) -> Result<(Table, u32), ExportError> {
        let ids = search::selected(self.engine.store(), selection)?;
        if ids.len() > MOST_COPIED {
            return Err(ExportError::TooMany { most: MOST_COPIED as u32 });
        }
        let records = self.engine.store().records(&ids)?;
        if records.is_empty() {
            return Err(ExportError::Nothing);
        }
        let tasks: Vec<Exported> = records.into_iter().map(record::exported).collect();
        let wording = self.exports.shared.wording()?.wording;
        Ok((table(&tasks, &wording), u32::try_from(tasks.len()).unwrap_or(u32::MAX)))
    }
}

/// What an export ended with, where it did not end well.
enum Trouble {
    Failed(ExportFailure),
    Cancelled,
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
