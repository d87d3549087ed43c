//! The gateway's answers: two shapes, up to four `data` inside each other, and errors in two more shapes.

use serde_json::Value;
use shiwen_core::{Failure, FailureKind, Output, Timestamp, Work, WorkKind};
use shiwen_http::Response;

use super::ID;
use crate::{
    Answer, Followed,
    classify::{self, Refused, failure, kind_of_status, maybe},
    lenient::{self, Fields},
    signed_until, spoken,
};

const MISSING_TASK: &str = "task_not_exist";

/// What its error words mean.
const WORDS: &[(&str, FailureKind)] = &[
    ("insufficient_user_quota", FailureKind::QuotaExhausted),
    ("pre_consume_token_quota_failed", FailureKind::QuotaExhausted),
    ("access_denied", FailureKind::Forbidden),
    ("entitlement_required", FailureKind::MembershipRequired),
    ("entitlement_inactive", FailureKind::MembershipRequired),
    ("token_concurrency_limit_reached", FailureKind::ConcurrencyFull),
    (MISSING_TASK, FailureKind::NotFound),
    ("invalid_request", FailureKind::InvalidInput),
    ("model_price_error", FailureKind::InvalidInput),
    ("sensitive_words_detected", FailureKind::InvalidInput),
    ("prompt_blocked", FailureKind::InvalidInput),
    ("fail_to_fetch_task", FailureKind::ProviderInternal),
    ("get_task_failed", FailureKind::ProviderInternal),
];

/// Parts of a task's failure text that say that its content was refused.
const REFUSED_CONTENT: &[&str] = &["sensitive", "blocked", "prohibited", "敏感", "违规", "审核"];

/// The id of a task that was ordered.
pub(super) fn ordered(response: &Response, now: Timestamp) -> Result<String, Refused> {
    let json = read(response, now)?;
    let body = Fields(&json);
    let id = match body.object("data") {
        Some(data) => data.id("task_id").or_else(|| data.id("id")),
        None => body.id("data"),
    };
    id.ok_or_else(|| Refused::by_status(ID, response, now))
}

/// How a task is.
pub(super) fn followed(
    remote_id: &str,
    response: &Response,
    now: Timestamp,
) -> Result<Followed, Refused> {
    let json = read(response, now)?;
    let by_status = || Refused::by_status(ID, response, now);
    let task = Fields(&json).object("data").ok_or_else(by_status)?;
    let word = task.text("status").or_else(|| task.text("task_status")).unwrap_or_default();
    Ok(match word.trim().to_ascii_uppercase().as_str() {
        "SUCCESS" | "SUCCEED" | "SUCCEEDED" => match video(task) {
            Some(url) => Followed::Succeeded(Answer {
                output: Some(Output::Works { works: vec![work(remote_id, url)] }),
                ..Answer::default()
            }),
            None => {
                let failure = classify::malformed(ID, response, now, "finished without a video");
                Followed::Failed(maybe(failure))
            }
        },
        "FAILURE" | "FAILED" => Followed::Failed(task_failed(task, response, now)),
        _ => Followed::Running { progress: progress(task), word: spoken::word(word) },
    })
}

/// Whether the answer was "no such task".
pub(super) fn is_missing_task(failure: &Failure) -> bool {
    failure.code.as_deref() == Some(MISSING_TASK)
}

fn work(remote_id: &str, url: String) -> Work {
    Work {
        kind: WorkKind::Video,
        remote_id: Some(remote_id.to_owned()),
        version: 1,
        edit: None,
        expires_at: signed_until(&url),
        url,
        cover_url: None,
        title: None,
        duration_s: None,
    }
}

/// The percentage is a text with its sign, or a number; the gateway makes it up from the status.
fn progress(task: Fields<'_>) -> Option<u8> {
    let percent = match task.text("progress") {
        Some(text) => text.trim().trim_end_matches('%').trim().parse().ok()?,
        None => task.number("progress")?,
    };
    let percent: f64 = percent;
    percent.is_finite().then(|| percent.clamp(0.0, 100.0) as u8)
}

/// The first web address in the places where builds of the gateway put it, innermost first.
fn video(task: Fields<'_>) -> Option<String> {
    let inside = task.value("data").map(|data| layers(data, 3)).unwrap_or_default();
    let innermost_first = || inside.iter().rev().filter_map(Fields::of);
    let listed = |fields: Fields<'_>| {
        Fields::of(fields.value("videos")?.as_array()?.first()?)?.web_address("url")
    };
    let elsewhere = |fields: Fields<'_>| {
        let of_result = || fields.object("task_result").and_then(listed);
        listed(fields).or_else(|| fields.web_address("video_url")).or_else(of_result)
    };
    innermost_first()
        .find_map(|fields| fields.web_address("video"))
        .or_else(|| innermost_first().find_map(elsewhere))
        .or_else(|| elsewhere(task))
        .or_else(|| task.web_address("result_url"))
        // Older builds keep the address of a finished video here.
        .or_else(|| task.web_address("fail_reason"))
}

