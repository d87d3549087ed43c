//! TranscriptGenerate: one envelope `{code, msg, data}`; 401 and 500 are HTTP statuses, too, 601 comes with HTTP 200.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State as Extract},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    accounts, calendar,
    ids::Ticket,
    json_body,
    link::{self, Site},
    media, nasty,
    scenario::Scenario,
    simulated::Route,
    state::{Lack, Stage, State},
    trouble::Answer,
};

const PROVIDER: &str = "transcriptgenerate";
const SLOTS: usize = 3;
/// The service's own limit is not documented.
const LONGEST_URL: usize = 2000;

/// The documented target languages; "auto" does not translate. The place in this list is kept in ids.
const LANGUAGES: &[&str] = &["auto", "en", "ja", "ko", "zh", "fr", "de", "es"];
const _: () = assert!(LANGUAGES.len() <= crate::ids::LANGUAGES as usize);

pub(crate) const ROUTES: &[Route] = &[
    Route::spend("POST", "/transcript-api/v1/task/create"),
    Route::read("GET", "/transcript-api/v1/task/query"),
    Route::read("GET", "/transcript-api/v1/quota/usage"),
    Route::read("GET", "/transcript-api/v1/quota/concurrency"),
];

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/transcript-api/v1/task/create", post(create))
        .route("/transcript-api/v1/task/query", get(query))
        .route("/transcript-api/v1/quota/usage", get(usage))
        .route("/transcript-api/v1/quota/concurrency", get(concurrency))
        .fallback(async || Answer::new(404, json!({ "code": 404, "msg": "Not Found" })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    work_url: Option<String>,
    target_language: Option<String>,
}

async fn create(Extract(state): Extract<Arc<State>>, headers: HeaderMap, body: Bytes) -> Response {
    let order: Option<Order> = json_body(&headers, &body);
    let text = order.as_ref().and_then(|order| order.work_url.as_deref()).unwrap_or_default();
    let link = link::first_link(text);
    state.count_create(PROVIDER, link);
    let scenario = link.map_or(Scenario::Ok, Scenario::of);
    if let Some(trouble) = scenario.at_the_door() {
        return trouble.spoil(Answer::new(200, json!({}))).await;
    }
    let language = order.as_ref().and_then(|order| order.target_language.as_deref());
    match accept(&state, &headers, text, link, language.unwrap_or("auto")) {
        Err(refusal) => refusal.into_response(),
        Ok(ticket) => {
            let answer = envelope(
                "Task submitted",
                json!({
                    "taskId": ticket.number().to_string(),
                    "status": "WAITING",
                    "message": "Task submitted, processing in progress",
                }),
            );
            match scenario.on_the_way_back() {
                Some(trouble) => trouble.spoil(answer).await,
                None => answer.into_response(),
            }
        }
    }
}

fn accept(
    state: &State,
    headers: &HeaderMap,
    text: &str,
    link: Option<&str>,
    language: &str,
) -> Result<Ticket, Answer> {
    let plan = check_key(headers)?;
    if text.trim().is_empty() {
        return Err(refusal(500, "Video URL cannot be empty"));
    }
    if text.chars().count() > LONGEST_URL {
        return Err(refusal(500, "The URL is too long. Please check and try again."));
    }
    let link = link.ok_or_else(bad_link)?;
    let number = LANGUAGES.iter().position(|known| *known == language).unwrap_or_default() as u64;
    let answer = |scenario| match scenario {
        Scenario::Member if number > 0 => Some(no_translation()),
        scenario => refusal_of(scenario),
    };
    if let Some(answer) = state.refusal(PROVIDER, link, Scenario::of(link), answer) {
        return Err(answer);
    }
    platform(Site::of(link)).ok_or_else(unsupported)?;
    let ticket = state.draft(link, number);
    let limit = (plan == Plan::Limited).then(|| state.seconds().0);
    state.take_slot(ticket, SLOTS, limit).map_err(|lack| match lack {
        Lack::Slot => no_slot(),
        Lack::Seconds => no_quota(),
    })?;
    Ok(state.accept(ticket, link))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    task_id: Option<String>,
}

async fn query(
    Extract(state): Extract<Arc<State>>,
    Query(question): Query<Question>,
    headers: HeaderMap,
) -> Response {
    state.count_read(PROVIDER);
    if let Err(refusal) = check_key(&headers) {
        return refusal.into_response();
    }
    let task_id = question.task_id.unwrap_or_default();
    if task_id.trim().is_empty() {
        return refusal(500, "Task ID cannot be empty").into_response();
    }
    let known = Ticket::from_digits(&task_id).filter(|ticket| state.knows(*ticket));
    let Some(ticket) = known else {
        return refusal(500, "Task not found").into_response();
    };
    let asked = state.ask(ticket);
    let answer = match ticket.scenario.refuses_question(asked).and_then(refusal_of) {
        Some(refusal) => refusal,
        None => envelope("Success", task(&state, ticket)),
    };
    match ticket.scenario.while_asking(asked) {
        Some(trouble) => trouble.spoil(answer).await,
        None => answer.into_response(),
    }
}

fn task(state: &State, ticket: Ticket) -> Value {
    let mut task = json!({
        "taskId": ticket.number().to_string(),
        "status": "WAITING",
        "errorMessage": null,
        "createTime": calendar::in_china(ticket.created_ms()),
    });
    match (state.stage(ticket), ticket.scenario) {
        (Stage::Working, Scenario::BadStatus) => task["status"] = json!("TRANSCODING"),
        (Stage::Waiting | Stage::Working, _) => {}
        (Stage::Done, Scenario::Fail) => fail(&mut task, "Video processing failed!"),
        (Stage::Done, Scenario::NastyFail) => fail(&mut task, nasty::MESSAGE),
        (Stage::Done, Scenario::Gone) => {
            fail(&mut task, "Video processing failed! The video does not exist or was deleted.");
        }
        (Stage::Done, _) => succeed(&mut task, state, ticket),
    }
    task
}

fn fail(task: &mut Value, message: &str) {
    task["status"] = json!("FAILURE");
    task["errorMessage"] = json!(message);
}

fn succeed(task: &mut Value, state: &State, ticket: Ticket) {
    let talk = state.talk(ticket);
    task["status"] = json!("SUCCESS");
    // A text of success in a field named after errors: so the service does it.
    task["errorMessage"] = json!("Video processing succeeded!");
    task["platform"] = json!(platform(ticket.site));
    task["duration"] = json!(talk.seconds());
    task["title"] = json!(talk.title);
    task["textContent"] = match ticket.scenario {
        Scenario::Empty => json!(""),
        _ => json!(translated(talk.text, ticket.language)),
    };
    task["videoUrl"] = json!(media::video_url(&state.url, ticket.seed, ticket.scenario));
    task["cover"] = json!(nasty::cover_url(&state.url, ticket.seed, ticket.scenario));
    if let Some(link) = state.link_of(ticket) {
        task["workUrl"] = json!(link);
    }
}

/// The sandbox cannot translate, and says so instead of pretending.
fn translated(text: String, language: u64) -> String {
    match LANGUAGES.get(language as usize) {
        None | Some(&"auto" | &"zh") => text,
        Some(language) => format!("[{language}] (The sandbox does not translate.)\n{text}"),
    }
}

async fn usage(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    state.count_read(PROVIDER);
    let (total, taken) = state.seconds();
    let answer = match check_key(&headers) {
        Err(refusal) => return refusal.into_response(),
        Ok(Plan::Unlimited) => json!({
            "unlimited": true,
            "availableSeconds": -1,
            // A number here, and a string in the other plan: so the service does it.
            "availableMinutes": -1,
            "totalSeconds": -1,
            "usedSeconds": taken,
        }),
        Ok(Plan::Limited) => {
            let left = total.saturating_sub(taken);
            let minutes = |seconds: u32| format!("{:.1}", f64::from(seconds) / 60.0);
            json!({
                "unlimited": false,
                "availableSeconds": left,
                "availableMinutes": minutes(left),
                "totalSeconds": total,
                "totalMinutes": minutes(total),
                "usedSeconds": taken,
                "usedMinutes": minutes(taken),
                "deductionType": "monthly",
            })
        }
    };
    envelope("Success", answer).into_response()
}

async fn concurrency(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    state.count_read(PROVIDER);
    if let Err(refusal) = check_key(&headers) {
        return refusal.into_response();
    }
    let taken = state.slots_taken();
    envelope(
        "Success",
        json!({
            "currentConcurrency": taken,
            "maxConcurrency": SLOTS,
            "availableConcurrency": SLOTS.saturating_sub(taken),
            "canAddTask": taken < SLOTS,
        }),
    )
    .into_response()
}

/// The three sites that the service names.
fn platform(site: Site) -> Option<&'static str> {
    match site {
        Site::Douyin => Some("DOUYIN"),
        Site::Xiaohongshu => Some("XHS"),
        Site::Kuaishou => Some("KUAISHOU"),
        Site::Bilibili | Site::Toutiao | Site::Other => None,
    }
}

