//! Answers that are made to hurt whoever reads them: too long, too many, never ending, lying about themselves.

mod bomb;
mod leads;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::*;
use shiwen_http::{DownloadError, FetchError, FileClass, Wish};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// What two sockets on one machine hold between them.
const ON_THE_WAY: u64 = 16 * 1024 * 1024;

fn sandbox() -> Sender {
    Sender::new(Config {
        proxy: Proxy::None,
        proxies: BTreeMap::new(),
        user_agent: "Shiwen/test".into(),
        reach: Reach::ThisMachine,
        short_links: None,
    })
}

/// A server that begins as it should and never ends.
struct Flood {
    address: SocketAddr,
    written: Arc<AtomicU64>,
}

impl Flood {
    async fn start(head: &'static [u8], wave: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let flood = Self { address: listener.local_addr().unwrap(), written: Arc::default() };
        let written = flood.written.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (written, wave) = (written.clone(), wave.clone());
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let mut outcome = stream.write_all(head).await;
                    while outcome.is_ok() {
                        outcome = stream.write_all(&wave).await;
                        written.fetch_add(wave.len() as u64, Ordering::Relaxed);
                    }
                });
            }
        });
        flood
    }

    fn url(&self) -> Url {
        Url::parse(&format!("http://{}/x", self.address)).unwrap()
    }

    /// That the client left soon after it had seen enough.
    fn check_left(&self, enough: usize) {
        let written = self.written.load(Ordering::Relaxed);
        assert!(written <= enough as u64 + ON_THE_WAY, "{written} bytes were taken");
    }
}

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const TO_THE_END: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

fn chunk() -> Vec<u8> {
    [&b"10000\r\n"[..], &[b' '; 0x10000], b"\r\n"].concat()
}

#[tokio::test]
async fn a_body_without_an_end_is_left_at_the_cap() {
    for (head, wave) in [(CHUNKED, chunk()), (TO_THE_END, vec![b' '; 0x10000])] {
        for purpose in [Purpose::Spend, Purpose::Read] {
            let flood = Flood::start(head, wave.clone()).await;
            let result = send(&sender(Proxy::None), &request(flood.url(), purpose)).await;
            assert_eq!(Outcome::of(&result), Outcome::Ambiguous(Cause::TooLarge, Some(200)));
            flood.check_left(BODY_CAP);
        }
        let flood = Flood::start(head, wave).await;
        let fetched = sandbox().fetch_public(&flood.url(), 100_000).await;
        assert!(matches!(fetched, Err(FetchError::TooLarge)), "{fetched:?}");
        flood.check_left(100_000);
    }
}

#[tokio::test]
async fn a_video_without_an_end_is_left_at_the_cap() {
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("a.part");
    let flood = Flood::start(TO_THE_END, b"\0\0\0\x20ftypisom".repeat(8192)).await;
    let url = flood.url();
    let wish =
        Wish { url: &url, part: &part, known: None, cap: 3_000_000, class: FileClass::Video };
    let outcome = sandbox().download(wish, std::future::pending(), |_| {}).await;
    assert!(matches!(outcome, Err(DownloadError::TooLarge)), "{outcome:?}");
    assert!(std::fs::metadata(&part).unwrap().len() <= 3_000_000);
    flood.check_left(3_000_000);
}

#[tokio::test]
async fn a_chunk_of_any_size_that_it_names_reserves_nothing() {
    for size in ["ffffffffffffffff", "7fffffffffffffff", "fffffffffffffffff"] {
        let body = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}");
        let server = Server::start(Script::ReplyThenClose(body.into_bytes())).await;
        let result = send(&sender(Proxy::None), &request(server.url("/"), Purpose::Spend)).await;
        assert!(matches!(Outcome::of(&result), Outcome::Ambiguous(_, Some(200))), "{result:?}");
    }
}

#[tokio::test]
async fn headers_without_an_end_are_no_answer() {
    let long = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 10_000_000]].concat();
    let many = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".repeat(10_000)].concat();
    for head in [long, many] {
        let garbled = Outcome::Ambiguous(Cause::Garbled, None);
        check("long head", Script::ReplyThenClose(head), LATE, garbled).await;
    }
    let flood = Flood::start(b"HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n".repeat(1000)).await;
    let result = send(&sender(Proxy::None), &request(flood.url(), Purpose::Spend)).await;
    assert_eq!(Outcome::of(&result), Outcome::Ambiguous(Cause::Garbled, None));
    flood.check_left(1_000_000);
}

