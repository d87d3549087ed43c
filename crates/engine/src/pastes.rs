//! Pastes as one: the orders about all of their tasks, and a guess at how long they still take.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use shiwen_core::{
    Operation, Paste, PasteId, ProviderId, Retried, TaskId, TaskState, Timestamp, WaitReason,
};
use shiwen_providers::service;
use shiwen_store::{Queued, StoreError};

use crate::Engine;

impl Engine {
    /// A paste with its tasks, and how long they may still take.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn paste(&self, id: PasteId) -> Result<Paste, StoreError> {
        let paste = self.store().paste(id)?;
        let left_s = self.left(&paste)?.and_then(|left| u32::try_from(left.as_secs()).ok());
        Ok(Paste { left_s, ..paste })
    }

    /// Nothing of it is submitted any more, until the user goes on.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn pause_paste(&self, id: PasteId) -> Result<Paste, StoreError> {
        self.store().pause_paste(id)?;
        self.paste(id)
    }

    /// Its queued tasks take their turn again.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is none.
    pub fn resume_paste(&self, id: PasteId) -> Result<Paste, StoreError> {
        self.store().resume_paste(id)?;
        self.inner.wake.notify_one();
        self.paste(id)
    }

    /// A new approval to spend for those of its tasks that failed.
    ///
    /// # Errors
    /// When the history cannot be written; nothing is queued then.
    pub fn retry_failed(&self, id: PasteId) -> Result<Retried, StoreError> {
        let failed: BTreeSet<ProviderId> = {
            let tasks = self.store().paste(id)?.tasks;
            let failed = tasks.iter().filter(|task| task.state == TaskState::Failed);
            failed.map(|task| task.provider).collect()
        };
        for provider in failed {
            self.holds().forget(provider);
        }
        self.store().retry_failed(id)
    }

    /// How long until all of a paste's tasks have ended; none where nobody can say.
    fn left(&self, paste: &Paste) -> Result<Option<Duration>, StoreError> {
        let mut last: BTreeMap<ProviderId, TaskId> = BTreeMap::new();
        for task in &paste.tasks {
            match task.state {
                TaskState::Queued if paste.paused => return Ok(None),
                TaskState::Queued | TaskState::Submitting | TaskState::Running => {
                    last.insert(task.provider, task.id);
                }
                _ => {}
            }
        }
        let now = self.now();
        let mut left = None;
        for (provider, last) in last {
            let Some(service) = service(provider) else { return Ok(None) };
            let queue = self.store().queue(provider, last)?;
            let mut usual = HashMap::new();
            for task in &queue {
                if let std::collections::hash_map::Entry::Vacant(place) =
                    usual.entry(task.operation)
                    && let Some(seconds) = self.store().usual(provider, task.operation)?
                {
                    place.insert(Duration::from_secs(seconds.into()));
                }
            }
            let lane = Lane {
                slots: self.slots(service.card(), now)?,
                per_minute: self.calls_per_minute(service.card()),
                minute: self.inner.parts.minute,
                usual,
            };
            match lane.end_of(&queue, paste.id, now) {
                Some(end) => left = left.max(Some(end)),
                None => return Ok(None),
            }
        }
        Ok(left)
    }
}

/// How a provider works off its queue, as far as it can be guessed.
struct Lane {
    slots: u32,
    /// Calls of all sorts. One task takes its create call and at least one question.
    per_minute: Option<u32>,
    minute: Duration,
    usual: HashMap<Operation, Duration>,
}

impl Lane {
    /// How long until the last task of the paste has ended; none where one of them waits for the user, or nobody knows
    /// how long such a task takes.
    fn end_of(&self, queue: &[Queued], paste: PasteId, now: Timestamp) -> Option<Duration> {
        // When each slot is free again.
        let mut slots = vec![Duration::ZERO; self.slots.max(1) as usize];
        let mut calls: HashMap<u32, Duration> = HashMap::new();
        let mut created = 0;
        let mut last = Duration::ZERO;
        for task in queue {
            let end = match calls.get(&task.call) {
                // It goes out with one that was looked at.
                Some(end) => *end,
                None => {
                    let (from, usual) = self.times(task, now, &mut created, paste)?;
                    let Some(usual) = usual else { continue };
                    let slot = slots.iter_mut().min()?;
                    *slot = match task.submitted_at {
                        // It has its slot; what takes longer than usual may end at any moment.
                        Some(at) => usual.saturating_sub(now.since(at)),
                        None => (*slot).max(from) + usual,
                    };
                    calls.insert(task.call, *slot);
                    *slot
                }
            };
            if task.paste == paste {
                last = last.max(end);
            }
        }
        Some(last)
    }

