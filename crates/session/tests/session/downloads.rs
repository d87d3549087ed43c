//! Downloads through the real engine and sender, from the sandbox's media hosts.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use shiwen_core::{
    Download, DownloadFailure, DownloadState, Found, Media, Operation, Output, ProviderId, Task,
    TaskId, TaskState, Timestamp,
};
use shiwen_session::{MediaError, Session, Settings};
use shiwen_store::{RawAnswer, Won};
use url::Url;

use crate::stage::{Stage, submit, until};

const MOST: usize = 64 * 1024 * 1024;

/// A finished task on the video of a code, as Coze's video info gives it.
async fn resolved(session: &Session, code: &str) -> Task {
    let id = submit(session, ProviderId::Coze, Operation::Resolve, code);
    until(session, id, |task| task.state == TaskState::Succeeded).await
}

/// What the video of a task is without the word in its address.
async fn truth(session: &Session, task: &Task) -> Vec<u8> {
    let url = task.found.media_url.as_ref().unwrap();
    let plain = url.split("&case=").next().unwrap().to_owned();
    let size = if url.contains("&mb=4") { "&mb=4" } else { "" };
    let size = if url.contains("&mb=1") { "&mb=1" } else { size };
    let url = Url::parse(&format!("{plain}{size}")).unwrap();
    session.sender.fetch_public(&url, MOST).await.unwrap().body
}

fn download(session: &Session, id: u32) -> Download {
    session.downloads().unwrap().into_iter().find(|download| download.id == id).unwrap()
}

