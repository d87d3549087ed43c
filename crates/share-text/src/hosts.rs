//! Looks a host up in the [table](crate::table): whose it is, and which forms its links can have.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    sites::{Form, Site},
    table::SITES,
};

/// A host of a platform.
pub(crate) struct Host<'n> {
    /// In lower case.
    pub(crate) name: &'n str,
    pub(crate) site: &'static Site,
    /// The forms whose line of the table names the host.
    listed: Forms,
    /// The forms whose line names a host of which this is a sub-domain.
    sub_domain: Forms,
}

impl<'n> Host<'n> {
    /// None where the host, which must be in lower case, belongs to no platform.
    pub(crate) fn of(name: &'n str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        if !INDEX.ends.contains(&end) {
            return None;
        }
        let mut site = None;
        let mut listed = 0;
        let mut sub_domain = 0;
        for suffix in suffixes(name, INDEX.longest) {
            let Some(entry) = INDEX.entries.get(suffix) else { continue };
            if entry.is_other {
                return None;
            }
            site = site.or(entry.site);
            let forms = &entry.forms[Before::of(name, suffix) as usize];
            listed |= forms.listed;
            sub_domain |= forms.sub_domain;
        }
        Some(Self { name, site: site?, listed, sub_domain })
    }

    /// Whether the table names the host, so that a link to it is known without a scheme.
    pub(crate) fn is_listed(&self) -> bool {
        self.listed != 0
    }

    /// Whether the host serves nothing but links that end with their code.
    pub(crate) fn is_short(&self) -> bool {
        self.is_listed() && forms_of(self.site, self.listed).all(|form| form.coded)
    }

    /// The forms that count for the host, in the order of the table.
    pub(crate) fn forms(&self, sub_domains: bool) -> impl Iterator<Item = &'static Form> {
        let forms = if sub_domains { self.listed | self.sub_domain } else { self.listed };
        forms_of(self.site, forms)
    }
}

/// A set of a site's forms: the bit of each is its place in the table.
type Forms = u64;

fn forms_of(site: &'static Site, mut left: Forms) -> impl Iterator<Item = &'static Form> {
    std::iter::from_fn(move || {
        let form = site.forms.get(left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(form)
    })
}

/// What stands before a name of the table in a host.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    /// `www.` or `m.`
    Usual,
    Other,
}

impl Before {
    const ALL: [Self; 3] = [Self::Nothing, Self::Usual, Self::Other];

    fn of(host: &str, name: &str) -> Self {
        match &host[..host.len() - name.len()] {
            "" => Self::Nothing,
            "www." | "m." => Self::Usual,
            _ => Self::Other,
        }
    }
}

/// What the table says of one name.
#[derive(Default)]
struct Entry {
    /// The platform that the name and its sub-domains belong to.
    site: Option<&'static Site>,
    /// Another product on a platform's name.
    is_other: bool,
    /// By what stands before the name.
    forms: [Matching; Before::ALL.len()],
}

#[derive(Clone, Copy, Default)]
struct Matching {
    listed: Forms,
    sub_domain: Forms,
}

struct Index {
    entries: HashMap<&'static str, Entry>,
    /// In bytes: no longer name needs to be looked up.
    longest: usize,
    /// The few last labels that names have: most other hosts are told by theirs.
    ends: Vec<&'static str>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut entries: HashMap<&'static str, Entry> = HashMap::new();
    for site in SITES {
        for name in site.names {
            entries.entry(name).or_default().site = Some(site);
        }
        for name in site.others {
            entries.entry(name).or_default().is_other = true;
        }
        for (at, form) in site.forms.iter().enumerate() {
            for spec in form.hosts.split(' ') {
                let (name, reach) = reach(spec);
                let entry = entries.entry(name).or_default();
                for before in Before::ALL {
                    let matching = &mut entry.forms[before as usize];
                    match reach(before) {
                        Some(Reach::Listed) => matching.listed |= 1 << at,
                        Some(Reach::SubDomain) => matching.sub_domain |= 1 << at,
                        None => {}
                    }
                }
            }
        }
    }
    let longest = entries.keys().map(|name| name.len()).max().unwrap_or_default();
    let mut ends: Vec<_> = entries.keys().filter_map(|name| name.rsplit('.').next()).collect();
    ends.sort_unstable();
    ends.dedup();
    Index { entries, longest, ends }
});

