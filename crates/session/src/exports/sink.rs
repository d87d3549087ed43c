//! A file that is written until somebody stops it.

use std::{
    cell::Cell,
    fs::File,
    io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write},
    rc::Rc,
};

use shiwen_core::ExportFailure;
use tokio::sync::watch;

use super::Trouble;

/// Why a sink takes nothing more. What formats make of its errors does not matter then.
#[derive(Clone, Default)]
pub(super) struct Verdict {
    kind: Rc<Cell<Option<ErrorKind>>>,
}

pub(super) struct Sink {
    file: BufWriter<File>,
    stop: watch::Receiver<bool>,
    verdict: Verdict,
}

impl Sink {
    pub(super) fn new(file: File, stop: watch::Receiver<bool>, verdict: Verdict) -> Self {
        Self { file: BufWriter::with_capacity(64 * 1024, file), stop, verdict }
    }

    /// Brings everything to the disk, for good where `durable`.
    pub(super) fn end(mut self, durable: bool) -> io::Result<()> {
        self.flush()?;
        let outcome = if durable { self.file.get_ref().sync_data() } else { Ok(()) };
        self.judged(outcome)
    }

    fn judged<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.inspect_err(|error| self.verdict.kind.set(Some(error.kind())))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Whoever writes on after an error, as when it is dropped, writes into nothing.
        if self.verdict.kind.get().is_some() {
            return Ok(bytes.len());
        }
        if *self.stop.borrow() {
            return self.judged(Err(io::Error::other("stopped")));
        }
        let outcome = self.file.write(bytes);
        match outcome {
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            outcome => self.judged(outcome),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.verdict.kind.get().is_some() {
            return Ok(());
        }
        let outcome = self.file.flush();
        self.judged(outcome)
    }
}

impl Seek for Sink {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let outcome = self.file.seek(to);
        if self.verdict.kind.get().is_some() { outcome } else { self.judged(outcome) }
    }
}

impl Verdict {
    /// What a failed writing means; none where the file could have taken it.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        Some(Trouble::Failed(failure(self.kind.get()?)))
    }
}

/// A full disk told from a place that cannot be written.
pub(super) fn failure(kind: ErrorKind) -> ExportFailure {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            ExportFailure::DiskFull
        }
        _ => ExportFailure::Unwritable,
    }
}
