//! Coze workflows: one gives a transcript (run asynchronously, its history polled), one gives video info (run
//! synchronously). Contract: <https://docs.coze.cn/developer_guides/workflow_run>.
//!
//! Workflow ids and the names of their inputs belong to the user's workflows, so they are settings. Nearly all
//! errors come with HTTP 200: the body's code decides.

mod codes;
mod output;

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::Value;
use shiwen_core::{Failure, FailureKind, Operation, ProviderId, Timestamp, Unit};
use shiwen_http::{HeaderValue, Purpose, Request, Response};
use url::Url;

use crate::{
    Account, Answer, Asked, Card, Checked, Created, Field, Followed, Job, Schedule, Service,
    classify::{self, Refused, failure, maybe},
    lenient::{self, Fields},
    outgoing::{self, Call},
    spoken,
};

const ID: ProviderId = ProviderId::Coze;
const BASE_CN: &str = "https://api.coze.cn";
const BASE_COM: &str = "https://api.coze.com";
/// Accepting an asynchronous run is quick, but a false timeout would become a question to the user.
const ASYNC_TIMEOUT: Duration = Duration::from_secs(60);
/// Coze itself drops a connection on which nothing came back for 90 s.
const SYNC_TIMEOUT: Duration = Duration::from_secs(100);
const HISTORY_TIMEOUT: Duration = Duration::from_secs(20);
/// Right after the run call its record may not be there yet.
const RECORD_DELAY: Duration = Duration::from_secs(15);
/// An id in the form of Coze's that no run has.
const NO_RUN: &str = "7000000000000000000";

const fn field(name: &'static str, secret: bool, default: Option<&'static str>) -> Field {
    Field { name, secret, required: false, default, choices: &[], columns: &[] }
}

static CARD: Card = Card {
    id: ID,
    name: "Coze",
    base_url: BASE_CN,
    fields: &[
        Field { required: true, ..field("token", true, None) },
        // Reading histories needs a permission of its own, which a second token may hold.
        field("history_token", true, None),
        Field { choices: &["cn", "com"], ..field("site", false, Some("cn")) },
        Field { required: true, ..field("transcript_workflow_id", false, None) },
        field("transcript_input", false, Some("input")),
        field("info_workflow_id", false, None),
        field("info_input", false, Some("input")),
        // Without a default: the site decides.
        field("base_url", false, None),
    ],
    operations: &[Operation::Transcribe, Operation::Resolve],
    platforms: &[],
    unit: Unit::Run,
    cost: Some(1),
    signup_url: "https://www.coze.cn/open/oauth/pats",
    console_url: "https://www.coze.cn/",
    slots: 5,
    batch: 1,
    calls_per_minute: None,
};

/// The base URL of the account's site. Tokens and workflows belong to one site; the other one answers as if the
/// token were wrong or the workflow missing.
pub(crate) fn site(account: &Account) -> &'static str {
    match account.setting("site") {
        Some("com") => BASE_COM,
        _ => BASE_CN,
    }
}

#[derive(Serialize)]
struct RunBody<'a> {
    workflow_id: &'a str,
    parameters: BTreeMap<&'a str, &'a str>,
    is_async: bool,
}

#[derive(Debug)]
pub struct Coze;

