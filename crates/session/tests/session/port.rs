//! The sandbox's port over several runs and processes of one data folder.

use std::{net::TcpListener, path::Path};

use shiwen_core::{DownloadState, Media, Operation, ProviderId, TaskState};
use shiwen_session::{Environment, Mode, Options, Session};
use tempfile::TempDir;

use crate::{
    downloads::ended,
    stage::{submit, until},
};

async fn open(folder: &Path) -> Session {
    let options = Options {
        folder: folder.to_owned(),
        mode: Mode::Sandbox { url: None, pace: 0.01 },
        environment: Environment::default(),
    };
    Session::open(&options).await.unwrap()
}

fn url(session: &Session) -> String {
    session.sandbox_url().unwrap().to_owned()
}

fn address(url: &str) -> &str {
    url.trim_start_matches("http://")
}

#[tokio::test]
async fn addresses_of_one_run_are_good_in_the_next() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path()).await;
    first.run().unwrap();
    let id = submit(&first, ProviderId::Coze, Operation::Resolve, "media-1");
    until(&first, id, |task| task.state == TaskState::Succeeded).await;
    let before = url(&first);
    first.close().await;
    drop(first);

    let second = open(folder.path()).await;
    assert_eq!(url(&second), before);
    second.run().unwrap();
    let to = Some(folder.path().join("files"));
    let begun = second.start_download(id, Media::Video, to).await.unwrap();
    let ended = ended(&second, begun.id).await;
    assert_eq!(ended.state, DownloadState::Done, "{ended:?}");
    second.close().await;
}

#[tokio::test]
async fn a_port_that_somebody_else_has_by_now_is_left_to_them() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path()).await;
    let before = url(&first);
    first.close().await;
    drop(first);
    let _theirs = TcpListener::bind(address(&before)).unwrap();

    let second = open(folder.path()).await;
    assert_ne!(url(&second), before);
    let now = url(&second);
    second.close().await;
    drop(second);
    // The new one is that of the folder from now on, whatever stood in its file before.
    let third = open(folder.path()).await;
    assert_eq!(url(&third), now);
    third.close().await;
    drop(third);
    for spoilt in ["", "0", "65536", "port"] {
        std::fs::write(folder.path().join("sandbox/port"), spoilt).unwrap();
        open(folder.path()).await.close().await;
    }
}

#[tokio::test]
async fn a_second_process_uses_the_sandbox_of_the_first_and_takes_it_over() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path()).await;
    let second = open(folder.path()).await;
    assert_eq!(url(&second), url(&first));
    assert!(first.run().unwrap());
    assert!(!second.run().unwrap());
    let id = submit(&second, ProviderId::Momoget, Operation::Transcribe, "media-1");
    until(&second, id, |task| task.state == TaskState::Succeeded).await;
    first.close().await;
    drop(first);

    let id = submit(&second, ProviderId::Momoget, Operation::Transcribe, "media-2");
    until(&second, id, |task| task.state == TaskState::Succeeded).await;
    let at = url(&second);
    second.close().await;
    drop(second);
    // Nobody has the port any more.
    TcpListener::bind(address(&at)).unwrap();
}
