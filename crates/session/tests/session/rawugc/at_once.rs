//! Analyses, edits, searches and plans: the create call answers with the result.

use shiwen_core::FailureKind;

use super::{ANALYZE, Asked, CAPTIONS, OVERLAY, PLAN, SCRAPE, check};
use crate::rest::{FREE, Rest};
use Rest::{Done, Failed, Uncertain};

const WORDS: &[(&str, Rest)] = &[
    ("ok", Done),
    ("slow", Done),
    ("long", Done),
    ("trimmed", Done),
    ("interrupted", Done),
    ("badstatus", Done),
    ("late", Done),
    ("concurrency", Done),
    ("rate-unclear", Done),
    ("blocked", Done),
    // There is nothing to ask after.
    ("html-poll", Done),
    ("badkey-poll", Done),
    ("trouble-poll", Done),
    ("unknown-task", Done),
    ("not-yours", Done),
    ("expired", Done),
    // Its words come with 400: nothing was started.
    ("gone", Failed(FailureKind::InvalidInput, FREE)),
    ("badkey", Failed(FailureKind::Unauthorized, FREE)),
    ("quota", Failed(FailureKind::QuotaExhausted, FREE)),
    ("member", Failed(FailureKind::Forbidden, FREE)),
    ("unsupported", Failed(FailureKind::InvalidInput, FREE)),
    ("badlink", Failed(FailureKind::InvalidInput, FREE)),
    // A failure within the call may have come after the work.
    ("fail", Uncertain),
    ("stalled", Uncertain),
    ("trouble", Uncertain),
    ("html", Uncertain),
    ("half", Uncertain),
    ("huge", Uncertain),
    ("e500", Uncertain),
    ("e502", Uncertain),
    ("e503", Uncertain),
    ("drop-before", Uncertain),
    ("drop-during", Uncertain),
    ("drop-after", Uncertain),
    ("drop-answer", Uncertain),
];

async fn check_all(asked: Asked, empty: Rest) {
    let table: Vec<_> = WORDS.iter().copied().chain([("empty", empty)]).collect();
    tokio::join!(check(asked, &table), check(asked, &[("rate", Done)]));
}

/// An analysis that says nothing at all is none, and may have been paid for.
#[tokio::test]
async fn analyses_come_to_rest_as_documented() {
    check_all(ANALYZE, Uncertain).await;
}

#[tokio::test]
async fn captions_come_to_rest_as_documented() {
    check_all(CAPTIONS, Done).await;
}

#[tokio::test]
async fn overlays_come_to_rest_as_documented() {
    check_all(OVERLAY, Done).await;
}

#[tokio::test]
async fn searches_come_to_rest_as_documented() {
    check_all(SCRAPE, Done).await;
}

#[tokio::test]
async fn plans_come_to_rest_as_documented() {
    check_all(PLAN, Done).await;
}
