//! The engine on a real file, with a played service, on a paused clock.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod batches;
mod failover;
mod following;
mod keys;
mod lab;
mod limits;
mod lists;
mod look_up;
mod minute;
mod money;
mod network;
mod orders;
mod pacing;
mod pastes;
mod same_video;
mod short_links;
mod town;
mod waking;
