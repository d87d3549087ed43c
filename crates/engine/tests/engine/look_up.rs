//! Looking for what may or may not have been accepted: found, proven absent, or left to the user; never sent again.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use shiwen_core::{
    Evidence, Hint, LookedUp, Operation, Order, Outcome, ProviderId, TaskId, TaskState,
};
use shiwen_engine::{Engine, EngineError};
use shiwen_store::StoreError;

use crate::{
    lab::{Lab, Play, accepted, hours, kill, submit, submit_together, until},
    minute::order,
    town::{NEXT, Town, lab as lab_of, submit_to},
};

const BEGIN: i64 = 1_790_000_000_000;

/// A service that makes music, whose first create call breaks off.
#[derive(Clone)]
struct Studio {
    jobs: Arc<Mutex<Vec<Value>>>,
    create: Arc<Mutex<Play>>,
    /// How many there are, where that is not how many are listed.
    total: Arc<Mutex<Option<usize>>>,
}

impl Studio {
    fn new(lab: &Lab) -> Self {
        let create = Arc::new(Mutex::new(Play::Ambiguous));
        let studio = Self { jobs: Arc::default(), create, total: Arc::default() };
        let plays = studio.clone();
        lab.script.plays(move |asked| plays.play(asked));
        studio
    }

    fn play(&self, asked: &str) -> Play {
        let jobs = self.jobs.lock().unwrap();
        if asked.starts_with("POST") {
            return self.create.lock().unwrap().clone();
        }
        if let Some((_, id)) = asked.split_once("/music/") {
            let job = jobs.iter().find(|job| job["musicId"] == id);
            return Play::Answer(200, job.unwrap().to_string());
        }
        let total = self.total.lock().unwrap().unwrap_or(jobs.len());
        let pages = json!({ "total": total, "page": 1, "pageSize": 100, "hasMore": false });
        Play::Answer(200, json!({ "tracks": *jobs, "pagination": pages }).to_string())
    }

    fn has(&self, id: &str, prompt: &str, model: &str, created_at: i64) {
        self.jobs.lock().unwrap().push(json!({
            "musicId": id, "status": "pending", "prompt": prompt, "model": model,
            "createdAt": created_at, "creditsUsed": 3,
        }));
    }
}

fn song() -> Order {
    order(Operation::GenerateMusic, &[("prompt", "雨夜的钢琴"), ("model", "V4")])
}

/// A task whose create call broke off a moment ago.
async fn doubtful(lab: &Lab) -> (Engine, shiwen_engine::Running, TaskId) {
    let engine = lab.engine();
    let running = lab.start(&engine);
    let id = engine.order(&song()).unwrap();
    until(&engine, id, TaskState::Uncertain).await;
    (engine, running, id)
}

fn evidence(engine: &Engine, id: TaskId) -> Evidence {
    engine.store().detail(id).unwrap().attempts.pop().unwrap().evidence.unwrap()
}

