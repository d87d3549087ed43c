//! The user's bound for a day: never passed without being asked, and tomorrow is another day.

use std::time::Duration;

use shiwen_core::{TaskId, TaskState, Timestamp, Wait, WaitReason};
use shiwen_engine::Engine;

use crate::{
    lab::{Lab, Play, accepted, result, status, submit, submit_together, until},
    town::{FIRST, NEXT, Town, lab, submit_to},
};

fn waits(engine: &Engine, ids: &[TaskId]) -> Vec<Option<WaitReason>> {
    let wait = |id: &TaskId| engine.store().task(*id).unwrap().wait.map(|wait| wait.reason);
    ids.iter().map(wait).collect()
}

async fn seconds(seconds: u64) {
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn working(lab: &Lab) {
    lab.script.creates([accepted()]);
    lab.script.reads([
        status("completed"),
        result(),
        status("completed"),
        result(),
        status("completed"),
        result(),
        status("completed"),
        result(),
        status("completed"),
        result(),
    ]);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_out_at_once_do_not_pass_the_bound_together() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let view = engine.set_daily_limit(FIRST, Some(2)).unwrap();
    assert_eq!((view.daily_limit, view.limit_lifted), (Some(2), false));
    let ids = submit(&engine, &["aaaa1111", "bbbb2222", "cccc3333"]);
    let running = lab.start(&engine);
    seconds(120).await;
    assert_eq!(lab.script.created(), 2, "there are three slots");
    let limit = Some(WaitReason::DailyLimit);
    assert_eq!(waits(&engine, &ids), [None, None, limit]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_goes_on_at_midnight_and_not_before() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    engine.set_daily_limit(FIRST, Some(1)).unwrap();
    let ids = submit(&engine, &["aaaa1111", "bbbb2222", "cccc3333"]);
    let running = lab.start(&engine);
    seconds(30).await;
    let wait = engine.store().task(ids[1]).unwrap().wait.unwrap();
    assert_eq!(wait.reason, WaitReason::DailyLimit);
    assert_eq!(engine.store().task(ids[2]).unwrap().wait, Some(wait));
    let midnight = wait.until.unwrap();
    let left = midnight.since(Timestamp(1_790_000_000_000)) - Duration::from_secs(30);
    assert!(left < Duration::from_secs(25 * 3600), "{left:?}");

    seconds((left - Duration::from_secs(60)).as_secs()).await;
    assert_eq!(lab.script.created(), 1);
    seconds(120).await;
    assert_eq!(lab.script.created(), 2, "one a day");
    let tomorrow = engine.store().task(ids[2]).unwrap().wait.unwrap();
    assert_eq!(tomorrow.reason, WaitReason::DailyLimit);
    assert!(tomorrow.until.unwrap() > midnight);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_user_may_let_today_pass_or_move_the_bound() {
    let lab = Lab::new();
    working(&lab);
    let engine = lab.engine();
    engine.set_daily_limit(FIRST, Some(0)).unwrap();
    let ids = submit(&engine, &["aaaa1111", "bbbb2222"]);
    let running = lab.start(&engine);
    seconds(60).await;
    assert_eq!(waits(&engine, &ids), [Some(WaitReason::DailyLimit); 2]);
    assert_eq!(lab.script.created(), 0);

    engine.set_daily_limit(FIRST, Some(1)).unwrap();
    until(&engine, ids[0], TaskState::Succeeded).await;
    assert_eq!(waits(&engine, &ids[1..]), [Some(WaitReason::DailyLimit)]);

    assert!(engine.lift_daily_limit(FIRST).unwrap().limit_lifted);
    until(&engine, ids[1], TaskState::Succeeded).await;
    let more = submit(&engine, &["cccc3333"]);
    until(&engine, more[0], TaskState::Succeeded).await;
    assert_eq!(engine.provider(FIRST).unwrap().spent_today, 3);

    // Set anew it holds again.
    assert!(!engine.set_daily_limit(FIRST, Some(3)).unwrap().limit_lifted);
    let last = submit(&engine, &["dddd4444"]);
    seconds(30).await;
    assert_eq!(waits(&engine, &last), [Some(WaitReason::DailyLimit)]);
    engine.set_daily_limit(FIRST, None).unwrap();
    until(&engine, last[0], TaskState::Succeeded).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_lifted_bound_is_back_the_next_day() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    engine.set_daily_limit(FIRST, Some(0)).unwrap();
    engine.lift_daily_limit(FIRST).unwrap();
    let running = lab.start(&engine);
    let id = submit(&engine, &["aaaa1111"])[0];
    until(&engine, id, TaskState::Running).await;
    lab.sleep(Duration::from_secs(24 * 3600));
    seconds(5).await;
    assert!(!engine.provider(FIRST).unwrap().limit_lifted);
    let id = submit(&engine, &["bbbb2222"])[0];
    seconds(30).await;
    assert_eq!(waits(&engine, &[id]), [Some(WaitReason::DailyLimit)]);
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn doubtful_calls_and_each_link_of_a_call_count() {
    let lab = Lab::new();
    lab.script.creates([Play::Ambiguous, accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    engine.set_daily_limit(FIRST, Some(4)).unwrap();
    let running = lab.start(&engine);
    let doubtful = submit(&engine, &["aaaa1111"])[0];
    until(&engine, doubtful, TaskState::Uncertain).await;
    let four = submit_together(&engine, &["bbbb0001", "bbbb0002", "bbbb0003", "bbbb0004"]);
    seconds(10).await;
    assert_eq!(waits(&engine, &four), [Some(WaitReason::DailyLimit); 4]);
    let three = submit_together(&engine, &["cccc0001", "cccc0002", "cccc0003"]);
    until(&engine, three[2], TaskState::Running).await;
    let one = submit(&engine, &["dddd4444"]);
    seconds(10).await;
    assert_eq!(waits(&engine, &one), [Some(WaitReason::DailyLimit)]);
    assert_eq!(lab.script.created(), 2);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn where_nobody_knows_the_price_before_the_bound_holds_once_it_is_reached() {
    let lab = lab(&[NEXT]);
    let town = Town::begin(&lab);
    *town.word.lock().unwrap() = "SUCCESS";
    let engine = lab.engine();
    engine.set_daily_limit(NEXT, Some(60)).unwrap();
    let running = lab.start(&engine);
    let first = submit_to(&engine, "aaaa1111", &[NEXT]);
    until(&engine, first, TaskState::Succeeded).await;
    let second = submit_to(&engine, "bbbb2222", &[NEXT]);
    seconds(10).await;
    let wait = engine.store().task(second).unwrap().wait;
    assert!(matches!(wait, Some(Wait { reason: WaitReason::DailyLimit, .. })), "63 s of video");
    assert_eq!(Town::created(&lab).1, 1);
    running.stop().await;
}
