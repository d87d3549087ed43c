//! Momoget: create, status and result are all POST; the user id in the body is the only credential.

mod progress;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State as Extract,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    accounts, calendar, ids,
    ids::Ticket,
    json_body,
    link::{self, Site},
    scenario::Scenario,
    simulated::Route,
    state::State,
    trouble::{Answer, Trouble},
};
use progress::{Item, Progress, characters};

const PROVIDER: &str = "momoget";
/// "At most 5 links."
const MAX_LINKS: usize = 5;
/// What is not documented, a wait in seconds that does not hold up a demonstration.
const RETRY_AFTER: &str = "2";

pub(crate) const ROUTES: &[Route] = &[
    Route::spend("POST", "/coze/transcribe"),
    Route::read("POST", "/coze/task-status"),
    Route::read("POST", "/coze/task-result"),
];

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/coze/transcribe", post(transcribe))
        .route("/coze/task-status", post(task_status))
        .route("/coze/task-result", post(task_result))
        .fallback(async || refusal(404, "Not Found"))
}

#[derive(Deserialize)]
struct Order {
    user_id: Option<String>,
    video_url: Option<String>,
    links: Option<Vec<String>>,
}

impl Order {
    /// The links of either field. Which of the two counts when both are sent is not documented, so none does.
    fn links(&self) -> Vec<&str> {
        self.video_url()
            .into_iter()
            .chain(self.links.iter().flatten().map(String::as_str))
            .collect()
    }

    fn video_url(&self) -> Option<&str> {
        self.video_url.as_deref().filter(|link| !link.trim().is_empty())
    }

    fn fault(&self) -> Option<Answer> {
        let links = self.links.as_deref().unwrap_or_default().len();
        match (self.video_url(), links) {
            (Some(_), 0) | (None, 1..=MAX_LINKS) => None,
            (Some(_), _) => Some(refusal(400, "参数错误：video_url 与 links 只能提供一个")),
            (None, _) => Some(refusal(400, "参数错误：请提供 1 到 5 个视频链接")),
        }
    }
}

#[derive(Deserialize)]
struct Question {
    user_id: Option<String>,
    task_id: Option<String>,
}

async fn transcribe(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let order: Option<Order> = json_body(&headers, &body);
    let links = order.as_ref().map(Order::links).unwrap_or_default();
    state.count_create(PROVIDER, links.iter().copied());
    // What meets the call as a whole may be asked for by any of its links.
    let scenarios: Vec<Scenario> = links.iter().map(|link| Scenario::of(link)).collect();
    if let Some(trouble) = scenarios.iter().find_map(|scenario| scenario.at_the_door()) {
        return trouble.spoil(Answer::new(200, json!({}))).await;
    }
    let Some(order) = &order else { return missing("body").into_response() };
    match accept(&state, order, &links) {
        Err(refusal) => refusal.into_response(),
        Ok(answer) => match scenarios.iter().find_map(|scenario| scenario.on_the_way_back()) {
            Some(trouble) => trouble.spoil(answer).await,
            None => answer.into_response(),
        },
    }
}

fn accept(state: &State, order: &Order, links: &[&str]) -> Result<Answer, Answer> {
    check_user(order.user_id.as_deref())?;
    if let Some(fault) = order.fault() {
        return Err(fault);
    }
    for link in links {
        check_link(state, link)?;
    }
    let uses = links.len() as u32;
    let left = state.take_uses(uses).ok_or_else(no_uses_left)?;
    let tickets: Vec<Ticket> =
        links.iter().map(|link| state.accept(state.draft(link, 0), link)).collect();
    let task_id = ids::uuid(&tickets);
    let known = json!({
        "task_id": task_id,
        "user_id": accounts::MOMOGET_USER_ID,
        "status": "pending",
        "remaining_tasks": left,
        "detail_url": format!("{}/?view=console&task_id={task_id}", state.url),
    });
    Ok(Answer::new(201, twice(201, "任务创建成功", &known, &json!({}), &json!({}))))
}

fn check_link(state: &State, link: &str) -> Result<(), Answer> {
    if let Some(answer) = state.refusal(PROVIDER, link, Scenario::of(link), refusal_of) {
        return Err(answer);
    }
    // Whether a whole share text is taken is not documented, so only a bare link is.
    if link::first_link(link) != Some(link) {
        return Err(bad_link());
    }
    if Site::of(link) == Site::Other { Err(unsupported()) } else { Ok(()) }
}

async fn task_status(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer_question(&state, &headers, &body, |progress| {
        let more = json!({
            "created_at": calendar::without_zone(progress.created_ms),
            "updated_at": calendar::without_zone(progress.updated_ms),
        });
        twice(200, "success", &progress.known(), &json!({}), &more)
    })
    .await
}

