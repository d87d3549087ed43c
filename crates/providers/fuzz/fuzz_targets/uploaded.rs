//! Any bytes as the answer to an upload.
//!
//! In `crates/providers`, on stable Rust, after `cargo run --manifest-path fuzz/Cargo.toml --example seeds`:
//! `cargo fuzz run -s none uploaded -- -dict=fuzz/answers.dict -max_len=8192 -max_total_time=300`
//! (`cargo install cargo-fuzz` once; a nightly can leave `-s none` away). Bytes that break a promise go to
//! `fuzz/artifacts`. Mended, they become a named file in `fuzz/found/uploaded`, which the tests replay.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/shared/mod.rs"]
#[allow(dead_code, reason = "every target has its own function in there")]
mod shared;

fuzz_target!(|bytes: &[u8]| shared::targets::uploaded(bytes));
