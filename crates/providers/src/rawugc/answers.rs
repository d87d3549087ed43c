//! What an answer that is no success means: problem details (RFC 7807) by slug, then by status; and the budget of
//! calls that every answer names.

use std::time::Duration;

use serde_json::{Map, Value};
use shiwen_core::{Failure, FailureKind, Timestamp};
use shiwen_http::Response;

use super::ID;
use crate::{
    Budget,
    classify::{self, Refused, failure, kind_of_status},
    lenient::{self, Fields},
    spoken,
};

/// The last part of `type`, and what it means.
const SLUGS: &[(&str, FailureKind)] = &[
    ("validation_error", FailureKind::InvalidInput),
    ("authentication_error", FailureKind::Unauthorized),
    ("empty_api_key", FailureKind::Unauthorized),
    ("invalid_api_key", FailureKind::Unauthorized),
    ("missing_authentication", FailureKind::Unauthorized),
    ("verification_failed", FailureKind::Unauthorized),
    ("insufficient_credits", FailureKind::QuotaExhausted),
    ("insufficient_scope", FailureKind::Forbidden),
    ("not_found", FailureKind::NotFound),
    ("rate_limit_exceeded", FailureKind::RateLimited),
    ("internal_error", FailureKind::ProviderInternal),
];

/// The window slides over a minute; nobody waits longer than two for a clock that is wrong.
const LONGEST_PAUSE_S: u32 = 120;
/// Where it is not said when the window ends.
const WINDOW_S: u32 = 60;

/// A 2xx answer that is no problem, as JSON, read by `success`; otherwise what it means.
pub(super) fn read<T>(
    response: &Response,
    now: Timestamp,
    success: impl FnOnce(Fields<'_>) -> Option<T>,
) -> Result<T, Refused> {
    let by_status = || by_status(response, now);
    let json = lenient::json(&response.body).ok_or_else(by_status)?;
    let body = Fields::of(&json).ok_or_else(by_status)?;
    if let Some(failure) = problem(body, response, now) {
        return Err(Refused::spoken(failure));
    }
    if !is_success(response) {
        return Err(by_status());
    }
    success(body).ok_or_else(by_status)
}

/// That something is done: any 2xx answer, with or without a body, since what it holds is not documented. A page
/// is no such answer, nor is one that says otherwise. `read` may find something in it all the same.
pub(super) fn read_done<T>(
    response: &Response,
    now: Timestamp,
    read: impl FnOnce(Fields<'_>) -> Option<T>,
) -> Result<Option<T>, Refused> {
    let Some(json) = lenient::json(&response.body) else {
        let page = response.body.trim_ascii_start().starts_with(b"<");
        return if is_success(response) && !page {
            Ok(None)
        } else {
            Err(by_status(response, now))
        };
    };
    let Some(body) = Fields::of(&json) else {
        return if is_success(response) { Ok(None) } else { Err(by_status(response, now)) };
    };
    if let Some(failure) = problem(body, response, now) {
        return Err(Refused::spoken(failure));
    }
    let refused = body.value("success").and_then(Value::as_bool) == Some(false);
    match is_success(response) && !refused {
        true => Ok(read(body)),
        false => Err(by_status(response, now)),
    }
}

fn is_success(response: &Response) -> bool {
    (200..300).contains(&response.status)
}

pub(super) fn by_status(response: &Response, now: Timestamp) -> Refused {
    let kind = kind_of_status(response.status);
    Refused::ByStatus(bounded(failure(ID, kind, response, now), response, now))
}

/// The service's own error answer; none when the body is anything else.
fn problem(body: Fields<'_>, response: &Response, now: Timestamp) -> Option<Failure> {
    let slug = body.text("type").and_then(slug);
    let status = body.integer("status").and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (400..600).contains(status));
    let words = body.text("detail").or_else(|| body.text("title"));
    let known = slug.and_then(|slug| SLUGS.iter().find(|row| row.0.eq_ignore_ascii_case(slug)));
    let kind = match (known, status) {
        (Some((_, kind)), _) => *kind,
        (None, Some(status)) if slug.is_some() || words.is_some() => kind_of_status(status),
        // Without a status of its own only an HTTP status of failure makes it a problem.
        (None, None) if response.status >= 400 && (slug.is_some() || words.is_some()) => {
            kind_of_status(response.status)
        }
        _ => return None,
    };
    let words = [words.map(str::to_owned), body.value("errors").and_then(refused_fields)];
    let words: Vec<String> = words.into_iter().flatten().collect();
    let failure = Failure {
        code: slug.and_then(spoken::code),
        message: spoken::message(&words.join("; ")),
        trace_id: body.text("instance").and_then(spoken::message),
        ..failure(ID, kind, response, now)
    };
    Some(bounded(failure, response, now))
}

/// `https://api.rawugc.com/errors/<slug>`, or the slug alone. Items have a `type` too, of other words.
fn slug(of: &str) -> Option<&str> {
    let of = of.trim().trim_end_matches('/');
    match of.rsplit_once("/errors/") {
        Some((_, slug)) => Some(slug),
        None => SLUGS.iter().map(|row| row.0).find(|slug| slug.eq_ignore_ascii_case(of)),
    }
}

/// Which fields were refused, and why.
fn refused_fields(errors: &Value) -> Option<String> {
    let errors: &Map<String, Value> = errors.as_object()?;
    let lines = errors.iter().map(|(field, reasons)| {
        let reasons: Vec<&str> = texts(reasons).collect();
        format!("{field}: {}", reasons.join(", "))
    });
    lenient::not_blank(&lines.collect::<Vec<_>>().join("; ")).map(str::to_owned)
}

/// The texts of a list, also where one text stands in place of the list.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    list.iter().filter_map(|value| lenient::not_blank(value.as_str()?))
}

