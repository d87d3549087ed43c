//! Plain text: heading, facts, link, text.

use std::io::{self, Write};

use crate::{Exported, Field, Template, Wording};

const BETWEEN: &str = "\n────────────────────\n\n";

pub(crate) struct Txt<'a, W> {
    template: Option<&'a Template>,
    wording: &'a Wording,
    out: W,
    is_first: bool,
}

impl<'a, W: Write> Txt<'a, W> {
    pub(crate) fn new(template: Option<&'a Template>, wording: &'a Wording, out: W) -> Self {
        Self { template, wording, out, is_first: true }
    }

    pub(crate) fn add(&mut self, task: &Exported) -> io::Result<()> {
        let text = match self.template {
            Some(template) => template.fill(task, self.wording),
            None => self.usual(task),
        };
        // A template says itself what stands between two tasks; only a missing end of the line is made up for.
        let between = match (self.is_first, self.template) {
            (false, None) => BETWEEN,
            _ => "",
        };
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        self.is_first = false;
        write!(self.out, "{between}{text}{end}")
    }

    pub(crate) fn finish(self) -> W {
        self.out
    }

    fn usual(&self, task: &Exported) -> String {
        let wording = self.wording;
        let mut text = format!("{}\n{}\n", wording.heading(task), wording.facts(task));
        let url = wording.value(Field::Url, task);
        if !url.is_empty() {
            text.push_str(&url);
            text.push('\n');
        }
        let body = wording.value(Field::Text, task);
        if !body.trim().is_empty() {
            text.push('\n');
            text.push_str(body.trim_end());
            text.push('\n');
        }
        let mut is_first = true;
        for field in [Field::Note, Field::Tags] {
            let value = wording.value(field, task);
            if value.trim().is_empty() {
                continue;
            }
            if std::mem::take(&mut is_first) {
                text.push('\n');
            }
            text.push_str(&wording.named(&wording.label(field), &value));
            text.push('\n');
        }
        text
    }
}
