//! Who may be called now: pauses that a provider asked for, and its minutes.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use shiwen_core::{ProviderId, TaskId, Timestamp, WaitReason};
use tokio::time::Instant;

use crate::window::Window;

/// Who just had an answer often asks for the next thing: so long the questions about running tasks stand back.
const ASKS_ON: Duration = Duration::from_secs(2);

/// Pauses per provider. A pause that the provider asked for holds for creates and follow-ups alike.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    all: HashMap<ProviderId, Timestamp>,
    creates: HashMap<ProviderId, (Timestamp, WaitReason)>,
    windows: HashMap<ProviderId, Window>,
    /// Bounds of accounts that differ from the documented ones.
    limits: HashMap<ProviderId, u32>,
    /// Providers with tasks that wait for nothing but a slot.
    queues: HashSet<ProviderId>,
    /// Providers that just refused a create since too many tasks run.
    full: HashSet<ProviderId>,
    /// Providers with create calls that wait for nothing but their minute.
    creates_wait: HashSet<ProviderId>,
    /// How many calls whose answer the user waits for are held up, and when the last was.
    direct_wait: HashMap<ProviderId, (u32, Instant)>,
    /// Providers with a create call of unknown outcome since they last said what is left.
    in_doubt: HashSet<ProviderId>,
    /// What the create calls that are out are expected to take.
    reserved: HashMap<TaskId, (ProviderId, u32)>,
    /// When a provider was last asked what is left, whatever came of it.
    use_asked: HashMap<ProviderId, Timestamp>,
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
        if reason == WaitReason::Slot {
            self.full.insert(provider);
        }
        self.creates.insert(provider, (until, reason));
    }

    /// Providers that said since the last call of this that they are full.
    pub(crate) fn take_full(&mut self) -> HashSet<ProviderId> {
        std::mem::take(&mut self.full)
    }

    /// One of the provider's slots became free.
    pub(crate) fn slot_freed(&mut self, provider: ProviderId) {
        if self.creates.get(&provider).is_some_and(|(_, reason)| *reason == WaitReason::Slot) {
            self.creates.remove(&provider);
        }
    }

    /// There is a network again.
    pub(crate) fn back_online(&mut self) {
        self.creates.retain(|_, (_, reason)| *reason != WaitReason::Offline);
    }

    /// The clock was set back by so much: every pause is as long as it was.
    pub(crate) fn set_back(&mut self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let ends = self.all.values_mut().chain(self.creates.values_mut().map(|(until, _)| until));
        for until in ends {
            until.0 = until.0.saturating_sub(by);
        }
    }

    /// Pauses that the providers asked for and that are not over.
    pub(crate) fn pauses(&self, now: Timestamp) -> BTreeMap<ProviderId, Timestamp> {
        let all = self.all.iter().map(|(provider, until)| (*provider, *until));
        all.filter(|(_, until)| *until > now).collect()
    }

    pub(crate) fn limit(&mut self, provider: ProviderId, per_minute: Option<u32>) {
        match per_minute {
            Some(most) => self.limits.insert(provider, most),
            None => self.limits.remove(&provider),
        };
    }

    pub(crate) fn limit_of(&self, provider: ProviderId) -> Option<u32> {
        self.limits.get(&provider).copied()
    }

    /// Whether tasks of the provider wait for a slot.
    pub(crate) fn queue_waits(&self, provider: ProviderId) -> bool {
        self.queues.contains(&provider)
    }

    pub(crate) fn set_queue_waits(&mut self, provider: ProviderId) {
        self.queues.insert(provider);
    }

    /// The user changed something: what was held is tried again.
    pub(crate) fn forget(&mut self, provider: ProviderId) {
        self.all.remove(&provider);
        self.creates.remove(&provider);
    }

    /// A create went through: nothing holds the next one any more.
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

    pub(crate) fn window(&mut self, provider: ProviderId) -> &mut Window {
        self.windows.entry(provider).or_default()
    }

    pub(crate) fn creates_wait(&self, provider: ProviderId) -> bool {
        self.creates_wait.contains(&provider)
    }

    pub(crate) fn set_creates_wait(&mut self, provider: ProviderId) {
        self.creates_wait.insert(provider);
    }

    /// The queues are looked at anew.
    pub(crate) fn nobody_waits(&mut self) {
        self.creates_wait.clear();
        self.queues.clear();
    }

    /// Whether the user waits for an answer of this provider, or did a moment ago and will ask on.
    pub(crate) fn direct_wait(&self, provider: ProviderId, now: Instant) -> bool {
        let waits = self.direct_wait.get(&provider);
        waits.is_some_and(|(count, last)| *count > 0 || now < *last + ASKS_ON)
    }

    pub(crate) fn direct_begins(&mut self, provider: ProviderId, now: Instant) {
        self.direct_wait.entry(provider).or_insert((0, now)).0 += 1;
    }

    pub(crate) fn direct_ends(&mut self, provider: ProviderId, now: Instant) {
        let (count, last) = self.direct_wait.entry(provider).or_insert((0, now));
        *count = count.saturating_sub(1);
        *last = now;
    }

    /// What is left of the allowance can no longer be known from what was left before.
    pub(crate) fn doubt_allowance(&mut self, provider: ProviderId) {
        self.in_doubt.insert(provider);
    }

    /// The provider said what is left; answers whether it was known before as well.
    pub(crate) fn trust_allowance(&mut self, provider: ProviderId) -> bool {
        !self.in_doubt.remove(&provider)
    }

    /// A create call goes out that is expected to take so much.
    pub(crate) fn reserve(&mut self, task: TaskId, provider: ProviderId, cost: u32) {
        self.reserved.insert(task, (provider, cost));
    }

    /// What these calls took is in the books now.
    pub(crate) fn booked(&mut self, tasks: &[TaskId]) {
        self.reserved.retain(|task, _| !tasks.contains(task));
    }

    /// What the create calls that are out to a provider are expected to take.
    pub(crate) fn reserved(&self, provider: ProviderId) -> u32 {
        let costs = self.reserved.values().filter(|(of, _)| *of == provider);
        costs.map(|(_, cost)| *cost).fold(0, u32::saturating_add)
    }

    /// Whether a provider may be asked what is left, which is done once in so long. It is taken to be done now.
    pub(crate) fn may_ask_use(
        &mut self,
        provider: ProviderId,
        now: Timestamp,
        every: Duration,
    ) -> bool {
        let asked = self.use_asked.get(&provider);
        let may = asked.is_none_or(|at| *at > now || now.since(*at) >= every);
        if may {
            self.use_asked.insert(provider, now);
        }
        may
    }

    /// When the next pause ends.
    pub(crate) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.all.values().copied().chain(self.creates.values().map(|(until, _)| *until));
        ends.filter(|until| *until > now).min()
    }
}
