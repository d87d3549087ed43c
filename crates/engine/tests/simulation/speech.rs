//! How the five services speak: what a request asks of which, and their own words for every answer. Written from
//! their documents; the program's real clients read it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shiwen_core::{Entry, Input, Operation, ProviderId};
use shiwen_http::{HeaderValue, Request};

/// What is ordered where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Momoget,
    Coze,
    /// A workflow that answers with the result itself.
    CozeInfo,
    TranscriptGenerate,
    RawUgc,
    /// Answers with the result itself.
    RawUgcAnalysis,
    Jimeng,
}

pub(crate) const KINDS: &[Kind] = &[
    Kind::Momoget,
    Kind::Coze,
    Kind::CozeInfo,
    Kind::TranscriptGenerate,
    Kind::RawUgc,
    Kind::RawUgcAnalysis,
    Kind::Jimeng,
];

pub(crate) const CANARY: &str = "canary-5e3a-of-this-run";
const WORKFLOW: &str = "7000000000000000001";
const INFO_WORKFLOW: &str = "7000000000000000002";
const GATEWAY: &str = "https://gateway.example";
const VIDEO_PRICE: u32 = 12;
pub(crate) const MODEL: &str = "veo3";
/// Those that can do each other's work.
pub(crate) const ALIKE: &[Kind] = &[Kind::Momoget, Kind::Coze, Kind::TranscriptGenerate];

/// What a request is about, as the service sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    Create(Kind),
    Status(Kind, String),
    Result(String),
    List,
    /// Anything else that is asked, e.g. what is left to spend.
    Account,
}

impl Kind {
    pub(crate) fn provider(self) -> ProviderId {
        match self {
            Self::Momoget => ProviderId::Momoget,
            Self::Coze | Self::CozeInfo => ProviderId::Coze,
            Self::TranscriptGenerate => ProviderId::TranscriptGenerate,
            Self::RawUgc | Self::RawUgcAnalysis => ProviderId::RawUgc,
            Self::Jimeng => ProviderId::Jimeng,
        }
    }

    pub(crate) fn operation(self) -> Operation {
        match self {
            Self::Momoget | Self::Coze | Self::TranscriptGenerate => Operation::Transcribe,
            Self::CozeInfo => Operation::Resolve,
            Self::RawUgcAnalysis => Operation::Analyze,
            Self::RawUgc | Self::Jimeng => Operation::GenerateVideo,
        }
    }

    pub(crate) fn input(self, key: &str) -> Input {
        let text = |text: &str| Entry::Text(text.to_owned());
        match self {
            Self::RawUgc => {
                let prompt = text(&prompt_of(key));
                Input::from([("model".to_owned(), text(MODEL)), ("prompt".to_owned(), prompt)])
            }
            Self::Jimeng => Input::from([("prompt".to_owned(), text(&prompt_of(key)))]),
            _ => Input::new(),
        }
    }

    /// Whether the answer to the create call is the result.
    pub(crate) fn is_blocking(self) -> bool {
        matches!(self, Self::CozeInfo | Self::RawUgcAnalysis)
    }

    /// Whether an id may be unknown for a moment after it was given.
    pub(crate) fn may_be_late(self) -> bool {
        matches!(self, Self::Coze | Self::RawUgc | Self::Jimeng)
    }

    /// Whether it has words for too many tasks at once.
    pub(crate) fn counts_tasks(self) -> bool {
        matches!(self, Self::Coze | Self::CozeInfo | Self::TranscriptGenerate | Self::Jimeng)
    }

    /// What it takes for so many links, where the ledger can know it.
    pub(crate) fn price(self, links: usize) -> Option<u32> {
        match self {
            Self::Momoget => u32::try_from(links).ok(),
            Self::Coze | Self::CozeInfo | Self::RawUgcAnalysis => Some(1),
            Self::RawUgc => Some(VIDEO_PRICE),
            Self::TranscriptGenerate | Self::Jimeng => None,
        }
    }

