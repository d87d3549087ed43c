//! The fields of a request, read strictly: whatever the documents do not allow becomes a fault of its field.
//! Fields that nobody asks for are ignored.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::problem::{Faults, Problem};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}
pub(super) use Need::{Optional, Required};

pub(super) struct Form<'a> {
    fields: &'a Map<String, Value>,
    /// Numbers and truths of a query come as text.
    of_query: bool,
    faults: Faults,
}

impl<'a> Form<'a> {
    pub(super) fn of_body(fields: &'a Map<String, Value>) -> Self {
        Self { fields, of_query: false, faults: Faults::new() }
    }

    pub(super) fn of_query(fields: &'a Map<String, Value>) -> Self {
        Self { fields, of_query: true, faults: Faults::new() }
    }

    /// The faults found so far.
    ///
    /// # Errors
    /// When there are any.
    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::validation(self.faults)) }
    }

    pub(super) fn fault(&mut self, name: &str, text: impl Into<String>) {
        self.faults.entry(name.to_owned()).or_default().push(text.into());
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A field that these circumstances do not allow.
    pub(super) fn refuse(&mut self, name: &str, why: &str) {
        if self.has(name) {
            self.fault(name, why);
        }
    }

    fn value(&mut self, name: &str, need: Need) -> Option<&'a Value> {
        let value = self.fields.get(name);
        if value.is_none() && need == Required {
            self.fault(name, "Required.");
        }
        value
    }

    /// A text of so many characters.
    pub(super) fn text(
        &mut self,
        name: &str,
        need: Need,
        length: RangeInclusive<usize>,
    ) -> Option<&'a str> {
        let Some(text) = self.value(name, need)?.as_str() else {
            self.fault(name, "Must be a string.");
            return None;
        };
        let characters = text.chars().count();
        if characters < *length.start() || text.trim().is_empty() && *length.start() > 0 {
            self.fault(name, "Must not be empty.");
        } else if characters > *length.end() {
            self.fault(name, format!("Must be at most {} characters long.", length.end()));
        }
        Some(text)
    }

    pub(super) fn choice(&mut self, name: &str, need: Need, choices: &[&str]) -> Option<&'a str> {
        let value = self.value(name, need)?.as_str();
        let chosen = value.filter(|value| choices.contains(value));
        if chosen.is_none() {
            self.fault(name, format!("Must be one of {}.", choices.join(", ")));
        }
        chosen
    }

    pub(super) fn url(&mut self, name: &str, need: Need) -> Option<&'a str> {
        let url = self.value(name, need)?.as_str().filter(|url| is_url(url));
        if url.is_none() {
            self.fault(name, "Must be an http or https URL.");
        }
        url
    }

    /// A list of so many URLs.
    pub(super) fn urls(&mut self, name: &str, need: Need, count: RangeInclusive<usize>) {
        let texts = self.texts(name, need, count);
        if texts.is_some_and(|urls| urls.iter().any(|url| !is_url(url))) {
            self.fault(name, "Must hold http or https URLs only.");
        }
    }

    /// A list of so many texts.
    pub(super) fn texts(
        &mut self,
        name: &str,
        need: Need,
        count: RangeInclusive<usize>,
    ) -> Option<Vec<&'a str>> {
        let value = self.value(name, need)?;
        let texts: Option<Vec<&str>> =
            value.as_array().and_then(|items| items.iter().map(Value::as_str).collect());
        let Some(texts) = texts else {
            self.fault(name, "Must be a list of strings.");
            return None;
        };
        if texts.len() < *count.start() {
            self.fault(name, format!("Must have at least {} items.", count.start()));
        } else if texts.len() > *count.end() {
            self.fault(name, format!("Must have at most {} items.", count.end()));
        }
        Some(texts)
    }

    pub(super) fn integer(
        &mut self,
        name: &str,
        need: Need,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let value = self.value(name, need)?;
        let number = match value {
            Value::String(digits) if self.of_query => digits.parse().ok(),
            value => value.as_u64(),
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = range.into_inner();
            self.fault(name, format!("Must be a whole number from {least} to {most}."));
        }
        number
    }

    pub(super) fn number(&mut self, name: &str, need: Need, range: RangeInclusive<f64>) {
        let Some(value) = self.value(name, need) else { return };
        if !value.as_f64().is_some_and(|number| range.contains(&number)) {
            self.fault(
                name,
                format!("Must be a number from {} to {}.", range.start(), range.end()),
            );
        }
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = match self.value(name, Optional)? {
            Value::String(word) if self.of_query => word.parse().ok(),
            value => value.as_bool(),
        };
        if flag.is_none() {
            self.fault(name, "Must be true or false.");
        }
        flag
    }
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(fields: Value, read: impl Fn(&mut Form<'_>), faulty: &[&str]) {
        let fields = fields.as_object().unwrap();
        let mut form = Form::of_body(fields);
        read(&mut form);
        let names: Vec<&str> = form.faults.keys().map(String::as_str).collect();
        assert_eq!(names, faulty, "{fields:?}");
    }

    #[test]
    fn a_required_field_must_be_there_and_an_optional_one_must_be_right() {
        let read = |form: &mut Form<'_>| {
            form.text("a", Required, 1..=3);
            form.text("b", Optional, 1..=3);
        };
        check(json!({ "a": "字字字", "c": 1 }), read, &[]);
        check(json!({}), read, &["a"]);
        check(json!({ "a": "", "b": "four" }), read, &["a", "b"]);
        check(json!({ "a": " ", "b": null }), read, &["a", "b"]);
    }

    #[test]
    fn lists_numbers_and_choices_are_checked() {
        let read = |form: &mut Form<'_>| {
            form.urls("a", Optional, 1..=2);
            form.integer("b", Optional, 8..=200);
            form.choice("c", Optional, &["10", "15"]);
            form.number("d", Optional, 0.0..=10.0);
            form.flag("e");
        };
        check(
            json!({ "a": ["https://a.example/1"], "b": 8, "c": "10", "d": 0.5, "e": true }),
            read,
            &[],
        );
        check(
            json!({ "a": [], "b": 201, "c": 10, "d": 10.5, "e": 1 }),
            read,
            &["a", "b", "c", "d", "e"],
        );
        check(json!({ "a": "https://a.example", "b": 8.5, "d": "1" }), read, &["a", "b", "d"]);
        check(json!({ "a": ["ftp://a.example"], "b": "8" }), read, &["a", "b"]);
    }
}
