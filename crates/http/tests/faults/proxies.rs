//! Each provider's calls through its own proxy: two proxies of the tests' own that lead every name to one TLS server on
//! this machine. That server's certificate is trusted in a process of its own alone, whose environment says so.

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use shiwen_core::{ProviderId, Reached};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    },
};

use super::*;
use crate::server::dead_address;

const FOLDER: &str = "SHIWEN_HTTP_TEST_FOLDER";
const NAME: &str = "proxies::each_provider_s_calls_go_through_its_own_proxy";

/// What somebody was asked, in order.
type Asked = Arc<Mutex<Vec<String>>>;

fn taken(asked: &Asked) -> Vec<String> {
    std::mem::take(&mut asked.lock().unwrap())
}

/// Accepts for ever.
async fn accepting<F: Future<Output = ()> + Send + 'static>(
    play: impl Fn(TcpStream) -> F + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(play(stream));
        }
    });
    address
}

/// Up to the blank line that ends a head.
async fn head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

async fn join(mut near: TcpStream, far: SocketAddr) {
    let mut far = TcpStream::connect(far).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
}

/// A proxy that speaks HTTP, wants a login and leads everybody to `far`.
async fn http_proxy(far: SocketAddr) -> (Proxy, Asked) {
    let asked = Asked::default();
    let heard = asked.clone();
    let address = accepting(move |mut near| {
        let heard = heard.clone();
        async move {
            let head = head(&mut near).await;
            // `me:pw` in base64.
            assert_eq!(header(&head, "proxy-authorization"), Some("Basic bWU6cHc="));
            heard.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
            near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            join(near, far).await;
        }
    })
    .await;
    (Proxy::Custom(Url::parse(&format!("http://me:pw@{address}")).unwrap()), asked)
}

/// A proxy that speaks SOCKS 5, looks names up itself and leads everybody to `far`.
async fn socks_proxy(far: SocketAddr) -> (Proxy, Asked) {
    let asked = Asked::default();
    let heard = asked.clone();
    let address = accepting(move |mut near| {
        let heard = heard.clone();
        async move {
            assert_eq!(near.read_u8().await.unwrap(), 5);
            let methods = near.read_u8().await.unwrap();
            near.read_exact(&mut vec![0; methods.into()]).await.unwrap();
            near.write_all(&[5, 0]).await.unwrap();
            let mut wish = [0; 4];
            near.read_exact(&mut wish).await.unwrap();
            assert_eq!(wish, [5, 1, 0, 3], "connect to a name");
            let mut name = vec![0; near.read_u8().await.unwrap().into()];
            near.read_exact(&mut name).await.unwrap();
            let port = near.read_u16().await.unwrap();
            let wanted = format!("{}:{port}", String::from_utf8(name).unwrap());
            heard.lock().unwrap().push(wanted);
            near.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            join(near, far).await;
        }
    })
    .await;
    (Proxy::Custom(Url::parse(&format!("socks5h://{address}")).unwrap()), asked)
}

/// A service behind TLS, and the first lines of what it was asked.
async fn service(folder: &Path) -> (SocketAddr, Asked) {
    let certificate = CertificateDer::from(fs::read(folder.join("certificate.der")).unwrap());
    let key = PrivatePkcs8KeyDer::from(fs::read(folder.join("key.der")).unwrap());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let asked = Asked::default();
    let heard = asked.clone();
    let address = accepting(move |stream| {
        let (acceptor, heard) = (acceptor.clone(), heard.clone());
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let head = head(&mut stream).await;
            heard.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
            let mut body =
                vec![0; header(&head, "content-length").map_or(0, |n| n.parse().unwrap())];
            stream.read_exact(&mut body).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            let _ = stream.shutdown().await;
        }
    })
    .await;
    (address, asked)
}

fn of(provider: ProviderId, url: &str, purpose: Purpose) -> Request {
    Request { provider: Some(provider), ..request(Url::parse(url).unwrap(), purpose) }
}

