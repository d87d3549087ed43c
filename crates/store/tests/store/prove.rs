//! The long form of what is shown in short here: `SHIWEN_PROVE=1`, one line `name value` for each figure.

use std::{env, fmt::Display};

use crate::child;

pub(crate) fn long() -> bool {
    env::var_os("SHIWEN_PROVE").is_some_and(|wish| wish == "1")
}

pub(crate) fn figure(name: &str, value: impl Display) {
    let line = format!("{name} {value}");
    // A child's parent says it.
    if child::folder().is_some() { child::say(&line) } else { println!("\n{line}") }
}
