//! Several links in one create call of Momoget: nothing that was paid for is lost or stands under a wrong link
//! without saying so.

use std::time::Duration;

use serde_json::{Value, json};
use shiwen_core::{Charged, FailureKind, ProviderId};
use shiwen_providers::{Answer, Asked, Followed, Job, MERGED, Part, Step};

use crate::support::{NOW, TRANSCRIBE, account, answer, asked, fixture, fixture_value, of};

const MOMOGET: ProviderId = ProviderId::Momoget;
const DOUYIN: &str = "https://v.douyin.com/fixture01/";
const BILIBILI: &str = "https://www.bilibili.com/video/BVfixture0002/";
const KUAISHOU: &str = "https://www.kuaishou.com/short-video/fixture03";
const TOMATO: &str = "今天我们来种番茄,先把土翻松。";

fn follow(urls: &[&str], step: Step, body: &Value) -> Followed {
    let asked = Asked { urls, ..asked("t", step) };
    of(MOMOGET).read_followed(&asked, &answer(200, body.to_string()), Duration::ZERO, NOW)
}

fn parts(urls: &[&str], body: &Value) -> Vec<Part> {
    let followed = follow(urls, Step::Result, body);
    let Followed::Each(parts) = followed else { panic!("{followed:?}") };
    assert_eq!(parts.len(), urls.len());
    parts
}

/// A completed task with these items.
fn items(items: Value) -> Value {
    json!({ "code": 200, "status": "completed", "data": { "items": items } })
}

/// `text`, `text*` when incomplete, `!code kind` when failed.
fn lines(parts: &[Part]) -> Vec<String> {
    let line = |part: &Part| match part {
        Part::Succeeded(Answer { text, incomplete, .. }) => {
            format!("{}{}", text.as_deref().unwrap(), if *incomplete { "*" } else { "" })
        }
        Part::Failed(failure) => {
            assert_eq!(failure.charged, Charged::Unknown);
            format!("!{} {}", failure.code.as_deref().unwrap_or("-"), failure.kind)
        }
    };
    parts.iter().map(line).collect()
}

fn sent(urls: &[&str]) -> Result<Value, FailureKind> {
    let job = Job { urls, ..TRANSCRIBE };
    let request = of(MOMOGET).create(&job, &account(MOMOGET, &[]));
    request
        .map(|request| serde_json::from_slice(&request.body.unwrap()).unwrap())
        .map_err(|failure| failure.kind)
}

#[test]
fn two_to_five_links_go_as_a_list_and_one_goes_alone() {
    let one = sent(&[DOUYIN]).unwrap();
    assert_eq!((one["video_url"].as_str(), one.get("links")), (Some(DOUYIN), None));
    for count in 2..=5 {
        let body = sent(&[DOUYIN; 5][..count]).unwrap();
        assert_eq!(body["links"].as_array().unwrap().len(), count);
        assert_eq!(body.get("video_url"), None);
    }
}

#[test]
fn no_link_a_bad_link_and_a_sixth_link_are_refused_before_anything_is_sent() {
    for urls in [&[][..], &[DOUYIN; 6], &[DOUYIN, "file:///etc/passwd"], &[DOUYIN, ""]] {
        assert_eq!(sent(urls), Err(FailureKind::InvalidInput), "{urls:?}");
    }
}

#[test]
fn a_service_that_takes_one_link_refuses_two() {
    for id in [ProviderId::Coze, ProviderId::TranscriptGenerate] {
        let job = Job { urls: &[DOUYIN, BILIBILI], ..TRANSCRIBE };
        let refused = of(id).create(&job, &account(id, &[])).err().unwrap();
        assert_eq!(refused.kind, FailureKind::InvalidInput, "{id}");
    }
}

#[test]
fn each_link_of_a_batch_ends_by_itself() {
    let body = fixture_value("momoget/result_batch_partial");
    let read = parts(&[DOUYIN, BILIBILI], &body);
    assert_eq!(lines(&read), [TOMATO, "!- provider-internal"]);
    let Part::Succeeded(first) = &read[0] else { panic!("{read:?}") };
    assert_eq!(first.found.title.as_deref(), Some("阳台番茄的第一课"));
    let Part::Failed(second) = &read[1] else { panic!("{read:?}") };
    assert_eq!(second.message.as_deref(), Some("没有检测到人声 (fixture)"));
    assert_eq!(lines(&parts(&[BILIBILI, DOUYIN], &body)), ["!- provider-internal", TOMATO]);
}

