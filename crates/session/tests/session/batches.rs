//! Momoget's batches: five links in one create call, and what becomes of each.

use std::{collections::HashSet, time::Duration};

use shiwen_core::{
    CancelCause, Entry, FailureKind, Input, Operation, Outcome, ProviderId, Submission, TaskId,
    TaskState, Timestamp,
};
use shiwen_providers::Job;
use shiwen_sandbox::{Knob, Options};

use crate::{
    lab::Lab,
    rest::{FREE, MAYBE, Rest, check_ledger, rested},
};
use Rest::{Done, Failed, Uncertain};

const ID: ProviderId = ProviderId::Momoget;
const USER: &str = "5a4d0b0c-0000-4000-8000-000000000001";
const CREATE: &str = "momoget POST /coze/transcribe";

async fn lab() -> Lab {
    let wish = Options { pace: 0.01, ..Options::default() };
    Lab::new(wish, ID, "/momoget/api/v1", &[("user_id", true, USER)]).await
}

fn links(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| format!("https://v.douyin.com/{code}/")).collect()
}

/// Five links; the middle one has a word.
fn five(word: &str) -> Vec<String> {
    let middle = format!("sb-{word}");
    let others = [1, 2, 4, 5].map(|number| format!("{word}-plain-{number}"));
    links(&[&others[0], &others[1], &middle, &others[2], &others[3]])
}

fn submit(lab: &Lab, urls: &[String]) -> Vec<TaskId> {
    let submission = Submission {
        share_text: urls.join(" 看看 "),
        urls: urls.to_vec(),
        again: Vec::new(),
        provider: ID,
        operation: Operation::Transcribe,
        target_language: None,
        input: Input::new(),
        together: true,
        then: Vec::new(),
    };
    lab.engine.create_tasks(&submission).unwrap()
}

async fn all(lab: &Lab, ids: &[TaskId], rest: Rest, about: &str) {
    for id in ids {
        let task = rested(&lab.engine, *id, rest, about).await;
        check_ledger(&lab.engine, &task, rest, 1, about);
    }
}

/// Refused or lost by the service the next create call is, whatever its links say.
fn turn(lab: &Lab, failure: &str) {
    let knob = Knob {
        service: "momoget".to_owned(),
        route: Some("POST /coze/transcribe".to_owned()),
        failure: Some(failure.to_owned()),
        times: Some(1),
        ..Knob::default()
    };
    lab.sandbox.turn(knob).unwrap();
}

