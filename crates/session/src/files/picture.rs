//! Pictures that providers name, fetched without a credential and shown as `data:`.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use shiwen_http::Sender;
use url::Url;

use crate::{
    cover::{LARGEST, data_url, picture},
    held,
};

/// Pictures that are remembered, and how much they may be together, in bytes of their `data:` URLs.
const MOST: usize = 200;
const ROOM: usize = 32 * 1024 * 1024;

pub(crate) struct Pictures {
    sender: Arc<Sender>,
    /// Address and `data:` URL, the one that was asked for last at the end.
    known: Mutex<VecDeque<(String, String)>>,
}

impl Pictures {
    pub(crate) fn new(sender: Arc<Sender>) -> Self {
        Self { sender, known: Mutex::default() }
    }

    pub(crate) async fn picture(&self, url: &str) -> Option<String> {
        if let Some(found) = self.known(url) {
            return Some(found);
        }
        let address = Url::parse(url).ok()?;
        let fetched = match self.sender.fetch_public(&address, LARGEST).await {
            Ok(fetched) => fetched,
            Err(error) => {
                tracing::info!(host = address.host_str(), %error, "no picture");
                return None;
            }
        };
        // The bytes decide what it is; what the host says of them is not to be trusted.
        let made = data_url(picture(&fetched.body)?, &fetched.body);
        remember(&mut held(&self.known), url, &made, MOST, ROOM);
        Some(made)
    }

    fn known(&self, url: &str) -> Option<String> {
        let mut known = held(&self.known);
        let at = known.iter().position(|(address, _)| address == url)?;
        let found = known.remove(at)?;
        let made = found.1.clone();
        known.push_back(found);
        Some(made)
    }
}

fn remember(
    known: &mut VecDeque<(String, String)>,
    url: &str,
    made: &str,
    most: usize,
    room: usize,
) {
    // Two that asked at once both bring it.
    known.retain(|(address, _)| address != url);
    known.push_back((url.to_owned(), made.to_owned()));
    let mut all: usize = known.iter().map(|(_, made)| made.len()).sum();
    while known.len() > most || all > room {
        match known.pop_front() {
            Some((_, oldest)) => all -= oldest.len(),
            None => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_pictures_are_forgotten_first() {
        let mut known = VecDeque::new();
        let mut add = |url: &str, size: usize| {
            remember(&mut known, url, &"x".repeat(size), 3, 100);
            known.iter().map(|(url, _)| url.clone()).collect::<Vec<_>>()
        };
        add("a", 10);
        add("b", 10);
        assert_eq!(add("a", 20), ["b", "a"]);
        add("c", 10);
        assert_eq!(add("d", 10), ["a", "c", "d"]);
        assert_eq!(add("e", 85), ["d", "e"]);
        assert_eq!(add("f", 101), [""; 0]);
    }
}
