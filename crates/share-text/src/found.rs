//! Puts together what the scan found: each link once, at its first place in the original text.

use std::{collections::HashMap, ops::Range};

use shiwen_core::{Link, Platform};

use crate::{repair::Repaired, scan, scan::Hit, title};

/// A link and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub link: Link,
    /// Bytes of the first appearance in the text as it was pasted.
    pub span: Range<usize>,
    /// How often the link stands in the text.
    pub appearances: u32,
}

/// All links of a share text in order of first appearance, each once.
pub fn extract(text: &str) -> Vec<Found> {
    let repaired = Repaired::new(text);
    let hits = scan::scan(&repaired.text);
    let titles = title::titles(&repaired.text, &hits);
    let mut merged = Merged::default();
    for (i, (hit, title)) in hits.iter().zip(titles).enumerate() {
        if is_cut_short(&repaired.text, &hits, i) {
            continue;
        }
        let link = Link { title, ..hit.link.clone() };
        merged.add(link, hit.bare_id, repaired.original(hit.range.clone()));
    }
    merged.found
}

/// Whether a link is only the shortened display of its neighbour, as web pages print it with an ellipsis.
fn is_cut_short(text: &str, hits: &[Hit], i: usize) -> bool {
    let hit = &hits[i];
    let rest = &text[hit.range.end..];
    if hit.bare_id || !(rest.starts_with('…') || rest.starts_with("...")) {
        return false;
    }
    let neighbours = [i.checked_sub(1), Some(i + 1)];
    neighbours.into_iter().flatten().filter_map(|n| hits.get(n)).any(|neighbour| {
        let (short, long) = (without_scheme(&hit.link.url), without_scheme(&neighbour.link.url));
        long.len() > short.len() && long.starts_with(short)
    })
}

#[derive(Default)]
struct Merged {
    found: Vec<Found>,
    /// Where a link stands in `found`, by its address without scheme and closing slash.
    places: HashMap<String, usize>,
    /// Where a video of Bilibili stands in `found`, and whether so far only as a bare id.
    videos: HashMap<String, (usize, bool)>,
}

impl Merged {
    fn add(&mut self, link: Link, bare_id: bool, span: Range<usize>) {
        let key = key(&link.url);
        let place = self.places.get(&key).copied().or_else(|| self.same_video(&link, bare_id));
        let place = match place {
            Some(place) => {
                let found = &mut self.found[place];
                found.appearances += 1;
                found.link.title = found.link.title.take().or(link.title);
                place
            }
            None => {
                self.remember(&link, bare_id);
                self.found.push(Found { link, span, appearances: 1 });
                self.found.len() - 1
            }
        };
        self.places.entry(key).or_insert(place);
    }

    fn remember(&mut self, link: &Link, bare_id: bool) {
        if let (Platform::Bilibili, Some(id)) = (link.platform, &link.id) {
            self.videos.entry(id.clone()).or_insert((self.found.len(), bare_id));
        }
    }

    /// The place of a link that a bare id repeats, or of the bare id that a link says in full. The full link stays.
    fn same_video(&mut self, link: &Link, bare_id: bool) -> Option<usize> {
        let (place, only_bare) = self.videos.get_mut(link.id.as_ref()?)?;
        if link.platform != Platform::Bilibili || !(bare_id || *only_bare) {
            return None;
        }
        if *only_bare && !bare_id {
            *only_bare = false;
            let title = self.found[*place].link.title.take();
            self.found[*place].link = Link { title, ..link.clone() };
        }
        Some(*place)
    }
}

/// What makes two links the same: everything but the scheme, the case of the host and a closing slash.
fn key(url: &str) -> String {
    let address = without_scheme(url);
    let host_to = address.find(['/', '?', '#']).unwrap_or(address.len());
    let (host, rest) = address.split_at(host_to);
    let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    format!("{}{}{query}", host.to_ascii_lowercase(), path.trim_end_matches('/'))
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, address)| address)
}
