//! What tasks are found by: one row of tokens for each that is not in the trash, written in the transaction that
//! changed its words.
//!
//! The schema's triggers note which tasks those are, so that no way of writing can forget it. Whatever is wrong with the
//! index never keeps a result from being written: it follows from the tasks and can be made anew.

use rusqlite::{Connection, ErrorCode, OptionalExtension};
use shiwen_core::{TaskId, Timestamp};
use shiwen_text::grams::Tokens;

use crate::{Store, StoreError, calendar};

/// Properties of a task among its tokens, by a letter each.
pub(crate) const PLATFORM: char = 'p';
pub(crate) const PROVIDER: char = 's';
pub(crate) const OPERATION: char = 'o';
/// The state of what has ended; [`OPEN`] for the rest, which changes too often.
pub(crate) const STATE: char = 'z';
pub(crate) const STARRED: char = 'x';
pub(crate) const HAS_TEXT: char = 'w';
pub(crate) const TAG: char = 't';
/// The month of its making, in UTC.
pub(crate) const MONTH: char = 'm';
pub(crate) const OPEN: &str = "open";

/// Tasks that are indexed in one transaction where all are.
const AT_ONCE: u32 = 200;
/// The setting that says that the index is not whole.
const DUE: &str = "index";
/// Pages that are brought together at a time, so that nobody waits long for the writer.
const MERGED: i64 = 500;

impl Store {
    /// Makes the index anew, a few tasks at a time; what is found meanwhile stays right, unless the index was not whole
    /// before. `progress` hears how many tasks are done. Answers how many there are.
    ///
    /// # Errors
    /// When the database cannot be read or written; what is lacking then is made by the next call.
    pub fn rebuild_index(&self, progress: &mut dyn FnMut(u32)) -> Result<u32, StoreError> {
        let whole = !self.index_is_due()? && self.read(|connection| Ok(is_sound(connection)?))?;
        if !whole {
            // The old one cannot be mended row by row.
            self.write(|write| {
                write.tx.execute_batch("INSERT INTO words (words) VALUES ('delete-all')")?;
                Ok(set_due(&write.tx, true)?)
            })?;
        }
        let (mut done, mut behind) = (0, 0);
        loop {
            let ids = self.write(|write| {
                let sql = "SELECT id FROM tasks WHERE id > ?1 ORDER BY id LIMIT ?2";
                let ids = write
                    .tx
                    .prepare_cached(sql)?
                    .query_map((behind, AT_ONCE), |row| row.get(0).map(TaskId))?
                    .collect::<Result<Vec<_>, _>>()?;
                for id in &ids {
                    index(&write.tx, *id)?;
                }
                Ok(ids)
            })?;
            let Some(last) = ids.last() else { break };
            behind = last.0;
            done += u32::try_from(ids.len()).unwrap_or(u32::MAX);
            progress(done);
        }
        self.write(|write| {
            let gone = "SELECT id FROM words_docsize WHERE id NOT IN (SELECT id FROM tasks)";
            let sql = format!("DELETE FROM words WHERE rowid IN ({gone})");
            write.tx.execute(&sql, [])?;
            Ok(set_due(&write.tx, false)?)
        })?;
        self.merge_index()?;
        Ok(done)
    }

    /// Whether the index was found broken and waits for [`Store::rebuild_index`]: until then not everything is found.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn index_is_due(&self) -> Result<bool, StoreError> {
        self.setting(DUE)
    }

    /// Brings the parts that the index grew together, which makes it smaller and faster; a little at a time.
    fn merge_index(&self) -> Result<(), StoreError> {
        // Negative begins with everything there is, as `optimize` would, but stops after so many pages.
        let mut pages = -MERGED;
        loop {
            let merged = self.write(|write| {
                let before = write.tx.total_changes();
                let sql = "INSERT INTO words (words, rank) VALUES ('merge', ?1)";
                write.tx.prepare_cached(sql)?.execute([pages])?;
                Ok(write.tx.total_changes() - before)
            })?;
            // By SQLite's documentation: fewer than two changes say that there was nothing left to merge.
            if merged < 2 {
                return Ok(());
            }
            pages = MERGED;
        }
    }
}

