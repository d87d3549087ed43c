//! Looking at candidates: whether a task really has the words that the index is not sure of.

use rusqlite::{CachedStatement, Connection, Row};
use shiwen_core::TaskId;
use shiwen_text::seek::Seeker;

use super::asked::{Asked, Within};

/// Columns of titles in the statement of fields; the rest of the fields follow.
const TITLES: std::ops::Range<usize> = 0..3;
const OTHERS: std::ops::Range<usize> = 3..7;
const HAS_TAGS: usize = 7;

/// What a search looks with, ready for many candidates.
pub(super) struct Look<'a> {
    within: Within,
    /// All words, and those that the index is not sure of.
    all: Seeker<'a>,
    doubtful: Seeker<'a>,
    // Each candidate would look for its statements anew otherwise.
    texts: CachedStatement<'a>,
    fields: CachedStatement<'a>,
    tags: CachedStatement<'a>,
}

impl<'a> Look<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        asked: &'a Asked,
        within: Within,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            within,
            all: Seeker::new(&asked.words),
            doubtful: Seeker::new(&asked.looked_for),
            texts: connection.prepare_cached(
                "SELECT text FROM transcripts WHERE task_id = ?1 ORDER BY version DESC",
            )?,
            fields: connection.prepare_cached(
                "SELECT t.title, l.title, t.subject, t.author, t.note, l.url, l.canonical,
                   EXISTS (SELECT 1 FROM tags g WHERE g.task_id = t.id)
                 FROM tasks t LEFT JOIN links l ON l.id = t.link_id WHERE t.id = ?1",
            )?,
            tags: connection.prepare_cached("SELECT tag FROM tags WHERE task_id = ?1")?,
        })
    }

    /// Whether a candidate has the words, each in one field.
    pub(super) fn holds(&mut self, id: TaskId) -> rusqlite::Result<bool> {
        let Self { within, all, doubtful, texts, fields, tags } = self;
        doubtful.begin();
        // Long, but mostly where the words are: what is found there saves reading all else.
        if matches!(within, Within::All | Within::Few) {
            if !doubtful.is_done() {
                see_all(texts, id, doubtful)?;
            }
            if doubtful.is_done() {
                return Ok(true);
            }
        }
        let mut rows = fields.query([id.0])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        see(row, TITLES, doubtful)?;
        match within {
            Within::Titles => return Ok(doubtful.is_done()),
            Within::Rest => {
                all.begin();
                see(row, TITLES, all)?;
                if all.is_done() {
                    return Ok(false);
                }
                if !doubtful.is_done() {
                    see_all(texts, id, doubtful)?;
                }
            }
            Within::All | Within::Few => {}
        }
        see(row, OTHERS, doubtful)?;
        if !doubtful.is_done() && row.get(HAS_TAGS)? {
            see_all(tags, id, doubtful)?;
        }
        Ok(doubtful.is_done())
    }
}

/// Shows columns of a row until there is nothing left to be found.
fn see(
    row: &Row<'_>,
    columns: std::ops::Range<usize>,
    seeker: &mut Seeker<'_>,
) -> rusqlite::Result<()> {
    for column in columns {
        if seeker.is_done() {
            break;
        }
        if let Some(field) = row.get_ref(column)?.as_bytes_or_null()? {
            seeker.see(field);
        }
    }
    Ok(())
}

/// Shows the first column of a task's rows until there is nothing left to be found.
fn see_all(
    statement: &mut CachedStatement<'_>,
    id: TaskId,
    seeker: &mut Seeker<'_>,
) -> rusqlite::Result<()> {
    let mut rows = statement.query([id.0])?;
    while !seeker.is_done()
        && let Some(row) = rows.next()?
    {
        see(row, 0..1, seeker)?;
    }
    Ok(())
}
