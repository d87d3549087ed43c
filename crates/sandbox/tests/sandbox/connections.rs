//! What can go wrong on the way, the same at every service; and the sandbox's own start and end.

use std::{io, time::Duration};

use serde_json::{Value, json};
use shiwen_sandbox::{Options, Sandbox};
use tokio::{io::AsyncReadExt, net::TcpStream};

use crate::http::{Answer, at_once, get, try_get, try_post};

const KEYS: [(&str, &str); 2] = [("X-API-Key", "ak_sandbox"), ("X-API-Secret", "sk_sandbox")];
const TOKEN: [(&str, &str); 1] = [("Authorization", "Bearer pat_sandbox")];
const USER: &str = "5a4d0b0c-0000-4000-8000-000000000001";
const WORKFLOW: &str = "7400000000000000001";

fn link(word: &str) -> String {
    format!("https://v.douyin.com/sb-{word}/")
}

/// The create call of every service with the same word in its link.
async fn creates(sandbox: &Sandbox, word: &str) -> Vec<io::Result<Answer>> {
    let link = link(word);
    let momoget = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    let coze = format!("{}/v1/workflow/run", sandbox.base_url("coze"));
    let transcriptgenerate =
        format!("{}/transcript-api/v1/task/create", sandbox.base_url("transcriptgenerate"));
    let run = json!({ "workflow_id": WORKFLOW, "parameters": { "input": link }, "is_async": true });
    vec![
        try_post(&momoget, &[], &json!({ "user_id": USER, "video_url": link })).await,
        try_post(&coze, &TOKEN, &run).await,
        try_post(&transcriptgenerate, &KEYS, &json!({ "workUrl": link })).await,
    ]
}

/// How often the services accepted the link with this word.
fn accepted(sandbox: &Sandbox, word: &str) -> u64 {
    sandbox.calls().accepted_by_link.get(&link(word)).copied().unwrap_or_default()
}

/// The questions of every service about a task of its own whose link has this word.
struct Questions<'a> {
    sandbox: &'a Sandbox,
    ids: Vec<String>,
}

impl<'a> Questions<'a> {
    async fn of(sandbox: &'a Sandbox, word: &str) -> Self {
        let created = creates(sandbox, word).await;
        let created: Vec<Value> =
            created.into_iter().map(|answer| answer.unwrap().json()).collect();
        let ids =
            [&created[0]["task_id"], &created[1]["execute_id"], &created[2]["data"]["taskId"]];
        Self { sandbox, ids: ids.map(|id| id.as_str().unwrap().to_owned()).to_vec() }
    }

    async fn ask(&self) -> Vec<io::Result<Answer>> {
        let [momoget, coze, transcriptgenerate] = [&self.ids[0], &self.ids[1], &self.ids[2]];
        let base = |provider: &str| self.sandbox.base_url(provider);
        let status = format!("{}/coze/task-status", base("momoget"));
        let history = format!("{}/v1/workflows/{WORKFLOW}/run_histories/{coze}", base("coze"));
        let query = format!(
            "{}/transcript-api/v1/task/query?taskId={transcriptgenerate}",
            base("transcriptgenerate")
        );
        vec![
            try_post(&status, &[], &json!({ "user_id": USER, "task_id": momoget })).await,
            try_get(&history, &TOKEN).await,
            try_get(&query, &KEYS).await,
        ]
    }
}

async fn check_create(word: &str, is_expected: impl Fn(&Answer) -> bool, accepted_times: u64) {
    let sandbox = at_once().await;
    for answer in creates(&sandbox, word).await {
        let answer = answer.unwrap();
        assert!(is_expected(&answer), "{word}: {} {:.200}", answer.status, answer.text());
    }
    assert_eq!(accepted(&sandbox, word), accepted_times, "{word}");
    assert_eq!(sandbox.calls().creates_by_link[&link(word)], 3, "{word}");
}

async fn check_cut_create(word: &str, accepted_times: u64) {
    let sandbox = at_once().await;
    for answer in creates(&sandbox, word).await {
        assert!(answer.is_err(), "{word}");
    }
    assert_eq!(accepted(&sandbox, word), accepted_times, "{word}");
    assert_eq!(sandbox.calls().creates_by_link[&link(word)], 3, "{word}");
}

