//! How the tasks of a session come to rest: the real engine, the real sender, real HTTP to the sandbox.

use std::time::Duration;

use shiwen_core::{FailureKind, Operation, ProviderId, TaskState, WaitReason};

use crate::{
    rest::{FREE, MAYBE, RUNS_ON, Rest, check_ledger},
    stage::{Stage, link, submit, until},
};
use Rest::{Done, Failed, Uncertain, Waits};

const MOMOGET: &[(&str, Rest)] = &[
    ("ok", Done),
    ("badstatus", Done),
    ("long", Done),
    ("html-poll", Done),
    ("half-poll", Done),
    ("huge-poll", Done),
    ("e503-poll", Done),
    ("drop-poll", Done),
    ("fail", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("gone", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("empty", Failed(FailureKind::MalformedResponse, MAYBE)),
    ("unknown-task", Failed(FailureKind::NotFound, MAYBE)),
    ("trouble", Uncertain),
    ("trouble-poll", Done),
    ("badkey", Failed(FailureKind::Unauthorized, FREE)),
    ("quota", Failed(FailureKind::QuotaExhausted, FREE)),
    ("unsupported", Failed(FailureKind::UnsupportedPlatform, FREE)),
    ("badlink", Failed(FailureKind::InvalidInput, FREE)),
    ("rate", Waits(TaskState::Queued, Some(WaitReason::Rate))),
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
    ("stalled", RUNS_ON),
    ("not-yours", RUNS_ON),
    ("badkey-poll", Waits(TaskState::Running, Some(WaitReason::Key))),
];

const TRANSCRIPTGENERATE: &[(&str, Rest)] = &[
    ("ok", Done),
    ("concurrency", Done),
    ("badstatus", Done),
    ("long", Done),
    ("huge-poll", Done),
    ("html-poll", Done),
    ("half-poll", Done),
    ("e503-poll", Done),
    ("drop-poll", Done),
    ("fail", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("gone", Failed(FailureKind::ProviderInternal, MAYBE)),
    ("empty", Failed(FailureKind::MalformedResponse, MAYBE)),
    ("unknown-task", Failed(FailureKind::NotFound, MAYBE)),
    ("trouble", Uncertain),
    ("trouble-poll", Done),
    ("badkey", Failed(FailureKind::Unauthorized, FREE)),
    ("quota", Failed(FailureKind::QuotaExhausted, FREE)),
    ("member", Failed(FailureKind::MembershipRequired, FREE)),
    ("unsupported", Failed(FailureKind::UnsupportedPlatform, FREE)),
    ("badlink", Failed(FailureKind::InvalidInput, FREE)),
    ("rate", Waits(TaskState::Queued, Some(WaitReason::Rate))),
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
    ("stalled", RUNS_ON),
    ("not-yours", RUNS_ON),
    ("badkey-poll", Waits(TaskState::Running, Some(WaitReason::Key))),
];

#[tokio::test]
async fn momoget_comes_to_rest_as_documented() {
    check(ProviderId::Momoget, MOMOGET).await;
}

#[tokio::test]
async fn transcriptgenerate_comes_to_rest_as_documented() {
    check(ProviderId::TranscriptGenerate, TRANSCRIPTGENERATE).await;
}

#[tokio::test]
async fn a_video_info_run_gives_title_author_and_cover_at_once() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let id = submit(&session, ProviderId::Coze, Operation::Resolve, "info-0001");
    let task = until(&session, id, |task| task.state == TaskState::Succeeded).await;
    assert!(
        task.found.title.is_some() && task.found.author.is_some() && task.found.media_url.is_some()
    );
    let cover = session.cover(id).await.unwrap().unwrap();
    assert!(cover.starts_with("data:image/png;base64,"));
    // Once fetched it needs no network any more.
    stage.sandbox.stop().await;
    assert_eq!(session.cover(id).await.unwrap().unwrap(), cover);
    session.close().await;
}

#[tokio::test]
async fn a_test_of_each_account_costs_nothing() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    for provider in ProviderId::ALL {
        let view = session.engine.test_provider(*provider).await.unwrap();
        assert!(view.check_failure.is_none(), "{provider}: {:?}", view.check_failure);
        assert!(view.checked_at.is_some());
    }
    let quota = session.engine.provider(ProviderId::TranscriptGenerate).unwrap().allowance.unwrap();
    assert_eq!(quota.left, Some(36_000));
    assert!(stage.sandbox.calls().creates.values().all(|count| *count == 0));
    session.close().await;
}

/// Each word of the table as one task, each with a sandbox of its own so that no pause or slot of one holds up another.
async fn check(provider: ProviderId, table: &[(&'static str, Rest)]) {
    let mut checks = tokio::task::JoinSet::new();
    for (word, rest) in table {
        let (word, rest) = (*word, *rest);
        checks.spawn(async move {
            let stage = Stage::new().await;
            let session = stage.session().await;
            session.run().unwrap();
            let code = format!("sb-{word}");
            let id = submit(&session, provider, Operation::Transcribe, &code);
            let task = until(&session, id, |task| rest.is(task)).await;
            // Full twice and then accepted: only the provider's own refusals are followed by another call.
            let calls = if word == "concurrency" { 3 } else { 1 };
            check_ledger(&session.engine, &task, rest, calls, word);
            if rest == Done {
                let detail = session.engine.store().detail(id).unwrap();
                assert!(task.words.unwrap() > 0);
                assert_eq!(detail.transcripts[0].incomplete, word == "trimmed");
            }
            if rest == Uncertain {
                // Whatever the provider did, nothing is sent again by itself.
                tokio::time::sleep(Duration::from_secs(1)).await;
                assert_eq!(session.engine.store().task(id).unwrap().state, TaskState::Uncertain);
            }
            session.close().await;
            let counts = stage.sandbox.calls();
            assert_eq!(counts.creates_by_link[&link(&code)], calls as u64, "{provider} {word}");
            let accepted = counts.accepted_by_link.get(&link(&code));
            assert!(accepted.is_none_or(|count| *count == 1), "{provider} {word}");
        });
    }
    while let Some(checked) = checks.join_next().await {
        checked.unwrap();
    }
}
