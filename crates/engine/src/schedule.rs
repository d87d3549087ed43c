//! When a running task is asked next. Ages count from the intent, so a restart changes nothing.

use std::time::Duration;

use shiwen_providers::Schedule;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A late task is asked by itself for this long, then only when the user wants it.
const PATIENCE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Longest pause after calls that failed.
const BACKOFF_CAP: Duration = Duration::from_secs(30);

/// What to do about a running task of a certain age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Next {
    /// From now; none: only on demand.
    pub(crate) wait: Option<Duration>,
    pub(crate) stalled: bool,
}

/// `age` is the time since the intent, `pace` the factor on all waits, `chance` a number in 0..1 for the jitter.
pub(crate) fn next(schedule: &Schedule, age: Duration, pace: f64, chance: f64) -> Next {
    if age >= schedule.deadline {
        let wait = if age >= PATIENCE {
            None
        } else if age >= DAY {
            Some(60 * MINUTE)
        } else {
            Some(15 * MINUTE)
        };
        return Next { wait: wait.map(|wait| jittered(wait, chance)), stalled: true };
    }
    let mut at = schedule.first.max(schedule.floor).mul_f64(pace);
    let mut interval = schedule.interval.mul_f64(pace);
    let cap = schedule.cap.mul_f64(pace);
    while at <= age {
        at += interval.max(Duration::from_millis(20));
        interval = interval.mul_f64(schedule.growth).min(cap);
    }
    let wait = jittered(at - age, chance);
    // The documented smallest wait before the first call holds whatever the jitter says.
    let floor = schedule.floor.mul_f64(pace).saturating_sub(age);
    Next { wait: Some(wait.max(floor)), stalled: false }
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

    #[test]
    fn intervals_grow_up_to_their_cap() {
        let mut age = Duration::ZERO;
        let mut waits = Vec::new();
        for _ in 0..7 {
            let wait = next(&COZE, age, 1.0, 0.5).wait.unwrap();
            waits.push((wait.as_secs_f64() * 100.0).round() / 100.0);
            age += wait;
        }
        assert_eq!(waits, [3.0, 3.0, 4.5, 6.75, 10.13, 15.0, 15.0]);
    }

    #[test]
    fn the_documented_smallest_wait_beats_the_jitter() {
        let momoget = Schedule { first: seconds(10.0), floor: seconds(10.0), ..COZE };
        assert!(next(&momoget, Duration::ZERO, 1.0, 0.0).wait.unwrap() >= seconds(10.0));
    }

    #[test]
    fn a_late_task_is_asked_less_and_less_and_after_a_week_only_on_demand() {
        let at = |age| next(&COZE, age, 1.0, 0.5);
        assert!(!at(29 * MINUTE).stalled);
        assert_eq!(at(30 * MINUTE), Next { wait: Some(15 * MINUTE), stalled: true });
        assert_eq!(at(DAY), Next { wait: Some(60 * MINUTE), stalled: true });
        assert_eq!(at(PATIENCE), Next { wait: None, stalled: true });
    }

    #[test]
    fn failed_calls_back_off_within_bounds() {
        for failed in 0..40 {
            assert!(backoff(failed, 1.0, 1.0) <= BACKOFF_CAP + seconds(0.5));
            assert!(backoff(failed, 1.0, 0.0) >= seconds(0.5));
        }
    }
}
