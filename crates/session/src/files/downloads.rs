//! Downloads into the user's folders: begun, stopped and gone on with, over restarts too.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt;
use shiwen_core::{Download, DownloadFailure, DownloadState, Media, Task, TaskId};
use shiwen_engine::{Clock, SystemClock};
use shiwen_http::{FileKind, Known, Progress};
use shiwen_store::{DownloadRecord, Store, StoreError};
use tokio::{
    sync::{Semaphore, broadcast, watch},
    time::Instant,
};

use super::{
    MediaError,
    fetch::{Fetcher, Job, Stop, Trouble, stopped},
    folder as folder_for_files,
    place::{new_part, place, shown},
    source::{likely_ending, source, stem},
    speed::Speed,
    works::Works,
};
use crate::held;

/// Downloads that run at once; the others wait for their turn.
const AT_ONCE: usize = 3;
/// Largest file that is downloaded, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024 * 1024;
/// Between two changes of one download that are told.
const TOLD_EVERY: Duration = Duration::from_millis(200);
/// Ended downloads that are listed.
const LISTED: u32 = 200;
const BACKLOG: usize = 1024;

#[derive(Clone)]
pub(crate) struct Downloads {
    shared: Arc<Shared>,
}

struct Shared {
    fetcher: Fetcher,
    works: Arc<Works>,
    /// Where downloads go when nobody says otherwise.
    usual: PathBuf,
    changes: broadcast::Sender<Download>,
    going: Mutex<BTreeMap<u32, Going>>,
    turns: Semaphore,
}

/// A download under way.
struct Going {
    /// Whoever runs it holds the other end, so that this one says when it has ended.
    stop: watch::Sender<Stop>,
    now: Download,
}

impl Downloads {
    pub(crate) fn new(fetcher: Fetcher, works: Arc<Works>, usual: PathBuf) -> Self {
        let (changes, _) = broadcast::channel(BACKLOG);
        let shared = Shared {
            fetcher,
            works,
            usual,
            changes,
            going: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        };
        Self { shared: Arc::new(shared) }
    }

    pub(crate) fn changes(&self) -> broadcast::Receiver<Download> {
        self.shared.changes.subscribe()
    }

    pub(crate) fn list(&self) -> Result<Vec<Download>, StoreError> {
        let records = self.shared.store().downloads(LISTED)?;
        let going = held(&self.shared.going);
        let now = |record: &DownloadRecord| match going.get(&record.id) {
            Some(going) => going.now.clone(),
            None => view(record),
        };
        Ok(records.iter().map(now).collect())
    }

    pub(crate) async fn start(
        &self,
        id: TaskId,
        media: Media,
        folder: Option<PathBuf>,
    ) -> Result<Download, MediaError> {
        let store = self.shared.store();
        let task = store.task(id)?;
        source(&task, media).ok_or(MediaError::NoSuchMedia)?;
        let folder = match folder {
            Some(folder) => folder,
            None => folder_for_files(self.shared.store(), &self.shared.usual)?,
        };
        // A path that is no text cannot be kept; nothing will be found there.
        let folder = folder.to_string_lossy().into_owned();
        let unfinished = store
            .downloads_of(id, media)?
            .into_iter()
            .find(|record| record.state != DownloadState::Done && record.folder == folder);
        if let Some(unfinished) = unfinished {
            return self.resume(unfinished.id).await;
        }
        let mut record = DownloadRecord {
            id: 0,
            task: id,
            media,
            state: DownloadState::Running,
            folder,
            name: format!("{}.{}", stem(&task, media), likely_ending(&task, media)),
            part: None,
            validator: None,
            received: 0,
            total: None,
            failure: None,
            created_at: SystemClock.now(),
            ended_at: None,
        };
        record.id = store.add_download(&record)?;
        Ok(self.go(record))
    }

    pub(crate) async fn cancel(&self, id: u32) -> Result<(), MediaError> {
        let stop = held(&self.shared.going).get(&id).map(|going| going.stop.clone());
        if let Some(stop) = stop {
            stop.send_replace(Stop::Cancel);
            stop.closed().await;
            return Ok(());
        }
        let record = self.shared.store().download(id)?.ok_or(MediaError::NoSuchDownload)?;
        // One that nobody runs, as after a crash.
        if record.state == DownloadState::Running {
            self.shared.end(record, DownloadState::Cancelled, None);
        }
        Ok(())
    }

