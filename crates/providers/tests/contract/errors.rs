//! Every error that the services document, with its kind and what it proves about a call that costs money.

use std::time::Duration;

use serde_json::{Value, json};
use shiwen_core::{
    Failure,
    FailureKind::{self, *},
    ProviderId,
};
use shiwen_http::Response;
use shiwen_providers::{Created, Followed, Step};

use crate::support::{NOW, answer, asked, of, order};

/// What an error proves about a create call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    Rejected,
    /// The work may have begun.
    Unknown,
    /// Given to reads only.
    Never,
}
use Outcome::{Never, Rejected, Unknown};

/// What it does to a task that is followed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reading {
    AskAgain,
    KeyRefused,
    Ends,
}
use Reading::{AskAgain, Ends, KeyRefused};

fn created(id: ProviderId, response: &Response) -> (Outcome, Failure) {
    match of(id).read_created(&order(of(id)), response, NOW) {
        Created::Rejected(failure) => (Rejected, failure),
        Created::Unknown(failure) => (Unknown, failure),
        created => panic!("{id}: {created:?}"),
    }
}

fn read(id: ProviderId, response: &Response) -> (Reading, Failure) {
    let asked = asked("1", Step::Status);
    match of(id).read_followed(&asked, response, Duration::from_secs(60), NOW) {
        Followed::AskAgain(failure) => (AskAgain, failure),
        Followed::KeyRefused(failure) => (KeyRefused, failure),
        Followed::Failed(failure) => (Ends, failure),
        followed => panic!("{id}: {followed:?}"),
    }
}

fn check(
    id: ProviderId,
    status: u16,
    body: &Value,
    kind: FailureKind,
    outcome: Outcome,
    reading: Reading,
) {
    let response = answer(status, body.to_string());
    if outcome != Never {
        let (found, failure) = created(id, &response);
        assert_eq!((found, failure.kind), (outcome, kind), "{id}: {body}");
    }
    let (found, failure) = read(id, &response);
    assert_eq!((found, failure.kind), (reading, kind), "{id}: {body}");
    assert_eq!(failure.retry_after_s.is_some(), kind == RateLimited, "{id}: {body}");
}

#[test]
fn momoget() {
    let id = ProviderId::Momoget;
    #[rustfmt::skip]
    let rows = [
        (400, "用户转化次数不足", QuotaExhausted, Rejected, AskAgain),
        (400, "暂不支持该平台", UnsupportedPlatform, Rejected, AskAgain),
        (400, "链接无效", InvalidInput, Rejected, AskAgain),
        (400, "参数错误", InvalidInput, Rejected, AskAgain),
        (403, "任务不属于该用户", Forbidden, Never, AskAgain),
        (404, "用户不存在", Unauthorized, Rejected, KeyRefused),
        (404, "任务不存在", NotFound, Never, Ends),
        (422, "field required", InvalidInput, Rejected, AskAgain),
        (429, "too many requests", RateLimited, Rejected, AskAgain),
        (500, "internal error", ProviderInternal, Unknown, AskAgain),
        (503, "unavailable", ProviderInternal, Unknown, AskAgain),
    ];
    for (status, detail, kind, outcome, reading) in rows {
        check(id, status, &json!({ "detail": detail }), kind, outcome, reading);
    }
    let list = json!({ "detail": [{ "loc": ["body", "links"], "msg": "too long", "type": "x" }] });
    check(id, 422, &list, InvalidInput, Rejected, AskAgain);
}

#[test]
fn transcriptgenerate() {
    let id = ProviderId::TranscriptGenerate;
    #[rustfmt::skip]
    let rows = [
        (401, "Missing API Key or Secret. Please include X-API-Key and X-API-Secret in the request headers.", Unauthorized, Rejected, KeyRefused),
        (401, "API key disabled", Unauthorized, Rejected, KeyRefused),
        (601, "API access is available for Professional members only. Please upgrade your plan.", MembershipRequired, Rejected, AskAgain),
        (601, "Concurrency limit reached. Please wait for existing tasks to complete.", ConcurrencyFull, Rejected, AskAgain),
        (601, "Too many concurrent tasks", ConcurrencyFull, Rejected, AskAgain),
        (601, "Insufficient quota remaining. Please upgrade your plan.", QuotaExhausted, Rejected, AskAgain),
        (601, "Monthly quota limit reached", QuotaExhausted, Rejected, AskAgain),
        (601, "Multi-language translation is available for members only. Please upgrade your plan.", MembershipRequired, Rejected, AskAgain),
        (601, "Daily call limit reached", RateLimited, Rejected, AskAgain),
        (601, "Calls too frequent", RateLimited, Rejected, AskAgain),
        (601, "Too many requests. Please upgrade your plan.", RateLimited, Rejected, AskAgain),
        (601, "This is for members only", MembershipRequired, Rejected, AskAgain),
        (601, "Account under review", Forbidden, Rejected, AskAgain),
        (500, "Video URL cannot be empty", InvalidInput, Rejected, AskAgain),
        (500, "Failed to extract a valid platform URL from the input", InvalidInput, Rejected, AskAgain),
        (500, "This platform is not supported. Please try a different URL.", UnsupportedPlatform, Rejected, AskAgain),
        (500, "The URL is too long. Please check and try again.", InvalidInput, Rejected, AskAgain),
        (500, "Task ID cannot be empty", InvalidInput, Never, AskAgain),
        (500, "Task not found", NotFound, Never, Ends),
        (500, "You do not have permission to access this task", Forbidden, Never, AskAgain),
        (500, "System busy", ProviderInternal, Unknown, AskAgain),
    ];
    for (code, msg, kind, outcome, reading) in rows {
        // The same codes stand in the body and for HTTP; which goes with 601 is not documented.
        for status in [200, if code == 601 { 403 } else { code }] {
            check(id, status, &json!({ "code": code, "msg": msg }), kind, outcome, reading);
        }
    }
}

