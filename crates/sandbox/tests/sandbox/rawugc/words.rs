//! What the words do to RawUGC.

use std::io;

use serde_json::{Value, json};

use super::{Client, HEADERS, check_problem, faults};
use crate::http::{self, Answer};

/// Creates and blocking operations, each with the word in another field.
fn creates(word: &str) -> [(&'static str, Value); 5] {
    [
        ("/videos/generate", json!({ "model": "veo3", "prompt": format!("tea sb-{word} tea") })),
        ("/images/generate", json!({ "model": "nano-banana-2", "prompt": format!("sb-{word}") })),
        ("/analyze-video", json!({ "videoUrl": format!("https://www.tiktok.com/sb-{word}/1") })),
        ("/scrape-tiktok", json!({ "query": format!("番茄 sb-{word}") })),
        ("/personas", json!({ "name": format!("sb-{word}"), "description": "tea" })),
    ]
}

async fn try_create(client: &Client, path: &str, body: &Value) -> io::Result<Answer> {
    http::try_post(&client.url(path), &HEADERS, body).await
}

async fn check(word: &str, accepted: bool, is_expected: impl Fn(&io::Result<Answer>) -> bool) {
    let client = Client::at_once().await;
    for (path, body) in creates(word) {
        let answer = try_create(&client, path, &body).await;
        assert!(is_expected(&answer), "{word} {path}");
    }
    let calls = client.sandbox.calls();
    assert_eq!(calls.creates["rawugc"], 5, "{word}");
    let expected = if accepted { 5 } else { 0 };
    assert_eq!(calls.accepted_by_link.values().sum::<u64>(), expected, "{word}");
}

async fn check_refused(word: &str, status: u16, slug: &str) {
    let client = Client::at_once().await;
    for (path, body) in creates(word) {
        check_problem(&client.post(path, body).await, status, slug);
    }
    assert!(client.sandbox.calls().accepted_by_link.is_empty(), "{word}");
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    check_refused("badkey", 401, "invalid_api_key").await;
    check_refused("quota", 402, "insufficient_credits").await;
    check_refused("member", 403, "insufficient_scope").await;
    check_refused("badlink", 400, "validation_error").await;
    check_refused("unsupported", 400, "validation_error").await;
    check_refused("rate", 429, "rate_limit_exceeded").await;
    check_refused("trouble", 500, "internal_error").await;
}

#[tokio::test]
async fn a_refusal_names_the_field_with_the_word() {
    let client = Client::at_once().await;
    for ((path, body), field) in
        creates("badlink").into_iter().zip(["prompt", "prompt", "videoUrl", "query", "name"])
    {
        assert_eq!(faults(&client.post(path, body).await), [field]);
    }
}

#[tokio::test]
async fn the_third_call_with_rate_is_accepted() {
    let client = Client::at_once().await;
    let body = json!({ "prompt": "sb-rate tea" });
    for _ in 0..2 {
        let refused = client.post("/music/generate", body.clone()).await;
        check_problem(&refused, 429, "rate_limit_exceeded");
        assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
        assert!(refused.header("x-ratelimit-reset").is_some());
    }
    assert_eq!(client.post("/music/generate", body).await.status, 201);
}

#[tokio::test]
async fn trouble_at_the_door_leaves_nothing_behind() {
    let is =
        |status: u16| move |answer: &io::Result<Answer>| answer.as_ref().unwrap().status == status;
    check("e500", false, is(500)).await;
    check("e502", false, is(502)).await;
    check("e503", false, is(503)).await;
    let is_page = |answer: &io::Result<Answer>| {
        let answer = answer.as_ref().unwrap();
        answer.status == 200 && answer.text().starts_with("<!doctype html>")
    };
    check("html", false, is_page).await;
    check("drop-before", false, |answer| answer.is_err()).await;
    check("drop-during", false, |answer| answer.is_err()).await;
}

#[tokio::test]
async fn trouble_on_the_way_back_hides_what_was_accepted() {
    let is_half = |answer: &io::Result<Answer>| {
        let text = answer.as_ref().unwrap().text();
        text.starts_with('{') && serde_json::from_str::<Value>(&text).is_err()
    };
    check("half", true, is_half).await;
    check("huge", true, |answer| answer.as_ref().unwrap().body.len() > 20_000_000).await;
    check("drop-after", true, |answer| answer.is_err()).await;
    check("drop-answer", true, |answer| answer.is_err()).await;
}

#[tokio::test]
async fn a_blocking_operation_that_stalls_is_cut_off() {
    let client = Client::at_once().await;
    let body = json!({ "query": "sb-stalled" });
    assert!(try_create(&client, "/scrape-tiktok", &body).await.is_err());
    assert_eq!(client.sandbox.calls().accepted_by_link["sb-stalled"], 1);
}

#[tokio::test]
async fn a_hanging_create_is_accepted() {
    let client = Client::at_once().await;
    let body = json!({ "prompt": "sb-hang" });
    let wait = std::time::Duration::from_millis(300);
    let answer = tokio::time::timeout(wait, try_create(&client, "/music/generate", &body)).await;
    assert!(answer.is_err());
    assert_eq!(client.read("/music").await["pagination"]["total"], 1);
}

/// Three bad answers to the question, then the good one.
async fn check_recovery(
    client: &Client,
    path: &str,
    is_expected: impl Fn(&io::Result<Answer>) -> bool,
) {
    for _ in 0..3 {
        let answer = http::try_get(&client.url(path), &HEADERS).await;
        assert!(is_expected(&answer), "{path}");
    }
    client.read(path).await;
}

#[tokio::test]
async fn questions_about_a_job_go_wrong_three_times() {
    let client = Client::at_once().await;
    let is =
        |status: u16| move |answer: &io::Result<Answer>| answer.as_ref().unwrap().status == status;
    for (word, status) in [("e503-poll", 503), ("badkey-poll", 401), ("trouble-poll", 500)] {
        let path = format!("/videos/{}", client.video(&format!("sb-{word}")).await);
        check_recovery(&client, &path, is(status)).await;
    }
    let is_page =
        |answer: &io::Result<Answer>| answer.as_ref().unwrap().text().starts_with("<!doc");
    let path = format!("/videos/{}", client.video("sb-html-poll").await);
    check_recovery(&client, &path, is_page).await;
    let is_broken = |answer: &io::Result<Answer>| {
        serde_json::from_str::<Value>(&answer.as_ref().unwrap().text()).is_err()
    };
    let path = format!("/videos/{}", client.video("sb-half-poll").await);
    check_recovery(&client, &path, is_broken).await;
    let path = format!("/videos/{}", client.video("sb-drop-poll").await);
    check_recovery(&client, &path, |answer| answer.is_err()).await;
}

#[tokio::test]
async fn reads_of_a_library_and_searches_go_wrong_and_recover_too() {
    let client = Client::at_once().await;
    let is_503 = |answer: &io::Result<Answer>| answer.as_ref().unwrap().status == 503;
    let persona = json!({ "name": "sb-e503-poll", "description": "tea" });
    let made = client.make("/personas", persona).await;
    check_recovery(&client, &format!("/personas/{}", made["id"].as_str().unwrap()), is_503).await;
    check_recovery(&client, "/viral-library/search?q=tea%20sb-e503-poll", is_503).await;
}

#[tokio::test]
async fn a_job_can_fail_be_missing_or_belong_to_another() {
    let client = Client::at_once().await;
    for (word, code) in [("fail", "GENERATION_FAILED"), ("gone", "SOURCE_NOT_FOUND")] {
        let path = format!("/videos/{}", client.video(&format!("sb-{word}")).await);
        let video = client.read(&path).await;
        assert_eq!((&video["status"], &video["failCode"]), (&json!("failed"), &json!(code)));
        assert!(video["failMessage"].is_string() && video["url"].is_null());
    }
    for (word, status, slug) in
        [("unknown-task", 404, "not_found"), ("not-yours", 403, "insufficient_scope")]
    {
        let path = format!("/videos/{}", client.video(&format!("sb-{word}")).await);
        check_problem(&client.get(&path).await, status, slug);
    }
    assert_eq!(client.read("/videos").await["pagination"]["total"], 2);
}

#[tokio::test]
async fn a_finished_job_can_lack_its_url_and_a_working_one_have_a_strange_status() {
    let client = Client::at_once().await;
    let empty = client.read(&format!("/videos/{}", client.video("sb-empty").await)).await;
    assert_eq!((&empty["status"], &empty["url"]), (&json!("completed"), &Value::Null));

    let options = shiwen_sandbox::Options {
        pace: 0.05,
        rawugc_calls_per_minute: 0,
        ..shiwen_sandbox::Options::default()
    };
    let client = Client::with(options).await;
    let path = format!("/videos/{}", client.video("sb-badstatus").await);
    let mut seen = Vec::new();
    while seen.last().is_none_or(|last| *last != json!("completed")) {
        seen.push(client.read(&path).await["status"].clone());
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    seen.dedup();
    assert_eq!(seen, ["pending", "rendering", "completed"]);
}

#[tokio::test]
async fn words_about_media_come_with_the_urls_of_a_job() {
    let client = Client::at_once().await;
    let video = client.read(&format!("/videos/{}", client.video("sb-expired").await)).await;
    assert_eq!(http::get(video["url"].as_str().unwrap(), &[]).await.status, 403);
}
