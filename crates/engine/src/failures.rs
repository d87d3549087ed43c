//! Failures that the engine itself finds out, in the shared taxonomy.

use shiwen_core::{Charged, Failure, FailureKind, ProviderId};
use shiwen_http::SendError;

/// The call brought no answer.
pub(crate) fn unanswered(provider: ProviderId, error: &SendError, charged: Charged) -> Failure {
    Failure {
        charged,
        message: Some(error.to_string()),
        ..Failure::new(provider, FailureKind::Network)
    }
}

/// The program ended while the create call was out.
pub(crate) fn crashed(provider: ProviderId) -> Failure {
    Failure {
        charged: Charged::Unknown,
        message: Some("the program ended before the answer came".to_owned()),
        ..Failure::new(provider, FailureKind::Network)
    }
}
