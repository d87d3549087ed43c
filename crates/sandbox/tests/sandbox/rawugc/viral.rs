//! The viral library.

use serde_json::{Value, json};

use super::{Client, check_problem, faults};
use crate::http;

#[tokio::test]
async fn a_search_finds_videos_that_fit_best_first() {
    let client = Client::at_once().await;
    let found = client.read("/viral-library/search?q=tomatoes%20on%20a%20balcony").await;
    let results = found["results"].as_array().unwrap();
    assert_eq!(found["query"], "tomatoes on a balcony");
    assert!(
        (1..=20).contains(&results.len()) && found["total"].as_u64() >= Some(results.len() as u64)
    );
    let scores: Vec<f64> = results.iter().map(|result| result["score"].as_f64().unwrap()).collect();
    assert!(scores.iter().rev().is_sorted(), "{scores:?}");
    assert!(results[0]["video"].to_string().contains("tomato"), "{}", results[0]);
    let one = client.read("/viral-library/search?q=tomatoes&limit=1").await;
    assert_eq!(one["results"].as_array().unwrap().len(), 1);
    let none = client.read("/viral-library/search?q=sb-empty").await;
    assert_eq!((&none["results"], &none["total"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn a_video_is_whole_and_the_same_by_its_own_id() {
    let client = Client::at_once().await;
    let found = client.read("/viral-library/search?q=%E7%94%9F%E6%B4%BB&limit=50").await;
    let videos: Vec<&Value> =
        found["results"].as_array().unwrap().iter().map(|result| &result["video"]).collect();
    for video in &videos {
        for name in ["views", "likes", "comments", "shares", "saves"] {
            assert!(video["stats"][name].is_u64(), "{video}");
        }
        assert!(
            video["tiktokUrl"].as_str().unwrap().ends_with(video["tiktokId"].as_str().unwrap())
        );
        assert!(!video["hashtags"].as_array().unwrap().is_empty());
    }
    let analysed = videos.iter().find(|video| video["analysis"].is_object()).unwrap();
    assert!(
        analysed["analysis"]["analyzedAt"].is_u64() && analysed["analysis"]["hook"].is_string()
    );
    let path = format!("/viral-library/videos/{}", analysed["id"].as_str().unwrap());
    assert_eq!(client.read(&path).await, **analysed);
    for name in ["thumbnailUrl", "playUrl"] {
        assert_eq!(http::get(analysed[name].as_str().unwrap(), &[]).await.status, 200);
    }
    check_problem(&client.get("/viral-library/videos/vid_1").await, 404, "not_found");
}

#[tokio::test]
async fn a_search_without_words_or_with_a_wrong_limit_is_refused() {
    let client = Client::at_once().await;
    for (query, field) in
        [("", "q"), ("q=", "q"), ("q=tea&limit=51", "limit"), ("q=tea&limit=0", "limit")]
    {
        assert_eq!(faults(&client.get(&format!("/viral-library/search?{query}")).await), [field]);
    }
}
