//! What was spent, by the days and months of the user's zone; nothing here is ever converted or summed across units.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::{ToSpan, Zoned, civil, tz::TimeZone};
use shiwen_core::{SpendDay, SpendMonth, Spent, Timestamp};
use shiwen_export::{Wording, write_ledger};
use shiwen_store::{Store, StoreError};

use crate::{Session, Settings, Words, exports, files::name};

/// Why there is no such page of the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("not a month")]
    NoMonth,
    /// The file cannot be written; what was there is there.
    #[error("the file cannot be written")]
    Unwritable(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Session {
    /// A month of the ledger, `2026-11`; none for this one.
    ///
    /// # Errors
    /// [`LedgerError::NoMonth`], and when the history cannot be read.
    pub fn spend_month(&self, month: Option<&str>) -> Result<SpendMonth, LedgerError> {
        of_month(self.engine.store(), month, &Zoned::now())
    }

    /// What the file of a month is called, in the user's language.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn spend_name(&self, month: &str) -> Result<String, StoreError> {
        let settings: Settings = self.engine.store().setting(Settings::NAME)?;
        let words = Words::new(settings.language);
        let wanted = words.say("cli.ledger.file", &[("month", month)]).into_owned();
        Ok(format!("{}.csv", name::stem(&wanted).unwrap_or_else(|| "shiwen".to_owned())))
    }

    /// Writes a month as CSV with the words of the user's language. What is at `path` is replaced only where the user
    /// agreed to that.
    ///
    /// # Errors
    /// [`LedgerError::NoMonth`], [`LedgerError::Unwritable`], and when the history cannot be read.
    pub fn save_spend(&self, month: &str, path: &Path, replaces: bool) -> Result<(), LedgerError> {
        let month = self.spend_month(Some(month))?;
        let settings: Settings = self.engine.store().setting(Settings::NAME)?;
        let words = Words::new(settings.language);
        let wording = Wording::new(move |key| words.say(key, &[]).into_owned(), exports::provider);
        let mut bytes = Vec::new();
        let written = write_ledger(&month, &wording, &mut bytes);
        written.and_then(|()| put(path, &bytes, replaces)).map_err(LedgerError::Unwritable)
    }
}

/// Puts a file in its place at once, or nothing.
fn put(path: &Path, bytes: &[u8], replaces: bool) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = File::options().write(true).create_new(true).open(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_data()
    });
    let placed = written.and_then(|()| match replaces {
        true => fs::rename(&part, path),
        // A hard link fails where somebody has made a file of that name meanwhile; where there are none, looking must do.
        false => match fs::hard_link(&part, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
                fs::rename(&part, path)
            }
            linked => linked,
        },
    });
    if !replaces || placed.is_err() {
        let _ = fs::remove_file(&part);
    }
    placed
}

fn of_month(store: &Store, month: Option<&str>, now: &Zoned) -> Result<SpendMonth, LedgerError> {
    let zone = now.time_zone();
    let first = match month {
        Some(month) => parsed(month).ok_or(LedgerError::NoMonth)?,
        None => now.date().first_of_month(),
    };
    let days = days(first, zone).ok_or(LedgerError::NoMonth)?;
    let spans: Vec<_> = days.iter().map(|day| (day.begin, day.end)).collect();
    let (Some(begin), Some(end)) = (spans.first(), spans.last()) else {
        return Err(LedgerError::NoMonth);
    };
    let spent = store.spent_within(&spans)?;
    let saved = store.saved_within(begin.0, end.1)?;
    let mut lines: Vec<SpendDay> = days
        .iter()
        .zip(spent)
        .map(|(day, spent)| SpendDay {
            day: day.date.to_string(),
            spent,
            saved: saved.iter().filter(|at| (day.begin..day.end).contains(at)).count() as u32,
        })
        .filter(|day| !day.spent.is_empty() || day.saved > 0)
        .collect();
    lines.reverse();
    Ok(SpendMonth {
        month: named(first),
        months: months(store, now)?,
        total: total(&lines),
        days: lines,
    })
}

