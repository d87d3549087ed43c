//! Waiting for a condition, never for a length of time.

use std::fmt::Debug;
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Asks again and again until `ask` answers with something, and gives up after `within`.
/// An error counts as "not yet": while a page loads, elements come and go.
pub(crate) fn until<T>(
    what: &str,
    within: Duration,
    mut ask: impl FnMut() -> io::Result<Option<T>>,
) -> io::Result<T> {
    let started = Instant::now();
    loop {
        let answer = ask();
        if let Ok(Some(value)) = answer {
            return Ok(value);
        }
        if started.elapsed() > within {
            let last = answer.err().map_or_else(|| "not yet".to_owned(), |err| err.to_string());
            let message = format!("after {within:?} still waiting for {what} ({last})");
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        sleep(Duration::from_millis(40));
    }
}

/// As [`until`], for a condition that is just true or false.
pub(crate) fn until_true<E: Debug>(
    what: &str,
    within: Duration,
    mut ask: impl FnMut() -> Result<bool, E>,
) -> io::Result<()> {
    until(what, within, || match ask() {
        Ok(yes) => Ok(yes.then_some(())),
        Err(err) => Err(io::Error::other(format!("{err:?}"))),
    })
}
