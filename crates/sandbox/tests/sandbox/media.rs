//! Pictures, sounds and videos, and what a word in their address does to the way they come.

use serde_json::{Value, json};
use shiwen_sandbox::Sandbox;

use crate::http::{Answer, at_once, get, get_cut, head_of, paced, post, try_get};

/// The check sum of PNG, written here a second time from its definition.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    !crc
}

/// The names of a PNG's chunks, after a check of signature, lengths and check sums.
fn chunks(png: &[u8]) -> Vec<String> {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
    let mut names = Vec::new();
    while !rest.is_empty() {
        let number = |at: usize| u32::from_be_bytes(rest[at..at + 4].try_into().unwrap());
        let length = number(0) as usize;
        assert_eq!(number(8 + length), crc(&rest[4..8 + length]));
        names.push(String::from_utf8(rest[4..8].to_vec()).unwrap());
        rest = &rest[12 + length..];
    }
    names
}

#[tokio::test]
async fn a_cover_is_a_valid_png_of_its_seed() {
    let sandbox = at_once().await;
    let cover = get(&format!("{}/media/cover/7.png", sandbox.url()), &[]).await;
    assert_eq!((cover.status, cover.header("content-type")), (200, Some("image/png")));
    let names = chunks(&cover.body);
    assert_eq!(names.first().map(String::as_str), Some("IHDR"));
    assert!(names.contains(&"IDAT".to_owned()));
    assert_eq!(names.last().map(String::as_str), Some("IEND"));
    let other = get(&format!("{}/media/cover/8.png", sandbox.url()), &[]).await;
    assert_ne!(cover.body, other.body);
    let avatar = get(&format!("{}/media/avatar/7.png", sandbox.url()), &[]).await;
    assert_eq!(chunks(&avatar.body).first().map(String::as_str), Some("IHDR"));
}

#[tokio::test]
async fn a_picture_that_has_no_seed_is_not_found() {
    let sandbox = at_once().await;
    for path in ["cover/x.png", "cover/7", "video/7"] {
        let answer = get(&format!("{}/media/{path}", sandbox.url()), &[]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_video_comes_whole_or_in_parts() {
    let sandbox = at_once().await;
    let url = format!("{}/media/video/7.webm?mime_type=video_webm", sandbox.url());
    let whole = get(&url, &[]).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("video/webm")));
    // The first bytes of every Matroska and WebM file.
    assert!(whole.body.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]));

    let part = get(&url, &[("Range", "bytes=10-19")]).await;
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[10..20]));
    let range = format!("bytes 10-19/{}", whole.body.len());
    assert_eq!(part.header("content-range"), Some(range.as_str()));
    assert_eq!(get(&url, &[("Range", "bytes=9999999-")]).await.status, 416);
}

const VIDEO: &str = "/media/video/7.webm";

async fn video(sandbox: &Sandbox, query: &str, headers: &[(&str, &str)]) -> Answer {
    get(&format!("{}{VIDEO}?{query}", sandbox.url()), headers).await
}

#[tokio::test]
async fn a_picture_has_the_size_that_was_asked_for_within_bounds() {
    let sandbox = at_once().await;
    let sides = async |query: &str| {
        let image = get(&format!("{}/media/image/7.png{query}", sandbox.url()), &[]).await;
        assert_eq!(chunks(&image.body).first().map(String::as_str), Some("IHDR"));
        let side = |at: usize| u32::from_be_bytes(image.body[at..at + 4].try_into().unwrap());
        (side(16), side(20))
    };
    assert_eq!(sides("?w=64&h=36").await, (64, 36));
    assert_eq!(sides("?w=1&h=0").await, (16, 16));
    assert_eq!(sides("?w=20&h=99999").await, (20, 2048));
    assert_eq!(sides("").await, (720, 1280));
}

#[tokio::test]
async fn a_melody_is_a_wav_file_that_comes_in_parts() {
    let sandbox = at_once().await;
    let url = format!("{}/media/audio/7.wav", sandbox.url());
    let whole = get(&url, &[]).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("audio/wav")));
    assert_eq!((&whole.body[..4], &whole.body[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    let part = get(&url, &[("Range", "bytes=44-99")]).await;
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[44..100]));
}

