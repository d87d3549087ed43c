//! When a running task is asked next. Ages count from the intent, so a restart changes nothing.
//!
//! Until ten durations of a provider and operation are known, by the provider's table; from then on by what is usual:
//! a first question when one task in ten is done, then at a part of the median, and rarely once it takes long.

use std::time::Duration;

use shiwen_providers::Schedule;

use crate::usual::Usual;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A late task is asked by itself for this long, then only when the user wants it.
const PATIENCE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Longest pause after calls that failed.
const BACKOFF_CAP: Duration = Duration::from_secs(30);
/// Longest interval of a learned schedule before the deadline.
const SELDOM: Duration = Duration::from_secs(15);
/// Nobody is made to wait longer than this by what an answer asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Whatever the pace, nobody is asked in a loop.
const SHORTEST: Duration = Duration::from_millis(20);
/// Where not even one question can be spared for each task, as many are taken to be.
const FEWEST: f64 = 0.5;
/// Then a task is first asked when so many of its kind are done: a question in vain costs another its turn.
const NEARLY_ALL: f64 = 0.97;
/// And no later than at this part of the round in which each running task gets its calls.
const WITHIN_ROUND: f64 = 0.9;
/// A task that still runs when so many of its kind are done is asked by its age.
const TAIL: f64 = 0.95;

/// What to do about a running task of a certain age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Next {
    /// From now; none: only on demand.
    pub(crate) wait: Option<Duration>,
    pub(crate) stalled: bool,
}

/// How often is asked, by what the questions cost at this moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tempo {
    /// The part of the tasks that is done when the first question is asked.
    pub(crate) first: f64,
    /// From one question to the next, as a part of the median.
    pub(crate) step: f64,
    /// The same of what takes unusually long, as a part of its age.
    pub(crate) tail: f64,
    /// By then the first question is asked even where that part is not done, unless it is less than half.
    pub(crate) latest: Duration,
}

impl Tempo {
    /// Delay and calls in balance: a call is worth about a fourth of a second where the median is 18 s.
    pub(crate) const CALM: Self =
        Self { first: 0.09, step: 0.13, tail: 0.09, latest: Duration::MAX };
    /// Others wait for the slot of a task, so that each second of delay costs all of them.
    pub(crate) const TIGHT: Self =
        Self { first: 0.04, step: 0.06, tail: 0.05, latest: Duration::MAX };

    /// With so many questions to spare for each task: few go where they tell most. Never denser than `self`. `round`
    /// is how long it takes until each running task has had a create and a question: to wait for longer wastes calls.
    pub(crate) fn within(self, questions: f64, round: Duration) -> Self {
        let questions = questions.max(FEWEST);
        let step = 0.65 / questions;
        if step <= self.step {
            return self;
        }
        let first = (1.0 / questions).clamp(self.first, NEARLY_ALL);
        Self { first, step, tail: Self::CALM.tail, latest: round.mul_f64(WITHIN_ROUND) }
    }
}

/// A provider's table, and what its tasks usually take where that is known.
#[derive(Debug, Clone)]
pub(crate) struct Course<'a> {
    pub(crate) table: &'a Schedule,
    pub(crate) usual: Option<&'a Usual>,
    pub(crate) tempo: Tempo,
    /// The factor on all waits that are not learned.
    pub(crate) pace: f64,
}

impl Course<'_> {
    /// `age` is the time since the intent, `chance` a number in 0..1 for the jitter.
    pub(crate) fn next(&self, age: Duration, chance: f64) -> Next {
        if age >= self.table.deadline {
            return late(age, chance);
        }
        let wait = match self.usual {
            Some(usual) => self.learned(usual, age, chance),
            None => self.by_table(age, chance),
        };
        // The documented smallest wait before the first call holds whatever was learned and whatever the jitter says.
        let floor = self.table.floor.mul_f64(self.pace).saturating_sub(age);
        Next { wait: Some(wait.max(floor)), stalled: false }
    }

    fn learned(&self, usual: &Usual, age: Duration, chance: f64) -> Duration {
        let floor = self.table.floor.mul_f64(self.pace);
        let step = usual.median().mul_f64(self.tempo.step);
        let first = usual.at(self.tempo.first).min(self.tempo.latest.max(usual.median()));
        // What was learned needs little spreading: only tasks that began together must not stay together.
        let jitter = |wait: Duration| (wait + step.mul_f64(0.2 * chance)).saturating_sub(step / 10);
        if age < first {
            return jitter(first - age);
        }
        let by_age = match age < usual.at(TAIL) {
            true => Duration::ZERO,
            false => age.mul_f64(self.tempo.tail).min(SELDOM.mul_f64(self.pace)),
        };
        jitter(step.max(by_age)).max(floor).max(SHORTEST)
    }

    fn by_table(&self, age: Duration, chance: f64) -> Duration {
        let Schedule { first, interval, growth, cap, floor, .. } = *self.table;
        let mut at = first.max(floor).mul_f64(self.pace);
        let mut interval = interval.mul_f64(self.pace);
        let cap = cap.mul_f64(self.pace);
        while at <= age {
            at += interval.max(SHORTEST);
            interval = interval.mul_f64(growth).min(cap);
        }
        jittered(at - age, chance)
    }
}

/// After the deadline: less and less, then only on demand.
fn late(age: Duration, chance: f64) -> Next {
    let wait = if age >= PATIENCE {
        None
    } else if age >= DAY {
        Some(60 * MINUTE)
    } else {
        Some(15 * MINUTE)
    };
    Next { wait: wait.map(|wait| jittered(wait, chance)), stalled: true }
}

/// A pause that an answer asked for, as it is kept: never less, within reason, and not to the same moment as others.
pub(crate) fn asked_for(wait: Duration, chance: f64) -> Duration {
    wait.min(LONGEST_PAUSE).mul_f64(1.0 + 0.1 * chance)
}

