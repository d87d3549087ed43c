//! Works that were paid for are kept, and media are shown, through the real engine and sender from the sandbox.

use std::{
    fs,
    time::{Duration, Instant},
};

use shiwen_core::{
    DownloadFailure, DownloadState, Media, Operation, Output, ProviderId, Task, TaskState,
    Timestamp, Work, WorkKind,
};
use shiwen_session::{MediaError, Session};
use shiwen_store::{Kept, RawAnswer, Won};

use crate::{
    downloads::ended,
    stage::{Stage, submit, until},
};

const WORK: Media = Media::Work { index: 0 };

/// A finished video of the Jimeng gateway.
async fn followed(session: &Session, name: &str) -> Task {
    let id = format!("cgt-sandbox-{name}");
    let id = session.engine.follow_remote(ProviderId::Jimeng, Operation::GenerateVideo, &id);
    until(session, id.unwrap(), |task| task.state == TaskState::Succeeded).await
}

async fn kept(session: &Session, task: &Task) -> Kept {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(kept) = session.engine.store().kept_work(task.id, 0).unwrap() {
            return kept;
        }
        assert!(Instant::now() < deadline, "nothing is known of the work");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn work(url: String, kind: WorkKind) -> Work {
    Work {
        kind,
        remote_id: None,
        version: 1,
        edit: None,
        url,
        expires_at: None,
        cover_url: None,
        title: None,
        duration_s: None,
    }
}

/// Gives a finished task these works.
fn give(session: &Session, task: &Task, works: Vec<Work>) {
    let won = Won { output: Some(Output::Works { works }), ..Won::default() };
    let raw = RawAnswer { asked: "result", http_status: 200, body: Vec::new() };
    session.engine.store().refreshed(task.id, &won, &raw, Timestamp::now()).unwrap();
}

#[tokio::test]
async fn a_finished_work_is_here_for_good() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let task = followed(&session, "boat").await;
    let Kept::File { name, media_type, bytes } = kept(&session, &task).await else {
        panic!("the work is lost")
    };
    assert_eq!((name.as_str(), media_type.as_str()), ("1-0.webm", "video/webm"));
    let path = session.kept_work(task.id, 0).unwrap().unwrap();
    assert_eq!(path, session.folder.join("works").join(&name));
    assert_eq!(fs::metadata(&path).unwrap().len(), bytes);
    assert_eq!(stage.sandbox.calls().keys_on_media, 0);
    let folder = stage.folder().to_owned();
    stage.sandbox.stop().await;

    let shown = session.media(task.id, WORK).await.unwrap();
    assert_eq!((shown.media_type.as_str(), shown.bytes.len() as u64), ("video/webm", bytes));
    let begun = session.start_download(task.id, WORK, Some(folder.join("mine"))).await.unwrap();
    let done = ended(&session, begun.id).await;
    assert_eq!((done.id, done.state), (begun.id, DownloadState::Done), "{done:?}");
    assert!(fs::read(&done.path).unwrap() == shown.bytes && path.exists());
    session.close().await;
}

#[tokio::test]
async fn works_that_came_while_nobody_kept_them_are_fetched_at_the_next_start() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let id = submit(&session, ProviderId::Coze, Operation::Resolve, "media-1");
    let task = until(&session, id, |task| task.state == TaskState::Succeeded).await;
    session.close().await;
    drop(session);

    let session = stage.session().await;
    let url = |path: &str| format!("{}/media/{path}", stage.sandbox.url());
    let works = vec![
        work(url("video/5.webm?mb=4&case=sb-cutmedia"), WorkKind::Video),
        work(url("image/6.png?w=64&h=64"), WorkKind::Image),
        work(url("audio/7.wav"), WorkKind::Music),
    ];
    give(&session, &task, works);
    assert_eq!(session.engine.store().works_to_keep().unwrap().len(), 3);
    session.run().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !session.engine.store().works_to_keep().unwrap().is_empty() {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let kinds = [0, 1, 2].map(|index| match session.engine.store().kept_work(id, index).unwrap() {
        Some(Kept::File { media_type, .. }) => media_type,
        other => panic!("{index}: {other:?}"),
    });
    assert_eq!(kinds, ["video/webm", "image/png", "audio/wav"]);
    session.close().await;
}

