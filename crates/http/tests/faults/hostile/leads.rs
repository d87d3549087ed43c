//! Where an answer would lead: redirects that want the key, addresses that are nobody else's to name.

use super::*;
use shiwen_http::{FollowError, Step};

const METHODS: [Method; 4] = [Method::Get, Method::Post, Method::Patch, Method::Delete];

#[tokio::test]
async fn no_redirect_brings_a_key_anywhere() {
    let second = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
    let port = second.address.port();
    let locations = [
        // Another port, another name, another spelling, another scheme, another user.
        format!("http://127.0.0.1:{port}/x"),
        format!("http://localhost:{port}/x"),
        format!("http://127.1:{port}/x"),
        format!("//127.0.0.1:{port}/x"),
        format!("https://127.0.0.1:{port}/x"),
        format!("http://user:pass@127.0.0.1:{port}/x"),
        format!("HTTP:\\\\127.0.0.1:{port}\\x"),
        "/same/host".to_owned(),
        "?same=path".to_owned(),
    ];
    let sender = sender(Proxy::None);
    for location in &locations {
        for status in [300, 301, 302, 303, 305, 307, 308] {
            let headers = format!("Location: {location}\r\nRefresh: 0;url={location}\r\n");
            let reply = answer(&format!("{status} X"), &headers, b"");
            let first = Server::start(Script::Reply(reply)).await;
            for (turn, method) in METHODS.into_iter().enumerate() {
                let purpose = if turn % 2 == 0 { Purpose::Read } else { Purpose::Spend };
                let request = Request { method, ..request(first.url("/x"), purpose) };
                let result = send(&sender, &request).await;
                assert_eq!(Outcome::of(&result), Outcome::Answer(status), "{location}");
                assert_eq!(first.requests().len(), turn + 1, "{location} {status} {method:?}");
            }
        }
    }
    // No connection is no byte.
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn a_public_address_that_redirects_gets_no_key_and_gives_none_away() {
    let second = Server::start(Script::Reply(answer("200 OK", "", b"here"))).await;
    for status in [301, 302, 303, 307, 308] {
        let cookie = "Set-Cookie: session=1; Path=/\r\n";
        let headers = format!("{cookie}Location: {}\r\n", second.url("/b?sig=2"));
        let reply = answer(&format!("{status} X"), &headers, b"");
        let first = Server::start(Script::Reply(reply)).await;
        let fetched = sandbox().fetch_public(&first.url("/a?sig=1"), 100).await.unwrap();
        assert_eq!(fetched.body, b"here");
    }
    for request in second.requests() {
        for name in ["authorization", "x-api-key", "cookie", "referer", "origin"] {
            assert_eq!(header(&request, name), None, "{request}");
        }
        assert!(!request.contains("sig=1"), "{request}");
    }
}

/// Addresses of this machine, of private networks and of no network, in every spelling that a parser takes for one.
const NOT_PUBLIC: &[&str] = &[
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://127。0。0。1/",
    "http://127.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://127.0.0.1%2f@x/",
    "http://%31%32%37.0.0.1/",
    "http://0.0.0.0/",
    "http://0/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://a.localhost/",
    "http://lOcAlHoSt/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1/",
    "http://192.0.0.8/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://[fec0::1]/",
    "https://user:pass@cdn.example/",
    "https://user@cdn.example/",
    "http://cdn.example:8080/",
    "file:///etc/passwd",
    "file://cdn.example/share",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "blob:https://cdn.example/1",
    "about:blank",
    "ftp://cdn.example/",
    "ws://cdn.example/",
    "gopher://cdn.example/",
    "tauri://localhost/",
    "asset://localhost/",
];

#[tokio::test]
async fn what_an_answer_names_is_asked_for_only_on_the_open_internet() {
    let sender = sender(Proxy::None);
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("a.part");
    let mut tried = 0;
    for address in NOT_PUBLIC {
        // What is no address for the parser never becomes one.
        let Ok(url) = Url::parse(address) else { continue };
        tried += 1;
        let fetched = sender.fetch_public(&url, 100).await;
        assert!(matches!(fetched, Err(FetchError::NotAllowed)), "{address}: {fetched:?}");

        let wish = Wish { url: &url, part: &part, known: None, cap: 10, class: FileClass::Image };
        let outcome = sender.download(wish, std::future::pending(), |_| {}).await;
        assert!(matches!(outcome, Err(DownloadError::NotAllowed)), "{address}: {outcome:?}");

        let end = sender.follow_short(&url, |_| Step::Onward).await;
        let refused = matches!(end, Err(FollowError::Failed(FetchError::NotAllowed)));
        assert!(refused, "{address}: {end:?}");
    }
    assert!(tried > 50, "{tried} of {}", NOT_PUBLIC.len());
}

#[tokio::test]
async fn a_redirect_to_what_is_not_public_is_not_followed() {
    // In the sandbox's reach only this machine is allowed, by a web address.
    let elsewhere = NOT_PUBLIC.iter().filter(|address| {
        Url::parse(address).is_ok_and(|url| !matches!(url.scheme(), "http" | "https"))
    });
    for address in elsewhere {
        let reply = answer("302 Found", &format!("Location: {address}\r\n"), b"");
        let server = Server::start(Script::Reply(reply)).await;
        let fetched = sandbox().fetch_public(&server.url("/"), 100).await;
        assert!(matches!(fetched, Err(FetchError::NotAllowed)), "{address}: {fetched:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_call_with_a_key_goes_out_by_the_web_alone() {
    for address in ["file:///etc/passwd", "javascript:alert(1)", "ws://a.example/", "data:,x"] {
        let url = Url::parse(address).unwrap();
        for purpose in [Purpose::Spend, Purpose::Read] {
            let result = send(&sender(Proxy::None), &request(url.clone(), purpose)).await;
            assert_eq!(Outcome::of(&result), Outcome::NotSent(Cause::Invalid), "{address}");
        }
    }
}
