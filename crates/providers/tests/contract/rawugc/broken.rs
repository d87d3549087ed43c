//! Answers that RawUGC should never give: no call panics, and none takes them for what was promised.

use proptest::prelude::*;
use serde_json::{Value, json};
use shiwen_core::{Charged, Failure, FailureKind, Items, Output, Verb};
use shiwen_http::Response;
use shiwen_providers::{Created, Followed, RawUgc, Service};

use super::{OPERATIONS, action, created, followed};
use crate::support::{EMPTY, NOW, answer, fixture, fixtures};

/// Everything that reads an answer about a collection, and the upload.
fn all_called(response: &Response) -> Vec<(Verb, Result<Items, Failure>)> {
    let calls = RawUgc.collections().iter().flat_map(|of| {
        of.calls.iter().map(|call| {
            let action = action(&of.name, call.verb, &EMPTY);
            (call.verb, RawUgc.read_called(&action, response, NOW))
        })
    });
    calls.collect()
}

const STATUSES: [(u16, FailureKind); 5] = [
    (200, FailureKind::MalformedResponse),
    (302, FailureKind::MalformedResponse),
    (404, FailureKind::NotFound),
    (413, FailureKind::InvalidInput),
    (502, FailureKind::ProviderInternal),
];

#[test]
fn a_page_is_no_answer_to_any_call() {
    for (status, kind) in STATUSES {
        let response = answer(status, "<!doctype html><title>not_found</title>");
        for (verb, called) in all_called(&response) {
            let failure = called.unwrap_err();
            assert_eq!(failure.kind, kind, "{status} {verb}");
            let may_have_been_done = matches!(verb, Verb::Create | Verb::Publish) && status != 413;
            assert_eq!(failure.charged == Charged::Unknown, may_have_been_done, "{status} {verb}");
        }
        assert_eq!(RawUgc.read_uploaded(&response, NOW).unwrap_err().kind, kind);
    }
}

#[test]
fn what_has_another_shape_is_no_answer_to_a_read() {
    let deep = "[".repeat(100_000);
    for body in ["", "null", "[]", "{}", "7", "{\"videos\":7}", "{\"data\":null}", &deep] {
        for (verb, called) in all_called(&answer(200, body)) {
            let may_be_empty = matches!(
                verb,
                Verb::Update | Verb::Delete | Verb::Refresh | Verb::Reschedule | Verb::Publish
            );
            if may_be_empty {
                continue;
            }
            let failure = called.unwrap_err();
            assert_eq!(failure.kind, FailureKind::MalformedResponse, "{body} {verb}");
        }
        for operation in OPERATIONS {
            let created = created(operation, &answer(201, body));
            assert!(matches!(created, Created::Unknown(_)), "{body}: {created:?}");
        }
    }
}

#[test]
fn a_list_of_nothing_that_can_be_read_is_no_list() {
    let odd = [json!([7, null, "x", {}]), json!([[]]), json!([{ "name": "no id" }])];
    for odd in odd {
        let body = json!({ "personas": odd, "count": 4 }).to_string();
        let called =
            RawUgc.read_called(&action("personas", Verb::List, &EMPTY), &answer(200, body), NOW);
        assert_eq!(called.unwrap_err().kind, FailureKind::MalformedResponse);
    }
    let some = json!({ "personas": [7, { "_id": 12, "name": ["odd"] }], "count": -1 }).to_string();
    let called =
        RawUgc.read_called(&action("personas", Verb::List, &EMPTY), &answer(200, some), NOW);
    let items = called.unwrap();
    assert_eq!(
        (items.items[0].id.as_str(), items.items[0].title.as_str(), items.total),
        ("12", "12", None)
    );
}

#[test]
fn half_an_answer_promises_nothing() {
    for (operation, name) in [
        (OPERATIONS[0], "analyze_ok"),
        (OPERATIONS[1], "video_created_201"),
        (OPERATIONS[4], "video_edit_ok"),
        (OPERATIONS[6], "scrape_ok"),
        (OPERATIONS[7], "content_plan"),
    ] {
        let whole = fixture(&format!("rawugc/{name}"));
        for end in 0..whole.trim_ascii_end().len() {
            let created = created(operation, &answer(200, &whole[..end]));
            assert!(matches!(created, Created::Unknown(_)), "{name} {end}: {created:?}");
        }
    }
}

