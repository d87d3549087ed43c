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
    let text = &repaired.text;
    let hits = scan::scan(text);
    let cut_short: Vec<usize> = (0..hits.len()).filter(|i| is_cut_short(text, &hits, *i)).collect();
    let mut merged = Merged { alone: hits.len() == 1, ..Merged::default() };
    let mut behind = 0;
    let mut hits = hits.into_iter().enumerate().peekable();
    while let Some((i, hit)) = hits.next() {
        let next = hits.peek().map_or(text.len(), |(_, next)| next.range.start);
        let (before, after) = (behind..hit.range.start, hit.range.end..next);
        behind = hit.range.end;
        if cut_short.binary_search(&i).is_err() {
            let part = |range| text.get(range).unwrap_or_default();
            let title = || title::beside(part(before), part(after));
            let span = repaired.original(hit.range.clone());
            merged.add(hit, span, title);
        }
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
    /// There is but one link, so that no other can be the same.
    alone: bool,
    /// Where a link stands in `found`, by its address without scheme and closing slash.
    places: HashMap<String, usize>,
    /// Where a video of Bilibili stands in `found`, and whether so far only as a bare id.
    videos: HashMap<String, (usize, bool)>,
}

impl Merged {
    /// The title is asked for only where none is known yet.
    fn add(&mut self, hit: Hit, span: Range<usize>, title: impl FnOnce() -> Option<String>) {
        if self.alone {
            return self.found.push(found(hit, span, title()));
        }
        let key = key(&hit.link.url);
        let known = self.places.get(&key).copied();
        let Some(place) = known.or_else(|| self.same_video(&hit)) else {
            self.places.insert(key, self.found.len());
            if let (Platform::Bilibili, Some(id)) = (hit.link.platform, &hit.link.id) {
                self.videos.entry(id.clone()).or_insert((self.found.len(), hit.bare_id));
            }
            return self.found.push(found(hit, span, title()));
        };
        if known.is_none() {
            self.places.insert(key, place);
        }
        let found = &mut self.found[place];
        found.appearances += 1;
        if found.link.title.is_none() {
            found.link.title = title();
        }
    }

    /// The place of a link that a bare id repeats, or of the bare id that a link says in full. The full link stays.
    fn same_video(&mut self, hit: &Hit) -> Option<usize> {
        if hit.link.platform != Platform::Bilibili {
            return None;
        }
        let (place, only_bare) = self.videos.get_mut(hit.link.id.as_ref()?)?;
        if !(hit.bare_id || *only_bare) {
            return None;
        }
        if *only_bare && !hit.bare_id {
            *only_bare = false;
            let title = self.found[*place].link.title.take();
            self.found[*place].link = Link { title, ..hit.link.clone() };
        }
        Some(*place)
    }
}

fn found(hit: Hit, span: Range<usize>, title: Option<String>) -> Found {
    Found { link: Link { title, ..hit.link }, span, appearances: 1 }
}

/// What makes two links the same: everything but the scheme, the case of the host and a closing slash.
fn key(url: &str) -> String {
    let address = without_scheme(url);
    let bytes = address.as_bytes();
    let host_to = bytes.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(bytes.len());
    let path = bytes[host_to..].iter().position(|b| matches!(b, b'?' | b'#'));
    let path_to = path.map_or(bytes.len(), |len| host_to + len);
    let mut key = String::with_capacity(bytes.len());
    key.push_str(address[..path_to].trim_end_matches('/'));
    key[..host_to].make_ascii_lowercase();
    key.push_str(&address[path_to..]);
    key
}

fn without_scheme(url: &str) -> &str {
    let scheme = url.bytes().position(|b| b == b':');
    scheme.and_then(|len| url[len..].strip_prefix("://")).unwrap_or(url)
}
