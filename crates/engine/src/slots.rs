//! How many tasks a provider lets run at once, where only its refusals say it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shiwen_core::{ProviderId, TaskState, Timestamp};
use shiwen_providers::Card;
use shiwen_store::StoreError;

use crate::{Engine, run::Call};

/// What a refusal taught is forgotten after this: other programs of the account may have filled it.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

/// What a refusal taught.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LearnedSlots {
    /// 0 while nothing was learned.
    slots: u32,
    /// Tasks that succeeded since.
    succeeded: u32,
    at: Option<Timestamp>,
}

impl LearnedSlots {
    /// A create was refused while so many ran. With none of ours there nothing is learned: they are somebody else's.
    pub(crate) fn refused(running: u32, now: Timestamp) -> Option<Self> {
        (running > 0).then_some(Self { slots: running, succeeded: 0, at: Some(now) })
    }

    pub(crate) fn slots(self, now: Timestamp) -> Option<u32> {
        self.at.filter(|at| now.since(*at) < FORGOTTEN).map(|_| self.slots)
    }

    /// One more is tried after each full round without a refusal, until the usual number is reached again.
    pub(crate) fn succeeded(mut self, usual: u32) -> Self {
        self.succeeded += 1;
        if self.succeeded < self.slots {
            return self;
        }
        match self.slots + 1 {
            more if more >= usual => Self::default(),
            more => Self { slots: more, succeeded: 0, ..self },
        }
    }
}

fn setting(provider: ProviderId) -> String {
    format!("slots {provider}")
}

impl Engine {
    /// Tasks that may run at once: what the provider said when it was asked, else what it taught, else the card's.
    pub(crate) fn slots(&self, card: &Card, now: Timestamp) -> Result<u32, StoreError> {
        // Where none may run, the provider is to say so of a task.
        if let Some(said) = self.store().provider(card.id)?.slots {
            return Ok(said.max(1));
        }
        let learned: LearnedSlots = self.store().setting(&setting(card.id))?;
        Ok(learned.slots(now).map_or(card.slots, |slots| slots.min(card.slots)).max(1))
    }

    /// Learns from the creates that were refused since the last look because too many tasks run.
    pub(crate) fn learn_slots(&self, now: Timestamp) -> Result<(), StoreError> {
        let full = self.holds().take_full();
        for provider in full {
            let running = self.store().at_work(provider)? + self.still_submitting(provider);
            if let Some(learned) = LearnedSlots::refused(running, now) {
                tracing::info!(%provider, running, "the provider runs no more than this at once");
                self.store().save_setting(&setting(provider), &learned)?;
            }
        }
        Ok(())
    }

    /// A task of the provider has ended: somebody else may take its slot.
    pub(crate) fn slot_freed(&self, card: &Card, succeeded: bool) -> Result<(), StoreError> {
        self.holds().slot_freed(card.id);
        let learned: LearnedSlots = self.store().setting(&setting(card.id))?;
        if !succeeded || learned == LearnedSlots::default() {
            return Ok(());
        }
        self.store().save_setting(&setting(card.id), &learned.succeeded(card.slots))
    }

    /// Creates that are out, without the one whose refusal was just written.
    fn still_submitting(&self, provider: ProviderId) -> u32 {
        let out: Vec<_> = {
            let out = self.out();
            let submits = out.iter().filter(|(_, call)| **call == Call::Submit(provider));
            submits.map(|(id, _)| *id).collect()
        };
        let submitting =
            |id| self.store().task(id).is_ok_and(|it| it.state == TaskState::Submitting);
        u32::try_from(out.into_iter().filter(|id| submitting(*id)).count()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    #[test]
    fn a_refusal_teaches_for_a_while_and_successes_raise_it_one_by_one() {
        let mut learned = LearnedSlots::refused(2, NOW).unwrap();
        assert_eq!(learned.slots(NOW), Some(2));
        assert_eq!(learned.slots(NOW.after(FORGOTTEN)), None);
        let mut seen = Vec::new();
        for _ in 0..9 {
            learned = learned.succeeded(5);
            seen.push(learned.slots(NOW));
        }
        let [two, three, four] = [2, 3, 4].map(Some);
        assert_eq!(seen, [two, three, three, three, four, four, four, four, None]);
    }

    #[test]
    fn a_refusal_with_nothing_of_ours_teaches_nothing() {
        assert_eq!(LearnedSlots::refused(0, NOW), None);
    }
}
