//! Coze: both workflows in both ways, and what each word does to them.

use serde_json::{Value, json};
use shiwen_sandbox::Sandbox;

use crate::http::{Answer, at_once, get, paced, post, try_post};

const TRANSCRIPT: &str = "7400000000000000001";
const INFO: &str = "7400000000000000002";
const TOKEN: (&str, &str) = ("Authorization", "Bearer pat_sandbox");
const HISTORY_TOKEN: (&str, &str) = ("Authorization", "Bearer cztei_sandbox");

fn order(workflow: &str, input: &str, is_async: bool) -> Value {
    json!({ "workflow_id": workflow, "parameters": { "input": input }, "is_async": is_async })
}

fn run_url(sandbox: &Sandbox) -> String {
    format!("{}/v1/workflow/run", sandbox.base_url("coze"))
}

async fn run(sandbox: &Sandbox, link: &str) -> Answer {
    post(&run_url(sandbox), &[TOKEN], &order(TRANSCRIPT, link, true)).await
}

async fn info(sandbox: &Sandbox, text: &str) -> Answer {
    post(&run_url(sandbox), &[TOKEN], &order(INFO, text, false)).await
}

async fn history(sandbox: &Sandbox, execute_id: &Value, token: (&str, &str)) -> Answer {
    let id = execute_id.as_str().unwrap();
    let base = sandbox.base_url("coze");
    get(&format!("{base}/v1/workflows/{TRANSCRIPT}/run_histories/{id}"), &[token]).await
}

/// Runs the transcript workflow and gives its only record.
async fn record_of(sandbox: &Sandbox, link: &str) -> Value {
    let started = run(sandbox, link).await.json();
    assert_eq!(started["code"], 0, "{started}");
    let answer = history(sandbox, &started["execute_id"], HISTORY_TOKEN).await.json();
    assert_eq!((&answer["code"], answer["data"].as_array().unwrap().len()), (&json!(0), 1));
    answer["data"][0].clone()
}

/// Undoes the three layers of JSON in strings.
fn content(record: &Value) -> Value {
    let outer: Value = serde_json::from_str(record["output"].as_str().unwrap()).unwrap();
    assert_eq!(outer["node_status"], "{}");
    serde_json::from_str(outer["Output"].as_str().unwrap()).unwrap()
}

async fn check_refused(word: &str, code: u64) {
    let sandbox = at_once().await;
    let answer = run(&sandbox, &format!("https://v.douyin.com/sb-{word}/")).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (200, json!(code)), "{word}");
    assert!(answer.json()["msg"].as_str().is_some_and(|message| !message.is_empty()));
    assert_eq!(sandbox.calls().accepted_by_link.len(), 0);
}

#[tokio::test]
async fn an_asynchronous_run_gives_its_transcript_in_the_history() {
    let sandbox = at_once().await;
    let answer = run(&sandbox, "https://www.bilibili.com/video/BV1xx411c7mD").await;
    let started = answer.json();
    assert_eq!((&started["code"], &started["msg"]), (&json!(0), &json!("Success")));
    assert_eq!(started["execute_id"].as_str().unwrap().len(), 19);
    assert_eq!(started["data"], Value::Null);

    let answer = history(&sandbox, &started["execute_id"], HISTORY_TOKEN).await;
    let record = &answer.json()["data"][0];
    assert_eq!(record["execute_id"], started["execute_id"]);
    assert_eq!(
        (&record["execute_status"], &record["error_code"], &record["is_output_trimmed"]),
        (&json!("Success"), &json!("0"), &json!(false))
    );
    assert!(record["update_time"].as_u64() >= record["create_time"].as_u64());
    let content = content(record);
    assert!(content["content"].as_str().unwrap().chars().count() >= 150);
    assert!(content["title"].as_str().unwrap().contains(" #"));
    assert_eq!(answer.header("x-tt-logid"), answer.json()["detail"]["logid"].as_str());
}

#[tokio::test]
async fn the_video_info_comes_at_once_and_with_swapped_names() {
    let sandbox = at_once().await;
    let share_text =
        "3.21 复制打开抖音，看看【阳台小农】 https://v.douyin.com/iFRvuEch/ 07/08 aBc:/";
    let answer = info(&sandbox, share_text).await.json();
    assert_eq!((&answer["code"], &answer["execute_id"]), (&json!(0), &Value::Null));
    let data: Value = serde_json::from_str(answer["data"].as_str().unwrap()).unwrap();
    assert!(data["cover_url"].as_str().unwrap().contains("mime_type=video_"));
    assert!(data["output"].as_str().unwrap().contains("sc=cover"));
    for name in ["cover_url", "output", "avatar"] {
        let media = get(data[name].as_str().unwrap(), &[]).await;
        assert_eq!(media.status, 200, "{name}");
    }
    assert!(!data["nickname"].as_str().unwrap().is_empty());
    assert_eq!(sandbox.calls().accepted_by_link["https://v.douyin.com/iFRvuEch/"], 1);
}