async fn play(folder: &Path) {
    let (far, served) = service(folder).await;
    let (by_http, asked_http) = http_proxy(far).await;
    let (by_socks, asked_socks) = socks_proxy(far).await;
    let dead = Url::parse(&format!("http://{}", dead_address().await)).unwrap();
    let sender = Sender::new(Config {
        proxy: Proxy::Custom(dead),
        proxies: BTreeMap::from([
            (ProviderId::Coze, by_http.clone()),
            (ProviderId::RawUgc, by_socks.clone()),
            (ProviderId::Jimeng, Proxy::None),
        ]),
        user_agent: "Shiwen/test".into(),
        reach: Reach::Internet,
        short_links: None,
    });
    for purpose in [Purpose::Spend, Purpose::Read] {
        let coze = of(ProviderId::Coze, "https://coze.example/create", purpose);
        let rawugc = of(ProviderId::RawUgc, "https://rawugc.example/create", purpose);
        assert_eq!(Outcome::of(&send(&sender, &coze).await), Outcome::Answer(200));
        assert_eq!(taken(&asked_http), ["CONNECT coze.example:443 HTTP/1.1"]);
        assert_eq!(taken(&asked_socks), [] as [&str; 0]);
        assert_eq!(Outcome::of(&send(&sender, &rawugc).await), Outcome::Answer(200));
        assert_eq!(taken(&asked_http), [] as [&str; 0]);
        assert_eq!(taken(&asked_socks), ["rawugc.example:443"]);
        let line = format!("POST /create?key={CANARY} HTTP/1.1");
        assert_eq!(taken(&served), [line.clone(), line]);
    }
    // Whoever has none goes by the general one, and who wants none goes by none.
    let momoget = of(ProviderId::Momoget, "https://coze.example/", Purpose::Spend);
    assert_eq!(Outcome::of(&send(&sender, &momoget).await), Outcome::NotSent(Cause::Proxy));
    let jimeng = of(ProviderId::Jimeng, "https://shiwen.invalid/", Purpose::Spend);
    assert_eq!(Outcome::of(&send(&sender, &jimeng).await), Outcome::NotSent(Cause::Dns));
    // This machine is reached past every proxy.
    let here = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
    let local = of(ProviderId::Coze, here.url("/").as_str(), Purpose::Spend);
    assert_eq!(Outcome::of(&send(&sender, &local).await), Outcome::Answer(200));
    assert_eq!((taken(&asked_http).len(), taken(&asked_socks).len()), (0, 0));

    let url = Url::parse("https://coze.example/v1/workflow").unwrap();
    let found = sender.probe(&url, &sender.proxy_of(ProviderId::Coze)).await;
    assert_eq!(found.reached, Reached::Answered);
    assert!(found.proxy.is_some_and(|proxy| proxy.starts_with("http://127.0.0.1:")));
    assert_eq!(taken(&served), ["HEAD / HTTP/1.1"]);
    // The same service under a name that is not in its certificate.
    let url = Url::parse("https://stranger.example/").unwrap();
    assert_eq!(sender.probe(&url, &by_socks).await.reached, Reached::Certificate);

    // Another setting holds from the next call on.
    let _before = (taken(&asked_http), taken(&asked_socks));
    sender.set_proxies(by_http.clone(), BTreeMap::from([(ProviderId::Coze, by_socks.clone())]));
    assert_eq!(sender.proxy_of(ProviderId::Momoget), by_http);
    for purpose in [Purpose::Spend, Purpose::Read] {
        let coze = of(ProviderId::Coze, "https://coze.example/create", purpose);
        assert_eq!(Outcome::of(&send(&sender, &coze).await), Outcome::Answer(200));
    }
    assert_eq!(taken(&asked_http), [] as [&str; 0]);
    assert_eq!(taken(&asked_socks), ["coze.example:443", "coze.example:443"]);
}

/// A certificate for the services' names that is its own authority.
fn certify(folder: &Path) {
    let names = ["coze.example".to_owned(), "rawugc.example".to_owned()];
    let own = rcgen::generate_simple_self_signed(names).unwrap();
    fs::write(folder.join("certificate.der"), own.cert.der()).unwrap();
    fs::write(folder.join("certificate.pem"), own.cert.pem()).unwrap();
    fs::write(folder.join("key.der"), own.signing_key.serialize_der()).unwrap();
}

#[tokio::test]
async fn each_provider_s_calls_go_through_its_own_proxy() {
    if let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) {
        return play(&folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let played = Command::new(env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(FOLDER, folder.path())
        .env("SSL_CERT_FILE", folder.path().join("certificate.pem"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&played.stdout);
    assert!(
        played.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&played.stderr)
    );
}
