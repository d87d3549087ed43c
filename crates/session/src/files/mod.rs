//! Files of tasks: downloads into the user's folders, works that are kept, and what is shown in the window.

mod cache;
mod downloads;
mod fetch;
mod gone;
mod keeper;
pub(crate) mod name;
mod picture;
pub(crate) mod place;
mod refusals;
mod source;
mod speed;
mod works;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use shiwen_core::{Download, DownloadFailure, Media, TaskId};
use shiwen_engine::Engine;
use shiwen_http::Sender;
use shiwen_store::{Kept, Store, StoreError};
use tokio::sync::broadcast;

use crate::{Session, Settings, held};
use cache::Cache;
use downloads::Downloads;
use fetch::{Fetcher, Trouble};
use keeper::Keeper;
use picture::Pictures;
use works::Works;

/// Largest file that is read whole, to be shown. In bytes.
const LARGEST_SHOWN: u64 = 64 * 1024 * 1024;

/// A file of a task, whole.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// By its first bytes, e.g. `video/mp4`.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for MediaFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MediaFile")
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The task has no such file.
    #[error("the task has no such file")]
    NoSuchMedia,
    #[error("there is no such download")]
    NoSuchDownload,
    /// It cannot be had now.
    #[error("the file cannot be had: {0}")]
    Unavailable(DownloadFailure),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Trouble> for MediaError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failed(failure) => Self::Unavailable(failure),
            // It may come another time.
            Trouble::Stopped | Trouble::Taken => Self::Unavailable(DownloadFailure::Network),
            Trouble::Store(error) => Self::Store(error),
        }
    }
}

/// All files of a session.
pub(crate) struct Files {
    downloads: Downloads,
    works: Arc<Works>,
    cache: Cache,
    pictures: Pictures,
    keeper: Mutex<Option<Keeper>>,
}

impl Files {
    /// Files of the history in `folder`; downloads go to `usual` where neither caller nor settings name a folder.
    pub(crate) fn new(
        engine: Engine,
        sender: Arc<Sender>,
        pace: f64,
        folder: &Path,
        usual: PathBuf,
    ) -> Self {
        let fetcher = Fetcher { engine, sender: sender.clone(), pace };
        let works = Arc::new(Works::new(fetcher.clone(), folder.join("works")));
        Self {
            downloads: Downloads::new(fetcher.clone(), works.clone(), usual),
            works,
            cache: Cache::new(fetcher, folder.join("cache")),
            pictures: Pictures::new(sender),
            keeper: Mutex::default(),
        }
    }

    /// Goes on with downloads that the last end cut off, and keeps works from now on. For the owner of the folder.
    pub(crate) fn run(&self) -> Result<(), StoreError> {
        self.downloads.go_on()?;
        *held(&self.keeper) = Some(Keeper::start(self.works.clone()));
        Ok(())
    }

    /// Stops everything; what came stays, and is gone on with next time.
    pub(crate) async fn close(&self) {
        let keeper = held(&self.keeper).take();
        self.downloads.close().await;
        if let Some(keeper) = keeper {
            keeper.close().await;
        }
    }

    /// Removes what was kept of tasks that were deleted for good. Downloads are the user's own.
    pub(crate) fn forget(&self, gone: &[TaskId]) {
        if gone.is_empty() {
            return;
        }
        let gone = gone.iter().copied().collect();
        for folder in [self.works.folder(), self.cache.folder()] {
            gone::forget(folder, &gone);
        }
    }

    /// As [`Files::close`], without waiting.
    pub(crate) fn stop(&self) {
        held(&self.keeper).take();
        self.downloads.stop();
    }
}

impl Session {
    /// Begins to download a file of a task into a folder: the one given, else that of the settings. Where the same
    /// file is on its way there already, or was broken off, that download goes on instead.
    ///
    /// # Errors
    /// [`MediaError::NoSuchMedia`] when the task has no such file. What goes wrong later is said by the download.
    pub async fn start_download(
        &self,
        task: TaskId,
        media: Media,
        folder: Option<PathBuf>,
    ) -> Result<Download, MediaError> {
        self.files.downloads.start(task, media, folder).await
    }