    pub(crate) async fn resume(&self, id: u32) -> Result<Download, MediaError> {
        if let Some(going) = held(&self.shared.going).get(&id) {
            return Ok(going.now.clone());
        }
        let store = self.shared.store();
        let mut record = store.download(id)?.ok_or(MediaError::NoSuchDownload)?;
        if record.state == DownloadState::Done {
            if Path::new(&record.folder).join(&record.name).exists() {
                return Ok(view(&record));
            }
            (record.received, record.total, record.validator) = (0, None, None);
        }
        (record.state, record.failure, record.ended_at) = (DownloadState::Running, None, None);
        store.save_download(&record)?;
        Ok(self.go(record))
    }

    /// Goes on with what the last end of the program cut off.
    pub(crate) fn go_on(&self) -> Result<(), StoreError> {
        for record in self.shared.store().downloads(0)? {
            self.go(record);
        }
        Ok(())
    }

    /// Stops all; they go on with the next start.
    pub(crate) fn stop(&self) {
        for going in held(&self.shared.going).values() {
            going.stop.send_replace(Stop::Close);
        }
    }

    pub(crate) async fn close(&self) {
        self.stop();
        let all: Vec<_> =
            held(&self.shared.going).values().map(|going| going.stop.clone()).collect();
        for stop in all {
            stop.closed().await;
        }
    }

    /// Runs a download in the background, unless it runs already.
    fn go(&self, record: DownloadRecord) -> Download {
        let (stop, stopped) = watch::channel(Stop::Go);
        let now = view(&record);
        {
            let mut going = held(&self.shared.going);
            if let Some(going) = going.get(&record.id) {
                return going.now.clone();
            }
            going.insert(record.id, Going { stop, now: now.clone() });
        }
        self.shared.tell(&now);
        let shared = self.shared.clone();
        tokio::spawn(async move { shared.run(record, stopped).await }.boxed());
        now
    }
}

impl Shared {
    fn store(&self) -> &Store {
        self.fetcher.engine.store()
    }

    fn tell(&self, download: &Download) {
        // Nobody listening is fine: the list can be read.
        let _ = self.changes.send(download.clone());
    }

    async fn run(&self, mut record: DownloadRecord, stop: watch::Receiver<Stop>) {
        let outcome = self.bring(&mut record, &stop).await;
        let wish = *stop.borrow();
        match outcome {
            Ok(()) => self.end(record, DownloadState::Done, None),
            Err(Trouble::Failed(failure)) => {
                self.end(record, DownloadState::Failed, Some(failure));
            }
            Err(Trouble::Stopped) if wish == Stop::Cancel => {
                self.end(record, DownloadState::Cancelled, None);
            }
            // The program ends, or another one has this download: it stays under way.
            Err(Trouble::Stopped | Trouble::Taken) => {
                if let Err(error) = self.store().save_download(&record) {
                    tracing::warn!(%error, "a download was not kept");
                }
                held(&self.going).remove(&record.id);
            }
            Err(Trouble::Store(error)) => {
                tracing::warn!(%error, "a download ended with the history");
                held(&self.going).remove(&record.id);
            }
        }
    }

    fn end(
        &self,
        mut record: DownloadRecord,
        state: DownloadState,
        failure: Option<DownloadFailure>,
    ) {
        (record.state, record.failure) = (state, failure);
        record.ended_at = Some(SystemClock.now());
        // Nothing came, so nothing of it needs to lie among the user's files.
        if record.received == 0
            && let Some(part) = record.part.take()
            && let Err(error) = std::fs::remove_file(Path::new(&record.folder).join(part))
        {
            tracing::info!(%error, "an empty part stays");
        }
        if let Err(error) = self.store().save_download(&record) {
            tracing::warn!(%error, "the end of a download was not kept");
        }
        held(&self.going).remove(&record.id);
        self.tell(&view(&record));
    }

    /// Brings the file into its folder under its name.
    async fn bring(
        &self,
        record: &mut DownloadRecord,
        stop: &watch::Receiver<Stop>,
    ) -> Result<(), Trouble> {
        let _turn = tokio::select! {
            turn = self.turns.acquire() => turn,
            () = stopped(stop) => return Err(Trouble::Stopped),
        };
        let task = self.store().task(record.task)?;
        let folder = PathBuf::from(&record.folder);
        let stem = stem(&task, record.media);
        let part = self.part(record, &folder, &stem)?;
        let kind = match self.kept(&task, record.media)? {
            Some(kept) => {
                record.received = copy(&kept, &part).await?;
                record.total = Some(record.received);
                kept.ending
            }
            None => self.fetch(record, &part, stop).await?,
        };
        // As a file it has a name; the part is gone.
        record.name = place(&part, &folder, &stem, &kind).map_err(|error| sorted(&error))?;
        (record.part, record.validator) = (None, None);
        Ok(())
    }

