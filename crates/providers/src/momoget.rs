//! Momoget transcribes short videos: create, poll, fetch the result. All three calls are POSTs.
//! Contract: <https://www.momoget.cn/docs/>.
//!
//! There is no authorisation header. The `user_id` in the body names the account that pays, so whoever
//! knows it can spend: it is handled as a secret.

mod batch;

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use shiwen_core::{
    Allowance, Failure, FailureKind, Found, Operation, Platform, ProviderId, Timestamp, Unit,
};
use shiwen_http::{Purpose, Request, Response};

use crate::{
    Account, Answer, Asked, Card, Checked, Created, Endpoint, Field, Followed, Job, Schedule,
    Service, Step,
    classify::{self, Refused, failure, maybe},
    lenient::{self, Fields},
    outgoing::{self, Call},
    spoken,
};

pub use batch::MERGED;

const ID: ProviderId = ProviderId::Momoget;
const BASE: &str = "https://www.momoget.cn/api/v1";
/// The service suggests 30 s; a create that times out becomes a question to the user, so it gets more.
const CREATE_TIMEOUT: Duration = Duration::from_secs(60);
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// An id that no task has.
const NO_TASK: &str = "00000000-0000-4000-8000-000000000000";

static CARD: Card = Card {
    id: ID,
    name: "Momoget",
    base_url: BASE,
    fields: &[
        Field {
            name: "user_id",
            secret: true,
            required: true,
            default: None,
            choices: &[],
            columns: &[],
        },
        Field {
            name: "base_url",
            secret: false,
            required: false,
            default: Some(BASE),
            choices: &[],
            columns: &[],
        },
    ],
    operations: &[Operation::Transcribe],
    platforms: &[
        Platform::Douyin,
        Platform::Bilibili,
        Platform::Kuaishou,
        Platform::Xiaohongshu,
        Platform::Toutiao,
    ],
    unit: Unit::Use,
    cost: Some(1),
    signup_url: "https://www.momoget.cn/",
    console_url: "https://www.momoget.cn/?view=console",
    slots: 3,
    // "At most 5."
    batch: 5,
    calls_per_minute: None,
};

/// Exactly one of the two kinds of link: one video goes as `video_url`.
#[derive(Serialize)]
struct CreateBody<'a> {
    user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<&'a [&'a str]>,
}

#[derive(Serialize)]
struct TaskBody<'a> {
    task_id: &'a str,
    user_id: &'a str,
}

#[derive(Debug)]
pub struct Momoget;

