//! What leaves the machine: addresses, headers, credentials, limits.

use std::time::Duration;

use shiwen_core::{FailureKind, ProviderId};
use shiwen_http::{HeaderValue, Method, Purpose, Request};
use shiwen_providers::{Account, Job, Step, services};

use crate::support::{RESOLVE, TRANSCRIBE, account, asked, of, order};

const MOMOGET: ProviderId = ProviderId::Momoget;
const COZE: ProviderId = ProviderId::Coze;
const TG: ProviderId = ProviderId::TranscriptGenerate;

/// `POST https://… spend 60`: the parts that decide where a request goes and what it may cost.
fn line(request: &Request) -> String {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    };
    let purpose = match request.purpose {
        Purpose::Spend => "spend",
        Purpose::Read => "read",
    };
    format!("{method} {} {purpose} {}", request.url, request.timeout.as_secs())
}

/// `name: value` of each header, with invented secrets spelled out.
fn headers(request: &Request) -> Vec<String> {
    let value = |value: &HeaderValue| match value {
        HeaderValue::Plain(value) => value.clone(),
        HeaderValue::Secret(secret) => format!("secret {}", secret.expose()),
        HeaderValue::Bearer(secret) => format!("bearer {}", secret.expose()),
    };
    request.headers.iter().map(|(name, it)| format!("{name}: {}", value(it))).collect()
}

fn create(id: ProviderId, job: &Job<'_>, settings: &[(&str, &str)]) -> Request {
    of(id).create(job, &account(id, settings)).unwrap()
}

fn follow(id: ProviderId, remote_id: &str, step: Step, account: &Account) -> Request {
    of(id).follow(&asked(remote_id, step), account).unwrap()
}

#[test]
fn creates_go_to_the_documented_place_and_are_marked_as_spending() {
    let lines = [
        create(MOMOGET, &TRANSCRIBE, &[]),
        create(TG, &TRANSCRIBE, &[]),
        create(COZE, &TRANSCRIBE, &[]),
        create(COZE, &RESOLVE, &[]),
    ]
    .map(|request| line(&request));
    assert_eq!(
        lines,
        [
            "POST https://www.momoget.cn/api/v1/coze/transcribe spend 60",
            "POST https://api.transcriptgenerate.com/open-gateway/transcript-api/v1/task/create spend 60",
            "POST https://api.coze.cn/v1/workflow/run spend 60",
            "POST https://api.coze.cn/v1/workflow/run spend 100",
        ]
    );
}

#[test]
fn reads_go_to_the_documented_place_and_may_be_repeated() {
    let (momoget, tg, coze) = (account(MOMOGET, &[]), account(TG, &[]), account(COZE, &[]));
    let lines = [
        follow(MOMOGET, "t-1", Step::Status, &momoget),
        follow(MOMOGET, "t-1", Step::Result, &momoget),
        follow(TG, "1900000000000000001", Step::Status, &tg),
        follow(COZE, "42/7", Step::Status, &coze),
    ]
    .map(|request| line(&request));
    assert_eq!(
        lines,
        [
            "POST https://www.momoget.cn/api/v1/coze/task-status read 20",
            "POST https://www.momoget.cn/api/v1/coze/task-result read 20",
            "GET https://api.transcriptgenerate.com/open-gateway/transcript-api/v1/task/query?taskId=1900000000000000001 read 30",
            "GET https://api.coze.cn/v1/workflows/42/run_histories/7 read 20",
        ]
    );
}

#[test]
fn tests_of_an_account_are_reads() {
    let lines: Vec<Vec<String>> = services()
        .iter()
        .map(|service| {
            let requests = service.check(&account(service.card().id, &[])).unwrap();
            requests.iter().map(line).collect()
        })
        .collect();
    let history = "GET https://api.coze.cn/v1/workflows/7000000000000000202/run_histories/7000000000000000000 read 20";
    assert_eq!(
        lines,
        [
            vec!["POST https://www.momoget.cn/api/v1/coze/task-status read 20"],
            vec![
                "GET https://api.transcriptgenerate.com/open-gateway/transcript-api/v1/quota/usage read 30",
                "GET https://api.transcriptgenerate.com/open-gateway/transcript-api/v1/quota/concurrency read 30",
            ],
            vec![history, history],
            vec!["GET https://rawugc.com/api/v1/videos?limit=1 read 20"],
            vec!["GET https://gateway.example.com/x/jimeng/fetch/cgt-00000000000000-none read 20"],
        ]
    );
}

#[test]
fn credentials_are_sent_as_documented() {
    assert_eq!(headers(&create(MOMOGET, &TRANSCRIBE, &[])), ["content-type: application/json"]);
    assert_eq!(
        headers(&create(TG, &TRANSCRIBE, &[])),
        [
            "x-api-key: secret fixture-api_key",
            "x-api-secret: secret fixture-api_secret",
            "content-type: application/json",
        ]
    );
    let query = follow(TG, "1", Step::Status, &account(TG, &[]));
    assert_eq!(
        headers(&query),
        ["x-api-key: secret fixture-api_key", "x-api-secret: secret fixture-api_secret"]
    );
    assert_eq!(
        headers(&create(COZE, &TRANSCRIBE, &[])),
        ["authorization: bearer fixture-token", "content-type: application/json"]
    );
}

