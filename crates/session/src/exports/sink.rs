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
    /// Where the next byte goes, and where the last one went: once nothing is taken any more, only as if.
    at: u64,
    end: u64,
}

impl Sink {
    pub(super) fn new(file: File, stop: watch::Receiver<bool>, verdict: Verdict) -> Self {
        let file = BufWriter::with_capacity(64 * 1024, file);
        Self { file, stop, verdict, at: 0, end: 0 }
    }

    /// Brings everything to the disk, for good where `durable`.
    pub(super) fn end(mut self, durable: bool) -> io::Result<()> {
        self.flush()?;
        let outcome = if durable { self.file.get_ref().sync_data() } else { Ok(()) };
        self.judged(outcome)
    }

    fn went_on(&mut self, bytes: usize) {
        self.at += bytes as u64;
        self.end = self.end.max(self.at);
    }

    fn judged<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.inspect_err(|error| self.verdict.kind.set(Some(error.kind())))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Whoever writes on after an error, as when it is dropped, writes into nothing.
        if self.verdict.kind.get().is_some() {
            self.went_on(bytes.len());
            return Ok(bytes.len());
        }
        if *self.stop.borrow() {
            return self.judged(Err(io::Error::other("stopped")));
        }
        let outcome = self.file.write(bytes);
        match outcome {
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            outcome => self.judged(outcome).inspect(|bytes| self.went_on(*bytes)),
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
        if self.verdict.kind.get().is_none() {
            let outcome = self.file.seek(to);
            self.at = self.judged(outcome)?;
            return Ok(self.at);
        }
        // What is dropped after an error goes back to what it has written, and expects to find it where it was.
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        self.at = place.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_after_a_stop_goes_nowhere_and_is_found_where_it_went() -> io::Result<()> {
        let file = tempfile::tempfile()?;
        let (stop, stopped) = watch::channel(false);
        let mut sink = Sink::new(file.try_clone()?, stopped, Verdict::default());
        sink.write_all(b"here")?;
        stop.send_replace(true);
        assert!(sink.write_all(b"not here").is_err());
        sink.write_all(b"nowhere")?;
        assert_eq!(sink.stream_position()?, 11);
        assert_eq!(sink.seek(SeekFrom::Start(2))?, 2);
        sink.write_all(b"!")?;
        assert_eq!((sink.stream_position()?, sink.seek(SeekFrom::End(0))?), (3, 11));
        assert!(sink.seek(SeekFrom::Current(-12)).is_err());
        drop(sink);
        assert_eq!(file.metadata()?.len(), 4);
        Ok(())
    }
}