#[tokio::test]
async fn a_work_that_cannot_be_had_is_noted_and_its_task_stays_as_it_is() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let fetches = || stage.sandbox.calls().routes["jimeng GET /jimeng/fetch/{task_id}"];
    let task = followed(&session, "sb-expired").await;
    assert_eq!(kept(&session, &task).await, Kept::Lost(DownloadFailure::Expired));
    let asked = fetches();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(fetches(), asked, "it is given up");
    assert_eq!(session.engine.store().task(task.id).unwrap().state, TaskState::Succeeded);
    let shown = session.media(task.id, WORK).await;
    assert!(matches!(shown, Err(MediaError::Unavailable(DownloadFailure::Expired))), "{shown:?}");
    assert_eq!(fetches(), asked, "a look costs no call");
    let begun = session.start_download(task.id, WORK, None).await.unwrap();
    assert_eq!(ended(&session, begun.id).await.failure, Some(DownloadFailure::Expired));
    assert_eq!(fetches(), asked + 1, "a wish does");
    session.close().await;
}

#[tokio::test]
async fn a_page_instead_of_a_work_is_tried_again_and_not_kept() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let task = followed(&session, "sb-htmlmedia").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(session.engine.store().kept_work(task.id, 0).unwrap(), None);
    // The network's login page has gone.
    let url = format!("{}/media/video/5.webm", stage.sandbox.url());
    give(&session, &task, vec![work(url, WorkKind::Video)]);
    assert!(matches!(kept(&session, &task).await, Kept::File { .. }));
    session.close().await;
}

#[tokio::test]
async fn a_video_that_was_shown_once_needs_no_network_any_more() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let id = submit(&session, ProviderId::Coze, Operation::Resolve, "media-1");
    until(&session, id, |task| task.state == TaskState::Succeeded).await;
    let (one, two) = tokio::join!(session.media(id, Media::Video), session.media(id, Media::Video));
    let video = one.unwrap();
    assert_eq!(video.media_type, "video/webm");
    assert_eq!(two.unwrap(), video);
    let cover = session.media(id, Media::Cover).await.unwrap();
    assert_eq!(cover.media_type, "image/png");
    assert_eq!(stage.sandbox.calls().keys_on_media, 0);
    stage.sandbox.stop().await;
    assert_eq!(session.media(id, Media::Video).await.unwrap(), video);
    assert_eq!(session.media(id, Media::Cover).await.unwrap(), cover);
    session.close().await;
}

#[tokio::test]
async fn pictures_that_a_provider_names_are_shown_if_they_are_pictures() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let url = |path: &str| format!("{}/media/{path}", stage.sandbox.url());
    let picture = session.picture(&url("avatar/3.png")).await.unwrap();
    assert!(picture.starts_with("data:image/png;base64,"));
    for none in [
        url("video/3.webm"),
        url("avatar/3.png?case=sb-htmlmedia"),
        url("avatar/3.png?case=sb-expired"),
        url("image/3.png?w=2048&h=2048"),
        "https://cdn.example/a.png".to_owned(),
        "http://10.0.0.1/a.png".to_owned(),
        "file:///etc/passwd".to_owned(),
        "not an address".to_owned(),
    ] {
        let shown = session.picture(&none).await;
        assert!(shown.is_none() || none.contains("w=2048"), "{none}");
    }
    let known = url("avatar/3.png");
    stage.sandbox.stop().await;
    assert_eq!(session.picture(&known).await, Some(picture));
    session.close().await;
}
