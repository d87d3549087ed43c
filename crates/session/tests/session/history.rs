//! What becomes of the history's file when a session opens, runs and closes.

use std::{fs, time::Duration};

use shiwen_core::{Operation, ProviderId, TaskState};
use shiwen_session::Settings;

use crate::stage::{Stage, submit, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_history_is_salvaged_at_the_start_and_the_user_is_told_once() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    assert_eq!(session.salvaged, None);
    session.run().unwrap();
    let id = submit(&session, ProviderId::Coze, Operation::Transcribe, "sb-any");
    until(&session, id, |task| task.state == TaskState::Succeeded).await;
    let path = session.folder.join("shiwen.db");
    session.close().await;
    drop(session);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..100].fill(0);
    fs::write(&path, &bytes).unwrap();

    let session = stage.session().await;
    let salvage = session.salvaged.clone().unwrap();
    assert_eq!((salvage.tasks, salvage.doubted), (1, 0));
    assert_eq!(fs::read(&salvage.kept_at).unwrap(), bytes);
    let detail = session.engine.store().detail(id).unwrap();
    assert_eq!((detail.task.state, detail.transcripts.len()), (TaskState::Succeeded, 1));
    session.engine.store().salvage_told().unwrap();
    session.close().await;
    drop(session);
    assert_eq!(stage.session().await.salvaged, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_end_without_a_closing_the_owner_looks_at_the_file_and_says_what_it_saw() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let mark = session.folder.join("shiwen.open");
    assert!(mark.exists());
    session.close().await;
    assert!(!mark.exists(), "the end was in order, even if the program never drops what it holds");
    drop(session);

    // As a crash leaves it.
    fs::write(&mark, "").unwrap();
    let session = stage.session().await;
    let mut health = session.engine.store().health();
    session.run().unwrap();
    let told = tokio::time::timeout(Duration::from_secs(20), health.changed()).await;
    assert!(told.is_ok());
    assert!(health.borrow().as_ref().unwrap().is_sound());
    session.close().await;
}

#[tokio::test]
async fn another_proxy_holds_at_once_while_a_task_goes_on() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let id = submit(&session, ProviderId::Coze, Operation::Transcribe, "sb-any");
    let proxy = "http://127.0.0.1:7890".to_owned();
    let proxies = [(ProviderId::RawUgc, proxy)].into();
    let settings = Settings { proxy: "none".to_owned(), proxies, ..Settings::default() };
    session.change_proxies(&settings);
    let own = session.sender.proxy_of(ProviderId::RawUgc);
    assert_eq!(format!("{own:?}"), "Custom(http://127.0.0.1:7890)");
    assert_eq!(format!("{:?}", session.sender.proxy_of(ProviderId::Coze)), "None");
    until(&session, id, |task| task.state == TaskState::Succeeded).await;
    assert!(session.is_owner(), "nothing was closed");
    session.close().await;
}
