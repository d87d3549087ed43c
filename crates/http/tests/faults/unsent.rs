//! Calls that provably never reached the service.

use std::{net::SocketAddr, sync::Arc};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer},
};

use super::*;
use crate::server::dead_address;

async fn check_unsent(name: &str, proxy: Proxy, url: &str, timeout: Duration, cause: Cause) {
    for purpose in [Purpose::Spend, Purpose::Read] {
        let request = Request { timeout, ..request(Url::parse(url).unwrap(), purpose) };

        let result = send(&sender(proxy.clone()), &request).await;

        assert_eq!(
            Outcome::of(&result),
            Outcome::NotSent(cause),
            "{name}, {purpose:?}: {result:?}"
        );
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_was_not_reached() {
    let refused = format!("http://{}/", dead_address().await);
    check_unsent("refused", Proxy::None, &refused, LATE, Cause::Connect).await;
    check_unsent("no such name", Proxy::None, "https://shiwen.invalid/", LATE, Cause::Dns).await;
}

/// A port whose queue of waiting connections is full: Linux then drops what else comes.
async fn full_port() -> (TcpListener, Vec<TcpStream>, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = tokio::time::timeout(SOON, TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    (listener, waiting, address)
}

#[tokio::test]
async fn running_out_of_time_while_connecting_is_not_sent() {
    let (_listener, _waiting, address) = full_port().await;
    let request = Request {
        timeout: SOON,
        ..request(Url::parse(&format!("http://{address}/")).unwrap(), Purpose::Spend)
    };
    let with_body = send(&sender(Proxy::None), &request).await;
    let without_body = send(&sender(Proxy::None), &Request { body: None, ..request }).await;

    assert_eq!(Outcome::of(&with_body), Outcome::NotSent(Cause::Timeout));
    // Nothing is known of a body that does not exist, so the careful word stays.
    assert_eq!(Outcome::of(&without_body), Outcome::Ambiguous(Cause::Timeout, None));
}

#[tokio::test]
async fn without_tls_nothing_is_sent() {
    let plain = Server::start(Script::Blurt("220 mail.example ready\r\n")).await;
    let url = format!("https://{}/", plain.address);
    check_unsent("plain text", Proxy::None, &url, LATE, Cause::Tls).await;

    let silent = Server::start(Script::ReadThenSilence).await;
    let request = Request {
        timeout: SOON,
        ..request(Url::parse(&format!("https://{}/", silent.address)).unwrap(), Purpose::Spend)
    };
    let result = send(&sender(Proxy::None), &request).await;
    assert_eq!(Outcome::of(&result), Outcome::NotSent(Cause::Timeout));
    assert_eq!(silent.requests().len(), 0);
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let serving = tokio::spawn(async move {
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.unwrap();
            assert!(acceptor.accept(stream).await.is_err(), "the client leaves the handshake");
        }
    });

    check_unsent("self-signed", Proxy::None, &url, LATE, Cause::Tls).await;
    serving.await.unwrap();
}

#[tokio::test]
async fn a_proxy_that_refuses_was_the_end_of_the_way() {
    let proxy = |address: SocketAddr, scheme: &str| {
        Proxy::Custom(Url::parse(&format!("{scheme}://me:{CANARY}@{address}")).unwrap())
    };
    let target = "https://service.example/create";
    let refuses = Server::start(Script::ReplyThenClose(answer("502 Bad Gateway", "", b""))).await;
    check_unsent("502", proxy(refuses.address, "http"), target, LATE, Cause::Proxy).await;
    for connect in refuses.requests() {
        assert!(connect.starts_with("CONNECT service.example:443 HTTP/1.1\r\n"), "{connect}");
        assert_eq!(header(&connect, "x-api-key"), None);
        assert_eq!(header(&connect, "authorization"), None);
    }
    let wants_login =
        Server::start(Script::ReplyThenClose(answer("407 Proxy Auth", "", b""))).await;
    check_unsent("407", proxy(wants_login.address, "http"), target, LATE, Cause::Proxy).await;
    let dead = dead_address().await;
    for scheme in ["http", "socks5", "socks5h"] {
        check_unsent("dead", proxy(dead, scheme), target, LATE, Cause::Proxy).await;
    }
}

#[tokio::test]
async fn a_proxy_is_not_used_for_this_machine() {
    let server = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
    let dead = Url::parse(&format!("http://{}", dead_address().await)).unwrap();
    let mut url = server.url("/");
    for host in ["127.0.0.1", "localhost"] {
        url.set_host(Some(host)).unwrap();
        for purpose in [Purpose::Spend, Purpose::Read] {
            let request = request(url.clone(), purpose);
            let result = send(&sender(Proxy::Custom(dead.clone())), &request).await;
            assert_eq!(Outcome::of(&result), Outcome::Answer(200));
        }
    }
}

#[tokio::test]
async fn addresses_that_are_not_allowed_are_not_asked() {
    for url in [
        "http://service.example/create",
        "ftp://service.example/create",
        "http://192.168.1.10/create",
        "https://me:pw@service.example/create",
    ] {
        check_unsent(url, Proxy::None, url, LATE, Cause::Invalid).await;
    }
    let sandbox = Sender::new(Config {
        proxy: Proxy::None,
        proxies: BTreeMap::new(),
        user_agent: "test".into(),
        reach: Reach::ThisMachine,
        short_links: None,
    });
    let url = Url::parse("https://service.example/create").unwrap();
    let result = send(&sandbox, &request(url, Purpose::Read)).await;
    assert_eq!(Outcome::of(&result), Outcome::NotSent(Cause::Invalid));
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_is_said_without_the_key() {
    let server = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
    let key = Secret::new(format!("{CANARY}\r\nX-Injected: 1"));
    let request = Request {
        headers: vec![("X-API-Key", HeaderValue::Secret(key))],
        ..request(server.url("/"), Purpose::Spend)
    };

    let err = send(&sender(Proxy::None), &request).await.unwrap_err();

    assert_eq!(err.detail(), "the header X-API-Key cannot be sent");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_proxy_does_not_print_its_password() {
    let proxy = Proxy::Custom(Url::parse(&format!("http://me:{CANARY}@proxy.example")).unwrap());
    assert_eq!(format!("{proxy:?}"), "Custom(http://proxy.example:80)");
}
