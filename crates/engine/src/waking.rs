//! Sleep and clocks that are set: due times are wall times, so both move them.

use std::time::Duration;

use shiwen_core::Timestamp;
use shiwen_providers::services;
use shiwen_store::StoreError;
use tokio::time::Instant;

use crate::Engine;

/// A look at the clock that differs from the last by so much more or less than the time that passed between them: the
/// machine slept, it was held up by more than work, or the clock was set.
const JUMP: Duration = Duration::from_secs(10);

/// The last look at both clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    wall: Timestamp,
    ticks: Instant,
}

/// What happened to the time between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Jump {
    Ahead,
    Back(Duration),
}

impl Look {
    pub(crate) fn now(wall: Timestamp) -> Self {
        Self { wall, ticks: Instant::now() }
    }

    /// `next` comes a moment later, unless something held it up.
    fn jump(self, next: Self) -> Option<Jump> {
        if next.wall.since(self.wall) > JUMP {
            return Some(Jump::Ahead);
        }
        let expected = self.wall.after(next.ticks - self.ticks);
        let back = expected.since(next.wall);
        (back > JUMP).then_some(Jump::Back(back))
    }
}

impl Engine {
    /// Whether the time jumped since the last look. If so, everything is looked at once.
    pub(crate) fn woke_up(&self, last: &mut Look) -> bool {
        let now = Look::now(self.now());
        let jump = std::mem::replace(last, now).jump(now);
        let done = match jump {
            None => return false,
            Some(Jump::Ahead) => Ok(()),
            Some(Jump::Back(by)) => {
                tracing::info!(?by, "the clock was set back");
                self.holds().set_back(by);
                self.store().set_back(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
            }
        };
        self.looked_away();
        self.inner.network.probe_now();
        if let Err(error) = done.and_then(|()| self.look_again(now.wall)) {
            tracing::error!(%error, "the tasks could not be looked at after a jump of the clock");
        }
        true
    }

    /// Every running task is asked within seconds, as far as its provider allows; none twice.
    pub(crate) fn look_again(&self, now: Timestamp) -> Result<(), StoreError> {
        for service in services() {
            let floor = service.schedule().floor.mul_f64(self.inner.parts.pace);
            let floor_ms = i64::try_from(floor.as_millis()).unwrap_or(i64::MAX);
            self.store().look_again(service.card().id, floor_ms, now)?;
        }
        Ok(())
    }

    /// There is a network again: what waited for it goes on, and what was asked in vain is asked again.
    pub(crate) fn back_online(&self) {
        self.holds().back_online();
        self.looked_away();
        let now = self.now();
        if let Err(error) = self.store().back_online().and_then(|()| self.look_again(now)) {
            tracing::error!(%error, "the tasks could not be looked at with the network back");
        }
    }

    /// Whether anything is to be sent once there is a network.
    pub(crate) fn somebody_waits(&self) -> Result<bool, StoreError> {
        let some_day = Timestamp(i64::MAX);
        if !self.store().due_to_follow(some_day, 1)?.is_empty() {
            return Ok(true);
        }
        for provider in self.store().queued_providers()? {
            // What the user paused, or has to decide about, sends nothing.
            if !self.store().due_to_submit(provider, some_day, 1)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    #[tokio::test(start_paused = true)]
    async fn only_what_time_does_not_explain_is_a_jump() {
        let first = Look::now(NOW);
        let after = |ticks: u64, wall_ms: i64| {
            let ticks = first.ticks + Duration::from_millis(ticks);
            first.jump(Look { wall: Timestamp(NOW.0 + wall_ms), ticks })
        };
        assert_eq!(after(500, 500), None);
        assert_eq!(after(500, 9_000), None, "a correction of the clock");
        assert_eq!(after(500, -9_000), None);
        assert_eq!(after(500, 8 * 3_600_000), Some(Jump::Ahead), "a closed lid");
        assert_eq!(after(60_000, 60_000), Some(Jump::Ahead), "a tick that was held up");
        let back = Duration::from_millis(3_600_500);
        assert_eq!(after(500, -3_600_000), Some(Jump::Back(back)));
    }
}
