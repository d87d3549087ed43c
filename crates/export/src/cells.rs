//! A task as a row of a table, and what keeps a cell from being a formula.

use std::borrow::Cow;

use crate::{Exported, Field, Wording};

/// A cell: numbers stay numbers, everything else is text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Text(String),
    Number(u32),
    Empty,
}

/// The text comes last, since it is the widest and what does not fit goes on behind it.
const COLUMNS: &[Field] = &[
    Field::Title,
    Field::Author,
    Field::Platform,
    Field::Words,
    Field::Duration,
    Field::Date,
    Field::Provider,
    Field::Operation,
    Field::State,
    Field::Url,
    Field::Tags,
    Field::Starred,
    Field::Note,
    Field::Text,
];

pub(crate) fn headers(wording: &Wording) -> Vec<String> {
    let header = |field: &Field| match field {
        // As a number it needs its unit.
        Field::Duration => wording.say("cli.export.seconds"),
        field => wording.label(*field),
    };
    COLUMNS.iter().map(header).collect()
}

pub(crate) fn cells(task: &Exported, wording: &Wording) -> Vec<Cell> {
    let number = |number: Option<u32>| number.map_or(Cell::Empty, Cell::Number);
    let text = |text: Cow<'_, str>| match text.is_empty() {
        true => Cell::Empty,
        false => Cell::Text(text.into_owned()),
    };
    let cell = |field: &Field| match field {
        Field::Words => number(wording.words(task)),
        Field::Duration => number(task.duration_s),
        Field::Date => {
            let (date, time) = (wording.value(Field::Date, task), wording.value(Field::Time, task));
            text(format!("{date} {time}").trim().into())
        }
        field => text(wording.value(*field, task)),
    };
    COLUMNS.iter().map(cell).collect()
}

/// How wide a column is at first, in letters of its own width.
pub(crate) fn width(column: usize) -> u16 {
    match COLUMNS.get(column) {
        Some(Field::Text) => 80,
        Some(Field::Title) => 40,
        Some(Field::Url | Field::Note) => 30,
        Some(Field::Author | Field::Date | Field::Provider | Field::Tags) => 18,
        _ => 10,
    }
}

/// A text that no spreadsheet takes for a formula: where it would, an apostrophe comes first. Full-width signs and
/// spaces before them count too, since some take those for the plain ones.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    let begins_formula = |text: &str| {
        let first = text.trim_start_matches([' ', '\u{A0}', '\u{3000}']).chars().next();
        first.is_some_and(|first| "=+-@\t\r\n＝＋－＠".contains(first))
    };
    if begins_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_formula_gets_an_apostrophe() {
        for text in
            ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1", "\u{3000}@a", "\n="]
        {
            assert_eq!(safe(text), format!("'{text}"));
        }
        for text in ["", "红烧肉", "1+1=2", "a@b", "'quoted", "5-3"] {
            assert_eq!(safe(text), text);
        }
    }
}
