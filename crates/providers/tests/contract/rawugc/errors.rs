//! Every documented slug against its kind, for creates, for jobs and for calls about a collection.

use std::time::Duration;

use shiwen_core::{Charged, FailureKind, Items, Operation, Verb};
use shiwen_http::Response;
use shiwen_providers::{Asked, Created, Followed, RawUgc, Service, Step};

use super::{OPERATIONS, action, created, followed};
use crate::support::{EMPTY, NOW, answer};

/// HTTP status, slug, kind: the table of the contract.
const SLUGS: [(u16, &str, FailureKind); 11] = [
    (400, "validation_error", FailureKind::InvalidInput),
    (401, "authentication_error", FailureKind::Unauthorized),
    (401, "empty_api_key", FailureKind::Unauthorized),
    (401, "invalid_api_key", FailureKind::Unauthorized),
    (401, "missing_authentication", FailureKind::Unauthorized),
    (401, "verification_failed", FailureKind::Unauthorized),
    (402, "insufficient_credits", FailureKind::QuotaExhausted),
    (403, "insufficient_scope", FailureKind::Forbidden),
    (404, "not_found", FailureKind::NotFound),
    (429, "rate_limit_exceeded", FailureKind::RateLimited),
    (500, "internal_error", FailureKind::ProviderInternal),
];

fn problem(status: u16, slug: &str) -> Response {
    let body = serde_json::json!({
        "type": format!("https://api.rawugc.com/errors/{slug}"),
        "title": "Words", "status": status, "instance": "/api/v1/x#req_1",
    });
    answer(status, body.to_string())
}

#[test]
fn a_slug_means_the_same_to_every_create() {
    for (status, slug, kind) in SLUGS {
        for operation in OPERATIONS {
            let (failure, charged) = match created(operation, &problem(status, slug)) {
                Created::Rejected(failure) => (failure, Charged::No),
                Created::Unknown(failure) => (failure, Charged::Unknown),
                created => panic!("{slug}: {created:?}"),
            };
            // Only its own fault can come after the work had begun.
            let doubtful = kind == FailureKind::ProviderInternal;
            assert_eq!(charged == Charged::Unknown, doubtful, "{slug}");
            assert_eq!((failure.kind, failure.charged), (kind, charged), "{slug}");
            assert_eq!(failure.code.as_deref(), Some(slug));
            assert_eq!(failure.trace_id.as_deref(), Some("/api/v1/x#req_1"));
        }
    }
}

#[test]
fn a_slug_ends_a_job_only_where_the_job_is_unknown() {
    for (status, slug, kind) in SLUGS {
        for operation in OPERATIONS {
            let failure = match (kind, followed(operation, "v", &problem(status, slug))) {
                (FailureKind::NotFound, Followed::Failed(failure))
                | (FailureKind::Unauthorized, Followed::KeyRefused(failure)) => failure,
                (FailureKind::NotFound | FailureKind::Unauthorized, followed) => {
                    panic!("{slug}: {followed:?}")
                }
                (_, Followed::AskAgain(failure)) => failure,
                (_, followed) => panic!("{slug}: {followed:?}"),
            };
            assert_eq!((failure.kind, failure.charged), (kind, Charged::Unknown), "{slug}");
        }
    }
}

#[test]
fn a_job_that_is_unknown_right_after_its_create_may_be_late() {
    let asked = Asked {
        operation: Operation::GenerateVideo,
        remote_id: "v",
        step: Step::Status,
        urls: &[],
        input: &EMPTY,
    };
    let response = problem(404, "not_found");
    let early = RawUgc.read_followed(&asked, &response, Duration::from_secs(12), NOW);
    assert!(matches!(early, Followed::AskAgain(_)), "{early:?}");
    let late = RawUgc.read_followed(&asked, &response, Duration::from_secs(31), NOW);
    assert!(matches!(late, Followed::Failed(_)), "{late:?}");
}

#[test]
fn a_slug_means_the_same_to_every_call() {
    for (status, slug, kind) in SLUGS {
        for collection in RawUgc.collections() {
            for call in &collection.calls {
                let action = action(&collection.name, call.verb, &EMPTY);
                let called = RawUgc.read_called(&action, &problem(status, slug), NOW);
                if call.verb == Verb::Delete && kind == FailureKind::NotFound {
                    assert_eq!(called, Ok(Items { total: Some(0), ..Items::default() }));
                    continue;
                }
                let failure = called.unwrap_err();
                assert_eq!(failure.kind, kind, "{slug}");
                // Making and publishing may not be done again by itself.
                let spends = matches!(call.verb, Verb::Create | Verb::Publish);
                let doubtful = spends && kind == FailureKind::ProviderInternal;
                let charged = if doubtful { Charged::Unknown } else { Charged::No };
                assert_eq!(failure.charged, charged, "{slug} {}", call.verb);
            }
        }
        let failure = RawUgc.read_uploaded(&problem(status, slug), NOW).unwrap_err();
        assert_eq!(failure.kind, kind, "{slug}");
    }
}

#[test]
fn a_missing_page_is_no_proof_that_something_is_deleted() {
    let page = answer(404, "<html>not found</html>");
    let failure = RawUgc.read_called(&action("personas", Verb::Delete, &EMPTY), &page, NOW);
    assert_eq!(failure.unwrap_err().kind, FailureKind::NotFound);
}

#[test]
fn a_change_is_done_with_or_without_words() {
    for body in ["", "{}", "null", "[]", "\"ok\"", "done", r#"{"success":true}"#] {
        for (collection, verb) in
            [("personas", Verb::Update), ("styles", Verb::Delete), ("accounts", Verb::Refresh)]
        {
            let called =
                RawUgc.read_called(&action(collection, verb, &EMPTY), &answer(204, body), NOW);
            assert_eq!(called, Ok(Items::default()), "{body}");
        }
    }
    let changed = answer(200, r#"{"_id":"per_1","name":"Neu"}"#);
    let called = RawUgc.read_called(&action("personas", Verb::Update, &EMPTY), &changed, NOW);
    assert_eq!(called.unwrap().items[0].title, "Neu");
}

#[test]
fn what_says_that_nothing_was_done_is_no_success() {
    for body in [r#"{"success":false}"#, "<!doctype html><title>log in</title>"] {
        let called =
            RawUgc.read_called(&action("posts", Verb::Delete, &EMPTY), &answer(200, body), NOW);
        assert_eq!(called.unwrap_err().kind, FailureKind::MalformedResponse, "{body}");
    }
}

#[test]
fn a_job_fails_by_the_users_fault_where_its_words_say_so() {
    for (words, kind) in [
        ("Prompt rejected by content policy", FailureKind::InvalidInput),
        ("Invalid image", FailureKind::InvalidInput),
        ("upstream is busy", FailureKind::ProviderInternal),
    ] {
        let body = serde_json::json!({ "videoId": "v", "status": "FAILED", "failMessage": words });
        let Followed::Failed(failure) =
            followed(Operation::GenerateVideo, "v", &answer(200, body.to_string()))
        else {
            panic!("{words}")
        };
        assert_eq!((failure.kind, failure.message.as_deref()), (kind, Some(words)));
    }
}
