//! Files that could not be had a moment ago. A list that is scrolled asks for them again and again, and each time would
//! cost a call to their provider, of which some take ten in a minute.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use shiwen_core::DownloadFailure;
use tokio::time::Instant;

use crate::held;

/// How long nothing is asked for the sake of showing.
const REST: Duration = Duration::from_secs(10 * 60);

#[derive(Default)]
pub(crate) struct Refusals {
    known: Mutex<HashMap<String, Refusal>>,
}

struct Refusal {
    /// Another address may be a better one.
    url: String,
    failure: DownloadFailure,
    at: Instant,
}

impl Refusals {
    /// Why this file could not be had from this address lately.
    pub(crate) fn of(&self, name: &str, url: &str) -> Option<DownloadFailure> {
        let known = held(&self.known);
        let refusal = known.get(name)?;
        let holds = refusal.url == url && refusal.at.elapsed() < REST;
        holds.then_some(refusal.failure)
    }

    pub(crate) fn note(&self, name: &str, url: &str, failure: DownloadFailure) {
        let mut known = held(&self.known);
        known.retain(|_, refusal| refusal.at.elapsed() < REST);
        let refusal = Refusal { url: url.to_owned(), failure, at: Instant::now() };
        known.insert(name.to_owned(), refusal);
    }
}

/// Whether trying again by itself would be of no use.
pub(crate) fn is_final(failure: DownloadFailure) -> bool {
    match failure {
        DownloadFailure::Expired | DownloadFailure::NotAllowed | DownloadFailure::TooLarge => true,
        // Instead of a file a login page of a network may have come.
        DownloadFailure::NotTheFile
        | DownloadFailure::Network
        | DownloadFailure::DiskFull
        | DownloadFailure::Unwritable => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_refusal_holds_for_its_address_and_for_a_while() {
        let refusals = Refusals::default();
        refusals.note("1-0", "https://a.example/1", DownloadFailure::Expired);
        let of = |name, url| refusals.of(name, url);
        assert_eq!(of("1-0", "https://a.example/1"), Some(DownloadFailure::Expired));
        assert_eq!(of("1-0", "https://a.example/2"), None);
        assert_eq!(of("1-1", "https://a.example/1"), None);
        tokio::time::advance(REST).await;
        assert_eq!(of("1-0", "https://a.example/1"), None);
    }
}
