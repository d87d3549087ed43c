//! The seeds of the fuzz target, through the same checks: what the fuzzer once found stays found.

use std::{fs, path::PathBuf};

#[path = "shared/check.rs"]
mod check;

#[test]
fn every_seed_of_the_fuzz_target_keeps_the_promises() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/extract");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the seeds are a folder") {
        let path = entry.expect("it can be listed").path();
        let bytes = fs::read(&path).expect("a seed can be read");
        eprintln!("{}", path.display());
        check::check(&String::from_utf8_lossy(&bytes));
        count += 1;
    }
    assert!(count >= 36, "only {count} seeds");
}