    pub(crate) fn new_id(self, number: usize) -> String {
        match self {
            Self::Momoget => format!("00000000-0000-4000-8000-{number:012}"),
            Self::Coze | Self::CozeInfo => format!("72{number:017}"),
            Self::TranscriptGenerate => format!("19{number:017}"),
            Self::RawUgc | Self::RawUgcAnalysis => format!("vid_{number:06}"),
            Self::Jimeng => format!("task_{number:06}"),
        }
    }

    /// The id as the program keeps it.
    pub(crate) fn lasting(self, id: &str) -> String {
        match self {
            Self::Coze => format!("{WORKFLOW}/{id}"),
            _ => id.to_owned(),
        }
    }

    pub(crate) fn accepted(self, id: &str, key: &str, left: u32) -> (u16, Value) {
        match self {
            Self::Momoget => (
                200,
                json!({ "code": 201, "task_id": id, "status": "pending", "remaining_tasks": left }),
            ),
            Self::Coze => (200, json!({ "code": 0, "msg": "", "execute_id": id })),
            Self::CozeInfo => {
                let data =
                    json!({ "title": format!("标题 {key}"), "nickname": "作者" }).to_string();
                (200, json!({ "code": 0, "msg": "", "data": data }))
            }
            Self::TranscriptGenerate => {
                (200, json!({ "code": 200, "msg": "ok", "data": { "taskId": id } }))
            }
            Self::RawUgc => (
                201,
                json!({ "videoId": id, "status": "pending", "creditsUsed": VIDEO_PRICE, "newBalance": left }),
            ),
            Self::RawUgcAnalysis => {
                (200, json!({ "summary": format!("要点 {key}"), "creditsUsed": 1 }))
            }
            Self::Jimeng => (200, json!({ "code": "success", "data": id })),
        }
    }

    /// The shape of an acceptance without what makes it one.
    pub(crate) fn without_id(self) -> (u16, Value) {
        match self {
            Self::Momoget => (200, json!({ "code": 201, "status": "pending" })),
            Self::Coze | Self::CozeInfo => (200, json!({ "code": 0, "msg": "" })),
            Self::TranscriptGenerate => (200, json!({ "code": 200, "msg": "ok", "data": {} })),
            Self::RawUgc | Self::RawUgcAnalysis => (201, json!({ "status": "pending" })),
            Self::Jimeng => (200, json!({ "code": "success", "data": null })),
        }
    }

    pub(crate) fn refusal(self) -> (u16, Value) {
        match self {
            Self::Momoget => (400, json!({ "detail": "链接无效" })),
            Self::Coze | Self::CozeInfo => (200, json!({ "code": 4000, "msg": "bad parameter" })),
            Self::TranscriptGenerate => {
                (200, json!({ "code": 500, "msg": "This platform is not supported" }))
            }
            Self::RawUgc | Self::RawUgcAnalysis => problem(400, "validation_error"),
            Self::Jimeng => {
                (400, json!({ "error": { "code": "invalid_request", "message": "bad" } }))
            }
        }
    }

    pub(crate) fn no_quota(self) -> (u16, Value) {
        match self {
            Self::Momoget => (400, json!({ "detail": "用户转化次数不足" })),
            Self::Coze | Self::CozeInfo => (200, json!({ "code": 4028, "msg": "no credits" })),
            Self::TranscriptGenerate => (200, json!({ "code": 601, "msg": "Insufficient quota" })),
            Self::RawUgc | Self::RawUgcAnalysis => problem(402, "insufficient_credits"),
            Self::Jimeng => {
                (403, json!({ "error": { "code": "insufficient_user_quota", "message": "no" } }))
            }
        }
    }

