//! Writes the seeds of every target: the fixtures as answers to everything that they might answer.
//!
//! In `crates/providers`: `cargo run --manifest-path fuzz/Cargo.toml --example seeds`.

use std::{fs, io, path::Path};

#[path = "../tests/shared/mod.rs"]
#[allow(dead_code, reason = "the targets need the rest")]
mod shared;

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (target, _) in shared::seeds::TARGETS {
        let corpus = here.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        let seeds = shared::seeds::seeds(target, &here.join("../tests/fixtures"))?;
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number:04}")), seed)?;
        }
        println!("{target}: {} seeds", seeds.len());
    }
    Ok(())
}
