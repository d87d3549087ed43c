//! What every call passes: its words, its key, the limit of calls, and what happens to its answer.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    call::{Call, Operation, Reply, Version},
    problem::Problem,
    window::Standing,
};
use crate::{
    accounts, calendar, dice, nasty,
    scenario::Scenario,
    state::State,
    trouble::{Answer, Cut, cut},
};

pub(super) const PROVIDER: &str = "rawugc";
/// The minute of the sandbox: shorter than a real one, since a try-out should not be a wait.
const WINDOW_SECONDS: f64 = 9.0;
/// What `rate` asks for, short enough for a demonstration.
const RATE_SECONDS: f64 = 3.0;
/// Clients give a blocking operation this long.
const DROPPED_SECONDS: f64 = 180.0;

pub(super) async fn serve(
    state: Arc<State>,
    operation: &'static Operation,
    request: Request,
) -> Response {
    let call = Call::read(operation, request).await;
    count(&state, &call);
    if let Some(trouble) = call.scenario.at_the_door() {
        return trouble.spoil(Answer::new(200, json!({}))).await;
    }
    let mut standing = stand(&state, &call.headers, call.now_ms);
    let played = match enter(&state, &call, &mut standing) {
        Ok(()) => (operation.play)(&state, &call),
        Err(problem) => Err(problem),
    };
    let version = Version::of(&call.headers).unwrap_or(Version::New);
    let (response, is_problem) = match played {
        Ok(reply) => finish(&state, &call, reply).await,
        Err(problem) => (refusal(&problem, &call.path).into_response(), true),
    };
    dressed(response, is_problem, version, standing)
}

/// What a call gets that no operation takes.
pub(super) fn nowhere(state: &State, request: &Request, problem: Problem) -> Response {
    let headers = request.headers();
    let standing = stand(state, headers, calendar::now_ms());
    let problem = match check_key(headers) {
        Ok(()) if standing.refused => Problem::too_many(),
        Ok(()) => problem,
        Err(refused) => refused,
    };
    let version = Version::of(headers).unwrap_or(Version::New);
    let response = refusal(&problem, request.uri().path()).into_response();
    dressed(response, true, version, standing)
}

fn count(state: &State, call: &Call) {
    if call.operation.route.spends {
        state.count_create(PROVIDER, Some(call.subject.as_str()).filter(|text| !text.is_empty()));
    } else {
        state.count_read(PROVIDER);
    }
}

/// The limit is one of the key's owner, so whoever has no key takes no place.
fn stand(state: &State, headers: &HeaderMap, now_ms: u64) -> Standing {
    if check_key(headers).is_err() {
        return look(state, now_ms);
    }
    let length_ms = state.paced_ms(WINDOW_SECONDS);
    let limit = state.options.rawugc_calls_per_minute;
    state.memory().rawugc.window.pass(now_ms, length_ms, limit)
}

fn look(state: &State, now_ms: u64) -> Standing {
    let length_ms = state.paced_ms(WINDOW_SECONDS);
    let limit = state.options.rawugc_calls_per_minute;
    state.memory().rawugc.window.look(now_ms, length_ms, limit)
}

/// Whether a call may reach its operation.
fn enter(state: &State, call: &Call, standing: &mut Standing) -> Result<(), Problem> {
    check_key(&call.headers)?;
    if standing.refused {
        return Err(Problem::too_many());
    }
    if Version::of(&call.headers).is_none() {
        return Err(Problem::field("RawUGC-Version", "This version is not known."));
    }
    if call.scenario == Scenario::Rate {
        if !refuses_again(state, call) {
            return Ok(());
        }
        *standing = full(state, call.now_ms);
    }
    match problem_of(call.scenario, &call.field) {
        Some(problem) if call.scenario.refuses_create() => Err(problem),
        _ => Ok(()),
    }
}

