//! Searching: which tasks hold the words, newest first.
//!
//! The index names candidates, and those that it is not sure of are looked at. Whatever is asked, the first hits are
//! answered as soon as they are found, and nothing that a user can write is an error.

mod asked;
mod effort;
mod hit;
mod look;

use rusqlite::Connection;
use shiwen_core::{HitCount, HitPage, Query, SearchOrder, TaskId};

use crate::{Store, StoreError};
use asked::{Asked, Within};
pub use effort::{Effort, Turn, Turns};

/// Candidates that are counted before counting is given up: those that are looked at, and those that are only passed.
const LOOKED_AT: u32 = 20_000;
/// Candidates that are looked at by few terms, before all are asked.
const FEW: u32 = 32;
const PASSED: u32 = 400_000;

impl Store {
    /// Tasks of all desks that a query finds, without those in the trash; all of them where it asks for nothing. The
    /// page behind another begins at its `after`; one that nobody was given begins anew.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn search(
        &self,
        query: &Query,
        order: SearchOrder,
        after: Option<&str>,
        limit: u32,
    ) -> Result<HitPage, StoreError> {
        self.search_with(&Effort::default(), query, order, after, limit)
    }

    /// As [`Store::search`]. Where the effort was over before the page was full, its hits are those of the tasks that were
    /// looked at, maybe none, and what is behind `after` is still to be looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn search_with(
        &self,
        effort: &Effort,
        query: &Query,
        order: SearchOrder,
        after: Option<&str>,
        limit: u32,
    ) -> Result<HitPage, StoreError> {
        let asked = Asked::new(query);
        let first = if order == SearchOrder::Titles && asked.has_words() {
            Within::Titles
        } else {
            Within::All
        };
        let begin = after.and_then(Place::parse).unwrap_or(Place { within: first, before: None });
        self.read(|connection| {
            let mut ids = Vec::new();
            let mut filling = Filling { connection, asked: &asked, effort, limit: limit as usize };
            let mut after = filling.fill(begin, &mut ids)?;
            if begin.within == Within::Titles && after.is_none() {
                let rest = Place { within: Within::Rest, before: None };
                after = filling.fill(rest, &mut ids)?;
            }
            let mut hits = Vec::with_capacity(ids.len());
            for id in ids {
                hits.extend(hit::hit(connection, id, &asked.words)?);
            }
            let after = after.filter(|_| limit > 0).map(|place| place.to_string());
            Ok(HitPage { hits, after, query: query.clone() })
        })
    }

    /// How many tasks a query finds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_found(&self, query: &Query) -> Result<HitCount, StoreError> {
        self.count_found_with(&Effort::default(), query)
    }

    /// As [`Store::count_found`]; it is not exact where the effort was over before all were counted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_found_with(&self, effort: &Effort, query: &Query) -> Result<HitCount, StoreError> {
        let asked = Asked::new(query);
        self.read(|connection| {
            if let Some(count) = asked.count_at_once(connection)? {
                return Ok(HitCount { count, exact: true });
            }
            let most = Some(if asked.looks() { LOOKED_AT } else { PASSED });
            let mut count = 0;
            let given_up = asked.each(connection, Within::All, None, most, effort, |_| {
                count += 1;
                true
            })?;
            Ok(HitCount { count, exact: given_up.is_none() })
        })
    }

    /// All tasks that a query finds, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn found_ids(&self, query: &Query) -> Result<Vec<TaskId>, StoreError> {
        let asked = Asked::new(query);
        self.read(|connection| {
            let mut ids = Vec::new();
            asked.each(connection, Within::All, None, None, &Effort::default(), |id| {
                ids.push(id);
                true
            })?;
            Ok(ids)
        })
    }
}

/// What fills a page.
struct Filling<'a> {
    connection: &'a Connection,
    asked: &'a Asked,
    effort: &'a Effort,
    limit: usize,
}

impl Filling<'_> {
    /// Adds tasks behind a place until the page is full or the effort is over. Answers the place to go on from; none
    /// where nothing is left there.
    fn fill(&mut self, from: Place, ids: &mut Vec<TaskId>) -> Result<Option<Place>, StoreError> {
        if ids.len() >= self.limit {
            return Ok(Some(from));
        }
        let Place { within, mut before } = from;
        let mut take = |id| {
            ids.push(id);
            ids.len() < self.limit
        };
        let (connection, effort) = (self.connection, self.effort);
        let mut given_up = None;
        // A word of many characters is mostly nowhere or in few tasks: half of its terms find that out sooner.
        let few = within == Within::All && before.is_none() && self.asked.has_few();
        if few {
            given_up =
                self.asked.each(connection, Within::Few, None, Some(FEW), effort, &mut take)?;
            before = given_up;
        }
        if !few || given_up.is_some() {
            given_up = self.asked.each(connection, within, before, None, effort, &mut take)?;
        }
        let full = (ids.len() >= self.limit).then(|| ids.last().copied()).flatten();
        Ok(given_up.or(full).map(|last| Place { within, before: Some(last) }))
    }
}

/// Where a page ended.
#[derive(Clone, Copy)]
struct Place {
    within: Within,
    before: Option<TaskId>,
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let (within, before) = text.split_once(' ')?;
        let within = match within {
            "all" => Within::All,
            "titles" => Within::Titles,
            "rest" => Within::Rest,
            _ => return None,
        };
        let before = if before.is_empty() { None } else { Some(TaskId(before.parse().ok()?)) };
        Some(Self { within, before })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let within = match self.within {
            Within::All | Within::Few => "all",
            Within::Titles => "titles",
            Within::Rest => "rest",
        };
        match self.before {
            Some(id) => write!(f, "{within} {id}"),
            None => write!(f, "{within} "),
        }
    }
}
