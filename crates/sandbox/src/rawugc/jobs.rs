//! Videos, pictures and music that are generated: create, status and list are the same for the three.

use serde_json::{Map, Value, json};

use super::{
    call::{Call, Reply, Version},
    edits,
    form::{Form, Optional},
    kinds::{IMAGE, Kind, MUSIC, VIDEO},
    problem::{Problem, check_visible},
};
use crate::{
    dice,
    dice::Dice,
    ids::Ticket,
    media, nasty,
    scenario::Scenario,
    state::{Stage, State},
};

/// As long as the melody that is served.
const TRACK_SECONDS: f64 = 3.84;

const TITLES: &[&str] = &[
    "阳台上的风 Balcony Wind",
    "慢车 Slow Tram",
    "早市 Morning Market",
    "雨后 After the Rain",
    "十二楼的灯 Light on the Twelfth Floor",
    "半块橡皮 Half an Eraser",
];

/// What an id has no room for.
#[derive(Debug)]
pub(crate) struct Job {
    kind: &'static Kind,
    ticket: Ticket,
    prompt: Option<String>,
    repeated: Map<String, Value>,
}

pub(super) fn create(kind: &'static Kind, state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let position = (kind.read)(&mut form);
    form.finish()?;
    let model = &kind.models[position.min(kind.models.len() - 1)];
    let (ticket, balance) = call.accept(state, model.credits, position as u64)?;
    let repeated = kind.repeated.iter().filter_map(|(name, defaults)| {
        let sent = call.text_field(name);
        let value = sent.or_else(|| defaults.get(position).copied().flatten())?;
        Some(((*name).to_owned(), json!(value)))
    });
    let job = Job {
        kind,
        ticket,
        prompt: call.text_field("prompt").map(str::to_owned),
        repeated: repeated.collect(),
    };
    state.memory().rawugc.jobs.push(job);
    let mut body = json!({
        "model": model.name,
        "status": "pending",
        "creditsUsed": model.credits,
        "newBalance": balance,
        "estimatedCompletionTime": kind.estimate,
        "createdAt": ticket.created_ms(),
    });
    body[kind.id_field] = json!(kind.id(ticket));
    Ok(Reply::created(in_version(body, kind, call)))
}

pub(super) fn show(kind: &'static Kind, state: &State, call: &Call) -> Result<Reply, Problem> {
    let ticket = kind.find(state, &call.id)?;
    let body = in_version(status(kind, state, ticket), kind, call);
    Ok(Reply::thing(body, ticket.scenario))
}

/// Newest first; the order is not documented. Jobs of an earlier sandbox are asked for by id only.
pub(super) fn list(kind: &'static Kind, state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = Form::of_query(&call.query);
    let wanted = form.choice("status", Optional, &["pending", "processing", "completed", "failed"]);
    let page_size = form.integer("limit", Optional, 1..=100).unwrap_or(kind.page_size);
    let page = form.integer("page", Optional, 1..=1_000_000).unwrap_or(1);
    form.finish()?;
    let tickets: Vec<Ticket> = {
        let memory = state.memory();
        let jobs = memory.rawugc.jobs.iter().rev().filter(|job| job.kind == kind);
        jobs.map(|job| job.ticket).collect()
    };
    let jobs: Vec<Value> = tickets
        .into_iter()
        .filter(|ticket| check_visible(ticket.scenario, kind.noun).is_ok())
        .map(|ticket| status(kind, state, ticket))
        .filter(|job| wanted.is_none_or(|wanted| job["status"] == wanted))
        .collect();
    let total = jobs.len() as u64;
    let skipped = (page - 1) * page_size;
    let jobs: Vec<Value> = jobs
        .into_iter()
        .skip(skipped as usize)
        .take(page_size as usize)
        .map(|job| in_version(job, kind, call))
        .collect();
    let mut body = json!({ "pagination": {
        "total": total,
        "page": page,
        "pageSize": page_size,
        "hasMore": skipped + page_size < total,
    } });
    body[kind.list_key] = json!(jobs);
    Ok(Reply::ok(body))
}

/// Whether captions and overlays can be put on a video.
pub(super) fn is_completed(state: &State, ticket: Ticket) -> bool {
    state.stage(ticket) == Stage::Done && failure(ticket.scenario).is_none()
}

