//! Analyses of videos.

use serde_json::{Value, json};

use super::{Client, check_problem};
use crate::http;

const LINK: &str = "https://www.tiktok.com/@fixture/video/7000000000000000777";

async fn analysis(client: &Client, url: &str) -> Value {
    client.make("/analyze-video", json!({ "videoUrl": url })).await
}

#[tokio::test]
async fn an_analysis_is_whole_and_follows_from_the_link() {
    let client = Client::at_once().await;
    let order = json!({ "videoUrl": LINK, "prompt": "why" });
    let answer = client.post("/analyze-video", order).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert!(!body["summary"].as_str().unwrap().is_empty());
    assert!(!body["hook"].as_str().unwrap().is_empty());
    let frames = body["keyframes"].as_array().unwrap();
    assert!(frames.len() >= 5, "{body}");
    for frame in frames {
        assert!(frame["timestamp"].as_f64() < body["durationSeconds"].as_f64());
        for name in ["type", "description", "visual", "audio", "text"] {
            assert!(frame[name].is_string(), "{frame}");
        }
    }
    for name in ["tags", "whyItPerformed", "attributesToCopy", "hooksToTest"] {
        assert!(!body[name].as_array().unwrap().is_empty(), "{name}");
    }
    assert!(!body.to_string().contains("{tag}") && !body.to_string().contains("{hook}"));
    assert_eq!(analysis(&client, LINK).await, body);
    assert_ne!(
        analysis(&client, &LINK.replace("777", "778")).await["keyframes"],
        body["keyframes"]
    );
}

#[tokio::test]
async fn a_chinese_link_is_analysed_in_chinese_and_an_english_one_in_english() {
    let client = Client::at_once().await;
    let is_chinese = |body: &Value| body["summary"].as_str().unwrap().contains('，');
    assert!(is_chinese(&analysis(&client, "https://v.douyin.com/iFRvuEch/").await));
    assert!(!is_chinese(&analysis(&client, LINK).await));
}

#[tokio::test]
async fn the_same_link_is_the_same_video_as_at_another_service() {
    let client = Client::at_once().await;
    let link = "https://v.douyin.com/iFRvuEch/";
    let base = format!("{}/transcript-api/v1/task", client.sandbox.base_url("transcriptgenerate"));
    let keys = [("X-API-Key", "ak_sandbox"), ("X-API-Secret", "sk_sandbox")];
    let created =
        http::post(&format!("{base}/create"), &keys, &json!({ "workUrl": link })).await.json();
    let id = created["data"]["taskId"].as_str().unwrap();
    let task = http::get(&format!("{base}/query?taskId={id}"), &keys).await.json();
    let body = analysis(&client, link).await;
    assert_eq!(body["durationSeconds"], task["data"]["duration"]);
    let (hook, text) =
        (body["hook"].as_str().unwrap(), task["data"]["textContent"].as_str().unwrap());
    assert!(text.starts_with(hook), "{hook}");
}

#[tokio::test]
async fn wrong_fields_are_refused() {
    let client = Client::at_once().await;
    let faulty = [
        (json!({}), "videoUrl"),
        (json!({ "videoUrl": "my video" }), "videoUrl"),
        (json!({ "videoUrl": LINK, "prompt": "茶".repeat(5001) }), "prompt"),
    ];
    client.check_faults("POST", "/analyze-video", &faulty).await;
}

#[tokio::test]
async fn a_video_that_is_gone_costs_nothing_and_one_that_fails_does() {
    let client = Client::at_once().await;
    let answer = client
        .post("/analyze-video", json!({ "videoUrl": "https://www.tiktok.com/sb-gone" }))
        .await;
    assert_eq!(super::faults(&answer), ["videoUrl"]);
    let answer = client
        .post("/analyze-video", json!({ "videoUrl": "https://www.tiktok.com/sb-fail" }))
        .await;
    check_problem(&answer, 500, "internal_error");
    let created = client.make("/music/generate", json!({ "prompt": "tea" })).await;
    assert_eq!(created["newBalance"], 100 - 1 - 3);
}

#[tokio::test]
async fn an_analysis_can_be_empty_or_long() {
    let client = Client::at_once().await;
    let empty = analysis(&client, "https://www.tiktok.com/sb-empty").await;
    assert_eq!((&empty["summary"], &empty["keyframes"]), (&json!(""), &json!([])));
    let long = analysis(&client, "https://www.tiktok.com/sb-long").await;
    assert_eq!(long["summary"].as_str().unwrap().chars().count(), 20_000);
}