/// After `failed` calls in a row that failed: anything up to a growing bound, so that many tasks spread out.
pub(crate) fn backoff(failed: u32, pace: f64, chance: f64) -> Duration {
    let bound = Duration::from_secs(1 << failed.min(5)).min(BACKOFF_CAP);
    (bound.mul_f64(chance) + Duration::from_millis(500)).mul_f64(pace)
}

/// Before a call that never left this machine is made again.
pub(crate) fn resend(sends: u32, pace: f64) -> Duration {
    Duration::from_secs(match sends {
        0 | 1 => 5,
        2 => 15,
        3 => 45,
        _ => 120,
    })
    .mul_f64(pace)
}

fn jittered(wait: Duration, chance: f64) -> Duration {
    wait.mul_f64(0.9 + 0.2 * chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COZE: Schedule = Schedule {
        first: Duration::from_secs(3),
        interval: Duration::from_secs(3),
        growth: 1.5,
        cap: Duration::from_secs(15),
        floor: Duration::ZERO,
        deadline: Duration::from_secs(30 * 60),
    };

    fn seconds(age: f64) -> Duration {
        Duration::from_secs_f64(age)
    }

    fn by_table(table: &Schedule) -> Course<'_> {
        Course { table, usual: None, tempo: Tempo::CALM, pace: 1.0 }
    }

    /// Tasks that take 1, 2, … 50 seconds.
    fn one_to_fifty() -> Usual {
        Usual::of((1..=50).map(|n| seconds(f64::from(n)))).unwrap()
    }

    /// The ages at which a task is asked, without jitter.
    fn ages(course: &Course<'_>, count: usize) -> Vec<f64> {
        let mut age = Duration::ZERO;
        let mut ages = Vec::new();
        for _ in 0..count {
            age += course.next(age, 0.5).wait.unwrap();
            ages.push((age.as_secs_f64() * 100.0).round() / 100.0);
        }
        ages
    }

    #[test]
    fn intervals_of_the_table_grow_up_to_their_cap() {
        assert_eq!(ages(&by_table(&COZE), 7), [3.0, 6.0, 10.5, 17.25, 27.38, 42.38, 57.38]);
    }

    #[test]
    fn the_documented_smallest_wait_beats_the_jitter_and_what_was_learned() {
        let momoget = Schedule { first: seconds(10.0), floor: seconds(10.0), ..COZE };
        let usual = one_to_fifty();
        for usual in [None, Some(&usual)] {
            let course = Course { usual, ..by_table(&momoget) };
            assert!(course.next(Duration::ZERO, 0.0).wait.unwrap() >= seconds(10.0));
        }
        let course = Course { usual: Some(&usual), ..by_table(&momoget) };
        assert_eq!(ages(&course, 3), [10.0, 20.0, 30.0], "also between two questions");
    }

    #[test]
    fn what_is_usual_is_asked_for_when_it_is_likely_and_seldom_afterwards() {
        let usual = one_to_fifty();
        let course = Course { usual: Some(&usual), ..by_table(&COZE) };
        let ages = ages(&course, 40);
        assert_eq!(ages[..3], [5.41, 8.73, 12.04]);
        let late: Vec<_> = ages.windows(2).filter(|pair| pair[0] > 170.0).collect();
        assert!(late.iter().all(|pair| (pair[1] - pair[0] - 15.0).abs() < 0.1), "{ages:?}");
    }

    #[test]
    fn few_questions_go_where_they_tell_most() {
        assert_eq!(Tempo::CALM.within(9.0, MINUTE), Tempo::CALM);
        let three = Tempo::CALM.within(3.0, MINUTE);
        assert!(three.first > 0.3 && three.step > 0.2, "{three:?}");
        let none = Tempo::TIGHT.within(-0.3, MINUTE);
        assert_eq!((none.first, none.latest), (0.97, seconds(54.0)));
        let usual = one_to_fifty();
        let first = |latest| {
            let tempo = Tempo { latest, ..none };
            ages(&Course { usual: Some(&usual), tempo, ..by_table(&COZE) }, 1)
        };
        assert_eq!(first(seconds(54.0)), [48.53]);
        assert_eq!(first(seconds(40.0)), [40.0], "no later than the round lets it");
        assert_eq!(first(seconds(4.0)), [25.5], "and no earlier than half of them are done");
    }

    #[test]
    fn a_late_task_is_asked_less_and_less_and_after_a_week_only_on_demand() {
        let usual = one_to_fifty();
        for usual in [None, Some(&usual)] {
            let at = |age| Course { usual, ..by_table(&COZE) }.next(age, 0.5);
            assert!(!at(29 * MINUTE).stalled);
            assert_eq!(at(30 * MINUTE), Next { wait: Some(15 * MINUTE), stalled: true });
            assert_eq!(at(DAY), Next { wait: Some(60 * MINUTE), stalled: true });
            assert_eq!(at(PATIENCE), Next { wait: None, stalled: true });
        }
    }

    #[test]
    fn a_pause_that_was_asked_for_is_never_cut_short_but_bounded() {
        assert_eq!(asked_for(MINUTE, 0.0), MINUTE);
        assert_eq!(asked_for(MINUTE, 1.0), seconds(66.0));
        assert_eq!(asked_for(DAY, 0.0), 5 * MINUTE);
    }

    #[test]
    fn failed_calls_back_off_within_bounds() {
        for failed in 0..40 {
            assert!(backoff(failed, 1.0, 1.0) <= BACKOFF_CAP + seconds(0.5));
            assert!(backoff(failed, 1.0, 0.0) >= seconds(0.5));
        }
    }
}
