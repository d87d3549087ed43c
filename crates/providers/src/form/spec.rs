//! How a service writes down a field of a form: as a constant.

use shiwen_core::{Entry, FieldKind, FormField};

/// A field as a service writes it down. The kinds begin one, the other functions narrow it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldSpec {
    name: &'static str,
    kind: FieldKind,
    required: bool,
    models: &'static [&'static str],
    choices: &'static [&'static str],
    default: Option<Preset>,
    longest: Option<u32>,
    most: Option<u32>,
    smallest: Option<f64>,
    largest: Option<f64>,
    of: Option<&'static str>,
    media: &'static [&'static str],
}

/// What the service takes where nothing is filled in.
#[derive(Debug, Clone, Copy)]
enum Preset {
    Flag(bool),
    Number(f64),
    Text(&'static str),
}

impl FieldSpec {
    const fn of_kind(name: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            kind,
            required: false,
            models: &[],
            choices: &[],
            default: None,
            longest: None,
            most: None,
            smallest: None,
            largest: None,
            of: None,
            media: &[],
        }
    }

    pub(crate) const fn text(name: &'static str) -> Self {
        Self::of_kind(name, FieldKind::Text)
    }

    pub(crate) const fn long_text(name: &'static str, longest: u32) -> Self {
        Self::of_kind(name, FieldKind::LongText).longest(longest)
    }

    pub(crate) const fn whole(name: &'static str, smallest: f64, largest: Option<f64>) -> Self {
        Self { smallest: Some(smallest), largest, ..Self::of_kind(name, FieldKind::Whole) }
    }

    pub(crate) const fn number(name: &'static str, smallest: f64, largest: f64) -> Self {
        let field = Self::of_kind(name, FieldKind::Number);
        Self { smallest: Some(smallest), largest: Some(largest), ..field }
    }

    pub(crate) const fn flag(name: &'static str) -> Self {
        Self::of_kind(name, FieldKind::Flag)
    }

    pub(crate) const fn choice(name: &'static str, choices: &'static [&'static str]) -> Self {
        Self { choices, ..Self::of_kind(name, FieldKind::Choice) }
    }

    pub(crate) const fn address(name: &'static str, media: &'static [&'static str]) -> Self {
        Self { media, ..Self::of_kind(name, FieldKind::Address) }
    }

    pub(crate) const fn addresses(
        name: &'static str,
        most: Option<u32>,
        media: &'static [&'static str],
    ) -> Self {
        Self { most, media, ..Self::of_kind(name, FieldKind::Addresses) }
    }

    /// A time to come.
    pub(crate) const fn time(name: &'static str) -> Self {
        Self::of_kind(name, FieldKind::Time)
    }

    /// Any time since 1970: one with a bound of its own may have passed.
    pub(crate) const fn any_time(name: &'static str) -> Self {
        Self { smallest: Some(0.0), ..Self::time(name) }
    }

    /// An item of a collection of the same service.
    pub(crate) const fn item(name: &'static str, of: &'static str) -> Self {
        Self { of: Some(of), ..Self::of_kind(name, FieldKind::Item) }
    }

    pub(crate) const fn items(name: &'static str, of: &'static str) -> Self {
        Self { of: Some(of), ..Self::of_kind(name, FieldKind::Items) }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn longest(self, longest: u32) -> Self {
        Self { longest: Some(longest), ..self }
    }

    /// Only where the field `model` has one of these values.
    pub(crate) const fn models(self, models: &'static [&'static str]) -> Self {
        Self { models, ..self }
    }

    pub(crate) const fn default_text(self, text: &'static str) -> Self {
        Self { default: Some(Preset::Text(text)), ..self }
    }

    pub(crate) const fn default_number(self, number: f64) -> Self {
        Self { default: Some(Preset::Number(number)), ..self }
    }

    pub(crate) const fn default_flag(self, flag: bool) -> Self {
        Self { default: Some(Preset::Flag(flag)), ..self }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn field(&self) -> FormField {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        FormField {
            name: self.name.to_owned(),
            kind: self.kind,
            required: self.required,
            models: owned(self.models),
            choices: owned(self.choices),
            default: self.default.map(|preset| match preset {
                Preset::Flag(flag) => Entry::Flag(flag),
                Preset::Number(number) => Entry::Number(number),
                Preset::Text(text) => Entry::Text(text.to_owned()),
            }),
            longest: self.longest,
            most: self.most,
            smallest: self.smallest,
            largest: self.largest,
            of: self.of.map(str::to_owned),
            media: owned(self.media),
        }
    }
}