impl Service for Coze {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            first: Duration::from_secs(3),
            interval: Duration::from_secs(3),
            growth: 1.5,
            cap: Duration::from_secs(15),
            // No smallest wait is documented.
            floor: Duration::ZERO,
            deadline: Duration::from_secs(30 * 60),
        }
    }

    fn create(&self, job: &Job<'_>, account: &Account) -> Result<Request, Failure> {
        let link = outgoing::link(&CARD, job)?;
        if outgoing::target_language(job).is_some() {
            return Err(outgoing::refuse(ID, "a Coze workflow is not asked to translate"));
        }
        let resolve = job.operation == Operation::Resolve;
        // The info workflow looks for the link itself and takes the share text as it was pasted.
        let (input, text, timeout) = match resolve {
            true => ("info_input", job.share_text, SYNC_TIMEOUT),
            false => ("transcript_input", link, ASYNC_TIMEOUT),
        };
        let text = lenient::not_blank(text).unwrap_or(link);
        let body = RunBody {
            workflow_id: workflow(job.operation, account)?,
            parameters: [(account.setting(input).unwrap_or("input"), text)].into(),
            is_async: !resolve,
        };
        let call = Call {
            provider: ID,
            path: &["v1", "workflow", "run"],
            purpose: Purpose::Spend,
            timeout,
        };
        call.post(account, bearer(account, "token")?, &body)
    }

    fn read_created(&self, job: &Job<'_>, response: &Response, now: Timestamp) -> Created {
        match read(response, now) {
            Ok(json) => run(job.operation, Fields(&json), response, now),
            Err(refused) => refused.created(),
        }
    }

    fn follow(&self, asked: &Asked<'_>, account: &Account) -> Result<Request, Failure> {
        let Asked { operation, remote_id, .. } = *asked;
        let (workflow_id, execute_id) = match remote_id.rsplit_once('/') {
            Some((workflow_id, execute_id)) => (workflow_id, execute_id),
            None => (workflow(operation, account)?, remote_id),
        };
        let token =
            if account.secrets.contains_key("history_token") { "history_token" } else { "token" };
        history_call(workflow_id, execute_id.trim(), token, account)
    }

    fn read_followed(
        &self,
        asked: &Asked<'_>,
        response: &Response,
        age: Duration,
        now: Timestamp,
    ) -> Followed {
        let Asked { operation, remote_id, .. } = *asked;
        let json = match read(response, now) {
            Ok(json) => json,
            Err(refused) => return unread(refused, age),
        };
        let execute_id = remote_id.rsplit('/').next().unwrap_or(remote_id);
        match record(Fields(&json), execute_id.trim()) {
            Some(item) => followed(operation, item, response, now),
            // The record of a new run can be late here too.
            None => {
                let failure = classify::malformed(ID, response, now, "no run record in the answer");
                Followed::AskAgain(maybe(Failure { trace_id: trace(response, None), ..failure }))
            }
        }
    }

    /// The history of a run that nobody made: free, and refused with other words when the token is wrong. With a
    /// second token for histories both are asked, the history's first.
    fn check(&self, account: &Account) -> Result<Vec<Request>, Failure> {
        let workflow_id = workflow(Operation::Transcribe, account)?;
        let tokens = ["history_token", "token"];
        let known = tokens.iter().filter(|token| account.secrets.contains_key(**token));
        known.map(|token| history_call(workflow_id, NO_RUN, token, account)).collect()
    }

    fn read_checked(&self, responses: &[Response], now: Timestamp) -> Result<Checked, Failure> {
        if responses.is_empty() {
            return Err(Failure::new(ID, FailureKind::MalformedResponse));
        }
        for (position, response) in responses.iter().enumerate() {
            match read(response, now) {
                Ok(_) => {}
                Err(Refused::Definite(failure)) if codes::is_missing_run(&failure) => {}
                // The token for runs need not be allowed to read histories when another one is.
                Err(Refused::Definite(failure))
                    if position > 0 && failure.kind == FailureKind::Forbidden => {}
                Err(refused) => return Err(refused.into_failure()),
            }
        }
        Ok(Checked { allowance: None, slots: None })
    }
}

fn workflow(operation: Operation, account: &Account) -> Result<&str, Failure> {
    let name = match operation {
        Operation::Transcribe => "transcript_workflow_id",
        Operation::Resolve => "info_workflow_id",
        _ => return Err(outgoing::refuse(ID, "this service does not do that")),
    };
    account.setting(name).ok_or_else(|| outgoing::refuse(ID, &format!("{name} is missing")))
}

fn bearer(account: &Account, token: &str) -> Result<Vec<(&'static str, HeaderValue)>, Failure> {
    Ok(vec![("authorization", HeaderValue::Bearer(account.secret(ID, token)?.clone()))])
}

