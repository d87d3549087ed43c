//! The platforms: which hosts are theirs, and what a line of the [table](crate::table) means.

use shiwen_core::{LinkKind, Platform};

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

/// Whether links to this host can hold raw JSON, braces and quotes included, in their query: the app of Douyin
/// writes them so when a live room is shared.
pub(crate) fn writes_raw_json(host: &str) -> bool {
    host.strip_suffix("webcast.amemv.com").is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use crate::{chars::in_code, table::SITES};

    #[test]
    fn paths_and_plain_addresses_of_the_table_are_well_formed() {
        for form in SITES.iter().flat_map(|site| site.forms) {
            assert!(form.path.starts_with('/') && form.path.is_ascii(), "{}", form.path);
            // What the scan looks at holds nothing else.
            let code = |b: u8| in_code(b) || matches!(b, b'/' | b'.' | b'{' | b'}' | b'<' | b'>');
            assert!(!form.coded || form.path.bytes().all(code), "{}", form.path);
            assert_eq!(form.plain.is_empty(), !form.plain.contains("<>"), "{}", form.plain);
        }
    }
}