#[test]
fn a_huge_answer_is_read_to_its_end() {
    let item = json!({ "_id": "x", "name": "名".repeat(1000), "description": "字".repeat(4000) });
    let body = json!({ "personas": vec![item; 400], "count": 1e300 }).to_string();
    let called =
        RawUgc.read_called(&action("personas", Verb::List, &EMPTY), &answer(200, body), NOW);
    let items = called.unwrap();
    assert_eq!((items.items.len(), items.total), (400, Some(u32::MAX)));
}

/// Whatever comes, what is taken for a success holds what was promised.
fn check_promises(response: &Response) {
    for operation in OPERATIONS {
        let done = match created(operation, response) {
            Created::Accepted { remote_id, .. } => {
                assert!(!remote_id.trim().is_empty());
                None
            }
            Created::Done(answer) => answer.output,
            Created::Rejected(_) | Created::Unknown(_) => None,
        };
        let followed = match followed(operation, "vid_fx0002", response) {
            Followed::Succeeded(answer) => answer.output,
            _ => None,
        };
        for output in [done, followed].into_iter().flatten() {
            if let Output::Works { works } = output {
                assert!(!works.is_empty());
                assert!(
                    works
                        .iter()
                        .all(|work| work.url.trim().starts_with("http") && work.version > 0)
                );
            }
        }
    }
    for (_, called) in all_called(response) {
        for item in called.into_iter().flat_map(|items| items.items) {
            assert!(!item.id.trim().is_empty() && !item.title.trim().is_empty());
            let addresses = item.pictures.iter().chain(&item.media_url);
            assert!(addresses.into_iter().all(|url| url.trim().starts_with("http")));
        }
    }
    if let Ok(url) = RawUgc.read_uploaded(response, NOW) {
        assert!(url.starts_with("http"));
    }
    let _ = RawUgc.read_checked(std::slice::from_ref(response), NOW);
    let _ = RawUgc.budget(response, NOW);
}

fn all_fixtures() -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(fixtures().join("rawugc")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn odd_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        "\\PC{0,8}".prop_map(Value::String),
        prop::sample::select(vec![
            json!("completed"),
            json!("https://a.example/x"),
            json!("not_found"),
            json!("1e9")
        ]),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let names = "(id|_id|url|version|video|analysis|stats|name|timestamp|hook)";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            proptest::collection::btree_map(names, inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A leaf of the fixture, by number, replaced.
fn replace_leaf(value: &mut Value, at: &mut usize, with: &Value) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.values_mut().for_each(|value| replace_leaf(value, at, with));
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter_mut().for_each(|value| replace_leaf(value, at, with));
        }
        leaf => {
            if *at == 0 {
                leaf.clone_from(with);
            }
            *at = at.wrapping_sub(1);
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        status in 100_u16..600,
        body in proptest::collection::vec(any::<u8>(), 0..300),
        left in "\\PC{0,24}",
        reset in "(-?[0-9]{0,22}|\\PC{0,6})",
    ) {
        let mut response = answer(status, body);
        response.headers.insert("x-ratelimit-remaining".to_owned(), left);
        response.headers.insert("x-ratelimit-reset".to_owned(), reset);
        check_promises(&response);
    }

    #[test]
    fn a_damaged_answer_holds_what_it_promises(
        status in prop::sample::select(vec![200_u16, 201, 400, 404, 429, 500]),
        whole in prop::sample::select(all_fixtures()),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"\"{}[]:,0-1e n\\\xff".to_vec()),
    ) {
        let mut body = whole;
        let at = at.index(body.len());
        body[at] = byte;
        check_promises(&answer(status, body));
    }

    #[test]
    fn an_odd_value_anywhere_breaks_no_promise(
        whole in prop::sample::select(all_fixtures()),
        leaf in 0_usize..24,
        odd in odd_value(),
    ) {
        let mut body: Value = serde_json::from_slice(&whole).unwrap();
        replace_leaf(&mut body, &mut { leaf }, &odd);
        check_promises(&answer(200, body.to_string()));
    }
}
