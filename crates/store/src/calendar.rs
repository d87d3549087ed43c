//! Times as parts of file names and tokens, in UTC: sorted by name is sorted by time.

use shiwen_core::Timestamp;

const DAY: i64 = 86_400_000;

/// `20261120-090322`.
pub(crate) fn stamp(at: Timestamp) -> String {
    let (year, month, day) = date(at.0.div_euclid(DAY));
    let second = at.0.rem_euclid(DAY) / 1000;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

/// `202611`.
pub(crate) fn month(at: Timestamp) -> String {
    let (year, month, _) = date(at.0.div_euclid(DAY));
    format!("{year:04}{month:02}")
}

/// The time that a stamp stands for; none when it is no stamp.
pub(crate) fn parsed(stamp: &str) -> Option<Timestamp> {
    let (date, time) = stamp.split_once('-')?;
    let digits = |text: &str, size: usize| {
        (text.len() == size && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<i64>().ok())
            .flatten()
    };
    let (date, time) = (digits(date, 8)?, digits(time, 6)?);
    let days = days(date / 10_000, date / 100 % 100, date % 100);
    let second = time / 10_000 * 3600 + time / 100 % 100 * 60 + time % 100;
    let found = Timestamp(days * DAY + second * 1000);
    (self::stamp(found) == stamp).then_some(found)
}

/// Days since 1970.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY)
}

// Both ways count in years that begin in March, so that a leap day is a year's last.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_name_the_day_and_come_back() {
        for (ms, name) in [
            (0, "19700101-000000"),
            (951_827_696_000, "20000229-123456"),
            (1_795_165_402_000, "20261120-090322"),
            (4_107_542_399_000, "21000228-235959"),
        ] {
            assert_eq!(stamp(Timestamp(ms)), name);
            assert_eq!(parsed(name), Some(Timestamp(ms)));
        }
        for day in (-100_000..100_000).step_by(13) {
            let at = Timestamp(day * DAY);
            assert_eq!(parsed(&stamp(at)), (day >= -719_528).then_some(at), "{day}");
        }
        for wrong in ["", "20261120", "20261320-000000", "20260230-000000", "2026112-0090322"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
