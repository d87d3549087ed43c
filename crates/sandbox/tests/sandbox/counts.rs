//! What was asked, as tests of other crates rely on it; and the page that shows it.

use serde_json::{Value, json};
use shiwen_sandbox::{Sandbox, WORDS};

use crate::http::{at_once, call, get, post, post_bytes};

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
    for provider in ["momoget", "coze", "transcriptgenerate", "rawugc", "jimeng"] {
        assert!(page.contains(&sandbox.base_url(provider)), "{provider}");
        for (name, value) in Sandbox::account(provider) {
            let shown = format!("{name} = {value}").replace('"', "&quot;");
            assert!(page.contains(&shown), "{provider} {name}");
        }
    }
    assert!(WORDS.iter().all(|word| page.contains(&format!("sb-{}<", word.word))));
    assert!(page.contains(&format!(">{LINK}</td><td class=\"number\">1</td>")));
    let route = ">POST /transcript-api/v1/task/create</td><td>可能收费 may cost</td>";
    assert!(page.contains(&format!("{route}<td class=\"number\">1</td>")));
    for route in Sandbox::routes() {
        let (_, route) = route.split_once(' ').unwrap();
        assert!(page.contains(&format!(">{route}</td>")), "{route}");
    }
}

#[tokio::test]
async fn the_page_has_no_script_and_nothing_from_elsewhere() {
    let sandbox = at_once().await;
    let page = get(&format!("{}/", sandbox.url()), &[]).await.text();
    assert!(page.starts_with("<!doctype html>\n<html lang=\"zh-CN\">"));
    for foreign in ["<script", "src=", "@import", "url(", "<link"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let leads_out = page
        .split("href=\"")
        .skip(1)
        .filter(|rest| !rest.starts_with('#') && !rest.starts_with(sandbox.url()));
    assert_eq!(leads_out.count(), 0);
}

#[tokio::test]
async fn the_samples_of_the_page_work() {
    let sandbox = at_once().await;
    let page = get(&format!("{}/", sandbox.url()), &[]).await.text();
    for url in ["cover/7.png", "image/7.png", "audio/7.wav", "video/7.webm"] {
        assert!(page.contains(&format!("{}/media/{url}", sandbox.url())), "{url}");
        let answer = get(&format!("{}/media/{url}", sandbox.url()), &[]).await;
        assert_eq!(answer.status, 200, "{url}");
    }
    let id = "cgt-sandbox-paper-boat";
    assert!(page.contains(&format!(">{id}<")));
    let fetch = format!("{}/jimeng/fetch/{id}", sandbox.base_url("jimeng"));
    let key = [("Authorization", "Bearer sk_sandbox_jm")];
    assert_eq!(get(&fetch, &key).await.json()["data"]["status"], "SUCCESS");
}

#[tokio::test]
async fn every_route_that_is_listed_is_there_and_counted() {
    let sandbox = at_once().await;
    let routes = Sandbox::routes();
    assert!(routes.len() > 60, "{}", routes.len());
    for route in &routes {
        let [service, method, template] = route.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{route}")
        };
        let path = template.replace(['{', '}'], "");
        let url = format!("{}{path}", sandbox.base_url(service));
        call(method, &url, &[], Some(&json!({}))).await;
    }
    let counted = sandbox.calls().routes;
    assert_eq!(counted.keys().collect::<Vec<_>>(), routes.iter().collect::<Vec<_>>());
    assert!(counted.values().all(|count| *count == 1));
}

#[tokio::test]
async fn a_reset_by_the_page_leads_back_to_it() {
    let sandbox = at_once().await;
    create(&sandbox, LINK).await;
    let reset = format!("{}/_sandbox/reset", sandbox.url());
    let answer = post_bytes(&reset, &[], "application/x-www-form-urlencoded", b"").await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/#counts")));
    assert_eq!(sandbox.calls().creates.len(), 0);
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
