//! Never paid twice: what happens to a create call.

use std::sync::atomic::Ordering;

use shiwen_core::{Charged, FailureKind, Outcome, TaskState, WaitReason};

use crate::lab::{Lab, Play, accepted, hours, kill, refused, result, status, submit, until};

#[tokio::test(start_paused = true)]
async fn a_pasted_link_becomes_a_transcript_with_one_create_call() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing"), status("completed"), result()]);
    let (engine, running, id) = lab.submitted();

    let task = until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(task.title(), Some("番茄"));
    assert_eq!(task.words, Some(5));
    let detail = engine.store().detail(id).unwrap();
    assert_eq!(detail.transcripts[0].text, "先把土翻松。");
    assert_eq!(detail.attempts.len(), 1);
    assert_eq!(detail.attempts[0].outcome, Some(Outcome::Accepted));
    assert_eq!(lab.script.created(), 1);
    assert_eq!(engine.provider(task.provider).unwrap().allowance.unwrap().left, Some(41));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_intent_is_on_disk_before_the_request_leaves() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    // A connection of its own sees only what is committed.
    let other = shiwen_store::Store::open(lab.folder.path()).unwrap();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let note = seen.clone();
    let running = lab.start(&engine);
    *lab.script.on_create.lock().unwrap() = Some(Box::new(move || {
        let task = other.tasks(shiwen_core::Desk::Texts, None, 1).unwrap().tasks.remove(0);
        let attempt = other.detail(task.id).unwrap().attempts.remove(0);
        *note.lock().unwrap() = Some((task.state, attempt.outcome));
    }));
    let id = submit(&engine, &["aaaa1111"])[0];

    until(&engine, id, TaskState::Running).await;
    assert_eq!(*seen.lock().unwrap(), Some((TaskState::Submitting, None)));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_create_without_an_answer_is_uncertain_and_never_sent_again() {
    for play in [
        Play::Ambiguous,
        Play::Answer(200, "<html>ok</html>".to_owned()),
        Play::Answer(200, r#"{"code":201,"#.to_owned()),
        Play::Answer(200, r#"{"code":201,"status":"pending"}"#.to_owned()),
        Play::Answer(502, "bad gateway".to_owned()),
        Play::Answer(503, String::new()),
        Play::Answer(302, String::new()),
        Play::Answer(500, r#"{"detail":"boom"}"#.to_owned()),
    ] {
        let lab = Lab::new();
        lab.script.creates([play.clone()]);
        let (engine, running, id) = lab.submitted();

        let task = until(&engine, id, TaskState::Uncertain).await;
        assert_eq!(task.failure.unwrap().charged, Charged::Unknown, "{play:?}");
        hours(3).await;
        kill(running, engine).await;
        let engine = lab.engine();
        let running = lab.start(&engine);
        hours(1).await;
        assert_eq!(engine.store().task(id).unwrap().state, TaskState::Uncertain, "{play:?}");
        assert_eq!(lab.script.created(), 1, "{play:?}");
        drop(running);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_left_is_sent_again_and_after_five_tries_the_user_decides() {
    let lab = Lab::new();
    lab.script.creates([Play::NotSent]);
    let (engine, running, id) = lab.submitted();

    hours(2).await;
    let task = engine.store().task(id).unwrap();
    assert_eq!(task.state, TaskState::Queued);
    assert_eq!(task.wait.unwrap().reason, WaitReason::GaveUpSending);
    assert_eq!(lab.script.created(), 5);

    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    engine.retry(id).unwrap();
    until(&engine, id, TaskState::Running).await;
    assert_eq!(lab.script.created(), 6);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_network_a_task_waits_as_long_as_it_takes() {
    let lab = Lab::new();
    lab.script.creates([Play::NoName]);
    let (engine, running, id) = lab.submitted();

    hours(3).await;
    let task = engine.store().task(id).unwrap();
    assert_eq!((task.state, task.wait.unwrap().reason), (TaskState::Queued, WaitReason::Offline));
    assert!(lab.script.created() > 100);
    assert_eq!(engine.store().detail(id).unwrap().attempts, []);

    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), result()]);
    until(&engine, id, TaskState::Succeeded).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_comes_back_gets_the_call_exactly_once() {
    let lab = Lab::new();
    lab.script.creates([Play::NotSent, Play::NotSent, accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();

    until(&engine, id, TaskState::Running).await;
    hours(0).await;
    let outcomes: Vec<_> = engine
        .store()
        .detail(id)
        .unwrap()
        .attempts
        .iter()
        .map(|attempt| attempt.outcome.unwrap())
        .collect();
    assert_eq!(outcomes, [Outcome::NotSent, Outcome::NotSent, Outcome::Accepted]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_fails_the_task_for_free_and_is_not_repeated() {
    for (play, kind) in [
        (refused(400, "用户转化次数不足"), FailureKind::QuotaExhausted),
        (refused(400, "链接无效"), FailureKind::InvalidInput),
        (refused(400, "不支持该平台"), FailureKind::UnsupportedPlatform),
        (refused(404, "用户不存在"), FailureKind::Unauthorized),
    ] {
        let lab = Lab::new();
        lab.script.creates([play]);
        let (engine, running, id) = lab.submitted();

        let failure = until(&engine, id, TaskState::Failed).await.failure.unwrap();
        hours(1).await;
        assert_eq!((failure.kind, failure.charged), (kind, Charged::No));
        assert_eq!(lab.script.created(), 1);
        drop(running);
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_or_busy_provider_gets_the_task_again_later() {
    let lab = Lab::new();
    lab.script.creates([Play::Answer(429, r#"{"detail":"slow down"}"#.to_owned()), accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();

    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let waiting = engine.store().task(id).unwrap();
    assert_eq!(waiting.wait.unwrap().reason, WaitReason::Rate);
    until(&engine, id, TaskState::Running).await;
    assert_eq!(lab.script.created(), 2);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_program_that_dies_during_the_call_leaves_an_uncertain_task_behind() {
    let lab = Lab::new();
    lab.script.creates([Play::Hang]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Submitting).await;
    kill(running, engine).await;

    let engine = lab.engine();
    let running = lab.start(&engine);
    hours(2).await;
    let detail = engine.store().detail(id).unwrap();
    assert_eq!(detail.task.state, TaskState::Uncertain);
    assert_eq!(detail.attempts[0].outcome, Some(Outcome::Crashed));
    assert_eq!(lab.script.created(), 1);
    drop(running);
}

#[tokio::test(start_paused = true)]
async fn only_the_user_moves_an_uncertain_task_and_each_way_out_works() {
    let lab = Lab::new();
    lab.script.creates([Play::Ambiguous]);
    lab.script.reads([status("completed"), result()]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = submit(&engine, &["aaaa1111", "bbbb2222", "cccc3333"]);
    for id in &ids {
        until(&engine, *id, TaskState::Uncertain).await;
    }

    engine.adopt(ids[0], " remote-found ").unwrap();
    until(&engine, ids[0], TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 3);

    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), result()]);
    engine.store().resend(ids[1]).unwrap();
    until(&engine, ids[1], TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 4);

    engine.store().give_up(ids[2], shiwen_core::Timestamp::now()).unwrap();
    hours(1).await;
    assert_eq!(engine.store().task(ids[2]).unwrap().state, TaskState::Cancelled);
    assert_eq!(lab.script.created(), 4);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn no_more_tasks_are_out_than_the_provider_has_slots() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), result()]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let codes: Vec<String> = (0..12).map(|n| format!("code{n:04}")).collect();
    let ids = submit(&engine, &codes.iter().map(String::as_str).collect::<Vec<_>>());

    let mut most = 0;
    loop {
        let at_work = ids
            .iter()
            .filter(|id| {
                matches!(
                    engine.store().task(**id).unwrap().state,
                    TaskState::Submitting | TaskState::Running
                )
            })
            .count();
        most = most.max(at_work);
        if ids.iter().all(|id| engine.store().task(*id).unwrap().state == TaskState::Succeeded) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(most <= 3, "{most} at once");
    assert!(lab.script.most_out.load(Ordering::SeqCst) <= 3);
    assert_eq!(lab.script.created(), 12);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_process_that_is_not_the_owner_sends_nothing() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let id = submit(&engine, &["aaaa1111"])[0];
    hours(1).await;
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Queued);
    assert_eq!(lab.script.created(), 0);

    // The owner, another process with a connection of its own, notices what was written.
    let owner = lab.engine();
    let running = lab.start(&owner);
    let other = submit(&engine, &["bbbb2222"])[0];
    until(&engine, id, TaskState::Running).await;
    until(&engine, other, TaskState::Running).await;
    assert_eq!(lab.script.created(), 2);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_video_that_history_has_is_not_paid_again_unless_asked_for() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), result()]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Succeeded).await;

    assert!(submit(&engine, &["aaaa1111"]).is_empty());
    let detection = engine
        .detect("https://v.douyin.com/aaaa1111/", shiwen_core::Operation::Transcribe)
        .unwrap();
    assert_eq!(detection.chips[0].known.as_ref().unwrap().task, id);
    hours(1).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}
