//! The real program against the sandbox in another process.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod accounts;
mod downloads;
mod extract;
mod follow;
mod history;
mod keys;
#[cfg(not(feature = "kill-points"))]
mod kill_points;
mod library;
mod pastes;
mod processes;
mod research;
mod stage;
mod transcripts;
mod videos;
mod works;
