//! Never lost: what happens to an accepted task.

use std::time::Duration;

use shiwen_core::{CancelCause, FailureKind, TaskState, Timestamp};

use crate::lab::{Lab, Play, accepted, hours, kill, refused, result, status, submit, until};

#[tokio::test(start_paused = true)]
async fn a_running_task_goes_on_after_a_restart_without_a_second_create() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    kill(running, engine).await;
    hours(3).await;

    lab.script.reads([status("completed"), result()]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_never_fails_the_task() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([
        Play::NotSent,
        Play::Ambiguous,
        Play::Answer(200, "<html>".to_owned()),
        Play::Answer(404, "<html>".to_owned()),
        Play::Answer(502, String::new()),
        Play::Answer(200, r#"{"status":"#.to_owned()),
        Play::Answer(429, r#"{"detail":"slow"}"#.to_owned()),
        status("some new word"),
        status("completed"),
        Play::Ambiguous,
        result(),
    ]);
    let (engine, running, id) = lab.submitted();
    let task = until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(task.words, Some(5));
    assert_eq!(lab.script.read_calls(), 11);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_question_that_falls_due_while_work_is_taken_is_not_forgotten() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads((0..40).map(|_| status("processing")).chain([status("completed"), result()]));
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;

    lab.slow_down(Duration::from_secs(2));
    until(&engine, id, TaskState::Succeeded).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_task_that_the_provider_lost_or_failed_ends_with_its_cause() {
    for (play, kind) in [
        (refused(404, "任务不存在"), FailureKind::NotFound),
        (
            Play::Answer(
                200,
                r#"{"code":200,"status":"failed","error_message":"源视频无法访问"}"#.to_owned(),
            ),
            FailureKind::ProviderInternal,
        ),
    ] {
        let lab = Lab::new();
        lab.script.creates([accepted()]);
        lab.script.reads([play]);
        let (engine, running, id) = lab.submitted();
        assert_eq!(until(&engine, id, TaskState::Failed).await.failure.unwrap().kind, kind);
        drop(running);
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_task_is_stalled_but_followed_for_days() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    hours(1).await;
    assert!(engine.store().task(id).unwrap().stalled);
    hours(26).await;
    let asked = lab.script.read_calls();
    assert!(asked < 400, "{asked} calls");

    lab.script.reads([status("completed"), result()]);
    until(&engine, id, TaskState::Succeeded).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_user_may_stop_waiting_and_wait_again() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    engine.store().cancel(id, Timestamp::now()).unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let asked = lab.script.read_calls();
    hours(2).await;
    let task = engine.store().task(id).unwrap();
    assert_eq!(task.cancel_cause, Some(CancelCause::StoppedWaiting));
    assert_eq!(task.remote_id.as_deref(), Some("remote-1"));
    assert_eq!(lab.script.read_calls(), asked);

    lab.script.reads([status("completed"), result()]);
    engine.store().resume(id, Timestamp(0)).unwrap();
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_queued_task_that_is_cancelled_is_never_sent() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    let engine = lab.engine();
    let id = submit(&engine, &["aaaa1111"])[0];
    engine.store().cancel(id, Timestamp::now()).unwrap();
    let running = lab.start(&engine);
    hours(1).await;
    assert_eq!(engine.store().task(id).unwrap().cancel_cause, Some(CancelCause::BeforeSubmit));
    assert_eq!(lab.script.created(), 0);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_paid_task_in_the_trash_is_followed_to_its_end() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing"), status("completed"), result()]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    engine.store().delete(id, Timestamp::now()).unwrap();
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(engine.store().tasks(shiwen_core::Desk::Texts, None, 10).unwrap().total, 0);
    engine.store().restore(id).unwrap();
    assert_eq!(engine.store().detail(id).unwrap().transcripts.len(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn momoget_is_never_asked_before_its_documented_wait() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), result()]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert_eq!(lab.script.read_calls(), 0);
    until(&engine, id, TaskState::Succeeded).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_closed_laptop_everything_is_looked_at_at_once() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    // Late by now, so the next question is a quarter of an hour away.
    hours(1).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    lab.script.reads([status("completed"), result()]);
    let asked = lab.script.read_calls();
    lab.sleep(Duration::from_secs(8 * 60 * 60));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(lab.script.read_calls() > asked);
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}
