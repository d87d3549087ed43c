//! Coze: two published workflows, run while the caller waits or asynchronously, and the run history.
//! Nearly every answer is HTTP 200; the code in the body says what happened.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State as Extract},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    accounts, calendar, dice,
    ids::Ticket,
    json_body, link, media,
    scenario::Scenario,
    simulated::Route,
    state::{Stage, State},
    texts::Talk,
    trouble::{Answer, Cut, cut},
};

const PROVIDER: &str = "coze";
/// The run history is kept for 7 days.
const KEPT_MS: u64 = 7 * 86_400_000;
/// "The connection of a non-stream call is dropped when nothing comes back within 90 s."
const DROPPED_SECONDS: f64 = 90.0;

pub(crate) const ROUTES: &[Route] = &[
    Route::spend("POST", "/v1/workflow/run"),
    Route::read("GET", "/v1/workflows/{workflow_id}/run_histories/{execute_id}"),
];

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/v1/workflow/run", post(run))
        .route("/v1/workflows/{workflow_id}/run_histories/{execute_id}", get(history))
        .fallback(async || with_status(404, failure(4000, "The requested route does not exist.")))
}

#[derive(Deserialize)]
struct Order {
    workflow_id: Option<String>,
    parameters: Option<Value>,
    #[serde(default)]
    is_async: bool,
}

impl Order {
    fn input(&self) -> Option<&str> {
        self.parameters.as_ref()?.get("input")?.as_str().filter(|input| !input.trim().is_empty())
    }
}

/// What a published workflow gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Workflow {
    Transcript,
    Info,
}

impl Workflow {
    fn of(id: &str) -> Option<Self> {
        match id {
            accounts::COZE_TRANSCRIPT_WORKFLOW => Some(Self::Transcript),
            accounts::COZE_INFO_WORKFLOW => Some(Self::Info),
            _ => None,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Transcript => accounts::COZE_TRANSCRIPT_WORKFLOW,
            Self::Info => accounts::COZE_INFO_WORKFLOW,
        }
    }
}

async fn run(Extract(state): Extract<Arc<State>>, headers: HeaderMap, body: Bytes) -> Response {
    let order: Option<Order> = json_body(&headers, &body);
    // The video-info workflow takes a whole share text.
    let link = order.as_ref().and_then(Order::input).and_then(link::first_link);
    state.count_create(PROVIDER, link);
    let scenario = link.map_or(Scenario::Ok, Scenario::of);
    if let Some(trouble) = scenario.at_the_door() {
        return trouble.spoil(Answer::new(200, json!({}))).await;
    }
    let Some(order) = &order else {
        return failure(4000, "The request body is not valid JSON.").into_response();
    };
    let answer = match accept(&state, &headers, order, link) {
        Err(refusal) => return refusal.into_response(),
        Ok((workflow, ticket)) if order.is_async => started(workflow, ticket),
        Ok((workflow, ticket)) => {
            let blocked = blocked_for(&state, ticket);
            tokio::time::sleep(blocked).await;
            if ticket.scenario == Scenario::Stalled {
                return cut(Cut::Close);
            }
            finished(&state, workflow, ticket)
        }
    };
    match scenario.on_the_way_back() {
        Some(trouble) => trouble.spoil(answer).await,
        None => answer.into_response(),
    }
}

fn accept(
    state: &State,
    headers: &HeaderMap,
    order: &Order,
    link: Option<&str>,
) -> Result<(Workflow, Ticket), Answer> {
    match bearer(headers) {
        None => return Err(no_token()),
        Some(accounts::COZE_TOKEN) => {}
        Some(accounts::COZE_HISTORY_TOKEN) => return Err(no_permission()),
        Some(_) => return Err(wrong_token()),
    }
    let Some(workflow_id) = &order.workflow_id else {
        return Err(failure(4000, "The parameter workflow_id is required."));
    };
    let workflow = Workflow::of(workflow_id).ok_or_else(missing_workflow)?;
    let Some(link) = link else {
        return Err(failure(4000, "The parameter input holds no link of a video."));
    };
    let answer = |scenario| match scenario {
        Scenario::Member | Scenario::Concurrency if !order.is_async => None,
        // The run is accepted and fails.
        Scenario::Unsupported => None,
        scenario => refusal_of(scenario),
    };
    if let Some(answer) = state.refusal(PROVIDER, link, Scenario::of(link), answer) {
        return Err(answer);
    }
    Ok((workflow, state.accept(state.draft(link, 0), link)))
}

/// A blocking run takes a fifth of what the same task takes in the background.
fn blocked_for(state: &State, ticket: Ticket) -> Duration {
    let milliseconds = match ticket.scenario {
        Scenario::Stalled => state.paced_ms(DROPPED_SECONDS),
        Scenario::Slow => state.duration_ms(ticket),
        _ => state.duration_ms(ticket) / 5,
    };
    Duration::from_millis(milliseconds)
}

