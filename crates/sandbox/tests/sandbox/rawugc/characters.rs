//! Characters.

use serde_json::json;

use super::{Client, check_problem};
use crate::http;

#[tokio::test]
async fn characters_are_listed_counted_and_shown() {
    let client = Client::at_once().await;
    let list = client.read("/characters").await;
    let characters = list["characters"].as_array().unwrap();
    assert_eq!((characters.len(), &list["count"]), (3, &json!(3)));
    assert_eq!((&list["adminCount"], &list["userCount"]), (&json!(2), &json!(1)));
    for character in characters {
        let path = format!("/characters/{}", character["_id"].as_str().unwrap());
        assert_eq!(client.read(&path).await, *character);
        let preview = character["videoPreviewUrl"].as_str().unwrap();
        assert_eq!(http::get(preview, &[]).await.status, 200);
    }
    check_problem(&client.get("/characters/chr_9").await, 404, "not_found");
}
