//! The Jimeng gateway: what an order needs, where a finished video is found, and what a missing task means.

use std::time::Duration;

use serde_json::{Value, json};
use shiwen_core::{Charged, Entry, Failure, FailureKind, Input, Output, ProviderId, Work};
use shiwen_http::Request;
use shiwen_providers::{Checked, Created, Followed, SUBMIT_OFF, Step, form};

use crate::support::{
    BOAT, NOW, TRANSCRIBE, account, answer, asked, filled, fixture, fixture_value, of, video_order,
};

const JIMENG: ProviderId = ProviderId::Jimeng;
const VIDEO: &str = "https://media.example.com/a.mp4";

fn order(input: &Input) -> Result<Request, Failure> {
    of(JIMENG).create(&video_order(input), &account(JIMENG, &[]))
}

fn body(input: &Input) -> Value {
    serde_json::from_slice(&order(input).unwrap().body.unwrap()).unwrap()
}

fn follow(body: &Value, age_s: u64) -> Followed {
    let response = answer(200, body.to_string());
    let age = Duration::from_secs(age_s);
    of(JIMENG).read_followed(&asked("cgt-1", Step::Status), &response, age, NOW)
}

/// The video of a finished task with this `data`.
fn video(task: Value) -> Option<Work> {
    match follow(&json!({ "code": "success", "data": task }), 60) {
        Followed::Succeeded(answer) => match answer.output {
            Some(Output::Works { mut works }) => works.pop(),
            output => panic!("{output:?}"),
        },
        Followed::Failed(failure) => {
            let expected = (FailureKind::MalformedResponse, Charged::Unknown);
            assert_eq!((failure.kind, failure.charged), expected);
            None
        }
        followed => panic!("{followed:?}"),
    }
}

fn done(data: Value) -> Value {
    json!({ "status": "SUCCESS", "data": data })
}

#[test]
fn an_order_is_refused_while_ordering_is_switched_off() {
    for settings in [&[("submit", "off")][..], &[("submit", "")]] {
        let account = account(JIMENG, settings);
        let refused = of(JIMENG).create(&video_order(&BOAT), &account).err().unwrap();
        assert_eq!(refused.kind, FailureKind::InvalidInput);
        assert_eq!(refused.code.as_deref(), Some(SUBMIT_OFF));
        // Following is free and always there.
        assert!(of(JIMENG).follow(&asked("cgt-1", Step::Status), &account).is_ok());
    }
}

#[test]
fn an_order_goes_to_the_gateway_with_all_its_fields() {
    let request = order(&BOAT).unwrap();
    assert_eq!(request.url.as_str(), "https://gateway.example.com/x/jimeng/submit/videos");
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["authorization", "accept", "content-type"]);
    let mut input = filled(&[
        ("prompt", " 一只纸船 "),
        ("image_url", " https://a.example/boat.png "),
        ("duration", "10"),
        ("aspect_ratio", "9:16"),
    ]);
    input.insert("cfg_scale".to_owned(), Entry::Number(1.0));
    let expected = json!({
        "prompt": "一只纸船", "image_url": "https://a.example/boat.png", "duration": 10,
        "aspect_ratio": "9:16", "cfg_scale": 1.0,
    });
    assert_eq!(body(&input), expected);
}

#[test]
fn what_the_form_does_not_allow_is_not_sent() {
    let with = |name: &str, entry: Entry| {
        let mut input = BOAT.clone();
        input.insert(name.to_owned(), entry);
        order(&input).err().unwrap().message.unwrap()
    };
    let text = |text: &str| Entry::Text(text.to_owned());
    assert_eq!(with("prompt", text(" ")), "prompt: missing");
    assert_eq!(with("duration", text("7")), "duration: not_offered");
    assert_eq!(with("aspect_ratio", text("2:1")), "aspect_ratio: not_offered");
    assert_eq!(with("cfg_scale", Entry::Number(1.5)), "cfg_scale: too_large");
    assert_eq!(with("image_url", text("boat.png")), "image_url: not_an_address");
    assert_eq!(with("seed", text("1")), "seed: unknown");
    assert_eq!(order(&Input::new()).err().unwrap().kind, FailureKind::InvalidInput);
    assert!(of(JIMENG).create(&TRANSCRIBE, &account(JIMENG, &[])).is_err());
    assert_eq!(form::check(&of(JIMENG).forms()[0], &BOAT, NOW), []);
}

#[test]
fn an_id_is_opaque_and_stays_one_segment() {
    let path = |id: &str| {
        let request = of(JIMENG).follow(&asked(id, Step::Status), &account(JIMENG, &[]));
        request.map(|request| request.url.path().to_owned()).map_err(|failure| failure.kind)
    };
    assert_eq!(path("7300000000000000001").unwrap(), "/x/jimeng/fetch/7300000000000000001");
    assert_eq!(path("a/../b?c#d%").unwrap(), "/x/jimeng/fetch/a%2F..%2Fb%3Fc%23d%25");
    for refused in ["", " ", ".", ".."] {
        assert_eq!(path(refused), Err(FailureKind::InvalidInput), "{refused}");
    }
}