#[tokio::test]
async fn of_a_long_header_four_kilobytes_are_kept() {
    let headers = format!("X-Long: {}\r\nX-Gbk: ", "番".repeat(50_000));
    let head = [headers.as_bytes(), b"\xc8\xce\xce\xf1\r\n"].concat();
    let reply = [&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"[..], &head, b"\r\n{}"].concat();
    let server = Server::start(Script::Reply(reply)).await;
    let response =
        send(&sender(Proxy::None), &request(server.url("/"), Purpose::Read)).await.unwrap();
    // A multiple of three: no letter is cut in half.
    assert_eq!(response.headers["x-long"].len(), 4095);
    assert!(response.headers["x-gbk"].contains('\u{fffd}'));
}

#[tokio::test]
async fn a_header_that_would_speak_to_a_terminal_is_no_answer() {
    for byte in [b'\x1b', b'\0', b'\x07'] {
        let reply = [b"HTTP/1.1 200 OK\r\nX-Log: a", &[byte][..], b"[31m\r\n\r\n"].concat();
        let garbled = Outcome::Ambiguous(Cause::Garbled, None);
        check("control", Script::ReplyThenClose(reply), LATE, garbled).await;
    }
}

#[tokio::test]
async fn a_length_that_lies_is_found_out() {
    let reply =
        |headers: &str, body: &str| format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}").into_bytes();
    let broken = || Outcome::Ambiguous(Cause::Broken, Some(200));
    let garbled = || Outcome::Ambiguous(Cause::Garbled, None);
    for (headers, expected) in [
        ("Content-Length: 18446744073709551615\r\n", garbled()),
        ("Content-Length: 9223372036854775807\r\n", broken()),
        ("Content-Length: 99999999999999999999999\r\n", garbled()),
        ("Content-Length: -1\r\n", garbled()),
        ("Content-Length: 2, 3\r\n", garbled()),
        ("Content-Length: 2\r\nContent-Length: 3\r\n", garbled()),
        ("Content-Length: 0x2\r\n", garbled()),
    ] {
        let script = Script::ReplyThenClose(reply(headers, "{}"));
        check(headers, script, LATE, expected).await;
    }
    // Where both stand, only the chunks count.
    let both = "Content-Length: 99\r\nTransfer-Encoding: chunked\r\n";
    let script = Script::ReplyThenClose(reply(both, "2\r\n{}\r\n0\r\n\r\n"));
    check("both", script, LATE, Outcome::Answer(200)).await;
}

#[tokio::test]
async fn what_follows_an_answer_is_not_taken_for_the_next_one() {
    let smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}\
        HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled";
    let server = Server::start(Script::Reply(smuggled.as_bytes().to_vec())).await;
    let sender = sender(Proxy::None);
    for _ in 0..5 {
        let request = request(server.url("/"), Purpose::Read);
        let response = send(&sender, &request).await.unwrap();
        assert_eq!(response.body, b"{}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn news_before_the_answer_neither_hides_nor_replaces_it() {
    for news in ["100 Continue", "102 Processing", "103 Early Hints"] {
        let storm = format!("HTTP/1.1 {news}\r\nX: y\r\n\r\n").repeat(1_000);
        let reply = [storm.as_bytes(), &answer("200 OK", "", b"{}")].concat();
        check(news, Script::ReplyThenClose(reply), LATE, Outcome::Answer(200)).await;
    }
}

#[tokio::test]
async fn news_without_an_end_are_waited_for_as_long_as_any_answer() {
    let news = b"HTTP/1.1 100 Continue\r\n\r\n";
    let flood = Flood::start(news, news.repeat(100)).await;
    for purpose in [Purpose::Spend, Purpose::Read] {
        let request = Request { timeout: SOON, ..request(flood.url(), purpose) };
        let start = std::time::Instant::now();
        let result = send(&sender(Proxy::None), &request).await;
        assert_eq!(Outcome::of(&result), Outcome::Ambiguous(Cause::Timeout, None));
        assert!(start.elapsed() < LATE);
    }
}

#[tokio::test]
async fn another_protocol_is_not_spoken() {
    let reply = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n{}";
    for purpose in [Purpose::Spend, Purpose::Read] {
        let server = Server::start(Script::ReplyThenClose(reply.to_vec())).await;
        let result = send(&sender(Proxy::None), &request(server.url("/"), purpose)).await;
        assert_ne!(Outcome::of(&result), Outcome::Answer(200), "{result:?}");
        assert!(!matches!(result, Err(SendError::NotSent { .. })), "{result:?}");
    }
}
