//! The long form of what is shown in short here: `SHIWEN_PROVE=1`, one line `name value` for each figure.

use std::{env, fmt::Display};

pub(crate) fn long() -> bool {
    env::var_os("SHIWEN_PROVE").is_some_and(|wish| wish == "1")
}

pub(crate) fn figure(name: &str, value: impl Display) {
    println!("{name} {value}");
}
