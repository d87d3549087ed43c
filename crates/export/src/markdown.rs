//! Markdown: a block of facts in front, then the text. What comes from outside is text there too, never markup.

use std::io::{self, Write};

use crate::{Exported, Field, Plan, Template, Wording};

pub(crate) struct Markdown<'a, W> {
    template: Option<&'a Template>,
    wording: &'a Wording,
    out: W,
    /// A file of one task has its facts as the front matter that note-taking programs read.
    is_alone: bool,
    is_first: bool,
}

impl<'a, W: Write> Markdown<'a, W> {
    pub(crate) fn new(plan: Plan<'a>, wording: &'a Wording, out: W) -> Self {
        let is_alone = plan.tasks <= 1;
        Self { template: plan.template, wording, out, is_alone, is_first: true }
    }

    pub(crate) fn add(&mut self, task: &Exported) -> io::Result<()> {
        let text = match self.template {
            Some(template) => template.fill_with(|field| {
                let value = self.wording.value(field, task);
                match field {
                    Field::Url => address(&value),
                    _ => escaped(&value),
                }
            }),
            None => self.usual(task),
        };
        let between = if self.is_first || self.template.is_some() { "" } else { "\n---\n\n" };
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        self.is_first = false;
        write!(self.out, "{between}{text}{end}")
    }

    pub(crate) fn finish(self) -> W {
        self.out
    }

    fn usual(&self, task: &Exported) -> String {
        let wording = self.wording;
        let heading = format!("# {}\n", escaped(&wording.heading(task)));
        let mut text = if self.is_alone {
            format!("{}\n{heading}", self.front_matter(task))
        } else {
            format!("{heading}\n{}", self.facts(task))
        };
        let body = wording.value(Field::Text, task);
        if !body.trim().is_empty() {
            text.push('\n');
            text.push_str(&escaped(body.trim_end()));
            text.push('\n');
        }
        text
    }

    /// The facts as YAML, under the same names in every language, so that notes of both can be looked up alike.
    fn front_matter(&self, task: &Exported) -> String {
        let mut block = String::from("---\n");
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                block.push_str(&format!("{name}: {value}\n"));
            }
        };
        line("title", &quoted(&self.wording.heading(task)));
        for field in [Field::Author, Field::Platform, Field::Provider, Field::Url] {
            let value = self.wording.value(field, task);
            if !value.is_empty() {
                line(field.name(), &quoted(&value));
            }
        }
        line("date", &quoted(&self.wording.value(Field::Date, task)));
        if let Some(words) = self.wording.words(task) {
            line("words", &words.to_string());
        }
        if let Some(duration) = task.duration_s {
            line("duration_s", &duration.to_string());
        }
        if !task.tags.is_empty() {
            let tags: Vec<_> = task.tags.iter().map(|tag| quoted(tag)).collect();
            line("tags", &format!("[{}]", tags.join(", ")));
        }
        let note = self.wording.value(Field::Note, task);
        if !note.is_empty() {
            line("note", &quoted(&note));
        }
        block.push_str("---\n");
        block
    }

    fn facts(&self, task: &Exported) -> String {
        let wording = self.wording;
        let mut lines = vec![format!("- {}", escaped(&wording.facts(task)))];
        let url = wording.value(Field::Url, task);
        if !url.is_empty() {
            lines.push(format!("- {}", address(&url)));
        }
        for field in [Field::Tags, Field::Note] {
            let value = wording.value(field, task);
            if !value.is_empty() {
                let named = wording.named(&wording.label(field), &value);
                lines.push(format!("- {}", escaped(&named).replace('\n', "\n  ")));
            }
        }
        lines.join("\n") + "\n"
    }
}

/// A text whose every letter stands for itself, and whose lines stay lines.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        // Four spaces in front would make it code.
        let line = line.trim_start_matches([' ', '\t']);
        escaped.push_str(&line_start(line));
        let rest = &line[marker(line)..];
        for letter in rest.chars() {
            if matches!(
                letter,
                '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '~' | '&' | '|' | '$'
            ) {
                escaped.push('\\');
            }
            escaped.push(letter);
        }
        if let Some(next) = lines.peek() {
            // Between two lines of one paragraph Markdown would make a space; two spaces keep the line.
            let breaks = !line.is_empty() && !next.trim().is_empty();
            escaped.push_str(if breaks { "  \n" } else { "\n" });
        }
    }
    escaped
}

/// The beginning of a line that would make it a heading, a list, a quote or a rule, disarmed.
fn line_start(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    match line[digits..].chars().next() {
        Some('#' | '-' | '+' | '=' | ':') if digits == 0 => format!("\\{}", &line[..1]),
        Some(sign @ ('.' | ')')) if digits > 0 => format!("{}\\{sign}", &line[..digits]),
        _ => String::new(),
    }
}

/// How much of the line [`line_start`] has written.
fn marker(line: &str) -> usize {
    let start = line_start(line);
    start.len().saturating_sub(1).min(line.len())
}

/// An address as a link, where nothing in it could end the link early.
fn address(url: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_graphic() && !"<>\"`\\".contains(letter);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if is_web && url.chars().all(is_plain) { format!("<{url}>") } else { escaped(url) }
}

/// A text as a quoted scalar of YAML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // YAML takes the separators for ends of lines, and what nobody sees better stands in the open.
            letter
                if letter.is_control()
                    || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{FEFF}') =>
            {
                quoted.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_is_markup() {
        for (text, expected) in [
            ("# 标题", "\\# 标题"),
            ("- a\n+ b\n===\n> c", "\\- a  \n\\+ b  \n\\===  \n\\> c"),
            ("1. 一\n2) 二\n3、三", "1\\. 一  \n2\\) 二  \n3、三"),
            (
                "*重点* _a_ `b` <b>&amp; [x](y)",
                "\\*重点\\* \\_a\\_ \\`b\\` \\<b\\>\\&amp; \\[x\\](y)",
            ),
            ("第一段\n\n第二段", "第一段\n\n第二段"),
            ("    code", "code"),
            ("---", "\\---"),
            ("2026", "2026"),
            ("", ""),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn an_address_is_a_link_only_where_it_can_be_one() {
        assert_eq!(address("https://a.example/?b=1&c=_d_"), "<https://a.example/?b=1&c=_d_>");
        assert_eq!(address("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(address("https://a.example/>*x*"), "https://a.example/\\>\\*x\\*");
    }

    #[test]
    fn front_matter_quotes_what_yaml_would_read() {
        assert_eq!(quoted("a: \"b\" \\ #c\n-\u{2028}"), "\"a: \\\"b\\\" \\\\ #c\\n-\\u2028\"");
    }
}
