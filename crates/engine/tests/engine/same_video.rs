//! Two short links that were submitted before anybody knew that they lead to one video: one create call.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use shiwen_core::{CancelCause, LinkKind, Submission, TaskId, TaskState};
use shiwen_engine::{Engine, EngineError, Running};
use shiwen_http::FollowError;
use shiwen_store::StoreError;
use tokio::time::{Instant, timeout};

use crate::{
    lab::{Lab, accepted, refused, result, status, submission, submit, submit_together, until},
    short_links::{Hosts, VIDEO, link},
};

const CODES: [&str; 2] = ["aaaa1111", "bbbb2222"];

fn hosts() -> Arc<Hosts> {
    Hosts::new(&[(&link(CODES[0]), &[VIDEO]), (&link(CODES[1]), &[VIDEO])])
}

fn begin(lab: &Lab, hosts: Arc<Hosts>) -> (Engine, Running) {
    let engine = lab.engine_with(hosts);
    let running = lab.start(&engine);
    (engine, running)
}

fn one_video_done(lab: &Lab) {
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing"), status("completed"), result()]);
}

fn assert_same_video(engine: &Engine, id: TaskId) {
    let detail = engine.store().detail(id).unwrap();
    assert_eq!(detail.task.state, TaskState::Cancelled);
    assert_eq!(detail.task.cancel_cause, Some(CancelCause::SameVideo));
    assert_eq!((detail.attempts, detail.task.batch), (Vec::new(), None));
}

#[tokio::test(start_paused = true)]
async fn links_submitted_before_they_were_followed_are_one_call() {
    for together in [false, true] {
        let lab = Lab::new();
        one_video_done(&lab);
        let (engine, running) = begin(&lab, hosts());

        let both = Submission { together, ..submission(&CODES) };
        let ids = engine.create_tasks(&both).unwrap();
        until(&engine, ids[0], TaskState::Succeeded).await;

        assert_same_video(&engine, ids[1]);
        assert_eq!(lab.script.created(), 1, "together: {together}");
        let body = lab.script.last_body.lock().unwrap().clone();
        assert!(body.contains(CODES[0]) && !body.contains(CODES[1]), "{body}");
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_hold_that_comes_while_a_link_is_followed_comes_before_the_call() {
    let lab = Lab::new();
    one_video_done(&lab);
    let (engine, _running) = begin(&lab, hosts());
    let id = submit(&engine, &CODES[..1])[0];
    // On its way to a create call, and not there yet.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((engine.submitting(), lab.script.created()), (1, 0));
    engine.hold();
    while engine.submitting() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(lab.script.created(), 0);
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Queued);
    engine.release();
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_link_followed_while_the_other_is_out_ends_without_a_call() {
    let lab = Lab::new();
    one_video_done(&lab);
    let hosts = hosts();
    hosts.plays(&link(CODES[0]), Err(FollowError::Timeout));
    let (engine, running) = begin(&lab, hosts.clone());
    let first = submit(&engine, &CODES[..1])[0];
    until(&engine, first, TaskState::Succeeded).await;
    // The host of the second is left alone by now, as one that did not answer.
    tokio::time::sleep(Duration::from_secs(61)).await;
    hosts.plays(&link(CODES[0]), Ok(vec![VIDEO.to_owned()]));
    engine.resolve_links(&link(CODES[0]), shiwen_core::Operation::Transcribe).await.unwrap();

    let second = submit(&engine, &CODES[1..])[0];
    until(&engine, second, TaskState::Cancelled).await;

    assert_same_video(&engine, second);
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_link_that_leads_nowhere_or_is_not_to_be_followed_holds_no_task_up() {
    for (nobody_asks, leaves) in [(false, false), (true, false), (false, true)] {
        let lab = Lab::new();
        one_video_done(&lab);
        let hosts = Hosts::new(&[]);
        hosts.wanted.store(!nobody_asks, Ordering::SeqCst);
        let (engine, running) = begin(&lab, hosts.clone());
        if leaves {
            engine.leave_short_links();
        }
        let begun = Instant::now();

        let ids = submit(&engine, &CODES);
        until(&engine, ids[0], TaskState::Running).await;
        until(&engine, ids[1], TaskState::Running).await;

        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert_eq!(lab.script.created(), 2);
        let asked = if nobody_asks || leaves { 0 } else { 2 };
        assert_eq!(hosts.asked().len(), asked);
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_user_wants_again_is_not_followed_and_goes_out() {
    let lab = Lab::new();
    one_video_done(&lab);
    let hosts = hosts();
    let (engine, running) = begin(&lab, hosts.clone());
    let wish = submission(&CODES);
    let again = Submission { again: wish.urls.clone(), ..wish };

    let ids = engine.create_tasks(&again).unwrap();
    until(&engine, ids[0], TaskState::Succeeded).await;
    until(&engine, ids[1], TaskState::Succeeded).await;

    assert_eq!((lab.script.created(), hosts.asked().len()), (2, 0));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_user_can_take_a_task_back_while_its_link_is_followed() {
    let lab = Lab::new();
    one_video_done(&lab);
    let (engine, running) = begin(&lab, hosts());
    let ids = submit_together(&engine, &CODES);
    let submitted = until(&engine, ids[0], TaskState::Submitting);
    assert!(timeout(Duration::from_millis(250), submitted).await.is_err(), "it is followed first");
    ids.iter().for_each(|id| engine.store().cancel(*id, shiwen_core::Timestamp(1)).unwrap());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(lab.script.created(), 0);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_is_tried_again_only_knowingly_once_another_has_the_text() {
    let lab = Lab::new();
    lab.script.creates([refused(400, "不支持的链接"), accepted()]);
    lab.script.reads([status("completed"), result()]);
    let (engine, running) = begin(&lab, hosts());
    let first = submit(&engine, &CODES[..1])[0];
    until(&engine, first, TaskState::Failed).await;
    let second = submit(&engine, &CODES[1..])[0];
    until(&engine, second, TaskState::Succeeded).await;

    let retried = engine.retry(first);
    assert!(
        matches!(retried, Err(EngineError::Store(StoreError::Known(other))) if other == second),
        "{retried:?}"
    );
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(lab.script.created(), 2);

    engine.store().resend(first).unwrap();
    until(&engine, first, TaskState::Succeeded).await;
    let link = engine.store().task(first).unwrap().link.unwrap();
    assert_eq!((lab.script.created(), link.kind), (3, LinkKind::Video));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn links_that_were_to_be_left_alone_are_left_alone_by_the_next_run_too() {
    let lab = Lab::new();
    one_video_done(&lab);
    let hosts = hosts();
    let engine = lab.engine_with(hosts.clone());
    engine.leave_short_links();
    let ids = submit(&engine, &CODES);
    drop(engine);

    let (engine, running) = begin(&lab, hosts.clone());
    until(&engine, ids[0], TaskState::Succeeded).await;
    until(&engine, ids[1], TaskState::Succeeded).await;

    assert_eq!((lab.script.created(), hosts.asked().len()), (2, 0));
    running.stop().await;
}