#[test]
fn a_batch_of_five_with_one_failure_gives_four_texts() {
    let urls: Vec<String> = (0..5).map(|n| format!("https://v.douyin.com/fx{n}/")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let entry = |n: usize| match n {
        3 => json!({ "url": urls[n], "error_message": "暂不支持该平台" }),
        n => json!({ "url": urls[n], "text": format!("第{n}段") }),
    };
    // In another order than they were sent.
    let body = items((0..5).rev().map(entry).collect());
    let expected = ["第0段", "第1段", "第2段", "!- unsupported-platform", "第4段"];
    assert_eq!(lines(&parts(&urls, &body)), expected);
}

#[test]
fn an_entry_is_found_by_its_address_without_what_sites_add_to_it() {
    let body = items(json!([
        { "url": "https://bilibili.com/video/BVfixture0002?spm=1", "text": "二" },
        { "url": "https://v.douyin.com/fixture01", "text": "一" },
    ]));
    assert_eq!(lines(&parts(&[DOUYIN, BILIBILI], &body)), ["一", "二"]);
}

#[test]
fn entries_under_other_addresses_are_taken_by_position_when_they_are_as_many() {
    let long = "https://www.douyin.com/video/7000000000000000001";
    let body = items(
        json!([{ "url": long, "text": "一" }, { "text": "二" }, { "url": KUAISHOU, "text": "三" }]),
    );
    assert_eq!(lines(&parts(&[DOUYIN, BILIBILI, KUAISHOU], &body)), ["一", "二", "三"]);
    // One link and one entry are left over: they belong together wherever they stand.
    let body = items(json!([{ "url": BILIBILI, "text": "二" }, { "url": long, "text": "一" }]));
    assert_eq!(lines(&parts(&[DOUYIN, BILIBILI], &body)), ["一", "二"]);
}

#[test]
fn position_says_nothing_where_another_entry_is_out_of_place() {
    let body = items(json!([
        { "url": KUAISHOU, "text": "三" },
        { "url": "https://a.example/1", "text": "甲" },
        { "url": "https://a.example/2", "text": "乙" },
    ]));
    let read = lines(&parts(&[DOUYIN, BILIBILI, KUAISHOU], &body));
    assert_eq!(read, ["甲\n\n乙*", "!merged malformed-response", "三"]);
}

#[test]
fn texts_that_came_unseparated_stand_under_the_first_link_and_say_so() {
    let merged = json!({ "code": 200, "status": "completed", "text": "一。二。" });
    let read = parts(&[DOUYIN, BILIBILI], &merged);
    assert_eq!(lines(&read), ["一。二。*", "!merged malformed-response"]);
    assert_eq!(MERGED, "merged");
    let undecided = json!({ "code": 200, "status": "completed", "text": "一。", "items": [
        { "url": DOUYIN, "error_message": "没有检测到人声" }, { "url": BILIBILI },
    ] });
    let read = lines(&parts(&[DOUYIN, BILIBILI], &undecided));
    assert_eq!(read, ["!- provider-internal", "一。*"]);
}

#[test]
fn the_merged_text_repeats_what_the_entries_have_and_is_not_used_beside_them() {
    let body = json!({ "code": 200, "status": "completed", "text": "一", "items": [
        { "url": DOUYIN, "text": "一" }, { "url": BILIBILI },
    ] });
    assert_eq!(lines(&parts(&[DOUYIN, BILIBILI], &body)), ["一", "!- malformed-response"]);
}

#[test]
fn more_texts_than_links_are_all_kept() {
    let body = items(json!([
        { "url": DOUYIN, "text": "一" },
        { "url": BILIBILI, "text": "二" },
        { "url": KUAISHOU, "text": "三" },
    ]));
    assert_eq!(lines(&parts(&[DOUYIN, BILIBILI], &body)), ["一", "二\n\n三*"]);
}

#[test]
fn a_completed_batch_without_anything_fails_each_link() {
    let empty = items(json!([]));
    let expected = ["!- malformed-response", "!- malformed-response"];
    assert_eq!(lines(&parts(&[DOUYIN, BILIBILI], &empty)), expected);
    // Not known to be completed: only an answer that cannot be read.
    let wordless = json!({ "code": 200, "data": {} });
    let followed = follow(&[DOUYIN, BILIBILI], Step::Result, &wordless);
    assert!(matches!(followed, Followed::AskAgain(_)), "{followed:?}");
}

#[test]
fn a_batch_counts_its_links_while_it_runs() {
    let running: Value = serde_json::from_slice(&fixture("momoget/status_processing")).unwrap();
    let followed = follow(&[DOUYIN, BILIBILI], Step::Status, &running);
    assert!(matches!(followed, Followed::Running { progress: Some(50), .. }), "{followed:?}");
}

#[test]
fn a_failed_batch_still_gives_the_texts_it_has() {
    let mut failed = fixture_value("momoget/status_failed");
    let urls = [DOUYIN, BILIBILI];
    let followed = follow(&urls, Step::Status, &failed);
    assert!(matches!(followed, Followed::Failed(_)), "{followed:?}");
    failed["success_count"] = json!(1);
    assert_eq!(follow(&urls, Step::Status, &failed), Followed::FetchResult);
    failed["items"] = json!([{ "url": BILIBILI, "text": "二" }]);
    assert_eq!(lines(&parts(&urls, &failed)), ["!- provider-internal", "二"]);
    let Part::Failed(first) = &parts(&urls, &failed)[0] else { panic!("not failed") };
    assert_eq!(first.message.as_deref(), Some("源视频无法访问 (fixture)"));
}