    /// The part of a download: the one from before, else a new one.
    fn part(
        &self,
        record: &mut DownloadRecord,
        folder: &Path,
        stem: &str,
    ) -> Result<PathBuf, Trouble> {
        let before = record.part.as_ref().map(|name| folder.join(name));
        if let Some(part) = before.filter(|part| part.exists()) {
            return Ok(part);
        }
        let name = new_part(folder, stem).map_err(|error| sorted(&error))?;
        let part = folder.join(&name);
        (record.part, record.received, record.validator) = (Some(name), 0, None);
        self.store().save_download(record)?;
        Ok(part)
    }

    async fn fetch(
        &self,
        record: &mut DownloadRecord,
        part: &Path,
        stop: &watch::Receiver<Stop>,
    ) -> Result<String, Trouble> {
        let known = record.validator.clone().map(|validator| Known {
            bytes: record.received,
            total: record.total,
            validator,
        });
        let job = Job { task: record.task, media: record.media, part, known, cap: LARGEST };
        let mut speed = Speed::default();
        let mut told = None;
        let progress = |now: &Progress| self.note(record, now, &mut speed, &mut told);
        let fetched = self.fetcher.fetch(job, stop, progress).await?;
        (record.received, record.total) = (fetched.bytes, Some(fetched.bytes));
        Ok(fetched.kind.ending.to_owned())
    }

    /// Keeps and tells how a download stands, each as often as it is worth.
    fn note(
        &self,
        record: &mut DownloadRecord,
        now: &Progress,
        speed: &mut Speed,
        told: &mut Option<Instant>,
    ) {
        let name = renamed(&record.name, now.kind);
        if record.received != now.saved || record.validator != now.validator || record.name != name
        {
            (record.received, record.total) = (now.saved, now.total);
            record.validator.clone_from(&now.validator);
            record.name = name;
            if let Err(error) = self.store().save_download(record) {
                tracing::warn!(%error, "the state of a download was not kept");
            }
        }
        let at = Instant::now();
        let speed = speed.note(at, now.received);
        if told.is_some_and(|told| at.duration_since(told) < TOLD_EVERY) {
            return;
        }
        *told = Some(at);
        let mut going = held(&self.going);
        let Some(going) = going.get_mut(&record.id) else { return };
        going.now = Download { received: now.received as f64, speed, ..view(record) };
        self.tell(&going.now);
    }

    /// A file that is here already and need not be asked for.
    fn kept(&self, task: &Task, media: Media) -> Result<Option<Here>, StoreError> {
        let ending = |head: &[u8]| FileKind::of(head).map(|kind| kind.ending.to_owned());
        Ok(match media {
            Media::Video => None,
            Media::Cover => self.store().cover(task.id)?.and_then(|(_, bytes)| {
                Some(Here { ending: ending(&bytes)?, content: Content::Bytes(bytes) })
            }),
            Media::Work { index } => self.works.file(task.id, index)?.and_then(|(path, _)| {
                let ending = path.extension()?.to_str()?.to_owned();
                Some(Here { ending, content: Content::File(path) })
            }),
        })
    }
}

/// A file on this machine.
struct Here {
    ending: String,
    content: Content,
}

enum Content {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// Copies a file that is here into a part, for good; answers its size.
async fn copy(here: &Here, part: &Path) -> Result<u64, Trouble> {
    let copied = async {
        let size = match &here.content {
            Content::File(path) => tokio::fs::copy(path, part).await?,
            Content::Bytes(bytes) => {
                tokio::fs::write(part, bytes).await?;
                bytes.len() as u64
            }
        };
        tokio::fs::File::options().write(true).open(part).await?.sync_data().await?;
        Ok(size)
    };
    copied.await.map_err(|error: std::io::Error| sorted(&error))
}

/// The name with the ending that its bytes ask for.
fn renamed(name: &str, kind: FileKind) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}.{}", kind.ending)
}

fn sorted(error: &std::io::Error) -> Trouble {
    tracing::info!(%error, "a folder for downloads cannot be written");
    Trouble::Failed(match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            DownloadFailure::DiskFull
        }
        _ => DownloadFailure::Unwritable,
    })
}

/// A download as the window sees it.
fn view(record: &DownloadRecord) -> Download {
    Download {
        id: record.id,
        task: record.task,
        media: record.media,
        state: record.state,
        name: record.name.clone(),
        path: shown(&record.folder, &record.name),
        received: record.received as f64,
        total: record.total.map(|total| total as f64),
        speed: None,
        failure: record.failure,
    }
}
