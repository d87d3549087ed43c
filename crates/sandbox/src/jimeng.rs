//! The Jimeng gateway: a video is ordered by its prompt and followed by its id. Two shapes of answers are documented;
//! the first is the usual one.

use std::sync::Arc;

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
    json_body, media, nasty,
    scenario::Scenario,
    simulated::Route,
    state::{Stage, State},
    trouble::Answer,
};

const PROVIDER: &str = "jimeng";
/// Ids that were never given and are followed all the same, so that following can be tried without an order.
pub(crate) const SAMPLE: &str = "cgt-sandbox-";

const DURATIONS: &[u64] = &[5, 10];
const ASPECT_RATIOS: &[&str] = &["1:1", "21:9", "16:9", "9:16", "4:3", "3:4"];

pub(crate) const ROUTES: &[Route] =
    &[Route::spend("POST", "/jimeng/submit/videos"), Route::read("GET", "/jimeng/fetch/{task_id}")];

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/jimeng/submit/videos", post(submit))
        .route("/jimeng/fetch/{task_id}", get(fetch))
        .fallback(async || refused(404, "invalid_request_error", "Invalid URL"))
}

#[derive(Deserialize)]
struct Order {
    prompt: Option<String>,
    image_url: Option<String>,
    duration: Option<u64>,
    aspect_ratio: Option<String>,
    cfg_scale: Option<f64>,
}

impl Order {
    /// What its task is known by.
    fn prompt(&self) -> Option<&str> {
        self.prompt.as_deref().map(str::trim).filter(|prompt| !prompt.is_empty())
    }

    /// What is wrong with it by the documented schema.
    fn fault(&self) -> Option<&'static str> {
        let image = self.image_url.as_deref();
        if self.prompt().is_none() {
            Some("prompt is required")
        } else if image
            .is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://"))
        {
            Some("image_url must be a URL")
        } else if !self.duration.is_some_and(|seconds| DURATIONS.contains(&seconds)) {
            Some("duration must be 5 or 10")
        } else if !self.aspect_ratio.as_deref().is_some_and(|ratio| ASPECT_RATIOS.contains(&ratio))
        {
            Some("aspect_ratio must be one of 1:1, 21:9, 16:9, 9:16, 4:3, 3:4")
        } else if self.cfg_scale.is_none() {
            Some("cfg_scale is required")
        } else {
            None
        }
    }
}

async fn submit(Extract(state): Extract<Arc<State>>, headers: HeaderMap, body: Bytes) -> Response {
    let order: Option<Order> = json_body(&headers, &body);
    let prompt = order.as_ref().and_then(Order::prompt);
    state.count_create(PROVIDER, prompt);
    let scenario = prompt.map_or(Scenario::Ok, Scenario::in_text);
    if let Some(trouble) = scenario.at_the_door() {
        return trouble.spoil(Answer::new(200, json!({}))).await;
    }
    let answer = match accept(&state, &headers, order.as_ref()) {
        Err(refusal) => return refusal.into_response(),
        Ok(ticket) if ticket.scenario == Scenario::ShapeB => {
            shape_b(&task_id(ticket), "submitted", ticket.created_ms(), ticket.created_ms())
        }
        Ok(ticket) => shape_a(&json!(task_id(ticket))),
    };
    match scenario.on_the_way_back() {
        Some(trouble) => trouble.spoil(answer).await,
        None => answer.into_response(),
    }
}

fn accept(state: &State, headers: &HeaderMap, order: Option<&Order>) -> Result<Ticket, Answer> {
    check_key(headers)?;
    let order = order.ok_or_else(|| refused_task(400, "invalid_request", "invalid JSON body"))?;
    if let Some(fault) = order.fault() {
        return Err(refused_task(400, "invalid_request", fault));
    }
    let prompt = order.prompt().unwrap_or_default();
    let draft = state.draft_of_prompt(prompt);
    match state.refusal(PROVIDER, prompt, draft.scenario, refusal_of) {
        Some(refusal) => Err(refusal),
        None => Ok(state.accept(draft, prompt)),
    }
}