#[test]
fn the_id_of_an_order_is_found_in_both_shapes() {
    let id = |body: Value| match of(JIMENG).read_created(
        &video_order(&BOAT),
        &answer(200, body.to_string()),
        NOW,
    ) {
        Created::Accepted { remote_id, .. } => Some(remote_id),
        Created::Unknown(failure) => {
            assert_eq!(failure.kind, FailureKind::MalformedResponse);
            None
        }
        created => panic!("{created:?}"),
    };
    let found = [
        json!({ "code": "success", "data": "7" }),
        json!({ "code": "success", "data": 7 }),
        json!({ "code": "SUCCESS", "data": { "id": "7" } }),
        json!({ "code": 200, "data": { "task_id": 7 } }),
        json!({ "code": "0", "data": { "task_id": "7" } }),
    ];
    for body in found {
        assert_eq!(id(body.clone()).as_deref(), Some("7"), "{body}");
    }
    for body in [
        json!({ "code": "success", "data": "" }),
        json!({ "code": "success", "data": null }),
        json!({ "code": 0, "data": {} }),
        json!({ "data": "7" }),
    ] {
        assert_eq!(id(body.clone()), None, "{body}");
    }
}

#[test]
fn a_video_is_found_wherever_a_build_of_the_gateway_puts_it() {
    let listed = json!([{ "url": VIDEO }]);
    let places = [
        done(json!({ "data": { "data": { "video": VIDEO } } })),
        done(json!({ "data": { "video": VIDEO } })),
        done(json!({ "video": VIDEO })),
        done(json!({ "data": { "data": { "videos": listed } } })),
        done(json!({ "data": { "video_url": VIDEO } })),
        done(json!({ "task_result": { "videos": listed } })),
        done(json!(json!({ "data": json!({ "video": VIDEO }).to_string() }).to_string())),
        json!({ "task_status": "succeed", "video_url": VIDEO }),
        json!({ "status": "success", "result_url": VIDEO }),
        json!({ "status": "SUCCESS", "fail_reason": VIDEO }),
    ];
    for place in places {
        let work = video(place.clone()).unwrap_or_else(|| panic!("{place}"));
        assert_eq!((work.url.as_str(), work.expires_at), (VIDEO, None), "{place}");
        assert_eq!(work.remote_id.as_deref(), Some("cgt-1"));
    }
}

#[test]
fn the_innermost_video_comes_first() {
    let other = "https://media.example.com/b.mp4";
    let inner_wins = done(json!({ "video": other, "data": { "data": { "video": VIDEO } } }));
    assert_eq!(video(inner_wins).unwrap().url, VIDEO);
    let named_wins = done(json!({ "video": VIDEO, "data": { "data": { "video_url": other } } }));
    assert_eq!(video(named_wins).unwrap().url, VIDEO);
    let skipped = done(json!({ "video": VIDEO, "data": { "data": { "video": "soon" } } }));
    assert_eq!(video(skipped).unwrap().url, VIDEO);
}

#[test]
fn a_success_without_a_video_is_no_success() {
    for task in [
        done(json!(null)),
        done(json!({ "video": "" })),
        done(json!({ "video": "javascript:alert(1)" })),
        json!({ "status": "SUCCESS", "fail_reason": "no reason" }),
        json!({ "task_status": "succeeded" }),
    ] {
        assert_eq!(video(task.clone()), None, "{task}");
    }
}

#[test]
fn only_the_outer_status_counts() {
    let ahead = json!({ "status": "IN_PROGRESS", "progress": 30, "fail_reason": "x", "data":
        { "status": "SUCCESS", "data": { "data": { "video": VIDEO } } } });
    let running = follow(&json!({ "code": "success", "data": ahead }), 60);
    let word = "IN_PROGRESS".to_owned();
    assert_eq!(running, Followed::Running { progress: Some(30), word });
    for word in ["NOT_START", "SUBMITTED", "UNKNOWN", "", "submitted", "thinking"] {
        let task = json!({ "status": word, "progress": "x" });
        let followed = follow(&json!({ "code": "success", "data": task }), 60);
        assert!(matches!(followed, Followed::Running { progress: None, .. }), "{followed:?}");
    }
}

#[test]
fn a_refused_content_is_told_from_trouble() {
    let kind = |reason: &str| {
        let task = json!({ "status": "FAILURE", "progress": "100%", "fail_reason": reason });
        let followed = follow(&json!({ "code": "success", "data": task }), 60);
        let Followed::Failed(failure) = followed else { panic!("{followed:?}") };
        assert_eq!(failure.charged, Charged::Unknown);
        (failure.kind, failure.message)
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(kind("out of memory"), (FailureKind::ProviderInternal, text("out of memory")));
    assert_eq!(kind(""), (FailureKind::ProviderInternal, None));
    for refused in ["Prompt blocked", "SENSITIVE content", "内容违规", "未通过审核"] {
        assert_eq!(kind(refused), (FailureKind::InvalidInput, text(refused)));
    }
}

#[test]
fn a_missing_task_is_only_late_in_the_first_seconds() {
    let missing = fixture_value("jimeng/error_task_missing_400");
    assert!(matches!(follow(&missing, 14), Followed::AskAgain(_)));
    let Followed::Failed(failure) = follow(&missing, 15) else { panic!("not failed") };
    assert_eq!((failure.kind, failure.charged), (FailureKind::NotFound, Charged::Unknown));
}

#[test]
fn an_account_is_known_by_how_a_made_up_task_is_refused() {
    let checked = |status: u16, name: &str| {
        let checked = of(JIMENG).read_checked(&[answer(status, fixture(name))], NOW);
        checked.map_err(|failure| failure.kind)
    };
    assert_eq!(checked(400, "jimeng/error_task_missing_400"), Ok(Checked::default()));
    assert_eq!(checked(401, "jimeng/error_auth_401"), Err(FailureKind::Unauthorized));
    assert_eq!(checked(403, "jimeng/error_quota_403"), Err(FailureKind::QuotaExhausted));
    assert_eq!(checked(503, "jimeng/error_no_channel_503"), Err(FailureKind::ProviderInternal));
    assert_eq!(checked(200, "jimeng/fetch_null_data"), Err(FailureKind::MalformedResponse));
}
