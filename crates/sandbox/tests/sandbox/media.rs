//! Pictures and the video.

use crate::http::{at_once, get};

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
