//! Covers and media: addresses that a provider named, asked for without any credential.

use std::time::{Duration, Instant};

use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION},
};
use url::Url;

use crate::{
    Cause, Proxy, Reach, SendError, Sender,
    address::{NotPublic, is_loopback, is_private_literal},
    classify,
    clients::Use,
    sender::read_body,
};

const REDIRECTS: usize = 3;
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);

/// What a public address gave.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub body: Vec<u8>,
    /// As the host says it, e.g. `image/jpeg`. Text of a stranger: never to be trusted.
    pub content_type: Option<String>,
}

/// Why a public address gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FetchError {
    /// Not a web address, or one that leads into a private network.
    #[error("the address is not allowed")]
    NotAllowed,
    #[error("redirected too often")]
    Redirects,
    /// Answered, but not with success. Signed addresses that ran out answer 403.
    #[error("answered with status {0}")]
    Status(u16),
    /// Longer than the caller's cap.
    #[error("longer than allowed")]
    TooLarge,
    #[error(transparent)]
    Send(SendError),
}

/// How a public address is asked for.
pub(crate) struct Ask {
    pub(crate) purpose: Use,
    pub(crate) headers: HeaderMap,
    /// Of the whole exchange, its body included.
    pub(crate) timeout: Option<Duration>,
}

impl Sender {
    /// Fetches up to `cap` bytes. An `http` address is asked for by https; at most three redirects
    /// are followed, each checked anew; nothing in a private network is asked.
    pub async fn fetch_public(&self, url: &Url, cap: usize) -> Result<Fetched, FetchError> {
        let ask =
            Ask { purpose: Use::Public, headers: HeaderMap::new(), timeout: Some(TOTAL_TIMEOUT) };
        let answer = self.get_followed(url, &ask).await?;
        if !answer.status().is_success() {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        let content_type = answer
            .headers()
            .get(CONTENT_TYPE)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let body = read_body(answer, cap, &[]).await.map_err(|err| match err.cause() {
            Cause::TooLarge => FetchError::TooLarge,
            _ => FetchError::Send(err),
        })?;
        Ok(Fetched { body, content_type })
    }

    /// Asks for an address and for what it redirects to, each checked anew. The answer may have any status.
    pub(crate) async fn get_followed(
        &self,
        url: &Url,
        ask: &Ask,
    ) -> Result<reqwest::Response, FetchError> {
        let deadline = ask.timeout.map(|timeout| Instant::now() + timeout);
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let here = self.allow(&mut url)?;
            let timeout =
                deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let hop = Ask { timeout, headers: ask.headers.clone(), ..*ask };
            let answer = self.get_public(url.clone(), here, hop).await?;
            match redirect(&answer, &url) {
                Some(next) => url = next?,
                None => return Ok(answer),
            }
        }
        Err(FetchError::Redirects)
    }

    /// Asks for an address that was allowed before; `here` means on this machine.
    pub(crate) async fn get_public(
        &self,
        url: Url,
        here: bool,
        ask: Ask,
    ) -> Result<reqwest::Response, FetchError> {
        let proxy = self.clients.proxy(None);
        let way = (!here).then(|| proxy.clone());
        let client = self.clients.get(ask.purpose, way).map_err(FetchError::Send)?;
        let mut request = client.get(url).headers(ask.headers);
        if let Some(timeout) = ask.timeout {
            request = request.timeout(timeout);
        }
        request.send().await.map_err(|err| {
            if classify::contains::<NotPublic>(&err) {
                return FetchError::NotAllowed;
            }
            let proxied = matches!(proxy, Proxy::Custom(_));
            FetchError::Send(classify::failed_to_send(err, false, proxied, &[]))
        })
    }

    /// Checks an address and makes it https; answers whether it is on this machine.
    fn allow(&self, url: &mut Url) -> Result<bool, FetchError> {
        match self.clients.reach() {
            Reach::ThisMachine if is_web(url) && is_loopback(url) => Ok(true),
            Reach::ThisMachine => Err(FetchError::NotAllowed),
            Reach::Internet => {
                make_public(url)?;
                self.clients.screening.screen(url.host_str().ok_or(FetchError::NotAllowed)?);
                Ok(false)
            }
        }
    }
}

/// Whether this is a web address, and one without a user name or password.
fn is_web(url: &Url) -> bool {
    let with_user = !url.username().is_empty() || url.password().is_some();
    matches!(url.scheme(), "http" | "https") && !with_user
}

/// Makes an address of the open internet https.
///
/// # Errors
/// [`FetchError::NotAllowed`] when it leads anywhere else.
pub(crate) fn make_public(url: &mut Url) -> Result<(), FetchError> {
    let elsewhere = is_loopback(url) || is_private_literal(url);
    if !is_web(url) || elsewhere {
        return Err(FetchError::NotAllowed);
    }
    if url.scheme() == "http" && (url.port().is_some() || url.set_scheme("https").is_err()) {
        return Err(FetchError::NotAllowed);
    }
    Ok(())
}

/// Where a redirect leads, if the answer is one.
pub(crate) fn redirect(answer: &reqwest::Response, from: &Url) -> Option<Result<Url, FetchError>> {
    let redirected = matches!(
        answer.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let to = answer.headers().get(LOCATION).filter(|_| redirected)?;
    // Some hosts write letters beyond ASCII as they are.
    let to = std::str::from_utf8(to.as_bytes()).ok().and_then(|to| from.join(to).ok());
    Some(to.ok_or(FetchError::NotAllowed))
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::{Config, address::Lookup};

    fn config() -> Config {
        Config {
            proxy: Proxy::None,
            proxies: std::collections::BTreeMap::new(),
            user_agent: "test".into(),
            reach: Reach::Internet,
            short_links: None,
        }
    }

    #[tokio::test]
    async fn addresses_of_private_networks_are_not_asked() {
        let refused = [
            "https://127.0.0.1/a.jpg",
            "https://localhost/a.jpg",
            "https://192.168.1.1/a.jpg",
            "http://169.254.169.254/latest/meta-data",
            "https://[::1]/a.jpg",
            "https://[::ffff:10.0.0.1]/a.jpg",
            "https://user:pass@cdn.example/a.jpg",
            "http://cdn.example:8080/a.jpg",
            "file:///etc/passwd",
            "data:text/plain,hello",
        ];
        let sender = Sender::new(config());
        for url in refused {
            let outcome = sender.fetch_public(&Url::parse(url).unwrap(), 100).await;
            assert!(matches!(outcome, Err(FetchError::NotAllowed)), "{url}: {outcome:?}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_not_connected_to() {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let lookups = Arc::new(AtomicUsize::new(0));
        let count = lookups.clone();
        let lookup: Lookup = Arc::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Box::pin(std::future::ready(Ok(vec![address])))
        });
        let sender = Sender::with_lookup(config(), lookup);
        let url = Url::parse(&format!("https://cdn.example:{}/a.jpg", address.port())).unwrap();

        let outcome = sender.fetch_public(&url, 100).await;

        assert!(matches!(outcome, Err(FetchError::NotAllowed)), "{outcome:?}");
        assert_eq!(lookups.load(Ordering::Relaxed), 1);
        let connected = tokio::time::timeout(Duration::from_millis(100), server.accept()).await;
        assert!(connected.is_err(), "no connection was made");
    }

    #[test]
    fn an_http_address_is_asked_for_by_https() {
        let sender = Sender::new(config());
        let mut url = Url::parse("http://cdn.example/a.jpg?x=1").unwrap();

        assert!(!sender.allow(&mut url).unwrap());

        assert_eq!(url.as_str(), "https://cdn.example/a.jpg?x=1");
    }
}