async fn task_result(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer_question(&state, &headers, &body, |progress| {
        let items: Vec<Value> = progress.items.iter().map(Item::json).collect();
        // The first video that gave something speaks for the task; the texts of all become one.
        let first = progress.items.iter().find(|item| item.error.is_none());
        let first = first.or(progress.items.first()).map(Item::json).unwrap_or_default();
        let text = progress.text();
        let top = json!({
            "item_count": items.len(),
            "title": first["title"],
            "platform": first["platform"],
            "text": text,
            "word_count": characters(text.as_deref()),
            "item_error_message": first["error_message"],
        });
        twice(200, "success", &progress.known(), &top, &json!({ "items": items }))
    })
    .await
}

async fn answer_question(
    state: &State,
    headers: &HeaderMap,
    body: &Bytes,
    show: impl FnOnce(&Progress) -> Value,
) -> Response {
    state.count_read(PROVIDER);
    match question(state, headers, body) {
        Err(refusal) => refusal.into_response(),
        Ok((progress, trouble)) => {
            let answer = Answer::new(200, show(&progress));
            match trouble {
                Some(trouble) => trouble.spoil(answer).await,
                None => answer.into_response(),
            }
        }
    }
}

fn question(
    state: &State,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(Progress, Option<Trouble>), Answer> {
    let question: Question = json_body(headers, body).ok_or_else(|| missing("body"))?;
    check_user(question.user_id.as_deref())?;
    let task_id = question.task_id.ok_or_else(|| missing("task_id"))?;
    let tickets = ids::from_uuid(&task_id).unwrap_or_default();
    let Some(first) = tickets.first().filter(|ticket| state.knows(**ticket)) else {
        return Err(refusal(404, "任务不存在"));
    };
    let asked = state.ask(*first);
    let mut scenarios = tickets.iter().map(|ticket| ticket.scenario);
    let refused = scenarios.clone().find_map(|scenario| scenario.refuses_question(asked));
    if let Some(answer) = refused.and_then(refusal_of) {
        return Err(answer);
    }
    let trouble = scenarios.find_map(|scenario| scenario.while_asking(asked));
    Ok((Progress::of(state, task_id, &tickets), trouble))
}

/// Momoget says everything at the top level and in `data` again; each place has some members of its own.
fn twice(code: u16, message: &str, known: &Value, top: &Value, data: &Value) -> Value {
    let merge = |parts: &[&Value]| -> Map<String, Value> {
        let members = parts.iter().filter_map(|part| part.as_object()).flatten();
        members.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let frame = json!({
        "code": code,
        "message": message,
        "data": merge(&[known, data]),
        "timestamp": calendar::with_zone(calendar::now_ms()),
    });
    Value::Object(merge(&[&frame, known, top]))
}

fn check_user(user_id: Option<&str>) -> Result<(), Answer> {
    match user_id {
        None => Err(missing("user_id")),
        Some(accounts::MOMOGET_USER_ID) => Ok(()),
        Some(_) => Err(unknown_user()),
    }
}

/// The service's answer for a word.
pub(crate) fn refusal_of(scenario: Scenario) -> Option<Answer> {
    Some(match scenario {
        Scenario::BadKey => unknown_user(),
        Scenario::Quota => no_uses_left(),
        Scenario::BadLink => bad_link(),
        Scenario::Unsupported => unsupported(),
        Scenario::Rate => {
            let header = Some(("retry-after", RETRY_AFTER.to_owned()));
            Answer { header, ..refusal(429, "请求过于频繁，请稍后再试") }
        }
        Scenario::UnknownTask => refusal(404, "任务不存在"),
        Scenario::NotYours => refusal(403, "任务不属于该用户"),
        Scenario::Trouble => refusal(500, "服务内部错误，请稍后重试"),
        _ => return None,
    })
}

fn bad_link() -> Answer {
    refusal(400, "链接无效，请检查后重试")
}

fn refusal(status: u16, detail: &str) -> Answer {
    Answer::new(status, json!({ "detail": detail }))
}

fn unknown_user() -> Answer {
    refusal(404, "用户不存在")
}

fn no_uses_left() -> Answer {
    refusal(400, "用户转化次数不足")
}

fn unsupported() -> Answer {
    refusal(400, "暂不支持该平台的链接")
}

/// The validation error of FastAPI, which the service looks like.
fn missing(field: &str) -> Answer {
    let place = if field == "body" { json!(["body"]) } else { json!(["body", field]) };
    let detail = json!([{ "loc": place, "msg": "Field required", "type": "missing" }]);
    Answer::new(422, json!({ "detail": detail }))
}