/// Waits until a download is as wanted.
async fn wait(session: &Session, id: u32, wanted: impl Fn(&Download) -> bool) -> Download {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let now = download(session, id);
        if wanted(&now) {
            return now;
        }
        assert!(Instant::now() < deadline, "still {now:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until a download has ended in any way.
pub(crate) async fn ended(session: &Session, id: u32) -> Download {
    wait(session, id, |download| download.state != DownloadState::Running).await
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .map(|entries| {
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

/// Gives a finished task other addresses than its provider gave.
fn readdress(session: &Session, task: TaskId, media_url: &str) {
    let found = Found { media_url: Some(media_url.to_owned()), ..Found::default() };
    let won = Won { found, ..Won::default() };
    let raw = RawAnswer { asked: "result", http_status: 200, body: Vec::new() };
    session.engine.store().refreshed(task, &won, &raw, Timestamp::now()).unwrap();
}

#[tokio::test]
async fn a_video_and_its_cover_come_under_their_title() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let task = resolved(&session, "media-1").await;
    let folder = stage.folder().join("mine");
    let mut changes = session.download_changes();

    let begun = session.start_download(task.id, Media::Video, Some(folder.clone())).await.unwrap();
    let video = ended(&session, begun.id).await;
    let cover = session.start_download(task.id, Media::Cover, Some(folder.clone())).await.unwrap();
    let cover = ended(&session, cover.id).await;

    assert_eq!((video.state, cover.state), (DownloadState::Done, DownloadState::Done));
    assert!(video.name.ends_with(".webm") && cover.name.ends_with(".png"), "{video:?} {cover:?}");
    assert_eq!(PathBuf::from(&video.path), folder.join(&video.name));
    let bytes = fs::read(&video.path).unwrap();
    assert!(bytes == truth(&session, &task).await);
    assert_eq!((video.received, video.total), (bytes.len() as f64, Some(bytes.len() as f64)));
    assert_eq!(names(&folder).len(), 2);
    let told: Vec<_> = std::iter::from_fn(|| changes.try_recv().ok()).collect();
    assert_eq!(told.first().map(|first| first.state), Some(DownloadState::Running));
    assert!(told.iter().any(|told| told == &video) && told.last() == Some(&cover));
    assert_eq!(stage.sandbox.calls().keys_on_media, 0);
    session.close().await;
}

#[tokio::test]
async fn hosts_that_break_off_or_give_no_parts_give_the_same_bytes() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    for word in ["cutmedia", "norange", "changed"] {
        let task = resolved(&session, &format!("sb-{word}")).await;
        let folder = stage.folder().join(word);
        let begun = session.start_download(task.id, Media::Video, Some(folder)).await.unwrap();
        let done = ended(&session, begun.id).await;
        assert_eq!(done.state, DownloadState::Done, "{word}: {done:?}");
        if word != "changed" {
            assert!(fs::read(&done.path).unwrap() == truth(&session, &task).await, "{word}");
        }
    }
    assert_eq!(stage.sandbox.calls().keys_on_media, 0);
    session.close().await;
}

#[tokio::test]
async fn a_cancelled_download_keeps_its_part_and_goes_on_with_it() {
    let stage = Stage::at_pace(0.2).await;
    let session = stage.session().await;
    session.run().unwrap();
    let task = resolved(&session, "sb-slowmedia").await;
    let folder = stage.folder().join("mine");
    let start = || session.start_download(task.id, Media::Video, Some(folder.clone()));
    let begun = start().await.unwrap();
    // Asked for twice it is the same one.
    assert_eq!(start().await.unwrap().id, begun.id);
    wait(&session, begun.id, |now| now.received > 100_000.0 && now.speed.is_some()).await;

    session.cancel_download(begun.id).await.unwrap();

    let cancelled = download(&session, begun.id);
    assert_eq!(cancelled.state, DownloadState::Cancelled);
    let [part] = &names(&folder)[..] else { panic!("{:?}", names(&folder)) };
    assert!(part.ends_with(".part"), "{part}");
    let size = fs::metadata(folder.join(part)).unwrap().len();
    assert!(size as f64 == cancelled.received && size < 1024 * 1024, "{size} {cancelled:?}");

    let (mut changes, since) = (session.download_changes(), Instant::now());
    let again = start().await.unwrap();
    assert_eq!(again.id, begun.id);
    let done = ended(&session, begun.id).await;
    assert_eq!(done.state, DownloadState::Done, "{done:?}");
    let told: Vec<_> = std::iter::from_fn(|| changes.try_recv().ok()).collect();
    assert!(told.iter().all(|told| told.received >= cancelled.received), "it began anew");
    // Five in a second, and the beginning and the end besides.
    let most = since.elapsed().as_secs_f64() * 5.0 + 3.0;
    assert!(told.len() as f64 <= most, "{} changes", told.len());
    assert!(fs::read(&done.path).unwrap() == truth(&session, &task).await);
    assert_eq!(names(&folder), [done.name]);
    session.close().await;
}

#[tokio::test]
async fn a_restart_goes_on_where_the_end_cut_off() {
    let stage = Stage::at_pace(0.2).await;
    let session = stage.session().await;
    session.run().unwrap();
    let task = resolved(&session, "sb-slowmedia").await;
    let folder = stage.folder().join("mine");
    let begun = session.start_download(task.id, Media::Video, Some(folder)).await.unwrap();
    wait(&session, begun.id, |now| now.received > 100_000.0).await;
    session.close().await;
    drop(session);

    let session = stage.session().await;
    let left = download(&session, begun.id);
    assert_eq!(left.state, DownloadState::Running);
    assert!(left.received > 100_000.0 && left.received < 1024.0 * 1024.0, "{left:?}");
    let mut changes = session.download_changes();
    session.run().unwrap();
    let done = ended(&session, begun.id).await;

    assert_eq!(done.state, DownloadState::Done, "{done:?}");
    let told: Vec<_> = std::iter::from_fn(|| changes.try_recv().ok()).collect();
    assert!(told.len() > 2 && told.iter().all(|told| told.received >= left.received));
    assert!(fs::read(&done.path).unwrap() == truth(&session, &task).await);
    session.close().await;
}

#[tokio::test]
async fn two_downloads_of_one_title_have_two_names_and_what_is_there_stays() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let task = resolved(&session, "media-1").await;
    let folder = stage.folder().join("mine");
    let first = session.start_download(task.id, Media::Video, Some(folder.clone())).await.unwrap();
    let first = ended(&session, first.id).await;
    fs::write(&first.path, "the user's own by now").unwrap();

    let second = session.start_download(task.id, Media::Video, Some(folder.clone())).await.unwrap();
    let second = ended(&session, second.id).await;

    let stem = first.name.strip_suffix(".webm").unwrap();
    assert_eq!(second.name, format!("{stem} (2).webm"));
    assert_eq!(fs::read_to_string(&first.path).unwrap(), "the user's own by now");
    // Done is done, as long as the file is there.
    assert_eq!(session.resume_download(second.id).await.unwrap(), second);
    fs::remove_file(&second.path).unwrap();
    session.resume_download(second.id).await.unwrap();
    assert!(Path::new(&ended(&session, second.id).await.path).exists());
    session.close().await;
}

#[tokio::test]
async fn an_address_that_ran_out_is_not_renewed_where_that_costs() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let folder = stage.folder().join("mine");
    // Coze's video info can be asked for again only by paying again.
    let task = resolved(&session, "sb-expired").await;
    let begun = session.start_download(task.id, Media::Video, Some(folder.clone())).await.unwrap();
    let failed = ended(&session, begun.id).await;
    assert_eq!(failed.failure, Some(DownloadFailure::Expired));
    assert_eq!(stage.sandbox.calls().creates["coze"], 1);
    assert_eq!(names(&folder), [""; 0], "an empty part is no use to anybody");
    session.close().await;
}

#[tokio::test]
async fn an_address_that_ran_out_is_renewed_once_where_that_is_free() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let fetches = || {
        let calls = stage.sandbox.calls();
        calls.routes.get("jimeng GET /jimeng/fetch/{task_id}").copied().unwrap_or(0)
    };
    let engine = &session.engine;
    let operation = Operation::GenerateVideo;
    let id = engine.follow_remote(ProviderId::Jimeng, operation, "cgt-sandbox-boat").unwrap();
    let task = until(&session, id, |task| task.state == TaskState::Succeeded).await;
    let deadline = Instant::now() + Duration::from_secs(30);
    let kept = loop {
        if let Some(kept) = session.kept_work(id, 0).unwrap() {
            break kept;
        }
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let url = format!("{}/media/video/7.webm?case=sb-expired", stage.sandbox.url());
    let mut works = task.works.clone();
    works[0].url = url;
    let won = Won { output: Some(Output::Works { works }), ..Won::default() };
    let raw = RawAnswer { asked: "result", http_status: 200, body: Vec::new() };
    engine.store().refreshed(id, &won, &raw, Timestamp::now()).unwrap();
    // It would do as well.
    fs::remove_file(kept).unwrap();
    let before = fetches();
    let work = Media::Work { index: 0 };
    let folder = Some(stage.folder().join("mine"));
    let begun = session.start_download(id, work, folder).await.unwrap();
    let done = ended(&session, begun.id).await;
    assert_eq!(done.state, DownloadState::Done, "{done:?}");
    assert_eq!(fetches(), before + 1);
    assert_eq!(engine.store().task(id).unwrap().works[0].url, task.works[0].url);
    session.close().await;
}

#[tokio::test]
async fn what_is_no_video_and_what_is_not_public_is_not_taken() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let folder = stage.folder().join("mine");
    let page = resolved(&session, "sb-htmlmedia").await;
    let begun = session.start_download(page.id, Media::Video, Some(folder.clone())).await.unwrap();
    let failed = ended(&session, begun.id).await;
    assert_eq!(failed.failure, Some(DownloadFailure::NotTheFile));

    let task = resolved(&session, "media-1").await;
    for url in ["http://10.0.0.1/a.mp4", "https://cdn.example/a.mp4", "file:///etc/passwd"] {
        readdress(&session, task.id, url);
        let begun =
            session.start_download(task.id, Media::Video, Some(folder.clone())).await.unwrap();
        let failed = ended(&session, begun.id).await;
        assert_eq!(failed.failure, Some(DownloadFailure::NotAllowed), "{url}");
        let shown = session.media(task.id, Media::Video).await;
        let refused = matches!(shown, Err(MediaError::Unavailable(DownloadFailure::NotAllowed)));
        assert!(refused, "{url}: {shown:?}");
    }
    assert_eq!(names(&folder), [""; 0]);
    let none = session.start_download(task.id, Media::Work { index: 0 }, None).await;
    assert!(matches!(none, Err(MediaError::NoSuchMedia)), "{none:?}");
    let none = session.resume_download(999).await;
    assert!(matches!(none, Err(MediaError::NoSuchDownload)), "{none:?}");
    session.close().await;
}

