//! Short links over hosts that one server on loopback plays. What the internet's reach refuses is tested beside the
//! code, where names can be looked up by hand.

use super::*;
use shiwen_http::{FetchError, FollowError, Step};

const LINK: &str = "http://v.example/CODE/?from=app";

fn sender(server: &Server) -> Sender {
    Sender::new(Config {
        proxy: Proxy::None,
        proxies: BTreeMap::new(),
        user_agent: "Shiwen/test".into(),
        reach: Reach::ThisMachine,
        short_links: Some(server.url("/short")),
    })
}

/// Hosts below `example` are asked, except for those that begin with `w`, which are the end.
fn judge(url: &Url) -> Step {
    match url.host_str().unwrap() {
        host if !host.ends_with(".example") => Step::Foreign,
        host if host.starts_with('w') => Step::Arrived,
        _ => Step::Onward,
    }
}

async fn follow(server: &Server, link: &str) -> Result<String, FollowError> {
    let end = sender(server).follow_short(&Url::parse(link).unwrap(), judge).await;
    end.map(String::from)
}

fn redirect(location: &str) -> Vec<u8> {
    answer("302 Found", &format!("Location: {location}\r\n"), b"<html>moved</html>")
}

/// A server that plays redirects from played path to address.
async fn chain(links: &[(&str, &str)]) -> Server {
    let replies = links.iter().map(|(path, to)| (format!("/short/{path}"), redirect(to)));
    Server::start(Script::ByPath(replies.collect())).await
}

/// The played paths that were asked for, in order.
fn asked(server: &Server) -> Vec<String> {
    let path = |request: &String| {
        let path = request.split(' ').nth(1).unwrap();
        path.strip_prefix("/short/").unwrap().to_owned()
    };
    server.requests().iter().map(path).collect()
}

#[tokio::test]
async fn a_chain_is_followed_to_the_address_that_says_enough_and_that_one_is_not_asked() {
    let server = chain(&[
        ("v.example/CODE/?from=app", "/s/CODE"),
        ("v.example/s/CODE", "http://m.example/share?x=1#top"),
        ("m.example/share?x=1", "https://www.example/video/7300000000000000001?t=%E7%8C%AB"),
    ])
    .await;

    let end = follow(&server, LINK).await.unwrap();

    assert_eq!(end, "https://www.example/video/7300000000000000001?t=%E7%8C%AB");
    let expected = ["v.example/CODE/?from=app", "v.example/s/CODE", "m.example/share?x=1"];
    assert_eq!(asked(&server), expected);
}

#[tokio::test]
async fn every_kind_of_redirect_counts() {
    for status in [301, 302, 303, 307, 308] {
        let location = "Location: https://www.example/\u{732B}\r\n";
        let reply = answer(&format!("{status} X"), location, b"");
        let server = Server::start(Script::Reply(reply)).await;
        assert_eq!(follow(&server, LINK).await.unwrap(), "https://www.example/%E7%8C%AB");
    }
}

#[tokio::test]
async fn an_address_that_redirects_no_further_is_the_end() {
    let server = Server::start(Script::Reply(answer("200 OK", "", b"<html>"))).await;
    assert_eq!(follow(&server, LINK).await.unwrap(), "https://v.example/CODE/?from=app");
}

#[tokio::test]
async fn five_addresses_are_asked_and_a_sixth_is_not() {
    let step = |n: usize| (format!("v.example/{n}"), format!("/{}", n + 1));
    let mut links: Vec<_> = (1..=5).map(step).collect();
    links.push(("v.example/6".to_owned(), "https://www.example/".to_owned()));
    let links: Vec<_> = links.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let server = chain(&links).await;

    let end = follow(&server, "https://v.example/1").await;
    assert!(matches!(end, Err(FollowError::Failed(FetchError::Redirects))), "{end:?}");
    assert_eq!(asked(&server).len(), 5);

    let end = follow(&server, "https://v.example/2").await;
    assert_eq!(end.unwrap(), "https://www.example/");
}

