//! Bytes per second over the last seconds.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// Older samples say nothing about now.
const WINDOW: Duration = Duration::from_secs(3);
/// Before this much time has passed a speed is a guess.
const LEAST: Duration = Duration::from_millis(400);
/// So that a fast download does not keep a sample for each of its blocks.
const APART: Duration = Duration::from_millis(50);

#[derive(Default)]
pub(crate) struct Speed {
    samples: VecDeque<(Instant, u64)>,
}

impl Speed {
    /// Notes how much is there at `now`, and says how fast it grows.
    pub(crate) fn note(&mut self, now: Instant, received: u64) -> Option<f64> {
        // Taken anew from the beginning: what came before counts no more.
        if self.samples.back().is_some_and(|(_, before)| *before > received) {
            self.samples.clear();
        }
        if self.samples.back().is_none_or(|(at, _)| now.duration_since(*at) >= APART) {
            self.samples.push_back((now, received));
        }
        while self.samples.len() > 2
            && self.samples.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.samples.pop_front();
        }
        let (since, before) = *self.samples.front()?;
        let time = now.duration_since(since);
        (time >= LEAST).then(|| (received - before) as f64 / time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_seconds_count() {
        let mut speed = Speed::default();
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(speed.note(at(0), 0), None);
        assert_eq!(speed.note(at(100), 1000), None);
        assert_eq!(speed.note(at(1000), 10_000), Some(10_000.0));
        for second in 2..20 {
            speed.note(at(second * 1000), 10_000 + second);
        }
        assert!(speed.note(at(20_000), 10_020).is_some_and(|speed| speed < 2.0));
    }

    #[test]
    fn a_file_that_is_taken_anew_starts_from_nothing() {
        let mut speed = Speed::default();
        let start = Instant::now();
        speed.note(start, 1_000_000);
        assert_eq!(speed.note(start + Duration::from_secs(1), 500), None);
        let later = start + Duration::from_secs(2);
        assert_eq!(speed.note(later, 1500), Some(1000.0));
    }
}
