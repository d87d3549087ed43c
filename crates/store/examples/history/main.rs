//! A history of invented tasks, and what it takes to search, list and write it:
//!
//! ```text
//! cargo run --release -p shiwen-store --example history -- make <folder> <tasks>
//! cargo run --release -p shiwen-store --example history -- measure <folder> [--like <words of a class>] [--trigram]
//! cargo run --release -p shiwen-store --example history -- version
//! ```
//!
//! The texts come out the same in every run. `version` says what a history of now is made by: the schema, and this
//! generator. Figures are lines of a name, a value and a unit; see docs/HISTORY.md.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

mod dice;
mod figures;
mod language;
mod make;
mod measure;
mod queries;
mod rivals;
mod words;

use std::{
    env,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    process::ExitCode,
};

use rusqlite::{Connection, OpenFlags};
use shiwen_store::Store;

/// To be raised with every change of what is generated.
const GENERATOR: u32 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", folder, tasks] => make::make(Path::new(folder), tasks.parse().unwrap()),
        ["measure", folder, ref options @ ..] => measure(Path::new(folder), options),
        ["version"] => println!("{:016x}-{GENERATOR}", schema()),
        _ => {
            eprintln!(
                "make <folder> <tasks>, measure <folder> [--like <words>] [--trigram], or version"
            );
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(folder: &Path, options: &[&str]) {
    let store = Store::open(folder).unwrap();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = Connection::open_with_flags(folder.join("shiwen.db"), flags).unwrap();
    let tasks: u32 = sql.query_row("SELECT count(*) FROM tasks", [], |row| row.get(0)).unwrap();
    eprintln!("{tasks} tasks");
    let (_, index) = measure::sizes(&sql);
    // Before anything else has filled the process.
    measure::memory(&store);
    let chooser = queries::Chooser::new(&store, &sql);
    let asked = measure::searches(&store, &chooser);
    measure::lists(&store, tasks);
    measure::writes(&store);
    if let Some(at) = options.iter().position(|option| *option == "--like") {
        rivals::like(&sql, &asked, options[at + 1].parse().unwrap());
    }
    if options.contains(&"--trigram") {
        rivals::trigram(folder, &asked, index);
    }
    drop(sql);
    store.close();
}

/// A number that changes with anything in the schema that this program writes.
fn schema() -> u64 {
    let folder = env::temp_dir().join(format!("shiwen-schema-{}", std::process::id()));
    drop(Store::open(&folder).unwrap());
    let sql = Connection::open(folder.join("shiwen.db")).unwrap();
    let words = "SELECT group_concat(sql, ';' ORDER BY type, name) FROM sqlite_schema";
    let words: String = sql.query_row(words, [], |row| row.get(0)).unwrap();
    drop(sql);
    std::fs::remove_dir_all(folder).unwrap();
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}