/// Brings the index up to date at the end of a transaction.
pub(crate) fn catch_up(connection: &Connection) -> Result<(), StoreError> {
    let ids = {
        let sql = "DELETE FROM unindexed WHERE task_id >= 0 RETURNING task_id";
        let mut statement = connection.prepare_cached(sql)?;
        let ids = statement.query_map([], |row| row.get(0).map(TaskId))?;
        ids.collect::<Result<Vec<_>, _>>()?
    };
    if ids.is_empty() {
        return Ok(());
    }
    connection.execute_batch("SAVEPOINT indexing")?;
    let indexed = ids.into_iter().try_for_each(|id| index(connection, id));
    // Else it would be written at the commit, which must not fail because of it.
    let flush = "INSERT INTO words (words) VALUES ('flush')";
    let indexed = indexed.and_then(|()| connection.prepare_cached(flush)?.execute([]));
    match indexed {
        Err(error) if is_broken(&error) => {
            // What is written here may have been paid for; the index can wait.
            tracing::error!(%error, "the index is broken and has to be made anew");
            connection.execute_batch("ROLLBACK TO indexing")?;
            set_due(connection, true)?;
        }
        other => {
            other?;
        }
    }
    connection.execute_batch("RELEASE indexing")?;
    Ok(())
}

/// Whether a failure comes from the index itself and not from the disk or from others.
fn is_broken(error: &rusqlite::Error) -> bool {
    let broken = [ErrorCode::DatabaseCorrupt, ErrorCode::ConstraintViolation, ErrorCode::Unknown];
    error.sqlite_error_code().is_some_and(|code| broken.contains(&code))
}

fn set_due(connection: &Connection, due: bool) -> rusqlite::Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute((DUE, due.to_string()))?;
    Ok(())
}

/// Makes everything that follows from the tasks, in a file where none of it is to be trusted.
pub(crate) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "UPDATE tasks SET listed_at = created_at WHERE listed_at = 0;
         DELETE FROM listed;
         INSERT INTO listed SELECT desk, count(*) FROM tasks WHERE deleted_at IS NULL GROUP BY desk;
         DELETE FROM listed_days;
         INSERT INTO listed_days SELECT desk, listed_at / 86400000, count(*) FROM tasks
           WHERE deleted_at IS NULL GROUP BY 1, 2;
         DELETE FROM unindexed;
         INSERT INTO words (words) VALUES ('delete-all')",
    )?;
    let mut statement = connection.prepare("SELECT id FROM tasks ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        index(connection, TaskId(row.get(0)?))?;
    }
    Ok(())
}

/// Whether the index is whole in itself, whatever it says.
fn is_sound(connection: &Connection) -> rusqlite::Result<bool> {
    let said: String = connection.query_row("PRAGMA quick_check(words)", [], |row| row.get(0))?;
    Ok(said == "ok")
}

/// Writes the tokens of a task; none for what is gone or in the trash.
fn index(connection: &Connection, id: TaskId) -> rusqlite::Result<()> {
    match tokens(connection, id)? {
        Some(tokens) => {
            let sql = "INSERT OR REPLACE INTO words (rowid, tokens) VALUES (?1, ?2)";
            connection.prepare_cached(sql)?.execute((id.0, tokens))?;
        }
        None => {
            let sql = "DELETE FROM words WHERE rowid = ?1";
            connection.prepare_cached(sql)?.execute([id.0])?;
        }
    }
    Ok(())
}

fn tokens(connection: &Connection, id: TaskId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT t.title, l.title, t.subject, t.author, t.note, l.url, l.canonical, l.platform, t.provider,
                 t.operation, t.state, t.starred, t.created_at, t.ended_at IS NULL
               FROM tasks t LEFT JOIN links l ON l.id = t.link_id WHERE t.id = ?1 AND t.deleted_at IS NULL";
    let found = connection.prepare_cached(sql)?.query_row([id.0], |row| {
        let mut tokens = Tokens::default();
        let text = |column| row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from);
        for column in 0..3 {
            tokens.add_title(text(column)?.unwrap_or_default());
        }
        for column in 3..7 {
            tokens.add(text(column)?.unwrap_or_default());
        }
        for (column, kind) in [(7, PLATFORM), (8, PROVIDER), (9, OPERATION)] {
            if let Some(value) = text(column)? {
                tokens.add_property(kind, value);
            }
        }
        let open: bool = row.get(13)?;
        tokens.add_property(STATE, if open { OPEN } else { text(10)?.unwrap_or_default() });
        if row.get(11)? {
            tokens.add_property(STARRED, "");
        }
        tokens.add_property(MONTH, &calendar::month(Timestamp(row.get(12)?)));
        Ok(tokens)
    });
    let Some(mut tokens) = found.optional()? else { return Ok(None) };

    let sql = "SELECT text FROM transcripts WHERE task_id = ?1 ORDER BY version";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.0])?;
    let mut has_text = false;
    while let Some(row) = rows.next()? {
        tokens.add(row.get_ref(0)?.as_str()?);
        has_text = true;
    }
    tokens.add_property(HAS_TEXT, if has_text { "yes" } else { "no" });
    let sql = "SELECT tag FROM tags WHERE task_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.0])?;
    while let Some(row) = rows.next()? {
        let tag = row.get_ref(0)?.as_str()?;
        tokens.add(tag);
        tokens.add_property(TAG, tag);
    }
    Ok(Some(tokens.finish()))
}