/// A `data` and the ones inside it, outermost first. Each may be JSON in a string.
fn layers(data: &Value, most: usize) -> Vec<Value> {
    let data = data.as_str().and_then(lenient::nested).unwrap_or_else(|| data.clone());
    let inner = Fields::of(&data).and_then(|fields| fields.value("data")).filter(|_| most > 1);
    let mut layers = inner.map(|inner| layers(inner, most - 1)).unwrap_or_default();
    layers.insert(0, data);
    layers
}

/// The order's price is given back by the builds that are known, but each gateway may do otherwise.
fn task_failed(task: Fields<'_>, response: &Response, now: Timestamp) -> Failure {
    let inner = || task.object("data")?.object("data")?.text("fail_reason");
    let words = task.text("fail_reason").or_else(inner).unwrap_or_default();
    let lower = words.to_lowercase();
    let kind = match REFUSED_CONTENT.iter().any(|part| lower.contains(part)) {
        true => FailureKind::InvalidInput,
        false => FailureKind::ProviderInternal,
    };
    maybe(Failure { message: spoken::message(words), ..failure(ID, kind, response, now) })
}

/// The fields of a success. The first shape has a word for its code, the second a number.
fn read(response: &Response, now: Timestamp) -> Result<serde_json::Map<String, Value>, Refused> {
    let by_status = || Refused::by_status(ID, response, now);
    let Some(Value::Object(json)) = lenient::json(&response.body) else { return Err(by_status()) };
    let body = Fields(&json);
    if let Some(error) = body.object("error") {
        return Err(refused(error, response, now));
    }
    match (body.integer("code"), body.text("code").map(str::trim)) {
        (Some(0 | 200), _) => Ok(json),
        (None, Some(word)) if word.eq_ignore_ascii_case("success") => Ok(json),
        (None, None) => Err(by_status()),
        _ => Err(refused(body, response, now)),
    }
}

/// An error in one of its two shapes, which have the same fields.
fn refused(error: Fields<'_>, response: &Response, now: Timestamp) -> Refused {
    let code = error.code("code");
    let word = code.as_deref().unwrap_or_default().to_lowercase();
    let words = error.text("message").unwrap_or_default();
    let no_channel = word == "get_channel_failed"
        || word.starts_with("channel:")
        || words.contains("无可用渠道");
    let kind =
        if no_channel { FailureKind::ProviderInternal } else { kind(response.status, &word) };
    let head = failure(ID, kind, response, now);
    let failure = Failure {
        code: code.as_deref().and_then(spoken::code),
        message: spoken::message(words),
        retry_after_s: match head.retry_after_s {
            None => None,
            usual => classify::retry_after(response, now).or(minutes(words)).or(usual),
        },
        ..head
    };
    match no_channel {
        // Nobody was there to start anything.
        true => Refused::Definite(failure),
        false => Refused::spoken(failure),
    }
}

fn kind(status: u16, word: &str) -> FailureKind {
    if status == 401 {
        return FailureKind::Unauthorized;
    }
    if word.starts_with("entitlement_") && word.ends_with("_limit_exceeded") {
        return FailureKind::QuotaExhausted;
    }
    if let Some(row) = WORDS.iter().find(|row| row.0 == word) {
        return row.1;
    }
    match word.parse() {
        // The second shape's numbers are not documented; some builds repeat an HTTP status.
        Ok(code @ 400..=599) => kind_of_status(code),
        _ if status < 400 => FailureKind::ProviderInternal,
        _ => kind_of_status(status),
    }
}

/// The pause in seconds that a limit's text names: "60 requests in 1 minutes", "1分钟内最多请求60次".
fn minutes(words: &str) -> Option<u32> {
    let lower = words.to_lowercase();
    let before = ["minute", "分钟"].iter().find_map(|unit| Some(lower.split_once(unit)?.0))?;
    let before = before.trim_end();
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    // A number that no limit has is another number.
    let minutes: u32 = digits.parse().ok().filter(|minutes| (1..=1_440).contains(minutes))?;
    Some(minutes * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_names_its_minutes_in_two_languages() {
        assert_eq!(minutes("at most 60 requests in 3 minutes"), Some(180));
        assert_eq!(minutes("您已达到请求数限制:2分钟内最多请求60次"), Some(120));
        for none in ["", "60 requests", "in a minute", "0 minutes", "in 99999999999 minutes"] {
            assert_eq!(minutes(none), None, "{none}");
        }
    }
}
