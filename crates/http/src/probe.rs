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
    pub fn proxy_of(&self, provider: ProviderId) -> &Proxy {
        self.clients.proxy(Some(provider))
    }

    /// Asks the host of `url` for its first page by HEAD: no key, no cookie, no redirect, eight seconds at most. Any
    /// answer will do.
    pub async fn probe(&self, url: &Url, proxy: &Proxy) -> Probed {
        let start = Instant::now();
        let here = is_loopback(url);
        let outcome = self.look(url, here, proxy).await;
        let reached = match &outcome {
            Ok(()) => Reached::Answered,
            Err(error) => reached(error, !here && matches!(proxy, Proxy::Custom(_))),
        };
        Probed { reached, took: start.elapsed(), proxy: in_between(url, here, proxy) }
    }

    async fn look(&self, url: &Url, here: bool, proxy: &Proxy) -> Result<(), SendError> {
        check(url, here, self.clients.config().reach)?;
        let mut url = url.clone();
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        let builder = self.clients.builder().connect_timeout(CONNECTING).timeout(PATIENCE);
        let failed = |err: reqwest::Error| {
            // What is not connected yet counts as not sent; a HEAD has no body that could tell more.
            let proxied = matches!(proxy, Proxy::Custom(_));
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
