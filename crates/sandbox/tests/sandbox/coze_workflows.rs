//! Coze: workflows with inputs and outputs of their own, kinds of tokens, and the two hosts.

use serde_json::{Value, json};
use shiwen_sandbox::Sandbox;

use crate::http::{Answer, at_once, get, post};

const LINK: &str = "https://v.douyin.com/iFRvuEch/";
const TRANSCRIPT: &str = "7400000000000000001";
const PLAIN_TRANSCRIPT: &str = "7400000000000000003";
const PLAINLY_NAMED_INFO: &str = "7400000000000000004";
const INTERNATIONAL_TRANSCRIPT: &str = "7500000000000000001";

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

async fn run_at(base: &str, token: &str, body: &Value) -> Answer {
    post(&format!("{base}/v1/workflow/run"), &[("Authorization", &bearer(token))], body).await
}

async fn run(sandbox: &Sandbox, workflow: &str, parameters: Value, is_async: bool) -> Value {
    let body = json!({ "workflow_id": workflow, "parameters": parameters, "is_async": is_async });
    run_at(&sandbox.base_url("coze"), "pat_sandbox", &body).await.json()
}

async fn history_at(base: &str, token: &str, workflow: &str, execute_id: &Value) -> Answer {
    let id = execute_id.as_str().unwrap();
    let url = format!("{base}/v1/workflows/{workflow}/run_histories/{id}");
    get(&url, &[("Authorization", &bearer(token))]).await
}

