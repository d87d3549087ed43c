//! The history of a run: the call that asks for it, its record, and what is left of an old one.

use std::time::Duration;

use serde_json::Value;
use shiwen_core::{Failure, FailureKind, Operation, Timestamp};
use shiwen_http::{Purpose, Request, Response};

use super::{ID, bearer, codes, is_id, output, read, trace};
use crate::{
    Account, Answer, Followed,
    classify::{self, Refused, failure, maybe},
    lenient::Fields,
    outgoing::{self, Call},
    spoken,
};

const HISTORY_TIMEOUT: Duration = Duration::from_secs(20);
/// Right after the run call its record may not be there yet.
const RECORD_DELAY: Duration = Duration::from_secs(15);
/// Coze keeps the output of a run for 7 days.
const RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The code of a run whose output Coze no longer has.
pub const EXPIRED: &str = "expired";
pub(super) fn call(
    workflow_id: &str,
    execute_id: &str,
    token: &str,
    account: &Account,
) -> Result<Request, Failure> {
    if !is_id(workflow_id) || !is_id(execute_id) {
        return Err(outgoing::refuse(ID, "that is no id of a Coze run"));
    }
    let call = Call {
        provider: ID,
        // Plural here, singular for running.
        path: &["v1", "workflows", workflow_id, "run_histories", execute_id],
        purpose: Purpose::Read,
        timeout: HISTORY_TIMEOUT,
    };
    call.get(account, bearer(account, token)?)
}

/// What an answer to the call says of the run.
pub(super) fn read_followed(
    operation: Operation,
    execute_id: &str,
    response: &Response,
    age: Duration,
    now: Timestamp,
) -> Followed {
    let json = match read(response, now) {
        Ok(json) => json,
        Err(refused) => return unread(refused, age),
    };
    match record(Fields(&json), execute_id) {
        Some(item) => followed(operation, item, response, age, now),
        None if age >= RETENTION => Followed::Failed(expired(response, now)),
        // The record of a new run can be late here too.
        None => {
            let failure = classify::malformed(ID, response, now, "no run record in the answer");
            Followed::AskAgain(maybe(Failure { trace_id: trace(response, None), ..failure }))
        }
    }
}

/// The history holds an array with one record; take the one that was asked for, else the first.
fn record<'a>(body: Fields<'a>, execute_id: &str) -> Option<Fields<'a>> {
    match body.value("data")? {
        Value::Array(list) => {
            let records = || list.iter().filter_map(Fields::of);
            let asked = records().find(|item| item.id("execute_id").as_deref() == Some(execute_id));
            asked.or_else(|| records().next())
        }
        value => Fields::of(value),
    }
}

fn followed(
    operation: Operation,
    item: Fields<'_>,
    response: &Response,
    age: Duration,
    now: Timestamp,
) -> Followed {
    let trace_id = item.text("logid").or_else(|| item.text("log_id")).and_then(spoken::code);
    let failed = |failure| {
        let trace_id = trace_id.clone().or_else(|| trace(response, None));
        Followed::Failed(maybe(Failure { trace_id, ..failure }))
    };
    if output::asks_for_input(item) {
        return failed(Failure {
            message: spoken::message(output::ASKS_FOR_INPUT),
            ..failure(ID, FailureKind::InvalidInput, response, now)
        });
    }
    let word = item.text("execute_status").unwrap_or_default();
    match word.trim().to_ascii_lowercase().as_str() {
        "success" => {
            let data = item.value("output").unwrap_or(&Value::Null);
            let incomplete = item.value("is_output_trimmed") == Some(&Value::Bool(true));
            if let Some(answer) = output::answer(operation, data, incomplete, now) {
                return Followed::Succeeded(Answer { incomplete, ..answer });
            }
            let without_text = match age >= RETENTION {
                true => expired(response, now),
                false => classify::malformed(ID, response, now, "finished without a text"),
            };
            failed(codes::of_record(item, response, now).unwrap_or(without_text))
        }
        "fail" | "cancel" => failed(
            codes::of_record(item, response, now)
                .unwrap_or_else(|| codes::uncoded(item, response, now)),
        ),
        _ => Followed::Running { progress: None, word: spoken::word(word) },
    }
}

/// Nothing is left of a run that ended well.
fn expired(response: &Response, now: Timestamp) -> Failure {
    maybe(Failure {
        code: Some(EXPIRED.to_owned()),
        message: spoken::message("Coze keeps what a run gave for 7 days"),
        trace_id: trace(response, None),
        ..failure(ID, FailureKind::NotFound, response, now)
    })
}

/// An error answer to a history call. Ends the task only where the record is gone for good.
fn unread(refused: Refused, age: Duration) -> Followed {
    match refused {
        Refused::Definite(failure) if codes::may_be_late(&failure) && age < RECORD_DELAY => {
            Followed::AskAgain(maybe(failure))
        }
        // "Already ended" is meant for resuming a run, which is never done here.
        Refused::Definite(failure) if codes::has_ended(&failure) => {
            Followed::AskAgain(maybe(failure))
        }
        // The token may not read histories: all runs wait for another one.
        Refused::Definite(failure) if failure.kind == FailureKind::Forbidden => {
            Followed::KeyRefused(maybe(failure))
        }
        refused => refused.followed(),
    }
}
