//! Secrets: used where they belong, found nowhere else.

use std::collections::BTreeMap;

use shiwen_core::{ProviderId, TaskState, WaitReason};
use shiwen_engine::EngineError;
use shiwen_secrets::{Keys, Secret, Source};

use crate::lab::{
    CANARY, Lab, Play, accepted, hours, kill, refused, result, status, submit, until,
};

fn fields(value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("user_id".to_owned(), value.to_owned())])
}

#[tokio::test(start_paused = true)]
async fn nothing_is_queued_for_a_provider_that_is_not_set_up() {
    let lab = Lab::with_keys(Keys::new(Source::Fixed(BTreeMap::new()), BTreeMap::new()));
    let engine = lab.engine();
    let submission = shiwen_core::Submission {
        share_text: "https://v.douyin.com/aaaa1111/".to_owned(),
        urls: vec!["https://v.douyin.com/aaaa1111/".to_owned()],
        again: Vec::new(),
        provider: ProviderId::Momoget,
        operation: shiwen_core::Operation::Transcribe,
        target_language: None,
        input: shiwen_core::Input::new(),
        together: false,
        then: Vec::new(),
    };
    assert!(matches!(
        engine.create_tasks(&submission),
        Err(EngineError::NotReady(ProviderId::Momoget))
    ));
    assert_eq!(engine.store().tasks(shiwen_core::Desk::Texts, None, 1).unwrap().total, 0);
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_pauses_its_tasks_until_the_key_changes() {
    let lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([refused(404, "用户不存在")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    hours(5).await;
    let task = engine.store().task(id).unwrap();
    assert_eq!((task.state, task.wait.unwrap().reason), (TaskState::Running, WaitReason::Key));
    assert_eq!(lab.script.read_calls(), 1);

    lab.script.reads([status("completed"), result()]);
    engine.save_provider(ProviderId::Momoget, fields("another-user-id"), false).await.unwrap();
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_field_with_rows_is_saved_whole_or_not_at_all() {
    let lab = Lab::new();
    let engine = lab.engine();
    let coze = ProviderId::Coze;
    let save = async |name: &str, value: &str| {
        let values = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        engine.save_provider(coze, values, false).await
    };
    let view = engine.provider(coze).unwrap();
    let field = view.fields.iter().find(|field| field.name == "workflows").unwrap();
    let columns: Vec<_> = field.columns.iter().map(|column| column.name.as_str()).collect();
    assert!(columns.contains(&"id") && columns.contains(&"name"), "{columns:?}");

    let rows = r#"[{"name":"抖音","id":"7300000000000000001"},{"name":"小红书"}]"#;
    match save("workflows", rows).await {
        Err(EngineError::Faults(faults)) => assert_eq!(faults[0].field, "workflows.2.id"),
        other => panic!("{other:?}"),
    }
    let saved = |view: &shiwen_core::ProviderView| {
        view.fields.iter().find(|field| field.name == "workflows").unwrap().value.clone()
    };
    assert_eq!(saved(&engine.provider(coze).unwrap()), None);
    let rows = r#"[{"name":"抖音","id":"7300000000000000001"}]"#;
    assert_eq!(saved(&save("workflows", rows).await.unwrap()).as_deref(), Some(rows));
    assert_eq!(saved(&save("workflows", "").await.unwrap()), None);

    assert!(save("token_expires", "2026-12-01").await.unwrap().expires_at.is_some());
    assert!(matches!(save("token_expires", "soon").await, Err(EngineError::InvalidField { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_changed_between_two_runs_is_used() {
    let mut lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([refused(404, "用户不存在")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    hours(1).await;
    assert_eq!(engine.store().task(id).unwrap().wait.unwrap().reason, WaitReason::Key);
    kill(running, engine).await;

    let secrets = BTreeMap::from([("user_id".to_owned(), Secret::new("another-user-id"))]);
    lab.change_keys(Keys::new(
        Source::Fixed(BTreeMap::from([(ProviderId::Momoget, secrets)])),
        BTreeMap::new(),
    ));
    lab.script.reads([status("completed"), result()]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_running_task_whose_key_cannot_be_read_goes_on_when_it_can() {
    let mut lab = Lab::new();
    lab.script.creates([accepted()]);
    lab.script.reads([status("processing")]);
    let (engine, running, id) = lab.submitted();
    until(&engine, id, TaskState::Running).await;
    kill(running, engine).await;

    // As when the program starts before the keychain is unlocked.
    let keys = lab.keys.clone();
    lab.change_keys(Keys::new(Source::Fixed(BTreeMap::new()), BTreeMap::new()));
    let asked = lab.script.read_calls();
    let engine = lab.engine();
    let running = lab.start(&engine);
    hours(1).await;
    let task = engine.store().task(id).unwrap();
    assert_eq!((task.state, task.wait), (TaskState::Running, None));
    assert_eq!(lab.script.read_calls(), asked);

    lab.keys.save(ProviderId::Momoget, &keys.get(ProviderId::Momoget).unwrap(), false).unwrap();
    lab.script.reads([status("completed"), result()]);
    until(&engine, id, TaskState::Succeeded).await;
    assert_eq!(lab.script.created(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_secret_is_in_the_request_and_nowhere_on_disk_or_in_an_answer() {
    let lab = Lab::new();
    // The service repeats the credential, as Momoget does.
    let echo = format!(
        r#"{{"code":201,"task_id":"remote-{{n}}","user_id":"{CANARY}","status":"pending"}}"#
    );
    lab.script.creates([Play::Answer(200, echo), refused(400, &format!("bad {CANARY}"))]);
    lab.script.reads([
        status("completed"),
        Play::Answer(
            200,
            format!(r#"{{"status":"completed","user_id":"{CANARY}","text":"好。"}}"#),
        ),
    ]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let done = submit(&engine, &["aaaa1111"])[0];
    until(&engine, done, TaskState::Succeeded).await;
    assert!(lab.script.last_body.lock().unwrap().contains(CANARY));
    let failed = submit(&engine, &["bbbb2222"])[0];
    until(&engine, failed, TaskState::Failed).await;
    let view = engine.save_provider(ProviderId::Momoget, fields(CANARY), false).await.unwrap();
    assert!(view.ready);
    running.stop().await;

    let mut answers = serde_json::to_string(&view).unwrap();
    for id in [done, failed] {
        answers += &serde_json::to_string(&engine.store().detail(id).unwrap()).unwrap();
        for body in engine.store().answers(id).unwrap() {
            answers += &String::from_utf8_lossy(&body);
        }
    }
    assert!(!answers.contains(CANARY));
    assert!(answers.contains("remote-1"));
    for file in std::fs::read_dir(lab.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()));
    }
}

#[tokio::test(start_paused = true)]
async fn fields_that_do_not_exist_or_hold_a_mask_are_refused_and_nothing_is_saved() {
    let lab = Lab::new();
    let engine = lab.engine();
    for values in [
        fields("••••1c7a"),
        fields("two words"),
        fields("tab\tinside"),
        BTreeMap::from([("no_such_field".to_owned(), "x".to_owned())]),
        BTreeMap::from([("base_url".to_owned(), "http://example.com".to_owned())]),
        BTreeMap::from([("base_url".to_owned(), "file:///etc/passwd".to_owned())]),
    ] {
        let saved = engine.save_provider(ProviderId::Momoget, values.clone(), false).await;
        assert!(matches!(saved, Err(EngineError::InvalidField { .. })), "{values:?}");
    }
    let view = engine.provider(ProviderId::Momoget).unwrap();
    assert!(view.fields.iter().all(|field| field.value.as_deref() != Some("http://example.com")));
}

#[tokio::test(start_paused = true)]
async fn a_test_of_the_account_spends_nothing_and_says_what_it_found() {
    let lab = Lab::new();
    lab.script.reads([refused(404, "任务不存在")]);
    let engine = lab.engine();
    let view = engine.test_provider(ProviderId::Momoget).await.unwrap();
    assert!(view.checked_at.is_some() && view.check_failure.is_none());

    lab.script.reads([refused(404, "用户不存在")]);
    let view = engine.test_provider(ProviderId::Momoget).await.unwrap();
    assert_eq!(view.check_failure.unwrap().kind, shiwen_core::FailureKind::Unauthorized);
    assert_eq!(lab.script.created(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_only_key_works_now_and_does_not_look_saved_later() {
    let secrets = BTreeMap::from([("user_id".to_owned(), Secret::new("old-user-id-1c7a"))]);
    let lab = Lab::with_keys(Keys::new(
        Source::Fixed(BTreeMap::from([(ProviderId::Momoget, secrets)])),
        BTreeMap::new(),
    ));
    let engine = lab.engine();
    let view = engine
        .save_provider(ProviderId::Momoget, fields("this-run-only-9f3e"), true)
        .await
        .unwrap();
    assert!(view.ready && view.session_only);
    assert!(engine.store().provider(ProviderId::Momoget).unwrap().saved.is_empty());
}
