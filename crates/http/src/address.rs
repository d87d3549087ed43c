//! Which addresses may be spoken to, before and after the name is looked up.

use std::{
    collections::HashSet,
    fmt,
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Whether the address names this machine: 127.0.0.0/8, ::1, `localhost` and names below it.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// Whether the host is written as an address of a private, local or reserved network.
pub(crate) fn is_private_literal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => !is_public(ip.into()),
        Some(Host::Ipv6(ip)) => !is_public(ip.into()),
        Some(Host::Domain(_)) | None => false,
    }
}

/// Whether an address belongs to the open internet.
///
/// 198.18.0.0/15 passes although it is reserved for benchmarks: the common proxy tools (Clash,
/// sing-box) answer every name with an address from it, and would be locked out otherwise.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol_assignments = (a, b, c) == (192, 0, 0);
    let multicast_or_reserved = a >= 224;
    !(a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || shared
        || protocol_assignments
        || multicast_or_reserved)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        // Unspecified, loopback and the old IPv4-compatible form.
        [0, 0, 0, 0, 0, 0, _, _] => false,
        // NAT64 and 6to4 carry an IPv4 address, which decides.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x64, 0xff9b, ..] => false,
        // Teredo.
        [0x2001, 0, ..] => false,
        // Only 2000::/3 is given out; local, link-local and multicast lie outside.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// A name whose every address is private. Found again in the chain of a reqwest error.
#[derive(Debug)]
pub(crate) struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads into a private network")
    }
}

impl std::error::Error for NotPublic {}

/// Answers `localhost` without asking anyone, and no other name: a client that has it cannot leave
/// this machine.
pub(crate) struct LoopbackResolver;

impl Resolve for LoopbackResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        let local = name == "localhost" || name.ends_with(".localhost");
        Box::pin(std::future::ready(if local {
            let ips: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            Ok(Box::new(ips.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        } else {
            Err(format!("{name} is not on this machine").into())
        }))
    }
}

type LookedUp = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// How names become addresses; a test brings its own.
pub(crate) type Lookup = Arc<dyn Fn(String) -> LookedUp + Send + Sync>;

pub(crate) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) })
    })
}

/// Leaves out private addresses after the lookup, so that no name can lead a fetch into the user's
/// own network. The connection is made to the very addresses that were checked.
///
/// Only names that a fetch asks for are screened: the client also looks up its proxy here, which
/// usually sits in the private network. Behind an HTTP or `socks5h` proxy the proxy looks names up
/// itself; there the check ends at the address as written.
#[derive(Clone)]
pub(crate) struct ScreeningResolver {
    lookup: Lookup,
    screened: Arc<Mutex<HashSet<String>>>,
}

impl ScreeningResolver {
    pub(crate) fn new(lookup: Lookup) -> Self {
        Self { lookup, screened: Arc::default() }
    }

    pub(crate) fn screen(&self, host: &str) {
        self.screened.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned());
    }

    fn is_screened(&self, host: &str) -> bool {
        self.screened.lock().unwrap_or_else(PoisonError::into_inner).contains(host)
    }
}

impl Resolve for ScreeningResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let screened = self.is_screened(name.as_str());
        let found = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let mut found = found.await?;
            if screened && !found.is_empty() {
                found.retain(|address| is_public(address.ip()));
                if found.is_empty() {
                    return Err(NotPublic.into());
                }
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_open_internet_are_public() {
        let public =
            ["1.1.1.1", "114.114.114.114", "198.18.0.7", "2606:4700::1", "64:ff9b::101:101"];
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:192.168.0.1",
            "64:ff9b::a00:1",
            "2002:c0a8:101::",
            "2001::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ];
        for ip in public {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in private {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn loopback_is_seen_in_every_spelling() {
        let loopback = [
            "http://127.0.0.1:8080/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://localhost",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
        ];
        let elsewhere = ["http://localhost.example/", "http://128.0.0.1/", "http://notlocalhost/"];
        for url in loopback {
            assert!(is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
        for url in elsewhere {
            assert!(!is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
    }

    #[tokio::test]
    async fn a_screened_name_keeps_only_its_public_addresses() {
        let lookup: Lookup = Arc::new(|_| {
            let found = ["10.0.0.1:0", "1.1.1.1:0"].map(|address| address.parse().unwrap());
            Box::pin(std::future::ready(Ok(found.to_vec())))
        });
        let resolver = ScreeningResolver::new(lookup);
        resolver.screen("cdn.example");

        let fetched = resolver.resolve("cdn.example".parse().unwrap()).await.unwrap();
        let proxy = resolver.resolve("proxy.example".parse().unwrap()).await.unwrap();

        assert_eq!(fetched.collect::<Vec<_>>(), ["1.1.1.1:0".parse().unwrap()]);
        assert_eq!(proxy.count(), 2);
    }
}
