//! The corpus: texts as people paste them, and the links that a careful reader cuts out of them.
//!
//! One JSON object per line of `tests/corpus/*.jsonl`: `id`, `text`, `links`. A link has `url`, `platform`, `kind`, `id`,
//! and where the URL alone leaves it open, `kinds` with the other right answers.

use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf};

use shiwen_core::{Link, LinkKind, Platform};
use shiwen_share_text::{extract, links};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    text: String,
    links: Vec<Expected>,
}

#[derive(serde::Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Expected {
    url: String,
    platform: Platform,
    kind: LinkKind,
    id: Option<String>,
    #[serde(default)]
    kinds: Vec<LinkKind>,
}

impl Expected {
    fn is(&self, link: &Link) -> bool {
        self.url == link.url
            && self.platform == link.platform
            && (self.kind == link.kind || self.kinds.contains(&link.kind))
            && self.id == link.id
    }
}

fn cases() -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = fs::read_dir(folder).expect("the corpus is a folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "jsonl")) {
        let lines = fs::read_to_string(file).expect("the corpus is UTF-8");
        for line in lines.lines() {
            cases.push(serde_json::from_str(line).unwrap_or_else(|err| panic!("{line}: {err}")));
        }
    }
    cases
}

#[test]
fn every_case_gives_its_links_and_nothing_else() {
    let mut wrong = String::new();
    let mut count = 0;
    for case in cases() {
        let found = links(&case.text);
        let right = found.len() == case.links.len()
            && case.links.iter().zip(&found).all(|(expected, link)| expected.is(link));
        if !right {
            count += 1;
            writeln!(wrong, "\n{}: {:?}", case.id, case.text).unwrap();
            for expected in &case.links {
                let Expected { url, platform, kind, id, .. } = expected;
                writeln!(wrong, "  expected {platform} {kind} {id:?} {url}").unwrap();
            }
            for Link { url, platform, kind, id, .. } in &found {
                writeln!(wrong, "  found    {platform} {kind} {id:?} {url}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{count} cases are wrong:{wrong}");
}

#[test]
fn the_corpus_is_large_and_every_case_has_its_own_name() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.len() >= 500, "only {} cases", cases.len());
    for platform in Platform::ALL {
        let of =
            cases.iter().flat_map(|case| &case.links).filter(|link| link.platform == *platform);
        assert!(of.count() >= 10, "{platform} has too few links");
    }
}

#[test]
fn every_link_is_found_again_alone() {
    for case in cases() {
        for link in links(&case.text) {
            let again = links(&link.url);
            assert_eq!(again.len(), 1, "{}: {}", case.id, link.url);
            assert_eq!(
                (
                    &again[0].url,
                    again[0].platform,
                    again[0].kind,
                    &again[0].id,
                    &again[0].canonical
                ),
                (&link.url, link.platform, link.kind, &link.id, &link.canonical),
                "{}",
                case.id
            );
        }
    }
}

#[test]
fn every_canonical_address_leads_to_the_same_id_on_the_same_platform() {
    for case in cases() {
        for link in links(&case.text) {
            let canonical = link.canonical.clone().unwrap_or_default();
            assert!(canonical.starts_with("https://"), "{}: {canonical}", case.id);
            let again = links(&canonical);
            assert_eq!(again.len(), 1, "{}: {canonical}", case.id);
            assert_eq!(
                (again[0].platform, &again[0].id),
                (link.platform, &link.id),
                "{}: {canonical}",
                case.id
            );
            assert_eq!(again[0].canonical.as_ref(), Some(&canonical), "{}", case.id);
        }
    }
}

#[test]
fn every_span_lies_in_the_text_and_they_come_in_order() {
    for case in cases() {
        let mut last = 0;
        for found in extract(&case.text) {
            assert!(found.span.start >= last, "{}", case.id);
            assert!(
                case.text.get(found.span.clone()).is_some_and(|part| !part.is_empty()),
                "{}",
                case.id
            );
            last = found.span.end;
        }
    }
}
