//! Figures as lines of a name, a value and a unit.

use std::time::{Duration, Instant};

pub(crate) fn say(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.4} {unit}");
}

/// How long `work` takes with each of `over`.
pub(crate) fn timed<T>(over: &[T], mut work: impl FnMut(&T)) -> Vec<Duration> {
    over.iter().map(|one| time(|| work(one))).collect()
}

/// As [`timed`] once all was done before, so that no disk is waited for: the middle one of three times each, so that
/// what else the machine does is not taken for the program's.
pub(crate) fn timed_warm<T>(over: &[T], mut work: impl FnMut(&T)) -> Vec<Duration> {
    over.iter().for_each(&mut work);
    let mut middle = |one| {
        let mut times = [0; 3].map(|_| time(|| work(one)));
        times.sort_unstable();
        times[1]
    };
    over.iter().map(&mut middle).collect()
}

fn time(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// Says the median and what 95 of 100 do not exceed; answers the median, in milliseconds.
pub(crate) fn say_times(name: &str, mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let ms = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(rank).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    };
    say(&format!("{name}.p50"), ms(50), "ms");
    say(&format!("{name}.p95"), ms(95), "ms");
    ms(50)
}