async fn fetch(
    Extract(state): Extract<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    state.count_read(PROVIDER);
    // The vendor's page lists no key for this call; public clients send it, and so must ours.
    if let Err(refusal) = check_key(&headers) {
        return refusal.into_response();
    }
    let ticket = if id.starts_with(SAMPLE) {
        Some(state.sample(&id))
    } else {
        ticket_of(&id).filter(|ticket| state.knows(*ticket))
    };
    let Some(ticket) = ticket else { return missing().into_response() };
    let asked = state.ask(ticket);
    let answer = match ticket.scenario.refuses_question(asked).and_then(refusal_of) {
        Some(refusal) => refusal,
        None if ticket.scenario.is_too_late_for(asked) => missing(),
        None if ticket.scenario == Scenario::ShapeB => {
            let word = match state.stage(ticket) {
                Stage::Waiting => "submitted",
                Stage::Working => "processing",
                Stage::Done => "succeed",
            };
            shape_b(&id, word, ticket.created_ms(), state.updated_ms(ticket))
        }
        None => shape_a(&task(&state, &id, ticket)),
    };
    match ticket.scenario.while_asking(asked) {
        Some(trouble) => trouble.spoil(answer).await,
        None => answer.into_response(),
    }
}

/// A task as the first shape has it.
fn task(state: &State, id: &str, ticket: Ticket) -> Value {
    let stage = state.stage(ticket);
    if stage == Stage::Done && ticket.scenario == Scenario::NoData {
        return Value::Null;
    }
    let (created_ms, end_ms) = (ticket.created_ms(), state.end_ms(ticket));
    let share = state.share(ticket);
    // The third part of the time that passes before the work begins belongs to nobody's queue.
    let begun_ms = created_ms + end_ms.saturating_sub(created_ms).min(60_000) / 6;
    let failure = failure_of(ticket.scenario).filter(|_| stage == Stage::Done);
    let (status, progress) = match stage {
        Stage::Waiting if share < 1.0 / 18.0 => ("NOT_START", "0%".to_owned()),
        Stage::Waiting => ("QUEUED", "20%".to_owned()),
        Stage::Working if ticket.scenario == Scenario::BadStatus => ("RENDERING", "30%".to_owned()),
        Stage::Working => ("IN_PROGRESS", format!("{}%", 30 + (share * 65.0) as u8)),
        Stage::Done if failure.is_some() => ("FAILURE", "100%".to_owned()),
        Stage::Done => ("SUCCESS", "100%".to_owned()),
    };
    let seconds = |unix_ms: u64| unix_ms / 1000;
    let mut task = json!({
        "task_id": id,
        "action": "jimeng-videos",
        "status": status,
        "fail_reason": failure.unwrap_or_default(),
        "submit_time": seconds(created_ms),
        "start_time": if stage == Stage::Working { seconds(begun_ms) } else { 0 },
        // The finished task's outer time is the inner task's start.
        "finish_time": if stage == Stage::Done { seconds(begun_ms) } else { 0 },
        "progress": progress,
        "data": null,
    });
    if status == "SUCCESS" {
        let video = media::signed_video_url(&state.url, ticket.seed, ticket.scenario, end_ms);
        match ticket.scenario {
            Scenario::InFailReason => task["fail_reason"] = json!(video),
            Scenario::ResultUrl => task["result_url"] = json!(video),
            Scenario::Shallow => task["data"] = json!({ "video": video, "status": "SUCCESS" }),
            scenario => {
                let video = (scenario != Scenario::Empty).then_some(video);
                task["data"] = inner(id, video, created_ms, begun_ms, end_ms);
            }
        }
    }
    task
}

/// The upstream's answer as the gateway passes it on, an envelope of its own around a task of its own.
fn inner(id: &str, video: Option<String>, created_ms: u64, begun_ms: u64, end_ms: u64) -> Value {
    let mut innermost = json!({
        "status": "SUCCESS",
        "created_at": calendar::in_china(end_ms).replace(' ', "T") + &format!(".{:03}001", end_ms % 1000),
    });
    if let Some(video) = video {
        innermost["video"] = json!(video);
    }
    json!({
        "code": "success",
        "message": "",
        "data": {
            "data": innermost,
            "action": "jimeng-videos",
            "status": "SUCCESS",
            "task_id": id,
            "platform": "jimeng",
            "progress": "100%",
            "start_time": begun_ms / 1000,
            "fail_reason": "",
            "finish_time": end_ms / 1000,
            "search_item": "",
            "submit_time": created_ms / 1000,
        },
    })
}

fn failure_of(scenario: Scenario) -> Option<&'static str> {
    match scenario {
        Scenario::Fail => Some("视频生成失败，请稍后重试"),
        Scenario::NastyFail => Some(nasty::MESSAGE),
        Scenario::Gone => Some("参考图片无法访问"),
        _ => None,
    }
}

