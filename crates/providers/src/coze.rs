//! Coze workflows: those that the user saved give a transcript or video info, and are run asynchronously (their
//! history polled), synchronously or as a stream. Contract: <https://docs.coze.cn/developer_guides/workflow_run>.
//!
//! Workflow ids and the names of their inputs belong to the user's workflows, so they are settings. Nearly all
//! errors come with HTTP 200: the body's code decides.

mod codes;
mod history;
mod output;
mod stream;
mod token;
mod workflows;

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use serde::Serialize;
use serde_json::Value;
use shiwen_core::{Failure, FailureKind, FaultKind, Form, Operation, ProviderId, Timestamp, Unit};
use shiwen_http::{HeaderValue, Purpose, Request, Response};
use url::Url;

use crate::{
    Account, Asked, Card, Checked, Created, Endpoint, Field, Followed, Job, Schedule, Service,
    calendar,
    classify::{Refused, failure, maybe},
    form::{FieldSpec, form},
    lenient::{self, Fields},
    outgoing::{self, Call},
    spoken,
};

use workflows::Run;

pub use history::EXPIRED;
pub use token::{TokenKind, token_kind};
pub(crate) use workflows::row_fault;

const ID: ProviderId = ProviderId::Coze;
const BASE_CN: &str = "https://api.coze.cn";
const BASE_COM: &str = "https://api.coze.com";
/// Accepting an asynchronous run is quick, but a false timeout would become a question to the user.
const ASYNC_TIMEOUT: Duration = Duration::from_secs(60);
/// Coze itself drops a connection on which nothing came back for 90 s.
const SYNC_TIMEOUT: Duration = Duration::from_secs(100);
/// "A workflow may take at most 10 minutes overall."
const STREAM_TIMEOUT: Duration = Duration::from_secs(10 * 60 + 30);
/// The day until which the user's token is good, as the user entered it.
const TOKEN_EXPIRES: &str = "token_expires";
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
        Field {
            required: true,
            columns: workflows::COLUMNS,
            ..field(workflows::FIELD, false, None)
        },
        // Coze does not tell when a token ends, and a personal one ends after 30 days at the latest.
        field(TOKEN_EXPIRES, false, None),
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

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    // Its choices are the account's own, so the form cannot name them.
    let fields = [FieldSpec::text(workflows::CHOICE).longest(20)];
    let form = |operation| form(ID, Some(operation), &fields, &[("", 1)]);
    vec![form(Operation::Transcribe), form(Operation::Resolve)]
});

/// The base URL of the account's site. Tokens and workflows belong to one site; the other one answers as if the
/// token were wrong or the workflow missing.
pub(crate) fn site(site: Option<&str>) -> &'static str {
    match site {
        Some("com") => BASE_COM,
        _ => BASE_CN,
    }
}

/// What is wrong with a setting, beyond what its field says.
pub(crate) fn fault(field: &str, value: &str) -> Option<FaultKind> {
    let no_date = field == TOKEN_EXPIRES && calendar::date(value).is_none();
    no_date.then_some(FaultKind::WrongKind)
}