#[test]
fn coze() {
    let id = ProviderId::Coze;
    #[rustfmt::skip]
    let rows = [
        (4000, InvalidInput, Rejected, AskAgain),
        (4008, QuotaExhausted, Rejected, AskAgain),
        (4009, RateLimited, Rejected, AskAgain),
        (4010, InvalidInput, Rejected, AskAgain),
        (4011, QuotaExhausted, Rejected, AskAgain),
        (4012, InvalidInput, Rejected, AskAgain),
        (4013, RateLimited, Unknown, AskAgain),
        (4015, NotFound, Rejected, Ends),
        (4019, QuotaExhausted, Rejected, AskAgain),
        (4020, RateLimited, Rejected, AskAgain),
        (4021, InvalidInput, Rejected, AskAgain),
        (4022, QuotaExhausted, Rejected, AskAgain),
        (4028, QuotaExhausted, Rejected, AskAgain),
        (4100, Unauthorized, Rejected, KeyRefused),
        (4101, Forbidden, Rejected, KeyRefused),
        (4102, RateLimited, Rejected, AskAgain),
        (4105, InvalidInput, Rejected, AskAgain),
        (4200, NotFound, Rejected, Ends),
        (4314, NotFound, Rejected, Ends),
        (4315, NotFound, Rejected, AskAgain),
        (5000, ProviderInternal, Unknown, AskAgain),
        (6003, MembershipRequired, Rejected, AskAgain),
        (6023, ProviderInternal, Unknown, AskAgain),
        (6031, NotFound, Rejected, Ends),
        (6039, InvalidInput, Unknown, AskAgain),
        (700_012_006, Unauthorized, Rejected, KeyRefused),
        (702_093_018, RateLimited, Unknown, AskAgain),
        (720_701_002, InvalidInput, Rejected, AskAgain),
        (720_702_001, InvalidInput, Rejected, AskAgain),
        (720_702_002, InvalidInput, Rejected, AskAgain),
        (720_702_004, NotFound, Rejected, Ends),
        (720_702_011, NotFound, Rejected, Ends),
        (720_702_078, InvalidInput, Unknown, AskAgain),
        (720_702_085, ProviderInternal, Unknown, AskAgain),
        (720_701_004, ProviderInternal, Unknown, AskAgain),
        (720_701_013, ProviderInternal, Unknown, AskAgain),
        (720_702_222, ProviderInternal, Unknown, AskAgain),
        (720_712_023, ProviderInternal, Unknown, AskAgain),
        (777_777_776, ProviderInternal, Unknown, AskAgain),
        (777_777_777, ProviderInternal, Unknown, AskAgain),
        (4777, InvalidInput, Rejected, AskAgain),
        (5777, ProviderInternal, Unknown, AskAgain),
        (799_999_999, ProviderInternal, Unknown, AskAgain),
    ];
    for (code, kind, outcome, reading) in rows {
        check(id, 200, &json!({ "code": code, "msg": "x" }), kind, outcome, reading);
    }
    let token = json!({ "code": 4101, "msg": "The token you entered is incorrect." });
    check(id, 200, &token, Unauthorized, Rejected, KeyRefused);
    let full = json!({ "code": 4998, "msg": "Asynchronous execution concurrency limit exceeded" });
    check(id, 200, &full, ConcurrencyFull, Rejected, AskAgain);
}

#[test]
fn the_pauses_of_coze_are_those_of_its_table() {
    for (code, pause_s) in [(4009, 60), (4013, 60), (4020, 60), (4102, 300), (702_093_018, 30)] {
        let response = answer(200, json!({ "code": code, "msg": "x" }).to_string());
        assert_eq!(read(ProviderId::Coze, &response).1.retry_after_s, Some(pause_s), "{code}");
    }
}

