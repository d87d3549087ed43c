//! One call for all jobs of a kind: the list in the shape of many status answers.

use serde_json::{Value, json};
use shiwen_core::{FailureKind, Operation, Timestamp};
use shiwen_providers::{Followed, Listed, RawUgc, Service};

use super::{ID, OPERATIONS, followed, of};
use crate::support::{NOW, account, answer, fixture_value};

fn listed(operation: Operation, body: &Value) -> Vec<Listed> {
    RawUgc.read_many(operation, &answer(200, body.to_string()), NOW).unwrap()
}

fn fixture(name: &str) -> Value {
    fixture_value(&format!("rawugc/{name}"))
}

#[test]
fn the_list_is_asked_for_whole() {
    for (operation, path) in [
        (Operation::GenerateVideo, "/api/v1/videos"),
        (Operation::GenerateImage, "/api/v1/images"),
        (Operation::GenerateMusic, "/api/v1/music"),
    ] {
        let request = RawUgc.follow_many(operation, &account(ID, &[])).unwrap();
        assert_eq!((request.url.path(), request.url.query()), (path, Some("limit=100")));
    }
}

#[test]
fn only_what_can_be_followed_can_be_listed() {
    for operation in OPERATIONS {
        let asked = RawUgc.follow_many(operation, &account(ID, &[]));
        assert_eq!(RawUgc.lists(operation), asked.is_ok(), "{operation}");
    }
    assert!(!RawUgc.lists(Operation::Analyze));
}

#[test]
fn each_job_is_as_if_it_had_been_asked_after_by_itself() {
    let videos = listed(Operation::GenerateVideo, &fixture("videos_list"));
    let ids: Vec<_> = videos.iter().map(|it| it.remote_id.as_str()).collect();
    assert_eq!(ids, ["vid_fx0001", "vid_fx0003"]);
    for (listed, alone) in videos.iter().zip(["video_completed", "video_failed"]) {
        let alone = followed(Operation::GenerateVideo, &listed.remote_id, &of(alone, 200));
        assert_eq!(listed.followed, alone);
        let kept: Value = serde_json::from_slice(&listed.body).unwrap();
        assert_eq!(kept["videoId"], listed.remote_id, "only its own part of the answer is kept");
    }
    let music = listed(Operation::GenerateMusic, &fixture("music_list"));
    let Followed::Succeeded(answer) = &music[0].followed else { panic!("{music:?}") };
    assert_eq!(answer.finished_at, Some(Timestamp(1_770_091_576_000)));
}

#[test]
fn what_the_list_says_too_little_of_is_left_to_a_call_of_its_own() {
    let list = json!({ "images": [
        { "imageId": "img_1", "status": "pending" },
        { "imageId": "img_2" },
        { "imageId": "img_3", "status": "completed" },
        { "status": "completed" },
        null,
    ] });
    let images = listed(Operation::GenerateImage, &list);
    assert_eq!(images.iter().map(|it| it.remote_id.as_str()).collect::<Vec<_>>(), ["img_1"]);
    assert!(matches!(images[0].followed, Followed::Running { .. }));
}

#[test]
fn an_answer_that_is_no_list_says_nothing_of_any_job() {
    let read = |status, body: &str| {
        RawUgc.read_many(Operation::GenerateVideo, &answer(status, body.to_owned()), NOW)
    };
    let kind = |read: Result<Vec<Listed>, shiwen_core::Failure>| read.unwrap_err().kind;
    assert_eq!(kind(read(200, "{}")), FailureKind::MalformedResponse);
    assert_eq!(kind(read(200, "<html>")), FailureKind::MalformedResponse);
    assert_eq!(kind(read(429, "{}")), FailureKind::RateLimited);
    assert_eq!(kind(read(401, "{}")), FailureKind::Unauthorized);
    assert_eq!(read(200, r#"{"videos":[]}"#), Ok(Vec::new()));
}