fn shape_a(data: &Value) -> Answer {
    Answer::new(200, json!({ "code": "success", "message": "", "data": data }))
}

fn shape_b(id: &str, status: &str, created_ms: u64, updated_ms: u64) -> Answer {
    let body = json!({
        "code": 0,
        "message": "",
        "request_id": format!("req-{:016x}", dice::mix(calendar::now_ms())),
        "data": {
            "task_id": id,
            "task_status": status,
            "created_at": created_ms / 1000,
            "updated_at": updated_ms / 1000,
        },
    });
    Answer::new(200, body)
}

/// `cgt-<time>-<letters>`; the letters carry the ticket.
fn task_id(ticket: Ticket) -> String {
    let time = calendar::in_china(ticket.created_ms());
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    let mut number = ticket.number();
    let mut letters = Vec::new();
    while number > 0 {
        letters.push(b'a' + (number % 26) as u8);
        number /= 26;
    }
    format!("cgt-{digits}-{}", letters.into_iter().rev().map(char::from).collect::<String>())
}

fn ticket_of(id: &str) -> Option<Ticket> {
    let (_, letters) = id.strip_prefix("cgt-")?.split_once('-')?;
    let number = letters.bytes().try_fold(0_u64, |number, letter| {
        let digit = letter.is_ascii_lowercase().then(|| u64::from(letter - b'a'))?;
        number.checked_mul(26)?.checked_add(digit)
    })?;
    Ticket::from_number(number).filter(|ticket| task_id(*ticket) == id)
}

fn check_key(headers: &HeaderMap) -> Result<(), Answer> {
    let sent = headers.get("authorization").and_then(|value| value.to_str().ok());
    match sent.and_then(|sent| sent.strip_prefix("Bearer ")).map(str::trim) {
        None | Some("") => Err(refused(401, "", "未提供令牌")),
        Some(accounts::JIMENG_KEY) => Ok(()),
        Some(_) => Err(wrong_key()),
    }
}

/// The gateway's answer for a word.
pub(crate) fn refusal_of(scenario: Scenario) -> Option<Answer> {
    Some(match scenario {
        Scenario::BadKey => wrong_key(),
        Scenario::Quota => refused(403, "insufficient_user_quota", "用户额度不足"),
        Scenario::Member => refused(403, "entitlement_required", "当前套餐不包含该模型"),
        Scenario::Concurrency => {
            refused(429, "token_concurrency_limit_reached", "该令牌同时进行的任务数已达上限")
        }
        Scenario::Rate => refused(429, "", "您已达到请求数限制：1分钟内最多请求60次"),
        Scenario::Unsupported => refused(503, "get_channel_failed", "当前分组下该模型无可用渠道"),
        Scenario::BadLink => refused_task(400, "invalid_request", "invalid request"),
        Scenario::Blocked => refused(400, "sensitive_words_detected", "提示词包含敏感内容"),
        Scenario::UnknownTask => missing(),
        Scenario::NotYours => refused(403, "access_denied", "无权查看该任务"),
        Scenario::Trouble => refused_task(500, "fail_to_fetch_task", "upstream error"),
        _ => return None,
    })
}

fn wrong_key() -> Answer {
    refused(401, "", "无效的令牌")
}

fn missing() -> Answer {
    refused_task(400, "task_not_exist", "task_not_exist")
}

/// How problems with key, rate and channel look.
fn refused(status: u16, code: &str, message: &str) -> Answer {
    let error = json!({ "message": message, "type": "new_api_error", "code": code });
    Answer::new(status, json!({ "error": error }))
}

/// How problems with a task look.
fn refused_task(status: u16, code: &str, message: &str) -> Answer {
    Answer::new(status, json!({ "code": code, "message": message, "data": null }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_documented_form_and_gives_its_ticket_back() {
        let state = State::new(String::new(), crate::Options::default());
        for prompt in ["一只纸船", "sb-shapeb", "sb-fail a paper boat"] {
            let ticket = state.draft_of_prompt(prompt);
            let id = task_id(ticket);
            let parts: Vec<&str> = id.split('-').collect();
            assert_eq!((parts.len(), parts[0], parts[1].len()), (3, "cgt", 14), "{id}");
            assert_eq!(ticket_of(&id), Some(ticket));
        }
        for id in ["", "cgt-", "cgt-20260203040506-fxtr1", "cgt-20260203120506-abc"] {
            assert_eq!(ticket_of(id), None, "{id}");
        }
    }
}
