//! The reqwest clients, one per kind of trust, each built when first needed.

use std::{sync::OnceLock, time::Duration};

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
    pub user_agent: String,
    pub reach: Reach,
    /// Where the hosts of short links are played: `https://HOST/PATH` is asked for at `BASE/HOST/PATH`. Must be on
    /// this machine; none asks the hosts themselves.
    pub short_links: Option<Url>,
}

/// Addresses on this machine never go through a proxy, whatever is set here.
#[derive(Clone, PartialEq, Eq)]
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
#[derive(Clone, Copy, PartialEq, Eq)]
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

/// A slot per client. Building one reads the system's certificates, which is too slow for the start.
pub(crate) struct Clients {
    config: Config,
    pub(crate) screening: ScreeningResolver,
    pub(crate) silence: Duration,
    spend: OnceLock<reqwest::Client>,
    read: OnceLock<reqwest::Client>,
    public: OnceLock<reqwest::Client>,
    download: OnceLock<reqwest::Client>,
    spend_here: OnceLock<reqwest::Client>,
    read_here: OnceLock<reqwest::Client>,
    public_here: OnceLock<reqwest::Client>,
    download_here: OnceLock<reqwest::Client>,
}

impl Clients {
    pub(crate) fn new(config: Config, lookup: Lookup) -> Self {
        Self {
            config,
            screening: ScreeningResolver::new(lookup),
            silence: SILENCE,
            spend: OnceLock::new(),
            read: OnceLock::new(),
            public: OnceLock::new(),
            download: OnceLock::new(),
            spend_here: OnceLock::new(),
            read_here: OnceLock::new(),
            public_here: OnceLock::new(),
            download_here: OnceLock::new(),
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// The client for a use; `here` means an address on this machine.
    pub(crate) fn get(&self, purpose: Use, here: bool) -> Result<&reqwest::Client, SendError> {
        let slot = match (purpose, here) {
            (Use::Spend, false) => &self.spend,
            (Use::Read, false) => &self.read,
            (Use::Public, false) => &self.public,
            (Use::Download, false) => &self.download,
            (Use::Spend, true) => &self.spend_here,
            (Use::Read, true) => &self.read_here,
            (Use::Public, true) => &self.public_here,
            (Use::Download, true) => &self.download_here,
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = self.build(purpose, here).map_err(|err| {
            SendError::not_allowed(crate::classify::detail(&err.without_url(), &[]))
        })?;
        // Two first calls at once build two clients, of which one stays.
        Ok(slot.get_or_init(|| client))
    }

    fn build(&self, purpose: Use, here: bool) -> Result<reqwest::Client, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.config.user_agent)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        if here {
            builder = builder.no_proxy().dns_resolver(LoopbackResolver);
        } else {
            builder = match &self.config.proxy {
                Proxy::System => builder,
                Proxy::None => builder.no_proxy(),
                Proxy::Custom(url) => builder.proxy(reqwest::Proxy::all(url.clone())?),
            };
        }
        builder = match purpose {
            // A connection that was used before may be closing while we send, which looks just like
            // a service that took the order and went silent. A fresh one per call cannot.
            Use::Spend => {
                builder.http1_only().retry(reqwest::retry::never()).pool_max_idle_per_host(0)
            }
            Use::Read => builder,
            Use::Public | Use::Download => {
                let builder = builder.read_timeout(self.silence);
                let builder = if purpose == Use::Download { builder.no_gzip() } else { builder };
                if here { builder } else { builder.dns_resolver(self.screening.clone()) }
            }
        };
        builder.build()
    }
}