/// The documented problem for the word of a refusal.
fn problem_of(scenario: Scenario, field: &str) -> Option<Problem> {
    Some(match scenario {
        Scenario::BadKey => Problem::wrong_key(),
        Scenario::Quota => Problem::no_credits(1, 0),
        Scenario::Member => Problem::forbidden("This API key may not do this."),
        Scenario::Rate => Problem::too_many(),
        Scenario::BadLink => {
            Problem::field(field, "Must be a link of a video or text that can be used.")
        }
        Scenario::Unsupported => Problem::field(field, "This site or content is not supported."),
        Scenario::UnknownTask => Problem::not_found("thing"),
        Scenario::NotYours => Problem::forbidden("This belongs to another organization."),
        Scenario::Trouble => Problem::internal(),
        _ => return None,
    })
}

/// The same as a whole answer, for calls that no operation sees.
pub(crate) fn refusal_of(state: &State, scenario: Scenario) -> Option<Response> {
    let problem = problem_of(scenario, "body")?;
    let now_ms = calendar::now_ms();
    let standing = match scenario {
        Scenario::Rate => full(state, now_ms),
        _ => look(state, now_ms),
    };
    Some(dressed(refusal(&problem, "/").into_response(), true, Version::New, standing))
}

/// How somebody stands who is asked to wait a little.
fn full(state: &State, now_ms: u64) -> Standing {
    let reset_ms = now_ms + state.paced_ms(RATE_SECONDS);
    // Without a limit of its own the refusal still has the headers of one.
    let limit = state.options.rawugc_calls_per_minute.max(1);
    Standing { limit, remaining: 0, reset_ms, refused: true }
}

fn refuses_again(state: &State, call: &Call) -> bool {
    let mut memory = state.memory();
    let before = memory.rawugc.refusals(&call.subject);
    let refused = call.scenario.refuses_again(*before);
    *before += u32::from(refused);
    refused
}

/// What becomes of an operation that was done. Also says whether its answer is a problem after all.
async fn finish(state: &State, call: &Call, reply: Reply) -> (Response, bool) {
    let Reply { mut answer, scenario } = reply;
    if [call.scenario, scenario].contains(&Scenario::Nasty) {
        nasty::spoil(&mut answer.body);
    }
    if call.operation.blocks {
        tokio::time::sleep(blocked_for(state, call)).await;
        if call.scenario == Scenario::Stalled {
            return (cut(Cut::Close), false);
        }
    }
    if let Some(trouble) = call.scenario.on_the_way_back() {
        return (trouble.spoil(answer).await, false);
    }
    if call.is_read() {
        let scenario = if scenario == Scenario::Ok { call.scenario } else { scenario };
        let asked = state.memory().rawugc.ask(&format!("{} {}", call.path, call.subject));
        let refused = scenario.refuses_question(asked);
        if let Some(problem) = refused.and_then(|scenario| problem_of(scenario, &call.field)) {
            return (refusal(&problem, &call.path).into_response(), true);
        }
        if let Some(trouble) = scenario.while_asking(asked) {
            return (trouble.spoil(answer).await, false);
        }
    }
    if answer.status == StatusCode::NO_CONTENT {
        return (answer.status.into_response(), false);
    }
    (answer.into_response(), false)
}

/// A second or two, at the pace.
fn blocked_for(state: &State, call: &Call) -> Duration {
    let seconds = match call.scenario {
        Scenario::Stalled => DROPPED_SECONDS,
        Scenario::Slow => 60.0,
        _ => 1.0 + (dice::hash(&call.subject, 0) % 1001) as f64 / 1000.0,
    };
    Duration::from_millis(state.paced_ms(seconds))
}

/// When a blocking operation will be done, in Unix milliseconds.
pub(super) fn done_ms(state: &State, call: &Call) -> u64 {
    call.now_ms + blocked_for(state, call).as_millis() as u64
}

fn refusal(problem: &Problem, path: &str) -> Answer {
    Answer::new(problem.status, problem.body(path))
}

fn dressed(
    mut response: Response,
    is_problem: bool,
    version: Version,
    standing: Standing,
) -> Response {
    let headers = response.headers_mut();
    headers.insert("rawugc-version", HeaderValue::from_static(version.word()));
    standing.write(headers);
    if is_problem {
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

fn check_key(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match sent.and_then(|sent| sent.strip_prefix("Bearer")).map(str::trim) {
        None => Err(Problem::missing_key()),
        Some("") => Err(Problem::empty_key()),
        Some(accounts::RAWUGC_KEY) => Ok(()),
        Some(_) => Err(Problem::wrong_key()),
    }
}