fn history_call(
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

/// Ids are digits today; nothing else may become part of a path.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The answer's fields when its code is 0. One official sample leaves the code out: then a field that only
/// successes have stands for it.
fn read(response: &Response, now: Timestamp) -> Result<serde_json::Map<String, Value>, Refused> {
    let by_status = || Refused::by_status(ID, response, now).traced(trace(response, None));
    let Some(Value::Object(json)) = lenient::json(&response.body) else { return Err(by_status()) };
    let body = Fields(&json);
    match body.integer("code") {
        Some(0) => Ok(json),
        Some(code) => {
            let words = body.text("msg").unwrap_or_default();
            let failure = codes::failure(code, words, response, now);
            let trace_id = trace(response, Some(body));
            Err(codes::refused(code, Failure { trace_id, ..failure }))
        }
        None if body.value("code").is_some() => Err(by_status()),
        None if body.value("execute_id").or(body.value("data")).is_some() => Ok(json),
        None => Err(by_status()),
    }
}

fn trace(response: &Response, body: Option<Fields<'_>>) -> Option<String> {
    let logid = body.and_then(|body| body.object("detail")?.text("logid"));
    let logid = logid.or_else(|| response.headers.get("x-tt-logid").map(String::as_str));
    logid.map(spoken::word).filter(|logid| !logid.is_empty())
}

/// What a run call that was taken says.
fn run(operation: Operation, body: Fields<'_>, response: &Response, now: Timestamp) -> Created {
    let doubt = |kind, words| {
        Created::Unknown(maybe(Failure {
            message: spoken::message(words),
            trace_id: trace(response, Some(body)),
            ..failure(ID, kind, response, now)
        }))
    };
    let at_once = output::answer(operation, body.value("data").unwrap_or(&Value::Null), now);
    // An asynchronous run is followed whatever its answer holds besides the id; a synchronous one that has its
    // result needs no following.
    let follow = operation == Operation::Transcribe || at_once.is_none();
    if let Some(execute_id) = body.id("execute_id").filter(|_| follow) {
        let remote_id = match debugged_workflow(body, &execute_id) {
            Some(workflow_id) => format!("{workflow_id}/{execute_id}"),
            None => execute_id,
        };
        return Created::Accepted { remote_id, allowance: None, cost: None };
    }
    if output::asks_for_input(body) {
        // The run had begun, and nobody can answer it.
        return doubt(FailureKind::InvalidInput, output::ASKS_FOR_INPUT);
    }
    match at_once {
        Some(answer) => Created::Done(answer),
        None => doubt(FailureKind::MalformedResponse, "the run gave nothing that can be used"),
    }
}

/// The workflow that was run, as the answer's `debug_url` names it. It goes into the remote id, so that a run is
/// still found after the user has set another workflow.
fn debugged_workflow(body: Fields<'_>, execute_id: &str) -> Option<String> {
    let url = Url::parse(body.text("debug_url")?).ok()?;
    let pairs: BTreeMap<_, _> = url.query_pairs().collect();
    let same_run = pairs.get("execute_id").is_some_and(|id| id == execute_id);
    let workflow_id = pairs.get("workflow_id").filter(|id| same_run && is_id(id))?;
    Some(workflow_id.to_string())
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
    now: Timestamp,
) -> Followed {
    let trace_id = item.text("logid").or_else(|| item.text("log_id")).map(spoken::word);
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
            if let Some(answer) = output::answer(operation, data, now) {
                let incomplete = item.value("is_output_trimmed") == Some(&Value::Bool(true));
                return Followed::Succeeded(Answer { incomplete, ..answer });
            }
            let without_text = classify::malformed(ID, response, now, "finished without a text");
            failed(codes::of_record(item, response, now).unwrap_or(without_text))
        }
        "fail" | "cancel" => failed(
            codes::of_record(item, response, now)
                .unwrap_or_else(|| codes::uncoded(item, response, now)),
        ),
        _ => Followed::Running { progress: None, word: spoken::word(word) },
    }
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
