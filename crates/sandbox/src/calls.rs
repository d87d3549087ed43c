//! What the sandbox was asked, so that a test can prove that nothing was sent twice.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Calls that may cost money and arrived, refused or not, by provider.
    pub creates: BTreeMap<String, u64>,
    /// The same by link, over all providers.
    pub creates_by_link: BTreeMap<String, u64>,
    /// Calls that cost nothing, by provider.
    pub reads: BTreeMap<String, u64>,
    /// Tasks and blocking runs that were started, by link, over all providers.
    pub accepted_by_link: BTreeMap<String, u64>,
    /// Addresses of short-link hosts and of what they lead to that were asked, without their queries.
    pub follows: BTreeMap<String, u64>,
    /// Calls by `<service> <METHOD> <route>`, the route as its service documents it: `rawugc GET /videos/{videoId}`.
    pub routes: BTreeMap<String, u64>,
    /// Media requests that carried a key, which belongs to services alone.
    pub keys_on_media: u64,
}

impl Calls {
    pub(crate) fn add(counts: &mut BTreeMap<String, u64>, name: &str) {
        *counts.entry(name.to_owned()).or_default() += 1;
    }

    /// Counts a call that arrived at a route of a service. The gate calls this for every service.
    pub(crate) fn route(&mut self, service: &str, method: &str, template: &str) {
        Self::add(&mut self.routes, &Self::route_name(service, method, template));
    }

    /// The key of a route in `routes`.
    pub(crate) fn route_name(service: &str, method: &str, template: &str) -> String {
        format!("{service} {method} {template}")
    }
}