#[tokio::test]
async fn both_workflows_tell_of_the_same_video() {
    let sandbox = at_once().await;
    let link = "https://v.douyin.com/iFRvuEch/";
    let transcript = content(&record_of(&sandbox, link).await);
    let data = info(&sandbox, link).await.json()["data"].clone();
    let data: Value = serde_json::from_str(data.as_str().unwrap()).unwrap();
    assert_eq!(transcript["title"], data["title"]);
}

#[tokio::test]
async fn a_run_has_no_output_before_it_ends() {
    let sandbox = paced(1.0).await;
    for code in 0..8 {
        let record = record_of(&sandbox, &format!("https://v.douyin.com/aaaaaa{code}/")).await;
        assert_eq!(
            (&record["execute_status"], &record["error_code"]),
            (&json!("Running"), &json!(""))
        );
        assert!(["", "{\"Output\":\"null\"}"].contains(&record["output"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn a_wrong_token_is_refused_in_two_ways() {
    let sandbox = at_once().await;
    let wrong = ("Authorization", "Bearer pat_other");
    let body = order(TRANSCRIPT, "https://v.douyin.com/iFRvuEch/", true);
    let answer = post(&run_url(&sandbox), &[wrong], &body).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (200, json!(4101)));
    assert!(answer.json()["msg"].as_str().unwrap().contains("token you entered is incorrect"));

    let answer = history(&sandbox, &json!("1000000000000000001"), wrong).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (401, json!(700_012_006)));

    let answer = post(&run_url(&sandbox), &[], &body).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (401, json!(4100)));
}

#[tokio::test]
async fn the_history_token_may_not_run_anything() {
    let sandbox = at_once().await;
    let body = order(TRANSCRIPT, "https://v.douyin.com/iFRvuEch/", true);
    let answer = post(&run_url(&sandbox), &[HISTORY_TOKEN], &body).await.json();
    assert_eq!(answer["code"], 4101);
    assert!(!answer["msg"].as_str().unwrap().contains("incorrect"));
}

#[tokio::test]
async fn refusals_are_the_documented_ones() {
    check_refused("badkey", 4101).await;
    check_refused("quota", 4011).await;
    check_refused("member", 6003).await;
    check_refused("rate", 4020).await;
    check_refused("rate-unclear", 4013).await;
    check_refused("badlink", 4000).await;
}

#[tokio::test]
async fn full_concurrency_is_told_by_the_message() {
    let sandbox = at_once().await;
    let link = "https://v.douyin.com/sb-concurrency/";
    for _ in 0..2 {
        let answer = run(&sandbox, link).await.json();
        let message = answer["msg"].as_str().unwrap();
        assert!(message.contains("async") && message.contains("concurren"), "{message}");
    }
    assert_eq!(run(&sandbox, link).await.json()["code"], 0);
}

#[tokio::test]
async fn a_workflow_that_does_not_exist_is_not_found() {
    let sandbox = at_once().await;
    let body = order("7000000000000000101", "https://v.douyin.com/iFRvuEch/", true);
    assert_eq!(post(&run_url(&sandbox), &[TOKEN], &body).await.json()["code"], 4200);
    let body = order(TRANSCRIPT, "没有链接", true);
    assert_eq!(post(&run_url(&sandbox), &[TOKEN], &body).await.json()["code"], 4000);
}

#[tokio::test]
async fn a_route_that_does_not_exist_is_a_bad_request() {
    let sandbox = at_once().await;
    let answer = get(&format!("{}/v1/workflow/runs", sandbox.base_url("coze")), &[TOKEN]).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (404, json!(4000)));
}

#[tokio::test]
async fn a_failed_run_carries_its_code_as_a_string() {
    let sandbox = at_once().await;
    for (word, code) in [("fail", "720701013"), ("gone", "720701004"), ("unsupported", "720701004")]
    {
        let record = record_of(&sandbox, &format!("https://v.douyin.com/sb-{word}/")).await;
        assert_eq!(
            (&record["execute_status"], &record["error_code"]),
            (&json!("Fail"), &json!(code)),
            "{word}"
        );
        assert!(!record["error_message"].as_str().unwrap().is_empty());
        assert_eq!(record["output"], "");
    }
    let blocking = info(&sandbox, "https://v.douyin.com/sb-fail/").await.json();
    assert_eq!(blocking["code"], 720_701_013);
}

#[tokio::test]
async fn a_trimmed_output_is_shorter_and_says_so() {
    let sandbox = at_once().await;
    let record = record_of(&sandbox, "https://v.douyin.com/sb-trimmed/").await;
    assert_eq!(record["is_output_trimmed"], true);
    assert_eq!(record["node_execute_status"]["结束"]["is_finish"], true);
    assert!(!content(&record)["content"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn an_interrupted_run_asks_for_input() {
    let sandbox = at_once().await;
    let record = record_of(&sandbox, "https://v.douyin.com/sb-interrupted/").await;
    assert_eq!(
        (&record["execute_status"], &record["interrupt_data"]["type"]),
        (&json!("Running"), &json!(5))
    );
    let blocking = info(&sandbox, "https://v.douyin.com/sb-interrupted/").await.json();
    assert_eq!((&blocking["data"], &blocking["interrupt_data"]["type"]), (&json!(""), &json!(2)));
}

#[tokio::test]
async fn a_late_history_is_empty_twice() {
    let sandbox = at_once().await;
    let started = run(&sandbox, "https://v.douyin.com/sb-late/").await.json();
    for _ in 0..2 {
        let answer = history(&sandbox, &started["execute_id"], TOKEN).await.json();
        assert_eq!((&answer["code"], &answer["data"]), (&json!(0), &json!([])));
    }
    let answer = history(&sandbox, &started["execute_id"], TOKEN).await.json();
    assert_eq!(answer["data"][0]["execute_status"], "Success");
}

#[tokio::test]
async fn a_run_can_be_unknown_or_somebody_elses() {
    let sandbox = at_once().await;
    for (word, code) in [("unknown-task", 4314), ("not-yours", 4101)] {
        let started = run(&sandbox, &format!("https://v.douyin.com/sb-{word}/")).await.json();
        let answer = history(&sandbox, &started["execute_id"], TOKEN).await.json();
        assert_eq!(answer["code"], code, "{word}");
    }
    let answer = history(&sandbox, &json!("7000000000000000909"), TOKEN).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (200, json!(4314)));
}

#[tokio::test]
async fn an_empty_transcript_is_a_success_without_text() {
    let sandbox = at_once().await;
    let record = record_of(&sandbox, "https://v.douyin.com/sb-empty/").await;
    assert_eq!(record["execute_status"], "Success");
    assert_eq!(content(&record)["content"], "");
}

#[tokio::test]
async fn a_stalled_run_is_running_and_a_stalled_blocking_run_is_cut_off() {
    let sandbox = at_once().await;
    let record = record_of(&sandbox, "https://v.douyin.com/sb-stalled/").await;
    assert_eq!(record["execute_status"], "Running");
    let body = order(INFO, "https://v.douyin.com/sb-stalled/", false);
    assert!(try_post(&run_url(&sandbox), &[TOKEN], &body).await.is_err());
}

#[tokio::test]
async fn an_unknown_status_word_stands_between_running_and_success() {
    let sandbox = paced(0.2).await;
    let started = run(&sandbox, "https://v.douyin.com/sb-badstatus/").await.json();
    let mut seen = Vec::new();
    while seen.last().is_none_or(|status| status != "Success") {
        let answer = history(&sandbox, &started["execute_id"], TOKEN).await.json();
        let status = answer["data"][0]["execute_status"].as_str().unwrap().to_owned();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
    }
    assert_eq!(seen.last_chunk(), Some(&["Queueing".to_owned(), "Success".to_owned()]));
}

#[tokio::test]
async fn a_key_that_is_refused_while_asking_is_taken_again_later() {
    let sandbox = at_once().await;
    let started = run(&sandbox, "https://v.douyin.com/sb-badkey-poll/").await.json();
    for _ in 0..3 {
        let answer = history(&sandbox, &started["execute_id"], TOKEN).await;
        assert_eq!((answer.status, answer.json()["code"].clone()), (401, json!(700_012_006)));
    }
    assert_eq!(history(&sandbox, &started["execute_id"], TOKEN).await.status, 200);
}

#[tokio::test]
async fn a_sandbox_that_was_started_anew_answers_for_an_older_run() {
    let sandbox = at_once().await;
    let started = run(&sandbox, "https://v.douyin.com/iFRvuEch/").await.json();
    let before = history(&sandbox, &started["execute_id"], TOKEN).await.json();
    sandbox.stop().await;

    let sandbox = at_once().await;
    let after = history(&sandbox, &started["execute_id"], TOKEN).await.json();
    assert_eq!(after["data"][0]["output"], before["data"][0]["output"]);
}
