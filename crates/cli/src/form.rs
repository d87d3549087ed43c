//! Forms on the command line: `--set name=value` becomes what the form takes, and what is wrong with it words.

use shiwen_core::{Entry, Fault, FieldKind, Form, FormField, Input, Operation};
use shiwen_providers::services;
use shiwen_session::Words;

/// `name=value`, as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Setting {
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.to_owned() }
    }
}

impl std::str::FromStr for Setting {
    type Err = NotASetting;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => Ok(Self::new(name.trim(), value)),
            _ => Err(NotASetting),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("write name=value")]
pub(crate) struct NotASetting;

/// The form that an error is about and what was filled in, so that its words can name what the form offers.
#[derive(Debug)]
pub(crate) struct InForm {
    pub(crate) form: Form,
    pub(crate) input: Input,
}

impl InForm {
    pub(crate) fn of(form: &Form, input: &Input) -> Self {
        Self { form: form.clone(), input: input.clone() }
    }

    /// What a field offers for the chosen model.
    fn choices(&self, name: &str) -> &[String] {
        let model = match self.input.get("model") {
            Some(Entry::Text(model)) => model.trim(),
            _ => "",
        };
        let is_for = |field: &&FormField| {
            field.name == name
                && (field.models.is_empty() || field.models.iter().any(|it| it == model))
        };
        self.form.fields.iter().find(is_for).map_or(&[], |field| &field.choices)
    }
}

impl std::fmt::Display for InForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.form.operation {
            Some(operation) => write!(f, "{operation} at {}", self.form.provider),
            None => write!(f, "a call to {}", self.form.provider),
        }
    }
}

/// What the form takes. A field that takes several is given several times. A value that is not of its field's kind
/// stays a text, for the form's check to say so.
pub(crate) fn input(form: &Form, settings: &[Setting]) -> Input {
    let mut input = Input::new();
    for Setting { name, value } in settings {
        let kind = form.fields.iter().find(|field| field.name == *name).map(|field| field.kind);
        match (kind, input.get_mut(name)) {
            (Some(FieldKind::Addresses | FieldKind::Items), Some(Entry::List(list))) => {
                list.push(value.clone());
            }
            _ => {
                input.insert(name.clone(), entry(kind, value));
            }
        }
    }
    input
}

fn entry(kind: Option<FieldKind>, value: &str) -> Entry {
    let text = || Entry::Text(value.to_owned());
    match kind {
        Some(FieldKind::Flag) => match value.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Entry::Flag(true),
            "false" | "no" | "0" => Entry::Flag(false),
            _ => text(),
        },
        Some(FieldKind::Whole | FieldKind::Number) => {
            value.trim().parse().map_or_else(|_| text(), Entry::Number)
        }
        Some(FieldKind::Time) => milliseconds(value.trim()).map_or_else(text, Entry::Number),
        Some(FieldKind::Addresses | FieldKind::Items) => Entry::List(vec![value.to_owned()]),
        Some(
            FieldKind::Text
            | FieldKind::LongText
            | FieldKind::Choice
            | FieldKind::Address
            | FieldKind::Item,
        )
        | None => text(),
    }
}

/// Milliseconds since 1970: as such, with a zone (`2026-11-20T09:00:00Z`), or by this machine's clock
/// (`2026-11-20 09:00`).
fn milliseconds(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let here = || {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::system()).ok()?.timestamp())
    };
    let at = text.parse::<jiff::Timestamp>().ok().or_else(here)?;
    Some(at.as_millisecond() as f64)
}

/// What is wrong, one line for each field: which one, why, and its limit.
pub(crate) fn faults(words: &Words, faults: &[Fault], asked: Option<&InForm>) -> Vec<String> {
    let line = |fault: &Fault| {
        let limit = fault.limit.map(|limit| limit.to_string()).unwrap_or_default();
        let key = format!("form.fault.{}", fault.kind);
        let why = words.say(&key, &[("limit", &limit)]);
        let places = [("field", &*named(words, &fault.field)), ("why", &*why)];
        let mut line = words.say("cli.field_fault", &places).into_owned();
        let choices = asked.map(|asked| asked.choices(&fault.field)).unwrap_or_default();
        if !choices.is_empty() {
            line.push_str(&words.say("cli.choices", &[("choices", &choices.join(", "))]));
        }
        line
    };
    faults.iter().map(line).collect()
}

/// A field's own name, with its name on screen where it has one.
fn named(words: &Words, field: &str) -> String {
    let key = format!("form.{field}");
    if words.has(&key) { format!("{field} ({})", words.say(&key, &[])) } else { field.to_owned() }
}

/// The fields of a form for the help, in the order in which they are asked for.
pub(crate) fn described(form: &Form) -> String {
    let lines: Vec<String> = form.fields.iter().map(|field| format!("  {}", one(field))).collect();
    if lines.is_empty() {
        String::new()
    } else {
        format!("Fields for --set:\n{}", lines.join("\n"))
    }
}

