//! The files of the log: a few of them, none larger than a megabyte, the oldest given up for room.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// In bytes.
const LARGEST: u64 = 1_000_000;
/// Files in all, the one that is written included.
const FILES: usize = 5;
/// A folder that could not be written is tried again after this.
const PAUSE: Duration = Duration::from_secs(60);

/// The log of a data folder, `logs/shiwen.log` in it. Nothing is opened or made before the first line; where nothing can
/// be written there is no log, and the program runs all the same.
pub struct LogFile {
    folder: PathBuf,
    largest: u64,
    state: Mutex<State>,
}

enum State {
    Closed,
    Open { file: File, bytes: u64 },
    Failed { at: Instant },
}

impl LogFile {
    pub fn new(data_folder: &Path) -> Self {
        Self::with_largest(data_folder, LARGEST)
    }

    fn with_largest(data_folder: &Path, largest: u64) -> Self {
        Self { folder: data_folder.join("logs"), largest, state: Mutex::new(State::Closed) }
    }

    /// The folder that the log is about.
    pub(super) fn data_folder(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }

    /// The newest file.
    pub fn path(&self) -> PathBuf {
        self.numbered(0)
    }

    /// Adds one line.
    pub fn write(&self, line: &str) {
        let mut state = self.state();
        let written = self.try_write(&mut state, line);
        if written.is_err() {
            *state = State::Failed { at: Instant::now() };
        }
    }

    /// Removes all files. The next line begins anew.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn clear(&self) -> io::Result<()> {
        let mut state = self.state();
        *state = State::Closed;
        for number in 0..FILES {
            gone(fs::remove_file(self.numbered(number)))?;
        }
        Ok(())
    }

    fn try_write(&self, state: &mut State, line: &str) -> io::Result<()> {
        let length = line.len() as u64;
        match state {
            State::Failed { at } if at.elapsed() < PAUSE => return Ok(()),
            State::Open { bytes, .. } if *bytes + length > self.largest => {
                // Else Windows would not let it be renamed.
                *state = State::Closed;
                self.rotate()?;
                *state = self.open()?;
            }
            State::Open { .. } => {}
            State::Closed | State::Failed { .. } => *state = self.open()?,
        }
        if let State::Open { file, bytes } = state {
            file.write_all(line.as_bytes())?;
            *bytes += length;
        }
        Ok(())
    }

    fn open(&self) -> io::Result<State> {
        fs::create_dir_all(&self.folder)?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let path = self.path();
        let mut file = options.open(&path)?;
        let mut bytes = file.metadata()?.len();
        if bytes >= self.largest {
            drop(file);
            self.rotate()?;
            file = options.open(&path)?;
            bytes = 0;
        }
        Ok(State::Open { file, bytes })
    }

    /// Makes each file the next older one; the oldest is gone.
    fn rotate(&self) -> io::Result<()> {
        gone(fs::remove_file(self.numbered(FILES - 1)))?;
        for number in (1..FILES).rev() {
            gone(fs::rename(self.numbered(number - 1), self.numbered(number)))?;
        }
        Ok(())
    }

    fn numbered(&self, number: usize) -> PathBuf {
        match number {
            0 => self.folder.join("shiwen.log"),
            number => self.folder.join(format!("shiwen.{number}.log")),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is not there needs neither removing nor renaming.
fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(log: &LogFile) -> Vec<String> {
        let files = fs::read_dir(&log.folder).unwrap();
        let mut names: Vec<_> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn five_files_are_kept_and_none_grows_beyond_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::with_largest(folder.path(), 100);
        for number in 0..200 {
            log.write(&format!("line {number}\n"));
        }
        let all = ["shiwen.1.log", "shiwen.2.log", "shiwen.3.log", "shiwen.4.log", "shiwen.log"];
        assert_eq!(names(&log), all);
        let mut lines = Vec::new();
        for number in (0..FILES).rev() {
            let text = fs::read_to_string(log.numbered(number)).unwrap();
            assert!(text.len() <= 100, "{}", text.len());
            lines.extend(text.lines().map(str::to_owned).collect::<Vec<_>>());
        }
        // The newest ones, in order, without a gap.
        let first = 200 - lines.len();
        let expected: Vec<_> = (first..200).map(|number| format!("line {number}")).collect();
        assert_eq!(lines, expected);
        assert!(lines.len() > 40);
    }

    #[test]
    fn the_next_start_goes_on_in_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        LogFile::new(folder.path()).write("first\n");
        let log = LogFile::new(folder.path());
        log.write("second\n");
        assert_eq!(fs::read_to_string(log.path()).unwrap(), "first\nsecond\n");
        log.clear().unwrap();
        assert_eq!(names(&log), [] as [&str; 0]);
        log.write("third\n");
        assert_eq!(fs::read_to_string(log.path()).unwrap(), "third\n");
    }

    #[test]
    fn where_nothing_can_be_written_there_is_no_log_and_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        // A file in the place of the folder: it stops even those whom no permission does.
        fs::write(folder.path().join("logs"), "in the way").unwrap();
        let log = LogFile::new(folder.path());
        log.write("lost\n");
        log.write("lost too\n");
        assert_eq!(fs::read_to_string(folder.path().join("logs")).unwrap(), "in the way");
    }
}
