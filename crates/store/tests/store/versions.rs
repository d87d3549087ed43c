//! Histories that earlier versions wrote, kept in `tests/fixtures`: each must open and be read here for ever.
//!
//! There is one for each version of the schema. `SHIWEN_WRITE_FIXTURE=1 cargo nextest run -p shiwen-store versions`
//! writes the one of the current version anew, which is only right as long as that version has not been released.

use std::{env, fs, path::PathBuf};

use rusqlite::Connection;
use shiwen_core::{Desk, ProviderId};
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
            Situation::Succeeded => history.store.save_cover(id, "image/png", &[7; 300]).unwrap(),
            Situation::Failed => history.store.delete(id, at(40)).unwrap(),
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
    let mut seen = 0;
    for fixture in fs::read_dir(fixtures()).unwrap() {
        let path = fixture.unwrap().path();
        let folder = tempfile::tempdir().unwrap();
        fs::copy(&path, folder.path().join("shiwen.db")).unwrap();
        let store = Store::open(folder.path()).unwrap();
        let tasks = store.tasks(Desk::Texts, None, 100).unwrap().tasks;
        assert_eq!(tasks.len(), Situation::ALL.len() - 1, "one is in the trash");
        for task in &tasks {
            let detail = store.detail(task.id).unwrap();
            assert!(detail.share_text.contains("作品"), "{path:?}");
            assert_eq!(detail.transcripts.len(), usize::from(task.words.is_some()), "{path:?}");
        }
        let done = tasks.iter().find(|task| task.words.is_some()).unwrap();
        assert_eq!(store.answers(done.id).unwrap().len(), 2);
        assert_eq!(store.cover(done.id).unwrap().unwrap().1, [7; 300]);
        assert_eq!(store.provider(ProviderId::Momoget).unwrap().slots, Some(5));
        assert_eq!(store.setting::<String>("look").unwrap(), "dark");
        assert!(store.check(at(50)).unwrap().is_sound());
        seen += 1;
    }
    assert!(seen >= 1);
}
