//! Dates in the few forms in which services write them, as days and milliseconds since 1970.

use shiwen_core::Timestamp;

const DAY_S: i64 = 86_400;

/// Days since 1970 of a date of the Gregorian calendar; none where there is no such day.
pub(crate) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

/// A date as `YYYY-MM-DD`, in days since 1970.
pub(crate) fn date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (year.len(), month.len(), day.len());
    if parts.next().is_some() || lengths != (4, 2, 2) {
        return None;
    }
    days(digits(year)?, digits(month)?, digits(day)?)
}

/// A time as `YYYYMMDDTHHMMSSZ`, which is how signed addresses name theirs.
pub(crate) fn basic_time(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    if date.len() != 8 || time.len() != 6 {
        return None;
    }
    let part = |text: &str, from: usize, to: usize| digits(text.get(from..to)?);
    let day = days(part(date, 0, 4)?, part(date, 4, 6)?, part(date, 6, 8)?)?;
    let (hour, minute, second) = (part(time, 0, 2)?, part(time, 2, 4)?, part(time, 4, 6)?);
    // 60 is a leap second.
    let valid = hour < 24 && minute < 60 && second <= 60;
    let seconds = day * DAY_S + hour * 3_600 + minute * 60 + second;
    valid.then_some(Timestamp(seconds * 1_000))
}

/// The last millisecond of a day at UTC+8.
pub(crate) fn end_of_day_in_china(day: i64) -> Timestamp {
    Timestamp(((day + 1) * DAY_S - 8 * 3_600) * 1_000 - 1)
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(date("1970-01-01"), Some(0));
        assert_eq!(date("2000-02-29"), Some(11_016));
        assert_eq!(date("2026-02-03"), Some(20_487));
        assert_eq!(date("2100-03-01"), Some(47_541));
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_date() {
        for text in [
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-01-00",
            "2026-1-1",
            "26-01-01",
            "2026/01/01",
            "2026-01-01-",
            "20 6-01-01",
            "+026-01-01",
            "",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_basic_time_is_in_utc() {
        assert_eq!(basic_time("20260203T040600Z"), Some(Timestamp(1_770_091_560_000)));
        for text in
            ["20260203T040600", "20260203T0406Z", "20260203T250600Z", "20260230T040600Z", "一T二Z"]
        {
            assert_eq!(basic_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_in_china_ends_eight_hours_early() {
        // 2026-02-03 16:00 UTC is midnight there.
        assert_eq!(end_of_day_in_china(20_487), Timestamp(1_770_134_399_999));
    }
}
