//! The reqwest clients, one per kind of trust and way to the network, each built when first needed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError, RwLock},
    time::Duration,
};

use shiwen_core::ProviderId;
use url::Url;

use crate::{
    SendError,
    address::{Lookup, LoopbackResolver, ScreeningResolver},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A download that stays silent for this long is given up.
const SILENCE: Duration = Duration::from_secs(20);

/// How the sender reaches the world.
#[derive(Debug, Clone)]
pub struct Config {
    pub proxy: Proxy,
    /// For the calls of single providers, where theirs differs. Public addresses always go by `proxy`.
    pub proxies: BTreeMap<ProviderId, Proxy>,
    pub user_agent: String,
    pub reach: Reach,
    /// Where the hosts of short links are played: `https://HOST/PATH` is asked for at `BASE/HOST/PATH`. Must be on
    /// this machine; none asks the hosts themselves.
    pub short_links: Option<Url>,
}

/// Addresses on this machine never go through a proxy, whatever is set here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// What the environment or the operating system says.
    System,
    None,
    /// `http`, `https`, `socks5` or `socks5h`; may hold a user name and password, so it never prints.
    Custom(Url),
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::None => f.write_str("None"),
            Self::Custom(url) => write!(
                f,
                "Custom({}://{}:{})",
                url.scheme(),
                url.host_str().unwrap_or_default(),
                url.port_or_known_default().unwrap_or_default()
            ),
        }
    }
}

/// How far a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Other hosts by https, this machine by http too. Public fetches never enter a private network.
    Internet,
    /// Nothing leaves this machine: the sandbox.
    ThisMachine,
}

/// What a client is trusted with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Use {
    /// Calls that cost money.
    Spend,
    /// Calls that carry a credential and cost nothing.
    Read,
    /// Addresses that somebody else named: never a credential.
    Public,
    /// The same for whole files, whose bytes are taken as they come: nothing is unpacked.
    Download,
}

/// How a client leaves; none for addresses on this machine.
type Way = Option<Proxy>;

/// What may change while calls are out.
struct Ways {
    general: Proxy,
    own: BTreeMap<ProviderId, Proxy>,
}

/// Building a client reads the system's certificates, which is too slow for the start. Providers with the same way share
/// their clients.
pub(crate) struct Clients {
    config: Config,
    ways: RwLock<Ways>,
    pub(crate) screening: ScreeningResolver,
    pub(crate) silence: Duration,
    built: Mutex<HashMap<(Use, Way), reqwest::Client>>,
}

impl Clients {
    pub(crate) fn new(mut config: Config, lookup: Lookup) -> Self {
        let own = std::mem::take(&mut config.proxies);
        let ways = Ways { general: config.proxy.clone(), own };
        Self {
            config,
            ways: RwLock::new(ways),
            screening: ScreeningResolver::new(lookup),
            silence: SILENCE,
            built: Mutex::default(),
        }
    }

    pub(crate) fn reach(&self) -> Reach {
        self.config.reach
    }

    pub(crate) fn short_links(&self) -> Option<&Url> {
        self.config.short_links.as_ref()
    }

    /// The proxy setting that holds for a provider's calls; without one for everything else.
    pub(crate) fn proxy(&self, provider: Option<ProviderId>) -> Proxy {
        let ways = self.ways.read().unwrap_or_else(PoisonError::into_inner);
        provider.and_then(|id| ways.own.get(&id)).unwrap_or(&ways.general).clone()
    }

    /// Calls that are out keep their way.
    pub(crate) fn set_proxies(&self, general: Proxy, own: BTreeMap<ProviderId, Proxy>) {
        *self.ways.write().unwrap_or_else(PoisonError::into_inner) = Ways { general, own };
        // Their connections would stay open, and may lead out of a network that the machine has left.
        self.built.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The client for a use and a way.
    pub(crate) fn get(&self, purpose: Use, way: Way) -> Result<reqwest::Client, SendError> {
        let key = (purpose, way);
        let built = || self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = built().get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(purpose, key.1.as_ref()).map_err(|err| {
            SendError::not_allowed(crate::classify::detail(&err.without_url(), &[]))
        })?;
        // Two first calls at once build two clients, of which one stays.
        Ok(built().entry(key).or_insert(client).clone())
    }

    fn build(&self, purpose: Use, way: Option<&Proxy>) -> Result<reqwest::Client, reqwest::Error> {
        let builder = leaving(self.builder().connect_timeout(CONNECT_TIMEOUT), way)?;
        match purpose {
            // A connection that was used before may be closing while we send, which looks just like
            // a service that took the order and went silent. A fresh one per call cannot.
            Use::Spend => {
                builder.http1_only().retry(reqwest::retry::never()).pool_max_idle_per_host(0)
            }
            Use::Read => builder,
            Use::Public | Use::Download => {
                let builder = builder.read_timeout(self.silence);
                let builder = if purpose == Use::Download { builder.no_gzip() } else { builder };
                match way {
                    None => builder,
                    Some(_) => builder.dns_resolver(self.screening.clone()),
                }
            }
        }
        .build()
    }

    /// A client that follows no redirect and tells nobody where it comes from.
    pub(crate) fn builder(&self) -> reqwest::ClientBuilder {
        // Fails only where one is set already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .user_agent(&self.config.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
    }
}

pub(crate) fn leaving(
    builder: reqwest::ClientBuilder,
    way: Option<&Proxy>,
) -> Result<reqwest::ClientBuilder, reqwest::Error> {
    Ok(match way {
        None => builder.no_proxy().dns_resolver(LoopbackResolver),
        Some(Proxy::System) => builder,
        Some(Proxy::None) => builder.no_proxy(),
        Some(Proxy::Custom(url)) => builder.proxy(reqwest::Proxy::all(url.clone())?),
    })
}
