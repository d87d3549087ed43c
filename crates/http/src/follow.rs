//! Short links: where they lead, learned from their redirects alone.

use std::time::Duration;

use reqwest::header::HeaderMap;
use url::Url;

use crate::{
    FetchError, Reach, Sender,
    address::is_loopback,
    clients::Use,
    fetch::{Ask, make_public, redirect},
};

/// Addresses that are asked at most.
const HOPS: usize = 5;
/// For all hops together.
const PATIENCE: Duration = Duration::from_secs(6);

/// What the caller makes of an address that a redirect names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask this one too.
    Onward,
    /// It says enough by itself, and is not asked.
    Arrived,
    /// Not ours to ask.
    Foreign,
}

/// Why nothing is known about where a short link leads.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FollowError {
    /// It leads to a site that the caller does not want asked.
    #[error("leads to a foreign site")]
    Foreign,
    #[error("took too long")]
    Timeout,
    #[error(transparent)]
    Failed(#[from] FetchError),
}

impl FollowError {
    /// Whether the same link may lead somewhere another time: the trouble lay on the way, or in the host's mood.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Timeout | Self::Failed(FetchError::Send(_)) => true,
            Self::Failed(FetchError::Status(status)) => {
                matches!(status, 408 | 425 | 429 | 500..=599)
            }
            Self::Foreign | Self::Failed(_) => false,
        }
    }
}

impl Sender {
    /// Where a short link leads: the first address of its redirects that `judge` takes for an end, or the one that
    /// redirects no further. Its promises, in the order things fail:
    ///
    /// 1. every address is public, has no port of its own and is asked for by https; one that is not ends it;
    /// 2. after the link itself only what `judge` wants asked is asked, five addresses at most and none twice;
    /// 3. nothing but the address is sent: no cookie that an earlier hop set, no referrer, no credential;
    /// 4. no body is read;
    /// 5. it ends within six seconds, whatever the hosts do.
    ///
    /// # Errors
    /// Why it ended without an address.
    pub async fn follow_short(
        &self,
        url: &Url,
        judge: impl Fn(&Url) -> Step + Send,
    ) -> Result<Url, FollowError> {
        let end = tokio::time::timeout(PATIENCE, self.hop(url.clone(), judge)).await;
        let end = end.unwrap_or(Err(FollowError::Timeout));
        if let Err(error) = &end {
            // The host says enough: what stands behind it is the user's.
            tracing::debug!(host = url.host_str(), %error, "a short link led nowhere");
        }
        end
    }

    async fn hop(
        &self,
        mut url: Url,
        judge: impl Fn(&Url) -> Step + Send,
    ) -> Result<Url, FollowError> {
        let mut asked = Vec::with_capacity(HOPS);
        prepare(&mut url)?;
        while asked.len() < HOPS && !asked.contains(&url) {
            let answer = self.ask_hop(&url).await?;
            let Some(next) = redirect(&answer, &url) else {
                let status = answer.status();
                return match status.is_success() {
                    true => Ok(url),
                    false => Err(FetchError::Status(status.as_u16()).into()),
                };
            };
            let mut next = next?;
            prepare(&mut next)?;
            match judge(&next) {
                Step::Arrived => return Ok(next),
                Step::Foreign => return Err(FollowError::Foreign),
                Step::Onward => asked.push(std::mem::replace(&mut url, next)),
            }
        }
        Err(FetchError::Redirects.into())
    }

    async fn ask_hop(&self, url: &Url) -> Result<reqwest::Response, FetchError> {
        let (url, here) = match (self.clients.short_links(), self.clients.reach()) {
            (Some(base), _) if is_loopback(base) => (played(base, url), true),
            (None, Reach::Internet) => {
                self.clients.screening.screen(url.host_str().ok_or(FetchError::NotAllowed)?);
                (url.clone(), false)
            }
            _ => return Err(FetchError::NotAllowed),
        };
        let ask = Ask { purpose: Use::Public, headers: HeaderMap::new(), timeout: Some(PATIENCE) };
        self.get_public(url, here, ask).await
    }
}

fn prepare(url: &mut Url) -> Result<(), FetchError> {
    make_public(url)?;
    // No short-link host uses one; a port is how a link would reach another service of a host.
    if url.port().is_some() {
        return Err(FetchError::NotAllowed);
    }
    // It is never sent, so two addresses that differ in it are one.
    url.set_fragment(None);
    Ok(())
}

/// The address at which a host is played.
fn played(base: &Url, url: &Url) -> Url {
    let mut at = base.clone();
    let host = url.host_str().unwrap_or_default();
    at.set_path(&format!("{}/{host}{}", base.path().trim_end_matches('/'), url.path()));
    at.set_query(url.query());
    at
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::{Config, Proxy, address::Lookup};

    fn config(reach: Reach) -> Config {
        Config {
            proxy: Proxy::None,
            proxies: std::collections::BTreeMap::new(),
            user_agent: "test".into(),
            reach,
            short_links: None,
        }
    }

    #[tokio::test]
    async fn a_short_link_into_a_private_network_is_not_asked() {
        let sender = Sender::new(config(Reach::Internet));
        for url in [
            "https://127.0.0.1/x",
            "https://localhost/x",
            "http://10.0.0.1/x",
            "https://[fe80::1]/x",
            "https://v.example:8443/x",
            "https://user@v.example/x",
            "snssdk1128://aweme/detail/1",
        ] {
            let end = sender.follow_short(&Url::parse(url).unwrap(), |_| Step::Onward).await;
            let refused = matches!(end, Err(FollowError::Failed(FetchError::NotAllowed)));
            assert!(refused, "{url}: {end:?}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_not_connected_to() {
        let lookups = Arc::new(AtomicUsize::new(0));
        let count = lookups.clone();
        let lookup: Lookup = Arc::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            let local = ([127, 0, 0, 1], 443).into();
            Box::pin(std::future::ready(Ok(vec![local])))
        });
        let sender = Sender::with_lookup(config(Reach::Internet), lookup);
        let url = Url::parse("https://v.example/x").unwrap();

        let end = sender.follow_short(&url, |_| Step::Onward).await;

        assert!(matches!(end, Err(FollowError::Failed(FetchError::NotAllowed))), "{end:?}");
        assert_eq!(lookups.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn the_sandbox_asks_no_host_that_it_does_not_play() {
        let url = Url::parse("https://v.example/x").unwrap();
        let elsewhere = Url::parse("https://played.example/short").unwrap();
        for short_links in [None, Some(elsewhere)] {
            let sender = Sender::new(Config { short_links, ..config(Reach::ThisMachine) });
            let end = sender.follow_short(&url, |_| Step::Onward).await;
            assert!(matches!(end, Err(FollowError::Failed(FetchError::NotAllowed))), "{end:?}");
        }
    }

    #[test]
    fn a_played_host_keeps_path_and_query() {
        let base = Url::parse("http://127.0.0.1:9/short/").unwrap();
        let url = Url::parse("https://v.example/a/B-_%20c/?x=1&y=%3D").unwrap();
        let at = "http://127.0.0.1:9/short/v.example/a/B-_%20c/?x=1&y=%3D";
        assert_eq!(played(&base, &url).as_str(), at);
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        let status = |status| FollowError::Failed(FetchError::Status(status));
        for (error, passing) in [
            (FollowError::Timeout, true),
            (status(503), true),
            (status(429), true),
            (status(404), false),
            (FollowError::Foreign, false),
            (FetchError::Redirects.into(), false),
            (FetchError::NotAllowed.into(), false),
        ] {
            assert_eq!(error.is_passing(), passing, "{error:?}");
        }
    }
}
