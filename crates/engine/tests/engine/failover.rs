//! The next provider: only one that the user approved, and only where the one before provably started nothing.

use shiwen_core::{FailureKind, Outcome, ProviderId, Submission, TaskState, WaitReason};
use shiwen_engine::{Engine, EngineError};

use crate::{
    lab::{Play, hours, kill, refused, until},
    town::{FIRST, NEXT, Town, keys, lab, submit_to, taken, told, wish},
};

const COZE: ProviderId = ProviderId::Coze;

fn at(engine: &Engine, id: shiwen_core::TaskId) -> (ProviderId, TaskState) {
    let task = engine.store().task(id).unwrap();
    (task.provider, task.state)
}

#[tokio::test(start_paused = true)]
async fn what_one_refuses_for_reasons_of_its_own_the_next_does() {
    for (first, refusal, kind) in [
        (FIRST, refused(400, "用户转化次数不足"), FailureKind::QuotaExhausted),
        (FIRST, refused(400, "暂不支持该平台"), FailureKind::UnsupportedPlatform),
        (FIRST, refused(404, "用户不存在"), FailureKind::Unauthorized),
        (FIRST, Play::Answer(401, "<html>".to_owned()), FailureKind::Unauthorized),
        (NEXT, told(401, "Missing API Key"), FailureKind::Unauthorized),
        (NEXT, told(601, "Insufficient quota remaining."), FailureKind::QuotaExhausted),
        (NEXT, told(601, "for Professional members only"), FailureKind::MembershipRequired),
        (NEXT, told(500, "This platform is not supported."), FailureKind::UnsupportedPlatform),
    ] {
        let next = if first == FIRST { NEXT } else { FIRST };
        let lab = lab(&[FIRST, NEXT]);
        let town = Town::begin(&lab);
        town.answers(first, refusal);
        let engine = lab.engine();
        let running = lab.start(&engine);
        let id = submit_to(&engine, "aaaa1111", &[first, next]);
        let task = until(&engine, id, TaskState::Running).await;
        assert_eq!((task.provider, task.then, task.failure), (next, Vec::new(), None), "{kind}");
        let attempts = engine.store().detail(id).unwrap().attempts;
        let [refused, answered] = attempts.as_slice() else { panic!("{attempts:?}") };
        assert_eq!((refused.provider, refused.outcome), (first, Some(Outcome::Rejected)));
        assert_eq!(refused.failure.as_ref().unwrap().kind, kind);
        assert_eq!((answered.provider, answered.outcome), (next, Some(Outcome::Accepted)));
        assert_eq!(Town::created(&lab), (1, 1));
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_the_wish_itself_is_refused_once() {
    for refusal in [refused(400, "链接无效"), refused(403, "不允许"), refused(422, "bad")] {
        let lab = lab(&[FIRST, NEXT]);
        Town::begin(&lab).answers(FIRST, refusal);
        let engine = lab.engine();
        let running = lab.start(&engine);
        let id = submit_to(&engine, "aaaa1111", &[FIRST, NEXT]);
        let task = until(&engine, id, TaskState::Failed).await;
        assert_eq!((task.provider, Town::created(&lab)), (FIRST, (1, 0)));
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_passes_by_itself_is_waited_for() {
    for (refusal, reason) in [
        (told(601, "Concurrency limit reached."), WaitReason::Slot),
        (Play::Answer(429, String::new()), WaitReason::Rate),
    ] {
        let lab = lab(&[FIRST, NEXT]);
        Town::begin(&lab).answers(NEXT, refusal);
        let engine = lab.engine();
        let running = lab.start(&engine);
        let id = submit_to(&engine, "aaaa1111", &[NEXT, FIRST]);
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        assert_eq!(at(&engine, id), (NEXT, TaskState::Queued));
        assert_eq!(engine.store().task(id).unwrap().wait.unwrap().reason, reason);
        assert_eq!(Town::created(&lab).0, 0);
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_accepted_goes_nowhere_else() {
    for play in [
        Play::Ambiguous,
        Play::Answer(502, "bad gateway".to_owned()),
        Play::Answer(200, "{}".to_owned()),
        refused(500, "boom"),
    ] {
        let lab = lab(&[FIRST, NEXT]);
        Town::begin(&lab).answers(FIRST, play);
        let engine = lab.engine();
        let running = lab.start(&engine);
        let id = submit_to(&engine, "aaaa1111", &[FIRST, NEXT]);
        until(&engine, id, TaskState::Uncertain).await;
        kill(running, engine).await;
        let engine = lab.engine();
        let running = lab.start(&engine);
        hours(2).await;
        assert_eq!(at(&engine, id), (FIRST, TaskState::Uncertain));
        assert_eq!(Town::created(&lab), (1, 0));
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_whom_the_user_did_not_name() {
    for chain in [&[FIRST][..], &[FIRST, COZE]] {
        let lab = lab(&[FIRST, NEXT]);
        Town::begin(&lab).answers(FIRST, refused(400, "用户转化次数不足"));
        let engine = lab.engine();
        let running = lab.start(&engine);
        let id = submit_to(&engine, "aaaa1111", chain);
        let task = until(&engine, id, TaskState::Failed).await;
        assert_eq!(task.failure.unwrap().kind, FailureKind::QuotaExhausted);
        hours(1).await;
        assert_eq!(Town::created(&lab), (1, 0));
        // Coze has no key here.
        let passed_over = engine.store().detail(id).unwrap().passed_over;
        let passed_over: Vec<_> = passed_over.iter().map(|it| (it.provider, it.kind)).collect();
        let expected = (COZE, FailureKind::Unauthorized);
        assert_eq!(passed_over, if chain.len() > 1 { vec![expected] } else { Vec::new() });
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_no_key_or_cannot_do_it_is_passed_over_with_a_note() {
    let lab = lab(&[FIRST, NEXT]);
    Town::begin(&lab).answers(NEXT, told(500, "This platform is not supported."));
    let engine = lab.engine();
    let running = lab.start(&engine);
    let text = "https://www.tiktok.com/@a/video/7300000000000000001";
    // Momoget closes its list of sites, and TikTok is not on it; Coze has no key.
    let submission = Submission {
        share_text: text.to_owned(),
        urls: vec![text.to_owned()],
        ..wish(&["x"], &[NEXT, COZE, FIRST])
    };
    let id = engine.create_tasks(&submission).unwrap()[0];
    until(&engine, id, TaskState::Failed).await;
    let detail = engine.store().detail(id).unwrap();
    let passed_over: Vec<_> = detail.passed_over.iter().map(|it| (it.provider, it.kind)).collect();
    assert_eq!(
        passed_over,
        [(COZE, FailureKind::Unauthorized), (FIRST, FailureKind::UnsupportedPlatform)]
    );
    assert_eq!((detail.attempts.len(), Town::created(&lab)), (1, (0, 1)));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn five_tries_that_never_left_lead_to_the_next_and_a_missing_network_does_not() {
    let lab = lab(&[FIRST, NEXT]);
    let town = Town::begin(&lab);
    town.answers(FIRST, Play::NotSent);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let id = submit_to(&engine, "aaaa1111", &[FIRST, NEXT]);
    let task = until(&engine, id, TaskState::Running).await;
    assert_eq!((task.provider, Town::created(&lab)), (NEXT, (5, 1)));
    assert_eq!(engine.store().detail(id).unwrap().attempts.len(), 6);

    for provider in [FIRST, NEXT] {
        town.answers(provider, Play::NoName);
    }
    let id = submit_to(&engine, "bbbb2222", &[FIRST, NEXT]);
    hours(3).await;
    assert_eq!(at(&engine, id), (FIRST, TaskState::Queued));
    assert_eq!(Town::created(&lab).1, 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_kill_at_either_provider_leaves_the_task_in_doubt_there() {
    let lab = lab(&[FIRST, NEXT]);
    let town = Town::begin(&lab);
    town.answers(FIRST, Play::Hang);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let first = submit_to(&engine, "aaaa1111", &[FIRST, NEXT]);
    until(&engine, first, TaskState::Submitting).await;
    kill(running, engine).await;

    town.answers(FIRST, refused(400, "用户转化次数不足"));
    town.answers(NEXT, Play::Hang);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let second = submit_to(&engine, "bbbb2222", &[FIRST, NEXT]);
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(at(&engine, second), (NEXT, TaskState::Submitting));
    kill(running, engine).await;

    town.answers(FIRST, crate::lab::accepted());
    town.answers(NEXT, taken("9"));
    let engine = lab.engine();
    let running = lab.start(&engine);
    hours(1).await;
    assert_eq!(at(&engine, first), (FIRST, TaskState::Uncertain));
    assert_eq!(at(&engine, second), (NEXT, TaskState::Uncertain));
    assert_eq!(Town::created(&lab), (2, 1));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn each_link_of_a_refused_call_goes_on_by_itself() {
    let lab = lab(&[FIRST, NEXT]);
    let town = Town::begin(&lab);
    town.answers(FIRST, refused(400, "用户转化次数不足"));
    town.answers(NEXT, taken("{n}"));
    let engine = lab.engine();
    let running = lab.start(&engine);
    let codes = ["aaaa1111", "bbbb2222", "cccc3333"];
    let together = Submission { together: true, ..wish(&codes, &[FIRST, NEXT]) };
    let ids = engine.create_tasks(&together).unwrap();
    for id in &ids {
        let task = until(&engine, *id, TaskState::Running).await;
        assert_eq!((task.provider, task.batch), (NEXT, None));
        let attempts = engine.store().detail(*id).unwrap().attempts;
        assert_eq!(attempts.len(), 2);
        assert_eq!(attempts[0].failure.as_ref().unwrap().kind, FailureKind::QuotaExhausted);
    }
    assert_eq!(Town::created(&lab), (1, 3));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_next_provider_s_day_holds_too() {
    let lab = lab(&[FIRST, NEXT]);
    Town::begin(&lab).answers(NEXT, told(601, "Insufficient quota remaining."));
    let engine = lab.engine();
    engine.set_daily_limit(FIRST, Some(0)).unwrap();
    let running = lab.start(&engine);
    let id = submit_to(&engine, "aaaa1111", &[NEXT, FIRST]);
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!(at(&engine, id), (FIRST, TaskState::Queued));
    assert_eq!(engine.store().task(id).unwrap().wait.unwrap().reason, WaitReason::DailyLimit);
    assert_eq!(Town::created(&lab), (0, 1));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_gone_by_then_leads_to_the_next() {
    let mut lab = lab(&[FIRST, NEXT]);
    Town::begin(&lab);
    let engine = lab.engine();
    let id = submit_to(&engine, "aaaa1111", &[FIRST, NEXT]);
    let alone = submit_to(&engine, "bbbb2222", &[FIRST]);
    drop(engine);
    lab.change_keys(keys(&[NEXT]));
    let engine = lab.engine();
    let running = lab.start(&engine);
    until(&engine, id, TaskState::Running).await;
    let detail = engine.store().detail(id).unwrap();
    assert_eq!((detail.task.provider, detail.attempts.len()), (NEXT, 1));
    assert_eq!(detail.passed_over[0].provider, FIRST);
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(engine.store().task(alone).unwrap().wait.unwrap().reason, WaitReason::Key);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_order_of_providers_that_makes_no_sense_is_not_queued() {
    let lab = lab(&[FIRST, NEXT]);
    let engine = lab.engine();
    for (chain, wrong) in [
        (&[FIRST, FIRST][..], "then"),
        (&[FIRST, NEXT, NEXT], "then"),
        (&[FIRST, ProviderId::RawUgc], ""),
        (&[FIRST, ProviderId::Jimeng], ""),
    ] {
        match engine.create_tasks(&wish(&["aaaa1111"], chain)) {
            Err(EngineError::InvalidField { field, .. }) => assert_eq!(field, wrong),
            Err(EngineError::NotOffered(id)) => assert_eq!((wrong, chain[1]), ("", id)),
            other => panic!("{chain:?}: {other:?}"),
        }
    }
    assert_eq!(engine.store().tasks(shiwen_core::Desk::Texts, None, 1).unwrap().total, 0);
}
