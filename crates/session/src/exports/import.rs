//! Tasks of another history, out of a file of our own JSON.

use std::{convert::Infallible, fs::File, io, path::Path};

use shiwen_core::{Imported, Timestamp};
use shiwen_export::{Exported, ReadError, read_json};
use shiwen_store::{ImportedTask, Store, StoreError};

use super::{PAGE, record};
use crate::Session;

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file cannot be read")]
    Unreadable(#[source] io::Error),
    /// It was not written by this program.
    #[error("the file holds no exported tasks")]
    Foreign,
    #[error("the file has the form {0}, which only a newer program reads")]
    Newer(u64),
    #[error("the file is cut off")]
    Truncated,
    #[error("the file is damaged at line {line}, column {column}")]
    Damaged { line: usize, column: usize },
    #[error("a task in the file is too large")]
    TooLarge,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Session {
    /// Brings the tasks of a file that this program exported as JSON. Takes as long as the file is large; asks for the
    /// same file twice bring nothing twice. A file that is no such file, or damaged anywhere, brings nothing.
    ///
    /// # Errors
    /// What is wrong with the file, or that the history cannot be written: then a part may be there, and importing
    /// again brings the rest.
    pub fn import_file(&self, path: &Path) -> Result<Imported, ImportError> {
        import(self.engine.store(), path)
    }
}

fn import(store: &Store, path: &Path) -> Result<Imported, ImportError> {
    // Once to see that it is sound, so that a damaged file brings nothing at all.
    let looked = read_json(open(path)?, |_| Ok::<(), Infallible>(()));
    looked.map_err(|error| sorted(error, |never| match never {}))?;
    let now = Timestamp::now();
    let mut sum = Imported::default();
    let mut page: Vec<ImportedTask> = Vec::with_capacity(PAGE);
    let take = |entry: Option<Exported>| -> Result<(), StoreError> {
        let Some(task) = entry else {
            sum.skipped += 1;
            return Ok(());
        };
        page.push(record::imported(task));
        if page.len() == PAGE {
            add(&mut sum, store.import(&page, now)?);
            page.clear();
        }
        Ok(())
    };
    read_json(open(path)?, take).map_err(|error| sorted(error, ImportError::Store))?;
    add(&mut sum, store.import(&page, now)?);
    Ok(sum)
}

fn open(path: &Path) -> Result<File, ImportError> {
    File::open(path).map_err(ImportError::Unreadable)
}

fn add(sum: &mut Imported, part: Imported) {
    sum.added += part.added;
    sum.merged += part.merged;
    sum.known += part.known;
    sum.skipped += part.skipped;
}

fn sorted<E: std::error::Error + 'static>(
    error: ReadError<E>,
    stopped: impl FnOnce(E) -> ImportError,
) -> ImportError {
    match error {
        ReadError::Foreign => ImportError::Foreign,
        ReadError::Newer(version) => ImportError::Newer(version),
        ReadError::Truncated => ImportError::Truncated,
        ReadError::Damaged { line, column } => ImportError::Damaged { line, column },
        ReadError::TooLarge => ImportError::TooLarge,
        ReadError::Io(error) => ImportError::Unreadable(error),
        ReadError::Stopped(error) => stopped(error),
    }
}
