//! What an answer that is no success means: the provider's own words first, the HTTP status last.

use shiwen_core::{Charged, Failure, FailureKind, ProviderId, Timestamp};
use shiwen_http::Response;

use crate::{Created, Followed, spoken};

/// Where a service limits calls and does not say for how long.
const RATE_LIMIT_WAIT_S: u32 = 60;

/// An answer that is no success, sorted by what it proves about a call that costs money.
#[derive(Debug, Clone)]
pub(crate) enum Refused {
    /// The provider's own error answer; nothing was started.
    Definite(Failure),
    /// The provider's own error answer; the work may have begun.
    Doubtful(Failure),
    /// Only the HTTP status speaks: a proxy, a captive portal, a wrong address, a broken answer.
    ByStatus(Failure),
}

impl Refused {
    /// A provider's own error answer. Its own faults can come after the work had begun.
    pub(crate) fn spoken(failure: Failure) -> Self {
        match failure.kind {
            FailureKind::ProviderInternal
            | FailureKind::Network
            | FailureKind::MalformedResponse => Self::Doubtful(failure),
            _ => Self::Definite(failure),
        }
    }

    /// An answer in no shape that we know.
    pub(crate) fn by_status(provider: ProviderId, response: &Response, now: Timestamp) -> Self {
        Self::ByStatus(failure(provider, kind_of_status(response.status), response, now))
    }

    /// What it says about a create call.
    pub(crate) fn created(self) -> Created {
        match self {
            Self::Definite(failure) => Created::Rejected(failure),
            // These five are given before a service does any work, whoever sends them.
            Self::ByStatus(failure)
                if matches!(failure.http_status, Some(401 | 403 | 407 | 413 | 429)) =>
            {
                Created::Rejected(failure)
            }
            Self::Doubtful(failure) | Self::ByStatus(failure) => Created::Unknown(maybe(failure)),
        }
    }

    /// What it says about a task that was accepted. Only "no such task" ends the task; a status that
    /// came from nowhere never does.
    pub(crate) fn followed(self) -> Followed {
        match self {
            Self::ByStatus(failure) => Followed::AskAgain(maybe(failure)),
            Self::Definite(failure) | Self::Doubtful(failure) => match failure.kind {
                FailureKind::Unauthorized => Followed::KeyRefused(maybe(failure)),
                FailureKind::NotFound => Followed::Failed(maybe(failure)),
                _ => Followed::AskAgain(maybe(failure)),
            },
        }
    }

    /// The same, with the id under which the provider finds the call again.
    pub(crate) fn traced(self, trace_id: Option<String>) -> Self {
        let traced = |failure| Failure { trace_id, ..failure };
        match self {
            Self::Definite(failure) => Self::Definite(traced(failure)),
            Self::Doubtful(failure) => Self::Doubtful(traced(failure)),
            Self::ByStatus(failure) => Self::ByStatus(traced(failure)),
        }
    }

    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Definite(failure) | Self::Doubtful(failure) | Self::ByStatus(failure) => failure,
        }
    }
}

/// The failure of a task that may have cost money: no provider says whether it gives it back.
pub(crate) fn maybe(failure: Failure) -> Failure {
    Failure { charged: Charged::Unknown, ..failure }
}

/// A failure with what the answer's head says. Where the kind is `rate-limited` it names a pause.
pub(crate) fn failure(
    provider: ProviderId,
    kind: FailureKind,
    response: &Response,
    now: Timestamp,
) -> Failure {
    let limited = kind == FailureKind::RateLimited;
    Failure {
        http_status: Some(response.status),
        retry_after_s: limited.then(|| retry_after(response, now).unwrap_or(RATE_LIMIT_WAIT_S)),
        ..Failure::new(provider, kind)
    }
}

/// A 2xx answer, or one that looks like it, without what was promised.
pub(crate) fn malformed(
    provider: ProviderId,
    response: &Response,
    now: Timestamp,
    message: &str,
) -> Failure {
    Failure {
        message: spoken::message(message),
        ..failure(provider, FailureKind::MalformedResponse, response, now)
    }
}

/// What an HTTP status means where the body says nothing.
pub(crate) fn kind_of_status(status: u16) -> FailureKind {
    match status {
        401 => FailureKind::Unauthorized,
        402 => FailureKind::QuotaExhausted,
        403 => FailureKind::Forbidden,
        404 | 410 => FailureKind::NotFound,
        407 | 408 => FailureKind::Network,
        429 => FailureKind::RateLimited,
        400..=499 => FailureKind::InvalidInput,
        500..=599 => FailureKind::ProviderInternal,
        _ => FailureKind::MalformedResponse,
    }
}

/// The pause in whole seconds that the answer's head asks for.
pub(crate) fn retry_after(response: &Response, now: Timestamp) -> Option<u32> {
    let pause = shiwen_http::retry_after(response, now)?;
    let rest = u64::from(pause.subsec_nanos() > 0);
    Some(u32::try_from(pause.as_secs() + rest).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn response(status: u16, retry_after: Option<&str>) -> Response {
        let headers = retry_after.map(|value| ("retry-after".to_owned(), value.to_owned()));
        Response { status, headers: BTreeMap::from_iter(headers), body: Vec::new() }
    }

    fn by_status(status: u16) -> Refused {
        Refused::by_status(ProviderId::Momoget, &response(status, None), Timestamp(0))
    }

    #[test]
    fn the_status_alone_rejects_a_create_only_where_no_work_was_done() {
        for status in [401, 403, 407, 413, 429] {
            assert!(matches!(by_status(status).created(), Created::Rejected(_)), "{status}");
        }
        for status in [200, 204, 302, 400, 402, 404, 405, 408, 409, 422, 500, 502, 503, 504] {
            let created = by_status(status).created();
            let Created::Unknown(failure) = created else { panic!("{status}: {created:?}") };
            assert_eq!(failure.charged, Charged::Unknown);
        }
    }

    #[test]
    fn the_status_alone_never_ends_following() {
        for status in 100..600 {
            let followed = by_status(status).followed();
            assert!(matches!(followed, Followed::AskAgain(_)), "{status}: {followed:?}");
        }
    }

    #[test]
    fn a_pause_is_rounded_up_to_whole_seconds() {
        assert_eq!(retry_after(&response(429, Some("1.5")), Timestamp(0)), Some(2));
        assert_eq!(retry_after(&response(429, Some("120")), Timestamp(0)), Some(120));
        assert_eq!(retry_after(&response(429, Some("soon")), Timestamp(0)), None);
    }

    #[test]
    fn a_limit_without_a_pause_gets_a_minute() {
        assert_eq!(by_status(429).into_failure().retry_after_s, Some(60));
        assert_eq!(by_status(500).into_failure().retry_after_s, None);
    }
}
