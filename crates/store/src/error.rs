//! What can go wrong with the file, by what can be done about it.

use std::path::PathBuf;

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such task")]
    TaskGone,
    /// The task has moved on; what was asked for does not apply any more.
    #[error("the task is in another state")]
    WrongState,
    /// The id already belongs to another task.
    #[error("that remote id belongs to task {0}")]
    RemoteIdTaken(u32),
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
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Failed(error),
        }
    }
}
