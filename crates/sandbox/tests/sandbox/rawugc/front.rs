//! Key, version and the limit of calls.

use serde_json::json;
use shiwen_sandbox::Options;

use super::{Client, HEADERS, KEY, check_problem, faults, now_ms};
use crate::http::{self, Answer};

fn number(answer: &Answer, name: &str) -> u64 {
    answer.header(name).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_key_is_needed_and_must_be_the_right_one() {
    let client = Client::at_once().await;
    for (sent, slug) in [
        (None, "missing_authentication"),
        (Some("Basic eDp5"), "missing_authentication"),
        (Some("Bearer "), "empty_api_key"),
        (Some("Bearer rug_other"), "invalid_api_key"),
    ] {
        let headers: Vec<(&str, &str)> =
            sent.map(|key| ("Authorization", key)).into_iter().collect();
        let answer = http::get(&client.url("/characters"), &headers).await;
        check_problem(&answer, 401, slug);
        assert_eq!(answer.header("x-ratelimit-limit"), Some("10"));
    }
}

#[tokio::test]
async fn every_answer_repeats_the_version_it_was_made_in() {
    let client = Client::at_once().await;
    for path in ["/characters", "/videos/vid_1", "/nowhere"] {
        let new = client.get(path).await;
        assert_eq!(new.header("rawugc-version"), Some("2026-03-06"), "{path}");
        let old = http::get(&client.url(path), &[KEY]).await;
        assert_eq!(old.header("rawugc-version"), Some("2025-11-10"), "{path}");
    }
    let unknown = [KEY, ("RawUGC-Version", "2027-01-01")];
    let answer = http::get(&client.url("/characters"), &unknown).await;
    assert_eq!(faults(&answer), ["RawUGC-Version"]);
}

#[tokio::test]
async fn the_eleventh_call_within_a_minute_is_refused_whatever_it_is() {
    let client = Client::with(Options::default()).await;
    let before = now_ms();
    for left in (0..10).rev() {
        let answer = match left % 3 {
            0 => client.get("/videos").await,
            1 => client.get("/nowhere").await,
            _ => client.post("/personas", json!({})).await,
        };
        assert_ne!(answer.status, 429);
        assert_eq!(answer.header("x-ratelimit-limit"), Some("10"));
        assert_eq!(number(&answer, "x-ratelimit-remaining"), left);
    }
    let refused = client.get("/videos").await;
    check_problem(&refused, 429, "rate_limit_exceeded");
    assert_eq!(number(&refused, "x-ratelimit-remaining"), 0);
    let reset = number(&refused, "x-ratelimit-reset");
    assert!((before / 1000 + 9..=now_ms() / 1000 + 10).contains(&reset), "{reset}");
    let create = json!({ "model": "veo3", "prompt": "tea" });
    check_problem(&client.post("/videos/generate", create).await, 429, "rate_limit_exceeded");
    assert!(client.sandbox.calls().accepted_by_link.is_empty());
}

#[tokio::test]
async fn whoever_has_no_key_takes_no_place() {
    let client = Client::with(Options::default()).await;
    for _ in 0..12 {
        assert_eq!(http::get(&client.url("/videos"), &[]).await.status, 401);
    }
    assert_eq!(number(&client.get("/videos").await, "x-ratelimit-remaining"), 9);
}

#[tokio::test]
async fn the_window_slides_at_the_pace() {
    let options = Options { pace: 0.13, rawugc_calls_per_minute: 2, ..Options::default() };
    let client = Client::with(options).await;
    assert_eq!(client.get("/videos").await.status, 200);
    assert_eq!(client.get("/videos").await.status, 200);
    assert_eq!(client.get("/videos").await.status, 429);
    // The window is 1.2 s long.
    tokio::time::sleep(std::time::Duration::from_millis(1300)).await;
    assert_eq!(client.get("/videos").await.status, 200);
}

#[tokio::test]
async fn no_limit_means_no_headers_of_one() {
    let options = Options { rawugc_calls_per_minute: 0, ..Options::default() };
    let client = Client::with(options).await;
    for _ in 0..15 {
        let answer = client.get("/videos").await;
        assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (200, None));
    }
}

#[tokio::test]
async fn credits_run_out() {
    let client = Client::with(Options { pace: 0.0, rawugc_credits: 9, ..Options::default() }).await;
    let order = json!({ "model": "veo3", "prompt": "tea" });
    let created = client.make("/videos/generate", order.clone()).await;
    assert_eq!((&created["creditsUsed"], &created["newBalance"]), (&json!(5), &json!(4)));
    let refused = client.post("/videos/generate", order).await;
    check_problem(&refused, 402, "insufficient_credits");
    let music = client.make("/music/generate", json!({ "prompt": "tea" })).await;
    assert_eq!(music["newBalance"], 1);
    let url = "https://www.tiktok.com/@a/video/1";
    client.make("/analyze-video", json!({ "videoUrl": url })).await;
    let refused = client.post("/analyze-video", json!({ "videoUrl": url })).await;
    check_problem(&refused, 402, "insufficient_credits");
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let client = Client::at_once().await;
    let url = client.url("/analyze-video");
    for (kind, body) in
        [("application/json", "[1]"), ("application/json", "{"), ("text/plain", "{}")]
    {
        let answer = http::post_bytes(&url, &HEADERS, kind, body.as_bytes()).await;
        assert_eq!(faults(&answer), ["body"], "{kind} {body}");
    }
}

#[tokio::test]
async fn calls_are_counted_by_what_they_are_about() {
    let client = Client::at_once().await;
    let url = "https://www.tiktok.com/@a/video/1";
    client.make("/analyze-video", json!({ "videoUrl": url, "prompt": "why" })).await;
    client.post("/analyze-video", json!({ "videoUrl": url, "prompt": 1 })).await;
    let id = client.video("a kitchen").await;
    client.read(&format!("/videos/{id}")).await;
    client.make("/scrape-tiktok", json!({ "query": "tea" })).await;
    client.post("/upload", json!({})).await;

    let calls = client.sandbox.calls();
    assert_eq!((calls.creates["rawugc"], calls.reads["rawugc"]), (4, 2));
    assert_eq!(calls.creates_by_link[url], 2);
    assert_eq!(calls.accepted_by_link[url], 1);
    assert_eq!((calls.creates_by_link["a kitchen"], calls.creates_by_link["tea"]), (1, 1));
    assert_eq!(calls.routes["rawugc GET /videos/{videoId}"], 1);
    assert_eq!(calls.routes["rawugc POST /analyze-video"], 2);
}
