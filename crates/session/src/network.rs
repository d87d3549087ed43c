//! The ways to the providers: which proxy is for whom, and whether a way leads there.

use std::collections::BTreeMap;

use shiwen_core::{NetworkTest, ProviderId};
use shiwen_engine::EngineError;
use shiwen_http::Proxy;
use url::Url;

use crate::{Session, Settings, settings::is_sound};

/// Why no way was tried.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error("the proxy is no address")]
    NoProxy,
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Session {
    /// Whatever is sent from now on goes as these settings say. Calls that are out keep their way: to end one would
    /// leave open whether it was taken.
    pub fn change_proxies(&self, settings: &Settings) {
        self.sender.set_proxies(proxy(&settings.proxy), proxies(settings));
        self.engine.nudge();
    }

    /// Looks whether a provider's host answers, without a key and without spending anything; by the proxy setting that
    /// is given, else by the one in force.
    ///
    /// # Errors
    /// When the setting is none, and when nobody has said where the provider is.
    pub async fn test_network(
        &self,
        provider: ProviderId,
        setting: Option<&str>,
    ) -> Result<NetworkTest, NetworkError> {
        let proxy = match setting {
            Some(setting) if !is_sound(setting) => return Err(NetworkError::NoProxy),
            Some(setting) => proxy(setting),
            None => self.sender.proxy_of(provider),
        };
        let address = self.engine.address(provider)?;
        let probed = self.sender.probe(&address, &proxy).await;
        let took_ms = u32::try_from(probed.took.as_millis()).unwrap_or(u32::MAX);
        tracing::info!(%provider, reached = %probed.reached, ms = took_ms, "the network was tested");
        Ok(NetworkTest {
            provider,
            host: address.host_str().unwrap_or_default().to_owned(),
            reached: probed.reached,
            took_ms,
            proxy: probed.proxy,
        })
    }
}

/// A proxy setting as the sender takes it.
pub(crate) fn proxy(setting: &str) -> Proxy {
    match setting {
        "system" => Proxy::System,
        "none" => Proxy::None,
        // What cannot be read as an address was refused when it was saved.
        url => Url::parse(url).map_or(Proxy::System, Proxy::Custom),
    }
}

pub(crate) fn proxies(settings: &Settings) -> BTreeMap<ProviderId, Proxy> {
    settings.proxies.iter().map(|(id, setting)| (*id, proxy(setting))).collect()
}

/// What kind of way a proxy setting is, without its address: `system`, `none`, or the scheme.
pub fn kind_of_proxy(setting: &str) -> &str {
    match setting {
        "system" | "none" => setting,
        url => url.split_once("://").map_or("system", |(scheme, _)| scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_s_own_way_is_read_as_the_general_one_is() {
        let settings = Settings {
            proxies: BTreeMap::from([
                (ProviderId::Coze, "none".to_owned()),
                (ProviderId::RawUgc, "socks5h://me:pw@127.0.0.1:1080".to_owned()),
            ]),
            ..Settings::default()
        };
        let proxies = proxies(&settings);
        assert_eq!(proxies[&ProviderId::Coze], Proxy::None);
        let own = &proxies[&ProviderId::RawUgc];
        assert_eq!(format!("{own:?}"), "Custom(socks5h://127.0.0.1:1080)");
        assert!(!proxies.contains_key(&ProviderId::Momoget));
    }

    #[test]
    fn the_kind_of_a_proxy_says_nothing_of_its_address() {
        for (setting, kind) in [
            ("system", "system"),
            ("none", "none"),
            ("http://me:pw@proxy.example:7890", "http"),
            ("socks5h://127.0.0.1:1080", "socks5h"),
        ] {
            assert_eq!(kind_of_proxy(setting), kind);
        }
    }
}
