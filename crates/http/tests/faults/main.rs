//! Plays the ways in which a call can fail against the real sender, and holds what it says about
//! each: not sent, ambiguous, or an answer. No fault makes the server see a request twice.

#![expect(clippy::unwrap_used, reason = "what surrounds a test may panic too")]

mod download;
mod fetch;
mod follow;
mod hostile;
mod proxies;
mod server;
mod unsent;
mod upload;

use std::{collections::BTreeMap, time::Duration};

use server::{Script, Server, answer, gzip, header};
use shiwen_http::{
    BODY_CAP, Cause, Config, HeaderValue, Method, Proxy, Purpose, Reach, Request, Response,
    SendError, Sender, Transport,
};
use shiwen_secrets::Secret;
use url::Url;

const CANARY: &str = "CANARY-4f1c0a77";

#[derive(Debug, PartialEq)]
enum Outcome {
    NotSent(Cause),
    Ambiguous(Cause, Option<u16>),
    Answer(u16),
}

impl Outcome {
    fn of(result: &Result<Response, SendError>) -> Self {
        match result {
            Ok(response) => Self::Answer(response.status),
            Err(SendError::NotSent { cause, .. }) => Self::NotSent(*cause),
            Err(SendError::Ambiguous { cause, status, .. }) => Self::Ambiguous(*cause, *status),
        }
    }
}

fn sender(proxy: Proxy) -> Sender {
    Sender::new(Config {
        proxy,
        proxies: BTreeMap::new(),
        user_agent: "Shiwen/test".into(),
        reach: Reach::Internet,
        short_links: None,
    })
}

