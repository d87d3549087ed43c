//! Videos and covers that were looked at, so that a second look needs no network. Bounded: the oldest go first.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

use shiwen_core::{DownloadFailure, Media, TaskId};
use shiwen_http::FileKind;
use tokio::sync::watch;

use super::{
    LARGEST_SHOWN, Locks, MediaError, MediaFile,
    fetch::{Fetcher, Job, Stop, Trouble},
    refusals::{Refusals, is_final},
    shown,
    source::source,
};

/// All files together, in bytes.
const ROOM: u64 = 512 * 1024 * 1024;

pub(crate) struct Cache {
    fetcher: Fetcher,
    folder: PathBuf,
    locks: Locks,
    refusals: Refusals,
}

impl Cache {
    pub(crate) fn new(fetcher: Fetcher, folder: PathBuf) -> Self {
        Self { fetcher, folder, locks: Locks::default(), refusals: Refusals::default() }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The video or cover of a task.
    pub(crate) async fn show(&self, id: TaskId, media: Media) -> Result<MediaFile, MediaError> {
        let name = match media {
            Media::Video => format!("{id}-video"),
            Media::Cover => format!("{id}-cover"),
            Media::Work { index } => format!("{id}-{index}"),
        };
        let path = self.folder.join(&name);
        let _lock = self.locks.of(&name).await;
        if path.exists() {
            touch(&path);
        } else {
            self.fetch(id, media, &name, &path).await?;
        }
        shown(&path, |head| FileKind::of(head).map(|kind| kind.media_type.to_owned())).await
    }

    async fn fetch(
        &self,
        id: TaskId,
        media: Media,
        name: &str,
        path: &Path,
    ) -> Result<(), MediaError> {
        let task = self.fetcher.engine.store().task(id)?;
        let before = source(&task, media).ok_or(MediaError::NoSuchMedia)?;
        if let Some(failure) = self.refusals.of(name, before.url.as_str()) {
            return Err(MediaError::Unavailable(failure));
        }
        let unwritable = |error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the cache cannot be written");
            MediaError::Unavailable(DownloadFailure::Unwritable)
        };
        fs::create_dir_all(&self.folder).map_err(unwritable)?;
        let part = path.with_extension("part");
        // Whoever wanted to see it and left drops this future; nobody else stops it.
        let (_wanted, stop) = watch::channel(Stop::Go);
        let job = Job { task: id, media, part: &part, known: None, cap: LARGEST_SHOWN };
        if let Err(trouble) = self.fetcher.fetch(job, &stop, |_| {}).await {
            if let Trouble::Failed(failure) = trouble
                && is_final(failure)
            {
                // Perhaps another one by now, which was as good.
                let after = source(&self.fetcher.engine.store().task(id)?, media);
                let url = after.map_or(before.url, |after| after.url);
                self.refusals.note(name, url.as_str(), failure);
            }
            return Err(trouble.into());
        }
        fs::rename(&part, path).map_err(unwritable)?;
        make_room(&self.folder, ROOM);
        Ok(())
    }
}

/// Looked at now.
fn touch(path: &Path) {
    let touched = File::options().append(true).open(path);
    if let Err(error) = touched.and_then(|file| file.set_modified(SystemTime::now())) {
        tracing::debug!(%error, "the time of a file in the cache stays as it was");
    }
}

/// Removes what was not looked at for the longest time until the rest fits.
fn make_room(folder: &Path, room: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let found = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((found.modified().ok()?, found.len(), entry.path()))
        })
        .collect();
    files.sort_unstable();
    let mut all: u64 = files.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in files {
        if all <= room {
            break;
        }
        match fs::remove_file(&path) {
            Ok(()) => all -= size,
            Err(error) => tracing::debug!(%error, "a file of the cache stays"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_looked_at_last_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let long_ago = SystemTime::now() - Duration::from_secs(1000);
        for (n, name) in ["a", "b", "c"].iter().enumerate() {
            fs::write(at(name), [0; 100]).unwrap();
            let file = File::options().append(true).open(at(name)).unwrap();
            file.set_modified(long_ago + Duration::from_secs(n as u64)).unwrap();
        }
        touch(&at("a"));
        make_room(folder.path(), 300);
        assert!(at("b").exists());
        make_room(folder.path(), 250);
        assert_eq!([at("a"), at("b"), at("c")].map(|path| path.exists()), [true, false, true]);
    }
}
