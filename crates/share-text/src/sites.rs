//! The platforms: which hosts are theirs, and what a line of the [table](crate::table) means.

use shiwen_core::{LinkKind, Platform};

use crate::table::SITES;

/// A platform and its links.
pub(crate) struct Site {
    pub(crate) platform: Platform,
    /// These names and all their sub-domains belong to the platform.
    pub(crate) names: &'static [&'static str],
    /// Names among them that are other products.
    pub(crate) others: &'static [&'static str],
    /// Paths that advertise the app and hold no work.
    pub(crate) promotions: &'static [&'static str],
    /// Whether only the listed forms are the platform's: the rest of its hosts serves something else.
    pub(crate) only_forms: bool,
    /// Parameters that change what is opened. All others are dropped from the plain address.
    pub(crate) needed: &'static [&'static str],
    /// The first form that fits decides.
    pub(crate) forms: &'static [Form],
}

/// One form of link.
pub(crate) struct Form {
    /// Separated by spaces. `a.b` is that host, `~a.b` also with `www.` or `m.` in front, `*.a.b` any sub-domain
    /// too, and `=a.b` that host and never a sub-domain of it. Where a scheme stands in front, the first two
    /// match their sub-domains as well.
    pub(crate) hosts: &'static str,
    /// A pattern of [`crate::pattern`].
    pub(crate) path: &'static str,
    pub(crate) kind: LinkKind,
    /// Whether the link ends with its code (and a query): what follows a slash behind it is noise.
    pub(crate) coded: bool,
    /// The plain address: `<>` stands for the id, the names behind its `?` for the parameters that are kept.
    /// Empty: the link's own path with the platform's needed parameters.
    pub(crate) plain: &'static str,
}

/// How a host came to match a form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// The table names it.
    Listed,
    /// It is a sub-domain of a name in the table.
    SubDomain,
}

impl Site {
    /// Whether a host serves nothing but links that end with their code.
    pub(crate) fn is_short_host(&self, host: &str) -> bool {
        let mut listed =
            self.forms.iter().filter(|f| f.reach(host) == Some(Reach::Listed)).peekable();
        listed.peek().is_some() && listed.all(|form| form.coded)
    }
}

impl Form {
    pub(crate) fn reach(&self, host: &str) -> Option<Reach> {
        let mut best = None;
        for spec in self.hosts.split(' ') {
            match reach(spec, host) {
                Some(Reach::Listed) => return Some(Reach::Listed),
                Some(Reach::SubDomain) => best = Some(Reach::SubDomain),
                None => {}
            }
        }
        best
    }
}

fn reach(spec: &str, host: &str) -> Option<Reach> {
    let (listed, sub_domains, name) = match spec.split_at(1) {
        ("~", name) => (matches!(prefix(host, name), Some("" | "www." | "m.")), true, name),
        ("=", name) => (host == name, false, name),
        ("*", name) => (prefix(host, &name[1..]).is_some(), true, &name[1..]),
        _ => (host == spec, true, spec),
    };
    if listed {
        return Some(Reach::Listed);
    }
    (sub_domains && prefix(host, name).is_some()).then_some(Reach::SubDomain)
}

/// What stands before `name` in `host`: nothing, or labels with their dot.
fn prefix<'h>(host: &'h str, name: &str) -> Option<&'h str> {
    host.strip_suffix(name).filter(|prefix| prefix.is_empty() || prefix.ends_with('.'))
}

/// The platform of a host, which must be in lower case.
pub(crate) fn site(host: &str) -> Option<&'static Site> {
    let site = SITES.iter().find(|s| s.names.iter().any(|name| prefix(host, name).is_some()))?;
    (!site.others.iter().any(|other| prefix(host, other).is_some())).then_some(site)
}

/// Whether links to this host can hold raw JSON, braces and quotes included, in their query: the app of Douyin
/// writes them so when a live room is shared.
pub(crate) fn writes_raw_json(host: &str) -> bool {
    prefix(host, "webcast.amemv.com").is_some()
}

/// Whether the table names this host (in lower case), so that a link to it is known without a scheme.
pub(crate) fn is_listed(host: &str) -> bool {
    site(host).is_some_and(|s| s.forms.iter().any(|f| f.reach(host) == Some(Reach::Listed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(host: &str) -> Option<Platform> {
        site(host).map(|site| site.platform)
    }

    #[test]
    fn a_host_is_compared_whole_or_as_a_sub_domain() {
        assert_eq!(platform("v.douyin.com"), Some(Platform::Douyin));
        assert_eq!(platform("a.b.v.douyin.com"), Some(Platform::Douyin));
        assert_eq!(platform("notdouyin.com"), None);
        assert_eq!(platform("v.douyin.com.other.net"), None);
    }

    #[test]
    fn other_products_on_a_platforms_name_are_foreign() {
        assert_eq!(platform("qishui.douyin.com"), None);
        assert_eq!(platform("klingai-share.kuaishou.com"), None);
    }

    #[test]
    fn only_hosts_of_the_table_are_known_without_a_scheme() {
        for host in
            ["v.douyin.com", "m.douyin.com", "c3xqz.m.chenzhongtech.com", "t.cn", "youtu.be"]
        {
            assert!(is_listed(host), "{host}");
        }
        for host in ["evil.v.douyin.com", "evil-v.douyin.com", "a.t.cn", "qishui.douyin.com"] {
            assert!(!is_listed(host), "{host}");
        }
    }

    #[test]
    fn hosts_and_plain_addresses_of_the_table_are_well_formed() {
        for form in SITES.iter().flat_map(|site| site.forms) {
            for spec in form.hosts.split(' ') {
                let name = spec.trim_start_matches(['~', '=', '*', '.']);
                assert!(site(name).is_some(), "{spec} belongs to no platform");
            }
            assert!(form.path.starts_with('/'), "{}", form.path);
            assert_eq!(form.plain.is_empty(), !form.plain.contains("<>"), "{}", form.plain);
        }
    }
}