/// Three bad answers, then the good one, at every service.
async fn check_recovery(word: &str, is_expected: impl Fn(&io::Result<Answer>) -> bool) {
    let sandbox = at_once().await;
    let questions = Questions::of(&sandbox, word).await;
    for _ in 0..3 {
        for answer in questions.ask().await {
            assert!(is_expected(&answer), "{word}");
        }
    }
    for answer in questions.ask().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200, "{word}");
        assert!(answer.json().is_object() && answer.body.len() < 1_000_000, "{word}");
    }
    assert_eq!(accepted(&sandbox, word), 3, "{word}");
}

fn is_page(answer: &Answer, status: u16) -> bool {
    answer.status == status
        && answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
        && answer.text().starts_with("<!doctype html>")
}

fn is_half(answer: &Answer) -> bool {
    let text = answer.text();
    text.starts_with('{') && serde_json::from_str::<Value>(&text).is_err()
}

fn is_huge(answer: &Answer) -> bool {
    answer.body.len() > 20_000_000 && answer.json().is_object()
}

#[tokio::test]
async fn a_page_or_a_bare_status_accepts_nothing() {
    check_create("html", |answer| is_page(answer, 200), 0).await;
    check_create("e500", |answer| answer.status == 500, 0).await;
    check_create("e502", |answer| is_page(answer, 502), 0).await;
    check_create("e503", |answer| is_page(answer, 503), 0).await;
}

#[tokio::test]
async fn half_an_answer_and_a_huge_one_were_accepted() {
    check_create("half", is_half, 3).await;
    check_create("huge", is_huge, 3).await;
}

#[tokio::test]
async fn a_connection_can_end_before_and_after_the_task_was_accepted() {
    check_cut_create("drop-before", 0).await;
    check_cut_create("drop-during", 0).await;
    check_cut_create("drop-after", 3).await;
    check_cut_create("drop-answer", 3).await;
}

#[tokio::test]
async fn a_connection_that_is_dropped_before_is_reset_and_during_is_closed() {
    let sandbox = at_once().await;
    for answer in creates(&sandbox, "drop-before").await {
        assert_eq!(answer.err().map(|error| error.kind()), Some(io::ErrorKind::ConnectionReset));
    }
    for answer in creates(&sandbox, "drop-during").await {
        assert_eq!(answer.err().map(|error| error.kind()), Some(io::ErrorKind::UnexpectedEof));
    }
}

#[tokio::test]
async fn bad_answers_to_questions_end_after_the_third() {
    check_recovery("html-poll", |answer| answer.as_ref().is_ok_and(|answer| is_page(answer, 200)))
        .await;
    check_recovery("half-poll", |answer| answer.as_ref().is_ok_and(is_half)).await;
    check_recovery("huge-poll", |answer| answer.as_ref().is_ok_and(is_huge)).await;
    check_recovery("e503-poll", |answer| answer.as_ref().is_ok_and(|answer| is_page(answer, 503)))
        .await;
    check_recovery("drop-poll", io::Result::is_err).await;
}

#[tokio::test]
async fn a_hanging_create_is_accepted_and_never_answered() {
    let sandbox = at_once().await;
    let waited = tokio::time::timeout(Duration::from_millis(300), creates(&sandbox, "hang")).await;
    assert!(waited.is_err());
    assert_eq!(accepted(&sandbox, "hang"), 1);
}

#[tokio::test]
async fn stopping_ends_hanging_connections_and_gives_the_port_back() {
    let sandbox = at_once().await;
    let url = sandbox.url().to_owned();
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    let mut idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    sandbox.stop().await;
    // Closed or reset, but no longer open.
    assert!(matches!(idle.read(&mut [0]).await, Ok(0) | Err(_)));
    assert!(try_get(&format!("{url}/"), &[]).await.is_err());

    let sandbox = Sandbox::start(Options { port, ..Options::default() }).await.unwrap();
    assert_eq!(sandbox.url(), url);
    assert_eq!(get(&format!("{url}/"), &[]).await.status, 200);
}

#[tokio::test]
async fn a_dropped_sandbox_stops() {
    let sandbox = at_once().await;
    let url = format!("{}/", sandbox.url());
    drop(sandbox);
    let stopped = tokio::time::timeout(Duration::from_secs(5), async {
        while try_get(&url, &[]).await.is_ok() {}
    });
    assert!(stopped.await.is_ok());
}

#[tokio::test]
async fn a_pace_below_zero_is_refused() {
    for pace in [-1.0, f64::NAN, f64::INFINITY] {
        let error = Sandbox::start(Options { pace, ..Options::default() }).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    let sandbox = at_once().await;
    assert!(sandbox.url().starts_with("http://127.0.0.1:"));
}
