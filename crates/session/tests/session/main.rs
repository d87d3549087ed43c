//! The real engine and sender, real HTTP to the sandbox.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod outcomes;
mod short_links;
mod stage;
