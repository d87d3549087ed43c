//! Coze: published workflows, run while the caller waits, with their events as they come, or asynchronously; and the
//! run history. The mainland's host and the international one know nothing of each other.

mod answers;
mod history;
mod stream;
mod workflow;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::State as Extract,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) use answers::refusal_of;
use answers::{
    Permission, check_token, failure, failure_of, interrupt, logid, missing_workflow, no_link,
    with_status,
};
pub(crate) use workflow::WORKFLOWS;
use workflow::{Region, Workflow};

use crate::{
    ids::Ticket,
    json_body, link,
    scenario::Scenario,
    simulated::Route,
    state::State,
    trouble::{Answer, Cut, cut},
};

const PROVIDER: &str = "coze";
/// "The connection of a non-stream call is dropped when nothing comes back within 90 s."
const DROPPED_SECONDS: f64 = 90.0;

const HISTORY: &str = "/v1/workflows/{workflow_id}/run_histories/{execute_id}";
const NODE: &str =
    "/v1/workflows/{workflow_id}/run_histories/{execute_id}/execute_nodes/{node_execute_uuid}";

pub(crate) const ROUTES: &[Route] = &[
    Route::spend("POST", "/v1/workflow/run"),
    Route::spend("POST", "/v1/workflow/stream_run"),
    Route::spend("POST", "/v1/workflow/stream_resume"),
    Route::read("GET", HISTORY),
    Route::read("GET", NODE),
];

/// The mainland's host.
pub(crate) fn router() -> Router<Arc<State>> {
    router_of(Region::Mainland)
}

pub(crate) fn international_router() -> Router<Arc<State>> {
    router_of(Region::International)
}

fn router_of(region: Region) -> Router<Arc<State>> {
    Router::new()
        .route("/v1/workflow/run", post(run))
        .route("/v1/workflow/stream_run", post(stream::run))
        .route("/v1/workflow/stream_resume", post(stream::resume))
        .route(HISTORY, get(history::show))
        .route(NODE, get(history::show_node))
        .fallback(async || with_status(404, failure(4000, "The requested route does not exist.")))
        .layer(Extension(region))
}

#[derive(Deserialize)]
struct Order {
    workflow_id: Option<String>,
    parameters: Option<Value>,
    #[serde(default)]
    is_async: bool,
    bot_id: Option<String>,
    app_id: Option<String>,
}

impl Order {
    fn workflow(&self, region: Region) -> Option<&'static Workflow> {
        Workflow::find(region, self.workflow_id.as_deref()?)
    }

    fn input(&self, workflow: &Workflow) -> Option<String> {
        workflow.input(self.parameters.as_ref()?)
    }

    /// What it is counted by, also where its workflow is none of ours.
    fn any_text(&self, region: Region) -> Option<String> {
        let known = self.workflow(region).and_then(|workflow| self.input(workflow));
        known.or_else(|| {
            let mut values = self.parameters.as_ref()?.as_object()?.values();
            values.find_map(|value| value.as_str().map(str::to_owned))
        })
    }
}

async fn run(
    Extract(state): Extract<Arc<State>>,
    Extension(region): Extension<Region>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let order: Option<Order> = json_body(&headers, &body);
    // The video-info workflow takes a whole share text.
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
    let answer = match accept(&state, &headers, region, order) {
        Err(refusal) => return refusal.into_response(),
        Ok((workflow, ticket)) if order.is_async => started(workflow, ticket),
        Ok((workflow, ticket)) => {
            tokio::time::sleep(blocked_for(&state, ticket)).await;
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
    region: Region,
    order: &Order,
) -> Result<(&'static Workflow, Ticket), Answer> {
    check_token(headers, region, Permission::Run)?;
    if order.workflow_id.is_none() {
        return Err(failure(4000, "The parameter workflow_id is required."));
    }
    if order.bot_id.is_some() && order.app_id.is_some() {
        return Err(failure(4000, "bot_id and app_id cannot be used together."));
    }
    let workflow = order.workflow(region).ok_or_else(missing_workflow)?;
    let Some(input) = order.input(workflow) else {
        let message = format!("The parameter {} is required.", workflow.parameter);
        return Err(failure(4000, &message));
    };
    let link = link::first_link(&input).ok_or_else(no_link)?;
    let answer = |scenario| match scenario {
        Scenario::Member | Scenario::Concurrency if !order.is_async => None,
        scenario => refusal_of(scenario),
    };
    match state.refusal(PROVIDER, link, Scenario::of(link), answer) {
        Some(refusal) => Err(refusal),
        None => Ok((workflow, state.accept(state.draft(link, workflow.number()), link))),
    }
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

fn started(workflow: &Workflow, ticket: Ticket) -> Answer {
    let mut body = json!({
        "code": 0,
        "msg": "Success",
        "execute_id": ticket.number().to_string(),
        "debug_url": workflow.debug_url(ticket),
    });
    // One of the official examples leaves the code out.
    if workflow.is_new
        && let Some(members) = body.as_object_mut()
    {
        members.remove("code");
        members.insert("msg".to_owned(), json!(""));
    }
    Answer::new(200, body)
}

fn finished(state: &State, workflow: &Workflow, ticket: Ticket) -> Answer {
    if let Some((code, message)) = failure_of(ticket.scenario) {
        return failure(code, message);
    }
    let logid = logid();
    let (message, used) = if workflow.is_new { ("", [12, 34, 46]) } else { ("Success", [0; 3]) };
    let mut body = json!({
        "code": 0,
        "msg": message,
        "data": workflow.output(state, ticket),
        "debug_url": workflow.debug_url(ticket),
        "usage": { "input_count": used[0], "output_count": used[1], "token_count": used[2] },
        "detail": { "logid": logid },
    });
    if ticket.scenario == Scenario::Interrupted {
        body["data"] = json!("");
        body["interrupt_data"] = interrupt(ticket, 2);
    }
    Answer { header: Some(("x-tt-logid", logid)), ..Answer::new(200, body) }
}