    /// From when a task can be submitted, and how long it takes then: nothing for one of another paste that nobody
    /// knows this of.
    fn times(
        &self,
        task: &Queued,
        now: Timestamp,
        created: &mut u32,
        paste: PasteId,
    ) -> Option<(Duration, Option<Duration>)> {
        let usual = self.usual.get(&task.operation).copied();
        let until = task.wait.and_then(|wait| wait.until).map(|until| until.since(now));
        let waits_for_user = until.is_none()
            && matches!(
                task.wait.map(|wait| wait.reason),
                Some(
                    WaitReason::Key
                        | WaitReason::GaveUpSending
                        | WaitReason::DiskFull
                        | WaitReason::Offline
                )
            );
        if waits_for_user || usual.is_none() {
            return (task.paste != paste).then_some((Duration::ZERO, None));
        }
        let mut from = until.unwrap_or_default();
        if let (Some(most), None) = (self.per_minute, task.submitted_at) {
            *created += 1;
            // So many tasks before it have had their calls in the minutes before.
            let minutes = (*created * 2).saturating_sub(1) / most.max(1);
            from = from.max(self.minute * minutes);
        }
        Some((from, usual))
    }
}

#[cfg(test)]
mod tests {
    use shiwen_core::Wait;

    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);
    const MINE: PasteId = PasteId(7);

    fn lane(slots: u32) -> Lane {
        let usual = HashMap::from([(Operation::Transcribe, Duration::from_secs(20))]);
        Lane { slots, per_minute: None, minute: Duration::from_secs(60), usual }
    }

    fn queued(id: u32, paste: PasteId) -> Queued {
        Queued {
            id: TaskId(id),
            paste,
            operation: Operation::Transcribe,
            call: id,
            wait: None,
            submitted_at: None,
        }
    }

    fn seconds(lane: &Lane, queue: &[Queued]) -> Option<u64> {
        lane.end_of(queue, MINE, NOW).map(|end| end.as_secs())
    }

    #[test]
    fn a_queue_takes_its_rounds_through_the_slots_after_what_runs() {
        let running = Queued { submitted_at: Some(Timestamp(NOW.0 - 15_000)), ..queued(1, MINE) };
        let mut queue = vec![running.clone()];
        assert_eq!(seconds(&lane(2), &queue), Some(5));
        queue.extend((2..=4).map(|id| queued(id, MINE)));
        // One slot: 20 and 40; the other: 5 and 25.
        assert_eq!(seconds(&lane(2), &queue), Some(40));
        assert_eq!(seconds(&lane(1), &queue), Some(65));
    }

    #[test]
    fn what_others_pasted_before_goes_first_and_what_they_pasted_later_does_not_count() {
        let other = PasteId(1);
        let queue = [queued(1, other), queued(2, other), queued(3, MINE)];
        assert_eq!(seconds(&lane(1), &queue), Some(60));
        let queue = [queued(1, MINE), queued(2, other)];
        assert_eq!(seconds(&lane(1), &queue), Some(20));
    }

    #[test]
    fn those_of_one_call_take_one_slot() {
        let queue = [1, 2, 3].map(|id| Queued { call: 1, ..queued(id, MINE) });
        assert_eq!(seconds(&lane(1), &queue), Some(20));
    }

    #[test]
    fn what_waits_until_a_time_is_waited_for_and_what_waits_for_the_user_cannot_be_guessed() {
        let waiting = |reason, until| {
            let wait = Some(Wait { reason, until });
            [Queued { wait, ..queued(1, MINE) }]
        };
        let until = Some(Timestamp(NOW.0 + 3_600_000));
        assert_eq!(seconds(&lane(1), &waiting(WaitReason::DailyLimit, until)), Some(3_620));
        assert_eq!(seconds(&lane(1), &waiting(WaitReason::Key, None)), None);
        let [blocked] = waiting(WaitReason::Key, None);
        let queue = [Queued { paste: PasteId(1), ..blocked }, queued(2, MINE)];
        assert_eq!(seconds(&lane(1), &queue), Some(20), "another's trouble is none of ours");
    }

    #[test]
    fn nobody_guesses_before_enough_have_ended() {
        let unknown = Lane { usual: HashMap::new(), ..lane(1) };
        assert_eq!(seconds(&unknown, &[queued(1, MINE)]), None);
    }

    #[test]
    fn a_full_minute_holds_up_what_comes_behind_it() {
        let narrow = Lane { per_minute: Some(4), ..lane(99) };
        let queue: Vec<_> = (1..=6).map(|id| queued(id, MINE)).collect();
        // Two tasks a minute: the last two begin in the third.
        assert_eq!(seconds(&narrow, &queue), Some(120 + 20));
    }
}
