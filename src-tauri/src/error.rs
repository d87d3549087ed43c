//! The only place where errors become codes. The window has words for each code; the message is for the log.

use serde::{Deserialize, Serialize};
use shiwen_engine::EngineError;
use shiwen_secrets::KeychainError;
use shiwen_session::SessionError;
use shiwen_store::StoreError;

#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub(crate) struct CommandError {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorCode {
    NoLink,
    NotReady,
    TaskGone,
    WrongState,
    InvalidField,
    InvalidId,
    KeychainMissing,
    KeychainNoCollection,
    KeychainLocked,
    KeychainFailed,
    DiskFull,
    DatabaseBusy,
    DatabaseFailed,
    ClipboardFailed,
    OpenRefused,
    SandboxFailed,
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
        tracing::warn!(?code, %message, "a command failed");
        Self { code, message }
    }

    pub(crate) fn plain(code: ErrorCode, message: &str) -> Self {
        tracing::warn!(?code, message, "a command failed");
        Self { code, message: message.to_owned() }
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
            EngineError::NotReady(_) | EngineError::NotOffered(_) => ErrorCode::NotReady,
            EngineError::InvalidField { .. } | EngineError::Refused(_) => ErrorCode::InvalidField,
            EngineError::InvalidId => ErrorCode::InvalidId,
            EngineError::Keychain(error) => keychain(error),
            EngineError::Store(error) => store(error),
        };
        Self::new(code, &error)
    }
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
        StoreError::RemoteIdTaken(_) => ErrorCode::InvalidId,
        StoreError::DiskFull => ErrorCode::DiskFull,
        StoreError::Busy => ErrorCode::DatabaseBusy,
        StoreError::Newer(_)
        | StoreError::Damaged(_)
        | StoreError::Unwritable { .. }
        | StoreError::Failed(_) => ErrorCode::DatabaseFailed,
    }
}

fn keychain(error: &KeychainError) -> ErrorCode {
    match error {
        KeychainError::Missing => ErrorCode::KeychainMissing,
        KeychainError::NoCollection => ErrorCode::KeychainNoCollection,
        KeychainError::Locked => ErrorCode::KeychainLocked,
        KeychainError::TooLong => ErrorCode::InvalidField,
        KeychainError::Failed(_) => ErrorCode::KeychainFailed,
    }
}