async fn seconds(seconds: u64) {
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_one_job_that_can_be_it_is_followed_from_then_on() {
    let lab = Lab::new();
    let studio = Studio::new(&lab);
    studio.has("mus_1", "雨夜的钢琴", "V4", BEGIN + 200);
    let (engine, running, id) = doubtful(&lab).await;
    let task = until(&engine, id, TaskState::Running).await;
    assert_eq!(task.remote_id.as_deref(), Some("mus_1"));
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_asks_for_something_else_or_came_at_another_time_is_not_it() {
    let lab = Lab::new();
    let studio = Studio::new(&lab);
    studio.has("mus_1", "雨夜的小提琴", "V4", BEGIN);
    studio.has("mus_2", "雨夜的钢琴", "V5", BEGIN);
    studio.has("mus_3", "雨夜的钢琴", "V4", BEGIN - 61_000);
    studio.has("mus_4", "雨夜的钢琴", "V4", BEGIN + 60_000 + 125_000);
    let (engine, running, id) = doubtful(&lab).await;
    seconds(200).await;
    assert_eq!(engine.look_up(id).await.unwrap(), LookedUp::NotThere);
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Uncertain);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn absence_is_a_proof_after_two_minutes_and_is_written_down() {
    let lab = Lab::new();
    let _studio = Studio::new(&lab);
    let (engine, running, id) = doubtful(&lab).await;
    let ended = engine.store().detail(id).unwrap().attempts[0].ended_at.unwrap();
    let two_minutes = ended.after(Duration::from_secs(120));
    let nothing_yet = LookedUp::NothingYet { again_at: Some(two_minutes) };
    assert_eq!(engine.look_up(id).await.unwrap(), nothing_yet);
    assert_eq!(evidence(&engine, id).not_there_at, None);
    assert!(!engine.store().task(id).unwrap().not_there);
    assert!(engine.provider(ProviderId::RawUgc).unwrap().spent_today > 0);
    // By itself from here on.
    seconds(150).await;
    assert!(evidence(&engine, id).not_there_at.unwrap() >= two_minutes);
    assert!(engine.store().task(id).unwrap().not_there);
    assert_eq!(engine.provider(ProviderId::RawUgc).unwrap().spent_today, 0);
    let looks = lab.script.calls_to("GET").len();
    hours(3).await;
    assert_eq!(lab.script.calls_to("GET").len(), looks, "once is enough");
    assert_eq!(engine.store().task(id).unwrap().state, TaskState::Uncertain);
    assert_eq!(lab.script.created(), 1, "only the user sends it again");
    engine.store().resend(id).unwrap();
    seconds(5).await;
    assert_eq!(lab.script.created(), 2);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_list_that_lacks_something_proves_nothing() {
    let lab = Lab::new();
    let studio = Studio::new(&lab);
    *studio.total.lock().unwrap() = Some(7);
    let (engine, running, id) = doubtful(&lab).await;
    seconds(600).await;
    let nothing_yet = LookedUp::NothingYet { again_at: None };
    assert_eq!(engine.look_up(id).await.unwrap(), nothing_yet);
    // One that does not say what it was made of may be it.
    *studio.total.lock().unwrap() = None;
    let silent = json!({ "musicId": "mus_1", "status": "pending", "createdAt": BEGIN });
    studio.jobs.lock().unwrap().push(silent);
    assert_eq!(engine.look_up(id).await.unwrap(), nothing_yet);
    assert_eq!(evidence(&engine, id).not_there_at, None);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn several_are_left_to_the_user_and_those_of_other_tasks_do_not_count() {
    let lab = Lab::new();
    let studio = Studio::new(&lab);
    let made =
        json!({ "musicId": "mus_1", "status": "pending", "creditsUsed": 3, "newBalance": 9 });
    *studio.create.lock().unwrap() = Play::Answer(201, made.to_string());
    studio.has("mus_1", "雨夜的钢琴", "V4", BEGIN);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let first = engine.order(&song()).unwrap();
    until(&engine, first, TaskState::Running).await;
    *studio.create.lock().unwrap() = Play::Ambiguous;
    let second = engine.order(&song()).unwrap();
    until(&engine, second, TaskState::Uncertain).await;
    seconds(1).await;
    studio.has("mus_2", "雨夜的钢琴", "V4", BEGIN + 1000);
    studio.has("mus_3", "雨夜的钢琴", "V4", BEGIN + 1000);
    assert_eq!(engine.look_up(second).await.unwrap(), LookedUp::Several { count: 2 });
    assert_eq!(engine.store().task(second).unwrap().state, TaskState::Uncertain);
    studio.jobs.lock().unwrap().pop();
    assert_eq!(engine.look_up(second).await.unwrap(), LookedUp::Found);
    let task = engine.store().task(second).unwrap();
    assert_eq!((task.state, task.remote_id.as_deref()), (TaskState::Running, Some("mus_2")));
    assert_eq!(lab.script.created(), 2);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_goes_out_with_the_same_words_puts_it_off_and_with_other_words_does_not() {
    for (prompt, alike) in [("雨夜的钢琴", true), ("清晨的小提琴", false)] {
        let lab = Lab::new();
        let studio = Studio::new(&lab);
        let (engine, running, id) = doubtful(&lab).await;
        studio.has("mus_1", "雨夜的钢琴", "V4", BEGIN + 200);
        let made =
            json!({ "musicId": "mus_2", "status": "pending", "creditsUsed": 3, "newBalance": 9 });
        *studio.create.lock().unwrap() = Play::Answer(201, made.to_string());
        let other = order(Operation::GenerateMusic, &[("prompt", prompt), ("model", "V4")]);
        let other = engine.order(&other).unwrap();
        until(&engine, other, TaskState::Submitting).await;

        let looked_up = engine.look_up(id).await.unwrap();

        assert_eq!(engine.store().task(other).unwrap().state, TaskState::Submitting);
        match alike {
            true => {
                let put_off = matches!(looked_up, LookedUp::NothingYet { again_at: Some(_) });
                assert!(put_off, "{looked_up:?}");
                assert_eq!(engine.store().task(id).unwrap().state, TaskState::Uncertain);
            }
            false => assert_eq!(looked_up, LookedUp::Found),
        }
        // Once its answer is known it is looked for again by itself.
        studio.has("mus_2", prompt, "V4", BEGIN + 1000);
        let task = until(&engine, id, TaskState::Running).await;
        assert_eq!(task.remote_id.as_deref(), Some("mus_1"));
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_without_a_job_that_we_follow_is_not_believed() {
    let lab = Lab::new();
    let studio = Studio::new(&lab);
    let made =
        json!({ "musicId": "mus_1", "status": "pending", "creditsUsed": 3, "newBalance": 9 });
    *studio.create.lock().unwrap() = Play::Answer(201, made.to_string());
    let engine = lab.engine();
    let id = engine.order(&song()).unwrap();
    let running = lab.start(&engine);
    until(&engine, id, TaskState::Running).await;
    *studio.create.lock().unwrap() = Play::Ambiguous;
    let doubtful = engine.order(&song()).unwrap();
    until(&engine, doubtful, TaskState::Uncertain).await;
    let nothing_yet = LookedUp::NothingYet { again_at: None };
    assert_eq!(engine.look_up(doubtful).await.unwrap(), nothing_yet);
    drop(running);
}

#[tokio::test(start_paused = true)]
async fn after_a_kill_it_is_looked_for_as_well() {
    let lab = Lab::new();
    let studio = Studio::new(&lab);
    *studio.create.lock().unwrap() = Play::Hang;
    let engine = lab.engine();
    let running = lab.start(&engine);
    let id = engine.order(&song()).unwrap();
    until(&engine, id, TaskState::Submitting).await;
    kill(running, engine).await;
    studio.has("mus_1", "雨夜的钢琴", "V4", BEGIN + 500);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let detail = engine.store().detail(id).unwrap();
    assert_eq!(detail.attempts[0].outcome, Some(Outcome::Crashed));
    let said = evidence(&engine, id).error.unwrap();
    assert!(said.contains("the program ended"), "{said}");
    let task = until(&engine, id, TaskState::Running).await;
    assert_eq!(task.remote_id.as_deref(), Some("mus_1"));
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_for_is_said_at_once() {
    let lab = Lab::new();
    lab.script.creates([Play::Ambiguous]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Uncertain).await;
    hours(1).await;
    assert_eq!(engine.look_up(id).await.unwrap(), LookedUp::NoWay);
    assert_eq!(lab.script.read_calls(), 0);
    engine.store().give_up(id, shiwen_core::Timestamp(BEGIN)).unwrap();
    assert_eq!(engine.look_up(id).await.unwrap(), LookedUp::NoWay, "one may come back to it");
    let queued = submit(&engine, &["bbbb2222"])[0];
    let refused = engine.look_up(queued).await;
    assert!(matches!(refused, Err(EngineError::Store(StoreError::WrongState))));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_of_a_doubtful_call_is_kept_without_the_key() {
    let told = format!("{{\"detail\":\"boom {}\"}}", crate::lab::CANARY);
    for (play, status, excerpt) in [
        (Play::Ambiguous, None, None),
        (Play::Answer(502, "bad gateway".to_owned()), Some(502), Some("bad gateway")),
        (Play::Answer(500, told), Some(500), Some("boom")),
    ] {
        let lab = Lab::new();
        lab.script.creates([play]);
        let (engine, running, id) = lab.submitted();
        until(&engine, id, TaskState::Uncertain).await;
        let seen = evidence(&engine, id);
        assert_eq!((seen.body_sent, seen.http_status), (Some(true), status));
        assert_eq!(seen.error.is_some(), status.is_none());
        let said = seen.excerpt.unwrap_or_default();
        assert!(said.contains(excerpt.unwrap_or_default()), "{said}");
        assert!(!said.contains(crate::lab::CANARY), "{said}");
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_asked_before_and_after_a_doubtful_call() {
    let lab = lab_of(&[NEXT]);
    let town = Town::begin(&lab);
    town.answers(NEXT, Play::Ambiguous);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let left = town.left.clone();
    *lab.script.on_create.lock().unwrap() =
        Some(Box::new(move || *left.lock().unwrap() = Some((3537, 1))));
    let id = submit_to(&engine, "aaaa1111", &[NEXT]);
    until(&engine, id, TaskState::Uncertain).await;
    seconds(5).await;
    let hint = Hint {
        left_before: Some(3600),
        left_after: Some(3537),
        running_before: Some(0),
        running_after: Some(1),
    };
    assert_eq!(evidence(&engine, id).hint, Some(hint));
    assert_eq!(engine.look_up(id).await.unwrap(), LookedUp::Hint { hint });
    assert_eq!(Town::created(&lab).1, 1);

    // Later calls of ours change what is left: what was seen then stays.
    town.answers(NEXT, crate::town::taken("9"));
    let other = submit_to(&engine, "bbbb2222", &[NEXT]);
    until(&engine, other, TaskState::Running).await;
    *town.left.lock().unwrap() = Some((3000, 1));
    assert_eq!(engine.look_up(id).await.unwrap(), LookedUp::Hint { hint });
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_say_what_is_left_holds_nothing_up() {
    let lab = lab_of(&[NEXT]);
    let town = Town::begin(&lab);
    *town.left.lock().unwrap() = None;
    let engine = lab.engine();
    let running = lab.start(&engine);
    for code in ["aaaa1111", "bbbb2222", "cccc3333"] {
        town.answers(NEXT, crate::town::taken(code));
        let id = submit_to(&engine, code, &[NEXT]);
        until(&engine, id, TaskState::Running).await;
    }
    let asked = lab.script.calls_to("GET /open-gateway/transcript-api/v1/quota").len();
    assert!(asked <= 2, "{asked} questions for three creates");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_next_accepted_call_tells_what_a_doubtful_one_left() {
    let left = |left: u32| {
        let body = json!({ "code": 201, "task_id": "remote-{n}", "remaining_tasks": left });
        Play::Answer(200, body.to_string())
    };
    for (after, took) in [(39, 40), (40, 41)] {
        let lab = Lab::new();
        lab.script.creates([left(41), Play::Ambiguous, left(after)]);
        lab.script.reads([crate::lab::status("processing")]);
        let engine = lab.engine();
        let running = lab.start(&engine);
        let first = submit(&engine, &["aaaa1111"])[0];
        until(&engine, first, TaskState::Running).await;
        let second = submit(&engine, &["bbbb2222"])[0];
        until(&engine, second, TaskState::Uncertain).await;
        assert_eq!(evidence(&engine, second).hint.unwrap().left_before, Some(41));
        let third = submit(&engine, &["cccc3333"])[0];
        until(&engine, third, TaskState::Running).await;
        seconds(1).await;
        let hint = evidence(&engine, second).hint.unwrap();
        assert_eq!((hint.left_before, hint.left_after), (Some(41), Some(took)));
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_hint_that_could_be_about_two_calls_is_none() {
    let lab = Lab::new();
    lab.script.creates([accepted(), Play::Ambiguous, Play::Ambiguous, accepted()]);
    lab.script.reads([crate::lab::status("processing")]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let first = submit(&engine, &["aaaa1111"])[0];
    until(&engine, first, TaskState::Running).await;
    let mut doubtful = Vec::new();
    for code in ["bbbb2222", "cccc3333"] {
        let id = submit(&engine, &[code])[0];
        until(&engine, id, TaskState::Uncertain).await;
        doubtful.push(id);
    }
    let last = submit_together(&engine, &["dddd4444"])[0];
    until(&engine, last, TaskState::Running).await;
    seconds(1).await;
    for id in doubtful {
        assert_eq!(evidence(&engine, id).hint.and_then(|hint| hint.left_after), None);
    }
    running.stop().await;
}
