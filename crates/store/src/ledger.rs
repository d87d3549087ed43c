//! What was spent, by time. What counts, and how much, is as for the bound of a day.

use rusqlite::Connection;
use shiwen_core::{ProviderId, Spent, Timestamp, Unit};

use crate::{Store, StoreError, limit::may_have_cost, row};

impl Store {
    /// What was spent in each of these spans, which each begin with their first moment and end before their second; of
    /// each provider and unit one line. A call for several links whose amount nobody said counts as their number, and
    /// as open all the same; one paid in seconds as the length of its video, once that is known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn spent_within(
        &self,
        spans: &[(Timestamp, Timestamp)],
    ) -> Result<Vec<Vec<Spent>>, StoreError> {
        self.read(|connection| {
            let within = |(since, until): &(Timestamp, Timestamp)| {
                let mut all = Vec::new();
                for provider in ProviderId::ALL {
                    all.extend(spent(connection, *provider, *since, *until)?);
                }
                Ok(all)
            };
            spans.iter().map(within).collect()
        })
    }

    /// When something was spent last before `until`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_spent(&self, until: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT max(spent_at) FROM spend WHERE provider = ?1 AND spent_at < ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let mut last: Option<i64> = None;
            for provider in ProviderId::ALL {
                last =
                    last.max(statement.query_row((provider.as_str(), until.0), |row| row.get(0))?);
            }
            Ok(last.map(Timestamp))
        })
    }

    /// When tasks ended without a call since another one is about their video, those in the trash included.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn saved_within(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT ended_at FROM tasks WHERE state = 'cancelled' AND cancel_cause = 'same_video'
                         AND ended_at >= ?1 AND ended_at < ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([since.0, until.0], |row| row.get(0).map(Timestamp))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }
}

fn spent(
    connection: &Connection,
    provider: ProviderId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Spent>, StoreError> {
    let sql = concat!(
        "SELECT unit, count(*) AS calls, coalesce(sum(coalesce(amount, together, seconds)), 0) AS amount,
           sum(amount IS NULL AND (together IS NOT NULL OR seconds IS NULL)) AS open,
           sum(certain = 0) AS uncertain
         FROM (
           SELECT s.unit, s.certain, s.amount,
             CASE WHEN s.amount IS NULL THEN
               nullif((SELECT count(*) FROM attempts a WHERE a.call = s.attempt_id), 0) END AS together,
             CASE WHEN s.amount IS NULL AND s.unit = 'second' THEN
               (SELECT duration_s FROM tasks WHERE id = s.task_id) END AS seconds
           FROM spend s WHERE s.provider = ?1 AND s.spent_at >= ?2 AND s.spent_at < ?3 AND ",
        may_have_cost!(),
        ") GROUP BY unit ORDER BY unit"
    );
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map((provider.as_str(), since.0, until.0), |row| {
        let unit: Unit = row::word(row, "unit")?;
        let amount: i64 = row.get("amount")?;
        Ok(Spent {
            provider,
            unit,
            calls: row.get("calls")?,
            amount: u32::try_from(amount).unwrap_or(u32::MAX),
            open: row.get("open")?,
            uncertain: row.get("uncertain")?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
