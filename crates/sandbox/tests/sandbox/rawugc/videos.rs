//! Generated videos: what each model takes, status, versions of the answer, and the list.

use serde_json::{Value, json};
use shiwen_sandbox::{Options, Sandbox};

use super::{Client, HEADERS, KEY, check_problem, faults, names};
use crate::http;

const IMAGE: &str = "https://cdn.example/a.png";
const VIDEO: &str = "https://cdn.example/a.mp4";

#[tokio::test]
async fn a_video_is_generated_and_can_be_watched() {
    let client = Client::at_once().await;
    let order = json!({
        "model": "sora-2-text-to-video",
        "prompt": "清晨的厨房 a calm kitchen",
        "aspectRatio": "portrait",
        "nFrames": "10",
        "selectedCharacter": "rawugc.mia",
        "somethingElse": [1],
    });
    let answer = client.post("/videos/generate", order).await;
    let created = answer.json();
    assert_eq!((answer.status, &created["status"]), (201, &json!("pending")));
    assert_eq!((&created["creditsUsed"], &created["newBalance"]), (&json!(5), &json!(95)));
    let id = created["videoId"].as_str().unwrap();
    assert!(id.starts_with("vid_") && created["estimatedCompletionTime"].is_string());

    let video = client.read(&format!("/videos/{id}")).await;
    assert_eq!(
        names(&video),
        ["completedAt", "createdAt", "creditsUsed", "model", "prompt", "status", "url", "videoId"]
    );
    assert_eq!(
        (&video["status"], &video["prompt"]),
        (&json!("completed"), &json!("清晨的厨房 a calm kitchen"))
    );
    assert!(video["completedAt"].as_u64() >= video["createdAt"].as_u64());
    assert_eq!(http::get(video["url"].as_str().unwrap(), &[]).await.status, 200);
}

