//! Who may be called now: pauses that a provider asked for, and its slots.

use std::collections::HashMap;

use shiwen_core::{ProviderId, Timestamp, WaitReason};

/// Pauses per provider. A pause that the provider asked for holds for creates and follow-ups alike.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    all: HashMap<ProviderId, Timestamp>,
    creates: HashMap<ProviderId, (Timestamp, WaitReason)>,
}

impl Holds {
    /// The provider asked for a pause.
    pub(crate) fn freeze(&mut self, provider: ProviderId, until: Timestamp) {
        let held = self.all.entry(provider).or_insert(until);
        *held = (*held).max(until);
    }

    /// Nothing is submitted before `until`, e.g. since the last create never left this machine.
    pub(crate) fn hold_creates(
        &mut self,
        provider: ProviderId,
        until: Timestamp,
        reason: WaitReason,
    ) {
        self.creates.insert(provider, (until, reason));
    }

    /// The user changed something: what was held is tried again.
    pub(crate) fn forget(&mut self, provider: ProviderId) {
        self.all.remove(&provider);
        self.creates.remove(&provider);
    }

    /// A create went through, or a slot became free: nothing holds the next one any more.
    pub(crate) fn open_creates(&mut self, provider: ProviderId) {
        self.creates.remove(&provider);
    }

    pub(crate) fn frozen(&self, provider: ProviderId, now: Timestamp) -> Option<Timestamp> {
        self.all.get(&provider).copied().filter(|until| *until > now)
    }

    pub(crate) fn held(
        &self,
        provider: ProviderId,
        now: Timestamp,
    ) -> Option<(Timestamp, WaitReason)> {
        let frozen = self.frozen(provider, now).map(|until| (until, WaitReason::Rate));
        frozen.or_else(|| self.creates.get(&provider).copied().filter(|(until, _)| *until > now))
    }

    /// When the next pause ends.
    pub(crate) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.all.values().copied().chain(self.creates.values().map(|(until, _)| *until));
        ends.filter(|until| *until > now).min()
    }
}