impl Service for Momoget {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            first: Duration::from_secs(10),
            interval: Duration::from_secs(10),
            growth: 1.2,
            cap: Duration::from_secs(20),
            // "Wait 10 to 20 seconds before the first status call."
            floor: Duration::from_secs(10),
            deadline: Duration::from_secs(20 * 60),
        }
    }

    fn create(&self, job: &Job<'_>, account: &Account) -> Result<Request, Failure> {
        let urls = outgoing::links(&CARD, job)?;
        if outgoing::target_language(job).is_some() {
            return Err(outgoing::refuse(ID, "Momoget does not translate"));
        }
        let user_id = account.secret(ID, "user_id")?.expose();
        let call = Call {
            provider: ID,
            path: &["coze", "transcribe"],
            purpose: Purpose::Spend,
            timeout: CREATE_TIMEOUT,
        };
        let body = match urls.as_slice() {
            [url] => CreateBody { user_id, video_url: Some(url), links: None },
            urls => CreateBody { user_id, video_url: None, links: Some(urls) },
        };
        call.post(account, Vec::new(), &body)
    }

    fn read_created(&self, _: &Job<'_>, response: &Response, now: Timestamp) -> Created {
        match read(response, now, |body| Some((body.id("task_id")?, allowance(body, now)))) {
            Ok((remote_id, allowance)) => Created::Accepted { remote_id, allowance, cost: None },
            // A 404 on create speaks of the user: there is no task yet that could be missing.
            Err(Refused::Definite(failure)) if failure.http_status == Some(404) => {
                let failure = Failure { kind: FailureKind::Unauthorized, ..failure };
                Refused::Definite(failure).created()
            }
            Err(refused) => refused.created(),
        }
    }

    fn follow(&self, asked: &Asked<'_>, account: &Account) -> Result<Request, Failure> {
        let path = match asked.step {
            Step::Status => "task-status",
            Step::Result => "task-result",
        };
        read_call(path, asked.remote_id, account)
    }

    fn read_followed(
        &self,
        asked: &Asked<'_>,
        response: &Response,
        _: Duration,
        now: Timestamp,
    ) -> Followed {
        let several = asked.urls.len() > 1;
        let followed = read(response, now, |body| {
            let word = body.text("status").unwrap_or_default();
            match (asked.step, word.trim().to_ascii_lowercase().as_str()) {
                // Not documented, but a task that failed as a whole may have texts of some links.
                (Step::Status, "failed") if several && succeeded(body) => {
                    Some(Followed::FetchResult)
                }
                (Step::Result, "failed") if several => {
                    let silence = Some(task_failed(body, response, now));
                    let parts = batch::parts(body, asked.urls, response, now, true, silence);
                    parts.map(Followed::Each)
                }
                (_, "failed") => Some(Followed::Failed(task_failed(body, response, now))),
                (Step::Status, "completed") => Some(Followed::FetchResult),
                (Step::Status, "") => None,
                (Step::Result, "completed" | "") if several => {
                    let ended = !word.is_empty();
                    let parts = batch::parts(body, asked.urls, response, now, ended, None);
                    parts.map(Followed::Each)
                }
                (Step::Result, "completed" | "") => result(body, response, now, !word.is_empty()),
                _ => Some(Followed::Running { progress: progress(body), word: spoken::word(word) }),
            }
        });
        match followed {
            Ok(followed) => followed,
            Err(Refused::Definite(failure)) if is_missing_path(&failure) => {
                Followed::AskAgain(maybe(failure))
            }
            Err(refused) => refused.followed(),
        }
    }

    /// No call tests an account. The status of a task that nobody has comes nearest: it costs nothing and
    /// is refused with other words when the user is unknown. Should the service look for the task before
    /// it looks for the user, a wrong `user_id` passes this test and is refused by the first create.
    fn check(&self, account: &Account) -> Result<Vec<Request>, Failure> {
        Ok(vec![read_call("task-status", NO_TASK, account)?])
    }

    fn read_checked(&self, responses: &[Response], now: Timestamp) -> Result<Checked, Failure> {
        let passed = Checked::default();
        let Some(response) = responses.first() else {
            return Err(Failure::new(ID, FailureKind::MalformedResponse));
        };
        match read(response, now, |body| body.text("status").map(|_| ())) {
            Ok(()) => Ok(passed),
            // "No such task" and "not your task" both come from a service that knows the user.
            Err(Refused::Definite(failure))
                if matches!(failure.kind, FailureKind::NotFound | FailureKind::Forbidden)
                    && !is_missing_path(&failure) =>
            {
                Ok(passed)
            }
            Err(refused) => Err(refused.into_failure()),
        }
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        vec![
            Endpoint { method: "POST", path: "/coze/transcribe", function: "create" },
            Endpoint { method: "POST", path: "/coze/task-status", function: "follow status" },
            Endpoint { method: "POST", path: "/coze/task-result", function: "follow result" },
        ]
    }
}

fn read_call(path: &str, task_id: &str, account: &Account) -> Result<Request, Failure> {
    let user_id = account.secret(ID, "user_id")?.expose();
    if task_id.trim().is_empty() {
        return Err(outgoing::refuse(ID, "the task id is blank"));
    }
    let call =
        Call { provider: ID, path: &["coze", path], purpose: Purpose::Read, timeout: READ_TIMEOUT };
    call.post(account, Vec::new(), &TaskBody { task_id, user_id })
}

