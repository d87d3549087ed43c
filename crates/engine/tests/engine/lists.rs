//! One question for all jobs of a kind, where the provider has a list.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use shiwen_core::{Operation, ProviderId, TaskId, TaskState};
use shiwen_engine::Engine;

use crate::{
    lab::{Lab, Play, until},
    minute::order,
};

/// A service that makes music: the status of each job, and those that its list leaves out.
#[derive(Clone, Default)]
struct Studio {
    jobs: Arc<Mutex<BTreeMap<String, &'static str>>>,
    unlisted: Arc<Mutex<Vec<String>>>,
    /// Instead of a list.
    refusal: Arc<Mutex<Option<u16>>>,
}

impl Studio {
    fn plays(&self, lab: &Lab) {
        let studio = self.clone();
        lab.script.plays(move |asked| studio.play(asked));
    }

    fn play(&self, asked: &str) -> Play {
        let mut jobs = self.jobs.lock().unwrap();
        if asked.starts_with("POST") {
            let id = format!("mus_{}", jobs.len() + 1);
            jobs.insert(id.clone(), "pending");
            let body =
                json!({ "musicId": id, "status": "pending", "creditsUsed": 3, "newBalance": 9 });
            return Play::Answer(201, body.to_string());
        }
        if let Some((_, id)) = asked.split_once("/music/") {
            return Play::Answer(200, job(id, jobs[id]).to_string());
        }
        if let Some(status) = *self.refusal.lock().unwrap() {
            return Play::Answer(status, "{}".to_owned());
        }
        let unlisted = self.unlisted.lock().unwrap();
        let listed = jobs.iter().filter(|(id, _)| !unlisted.contains(id));
        let tracks: Vec<Value> = listed.map(|(id, status)| job(id, status)).collect();
        Play::Answer(200, json!({ "tracks": tracks }).to_string())
    }

    fn end_all(&self) {
        for status in self.jobs.lock().unwrap().values_mut() {
            *status = "completed";
        }
    }
}

fn job(id: &str, status: &str) -> Value {
    json!({ "musicId": id, "status": status, "audioUrl": format!("https://media.example/{id}.mp3") })
}

fn ordered(engine: &Engine, count: usize) -> Vec<TaskId> {
    let order = order(Operation::GenerateMusic, &[("prompt", "lo-fi")]);
    (0..count).map(|_| engine.order(&order).unwrap()).collect()
}

/// Questions about one job, and for the list.
fn questions(lab: &Lab) -> (usize, usize) {
    let alone = lab.script.calls_to("GET /api/v1/music/").len();
    (alone, lab.script.calls_to("GET /api/v1/music").len() - alone)
}

async fn all(engine: &Engine, ids: &[TaskId], state: TaskState) {
    for id in ids {
        until(engine, *id, state).await;
    }
}

#[tokio::test(start_paused = true)]
async fn two_or_more_jobs_are_asked_after_in_one_call_and_each_ends_by_itself() {
    let (lab, studio) = (Lab::new(), Studio::default());
    studio.plays(&lab);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = ordered(&engine, 3);
    all(&engine, &ids, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let (alone, lists) = questions(&lab);
    assert_eq!(alone, 0);
    assert!(
        (2..=6).contains(&lists),
        "{lists} within a minute, of which each counts for all three"
    );

    studio.jobs.lock().unwrap().insert("mus_2".to_owned(), "completed");
    until(&engine, ids[1], TaskState::Succeeded).await;
    assert_eq!(engine.store().task(ids[0]).unwrap().state, TaskState::Running);
    let kept = engine.store().answers(ids[1]).unwrap();
    let kept = String::from_utf8(kept.last().unwrap().clone()).unwrap();
    assert!(kept.contains("mus_2") && !kept.contains("mus_1"), "{kept}");

    studio.end_all();
    all(&engine, &ids, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 3);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn one_job_is_asked_after_by_its_id() {
    let (lab, studio) = (Lab::new(), Studio::default());
    studio.plays(&lab);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = ordered(&engine, 1);
    all(&engine, &ids, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(40)).await;
    studio.end_all();
    all(&engine, &ids, TaskState::Succeeded).await;
    assert_eq!(questions(&lab).1, 0);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn only_a_job_that_the_list_leaves_out_is_asked_after_by_its_id() {
    let (lab, studio) = (Lab::new(), Studio::default());
    studio.plays(&lab);
    studio.unlisted.lock().unwrap().push("mus_3".to_owned());
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = ordered(&engine, 3);
    all(&engine, &ids, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    studio.end_all();
    all(&engine, &ids, TaskState::Succeeded).await;
    let alone = lab.script.calls_to("GET /api/v1/music/mus_3").len();
    assert!(alone >= 2);
    assert_eq!(questions(&lab).0, alone, "nobody else was");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_list_is_asked_for_once_and_no_job_is_lost() {
    let (lab, studio) = (Lab::new(), Studio::default());
    studio.plays(&lab);
    *studio.refusal.lock().unwrap() = Some(403);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = ordered(&engine, 3);
    all(&engine, &ids, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    studio.end_all();
    all(&engine, &ids, TaskState::Succeeded).await;
    assert_eq!(questions(&lab).1, 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_for_a_while_ends_nothing() {
    let (lab, studio) = (Lab::new(), Studio::default());
    studio.plays(&lab);
    *studio.refusal.lock().unwrap() = Some(502);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = ordered(&engine, 2);
    all(&engine, &ids, TaskState::Running).await;
    tokio::time::sleep(Duration::from_secs(300)).await;
    all(&engine, &ids, TaskState::Running).await;
    *studio.refusal.lock().unwrap() = None;
    studio.end_all();
    all(&engine, &ids, TaskState::Succeeded).await;
    assert_eq!(engine.store().provider(ProviderId::RawUgc).unwrap().check_failure, None);
    running.stop().await;
}
