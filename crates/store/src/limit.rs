//! The user's bound for a day: what a provider was paid, counted on the safe side, and the tasks that wait for tomorrow.

use rusqlite::{Params, named_params};
use shiwen_core::{ProviderId, TaskId, Timestamp, WaitReason};

use crate::{Store, StoreError, write::Write};

/// A row `s` of spend counts: its call was accepted, or nobody could prove that it was not.
macro_rules! may_have_cost {
    () => {
        "(s.certain = 1 OR NOT EXISTS (SELECT 1 FROM attempts a WHERE a.id = s.attempt_id \
         AND json_extract(a.evidence, '$.not_there_at') IS NOT NULL))"
    };
}
pub(crate) use may_have_cost;

impl Store {
    /// What a provider was paid since `since`, in its own unit, uncertain calls included, those apart of which it is
    /// proven that nothing came. Where nobody said what a call
    /// took, one for several links counts as their number, and one paid in seconds as the length of its video once that
    /// is known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn booked_since(&self, id: ProviderId, since: Timestamp) -> Result<u32, StoreError> {
        self.read(|connection| {
            let sql = concat!(
                "SELECT coalesce(sum(coalesce(
                     s.amount,
                     nullif((SELECT count(*) FROM attempts a WHERE a.call = s.attempt_id), 0),
                     CASE s.unit WHEN 'second' THEN (SELECT duration_s FROM tasks WHERE id = s.task_id) END
                   )), 0)
                 FROM spend s WHERE s.provider = ?1 AND s.spent_at >= ?2 AND ",
                may_have_cost!()
            );
            let sum: i64 = connection
                .prepare_cached(sql)?
                .query_row((id.as_str(), since.0), |row| row.get(0))?;
            Ok(u32::try_from(sum).unwrap_or(u32::MAX))
        })
    }

    /// How many links go out in one call with this queued task.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn together_with(&self, id: TaskId) -> Result<u32, StoreError> {
        self.read(|connection| {
            let sql = "SELECT max(1, (SELECT count(*) FROM tasks s WHERE s.batch = t.batch AND s.state = 'queued'))
                       FROM tasks t WHERE t.id = ?1";
            Ok(connection.prepare_cached(sql)?.query_row([id.0], |row| row.get(0))?)
        })
    }

    /// Nothing more is to be paid to the provider before `until`: all its queued tasks wait, those apart that wait for
    /// something of their own.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn wait_for_day(
        &self,
        provider: ProviderId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "UPDATE tasks SET wait_reason = :reason, wait_until = :until
                       WHERE state = 'queued' AND provider = :provider
                         AND (wait_reason IS NULL OR coalesce(wait_until, :now + 1) <= :now) RETURNING id";
            let params = named_params! {
                ":reason": WaitReason::DailyLimit.as_str(),
                ":until": until.0,
                ":provider": provider.as_str(),
                ":now": now.0,
            };
            change_all(write, sql, params)
        })
    }

    /// The bound was changed or lifted: what waited for it is looked at again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn release_limit(&self, provider: ProviderId) -> Result<(), StoreError> {
        self.write(|write| release(write, provider))
    }
}

/// What waits for the bound of the day is looked at again.
pub(crate) fn release(write: &mut Write<'_>, provider: ProviderId) -> Result<(), StoreError> {
    let sql = "UPDATE tasks SET wait_reason = NULL, wait_until = NULL
               WHERE state = 'queued' AND provider = ?1 AND wait_reason = ?2 RETURNING id";
    change_all(write, sql, (provider.as_str(), WaitReason::DailyLimit.as_str()))
}

/// Runs a statement that returns the tasks that it changed.
fn change_all(write: &mut Write<'_>, sql: &str, params: impl Params) -> Result<(), StoreError> {
    let ids = write
        .tx
        .prepare_cached(sql)?
        .query_map(params, |row| row.get(0).map(TaskId))?
        .collect::<Result<Vec<_>, _>>()?;
    for id in ids {
        write.changed(id);
    }
    Ok(())
}
