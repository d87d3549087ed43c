//! Videos, pictures and music: accepted at once, followed to their end.

use shiwen_core::{Allowance, FailureKind, TaskState, Timestamp, Unit, WaitReason};

use shiwen_providers::Job;
use shiwen_sandbox::Options;

use super::{Asked, Ground, ID, IMAGE, MUSIC, VIDEO, ask, check, input, lab, text, with};
use crate::rest::{FREE, MAYBE, RUNS_ON, Rest, check_ledger, rested};
use Rest::{Absent, Done, Failed, Found, Waits};

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
    ("html-poll", Done),
    ("half-poll", Done),
    ("huge-poll", Done),
    ("e503-poll", Done),
    ("drop-poll", Done),
    ("trouble-poll", Done),
    ("expired", Done),
    ("htmlmedia", Done),
    ("fail", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("gone", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("empty", Failed(FailureKind::MalformedResponse, MAYBE)),
    ("badkey", Failed(FailureKind::Unauthorized, FREE)),
    ("quota", Failed(FailureKind::QuotaExhausted, FREE)),
    ("member", Failed(FailureKind::Forbidden, FREE)),
    ("unsupported", Failed(FailureKind::InvalidInput, FREE)),
    ("badlink", Failed(FailureKind::InvalidInput, FREE)),
    ("trouble", Absent),
    ("html", Absent),
    ("half", Found),
    ("huge", Found),
    ("e500", Absent),
    ("e502", Absent),
    ("e503", Absent),
    ("drop-before", Absent),
    ("drop-during", Absent),
    ("drop-after", Found),
    ("drop-answer", Found),
];

/// Each of these needs an account of its own, since it holds up the others.
const ALONE: &[(&str, Rest)] = &[
    ("rate", Done),
    ("stalled", RUNS_ON),
    ("not-yours", RUNS_ON),
    ("badkey-poll", Waits(TaskState::Running, Some(WaitReason::Key))),
];

#[tokio::test]
async fn videos_come_to_rest_as_documented() {
    check(VIDEO, WORDS).await;
}

#[tokio::test]
async fn pictures_come_to_rest_as_documented() {
    check(IMAGE, WORDS).await;
}

#[tokio::test]
async fn music_comes_to_rest_as_documented() {
    check(MUSIC, WORDS).await;
}

#[tokio::test]
async fn what_holds_up_others_comes_to_rest_as_documented() {
    let mut checks = tokio::task::JoinSet::new();
    for asked in [VIDEO, IMAGE, MUSIC] {
        for row in ALONE {
            checks.spawn(check(asked, std::slice::from_ref(row)));
        }
    }
    while let Some(checked) = checks.join_next().await {
        checked.unwrap();
    }
}

/// A new job may be late for 30 seconds, which no pace shortens.
#[tokio::test]
async fn a_job_that_the_service_does_not_know_ends_after_half_a_minute_and_not_before() {
    let lab = lab().await;
    let kinds = [VIDEO, IMAGE, MUSIC];
    let ids = kinds.map(|asked| {
        let id = ask(&lab.engine, &Ground::default(), asked.operation, "sb-unknown-task");
        (asked, id)
    });
    for (asked, id) in ids {
        lab.asked(asked.follow.unwrap(), 3).await;
        assert!(RUNS_ON.is(&lab.engine.store().task(id).unwrap()), "{}", asked.operation);
    }
    lab.wait(30);
    for (asked, id) in ids {
        let rest = Failed(FailureKind::NotFound, MAYBE);
        let task = rested(&lab.engine, id, rest, asked.route).await;
        check_ledger(&lab.engine, &task, rest, 1, asked.route);
    }
    let calls = lab.close().await;
    assert!(kinds.iter().all(|asked| calls.routes[asked.route] == 1));
}

#[tokio::test]
async fn what_is_left_of_the_credits_is_what_the_last_job_said() {
    let lab = with(Options { pace: 0.01, rawugc_credits: 11, ..Options::default() }).await;
    let store = lab.engine.store().clone();
    let mut left = 11;
    for Asked { operation, costs, .. } in [IMAGE, VIDEO] {
        let id = ask(&lab.engine, &Ground::default(), operation, "paper");
        rested(&lab.engine, id, Done, "paid").await;
        left -= costs;
        let Allowance { unit, left: said, .. } = store.provider(ID).unwrap().allowance.unwrap();
        assert_eq!((unit, said), (Unit::Credit, Some(left)));
    }
    // Two credits are too few for a track; the refusal costs nothing.
    let id = ask(&lab.engine, &Ground::default(), MUSIC.operation, "paper");
    rested(&lab.engine, id, Failed(FailureKind::QuotaExhausted, FREE), "too few").await;
    assert_eq!(store.spent_since(ID, Timestamp(0)).unwrap(), 9);
    lab.close().await;
}

#[tokio::test]
async fn a_picture_from_elsewhere_is_followed_and_costs_nothing_here() {
    let lab = lab().await;
    let picture = input([("model", text("nano-banana-2")), ("prompt", text("纸船"))]);
    let job = Job {
        operation: IMAGE.operation,
        urls: &[],
        share_text: "",
        target_language: None,
        input: &picture,
    };
    let created = lab.create_elsewhere(&job).await;
    let number = created["imageId"].as_str().unwrap().to_owned();
    let id = lab.engine.follow_remote(ID, IMAGE.operation, &number).unwrap();
    let task = rested(&lab.engine, id, Done, "elsewhere").await;
    assert_eq!((task.works.len(), task.remote_id.as_deref()), (1, Some(number.as_str())));
    // Its price is published, and stands in no book of ours.
    assert_eq!(lab.engine.store().spent_since(ID, Timestamp(0)).unwrap(), 0);
    assert_eq!(lab.engine.follow_remote(ID, IMAGE.operation, &number).unwrap(), id);
    assert_eq!(lab.close().await.routes[IMAGE.route], 1);
}
