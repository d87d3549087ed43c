//! Downloads and kept works in the history.

use shiwen_core::{DownloadFailure, DownloadState, Media, TaskChange, TaskId};
use shiwen_store::{DownloadRecord, Kept, StoreError};

use crate::fixture::*;

fn new(task: TaskId, media: Media) -> DownloadRecord {
    DownloadRecord {
        id: 0,
        task,
        media,
        state: DownloadState::Running,
        folder: "/folder/Downloads".to_owned(),
        name: "红烧肉.mp4".to_owned(),
        part: None,
        validator: None,
        received: 0,
        total: None,
        failure: None,
        created_at: at(40),
        ended_at: None,
    }
}

#[test]
fn a_download_comes_back_as_it_stood_after_a_restart() {
    let history = History::new();
    let task = history.in_situation(Situation::Succeeded, "1");
    let begun = new(task, Media::Work { index: 2 });
    let id = history.store.add_download(&begun).unwrap();
    let mut stands = DownloadRecord {
        id,
        part: Some("红烧肉.part".to_owned()),
        validator: Some("\"v1\"".to_owned()),
        received: 5_000_000_000,
        total: Some(6_000_000_000),
        ..begun
    };
    history.store.save_download(&stands).unwrap();
    let history = history.reopened();
    assert_eq!(history.store.download(id).unwrap(), Some(stands.clone()));

    stands.state = DownloadState::Failed;
    stands.failure = Some(DownloadFailure::DiskFull);
    stands.ended_at = Some(at(50));
    history.store.save_download(&stands).unwrap();
    assert_eq!(history.store.downloads(10).unwrap(), [stands]);
}

#[test]
fn the_list_holds_the_newest_and_all_that_are_under_way() {
    let history = History::new();
    let task = history.in_situation(Situation::Succeeded, "1");
    let add = |media| {
        let id = history.store.add_download(&new(task, media)).unwrap();
        history.store.download(id).unwrap().unwrap()
    };
    let oldest = add(Media::Video);
    let ended: Vec<_> = (0..3)
        .map(|_| {
            let done = DownloadRecord {
                state: DownloadState::Done,
                ended_at: Some(at(60)),
                ..add(Media::Cover)
            };
            history.store.save_download(&done).unwrap();
            done
        })
        .collect();
    let listed = history.store.downloads(2).unwrap();
    assert_eq!(listed, [ended[2].clone(), ended[1].clone(), oldest.clone()]);
    assert_eq!(history.store.downloads_of(task, Media::Video).unwrap(), [oldest]);
    assert_eq!(history.store.downloads_of(task, Media::Cover).unwrap().len(), 3);
    assert_eq!(history.store.downloads_of(TaskId(99), Media::Cover).unwrap(), []);
}

#[test]
fn a_file_of_no_task_is_not_kept() {
    let history = History::new();
    let added = history.store.add_download(&new(TaskId(99), Media::Video));
    assert!(matches!(added, Err(StoreError::TaskGone)), "{added:?}");
    let lost = Kept::Lost(DownloadFailure::Expired);
    let kept = history.store.keep_work(TaskId(99), 0, &lost, at(1));
    assert!(matches!(kept, Err(StoreError::TaskGone)), "{kept:?}");
}

#[test]
fn files_go_with_their_task_and_saving_one_that_is_gone_is_no_error() {
    let history = History::new();
    let task = history.in_situation(Situation::Succeeded, "1");
    let id = history.store.add_download(&new(task, Media::Video)).unwrap();
    let record = history.store.download(id).unwrap().unwrap();
    history.store.keep_work(task, 0, &Kept::Lost(DownloadFailure::Expired), at(1)).unwrap();
    history.sql().execute("DELETE FROM tasks WHERE id = ?1", [task.0]).unwrap();
    assert_eq!(history.store.download(id).unwrap(), None);
    assert_eq!(history.store.kept_work(task, 0).unwrap(), None);
    history.store.save_download(&record).unwrap();
    assert_eq!(history.store.downloads(10).unwrap(), []);
}

#[test]
fn works_are_to_be_kept_until_something_is_known_about_their_files() {
    let history = History::new();
    let store = &history.store;
    let [one, two] = ["1", "2"].map(|id| history.in_situation(Situation::Succeeded, id));
    let running = history.in_situation(Situation::Running, "3");
    history.in_situation(Situation::Succeeded, "4");
    let work = r#"{"kind":"video","version":1,"url":"https://media.example/a.mp4"}"#;
    for (task, works) in [
        (one, format!("[{work},{work}]")),
        (two, format!("[{work}]")),
        (running, format!("[{work}]")),
    ] {
        let sql = "UPDATE tasks SET works = ?2 WHERE id = ?1";
        history.sql().execute(sql, (task.0, works)).unwrap();
    }
    assert_eq!(store.works_to_keep().unwrap(), [(two, 0), (one, 0), (one, 1)]);

    let file = Kept::File {
        name: format!("{one}-1.mp4"),
        media_type: "video/mp4".to_owned(),
        bytes: 7_000_000_000,
    };
    store.keep_work(one, 1, &file, at(1)).unwrap();
    store.keep_work(two, 0, &Kept::Lost(DownloadFailure::TooLarge), at(1)).unwrap();
    // What lies in the trash was paid for too.
    store.delete(one, at(2)).unwrap();
    assert_eq!(store.works_to_keep().unwrap(), [(one, 0)]);
    assert_eq!(store.kept_work(one, 1).unwrap(), Some(file.clone()));
    assert_eq!(store.kept_work(one, 0).unwrap(), None);

    store.keep_work(two, 0, &Kept::Lost(DownloadFailure::Expired), at(3)).unwrap();
    assert_eq!(store.kept_work(two, 0).unwrap(), Some(Kept::Lost(DownloadFailure::Expired)));
    let file =
        Kept::File { name: format!("{two}-0.mp4"), media_type: "video/mp4".to_owned(), bytes: 1 };
    let mut changes = store.changes();
    store.keep_work(two, 0, &file, at(4)).unwrap();
    assert_eq!(store.kept_work(two, 0).unwrap(), Some(file));
    let told = announced(&mut changes);
    assert!(matches!(&told[..], [TaskChange::Saved { task }] if task.kept == [0]), "{told:?}");
}

#[test]
fn every_way_in_which_a_download_fails_can_be_kept() {
    let history = History::new();
    let task = history.in_situation(Situation::Succeeded, "1");
    let begun = new(task, Media::Cover);
    let id = history.store.add_download(&begun).unwrap();
    for failure in DownloadFailure::ALL {
        let failed = DownloadRecord {
            id,
            state: DownloadState::Failed,
            failure: Some(*failure),
            ended_at: Some(at(70)),
            ..begun.clone()
        };
        history.store.save_download(&failed).unwrap();
        assert_eq!(history.store.download(id).unwrap(), Some(failed));
    }
}
