//! The short form of fuzzing: the seeds of every target and some thousand mutations of them, drawn by fixed numbers;
//! and answers that are written to hurt. The long form is in `fuzz/`.

#[path = "../shared/mod.rs"]
mod shared;

mod answers;
mod linear;

use std::path::Path;

use shared::{draw, seeds, seeds::TARGETS};

use crate::support::fixtures;

/// SplitMix64, so that a seed gives the same bytes everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const BITS: &[&[u8]] = &[
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\\",
    b"\0",
    b"\xff",
    b"null",
    b"-1",
    b"1e308",
    b"1e-9",
    b"18446744073709551616",
    b"0",
    b"true",
    b"\\u0000",
    b"\\ud83d",
    b"\\u202e",
    b"\xe2\x80\xae",
    b"@@",
    b"https://a.example/x.mp4",
    b"javascript:alert(1)",
    b"\"code\":",
    b"\"data\":",
    b"\"detail\":",
    b"\"status\":",
    b"\"{\\\"Output\\\":\\\"",
    b"\n",
    b"\n\n",
    b"\xef\xbb\xbf",
    b"\x1b[31m",
];

/// A few changes to a seed.
fn mutated(dice: &mut Dice, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(24)).min(bytes.len());
        match dice.below(8) {
            0 => drop(bytes.splice(at..at, dice.pick(BITS).iter().copied())),
            1 => drop(bytes.splice(at..end, dice.pick(BITS).iter().copied())),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            4 => bytes.extend_from_within(at..end),
            5 => drop(bytes.splice(at..end, other[other.len().min(at)..].iter().copied())),
            6 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            // The choice at the beginning.
            _ if bytes.len() > draw::CHOICE => bytes[dice.below(draw::CHOICE)] = dice.roll() as u8,
            _ => {}
        }
    }
    bytes
}

/// Runs a target on its seeds, on what a fuzzer once found, and on mutations.
fn hold(name: &str, times: usize) {
    let (_, target) = TARGETS.iter().find(|target| target.0 == name).unwrap();
    let mut seeds = seeds::seeds(name, fixtures()).unwrap();
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/found").join(name);
    if let Ok(files) = std::fs::read_dir(found) {
        seeds.extend(files.map(|file| std::fs::read(file.unwrap().path()).unwrap()));
    }
    seeds.iter().for_each(|seed| target(seed));
    let mut dice = Dice(0x5eed);
    for _ in 0..times {
        let (seed, other) = (dice.below(seeds.len()), dice.below(seeds.len()));
        let bytes = mutated(&mut dice, &seeds[seed], &seeds[other]);
        // Shown only when the target panics.
        eprintln!("{}", String::from_utf8_lossy(&bytes).escape_debug());
        target(&bytes);
    }
}

#[test]
fn mutated_answers_to_creates_break_no_promise() {
    hold("created", 3_000);
}

#[test]
fn mutated_answers_about_tasks_break_no_promise() {
    hold("followed", 3_000);
}

#[test]
fn mutated_lists_of_tasks_break_no_promise() {
    hold("listed", 1_500);
}

#[test]
fn mutated_streams_break_no_promise() {
    hold("streamed", 2_000);
}

#[test]
fn mutated_answers_about_collections_break_no_promise() {
    hold("called", 3_000);
}

#[test]
fn mutated_answers_to_tests_and_uploads_break_no_promise() {
    hold("checked", 1_500);
    hold("uploaded", 500);
}

#[test]
fn mutated_headers_and_addresses_break_no_promise() {
    hold("headers", 1_500);
    hold("signed", 1_500);
}

#[test]
fn mutated_texts_keep_no_secret() {
    hold("redacted", 2_000);
}

#[test]
fn mutated_forms_stay_with_their_service() {
    hold("forms", 1_000);
}
