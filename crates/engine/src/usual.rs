//! What the tasks of a provider usually take, learned from the last fifty of each operation.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shiwen_core::{Operation, ProviderId, TaskId};

/// Durations that are kept of a provider and operation.
const KEPT: usize = 50;
/// Before so many are known the provider's table says when to ask.
const ENOUGH: usize = 10;
/// Between the two questions around a task's end more than this part of its age: the answer says little about when
/// that was.
const VAGUE: f64 = 0.3;

/// Durations in order, of which there are enough.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Usual {
    sorted: Vec<Duration>,
}

impl Usual {
    /// None before there are ten.
    pub(crate) fn of(durations: impl IntoIterator<Item = Duration>) -> Option<Self> {
        let mut sorted: Vec<_> = durations.into_iter().collect();
        sorted.sort_unstable();
        (sorted.len() >= ENOUGH).then_some(Self { sorted })
    }

    /// The age at which this part of the tasks is done.
    pub(crate) fn at(&self, part: f64) -> Duration {
        let place = part.clamp(0.0, 1.0) * (self.sorted.len() - 1) as f64;
        let (below, above) =
            (self.sorted[place.floor() as usize], self.sorted[place.ceil() as usize]);
        below + (above - below).mul_f64(place.fract())
    }

    pub(crate) fn median(&self) -> Duration {
        self.at(0.5)
    }

    pub(crate) fn mean(&self) -> Duration {
        let count = u32::try_from(self.sorted.len()).unwrap_or(u32::MAX);
        self.sorted.iter().sum::<Duration>() / count
    }

    fn between(&self, after: Duration, until: Duration) -> &[Duration] {
        let begin = self.sorted.partition_point(|it| *it <= after);
        let end = self.sorted.partition_point(|it| *it <= until);
        self.sorted.get(begin..end).unwrap_or_default()
    }
}

/// The newest durations of one provider and operation, as they are kept: milliseconds, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Durations {
    ms: VecDeque<u64>,
}

impl Durations {
    pub(crate) fn add(&mut self, duration: Duration) {
        while self.ms.len() >= KEPT {
            self.ms.pop_front();
        }
        self.ms.push_back(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    }

    pub(crate) fn usual(&self) -> Option<Usual> {
        Usual::of(self.ms.iter().copied().map(Duration::from_millis))
    }
}

/// When a task ended that was found done at the age of `found`, and at `running`, where it was asked before, was not.
///
/// What was noticed is later than what happened. Taken for the duration it would put the first question off a little
/// with each task, for ever: no task can be noticed before it is asked about. So the end is drawn from the time in
/// which it lies, and where that is long, from what is usual within it.
pub(crate) fn ended(
    running: Option<Duration>,
    found: Duration,
    usual: Option<&Usual>,
    chance: f64,
) -> Duration {
    let after = match (running, usual) {
        (Some(running), _) => running.min(found),
        // The first question is asked early: what is done by then was so for a short time.
        (None, Some(usual)) if found > usual.median() => Duration::ZERO,
        (None, _) => found.mul_f64(0.7),
    };
    let usual = usual.map_or(&[][..], |usual| usual.between(after, found));
    if found - after > found.mul_f64(VAGUE + 0.01) && !usual.is_empty() {
        let place = (usual.len() as f64 * chance) as usize;
        return usual[place.min(usual.len() - 1)];
    }
    after + (found - after).mul_f64(chance)
}

/// What was learned so far, and what is known of the tasks that run.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    of: HashMap<(ProviderId, Operation), (Durations, Option<Usual>)>,
    /// Tasks that this run accepted and has asked after ever since, with the age at which they last ran.
    pub(crate) watched: HashMap<TaskId, Option<Duration>>,
    /// Tasks that their provider's list does not name.
    pub(crate) unlisted: HashSet<TaskId>,
    /// Kinds of tasks whose list was refused in this run.
    pub(crate) without_list: HashSet<(ProviderId, Operation)>,
}

