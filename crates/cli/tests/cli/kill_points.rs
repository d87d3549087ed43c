//! The program as it is usually built.

use crate::stage::PROGRAM;

#[test]
fn a_usual_build_cannot_be_told_to_end_itself() {
    let program = std::fs::read(PROGRAM).unwrap();
    let holds = |word: &str| program.windows(word.len()).any(|part| part == word.as_bytes());
    assert!(holds("SHIWEN_LOG"), "the names of variables can be read in it");
    assert!(!holds("SHIWEN_KILL"));
}