struct LocalDay {
    date: civil::Date,
    begin: Timestamp,
    end: Timestamp,
}

/// The days of a month; none where the calendar ends.
fn days(first: civil::Date, zone: &TimeZone) -> Option<Vec<LocalDay>> {
    let midnight = |date: civil::Date| {
        // Not 24 hours after the one before: clocks are put forward and back.
        let begin = date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
        Some(Timestamp(begin.timestamp().as_millisecond()))
    };
    let next = first.checked_add(1.month()).ok()?;
    let mut days = Vec::with_capacity(31);
    let mut date = first;
    let mut begin = midnight(date)?;
    while date < next {
        let tomorrow = date.tomorrow().ok()?;
        let end = midnight(tomorrow)?;
        days.push(LocalDay { date, begin, end });
        (date, begin) = (tomorrow, end);
    }
    Some(days)
}

/// The months in which anything was spent, and this one, newest first. A step for each month.
fn months(store: &Store, now: &Zoned) -> Result<Vec<String>, StoreError> {
    let zone = now.time_zone();
    let mut months = vec![now.date().first_of_month()];
    let mut until = Timestamp(i64::MAX);
    while let Some(last) = store.last_spent(until)? {
        let Ok(at) = jiff::Timestamp::from_millisecond(last.0) else { break };
        let first = at.to_zoned(zone.clone()).date().first_of_month();
        months.push(first);
        let Some(days) = days(first, zone) else { break };
        let Some(begin) = days.first().map(|day| day.begin) else { break };
        until = begin;
    }
    months.sort_unstable_by_key(|month| std::cmp::Reverse(*month));
    months.dedup();
    Ok(months.into_iter().map(named).collect())
}

/// The sums of each provider and unit.
fn total(days: &[SpendDay]) -> Vec<Spent> {
    let mut sums: BTreeMap<_, Spent> = BTreeMap::new();
    for spent in days.iter().flat_map(|day| &day.spent) {
        let none = Spent { calls: 0, amount: 0, open: 0, uncertain: 0, ..*spent };
        let sum = sums.entry((spent.provider, spent.unit)).or_insert(none);
        sum.calls += spent.calls;
        sum.amount = sum.amount.saturating_add(spent.amount);
        sum.open += spent.open;
        sum.uncertain += spent.uncertain;
    }
    sums.into_values().collect()
}

