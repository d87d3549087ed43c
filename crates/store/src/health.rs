//! Whether the file is whole: asked in the background, since a large one takes half a second.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use shiwen_core::Timestamp;
use tokio::sync::watch;

use crate::{Store, StoreError, usage::Last};

/// What the last look at the whole file said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub checked_at: Timestamp,
    /// Empty when the file is sound. Else SQLite's words for the first faults: pages and tables, none of the user's text.
    pub faults: Vec<String>,
}

impl Health {
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// The setting that keeps the last sound look. A damaged file is not written to say so; its mark does.
const NAME: &str = "health";
const WEEK_MS: i64 = 7 * 86_400_000;
/// Faults that are told; they come in heaps.
const TOLD: usize = 20;

impl Store {
    /// Looks at the whole file. When it is damaged, nothing is submitted any more, and the next
    /// [`Store::open_or_salvage`] saves what can be read.
    ///
    /// # Errors
    /// When the file cannot be looked at, for instance because the disk is gone. Damage is an answer, not an error.
    pub fn check(&self, now: Timestamp) -> Result<Health, StoreError> {
        let faults = match self.read(|connection| Ok(faults(connection)?)) {
            Err(StoreError::Damaged(_)) => vec!["not readable as a database".to_owned()],
            other => other?,
        };
        let health = Health { checked_at: now, faults };
        if health.is_sound() {
            self.save_setting(NAME, &health)?;
        } else {
            tracing::error!(faults = ?health.faults, "the history is damaged");
            self.shared.usage.note_damage();
        }
        self.shared.health.send_replace(Some(health.clone()));
        Ok(health)
    }

    /// Tells those who listen to [`Store::health`] that a statement met damage, before anybody looked for it.
    pub(crate) fn meet_damage(&self) {
        self.shared.health.send_if_modified(|health| {
            if health.as_ref().is_some_and(|health| !health.is_sound()) {
                return false;
            }
            let faults = vec!["a statement could not read or write it".to_owned()];
            *health = Some(Health { checked_at: Timestamp::now(), faults });
            true
        });
    }

    /// Whether it is time for [`Store::check`]: after an end without a closing, and once a week.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn check_is_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        if self.shared.last != Last::Orderly && self.shared.health.borrow().is_none() {
            return Ok(true);
        }
        let last: Option<Health> = self.setting(NAME)?;
        // A clock that was wrong must not put it off for ever.
        Ok(last.is_none_or(|last| {
            let age = now.0.saturating_sub(last.checked_at.0);
            !(0..WEEK_MS).contains(&age)
        }))
    }

    /// The last look of this run, and every one to come.
    pub fn health(&self) -> watch::Receiver<Option<Health>> {
        self.shared.health.subscribe()
    }
}

/// What is wrong with the file.
pub(crate) fn faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut faults = connection
        .prepare(&format!("PRAGMA quick_check({TOLD})"))?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    faults.retain(|said| said != "ok");
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()?
        && faults.len() < TOLD
    {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        faults.push(format!("a row of {table} lacks its {parent}"));
    }
    Ok(faults)
}
