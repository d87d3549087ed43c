//! A query as what the index is asked, what the rows are asked, and what must be looked at in the texts.

use rusqlite::{Connection, params_from_iter, types::Value};
use shiwen_core::{Filter, Query, TaskId, TaskState, Timestamp};
use shiwen_text::grams::{Word, property_term};

use super::{effort::Effort, look::Look};
use crate::{StoreError, calendar, index};

/// Months that are asked for one by one; of more, most tasks are within them anyway.
const MONTHS: usize = 36;
/// What the index is asked at most; further words are only looked at.
const TERMS: usize = 64;
const DAY_MS: i64 = 86_400_000;
/// Candidates between two looks at the clock.
const AT_ONCE: u32 = 16;

/// Where all words have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    All,
    /// As `All`, asked with few terms: sooner at an end where the words are nowhere, and with more to look at.
    Few,
    Titles,
    /// Not all of them in titles.
    Rest,
}

pub(super) struct Asked {
    pub(super) words: Vec<Word>,
    /// Of the index, all of which must be.
    terms: Vec<String>,
    /// Of these, as many as hold each character of the words.
    few_terms: Vec<String>,
    title_terms: Vec<String>,
    /// Of the row of a task, `t`.
    conditions: Vec<&'static str>,
    values: Vec<Value>,
    /// Words whose terms are not all asked, or are not sure.
    pub(super) looked_for: Vec<Word>,
    is_empty: bool,
}

impl Asked {
    pub(super) fn new(query: &Query) -> Self {
        let mut asked = Self {
            words: Vec::new(),
            terms: Vec::new(),
            few_terms: Vec::new(),
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
                asked.few_terms.extend(word.few_terms.iter().cloned());
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
                self.few_terms.push(term.clone());
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

    /// Whether there are fewer terms to ask first.
    pub(super) fn has_few(&self) -> bool {
        self.few_terms.len() < self.terms.len()
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

    /// Shows `visit` every task that fits, newest first, until it says that this is enough, the effort is over, or `most`
    /// candidates have been seen. Answers the last candidate where it gave up; it has seen one at least.
    pub(super) fn each(
        &self,
        connection: &Connection,
        within: Within,
        before: Option<TaskId>,
        most: Option<u32>,
        effort: &Effort,
        mut visit: impl FnMut(TaskId) -> bool,
    ) -> Result<Option<TaskId>, StoreError> {
        let terms = match within {
            Within::Titles => &self.title_terms,
            Within::Few => &self.few_terms,
            Within::All | Within::Rest => &self.terms,
        };
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
        let mut look = match within {
            Within::All | Within::Few | Within::Titles if self.looked_for.is_empty() => None,
            _ => Some(Look::new(connection, self, within)?),
        };
        let (mut seen, mut last) = (0_u32, None);
        while let Some(row) = rows.next()? {
            let is_time = seen > 0 && seen.is_multiple_of(AT_ONCE);
            if most == Some(seen) || is_time && effort.is_over() {
                return Ok(last);
            }
            seen += 1;
            let id = TaskId(row.get(0)?);
            last = Some(id);
            let fits: Option<bool> = row.get(1)?;
            if fits != Some(true) {
                continue;
            }
            let holds = match &mut look {
                Some(look) => look.holds(id)?,
                None => true,
            };
            if holds && !visit(id) {
                break;
            }
        }
        Ok(None)
    }
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
