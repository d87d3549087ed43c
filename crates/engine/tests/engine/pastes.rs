//! Pausing what was pasted together: nothing of it is paid for meanwhile, and each link exactly once in all.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shiwen_core::{PasteId, TaskId, TaskState, WaitReason};
use shiwen_engine::{Engine, Network};

use crate::lab::{Lab, Play, accepted, hours, kill, refused, result, status, submit, until};

fn codes(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("code{n:04}")).collect()
}

fn pasted(engine: &Engine, count: usize) -> (PasteId, Vec<TaskId>) {
    let codes = codes(count);
    let codes: Vec<_> = codes.iter().map(String::as_str).collect();
    let ids = submit(engine, &codes);
    (engine.store().task(ids[0]).unwrap().paste, ids)
}

/// Counts the create calls that leave while the paste is paused.
fn count_forbidden(lab: &Lab, engine: &Engine, paste: PasteId) -> Arc<AtomicUsize> {
    let forbidden = Arc::new(AtomicUsize::new(0));
    let (count, store) = (forbidden.clone(), engine.store().clone());
    *lab.script.on_create.lock().unwrap() = Some(Box::new(move || {
        if store.paste(paste).unwrap().paused {
            count.fetch_add(1, Ordering::SeqCst);
        }
    }));
    forbidden
}

fn states(engine: &Engine, ids: &[TaskId]) -> Vec<TaskState> {
    ids.iter().map(|id| engine.store().task(*id).unwrap().state).collect()
}

fn count(engine: &Engine, ids: &[TaskId], state: TaskState) -> usize {
    states(engine, ids).iter().filter(|found| **found == state).count()
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_waits_while_the_engine_is_held_and_goes_on_afterwards() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([result()]);
    let engine = lab.engine();
    let (_, ids) = pasted(&engine, 50);
    let _running = lab.start(&engine);
    while lab.script.created() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (created, out) = (lab.script.created(), engine.submitting());
    assert!(out > 0, "a create call takes longer than that");
    engine.hold();
    while engine.submitting() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(count(&engine, &ids, TaskState::Submitting), 0);
    hours(1).await;
    assert_eq!(lab.script.created(), created, "a create call while it was held");
    assert_eq!(count(&engine, &ids, TaskState::Succeeded), created, "what was out is followed");
    assert_eq!(count(&engine, &ids, TaskState::Queued), ids.len() - created);
    // What is pasted meanwhile waits too.
    let late = submit(&engine, &["late"]);
    hours(1).await;
    assert_eq!(lab.script.created(), created);
    engine.release();
    for id in ids.iter().chain(&late) {
        until(&engine, *id, TaskState::Succeeded).await;
    }
    assert_eq!(lab.script.created(), ids.len() + late.len());
}

