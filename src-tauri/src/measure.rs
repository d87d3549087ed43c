//! The start, measured: from the process's start to the page's second animation frame having reached Rust.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

static MAIN: OnceLock<Instant> = OnceLock::new();

/// To be called first thing in `main`.
pub(crate) fn started() {
    MAIN.get_or_init(Instant::now);
}

/// How long a run that only measures stays once its page is there: `SHIWEN_MEASURE_START`, in milliseconds. None where
/// nothing is measured.
pub(crate) fn stays() -> Option<Duration> {
    let stays = std::env::var("SHIWEN_MEASURE_START").ok()?;
    stays.parse().ok().map(Duration::from_millis)
}

/// Time since the kernel made this process; since `main` where the kernel does not say.
pub(crate) fn since_start() -> Duration {
    since_exec().or_else(|| MAIN.get().map(Instant::elapsed)).unwrap_or_default()
}

#[cfg(target_os = "linux")]
fn since_exec() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field may hold anything but ends with the last parenthesis; start time is the 22nd of all.
    let ticks: u64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    let started = Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second());
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let now = Duration::new(u64::try_from(now.tv_sec).ok()?, u32::try_from(now.tv_nsec).ok()?);
    now.checked_sub(started)
}

#[cfg(not(target_os = "linux"))]
fn since_exec() -> Option<Duration> {
    None
}
