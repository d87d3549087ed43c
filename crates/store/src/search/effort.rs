//! How much may be done for a question before it is given up, and which question is the newest.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// What a search may take. Without a limit it goes on to its end.
#[derive(Debug, Default)]
pub struct Effort {
    until: Option<Instant>,
    turn: Option<Turn>,
}

impl Effort {
    /// Until that much time has passed from now on.
    pub fn within(time: Duration) -> Self {
        Self { until: Instant::now().checked_add(time), turn: None }
    }

    /// No longer than a question is the newest of its kind.
    pub fn while_newest(self, turn: Turn) -> Self {
        Self { turn: Some(turn), ..self }
    }

    pub(super) fn is_over(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| !turn.is_newest())
            || self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// Questions of one kind, of which only the newest is waited for.
#[derive(Debug, Default)]
pub struct Turns(Arc<AtomicU64>);

impl Turns {
    /// The turn of the newest question; that of the one before is over.
    pub fn next(&self) -> Turn {
        let own = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Turn { own, newest: Arc::clone(&self.0) }
    }

    /// The turn of the newest question so far, for what goes on with an older one: it ends no turn.
    pub fn current(&self) -> Turn {
        Turn { own: self.0.load(Ordering::Relaxed), newest: Arc::clone(&self.0) }
    }
}

/// The turn of one question.
#[derive(Debug)]
pub struct Turn {
    own: u64,
    newest: Arc<AtomicU64>,
}

impl Turn {
    fn is_newest(&self) -> bool {
        self.newest.load(Ordering::Relaxed) == self.own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_question_ends_the_turn_of_the_older_one_alone() {
        let (pages, counts) = (Turns::default(), Turns::default());
        let count = Effort::default().while_newest(counts.next());
        let older = Effort::default().while_newest(pages.next());
        assert!(!older.is_over());
        let newer = Effort::default().while_newest(pages.next());
        let beside = Effort::default().while_newest(pages.current());
        assert!(older.is_over() && !newer.is_over() && !beside.is_over() && !count.is_over());
        drop(pages.next());
        assert!(newer.is_over() && beside.is_over());
    }

    #[test]
    fn time_passes() {
        assert!(!Effort::default().is_over());
        assert!(!Effort::within(Duration::from_secs(3600)).is_over());
        assert!(Effort::within(Duration::ZERO).is_over());
    }
}
