//! What the tests of all services share: accounts with invented keys, answers out of fixtures.

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use serde_json::Value;
use shiwen_core::{Entry, Input, Operation, ProviderId, Timestamp};
use shiwen_http::Response;
use shiwen_providers::{Account, Asked, Job, Service, Step, service};
use shiwen_secrets::Secret;

pub(crate) const NOW: Timestamp = Timestamp(1_770_091_600_000);
pub(crate) const USER_ID: &str = "11111111-2222-4333-8444-555555555555";

pub(crate) const TRANSCRIPT_WORKFLOW: &str = "7000000000000000202";
pub(crate) const WORKFLOWS: &str = r#"[
    { "name": "文案", "id": "7000000000000000202", "gives": "transcript" },
    { "name": "信息", "id": "7000000000000000101", "gives": "info" }
]"#;

/// A form that was left empty.
pub(crate) static EMPTY: Input = Input::new();

pub(crate) const TRANSCRIBE: Job<'static> = Job {
    operation: Operation::Transcribe,
    urls: &["https://v.douyin.com/fixture01/"],
    share_text: "看看 https://v.douyin.com/fixture01/",
    target_language: None,
    input: &EMPTY,
};

pub(crate) const RESOLVE: Job<'static> = Job { operation: Operation::Resolve, ..TRANSCRIBE };

/// A question about a task that was made of `TRANSCRIBE`.
pub(crate) fn asked(remote_id: &str, step: Step) -> Asked<'_> {
    Asked {
        operation: Operation::Transcribe,
        remote_id,
        step,
        urls: TRANSCRIBE.urls,
        input: &EMPTY,
    }
}

/// Something that the service does.
pub(crate) fn order(service: &dyn Service) -> Job<'static> {
    let operations = service.card().operations;
    let of_link = operations.iter().find(|operation| operation.takes_link());
    match of_link {
        Some(operation) => Job { operation: *operation, ..TRANSCRIBE },
        None => Job { operation: operations[0], ..video_order(&BOAT) },
    }
}

/// An order of a video, which has no link.
pub(crate) fn video_order(input: &Input) -> Job<'_> {
    Job {
        operation: Operation::GenerateVideo,
        urls: &[],
        share_text: "",
        target_language: None,
        input,
    }
}

pub(crate) static BOAT: LazyLock<Input> =
    LazyLock::new(|| filled(&[("prompt", "a paper boat on a pond, slow pan")]));

/// A form with these texts.
pub(crate) fn filled(entries: &[(&str, &str)]) -> Input {
    let entry = |(name, text): &(&str, &str)| ((*name).to_owned(), Entry::Text((*text).to_owned()));
    entries.iter().map(entry).collect()
}

pub(crate) fn of(id: ProviderId) -> &'static dyn Service {
    service(id).unwrap()
}

/// A complete account: every secret is `fixture-<field>`, except where a fixture names it.
pub(crate) fn account(id: ProviderId, settings: &[(&str, &str)]) -> Account {
    let card = of(id).card();
    let secret = |name: &str| match name {
        "user_id" => Secret::new(USER_ID),
        name => Secret::new(format!("fixture-{name}")),
    };
    let secrets = card.fields.iter().filter(|field| field.secret);
    let secrets = secrets.map(|field| (field.name.to_owned(), secret(field.name))).collect();
    let mut values = BTreeMap::new();
    let usual: &[(&str, &str)] = match id {
        ProviderId::Coze => &[("workflows", WORKFLOWS)],
        ProviderId::Jimeng => &[("base_url", "https://gateway.example.com/x"), ("submit", "on")],
        _ => &[],
    };
    values.extend(usual.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    values.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Account::new(card, values, secrets).unwrap()
}

pub(crate) fn answer(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response { status, headers: BTreeMap::new(), body: body.into() }
}

pub(crate) fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(format!("{name}.json"))).unwrap()
}

pub(crate) fn fixture_value(name: &str) -> Value {
    serde_json::from_slice(&fixture(name)).unwrap()
}
