//! Reads our own JSON again, one task at a time: a file of a gigabyte takes no more memory than its largest task.

use std::{
    cell::{Cell, RefCell},
    fmt,
    io::{self, BufRead, BufReader, Read},
};

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Value, error::Category};

use crate::{Exported, json::VERSION};

/// Largest task that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Why a file cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E: std::error::Error + 'static> {
    /// It was not written by this program.
    #[error("the file holds no exported tasks")]
    Foreign,
    /// A newer program wrote it.
    #[error("the file has the form {0}, which only a newer program reads")]
    Newer(u64),
    /// Its end is missing.
    #[error("the file is cut off")]
    Truncated,
    /// It is damaged there.
    #[error("the file is damaged at line {line}, column {column}")]
    Damaged { line: usize, column: usize },
    /// One of its tasks is larger than any that this program writes.
    #[error("a task in the file is too large")]
    TooLarge,
    #[error("the file cannot be read")]
    Io(#[source] io::Error),
    /// Whoever took the tasks stopped.
    #[error(transparent)]
    Stopped(E),
}

/// Reads the tasks of a file in its order and hands each on; none for an entry that is no task this program knows.
///
/// # Errors
/// What was handed on before the error was sound.
pub fn read_json<R: Read, E: std::error::Error + 'static>(
    reader: R,
    take: impl FnMut(Option<Exported>) -> Result<(), E>,
) -> Result<(), ReadError<E>> {
    let mut reader = BufReader::new(reader);
    let has_mark = reader.fill_buf().map_err(ReadError::Io)?.starts_with("\u{FEFF}".as_bytes());
    if has_mark {
        reader.consume(3);
    }
    let reading =
        Reading { read: Cell::new(0), refusal: RefCell::new(None), known: Cell::new(false) };
    let bounded = Bounded { reader, read: &reading.read };
    let mut json = Deserializer::from_reader(bounded);
    let file = File { reading: &reading, take };
    let outcome = file.deserialize(&mut json).and_then(|()| json.end());
    match outcome {
        Ok(()) => Ok(()),
        Err(error) => Err(reading.sorted(error)),
    }
}

/// What is known while a file is read.
struct Reading<E: std::error::Error + 'static> {
    /// Bytes since the last task began.
    read: Cell<u64>,
    /// Why reading was given up, where it was not for the JSON itself.
    refusal: RefCell<Option<ReadError<E>>>,
    /// The file says that it is ours.
    known: Cell<bool>,
}

impl<E: std::error::Error + 'static> Reading<E> {
    fn refuse<T, J: serde::de::Error>(&self, refusal: ReadError<E>) -> Result<T, J> {
        *self.refusal.borrow_mut() = Some(refusal);
        Err(J::custom("given up"))
    }

    fn sorted(&self, error: serde_json::Error) -> ReadError<E> {
        if let Some(refusal) = self.refusal.borrow_mut().take() {
            return refusal;
        }
        match error.classify() {
            Category::Io if self.read.get() > LARGEST => ReadError::TooLarge,
            Category::Io => ReadError::Io(error.into()),
            _ if !self.known.get() => ReadError::Foreign,
            Category::Eof => ReadError::Truncated,
            Category::Syntax | Category::Data => {
                ReadError::Damaged { line: error.line(), column: error.column() }
            }
        }
    }
}

/// Ends with an error where too much is read for one task.
struct Bounded<'a, R> {
    reader: R,
    read: &'a Cell<u64>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(into)?;
        self.read.set(self.read.get() + count as u64);
        if self.read.get() > LARGEST {
            return Err(io::Error::other("too large"));
        }
        Ok(count)
    }
}

/// The whole file.
struct File<'a, E: std::error::Error + 'static, F> {
    reading: &'a Reading<E>,
    take: F,
}

impl<'de, E, F> DeserializeSeed<'de> for File<'_, E, F>
where
    E: std::error::Error + 'static,
    F: FnMut(Option<Exported>) -> Result<(), E>,
{
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, E, F> Visitor<'de> for File<'_, E, F>
where
    E: std::error::Error + 'static,
    F: FnMut(Option<Exported>) -> Result<(), E>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file of exported tasks")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        let mut has_tasks = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "shiwen" => match map.next_value::<Value>()?.as_u64() {
                    Some(version) if version > VERSION => {
                        return self.reading.refuse(ReadError::Newer(version));
                    }
                    Some(VERSION) => self.reading.known.set(true),
                    _ => return self.reading.refuse(ReadError::Foreign),
                },
                // Without its version before them nobody knows what the tasks mean.
                "tasks" if !self.reading.known.get() => {
                    return self.reading.refuse(ReadError::Foreign);
                }
                "tasks" => {
                    has_tasks = true;
                    map.next_value_seed(Tasks { reading: self.reading, take: &mut self.take })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if has_tasks { Ok(()) } else { self.reading.refuse(ReadError::Foreign) }
    }
}

/// The list of tasks.
struct Tasks<'a, E: std::error::Error + 'static, F> {
    reading: &'a Reading<E>,
    take: &'a mut F,
}

impl<'de, E, F> DeserializeSeed<'de> for Tasks<'_, E, F>
where
    E: std::error::Error + 'static,
    F: FnMut(Option<Exported>) -> Result<(), E>,
{
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, E, F> Visitor<'de> for Tasks<'_, E, F>
where
    E: std::error::Error + 'static,
    F: FnMut(Option<Exported>) -> Result<(), E>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of tasks")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut tasks: S) -> Result<(), S::Error> {
        self.reading.read.set(0);
        // As a value first: an entry that is no task is still an entry, and those behind it can be read.
        while let Some(entry) = tasks.next_element::<Value>()? {
            self.reading.read.set(0);
            if let Err(stop) = (self.take)(serde_json::from_value(entry).ok()) {
                return self.reading.refuse(ReadError::Stopped(stop));
            }
        }
        Ok(())
    }
}