#[tokio::test]
async fn a_video_waits_then_works_then_is_done() {
    // A slow one: 1.2 s, of which the first 0.2 s are spent waiting.
    let options = Options { pace: 0.02, rawugc_calls_per_minute: 0, ..Options::default() };
    let client = Client::with(options).await;
    let path = format!("/videos/{}", client.video("sb-slow tea").await);
    let mut seen: Vec<String> = Vec::new();
    while seen.last().is_none_or(|last| last != "completed") {
        let video = client.read(&path).await;
        let status = video["status"].as_str().unwrap().to_owned();
        assert_eq!(video["url"].is_string(), status == "completed");
        seen.push(status);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    seen.dedup();
    assert_eq!(seen, ["pending", "processing", "completed"]);
}

#[tokio::test]
async fn each_model_takes_its_own_fields() {
    let client =
        Client::with(Options { pace: 0.0, rawugc_credits: 1000, ..Options::default() }).await;
    for order in [
        json!({ "model": "sora-2-image-to-video", "imageUrls": [IMAGE], "nFrames": "15", "aspectRatio": "landscape" }),
        json!({ "model": "kling-2.6/motion-control", "imageUrls": [IMAGE], "videoUrls": [VIDEO], "characterOrientation": "image", "mode": "1080p" }),
        json!({ "model": "veo3", "prompt": "tea", "aspectRatio": "Auto" }),
        json!({ "model": "veo3_fast", "prompt": "tea", "imageUrls": [IMAGE, IMAGE], "aspectRatio": "9:16" }),
    ] {
        let model = order["model"].clone();
        assert_eq!(client.make("/videos/generate", order).await["model"], model);
    }
    let many = vec![IMAGE; 11];
    let faulty = [
        (json!({ "prompt": "tea" }), "model"),
        (json!({ "model": "sora-3", "prompt": "tea" }), "model"),
        (json!({ "model": "sora-2-text-to-video" }), "prompt"),
        (json!({ "model": "sora-2-text-to-video", "prompt": "" }), "prompt"),
        (json!({ "model": "veo3", "prompt": "茶".repeat(5001) }), "prompt"),
        (
            json!({ "model": "sora-2-text-to-video", "prompt": "tea", "imageUrls": [IMAGE] }),
            "imageUrls",
        ),
        (json!({ "model": "sora-2-image-to-video" }), "imageUrls"),
        (json!({ "model": "sora-2-image-to-video", "imageUrls": many }), "imageUrls"),
        (
            json!({ "model": "veo3", "prompt": "tea", "imageUrls": [IMAGE, IMAGE, IMAGE] }),
            "imageUrls",
        ),
        (json!({ "model": "veo3", "prompt": "tea", "imageUrls": ["a.png"] }), "imageUrls"),
        (json!({ "model": "kling-2.6/motion-control", "imageUrls": [IMAGE] }), "videoUrls"),
        (
            json!({ "model": "kling-2.6/motion-control", "imageUrls": [IMAGE], "videoUrls": [VIDEO, VIDEO] }),
            "videoUrls",
        ),
        (
            json!({ "model": "kling-2.6/motion-control", "imageUrls": [IMAGE], "videoUrls": [VIDEO], "mode": "4K" }),
            "mode",
        ),
        (json!({ "model": "veo3", "prompt": "tea", "videoUrls": [VIDEO] }), "videoUrls"),
        (json!({ "model": "veo3", "prompt": "tea", "aspectRatio": "portrait" }), "aspectRatio"),
        (json!({ "model": "veo3", "prompt": "tea", "nFrames": "10" }), "nFrames"),
        (json!({ "model": "sora-2-text-to-video", "prompt": "tea", "nFrames": 10 }), "nFrames"),
        (
            json!({ "model": "sora-2-text-to-video", "prompt": "tea", "aspectRatio": "16:9" }),
            "aspectRatio",
        ),
        (
            json!({ "model": "veo3", "prompt": "tea", "selectedCharacter": "nobody" }),
            "selectedCharacter",
        ),
    ];
    client.check_faults("POST", "/videos/generate", &faulty).await;
    assert_eq!(client.sandbox.calls().accepted_by_link.values().sum::<u64>(), 4);
}

#[tokio::test]
async fn a_client_that_forgets_the_version_gets_the_old_names() {
    let client = Client::at_once().await;
    let order = json!({ "model": "veo3", "prompt": "tea" });
    let created = http::post(&client.url("/videos/generate"), &[KEY], &order).await.json();
    let id = created["taskId"].as_str().unwrap();
    assert_eq!((&created["id"], &created["videoId"]), (&json!(id), &Value::Null));
    let old = http::get(&client.url(&format!("/videos/{id}")), &[KEY]).await.json();
    assert_eq!((&old["taskId"], &old["progress"]), (&json!(id), &json!(100)));
    assert!(old["resultUrl"].is_string() && old["url"].is_null() && old["videoId"].is_null());
    let list = http::get(&client.url("/videos"), &[KEY]).await.json();
    assert_eq!(list["videos"][0], old);
    let new = client.read(&format!("/videos/{id}")).await;
    assert_eq!((&new["videoId"], &new["url"]), (&json!(id), &old["resultUrl"]));
}

#[tokio::test]
async fn a_video_that_is_not_there_is_not_found() {
    let client = Client::at_once().await;
    let id = client.video("tea").await.replace("vid_", "img_");
    for id in ["vid_1", "vid_9999999999999999999", "", &id] {
        let answer = client.get(&format!("/videos/{id}")).await;
        check_problem(&answer, 404, "not_found");
    }
}

#[tokio::test]
async fn the_list_comes_in_pages_newest_first() {
    let client = Client::at_once().await;
    let empty = client.read("/videos").await;
    let none = json!({ "total": 0, "page": 1, "pageSize": 50, "hasMore": false });
    assert_eq!((&empty["videos"], &empty["pagination"]), (&json!([]), &none));
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.insert(0, client.video(&format!("tea {number}")).await);
    }
    let first = client.read("/videos?limit=2").await;
    assert_eq!(first["videos"][0], client.read(&format!("/videos/{}", ids[0])).await);
    assert_eq!(first["videos"][1]["videoId"], ids[1]);
    assert_eq!(
        first["pagination"],
        json!({ "total": 5, "page": 1, "pageSize": 2, "hasMore": true })
    );
    let last = client.read("/videos?limit=2&page=3").await;
    assert_eq!(last["videos"].as_array().unwrap().len(), 1);
    assert_eq!(last["pagination"]["hasMore"], false);
}

#[tokio::test]
async fn the_list_is_filtered_by_status() {
    let client = Client::at_once().await;
    client.video("tea").await;
    client.video("sb-fail tea").await;
    client.video("sb-stalled tea").await;
    for status in ["completed", "failed", "processing"] {
        let list = client.read(&format!("/videos?status={status}")).await;
        assert_eq!(list["pagination"]["total"], 1);
        assert_eq!(list["videos"][0]["status"], status);
    }
    assert_eq!(client.read("/videos?status=pending").await["videos"], json!([]));
    for (query, field) in [
        ("status=done", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("page=0", "page"),
    ] {
        assert_eq!(faults(&client.get(&format!("/videos?{query}")).await), [field]);
    }
}

#[tokio::test]
async fn a_sandbox_started_anew_still_answers_for_an_older_video() {
    let client = Client::at_once().await;
    let id = client.video("sb-fail tea").await;
    client.sandbox.stop().await;
    let anew = Sandbox::start(Options { pace: 0.0, ..Options::default() }).await.unwrap();
    let url = format!("{}/videos/{id}", anew.base_url("rawugc"));
    let video = http::get(&url, &HEADERS).await.json();
    assert_eq!(
        (&video["status"], &video["model"]),
        (&json!("failed"), &json!("sora-2-text-to-video"))
    );
    assert_eq!(video["prompt"], Value::Null);
}
