//! Jimeng's gateway: orders of every word in both shapes, and tasks that were begun elsewhere.

use std::time::Duration;

use shiwen_core::{
    Entry, FailureKind, Input, Operation, Order, Output, ProviderId, Task, TaskId, TaskState,
    Timestamp, WaitReason, WorkKind,
};
use shiwen_engine::{Engine, EngineError};
use shiwen_sandbox::Options;

use crate::{
    lab::Lab,
    rest::{FREE, MAYBE, RUNS_ON, Rest, check_ledger, rested},
};
use Rest::{Done, Failed, Uncertain, Waits};

const ID: ProviderId = ProviderId::Jimeng;
const CREATE: &str = "jimeng POST /jimeng/submit/videos";
const FETCH: &str = "jimeng GET /jimeng/fetch/{task_id}";

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
    // Each place in which the address was seen.
    ("shallow", Done),
    ("infailreason", Done),
    ("resulturl", Done),
    // The other shape has no place for it.
    ("shapeb", Failed(FailureKind::MalformedResponse, MAYBE)),
    ("empty", Failed(FailureKind::MalformedResponse, MAYBE)),
    ("expired", Done),
    ("htmlmedia", Done),
    ("html-poll", Done),
    ("half-poll", Done),
    ("huge-poll", Done),
    ("e503-poll", Done),
    ("drop-poll", Done),
    ("trouble-poll", Done),
    ("fail", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("gone", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("badkey", Failed(FailureKind::Unauthorized, FREE)),
    ("quota", Failed(FailureKind::QuotaExhausted, FREE)),
    ("member", Failed(FailureKind::MembershipRequired, FREE)),
    ("badlink", Failed(FailureKind::InvalidInput, FREE)),
    ("blocked", Failed(FailureKind::InvalidInput, FREE)),
    // Without a channel nothing is started, though the service calls it its own fault.
    ("unsupported", Failed(FailureKind::ProviderInternal, FREE)),
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

/// Each of these needs an account of its own, since it holds up the others.
const ALONE: &[(&str, Rest)] = &[
    // "60 in a minute": a minute at every pace.
    ("rate", Waits(TaskState::Queued, Some(WaitReason::Rate))),
    ("badkey-poll", Waits(TaskState::Running, Some(WaitReason::Key))),
    ("stalled", RUNS_ON),
    ("not-yours", RUNS_ON),
    // Success without data proves nothing about the task.
    ("nodata", RUNS_ON),
];

async fn lab() -> Lab {
    let wish = Options { pace: 0.01, ..Options::default() };
    let fields = [("api_key", true, "sk_sandbox_jm"), ("submit", false, "on")];
    Lab::new(wish, ID, "/jimeng-gateway", &fields).await
}

fn ask(engine: &Engine, word: &str) -> TaskId {
    let prompt = Entry::Text(format!("sb-{word} 一只纸船漂过清晨的运河"));
    let input = Input::from([("prompt".to_owned(), prompt)]);
    let order = Order { provider: ID, operation: Operation::GenerateVideo, input, parent: None };
    engine.order(&order).unwrap()
}

fn follow(engine: &Engine, id: &str) -> TaskId {
    engine.follow_remote(ID, Operation::GenerateVideo, id).unwrap()
}

/// A finished task has one video, whose address says how long it is good.
fn check_work(engine: &Engine, task: &Task, about: &str) {
    let output = engine.store().detail(task.id).unwrap().output;
    if task.state != TaskState::Succeeded {
        assert_eq!((output, task.works.len()), (None, 0), "{about}");
        return;
    }
    assert_eq!(output, Some(Output::Works { works: task.works.clone() }), "{about}");
    let [work] = &task.works[..] else { panic!("{about}: {:?}", task.works) };
    assert_eq!(work.kind, WorkKind::Video, "{about}");
    assert!(work.url.contains("/media/video/"), "{about}: {}", work.url);
    let left = work.expires_at.unwrap().since(task.ended_at.unwrap());
    assert!(left > Duration::from_secs(86_000), "{about}: {left:?}");
}

async fn check(table: &[(&'static str, Rest)]) {
    let lab = lab().await;
    let engine = lab.engine.clone();
    let orders: Vec<_> =
        table.iter().map(|(word, rest)| (ask(&engine, word), *word, *rest)).collect();
    for (id, word, rest) in &orders {
        let task = rested(&engine, *id, *rest, word).await;
        // Full twice and then accepted.
        check_ledger(&engine, &task, *rest, if *word == "concurrency" { 3 } else { 1 }, word);
        check_work(&engine, &task, word);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    if table.iter().any(|(_, rest)| *rest == RUNS_ON) {
        lab.asked(FETCH, 5).await;
    }
    for (id, word, rest) in &orders {
        let task = engine.store().task(*id).unwrap();
        assert!(rest.is(&task), "{word}: {:?}", task.state);
    }
    // Each gateway has its own prices, and none is known.
    assert_eq!(engine.store().spent_since(ID, Timestamp(0)).unwrap(), 0);
    let attempts: usize =
        orders.iter().map(|(id, ..)| engine.store().detail(*id).unwrap().attempts.len()).sum();
    let calls = lab.close().await;
    assert_eq!(calls.routes[CREATE], attempts as u64);
    assert!(calls.accepted_by_link.values().all(|count| *count == 1), "{calls:?}");
}

#[tokio::test]
async fn orders_come_to_rest_as_documented() {
    check(WORDS).await;
}

#[tokio::test]
async fn orders_that_hold_up_others_come_to_rest_as_documented() {
    let mut checks = tokio::task::JoinSet::new();
    for row in ALONE {
        checks.spawn(check(std::slice::from_ref(row)));
    }
    while let Some(checked) = checks.join_next().await {
        checked.unwrap();
    }
}

#[tokio::test]
async fn a_task_from_elsewhere_is_followed_to_its_end_without_an_order() {
    let lab = lab().await;
    let engine = &lab.engine;
    for (word, rest) in [
        ("paper-boat", Done),
        ("sb-late", Done),
        ("sb-slow", Done),
        ("sb-shallow", Done),
        ("sb-infailreason", Done),
        ("sb-resulturl", Done),
        ("sb-expired", Done),
        ("sb-shapeb", Failed(FailureKind::MalformedResponse, MAYBE)),
        ("sb-empty", Failed(FailureKind::MalformedResponse, MAYBE)),
        ("sb-fail", Failed(FailureKind::ProviderInternal, MAYBE)),
        ("sb-nodata", RUNS_ON),
        ("sb-not-yours", RUNS_ON),
    ] {
        let remote = format!("cgt-sandbox-{word}");
        let id = follow(engine, &format!(" {remote}\n"));
        let task = rested(engine, id, rest, word).await;
        assert_eq!(task.remote_id.as_deref(), Some(remote.as_str()));
        check_work(engine, &task, word);
        // It stands in the ledger, so that its number is known; no call of ours made it.
        check_ledger(engine, &task, rest, 1, word);
        // The same number is the same task.
        assert_eq!(follow(engine, &remote), id);
    }
    assert_eq!(engine.store().spent_since(ID, Timestamp(0)).unwrap(), 0);
    let calls = lab.close().await;
    assert!(!calls.routes.contains_key(CREATE) && calls.creates.is_empty(), "{calls:?}");
}

#[tokio::test]
async fn an_order_that_is_followed_by_its_number_as_well_stays_one_task() {
    let lab = lab().await;
    let id = ask(&lab.engine, "slow");
    let running = |task: &Task| task.remote_id.is_some();
    let task = crate::rest::until(&lab.engine, id, running, "slow").await;
    assert_eq!(follow(&lab.engine, task.remote_id.as_deref().unwrap()), id);
    let task = rested(&lab.engine, id, Done, "slow").await;
    check_ledger(&lab.engine, &task, Done, 1, "slow");
    assert_eq!(lab.close().await.routes[CREATE], 1);
}

/// A new task may be late for 15 seconds, which no pace shortens.
#[tokio::test]
async fn a_task_that_the_gateway_does_not_know_ends_after_a_quarter_of_a_minute_and_not_before() {
    let lab = lab().await;
    let ids = [ask(&lab.engine, "unknown-task"), follow(&lab.engine, "cgt-20260101000000-nobody")];
    lab.asked(FETCH, 6).await;
    for id in ids {
        assert!(RUNS_ON.is(&lab.engine.store().task(id).unwrap()));
    }
    lab.wait(15);
    for id in ids {
        rested(&lab.engine, id, Failed(FailureKind::NotFound, MAYBE), "unknown").await;
    }
    assert_eq!(lab.close().await.routes[CREATE], 1);
}

#[tokio::test]
async fn a_gateway_that_takes_no_orders_is_asked_for_none() {
    let wish = Options { pace: 0.01, ..Options::default() };
    let lab = Lab::new(wish, ID, "/jimeng-gateway", &[("api_key", true, "sk_sandbox_jm")]).await;
    let id = ask(&lab.engine, "ok");
    let task = rested(&lab.engine, id, Failed(FailureKind::InvalidInput, FREE), "off").await;
    assert_eq!(task.failure.unwrap().code.as_deref(), Some(shiwen_providers::SUBMIT_OFF));
    let nothing = lab.engine.follow_remote(ID, Operation::Transcribe, "cgt-sandbox-paper-boat");
    assert!(matches!(nothing, Err(EngineError::NotOffered(ID))), "{nothing:?}");
    assert!(lab.close().await.routes.is_empty());
}

#[tokio::test]
async fn a_finished_video_can_be_asked_for_again_for_a_new_address() {
    let lab = lab().await;
    let id = follow(&lab.engine, "cgt-sandbox-paper-boat");
    let before = rested(&lab.engine, id, Done, "first").await;
    let after = lab.engine.refresh(id).await.unwrap();
    assert_eq!((after.state, after.works.len()), (TaskState::Succeeded, 1));
    assert!(after.found.learned_at >= before.found.learned_at);
    assert!(lab.close().await.creates.is_empty());
}
