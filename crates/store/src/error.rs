//! What can go wrong with the file, by what can be done about it.

use std::path::PathBuf;

use rusqlite::{ErrorCode, ffi};
use shiwen_core::TaskId;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such task")]
    TaskGone,
    /// The task has moved on; what was asked for does not apply any more.
    #[error("the task is in another state")]
    WrongState,
    /// Another task has the result for the same video, or may still get it.
    #[error("task {} is about the same video", .0.0)]
    Known(TaskId),
    /// The id already belongs to another task.
    #[error("that remote id belongs to task {0}")]
    RemoteIdTaken(u32),
    /// A version must say something.
    #[error("the text is empty")]
    EmptyText,
    #[error("longer than {most} characters")]
    TooLong { most: usize },
    #[error("the disk is full")]
    DiskFull,
    /// Another program holds the file.
    #[error("the database is in use by another program")]
    Busy,
    /// Written by a newer version; left unchanged.
    #[error("the database was written by a newer version: {0}")]
    Newer(PathBuf),
    /// Not a database, or a damaged one; left unchanged.
    #[error("not a readable database: {0}")]
    Damaged(PathBuf),
    #[error("the data folder cannot be written: {path}")]
    Unwritable { path: PathBuf, source: std::io::Error },
    #[error("the database failed")]
    Failed(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(said) = error.sqlite_error() else { return Self::Failed(error) };
        match (said.code, said.extended_code) {
            // The second: no room for the index beside the write-ahead log.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::DiskFull,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Busy,
            _ => Self::Failed(error),
        }
    }
}
