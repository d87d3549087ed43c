//! Searching: which tasks hold the words, newest first.
//!
//! The index names candidates, and those that it is not sure of are looked at. Whatever is asked, the first hits are
//! answered as soon as they are found, and nothing that a user can write is an error.

mod asked;
mod hit;

use rusqlite::Connection;
use shiwen_core::{HitCount, HitPage, Query, SearchOrder, TaskId};

use crate::{Store, StoreError};
use asked::{Asked, Within};

/// Candidates that are counted before counting is given up: those that are looked at, and those that are only passed.
const LOOKED_AT: u32 = 20_000;
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
        let asked = Asked::new(query);
        let limit = limit as usize;
        let first = if order == SearchOrder::Titles && asked.has_words() {
            Within::Titles
        } else {
            Within::All
        };
        let begin = after.and_then(Place::parse).unwrap_or(Place { within: first, before: None });
        self.read(|connection| {
            let mut ids = Vec::new();
            let mut place = begin;
            find(connection, &asked, place, limit, &mut ids)?;
            if place.within == Within::Titles && ids.len() < limit {
                place = Place { within: Within::Rest, before: None };
                let titles = ids.len();
                find(connection, &asked, place, limit, &mut ids)?;
                place.before = ids[titles..].last().copied();
            } else {
                place.before = ids.last().copied();
            }
            let full = ids.len() == limit && limit > 0;
            let mut hits = Vec::with_capacity(ids.len());
            for id in ids {
                hits.extend(hit::hit(connection, id, &asked.words)?);
            }
            Ok(HitPage { hits, after: full.then(|| place.to_string()), query: query.clone() })
        })
    }

    /// How many tasks a query finds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_found(&self, query: &Query) -> Result<HitCount, StoreError> {
        let asked = Asked::new(query);
        self.read(|connection| {
            if let Some(count) = asked.count_at_once(connection)? {
                return Ok(HitCount { count, exact: true });
            }
            let most = if asked.looks() { LOOKED_AT } else { PASSED };
            let (mut count, mut exact) = (0, true);
            asked.each(connection, Within::All, None, Some(most), |candidate| {
                match candidate {
                    Some(_) => count += 1,
                    None => exact = false,
                }
                Ok(true)
            })?;
            Ok(HitCount { count, exact })
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
            asked.each(connection, Within::All, None, None, |id| {
                ids.extend(id);
                Ok(true)
            })?;
            Ok(ids)
        })
    }
}

/// Adds tasks behind a place until there are `limit`.
fn find(
    connection: &Connection,
    asked: &Asked,
    place: Place,
    limit: usize,
    ids: &mut Vec<TaskId>,
) -> Result<(), StoreError> {
    if ids.len() >= limit {
        return Ok(());
    }
    asked.each(connection, place.within, place.before, None, |id| {
        ids.extend(id);
        Ok(ids.len() < limit)
    })
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
            Within::All => "all",
            Within::Titles => "titles",
            Within::Rest => "rest",
        };
        match self.before {
            Some(id) => write!(f, "{within} {id}"),
            None => write!(f, "{within} "),
        }
    }
}