#[tokio::test(start_paused = true)]
async fn fifty_links_with_pauses_and_restarts_cost_fifty_create_calls() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([result()]);
    let mut engine = lab.engine();
    let (paste, ids) = pasted(&engine, 50);
    let forbidden = count_forbidden(&lab, &engine, paste);
    let mut running = lab.start(&engine);
    let mut pauses = 0;
    while count(&engine, &ids, TaskState::Succeeded) < ids.len() {
        assert!(pauses < 100, "{:?}", states(&engine, &ids));
        // Now and then in the middle of a create call, which takes 300 ms here.
        tokio::time::sleep(Duration::from_millis(4_000 + pauses * 130)).await;
        engine.pause_paste(paste).unwrap();
        pauses += 1;
        let claimed = lab.script.created();
        hours(1).await;
        assert_eq!(lab.script.created(), claimed, "a create call while it was paused");
        assert_eq!(count(&engine, &ids, TaskState::Submitting), 0, "what was out has ended");
        if pauses % 3 == 0 {
            // The program ends and starts again while it is paused.
            kill(running, engine).await;
            engine = lab.engine();
            running = lab.start(&engine);
            hours(1).await;
            assert_eq!(lab.script.created(), claimed, "a start is no leave to go on");
        }
        engine.resume_paste(paste).unwrap();
    }
    assert!(pauses > 5, "only {pauses} pauses");
    assert_eq!(forbidden.load(Ordering::SeqCst), 0);
    assert_eq!(lab.script.created(), 50);
    for id in &ids {
        assert_eq!(engine.store().detail(*id).unwrap().attempts.len(), 1);
    }
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn other_pastes_go_on_and_a_paused_one_goes_on_in_the_order_of_its_links() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([result()]);
    let engine = lab.engine();
    let (paste, ids) = pasted(&engine, 8);
    let other = submit(&engine, &["aaaa1111", "bbbb2222"]);
    engine.pause_paste(paste).unwrap();
    let running = lab.start(&engine);
    for id in &other {
        until(&engine, *id, TaskState::Succeeded).await;
    }
    hours(1).await;
    assert_eq!(lab.script.created(), 2);
    for id in &ids {
        let wait = engine.store().task(*id).unwrap().wait.unwrap();
        assert_eq!((wait.reason, wait.until), (WaitReason::Paused, None));
    }
    engine.resume_paste(paste).unwrap();
    for id in &ids {
        until(&engine, *id, TaskState::Succeeded).await;
    }
    let attempt = |id: &TaskId| engine.store().detail(*id).unwrap().attempts[0].id;
    assert!(ids.iter().map(attempt).is_sorted());
    assert_eq!(lab.script.created(), 10);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_in_the_middle_of_a_create_call_stops_the_others_only() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let (paste, ids) = pasted(&engine, 6);
    let (pausing, store) = (Arc::new(AtomicUsize::new(0)), engine.store().clone());
    let seen = pausing.clone();
    *lab.script.on_create.lock().unwrap() = Some(Box::new(move || {
        if seen.fetch_add(1, Ordering::SeqCst) == 1 {
            store.pause_paste(paste).unwrap();
        }
    }));
    let running = lab.start(&engine);
    hours(1).await;
    assert_eq!(pausing.load(Ordering::SeqCst), 2);
    assert_eq!(count(&engine, &ids, TaskState::Running), 2);
    assert_eq!(count(&engine, &ids, TaskState::Queued), 4);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn nobody_looks_for_a_network_for_what_is_paused() {
    let lab = Lab::new();
    lab.script.creates([Play::NoName]);
    let engine = lab.engine();
    let (paste, _) = pasted(&engine, 3);
    let running = lab.start(&engine);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(matches!(*engine.network().borrow(), Network::Offline { .. }));
    engine.pause_paste(paste).unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let created = lab.script.created();
    hours(1).await;
    assert_eq!(lab.script.created(), created);
    assert_eq!(*engine.network().borrow(), Network::Online, "nobody asks");
    lab.script.creates([accepted()]);
    lab.script.reads([result()]);
    engine.resume_paste(paste).unwrap();
    for task in engine.paste(paste).unwrap().tasks {
        until(&engine, task.id, TaskState::Succeeded).await;
    }
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn how_long_a_paste_takes_is_guessed_from_what_its_kind_takes() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([result()]);
    let engine = lab.engine();
    let (first, ids) = pasted(&engine, 4);
    assert_eq!(engine.paste(first).unwrap().left_s, None, "nothing has ended yet");
    let running = lab.start(&engine);
    for id in &ids {
        until(&engine, *id, TaskState::Succeeded).await;
    }
    assert_eq!(engine.paste(first).unwrap().left_s, None, "nothing is left");
    running.stop().await;

    let usual = engine.store().detail(ids[0]).unwrap().usual_s.unwrap();
    let codes = ["later111", "later222"];
    let later = submit(&engine, &codes);
    let paste = engine.store().task(later[0]).unwrap().paste;
    assert_eq!(engine.paste(paste).unwrap().left_s, Some(usual), "both at once");
    assert_eq!(engine.pause_paste(paste).unwrap().left_s, None, "it may take for ever");
    assert_eq!(engine.resume_paste(paste).unwrap().left_s, Some(usual));
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_tried_again_at_once_and_only_that() {
    let lab = Lab::new();
    let refusal = || refused(400, "用户转化次数不足");
    lab.script.creates([refusal(), refusal(), accepted()]);
    lab.script.reads([result()]);
    let engine = lab.engine();
    let (paste, ids) = pasted(&engine, 3);
    let running = lab.start(&engine);
    hours(1).await;
    assert_eq!(count(&engine, &ids, TaskState::Failed), 2);
    assert_eq!(lab.script.created(), 3);
    let retried = engine.retry_failed(paste).unwrap();
    assert_eq!((retried.tasks, retried.left), (2, 0));
    hours(1).await;
    assert_eq!(count(&engine, &ids, TaskState::Succeeded), 3);
    assert_eq!(lab.script.created(), 5);
    running.stop().await;
}
