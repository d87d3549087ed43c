//! When a service says that it wants to be asked again.

use std::time::{Duration, SystemTime};

use shiwen_core::Timestamp;

use crate::Response;

/// Nobody is made to wait longer than this by a header.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the answer asks us to wait: `Retry-After` (seconds or an HTTP date), or on a 429 the
/// `X-RateLimit-Reset` that RawUGC sends (Unix seconds). At most a day; zero when already past.
pub fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let header = |name: &str| response.headers.get(name).map(|value| value.trim());
    let wait = header("retry-after").and_then(|value| after(value, now)).or_else(|| {
        // Answers that were not refused carry it too, so there it means nothing.
        header("x-ratelimit-reset").filter(|_| response.status == 429).and_then(|v| reset(v, now))
    })?;
    Some(wait.min(LONGEST))
}

fn after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = httpdate::parse_http_date(value).ok()?;
    let ms = at.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_millis();
    Some(Timestamp(i64::try_from(ms).ok()?).since(now))
}

fn reset(value: &str, now: Timestamp) -> Option<Duration> {
    let number: u32 = value.parse().ok()?;
    // Below any date of this century it can only be meant as seconds from now.
    if number < 1_000_000_000 {
        return Some(Duration::from_secs(number.into()));
    }
    Some(Timestamp(i64::from(number) * 1000).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-11-20 08:00:00 UTC.
    const NOW: Timestamp = Timestamp(1_795_161_600_000);

    fn asked(status: u16, headers: &[(&str, &str)]) -> Option<Duration> {
        let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        retry_after(&Response { status, headers, body: Vec::new() }, NOW)
    }

    #[test]
    fn every_form_of_the_wait_is_understood() {
        let seconds = |s| Some(Duration::from_secs(s));
        assert_eq!(asked(429, &[("retry-after", "30")]), seconds(30));
        assert_eq!(asked(503, &[("retry-after", " 2 ")]), seconds(2));
        assert_eq!(asked(429, &[("retry-after", "1.5")]), Some(Duration::from_millis(1500)));
        assert_eq!(asked(429, &[("retry-after", "Fri, 20 Nov 2026 08:01:00 GMT")]), seconds(60));
        assert_eq!(asked(429, &[("retry-after", "Fri, 20 Nov 2026 07:00:00 GMT")]), seconds(0));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "1795161642")]), seconds(42));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "7")]), seconds(7));
        assert_eq!(
            asked(429, &[("retry-after", "5"), ("x-ratelimit-reset", "1795161642")]),
            seconds(5)
        );
    }

    #[test]
    fn a_wait_is_at_most_a_day() {
        assert_eq!(asked(429, &[("retry-after", "99999999")]), Some(LONGEST));
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        for value in ["", "soon", "-1", "NaN", "inf", "1e400"] {
            assert_eq!(asked(429, &[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(asked(200, &[("x-ratelimit-reset", "1795161642")]), None);
        assert_eq!(asked(429, &[]), None);
    }
}
