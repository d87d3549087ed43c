//! TranscriptGenerate: its happy path, its allowance and slots, and what each word does to it.

use serde_json::{Value, json};
use shiwen_sandbox::{Options, Sandbox};

use crate::http::{Answer, at_once, get, paced, post};

const KEYS: [(&str, &str); 2] = [("X-API-Key", "ak_sandbox"), ("X-API-Secret", "sk_sandbox")];

fn url(sandbox: &Sandbox, path: &str) -> String {
    format!("{}/transcript-api/v1/{path}", sandbox.base_url("transcriptgenerate"))
}

async fn create(sandbox: &Sandbox, link: &str) -> Answer {
    post(&url(sandbox, "task/create"), &KEYS, &json!({ "workUrl": link })).await
}

async fn query(sandbox: &Sandbox, task_id: &Value) -> Answer {
    let id = task_id.as_str().unwrap();
    get(&url(sandbox, &format!("task/query?taskId={id}")), &KEYS).await
}

/// Creates a task and asks once how it is.
async fn task_of(sandbox: &Sandbox, link: &str) -> Value {
    let created = create(sandbox, link).await.json();
    assert_eq!(created["code"], 200, "{created}");
    query(sandbox, &created["data"]["taskId"]).await.json()["data"].clone()
}

async fn check_refused(link: &str, status: u16, code: u16, message: &str) {
    let sandbox = at_once().await;
    let answer = create(&sandbox, link).await;
    let expected = json!({ "code": code, "msg": message });
    assert_eq!((answer.status, answer.json()), (status, expected), "{link}");
    assert_eq!(sandbox.calls().accepted_by_link.len(), 0);
}

#[tokio::test]
async fn a_link_becomes_a_transcript() {
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/iFRvuEch/").await;
    let body = created.json();
    assert_eq!((created.status, &body["msg"]), (200, &json!("Task submitted")));
    assert_eq!(body["data"]["status"], "WAITING");
    assert_eq!(body["data"]["taskId"].as_str().unwrap().len(), 19);

    let answer = query(&sandbox, &body["data"]["taskId"]).await.json();
    assert_eq!((&answer["code"], &answer["msg"]), (&json!(200), &json!("Success")));
    let task = &answer["data"];
    assert_eq!((&task["status"], &task["platform"]), (&json!("SUCCESS"), &json!("DOUYIN")));
    assert_eq!(task["errorMessage"], "Video processing succeeded!");
    assert_eq!(task["workUrl"], "https://v.douyin.com/iFRvuEch/");
    let characters = task["textContent"].as_str().unwrap().chars().count() as f64;
    assert!((task["duration"].as_f64().unwrap() - characters / 4.5).abs() < 0.06);
    assert_eq!(get(task["cover"].as_str().unwrap(), &[]).await.status, 200);
    assert_eq!(get(task["videoUrl"].as_str().unwrap(), &[]).await.status, 200);
}

#[tokio::test]
async fn a_waiting_task_has_no_text_yet() {
    let sandbox = paced(1.0).await;
    let task = task_of(&sandbox, "https://v.douyin.com/iFRvuEch/").await;
    assert_eq!((&task["status"], &task["errorMessage"]), (&json!("WAITING"), &Value::Null));
    assert_eq!(task["textContent"], Value::Null);
    assert_eq!(task["createTime"].as_str().unwrap().len(), "2026-02-03 12:05:06".len());
}

#[tokio::test]
async fn both_keys_are_needed_and_must_be_right() {
    let sandbox = at_once().await;
    let usage = url(&sandbox, "quota/usage");
    let missing = "Missing API Key or Secret. Please include X-API-Key and X-API-Secret in the request headers.";
    for headers in [&[][..], &KEYS[..1], &KEYS[1..]] {
        let answer = get(&usage, headers).await;
        assert_eq!((answer.status, answer.json()), (401, json!({ "code": 401, "msg": missing })));
    }
    let wrong = [("X-API-Key", "ak_sandbox"), ("X-API-Secret", "sk_other")];
    let answer = get(&usage, &wrong).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (401, json!(401)));
    let body = json!({ "workUrl": "https://v.douyin.com/iFRvuEch/" });
    assert_eq!(post(&url(&sandbox, "task/create"), &wrong, &body).await.status, 401);
    let answer = get(&url(&sandbox, "task/query?taskId=1"), &wrong).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    let quota = "Insufficient quota remaining. Please upgrade your plan.";
    check_refused("https://v.douyin.com/sb-quota/", 200, 601, quota).await;
    let member = "API access is available for Professional members only. Please upgrade your plan.";
    check_refused("https://v.douyin.com/sb-member/", 200, 601, member).await;
    let full = "Concurrency limit reached. Please wait for existing tasks to complete.";
    check_refused("https://v.douyin.com/sb-concurrency/", 200, 601, full).await;
    let rate = "Too many requests. Please try again later.";
    check_refused("https://v.douyin.com/sb-rate/", 200, 601, rate).await;
    let site = "This platform is not supported. Please try a different URL.";
    check_refused("https://v.douyin.com/sb-unsupported/", 500, 500, site).await;
    check_refused("https://www.bilibili.com/video/BV1xx411c7mD", 500, 500, site).await;
    let link = "Failed to extract a valid platform URL from the input";
    check_refused("https://v.douyin.com/sb-badlink/", 500, 500, link).await;
    check_refused("没有链接", 500, 500, link).await;
    check_refused("", 500, 500, "Video URL cannot be empty").await;
    let long = format!("https://v.douyin.com/{}", "a".repeat(2000));
    check_refused(&long, 500, 500, "The URL is too long. Please check and try again.").await;
    check_refused("https://v.douyin.com/sb-badkey/", 401, 401, "Invalid API Key or Secret.").await;
}

