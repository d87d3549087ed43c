//! A provider that takes only so many calls a minute, of all sorts together.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use shiwen_core::{
    Entry, Input, Operation, Order, ProviderId, TaskId, TaskState, Timestamp, Verb, WaitReason,
};
use shiwen_engine::{Engine, EngineError};
use tokio::time::Instant;

use crate::lab::{Lab, Play, until};

const UGC: ProviderId = ProviderId::RawUgc;
const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn input(fields: &[(&str, &str)]) -> Input {
    fields
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Entry::Text((*text).to_owned())))
        .collect()
}

pub(crate) fn order(operation: Operation, fields: &[(&str, &str)]) -> Order {
    Order { provider: UGC, operation, input: input(fields), parent: None }
}

fn music(engine: &Engine) -> TaskId {
    engine.order(&order(Operation::GenerateMusic, &[("prompt", "lo-fi")])).unwrap()
}

/// The service as it answers when all is well; jobs are done when they are first asked after.
pub(crate) fn ugc(asked: &str) -> Play {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    if asked.starts_with("POST") && asked.ends_with("/music/generate") {
        let body = serde_json::json!({
            "musicId": format!("mus_{number}"), "model": "V5", "status": "pending", "creditsUsed": 3, "newBalance": 90,
        });
        return Play::Answer(201, body.to_string());
    }
    if asked.ends_with("/music") {
        let job = |id| {
            serde_json::json!({
                "musicId": format!("mus_{id}"), "status": "completed", "model": "V5", "creditsUsed": 3,
                "audioUrl": format!("https://media.example/{id}.mp3"),
            })
        };
        let tracks: Vec<_> = (1..number).map(job).collect();
        return Play::Answer(200, serde_json::json!({ "tracks": tracks }).to_string());
    }
    if let Some((_, id)) = asked.split_once("/music/") {
        let body = serde_json::json!({
            "musicId": id, "status": "completed", "model": "V5", "creditsUsed": 3,
            "audioUrl": format!("https://media.example/{id}.mp3"),
        });
        return Play::Answer(200, body.to_string());
    }
    if asked.contains("/personas") {
        return Play::Answer(200, r#"{"personas":[],"count":0}"#.to_owned());
    }
    Play::Answer(
        404,
        r#"{"type":"https://api.rawugc.com/errors/not_found","status":404}"#.to_owned(),
    )
}

/// The most calls that any minute holds.
fn busiest(calls: &[Instant]) -> usize {
    let within =
        |from: Instant| calls.iter().filter(|at| (from..=from + MINUTE).contains(*at)).count();
    calls.iter().map(|from| within(*from)).max().unwrap_or(0)
}

async fn personas(engine: &Engine) -> Result<shiwen_core::Items, EngineError> {
    engine.call(UGC, "personas", Verb::List, None, &Input::new()).await
}

#[tokio::test(start_paused = true)]
async fn thirty_orders_never_make_more_calls_than_a_minute_holds_and_all_finish() {
    let lab = Lab::new();
    lab.script.plays(ugc);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let start = Instant::now();
    let ids: Vec<_> = (0..30).map(|_| music(&engine)).collect();
    for id in &ids {
        until(&engine, *id, TaskState::Succeeded).await;
    }
    let calls = lab.script.calls_to("");
    assert_eq!(lab.script.created(), 30);
    // One question tells of the three that run at once.
    assert!(calls.len() <= 45, "{} calls", calls.len());
    assert!(busiest(&calls) <= 8, "{}", busiest(&calls));
    // So many calls at eight a minute take less than six minutes: nearly nothing of it is wasted.
    assert!(start.elapsed() < 7 * MINUTE, "{:?}", start.elapsed());
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_the_minute_says_until_when() {
    let lab = Lab::new();
    lab.script.plays(ugc);
    let engine = lab.engine();
    for _ in 0..8 {
        personas(&engine).await.unwrap();
    }
    let running = lab.start(&engine);
    let id = music(&engine);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let wait = engine.store().task(id).unwrap().wait.unwrap();
    assert_eq!(wait.reason, WaitReason::Rate);
    assert!(wait.until.is_some());
    assert_eq!(lab.script.created(), 0);
    until(&engine, id, TaskState::Succeeded).await;
    assert!(busiest(&lab.script.calls_to("")) <= 8);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_of_the_user_goes_before_questions_about_running_tasks() {
    let lab = Lab::new();
    lab.script.plays(|asked| match asked.split_once("/music/mus_") {
        Some((_, id)) => {
            let body =
                serde_json::json!({ "musicId": format!("mus_{id}"), "status": "processing" });
            Play::Answer(200, body.to_string())
        }
        None => ugc(asked),
    });
    let engine = lab.engine();
    let running = lab.start(&engine);
    // So many questions that they use up every minute by themselves.
    for n in 0..40 {
        let id = format!("mus_{n}");
        engine.follow_remote(UGC, Operation::GenerateMusic, &id).unwrap();
    }
    tokio::time::sleep(Duration::from_secs(300)).await;
    let questions = lab.script.calls_to("GET /api/v1/music").len();
    assert!((25..=36).contains(&questions), "{questions} in five minutes");
    let start = Instant::now();
    personas(&engine).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(1), "some calls are not for questions");
    for _ in 0..15 {
        personas(&engine).await.unwrap();
    }
    // Two full minutes, and what is left of the one that the questions had filled.
    assert!(start.elapsed() < 3 * MINUTE, "{:?}", start.elapsed());
    assert!(busiest(&lab.script.calls_to("")) <= 8);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_came_too_early_is_made_again_when_the_provider_takes_it() {
    let lab = Lab::new();
    let count = AtomicU32::new(0);
    lab.script.plays(move |call| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Play::Answer(429, "{}".to_owned()),
        _ => ugc(call),
    });
    let engine = lab.engine();
    let start = Instant::now();
    personas(&engine).await.unwrap();
    assert!(start.elapsed() >= MINUTE, "{:?}", start.elapsed());
    assert_eq!(lab.script.calls_to("").len(), 2);

    // It is not asked for ever.
    lab.script.plays(|_| Play::Answer(429, "{}".to_owned()));
    assert!(matches!(personas(&engine).await, Err(EngineError::Refused(_))));
    assert_eq!(lab.script.calls_to("").len(), 5);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_kept_waiting_for_minutes() {
    let lab = Lab::new();
    let reset = Timestamp(1_790_000_000_000).after(Duration::from_secs(100)).0 / 1000;
    lab.script.plays(move |_| {
        let headers = vec![
            ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
            ("x-ratelimit-reset".to_owned(), reset.to_string()),
        ];
        Play::Headed(200, headers, r#"{"personas":[],"count":0}"#.to_owned())
    });
    let engine = lab.engine();
    personas(&engine).await.unwrap();
    let start = Instant::now();
    let refused = personas(&engine).await;
    assert!(
        matches!(refused, Err(EngineError::Busy { provider: UGC, until }) if until.0 / 1000 == reset)
    );
    assert!(start.elapsed() < Duration::from_secs(1), "said at once");
    tokio::time::sleep(Duration::from_secs(30)).await;
    personas(&engine).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(99), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_has_nothing_left_is_left_alone_and_goes_on_by_itself() {
    let lab = Lab::new();
    let asked = std::sync::Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    lab.script.plays(move |call| {
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let body =
                r#"{"type":"https://api.rawugc.com/errors/rate_limit_exceeded","status":429}"#;
            return Play::Headed(429, Vec::new(), body.to_owned());
        }
        ugc(call)
    });
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids: Vec<_> = (0..3).map(|_| music(&engine)).collect();
    // Three may be out at once; what left before the refusal came is not called back.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = lab.script.calls_to("").len();
    tokio::time::sleep(Duration::from_secs(50)).await;
    assert_eq!(lab.script.calls_to("").len(), before, "nothing at all is asked");
    for id in &ids {
        until(&engine, *id, TaskState::Succeeded).await;
    }
    assert_eq!(lab.script.calls_to("POST").len(), 4);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn another_provider_is_not_held_up() {
    let lab = Lab::new();
    lab.script.plays(|asked| match asked.contains("/coze/transcribe") {
        true => crate::lab::accepted(),
        false if asked.contains("/coze/") => crate::lab::status("processing"),
        false => ugc(asked),
    });
    let engine = lab.engine();
    for _ in 0..8 {
        personas(&engine).await.unwrap();
    }
    let running = lab.start(&engine);
    let waiting = music(&engine);
    let id = crate::lab::submit(&engine, &["aaaa1111"])[0];
    let start = Instant::now();
    until(&engine, id, TaskState::Running).await;
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(engine.store().task(waiting).unwrap().state, TaskState::Queued);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_test_of_an_account_counts_as_well() {
    let lab = Lab::new();
    lab.script.plays(|_| Play::Answer(200, r#"{"videos":[],"pagination":{}}"#.to_owned()));
    let engine = lab.engine();
    for _ in 0..10 {
        assert!(engine.test_provider(UGC).await.unwrap().check_failure.is_none());
    }
    assert!(busiest(&lab.script.calls_to("")) <= 8);
}