    /// A refused key, which some services repeat in their words.
    pub(crate) fn key_refused(self) -> (u16, Value) {
        match self {
            Self::Momoget => (401, json!({ "detail": format!("用户 {CANARY} 无效") })),
            Self::Coze | Self::CozeInfo => {
                (401, json!({ "code": 4100, "msg": format!("token {CANARY} is invalid") }))
            }
            Self::TranscriptGenerate => {
                (200, json!({ "code": 401, "msg": format!("bad key {CANARY}") }))
            }
            Self::RawUgc | Self::RawUgcAnalysis => problem(401, "invalid_api_key"),
            Self::Jimeng => {
                let message = format!("无效的令牌 {CANARY}");
                (401, json!({ "error": { "code": "invalid_key", "message": message } }))
            }
        }
    }

    /// Its own words for a fault of its own, which may come after the work had begun.
    pub(crate) fn fault(self) -> (u16, Value) {
        match self {
            Self::Momoget => (500, json!({ "detail": "boom" })),
            Self::Coze | Self::CozeInfo => (200, json!({ "code": 4013, "msg": "model service" })),
            Self::TranscriptGenerate => (200, json!({ "code": 500, "msg": "oops" })),
            Self::RawUgc | Self::RawUgcAnalysis => problem(500, "internal_error"),
            Self::Jimeng => {
                (500, json!({ "error": { "code": "fail_to_fetch_task", "message": "x" } }))
            }
        }
    }

    pub(crate) fn too_many(self) -> (u16, Value) {
        match self {
            Self::Momoget => (429, json!({ "detail": "slow down" })),
            Self::Coze | Self::CozeInfo => (200, json!({ "code": 4020, "msg": "too fast" })),
            Self::TranscriptGenerate => (200, json!({ "code": 601, "msg": "Too many requests" })),
            Self::RawUgc | Self::RawUgcAnalysis => problem(429, "rate_limit_exceeded"),
            Self::Jimeng => {
                (429, json!({ "error": { "code": "rate", "message": "1分钟内最多请求60次" } }))
            }
        }
    }

    /// Too many tasks of the account run already.
    pub(crate) fn full(self) -> (u16, Value) {
        match self {
            Self::Coze | Self::CozeInfo => {
                (200, json!({ "code": 5000, "msg": "async concurrency limit reached" }))
            }
            Self::Jimeng => {
                let code = "token_concurrency_limit_reached";
                (429, json!({ "error": { "code": code, "message": "busy" } }))
            }
            _ => (200, json!({ "code": 601, "msg": "Concurrency limit reached" })),
        }
    }

    pub(crate) fn running(self, id: &str, word: Option<&str>) -> (u16, Value) {
        match self {
            Self::Momoget => {
                let word = word.unwrap_or("processing");
                (
                    200,
                    json!({ "code": 200, "status": word, "total_count": 1, "processed_count": 0 }),
                )
            }
            Self::Coze | Self::CozeInfo => {
                let item = json!({ "execute_id": id, "execute_status": word.unwrap_or("Running") });
                (200, json!({ "code": 0, "data": [item] }))
            }
            Self::TranscriptGenerate => {
                let data = json!({ "taskId": id, "status": word.unwrap_or("WAITING") });
                (200, json!({ "code": 200, "data": data }))
            }
            Self::RawUgc | Self::RawUgcAnalysis => {
                (200, json!({ "videoId": id, "status": word.unwrap_or("processing") }))
            }
            Self::Jimeng => {
                let data = json!({ "task_id": id, "status": word.unwrap_or("IN_PROGRESS") });
                (200, json!({ "code": "success", "data": data }))
            }
        }
    }

