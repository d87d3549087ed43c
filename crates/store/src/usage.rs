//! Who has the history open, and how the last of them ended.
//!
//! Two files are only ever locked: `open.lock` by whoever opens or closes the history, `use.lock` by all that have it
//! open. The mark `shiwen.open` lies beside them while anybody does; found by the first to open, it says that the last
//! one did not end in order. A program that dies while another goes on is not noticed: a kill cannot damage the file,
//! only a power cut or the disk can, and those end all of them.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::{StoreError, open::unwritable};

const GATE: &str = "open.lock";
/// It lies in every folder where a history was opened.
pub(crate) const LOCK: &str = "use.lock";
const MARK: &str = "shiwen.open";
pub(crate) const FILES: [&str; 3] = [GATE, LOCK, MARK];

/// How the last use of the history ended, as far as the first one to open it again can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    Orderly,
    Unclean,
    /// Damage was seen; what is there must not be written any more.
    Damaged,
}

pub(crate) struct Usage {
    /// Held until the history is open.
    gate: Option<File>,
    gate_path: PathBuf,
    usage: File,
    mark: PathBuf,
    pub(crate) last: Last,
    /// Nobody else has the history open. Holds as long as the gate does.
    pub(crate) alone: bool,
}

/// Between two tries to take a lock.
const STEP: Duration = Duration::from_millis(5);
/// How long a closing waits for another program that opens; after that the next start looks once too often.
const CLOSING: Duration = Duration::from_millis(200);

impl Usage {
    /// Enters the folder; nobody else opens the history until [`Usage::opened`].
    pub(crate) fn begin(folder: &Path, patience: Duration) -> Result<Self, StoreError> {
        let gate_path = folder.join(GATE);
        let gate = lock(&gate_path, patience)
            .map_err(|error| unwritable(&gate_path, error))?
            .ok_or(StoreError::Busy)?;
        let path = folder.join(LOCK);
        let failed = |error| unwritable(&path, error);
        let usage = lockable(&path).map_err(failed)?;
        let alone = match usage.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        };
        let mark = folder.join(MARK);
        let last = match fs::metadata(&mark) {
            // Who has it open now answers for it.
            Ok(found) if found.len() > 0 => Last::Damaged,
            Ok(_) if alone => Last::Unclean,
            _ => Last::Orderly,
        };
        Ok(Self { gate: Some(gate), gate_path, usage, mark, last, alone })
    }

    /// The history is about to be written: from here on an end without a closing is noticed.
    pub(crate) fn sign(&self) -> Result<(), StoreError> {
        let signed = File::options().create(true).append(true).open(&self.mark);
        signed.and_then(|mark| mark.sync_all()).map_err(|error| unwritable(&self.mark, error))
    }

    /// Lets the next one in.
    pub(crate) fn opened(&mut self) -> Result<(), StoreError> {
        if self.alone {
            // Nobody takes it in between: they wait at the gate.
            let shared = self.usage.unlock().and_then(|()| self.usage.lock_shared());
            shared.map_err(|error| unwritable(&self.mark, error))?;
        } else {
            self.usage.lock_shared().map_err(|error| unwritable(&self.mark, error))?;
        }
        self.alone = false;
        self.gate = None;
        Ok(())
    }

    /// Damage was seen: the next one to have the history for itself looks after it. Kept as the length of the mark, for
    /// which even a full disk has room.
    pub(crate) fn note_damage(&self) {
        let noted = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.mark)
            .and_then(|mark| mark.set_len(1).and_then(|()| mark.sync_all()));
        if let Err(error) = noted {
            tracing::error!(%error, "the damage to the history cannot be noted");
        }
    }

    pub(crate) fn is_damaged(&self) -> bool {
        fs::metadata(&self.mark).is_ok_and(|found| found.len() > 0)
    }

    /// What was damaged has been replaced.
    pub(crate) fn mended(&mut self) -> Result<(), StoreError> {
        self.last = Last::Orderly;
        File::create(&self.mark)
            .and_then(|mark| mark.sync_all())
            .map_err(|error| unwritable(&self.mark, error))
    }

    /// The history is closed in order here; takes the mark away if nobody else has it open.
    pub(crate) fn end(&self) {
        let gate = match &self.gate {
            Some(_) => None,
            None => match lock(&self.gate_path, CLOSING) {
                Ok(Some(gate)) => Some(gate),
                _ => return,
            },
        };
        let alone = self.alone
            || (self.usage.unlock().is_ok() && {
                let alone = self.usage.try_lock().is_ok();
                let _ = self.usage.unlock();
                // Until it is really closed this one still counts.
                let _ = self.usage.try_lock_shared();
                alone
            });
        // What never got open says nothing about how the last one ended.
        let seen = self.gate.is_some() && self.last != Last::Orderly;
        if alone && !seen && !self.is_damaged() {
            let _ = fs::remove_file(&self.mark);
        }
        drop(gate);
    }
}

impl Drop for Usage {
    fn drop(&mut self) {
        self.end();
    }
}

fn lockable(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

/// The locked file; none when another held it all the time.
fn lock(path: &Path, patience: Duration) -> io::Result<Option<File>> {
    let file = lockable(path)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if begin.elapsed() >= patience => return Ok(None),
            Err(TryLockError::WouldBlock) => thread::sleep(STEP),
        }
    }
}
