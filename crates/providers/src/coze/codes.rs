//! What Coze's codes mean. Some can come out of a run that had begun: those never prove that nothing was charged.

use shiwen_core::{Failure, FailureKind, Timestamp};
use shiwen_http::Response;

use super::ID;
use crate::{
    classify::{self, Refused},
    lenient::Fields,
    spoken,
};

/// Rows whose kind does not follow from the code's range. The last column is the pause in seconds that
/// goes with a limit, where the answer's head names none.
const MEANINGS: &[(i64, FailureKind, u32)] = &[
    (4008, FailureKind::QuotaExhausted, 0),
    (4009, FailureKind::RateLimited, 60),
    (4011, FailureKind::QuotaExhausted, 0),
    // The document says "model service error", the official JavaScript client "too many requests".
    (4013, FailureKind::RateLimited, 60),
    (4015, FailureKind::NotFound, 0),
    (4019, FailureKind::QuotaExhausted, 0),
    (4020, FailureKind::RateLimited, 60),
    (4022, FailureKind::QuotaExhausted, 0),
    (4028, FailureKind::QuotaExhausted, 0),
    (4100, FailureKind::Unauthorized, 0),
    (4101, FailureKind::Forbidden, 0),
    // Risk control: "try later".
    (4102, FailureKind::RateLimited, 300),
    (4200, FailureKind::NotFound, 0),
    (RECORD_MISSING, FailureKind::NotFound, 0),
    (RUN_ENDED, FailureKind::NotFound, 0),
    (6003, FailureKind::MembershipRequired, 0),
    (6031, FailureKind::NotFound, 0),
    (6039, FailureKind::InvalidInput, 0),
    (700_012_006, FailureKind::Unauthorized, 0),
    (702_093_018, FailureKind::RateLimited, 30),
    (720_701_002, FailureKind::InvalidInput, 0),
    (720_702_001, FailureKind::InvalidInput, 0),
    (720_702_002, FailureKind::InvalidInput, 0),
    (720_702_004, FailureKind::NotFound, 0),
    (720_702_011, FailureKind::NotFound, 0),
    (720_702_078, FailureKind::InvalidInput, 0),
];

/// Besides its own faults, what a run can end with after it had begun: the disputed 4013, interrupts, a plugin
/// that was called too often, a cancelled run.
const AFTER_THE_START: &[i64] = &[4013, 6039, 702_093_018, 720_702_078, 777_777_777];

const RECORD_MISSING: i64 = 4314;
const RUN_ENDED: i64 = 4315;

fn meaning(code: i64, words: &str) -> (FailureKind, u32) {
    let words = words.to_lowercase();
    // The code for too many asynchronous runs at once is not documented, its text is.
    if words.contains("async") && words.contains("concurren") {
        return (FailureKind::ConcurrencyFull, 0);
    }
    // A wrong token is answered like a missing permission.
    let wrong = ["incorrect", "invalid", "expired"].iter().any(|part| words.contains(part));
    if code == 4101 && words.contains("token") && wrong {
        return (FailureKind::Unauthorized, 0);
    }
    let row = MEANINGS.iter().find(|row| row.0 == code).map(|row| (row.1, row.2));
    row.unwrap_or(match code {
        4000..=4999 => (FailureKind::InvalidInput, 0),
        _ => (FailureKind::ProviderInternal, 0),
    })
}

pub(super) fn failure(code: i64, words: &str, response: &Response, now: Timestamp) -> Failure {
    let (kind, pause) = meaning(code, words);
    let head = classify::failure(ID, kind, response, now);
    Failure {
        code: Some(code.to_string()),
        message: spoken::message(words),
        retry_after_s: match pause {
            0 => head.retry_after_s,
            pause => classify::retry_after(response, now).or(Some(pause)),
        },
        ..head
    }
}

/// The error answer to a call, sorted by what it proves about a run.
pub(super) fn refused(code: i64, failure: Failure) -> Refused {
    match AFTER_THE_START.contains(&code) {
        true => Refused::Doubtful(failure),
        false => Refused::spoken(failure),
    }
}

/// The failure that a run's record names by the same codes; none where it names none.
pub(super) fn of_record(item: Fields<'_>, response: &Response, now: Timestamp) -> Option<Failure> {
    let code = item.integer("error_code").filter(|code| *code != 0)?;
    Some(failure(code, record_words(item), response, now))
}

/// The failure of a record that says "failed" and no code that can be read.
pub(super) fn uncoded(item: Fields<'_>, response: &Response, now: Timestamp) -> Failure {
    Failure {
        code: item.text("error_code").and_then(spoken::code),
        message: spoken::message(record_words(item)),
        ..classify::failure(ID, FailureKind::ProviderInternal, response, now)
    }
}

fn record_words(item: Fields<'_>) -> &str {
    item.text("error_message").or_else(|| item.text("error_msg")).unwrap_or_default()
}

/// No record of the run, which may only be late.
pub(super) fn may_be_late(failure: &Failure) -> bool {
    is(failure, RECORD_MISSING)
}

pub(super) fn has_ended(failure: &Failure) -> bool {
    is(failure, RUN_ENDED)
}

/// What the history of a made-up run is answered with when the token is good.
pub(super) fn is_missing_run(failure: &Failure) -> bool {
    is(failure, RECORD_MISSING) || is(failure, 4200)
}

fn is(failure: &Failure, code: i64) -> bool {
    failure.code.as_deref() == Some(code.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_token_and_a_missing_permission_share_a_code() {
        let wrong = "The token you entered is incorrect. Please check.";
        assert_eq!(meaning(4101, wrong).0, FailureKind::Unauthorized);
        let scope = "The token does not have permission to access this resource.";
        assert_eq!(meaning(4101, scope).0, FailureKind::Forbidden);
    }

    #[test]
    fn too_many_runs_at_once_are_known_by_their_text() {
        let words = "Asynchronous execution concurrency limit exceeded";
        assert_eq!(meaning(4999, words).0, FailureKind::ConcurrencyFull);
    }

    #[test]
    fn an_unknown_code_is_read_by_its_range() {
        assert_eq!(meaning(4321, "").0, FailureKind::InvalidInput);
        for code in [5000, 5999, 6099, 720_701_013, 777_777_776, -1, 1] {
            assert_eq!(meaning(code, "").0, FailureKind::ProviderInternal, "{code}");
        }
    }
}