/// The pause after too many calls, within its bounds.
fn bounded(failure: Failure, response: &Response, now: Timestamp) -> Failure {
    let pause = match failure.kind {
        // Not documented, but if it comes it is meant.
        FailureKind::RateLimited if response.headers.contains_key("retry-after") => {
            classify::retry_after(response, now).map(|seconds| seconds.max(1))
        }
        FailureKind::RateLimited => reset(response, now),
        _ => return failure,
    };
    Failure { retry_after_s: Some(pause.unwrap_or(WINDOW_S)), ..failure }
}

/// Whole seconds until calls are counted anew, from `X-RateLimit-Reset` in Unix seconds.
fn reset(response: &Response, now: Timestamp) -> Option<u32> {
    let at: i64 = response.headers.get("x-ratelimit-reset")?.trim().parse().ok()?;
    let wait = Timestamp(at.checked_mul(1000)?).since(now);
    let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
    Some(seconds.clamp(1, LONGEST_PAUSE_S))
}

/// How many calls are left, and until when they must do.
pub(super) fn budget(response: &Response, now: Timestamp) -> Option<Budget> {
    let left = response.headers.get("x-ratelimit-remaining")?.trim().parse().ok()?;
    let wait = reset(response, now).unwrap_or(WINDOW_S);
    Some(Budget { left, until: now.after(Duration::from_secs(wait.into())) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp(1_770_091_500_000);

    fn answer(status: u16, headers: &[(&str, &str)], body: &Value) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Response { status, headers: headers.collect(), body: body.to_string().into_bytes() }
    }

    fn refused(status: u16, body: Value) -> Failure {
        read(&answer(status, &[], &body), NOW, |_| None::<()>).unwrap_err().into_failure()
    }

    #[test]
    fn the_slug_decides_before_the_status() {
        let body =
            json!({ "type": "https://api.rawugc.com/errors/insufficient_credits/", "status": 400 });
        let failure = refused(500, body);
        assert_eq!(failure.kind, FailureKind::QuotaExhausted);
        assert_eq!(failure.code.unwrap(), "insufficient_credits");
    }

    #[test]
    fn an_unknown_slug_leaves_it_to_the_status_of_the_body() {
        let body = json!({ "type": "https://api.rawugc.com/errors/new_word", "status": 403 });
        assert_eq!(refused(500, body).kind, FailureKind::Forbidden);
        let body = json!({ "type": "about:blank", "title": "Gone", "detail": "it is gone" });
        assert_eq!(refused(410, body).kind, FailureKind::NotFound);
    }

    #[test]
    fn the_kind_of_an_item_is_no_problem() {
        for body in [json!({ "type": "video" }), json!({ "title": "Balcony", "status": "failed" })]
        {
            let read = read(&answer(200, &[], &body), NOW, |_| Some(()));
            assert!(read.is_ok(), "{body}");
        }
    }

    #[test]
    fn refused_fields_are_named() {
        let body = json!({ "type": "validation_error", "title": "Validation Error", "errors": { "q": ["too long", "blank"], "x": "odd" } });
        assert_eq!(
            refused(400, body).message.unwrap(),
            "Validation Error; q: too long, blank; x: odd"
        );
    }

    #[test]
    fn the_pause_keeps_within_its_bounds() {
        let body = json!({ "type": "rate_limit_exceeded", "status": 429 });
        let pause = |headers: &[(&str, &str)]| {
            let response = answer(429, headers, &body);
            read(&response, NOW, |_| None::<()>).unwrap_err().into_failure().retry_after_s.unwrap()
        };
        assert_eq!(pause(&[("x-ratelimit-reset", "1770091542")]), 42);
        assert_eq!(pause(&[("x-ratelimit-reset", "1770091400")]), 1);
        assert_eq!(pause(&[("x-ratelimit-reset", "1870091400")]), 120);
        assert_eq!(pause(&[("x-ratelimit-reset", "9223372036854775807")]), 60);
        assert_eq!(pause(&[("x-ratelimit-reset", "soon")]), 60);
        assert_eq!(pause(&[]), 60);
        assert_eq!(pause(&[("retry-after", "300"), ("x-ratelimit-reset", "1770091542")]), 300);
    }

    #[test]
    fn every_answer_says_how_many_calls_are_left() {
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1770091542")];
        let until = Timestamp(1_770_091_542_000);
        assert_eq!(
            budget(&answer(200, &headers, &json!({})), NOW),
            Some(Budget { left: 0, until })
        );
        assert_eq!(budget(&answer(200, &[], &json!({})), NOW), None);
        let unbounded = budget(&answer(200, &headers[..1], &json!({})), NOW).unwrap();
        assert_eq!(unbounded.until, NOW.after(Duration::from_secs(60)));
    }
}
