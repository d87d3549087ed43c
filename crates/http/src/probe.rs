//! A look at a host without a key: how far the way to it leads, and which step breaks.

use std::time::{Duration, Instant};

use shiwen_core::{ProviderId, Reached};
use url::Url;

use crate::{
    Cause, Proxy, SendError, Sender, address::is_loopback, classify, clients::leaving,
    sender::check,
};

const PATIENCE: Duration = Duration::from_secs(8);
/// Looking the name up, connecting and the handshake; what comes later had time to answer.
const CONNECTING: Duration = Duration::from_secs(5);

/// What a look at a host found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    pub reached: Reached,
    pub took: Duration,
    /// The address of the proxy that was used, without user name and password; none for a direct way.
    pub proxy: Option<String>,
}

impl Sender {
    /// The proxy setting that holds for a provider's calls.
    pub fn proxy_of(&self, provider: ProviderId) -> Proxy {
        self.clients.proxy(Some(provider))
    }

    /// Asks the host of `url` for its first page by HEAD: no key, no cookie, no redirect, eight seconds at most. Any
    /// answer will do.
    pub async fn probe(&self, url: &Url, proxy: &Proxy) -> Probed {
        self.probe_within(url, proxy, CONNECTING, PATIENCE).await
    }

    async fn probe_within(
        &self,
        url: &Url,
        proxy: &Proxy,
        connecting: Duration,
        patience: Duration,
    ) -> Probed {
        let start = Instant::now();
        let here = is_loopback(url);
        let outcome = self.look(url, here, proxy, (connecting, patience)).await;
        let reached = match &outcome {
            Ok(()) => Reached::Answered,
            Err(error) => reached(error, !here && matches!(proxy, Proxy::Custom(_))),
        };
        Probed { reached, took: start.elapsed(), proxy: in_between(url, here, proxy) }
    }

    async fn look(
        &self,
        url: &Url,
        here: bool,
        proxy: &Proxy,
        (connecting, patience): (Duration, Duration),
    ) -> Result<(), SendError> {
        check(url, here, self.clients.reach())?;
        let mut url = url.clone();
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        let builder = self.clients.builder().connect_timeout(connecting).timeout(patience);
        let failed = |err: reqwest::Error| {
            // What is not connected yet counts as not sent; a HEAD has no body that could tell more.
            let proxied = !here && matches!(proxy, Proxy::Custom(_));
            classify::failed_to_send(err, false, proxied, &[])
        };
        let client = leaving(builder, (!here).then_some(proxy)).and_then(|b| b.build());
        client.map_err(failed)?.head(url).send().await.map(drop).map_err(failed)
    }
}

fn reached(error: &SendError, proxied: bool) -> Reached {
    match (error.cause(), error) {
        (Cause::Dns, _) => Reached::NoName,
        (Cause::Tls, _) => Reached::Certificate,
        (Cause::Proxy, _) => Reached::Proxy,
        (Cause::Timeout, SendError::NotSent { .. }) if proxied => Reached::Proxy,
        (Cause::Timeout, SendError::NotSent { .. })
        | (Cause::NoRoute | Cause::Connect | Cause::Invalid, _) => Reached::NoConnection,
        (Cause::Timeout | Cause::Broken | Cause::Garbled | Cause::TooLarge, _) => Reached::Silent,
    }
}

/// The proxy between this machine and a host.
fn in_between(url: &Url, here: bool, proxy: &Proxy) -> Option<String> {
    let plain = |scheme: &str, host: &str, port: Option<u16>| match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    };
    match proxy {
        _ if here => None,
        Proxy::None => None,
        Proxy::Custom(url) => {
            Some(plain(url.scheme(), url.host_str()?, url.port_or_known_default()))
        }
        Proxy::System => {
            let matcher = hyper_util::client::proxy::matcher::Matcher::from_system();
            let found = matcher.intercept(&url.as_str().parse().ok()?)?;
            let uri = found.uri();
            Some(plain(uri.scheme_str().unwrap_or("http"), uri.host()?, uri.port_u16()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::{Config, Reach};

    fn sender(reach: Reach) -> Sender {
        Sender::new(Config {
            proxy: Proxy::None,
            proxies: BTreeMap::new(),
            user_agent: "test".into(),
            reach,
            short_links: None,
        })
    }

    /// A server that says this to whoever asks, and what it was asked first.
    async fn server(answer: &'static str) -> (Url, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v1?key=1", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            if answer.is_empty() {
                std::future::pending::<()>().await;
            }
            String::from_utf8_lossy(&head[..read]).into_owned()
        });
        (Url::parse(&url).unwrap(), asked)
    }

    async fn probe(url: &Url, proxy: &Proxy) -> Probed {
        let soon = Duration::from_millis(300);
        sender(Reach::Internet).probe_within(url, proxy, soon, soon * 2).await
    }

    #[tokio::test]
    async fn any_answer_will_do_and_nothing_is_told_to_get_it() {
        let elsewhere = "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.invalid/\r\n\r\n";
        let (url, asked) = server(elsewhere).await;
        let found = probe(&url, &Proxy::None).await;
        assert_eq!((found.reached, found.proxy), (Reached::Answered, None));
        let asked = asked.await.unwrap().to_ascii_lowercase();
        assert!(asked.starts_with("head / http/1.1\r\n"), "{asked}");
        let names: Vec<_> =
            asked.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
        for name in ["authorization", "cookie", "referer", "x-api-key"] {
            assert!(!names.contains(&name), "{asked}");
        }
    }

    #[tokio::test]
    async fn the_step_that_breaks_is_told() {
        let (silent, _asked) = server("").await;
        let (garbled, _garbled) = server("220 mail.example ready\r\n").await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let dead = Url::parse(&dead).unwrap();
        let plain = Url::parse(&garbled.as_str().replace("http:", "https:")).unwrap();
        let nowhere = Url::parse("https://shiwen.invalid/").unwrap();
        let through = Proxy::Custom(dead.clone());
        for (url, proxy, reached) in [
            (&silent, &Proxy::None, Reached::Silent),
            (&plain, &Proxy::None, Reached::Certificate),
            (&dead, &Proxy::None, Reached::NoConnection),
            (&nowhere, &Proxy::None, Reached::NoName),
            (&nowhere, &through, Reached::Proxy),
            // Nothing is between this machine and itself.
            (&dead, &through, Reached::NoConnection),
        ] {
            assert_eq!(probe(url, proxy).await.reached, reached, "{url} {proxy:?}");
        }
        assert_eq!(
            probe(&nowhere, &through).await.proxy,
            Some(dead.as_str().trim_end_matches('/').to_owned())
        );
    }

    #[tokio::test]
    async fn the_sandbox_looks_at_nobody_else() {
        let url = Url::parse("https://service.example/").unwrap();
        let found = sender(Reach::ThisMachine).probe(&url, &Proxy::None).await;
        assert_eq!(found.reached, Reached::NoConnection);
        assert!(found.took < Duration::from_secs(1));
    }

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let url = Url::parse("https://service.example/").unwrap();
        let proxy = Proxy::Custom(Url::parse("socks5h://me:secret@127.0.0.1:1080").unwrap());
        assert_eq!(in_between(&url, false, &proxy).as_deref(), Some("socks5h://127.0.0.1:1080"));
        assert_eq!(in_between(&url, true, &proxy), None);
        assert_eq!(in_between(&url, false, &Proxy::None), None);
    }
}
