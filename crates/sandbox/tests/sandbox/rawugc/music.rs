//! Generated music.

use serde_json::json;

use super::{Client, KEY, check_problem, faults};
use crate::http;

#[tokio::test]
async fn a_track_is_generated_and_can_be_heard() {
    let client = Client::at_once().await;
    let order = json!({ "prompt": "light acoustic", "title": "阳台 Balcony", "style": "lo-fi hip hop", "instrumental": false });
    let answer = client.post("/music/generate", order).await;
    let created = answer.json();
    assert_eq!((answer.status, &created["creditsUsed"]), (201, &json!(3)));
    assert_eq!(created["model"], "V5");
    let id = created["musicId"].as_str().unwrap();
    assert!(id.starts_with("mus_"));
    let track = client.read(&format!("/music/{id}")).await;
    assert_eq!((&track["status"], &track["title"]), (&json!("completed"), &json!("阳台 Balcony")));
    let sound = http::get(track["audioUrl"].as_str().unwrap(), &[]).await;
    assert_eq!((sound.status, sound.header("content-type")), (200, Some("audio/wav")));
    // Behind 44 bytes of a header: 22,050 samples a second of two bytes.
    let seconds = (sound.body.len() - 44) as f64 / 44_100.0;
    assert!((track["duration"].as_f64().unwrap() - seconds).abs() < 0.01, "{seconds}");
    let art = http::get(track["albumArtUrl"].as_str().unwrap(), &[]).await;
    assert_eq!((art.status, art.header("content-type")), (200, Some("image/png")));
    assert_eq!(client.read("/music").await["tracks"], json!([track]));
}

#[tokio::test]
async fn a_track_without_a_title_gets_one() {
    let client = Client::at_once().await;
    let order = json!({ "prompt": "rain", "model": "V4_5PLUS" });
    let created = client.make("/music/generate", order).await;
    let id = created["musicId"].as_str().unwrap();
    let track = client.read(&format!("/music/{id}")).await;
    assert_eq!(track["model"], "V4_5PLUS");
    assert!(!track["title"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn the_old_version_names_the_sound_and_the_picture_otherwise() {
    let client = Client::at_once().await;
    let order = json!({ "prompt": "rain" });
    let created = http::post(&client.url("/music/generate"), &[KEY], &order).await.json();
    let id = created["taskId"].as_str().unwrap();
    let old = http::get(&client.url(&format!("/music/{id}")), &[KEY]).await.json();
    assert!(old["resultUrl"].is_string() && old["imageUrl"].is_string());
    assert!(old["audioUrl"].is_null() && old["albumArtUrl"].is_null() && old["id"].is_null());
}

#[tokio::test]
async fn wrong_fields_are_refused() {
    let client = Client::at_once().await;
    let faulty = [
        (json!({}), "prompt"),
        (json!({ "prompt": "茶".repeat(2001) }), "prompt"),
        (json!({ "prompt": "tea", "model": "V6" }), "model"),
        (json!({ "prompt": "tea", "instrumental": 1 }), "instrumental"),
        (json!({ "prompt": "tea", "title": "茶".repeat(201) }), "title"),
        (json!({ "prompt": "tea", "style": "茶".repeat(501) }), "style"),
    ];
    client.check_faults("POST", "/music/generate", &faulty).await;
    check_problem(&client.get("/music/mus_1").await, 404, "not_found");
    assert_eq!(faults(&client.get("/music?limit=200").await), ["limit"]);
}
