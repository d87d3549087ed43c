//! What the engine cannot do, by what the user can do about it.

use shiwen_core::{Failure, ProviderId};
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
    /// A free test of the account failed, e.g. since the key was refused.
    #[error(transparent)]
    Refused(Box<FailureError>),
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A provider's failure as an error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FailureError(pub Failure);
