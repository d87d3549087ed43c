//! Sleep, and clocks that are set.

use std::time::Duration;

use shiwen_core::{TaskState, WaitReason};

use crate::lab::{Lab, Play, accepted, hours, kill, result, status, submit, until};

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test(start_paused = true)]
async fn after_a_wake_every_task_is_asked_once_within_seconds() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = submit(&engine, &["aaaa1111", "bbbb2222", "cccc3333"]);
    for id in &ids {
        until(&engine, *id, TaskState::Running).await;
    }
    // Late by now: the next question is a quarter of an hour away.
    hours(1).await;
    let asked = lab.script.read_calls();
    lab.sleep(Duration::from_secs(30));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(lab.script.read_calls() - asked, 3);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(lab.script.read_calls() - asked <= 4);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_wake_does_not_make_a_question_come_before_its_documented_wait() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), result()]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    kill(running, engine).await;
    let engine = lab.engine();
    let running = lab.start(&engine);
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(lab.script.read_calls(), 0, "a start is no reason either");
    until(&engine, id, TaskState::Succeeded).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_by_an_hour_freezes_nothing() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(15)).await;
    lab.set_back(HOUR);
    let asked = lab.script.read_calls();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let questions = lab.script.read_calls() - asked;
    assert!((2..=12).contains(&questions), "{questions} within a minute");
    lab.script.reads([status("completed"), result()]);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Succeeded);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_lasts_as_long_as_it_was_asked_for_when_the_clock_is_set_back() {
    let lab = Lab::new();
    let slow = || {
        Play::Headed(
            429,
            vec![("retry-after".to_owned(), "60".to_owned())],
            r#"{"detail":"slow"}"#.to_owned(),
        )
    };
    lab.script.creates([slow(), accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(engine.store().task(id).unwrap().wait.unwrap().reason, WaitReason::Rate);
    lab.set_back(HOUR);
    tokio::time::sleep(Duration::from_secs(55)).await;
    assert_eq!(lab.script.created(), 1);
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(lab.script.created(), 2);
    until(&engine, id, TaskState::Running).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_while_the_program_was_closed_freezes_nothing_either() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    kill(running, engine).await;
    lab.set_back(24 * HOUR);

    lab.script.reads([status("completed"), result()]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    // By its intent it has not even begun, so it gets its documented wait once more.
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Succeeded);
    running.stop().await;
}
