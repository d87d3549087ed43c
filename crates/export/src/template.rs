//! The user's own way to write a task: a text with `{{title}}` and the like. No code, no loops.

use crate::{Exported, Field, Wording};

/// A template that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

/// What is wrong with a template, and where: in UTF-16 units from its start, as the window counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("{{{{{name}}}}} at {at} is no name of a template")]
    UnknownName { name: String, at: u32 },
    #[error("what is opened at {at} is not closed")]
    Unclosed { at: u32 },
}

impl Template {
    /// Understands a template. `{{{{` stands for two braces.
    ///
    /// # Errors
    /// The first name that is none, or the first pair of braces without its end.
    pub fn parse(template: &str) -> Result<Self, TemplateError> {
        let at = |byte: usize| {
            u32::try_from(template[..byte].encode_utf16().count()).unwrap_or(u32::MAX)
        };
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut from = 0;
        while let Some(open) = template[from..].find("{{").map(|open| from + open) {
            text.push_str(&template[from..open]);
            let inside = open + 2;
            if template[inside..].starts_with("{{") {
                text.push_str("{{");
                from = inside + 2;
                continue;
            }
            let close = template[inside..].find("}}");
            let close = close.ok_or(TemplateError::Unclosed { at: at(open) })? + inside;
            let name = template[inside..close].trim();
            let field = Field::ALL.iter().find(|field| field.name() == name).ok_or_else(|| {
                TemplateError::UnknownName { name: name.to_owned(), at: at(open) }
            })?;
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(Part::Field(*field));
            from = close + 2;
        }
        text.push_str(&template[from..]);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Self { parts })
    }

    /// The template to begin with, in the language of the wording.
    pub fn usual(wording: &Wording) -> String {
        let named = |field: Field| {
            wording.named(&wording.label(field), &format!("{{{{{}}}}}", field.name()))
        };
        let facts = [Field::Author, Field::Platform, Field::Words, Field::Date].map(named);
        format!("{{{{title}}}}\n{}\n{{{{url}}}}\n\n{{{{text}}}}\n", facts.join("\n"))
    }

    /// One task as the template has it.
    pub fn fill(&self, task: &Exported, wording: &Wording) -> String {
        self.fill_with(|field| wording.value(field, task).into_owned())
    }

    pub(crate) fn fill_with(&self, value: impl Fn(Field) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(field) => value(*field),
        };
        self.parts.iter().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Result<String, TemplateError> {
        Ok(Template::parse(template)?.fill_with(|field| format!("<{}>", field.name())))
    }

    #[test]
    fn names_are_filled_in_and_everything_else_stays() {
        for (template, expected) in [
            ("", ""),
            ("{{title}}", "<title>"),
            ("《{{ title }}》{{text}}{{url}}", "《<title>》<text><url>"),
            ("a }} b } c { d", "a }} b } c { d"),
            ("{{{{title}}", "{{title}}"),
            ("{{{{{{date}}", "{{<date>"),
            ("{{words}}{{{{", "<words>{{"),
            ("{{share_text}} {{duration}} {{tags}}", "<share_text> <duration> <tags>"),
        ] {
            assert_eq!(filled(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_is_no_name_is_an_error_at_its_place() {
        let unknown =
            |name: &str, at| Err(TemplateError::UnknownName { name: name.to_owned(), at });
        assert_eq!(filled("《{{titel}}》"), unknown("titel", 1));
        assert_eq!(filled("👪{{title}}{{#each}}"), unknown("#each", 11));
        assert_eq!(filled("{{}}"), unknown("", 0));
        assert_eq!(filled("{{{title}}}"), unknown("{title", 0));
        assert_eq!(filled("ab{{title"), Err(TemplateError::Unclosed { at: 2 }));
    }

    #[test]
    fn a_filled_value_is_never_read_as_a_template() {
        let template = Template::parse("{{title}}").unwrap();
        assert_eq!(template.fill_with(|_| "{{text}}{{{{".to_owned()), "{{text}}{{{{");
    }

    proptest::proptest! {
        #[test]
        fn no_template_panics_and_plain_text_stays(template in "[{}a-z文 ]{0,40}") {
            let parsed = Template::parse(&template);
            if !template.contains("{{") {
                proptest::prop_assert_eq!(parsed.unwrap().fill_with(|_| String::new()), template);
            }
        }
    }
}
