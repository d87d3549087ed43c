//! Calls within any minute: what has gone out lately, and when the next may.

use std::time::Duration;

use tokio::time::Instant;

/// A call counts until it is older than the minute, so that no window of that length ever holds more.
const AFTER: Duration = Duration::from_millis(1);
/// A call that is out counts from no later than this part of the minute after it left: one that blocks while the
/// service works has long arrived by then.
const ARRIVED: u32 = 4;

/// The calls of one provider within the last minute.
#[derive(Debug, Default)]
pub(crate) struct Window {
    calls: Vec<Counted>,
    last: u64,
}

#[derive(Debug)]
struct Counted {
    number: u64,
    /// The service counts a call when it arrives, which was no later than this.
    from: Instant,
}

impl Window {
    /// Counts a call that goes out now, and answers its number; when there is no room for it, says when there is.
    pub(crate) fn take(
        &mut self,
        most: u32,
        minute: Duration,
        now: Instant,
    ) -> Result<u64, Instant> {
        match self.free_at(most, minute, now) {
            Some(free) => Err(free),
            None => {
                self.last += 1;
                self.calls.push(Counted { number: self.last, from: now + minute / ARRIVED });
                Ok(self.last)
            }
        }
    }

    /// The answer to a call came, so by now it has arrived.
    pub(crate) fn answered(&mut self, number: u64, now: Instant) {
        if let Some(call) = self.calls.iter_mut().find(|call| call.number == number) {
            call.from = call.from.min(now);
        }
    }

    /// When there is room for a call again; none while there is.
    pub(crate) fn free_at(&mut self, most: u32, minute: Duration, now: Instant) -> Option<Instant> {
        let end = |call: &Counted| call.from + minute + AFTER;
        self.calls.retain(|call| end(call) > now);
        let most = most.max(1) as usize;
        let in_the_way = self.calls.len().checked_sub(most)?;
        let mut ends: Vec<_> = self.calls.iter().map(end).collect();
        ends.sort_unstable();
        ends.get(in_the_way).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// How long the calls are on their way, there and back.
    async fn busiest_minute(way: Duration) -> (usize, Duration) {
        let mut window = Window::default();
        let start = Instant::now();
        let mut arrived = Vec::new();
        while arrived.len() < 40 {
            match window.take(8, MINUTE, Instant::now()) {
                Ok(number) => {
                    // Some arrive at once, some late.
                    let there = if arrived.len() % 3 == 0 { way } else { Duration::ZERO };
                    arrived.push(Instant::now() + there);
                    tokio::time::sleep(way).await;
                    window.answered(number, Instant::now());
                }
                Err(free) => tokio::time::sleep_until(free).await,
            }
            // A burst and then, now and again, a lull.
            if arrived.len() % 5 == 0 {
                tokio::time::sleep(Duration::from_secs(7)).await;
            }
        }
        let within = |from: &Instant| {
            arrived.iter().filter(|at| (*from..=*from + MINUTE).contains(*at)).count()
        };
        (arrived.iter().map(within).max().unwrap(), start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_holds_more_calls_than_allowed_and_none_is_wasted() {
        let (busiest, took) = busiest_minute(Duration::ZERO).await;
        assert_eq!(busiest, 8);
        assert!(took < 5 * MINUTE, "{took:?}");
        let (busiest, took) = busiest_minute(Duration::from_secs(3)).await;
        assert!(busiest <= 8, "{busiest} arrived within a minute");
        assert!(took < 6 * MINUTE, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_window_says_when_its_first_call_leaves_it() {
        let mut window = Window::default();
        let first = Instant::now();
        let number = window.take(2, MINUTE, first).unwrap();
        window.answered(number, first);
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert!(window.take(2, MINUTE, Instant::now()).is_ok());
        assert_eq!(window.take(2, MINUTE, Instant::now()), Err(first + MINUTE + AFTER));
        tokio::time::sleep_until(first + MINUTE + AFTER).await;
        assert!(window.take(2, MINUTE, Instant::now()).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_blocks_does_not_hold_its_place_for_as_long() {
        let mut window = Window::default();
        let first = Instant::now();
        window.take(1, MINUTE, first).unwrap();
        tokio::time::sleep(Duration::from_secs(200)).await;
        assert_eq!(window.free_at(1, MINUTE, Instant::now()), None);
    }
}
