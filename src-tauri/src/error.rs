//! The only place where errors become codes. The window has words for each code; the message is for the log.

use std::path::Path;

use serde::{Deserialize, Serialize};
use shiwen_core::{Failure, Fault, Timestamp};
use shiwen_engine::EngineError;
use shiwen_secrets::KeychainError;
use shiwen_session::{
    ExportError, ImportError, LedgerError, MediaError, NetworkError, SessionError,
};
use shiwen_store::StoreError;

use crate::shortcut::ShortcutError;

#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub(crate) struct CommandError {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    /// What is wrong with a form; empty unless the code is `faults`.
    pub(crate) faults: Vec<Fault>,
    /// What the provider said, where it was asked.
    pub(crate) failure: Option<Box<Failure>>,
    /// When it may be tried again, where that is known.
    pub(crate) until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorCode {
    NoLink,
    NotReady,
    TaskGone,
    WrongState,
    /// Another task has the result for the same video, or may still get it: nothing was queued.
    KnownVideo,
    InvalidField,
    InvalidId,
    /// A text must say something.
    EmptyText,
    TooLong,
    /// A template names what there is not.
    WrongTemplate,
    /// Nothing was selected, or it is gone.
    NothingSelected,
    /// More tasks than can be copied.
    TooMany,
    /// A file that the user picked cannot be read.
    FileUnreadable,
    /// Where the user wants a file none can be written; nothing was.
    FileUnwritable,
    /// It was not written by this program.
    ForeignFile,
    /// It was written by a newer version.
    NewerFile,
    DamagedFile,
    /// A form is not filled in as the provider wants it; nothing was sent.
    Faults,
    /// What was asked cannot be sent as it is, e.g. a file that cannot be read; nothing was.
    UnfitCall,
    /// The provider does not do that.
    NotOffered,
    /// The provider refused a call that is no task; nothing was done.
    RefusedCall,
    /// A call that is no task may or may not have been done.
    UncertainCall,
    /// The provider's calls of this minute are used up.
    BusyCall,
    /// A picture or video cannot be had.
    MediaUnavailable,
    KeychainNoBus,
    KeychainMissing,
    KeychainNoCollection,
    KeychainLocked,
    KeychainFailed,
    DiskFull,
    DatabaseBusy,
    DatabaseFailed,
    ClipboardFailed,
    OpenRefused,
    /// Another program has these keys; those of before stay in force.
    ShortcutTaken,
    SandboxFailed,
    /// Calls that cost money are out, and their answers would be lost or waited for; nothing has changed.
    CallsOut,
    Internal,
}

impl CommandError {
    pub(crate) fn new(code: ErrorCode, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        // Not for the log file: it may repeat what was asked.
        tracing::warn!(?code, said = message, "a command failed");
        Self { code, message, faults: Vec::new(), failure: None, until: None }
    }

    pub(crate) fn plain(code: ErrorCode, message: &str) -> Self {
        tracing::warn!(?code, error = message, "a command failed");
        Self { code, message: message.to_owned(), faults: Vec::new(), failure: None, until: None }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::new(store(&error), &error)
    }
}

impl From<KeychainError> for CommandError {
    fn from(error: KeychainError) -> Self {
        Self::new(keychain(&error), &error)
    }
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        let code = match &error {
            EngineError::NoLink => ErrorCode::NoLink,
            EngineError::NotReady(_) => ErrorCode::NotReady,
            EngineError::NotOffered(_) => ErrorCode::NotOffered,
            EngineError::InvalidField { .. } => ErrorCode::InvalidField,
            // Its failure is none of the provider's, so the window gets the code alone.
            EngineError::Unfit(_) => ErrorCode::UnfitCall,
            EngineError::Refused(_) => ErrorCode::RefusedCall,
            EngineError::Uncertain(_) => ErrorCode::UncertainCall,
            EngineError::Busy { .. } => ErrorCode::BusyCall,
            EngineError::Faults(_) => ErrorCode::Faults,
            EngineError::InvalidId => ErrorCode::InvalidId,
            EngineError::Keychain(error) => keychain(error),
            EngineError::Store(error) => store(error),
        };
        let made = Self::new(code, &error);
        match error {
            EngineError::Faults(faults) => Self { faults, ..made },
            EngineError::Refused(failure) | EngineError::Uncertain(failure) => {
                Self { failure: Some(Box::new(failure.0)), ..made }
            }
            EngineError::Busy { until, .. } => Self { until: Some(until), ..made },
            _ => made,
        }
    }
}

impl From<MediaError> for CommandError {
    fn from(error: MediaError) -> Self {
        let code = match &error {
            MediaError::NoSuchMedia | MediaError::NoSuchDownload | MediaError::Unavailable(_) => {
                ErrorCode::MediaUnavailable
            }
            MediaError::Store(error) => store(error),
        };
        Self::new(code, &error)
    }
}

