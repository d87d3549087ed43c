//! Days of the calendar, without a clock and without a time zone.

/// A day by its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// From 1 on.
    pub day: i64,
}

// Both ways count in years that begin in March, so that a leap day is a year's last.
impl Day {
    /// None where the calendar has no such day.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let named = Self { year, month, day };
        (Self::from_number(named.number()) == named).then_some(named)
    }

    /// The day that is so many days after the first of 1970.
    pub fn from_number(number: i64) -> Self {
        let days = number + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        Self { year: year + era * 400 + i64::from(month <= 2), month, day }
    }

    /// Days since the first of 1970.
    pub fn number(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let month = if self.month > 2 { self.month - 3 } else { self.month + 9 };
        let of_year = (153 * month + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// So many days later.
    pub fn plus(self, days: i64) -> Self {
        Self::from_number(self.number().saturating_add(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_their_numbers_go_both_ways() {
        for number in -800_000..800_000 {
            let day = Day::from_number(number);
            assert_eq!(day.number(), number);
            assert_eq!(Day::new(day.year, day.month, day.day), Some(day));
            assert!(Day::from_number(number + 1) > day);
        }
        assert_eq!(Day::from_number(0), Day { year: 1970, month: 1, day: 1 });
        assert_eq!(Day::from_number(11_016), Day { year: 2000, month: 2, day: 29 });
    }

    #[test]
    fn a_day_that_is_none_is_said() {
        for (year, month, day) in [(2026, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 4, 31)] {
            assert_eq!(Day::new(year, month, day), None);
        }
    }
}