#[test]
fn a_failed_run_has_the_meaning_of_its_code() {
    let rows = [
        (json!("4028"), QuotaExhausted),
        (json!(4105), InvalidInput),
        (json!("720702011"), NotFound),
        (json!("777777776"), ProviderInternal),
        (json!("0"), ProviderInternal),
        (json!(""), ProviderInternal),
        (json!("odd"), ProviderInternal),
    ];
    for (code, kind) in rows {
        let item = json!({ "execute_status": "Fail", "error_code": code, "error_message": "x" });
        let body = json!({ "code": 0, "data": [item] });
        let (reading, failure) = read(ProviderId::Coze, &answer(200, body.to_string()));
        assert_eq!((reading, failure.kind), (Ends, kind), "{body}");
    }
}

#[test]
fn jimeng() {
    let id = ProviderId::Jimeng;
    #[rustfmt::skip]
    let rows = [
        (401, "", "invalid token", Unauthorized, Rejected, KeyRefused),
        (401, "access_denied", "x", Unauthorized, Rejected, KeyRefused),
        (403, "insufficient_user_quota", "x", QuotaExhausted, Rejected, AskAgain),
        (403, "pre_consume_token_quota_failed", "x", QuotaExhausted, Rejected, AskAgain),
        (403, "access_denied", "x", Forbidden, Rejected, AskAgain),
        (403, "other", "x", Forbidden, Rejected, AskAgain),
        (403, "entitlement_required", "x", MembershipRequired, Rejected, AskAgain),
        (403, "entitlement_inactive", "x", MembershipRequired, Rejected, AskAgain),
        (403, "entitlement_daily_limit_exceeded", "x", QuotaExhausted, Rejected, AskAgain),
        (429, "entitlement_monthly_limit_exceeded", "x", QuotaExhausted, Rejected, AskAgain),
        (429, "token_concurrency_limit_reached", "x", ConcurrencyFull, Rejected, AskAgain),
        (429, "", "at most 60 requests in 5 minutes", RateLimited, Rejected, AskAgain),
        (400, "task_not_exist", "x", NotFound, Rejected, Ends),
        (400, "invalid_request", "x", InvalidInput, Rejected, AskAgain),
        (400, "model_price_error", "x", InvalidInput, Rejected, AskAgain),
        (400, "sensitive_words_detected", "x", InvalidInput, Rejected, AskAgain),
        (400, "prompt_blocked", "x", InvalidInput, Rejected, AskAgain),
        (503, "get_channel_failed", "x", ProviderInternal, Rejected, AskAgain),
        (503, "channel:no_available_key", "x", ProviderInternal, Rejected, AskAgain),
        (503, "", "当前分组下无可用渠道", ProviderInternal, Rejected, AskAgain),
        (500, "fail_to_fetch_task", "x", ProviderInternal, Unknown, AskAgain),
        (500, "get_task_failed", "x", ProviderInternal, Unknown, AskAgain),
        (500, "other", "x", ProviderInternal, Unknown, AskAgain),
        (200, "other", "x", ProviderInternal, Unknown, AskAgain),
        (200, "insufficient_user_quota", "x", QuotaExhausted, Rejected, AskAgain),
        // A wrong address, not a missing task.
        (404, "", "Invalid URL (GET /v1/jimeng/fetch/1)", NotFound, Rejected, AskAgain),
    ];
    for (status, code, message, kind, outcome, reading) in rows {
        let error = json!({ "error": { "message": message, "type": "x", "code": code } });
        check(id, status, &error, kind, outcome, reading);
        // Problems with a task come in another shape.
        if !code.is_empty() {
            let problem = json!({ "code": code, "message": message, "data": null });
            check(id, status, &problem, kind, outcome, reading);
        }
    }
    // The shape with numbers has no documented errors.
    for (code, kind, outcome) in [(1001, ProviderInternal, Unknown), (429, RateLimited, Rejected)] {
        let problem = json!({ "code": code, "message": "x", "data": null });
        check(id, 200, &problem, kind, outcome, AskAgain);
    }
}

#[test]
fn a_limit_of_jimeng_lasts_as_long_as_its_text_says() {
    let pause = |message: &str, retry_after: Option<&str>| {
        let body = json!({ "error": { "message": message, "code": "" } });
        let mut response = answer(429, body.to_string());
        let header = retry_after.map(|value| ("retry-after".to_owned(), value.to_owned()));
        response.headers.extend(header);
        created(ProviderId::Jimeng, &response).1.retry_after_s
    };
    assert_eq!(pause("at most 60 requests in 5 minutes", None), Some(300));
    assert_eq!(pause("您已达到请求数限制:1分钟内最多请求60次", None), Some(60));
    assert_eq!(pause("slow down", None), Some(60));
    assert_eq!(pause("at most 60 requests in 5 minutes", Some("7")), Some(7));
}
