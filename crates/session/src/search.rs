//! What stands in the search box, by the days of this machine, and the tasks that a selection names.

use jiff::{Zoned, civil::Date, tz::TimeZone};
use shiwen_core::{Query, Selection, TaskId, Timestamp};
use shiwen_store::{Store, StoreError};
use shiwen_text::{
    day::Day,
    query::{Days, parse},
};

use crate::Session;

impl Session {
    /// What a text in the search box asks for. Its days are those of this machine.
    pub fn query(&self, text: &str) -> Query {
        query(text)
    }

    /// The tasks of a selection, newest first where they are found.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn selected(&self, selection: &Selection) -> Result<Vec<TaskId>, StoreError> {
        selected(self.engine.store(), selection)
    }
}

pub(crate) fn query(text: &str) -> Query {
    let zone = TimeZone::system();
    let today = Zoned::now().with_time_zone(zone.clone()).date();
    let days = Days { today: day(today), begin: &|day| begin(day, &zone) };
    parse(text, &days)
}

pub(crate) fn selected(store: &Store, selection: &Selection) -> Result<Vec<TaskId>, StoreError> {
    match selection {
        Selection::Tasks { ids } => Ok(ids.clone()),
        Selection::Found { query: text } => store.found_ids(&query(text)),
    }
}

fn day(date: Date) -> Day {
    let (year, month, day) = (date.year(), date.month(), date.day());
    Day { year: year.into(), month: month.into(), day: day.into() }
}

/// When a day begins in a zone. One that no calendar of the system holds begins at the nearest end of time.
fn begin(day: Day, zone: &TimeZone) -> Timestamp {
    let date = || {
        let year = i16::try_from(day.year).ok()?;
        Date::new(year, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
    };
    let zoned = date().and_then(|date| date.to_zoned(zone.clone()).ok());
    match zoned {
        Some(zoned) => Timestamp(zoned.timestamp().as_millisecond()),
        None if day.year > 1970 => Timestamp(i64::MAX),
        None => Timestamp(i64::MIN),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::offset;

    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_the_user_is() {
        let shanghai = TimeZone::fixed(offset(8));
        let begin = |year, month, of_month| begin(Day { year, month, day: of_month }, &shanghai);
        // 2026-11-19T16:00:00Z.
        assert_eq!(begin(2026, 11, 20), Timestamp(1_795_104_000_000));
        assert_eq!(begin(99_999, 1, 1), Timestamp(i64::MAX));
        assert_eq!(begin(-99_999, 1, 1), Timestamp(i64::MIN));
    }

    #[test]
    fn today_is_a_day_of_this_machine() {
        let filter = query("日期:今天 红烧肉").filter;
        let (from, until) = (filter.from.unwrap(), filter.until.unwrap());
        let now = Timestamp::now();
        assert!(from <= now && now < until);
        // Clocks may be put forward and back.
        assert!((22..=26).contains(&(until.since(from).as_secs() / 3600)));
    }
}
