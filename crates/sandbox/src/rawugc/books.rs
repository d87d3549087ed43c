//! What the service remembers until it is stopped or reset.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{
    edits::Edit, jobs::Job, library::Item, research::Plan, social::Post, upload::Upload,
    window::Window,
};

#[derive(Debug, Default)]
pub(crate) struct Books {
    credits_taken: u32,
    pub(super) window: Window,
    /// Refusals so far of what a call was about.
    refusals: HashMap<String, u32>,
    /// Questions so far by path and query.
    questions: HashMap<String, u32>,
    /// Oldest first.
    pub(super) jobs: Vec<Job>,
    /// Captions and overlays, oldest first.
    pub(super) edits: Vec<Edit>,
    /// Of all shelves, oldest first.
    pub(super) items: Vec<Item>,
    /// Accounts that were disconnected.
    pub(super) disconnected: HashSet<&'static str>,
    pub(super) posts: Vec<Post>,
    pub(super) plans: Vec<Plan>,
    pub(super) uploads_so_far: u64,
    /// Oldest first.
    pub(super) uploads: VecDeque<Upload>,
}

impl Books {
    /// Takes credits and says how many are left.
    ///
    /// # Errors
    /// How many there are, when these are too few.
    pub(super) fn take_credits(&mut self, all: u32, credits: u32) -> Result<u32, u32> {
        let left = all.saturating_sub(self.credits_taken);
        let rest = left.checked_sub(credits).ok_or(left)?;
        self.credits_taken += credits;
        Ok(rest)
    }

    /// How often this subject was refused before, to be counted up when it is refused again.
    pub(super) fn refusals(&mut self, subject: &str) -> &mut u32 {
        self.refusals.entry(subject.to_owned()).or_default()
    }

    /// Counts a question; the first one is number 0.
    pub(super) fn ask(&mut self, question: &str) -> u32 {
        let asked = self.questions.entry(question.to_owned()).or_default();
        let number = *asked;
        *asked = asked.saturating_add(1);
        number
    }
}
