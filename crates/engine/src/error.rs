//! What the engine cannot do, by what the user can do about it.

use shiwen_core::{Failure, Fault, ProviderId, Timestamp};
use shiwen_secrets::KeychainError;
use shiwen_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The text holds none of the links that were asked for.
    #[error("no such link in the text")]
    NoLink,
    /// A required field of the provider's account is missing.
    #[error("{0} is not set up")]
    NotReady(ProviderId),
    /// The provider cannot do this operation.
    #[error("{0} does not do that")]
    NotOffered(ProviderId),
    #[error("{field} of {provider} cannot be used")]
    InvalidField { provider: ProviderId, field: String },
    #[error("the task number is not usable")]
    InvalidId,
    /// What was filled in cannot be sent. Nothing was.
    #[error("cannot be sent as it is filled in, faulty fields: {}", .0.len())]
    Faults(Vec<Fault>),
    /// What was asked cannot be sent as it is, e.g. a file that cannot be read. Nothing was; the failure's code says
    /// why, where there is more to say than its message does.
    #[error(transparent)]
    Unfit(Box<FailureError>),
    /// A call was refused or came to nothing, e.g. since the key was refused.
    #[error(transparent)]
    Refused(Box<FailureError>),
    /// A call that may not be made twice ended without an answer that says whether it was done.
    #[error("nobody knows whether it was done: {0}")]
    Uncertain(Box<FailureError>),
    /// The provider takes no more calls before then.
    #[error("{provider} takes no more calls now")]
    Busy { provider: ProviderId, until: Timestamp },
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EngineError {
    pub(crate) fn unfit(failure: Failure) -> Self {
        Self::Unfit(Box::new(FailureError(failure)))
    }

    pub(crate) fn refused(failure: Failure) -> Self {
        Self::Refused(Box::new(FailureError(failure)))
    }
}

/// A provider's failure as an error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FailureError(pub Failure);
