//! Runs whose events come while they happen, as `text/event-stream`.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::State as Extract,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Order, PROVIDER, accept,
    answers::{Permission, check_token, failure, failure_of, interrupt, missing_workflow},
    blocked_for,
    workflow::{Region, Workflow},
};
use crate::{
    ids::Ticket,
    json_body, link,
    scenario::Scenario,
    state::State,
    trouble::{Answer, Cut, Trouble, cut},
};

/// How many events the words come in.
const PIECES: usize = 4;
/// A run without news says so every so many seconds.
const PING_SECONDS: f64 = 5.0;

pub(super) async fn run(
    Extract(state): Extract<Arc<State>>,
    Extension(region): Extension<Region>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let order: Option<Order> = json_body(&headers, &body);
    let text = order.as_ref().and_then(|order| order.any_text(region));
    let link = text.as_deref().and_then(link::first_link);
    state.count_create(PROVIDER, link);
    let scenario = link.map_or(Scenario::Ok, Scenario::of);
    if let Some(trouble) = scenario.at_the_door() {
        return trouble.spoil(Answer::new(200, json!({}))).await;
    }
    let Some(order) = &order else {
        return failure(4000, "The request body is not valid JSON.").into_response();
    };
    // Before the stream begins, an error is plain JSON.
    match accept(&state, &headers, region, order) {
        Err(refusal) => refusal.into_response(),
        Ok((workflow, ticket)) => play(&state, workflow, ticket, false).await,
    }
}

#[derive(Deserialize)]
struct Resumption {
    workflow_id: Option<String>,
    event_id: Option<String>,
    resume_data: Option<String>,
    interrupt_type: Option<u8>,
}

pub(super) async fn resume(
    Extract(state): Extract<Arc<State>>,
    Extension(region): Extension<Region>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    state.count_create(PROVIDER, None);
    match resumed(&state, &headers, region, &body) {
        Err(refusal) => refusal.into_response(),
        Ok((workflow, ticket)) => play(&state, workflow, ticket, true).await,
    }
}

fn resumed(
    state: &State,
    headers: &HeaderMap,
    region: Region,
    body: &Bytes,
) -> Result<(&'static Workflow, Ticket), Answer> {
    check_token(headers, region, Permission::Run)?;
    let asked: Resumption = json_body(headers, body)
        .ok_or_else(|| failure(4000, "The request body is not valid JSON."))?;
    let (Some(id), Some(event), Some(_), Some(_)) =
        (&asked.workflow_id, &asked.event_id, &asked.resume_data, asked.interrupt_type)
    else {
        let needed = "workflow_id, event_id, resume_data and interrupt_type are required.";
        return Err(failure(4000, needed));
    };
    let workflow = Workflow::find(region, id).ok_or_else(missing_workflow)?;
    let ticket = event.strip_suffix("/1").and_then(Ticket::from_digits);
    let is_waiting = |ticket: &Ticket| {
        state.knows(*ticket)
            && ticket.language == workflow.number()
            && ticket.scenario == Scenario::Interrupted
    };
    let ended = || failure(4315, "The workflow run has already ended.");
    Ok((workflow, ticket.filter(is_waiting).ok_or_else(ended)?))
}

/// The end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing more comes, in order.
    Orderly,
    /// The connection breaks.
    Broken,
    /// Nothing more comes but signs of life.
    Never,
}

