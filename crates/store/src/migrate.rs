//! The schema's steps. Each is one transaction that also counts the version, so that a file is of one version or the
//! next, never between; before the first one an existing file is backed up.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::{StoreError, backup, index, open::sorted};

/// What makes one version out of the one before it.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) sql: &'static str,
    /// What SQL cannot say, done after it.
    pub(crate) then: Option<fn(&Connection) -> rusqlite::Result<()>>,
}

impl Step {
    pub(crate) const fn of(sql: &'static str) -> Self {
        Self { sql, then: None }
    }
}

/// Released steps are never edited; a change is a new one at the end. A new word in a stored list is a change too, since
/// an older program cannot read it.
pub(crate) const STEPS: &[Step] = &[
    Step::of(include_str!("migrations/0001_history.sql")),
    Step { sql: include_str!("migrations/0002_finding.sql"), then: Some(index::make) },
    Step::of(include_str!("migrations/0003_pastes.sql")),
];
pub(crate) const LATEST: i64 = STEPS.len() as i64;

/// Takes the file at `path` through the `steps` that it lacks.
pub(crate) fn migrate(
    connection: &mut Connection,
    path: &Path,
    steps: &[Step],
) -> Result<(), StoreError> {
    let begin = version(connection).map_err(|error| sorted(error, path))?;
    if begin > 0 && steps.len() as i64 > begin {
        backup::before_migration(connection, path, begin)?;
    }
    while step(connection, steps).map_err(|error| sorted(error, path))? {}
    Ok(())
}

/// Takes one step; false when there was none to take.
pub(crate) fn step(connection: &mut Connection, steps: &[Step]) -> rusqlite::Result<bool> {
    if next(connection, steps)?.is_none() {
        return Ok(false);
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again now that nobody else can write: another process may have done the same work meanwhile.
    let Some((at, step)) = next(&tx, steps)? else { return Ok(false) };
    tx.execute_batch(step.sql)?;
    if let Some(then) = step.then {
        then(&tx)?;
    }
    #[cfg(feature = "kill-points")]
    shiwen_kill_points::at(shiwen_kill_points::Point::Migration);
    tx.pragma_update(None, "user_version", at + 1)?;
    tx.commit()?;
    Ok(true)
}

fn next<'a>(
    connection: &Connection,
    steps: &'a [Step],
) -> rusqlite::Result<Option<(i64, &'a Step)>> {
    let at = version(connection)?;
    let step = usize::try_from(at).ok().and_then(|at| steps.get(at));
    Ok(step.map(|step| (at, step)))
}

pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests;
