//! The Jimeng gateway: orders and questions in both documented shapes, and what each word does to them.

use serde_json::{Value, json};
use shiwen_sandbox::Sandbox;

use crate::http::{Answer, at_once, get, paced, post, try_get};

const KEY: (&str, &str) = ("Authorization", "Bearer sk_sandbox_jm");

fn order(prompt: &str) -> Value {
    json!({ "prompt": prompt, "duration": 5, "aspect_ratio": "9:16", "cfg_scale": 0.5 })
}

fn submit_url(sandbox: &Sandbox) -> String {
    format!("{}/jimeng/submit/videos", sandbox.base_url("jimeng"))
}

async fn submit(sandbox: &Sandbox, prompt: &str) -> Answer {
    post(&submit_url(sandbox), &[KEY], &order(prompt)).await
}

async fn fetch(sandbox: &Sandbox, id: &str) -> Answer {
    get(&format!("{}/jimeng/fetch/{id}", sandbox.base_url("jimeng")), &[KEY]).await
}

async fn id_of(sandbox: &Sandbox, prompt: &str) -> String {
    let answer = submit(sandbox, prompt).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].as_str().unwrap().to_owned()
}

/// The task of a prompt as the first question finds it.
async fn task_of(sandbox: &Sandbox, prompt: &str) -> Value {
    let id = id_of(sandbox, prompt).await;
    let answer = fetch(sandbox, &id).await;
    assert_eq!((answer.status, &answer.json()["code"]), (200, &json!("success")));
    answer.json()["data"].clone()
}

async fn check_refused(word: &str, status: u16, code: &str, in_error: bool) {
    let sandbox = at_once().await;
    let answer = submit(&sandbox, &format!("一只纸船 sb-{word}")).await;
    let body = answer.json();
    let found = if in_error { &body["error"]["code"] } else { &body["code"] };
    assert_eq!((answer.status, found), (status, &json!(code)), "{word}: {body}");
    assert_eq!(sandbox.calls().accepted_by_link.len(), 0);
}

#[tokio::test]
async fn a_prompt_becomes_a_video_whose_url_is_nested_four_times() {
    let sandbox = at_once().await;
    let id = id_of(&sandbox, "一只纸船漂过池塘").await;
    assert!(id.starts_with("cgt-"), "{id}");
    let task = fetch(&sandbox, &id).await.json()["data"].clone();
    assert_eq!((&task["task_id"], &task["status"]), (&json!(id), &json!("SUCCESS")));
    assert_eq!((&task["progress"], &task["fail_reason"]), (&json!("100%"), &json!("")));
    assert_eq!(task["start_time"], 0);
    assert_eq!(task["finish_time"], task["data"]["data"]["start_time"]);
    let innermost = &task["data"]["data"]["data"];
    assert_eq!(innermost["created_at"].as_str().unwrap().len(), "2026-02-03T12:05:58.000001".len());
    let url = innermost["video"].as_str().unwrap();
    assert!(url.contains("&X-Tos-Date=") && url.contains("&X-Tos-Expires=86400"), "{url}");
    let video = get(url, &[]).await;
    assert_eq!((video.status, video.header("content-type")), (200, Some("video/webm")));
    assert_eq!(sandbox.calls().routes["jimeng GET /jimeng/fetch/{task_id}"], 1);
    assert_eq!(sandbox.calls().creates["jimeng"], 1);
}

#[tokio::test]
async fn a_task_waits_is_queued_grows_and_succeeds() {
    let sandbox = paced(0.2).await;
    let id = id_of(&sandbox, "一只纸船").await;
    let (mut words, mut progress) = (Vec::new(), Vec::new());
    while words.last().is_none_or(|word| word != "SUCCESS") {
        let task = fetch(&sandbox, &id).await.json()["data"].clone();
        let word = task["status"].as_str().unwrap().to_owned();
        if words.last() != Some(&word) {
            words.push(word);
        }
        let percent = task["progress"].as_str().unwrap().strip_suffix('%').unwrap().to_owned();
        progress.push(percent.parse::<u32>().unwrap());
    }
    assert_eq!(words, ["NOT_START", "QUEUED", "IN_PROGRESS", "SUCCESS"]);
    assert!(progress.is_sorted(), "{progress:?}");
}

#[tokio::test]
async fn the_url_stands_in_each_documented_place() {
    let sandbox = at_once().await;
    for (word, place) in
        [("shallow", "/data/video"), ("infailreason", "/fail_reason"), ("resulturl", "/result_url")]
    {
        let task = task_of(&sandbox, &format!("sb-{word}")).await;
        assert_eq!(task["status"], "SUCCESS");
        let url = task.pointer(place).and_then(Value::as_str).unwrap();
        assert_eq!(get(url, &[]).await.status, 200, "{word}");
    }
    let task = task_of(&sandbox, "sb-empty").await;
    assert_eq!(task["data"]["data"]["data"]["video"], Value::Null);
    assert_eq!(task_of(&sandbox, "sb-nodata").await, Value::Null);
}

#[tokio::test]
async fn the_other_shape_has_numbers_as_codes_and_words_of_its_own() {
    let sandbox = at_once().await;
    let created = submit(&sandbox, "sb-shapeb").await.json();
    assert_eq!(
        (&created["code"], &created["data"]["task_status"]),
        (&json!(0), &json!("submitted"))
    );
    let id = created["data"]["task_id"].as_str().unwrap();
    let task = fetch(&sandbox, id).await.json();
    assert_eq!((&task["code"], &task["data"]["task_status"]), (&json!(0), &json!("succeed")));
    assert!(task["data"]["created_at"].is_u64() && task["request_id"].is_string());
}

