//! Public fetches, within the sandbox's reach. What the internet's reach refuses is tested beside
//! the code, where names can be looked up by hand.

use super::*;
use shiwen_http::FetchError;

fn sandbox() -> Sender {
    Sender::new(Config {
        proxy: Proxy::None,
        proxies: BTreeMap::new(),
        user_agent: "Shiwen/test".into(),
        reach: Reach::ThisMachine,
        short_links: None,
    })
}

async fn redirecting_to(location: &str) -> Server {
    let reply = answer("302 Found", &format!("Location: {location}\r\n"), b"");
    Server::start(Script::Reply(reply)).await
}

#[tokio::test]
async fn a_cover_comes_with_its_type() {
    let reply = answer("200 OK", "Content-Type: image/png\r\n", b"\x89PNG");
    let server = Server::start(Script::Reply(reply)).await;

    let fetched = sandbox().fetch_public(&server.url("/cover.png?sign=1"), 4).await.unwrap();

    assert_eq!(fetched.body, b"\x89PNG");
    assert_eq!(fetched.content_type.as_deref(), Some("image/png"));
    let seen = server.requests().remove(0);
    assert!(seen.starts_with("GET /cover.png?sign=1 HTTP/1.1\r\n"), "{seen}");
}

#[tokio::test]
async fn three_redirects_are_followed_and_a_fourth_is_not() {
    let mut next = Server::start(Script::Reply(answer("200 OK", "", b"here"))).await;
    for redirects in 1..=4 {
        next = redirecting_to(next.url("/next").as_str()).await;
        let outcome = sandbox().fetch_public(&next.url("/"), 100).await;
        match outcome {
            Ok(fetched) if redirects <= 3 => assert_eq!(fetched.body, b"here"),
            Err(FetchError::Redirects) if redirects == 4 => {}
            other => panic!("{redirects}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_redirect_that_leaves_the_reach_is_refused() {
    for location in ["https://cdn.example/a.jpg", "http://10.0.0.1/", "file:///etc/passwd"] {
        let server = redirecting_to(location).await;
        let outcome = sandbox().fetch_public(&server.url("/"), 100).await;
        assert!(matches!(outcome, Err(FetchError::NotAllowed)), "{location}: {outcome:?}");
    }
}

#[tokio::test]
async fn what_is_too_long_or_not_there_is_said() {
    let long = Server::start(Script::Reply(answer("200 OK", "", &[0; 101]))).await;
    let outcome = sandbox().fetch_public(&long.url("/"), 100).await;
    assert!(matches!(outcome, Err(FetchError::TooLarge)), "{outcome:?}");

    let gone = Server::start(Script::Reply(answer("403 Forbidden", "", b"expired"))).await;
    let outcome = sandbox().fetch_public(&gone.url("/"), 100).await;
    assert!(matches!(outcome, Err(FetchError::Status(403))), "{outcome:?}");

    let dead = Url::parse(&format!("http://{}/", server::dead_address().await)).unwrap();
    let outcome = sandbox().fetch_public(&dead, 100).await;
    assert!(matches!(outcome, Err(FetchError::Send(_))), "{outcome:?}");
}
