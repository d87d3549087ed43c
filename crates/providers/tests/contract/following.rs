//! Following a task where one answer alone does not decide: late records, new words, keys that changed.

use std::time::Duration;

use serde_json::json;
use shiwen_core::{Charged, FailureKind, ProviderId};
use shiwen_providers::{Checked, Created, Followed, Step, services};

use crate::support::{NOW, RESOLVE, TRANSCRIBE, answer, asked, fixture, fixture_value, of};

const COZE: ProviderId = ProviderId::Coze;
const MOMOGET: ProviderId = ProviderId::Momoget;

fn coze(remote_id: &str, body: serde_json::Value, age_s: u64) -> Followed {
    let response = answer(200, body.to_string());
    let age = Duration::from_secs(age_s);
    of(COZE).read_followed(&asked(remote_id, Step::Status), &response, age, NOW)
}

fn history(item: serde_json::Value) -> serde_json::Value {
    json!({ "code": 0, "data": [item] })
}

#[test]
fn a_missing_run_record_is_only_late_in_the_first_seconds() {
    let missing = json!({ "code": 4314, "msg": "record not found" });
    assert!(matches!(coze("1", missing.clone(), 14), Followed::AskAgain(_)));
    let Followed::Failed(failure) = coze("1", missing, 15) else { panic!("not failed") };
    assert_eq!((failure.kind, failure.charged), (FailureKind::NotFound, Charged::Unknown));
}

#[test]
fn a_code_that_speaks_of_resuming_does_not_end_a_run() {
    let ended = json!({ "code": 4315, "msg": "run already ended" });
    assert!(matches!(coze("1", ended, 60), Followed::AskAgain(_)));
}

#[test]
fn a_word_that_nobody_knows_keeps_the_task_running() {
    let body = json!({
        "code": 200,
        "status": "Thinking",
        "data": { "status": "Thinking" },
    });
    for id in [ProviderId::Momoget, ProviderId::TranscriptGenerate] {
        let response = answer(200, body.to_string());
        let asked = asked("1", Step::Status);
        let followed = of(id).read_followed(&asked, &response, Duration::ZERO, NOW);
        let word = "Thinking".to_owned();
        assert_eq!(followed, Followed::Running { progress: None, word }, "{id}");
    }
    let running = coze("1", history(json!({ "execute_status": "<UNSET>" })), 60);
    assert_eq!(running, Followed::Running { progress: None, word: "<UNSET>".to_owned() });
}

#[test]
fn status_words_are_compared_without_case_and_blanks() {
    let done = history(json!({ "execute_status": " SUCCESS ", "output": "大家好" }));
    assert!(matches!(coze("1", done, 60), Followed::Succeeded(_)));
}

#[test]
fn the_record_that_was_asked_for_is_the_one_that_is_read() {
    let body = json!({ "code": 0, "data": [
        { "execute_id": "8", "execute_status": "Fail" },
        { "execute_id": 9, "execute_status": "Success", "output": "大家好" },
    ] });
    for remote_id in ["9", "42/9"] {
        assert!(matches!(coze(remote_id, body.clone(), 60), Followed::Succeeded(_)));
    }
    assert!(matches!(coze("42/7", body, 60), Followed::Failed(_)));
}

#[test]
fn a_success_with_an_error_code_counts_by_its_text() {
    let with_text = json!({ "execute_status": "Success", "error_code": "5000", "output": "好" });
    assert!(matches!(coze("1", history(with_text), 60), Followed::Succeeded(_)));
    let without = json!({ "execute_status": "Success", "error_code": 4028, "output": "" });
    let Followed::Failed(failure) = coze("1", history(without), 60) else { panic!("not failed") };
    assert_eq!(failure.kind, FailureKind::QuotaExhausted);
}

#[test]
fn a_cancelled_run_has_failed() {
    let cancelled = json!({
        "execute_status": "Cancel", "error_code": "777777777", "error_msg": "cancelled by user",
    });
    let Followed::Failed(failure) = coze("1", history(cancelled), 60) else { panic!("not failed") };
    assert_eq!(failure.code.as_deref(), Some("777777777"));
    assert_eq!(failure.message.as_deref(), Some("cancelled by user"));
}

#[test]
fn a_cancelled_run_proves_nothing_about_a_create() {
    for code in [4013, 5000, 6023, 6039, 702_093_018, 720_702_078, 777_777_777] {
        let response = answer(200, json!({ "code": code, "msg": "x" }).to_string());
        for job in [TRANSCRIBE, RESOLVE] {
            let created = of(COZE).read_created(&job, &response, NOW);
            assert!(matches!(created, Created::Unknown(_)), "{code}: {created:?}");
        }
    }
}

#[test]
fn the_workflow_is_part_of_the_id_only_where_the_answer_names_it_for_this_run() {
    let accepted = |debug_url: &str| {
        let body = json!({ "code": 0, "execute_id": "9", "debug_url": debug_url });
        let created = of(COZE).read_created(&TRANSCRIBE, &answer(200, body.to_string()), NOW);
        let Created::Accepted { remote_id, .. } = created else { panic!("{created:?}") };
        remote_id
    };
    assert_eq!(accepted("https://www.coze.example/x?execute_id=9&workflow_id=42"), "42/9");
    for other in [
        "",
        "nonsense",
        "https://www.coze.example/x?execute_id=8&workflow_id=42",
        "https://www.coze.example/x?execute_id=9",
        "https://www.coze.example/x?execute_id=9&workflow_id=..%2F1",
    ] {
        assert_eq!(accepted(other), "9", "{other}");
    }
}

