//! What is known about a create call whose outcome is not: kept so that a person, or a later proof, can decide.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension;
use shiwen_core::{Attempt, AttemptId, Evidence, Operation, ProviderId, TaskId, Timestamp};

use crate::{Store, StoreError, limit, row, submit};

/// Longest evidence in bytes, as JSON; the column refuses more.
const LONGEST: usize = 4096;

/// As JSON of at most 4 KB: the excerpt gives way first, then the error.
pub(crate) fn fitted(evidence: &Evidence) -> Result<String, StoreError> {
    let mut shorter = evidence.clone();
    loop {
        let text = submit::json(&shorter)?;
        let over = text.len().saturating_sub(LONGEST);
        if over == 0 {
            return Ok(text);
        }
        match (&mut shorter.excerpt, &mut shorter.error) {
            (Some(excerpt), _) if !excerpt.is_empty() => cut(excerpt, over),
            (_, Some(error)) if !error.is_empty() => cut(error, over),
            _ => return Ok("{}".to_owned()),
        }
    }
}

/// Takes at least one character and about `over` bytes off the end.
fn cut(text: &mut String, over: usize) {
    // Escaped as JSON a character takes up to six bytes, so this may take several rounds and never too much.
    let mut end = text.len().saturating_sub((over / 6).max(1));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// A task of which nobody knows whether it was accepted, and the call that is in doubt.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    pub task: TaskId,
    pub operation: Operation,
    pub attempt: Attempt,
}

/// The columns that [`row::attempt`] reads.
const COLUMNS: &str = "a.id, a.number, a.provider, a.intent_at, a.ended_at, a.outcome, a.remote_id, a.failure, a.evidence";

impl Store {
    /// Adds to what is known about a create call whose outcome is not. A proof that nothing came of it leaves room under
    /// the bound of the day.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn note_evidence(
        &self,
        attempt: AttemptId,
        change: impl Fn(&mut Evidence),
    ) -> Result<(), StoreError> {
        self.write(|write| {
            let sql = "SELECT task_id, provider, evidence FROM attempts WHERE id = ?1";
            let found = write
                .tx
                .prepare_cached(sql)?
                .query_row([attempt.0], |row| {
                    let task = TaskId(row.get("task_id")?);
                    Ok((task, row::word(row, "provider")?, row::json_or_none(row, "evidence")?))
                })
                .optional()?;
            let (task, provider, kept): (_, ProviderId, Option<Evidence>) =
                found.ok_or(StoreError::TaskGone)?;
            let mut evidence = kept.unwrap_or_default();
            let proven = evidence.not_there_at.is_some();
            change(&mut evidence);
            if evidence.not_there_at.is_some() && !proven {
                limit::release(write, provider)?;
            }
            let sql = "UPDATE attempts SET evidence = ?2 WHERE id = ?1";
            write.tx.prepare_cached(sql)?.execute((attempt.0, fitted(&evidence)?))?;
            write.changed(task);
            Ok(())
        })
    }

    /// The uncertain tasks of a provider with the calls in doubt, oldest first; of a call with several links the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn doubts(&self, provider: ProviderId) -> Result<Vec<Doubt>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT t.id AS task, t.operation, {COLUMNS} FROM tasks t JOIN attempts a ON a.task_id = t.id
                 WHERE t.state = 'uncertain' AND t.provider = ?1 AND a.outcome IN ('unknown', 'crashed')
                   AND coalesce(a.call, a.id) = a.id
                   AND NOT EXISTS (SELECT 1 FROM attempts later WHERE later.task_id = t.id AND later.number > a.number)
                 ORDER BY a.id"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map([provider.as_str()], |row| {
                Ok(Doubt {
                    task: TaskId(row.get("task")?),
                    operation: row::word(row, "operation")?,
                    attempt: row::attempt(row)?,
                })
            })?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// Create calls to a provider that were out at any moment since `since`, whatever became of them. Those that share
    /// one count as one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn calls_since(&self, provider: ProviderId, since: Timestamp) -> Result<u32, StoreError> {
        self.read(|connection| {
            let sql = "SELECT count(DISTINCT coalesce(call, id)) FROM attempts
                       WHERE provider = ?1 AND (intent_at >= ?2 OR ended_at IS NULL OR ended_at > ?2)";
            let mut asked = connection.prepare_cached(sql)?;
            Ok(asked.query_row((provider.as_str(), since.0), |row| row.get(0))?)
        })
    }

    /// Whether any task of a provider was at work there at any moment since `since`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn worked_since(&self, provider: ProviderId, since: Timestamp) -> Result<bool, StoreError> {
        self.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM tasks WHERE state = 'running' AND provider = ?1)
                         OR EXISTS (SELECT 1 FROM tasks WHERE provider = ?1 AND ended_at >= ?2 AND remote_id IS NOT NULL)";
            let mut asked = connection.prepare_cached(sql)?;
            Ok(asked.query_row((provider.as_str(), since.0), |row| row.get(0))?)
        })
    }

    /// Remote ids at a provider that belong to tasks of ours, this one's own apart.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn remote_ids(
        &self,
        provider: ProviderId,
        besides: TaskId,
    ) -> Result<BTreeSet<String>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT remote_id FROM attempts
                       WHERE provider = ?1 AND remote_id IS NOT NULL AND task_id <> ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map((provider.as_str(), besides.0), |row| row.get(0))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// Remote ids of tasks of one kind that a provider accepted, of calls that began since `since`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accepted_since(
        &self,
        provider: ProviderId,
        operation: Operation,
        since: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT a.remote_id FROM attempts a JOIN tasks t ON t.id = a.task_id
                       WHERE a.provider = ?1 AND t.operation = ?2 AND a.intent_at >= ?3
                         AND a.outcome = 'accepted' AND a.remote_id IS NOT NULL AND t.submitted_at IS NOT NULL";
            let mut statement = connection.prepare_cached(sql)?;
            let params = (provider.as_str(), operation.as_str(), since.0);
            let found = statement.query_map(params, |row| row.get(0))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// What was written down about a create call whose outcome was unknown.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn evidence(&self, attempt: AttemptId) -> Result<Option<Evidence>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT evidence FROM attempts WHERE id = ?1";
            let found = connection
                .prepare_cached(sql)?
                .query_row([attempt.0], |row| row::json_or_none(row, "evidence"));
            Ok(found.optional()?.flatten())
        })
    }
}

#[cfg(test)]
mod tests {
    use shiwen_core::Hint;

    use super::*;

    #[test]
    fn evidence_of_any_size_fits_and_keeps_what_weighs_most() {
        let long = "错\n".repeat(5000);
        let hint = Some(Hint { left_before: Some(41), left_after: Some(40), ..Hint::default() });
        let evidence = Evidence {
            error: Some("closed".to_owned()),
            body_sent: Some(true),
            http_status: Some(502),
            excerpt: Some(long.clone()),
            hint,
            ..Evidence::default()
        };
        let text = fitted(&evidence).unwrap();
        assert!(text.len() <= LONGEST && text.len() > LONGEST - 64, "{}", text.len());
        let back: Evidence = serde_json::from_str(&text).unwrap();
        assert_eq!((back.error, back.body_sent), (Some("closed".to_owned()), Some(true)));
        assert_eq!(back.hint, hint);

        let small = Evidence { excerpt: Some("{}".to_owned()), ..Evidence::default() };
        let text = fitted(&small).unwrap();
        assert_eq!(serde_json::from_str::<Evidence>(&text).unwrap(), small);

        let only = Evidence { error: Some(long), ..Evidence::default() };
        assert!(fitted(&only).unwrap().len() <= LONGEST);
    }
}
