//! Knobs: calls that are slow or fail, whatever their link or prompt says.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shiwen_sandbox::{BadKnob, Knob, Sandbox};

use crate::http::{Answer, at_once, call, get, post, post_bytes, try_get, try_post};

const LINK: &str = "https://v.douyin.com/iFRvuEch/";
const USER: &str = "5a4d0b0c-0000-4000-8000-000000000001";

fn knobs_url(sandbox: &Sandbox) -> String {
    format!("{}/_sandbox/knobs", sandbox.url())
}

async fn turn(sandbox: &Sandbox, knob: Value) {
    let answer = post(&knobs_url(sandbox), &[], &knob).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn fail(sandbox: &Sandbox, service: &str, word: &str, times: u64) {
    turn(sandbox, json!({ "service": service, "failure": word, "times": times })).await;
}

async fn post_form(url: &str, form: &str) -> Answer {
    post_bytes(url, &[], "application/x-www-form-urlencoded", form.as_bytes()).await
}

async fn momoget(sandbox: &Sandbox) -> Answer {
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    post(&url, &[], &json!({ "user_id": USER, "video_url": LINK })).await
}

async fn usage(sandbox: &Sandbox) -> Answer {
    let url = format!("{}/transcript-api/v1/quota/usage", sandbox.base_url("transcriptgenerate"));
    get(&url, &[("X-API-Key", "ak_sandbox"), ("X-API-Secret", "sk_sandbox")]).await
}

async fn videos(sandbox: &Sandbox) -> Answer {
    let account = Sandbox::account("rawugc");
    let (_, key) = account.iter().find(|(name, _)| *name == "api_key").unwrap();
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str()), ("RawUGC-Version", "2026-03-06")];
    get(&format!("{}/videos", sandbox.base_url("rawugc")), &headers).await
}

#[tokio::test]
async fn a_service_answers_as_its_own_documents_say() {
    let sandbox = at_once().await;
    fail(&sandbox, "momoget", "quota", 1).await;
    fail(&sandbox, "transcriptgenerate", "member", 1).await;
    fail(&sandbox, "rawugc", "rate", 1).await;

    let refused = momoget(&sandbox).await;
    assert_eq!((refused.status, refused.json()), (400, json!({ "detail": "用户转化次数不足" })));
    assert_eq!(usage(&sandbox).await.json()["code"], 601);
    let limited = videos(&sandbox).await;
    assert_eq!((limited.status, limited.header("x-ratelimit-remaining")), (429, Some("0")));
    assert!(limited.json()["type"].as_str().unwrap().ends_with("rate_limit_exceeded"));
    // Each was for one call.
    assert_eq!(momoget(&sandbox).await.status, 201);
    assert_eq!(usage(&sandbox).await.json()["code"], 200);
    assert_eq!(videos(&sandbox).await.status, 200);

    let calls = sandbox.calls();
    assert_eq!((calls.creates["momoget"], calls.routes["momoget POST /coze/transcribe"]), (2, 2));
    assert_eq!((calls.reads["rawugc"], calls.accepted_by_link[LINK]), (2, 1));
}

#[tokio::test]
async fn trouble_on_the_way_meets_any_call() {
    let sandbox = at_once().await;
    fail(&sandbox, "momoget", "e503", 1).await;
    fail(&sandbox, "momoget", "half", 1).await;
    assert_eq!(momoget(&sandbox).await.status, 503);
    let half = momoget(&sandbox).await;
    assert!(half.status == 201 && serde_json::from_slice::<Value>(&half.body).is_err());
    assert_eq!(sandbox.calls().accepted_by_link[LINK], 1);

    fail(&sandbox, "rawugc", "drop-before", 1).await;
    let url = format!("{}/videos", sandbox.base_url("rawugc"));
    assert!(try_get(&url, &[]).await.is_err());
    fail(&sandbox, "momoget", "drop-after", 1).await;
    let url = format!("{}/coze/transcribe", sandbox.base_url("momoget"));
    let body = json!({ "user_id": USER, "video_url": LINK });
    assert!(try_post(&url, &[], &body).await.is_err());
    assert_eq!(sandbox.calls().accepted_by_link[LINK], 2);
}

