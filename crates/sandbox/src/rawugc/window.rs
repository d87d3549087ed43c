//! The limit of calls in a sliding window, and its headers.

use std::collections::VecDeque;

use axum::http::HeaderMap;

/// How a caller stands after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// When the next place is free, in Unix milliseconds.
    pub(super) reset_ms: u64,
    pub(super) refused: bool,
}

impl Standing {
    /// A limit of 0 means that there is none, which has no headers.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        if self.limit == 0 {
            return;
        }
        // Whole seconds, rounded up, so that whoever waits until then is let in.
        let reset = self.reset_ms.div_ceil(1000);
        headers.insert("x-ratelimit-limit", self.limit.into());
        headers.insert("x-ratelimit-remaining", self.remaining.into());
        headers.insert("x-ratelimit-reset", reset.into());
    }
}

/// The calls of the last while. Refused ones take no place.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// When each was let in, in Unix milliseconds, oldest first.
    calls: VecDeque<u64>,
}

impl Window {
    /// Lets a call in if there is room within `length_ms`.
    pub(super) fn pass(&mut self, now_ms: u64, length_ms: u64, limit: u32) -> Standing {
        let before = self.look(now_ms, length_ms, limit);
        if before.remaining == 0 && limit > 0 {
            return Standing { refused: true, ..before };
        }
        self.calls.push_back(now_ms);
        self.look(now_ms, length_ms, limit)
    }

    /// How the caller stands without another call.
    pub(super) fn look(&mut self, now_ms: u64, length_ms: u64, limit: u32) -> Standing {
        while self.calls.front().is_some_and(|call| call + length_ms <= now_ms) {
            self.calls.pop_front();
        }
        let remaining = limit.saturating_sub(self.calls.len() as u32);
        let reset_ms = self.calls.front().map_or(now_ms, |call| call + length_ms);
        Standing { limit, remaining, reset_ms, refused: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_call_leaves_the_window() {
        let mut window = Window::default();
        let refused = |standing: Standing| (standing.refused, standing.remaining);
        assert_eq!(refused(window.pass(1000, 60_000, 2)), (false, 1));
        assert_eq!(refused(window.pass(11_000, 60_000, 2)), (false, 0));
        let third = window.pass(12_000, 60_000, 2);
        assert_eq!((third.refused, third.reset_ms), (true, 61_000));
        assert!(window.pass(60_999, 60_000, 2).refused);
        assert!(!window.pass(61_000, 60_000, 2).refused);
        assert_eq!(window.pass(61_001, 60_000, 2).reset_ms, 71_000);
    }

    #[test]
    fn a_window_without_length_or_limit_lets_everything_in() {
        let mut window = Window::default();
        assert!((0..100).all(|_| !window.pass(1000, 0, 10).refused));
        assert!((0..100).all(|_| !window.pass(1000, 60_000, 0).refused));
    }
}
