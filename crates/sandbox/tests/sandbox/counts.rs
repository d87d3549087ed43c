//! What was asked, as tests of other crates rely on it; and the page that shows it.

use serde_json::{Value, json};
use shiwen_sandbox::{Sandbox, WORDS};

use crate::http::{at_once, get, post};

const KEYS: [(&str, &str); 2] = [("X-API-Key", "ak_sandbox"), ("X-API-Secret", "sk_sandbox")];
const LINK: &str = "https://v.douyin.com/iFRvuEch/";

async fn create(sandbox: &Sandbox, link: &str) -> Value {
    let base = sandbox.base_url("transcriptgenerate");
    let url = format!("{base}/transcript-api/v1/task/create");
    post(&url, &KEYS, &json!({ "workUrl": link })).await.json()
}

#[tokio::test]
async fn every_call_that_may_cost_money_is_counted_by_provider_and_link() {
    let sandbox = at_once().await;
    create(&sandbox, LINK).await;
    create(&sandbox, LINK).await;
    create(&sandbox, "https://v.douyin.com/sb-quota/").await;
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    post(&url, &[], &json!({ "user_id": "nobody", "video_url": LINK })).await;
    let usage = format!("{}/transcript-api/v1/quota/usage", sandbox.base_url("transcriptgenerate"));
    get(&usage, &KEYS).await;
    get(&format!("{}/v.douyin.com/iFRvuEch/?x=1", Sandbox::short_links_at(sandbox.url())), &[])
        .await;

    let calls = get(&format!("{}/_sandbox/calls", sandbox.url()), &[]).await.json();
    assert_eq!(
        calls,
        json!({
            "creates": { "momoget": 1, "transcriptgenerate": 3 },
            "creates_by_link": { LINK: 3, "https://v.douyin.com/sb-quota/": 1 },
            "reads": { "transcriptgenerate": 1 },
            "accepted_by_link": { LINK: 2 },
            "follows": { LINK: 1 },
            "routes": {
                "momoget POST /coze/transcribe": 1,
                "transcriptgenerate GET /transcript-api/v1/quota/usage": 1,
                "transcriptgenerate POST /transcript-api/v1/task/create": 3,
            },
            "keys_on_media": 0,
        })
    );
    assert_eq!(serde_json::to_value(sandbox.calls()).unwrap(), calls);
}

#[tokio::test]
async fn two_creates_at_the_same_moment_get_two_ids() {
    let sandbox = at_once().await;
    let (one, two) = tokio::join!(create(&sandbox, LINK), create(&sandbox, LINK));
    assert_ne!(one["data"]["taskId"], two["data"]["taskId"]);
}

#[tokio::test]
async fn a_reset_forgets_counts_and_allowances() {
    let sandbox = at_once().await;
    create(&sandbox, LINK).await;
    let reset = format!("{}/_sandbox/reset", sandbox.url());
    assert_eq!(post(&reset, &[], &json!({})).await.status, 200);
    assert_eq!(sandbox.calls(), shiwen_sandbox::Calls::default());
    let usage = format!("{}/transcript-api/v1/quota/usage", sandbox.base_url("transcriptgenerate"));
    assert_eq!(get(&usage, &KEYS).await.json()["data"]["usedSeconds"], 0);
}

#[tokio::test]
async fn the_page_lists_services_words_and_counts() {
    let sandbox = at_once().await;
    create(&sandbox, LINK).await;
    let page = get(&format!("{}/", sandbox.url()), &[]).await.text();
    for provider in ["momoget", "coze", "transcriptgenerate"] {
        assert!(page.contains(&sandbox.base_url(provider)), "{provider}");
        for (name, value) in Sandbox::account(provider) {
            assert!(page.contains(&format!("{name} = {value}")), "{provider} {name}");
        }
    }
    assert!(WORDS.iter().all(|word| page.contains(&format!("sb-{}<", word.word))));
    assert!(page.contains(&format!("<td>{LINK}</td><td>1</td>")));
    let route = "transcriptgenerate POST /transcript-api/v1/task/create";
    assert!(page.contains(&format!("<td>{route}</td><td>may cost</td><td>1</td>")));
}

#[tokio::test]
async fn a_link_on_the_page_is_text_and_never_html() {
    let sandbox = at_once().await;
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    let body = json!({ "user_id": "nobody", "video_url": "<script>alert(1)</script>" });
    post(&url, &[], &body).await;
    let page = get(&format!("{}/", sandbox.url()), &[]).await.text();
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
}
