//! Captions and overlays.

use serde_json::{Value, json};
use shiwen_sandbox::Options;

use super::{Client, check_problem, faults};
use crate::http;

#[tokio::test]
async fn captions_and_overlays_make_versions_of_a_video() {
    let client = Client::at_once().await;
    let id = client.video("tea").await;
    let order = json!({ "videoId": id, "language": "zh" });
    let captions = client.make("/videos/captions", order).await;
    assert_eq!((&captions["version"], &captions["operation"]), (&json!(2), &json!("captions")));
    assert_eq!(captions["creditsUsed"], 1);
    assert_ne!(captions["videoId"], json!(id));

    // An edit of the edit belongs to the same original.
    let order = json!({
        "videoId": captions["videoId"],
        "text": "别急着浇水",
        "position": "top",
        "fontSize": 48,
        "topBottomMargin": 0,
        "strokeThickness": 2.5,
    });
    let overlay = client.make("/videos/overlay", order).await;
    assert_eq!((&overlay["version"], &overlay["operation"]), (&json!(3), &json!("overlay")));

    let video = client.read(&format!("/videos/{id}")).await;
    let versions = video["versions"].as_array().unwrap();
    let ids: Vec<&Value> = versions.iter().map(|version| &version["videoId"]).collect();
    assert_eq!(ids, [&json!(id), &captions["videoId"], &overlay["videoId"]]);
    assert_eq!((&versions[0]["version"], &versions[0]["operation"]), (&json!(1), &Value::Null));
    assert_eq!(
        (&versions[1]["operation"], &versions[1]["url"]),
        (&json!("captions"), &captions["url"])
    );
    assert_eq!(http::get(overlay["url"].as_str().unwrap(), &[]).await.status, 200);

    let path = format!("/videos/{}", overlay["videoId"].as_str().unwrap());
    let edited = client.read(&path).await;
    assert_eq!((&edited["status"], &edited["prompt"]), (&json!("completed"), &json!("tea")));
    assert_eq!((&edited["url"], &edited["versions"]), (&overlay["url"], &video["versions"]));
    assert_eq!(client.read("/videos").await["pagination"]["total"], 1);
}

#[tokio::test]
async fn an_edit_wants_a_video_that_is_completed() {
    let client = Client::at_once().await;
    for prompt in ["sb-stalled tea", "sb-fail tea"] {
        let id = client.video(prompt).await;
        let answer = client.post("/videos/captions", json!({ "videoId": id })).await;
        assert_eq!(faults(&answer), ["videoId"]);
    }
    for path in ["/videos/captions", "/videos/overlay"] {
        let answer = client.post(path, json!({ "videoId": "vid_1", "text": "tea" })).await;
        check_problem(&answer, 404, "not_found");
    }
}

#[tokio::test]
async fn wrong_fields_are_refused() {
    let client = Client::at_once().await;
    let id = client.video("tea").await;
    let captions = [(json!({}), "videoId"), (json!({ "videoId": id, "language": "" }), "language")];
    client.check_faults("POST", "/videos/captions", &captions).await;
    let with = |name: &str, value: Value| {
        let mut order = json!({ "videoId": id, "text": "tea" });
        order[name] = value;
        (order, name.to_owned())
    };
    for (order, field) in [
        with("text", json!("")),
        with("text", json!("茶".repeat(501))),
        with("position", json!("left")),
        with("fontSize", json!(7)),
        with("fontSize", json!(201)),
        with("topBottomMargin", json!(501)),
        with("strokeThickness", json!(10.1)),
        with("videoId", json!(7)),
    ] {
        assert_eq!(faults(&client.post("/videos/overlay", order).await), [field]);
    }
}

#[tokio::test]
async fn an_edit_blocks_for_a_second_or_two_at_the_pace() {
    let options = Options { pace: 0.1, rawugc_calls_per_minute: 0, ..Options::default() };
    let client = Client::with(options).await;
    let id = client.video("tea").await;
    let path = format!("/videos/{id}");
    while client.read(&path).await["status"] != "completed" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let start = std::time::Instant::now();
    client.make("/videos/captions", json!({ "videoId": id })).await;
    let blocked = start.elapsed().as_millis();
    assert!((100..1000).contains(&blocked), "{blocked}");
    assert_eq!(client.read(&path).await["versions"].as_array().unwrap().len(), 2);
}
