//! What the window says about each kind of failure: its tables, read as they stand, and the words in both languages.

use std::{collections::BTreeMap, fs, path::PathBuf};

use shiwen_core::{Charged, FailureKind, ProviderId, Unit, WaitReason};
use shiwen_providers::services;
use shiwen_session::{Language, Words};

/// The keys of messages that a kind's row names, its remedy's among them.
pub(crate) type Rows = BTreeMap<FailureKind, Vec<String>>;

/// The window's file that has this table.
fn file_with(table: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "ts"));
    let mut texts = files.map(|path| fs::read_to_string(path).unwrap());
    texts.find(|text| text.contains(table)).unwrap_or_else(|| panic!("no {table}"))
}

/// A row of a table: what stands between the `{` behind its name and its `}`, on one line or on several.
fn block<'a>(table: &'a str, name: &str) -> &'a str {
    let (_, rest) = table.split_once(name).unwrap_or_else(|| panic!("no {name}"));
    let line = rest.split('\n').next().unwrap();
    match line.strip_suffix(" },") {
        Some(row) => row,
        None => rest.split_once("\n  }").unwrap().0,
    }
}

/// Every quoted key of a message.
fn keys(text: &str) -> Vec<String> {
    let is_key = |part: &&str| {
        part.contains('.')
            && part.chars().all(|c| c.is_ascii_lowercase() || "._0123456789".contains(c))
    };
    text.split('\'').skip(1).step_by(2).filter(is_key).map(str::to_owned).collect()
}

/// The quoted value of a name.
fn value(text: &str, name: &str) -> String {
    let value = text.split_once(&format!("{name}: '")).and_then(|(_, rest)| rest.split_once('\''));
    value.unwrap_or_else(|| panic!("no {name} in {text}")).0.to_owned()
}

pub(crate) fn rows() -> Rows {
    let file = file_with("Record<FailureKind, KindWords> = {");
    let (_, kinds) = file.split_once("Record<FailureKind, KindWords> = {").unwrap();
    let (kinds, _) = kinds.split_once("\n};").unwrap();
    let (_, remedies) = file.split_once("remedyNames: Record<Remedy, MessageKey> = {").unwrap();
    let row = |kind: &FailureKind| {
        let names = [format!("\n  '{kind}': {{"), format!("\n  {kind}: {{")];
        let name = names.iter().find(|name| kinds.contains(name.as_str()));
        let row = block(kinds, name.unwrap_or_else(|| panic!("{kind} has no row")));
        let mut named = vec![value(row, "headline"), value(remedies, &value(row, "remedy"))];
        named.extend(keys(row));
        (*kind, named)
    };
    FailureKind::ALL.iter().map(row).collect()
}

/// Whether a kind of failure has a headline, a cause and a remedy in both languages.
pub(crate) fn check(rows: &Rows, kind: FailureKind, about: &str) {
    check_keys(&rows[&kind], &format!("{about} {kind}"));
}

fn check_keys(keys: &[String], about: &str) {
    assert!(!keys.is_empty(), "{about}");
    for language in [Language::Chinese, Language::English] {
        let words = Words::new(language);
        for key in keys {
            assert!(words.has(key), "{about}: no {key} in {language:?}");
            assert!(!words.say(key, &[]).trim().is_empty(), "{about}: {key} is blank");
        }
    }
}

#[test]
fn every_kind_of_failure_has_words_and_a_remedy_in_both_languages() {
    let rows = rows();
    for kind in FailureKind::ALL {
        check(&rows, *kind, "");
    }
    // Also those that hang on the operation, or on more than the kind.
    check_keys(&keys(&file_with("Record<FailureKind, KindWords> = {")), "failures");
}

#[test]
fn money_waits_and_used_up_allowances_have_words_in_both_languages() {
    let file = file_with("Record<WaitReason,");
    let (_, waits) = file.split_once("Record<WaitReason,").unwrap();
    for reason in WaitReason::ALL {
        check_keys(&keys(block(waits, &format!("\n  {reason}: {{"))), reason.as_str());
    }
    let file = file_with("quotas: Record<Unit, MessageKey> = {");
    let (_, quotas) = file.split_once("quotas: Record<Unit, MessageKey> = {").unwrap();
    for unit in Unit::ALL {
        check_keys(&[value(quotas, unit.as_str())], unit.as_str());
    }
    for charged in Charged::ALL {
        check_keys(&[format!("charged.{charged}")], charged.as_str());
    }
}

/// What is used up is named in the unit that the provider counts in.
#[test]
fn the_window_counts_in_the_units_of_the_providers() {
    let file = file_with("Record<ProviderId, Unit> = {");
    let (_, units) = file.split_once("Record<ProviderId, Unit> = {").unwrap();
    for card in services().iter().map(|service| service.card()) {
        assert_eq!(value(units, card.id.as_str()), card.unit.as_str(), "{}", card.id);
    }
    assert_eq!(services().len(), ProviderId::ALL.len());
}
