//! What is kept about providers, the user's settings, covers and what was spent.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shiwen_core::{Allowance, Failure, ProviderId, TaskId, Timestamp};

use crate::{Store, StoreError, limit::may_have_cost, row};

/// What is kept about a provider's account. Never a secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderRecord {
    /// Fields that are no secrets.
    pub settings: BTreeMap<String, String>,
    /// Secrets that the keychain holds, with their last four characters where they are long enough. Kept so that
    /// nothing has to open the keychain at start.
    pub saved: BTreeMap<String, Option<String>>,
    pub allowance: Option<Allowance>,
    /// Tasks that may run at once, as the provider last said.
    pub slots: Option<u32>,
    /// Tasks of the account that ran when it was last tested, whoever started them.
    pub running: Option<u32>,
    /// The user's own bound for a day, in the provider's unit.
    pub daily_limit: Option<u32>,
    /// Until then the user lets the day pass the bound.
    pub limit_lifted_until: Option<Timestamp>,
    pub checked_at: Option<Timestamp>,
    pub check_failure: Option<Failure>,
}

impl Store {
    /// # Errors
    /// When the database cannot be read.
    pub fn provider(&self, id: ProviderId) -> Result<ProviderRecord, StoreError> {
        self.read(|connection| {
            let sql = "SELECT record FROM providers WHERE provider = ?1";
            let text: Option<String> = connection
                .prepare_cached(sql)?
                .query_row([id.as_str()], |row| row.get(0))
                .optional()?;
            parse(text)
        })
    }

    /// Changes what is kept about a provider, in one transaction.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn change_provider(
        &self,
        id: ProviderId,
        change: impl Fn(&mut ProviderRecord),
    ) -> Result<ProviderRecord, StoreError> {
        self.write(|write| {
            let sql = "SELECT record FROM providers WHERE provider = ?1";
            let text: Option<String> = write
                .tx
                .prepare_cached(sql)?
                .query_row([id.as_str()], |row| row.get(0))
                .optional()?;
            let mut record: ProviderRecord = parse(text)?;
            change(&mut record);
            let sql = "INSERT INTO providers (provider, record) VALUES (?1, ?2)
                       ON CONFLICT (provider) DO UPDATE SET record = excluded.record";
            write.tx.prepare_cached(sql)?.execute((id.as_str(), compose(&record)?))?;
            Ok(record)
        })
    }

    /// A setting by name; its default where nothing was saved, also for single fields that an older version did not
    /// know.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn setting<T: DeserializeOwned + Serialize + Default>(
        &self,
        name: &str,
    ) -> Result<T, StoreError> {
        self.read(|connection| {
            let sql = "SELECT value FROM settings WHERE name = ?1";
            let text: Option<String> =
                connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?;
            Ok(text.and_then(|text| completed(&text)).unwrap_or_default())
        })
    }

    /// # Errors
    /// When the database cannot be written.
    pub fn save_setting<T: Serialize>(&self, name: &str, value: &T) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2)
                       ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            write.tx.prepare_cached(sql)?.execute((name, compose(value)?))?;
            Ok(())
        })
    }

    /// What a provider was paid since `since`, in its own unit, uncertain calls included, those apart of which it is
    /// proven that nothing came.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn spent_since(&self, id: ProviderId, since: Timestamp) -> Result<u32, StoreError> {
        self.read(|connection| {
            let sql = concat!(
                "SELECT coalesce(sum(amount), 0) FROM spend s WHERE provider = ?1 AND spent_at >= ?2 AND ",
                may_have_cost!()
            );
            let sum: i64 = connection
                .prepare_cached(sql)?
                .query_row((id.as_str(), since.0), |row| row.get(0))?;
            Ok(u32::try_from(sum).unwrap_or(u32::MAX))
        })
    }

    /// A task's cover: media type and bytes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn cover(&self, id: TaskId) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT media_type, bytes FROM covers WHERE task_id = ?1";
            let found = connection
                .prepare_cached(sql)?
                .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)));
            Ok(found.optional()?)
        })
    }

    /// # Errors
    /// [`StoreError::TaskGone`] when there is no such task.
    pub fn save_cover(&self, id: TaskId, media_type: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "INSERT INTO covers (task_id, media_type, bytes) SELECT id, ?2, ?3 FROM tasks WHERE id = ?1
                       ON CONFLICT (task_id) DO UPDATE SET media_type = excluded.media_type, bytes = excluded.bytes";
            match write.tx.prepare_cached(sql)?.execute((id.0, media_type, bytes))? {
                0 => Err(StoreError::TaskGone),
                _ => Ok(()),
            }
        })
    }
}

/// Settings of a version that this one cannot read are as good as none; they are not worth refusing to start.
fn parse<T: DeserializeOwned + Default>(text: Option<String>) -> Result<T, StoreError> {
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// What was saved, with the defaults of the fields that it lacks, at any depth; none when it cannot be read.
fn completed<T: DeserializeOwned + Serialize + Default>(text: &str) -> Option<T> {
    let saved: serde_json::Value = serde_json::from_str(text).ok()?;
    let mut whole = serde_json::to_value(T::default()).ok()?;
    lay_over(&mut whole, saved);
    serde_json::from_value(whole).ok()
}

fn lay_over(whole: &mut serde_json::Value, saved: serde_json::Value) {
    match (whole, saved) {
        (serde_json::Value::Object(fields), serde_json::Value::Object(saved)) => {
            for (name, value) in saved {
                lay_over(fields.entry(name).or_insert(serde_json::Value::Null), value);
            }
        }
        (whole, saved) => *whole = saved,
    }
}

fn compose<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(row::unreadable(error)))
}
