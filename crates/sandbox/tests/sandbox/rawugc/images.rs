//! Generated and edited pictures.

use serde_json::json;

use super::{Client, check_problem};
use crate::http;

const PICTURE: &str = "https://cdn.example/a.png";

#[tokio::test]
async fn a_picture_is_generated_and_can_be_seen() {
    let client = Client::at_once().await;
    let order = json!({
        "model": "nano-banana-2",
        "prompt": "a red tomato",
        "aspectRatio": "9:16",
        "googleSearch": true,
        "imageUrls": [PICTURE],
    });
    let answer = client.post("/images/generate", order).await;
    let created = answer.json();
    assert_eq!((answer.status, &created["creditsUsed"]), (201, &json!(4)));
    let id = created["imageId"].as_str().unwrap();
    assert!(id.starts_with("img_"));
    let image = client.read(&format!("/images/{id}")).await;
    assert_eq!((&image["status"], &image["prompt"]), (&json!("completed"), &json!("a red tomato")));
    assert_eq!((&image["resolution"], &image["outputFormat"]), (&json!("1K"), &json!("jpg")));
    let file = http::get(image["url"].as_str().unwrap(), &[]).await;
    assert_eq!((file.status, file.header("content-type")), (200, Some("image/png")));
    assert_eq!(client.read("/images").await["images"], json!([image]));
}

#[tokio::test]
async fn a_picture_is_edited_for_two_credits() {
    let client = Client::at_once().await;
    let order = json!({
        "model": "google/nano-banana-edit",
        "prompt": "make it green",
        "imageUrls": [PICTURE],
        "imageSize": "4:3",
        "outputFormat": "jpeg",
    });
    let created = client.make("/images/generate", order).await;
    assert_eq!((&created["creditsUsed"], &created["newBalance"]), (&json!(2), &json!(98)));
    let id = created["imageId"].as_str().unwrap();
    let image = client.read(&format!("/images/{id}")).await;
    assert_eq!((&image["imageSize"], &image["outputFormat"]), (&json!("4:3"), &json!("jpeg")));
    assert!(image["resolution"].is_null());
}

#[tokio::test]
async fn fields_of_the_other_model_and_wrong_values_are_refused() {
    let client = Client::at_once().await;
    let (new, edit) = ("nano-banana-2", "google/nano-banana-edit");
    let faulty = [
        (json!({ "prompt": "tea" }), "model"),
        (json!({ "model": new }), "prompt"),
        (json!({ "model": new, "prompt": "茶".repeat(20_001) }), "prompt"),
        (json!({ "model": new, "prompt": "tea", "imageUrls": vec![PICTURE; 15] }), "imageUrls"),
        (json!({ "model": new, "prompt": "tea", "aspectRatio": "7:3" }), "aspectRatio"),
        (json!({ "model": new, "prompt": "tea", "imageSize": "1:1" }), "imageSize"),
        (json!({ "model": new, "prompt": "tea", "resolution": "8K" }), "resolution"),
        (json!({ "model": new, "prompt": "tea", "outputFormat": "gif" }), "outputFormat"),
        (json!({ "model": new, "prompt": "tea", "googleSearch": "yes" }), "googleSearch"),
        (json!({ "model": edit, "prompt": "tea" }), "imageUrls"),
        (
            json!({ "model": edit, "prompt": "tea", "imageUrls": [PICTURE], "resolution": "1K" }),
            "resolution",
        ),
        (
            json!({ "model": edit, "prompt": "tea", "imageUrls": [PICTURE], "aspectRatio": "1:1" }),
            "aspectRatio",
        ),
        (
            json!({ "model": edit, "prompt": "tea", "imageUrls": [PICTURE], "imageSize": "1:8" }),
            "imageSize",
        ),
    ];
    client.check_faults("POST", "/images/generate", &faulty).await;
}

#[tokio::test]
async fn the_list_of_pictures_has_20_on_a_page() {
    let client = Client::at_once().await;
    for number in 0..21 {
        let order = json!({ "model": "nano-banana-2", "prompt": format!("tea {number}") });
        client.make("/images/generate", order).await;
    }
    let list = client.read("/images").await;
    assert_eq!(list["images"].as_array().unwrap().len(), 20);
    assert_eq!(
        list["pagination"],
        json!({ "total": 21, "page": 1, "pageSize": 20, "hasMore": true })
    );
    check_problem(&client.get("/images/img_1").await, 404, "not_found");
}