    /// Done. Momoget says so first and gives the result when it is asked for it.
    pub(crate) fn done(self, id: &str, key: &str) -> (u16, Value) {
        match self {
            Self::Momoget => {
                (200, json!({ "code": 200, "status": "completed", "processed_count": 1 }))
            }
            Self::Coze | Self::CozeInfo => {
                let output =
                    json!({ "Output": json!({ "content": text_of(key) }).to_string() }).to_string();
                let item =
                    json!({ "execute_id": id, "execute_status": "Success", "output": output });
                (200, json!({ "code": 0, "data": [item] }))
            }
            Self::TranscriptGenerate => {
                let data =
                    json!({ "taskId": id, "status": "SUCCESS", "textContent": text_of(key) });
                (200, json!({ "code": 200, "data": data }))
            }
            Self::RawUgc | Self::RawUgcAnalysis => {
                let url = address_of(key);
                (
                    200,
                    json!({ "videoId": id, "status": "completed", "url": url, "creditsUsed": 12 }),
                )
            }
            Self::Jimeng => {
                let video = json!({ "video": address_of(key) });
                let data = json!({ "task_id": id, "status": "SUCCESS", "data": video });
                (200, json!({ "code": "success", "data": data }))
            }
        }
    }

    /// It failed there. Of Momoget both questions say so.
    pub(crate) fn failed(self, id: &str) -> (u16, Value) {
        match self {
            Self::Momoget => {
                (200, json!({ "code": 200, "status": "failed", "error_message": "没有检测到人声" }))
            }
            Self::Coze | Self::CozeInfo => {
                let item =
                    json!({ "execute_id": id, "execute_status": "Fail", "error_code": 5000 });
                (200, json!({ "code": 0, "data": [item] }))
            }
            Self::TranscriptGenerate => {
                let data = json!({ "taskId": id, "status": "FAILURE", "errorMessage": "no voice" });
                (200, json!({ "code": 200, "data": data }))
            }
            Self::RawUgc | Self::RawUgcAnalysis => {
                (200, json!({ "videoId": id, "status": "failed", "failMessage": "moderation" }))
            }
            Self::Jimeng => {
                let data = json!({ "task_id": id, "status": "FAILURE", "fail_reason": "blocked" });
                (200, json!({ "code": "success", "data": data }))
            }
        }
    }

    /// Done, and without what was promised.
    pub(crate) fn empty(self, id: &str) -> (u16, Value) {
        match self {
            // Said of the status: the result of it is empty.
            Self::Momoget => (200, json!({ "code": 200, "status": "completed" })),
            Self::Coze | Self::CozeInfo => {
                let item = json!({ "execute_id": id, "execute_status": "Success", "output": "" });
                (200, json!({ "code": 0, "data": [item] }))
            }
            Self::TranscriptGenerate => {
                (200, json!({ "code": 200, "data": { "taskId": id, "status": "SUCCESS" } }))
            }
            Self::RawUgc | Self::RawUgcAnalysis => {
                (200, json!({ "videoId": id, "status": "completed" }))
            }
            Self::Jimeng => {
                (200, json!({ "code": "success", "data": { "task_id": id, "status": "SUCCESS" } }))
            }
        }
    }

    pub(crate) fn no_such_task(self) -> (u16, Value) {
        match self {
            Self::Momoget => (404, json!({ "detail": "任务不存在" })),
            Self::Coze | Self::CozeInfo => (200, json!({ "code": 4314, "msg": "no record" })),
            Self::TranscriptGenerate => (200, json!({ "code": 500, "msg": "Task not found" })),
            Self::RawUgc | Self::RawUgcAnalysis => problem(404, "not_found"),
            Self::Jimeng => {
                (400, json!({ "error": { "code": "task_not_exist", "message": "none" } }))
            }
        }
    }
}

fn problem(status: u16, slug: &str) -> (u16, Value) {
    let kind = format!("https://api.rawugc.com/errors/{slug}");
    (status, json!({ "type": kind, "status": status, "title": "x" }))
}

pub(crate) fn prompt_of(key: &str) -> String {
    format!("{key} 一只猫")
}

pub(crate) fn text_of(key: &str) -> String {
    format!("文案 {key}，先把土翻松。")
}

pub(crate) fn address_of(key: &str) -> String {
    format!("https://media.example/{key}.mp4")
}

pub(crate) fn url_of(key: &str) -> String {
    format!("https://v.douyin.com/{key}/")
}

pub(crate) fn key_of(number: usize) -> String {
    format!("simu{number:04}")
}