/// What the account of a pair of keys has paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Limited,
    Unlimited,
}

fn check_key(headers: &HeaderMap) -> Result<Plan, Answer> {
    let sent = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
    };
    match (sent("x-api-key"), sent("x-api-secret")) {
        (Some(accounts::TRANSCRIPTGENERATE_KEY), Some(accounts::TRANSCRIPTGENERATE_SECRET)) => {
            Ok(Plan::Limited)
        }
        (
            Some(accounts::TRANSCRIPTGENERATE_UNLIMITED_KEY),
            Some(accounts::TRANSCRIPTGENERATE_UNLIMITED_SECRET),
        ) => Ok(Plan::Unlimited),
        (Some(_), Some(_)) => Err(wrong_key()),
        _ => Err(refusal(
            401,
            "Missing API Key or Secret. Please include X-API-Key and X-API-Secret in the request headers.",
        )),
    }
}

/// The service's answer for a word.
pub(crate) fn refusal_of(scenario: Scenario) -> Option<Answer> {
    Some(match scenario {
        Scenario::BadKey => wrong_key(),
        Scenario::Quota => no_quota(),
        Scenario::Member => refusal(
            601,
            "API access is available for Professional members only. Please upgrade your plan.",
        ),
        Scenario::Concurrency => no_slot(),
        Scenario::Rate => refusal(601, "Too many requests. Please try again later."),
        Scenario::BadLink => bad_link(),
        Scenario::Unsupported => unsupported(),
        Scenario::UnknownTask => refusal(500, "Task not found"),
        Scenario::NotYours => refusal(500, "You do not have permission to access this task"),
        Scenario::Trouble => refusal(500, "The system is busy. Please try again later."),
        _ => return None,
    })
}

fn bad_link() -> Answer {
    refusal(500, "Failed to extract a valid platform URL from the input")
}

fn no_translation() -> Answer {
    refusal(
        601,
        "Multi-language translation is available for members only. Please upgrade your plan.",
    )
}

/// The service's own text for this is not documented.
fn wrong_key() -> Answer {
    refusal(401, "Invalid API Key or Secret.")
}

fn no_slot() -> Answer {
    refusal(601, "Concurrency limit reached. Please wait for existing tasks to complete.")
}

fn no_quota() -> Answer {
    refusal(601, "Insufficient quota remaining. Please upgrade your plan.")
}

fn unsupported() -> Answer {
    refusal(500, "This platform is not supported. Please try a different URL.")
}

fn envelope(message: &str, data: Value) -> Answer {
    Answer::new(200, json!({ "code": 200, "msg": message, "data": data }))
}

fn refusal(code: u16, message: &str) -> Answer {
    let status = if code == 601 { 200 } else { code };
    Answer::new(status, json!({ "code": code, "msg": message }))
}