impl From<ExportError> for CommandError {
    fn from(error: ExportError) -> Self {
        let code = match &error {
            ExportError::Template(_) => ErrorCode::WrongTemplate,
            ExportError::NoSuchExport => ErrorCode::Internal,
            ExportError::Nothing => ErrorCode::NothingSelected,
            ExportError::TooMany { .. } => ErrorCode::TooMany,
            ExportError::Store(error) => store(error),
        };
        Self::new(code, &error)
    }
}

impl From<LedgerError> for CommandError {
    fn from(error: LedgerError) -> Self {
        let code = match &error {
            LedgerError::NoMonth => ErrorCode::InvalidField,
            LedgerError::Unwritable(_) => ErrorCode::FileUnwritable,
            LedgerError::Store(error) => store(error),
        };
        Self::new(code, &error)
    }
}

impl From<NetworkError> for CommandError {
    fn from(error: NetworkError) -> Self {
        match error {
            NetworkError::NoProxy => Self::new(ErrorCode::InvalidField, &error),
            NetworkError::Engine(error) => error.into(),
        }
    }
}

impl From<ImportError> for CommandError {
    fn from(error: ImportError) -> Self {
        let code = match &error {
            ImportError::Unreadable(_) => ErrorCode::FileUnreadable,
            ImportError::Foreign => ErrorCode::ForeignFile,
            ImportError::Newer(_) => ErrorCode::NewerFile,
            ImportError::Truncated | ImportError::Damaged { .. } | ImportError::TooLarge => {
                ErrorCode::DamagedFile
            }
            ImportError::Store(error) => store(error),
        };
        Self::new(code, &error)
    }
}

/// What kept the file of a backup from being put in the place of the history.
pub(crate) fn of_backup(backup: &Path, error: &StoreError) -> CommandError {
    let code = match error {
        StoreError::Unwritable { path, .. } if path == backup => ErrorCode::FileUnreadable,
        StoreError::Damaged(_) => ErrorCode::ForeignFile,
        StoreError::Newer(_) => ErrorCode::NewerFile,
        other => store(other),
    };
    CommandError::new(code, error)
}

/// What kept a file from being written where the user wants it.
pub(crate) fn of_target(error: &StoreError) -> CommandError {
    let code = match error {
        StoreError::Unwritable { .. } => ErrorCode::FileUnwritable,
        other => store(other),
    };
    CommandError::new(code, error)
}

impl From<SessionError> for CommandError {
    fn from(error: SessionError) -> Self {
        let code = match &error {
            SessionError::Store(error) => store(error),
            SessionError::Sandbox(_) => ErrorCode::SandboxFailed,
            SessionError::Lock(_) | SessionError::NoFolder => ErrorCode::DatabaseFailed,
        };
        Self::new(code, &error)
    }
}

fn store(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::TaskGone => ErrorCode::TaskGone,
        StoreError::WrongState => ErrorCode::WrongState,
        StoreError::Known(_) => ErrorCode::KnownVideo,
        StoreError::RemoteIdTaken(_) => ErrorCode::InvalidId,
        StoreError::EmptyText => ErrorCode::EmptyText,
        StoreError::TooLong { .. } => ErrorCode::TooLong,
        StoreError::DiskFull => ErrorCode::DiskFull,
        StoreError::Busy => ErrorCode::DatabaseBusy,
        StoreError::Newer(_)
        | StoreError::Damaged(_)
        | StoreError::Unwritable { .. }
        | StoreError::Failed(_) => ErrorCode::DatabaseFailed,
    }
}

impl From<ShortcutError> for CommandError {
    fn from(error: ShortcutError) -> Self {
        let code = match error {
            ShortcutError::Invalid => ErrorCode::InvalidField,
            ShortcutError::Taken => ErrorCode::ShortcutTaken,
            ShortcutError::NotHere => ErrorCode::NotOffered,
        };
        Self::new(code, &error)
    }
}

fn keychain(error: &KeychainError) -> ErrorCode {
    match error {
        KeychainError::NoBus => ErrorCode::KeychainNoBus,
        KeychainError::Missing => ErrorCode::KeychainMissing,
        KeychainError::NoCollection => ErrorCode::KeychainNoCollection,
        KeychainError::Locked => ErrorCode::KeychainLocked,
        KeychainError::TooLong => ErrorCode::InvalidField,
        KeychainError::Failed(_) => ErrorCode::KeychainFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_file_of_a_backup_is_not_said_of_the_history() {
        let backup = Path::new("/folder/mine.db");
        let unreadable = |path: &str| StoreError::Unwritable {
            path: path.into(),
            source: std::io::ErrorKind::NotFound.into(),
        };
        for (error, code) in [
            (StoreError::Damaged(backup.to_owned()), ErrorCode::ForeignFile),
            (StoreError::Newer(backup.to_owned()), ErrorCode::NewerFile),
            (unreadable("/folder/mine.db"), ErrorCode::FileUnreadable),
            (unreadable("/folder/data"), ErrorCode::DatabaseFailed),
            (StoreError::Busy, ErrorCode::DatabaseBusy),
        ] {
            assert_eq!(of_backup(backup, &error).code, code, "{error}");
        }
    }
}
