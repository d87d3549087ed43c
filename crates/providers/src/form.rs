//! Forms: how a service describes what it takes, and what is wrong with what was filled in.
//!
//! A service writes its fields down once, as constants. The window, the command line, the check before
//! anything is spent and the request itself are all made from them.

mod spec;

use serde_json::{Map, Number, Value};
use shiwen_core::{
    Entry, Fault, FaultKind, FieldKind, Form, FormField, Input, Operation, ProviderId, Timestamp,
};

pub(crate) use self::spec::FieldSpec;
use crate::lenient;

/// The field whose value decides which of the others there are.
const MODEL: &str = "model";

/// A form of a service. `costs` are by model, in the service's unit.
pub(crate) fn form(
    provider: ProviderId,
    operation: Option<Operation>,
    fields: &[FieldSpec],
    costs: &[(&str, u32)],
) -> Form {
    Form {
        provider,
        operation,
        fields: fields.iter().map(FieldSpec::field).collect(),
        costs: costs.iter().map(|(model, cost)| ((*model).to_owned(), *cost)).collect(),
    }
}

/// Everything that is wrong with the input, in the order of the form's fields; what the form does not know comes
/// last. Blank texts and lists without an entry count as absent. Texts are measured in characters.
pub fn check(form: &Form, input: &Input, now: Timestamp) -> Vec<Fault> {
    let model = Model::of(form, input);
    let mut faults = Vec::new();
    for field in form.fields.iter().filter(|field| model.has(field)) {
        match input.get(&field.name).filter(|entry| is_filled(entry)) {
            Some(entry) => faults.extend(fault_of(field, entry, now)),
            None if field.required => faults.push(fault(field, FaultKind::Missing, None)),
            None => {}
        }
    }
    let known =
        |name: &str| form.fields.iter().any(|field| field.name == name && model.may_have(field));
    let unknown = input.iter().filter(|(name, entry)| is_filled(entry) && !known(name));
    faults.extend(unknown.map(|(name, _)| Fault {
        field: name.clone(),
        kind: FaultKind::Unknown,
        limit: None,
    }));
    faults
}

/// The fields there are for the model that the input, or else the form's default, chooses.
pub fn fields<'a>(form: &'a Form, input: &Input) -> Vec<&'a FormField> {
    let model = Model::of(form, input);
    form.fields.iter().filter(|field| model.has(field)).collect()
}

/// What is filled in, as the service wants to have it: without blanks, whole numbers as such. What the form has
/// no field for is left out.
pub(crate) fn values(form: &Form, input: &Input) -> Map<String, Value> {
    let value = |field: &FormField| {
        let entry = input.get(&field.name).filter(|entry| is_filled(entry))?;
        Some((field.name.clone(), value_of(field.kind, entry)))
    };
    fields(form, input).into_iter().filter_map(value).collect()
}