#[tokio::test]
async fn a_knob_can_be_for_one_route_and_stay_until_it_is_cleared() {
    let sandbox = at_once().await;
    let route = "GET /transcript-api/v1/quota/concurrency";
    turn(&sandbox, json!({ "service": "transcriptgenerate", "route": route, "failure": "e500" }))
        .await;
    let url =
        format!("{}/transcript-api/v1/quota/concurrency", sandbox.base_url("transcriptgenerate"));
    for _ in 0..4 {
        assert_eq!(get(&url, &[]).await.status, 500);
    }
    assert_eq!(usage(&sandbox).await.status, 200);
    let known = get(&knobs_url(&sandbox), &[]).await.json();
    assert_eq!(
        known["knobs"],
        json!([{
            "service": "transcriptgenerate",
            "route": route,
            "delay_ms": 0,
            "failure": "e500",
            "times": null,
            "used": 4,
        }])
    );
    assert_eq!(
        call("DELETE", &knobs_url(&sandbox), &[], None).await.json(),
        json!({ "knobs": [] })
    );
    assert_eq!(get(&url, &[]).await.status, 401);
}

#[tokio::test]
async fn delays_add_up_and_come_before_the_answer() {
    let sandbox = at_once().await;
    for milliseconds in [100, 150] {
        let knob = Knob {
            service: "momoget".to_owned(),
            delay_ms: milliseconds,
            times: Some(1),
            ..Knob::default()
        };
        sandbox.turn(knob).unwrap();
    }
    let before = Instant::now();
    assert_eq!(momoget(&sandbox).await.status, 201);
    assert!(before.elapsed() >= Duration::from_millis(250));
    let before = Instant::now();
    momoget(&sandbox).await;
    assert!(before.elapsed() < Duration::from_millis(250));
}

#[tokio::test]
async fn a_knob_that_would_do_nothing_is_refused() {
    let sandbox = at_once().await;
    let knob = |service: &str, failure: &str| Knob {
        service: service.to_owned(),
        failure: Some(failure.to_owned()),
        ..Knob::default()
    };
    assert_eq!(sandbox.turn(knob("elsewhere", "e500")), Err(BadKnob::Target));
    let Err(BadKnob::Failure(words)) = sandbox.turn(knob("momoget", "slow")) else {
        panic!("slow is no failure")
    };
    assert!(words.contains(&"quota") && !words.contains(&"member"), "{words:?}");
    let nowhere = Knob { route: Some("GET /nowhere".to_owned()), ..knob("momoget", "e500") };
    assert_eq!(sandbox.turn(nowhere), Err(BadKnob::Route));
    let patient = Knob { delay_ms: 600_001, ..knob("momoget", "e500") };
    assert_eq!(sandbox.turn(patient), Err(BadKnob::Delay));
    for body in [json!({}), json!({ "service": "momoget", "failure": "no-such-word" }), json!(7)] {
        let answer = post(&knobs_url(&sandbox), &[], &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["error"].is_string());
    }
}

#[tokio::test]
async fn every_word_that_a_service_knows_can_be_turned_and_is_met() {
    for service in ["momoget", "coze", "transcriptgenerate", "rawugc", "jimeng"] {
        let sandbox = at_once().await;
        let knob = |word: &str| Knob {
            service: service.to_owned(),
            failure: Some(word.to_owned()),
            ..Knob::default()
        };
        let Err(BadKnob::Failure(words)) = sandbox.turn(knob("ok")) else { panic!("ok fails") };
        for word in ["badkey", "quota", "rate", "unknown-task", "not-yours", "trouble", "html"] {
            assert!(words.contains(&word), "{service} {word}");
        }
        for word in words {
            assert_eq!(sandbox.turn(knob(word)), Ok(()), "{service} {word}");
        }
    }
}

#[tokio::test]
async fn the_form_of_the_page_turns_and_clears_knobs() {
    let sandbox = at_once().await;
    let form = "to=momoget+POST+%2Fcoze%2Ftranscribe&delay_ms=&failure=e502&times=2";
    let answer = post_form(&knobs_url(&sandbox), form).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/#knobs")));
    assert_eq!(momoget(&sandbox).await.status, 502);
    let page = get(&format!("{}/", sandbox.url()), &[]).await.text();
    assert!(page.contains(">momoget POST /coze/transcribe</td>"), "{page}");
    let answer = post_form(&format!("{}/clear", knobs_url(&sandbox)), "").await;
    assert_eq!(answer.status, 303);
    assert_eq!(momoget(&sandbox).await.status, 201);
}

#[tokio::test]
async fn a_reset_clears_the_knobs() {
    let sandbox = at_once().await;
    fail(&sandbox, "momoget", "e500", 9).await;
    post(&format!("{}/_sandbox/reset", sandbox.url()), &[], &json!({})).await;
    assert_eq!(momoget(&sandbox).await.status, 201);
}