#[derive(Serialize)]
struct RunBody<'a> {
    workflow_id: &'a str,
    parameters: BTreeMap<&'a str, &'a str>,
    /// A streamed run has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_async: Option<bool>,
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
        for form in FORMS.iter().filter(|form| form.operation == Some(job.operation)) {
            outgoing::check_known(ID, form, job)?;
        }
        let workflow = workflows::pick(job.operation, job.input, account)?;
        // An info workflow looks for the link itself and takes the share text as it was pasted; of several links it would
        // take the first, whichever this call is about.
        let is_whole =
            workflow.gives_info() && shiwen_share_text::extract(job.share_text).len() < 2;
        let text = if is_whole { job.share_text } else { link };
        let text = lenient::not_blank(text).unwrap_or(link);
        let (path, is_async, timeout) = match workflow.run() {
            Run::Async => ("run", Some(true), ASYNC_TIMEOUT),
            Run::Sync => ("run", Some(false), SYNC_TIMEOUT),
            Run::Stream => ("stream_run", None, STREAM_TIMEOUT),
        };
        let body = RunBody {
            workflow_id: &workflow.id,
            parameters: [(workflow.input.as_str(), text)].into(),
            is_async,
        };
        let path = &["v1", "workflow", path];
        let call = Call { provider: ID, path, purpose: Purpose::Spend, timeout };
        call.post(account, bearer(account, "token")?, &body)
    }

    fn read_created(&self, job: &Job<'_>, response: &Response, now: Timestamp) -> Created {
        if let Some(created) = stream::created(job.operation, response, now) {
            return created;
        }
        match read(response, now) {
            Ok(json) => run(job.operation, Fields(&json), response, now),
            Err(refused) => refused.created(),
        }
    }

    /// Always `workflow_id/execute_id`: a run is looked up in its workflow.
    fn lasting_id(&self, remote_id: &str, job: &Job<'_>, account: &Account) -> String {
        if remote_id.contains('/') {
            return remote_id.to_owned();
        }
        match workflows::pick(job.operation, job.input, account) {
            Ok(workflow) => format!("{}/{remote_id}", workflow.id),
            Err(_) => remote_id.to_owned(),
        }
    }

    fn follow(&self, asked: &Asked<'_>, account: &Account) -> Result<Request, Failure> {
        let (workflow_id, execute_id) = match asked.remote_id.rsplit_once('/') {
            Some((workflow_id, execute_id)) => (workflow_id.to_owned(), execute_id),
            None => {
                let workflow = workflows::pick(asked.operation, asked.input, account)?;
                (workflow.id, asked.remote_id)
            }
        };
        let token =
            if account.secrets.contains_key("history_token") { "history_token" } else { "token" };
        history::call(&workflow_id, execute_id.trim(), token, account)
    }

    fn read_followed(
        &self,
        asked: &Asked<'_>,
        response: &Response,
        age: Duration,
        now: Timestamp,
    ) -> Followed {
        let execute_id = asked.remote_id.rsplit('/').next().unwrap_or(asked.remote_id);
        history::read_followed(asked.operation, execute_id.trim(), response, age, now)
    }

    /// The history of a run that nobody made: free, and refused with other words when the token is wrong. With a
    /// second token for histories both are asked, the history's first.
    fn check(&self, account: &Account) -> Result<Vec<Request>, Failure> {
        let saved = workflows::all(account);
        let workflow_id = saved.first().map(|workflow| workflow.id.as_str());
        let workflow_id =
            workflow_id.ok_or_else(|| outgoing::refuse(ID, "no workflow is saved"))?;
        let tokens = ["history_token", "token"];
        let known = tokens.iter().filter(|token| account.secrets.contains_key(**token));
        known.map(|token| history::call(workflow_id, NO_RUN, token, account)).collect()
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
        Ok(Checked::default())
    }

    fn forms(&self) -> &'static [Form] {
        &FORMS
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        let history = "/v1/workflows/{workflow_id}/run_histories/{execute_id}";
        vec![
            Endpoint { method: "POST", path: "/v1/workflow/run", function: "create" },
            Endpoint { method: "POST", path: "/v1/workflow/stream_run", function: "create stream" },
            Endpoint { method: "GET", path: history, function: "follow" },
        ]
    }

    fn expires_at(&self, settings: &BTreeMap<String, String>) -> Option<Timestamp> {
        let day = calendar::date(settings.get(TOKEN_EXPIRES)?.trim())?;
        Some(calendar::end_of_day_in_china(day))
    }
}

fn bearer(account: &Account, token: &str) -> Result<Vec<(&'static str, HeaderValue)>, Failure> {
    Ok(vec![("authorization", HeaderValue::Bearer(account.secret(ID, token)?.clone()))])
}

/// Ids are digits today; nothing else may become part of a path.
fn is_id(text: &str) -> bool {
    lenient::is_id(text)
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
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
    logid.and_then(spoken::code)
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
    let at_once = output::answer(operation, body.value("data").unwrap_or(&Value::Null), false, now);
    // An asynchronous run is followed whatever its answer holds besides the id; a synchronous one that has its
    // result needs no following.
    let follow = operation == Operation::Transcribe || at_once.is_none();
    if let Some(execute_id) = body.id("execute_id").filter(|id| follow && is_id(id)) {
        // Should the user set another workflow, the run is still found.
        let remote_id = match named_run(body).filter(|(_, named)| *named == execute_id) {
            Some((workflow_id, _)) => format!("{workflow_id}/{execute_id}"),
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

/// The run that an answer's `debug_url` names: its workflow and its own id.
fn named_run(body: Fields<'_>) -> Option<(String, String)> {
    let url = Url::parse(body.text("debug_url")?).ok()?;
    let id = |name: &str| {
        let (_, id) = url.query_pairs().filter(|(key, _)| key == name).last()?;
        is_id(&id).then(|| id.into_owned())
    };
    Some((id("workflow_id")?, id("execute_id")?))
}
