//! Several links in one create call: sent once, asked after once, an end for each.

use std::time::Duration;

use serde_json::json;
use shiwen_core::{Outcome, TaskId, TaskState, Timestamp};
use shiwen_engine::{Engine, Running};

use crate::lab::{
    Lab, Play, accepted, hours, kill, refused, status, submit, submit_together, until,
};

const CODES: [&str; 5] = ["aaaa1111", "bbbb2222", "cccc3333", "dddd4444", "eeee5555"];

/// A running engine with five links queued for one call.
fn submitted(lab: &Lab) -> (Engine, Running, Vec<TaskId>) {
    let engine = lab.engine();
    let ids = submit_together(&engine, &CODES);
    let running = lab.start(&engine);
    (engine, running, ids)
}

/// The result of a batch: the text of each link names its code; those of `failed` have none.
fn results(codes: &[&str], failed: &[&str]) -> Play {
    let item = |code: &&str| {
        let url = format!("https://v.douyin.com/{code}/");
        match failed.contains(code) {
            true => {
                json!({ "url": url, "text": null, "status": "failed", "error_message": "没有检测到人声" })
            }
            false => json!({ "url": url, "text": format!("文案 {code}"), "status": "transcribed" }),
        }
    };
    let items: Vec<_> = codes.iter().map(item).collect();
    let body = json!({ "code": 200, "status": "completed", "data": { "items": items } });
    Play::Answer(200, body.to_string())
}

fn text(engine: &Engine, id: TaskId) -> String {
    engine.store().detail(id).unwrap().transcripts[0].text.clone()
}

fn state(engine: &Engine, id: TaskId) -> TaskState {
    engine.store().task(id).unwrap().state
}

async fn all(engine: &Engine, ids: &[TaskId], state: TaskState) {
    for id in ids {
        until(engine, *id, state).await;
    }
}

