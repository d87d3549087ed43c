//! The user's saved workflows: which one does what, what its input is called and how it is run.

use serde::Deserialize;
use shiwen_core::{Entry, Failure, FaultKind, Input, Operation};

use super::ID;
use crate::{Account, Field, account::Row, outgoing};

/// The card's field that holds them, and the form's field that picks one by its id.
pub(super) const FIELD: &str = "workflows";
pub(super) const CHOICE: &str = "workflow";

const TRANSCRIPT: &str = "transcript";
const INFO: &str = "info";
/// Characters of a workflow's name.
const LONGEST_NAME: usize = 60;

const fn column(name: &'static str, required: bool, default: Option<&'static str>) -> Field {
    Field { name, secret: false, required, default, choices: &[], columns: &[] }
}

pub(super) const COLUMNS: &[Field] = &[
    column("name", false, None),
    column("id", true, None),
    column("input", false, Some("input")),
    Field { choices: &[TRANSCRIPT, INFO], ..column("gives", false, Some(TRANSCRIPT)) },
    // Without a default: what it gives decides.
    Field { choices: &["async", "sync", "stream"], ..column("run", false, None) },
];

/// How a workflow is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Run {
    /// Accepted at once and followed. Needs a paid plan.
    Async,
    /// The call waits for the result, at most 90 s.
    Sync,
    /// The call waits for the result, which comes in parts: for runs of more than 90 s without a paid plan.
    Stream,
}

#[derive(Debug, Deserialize)]
pub(super) struct Workflow {
    pub(super) id: String,
    pub(super) input: String,
    gives: String,
    run: Option<Run>,
}

impl Workflow {
    pub(super) fn gives_info(&self) -> bool {
        self.gives == INFO
    }

    pub(super) fn run(&self) -> Run {
        self.run.unwrap_or(if self.gives_info() { Run::Sync } else { Run::Async })
    }

    fn does(&self, operation: Operation) -> bool {
        match operation {
            Operation::Transcribe => !self.gives_info(),
            Operation::Resolve => self.gives_info(),
            _ => false,
        }
    }
}

/// What is wrong with a row of the card, beyond what its columns say.
pub(crate) fn row_fault(row: &Row) -> Option<(&'static str, FaultKind, Option<f64>)> {
    let longest = Some(LONGEST_NAME as f64);
    let text = |column: &str| row.get(column).map_or("", String::as_str);
    if text("name").chars().count() > LONGEST_NAME {
        return Some(("name", FaultKind::TooLong, longest));
    }
    if text("input").chars().count() > LONGEST_NAME {
        return Some(("input", FaultKind::TooLong, longest));
    }
    let id = text("id");
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit()) && id.len() <= 20;
    (!is_number).then_some(("id", FaultKind::NotWhole, None))
}

/// All that are saved, in their order.
pub(super) fn all(account: &Account) -> Vec<Workflow> {
    // The account was checked when it was made, so this holds what it should.
    account.setting(FIELD).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The one that the user picked, else the first that gives what is asked for.
pub(super) fn pick(
    operation: Operation,
    input: &Input,
    account: &Account,
) -> Result<Workflow, Failure> {
    let picked = picked(input);
    let mut fitting = all(account).into_iter().filter(|workflow| workflow.does(operation));
    let found = match picked {
        Some(id) => fitting.find(|workflow| workflow.id == id),
        None => fitting.next(),
    };
    found.ok_or_else(|| match picked {
        Some(_) => outgoing::refuse(ID, "this workflow is not saved, or does not give that"),
        None => outgoing::refuse(ID, "no saved workflow gives that"),
    })
}

/// The id of the workflow that the user picked.
pub(super) fn picked(input: &Input) -> Option<&str> {
    match input.get(CHOICE)? {
        Entry::Text(id) => Some(id.trim()).filter(|id| !id.is_empty()),
        _ => None,
    }
}
