//! For tests alone (feature `faults`): a witness who is asked before each write and told of it, so that a test can end
//! the program, or fill the disk, at any of them; and questions that no part of the program asks.

use std::cell::RefCell;

use shiwen_core::{AttemptId, TaskChange};

use crate::{Store, StoreError};

/// Where a write is.
#[derive(Debug)]
pub enum Moment<'a> {
    /// Nothing has happened yet.
    Begin,
    /// Everything is written and nothing committed.
    Ready(&'a [TaskChange]),
    /// It is durable, and nobody was told.
    Committed(&'a [TaskChange]),
}

/// An error ends the write as if SQLite had met it; after the commit it is too late for one.
pub type Witness = Box<dyn Fn(&Moment<'_>) -> Result<(), StoreError>>;

thread_local! {
    static WITNESS: RefCell<Option<Witness>> = const { RefCell::new(None) };
}

/// From now on every write of this thread has a witness, or none.
pub fn witness(witness: Option<Witness>) {
    WITNESS.set(witness);
}

pub(crate) fn tell(moment: &Moment<'_>) -> Result<(), StoreError> {
    WITNESS.with_borrow(|witness| match witness {
        Some(witness) => witness(moment),
        None => Ok(()),
    })
}

/// What the ledger says that a call cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpendRow {
    pub attempt: AttemptId,
    /// Links that went out with the call.
    pub links: usize,
    pub amount: Option<u32>,
    pub certain: bool,
}

impl Store {
    /// SQLite's own words about the whole file, indexes included; `ok` alone where it is sound.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check")?;
            let said = statement.query_map([], |row| row.get(0))?;
            Ok(said.collect::<Result<_, _>>()?)
        })
    }

    /// Every row of what was spent.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn spend_rows(&self) -> Result<Vec<SpendRow>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT attempt_id, amount, certain,
                         (SELECT max(1, count(*)) FROM attempts a WHERE a.call = s.attempt_id) AS links
                       FROM spend s ORDER BY attempt_id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(SpendRow {
                    attempt: AttemptId(row.get("attempt_id")?),
                    links: row.get::<_, u32>("links")? as usize,
                    amount: row.get("amount")?,
                    certain: row.get("certain")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