impl Learned {
    pub(crate) fn knows(&self, kind: (ProviderId, Operation)) -> bool {
        self.of.contains_key(&kind)
    }

    pub(crate) fn set(&mut self, kind: (ProviderId, Operation), durations: Durations) {
        let usual = durations.usual();
        self.of.insert(kind, (durations, usual));
    }

    pub(crate) fn usual(&self, kind: (ProviderId, Operation)) -> Option<Usual> {
        self.of.get(&kind).and_then(|(_, usual)| usual.clone())
    }

    pub(crate) fn durations(&self, kind: (ProviderId, Operation)) -> Durations {
        self.of.get(&kind).map(|(durations, _)| durations.clone()).unwrap_or_default()
    }
}

/// The setting that keeps the durations of a kind.
pub(crate) fn setting((provider, operation): (ProviderId, Operation)) -> String {
    format!("durations {provider} {operation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(age: f64) -> Duration {
        Duration::from_secs_f64(age)
    }

    fn usual(durations: impl IntoIterator<Item = f64>) -> Usual {
        Usual::of(durations.into_iter().map(seconds)).unwrap()
    }

    #[test]
    fn nine_are_not_enough_and_fifty_are_kept() {
        let mut durations = Durations::default();
        for n in 1..=9 {
            durations.add(Duration::from_secs(n));
        }
        assert_eq!(durations.usual(), None);
        for n in 10..=80 {
            durations.add(Duration::from_secs(n));
        }
        let usual = durations.usual().unwrap();
        assert_eq!((usual.at(0.0), usual.at(1.0)), (seconds(31.0), seconds(80.0)));
        assert_eq!((usual.median(), usual.mean()), (seconds(55.5), seconds(55.5)));
    }

    #[test]
    fn they_read_as_they_were_written() {
        let mut durations = Durations::default();
        durations.add(seconds(18.25));
        let text = serde_json::to_string(&durations).unwrap();
        assert_eq!(text, "[18250]");
        assert_eq!(serde_json::from_str::<Durations>(&text).unwrap(), durations);
    }

    #[test]
    fn an_end_lies_between_two_questions() {
        assert_eq!(ended(Some(seconds(16.0)), seconds(18.0), None, 0.25), seconds(16.5));
        assert_eq!(ended(None, seconds(10.0), None, 0.5), seconds(8.5));
    }

    #[test]
    fn a_long_time_without_a_question_changes_nothing_of_what_is_usual() {
        let usual = usual((0..20).map(|n| 10.0 + f64::from(n)));
        for chance in [0.0, 0.3, 0.6, 0.999] {
            // Asked only after a minute, since calls were scarce.
            let late = ended(None, seconds(60.0), Some(&usual), chance);
            assert!((10.0..30.0).contains(&late.as_secs_f64()), "{late:?}");
            let between = ended(Some(seconds(20.0)), seconds(60.0), Some(&usual), chance);
            assert!((20.0..30.0).contains(&between.as_secs_f64()), "{between:?}");
        }
        // Nothing of the kind was seen before.
        assert!(ended(Some(seconds(40.0)), seconds(80.0), Some(&usual), 0.5) == seconds(60.0));
    }

    #[test]
    fn a_first_question_that_comes_too_late_moves_forward_again() {
        // All tasks take 6 s, but they are first asked at 12.
        let mut durations = Durations::default();
        for _ in 0..KEPT {
            durations.add(seconds(12.0));
        }
        let first = |durations: &Durations| durations.usual().unwrap().at(0.1);
        for task in 0..300 {
            let usual = durations.usual().unwrap();
            let asked = usual.at(0.1).max(seconds(6.0));
            let chance = f64::from(task % 10) / 10.0;
            durations.add(ended(None, asked, Some(&usual), chance));
        }
        assert!(first(&durations) < seconds(6.6), "{:?}", first(&durations));
    }
}
