//! The versions of texts: tidied, and held against each other.

use shiwen_core::{Comparison, TextRef, TidySteps, Timestamp, Transcript};
use shiwen_store::StoreError;
use shiwen_text::{compare, tidy};

use crate::Session;

impl Session {
    /// What parts the first text from the second.
    ///
    /// # Errors
    /// [`StoreError::TaskGone`] when there is no such version.
    pub fn compare(&self, old: TextRef, new: TextRef) -> Result<Comparison, StoreError> {
        let store = self.engine.store();
        Ok(compare(&store.text(old)?.text, &store.text(new)?.text))
    }

    /// What tidying would change in a text.
    ///
    /// # Errors
    /// As [`Session::compare`].
    pub fn preview_tidy(&self, text: TextRef, steps: &TidySteps) -> Result<Comparison, StoreError> {
        let text = self.engine.store().text(text)?.text;
        Ok(compare(&text, &tidy(&text, steps)))
    }

    /// Adds the tidied text as a version.
    ///
    /// # Errors
    /// As [`Session::compare`]; [`StoreError::EmptyText`] when nothing is left of it.
    pub fn save_tidied(&self, text: TextRef, steps: &TidySteps) -> Result<Transcript, StoreError> {
        let store = self.engine.store();
        let tidied = tidy(&store.text(text)?.text, steps);
        store.save_tidied(text.task, &tidied, Timestamp::now())
    }
}