#[tokio::test]
async fn a_video_is_as_large_as_asked_for_and_another_for_each_seed() {
    let sandbox = at_once().await;
    let whole = video(&sandbox, "mb=2", &[]).await;
    assert_eq!(whole.body.len(), 2 * 1024 * 1024);
    assert_eq!(whole.header("content-length"), Some("2097152"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let other = get(&format!("{}/media/video/8.webm?mb=2", sandbox.url()), &[]).await;
    assert!(whole.body != other.body && whole.header("etag") != other.header("etag"));
    let small = video(&sandbox, "", &[]).await;
    assert_eq!(small.body[..16_000], whole.body[..16_000]);
}

#[tokio::test]
async fn a_part_is_refused_only_where_it_lies_behind_the_end() {
    let sandbox = at_once().await;
    let behind = video(&sandbox, "mb=1", &[("Range", "bytes=1048576-")]).await;
    assert_eq!((behind.status, behind.header("content-range")), (416, Some("bytes */1048576")));
    let last = video(&sandbox, "mb=1", &[("Range", "bytes=-1")]).await;
    assert_eq!(last.header("content-range"), Some("bytes 1048575-1048575/1048576"));
    assert_eq!(video(&sandbox, "mb=1", &[("Range", "bytes=0-1,4-5")]).await.status, 200);
}

#[tokio::test]
async fn a_part_of_another_file_is_not_given() {
    let sandbox = at_once().await;
    let etag = video(&sandbox, "", &[]).await.header("etag").unwrap().to_owned();
    let part = |known: String| {
        let sandbox = &sandbox;
        async move { video(sandbox, "", &[("Range", "bytes=10-"), ("If-Range", &known)]).await.status }
    };
    assert_eq!(part(etag).await, 206);
    assert_eq!(part("\"another\"".to_owned()).await, 200);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_completed_part_by_part() {
    let sandbox = at_once().await;
    let whole = video(&sandbox, "mb=1", &[]).await.body;
    let url = format!("{}{VIDEO}?mb=1&case=sb-cutmedia", sandbox.url());
    let (mut known, mut cuts) = (Vec::new(), 0);
    while known.len() < whole.len() {
        let range = format!("bytes={}-", known.len());
        let (answer, complete) = get_cut(&url, &[("Range", &range)]).await;
        assert_eq!((answer.status, answer.body.is_empty()), (206, false));
        known.extend(answer.body);
        cuts += u32::from(!complete);
    }
    assert!(known == whole);
    assert_eq!(cuts, 3);
    // Without a range it never comes to an end.
    assert!(try_get(&url, &[]).await.is_err());
}

#[tokio::test]
async fn a_slow_file_takes_its_time_at_the_pace() {
    let sandbox = paced(0.05).await;
    let before = std::time::Instant::now();
    let slow = video(&sandbox, "mb=1&case=sb-slowmedia", &[]).await;
    // 16 s at pace 1.
    assert!(before.elapsed() >= std::time::Duration::from_millis(760));
    assert!(slow.body == video(&sandbox, "mb=1", &[]).await.body);
}

#[tokio::test]
async fn a_host_without_ranges_gives_the_whole_file() {
    let sandbox = at_once().await;
    let answer = video(&sandbox, "case=sb-norange", &[("Range", "bytes=10-19")]).await;
    assert_eq!((answer.status, answer.header("accept-ranges")), (200, None));
    assert!(answer.body == video(&sandbox, "", &[]).await.body);
}

#[tokio::test]
async fn a_changing_file_is_another_one_each_time() {
    let sandbox = at_once().await;
    let one = video(&sandbox, "case=sb-changed", &[]).await;
    let etag = one.header("etag").unwrap();
    let headers = [("Range", "bytes=10-"), ("If-Range", etag)];
    let two = video(&sandbox, "case=sb-changed", &headers).await;
    assert_eq!(two.status, 200);
    assert!(two.header("etag") != Some(etag) && two.body != one.body);
}

#[tokio::test]
async fn an_address_that_has_run_out_is_forbidden_as_xml() {
    let sandbox = at_once().await;
    let old = "X-Tos-Date=20260203T040506Z&X-Tos-Expires=86400";
    for query in ["case=sb-expired", old] {
        let answer = video(&sandbox, query, &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (403, Some("application/xml")));
        assert!(answer.text().contains("<Message>Request has expired</Message>"));
    }
    let long = "X-Tos-Date=20260203T040506Z&X-Tos-Expires=9999999999";
    assert_eq!(video(&sandbox, long, &[]).await.status, 200);
}

#[tokio::test]
async fn a_page_can_come_instead_of_a_file() {
    let sandbox = at_once().await;
    let answer = video(&sandbox, "case=sb-htmlmedia", &[]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn media_of_a_link_carry_its_word() {
    let sandbox = at_once().await;
    let base = sandbox.base_url("coze");
    let body = json!({
        "workflow_id": "7400000000000000002",
        "parameters": { "input": "https://v.douyin.com/sb-expired/" },
    });
    let token = [("Authorization", "Bearer pat_sandbox")];
    let run = post(&format!("{base}/v1/workflow/run"), &token, &body).await.json();
    let info: Value = serde_json::from_str(run["data"].as_str().unwrap()).unwrap();
    for field in ["cover_url", "output", "avatar"] {
        assert_eq!(get(info[field].as_str().unwrap(), &[]).await.status, 403, "{field}");
    }
}

#[tokio::test]
async fn a_key_sent_to_a_media_host_is_counted() {
    let sandbox = at_once().await;
    video(&sandbox, "", &[("Range", "bytes=0-1")]).await;
    assert_eq!(sandbox.calls().keys_on_media, 0);
    video(&sandbox, "", &[("Authorization", "Bearer invented")]).await;
    video(&sandbox, "case=sb-expired", &[("X-API-Key", "invented")]).await;
    assert_eq!(sandbox.calls().keys_on_media, 2);
}

#[tokio::test]
async fn the_head_of_a_file_tells_its_length_without_its_body() {
    let sandbox = at_once().await;
    let url = format!("{}{VIDEO}?mb=3", sandbox.url());
    let (head, complete) = head_of(&url).await;
    assert_eq!((head.status, head.header("content-length")), (200, Some("3145728")));
    assert_eq!((head.header("accept-ranges"), complete), (Some("bytes"), false));
    assert!(head.body.is_empty() && head.header("etag").is_some());
}