#[test]
fn video_info_that_is_there_needs_no_following() {
    let mut body = fixture_value("coze/run_sync_ok");
    body["execute_id"] = json!("9");
    let response = answer(200, body.to_string());
    assert!(matches!(of(COZE).read_created(&RESOLVE, &response, NOW), Created::Done(_)));
    let asynchronous = of(COZE).read_created(&TRANSCRIBE, &response, NOW);
    assert!(matches!(asynchronous, Created::Accepted { .. }), "{asynchronous:?}");
}

#[test]
fn a_run_id_that_is_a_number_keeps_all_its_digits() {
    let body = r#"{"code":0,"execute_id":7000000000000000909}"#;
    let created = of(COZE).read_created(&TRANSCRIBE, &answer(200, body), NOW);
    let remote_id = "7000000000000000909".to_owned();
    assert_eq!(created, Created::Accepted { remote_id, allowance: None, cost: None });
}

#[test]
fn a_result_that_is_not_ready_is_no_failure() {
    let response = answer(200, fixture("momoget/status_processing"));
    let asked = asked("t", Step::Result);
    let followed = of(MOMOGET).read_followed(&asked, &response, Duration::ZERO, NOW);
    assert!(matches!(followed, Followed::Running { progress: Some(50), .. }), "{followed:?}");
}

#[test]
fn a_completed_task_without_a_text_says_so_or_gives_the_videos_own_error() {
    let read = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut body = fixture_value("momoget/result_single");
        body["text"] = json!(" ");
        body["data"]["items"][0]["text"] = json!(null);
        change(&mut body);
        let response = answer(200, body.to_string());
        let asked = asked("t", Step::Result);
        let followed = of(MOMOGET).read_followed(&asked, &response, Duration::ZERO, NOW);
        let Followed::Failed(failure) = followed else { panic!("{followed:?}") };
        failure
    };
    assert_eq!(read(&|_| {}).kind, FailureKind::MalformedResponse);
    let silent = read(&|body| body["data"]["items"][0]["error_message"] = json!("没有检测到人声"));
    assert_eq!(silent.kind, FailureKind::ProviderInternal);
    assert_eq!(silent.message.as_deref(), Some("没有检测到人声"));
    let unsupported = read(&|body| body["item_error_message"] = json!("不支持该平台"));
    assert_eq!(unsupported.kind, FailureKind::UnsupportedPlatform);
}

#[test]
fn a_pause_that_the_provider_names_beats_the_usual_one() {
    let mut response = answer(429, fixture("coze/error_4013"));
    response.headers.insert("retry-after".to_owned(), "7".to_owned());
    let created = of(COZE).read_created(&TRANSCRIBE, &response, NOW);
    let Created::Unknown(failure) = created else { panic!("{created:?}") };
    assert_eq!(failure.retry_after_s, Some(7));
}

#[test]
fn a_broken_answer_of_coze_can_still_be_traced() {
    let mut response = answer(502, "<html>bad gateway</html>");
    response.headers.insert("x-tt-logid".to_owned(), "2026FIXTURE".to_owned());
    let created = of(COZE).read_created(&TRANSCRIBE, &response, NOW);
    let Created::Unknown(failure) = created else { panic!("{created:?}") };
    assert_eq!(failure.trace_id.as_deref(), Some("2026FIXTURE"));
}

fn checked(id: ProviderId, answers: &[(u16, &str)]) -> Result<Checked, FailureKind> {
    let answers: Vec<_> =
        answers.iter().map(|(status, name)| answer(*status, fixture(name))).collect();
    of(id).read_checked(&answers, NOW).map_err(|failure| failure.kind)
}

#[test]
fn a_momoget_account_is_known_by_how_a_made_up_task_is_refused() {
    let passed = Checked::default();
    assert_eq!(checked(MOMOGET, &[(404, "momoget/error_404_task")]), Ok(passed));
    let unknown = checked(MOMOGET, &[(404, "momoget/error_404_user")]);
    assert_eq!(unknown, Err(FailureKind::Unauthorized));
}

#[test]
fn a_coze_token_is_known_by_how_a_made_up_run_is_refused() {
    let passed = Checked::default();
    let missing = (200, "coze/error_4200");
    let wrong = (200, "coze/error_4101_bad_token");
    let scope = (200, "coze/error_4101_scope");
    assert_eq!(checked(COZE, &[missing]), Ok(passed.clone()));
    assert_eq!(checked(COZE, &[(200, "coze/history_empty")]), Ok(passed.clone()));
    assert_eq!(checked(COZE, &[wrong]), Err(FailureKind::Unauthorized));
    assert_eq!(checked(COZE, &[missing, wrong]), Err(FailureKind::Unauthorized));
    // A single token must be allowed to read histories; one of two need not.
    assert_eq!(checked(COZE, &[scope]), Err(FailureKind::Forbidden));
    assert_eq!(checked(COZE, &[missing, scope]), Ok(passed));
}

#[test]
fn a_number_of_slots_that_makes_no_sense_is_not_taken() {
    let service = of(ProviderId::TranscriptGenerate);
    for (max, expected) in [(json!(0), None), (json!(-1), None), (json!("5"), Some(5))] {
        let quota = answer(200, fixture("transcriptgenerate/quota_limited"));
        let body = json!({ "code": 200, "data": { "maxConcurrency": max } });
        let checked = service.read_checked(&[quota, answer(200, body.to_string())], NOW).unwrap();
        assert_eq!(checked.slots, expected);
    }
}

#[test]
fn a_test_that_brought_no_answer_has_not_passed() {
    for service in services() {
        assert!(service.read_checked(&[], NOW).is_err());
        let html = answer(404, "<html>not here</html>");
        let failure = service.read_checked(&[html.clone(), html], NOW).unwrap_err();
        assert_eq!((failure.kind, failure.charged), (FailureKind::NotFound, Charged::No));
    }
}
