//! Without a network: known once, found out by one call at a time, and nothing is lost over it.

use std::time::Duration;

use shiwen_core::{TaskState, WaitReason};
use shiwen_engine::Network;

use crate::lab::{Lab, Play, accepted, hours, kill, result, status, submit, until};

#[tokio::test(start_paused = true)]
async fn offline_is_one_state_and_running_tasks_keep_theirs() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = submit(&engine, &["aaaa1111", "bbbb2222", "cccc3333"]);
    for id in &ids {
        until(&engine, *id, TaskState::Running).await;
    }
    let mut network = engine.network();
    assert_eq!(*network.borrow(), Network::Online);

    lab.script.reads([Play::NoName]);
    network.changed().await.unwrap();
    assert!(matches!(*network.borrow_and_update(), Network::Offline { .. }));
    let asked = lab.script.read_calls();
    hours(1).await;
    let probes = lab.script.read_calls() - asked;
    assert!((100..=125).contains(&probes), "{probes} in an hour, for three tasks");
    assert!(!network.has_changed().unwrap(), "said once");
    for id in &ids {
        let task = engine.store().task(*id).unwrap();
        assert_eq!((task.state, task.failure), (TaskState::Running, None));
    }

    lab.script.reads([status("completed"), result()]);
    network.changed().await.unwrap();
    assert_eq!(*network.borrow_and_update(), Network::Online);
    tokio::time::sleep(Duration::from_secs(5)).await;
    for id in &ids {
        assert_eq!(engine.store().task(*id).unwrap().state, TaskState::Succeeded);
    }
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn one_task_tries_and_fifty_wait_without_a_word() {
    let lab = Lab::new();
    lab.script.creates([Play::NoName]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let codes: Vec<_> = (0..50).map(|n| format!("code{n:04}")).collect();
    let ids = submit(&engine, &codes.iter().map(String::as_str).collect::<Vec<_>>());
    hours(1).await;
    let created = lab.script.created();
    assert!((60..=125).contains(&created), "{created} tries in an hour");
    let waits = ids.iter().filter_map(|id| engine.store().task(*id).unwrap().wait);
    let told: Vec<_> = waits.map(|wait| wait.reason).collect();
    assert!(told.iter().all(|reason| *reason == WaitReason::Offline));
    assert!(told.len() <= 4, "{} of fifty speak of it", told.len());

    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), result()]);
    tokio::time::sleep(Duration::from_secs(35)).await;
    assert_eq!(*engine.network().borrow(), Network::Online);
    let tasks: Vec<_> = ids.iter().map(|id| engine.store().task(*id).unwrap()).collect();
    assert!(tasks.iter().all(|task| task.wait.is_none()));
    assert!(tasks.iter().filter(|task| task.state != TaskState::Queued).count() >= 3);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_says_that_something_changed_is_believed_at_once() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([Play::NoName]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    hours(1).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    lab.script.reads([status("completed"), result()]);
    engine.nudge();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Succeeded);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn with_nothing_to_send_nobody_says_that_there_is_no_network() {
    let lab = Lab::new();
    lab.script.creates([Play::NoName]);
    let (engine, running, id) = lab.submitted();
    let mut network = engine.network();
    network.wait_for(|network| *network != Network::Online).await.unwrap();
    engine.store().cancel(id, shiwen_core::Timestamp::now()).unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(*network.borrow(), Network::Online);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_start_without_a_network_loses_nothing_either() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    kill(running, engine).await;

    lab.script.reads([Play::NoName]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    hours(2).await;
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Running);
    lab.script.reads([status("completed"), result()]);
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}
