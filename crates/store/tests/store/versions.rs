//! Histories that earlier versions wrote, kept in `tests/fixtures`: each must open and be read here for ever.
//!
//! There is one for each version of the schema. `SHIWEN_WRITE_FIXTURE=1 cargo nextest run -p shiwen-store versions`
//! writes the one of the current version anew, which is only right as long as that version has not been released.

use std::{env, fs, path::PathBuf};

use rusqlite::Connection;
use shiwen_core::{Desk, ProviderId, Query, Task, WaitReason};
use shiwen_store::Store;

use crate::fixture::*;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A task in every situation, each on a video of its own.
fn everything() -> History {
    let history = History::new();
    for situation in Situation::ALL {
        let id = history.in_situation(situation, &format!("{situation:?}"));
        match situation {
            Situation::Succeeded => {
                history.store.save_cover(id, "image/png", &[7; 300]).unwrap();
                history.store.save_text(id, "红烧肉不柴的三个办法", at(45)).unwrap();
                history.store.save_note(id, "给妈妈看").unwrap();
                history.store.tag(&[id], &["家常菜".to_owned()], &[]).unwrap();
                history.store.star(&[id], true).unwrap();
            }
            Situation::Failed => history.store.delete(id, at(40)).unwrap(),
            Situation::Queued => {
                let paste = history.task(id).paste;
                history.store.name_paste(paste, Some("周五的选题")).unwrap();
                history.store.pause_paste(paste).unwrap();
            }
            _ => {}
        }
    }
    history.store.save_setting("look", &"dark").unwrap();
    history.store.change_provider(PROVIDER, |record| record.slots = Some(5)).unwrap();
    history
}

fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    connection
        .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn there_is_a_fixture_of_every_version_and_the_newest_has_todays_schema() {
    let history = everything();
    let latest: u32 =
        history.sql().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let newest = fixtures().join(format!("version-{latest}.db"));
    if env::var_os("SHIWEN_WRITE_FIXTURE").is_some() {
        fs::create_dir_all(fixtures()).unwrap();
        history.store.backup(&newest).unwrap();
    }
    for version in 1..=latest {
        assert!(fixtures().join(format!("version-{version}.db")).exists(), "{version}");
    }
    let kept = Connection::open(newest).unwrap();
    assert_eq!(
        schema(&kept),
        schema(&history.sql()),
        "a released schema needs a new step; one that was not, a new fixture (see the top of this file)"
    );
}

#[test]
fn a_history_of_every_version_opens_and_says_what_it_said() {
    let (mut seen, mut names) = (0, 0);
    for fixture in fs::read_dir(fixtures()).unwrap() {
        let path = fixture.unwrap().path();
        let folder = tempfile::tempdir().unwrap();
        fs::copy(&path, folder.path().join("shiwen.db")).unwrap();
        let store = Store::open(folder.path()).unwrap();
        let page = store.tasks(Desk::Texts, None, 100).unwrap();
        let tasks = page.tasks;
        assert_eq!(tasks.len(), Situation::ALL.len() - 1, "one is in the trash");
        assert_eq!(page.total as usize, tasks.len());
        for task in &tasks {
            let detail = store.detail(task.id).unwrap();
            assert!(detail.share_text.contains("作品"), "{path:?}");
            assert_eq!(detail.transcripts.is_empty(), task.words.is_none(), "{path:?}");
            let title = task.link.as_ref().unwrap().title.clone().unwrap();
            let query = Query { words: vec![title], ..Query::default() };
            assert!(store.found_ids(&query).unwrap().contains(&task.id), "{path:?}");
        }
        let done = tasks.iter().find(|task| task.words.is_some()).unwrap();
        let texts = store.detail(done.id).unwrap().transcripts;
        let mut said: Vec<_> = texts.into_iter().map(|version| version.text).collect();
        if done.starred {
            said.extend(["给妈妈看".to_owned(), "家常菜".to_owned()]);
        }
        for text in said {
            let query = Query { words: vec![text], ..Query::default() };
            assert_eq!(store.found_ids(&query).unwrap(), [done.id], "{path:?}");
        }
        assert_eq!(store.answers(done.id).unwrap().len(), 2);
        assert_eq!(store.cover(done.id).unwrap().unwrap().1, [7; 300]);
        assert_eq!(store.provider(ProviderId::Momoget).unwrap().slots, Some(5));
        assert_eq!(store.setting::<String>("look").unwrap(), "dark");
        // Since version 3.
        let named = |task: &Task| store.paste(task.paste).unwrap().name.is_some();
        for task in tasks.iter().filter(|task| named(task)) {
            assert_eq!(task.wait.map(|wait| wait.reason), Some(WaitReason::Paused), "{path:?}");
            names += 1;
        }
        assert!(store.check(at(50)).unwrap().is_sound());
        seen += 1;
    }
    assert!(seen >= 3 && names == seen - 2, "{seen} {names}");
}