#[tokio::test]
async fn translation_is_for_members_and_marked_as_none() {
    let sandbox = at_once().await;
    let order = |link: &str| json!({ "workUrl": link, "targetLanguage": "en" });
    let create = url(&sandbox, "task/create");
    let refused = post(&create, &KEYS, &order("https://v.douyin.com/sb-member/")).await.json();
    assert!(refused["msg"].as_str().unwrap().starts_with("Multi-language translation"));

    let created = post(&create, &KEYS, &order("https://v.douyin.com/iFRvuEch/")).await.json();
    let task = query(&sandbox, &created["data"]["taskId"]).await.json()["data"].clone();
    assert!(task["textContent"].as_str().unwrap().starts_with("[en] "));
}

#[tokio::test]
async fn three_tasks_run_at_once_and_the_fourth_is_refused() {
    let sandbox = paced(1.0).await;
    for code in 0..3 {
        let answer = create(&sandbox, &format!("https://v.douyin.com/aaaaaa{code}/")).await;
        assert_eq!(answer.json()["code"], 200);
    }
    let refused = create(&sandbox, "https://v.douyin.com/aaaaaa9/").await.json();
    assert_eq!(refused["code"], 601);
    assert!(refused["msg"].as_str().unwrap().starts_with("Concurrency limit reached."));
    let slots = get(&url(&sandbox, "quota/concurrency"), &KEYS).await.json();
    let full = json!({ "currentConcurrency": 3, "maxConcurrency": 3, "availableConcurrency": 0, "canAddTask": false });
    assert_eq!(slots["data"], full);
}

#[tokio::test]
async fn a_finished_task_gives_its_slot_back() {
    let sandbox = at_once().await;
    for code in 0..5 {
        let answer = create(&sandbox, &format!("https://v.douyin.com/aaaaaa{code}/")).await;
        assert_eq!(answer.json()["code"], 200);
    }
    let slots = get(&url(&sandbox, "quota/concurrency"), &KEYS).await.json();
    assert_eq!(slots["data"]["canAddTask"], true);
}

#[tokio::test]
async fn the_seconds_of_the_video_are_taken_from_the_allowance() {
    let sandbox = at_once().await;
    let usage = url(&sandbox, "quota/usage");
    let before = get(&usage, &KEYS).await.json()["data"].clone();
    assert_eq!(
        (&before["unlimited"], &before["availableSeconds"]),
        (&json!(false), &json!(36_000))
    );
    assert_eq!(before["availableMinutes"], "600.0");
    let task = task_of(&sandbox, "https://v.douyin.com/iFRvuEch/").await;
    let after = get(&usage, &KEYS).await.json()["data"].clone();
    assert_eq!(after["usedSeconds"].as_f64(), task["duration"].as_f64().map(f64::ceil));
    assert_eq!(
        after["availableSeconds"].as_u64().unwrap() + after["usedSeconds"].as_u64().unwrap(),
        36_000
    );
}

