//! Files sent as part of a form: as they are described, and with the same truth about what left.

use std::path::Path;

use super::*;
use crate::server::dead_address;
use shiwen_http::FilePart;

fn upload(url: Url, path: &Path, size: u64) -> Request {
    let file = FilePart {
        field: "file",
        path: path.to_owned(),
        name: "红烧肉 \"1\".mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        size,
    };
    Request { body: None, file: Some(file), ..request(url, Purpose::Read) }
}

/// A file of letters of its own, longer than one block.
fn file(folder: &tempfile::TempDir) -> (std::path::PathBuf, String) {
    let text: String = (0..200_000).map(|n| char::from(b'a' + (n * 7 % 26) as u8)).collect();
    let path = folder.path().join("a.mp4");
    std::fs::write(&path, &text).unwrap();
    (path, text)
}

#[tokio::test]
async fn a_file_arrives_as_one_part_of_a_form() {
    let folder = tempfile::tempdir().unwrap();
    let (path, text) = file(&folder);
    let server = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;

    let request = upload(server.url("/upload"), &path, text.len() as u64);
    let response = send(&sender(Proxy::None), &request).await.unwrap();

    assert_eq!(response.status, 200);
    let seen = server.requests().remove(0);
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    let content_type = header(head, "content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"红烧肉 %221%22.mp4\"\r\n\
         Content-Type: video/mp4\r\n\r\n{text}\r\n--{boundary}--\r\n"
    );
    assert!(body == expected, "{}", &body[..300]);
    assert_eq!(header(head, "content-length"), Some(expected.len().to_string().as_str()));
    assert_eq!(header(head, "transfer-encoding"), None);
    assert_eq!(header(head, "authorization"), Some(format!("Bearer {CANARY}").as_str()));
}

#[tokio::test]
async fn a_file_that_cannot_be_sent_leaves_nothing_and_is_not_named() {
    let folder = tempfile::tempdir().unwrap();
    let (path, text) = file(&folder);
    let server = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
    let size = text.len() as u64;
    let missing = folder.path().join("missing.mp4");
    for (path, size) in [(&missing, size), (&path, size + 1), (&folder.path().to_owned(), size)] {
        let request = upload(server.url("/upload"), path, size);
        let err = send(&sender(Proxy::None), &request).await.unwrap_err();
        assert_eq!(err.cause(), Cause::Invalid);
        assert!(matches!(err, SendError::NotSent { .. }));
        assert!(!err.detail().contains("mp4"), "{}", err.detail());
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn an_upload_says_truly_whether_anything_left() {
    let folder = tempfile::tempdir().unwrap();
    let (path, text) = file(&folder);
    let size = text.len() as u64;

    let dead = Url::parse(&format!("http://{}/", dead_address().await)).unwrap();
    let result = send(&sender(Proxy::None), &upload(dead, &path, size)).await;
    assert_eq!(Outcome::of(&result), Outcome::NotSent(Cause::Connect));

    let silent = Server::start(Script::ReadThenSilence).await;
    let slow = Request { timeout: SOON, ..upload(silent.url("/"), &path, size) };
    let result = send(&sender(Proxy::None), &slow).await;
    assert_eq!(Outcome::of(&result), Outcome::Ambiguous(Cause::Timeout, None));

    let closes = Server::start(Script::ReadThenFin).await;
    let result = send(&sender(Proxy::None), &upload(closes.url("/"), &path, size)).await;
    assert_eq!(Outcome::of(&result), Outcome::Ambiguous(Cause::Broken, None));

    let redirects = Server::start(Script::Reply(answer("307 X", "Location: /b\r\n", b""))).await;
    let result = send(&sender(Proxy::None), &upload(redirects.url("/"), &path, size)).await;
    assert_eq!(Outcome::of(&result), Outcome::Answer(307));
    assert_eq!(redirects.requests().len(), 1);
}
