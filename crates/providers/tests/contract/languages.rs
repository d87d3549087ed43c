//! TranscriptGenerate: languages to translate into, and what a test of the account shows.

use serde_json::{Value, json};
use shiwen_core::{FailureKind, Input, Operation, ProviderId};
use shiwen_providers::{Job, form};

use crate::support::{NOW, TRANSCRIBE, account, answer, filled, fixture, of};

const TG: ProviderId = ProviderId::TranscriptGenerate;

fn sent(job: &Job<'_>) -> Result<Value, FailureKind> {
    let request = of(TG).create(job, &account(TG, &[])).map_err(|failure| failure.kind)?;
    let body: Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
    Ok(body["targetLanguage"].clone())
}

#[test]
fn the_documented_languages_are_offered_and_others_may_be_written() {
    let form = &of(TG).forms()[0];
    assert_eq!(form.operation, Some(Operation::Transcribe));
    assert_eq!(form.fields[0].choices, ["en", "ja", "ko", "zh", "fr", "de", "es"]);
    for language in ["en", "pt-BR", "zh_Hant", "auto", ""] {
        assert_eq!(form::check(form, &filled(&[("target_language", language)]), NOW), []);
    }
    let long = filled(&[("target_language", "the language of my mother")]);
    assert_eq!(form::check(form, &long, NOW).len(), 1);
}

#[test]
fn a_language_goes_along_from_the_job_or_from_the_form() {
    let (english, auto, none) = (
        filled(&[("target_language", " en ")]),
        filled(&[("target_language", "auto")]),
        Input::new(),
    );
    let job = |target_language, input| Job { target_language, input, ..TRANSCRIBE };
    assert_eq!(sent(&job(None, &english)), Ok(json!("en")));
    assert_eq!(sent(&job(Some("ja"), &english)), Ok(json!("ja")));
    assert_eq!(sent(&job(None, &auto)), Ok(Value::Null));
    assert_eq!(sent(&job(None, &none)), Ok(Value::Null));
    for no_code in ["en\n", "e n", "英文", "x".repeat(17).as_str()] {
        // Blanks around a code are cut off, within it they are none.
        let expected =
            if no_code.trim() == "en" { Ok(json!("en")) } else { Err(FailureKind::InvalidInput) };
        assert_eq!(sent(&job(Some(no_code), &none)), expected, "{no_code}");
    }
}

#[test]
fn a_test_of_the_account_shows_what_is_left_and_what_runs() {
    let quota = answer(200, fixture("transcriptgenerate/quota_limited"));
    let concurrency = json!({ "code": 200, "data":
        { "currentConcurrency": "1", "maxConcurrency": 3, "canAddTask": true } });
    let concurrency = answer(200, concurrency.to_string());
    let checked = of(TG).read_checked(&[quota, concurrency], NOW).unwrap();
    let allowance = checked.allowance.unwrap();
    assert_eq!((allowance.left, allowance.total), (Some(5400), Some(6000)));
    assert_eq!(allowance.period.as_deref(), Some("daily"));
    assert_eq!((checked.slots, checked.running), (Some(3), Some(1)));
}
