//! A file that grows while it is downloaded, and that can be gone on with after any end.

use std::{
    fs::{File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::{JoinHandle, spawn_blocking};

use crate::{DownloadError, FileClass, FileKind, sniff::HEAD};

/// Bytes that are written at once.
const BLOCK: usize = 256 * 1024;
/// A power cut costs no more than what came in this time.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// The part of a file that is there, held for this process alone.
pub(crate) struct Part {
    file: Arc<File>,
    /// Bytes that came and are not yet on their way to the disk.
    block: Vec<u8>,
    /// Kept here and not in a future, which may be dropped at any time while the disk still writes.
    writing: Option<JoinHandle<Written>>,
    /// After an error nothing more is written, or the file would have a gap.
    broken: bool,
    /// Bytes that came, those from before included.
    pub(crate) received: u64,
    written: u64,
    /// Of these, bytes that a power cut leaves in place.
    pub(crate) saved: u64,
    saved_at: Instant,
}

/// How many bytes were written, also before an error.
type Written = (u64, io::Result<()>);

impl Part {
    /// Opens the part; `keep` bytes of it are taken for good, as far as they are there.
    pub(crate) fn open(path: &Path, keep: u64) -> Result<Self, DownloadError> {
        // Nothing is cut off before it is known what the host gives instead.
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let file = opened.map_err(DownloadError::of_disk)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DownloadError::Taken),
            // A file system that knows no locks.
            Err(TryLockError::Error(error)) => tracing::debug!(%error, "a part cannot be locked"),
        }
        let there = file.metadata().map_err(DownloadError::of_disk)?.len();
        let received = keep.min(there);
        Ok(Self {
            file: Arc::new(file),
            block: Vec::new(),
            writing: None,
            broken: false,
            received,
            written: received,
            saved: received,
            saved_at: Instant::now(),
        })
    }

    /// What the bytes that are there already say about the file.
    pub(crate) fn kind(&self, class: FileClass) -> Option<FileKind> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(0)).ok()?;
        let mut head = [0; HEAD];
        let wanted = HEAD.min(usize::try_from(self.received).unwrap_or(HEAD));
        file.read_exact(&mut head[..wanted]).ok()?;
        FileKind::promised(&head[..wanted], class)
    }

    /// Goes on behind the first `at` bytes and forgets what follows them. Must come before the first [`Part::append`].
    pub(crate) fn go_on_at(&mut self, at: u64) -> Result<(), DownloadError> {
        if self.file.metadata().map_err(DownloadError::of_disk)?.len() > at {
            self.file.set_len(at).map_err(DownloadError::of_disk)?;
        }
        (&*self.file).seek(SeekFrom::Start(at)).map_err(DownloadError::of_disk)?;
        (self.received, self.written, self.saved) = (at, at, self.saved.min(at));
        Ok(())
    }

    pub(crate) async fn append(&mut self, bytes: &[u8]) -> Result<(), DownloadError> {
        self.block.extend_from_slice(bytes);
        self.received += bytes.len() as u64;
        if self.block.len() >= BLOCK {
            self.write().await?;
        }
        if self.saved_at.elapsed() >= SAVE_EVERY {
            self.save().await?;
        }
        Ok(())
    }

    /// Brings everything to the disk for good.
    pub(crate) async fn save(&mut self) -> Result<(), DownloadError> {
        self.write().await?;
        self.saved_at = Instant::now();
        if self.saved < self.written {
            let (file, written) = (self.file.clone(), self.written);
            let synced = spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other);
            synced.flatten().map_err(DownloadError::of_disk)?;
            self.saved = written;
        }
        Ok(())
    }

    /// Saves what can be saved, whatever happened: on a full disk as much as there was room for.
    pub(crate) async fn settle(&mut self) {
        if self.save().await.is_err() {
            self.block.clear();
            let file = self.file.clone();
            if matches!(spawn_blocking(move || file.sync_data()).await, Ok(Ok(()))) {
                self.saved = self.written;
            }
        }
        self.received = self.written;
    }

    async fn write(&mut self) -> Result<(), DownloadError> {
        self.written_out().await?;
        if !self.block.is_empty() && !self.broken {
            let (file, block) = (self.file.clone(), std::mem::take(&mut self.block));
            self.writing = Some(spawn_blocking(move || write(&file, &block)));
        }
        self.written_out().await
    }

    /// Waits for what is on its way to the disk.
    async fn written_out(&mut self) -> Result<(), DownloadError> {
        let Some(writing) = &mut self.writing else { return Ok(()) };
        let (count, outcome) =
            writing.await.unwrap_or_else(|error| (0, Err(io::Error::other(error))));
        self.writing = None;
        self.written += count;
        self.broken |= outcome.is_err();
        outcome.map_err(DownloadError::of_disk)
    }
}

fn write(mut file: &File, mut block: &[u8]) -> Written {
    let whole = block.len();
    while !block.is_empty() {
        match file.write(block) {
            Ok(0) => return ((whole - block.len()) as u64, Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => block = &block[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return ((whole - block.len()) as u64, Err(error)),
        }
    }
    (whole as u64, Ok(()))
}

impl DownloadError {
    pub(crate) fn of_disk(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull,
            _ => Self::Unwritable(error),
        }
    }
}
