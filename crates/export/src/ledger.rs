//! A month of the ledger as CSV: a line for each day, provider and unit, so that a spreadsheet adds up what belongs
//! together.

use std::io::{self, Write};

use shiwen_core::SpendMonth;

use crate::{Wording, cells::safe, csv_file};

/// The columns; `cli.ledger.` before each is the key of its word.
const COLUMNS: [&str; 8] =
    ["day", "provider", "calls", "amount", "unit", "open", "uncertain", "saved"];

/// Writes a month, the oldest day first. Numbers stay numbers; what was saved on a day has a line of its own.
///
/// # Errors
/// When it cannot be written.
pub fn write_ledger(month: &SpendMonth, wording: &Wording, out: impl Write) -> io::Result<()> {
    let mut writer = csv_file::writer(out)?;
    let say = |word: &str| wording.say(&format!("cli.ledger.{word}"));
    writer.write_record(COLUMNS.map(say)).map_err(io::Error::from)?;
    for day in month.days.iter().rev() {
        for spent in &day.spent {
            let (calls, amount) = (spent.calls.to_string(), spent.amount.to_string());
            let (open, uncertain) = (spent.open.to_string(), spent.uncertain.to_string());
            let (provider, unit) =
                (wording.provider(spent.provider), say(&format!("unit.{}", spent.unit)));
            let cells = [
                day.day.as_str(),
                &safe(provider),
                &calls,
                &amount,
                &safe(&unit),
                &open,
                &uncertain,
                "",
            ];
            writer.write_record(cells).map_err(io::Error::from)?;
        }
        if day.saved > 0 {
            let saved = day.saved.to_string();
            let cells = [day.day.as_str(), "", "", "", "", "", "", &saved];
            writer.write_record(cells).map_err(io::Error::from)?;
        }
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use shiwen_core::{ProviderId, SpendDay, Spent, Unit};

    use super::*;

    #[test]
    fn a_day_has_a_line_for_each_provider_and_one_for_what_was_saved() {
        let spent = |provider, unit, amount| Spent {
            provider,
            unit,
            calls: 3,
            amount,
            open: 1,
            uncertain: 0,
        };
        let use_ = spent(ProviderId::Momoget, Unit::Use, 2);
        let month = SpendMonth {
            month: "2026-11".to_owned(),
            months: vec!["2026-11".to_owned()],
            days: vec![
                SpendDay { day: "2026-11-20".to_owned(), spent: vec![use_], saved: 0 },
                SpendDay {
                    day: "2026-11-02".to_owned(),
                    spent: vec![spent(ProviderId::RawUgc, Unit::Credit, 45)],
                    saved: 2,
                },
            ],
            total: Vec::new(),
        };
        // A word that a spreadsheet would take for a formula stays a word.
        let wording = Wording::utc(|key| match key {
            "cli.ledger.unit.use" => "=uses".to_owned(),
            key => key.trim_start_matches("cli.ledger.").to_owned(),
        });
        let mut bytes = Vec::new();
        write_ledger(&month, &wording, &mut bytes).unwrap();
        let expected = "\u{FEFF}\"day\",\"provider\",\"calls\",\"amount\",\"unit\",\"open\",\"uncertain\",\"saved\"\r\n\
            \"2026-11-02\",\"rawugc\",3,45,\"unit.credit\",1,0,\"\"\r\n\
            \"2026-11-02\",\"\",\"\",\"\",\"\",\"\",\"\",2\r\n\
            \"2026-11-20\",\"momoget\",3,2,\"'=uses\",1,0,\"\"\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