#[tokio::test]
async fn a_loop_ends_when_it_closes() {
    let server = chain(&[
        ("v.example/CODE/?from=app", "https://m.example/a"),
        ("m.example/a", "http://v.example/CODE/?from=app#again"),
    ])
    .await;
    let end = follow(&server, LINK).await;
    assert!(matches!(end, Err(FollowError::Failed(FetchError::Redirects))), "{end:?}");
    assert_eq!(asked(&server).len(), 2);
}

#[tokio::test]
async fn a_foreign_host_in_the_middle_is_not_asked() {
    let server = chain(&[
        ("v.example/CODE/?from=app", "https://m.example/a"),
        ("m.example/a", "https://shop.invalid/?back=https://www.example/video/1"),
    ])
    .await;
    let end = follow(&server, LINK).await;
    assert!(matches!(end, Err(FollowError::Foreign)), "{end:?}");
    assert_eq!(asked(&server), ["v.example/CODE/?from=app", "m.example/a"]);
}

#[tokio::test]
async fn a_hop_that_is_no_public_web_address_ends_it() {
    for location in [
        "http://127.0.0.1/video/1",
        "https://192.168.0.1/video/1",
        "http://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "https://www.example:8443/video/1",
        "https://user:pass@www.example/video/1",
        "snssdk1128://aweme/detail/1",
        "file:///etc/passwd",
        "https://",
    ] {
        let server = chain(&[("v.example/CODE/?from=app", location)]).await;
        let end = follow(&server, LINK).await;
        let refused = matches!(end, Err(FollowError::Failed(FetchError::NotAllowed)));
        assert!(refused, "{location}: {end:?}");
        assert_eq!(asked(&server).len(), 1, "{location}");
    }
}

#[tokio::test]
async fn nothing_of_one_hop_goes_to_the_next() {
    let cookies = "Set-Cookie: session=1\r\nSet-Cookie: id=2; Domain=v.example\r\n";
    let first = answer("302 Found", &format!("{cookies}Location: /next\r\n"), b"");
    let server = Server::start(Script::ByPath(vec![
        ("/short/v.example/CODE/?from=app".to_owned(), first),
        ("/short/v.example/next".to_owned(), redirect("https://www.example/")),
    ]))
    .await;

    follow(&server, LINK).await.unwrap();

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(request.starts_with("GET "), "{request}");
        for name in ["cookie", "referer", "authorization", "content-length"] {
            assert_eq!(header(&request, name), None, "{name}");
        }
    }
}

#[tokio::test]
async fn no_body_is_waited_for() {
    // The rest of ten gigabytes never comes.
    let head = |status: &str, more: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Length: 10000000000\r\n{more}\r\n<html>").into_bytes()
    };
    let redirect = head("302 Found", "Location: https://www.example/video/1\r\n");
    for (reply, end) in [
        (redirect, "https://www.example/video/1"),
        (head("200 OK", ""), "https://v.example/CODE/?from=app"),
    ] {
        let server = Server::start(Script::ReplyThenSilence(reply)).await;
        assert_eq!(follow(&server, LINK).await.unwrap(), end);
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_waited_for_six_seconds() {
    let server = Server::start(Script::ReadThenSilence).await;
    let start = tokio::time::Instant::now();
    let end = follow(&server, LINK).await;
    assert!(end.as_ref().is_err_and(FollowError::is_passing), "{end:?}");
    assert_eq!(start.elapsed().as_secs(), 6);
}

#[tokio::test]
async fn a_host_that_has_no_such_link_says_so() {
    for (status, passing) in [(404, false), (410, false), (429, true), (502, true)] {
        let reply = answer(&format!("{status} X"), "", b"<html>");
        let server = Server::start(Script::Reply(reply)).await;
        let end = follow(&server, LINK).await;
        assert!(end.as_ref().is_err_and(|error| error.is_passing() == passing), "{end:?}");
    }
    let server = Server::start(Script::ReadThenReset).await;
    let end = follow(&server, LINK).await;
    assert!(end.as_ref().is_err_and(FollowError::is_passing), "{end:?}");
}
