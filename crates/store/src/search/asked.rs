//! A query as what the index is asked, what the rows are asked, and what must be looked at in the texts.

use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};
use shiwen_core::{Filter, Query, TaskId, TaskState, Timestamp};
use shiwen_text::grams::{Word, property_term, strike};

use crate::{StoreError, calendar, index};

/// Months that are asked for one by one; of more, most tasks are within them anyway.
const MONTHS: usize = 36;
/// What the index is asked at most; further words are only looked at.
const TERMS: usize = 64;
const DAY_MS: i64 = 86_400_000;

/// Where all words have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    All,
    Titles,
    /// Not all of them in titles.
    Rest,
}

pub(super) struct Asked {
    pub(super) words: Vec<Word>,
    /// Of the index, all of which must be.
    terms: Vec<String>,
    title_terms: Vec<String>,
    /// Of the row of a task, `t`.
    conditions: Vec<&'static str>,
    values: Vec<Value>,
    /// Words whose terms are not all asked, or are not sure.
    looked_for: Vec<Word>,
    is_empty: bool,
}

impl Asked {
    pub(super) fn new(query: &Query) -> Self {
        let mut asked = Self {
            words: Vec::new(),
            terms: Vec::new(),
            title_terms: Vec::new(),
            conditions: Vec::new(),
            values: Vec::new(),
            looked_for: Vec::new(),
            is_empty: *query == Query { unknown: query.unknown.clone(), ..Query::default() },
        };
        for word in query.words.iter().filter_map(|word| Word::new(word)) {
            if asked.words.contains(&word) {
                continue;
            }
            let fits = asked.title_terms.len() + word.terms.len() <= TERMS;
            if fits {
                asked.terms.extend(word.terms.iter().cloned());
                asked.title_terms.extend(word.title_terms.iter().cloned());
            }
            if !fits || !word.exact {
                asked.looked_for.push(word.clone());
            }
            asked.words.push(word);
        }
        asked.narrow(&query.filter);
        asked
    }

    fn narrow(&mut self, filter: &Filter) {
        let mut either = |kind: char, values: Vec<&str>| {
            if !values.is_empty() {
                let terms: Vec<_> = values.iter().map(|value| property_term(kind, value)).collect();
                let term = format!("({})", terms.join(" OR "));
                self.terms.push(term.clone());
                self.title_terms.push(term);
            }
        };
        either(index::PLATFORM, filter.platforms.iter().map(|one| one.as_str()).collect());
        either(index::PROVIDER, filter.providers.iter().map(|one| one.as_str()).collect());
        either(index::OPERATION, filter.operations.iter().map(|one| one.as_str()).collect());
        for tag in &filter.tags {
            either(index::TAG, vec![tag]);
        }
        if let Some(has_text) = filter.has_text {
            either(index::HAS_TEXT, vec![if has_text { "yes" } else { "no" }]);
        }
        match filter.starred {
            Some(true) => either(index::STARRED, vec![""]),
            // Nearly all: the index would not help.
            Some(false) => self.conditions.push("t.starred = 0"),
            None => {}
        }
        let (open, ended): (Vec<_>, Vec<_>) =
            filter.states.iter().copied().partition(|state| !has_ended(*state));
        let mut states: Vec<_> = ended.iter().map(|state| state.as_str()).collect();
        if !open.is_empty() {
            states.push(index::OPEN);
        }
        either(index::STATE, states);
        if !open.is_empty() {
            self.conditions.push("t.state IN (SELECT value FROM json_each(?))");
            let words: Vec<_> = filter.states.iter().map(|state| format!("\"{state}\"")).collect();
            self.values.push(Value::Text(format!("[{}]", words.join(","))));
        }
        if let (Some(from), Some(until)) = (filter.from, filter.until) {
            let months = months(from, until);
            either(index::MONTH, months.iter().map(String::as_str).collect());
        }
        for (limit, condition) in
            [(filter.from, "t.created_at >= ?"), (filter.until, "t.created_at < ?")]
        {
            if let Some(at) = limit {
                self.conditions.push(condition);
                self.values.push(Value::Integer(at.0));
            }
        }
    }

    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether candidates have to be looked at.
    pub(super) fn looks(&self) -> bool {
        !self.looked_for.is_empty()
    }

    /// The number of hits where the index or a counter knows it.
    pub(super) fn count_at_once(&self, connection: &Connection) -> Result<Option<u32>, StoreError> {
        if self.is_empty {
            let sql = "SELECT coalesce(sum(tasks), 0) FROM listed WHERE desk IN ('texts', 'works', 'research')";
            return Ok(Some(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?));
        }
        if self.looks() || !self.conditions.is_empty() || self.terms.is_empty() {
            return Ok(None);
        }
        let sql = "SELECT count(*) FROM words WHERE words MATCH ?1";
        let mut counting = connection.prepare_cached(sql)?;
        Ok(Some(counting.query_row([self.terms.join(" AND ")], |row| row.get(0))?))
    }

