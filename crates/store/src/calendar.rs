//! Times as parts of file names and tokens, in UTC: sorted by name is sorted by time.

use shiwen_core::Timestamp;
use shiwen_text::day::Day;

const DAY: i64 = 86_400_000;

/// `20261120-090322`.
pub(crate) fn stamp(at: Timestamp) -> String {
    let Day { year, month, day } = Day::from_number(self::day(at));
    let second = at.0.rem_euclid(DAY) / 1000;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

/// `202611`.
pub(crate) fn month(at: Timestamp) -> String {
    let Day { year, month, .. } = Day::from_number(day(at));
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
    let day = Day::new(date / 10_000, date / 100 % 100, date % 100)?;
    let second = time / 10_000 * 3600 + time / 100 % 100 * 60 + time % 100;
    let found = Timestamp(day.number() * DAY + second * 1000);
    (self::stamp(found) == stamp).then_some(found)
}

/// Days since 1970.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY)
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
