//! The services' own books: every create call that was made, and every task that runs there. The truth that the
//! program's history is held against.

use std::collections::{BTreeMap, BTreeSet};

use crate::{points::Row, speech::Kind};

/// How a task ends at its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    Failed,
    /// Done without what was promised.
    Empty,
}

/// A task at a service.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    pub(crate) keys: Vec<String>,
    /// Of each key. A task with one key has one end.
    pub(crate) ends: Vec<End>,
    /// The rest in true milliseconds: those of a clock that nobody sets.
    pub(crate) created_at: i64,
    pub(crate) known_at: i64,
    pub(crate) done_at: i64,
    pub(crate) gone_at: i64,
    pub(crate) questions: u32,
}

/// What an answer to a create call proves, by the decision table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    NotSent {
        offline: bool,
    },
    /// Nothing was started, for good.
    Rejected,
    /// Nothing was started; the same call may be made again.
    Later,
    Accepted(String),
    /// The result came with the answer.
    Done,
    Unknown,
}

/// One create call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) keys: Vec<String>,
    /// By the clock of the program.
    pub(crate) at: i64,
    /// How far that clock was off, in milliseconds.
    pub(crate) clock_off: i64,
    pub(crate) life: u32,
    pub(crate) row: Option<Row>,
    /// Whether the service saw any of it.
    pub(crate) seen: bool,
    pub(crate) remote: Option<usize>,
    /// What the program was told; none while the call is out.
    pub(crate) verdict: Option<Verdict>,
    /// Whether the program wrote an outcome down, in the life in which it made the call.
    pub(crate) settled: bool,
}

/// What the user let be spent on one task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Approval {
    /// Create calls that may have been processed by now.
    pub(crate) allowed: u32,
    pub(crate) processed: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) remotes: Vec<Remote>,
    pub(crate) calls: Vec<Call>,
    pub(crate) approvals: BTreeMap<String, Approval>,
    /// Keys for which the user approved more than one provider, one after the other.
    pub(crate) chained: BTreeSet<String>,
    /// Lives that ended by a kill.
    pub(crate) killed: BTreeSet<u32>,
    /// Calls with several links that were processed, by the first key.
    together: BTreeMap<String, u32>,
}

impl Ledger {
    /// The user wants one create call for this key, whatever there was before.
    pub(crate) fn approve(&mut self, key: &str) {
        let approval = self.approvals.entry(key.to_owned()).or_default();
        approval.allowed = approval.processed + 1;
    }

    /// No further call is wanted for this key.
    pub(crate) fn revoke(&mut self, key: &str) {
        if let Some(approval) = self.approvals.get_mut(key) {
            approval.allowed = approval.processed;
        }
    }

    /// The service begins to work. Answers what the user never agreed to.
    pub(crate) fn process(&mut self, call: usize, remote: Remote) -> Vec<String> {
        let keys = self.calls[call].keys.clone();
        self.calls[call].remote = Some(self.remotes.len());
        self.remotes.push(remote);
        let mut unwanted = Vec::new();
        for key in &keys {
            let approval = self.approvals.entry(key.clone()).or_default();
            approval.processed += 1;
            if approval.processed > approval.allowed {
                unwanted.push(format!("I1: {key} was processed without approval: {approval:?}"));
                // Once is told once.
                approval.allowed = approval.processed;
            }
        }
        if keys.len() > 1 {
            // The approval of a group is for one call; from there on each is decided about alone.
            for key in &keys {
                let count = self.together.entry(key.clone()).or_default();
                *count += 1;
                if *count > 1 {
                    unwanted.push(format!("I1: {key} went out in {count} calls of its group"));
                }
            }
        }
        unwanted
    }

    pub(crate) fn remote(&mut self, id: &str) -> Option<&mut Remote> {
        self.remotes.iter_mut().find(|remote| remote.id == id)
    }

    /// The calls for a key, in their order.
    pub(crate) fn calls_for(&self, key: &str) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.keys.iter().any(|of| of == key))
    }

    /// The running or finished tasks that were made of a key.
    pub(crate) fn remotes_for(&self, key: &str) -> impl Iterator<Item = &Remote> {
        self.remotes.iter().filter(move |remote| remote.keys.iter().any(|of| of == key))
    }
}

impl Remote {
    pub(crate) fn end_of(&self, key: &str) -> End {
        let place = self.keys.iter().position(|of| of == key).unwrap_or_default();
        self.ends[place]
    }

    /// What it is when it has one end for all of it.
    pub(crate) fn whole_end(&self) -> Option<End> {
        let first = *self.ends.first()?;
        self.ends.iter().all(|end| *end == first).then_some(first)
    }
}