/// How a host comes to match a form.
enum Reach {
    Listed,
    SubDomain,
}

/// The name in a host of [`Form::hosts`], and how it is reached with something before it.
fn reach(spec: &'static str) -> (&'static str, fn(Before) -> Option<Reach>) {
    match spec.split_at(1) {
        ("~", name) => (name, |before| match before {
            Before::Nothing | Before::Usual => Some(Reach::Listed),
            Before::Other => Some(Reach::SubDomain),
        }),
        ("=", name) => (name, |before| match before {
            Before::Nothing => Some(Reach::Listed),
            Before::Usual | Before::Other => None,
        }),
        ("*", name) => (&name[1..], |_| Some(Reach::Listed)),
        _ => (spec, |before| match before {
            Before::Nothing => Some(Reach::Listed),
            Before::Usual | Before::Other => Some(Reach::SubDomain),
        }),
    }
}

/// The host and what is left of it behind each of its dots, from two labels up to `longest` bytes.
fn suffixes(host: &str, longest: usize) -> impl Iterator<Item = &str> {
    host.rmatch_indices('.')
        .skip(1)
        .map(|(dot, _)| &host[dot + 1..])
        .chain(std::iter::once(host))
        .take_while(move |suffix| suffix.len() <= longest)
}

#[cfg(test)]
mod tests {
    use shiwen_core::Platform;

    use super::*;

    fn platform(host: &str) -> Option<Platform> {
        Host::of(host).map(|host| host.site.platform)
    }

    #[test]
    fn a_host_is_compared_whole_or_as_a_sub_domain() {
        assert_eq!(platform("v.douyin.com"), Some(Platform::Douyin));
        assert_eq!(platform("a.b.v.douyin.com"), Some(Platform::Douyin));
        assert_eq!(platform(&format!("{}v.douyin.com", "a.".repeat(100))), Some(Platform::Douyin));
        assert_eq!(platform("notdouyin.com"), None);
        assert_eq!(platform("v.douyin.com.other.net"), None);
        assert_eq!(platform("com"), None);
    }

    #[test]
    fn other_products_on_a_platforms_name_are_foreign() {
        assert_eq!(platform("qishui.douyin.com"), None);
        assert_eq!(platform("a.qishui.douyin.com"), None);
        assert_eq!(platform("klingai-share.kuaishou.com"), None);
    }

    #[test]
    fn only_hosts_of_the_table_are_known_without_a_scheme() {
        let is_listed = |host| Host::of(host).is_some_and(|host| host.is_listed());
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
    fn a_form_reaches_the_hosts_that_its_line_says() {
        let paths = |host, sub_domains| {
            let host = Host::of(host).expect("it is in the table");
            host.forms(sub_domains).map(|form| form.path).collect::<Vec<_>>()
        };
        assert_eq!(paths("t.cn", false), ["/{code}"]);
        assert!(paths("a.t.cn", true).is_empty());
        assert!(paths("a.v.douyin.com", false).is_empty());
        assert!(paths("a.v.douyin.com", true).contains(&"/{code}"));
        assert!(paths("m.douyin.com", false).contains(&"/video/<{num}>"));
        assert!(paths("a.b.gifshow.com", false).contains(&"/fw/photo/<{word}>"));
    }

    #[test]
    fn a_short_host_serves_codes_only() {
        let is_short = |host| Host::of(host).is_some_and(|host| host.is_short());
        assert!(is_short("v.douyin.com") && is_short("xhslink.com"));
        assert!(!is_short("www.douyin.com") && !is_short("a.v.douyin.com"));
    }

    #[test]
    fn the_table_fits_into_the_index() {
        for site in SITES {
            assert!(site.forms.len() <= u64::BITS as usize);
            for name in site.names.iter().chain(site.others) {
                let sites = SITES
                    .iter()
                    .filter(|s| s.names.iter().any(|n| suffixes(name, 99).any(|s| s == *n)));
                assert_eq!(sites.count(), 1, "{name} belongs to one platform");
            }
            for spec in site.forms.iter().flat_map(|form| form.hosts.split(' ')) {
                assert_eq!(platform(reach(spec).0), Some(site.platform), "{spec}");
            }
        }
    }
}