fn parsed(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_workflow_can_put_out_its_words_alone() {
    let sandbox = at_once().await;
    let parameters = json!({ "url": LINK });
    let now = run(&sandbox, PLAIN_TRANSCRIPT, parameters.clone(), false).await;
    assert_eq!((&now["code"], &now["msg"]), (&json!(0), &json!("")));
    let text = now["data"].as_str().unwrap();
    assert!(!text.starts_with('{') && text.chars().count() >= 150, "{text}");

    let started = run(&sandbox, PLAIN_TRANSCRIPT, parameters, true).await;
    assert_eq!(started["code"], Value::Null);
    let base = sandbox.base_url("coze");
    let id = &started["execute_id"];
    let record = history_at(&base, "pat_sandbox", PLAIN_TRANSCRIPT, id).await.json();
    assert_eq!(parsed(&record["data"][0]["output"])["Output"], text);
    // A run belongs to its workflow.
    let other = history_at(&base, "pat_sandbox", TRANSCRIPT, id).await.json();
    assert_eq!(other["code"], 4314);
}

#[tokio::test]
async fn another_authors_info_workflow_names_its_fields_plainly() {
    let sandbox = at_once().await;
    let text = format!("看看这个 {LINK} 复制打开");
    let answer = run(&sandbox, PLAINLY_NAMED_INFO, json!({ "share_text": text }), false).await;
    let info = parsed(&answer["data"]);
    assert!(info["video_url"].as_str().unwrap().contains("mime_type=video_"));
    assert!(info["cover_url"].as_str().unwrap().contains("sc=cover"));
    assert_eq!(info["output"], Value::Null);
    assert!(answer["usage"]["token_count"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn info_can_run_in_the_background_and_transcripts_while_one_waits() {
    let sandbox = at_once().await;
    let transcript = run(&sandbox, TRANSCRIPT, json!({ "input": LINK }), false).await;
    assert!(parsed(&transcript["data"])["content"].is_string());
    let parameters = json!({ "share_text": LINK });
    let started = run(&sandbox, PLAINLY_NAMED_INFO, parameters, true).await;
    let base = sandbox.base_url("coze");
    let id = &started["execute_id"];
    let record = history_at(&base, "cztei_sandbox", PLAINLY_NAMED_INFO, id).await.json();
    let output = parsed(&record["data"][0]["output"]);
    assert!(parsed(&output["Output"])["video_url"].is_string());
}

#[tokio::test]
async fn a_workflow_wants_its_own_parameter() {
    let sandbox = at_once().await;
    for (workflow, parameters) in [
        (PLAIN_TRANSCRIPT, json!({ "input": LINK })),
        (TRANSCRIPT, json!({ "input": 7 })),
        (TRANSCRIPT, json!({ "input": " " })),
        (TRANSCRIPT, Value::Null),
    ] {
        let answer = run(&sandbox, workflow, parameters.clone(), true).await;
        assert_eq!(answer["code"], 4000, "{parameters}");
        assert!(answer["msg"].as_str().unwrap().ends_with("is required."), "{answer}");
    }
    let packed = json!({ "input": LINK }).to_string();
    assert_eq!(run(&sandbox, TRANSCRIPT, json!(packed), true).await["code"], 0);
    let body = json!({
        "workflow_id": TRANSCRIPT, "parameters": { "input": LINK }, "bot_id": "1", "app_id": "2",
    });
    let both = run_at(&sandbox.base_url("coze"), "pat_sandbox", &body).await.json();
    assert_eq!(both["code"], 4000);
}

#[tokio::test]
async fn a_service_token_runs_and_reads_nothing() {
    let sandbox = at_once().await;
    let base = sandbox.base_url("coze");
    let body =
        json!({ "workflow_id": TRANSCRIPT, "parameters": { "input": LINK }, "is_async": true });
    let started = run_at(&base, "sat_sandbox", &body).await.json();
    assert_eq!(started["code"], 0);
    let refused = history_at(&base, "sat_sandbox", TRANSCRIPT, &started["execute_id"]).await;
    let message = refused.json()["msg"].as_str().unwrap().to_owned();
    assert_eq!((refused.status, &refused.json()["code"]), (200, &json!(4101)));
    assert!(message.contains("permission") && !message.contains("incorrect"), "{message}");
}

#[tokio::test]
async fn the_two_hosts_know_nothing_of_each_other() {
    let sandbox = at_once().await;
    let mainland = sandbox.base_url("coze");
    let international = format!("{}/coze-com", sandbox.url());
    let order = |workflow: &str| json!({ "workflow_id": workflow, "parameters": { "input": LINK }, "is_async": true });
    let theirs = order(INTERNATIONAL_TRANSCRIPT);
    let started = run_at(&international, "pat_sandbox_com", &theirs).await.json();
    assert_eq!(started["code"], 0);
    let id = &started["execute_id"];
    let record = history_at(&international, "pat_sandbox_com", INTERNATIONAL_TRANSCRIPT, id).await;
    assert_eq!(record.json()["data"][0]["execute_status"], "Success");

    for (base, token) in [(&mainland, "pat_sandbox_com"), (&international, "pat_sandbox")] {
        let answer = run_at(base, token, &order(TRANSCRIPT)).await.json();
        assert_eq!(answer["code"], 4101);
        assert!(answer["msg"].as_str().unwrap().contains("incorrect"));
        assert_eq!(history_at(base, token, TRANSCRIPT, id).await.status, 401);
    }
    let answer = run_at(&mainland, "pat_sandbox", &theirs).await.json();
    assert_eq!(answer["code"], 4200);
}

#[tokio::test]
async fn a_trimmed_output_is_whole_at_its_node() {
    let sandbox = at_once().await;
    let link = "https://v.douyin.com/sb-trimmed/";
    let started = run(&sandbox, TRANSCRIPT, json!({ "input": link }), true).await;
    let base = sandbox.base_url("coze");
    let id = &started["execute_id"];
    let record = history_at(&base, "pat_sandbox", TRANSCRIPT, id).await.json()["data"][0].clone();
    let beginning = parsed(&parsed(&record["output"])["Output"]);
    let node = record["node_execute_status"]["结束"]["node_execute_uuid"].as_str().unwrap();
    let url = format!(
        "{base}/v1/workflows/{TRANSCRIPT}/run_histories/{}/execute_nodes",
        id.as_str().unwrap()
    );
    let token = [("Authorization", "Bearer pat_sandbox")];
    let whole = get(&format!("{url}/{node}"), &token).await.json();
    assert_eq!(whole["data"]["is_finish"], true);
    let output = parsed(&whole["data"]["node_output"]);
    let (whole, part) =
        (output["content"].as_str().unwrap(), beginning["content"].as_str().unwrap());
    assert!(whole.starts_with(part) && part.len() < whole.len());
    assert_eq!(get(&format!("{url}/node-1"), &token).await.json()["code"], 4314);
}

#[tokio::test]
async fn a_history_that_has_expired_is_not_found() {
    let sandbox = at_once().await;
    let link = "https://v.douyin.com/sb-expired/";
    let started = run(&sandbox, TRANSCRIPT, json!({ "input": link }), true).await;
    let base = sandbox.base_url("coze");
    let answer = history_at(&base, "pat_sandbox", TRANSCRIPT, &started["execute_id"]).await;
    assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(4314)));
}

#[tokio::test]
async fn refused_content_and_trouble_have_codes_of_their_own() {
    let sandbox = at_once().await;
    for (word, code) in [("blocked", 4105), ("trouble", 5000)] {
        let link = format!("https://v.douyin.com/sb-{word}/");
        let answer = run(&sandbox, TRANSCRIPT, json!({ "input": link }), true).await;
        assert_eq!(answer["code"], code, "{word}");
    }
    let link = "https://v.douyin.com/sb-trouble-poll/";
    let started = run(&sandbox, TRANSCRIPT, json!({ "input": link }), true).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let base = sandbox.base_url("coze");
        let answer = history_at(&base, "pat_sandbox", TRANSCRIPT, &started["execute_id"]).await;
        seen.push(answer.json()["code"].clone());
    }
    assert_eq!(seen, [json!(5000), json!(5000), json!(5000), json!(0)]);
}
