//! The real engine and sender, real HTTP to the sandbox.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod batches;
mod canary;
mod coze;
mod downloads;
mod echo;
mod exports;
mod full_disk;
mod history;
mod jimeng;
mod lab;
mod log;
mod messages;
mod news;
mod outcomes;
mod port;
mod rawugc;
mod rest;
mod short_links;
mod stage;
mod trash;
mod works;