#[tokio::test]
async fn a_failed_task_says_why() {
    let sandbox = at_once().await;
    for word in ["fail", "gone"] {
        let task = task_of(&sandbox, &format!("sb-{word}")).await;
        assert_eq!((&task["status"], &task["progress"]), (&json!("FAILURE"), &json!("100%")));
        assert!(task["fail_reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    }
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    check_refused("badkey", 401, "", true).await;
    check_refused("quota", 403, "insufficient_user_quota", true).await;
    check_refused("member", 403, "entitlement_required", true).await;
    check_refused("concurrency", 429, "token_concurrency_limit_reached", true).await;
    check_refused("rate", 429, "", true).await;
    check_refused("unsupported", 503, "get_channel_failed", true).await;
    check_refused("blocked", 400, "sensitive_words_detected", true).await;
    check_refused("badlink", 400, "invalid_request", false).await;
    check_refused("trouble", 500, "fail_to_fetch_task", false).await;
}

#[tokio::test]
async fn too_many_requests_end_with_the_third() {
    let sandbox = at_once().await;
    for word in ["rate", "concurrency"] {
        let prompt = format!("sb-{word}");
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(submit(&sandbox, &prompt).await.status);
        }
        assert_eq!(seen, [429, 429, 200], "{word}");
    }
}

#[tokio::test]
async fn an_order_must_be_as_documented() {
    let sandbox = at_once().await;
    for (field, value) in [
        ("prompt", json!(" ")),
        ("duration", json!(7)),
        ("aspect_ratio", json!("2:1")),
        ("cfg_scale", Value::Null),
        ("image_url", json!("boat.png")),
    ] {
        let mut order = order("一只纸船");
        order[field] = value;
        let answer = post(&submit_url(&sandbox), &[KEY], &order).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (400, &json!("invalid_request")),
            "{field}"
        );
    }
    let mut order = order("一只纸船");
    order["image_url"] = json!("https://media.example.com/boat.png");
    assert_eq!(post(&submit_url(&sandbox), &[KEY], &order).await.status, 200);
}

#[tokio::test]
async fn both_calls_need_the_key() {
    let sandbox = at_once().await;
    let id = id_of(&sandbox, "一只纸船").await;
    let fetch = format!("{}/jimeng/fetch/{id}", sandbox.base_url("jimeng"));
    for key in [&[][..], &[("Authorization", "Bearer another")]] {
        let submitted = post(&submit_url(&sandbox), key, &order("一只纸船")).await;
        assert_eq!(
            (submitted.status, &submitted.json()["error"]["type"]),
            (401, &json!("new_api_error"))
        );
        assert_eq!(get(&fetch, key).await.status, 401);
    }
}

#[tokio::test]
async fn questions_fail_as_their_words_say() {
    let sandbox = at_once().await;
    let ask = async |prompt: &str| {
        let id = id_of(&sandbox, prompt).await;
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(fetch(&sandbox, &id).await.status);
        }
        seen
    };
    assert_eq!(ask("sb-badkey-poll").await, [401, 401, 401, 200]);
    assert_eq!(ask("sb-trouble-poll").await, [500, 500, 500, 200]);
    assert_eq!(ask("sb-e503-poll").await, [503, 503, 503, 200]);
    assert_eq!(ask("sb-late").await, [400, 400, 200, 200]);
    assert_eq!(ask("sb-unknown-task").await, [400; 4]);
    assert_eq!(ask("sb-not-yours").await, [403; 4]);
    let id = id_of(&sandbox, "sb-drop-poll").await;
    let url = format!("{}/jimeng/fetch/{id}", sandbox.base_url("jimeng"));
    assert!(try_get(&url, &[KEY]).await.is_err());
}

#[tokio::test]
async fn a_sample_id_can_be_followed_without_an_order() {
    let sandbox = at_once().await;
    let task = fetch(&sandbox, "cgt-sandbox-paper-boat").await.json()["data"].clone();
    assert_eq!(
        (&task["task_id"], &task["status"]),
        (&json!("cgt-sandbox-paper-boat"), &json!("SUCCESS"))
    );
    let failed = fetch(&sandbox, "cgt-sandbox-sb-fail").await.json();
    assert_eq!(failed["data"]["status"], "FAILURE");
    let missing = fetch(&sandbox, "cgt-20260203040506-fxtr1").await;
    assert_eq!((missing.status, &missing.json()["code"]), (400, &json!("task_not_exist")));

    let sandbox = paced(1.0).await;
    let task = fetch(&sandbox, "cgt-sandbox-paper-boat").await.json()["data"].clone();
    assert_eq!(task["status"], "NOT_START");
}

#[tokio::test]
async fn a_sandbox_that_was_started_anew_answers_for_an_older_task() {
    let sandbox = at_once().await;
    let id = id_of(&sandbox, "一只纸船").await;
    let before = fetch(&sandbox, &id).await.json();
    sandbox.stop().await;

    let sandbox = at_once().await;
    let after = fetch(&sandbox, &id).await.json();
    assert_eq!(after["data"]["submit_time"], before["data"]["submit_time"]);
    assert_eq!(after["data"]["status"], "SUCCESS");
}