/// A request that carries the canary in a header, in the query and in the body.
fn request(url: Url, purpose: Purpose) -> Request {
    let mut url = url;
    url.set_query(Some(&format!("key={CANARY}")));
    Request {
        provider: None,
        method: Method::Post,
        url,
        headers: vec![
            ("Authorization", HeaderValue::Bearer(Secret::new(CANARY))),
            ("X-API-Key", HeaderValue::Secret(Secret::new(CANARY))),
        ],
        body: Some(format!(r#"{{"user_id":"{CANARY}"}}"#).into_bytes()),
        file: None,
        purpose,
        timeout: Duration::from_secs(5),
        secrets: vec![Secret::new(CANARY)],
    }
}

/// Sends, and checks that nothing printable holds the canary.
async fn send(sender: &Sender, request: &Request) -> Result<Response, SendError> {
    let result = sender.send(request).await;
    assert!(!format!("{request:?}").contains(CANARY));
    if let Err(err) = &result {
        assert!(!format!("{err:?} {err} {}", err.detail()).contains(CANARY), "{}", err.detail());
    }
    result
}

/// Plays a script against both kinds of call; the server must see the request exactly once each time.
async fn check(name: &str, script: Script, timeout: Duration, expected: Outcome) {
    let read_by_server = !matches!(script, Script::ResetUnread | Script::Blurt(_));
    for purpose in [Purpose::Spend, Purpose::Read] {
        let server = Server::start(script.clone()).await;
        let request = Request { timeout, ..request(server.url("/create"), purpose) };

        let result = send(&sender(Proxy::None), &request).await;

        assert_eq!(Outcome::of(&result), expected, "{name}, {purpose:?}: {result:?}");
        assert_eq!(server.connections(), 1, "{name}, {purpose:?}");
        assert_eq!(server.requests().len(), usize::from(read_by_server), "{name}, {purpose:?}");
    }
}

const SOON: Duration = Duration::from_millis(300);
const LATE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_connection_that_breaks_after_bytes_went_out_is_ambiguous() {
    let broken = || Outcome::Ambiguous(Cause::Broken, None);
    check("reset, unread", Script::ResetUnread, LATE, broken()).await;
    check("read, then closed", Script::ReadThenFin, LATE, broken()).await;
    check("read, then reset", Script::ReadThenReset, LATE, broken()).await;
    let half_a_head = b"HTTP/1.1 200 OK\r\nContent-Le".to_vec();
    check("half a head", Script::ReplyThenClose(half_a_head), LATE, broken()).await;
}

#[tokio::test]
async fn silence_after_the_request_is_ambiguous() {
    let silent = Outcome::Ambiguous(Cause::Timeout, None);
    check("no answer", Script::ReadThenSilence, SOON, silent).await;
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_ambiguous() {
    let garbled = Outcome::Ambiguous(Cause::Garbled, None);
    check("garbage", Script::ReplyThenClose(b"SSH-2.0-x\r\n\r\n".to_vec()), LATE, garbled).await;
}

#[tokio::test]
async fn a_body_that_ends_early_keeps_the_status() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"id\"".to_vec();
    let cut = Outcome::Ambiguous(Cause::Broken, Some(200));
    check("cut off", Script::ReplyThenClose(head.clone()), LATE, cut).await;
    let stalled = Outcome::Ambiguous(Cause::Timeout, Some(200));
    check("stalled", Script::ReplyThenSilence(head), SOON, stalled).await;
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id".to_vec();
    let cut = Outcome::Ambiguous(Cause::Broken, Some(200));
    check("cut off in a chunk", Script::ReplyThenClose(chunked), LATE, cut).await;
}

#[tokio::test]
async fn a_body_that_cannot_be_unpacked_is_ambiguous() {
    let gzipped = |body: &[u8]| answer("200 OK", "Content-Encoding: gzip\r\n", body);
    let garbled = || Outcome::Ambiguous(Cause::Garbled, Some(200));
    let script = Script::Reply(gzipped(b"this was never gzip, not even a little"));
    check("not gzip", script, LATE, garbled()).await;
    let mut packed = gzip(&[7; 10_000]);
    let middle = packed.len() / 2;
    packed[middle..].fill(0xff);
    check("damaged gzip", Script::Reply(gzipped(&packed)), LATE, garbled()).await;
}

#[tokio::test]
async fn an_answer_beyond_the_cap_is_dropped() {
    let too_large = || Outcome::Ambiguous(Cause::TooLarge, Some(200));
    let big = answer("200 OK", "", &vec![b' '; BODY_CAP + 1]);
    check("one byte too long", Script::Reply(big), LATE, too_large()).await;
    let bomb = gzip(&vec![b' '; 8 * BODY_CAP]);
    assert!(bomb.len() < BODY_CAP / 2);
    let bomb = answer("200 OK", "Content-Encoding: gzip\r\n", &bomb);
    check("gzip bomb", Script::Reply(bomb), LATE, too_large()).await;
    let full = answer("200 OK", "", &vec![b' '; BODY_CAP]);
    check("just fits", Script::Reply(full), LATE, Outcome::Answer(200)).await;
}

#[tokio::test]
async fn every_status_is_an_answer() {
    for status in [200, 400, 401, 429, 500, 503] {
        let script = Script::Reply(answer(&format!("{status} X"), "", b"<html>"));
        check("status", script, LATE, Outcome::Answer(status)).await;
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_carries_nothing_to_the_next_host() {
    for status in [301, 302, 303, 307, 308] {
        for purpose in [Purpose::Spend, Purpose::Read] {
            let next = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
            let location = format!("Location: {}\r\n", next.url("/elsewhere"));
            let first =
                Server::start(Script::Reply(answer(&format!("{status} X"), &location, b""))).await;

            let request = request(first.url("/create"), purpose);
            let result = send(&sender(Proxy::None), &request).await;

            assert_eq!(Outcome::of(&result), Outcome::Answer(status));
            assert_eq!((first.requests().len(), next.connections()), (1, 0));
        }
    }
}

#[tokio::test]
async fn a_redirect_to_a_dead_host_is_no_connect_error() {
    let location = format!("Location: http://{}/\r\n", server::dead_address().await);
    for status in [302, 307] {
        let script = Script::Reply(answer(&format!("{status} X"), &location, b""));
        check("redirect to a dead host", script, LATE, Outcome::Answer(status)).await;
    }
}

#[tokio::test]
async fn calls_that_cost_money_share_no_connection_and_reads_do() {
    for (purpose, connections) in [(Purpose::Spend, 3), (Purpose::Read, 1)] {
        let server = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
        let sender = sender(Proxy::None);
        for _ in 0..3 {
            send(&sender, &request(server.url("/"), purpose)).await.unwrap();
        }
        assert_eq!((server.requests().len(), server.connections()), (3, connections));
    }
}

#[tokio::test]
async fn a_request_arrives_as_it_was_described() {
    let reply = answer("200 OK", "X-Log-ID: abc\r\nSet-Cookie: s=1\r\nVia: a\r\nVia: b\r\n", b"{}");
    let server = Server::start(Script::Reply(reply)).await;

    let request = request(server.url("/create"), Purpose::Spend);
    let response = send(&sender(Proxy::None), &request).await.unwrap();

    let seen = server.requests().remove(0);
    assert!(seen.starts_with(&format!("POST /create?key={CANARY} HTTP/1.1\r\n")), "{seen}");
    assert!(seen.ends_with(&format!("\r\n\r\n{{\"user_id\":\"{CANARY}\"}}")), "{seen}");
    let bearer = format!("Bearer {CANARY}");
    let expected = [
        ("authorization", Some(bearer.as_str())),
        ("x-api-key", Some(CANARY)),
        ("content-type", Some("application/json")),
        ("content-length", Some("29")),
        ("user-agent", Some("Shiwen/test")),
        ("transfer-encoding", None),
        ("referer", None),
    ];
    for (name, value) in expected {
        assert_eq!(header(&seen, name), value, "{name}");
    }
    let kept: Vec<_> = response.headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(kept, [("content-length", "2"), ("via", "a, b"), ("x-log-id", "abc")]);
    assert_eq!(response.body, b"{}");
}