#[test]
fn histories_are_read_with_their_own_token_where_there_is_one() {
    let mut account = account(COZE, &[]);
    let own = follow(COZE, "1", Step::Status, &account);
    assert_eq!(headers(&own), ["authorization: bearer fixture-history_token"]);
    account.secrets.remove("history_token");
    let only = follow(COZE, "1", Step::Status, &account);
    assert_eq!(headers(&only), ["authorization: bearer fixture-token"]);
    assert_eq!(of(COZE).check(&account).unwrap().len(), 1);
}

#[test]
fn every_request_lists_all_secrets_of_its_account() {
    for service in services() {
        let account = account(service.card().id, &[]);
        let mut requests = service.check(&account).unwrap();
        requests.push(service.create(&order(*service), &account).unwrap());
        // What answers at once is not followed.
        requests.extend(service.follow(&asked("1", Step::Status), &account));
        for request in requests {
            let listed: Vec<&str> = request.secrets.iter().map(|secret| secret.expose()).collect();
            let known: Vec<&str> = account.secrets.values().map(|secret| secret.expose()).collect();
            assert_eq!(listed, known, "{}", request.url);
        }
    }
}

#[test]
fn no_secret_is_part_of_an_address() {
    for service in services() {
        let account = account(service.card().id, &[]);
        let mut requests = service.check(&account).unwrap();
        requests.push(service.create(&order(*service), &account).unwrap());
        for request in requests {
            for secret in account.secrets.values() {
                assert!(!request.url.as_str().contains(secret.expose()), "{}", request.url);
            }
        }
    }
}

#[test]
fn an_id_from_outside_stays_one_value() {
    let query = follow(TG, "1&x=/..#?", Step::Status, &account(TG, &[]));
    assert!(query.url.as_str().ends_with("/task/query?taskId=1%26x%3D%2F..%23%3F"));
    for remote_id in ["../secrets", "a/../b", "1?x=2", "", "/", "1/", "一"] {
        let refused = of(COZE).follow(&asked(remote_id, Step::Status), &account(COZE, &[]));
        assert_eq!(refused.err().unwrap().kind, FailureKind::InvalidInput, "{remote_id}");
    }
}

#[test]
fn a_bare_run_id_is_looked_up_in_the_first_workflow_that_gives_what_is_asked() {
    let request = follow(COZE, "909", Step::Status, &account(COZE, &[]));
    assert_eq!(request.url.path(), "/v1/workflows/7000000000000000202/run_histories/909");
}

#[test]
fn share_text_and_input_names_survive_any_character() {
    let share_text = "\\ \" 😀 \n 复制 https://v.douyin.com/fixture01/";
    let job = Job { share_text, ..RESOLVE };
    let request = create(
        COZE,
        &job,
        &[("workflows", r#"[{ "id": "1", "gives": "info", "input": "文 案\"" }]"#)],
    );
    let body: serde_json::Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
    assert_eq!(body["parameters"]["文 案\""], share_text);
}

#[test]
fn of_several_links_in_a_share_text_an_info_workflow_gets_the_one_that_is_meant() {
    let share_text = "https://v.douyin.com/first01/ https://v.douyin.com/second02/";
    let job = Job { share_text, urls: &["https://v.douyin.com/second02/"], ..RESOLVE };
    let body: serde_json::Value =
        serde_json::from_slice(&create(COZE, &job, &[]).body.unwrap()).unwrap();
    assert_eq!(body["parameters"]["input"], "https://v.douyin.com/second02/");
}

#[test]
fn a_base_url_with_a_path_is_kept() {
    let base = [("base_url", "http://127.0.0.1:4010/coze/")];
    let request = create(COZE, &TRANSCRIBE, &base);
    assert_eq!(request.url.as_str(), "http://127.0.0.1:4010/coze/v1/workflow/run");
}

#[test]
fn what_a_service_does_not_do_is_refused_before_anything_is_sent() {
    let english = Job { target_language: Some("en"), ..TRANSCRIBE };
    let no_link = Job { urls: &["javascript:alert(1)"], ..TRANSCRIBE };
    let refused = [
        of(MOMOGET).create(&RESOLVE, &account(MOMOGET, &[])),
        of(TG).create(&RESOLVE, &account(TG, &[])),
        of(MOMOGET).create(&english, &account(MOMOGET, &[])),
        of(COZE).create(&english, &account(COZE, &[])),
        of(TG).create(&no_link, &account(TG, &[])),
    ];
    for refused in refused {
        assert_eq!(refused.err().unwrap().kind, FailureKind::InvalidInput);
    }
}

#[test]
fn the_spoken_language_is_kept_where_none_is_named() {
    for language in ["", " ", "auto"] {
        let job = Job { target_language: Some(language), ..TRANSCRIBE };
        assert_eq!(create(TG, &job, &[]).body, create(TG, &TRANSCRIBE, &[]).body);
        assert!(of(MOMOGET).create(&job, &account(MOMOGET, &[])).is_ok());
    }
}

#[test]
fn schedules_grow_to_their_cap_and_keep_documented_waits() {
    for service in services() {
        let schedule = service.schedule();
        assert!(schedule.growth >= 1.0 && schedule.interval <= schedule.cap);
        assert!(schedule.first >= schedule.floor && schedule.cap < schedule.deadline);
    }
    assert_eq!(of(MOMOGET).schedule().floor, Duration::from_secs(10));
}
