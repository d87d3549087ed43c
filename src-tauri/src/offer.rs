//! Offers to extract what was copied elsewhere: off until the user wants it, and never taken without a click.

use std::{
    collections::VecDeque,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

use shiwen_core::{Detection, Platform};

use crate::ipc::Offer;

/// So many copied texts are remembered, as hashes alone.
const REMEMBERED: usize = 64;
/// No share text is longer, in bytes; what is would only be searched in vain.
const LONGEST: usize = 20_000;

/// What is offered, and what is not to be offered again.
#[derive(Default)]
pub(crate) struct Offers(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    hasher: RandomState,
    /// Texts that this program copied itself.
    ours: VecDeque<u64>,
    /// Texts that were looked at before.
    seen: VecDeque<u64>,
    /// What the user has not answered yet, with its text's hash.
    open: Option<(u64, Offer)>,
}

/// What becomes of a text that was found on the clipboard.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It is offered already, or nothing is and it is nothing to offer.
    Same,
    /// Something else was offered, which is no longer on the clipboard.
    Gone,
    /// It has not been looked at yet: see which links it has.
    New,
}

impl Offers {
    /// What is offered now.
    pub(crate) fn open(&self) -> Option<Offer> {
        self.memory().open.as_ref().map(|(_, offer)| offer.clone())
    }

    /// The user has answered, or does not want offers any more.
    pub(crate) fn close(&self) -> bool {
        self.memory().open.take().is_some()
    }

    /// This program puts a text on the clipboard.
    pub(crate) fn note(&self, text: &str) {
        let mut memory = self.memory();
        let hash = memory.hash(text);
        remember(&mut memory.ours, hash);
    }

    /// Looks at a text of the clipboard before its links are looked for.
    pub(crate) fn see(&self, text: &str) -> Seen {
        let mut memory = self.memory();
        let hash = memory.hash(text);
        if memory.open.as_ref().is_some_and(|(open, _)| *open == hash) {
            return Seen::Same;
        }
        let gone = memory.open.take().is_some();
        let unfit = text.len() > LONGEST || text.trim().is_empty();
        if unfit || memory.ours.contains(&hash) || memory.seen.contains(&hash) {
            return if gone { Seen::Gone } else { Seen::Same };
        }
        remember(&mut memory.seen, hash);
        Seen::New
    }

    /// Opens an offer for a new text, where its links are worth one.
    pub(crate) fn offer(&self, text: &str, detection: Detection) -> Option<Offer> {
        let offer = worth(text, detection)?;
        let mut memory = self.memory();
        let hash = memory.hash(text);
        memory.open = Some((hash, offer.clone()));
        Some(offer)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn hash(&self, text: &str) -> u64 {
        // Some programs end what they copy with a line's end, and a clipboard may come back with one more.
        self.hasher.hash_one(text.trim())
    }
}

fn remember(hashes: &mut VecDeque<u64>, hash: u64) {
    hashes.retain(|known| *known != hash);
    hashes.push_back(hash);
    if hashes.len() > REMEMBERED {
        hashes.pop_front();
    }
}

/// Only works on known platforms that history does not have.
fn worth(text: &str, detection: Detection) -> Option<Offer> {
    if detection.notice.is_some() {
        return None;
    }
    let links: Vec<_> = detection
        .chips
        .into_iter()
        .filter(|chip| {
            chip.known.is_none() && !chip.not_a_work && chip.link.platform != Platform::Other
        })
        .map(|chip| chip.link)
        .collect();
    (!links.is_empty()).then(|| Offer { text: text.to_owned(), links })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_core::{Chip, Known, Link, LinkKind, Notice, TaskId, TaskState, Timestamp};

    const TEXT: &str = "7.43 复制打开抖音 https://v.douyin.com/iRk3xQ7_p2A/";

    fn chip(platform: Platform) -> Chip {
        let link = Link {
            url: "https://v.douyin.com/iRk3xQ7_p2A/".to_owned(),
            platform,
            kind: LinkKind::Short,
            id: None,
            canonical: None,
            title: None,
        };
        Chip { link, known: None, not_a_work: false }
    }

    fn detection(chips: Vec<Chip>) -> Detection {
        Detection { chips, duplicates: 0, notice: None, spans: Vec::new() }
    }

    fn known() -> Chip {
        let known = Known {
            task: TaskId(1),
            state: TaskState::Succeeded,
            title: None,
            created_at: Timestamp::now(),
        };
        Chip { known: Some(known), ..chip(Platform::Douyin) }
    }

    #[test]
    fn only_new_works_of_known_platforms_are_offered() {
        let offers = Offers::default();
        let chips = vec![chip(Platform::Other), known(), chip(Platform::Kuaishou)];
        let offer = offers.offer(TEXT, detection(chips)).unwrap();
        assert_eq!(offer.text, TEXT);
        assert_eq!(offer.links.len(), 1);
        assert_eq!(offers.open(), Some(offer));
    }

    #[test]
    fn texts_without_such_links_are_not() {
        let profile = Chip { not_a_work: true, ..chip(Platform::Douyin) };
        for chips in [vec![], vec![chip(Platform::Other)], vec![known()], vec![profile]] {
            assert_eq!(Offers::default().offer(TEXT, detection(chips)), None);
        }
        let secret = Detection {
            notice: Some(Notice::LooksLikeSecret),
            ..detection(vec![chip(Platform::Douyin)])
        };
        assert_eq!(Offers::default().offer(TEXT, secret), None);
    }

    #[test]
    fn no_text_is_looked_at_twice_and_none_of_our_own_at_all() {
        let offers = Offers::default();
        offers.note("我们自己复制的 https://v.douyin.com/iRk3xQ7_p2A/");
        assert_eq!(offers.see("我们自己复制的 https://v.douyin.com/iRk3xQ7_p2A/\n"), Seen::Same);
        assert_eq!(offers.see(TEXT), Seen::New);
        assert_eq!(offers.see(TEXT), Seen::Same);
        assert_eq!(offers.see("  "), Seen::Same);
        assert_eq!(offers.see(&"长".repeat(LONGEST)), Seen::Same);
    }

    #[test]
    fn an_offer_goes_when_its_text_leaves_the_clipboard_and_stays_away_when_that_comes_back() {
        let offers = Offers::default();
        assert_eq!(offers.see(TEXT), Seen::New);
        offers.offer(TEXT, detection(vec![chip(Platform::Douyin)]));
        assert_eq!(offers.see(TEXT), Seen::Same);
        assert!(offers.open().is_some());
        offers.note("文案");
        assert_eq!(offers.see("文案"), Seen::Gone);
        assert_eq!(offers.open(), None);
        assert_eq!(offers.see(TEXT), Seen::Same);
    }

    #[test]
    fn a_declined_offer_does_not_come_again() {
        let offers = Offers::default();
        offers.see(TEXT);
        offers.offer(TEXT, detection(vec![chip(Platform::Douyin)]));
        assert!(offers.close());
        assert_eq!((offers.open(), offers.see(TEXT)), (None, Seen::Same));
    }

    #[test]
    fn only_the_last_texts_are_remembered() {
        let offers = Offers::default();
        for count in 0..200 {
            offers.see(&format!("{TEXT}{count}"));
        }
        assert_eq!(offers.see(&format!("{TEXT}199")), Seen::Same);
        assert_eq!(offers.see(&format!("{TEXT}0")), Seen::New);
    }
}