/// The keys that stand in a text, in their order, each once.
pub(crate) fn keys_in(text: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (at, _) in text.match_indices("simu") {
        if let Some(key) = text.get(at..at + 8)
            && key[4..].bytes().all(|byte| byte.is_ascii_digit())
            && !keys.iter().any(|known| known == key)
        {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// Whether the account's secret came with the request.
pub(crate) fn is_signed(request: &Request) -> bool {
    let in_body = request
        .body
        .as_deref()
        .is_some_and(|body| std::str::from_utf8(body).is_ok_and(|body| body.contains(CANARY)));
    in_body
        || request.headers.iter().any(|(_, value)| match value {
            HeaderValue::Secret(secret) | HeaderValue::Bearer(secret) => secret.expose() == CANARY,
            HeaderValue::Plain(_) => false,
        })
}

pub(crate) fn wish(request: &Request) -> Option<Wish> {
    let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default());
    let json: Value = serde_json::from_str(&body).unwrap_or_default();
    let path: Vec<&str> = request.url.path_segments()?.collect();
    let task_id = || Some(json.get("task_id")?.as_str()?.to_owned());
    let query = |name: &str| {
        request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    Some(match (request.url.host_str()?, path.as_slice()) {
        ("www.momoget.cn", [.., "transcribe"]) => Wish::Create(Kind::Momoget),
        ("www.momoget.cn", [.., "task-status"]) => Wish::Status(Kind::Momoget, task_id()?),
        ("www.momoget.cn", [.., "task-result"]) => Wish::Result(task_id()?),
        ("api.coze.cn", [.., "workflow", "run"]) => {
            match json.get("workflow_id").and_then(Value::as_str) == Some(INFO_WORKFLOW) {
                true => Wish::Create(Kind::CozeInfo),
                false => Wish::Create(Kind::Coze),
            }
        }
        ("api.coze.cn", [.., "run_histories", id]) => Wish::Status(Kind::Coze, (*id).to_owned()),
        ("api.transcriptgenerate.com", [.., "task", "create"]) => {
            Wish::Create(Kind::TranscriptGenerate)
        }
        ("api.transcriptgenerate.com", [.., "task", "query"]) => {
            Wish::Status(Kind::TranscriptGenerate, query("taskId")?)
        }
        ("rawugc.com", [.., "videos", "generate"]) => Wish::Create(Kind::RawUgc),
        ("rawugc.com", [.., "analyze-video"]) => Wish::Create(Kind::RawUgcAnalysis),
        ("rawugc.com", [.., "videos"]) => Wish::List,
        ("rawugc.com", [.., "videos", id]) => Wish::Status(Kind::RawUgc, (*id).to_owned()),
        ("gateway.example", [.., "submit", "videos"]) => Wish::Create(Kind::Jimeng),
        ("gateway.example", [.., "fetch", id]) => Wish::Status(Kind::Jimeng, (*id).to_owned()),
        _ => Wish::Account,
    })
}

/// What the user would have filled in for each provider.
pub(crate) fn settings() -> BTreeMap<ProviderId, BTreeMap<String, String>> {
    let of = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let workflows = json!([
        { "id": WORKFLOW, "gives": "transcript" },
        { "id": INFO_WORKFLOW, "gives": "info" },
    ]);
    BTreeMap::from([
        (ProviderId::Coze, of(&[("workflows", &workflows.to_string())])),
        (ProviderId::Jimeng, of(&[("base_url", GATEWAY), ("submit", "on")])),
    ])
}

/// The secrets' names of each provider.
pub(crate) const SECRETS: &[(ProviderId, &[&str])] = &[
    (ProviderId::Momoget, &["user_id"]),
    (ProviderId::Coze, &["token"]),
    (ProviderId::TranscriptGenerate, &["api_key", "api_secret"]),
    (ProviderId::RawUgc, &["api_key"]),
    (ProviderId::Jimeng, &["api_key"]),
];
