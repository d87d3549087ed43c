//! The forms in which the services write a time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_millis() as u64)
}

/// Year, month, day, hour, minute, second of a Unix time in milliseconds (UTC).
fn civil(unix_ms: u64) -> (u64, u64, u64, u64, u64, u64) {
    let seconds = unix_ms / 1000;
    let (days, second_of_day) = (seconds / 86_400, seconds % 86_400);
    // Counted in eras of 400 years from 0000-03-01, so that the leap day is the last day of a year
    // (Howard Hinnant, "chrono-compatible low-level date algorithms").
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day, second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60)
}

/// `2026-02-03T04:05:06`, without a zone.
pub(crate) fn without_zone(unix_ms: u64) -> String {
    let (year, month, day, hour, minute, second) = civil(unix_ms);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// `2026-02-03T04:05:06.070809Z`.
pub(crate) fn with_zone(unix_ms: u64) -> String {
    format!("{}.{:03}000Z", without_zone(unix_ms), unix_ms % 1000)
}

/// `2026-02-03 12:05:06`, the wall clock in China.
pub(crate) fn in_china(unix_ms: u64) -> String {
    without_zone(unix_ms + 8 * 3_600_000).replace('T', " ")
}

/// `20260203040506`.
pub(crate) fn compact(unix_ms: u64) -> String {
    without_zone(unix_ms).chars().filter(char::is_ascii_digit).collect()
}

/// `20260203T040506Z`, as signed URLs have it.
pub(crate) fn basic(unix_ms: u64) -> String {
    let digits = compact(unix_ms);
    let (date, time) = digits.split_at(8);
    format!("{date}T{time}Z")
}

/// The Unix time in milliseconds of `20260203T040506Z`; `None` for anything else and for days that never were.
pub(crate) fn from_basic(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if date.len() != 8 || time.len() != 6 || !all_digits(date) || !all_digits(time) {
        return None;
    }
    let number = |text: &str| text.parse::<u64>().ok();
    let (year, month, day) = (number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?);
    let seconds = number(&time[..2])? * 3600 + number(&time[2..4])? * 60 + number(&time[4..])?;
    // The same algorithm the other way round: March is the first month of its year.
    let (year_from_march, month_from_march) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let (era, year_of_era) = (year_from_march / 400, year_from_march % 400);
    let day_of_year = (153 * month_from_march + 2) / 5 + day.checked_sub(1)?;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = (era * 146_097 + day_of_era).checked_sub(719_468)?;
    let unix_ms = (days * 86_400 + seconds) * 1000;
    (basic(unix_ms) == text).then_some(unix_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_services_write_them() {
        // 1770091506 is the second of the dates below.
        assert_eq!(with_zone(1_770_091_506_070), "2026-02-03T04:05:06.070000Z");
        assert_eq!(in_china(1_770_091_506_000), "2026-02-03 12:05:06");
        assert_eq!(compact(1_770_091_506_000), "20260203040506");
    }

    #[test]
    fn a_signing_date_gives_its_time_back() {
        for unix_ms in [0, 951_782_400_000, 1_735_689_599_000, 1_770_091_506_000, 4_000_000_000_000]
        {
            assert_eq!(from_basic(&basic(unix_ms)), Some(unix_ms));
        }
        assert_eq!(basic(1_770_091_506_000), "20260203T040506Z");
        for bad in
            ["", "20260230T000000Z", "20260203T040506", "2026020T3040506Z", "+0260203T040506Z"]
        {
            assert_eq!(from_basic(bad), None, "{bad}");
        }
    }

    #[test]
    fn leap_days_and_ends_of_years_are_right() {
        assert_eq!(without_zone(0), "1970-01-01T00:00:00");
        assert_eq!(without_zone(951_782_400_000), "2000-02-29T00:00:00");
        assert_eq!(without_zone(1_735_689_599_000), "2024-12-31T23:59:59");
        assert_eq!(without_zone(1_709_164_800_000), "2024-02-29T00:00:00");
    }
}
