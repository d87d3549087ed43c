//! Share text in, links out: pure, linear in the length of the text, and never a panic whatever is pasted.
//!
//! The text is [repaired](repair), walked over [once](scan), and each link is [read](link) against the
//! [table](table) of platforms.
//!
//! Fuzzed from this folder with `cargo fuzz run -s none extract -- -dict=fuzz/extract.dict`, and measured with
//! `cargo run --release -p shiwen-share-text --example throughput`.

mod authority;
mod chars;
mod escape;
mod extent;
mod found;
mod hosts;
mod link;
mod noise;
mod notice;
mod pattern;
mod plain;
mod repair;
mod scan;
mod scheme;
mod sites;
mod table;
mod title;

use shiwen_core::Link;

pub use found::{Found, extract};
pub use notice::notice;

/// The links of a share text in order of first appearance, each once.
pub fn links(text: &str) -> Vec<Link> {
    extract(text).into_iter().map(|found| found.link).collect()
}
