//! What is known about a create call whose outcome is not: kept so that a person, or a later proof, can decide.

use rusqlite::OptionalExtension;
use shiwen_core::{AttemptId, Evidence};

use crate::{Store, StoreError, row, submit};

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

impl Store {
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