fn status(kind: &'static Kind, state: &State, ticket: Ticket) -> Value {
    let edited = edits::edit_of(state, ticket);
    // A version shows what its original was asked for.
    let original = edited.map_or(ticket, |edit| edit.original);
    let stage = match edited {
        Some(edit) if edit.done_ms > crate::calendar::now_ms() => Stage::Working,
        Some(_) => Stage::Done,
        None => state.stage(ticket),
    };
    let model = kind.model(ticket);
    let mut body = json!({
        "model": model.map_or("", |model| model.name),
        "creditsUsed": edited.map_or(model.map_or(0, |model| model.credits), |_| 1),
        "createdAt": ticket.created_ms(),
    });
    body[kind.id_field] = json!(kind.id(ticket));
    {
        let memory = state.memory();
        let job = memory.rawugc.jobs.iter().find(|job| job.ticket == original);
        if let Some(prompt) = job.and_then(|job| job.prompt.as_deref()) {
            body["prompt"] = json!(prompt);
        }
        for (name, value) in job.iter().flat_map(|job| &job.repeated) {
            body[name] = value.clone();
        }
    }
    body["status"] = json!(match (stage, failure(ticket.scenario)) {
        (Stage::Waiting, _) => "pending",
        (Stage::Working, _) if ticket.scenario == Scenario::BadStatus => "rendering",
        (Stage::Working, _) => "processing",
        (Stage::Done, Some(_)) => "failed",
        (Stage::Done, None) => "completed",
    });
    if stage != Stage::Done {
        return body;
    }
    body["completedAt"] = json!(match edited {
        Some(edit) => edit.done_ms,
        None => ticket.created_ms() + state.duration_ms(ticket),
    });
    match failure(ticket.scenario) {
        Some((code, message)) => {
            body["failCode"] = json!(code);
            body["failMessage"] = json!(message);
        }
        None if ticket.scenario == Scenario::Empty => {}
        None => add_result(&mut body, kind, state, ticket, original),
    }
    body
}

fn add_result(body: &mut Value, kind: &Kind, state: &State, ticket: Ticket, original: Ticket) {
    let number = ticket.number();
    if kind == IMAGE {
        body["url"] = json!(media::image_url(&state.url, number, ticket.scenario));
    } else if kind == MUSIC {
        body["audioUrl"] = json!(media::audio_url(&state.url, number, ticket.scenario));
        body["albumArtUrl"] = json!(media::image_url(&state.url, number, ticket.scenario));
        body["duration"] = json!(TRACK_SECONDS);
        if body["title"].as_str().is_none_or(str::is_empty) {
            let title = Dice::new(dice::mix(ticket.seed)).pick(TITLES);
            body["title"] = json!(title);
        }
    } else {
        body["url"] = json!(media::video_url(&state.url, number, ticket.scenario));
        let versions = edits::versions(state, original);
        if !versions.is_empty() {
            body["versions"] = json!(versions);
        }
    }
}

/// How a job fails that was accepted.
fn failure(scenario: Scenario) -> Option<(&'static str, &'static str)> {
    match scenario {
        Scenario::Fail => {
            Some(("GENERATION_FAILED", "The model could not finish this generation."))
        }
        Scenario::NastyFail => Some(("GENERATION_FAILED", nasty::MESSAGE)),
        Scenario::Gone => {
            Some(("SOURCE_NOT_FOUND", "A source file does not exist or was deleted."))
        }
        _ => None,
    }
}

/// The fields as the asked-for version names them.
fn in_version(mut body: Value, kind: &Kind, call: &Call) -> Value {
    if Version::of(&call.headers) != Some(Version::Old) {
        return body;
    }
    let Some(fields) = body.as_object_mut() else { return body };
    for (new, old) in [
        (kind.id_field, "taskId"),
        ("url", "resultUrl"),
        ("audioUrl", "resultUrl"),
        ("albumArtUrl", "imageUrl"),
    ] {
        if let Some(value) = fields.remove(new) {
            fields.insert(old.to_owned(), value);
        }
    }
    if kind == VIDEO
        && let Some(id) = fields.get("taskId").cloned()
    {
        fields.insert("id".to_owned(), id);
    }
    let progress = match fields.get("status").and_then(Value::as_str) {
        Some("completed" | "failed") => 100,
        Some("pending") => 0,
        _ => 50,
    };
    fields.insert("progress".to_owned(), json!(progress));
    fields.remove("versions");
    body
}
