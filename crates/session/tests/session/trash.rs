//! The trash with its files, and versions of texts, through a real session.

use std::fs;

use shiwen_core::{Output, Selection, TextRef, TidySteps, Timestamp, Work, WorkKind};
use shiwen_session::StoreError;
use shiwen_store::Kept;

use crate::{
    exports::{fill, task},
    stage::Stage,
};

#[tokio::test]
async fn what_is_deleted_for_ever_takes_its_files_along_and_leaves_those_of_others() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let tasks: Vec<_> = (0..3)
        .map(|number| {
            let mut task = task(number, "做菜", "先焯水。");
            let work = Work {
                kind: WorkKind::Video,
                remote_id: None,
                version: 1,
                edit: None,
                url: "https://media.example/a.mp4".to_owned(),
                expires_at: None,
                cover_url: None,
                title: None,
                duration_s: None,
            };
            task.output = Some(Output::Works { works: vec![work] });
            task
        })
        .collect();
    let ids = fill(&session, &tasks);
    let works = session.folder.join("works");
    let cache = session.folder.join("cache");
    for folder in [&works, &cache] {
        fs::create_dir_all(folder).unwrap();
    }
    let file = |id: shiwen_core::TaskId| works.join(format!("{id}-0.mp4"));
    let store = session.engine.store();
    for id in &ids {
        fs::write(file(*id), "film").unwrap();
        fs::write(cache.join(format!("{id}-cover")), "picture").unwrap();
        let name = format!("{id}-0.mp4");
        let kept = Kept::File { name, media_type: "video/mp4".to_owned(), bytes: 4 };
        store.keep_work(*id, 0, &kept, Timestamp::now()).unwrap();
    }

    store.trash_many(&ids[..2], Timestamp::now()).unwrap();
    // Whatever is not in the trash is not deleted.
    assert_eq!(session.delete_for_ever(&[ids[0], ids[2]]).unwrap(), 1);
    assert_eq!([0, 1, 2].map(|at| file(ids[at]).exists()), [false, true, true]);
    assert_eq!(session.empty_trash().unwrap(), 1);
    assert_eq!([0, 1, 2].map(|at| file(ids[at]).exists()), [false, false, true]);
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 1);
    let all = session.selected(&Selection::Found { query: String::new() }).unwrap();
    assert_eq!(all, ids[2..]);
}

#[tokio::test]
async fn a_text_is_previewed_tidied_and_held_against_its_older_self() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let id = fill(&session, &[task(1, "红烧肉", "[00:01]先焯水,再炒糖色。")])[0];
    let first = TextRef { task: id, version: 1 };
    let steps = TidySteps::default();
    let preview = session.preview_tidy(first, &steps).unwrap();
    assert_eq!(preview.differences, 2);
    let saved = session.save_tidied(first, &steps).unwrap();
    assert_eq!((saved.version, saved.text.as_str()), (2, "先焯水，再炒糖色。"));
    let compared = session.compare(first, TextRef { task: id, version: 2 }).unwrap();
    assert_eq!(compared, preview);
    // The provider's own text is as it was.
    assert_eq!(session.engine.store().text(first).unwrap().text, "[00:01]先焯水,再炒糖色。");

    let gone = TextRef { task: id, version: 9 };
    assert!(matches!(session.compare(first, gone), Err(StoreError::TaskGone)));
    let stamps = fill(&session, &[task(2, "空", "[00:01]")]);
    let stamps = TextRef { task: *stamps.last().unwrap(), version: 1 };
    assert!(matches!(session.save_tidied(stamps, &steps), Err(StoreError::EmptyText)));
}

#[tokio::test]
async fn a_copy_of_the_history_goes_anywhere_but_onto_itself() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    fill(&session, &[task(1, "红烧肉", "先焯水。")]);
    let to = stage.folder().join("mine.db");
    let backup = session.backup_to(&to).unwrap();
    assert_eq!(backup.bytes, fs::metadata(&to).unwrap().len() as f64);
    for name in ["shiwen.db", "shiwen.db-wal"] {
        let refused = session.backup_to(&session.folder.join(name));
        assert!(matches!(refused, Err(StoreError::Unwritable { .. })), "{name}");
    }
    let all = session.selected(&Selection::Found { query: String::new() }).unwrap();
    assert_eq!(all.len(), 1);
}