fn started(workflow: Workflow, ticket: Ticket) -> Answer {
    Answer::new(
        200,
        json!({
            "code": 0,
            "msg": "Success",
            "execute_id": ticket.number().to_string(),
            "debug_url": debug_url(workflow, ticket),
        }),
    )
}

fn finished(state: &State, workflow: Workflow, ticket: Ticket) -> Answer {
    if let Some((code, message)) = failure_of(ticket.scenario) {
        return failure(code, message);
    }
    let logid = logid();
    let mut body = json!({
        "code": 0,
        "msg": "",
        "data": fields(state, workflow, ticket).to_string(),
        "debug_url": debug_url(workflow, ticket),
        "usage": { "input_count": 0, "output_count": 0, "token_count": 0 },
        "detail": { "logid": logid },
    });
    if ticket.scenario == Scenario::Interrupted {
        body["data"] = json!("");
        body["interrupt_data"] = interrupt(ticket, 2);
    }
    Answer { header: Some(("x-tt-logid", logid)), ..Answer::new(200, body) }
}

async fn history(
    Extract(state): Extract<Arc<State>>,
    Path((workflow_id, execute_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    state.count_read(PROVIDER);
    // A wrong token was seen as HTTP 401 here and as HTTP 200 on the run call.
    match bearer(&headers) {
        None => return no_token().into_response(),
        Some(accounts::COZE_TOKEN | accounts::COZE_HISTORY_TOKEN) => {}
        Some(_) => return refused_token().into_response(),
    }
    let Some(workflow) = Workflow::of(&workflow_id) else {
        return missing_workflow().into_response();
    };
    let kept = |ticket: &Ticket| {
        state.knows(*ticket) && calendar::now_ms().saturating_sub(ticket.created_ms()) < KEPT_MS
    };
    let Some(ticket) = Ticket::from_digits(&execute_id).filter(kept) else {
        return unknown().into_response();
    };
    let asked = state.ask(ticket);
    let answer = match ticket.scenario.refuses_question(asked) {
        // Not the answer that a wrong token gets on the run call.
        Some(Scenario::BadKey) => refused_token(),
        Some(scenario) => refusal_of(scenario).unwrap_or_else(unknown),
        None if ticket.scenario == Scenario::Expired => unknown(),
        None if ticket.scenario.is_too_late_for(asked) => histories(&[]),
        None => histories(&[record(&state, workflow, ticket)]),
    };
    match ticket.scenario.while_asking(asked) {
        Some(trouble) => trouble.spoil(answer).await,
        None => answer.into_response(),
    }
}

fn histories(records: &[Value]) -> Answer {
    let logid = logid();
    let body = json!({ "code": 0, "msg": "", "data": records, "detail": { "logid": logid } });
    Answer { header: Some(("x-tt-logid", logid)), ..Answer::new(200, body) }
}

fn record(state: &State, workflow: Workflow, ticket: Ticket) -> Value {
    let stage = state.stage(ticket);
    let failed = failure_of(ticket.scenario).filter(|_| stage == Stage::Done);
    let interrupted = ticket.scenario == Scenario::Interrupted && stage == Stage::Done;
    let succeeded = stage == Stage::Done && failed.is_none() && !interrupted;
    let trimmed = ticket.scenario == Scenario::Trimmed && succeeded;
    let odd = ticket.scenario == Scenario::BadStatus && stage == Stage::Working;
    let status = match (&failed, succeeded) {
        (Some(_), _) => "Fail",
        (None, true) => "Success",
        (None, false) if odd => "Queueing",
        (None, false) => "Running",
    };
    let error_code = match failed {
        Some((code, _)) => code.to_string(),
        None if succeeded => "0".to_owned(),
        None => String::new(),
    };
    let output = if succeeded {
        let inner = fields(state, workflow, ticket).to_string();
        json!({ "node_status": "{}", "Output": inner }).to_string()
    } else if ticket.seed.is_multiple_of(2) && failed.is_none() {
        // Both forms of "nothing yet" were seen.
        json!({ "Output": "null" }).to_string()
    } else {
        String::new()
    };
    let mut record = json!({
        "connector_uid": "7400000000000000003",
        "logid": logid(),
        "bot_id": "0",
        "update_time": state.updated_ms(ticket) / 1000,
        "execute_status": status,
        "error_code": error_code,
        "connector_id": "1024",
        "is_output_trimmed": trimmed,
        "token": "0",
        "run_mode": 2,
        "debug_url": debug_url(workflow, ticket),
        "node_execute_status": {},
        "error_message": failed.map_or("", |(_, message)| message),
        "execute_id": ticket.number().to_string(),
        "create_time": ticket.created_ms() / 1000,
        "output": output,
        "usage": { "input_count": 0, "output_count": 0, "token_count": 0 },
    });
    if trimmed {
        record["node_execute_status"] = json!({ "结束": {
            "node_id": "900001",
            "is_finish": true,
            "loop_index": null,
            "batch_index": null,
            "update_time": state.updated_ms(ticket) / 1000,
            "sub_execute_id": null,
            "node_execute_uuid": format!("node-{:x}", ticket.number()),
        } });
    }
    if interrupted {
        record["interrupt_data"] = interrupt(ticket, 5);
    }
    record
}

/// What the end node puts out, by the names that the vendor's example workflows use.
fn fields(state: &State, workflow: Workflow, ticket: Ticket) -> Value {
    let Talk { title, author, mut text } = state.talk(ticket);
    match workflow {
        Workflow::Transcript => {
            match ticket.scenario {
                Scenario::Empty => text.clear(),
                Scenario::Trimmed => {
                    text = text.chars().take(text.chars().count() * 2 / 5).collect();
                }
                _ => {}
            }
            json!({ "content": text, "title": title })
        }
        // The names do not say what is in them: `cover_url` holds the video, `output` the cover.
        Workflow::Info => json!({
            "avatar": media::avatar_url(&state.url, ticket.seed, ticket.scenario),
            "nickname": author,
            "title": title,
            "cover_url": media::video_url(&state.url, ticket.seed, ticket.scenario),
            "output": media::cover_url(&state.url, ticket.seed, ticket.scenario),
        }),
    }
}

/// How a run fails that was accepted.
fn failure_of(scenario: Scenario) -> Option<(u64, &'static str)> {
    match scenario {
        Scenario::Fail => Some((720_701_013, "Server side trouble, please try again later.")),
        Scenario::Gone => Some((720_701_004, "插件执行失败：视频不存在或已被作者删除")),
        Scenario::Unsupported => Some((720_701_004, "插件执行失败：暂不支持该平台的链接")),
        _ => None,
    }
}

fn interrupt(ticket: Ticket, kind: u8) -> Value {
    json!({
        "event_id": format!("{}/1", ticket.number()),
        "type": kind,
        "data": "请输入要提取的语言",
    })
}

/// The service's answer for a word.
pub(crate) fn refusal_of(scenario: Scenario) -> Option<Answer> {
    Some(match scenario {
        Scenario::BadKey => wrong_token(),
        Scenario::Quota => failure(4011, "The token balance is insufficient."),
        Scenario::BadLink => failure(4000, "The parameter input holds no link of a video."),
        Scenario::RateUnclear => failure(4013, "The service is busy, please try again later."),
        Scenario::Rate => failure(4020, "The number of requests per minute exceeds the limit."),
        Scenario::Member => {
            failure(6003, "Asynchronous execution is available in paid plans only.")
        }
        // Its code is not documented; the message is what tells.
        Scenario::Concurrency => {
            failure(6010, "The concurrency of asynchronous workflow execution exceeds the limit.")
        }
        Scenario::Blocked => failure(4105, "The content is refused as sensitive."),
        Scenario::UnknownTask | Scenario::Expired => unknown(),
        Scenario::NotYours => no_permission(),
        Scenario::Trouble => failure(5000, "An internal error occurred, please try again later."),
        _ => return None,
    })
}

fn unknown() -> Answer {
    failure(4314, "The workflow run record does not exist.")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

fn failure(code: u64, message: &str) -> Answer {
    let logid = logid();
    let body = json!({ "code": code, "msg": message, "detail": { "logid": logid } });
    Answer { header: Some(("x-tt-logid", logid)), ..Answer::new(200, body) }
}

fn with_status(status: u16, answer: Answer) -> Answer {
    Answer { header: answer.header, ..Answer::new(status, answer.body) }
}

fn no_token() -> Answer {
    with_status(401, failure(4100, "Authentication failed: no access token was sent."))
}

fn wrong_token() -> Answer {
    failure(4101, "The token you entered is incorrect. Please check and try again.")
}

fn refused_token() -> Answer {
    with_status(401, failure(700_012_006, "access token invalid"))
}

fn no_permission() -> Answer {
    failure(4101, "You do not have permission to access this resource.")
}

fn missing_workflow() -> Answer {
    failure(4200, "The requested workflow does not exist or is not published.")
}

fn debug_url(workflow: Workflow, ticket: Ticket) -> String {
    let (workflow_id, execute_id) = (workflow.id(), ticket.number());
    format!(
        "https://www.coze.example/work_flow?execute_id={execute_id}&space_id=7400000000000000009&workflow_id={workflow_id}&execute_mode=2"
    )
}

fn logid() -> String {
    let now = calendar::now_ms();
    format!("{}{:016X}", calendar::compact(now), dice::mix(now))
}