#[tokio::test]
async fn the_settings_name_the_folder_and_one_that_cannot_be_written_is_said() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    let task = resolved(&session, "media-1").await;
    let store = session.engine.store();
    let set = |folder: &str| {
        let download_folder = Some(folder.to_owned());
        let settings = Settings { download_folder, ..Settings::default() };
        store.save_setting(Settings::NAME, &settings).unwrap();
    };
    let folder_of = async || {
        let begun = session.start_download(task.id, Media::Cover, None).await.unwrap();
        let ended = ended(&session, begun.id).await;
        (PathBuf::from(&ended.path).parent().unwrap().to_owned(), ended.failure)
    };
    // The sandbox's own, apart from the user's files.
    assert_eq!(folder_of().await, (session.folder.join("downloads"), None));
    let chosen = stage.folder().join("chosen");
    set(chosen.to_str().unwrap());
    assert_eq!(folder_of().await, (chosen, None));
    set("");
    assert_eq!(folder_of().await, (session.folder.join("downloads"), None));
    let file = stage.folder().join("a file");
    fs::write(&file, "x").unwrap();
    let below = file.join("below");
    set(below.to_str().unwrap());
    assert_eq!(folder_of().await, (below, Some(DownloadFailure::Unwritable)));
    session.close().await;
}