fn value_of(kind: FieldKind, entry: &Entry) -> Value {
    match entry {
        Entry::Flag(flag) => Value::Bool(*flag),
        // Without this 10 would be written as 10.0, which not every service takes for a whole number.
        Entry::Number(number) if is_whole(*number) => Value::from(*number as i64),
        Entry::Number(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Entry::Text(text) => match kind {
            FieldKind::LongText => Value::from(text.as_str()),
            _ => Value::from(text.trim()),
        },
        Entry::List(list) => {
            list.iter().filter_map(|text| lenient::not_blank(text.trim())).collect()
        }
    }
}

fn is_whole(number: f64) -> bool {
    // Above 2^53 a float cannot tell neighbouring whole numbers apart.
    number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0
}

fn is_filled(entry: &Entry) -> bool {
    match entry {
        Entry::Flag(_) | Entry::Number(_) => true,
        Entry::Text(text) => lenient::not_blank(text).is_some(),
        Entry::List(list) => list.iter().any(|text| lenient::not_blank(text).is_some()),
    }
}

/// Which fields there are.
enum Model<'a> {
    /// The form has no choice of models.
    Any,
    Chosen(&'a str),
    /// The model is missing or not on offer: only the fields that all models share can be checked.
    Undecided,
}

impl<'a> Model<'a> {
    fn of(form: &'a Form, input: &'a Input) -> Self {
        let Some(field) = form.fields.iter().find(|field| field.name == MODEL) else {
            return Self::Any;
        };
        let filled = input.get(MODEL).filter(|entry| is_filled(entry));
        match filled.or(field.default.as_ref()) {
            Some(Entry::Text(model)) if field.choices.iter().any(|it| it == model.trim()) => {
                Self::Chosen(model.trim())
            }
            _ => Self::Undecided,
        }
    }

    fn has(&self, field: &FormField) -> bool {
        field.models.is_empty()
            || match self {
                Self::Any => true,
                Self::Chosen(model) => field.models.iter().any(|of| of == model),
                Self::Undecided => false,
            }
    }

    fn may_have(&self, field: &FormField) -> bool {
        matches!(self, Self::Undecided) || self.has(field)
    }
}

fn fault(field: &FormField, kind: FaultKind, limit: Option<f64>) -> Fault {
    Fault { field: field.name.clone(), kind, limit }
}

fn fault_of(field: &FormField, entry: &Entry, now: Timestamp) -> Option<Fault> {
    let (kind, limit) = match (field.kind, entry) {
        (FieldKind::Flag, Entry::Flag(_)) => None,
        (FieldKind::Text | FieldKind::LongText | FieldKind::Item, Entry::Text(text)) => {
            too_long(field, text)
        }
        (FieldKind::Choice, Entry::Text(text)) => {
            let offered = field.choices.iter().any(|choice| choice == text.trim());
            (!offered).then_some((FaultKind::NotOffered, None))
        }
        (FieldKind::Address, Entry::Text(text)) => no_address(text),
        (FieldKind::Addresses, Entry::List(list)) => {
            too_many(field, list).or_else(|| filled(list).find_map(no_address))
        }
        (FieldKind::Items, Entry::List(list)) => too_many(field, list),
        (FieldKind::Whole | FieldKind::Number | FieldKind::Time, Entry::Number(number)) => {
            wrong_number(field, *number, now)
        }
        _ => Some((FaultKind::WrongKind, None)),
    }?;
    Some(fault(field, kind, limit))
}

type Wrong = Option<(FaultKind, Option<f64>)>;

fn too_long(field: &FormField, text: &str) -> Wrong {
    let longest = field.longest?;
    // A text that is sent without the blanks around it is measured without them.
    let text = if field.kind == FieldKind::LongText { text } else { text.trim() };
    (text.chars().count() > longest as usize)
        .then(|| (FaultKind::TooLong, Some(f64::from(longest))))
}

fn filled(list: &[String]) -> impl Iterator<Item = &str> {
    list.iter().filter_map(|text| lenient::not_blank(text))
}

fn too_many(field: &FormField, list: &[String]) -> Wrong {
    let most = field.most?;
    (filled(list).count() > most as usize).then(|| (FaultKind::TooMany, Some(f64::from(most))))
}

fn no_address(text: &str) -> Wrong {
    lenient::web_address(text).is_none().then_some((FaultKind::NotAnAddress, None))
}

fn wrong_number(field: &FormField, number: f64, now: Timestamp) -> Wrong {
    if !number.is_finite() {
        return Some((FaultKind::WrongKind, None));
    }
    if field.kind != FieldKind::Number && !is_whole(number) {
        return Some((FaultKind::NotWhole, None));
    }
    if let Some(smallest) = field.smallest.filter(|smallest| number < *smallest) {
        return Some((FaultKind::TooSmall, Some(smallest)));
    }
    if let Some(largest) = field.largest.filter(|largest| number > *largest) {
        return Some((FaultKind::TooLarge, Some(largest)));
    }
    let to_come = field.kind == FieldKind::Time && field.smallest.is_none();
    (to_come && number <= now.0 as f64).then_some((FaultKind::Past, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    const FIELDS: &[FieldSpec] = &[
        FieldSpec::choice("model", &["a", "b/c", "d"]).default_text("a"),
        FieldSpec::long_text("prompt", 5).required().models(&["a"]),
        FieldSpec::long_text("prompt", 5).models(&["b/c"]),
        FieldSpec::addresses("pictures", Some(2), &[]).required().models(&["b/c"]),
        FieldSpec::address("link", &[]),
        FieldSpec::whole("size", 8.0, Some(200.0)),
        FieldSpec::number("stroke", 0.0, 10.0),
        FieldSpec::flag("loud"),
        FieldSpec::time("at"),
        FieldSpec::any_time("from"),
        FieldSpec::text("note").longest(3),
        FieldSpec::items("accounts", "accounts"),
    ];

    fn example() -> Form {
        form(ProviderId::RawUgc, None, FIELDS, &[])
    }

    fn text(text: &str) -> Entry {
        Entry::Text(text.to_owned())
    }

    fn list(texts: &[&str]) -> Entry {
        Entry::List(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    fn input<const N: usize>(entries: [(&str, Entry); N]) -> Input {
        entries.into_iter().map(|(name, entry)| (name.to_owned(), entry)).collect()
    }

    /// What is wrong with one more entry in an input that is good otherwise.
    fn with(name: &str, entry: Entry) -> Option<(FaultKind, Option<f64>)> {
        let mut input = input([("prompt", text("x"))]);
        input.insert(name.to_owned(), entry);
        let faults = check(&example(), &input, NOW);
        assert!(faults.len() <= 1 && faults.iter().all(|fault| fault.field == name), "{faults:?}");
        faults.first().map(|fault| (fault.kind, fault.limit))
    }

    fn all(input: &Input) -> Vec<(String, FaultKind)> {
        let faults = check(&example(), input, NOW);
        faults.into_iter().map(|fault| (fault.field, fault.kind)).collect()
    }

    #[test]
    fn texts_are_measured_in_characters() {
        assert_eq!(with("prompt", text("五个字正好")), None);
        let too_long = Some((FaultKind::TooLong, Some(5.0)));
        assert_eq!(with("prompt", text("五个字正好多")), too_long);
        assert_eq!(with("note", text(" abc ")), None);
        assert_eq!(with("note", text("abcd")), Some((FaultKind::TooLong, Some(3.0))));
    }

    #[test]
    fn numbers_may_touch_their_bounds() {
        for size in [8.0, 200.0] {
            assert_eq!(with("size", Entry::Number(size)), None);
        }
        assert_eq!(with("size", Entry::Number(7.0)), Some((FaultKind::TooSmall, Some(8.0))));
        assert_eq!(with("size", Entry::Number(201.0)), Some((FaultKind::TooLarge, Some(200.0))));
        assert_eq!(with("size", Entry::Number(8.5)), Some((FaultKind::NotWhole, None)));
        assert_eq!(with("stroke", Entry::Number(0.5)), None);
        assert_eq!(with("stroke", Entry::Number(-0.1)), Some((FaultKind::TooSmall, Some(0.0))));
        assert_eq!(with("stroke", Entry::Number(f64::NAN)), Some((FaultKind::WrongKind, None)));
    }

    #[test]
    fn a_time_to_come_has_not_come_yet() {
        assert_eq!(with("at", Entry::Number(1_000_001.0)), None);
        assert_eq!(with("at", Entry::Number(1_000_000.0)), Some((FaultKind::Past, None)));
        assert_eq!(with("at", Entry::Number(1_000_001.5)), Some((FaultKind::NotWhole, None)));
        assert_eq!(with("from", Entry::Number(1.0)), None);
    }

    #[test]
    fn only_web_addresses_are_addresses() {
        assert_eq!(with("link", text("https://a.example/x")), None);
        for bad in ["a.example", "file:///etc/passwd", "javascript:alert(1)", "https://"] {
            assert_eq!(with("link", text(bad)), Some((FaultKind::NotAnAddress, None)), "{bad}");
        }
    }

    #[test]
    fn another_kind_of_value_is_refused() {
        let wrong = Some((FaultKind::WrongKind, None));
        assert_eq!(with("loud", text("true")), wrong);
        assert_eq!(with("size", text("8")), wrong);
        assert_eq!(with("note", Entry::Number(1.0)), wrong);
        assert_eq!(with("accounts", text("x")), wrong);
        assert_eq!(with("link", list(&["https://a.example"])), wrong);
    }

    #[test]
    fn the_model_decides_which_fields_there_are() {
        let pictures = || list(&["https://a.example/1", " ", "https://a.example/2"]);
        assert_eq!(all(&input([("model", text("b/c")), ("pictures", pictures())])), []);
        assert_eq!(
            all(&input([("model", text("b/c"))])),
            [("pictures".to_owned(), FaultKind::Missing)]
        );
        let unknown = |name: &str| (name.to_owned(), FaultKind::Unknown);
        assert_eq!(
            all(&input([("model", text("d")), ("prompt", text("x")), ("pictures", pictures())])),
            [unknown("pictures"), unknown("prompt")]
        );
        assert_eq!(all(&input([("model", text("d"))])), []);
    }

    #[test]
    fn without_a_model_only_the_model_is_at_fault() {
        let nonsense = input([("model", text("z")), ("pictures", text("x")), ("other", text("x"))]);
        assert_eq!(
            all(&nonsense),
            [("model".to_owned(), FaultKind::NotOffered), ("other".to_owned(), FaultKind::Unknown),]
        );
    }

    #[test]
    fn blanks_count_as_absent() {
        let blank =
            input([("prompt", text(" \n")), ("other", text("")), ("accounts", list(&[""]))]);
        assert_eq!(all(&blank), [("prompt".to_owned(), FaultKind::Missing)]);
    }

    #[test]
    fn too_many_entries_are_refused() {
        let three = list(&["https://a.example/1", "https://a.example/2", "https://a.example/3"]);
        let faults = check(&example(), &input([("model", text("b/c")), ("pictures", three)]), NOW);
        assert_eq!(
            faults,
            [Fault { field: "pictures".to_owned(), kind: FaultKind::TooMany, limit: Some(2.0) }]
        );
    }

    #[test]
    fn what_is_sent_has_no_blanks_and_whole_numbers() {
        let input = input([
            ("model", text(" b/c ")),
            ("prompt", text(" x\n")),
            ("pictures", list(&[" https://a.example/1 ", ""])),
            ("size", Entry::Number(10.0)),
            ("stroke", Entry::Number(0.5)),
            ("loud", Entry::Flag(false)),
            ("note", text("")),
            ("other", text("x")),
        ]);
        let expected = serde_json::json!({
            "model": "b/c", "prompt": " x\n", "pictures": ["https://a.example/1"],
            "size": 10, "stroke": 0.5, "loud": false,
        });
        assert_eq!(Value::Object(values(&example(), &input)), expected);
    }
}
