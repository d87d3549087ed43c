//! Calls within any minute: what has gone out lately, and when the next may.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// A call counts for so much longer than the minute: the service counts it when it arrives, and one that took its time
/// on the way may fall into the minute of those behind it. The part of the minute.
const SLACK: u32 = 30;

/// The calls of one provider within the last minute.
#[derive(Debug, Default)]
pub(crate) struct Window {
    calls: VecDeque<Instant>,
}

impl Window {
    /// Counts a call that goes out now; when there is no room for it, says when there is.
    pub(crate) fn take(
        &mut self,
        most: u32,
        minute: Duration,
        now: Instant,
    ) -> Result<(), Instant> {
        match self.free_at(most, minute, now) {
            Some(free) => Err(free),
            None => {
                self.calls.push_back(now);
                Ok(())
            }
        }
    }

    /// When there is room for a call again; none while there is.
    pub(crate) fn free_at(&mut self, most: u32, minute: Duration, now: Instant) -> Option<Instant> {
        let counted = minute + minute / SLACK;
        while self.calls.front().is_some_and(|call| *call + counted <= now) {
            self.calls.pop_front();
        }
        let most = most.max(1) as usize;
        let in_the_way = self.calls.len().checked_sub(most)?;
        self.calls.get(in_the_way).map(|call| *call + counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const COUNTED: Duration = Duration::from_secs(62);

    #[tokio::test(start_paused = true)]
    async fn no_minute_holds_more_calls_than_allowed_and_none_is_wasted() {
        let mut window = Window::default();
        let start = Instant::now();
        let mut calls = Vec::new();
        while calls.len() < 40 {
            match window.take(8, MINUTE, Instant::now()) {
                Ok(()) => calls.push(Instant::now()),
                Err(free) => tokio::time::sleep_until(free).await,
            }
            // A burst and then, now and again, a lull.
            if calls.len() % 5 == 0 {
                tokio::time::sleep(Duration::from_secs(7)).await;
            }
        }
        for call in &calls {
            let within = calls.iter().filter(|other| *other >= call && **other < *call + COUNTED);
            assert!(within.count() <= 8);
        }
        assert!(start.elapsed() < 5 * MINUTE, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_window_says_when_its_first_call_leaves_it() {
        let mut window = Window::default();
        let first = Instant::now();
        assert_eq!(window.take(2, MINUTE, first), Ok(()));
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(window.take(2, MINUTE, Instant::now()), Ok(()));
        assert_eq!(window.take(2, MINUTE, Instant::now()), Err(first + COUNTED));
        tokio::time::sleep_until(first + COUNTED).await;
        assert_eq!(window.take(2, MINUTE, Instant::now()), Ok(()));
    }
}