#[tokio::test(start_paused = true)]
async fn five_links_go_out_in_one_call_and_each_ends_by_itself() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing"), status("completed"), results(&CODES, &["cccc3333"])]);
    let (engine, running, ids) = submitted(&lab);
    let failure = until(&engine, ids[2], TaskState::Failed).await.failure.unwrap();
    assert_eq!(failure.message.as_deref(), Some("没有检测到人声"));
    for (id, code) in ids.iter().zip(CODES).filter(|(_, code)| *code != "cccc3333") {
        assert_eq!(state(&engine, *id), TaskState::Succeeded);
        assert_eq!(text(&engine, *id), format!("文案 {code}"));
    }
    assert_eq!((lab.script.created(), lab.script.read_calls()), (1, 3));
    let body = lab.script.last_body.lock().unwrap().clone();
    assert!(CODES.iter().all(|code| body.contains(code)), "{body}");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_takes_one_slot_and_more_than_five_make_another() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let codes: Vec<_> = (0..12).map(|n| format!("code{n:04}")).collect();
    let ids = submit_together(&engine, &codes.iter().map(String::as_str).collect::<Vec<_>>());
    let running = lab.start(&engine);
    all(&engine, &ids, TaskState::Running).await;
    assert_eq!(lab.script.created(), 3, "three slots hold all twelve");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_five_took_is_what_it_made_of_the_allowance_or_unknown() {
    let lab = Lab::new();
    let left = |left: u32| {
        let body = json!({ "code": 201, "task_id": "remote-{n}", "remaining_tasks": left });
        Play::Answer(200, body.to_string())
    };
    lab.script.creates([left(42), left(37), left(36)]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let spent = || engine.provider(shiwen_core::ProviderId::Momoget).unwrap().spent_today;
    let first = submit_together(&engine, &["gggg0001", "gggg0002"]);
    all(&engine, &first, TaskState::Running).await;
    assert_eq!(spent(), 0, "nobody knew what was left before");
    let second = submit_together(&engine, &CODES);
    all(&engine, &second, TaskState::Running).await;
    assert_eq!(spent(), 5);
    let single = submit(&engine, &["gggg0003"]);
    all(&engine, &single, TaskState::Running).await;
    assert_eq!(spent(), 6, "one link has its price");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_ambiguous_call_is_never_repeated_and_one_id_settles_it_for_all() {
    let lab = Lab::new();
    lab.script.creates([Play::Ambiguous]);
    lab.script.reads([status("completed"), results(&CODES, &[])]);
    let (engine, running, ids) = submitted(&lab);
    all(&engine, &ids, TaskState::Uncertain).await;
    hours(2).await;
    assert_eq!(lab.script.created(), 1);
    engine.adopt(ids[3], "remote-found").unwrap();
    all(&engine, &ids, TaskState::Succeeded).await;
    assert_eq!(text(&engine, ids[0]), "文案 aaaa1111");
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_kill_between_intent_and_outcome_leaves_all_of_them_uncertain() {
    let lab = Lab::new();
    lab.script.creates([Play::Hang]);
    let (engine, running, ids) = submitted(&lab);
    all(&engine, &ids, TaskState::Submitting).await;
    kill(running, engine).await;

    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    hours(1).await;
    for id in &ids {
        let detail = engine.store().detail(*id).unwrap();
        assert_eq!(detail.task.state, TaskState::Uncertain);
        assert_eq!(detail.attempts[0].outcome, Some(Outcome::Crashed));
    }
    assert_eq!(lab.script.created(), 1);

    // One of them is sent again, by itself.
    engine.store().resend(ids[1]).unwrap();
    until(&engine, ids[1], TaskState::Running).await;
    assert!(lab.script.last_body.lock().unwrap().contains("bbbb2222"));
    assert!(!lab.script.last_body.lock().unwrap().contains("aaaa1111"));
    assert_eq!(state(&engine, ids[0]), TaskState::Uncertain);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_or_a_failure_of_the_call_is_that_of_each() {
    for (create, read) in
        [(refused(400, "链接无效"), status("processing")), (accepted(), refused(404, "任务不存在"))]
    {
        let lab = Lab::new();
        lab.script.creates([create]);
        lab.script.reads([read]);
        let (engine, running, ids) = submitted(&lab);
        all(&engine, &ids, TaskState::Failed).await;
        assert_eq!(lab.script.created(), 1);
        drop(running);
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_left_is_sent_again_whole() {
    let lab = Lab::new();
    lab.script.creates([Play::NotSent, accepted()]);
    lab.script.reads([status("completed"), results(&CODES, &[])]);
    let (engine, running, ids) = submitted(&lab);
    all(&engine, &ids, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 2);
    assert_eq!(engine.store().detail(ids[4]).unwrap().attempts.len(), 2);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn who_was_cancelled_before_is_not_in_the_call() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    let rest = ["bbbb2222", "cccc3333", "eeee5555"];
    lab.script.reads([status("completed"), results(&rest, &[])]);
    let engine = lab.engine();
    let ids = submit_together(&engine, &CODES);
    engine.store().cancel(ids[0], Timestamp(1)).unwrap();
    engine.store().delete(ids[3], Timestamp(1)).unwrap();
    let running = lab.start(&engine);
    until(&engine, ids[4], TaskState::Succeeded).await;
    let body = lab.script.last_body.lock().unwrap().clone();
    assert!(!body.contains("aaaa1111") && !body.contains("dddd4444"), "{body}");
    assert_eq!(text(&engine, ids[4]), "文案 eeee5555");
    assert_eq!(state(&engine, ids[0]), TaskState::Cancelled);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_first_may_stop_waiting_and_the_others_are_asked_after_all_the_same() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, ids) = submitted(&lab);
    all(&engine, &ids, TaskState::Running).await;
    engine.store().cancel(ids[0], Timestamp(1)).unwrap();
    engine.store().delete(ids[1], Timestamp(1)).unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    lab.script.reads([status("completed"), results(&CODES, &[])]);
    all(&engine, &ids, TaskState::Succeeded).await;
    assert_eq!(text(&engine, ids[0]), "文案 aaaa1111", "it was paid for");
    running.stop().await;
}