struct Script {
    /// Events that are still to come, with their ids.
    events: std::vec::IntoIter<(usize, &'static str, Value)>,
    end: End,
    /// Between two events.
    pause: Duration,
    ping: Duration,
    next_id: usize,
}

async fn play(state: &State, workflow: &Workflow, ticket: Ticket, resumed: bool) -> Response {
    let mut events = events(state, workflow, ticket, resumed);
    let half = events.len() / 2;
    let mut end = End::Orderly;
    match ticket.scenario.on_the_way_back().filter(|_| !resumed) {
        Some(Trouble::Half) => events.truncate(half),
        Some(Trouble::CutAnswer) => {
            events.truncate(half);
            end = End::Broken;
        }
        Some(Trouble::Close) => return cut(Cut::Close),
        Some(trouble) => return trouble.spoil(Answer::new(200, json!({}))).await,
        None => {}
    }
    if ticket.scenario == Scenario::Stalled {
        events.truncate(1);
        end = End::Never;
    }
    let mut numbered: Vec<(usize, &'static str, Value)> =
        events.into_iter().enumerate().map(|(id, (event, data))| (id, event, data)).collect();
    if ticket.scenario == Scenario::Trimmed {
        // Its number is missing, which is how a lost event shows.
        numbered.remove(numbered.len() - 2);
    }
    let whole = blocked_for(state, ticket);
    let script = Script {
        pause: whole / numbered.len().max(1) as u32,
        ping: Duration::from_millis(state.paced_ms(PING_SECONDS).max(50)),
        next_id: numbered.len(),
        events: numbered.into_iter(),
        end,
    };
    let body = Body::from_stream(stream::unfold(script, next));
    ([(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")], body).into_response()
}

async fn next(mut script: Script) -> Option<(std::io::Result<Bytes>, Script)> {
    if let Some((id, event, data)) = script.events.next() {
        tokio::time::sleep(script.pause).await;
        return Some((Ok(written(id, event, &data)), script));
    }
    match script.end {
        End::Orderly => None,
        End::Broken => {
            // What was written must leave before the connection breaks.
            tokio::time::sleep(Duration::from_millis(50)).await;
            script.end = End::Orderly;
            Some((Err(std::io::ErrorKind::ConnectionAborted.into()), script))
        }
        End::Never => {
            tokio::time::sleep(script.ping).await;
            let id = script.next_id;
            script.next_id += 1;
            Some((Ok(written(id, "PING", &json!({}))), script))
        }
    }
}

fn written(id: usize, event: &str, data: &Value) -> Bytes {
    Bytes::from(format!("id: {id}\nevent: {event}\ndata: {data}\n\n"))
}

/// All events of a run that ends as its word says.
fn events(
    state: &State,
    workflow: &Workflow,
    ticket: Ticket,
    resumed: bool,
) -> Vec<(&'static str, Value)> {
    let mut events = Vec::new();
    if !resumed {
        events.push(("Message", message(ticket, "读取视频", 0, true, "正在读取视频…")));
        if ticket.scenario == Scenario::Interrupted {
            let data = json!({ "interrupt_data": interrupt(ticket, 2), "node_title": "问答" });
            events.push(("Interrupt", data));
            return events;
        }
    }
    if let Some((code, message)) = failure_of(ticket.scenario) {
        events.push(("Error", json!({ "error_code": code, "error_message": message })));
        return events;
    }
    events.push(("Message", message(ticket, "识别语音", 0, true, "正在识别语音…")));
    if ticket.scenario == Scenario::BadStatus {
        events.push(("Checkpoint", json!({ "node_title": "识别语音" })));
    }
    let output: Vec<char> = workflow.output(state, ticket).chars().collect();
    let length = output.len().div_ceil(PIECES).max(1);
    let mut pieces: Vec<String> =
        output.chunks(length).map(|piece| piece.iter().collect()).collect();
    if pieces.is_empty() {
        pieces.push(String::new());
    }
    let last = pieces.len() - 1;
    events.extend(
        pieces.iter().enumerate().map(|(number, piece)| {
            ("Message", message(ticket, "End", number, number == last, piece))
        }),
    );
    events.push(("Done", json!({ "debug_url": workflow.debug_url(ticket) })));
    events
}

fn message(ticket: Ticket, title: &str, number: usize, is_last: bool, content: &str) -> Value {
    let mut message = json!({
        "content": content,
        "node_title": title,
        "node_seq_id": number.to_string(),
        "node_is_finish": is_last,
        "node_id": if title == "End" { "900001" } else { "100001" },
        "node_execute_uuid": format!("node-{:x}", ticket.number()),
        "ext": null,
    });
    if is_last && title == "End" {
        message["usage"] = json!({ "input_count": 12, "output_count": 34, "token_count": 46 });
    }
    message
}