    /// Shows `visit` every task that fits, newest first, until it says that this is enough. After `most` candidates it
    /// is shown none, once.
    pub(super) fn each(
        &self,
        connection: &Connection,
        within: Within,
        before: Option<TaskId>,
        most: Option<u32>,
        mut visit: impl FnMut(Option<TaskId>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let terms = if within == Within::Titles { &self.title_terms } else { &self.terms };
        let condition = match &self.conditions[..] {
            [] => "1".to_owned(),
            conditions => conditions.join(" AND "),
        };
        // Named in the answer instead of the condition, so that what is passed over can be counted too.
        let sql = match (terms.is_empty(), self.conditions.is_empty()) {
            (false, true) => {
                "SELECT rowid, 1 FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC"
                    .to_owned()
            }
            (false, false) => format!(
                "SELECT w.rowid, (SELECT {condition} FROM tasks t WHERE t.id = w.rowid) FROM words w
                 WHERE w.words MATCH ? AND w.rowid < ? ORDER BY w.rowid DESC"
            ),
            (true, _) => format!(
                "SELECT t.id, {condition} FROM tasks t WHERE t.deleted_at IS NULL AND t.id < ? ORDER BY t.id DESC"
            ),
        };
        let below = Value::Integer(before.map_or(i64::MAX, |id| i64::from(id.0)));
        let mut params: Vec<Value> = Vec::new();
        match (terms.is_empty(), self.conditions.is_empty()) {
            (false, true) => params.extend([Value::Text(terms.join(" AND ")), below]),
            (false, false) => {
                params.extend(self.values.iter().cloned());
                params.extend([Value::Text(terms.join(" AND ")), below]);
            }
            (true, _) => {
                params.extend(self.values.iter().cloned());
                params.push(below);
            }
        }
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        let mut seen = 0;
        while let Some(row) = rows.next()? {
            if most == Some(seen) {
                visit(None)?;
                break;
            }
            seen += 1;
            let fits: Option<bool> = row.get(1)?;
            let id = TaskId(row.get(0)?);
            if fits == Some(true) && self.holds(connection, id, within)? && !visit(Some(id))? {
                break;
            }
        }
        Ok(())
    }

    /// Whether a candidate has the words that the index is not sure of, each in one field.
    fn holds(
        &self,
        connection: &Connection,
        id: TaskId,
        within: Within,
    ) -> Result<bool, StoreError> {
        let mut left: Vec<&Word> = match within {
            Within::All | Within::Titles => self.looked_for.iter().collect(),
            Within::Rest => self.words.iter().collect(),
        };
        if left.is_empty() {
            return Ok(true);
        }
        if within == Within::All {
            texts(connection, id, &mut left)?;
            if left.is_empty() {
                return Ok(true);
            }
        }
        let sql = "SELECT t.title, l.title, t.subject, t.author, t.note, l.url, l.canonical
                   FROM tasks t LEFT JOIN links l ON l.id = t.link_id WHERE t.id = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let fields = statement
            .query_row([id.0], |row| {
                (0..7).map(|column| row.get(column)).collect::<Result<Vec<Option<String>>, _>>()
            })
            .optional()?
            .unwrap_or_default();
        let look = |fields: &[Option<String>], left: &mut Vec<&Word>| {
            fields.iter().flatten().for_each(|field| strike(left, field));
        };
        look(&fields[..fields.len().min(3)], &mut left);
        match within {
            Within::Titles => return Ok(left.is_empty()),
            Within::Rest if left.is_empty() => return Ok(false),
            Within::Rest => {
                // Not all in titles; what the index is not sure of may be anywhere.
                left = self.looked_for.iter().collect();
                look(&fields[..fields.len().min(3)], &mut left);
                if !left.is_empty() {
                    texts(connection, id, &mut left)?;
                }
            }
            Within::All => {}
        }
        look(fields.get(3..).unwrap_or_default(), &mut left);
        if left.is_empty() {
            return Ok(true);
        }
        let sql = "SELECT tag FROM tags WHERE task_id = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let tags = statement.query_map([id.0], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
        look(&tags, &mut left);
        Ok(left.is_empty())
    }
}

/// Takes those of the words away that stand in a version of the text.
fn texts(connection: &Connection, id: TaskId, left: &mut Vec<&Word>) -> Result<(), StoreError> {
    let sql = "SELECT text FROM transcripts WHERE task_id = ?1 ORDER BY version DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.0])?;
    while !left.is_empty()
        && let Some(row) = rows.next()?
    {
        strike(left, row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
    }
    Ok(())
}

fn has_ended(state: TaskState) -> bool {
    matches!(state, TaskState::Succeeded | TaskState::Failed | TaskState::Cancelled)
}

/// The months that a stretch of time is in; none where they are too many to ask for.
fn months(from: Timestamp, until: Timestamp) -> Vec<String> {
    let mut months: Vec<String> = Vec::new();
    let mut day = calendar::day(from);
    let last = calendar::day(until);
    while day <= last {
        let month = calendar::month(Timestamp(day.saturating_mul(DAY_MS)));
        if months.last() != Some(&month) {
            months.push(month);
        }
        if months.len() > MONTHS {
            return Vec::new();
        }
        day += 1;
    }
    months
}
