//! For tests alone: the program ends itself, as a power cut would, at a moment that a test names.
//!
//! Crates depend on this by their feature `kill-points`, which no release has. What is ended gets no chance to clean up:
//! nothing is flushed, closed or told.

use std::{
    cell::Cell,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Names the moment: `<point>:<n>`, the n-th time that it is met. A usual build does not hold this name.
pub const VARIABLE: &str = "SHIWEN_KILL";

/// Moments at which a program can be ended from inside. Two more are held from outside: a request that was sent and has
/// no answer yet, and a question that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The intent is written and not committed.
    BeforeIntent,
    /// The intent is durable; nothing was connected.
    IntentKept,
    /// The connection of a create call stands; no byte has left.
    Connected,
    /// Half of the body of a create call has left.
    HalfSent,
    /// The head of the answer to a create call is there.
    HeadReceived,
    /// The answer to a create call was read; nothing of it is written.
    IdParsed,
    /// The acceptance is durable; nobody was told.
    AcceptedKept,
    /// A result was read; nothing of it is written.
    ResultReceived,
    /// A result is written and not committed.
    ResultWritten,
    /// A step of the schema was taken and not committed.
    Migration,
    /// A backup was copied; the second time: looked at, too, and without its name yet.
    Backup,
}

impl Point {
    pub const ALL: [Point; 11] = [
        Point::BeforeIntent,
        Point::IntentKept,
        Point::Connected,
        Point::HalfSent,
        Point::HeadReceived,
        Point::IdParsed,
        Point::AcceptedKept,
        Point::ResultReceived,
        Point::ResultWritten,
        Point::Migration,
        Point::Backup,
    ];

    /// As [`VARIABLE`] names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Point::BeforeIntent => "before-intent",
            Point::IntentKept => "intent-kept",
            Point::Connected => "connected",
            Point::HalfSent => "half-sent",
            Point::HeadReceived => "head-received",
            Point::IdParsed => "id-parsed",
            Point::AcceptedKept => "accepted-kept",
            Point::ResultReceived => "result-received",
            Point::ResultWritten => "result-written",
            Point::Migration => "migration",
            Point::Backup => "backup",
        }
    }
}

/// Ends the program if this is the moment that was named.
pub fn at(point: Point) {
    static HITS: AtomicU32 = AtomicU32::new(0);
    if let Some((wanted, hit)) = wish()
        && wanted == point
        && HITS.fetch_add(1, Ordering::Relaxed) + 1 == hit
    {
        end();
    }
}

/// Whether this point was named, whichever time.
pub fn is_wanted(point: Point) -> bool {
    wish().is_some_and(|(wanted, _)| wanted == point)
}

thread_local! {
    static NEXT: Cell<Option<Point>> = const { Cell::new(None) };
}

/// The next commit of this thread is this point.
pub fn commits(point: Point) {
    NEXT.set(Some(point));
}

/// A commit of this thread is durable.
pub fn committed() {
    if let Some(point) = NEXT.take() {
        at(point);
    }
}

fn wish() -> Option<(Point, u32)> {
    static WISH: OnceLock<Option<(Point, u32)>> = OnceLock::new();
    *WISH.get_or_init(|| parsed(&std::env::var(VARIABLE).ok()?))
}

fn parsed(wish: &str) -> Option<(Point, u32)> {
    let (name, hit) = wish.split_once(':')?;
    let point = Point::ALL.into_iter().find(|point| point.as_str() == name)?;
    Some((point, hit.parse().ok()?))
}

#[cfg(unix)]
fn end() -> ! {
    use rustix::process::{Signal, getpid, kill_process};
    let _ = kill_process(getpid(), Signal::KILL);
    // The signal reaches all threads before this one could do anything else.
    std::process::abort()
}

#[cfg(not(unix))]
fn end() -> ! {
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_named_by_its_word_and_nothing_else_is() {
        for point in Point::ALL {
            assert_eq!(parsed(&format!("{}:3", point.as_str())), Some((point, 3)));
        }
        for wrong in ["", "backup", "backup:", "backup:x", "nowhere:1"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn without_a_wish_nothing_ends() {
        assert_eq!(std::env::var_os(VARIABLE), None);
        commits(Point::AcceptedKept);
        committed();
        Point::ALL.into_iter().for_each(at);
    }
}
