//! How Coze says no, and to whom. Nearly every answer is HTTP 200; the code in the body says what happened.

use axum::http::HeaderMap;
use serde_json::json;

use super::workflow::Region;
use crate::{accounts, calendar, dice, ids::Ticket, nasty, scenario::Scenario, trouble::Answer};

/// What a token's owner allowed it to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    Run,
    ListRunHistory,
}

/// Whether a call may do this.
///
/// # Errors
/// With the refusal of the run calls; the history answers a wrong token differently.
pub(super) fn check_token(
    headers: &HeaderMap,
    region: Region,
    wanted: Permission,
) -> Result<(), Answer> {
    let sent = headers.get("authorization").and_then(|value| value.to_str().ok());
    let token = sent.and_then(|sent| sent.strip_prefix("Bearer ")).map(str::trim);
    let has = |permissions: &[Permission]| {
        if permissions.contains(&wanted) { Ok(()) } else { Err(no_permission()) }
    };
    match (region, token) {
        (_, None | Some("")) => Err(no_token()),
        (Region::Mainland, Some(accounts::COZE_TOKEN))
        | (Region::International, Some(accounts::COZE_COM_TOKEN)) => Ok(()),
        (Region::Mainland, Some(accounts::COZE_SERVICE_TOKEN)) => has(&[Permission::Run]),
        (Region::Mainland, Some(accounts::COZE_HISTORY_TOKEN)) => {
            has(&[Permission::ListRunHistory])
        }
        // A token of the other region looks like a wrong one.
        (_, Some(_)) => Err(wrong_token()),
    }
}

/// The service's answer for a word.
pub(crate) fn refusal_of(scenario: Scenario) -> Option<Answer> {
    Some(match scenario {
        Scenario::BadKey => wrong_token(),
        Scenario::Quota => failure(4011, "The token balance is insufficient."),
        Scenario::BadLink => no_link(),
        Scenario::RateUnclear => failure(4013, "The service is busy, please try again later."),
        Scenario::Rate => failure(4020, "The number of requests per minute exceeds the limit."),
        Scenario::Member => {
            failure(6003, "Asynchronous execution is available in paid plans only.")
        }
        // Its code is not documented; the message is what tells.
        Scenario::Concurrency => {
            failure(6010, "The concurrency of asynchronous workflow execution exceeds the limit.")
        }
        Scenario::Blocked => failure(4105, "The content is refused as sensitive."),
        Scenario::UnknownTask | Scenario::Expired => unknown_run(),
        Scenario::NotYours => no_permission(),
        Scenario::Trouble => failure(5000, "An internal error occurred, please try again later."),
        _ => return None,
    })
}

/// How a run fails that was accepted.
pub(super) fn failure_of(scenario: Scenario) -> Option<(u64, &'static str)> {
    match scenario {
        Scenario::Fail => Some((720_701_013, "Server side trouble, please try again later.")),
        Scenario::NastyFail => Some((720_701_013, nasty::MESSAGE)),
        Scenario::Gone => Some((720_701_004, "插件执行失败：视频不存在或已被作者删除")),
        Scenario::Unsupported => Some((720_701_004, "插件执行失败：暂不支持该平台的链接")),
        _ => None,
    }
}

/// What a workflow says that stops and asks for input.
pub(super) fn interrupt(ticket: Ticket, kind: u8) -> serde_json::Value {
    json!({
        "event_id": format!("{}/1", ticket.number()),
        "type": kind,
        "data": "请输入要提取的语言",
    })
}

pub(super) fn failure(code: u64, message: &str) -> Answer {
    let logid = logid();
    let body = json!({ "code": code, "msg": message, "detail": { "logid": logid } });
    Answer { header: Some(("x-tt-logid", logid)), ..Answer::new(200, body) }
}

pub(super) fn with_status(status: u16, answer: Answer) -> Answer {
    Answer { header: answer.header, ..Answer::new(status, answer.body) }
}

fn no_token() -> Answer {
    with_status(401, failure(4100, "Authentication failed: no access token was sent."))
}

pub(super) fn wrong_token() -> Answer {
    failure(4101, "The token you entered is incorrect. Please check and try again.")
}

/// What a wrong token was seen to get on reads.
pub(super) fn refused_token() -> Answer {
    with_status(401, failure(700_012_006, "access token invalid"))
}

fn no_permission() -> Answer {
    failure(4101, "You do not have permission to access this resource.")
}

pub(super) fn missing_workflow() -> Answer {
    failure(4200, "The requested workflow does not exist or is not published.")
}

pub(super) fn no_link() -> Answer {
    failure(4000, "The parameters hold no link of a video.")
}

pub(super) fn unknown_run() -> Answer {
    failure(4314, "The workflow run record does not exist.")
}

pub(super) fn logid() -> String {
    let now = calendar::now_ms();
    format!("{}{:016X}", calendar::compact(now), dice::mix(now))
}
