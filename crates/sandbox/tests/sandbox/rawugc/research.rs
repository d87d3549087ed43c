//! Finds on TikTok and content plans.

use serde_json::{Value, json};

use super::{Client, check_problem, names};
use crate::http;

#[tokio::test]
async fn a_scrape_gives_as_many_videos_as_asked_for() {
    let client = Client::at_once().await;
    let all = client.make("/scrape-tiktok", json!({ "query": "tomato" })).await;
    let videos = all["videos"].as_array().unwrap();
    assert_eq!((videos.len(), &all["count"]), (10, &json!(10)));
    assert!(all["scrapeId"].as_str().unwrap().starts_with("scr_"));
    for video in videos {
        assert_eq!(names(&video["stats"]), ["comments", "likes", "shares", "views"]);
        assert!(video["url"].as_str().unwrap().ends_with(video["id"].as_str().unwrap()));
    }
    assert_eq!(http::get(videos[0]["thumbnail"].as_str().unwrap(), &[]).await.status, 200);
    assert_eq!(http::get(videos[0]["videoUrl"].as_str().unwrap(), &[]).await.status, 200);
    assert!(videos.iter().any(|video| video["thumbnail"].is_null()));
    assert!(videos.iter().any(|video| video["videoUrl"].is_null()));

    let order = json!({ "query": "#番茄", "mode": "hashtag", "limit": 2 });
    let few = client.make("/scrape-tiktok", order).await;
    assert_eq!((&few["count"], &few["videos"][1]["hashtags"][0]), (&json!(2), &json!("番茄")));
    let none = client.make("/scrape-tiktok", json!({ "query": "sb-empty" })).await;
    assert_eq!((&none["count"], &none["videos"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_plan_is_made_of_a_scrape_and_listed() {
    let client = Client::at_once().await;
    let scrape = client.make("/scrape-tiktok", json!({ "query": "番茄" })).await;
    let order = json!({ "scrapeId": scrape["scrapeId"], "brief": "卖番茄架" });
    let plan = client.make("/content-plans", order).await;
    assert_eq!((&plan["scrapeId"], &plan["brief"]), (&scrape["scrapeId"], &json!("卖番茄架")));
    assert!(plan["topWins"].as_array().unwrap().len() >= 3);
    assert!(plan["gapsToTest"].as_array().unwrap().len() >= 2);
    let blueprints = plan["blueprints"].as_array().unwrap();
    assert_eq!(blueprints.len(), 3);
    for blueprint in blueprints {
        assert_eq!(names(blueprint), ["category", "contentIdeas", "evidence", "strategy"]);
        for idea in blueprint["contentIdeas"].as_array().unwrap() {
            assert_eq!(names(idea), ["contentOutline", "cta", "hook", "openingShot"]);
            assert!(idea.as_object().unwrap().values().all(Value::is_string));
        }
    }
    assert!(!plan.to_string().contains("{n}"));
    assert!(blueprints[0]["contentIdeas"].to_string().contains("番茄"), "{plan}");

    let list = client.read("/content-plans").await;
    assert_eq!((&list["count"], &list["plans"][0]["planId"]), (&json!(1), &plan["planId"]));
    assert_eq!(names(&list["plans"][0]), ["brief", "createdAt", "planId", "scrapeId"]);
    let created = client.make("/music/generate", json!({ "prompt": "tea" })).await;
    assert_eq!(created["newBalance"], 100 - 3 - 3 - 3);
}

#[tokio::test]
async fn wrong_fields_are_refused() {
    let client = Client::at_once().await;
    let faulty = [
        (json!({}), "query"),
        (json!({ "query": "茶".repeat(501) }), "query"),
        (json!({ "query": "tea", "mode": "sound" }), "mode"),
        (json!({ "query": "tea", "limit": 11 }), "limit"),
    ];
    client.check_faults("POST", "/scrape-tiktok", &faulty).await;
    let scrape = client.make("/scrape-tiktok", json!({ "query": "tea" })).await;
    let id = &scrape["scrapeId"];
    let faulty = [
        (json!({ "brief": "tea" }), "scrapeId"),
        (json!({ "scrapeId": id }), "brief"),
        (json!({ "scrapeId": id, "brief": "茶".repeat(5001) }), "brief"),
    ];
    client.check_faults("POST", "/content-plans", &faulty).await;
    let unknown = json!({ "scrapeId": "scr_1", "brief": "tea" });
    check_problem(&client.post("/content-plans", unknown).await, 404, "not_found");
}