#[tokio::test]
async fn the_seconds_run_out() {
    let options = Options { pace: 0.0, transcriptgenerate_seconds: 5, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let refused = create(&sandbox, "https://v.douyin.com/iFRvuEch/").await.json();
    assert_eq!(refused["code"], 601);
    assert!(refused["msg"].as_str().unwrap().starts_with("Insufficient quota"));
}

#[tokio::test]
async fn a_query_needs_a_task_that_is_known() {
    let sandbox = at_once().await;
    for (path, message) in [
        ("task/query", "Task ID cannot be empty"),
        ("task/query?taskId=", "Task ID cannot be empty"),
        ("task/query?taskId=1900000000000000001x", "Task not found"),
    ] {
        let answer = get(&url(&sandbox, path), &KEYS).await;
        assert_eq!((answer.status, answer.json()), (500, json!({ "code": 500, "msg": message })));
    }
    for (word, message) in [
        ("unknown-task", "Task not found"),
        ("not-yours", "You do not have permission to access this task"),
    ] {
        let link = format!("https://v.douyin.com/sb-{word}/");
        let created = create(&sandbox, &link).await.json();
        let answer = query(&sandbox, &created["data"]["taskId"]).await;
        assert_eq!((answer.status, answer.json()["msg"].clone()), (500, json!(message)));
    }
}

#[tokio::test]
async fn a_failed_task_says_so_and_has_no_text() {
    let sandbox = at_once().await;
    for word in ["fail", "gone"] {
        let task = task_of(&sandbox, &format!("https://v.douyin.com/sb-{word}/")).await;
        assert_eq!((&task["status"], &task["textContent"]), (&json!("FAILURE"), &Value::Null));
        assert!(task["errorMessage"].as_str().unwrap().starts_with("Video processing failed!"));
    }
}

#[tokio::test]
async fn empty_and_long_texts_are_as_asked_for() {
    let sandbox = at_once().await;
    let empty = task_of(&sandbox, "https://v.douyin.com/sb-empty/").await;
    assert_eq!((&empty["status"], &empty["textContent"]), (&json!("SUCCESS"), &json!("")));
    let long = task_of(&sandbox, "https://v.douyin.com/sb-long/").await;
    assert_eq!(long["textContent"].as_str().unwrap().chars().count(), 20_000);
}

#[tokio::test]
async fn a_stalled_task_goes_on_waiting_and_a_slow_one_ends() {
    let sandbox = at_once().await;
    let stalled = task_of(&sandbox, "https://v.douyin.com/sb-stalled/").await;
    assert_eq!((&stalled["status"], &stalled["textContent"]), (&json!("WAITING"), &Value::Null));
    let slow = task_of(&sandbox, "https://v.douyin.com/sb-slow/").await;
    assert_eq!(slow["status"], "SUCCESS");
}

#[tokio::test]
async fn an_unknown_status_word_stands_before_success() {
    let sandbox = paced(0.2).await;
    let created = create(&sandbox, "https://v.douyin.com/sb-badstatus/").await.json();
    let mut seen = Vec::new();
    while seen.last().is_none_or(|status| status != "SUCCESS") {
        let answer = query(&sandbox, &created["data"]["taskId"]).await.json();
        let status = answer["data"]["status"].as_str().unwrap().to_owned();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
    }
    assert_eq!(seen.last_chunk(), Some(&["TRANSCODING".to_owned(), "SUCCESS".to_owned()]));
}

#[tokio::test]
async fn words_that_only_coze_knows_change_nothing() {
    let sandbox = at_once().await;
    for word in ["trimmed", "interrupted", "late", "rate-unclear"] {
        let task = task_of(&sandbox, &format!("https://v.douyin.com/sb-{word}/")).await;
        assert_eq!(task["status"], "SUCCESS", "{word}");
    }
}

#[tokio::test]
async fn a_key_that_is_refused_while_asking_is_taken_again_later() {
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/sb-badkey-poll/").await.json();
    for _ in 0..3 {
        assert_eq!(query(&sandbox, &created["data"]["taskId"]).await.status, 401);
    }
    assert_eq!(query(&sandbox, &created["data"]["taskId"]).await.status, 200);
}

#[tokio::test]
async fn a_sandbox_that_was_started_anew_answers_for_an_older_task() {
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/iFRvuEch/").await.json();
    let id = created["data"]["taskId"].clone();
    let before = query(&sandbox, &id).await.json()["data"].clone();
    sandbox.stop().await;

    let sandbox = at_once().await;
    let after = query(&sandbox, &id).await.json()["data"].clone();
    for name in ["status", "textContent", "title", "platform", "duration", "createTime"] {
        assert_eq!(after[name], before[name], "{name}");
    }
    assert_eq!(after["workUrl"], Value::Null);
}

#[tokio::test]
async fn an_allowance_without_end_says_so_by_minus_one_and_runs_out_of_nothing() {
    let options = Options { pace: 0.0, transcriptgenerate_seconds: 1, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let keys = [("X-API-Key", "ak_sandbox_all"), ("X-API-Secret", "sk_sandbox_all")];
    let order = json!({ "workUrl": "https://v.douyin.com/iFRvuEch/" });
    let created = post(&url(&sandbox, "task/create"), &keys, &order).await.json();
    assert_eq!(created["code"], 200);
    let usage = get(&url(&sandbox, "quota/usage"), &keys).await.json()["data"].clone();
    assert!(usage["usedSeconds"].as_u64().unwrap() > 1);
    assert_eq!(usage["unlimited"], true);
    assert_eq!((&usage["availableSeconds"], &usage["availableMinutes"]), (&json!(-1), &json!(-1)));
    assert_eq!((&usage["totalMinutes"], &usage["deductionType"]), (&Value::Null, &Value::Null));
    // A key of one account and a secret of the other belong to nobody.
    let mixed = [keys[0], KEYS[1]];
    assert_eq!(get(&url(&sandbox, "quota/usage"), &mixed).await.status, 401);
}

#[tokio::test]
async fn trouble_on_its_side_is_a_500_of_its_own() {
    let busy = "The system is busy. Please try again later.";
    check_refused("https://v.douyin.com/sb-trouble/", 500, 500, busy).await;
    let sandbox = at_once().await;
    let created = create(&sandbox, "https://v.douyin.com/sb-trouble-poll/").await.json();
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(query(&sandbox, &created["data"]["taskId"]).await.status);
    }
    assert_eq!(seen, [500, 500, 500, 200]);
}