/// What somebody finds in the service's console: the number of a task with these links.
async fn number_of(lab: &Lab, urls: &[String]) -> String {
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let job = Job {
        operation: Operation::Transcribe,
        urls: &urls,
        share_text: "",
        target_language: None,
        input: &Input::new(),
    };
    lab.create_elsewhere(&job).await["task_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_of_five_fails_and_the_others_get_their_own_text() {
    let lab = lab().await;
    let alone = submit(&lab, &links(&["first"]));
    all(&lab, &alone, Done, "alone").await;
    let ids = submit(&lab, &five("gone"));
    let store = lab.engine.store().clone();
    let (failed, others) = (ids[2], [ids[0], ids[1], ids[3], ids[4]]);
    all(&lab, &others, Done, "batch").await;
    all(&lab, &[failed], Failed(FailureKind::ProviderInternal, MAYBE), "batch").await;
    let texts: HashSet<_> =
        others.iter().map(|id| store.detail(*id).unwrap().transcripts[0].text.clone()).collect();
    assert_eq!(texts.len(), 4);
    assert!(others.iter().all(|id| store.task(*id).unwrap().found.title.is_some()));
    let mut together = store.detail(failed).unwrap().batch;
    together.sort();
    assert_eq!(together, others);
    // What the service says is left before and after tells what the call took.
    assert_eq!(store.provider(ID).unwrap().allowance.unwrap().left, Some(194));
    assert_eq!(store.spent_since(ID, Timestamp(0)).unwrap(), 6);
    assert_eq!(lab.close().await.routes[CREATE], 2);
}

#[tokio::test]
async fn the_failed_one_is_tried_again_by_itself() {
    let lab = lab().await;
    let urls = five("fail");
    let ids = submit(&lab, &urls);
    let failed = Failed(FailureKind::ProviderInternal, MAYBE);
    rested(&lab.engine, ids[4], Done, "batch").await;
    rested(&lab.engine, ids[2], failed, "batch").await;
    lab.engine.retry(ids[2]).unwrap();
    let twice = |task: &shiwen_core::Task| {
        failed.is(task) && lab.engine.store().detail(task.id).unwrap().attempts.len() == 2
    };
    let task = crate::rest::until(&lab.engine, ids[2], twice, "again").await;
    assert_eq!(task.batch, None);
    for id in [ids[0], ids[1], ids[3], ids[4]] {
        assert_eq!(lab.engine.store().detail(id).unwrap().attempts.len(), 1);
    }
    let calls = lab.close().await;
    let counts = urls.iter().map(|url| calls.creates_by_link[url]).collect::<Vec<_>>();
    assert_eq!((calls.routes[CREATE], counts), (2, vec![1, 1, 2, 1, 1]));
}

#[tokio::test]
async fn when_all_fail_each_says_so() {
    let lab = lab().await;
    let ids = submit(&lab, &links(&["sb-fail", "sb-fail-2", "sb-gone", "sb-gone-2", "sb-fail-3"]));
    all(&lab, &ids, Failed(FailureKind::ProviderInternal, MAYBE), "all").await;
    let words: Vec<_> = ids
        .iter()
        .map(|id| lab.engine.store().task(*id).unwrap().failure.unwrap().message)
        .collect();
    assert!(words.iter().all(Option::is_some), "{words:?}");
    assert_eq!(lab.close().await.routes[CREATE], 1);
}

#[tokio::test]
async fn a_refusal_of_one_link_refuses_all_and_costs_nothing() {
    let lab = lab().await;
    let words = [
        ("badlink", FailureKind::InvalidInput),
        ("unsupported", FailureKind::UnsupportedPlatform),
        ("quota", FailureKind::QuotaExhausted),
        ("badkey", FailureKind::Unauthorized),
    ];
    for (word, kind) in words {
        all(&lab, &submit(&lab, &five(word)), Failed(kind, FREE), word).await;
    }
    assert_eq!(lab.engine.store().spent_since(ID, Timestamp(0)).unwrap(), 0);
    let calls = lab.close().await;
    assert_eq!((calls.routes[CREATE], calls.accepted_by_link.len()), (4, 0));
}

#[tokio::test]
async fn a_call_of_unknown_outcome_leaves_all_five_to_the_user() {
    let lab = lab().await;
    let words = [
        "drop-after",
        "drop-answer",
        "drop-before",
        "drop-during",
        "e500",
        "e502",
        "e503",
        "half",
        "html",
        "huge",
    ];
    let batches = words.map(|word| (word, submit(&lab, &five(word))));
    for (word, ids) in &batches {
        all(&lab, ids, Uncertain, word).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    for (word, ids) in &batches {
        all(&lab, ids, Uncertain, word).await;
    }
    let calls = lab.close().await;
    assert_eq!(calls.routes[CREATE], words.len() as u64);
    assert!(calls.creates_by_link.values().all(|count| *count == 1), "{calls:?}");
}

#[tokio::test]
async fn the_number_that_the_user_found_brings_back_all_five() {
    let lab = lab().await;
    turn(&lab, "drop-after");
    let urls = links(&["batch-a1", "batch-a2", "batch-a3", "batch-a4", "batch-a5"]);
    let ids = submit(&lab, &urls);
    all(&lab, &ids, Uncertain, "lost").await;
    let number = number_of(&lab, &urls).await;
    lab.engine.adopt(ids[3], &format!("  {number} ")).unwrap();
    for id in &ids {
        let task = rested(&lab.engine, *id, Done, "adopted").await;
        assert_eq!(task.remote_id.as_deref(), Some(number.as_str()));
        let attempts = lab.engine.store().detail(*id).unwrap().attempts;
        assert_eq!((attempts.len(), attempts[0].outcome), (1, Some(Outcome::Unknown)));
    }
    // The one that was lost, and the one that stands for the console.
    assert_eq!(lab.close().await.routes[CREATE], 2);
}

#[tokio::test]
async fn a_number_that_the_service_does_not_know_leaves_them_as_uncertain_as_before() {
    let lab = lab().await;
    turn(&lab, "e502");
    let ids = submit(&lab, &links(&["batch-n1", "batch-n2", "batch-n3"]));
    all(&lab, &ids, Uncertain, "lost").await;
    lab.engine.adopt(ids[0], "0a0b0c0d-0000-4000-8000-000000000009").unwrap();
    let disowned = |task: &shiwen_core::Task| {
        Uncertain.is(task) && task.failure.as_ref().unwrap().kind == FailureKind::NotFound
    };
    for id in &ids {
        crate::rest::until(&lab.engine, *id, disowned, "disowned").await;
    }
    assert_eq!(lab.close().await.routes[CREATE], 1);
}

#[tokio::test]
async fn one_is_given_up_another_sent_again_and_the_rest_stay_as_they_are() {
    let lab = lab().await;
    turn(&lab, "half");
    let urls = links(&["batch-r1", "batch-r2", "batch-r3", "batch-r4", "batch-r5"]);
    let ids = submit(&lab, &urls);
    all(&lab, &ids, Uncertain, "lost").await;
    let store = lab.engine.store().clone();
    store.give_up(ids[0], Timestamp::now()).unwrap();
    store.resend(ids[1]).unwrap();
    let task = rested(&lab.engine, ids[1], Done, "sent again").await;
    assert_eq!(task.batch, None);
    let given_up = store.task(ids[0]).unwrap();
    assert_eq!(
        (given_up.state, given_up.cancel_cause),
        (TaskState::Cancelled, Some(CancelCause::GaveUp))
    );
    all(&lab, &ids[2..], Uncertain, "left alone").await;
    let calls = lab.close().await;
    let counts = urls.iter().map(|url| calls.creates_by_link[url]).collect::<Vec<_>>();
    assert_eq!((calls.routes[CREATE], counts), (2, vec![1, 2, 1, 1, 1]));
}

#[tokio::test]
async fn a_full_service_sends_the_whole_batch_back_and_takes_it_whole_later() {
    let lab = lab().await;
    turn(&lab, "rate");
    let ids = submit(&lab, &links(&["batch-w1", "batch-w2", "batch-w3", "batch-w4", "batch-w5"]));
    for id in &ids {
        let task = rested(&lab.engine, *id, Done, "later").await;
        check_ledger(&lab.engine, &task, Done, 2, "later");
    }
    assert_eq!(lab.close().await.routes[CREATE], 2);
}

#[tokio::test]
async fn six_links_are_a_batch_of_five_and_one_alone() {
    let lab = lab().await;
    let ids = submit(
        &lab,
        &links(&["batch-s1", "batch-s2", "batch-s3", "batch-s4", "batch-s5", "batch-s6"]),
    );
    all(&lab, &ids, Done, "six").await;
    let with = |id: TaskId| lab.engine.store().detail(id).unwrap().batch.len();
    assert_eq!((with(ids[0]), with(ids[5])), (4, 0));
    assert_eq!(lab.close().await.routes[CREATE], 2);
}

#[tokio::test]
async fn a_field_that_momoget_does_not_have_is_refused_before_anything_is_sent() {
    let lab = lab().await;
    let submission = Submission {
        share_text: "https://v.douyin.com/batch-x1/".to_owned(),
        urls: links(&["batch-x1"]),
        again: Vec::new(),
        provider: ID,
        operation: Operation::Transcribe,
        target_language: None,
        input: Input::from([("workflow".to_owned(), Entry::Text("1".to_owned()))]),
        together: true,
        then: Vec::new(),
    };
    assert!(lab.engine.create_tasks(&submission).is_err());
    assert!(lab.close().await.routes.is_empty());
}
