//! A test that plays in several processes runs its own binary again; the child finds its folder in the environment.

use std::{
    env,
    io::{BufRead, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

const FOLDER: &str = "SHIWEN_STORE_TEST_FOLDER";

/// The folder to work in, when this process is a child.
pub(crate) fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// Says something to the parent, at once.
pub(crate) fn say(words: &str) {
    // On a line of its own: the harness may have begun one.
    println!("\nchild: {words}");
}

/// The arguments that make this binary run the one test `name` as a child.
pub(crate) fn arguments(name: &str) -> Vec<String> {
    let exe = env::current_exe().unwrap().into_os_string().into_string().unwrap();
    [&exe, "--exact", name, "--nocapture", "--test-threads=1"].map(str::to_owned).into()
}

/// The test `name` in another process.
pub(crate) fn start(name: &str, folder: &Path) -> (Child, Words) {
    start_as(&arguments(name), folder)
}

pub(crate) fn start_as(arguments: &[String], folder: &Path) -> (Child, Words) {
    let mut child = Command::new(&arguments[0])
        .args(&arguments[1..])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let words = Words(BufReader::new(child.stdout.take().unwrap()).lines());
    (child, words)
}

/// What a child says, until it ends.
pub(crate) struct Words(Lines<BufReader<ChildStdout>>);

impl Iterator for Words {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let line = self.0.next()?.unwrap();
            if let Some(words) = line.strip_prefix("child: ") {
                return Some(words.to_owned());
            }
        }
    }
}