/// The fields of all providers that do this, for the help.
pub(crate) fn described_for(operation: Operation) -> String {
    let forms = services().iter().flat_map(|service| service.forms());
    let forms = forms.filter(|form| form.operation == Some(operation));
    let parts: Vec<String> =
        forms.map(|form| format!("{}: {}", form.provider, described(form))).collect();
    parts.join("\n\n")
}

fn one(field: &FormField) -> String {
    let mut about = vec![field.kind.to_string()];
    if field.required {
        about.push("required".to_owned());
    }
    if !field.choices.is_empty() {
        about.push(field.choices.join("|"));
    }
    if let Some(longest) = field.longest {
        about.push(format!("at most {longest} characters"));
    }
    if let Some(most) = field.most {
        about.push(format!("at most {most}"));
    }
    match (field.smallest, field.largest) {
        (Some(smallest), Some(largest)) => about.push(format!("{smallest} to {largest}")),
        (Some(smallest), None) => about.push(format!("at least {smallest}")),
        (None, Some(largest)) => about.push(format!("at most {largest}")),
        (None, None) => {}
    }
    if let Some(of) = &field.of {
        about.push(format!("of {of}"));
    }
    if !field.models.is_empty() {
        about.push(format!("for {}", field.models.join("|")));
    }
    format!("{}: {}", field.name, about.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_core::{ProviderId, Verb};
    use shiwen_providers::service;
    use shiwen_session::Language;

    fn form_of(operation: Operation) -> Form {
        let service = service(ProviderId::RawUgc).unwrap();
        service.forms().iter().find(|form| form.operation == Some(operation)).unwrap().clone()
    }

    fn set(form: &Form, settings: &[&str]) -> Input {
        let settings: Vec<Setting> =
            settings.iter().map(|setting| setting.parse().unwrap()).collect();
        input(form, &settings)
    }

    #[test]
    fn values_take_the_kind_of_their_field() {
        let form = form_of(Operation::GenerateVideo);
        let input = set(&form, &["imageUrls=https://a.example/?x=1", "imageUrls=b", "nFrames=10"]);
        let urls = vec!["https://a.example/?x=1".to_owned(), "b".to_owned()];
        assert_eq!(input["imageUrls"], Entry::List(urls));
        assert_eq!(input["nFrames"], Entry::Text("10".to_owned()));

        let form = form_of(Operation::Overlay);
        let input = set(&form, &["fontSize=24", "strokeThickness=much"]);
        assert_eq!(input["fontSize"], Entry::Number(24.0));
        assert_eq!(input["strokeThickness"], Entry::Text("much".to_owned()));

        let form = form_of(Operation::GenerateMusic);
        assert_eq!(set(&form, &["instrumental=no"])["instrumental"], Entry::Flag(false));
    }

    #[test]
    fn times_are_written_in_milliseconds_or_as_a_date() {
        let service = service(ProviderId::RawUgc).unwrap();
        let posts = service.collections().iter().find(|it| it.name == "posts").unwrap();
        let create = posts.calls.iter().find(|call| call.verb == Verb::Create).unwrap();
        for (text, ms) in
            [("1770177906000", 1_770_177_906_000.0), ("2026-02-04T04:05:06Z", 1_770_177_906_000.0)]
        {
            let input = set(&create.form, &[&format!("scheduledFor={text}")]);
            assert_eq!(input["scheduledFor"], Entry::Number(ms), "{text}");
        }
        let input = set(&create.form, &["scheduledFor=tomorrow"]);
        assert_eq!(input["scheduledFor"], Entry::Text("tomorrow".to_owned()));
    }

    #[test]
    fn a_setting_has_a_name() {
        for bad in ["prompt", "=x", " =x"] {
            assert!(bad.parse::<Setting>().is_err(), "{bad}");
        }
        assert_eq!("a=b=c".parse::<Setting>().unwrap(), Setting::new("a", "b=c"));
    }

    #[test]
    fn every_kind_of_fault_has_words_that_name_the_field_and_its_limit() {
        let form = form_of(Operation::GenerateVideo);
        for language in [Language::Chinese, Language::English] {
            let words = Words::new(language);
            for kind in shiwen_core::FaultKind::ALL {
                assert!(words.has(&format!("form.fault.{kind}")), "{kind}");
            }
            let kind = shiwen_core::FaultKind::TooLong;
            let fault = Fault { field: "prompt".to_owned(), kind, limit: Some(5000.0) };
            let other = Fault {
                field: "aspectRatio".to_owned(),
                kind: shiwen_core::FaultKind::NotOffered,
                limit: None,
            };
            let asked = InForm::of(&form, &set(&form, &["model=veo3"]));
            let lines = faults(&words, &[fault, other], Some(&asked));
            assert!(lines[0].contains("prompt") && lines[0].contains("5000"), "{lines:?}");
            assert!(lines[1].contains("16:9, 9:16, Auto"), "{lines:?}");
        }
    }
}
