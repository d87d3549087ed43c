//! Coze: runs whose events come while they happen.

use serde_json::{Value, json};
use shiwen_sandbox::Sandbox;

use crate::http::{Answer, at_once, paced, post, post_for, try_post};

const TRANSCRIPT: &str = "7400000000000000001";
const TOKEN: [(&str, &str); 1] = [("Authorization", "Bearer pat_sandbox")];

fn order(link: &str) -> Value {
    json!({ "workflow_id": TRANSCRIPT, "parameters": { "input": link } })
}

fn url(sandbox: &Sandbox, call: &str) -> String {
    format!("{}/v1/workflow/{call}", sandbox.base_url("coze"))
}

async fn stream(sandbox: &Sandbox, word: &str) -> Answer {
    let link = format!("https://v.douyin.com/sb-{word}/");
    post(&url(sandbox, "stream_run"), &TOKEN, &order(&link)).await
}

struct Event {
    id: usize,
    name: String,
    data: Value,
}

fn events(answer: &Answer) -> Vec<Event> {
    let text = answer.text();
    let blocks = text.split("\n\n").filter(|block| !block.is_empty());
    blocks
        .map(|block| {
            let field = |name: &str| {
                block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
            };
            Event {
                id: field("id").parse().unwrap(),
                name: field("event").to_owned(),
                data: serde_json::from_str(field("data")).unwrap(),
            }
        })
        .collect()
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}

/// What the end node said, in one.
fn output(events: &[Event]) -> String {
    let ends = events.iter().filter(|event| event.data["node_title"] == "End");
    ends.map(|event| event.data["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn progress_comes_first_then_the_output_in_pieces_then_the_end() {
    let sandbox = at_once().await;
    let answer = stream(&sandbox, "ok").await;
    let kind = answer.header("content-type").unwrap();
    assert!(kind.starts_with("text/event-stream"), "{kind}");
    let events = events(&answer);
    assert!(events.iter().enumerate().all(|(place, event)| event.id == place));
    assert_eq!(events.last().map(|event| event.name.as_str()), Some("Done"));
    assert!(events.last().unwrap().data["debug_url"].is_string());
    assert_eq!(events[0].data["node_title"], "读取视频");

    let body = order("https://v.douyin.com/sb-ok/");
    let blocking = post(&url(&sandbox, "run"), &TOKEN, &body).await.json();
    assert_eq!(output(&events), blocking["data"].as_str().unwrap());
    let ends: Vec<&Event> =
        events.iter().filter(|event| event.data["node_title"] == "End").collect();
    assert!(ends.len() > 1);
    let finished: Vec<bool> =
        ends.iter().map(|event| event.data["node_is_finish"] == true).collect();
    assert!(finished.iter().rev().skip(1).all(|finished| !finished) && finished[ends.len() - 1]);
    assert_eq!(sandbox.calls().routes["coze POST /v1/workflow/stream_run"], 1);
}

#[tokio::test]
async fn a_stream_takes_as_long_as_a_blocking_run() {
    let sandbox = paced(0.5).await;
    let before = std::time::Instant::now();
    assert!(events(&stream(&sandbox, "ok").await).len() > 3);
    // A fifth of 4 s at half the pace, at least.
    assert!(before.elapsed() >= std::time::Duration::from_millis(380));
}

#[tokio::test]
async fn a_failed_run_ends_with_an_error() {
    let sandbox = at_once().await;
    let failed = events(&stream(&sandbox, "gone").await);
    assert_eq!(names(&failed), ["Message", "Error"]);
    assert_eq!(failed[1].data["error_code"], 720_701_004);
}

#[tokio::test]
async fn an_interrupted_run_goes_on_when_it_is_answered() {
    let sandbox = at_once().await;
    let asked = events(&stream(&sandbox, "interrupted").await);
    assert_eq!(names(&asked), ["Message", "Interrupt"]);
    let event_id = &asked[1].data["interrupt_data"]["event_id"];
    let resumption = |event_id: &Value| {
        json!({
            "workflow_id": TRANSCRIPT,
            "event_id": event_id,
            "resume_data": "中文",
            "interrupt_type": 2,
        })
    };
    let resume = url(&sandbox, "stream_resume");
    let resumed = events(&post(&resume, &TOKEN, &resumption(event_id)).await);
    assert_eq!(resumed.last().map(|event| event.name.as_str()), Some("Done"));
    assert!(!output(&resumed).is_empty());
    let other = post(&resume, &TOKEN, &resumption(&json!("1/1"))).await.json();
    assert_eq!(other["code"], 4315);
}

#[tokio::test]
async fn a_refusal_before_the_stream_is_plain_json() {
    let sandbox = at_once().await;
    let answer = stream(&sandbox, "quota").await;
    assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(4011)));
    let unsigned = post(&url(&sandbox, "stream_run"), &[], &order("https://b23.tv/x")).await;
    assert_eq!(unsigned.status, 401);
}

#[tokio::test]
async fn a_lost_event_leaves_a_gap() {
    let sandbox = at_once().await;
    let events = events(&stream(&sandbox, "trimmed").await);
    let gaps = events.windows(2).filter(|pair| pair[1].id - pair[0].id > 1).count();
    assert_eq!(gaps, 1);
}

#[tokio::test]
async fn a_stream_can_end_early_or_break() {
    let sandbox = at_once().await;
    let half = events(&stream(&sandbox, "half").await);
    assert!(!half.is_empty() && !names(&half).contains(&"Done"));
    let link = "https://v.douyin.com/sb-drop-answer/";
    let broken = try_post(&url(&sandbox, "stream_run"), &TOKEN, &order(link)).await;
    assert!(broken.is_err());
    assert_eq!(sandbox.calls().accepted_by_link[link], 1);
}

#[tokio::test]
async fn a_stalled_stream_only_gives_signs_of_life() {
    let sandbox = at_once().await;
    let time = std::time::Duration::from_millis(400);
    let link = "https://v.douyin.com/sb-stalled/";
    let text = post_for(time, &url(&sandbox, "stream_run"), &TOKEN, &order(link)).await;
    let count = |event: &str| text.matches(&format!("event: {event}\n")).count();
    assert!((count("Message"), count("Done")) == (1, 0) && count("PING") > 1, "{text}");
}
