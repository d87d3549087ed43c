//! The files of works that were paid for: fetched once and kept beside the history for good.

use std::{
    fs,
    path::{Path, PathBuf},
};

use shiwen_core::{DownloadFailure, Media, TaskId};
use shiwen_engine::{Clock, SystemClock};
use shiwen_store::{Kept, StoreError};
use tokio::sync::watch;

use super::{
    Locks, MediaError, MediaFile,
    fetch::{Fetcher, Job, Stop, Trouble},
    refusals::{Refusals, is_final},
    shown,
    source::source,
};

/// Largest work that is kept, in bytes.
const LARGEST: u64 = 500 * 1024 * 1024;

pub(crate) struct Works {
    pub(crate) fetcher: Fetcher,
    folder: PathBuf,
    locks: Locks,
    refusals: Refusals,
}

impl Works {
    pub(crate) fn new(fetcher: Fetcher, folder: PathBuf) -> Self {
        Self { fetcher, folder, locks: Locks::default(), refusals: Refusals::default() }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The kept file of a work, where there is one.
    pub(crate) fn file(
        &self,
        task: TaskId,
        index: u32,
    ) -> Result<Option<(PathBuf, String)>, StoreError> {
        let kept = self.fetcher.engine.store().kept_work(task, index)?;
        Ok(match kept {
            Some(Kept::File { name, media_type, .. }) => {
                Some((self.path(&name), media_type)).filter(|(path, _)| path.exists())
            }
            Some(Kept::Lost(_)) | None => None,
        })
    }

    /// A work to be shown, which is kept from then on.
    pub(crate) async fn show(&self, task: TaskId, index: u32) -> Result<MediaFile, MediaError> {
        if self.file(task, index)?.is_none()
            && let Some(failure) = self.refusals.of(&name(task, index), &self.url(task, index)?)
        {
            return Err(MediaError::Unavailable(failure));
        }
        // Whoever wanted to see it and left drops this future; nobody else stops it.
        let (_wanted, stop) = watch::channel(Stop::Go);
        let (path, media_type) = self.keep(task, index, &stop).await?;
        shown(&path, |_| Some(media_type)).await
    }

    /// Sees to it that the file of a work is here. What makes further tries useless is noted in the history.
    pub(crate) async fn keep(
        &self,
        id: TaskId,
        index: u32,
        stop: &watch::Receiver<Stop>,
    ) -> Result<(PathBuf, String), MediaError> {
        let name = name(id, index);
        let _lock = self.locks.of(&name).await;
        if let Some(found) = self.file(id, index)? {
            return Ok(found);
        }
        let store = self.fetcher.engine.store();
        let media = Media::Work { index };
        let task = store.task(id)?;
        if task.works.get(index as usize).is_none() {
            return Err(MediaError::NoSuchMedia);
        }
        if source(&task, media).is_none() {
            // What the provider gave is no address.
            return self.lost(id, index, DownloadFailure::NotAllowed);
        }
        fs::create_dir_all(&self.folder).map_err(unwritable)?;
        let part = self.folder.join(format!("{name}.part"));
        let job = Job { task: id, media, part: &part, known: None, cap: LARGEST };
        let fetched = match self.fetcher.fetch(job, stop, |_| {}).await {
            Ok(fetched) => fetched,
            Err(Trouble::Failed(failure)) => {
                if is_final(failure) {
                    // What came of it is of no use.
                    let _ = fs::remove_file(&part);
                    return self.lost(id, index, failure);
                }
                return Err(MediaError::Unavailable(failure));
            }
            Err(trouble) => return Err(trouble.into()),
        };
        let name = format!("{name}.{}", fetched.kind.ending);
        let path = self.path(&name);
        fs::rename(&part, &path).map_err(unwritable)?;
        let media_type = fetched.kind.media_type.to_owned();
        let kept = Kept::File { name, media_type: media_type.clone(), bytes: fetched.bytes };
        store.keep_work(id, index, &kept, SystemClock.now())?;
        Ok((path, media_type))
    }

    /// The address of a work as its provider last gave it; empty where there is no such work.
    fn url(&self, task: TaskId, index: u32) -> Result<String, StoreError> {
        let mut works = self.fetcher.engine.store().task(task)?.works.into_iter();
        Ok(works.nth(index as usize).map(|work| work.url).unwrap_or_default())
    }

    fn lost<T>(&self, id: TaskId, index: u32, failure: DownloadFailure) -> Result<T, MediaError> {
        self.refusals.note(&name(id, index), &self.url(id, index)?, failure);
        let lost = Kept::Lost(failure);
        self.fetcher.engine.store().keep_work(id, index, &lost, SystemClock.now())?;
        Err(MediaError::Unavailable(failure))
    }
}

/// Of a work's file, without its ending.
fn name(task: TaskId, index: u32) -> String {
    format!("{task}-{index}")
}

fn unwritable(error: std::io::Error) -> MediaError {
    tracing::warn!(%error, "the folder of works cannot be written");
    MediaError::Unavailable(match error.kind() {
        std::io::ErrorKind::StorageFull => DownloadFailure::DiskFull,
        _ => DownloadFailure::Unwritable,
    })
}
