//! The run history: what became of a run, for seven days.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State as Extract},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    PROVIDER,
    answers::{
        Permission, check_token, failure_of, interrupt, logid, missing_workflow, refusal_of,
        refused_token, unknown_run,
    },
    workflow::{Region, Workflow},
};
use crate::{
    calendar,
    ids::Ticket,
    scenario::Scenario,
    state::{Stage, State},
    trouble::Answer,
};

/// The run history is kept for 7 days.
const KEPT_MS: u64 = 7 * 86_400_000;

pub(super) async fn show(
    Extract(state): Extract<Arc<State>>,
    Extension(region): Extension<Region>,
    Path((workflow_id, execute_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    state.count_read(PROVIDER);
    let (workflow, ticket) = match find(&state, &headers, region, &workflow_id, &execute_id) {
        Ok(found) => found,
        Err(refusal) => return refusal.into_response(),
    };
    let asked = state.ask(ticket);
    let answer = match ticket.scenario.refuses_question(asked) {
        // Not the answer that a wrong token gets on the run call.
        Some(Scenario::BadKey) => refused_token(),
        Some(scenario) => refusal_of(scenario).unwrap_or_else(unknown_run),
        None if ticket.scenario == Scenario::Expired => unknown_run(),
        None if ticket.scenario.is_too_late_for(asked) => success(&json!([])),
        None => success(&json!([record(&state, workflow, ticket)])),
    };
    match ticket.scenario.while_asking(asked) {
        Some(trouble) => trouble.spoil(answer).await,
        None => answer.into_response(),
    }
}

/// The whole output of a node, where the history only has the beginning.
pub(super) async fn show_node(
    Extract(state): Extract<Arc<State>>,
    Extension(region): Extension<Region>,
    Path((workflow_id, execute_id, node)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    state.count_read(PROVIDER);
    let answer = match find(&state, &headers, region, &workflow_id, &execute_id) {
        Err(refusal) => refusal,
        Ok((workflow, ticket)) if node == node_of(ticket) => {
            let is_finished = state.stage(ticket) == Stage::Done;
            let output = is_finished.then(|| workflow.output(&state, ticket));
            success(&json!({ "is_finish": is_finished, "node_output": output.unwrap_or_default() }))
        }
        Ok(_) => unknown_run(),
    };
    answer.into_response()
}

fn find(
    state: &State,
    headers: &HeaderMap,
    region: Region,
    workflow_id: &str,
    execute_id: &str,
) -> Result<(&'static Workflow, Ticket), Answer> {
    // A wrong token was seen as HTTP 401 here and as HTTP 200 on the run call.
    check_token(headers, region, Permission::ListRunHistory).map_err(|refusal| {
        let says_incorrect =
            refusal.body["msg"].as_str().is_some_and(|msg| msg.contains("incorrect"));
        if says_incorrect { refused_token() } else { refusal }
    })?;
    let workflow = Workflow::find(region, workflow_id).ok_or_else(missing_workflow)?;
    let is_kept = |ticket: &Ticket| {
        state.knows(*ticket)
            && ticket.language == workflow.number()
            && calendar::now_ms().saturating_sub(ticket.created_ms()) < KEPT_MS
    };
    let ticket = Ticket::from_digits(execute_id).filter(is_kept).ok_or_else(unknown_run)?;
    Ok((workflow, ticket))
}

fn success(data: &Value) -> Answer {
    let logid = logid();
    let body = json!({ "code": 0, "msg": "", "data": data, "detail": { "logid": logid } });
    Answer { header: Some(("x-tt-logid", logid)), ..Answer::new(200, body) }
}

fn record(state: &State, workflow: &Workflow, ticket: Ticket) -> Value {
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
    let output = if trimmed {
        wrapped(&workflow.trimmed_output(state, ticket))
    } else if succeeded {
        wrapped(&workflow.output(state, ticket))
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
        "debug_url": workflow.debug_url(ticket),
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
            "node_execute_uuid": node_of(ticket),
        } });
    }
    if interrupted {
        record["interrupt_data"] = interrupt(ticket, 5);
    }
    record
}

/// The end node's output as the history shows it: JSON in a string in JSON in a string.
fn wrapped(output: &str) -> String {
    json!({ "node_status": "{}", "Output": output }).to_string()
}

fn node_of(ticket: Ticket) -> String {
    format!("node-{:x}", ticket.number())
}
