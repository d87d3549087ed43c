//! The engine on a real file, with a played service, on a paused clock.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod batches;
mod following;
mod keys;
mod lab;
mod lists;
mod minute;
mod money;
mod network;
mod orders;
mod pacing;
mod short_links;
mod waking;
