//! Uploads.

use super::{Client, HEADERS, check_problem, faults};
use crate::http::{self, Answer};

const BOUNDARY: &str = "a-boundary-of-the-test";

fn form(field: &str, file: &str, content_type: &str, bytes: &[u8]) -> Vec<u8> {
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file}\"\r\nContent-Type: {content_type}\r\n\r\n"
    )
    .into_bytes();
    form.extend(bytes);
    form.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    form
}

async fn upload(client: &Client, form: &[u8]) -> Answer {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    http::post_bytes(&client.url("/upload"), &HEADERS, &kind, form).await
}

#[tokio::test]
async fn an_uploaded_file_comes_back_as_it_was() {
    let client = Client::at_once().await;
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let answer = upload(&client, &form("file", "茶.mp4", "video/mp4", &bytes)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["contentType"], &body["size"]), (&"video/mp4".into(), &bytes.len().into()));
    let url = body["url"].as_str().unwrap();
    let file = http::get(url, &[]).await;
    assert_eq!((file.status, file.header("content-type")), (200, Some("video/mp4")));
    assert!(file.body == bytes);
    let part = http::get(url, &[("Range", "bytes=5-9")]).await;
    assert_eq!((part.status, &part.body[..]), (206, &bytes[5..10]));
    assert_eq!(http::get(&url.replace("upload/", "upload/1"), &[]).await.status, 404);
}

#[tokio::test]
async fn every_documented_type_is_taken_and_no_other() {
    let client = Client::at_once().await;
    for kind in
        ["video/mp4", "video/quicktime", "video/webm", "image/png", "image/jpeg", "image/webp"]
    {
        let answer = upload(&client, &form("file", "a", kind, b"bytes")).await;
        assert_eq!((answer.status, answer.json()["contentType"].clone()), (200, kind.into()));
    }
    for kind in ["image/gif", "text/html"] {
        assert_eq!(faults(&upload(&client, &form("file", "a", kind, b"bytes")).await), ["file"]);
    }
}

#[tokio::test]
async fn what_is_no_file_or_too_large_is_refused() {
    let client = Client::at_once().await;
    let large = vec![0; 100 * 1024 * 1024 + 1];
    for form in [
        form("picture", "a.png", "image/png", b"bytes"),
        form("file", "a.png", "image/png", b""),
        form("file", "a.mp4", "video/mp4", &large),
        b"no form".to_vec(),
    ] {
        assert_eq!(faults(&upload(&client, &form).await), ["file"]);
    }
    let json = client.post("/upload", serde_json::json!({ "file": "a" })).await;
    assert_eq!(faults(&json), ["file"]);
    let url = client.url("/upload");
    check_problem(
        &http::post_bytes(&url, &[], "text/plain", b"").await,
        401,
        "missing_authentication",
    );
}

#[tokio::test]
async fn a_word_in_the_name_of_the_file_counts() {
    let client = Client::at_once().await;
    let answer = upload(&client, &form("file", "sb-quota.png", "image/png", b"bytes")).await;
    check_problem(&answer, 402, "insufficient_credits");
}