    /// Stops a download and waits until it has stopped. What came is kept.
    ///
    /// # Errors
    /// [`MediaError::NoSuchDownload`].
    pub async fn cancel_download(&self, id: u32) -> Result<(), MediaError> {
        self.files.downloads.cancel(id).await
    }

    /// Goes on with a download that failed or was cancelled. One that is under way or done stays as it is, unless its
    /// file is gone.
    ///
    /// # Errors
    /// [`MediaError::NoSuchDownload`].
    pub async fn resume_download(&self, id: u32) -> Result<Download, MediaError> {
        self.files.downloads.resume(id).await
    }

    /// The newest downloads, the newest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn downloads(&self) -> Result<Vec<Download>, StoreError> {
        self.files.downloads.list()
    }

    /// Every change of a download from now on, of one under way at most five in a second.
    pub fn download_changes(&self) -> broadcast::Receiver<Download> {
        self.files.downloads.changes()
    }

    /// A file of a task, to be shown: the kept one, else fetched. At most 64 MB.
    ///
    /// # Errors
    /// When the task has no such file, or it cannot be had.
    pub async fn media(&self, task: TaskId, media: Media) -> Result<MediaFile, MediaError> {
        if media == Media::Cover
            && let Some((media_type, bytes)) = self.cover_file(task).await?
        {
            return Ok(MediaFile { media_type, bytes });
        }
        match media {
            Media::Work { index } => self.files.works.show(task, index).await,
            Media::Video | Media::Cover => self.files.cache.show(task, media).await,
        }
    }

    /// Where the file of a task's work is kept; none while it is not.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn kept_work(&self, task: TaskId, index: u32) -> Result<Option<PathBuf>, StoreError> {
        Ok(match self.engine.store().kept_work(task, index)? {
            Some(Kept::File { name, .. }) => Some(self.files.works.path(&name)),
            Some(Kept::Lost(_)) | None => None,
        })
    }

    /// A picture that a provider named, as a `data:` URL; none where it cannot be had.
    pub async fn picture(&self, url: &str) -> Option<String> {
        self.files.pictures.picture(url).await
    }
}

/// Where files go when nobody says otherwise: the folder of the settings, else the usual one.
pub(crate) fn folder(store: &Store, usual: &Path) -> Result<PathBuf, StoreError> {
    let settings: Settings = store.setting(Settings::NAME)?;
    let chosen = settings.download_folder.map(PathBuf::from);
    Ok(chosen.filter(|folder| folder.is_absolute()).unwrap_or_else(|| usual.to_owned()))
}

/// A lock for each name, so that no two fetch the same file at once and the second finds what the first brought.
#[derive(Default)]
struct Locks {
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Locks {
    async fn of(&self, name: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut locks = held(&self.locks);
            // Nobody waits for those that only this map knows.
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            locks.entry(name.to_owned()).or_default().clone()
        };
        lock.lock_owned().await
    }
}

/// A whole file that is small enough to be shown.
async fn shown(
    path: &Path,
    media_type: impl FnOnce(&[u8]) -> Option<String>,
) -> Result<MediaFile, MediaError> {
    let size = tokio::fs::metadata(path).await.map_err(unreadable)?.len();
    if size > LARGEST_SHOWN {
        return Err(MediaError::Unavailable(DownloadFailure::TooLarge));
    }
    let bytes = tokio::fs::read(path).await.map_err(unreadable)?;
    let media_type =
        media_type(&bytes).ok_or(MediaError::Unavailable(DownloadFailure::NotTheFile))?;
    Ok(MediaFile { media_type, bytes })
}

fn unreadable(error: std::io::Error) -> MediaError {
    tracing::warn!(%error, "a file of a task cannot be read");
    MediaError::Unavailable(DownloadFailure::Unwritable)
}
