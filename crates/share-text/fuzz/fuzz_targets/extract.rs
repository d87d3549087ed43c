//! Any bytes, read as a text that was pasted.
//!
//! In `crates/share-text`, on stable Rust:
//! `cargo fuzz run -s none extract -- -dict=fuzz/extract.dict -max_total_time=600`
//! (`cargo install cargo-fuzz` once; a nightly can leave `-s none` away). A text that breaks a promise goes to
//! `fuzz/artifacts`. Mended, it becomes a named seed in `fuzz/corpus/extract`, which `tests/seeds.rs` replays.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/shared/check.rs"]
mod check;

fuzz_target!(|bytes: &[u8]| check::check(&String::from_utf8_lossy(bytes)));
