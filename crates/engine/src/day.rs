//! The user's day: from midnight to midnight where this machine is.

use jiff::{ToSpan, tz::TimeZone};
use shiwen_core::Timestamp;

/// When today began and when tomorrow does.
pub(crate) fn day(now: Timestamp) -> (Timestamp, Timestamp) {
    day_in(now, TimeZone::system())
}

fn day_in(now: Timestamp, zone: TimeZone) -> (Timestamp, Timestamp) {
    let bounds = || {
        let now = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone);
        let start = now.start_of_day().ok()?;
        // Not 24 hours later: clocks are put forward and back.
        let end = start.checked_add(1.day()).ok()?.start_of_day().ok()?;
        let at = |zoned: jiff::Zoned| Timestamp(zoned.timestamp().as_millisecond());
        Some((at(start), at(end)))
    };
    bounds().unwrap_or((now, now))
}

#[cfg(test)]
mod tests {
    use jiff::tz::offset;

    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_the_user_is() {
        const HOUR: i64 = 3_600_000;
        // 2026-09-21T14:13:20Z.
        let now = Timestamp(1_790_000_000_000);
        let shanghai = TimeZone::fixed(offset(8));
        let (start, end) = day_in(now, shanghai.clone());
        assert_eq!(now.0 - start.0, 22 * HOUR + 13 * 60_000 + 20_000);
        assert_eq!(end.0 - start.0, 24 * HOUR);
        assert_eq!(day_in(end, shanghai.clone()).0, end);
        assert_eq!(day_in(Timestamp(end.0 - 1), shanghai).0, start);
    }
}
