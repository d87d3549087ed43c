//! From what the user saved to an account.

use std::collections::BTreeMap;

use shiwen_core::{Failure, FailureKind, Fault, FaultKind, ProviderId};
use shiwen_providers::{Account, services};
use shiwen_secrets::Secret;

use crate::support::{account, of};

fn make(
    id: ProviderId,
    settings: &[(&str, &str)],
    secrets: &[(&str, &str)],
) -> Result<Account, Failure> {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value)));
    Account::new(of(id).card(), settings.collect(), secrets.collect())
}

fn momoget(base_url: &str) -> Result<Account, Failure> {
    make(ProviderId::Momoget, &[("base_url", base_url)], &[("user_id", "fixture-user")])
}

fn check_base_url(value: &str) -> Result<(), Fault> {
    let card = of(ProviderId::Momoget).card();
    Account::check_setting(card, card.field("base_url").unwrap(), value)
}

#[test]
fn services_are_offered_in_this_order() {
    let ids: Vec<ProviderId> = services().iter().map(|service| service.card().id).collect();
    assert_eq!(
        ids,
        [
            ProviderId::Momoget,
            ProviderId::TranscriptGenerate,
            ProviderId::Coze,
            ProviderId::RawUgc,
            ProviderId::Jimeng,
        ]
    );
}

#[test]
fn a_card_names_each_field_once_and_offers_its_own_defaults() {
    for service in services() {
        let card = service.card();
        let names: BTreeMap<_, _> = card.fields.iter().map(|field| (field.name, field)).collect();
        assert_eq!(names.len(), card.fields.len(), "{}", card.name);
        assert!(names.contains_key("base_url") && names.values().any(|field| field.secret));
        for field in card.fields {
            let offered =
                field.choices.is_empty() || field.choices.contains(&field.default.unwrap());
            assert!(offered, "{} {}", card.name, field.name);
        }
        for address in [card.signup_url, card.console_url] {
            assert!(address.starts_with("https://"), "{address}");
        }
        // Where only the user knows the address, it must be entered.
        let known = card.base_url.starts_with("https://");
        assert!(known || (card.base_url.is_empty() && names["base_url"].required), "{}", card.name);
    }
}

#[test]
fn each_missing_field_is_named() {
    let key = ("api_key", "fixture-key");
    let failure = make(ProviderId::TranscriptGenerate, &[], &[key]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorized);
    assert_eq!(failure.message.unwrap(), "api_secret is missing");

    let failure = make(ProviderId::Coze, &[], &[("token", "fixture-token")]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidInput);
    assert_eq!(failure.message.unwrap(), "workflows is missing");
}

#[test]
fn a_gateway_of_the_users_own_needs_its_address() {
    let key = ("api_key", "fixture-key");
    let failure = make(ProviderId::Jimeng, &[], &[key]).unwrap_err();
    assert_eq!(failure.message.unwrap(), "base_url is missing");
    let failure =
        make(ProviderId::Jimeng, &[("base_url", "http://a.example")], &[key]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidInput);
    let account = make(ProviderId::Jimeng, &[("base_url", "https://a.example/v/")], &[key]);
    assert_eq!(account.unwrap().base_url.as_str(), "https://a.example/v");
}

#[test]
fn a_blank_secret_is_a_missing_one() {
    let failure = make(ProviderId::Momoget, &[], &[("user_id", " \n")]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorized);
}

#[test]
fn blanks_around_a_pasted_key_are_cut_off() {
    let account = make(ProviderId::Momoget, &[], &[("user_id", " fixture-user\n")]).unwrap();
    assert_eq!(account.secrets["user_id"].expose(), "fixture-user");
}

#[test]
fn a_key_that_would_break_its_header_is_refused_and_not_repeated() {
    let failure = make(ProviderId::Momoget, &[], &[("user_id", "fix\nture用户")]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorized);
    assert!(!failure.to_string().contains("ture"));
}

#[test]
fn defaults_are_filled_in_and_strangers_left_out() {
    let settings =
        [("workflows", r#"[{ "id": " 1 ", "x": "y" }]"#), ("stranger", "x"), ("site", "")];
    let secrets = [("token", "fixture-token"), ("stranger", "x")];
    let account = make(ProviderId::Coze, &settings, &secrets).unwrap();
    let rows = r#"[{"gives":"transcript","id":"1","input":"input"}]"#;
    let expected = [("site", "cn"), ("workflows", rows)];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(account.settings, BTreeMap::from(expected));
    assert_eq!(account.secrets.keys().collect::<Vec<_>>(), ["token"]);
}

#[test]
fn the_site_chooses_the_base_unless_one_is_set() {
    let base = |settings: &[_]| account(ProviderId::Coze, settings).base_url.to_string();
    assert_eq!(base(&[]), "https://api.coze.cn/");
    assert_eq!(base(&[("site", "com")]), "https://api.coze.com/");
    let proxied = [("site", "com"), ("base_url", "https://coze.example/x/")];
    assert_eq!(base(&proxied), "https://coze.example/x");
}

#[test]
fn a_site_that_is_not_on_offer_is_refused() {
    let settings = [("workflows", r#"[{ "id": "1" }]"#), ("site", "org")];
    let failure = make(ProviderId::Coze, &settings, &[("token", "fixture-token")]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidInput);
}

#[test]
fn keys_travel_in_the_clear_on_this_machine_only() {
    for allowed in [
        "https://gateway.example/api",
        "http://127.0.0.1:4010/momoget",
        "http://localhost:1",
        "http://[::1]:1",
    ] {
        assert!(momoget(allowed).is_ok(), "{allowed}");
        assert_eq!(check_base_url(allowed), Ok(()));
    }
    for refused in [
        "http://gateway.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "gateway.example",
        "https://user@gateway.example",
        "https://:pass@gateway.example",
        "https://gateway.example/?key=1",
        "https://gateway.example/#x",
        "https://",
    ] {
        let failure = momoget(refused).map(|account| account.base_url).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidInput, "{refused}");
        let fault = check_base_url(refused).unwrap_err();
        assert_eq!((fault.field.as_str(), fault.kind), ("base_url", FaultKind::NotAnAddress));
    }
}
