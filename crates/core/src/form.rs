//! Forms as data: what an operation takes, what the user filled in, and what is wrong with it.
//!
//! The window, the command line and the check before anything is spent are all made from the same description.

use std::collections::BTreeMap;

use crate::{Allowance, Operation, ProviderId, word::words};

/// What the user filled in, by the names of the fields. An absent entry is an empty field.
pub type Input = BTreeMap<String, Entry>;

/// One filled-in field.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(untagged)]
pub enum Entry {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

words! {
    /// What a field takes.
    pub enum FieldKind {
        /// One line.
        Text = "text",
        /// Several lines.
        LongText = "long_text",
        /// A whole number.
        Whole = "whole",
        Number = "number",
        Flag = "flag",
        /// One of `choices`.
        Choice = "choice",
        /// One web address, or a file of the user's that is uploaded first.
        Address = "address",
        /// Several of them.
        Addresses = "addresses",
        /// A time to come, in milliseconds since 1970.
        Time = "time",
        /// One item of the collection that `of` names, by its id.
        Item = "item",
        /// Several of them.
        Items = "items",
    }
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FormField {
    /// The provider's own name. Two fields of a form may have one name when they are for different models.
    pub name: String,
    pub kind: FieldKind,
    pub required: bool,
    /// The models (values of the field `model`) that this is for; empty for all.
    pub models: Vec<String>,
    pub choices: Vec<String>,
    /// What the provider takes where nothing is filled in.
    pub default: Option<Entry>,
    /// Characters at most, for texts.
    pub longest: Option<u32>,
    /// Entries at most, for lists.
    pub most: Option<u32>,
    pub smallest: Option<f64>,
    pub largest: Option<f64>,
    /// The collection whose items may be chosen, for `item` and `items`.
    pub of: Option<String>,
    /// Media types that may be uploaded for it, for addresses.
    pub media: Vec<String>,
}

/// What an operation or a call takes.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Form {
    pub provider: ProviderId,
    /// The task that is made of it; none for a call to a collection.
    pub operation: Option<Operation>,
    pub fields: Vec<FormField>,
    /// What one costs, in the provider's unit, by model (`""` where there is none); absent where it is not published.
    pub costs: BTreeMap<String, u32>,
}

words! {
    /// What is wrong with a field.
    pub enum FaultKind {
        Missing = "missing",
        TooLong = "too_long",
        TooMany = "too_many",
        TooSmall = "too_small",
        TooLarge = "too_large",
        NotOffered = "not_offered",
        NotAnAddress = "not_an_address",
        NotWhole = "not_whole",
        /// A time that has passed.
        Past = "past",
        /// The form has no such field, or not for this model.
        Unknown = "unknown",
        /// Another kind of value than the field takes.
        WrongKind = "wrong_kind",
    }
}

/// Why a form cannot be sent. Nothing was spent.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Fault {
    pub field: String,
    pub kind: FaultKind,
    /// The bound that was passed, where there is one.
    pub limit: Option<f64>,
}

words! {
    /// What can be done with a collection or one of its items.
    pub enum Verb {
        List = "list",
        Get = "get",
        Create = "create",
        Update = "update",
        Delete = "delete",
        /// Reads it anew from where it comes from.
        Refresh = "refresh",
        Search = "search",
        Reschedule = "reschedule",
        Publish = "publish",
    }
}

/// Things that a provider keeps for the user: personas, products, posts …
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Collection {
    pub provider: ProviderId,
    /// E.g. `personas`; the same in messages and on the command line.
    pub name: String,
    /// What it can do, each with its form (empty where it takes nothing).
    pub calls: Vec<CollectionCall>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CollectionCall {
    pub verb: Verb,
    pub form: Form,
    /// It changes something that cannot be taken back, or is seen by others: ask before.
    pub ask: bool,
}

/// One thing of a collection.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Item {
    pub id: String,
    pub title: String,
    pub text: Option<String>,
    pub pictures: Vec<String>,
    pub media_url: Option<String>,
    /// Short facts in order, by the provider's own names: `status`, `platform`, `createdAt` …
    pub facts: Vec<(String, Entry)>,
    /// Belongs to the provider: it can be neither changed nor deleted.
    pub built_in: bool,
    /// What the form for changing it starts with.
    pub input: Input,
    /// An analysis that comes with it.
    pub analysis: Option<crate::Analysis>,
}

/// What a call to a collection gave.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Items {
    /// One for calls about one item; none where the provider answers nothing more than that it is done.
    pub items: Vec<Item>,
    /// How many there are in all, where the provider says it. Of a deletion 0 where there was nothing to delete.
    pub total: Option<u32>,
    pub has_more: bool,
    pub allowance: Option<Allowance>,
}