/// An answer: every value may stand at the top, under `data`, or in both places.
#[derive(Clone, Copy)]
struct Body<'a> {
    top: Fields<'a>,
    data: Option<Fields<'a>>,
}

impl<'a> Body<'a> {
    fn find<T>(self, read: impl Fn(Fields<'a>) -> Option<T>) -> Option<T> {
        read(self.top).or_else(|| self.data.and_then(read))
    }

    fn text(self, name: &str) -> Option<&'a str> {
        self.find(|fields| fields.text(name))
    }

    fn passage(self, name: &str) -> Option<String> {
        self.find(|fields| fields.passage(name))
    }

    fn number(self, name: &str) -> Option<f64> {
        self.find(|fields| fields.number(name))
    }

    fn id(self, name: &str) -> Option<String> {
        self.find(|fields| fields.id(name))
    }
}

/// Errors first, then what `success` wants to see, then the HTTP status.
fn read<T>(
    response: &Response,
    now: Timestamp,
    success: impl FnOnce(Body<'_>) -> Option<T>,
) -> Result<T, Refused> {
    let by_status = || Refused::by_status(ID, response, now);
    let json = lenient::json(&response.body).ok_or_else(by_status)?;
    let top = Fields::of(&json).ok_or_else(by_status)?;
    if let (Some(detail), false) = (top.value("detail"), (200..300).contains(&response.status)) {
        return Err(Refused::spoken(spoken_failure(detail, response, now)));
    }
    success(Body { top, data: top.object("data") }).ok_or_else(by_status)
}

/// The error shape: an HTTP status and `{"detail": …}`. Used-up uses, a bad link and a bad parameter share
/// HTTP 400 and differ by their Chinese text only.
fn spoken_failure(detail: &Value, response: &Response, now: Timestamp) -> Failure {
    let words = detail_words(detail);
    let kind = match response.status {
        400 => kind_of_words(&words).unwrap_or(FailureKind::InvalidInput),
        404 if words.contains("用户") => FailureKind::Unauthorized,
        status => classify::kind_of_status(status),
    };
    Failure { message: spoken::message(&words), ..failure(ID, kind, response, now) }
}

/// The words of the service's framework for an address that it does not have. They say nothing of a task.
fn is_missing_path(failure: &Failure) -> bool {
    failure.kind == FailureKind::NotFound && failure.message.as_deref() == Some("Not Found")
}

fn kind_of_words(words: &str) -> Option<FailureKind> {
    if words.contains("次数不足") {
        Some(FailureKind::QuotaExhausted)
    } else if words.contains("不支持") {
        Some(FailureKind::UnsupportedPlatform)
    } else {
        None
    }
}

/// A refused parameter comes as a list of `{loc, msg, type}`; only its `msg` is safe to keep, since the
/// rest may repeat what was sent.
fn detail_words(detail: &Value) -> String {
    match detail {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let messages = list.iter().filter_map(|item| Fields::of(item)?.text("msg"));
            messages.collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    }
}

fn allowance(body: Body<'_>, now: Timestamp) -> Option<Allowance> {
    let left = body.number("remaining_tasks")?;
    Some(Allowance {
        unit: Unit::Use,
        left: lenient::whole(left),
        total: None,
        period: None,
        learned_at: now,
    })
}

fn progress(body: Body<'_>) -> Option<u8> {
    let total = body.number("total_count").filter(|total| *total > 0.0)?;
    let done = body.number("processed_count")?;
    Some((done / total * 100.0).clamp(0.0, 100.0) as u8)
}

fn succeeded(body: Body<'_>) -> bool {
    body.number("success_count").is_some_and(|count| count > 0.0)
}

fn task_failed(body: Body<'_>, response: &Response, now: Timestamp) -> Failure {
    let words = body
        .text("error_message")
        .or_else(|| body.text("item_error_message"))
        .map(str::to_owned)
        .or_else(|| items(body).into_iter().find_map(Item::into_error))
        .unwrap_or_default();
    let kind = kind_of_words(&words).unwrap_or(FailureKind::ProviderInternal);
    maybe(Failure { message: spoken::message(&words), ..failure(ID, kind, response, now) })
}

/// The result. `ended` says that the provider named the task completed: then a result without a text is
/// final, otherwise it is only an answer that cannot be read.
fn result(body: Body<'_>, response: &Response, now: Timestamp, ended: bool) -> Option<Followed> {
    let items = items(body);
    if let Some(text) = body.passage("text").or_else(|| joined(&items)) {
        let found = Found { title: title(body), ..Found::default() };
        return Some(Followed::Succeeded(Answer { text: Some(text), found, ..Answer::default() }));
    }
    if items.iter().any(|item| matches!(item, Item::Failed(_)))
        || body.text("item_error_message").is_some()
    {
        return Some(Followed::Failed(task_failed(body, response, now)));
    }
    ended.then(|| {
        let failure = classify::malformed(ID, response, now, "finished without a text");
        Followed::Failed(maybe(failure))
    })
}

fn title(body: Body<'_>) -> Option<String> {
    let first = || list(body)?.iter().find_map(|item| Fields::of(item)?.title("title"));
    body.find(|fields| fields.title("title")).or_else(first)
}

/// How one video of a task ended. `items[].status` has words of its own, of which only `transcribed` is
/// known, so the text and the error message decide.
#[derive(Debug, PartialEq)]
enum Item {
    Done(String),
    Failed(String),
    Undecided,
}

impl Item {
    fn of(fields: Fields<'_>) -> Self {
        match (fields.passage("text"), fields.text("error_message")) {
            (Some(text), _) => Self::Done(text),
            (None, Some(words)) => Self::Failed(words.to_owned()),
            (None, None) => Self::Undecided,
        }
    }

    fn into_error(self) -> Option<String> {
        match self {
            Self::Failed(words) => Some(words),
            Self::Done(_) | Self::Undecided => None,
        }
    }
}

fn list(body: Body<'_>) -> Option<&Vec<Value>> {
    body.find(|fields| fields.value("items")?.as_array())
}

fn items(body: Body<'_>) -> Vec<Item> {
    let item = |value| Fields::of(value).map(Item::of);
    list(body).into_iter().flatten().filter_map(item).collect()
}

fn joined(items: &[Item]) -> Option<String> {
    let texts = items.iter().filter_map(|item| match item {
        Item::Done(text) => Some(text.as_str()),
        Item::Failed(_) | Item::Undecided => None,
    });
    lenient::not_blank(&texts.collect::<Vec<_>>().join("\n\n")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items_of(fixture: &str) -> Vec<Item> {
        let json = lenient::json(fixture.as_bytes()).unwrap();
        let top = Fields::of(&json).unwrap();
        items(Body { top, data: top.object("data") })
    }

    #[test]
    fn items_are_read_at_the_top_and_under_data() {
        let done = Item::Done("今天我们来种番茄,先把土翻松。".to_owned());
        let top = items_of(include_str!("../tests/fixtures/momoget/result_items_top_level.json"));
        let data = items_of(include_str!("../tests/fixtures/momoget/result_single.json"));
        assert_eq!(top, [done]);
        assert_eq!(data, top);
    }

    #[test]
    fn one_failed_video_leaves_the_others_of_a_batch_done() {
        let items = items_of(include_str!("../tests/fixtures/momoget/result_batch_partial.json"));
        assert!(matches!(&items[0], Item::Done(text) if text.starts_with("今天")));
        assert_eq!(items[1], Item::Failed("没有检测到人声 (fixture)".to_owned()));
    }
}
