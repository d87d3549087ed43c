//! Several links in one create call: which text belongs to which link.
//!
//! A text that was paid for is never dropped and never put under a link by a guess without saying so: what cannot
//! be told apart stands under the first link that has nothing else, marked incomplete, and the other links fail
//! with the code [`MERGED`].

use std::collections::BTreeMap;

use shiwen_core::{Failure, FailureKind, Found, Timestamp};
use shiwen_http::Response;
use url::Url;

use super::{Body, ID, Item, kind_of_words, list};
use crate::{
    Answer, Part,
    classify::{self, failure, maybe},
    lenient::Fields,
    spoken,
};

/// The code of a link whose text cannot be told from the others': it came with the first one's.
pub const MERGED: &str = "merged";

/// One entry of `items`.
struct Entry<'a> {
    url: Option<&'a str>,
    title: Option<String>,
    item: Item,
}

/// How each link of a finished task ended, in their order. None where the answer says nothing about any of them
/// and `ended` is false; else a link that nothing is said about has `silence` for its failure, or "finished
/// without a text".
pub(super) fn parts(
    body: Body<'_>,
    urls: &[&str],
    response: &Response,
    now: Timestamp,
    ended: bool,
    silence: Option<Failure>,
) -> Option<Vec<Part>> {
    let entries = entries(body);
    let places = places(urls, &entries);
    let mut parts: Vec<Option<Part>> =
        places.iter().map(|place| part(&entries[(*place)?], response, now)).collect();
    let unclaimed = unclaimed(&entries, &places);
    let texts = match unclaimed.is_empty() {
        // The merged text repeats those of the items, so it counts only where none of them has one.
        true if !entries.iter().any(|entry| matches!(entry.item, Item::Done(_))) => {
            body.passage("text")
        }
        true => None,
        false => Some(unclaimed.join("\n\n")),
    };
    let nothing_said = parts.iter().all(Option::is_none) && texts.is_none();
    if nothing_said && !ended && silence.is_none() {
        return None;
    }
    let merged = texts.is_some();
    if let Some(text) = texts {
        let answer = Answer { text: Some(text), incomplete: true, ..Answer::default() };
        match parts.iter_mut().find(|part| part.is_none()) {
            Some(empty) => *empty = Some(Part::Succeeded(answer)),
            // More texts than links: the last link takes what is over.
            None => add_to_last(&mut parts, answer),
        }
    }
    let missing = || match merged {
        true => Failure {
            code: Some(MERGED.to_owned()),
            ..classify::malformed(ID, response, now, "the texts came unseparated, under the first")
        },
        false => silence.clone().unwrap_or_else(|| {
            classify::malformed(ID, response, now, "finished without a text for this link")
        }),
    };
    let whole =
        parts.into_iter().map(|part| part.unwrap_or_else(|| Part::Failed(maybe(missing()))));
    Some(whole.collect())
}

fn entries(body: Body<'_>) -> Vec<Entry<'_>> {
    let entry = |value| match Fields::of(value) {
        Some(fields) => {
            Entry { url: fields.text("url"), title: fields.title("title"), item: Item::of(fields) }
        }
        None => Entry { url: None, title: None, item: Item::Undecided },
    };
    list(body).into_iter().flatten().map(entry).collect()
}

/// The place of each link's entry: by its address, then by the address without what sites add to it, then, when
/// there are as many entries as links and none stands elsewhere than its link, by position.
fn places(urls: &[&str], entries: &[Entry<'_>]) -> Vec<Option<usize>> {
    let mut places = vec![None; urls.len()];
    claim(&mut places, urls, entries, |url| Some(url.trim().to_owned()));
    claim(&mut places, urls, entries, bare);
    let open_links: Vec<usize> = (0..urls.len()).filter(|link| places[*link].is_none()).collect();
    let in_order = places.iter().enumerate().all(|(link, place)| place.is_none_or(|it| it == link));
    if urls.len() == entries.len() && (in_order || open_links.len() == 1) {
        let open_entries = (0..entries.len()).filter(|entry| !places.contains(&Some(*entry)));
        let open_entries: Vec<usize> = open_entries.collect();
        for (link, entry) in open_links.into_iter().zip(open_entries) {
            places[link] = Some(entry);
        }
    }
    places
}

/// Pairs what has the same key, first with first where several have it, unless their numbers differ.
fn claim(
    places: &mut [Option<usize>],
    urls: &[&str],
    entries: &[Entry<'_>],
    key: impl Fn(&str) -> Option<String>,
) {
    let mut by_key: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (link, url) in urls.iter().enumerate().filter(|(link, _)| places[*link].is_none()) {
        if let Some(key) = key(url) {
            by_key.entry(key).or_default().0.push(link);
        }
    }
    for (place, entry) in entries.iter().enumerate() {
        if let Some(key) = entry.url.and_then(&key).filter(|_| !places.contains(&Some(place))) {
            by_key.entry(key).or_default().1.push(place);
        }
    }
    for (links, found) in by_key.into_values().filter(|(links, found)| links.len() == found.len()) {
        for (link, place) in links.into_iter().zip(found) {
            places[link] = Some(place);
        }
    }
}

/// Host and path: sites add a query of their own, and a slash.
fn bare(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    Some(format!("{host}{}", url.path().trim_end_matches('/')))
}

fn part(entry: &Entry<'_>, response: &Response, now: Timestamp) -> Option<Part> {
    match &entry.item {
        Item::Done(text) => {
            let found = Found { title: entry.title.clone(), ..Found::default() };
            let text = Some(text.clone());
            Some(Part::Succeeded(Answer { text, found, ..Answer::default() }))
        }
        Item::Failed(words) => {
            let kind = kind_of_words(words).unwrap_or(FailureKind::ProviderInternal);
            let message = spoken::message(words);
            Some(Part::Failed(maybe(Failure { message, ..failure(ID, kind, response, now) })))
        }
        Item::Undecided => None,
    }
}

/// The texts of entries that no link has.
fn unclaimed<'a>(entries: &'a [Entry<'_>], places: &[Option<usize>]) -> Vec<&'a str> {
    let open = entries.iter().enumerate().filter(|(place, _)| !places.contains(&Some(*place)));
    let text = |entry: &'a Entry<'_>| match &entry.item {
        Item::Done(text) => Some(text.as_str()),
        Item::Failed(_) | Item::Undecided => None,
    };
    open.filter_map(|(_, entry)| text(entry)).collect()
}

fn add_to_last(parts: &mut [Option<Part>], more: Answer) {
    match parts.last_mut() {
        Some(Some(Part::Succeeded(answer))) => {
            let texts = [answer.text.take(), more.text];
            let texts: Vec<String> = texts.into_iter().flatten().collect();
            answer.text = Some(texts.join("\n\n"));
            answer.incomplete = true;
        }
        Some(last) => *last = Some(Part::Succeeded(more)),
        None => {}
    }
}