fn named(month: civil::Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// The first day of `2026-11`.
fn parsed(month: &str) -> Option<civil::Date> {
    let (year, number) = month.split_once('-')?;
    let digits = |text: &str, size: usize| {
        text.len() == size && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(year, 4) || !digits(number, 2) {
        return None;
    }
    civil::Date::new(year.parse().ok()?, number.parse().ok()?, 1).ok()
}

#[cfg(test)]
mod tests {
    use shiwen_core::{
        Input, Link, LinkKind, NewTask, Operation, Platform, ProviderId, TaskId, Unit,
    };
    use shiwen_store::{RawAnswer, Spent as Booked};
    use tempfile::TempDir;

    use super::*;

    struct Books {
        _folder: TempDir,
        store: Store,
        next: u32,
    }

    impl Books {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path()).unwrap();
            Self { _folder: folder, store, next: 0 }
        }

        /// A call that was paid at this local time.
        fn pay(&mut self, provider: ProviderId, amount: Option<u32>, at: &Zoned) -> TaskId {
            self.next += 1;
            let (id, now) = (self.next.to_string(), Timestamp(at.timestamp().as_millisecond()));
            let wish = NewTask {
                operation: Operation::Transcribe,
                provider,
                link: Some(Link {
                    url: format!("https://v.example/{id}"),
                    platform: Platform::Douyin,
                    kind: LinkKind::Video,
                    id: Some(id.clone()),
                    canonical: None,
                    title: None,
                }),
                input: Input::new(),
                parent: None,
                target_language: None,
                again: false,
                then: Vec::new(),
            };
            let task = self.store.add_tasks("x", &[wish], now).unwrap()[0];
            let attempt = self.store.claim(task, now).unwrap().attempt;
            let spent = Booked { unit: Unit::Use, amount, said: false, certain: true };
            let answer = RawAnswer { asked: "create", http_status: 200, body: Vec::new() };
            self.store.accepted(attempt, &id, now, &spent, &answer, now).unwrap();
            task
        }

        fn page(&self, month: Option<&str>, now: &Zoned) -> SpendMonth {
            of_month(&self.store, month, now).unwrap()
        }
    }

    /// A moment in Shanghai, eight hours before Greenwich.
    fn shanghai(month: i8, day: i8, hour: i8, minute: i8) -> Zoned {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        civil::date(2026, month, day).at(hour, minute, 0, 0).to_zoned(zone).unwrap()
    }

    #[test]
    fn a_call_belongs_to_the_day_on_which_the_user_made_it() {
        let mut books = Books::new();
        books.pay(ProviderId::Coze, Some(1), &shanghai(10, 31, 23, 59));
        // In Greenwich it is October still.
        books.pay(ProviderId::Coze, Some(2), &shanghai(11, 1, 0, 0));
        books.pay(ProviderId::Momoget, None, &shanghai(11, 1, 23, 59));
        books.pay(ProviderId::Coze, Some(4), &shanghai(11, 20, 8, 0));

        let page = books.page(None, &shanghai(11, 20, 9, 0));

        assert_eq!(
            (page.month.as_str(), &*page.months),
            ("2026-11", &["2026-11".to_owned(), "2026-10".to_owned()][..])
        );
        let line = |provider, calls, amount, open| Spent {
            provider,
            unit: Unit::Use,
            calls,
            amount,
            open,
            uncertain: 0,
        };
        let (momoget, coze) = (ProviderId::Momoget, ProviderId::Coze);
        let days: Vec<_> = page.days.iter().map(|day| (&*day.day, day.spent.clone())).collect();
        assert_eq!(
            days,
            [
                ("2026-11-20", vec![line(coze, 1, 4, 0)]),
                ("2026-11-01", vec![line(momoget, 1, 0, 1), line(coze, 1, 2, 0)]),
            ]
        );
        assert_eq!(page.total, [line(momoget, 1, 0, 1), line(coze, 2, 6, 0)]);
        let before = books.page(Some("2026-10"), &shanghai(11, 20, 9, 0));
        assert_eq!(before.total, [line(coze, 1, 1, 0)]);
    }

    #[test]
    fn this_month_is_there_before_anything_was_spent_in_it() {
        let page = Books::new().page(None, &shanghai(12, 1, 0, 0));
        assert_eq!(
            (page.months, page.days, page.total),
            (vec!["2026-12".to_owned()], vec![], vec![])
        );
    }

    #[test]
    fn a_day_on_which_clocks_are_put_back_is_whole() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let days = days(civil::date(2026, 10, 1), &berlin).unwrap();
        let hours: Vec<_> = days.iter().map(|day| (day.end.0 - day.begin.0) / 3_600_000).collect();
        assert_eq!((days.len(), hours[24], hours.iter().sum::<i64>()), (31, 25, 31 * 24 + 1));
    }

    #[test]
    fn what_is_no_month_is_refused() {
        let books = Books::new();
        for month in ["", "2026", "2026-13", "2026-1", "2026-11-20", "+026-11", "２０２６-11"] {
            let refused = of_month(&books.store, Some(month), &shanghai(11, 20, 9, 0));
            assert!(matches!(refused, Err(LedgerError::NoMonth)), "{month}");
        }
        assert_eq!(books.page(Some("9999-11"), &shanghai(11, 20, 9, 0)).days, []);
    }

    #[test]
    fn a_file_is_replaced_only_where_that_was_agreed_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        put(&path, b"one", false).unwrap();
        assert!(put(&path, b"two", false).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        put(&path, b"two", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }
}
