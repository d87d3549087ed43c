//! The end of everything: no file of the folder holds a word of it afterwards.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use shiwen_core::{BackupKind, Desk, TaskId};
use shiwen_store::{Store, StoreError};
use tempfile::TempDir;

use crate::{child, fixture::*};

const PATIENCE: Duration = Duration::from_millis(300);
const SECRET: &str = "绝不能留下的一句话";

/// The files of a folder, with those below it, that hold the sentence.
fn holding(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path));
        } else if fs::read(&path)
            .unwrap()
            .windows(SECRET.len())
            .any(|window| window == SECRET.as_bytes())
        {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found.sort();
    found
}

/// A closed history of which every kind of file holds the sentence.
fn full() -> TempDir {
    let history = History::new();
    let id = history.in_situation(Situation::Succeeded, "1");
    history.store.save_text(id, SECRET, at(40)).unwrap();
    history.store.backup_if_due(at(50)).unwrap().unwrap();
    history.store.backup_now(at(60)).unwrap();
    let History { folder, store } = history;
    drop(store);
    let path = folder.path();
    let backup = fs::read_dir(path.join("backups")).unwrap().next().unwrap().unwrap().path();
    Store::restore_backup(path, &backup, PATIENCE, at(70)).unwrap();
    for name in [
        "shiwen.db-wal",
        "shiwen.db.damaged-20261120-090322",
        "shiwen.db.damaged-20261120-090322-wal",
        "shiwen.db.salvaging",
        "shiwen.db.restoring",
        "works/1-0.mp4",
        "cache/1-cover.jpg",
        "backups/shiwen-20261120-090322.db.partial",
    ] {
        fs::create_dir_all(path.join(name).parent().unwrap()).unwrap();
        fs::write(path.join(name), SECRET).unwrap();
    }
    folder
}

#[test]
fn nothing_of_a_history_is_left_but_what_is_not_its_own() {
    let folder = full();
    let path = folder.path();
    fs::write(path.join("mine.txt"), "mine").unwrap();
    fs::write(path.join("backups/mine.txt"), "mine").unwrap();
    assert!(holding(path).len() >= 10, "{:?}", holding(path));

    Store::erase(path, true, PATIENCE).unwrap();

    assert_eq!(holding(path), [""; 0]);
    let mut left: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".lock"))
        .collect();
    left.sort();
    assert_eq!(left, ["backups", "mine.txt"]);
    let opened = Store::open_or_salvage(path, PATIENCE, at(900)).unwrap();
    assert!(!opened.unclean && opened.salvaged.is_none());
    assert_eq!(opened.store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
    assert!(matches!(opened.store.task(TaskId(1)), Err(StoreError::TaskGone)));
    assert_eq!(opened.store.backups(), []);
}

#[test]
fn backups_are_kept_where_the_user_wants_them() {
    let folder = full();
    let path = folder.path();
    Store::erase(path, false, PATIENCE).unwrap();
    let left = holding(path);
    assert_eq!(left.len(), 4, "{left:?}");
    let kinds = ["replaced-", "shiwen-", "shiwen-", "wished-"];
    assert!(left.iter().zip(kinds).all(|(name, kind)| name.starts_with(kind)), "{left:?}");

    // An empty folder with backups is no damaged history.
    let opened = Store::open_or_salvage(path, PATIENCE, at(900)).unwrap();
    assert!(opened.salvaged.is_none());
    assert_eq!(opened.store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
    let backups = opened.store.backups();
    assert_eq!(backups.len(), 3);
    drop(opened);
    let from = Path::new(&backups[0].path);
    Store::restore_backup(path, from, PATIENCE, at(910)).unwrap();
    let store = Store::open(path).unwrap();
    assert_eq!(store.detail(TaskId(1)).unwrap().transcripts[1].text, SECRET);
}

/// Neither a program that ends itself at the first byte of the new file, nor one that is killed anywhere, brings back
/// what the user deleted.
#[test]
fn an_erased_history_stays_erased_when_the_next_opening_is_killed() {
    if let Some(folder) = child::folder() {
        drop(Store::open_or_salvage(&folder, PATIENCE, at(900)).unwrap());
        child::say("opened");
        return;
    }
    let name = "erase::an_erased_history_stays_erased_when_the_next_opening_is_killed";
    let folder = full();
    let path = folder.path();
    for round in 0..8 {
        Store::erase(path, false, PATIENCE).unwrap();
        if cfg!(unix) && round == 0 {
            let no_byte = ["sh", "-c", "ulimit -c 0; ulimit -f 0; exec \"$0\" \"$@\""];
            let command: Vec<_> =
                no_byte.map(str::to_owned).into_iter().chain(child::arguments(name)).collect();
            let (mut child, words) = child::start_as(&command, path);
            assert_eq!(words.count(), 0, "nothing can be written, so nothing was opened");
            assert!(!child.wait().unwrap().success());
            assert_eq!(fs::metadata(path.join("shiwen.db")).unwrap().len(), 0);
        } else {
            let (mut child, _words) = child::start(name, path);
            std::thread::sleep(Duration::from_millis(4 * round));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let opened = Store::open_or_salvage(path, PATIENCE, at(900)).unwrap();
        assert!(opened.salvaged.is_none(), "{round}: {:?}", opened.salvaged);
        assert_eq!(opened.store.tasks(Desk::Texts, None, 10).unwrap().total, 0, "{round}");
        // A kill between two steps of the new file's schema adds one of its own.
        let kept = opened.store.backups().into_iter();
        assert_eq!(kept.filter(|backup| backup.kind != BackupKind::Migration).count(), 3);
    }
}

#[test]
fn a_history_that_was_begun_after_an_erasing_and_then_lost_comes_back_from_its_backup() {
    let folder = full();
    let path = folder.path();
    Store::erase(path, false, PATIENCE).unwrap();
    let store = Store::open(path).unwrap();
    store.add_tasks("x", &[wish("new")], at(80)).unwrap();
    store.backup_now(at(90_000)).unwrap();
    drop(store);
    fs::write(path.join("shiwen.db"), "").unwrap();
    let opened = Store::open_or_salvage(path, PATIENCE, at(100_000)).unwrap();
    assert!(opened.salvaged.is_some());
    assert_eq!(opened.store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
}

#[test]
fn an_open_history_is_not_erased() {
    let history = History::new();
    history.queued("1");
    let begin = Instant::now();
    let erased = Store::erase(history.folder.path(), true, PATIENCE);
    assert!(matches!(erased, Err(StoreError::Busy)), "{erased:?}");
    assert!(begin.elapsed() < Duration::from_secs(3));
    history.queued("2");
    let history = history.reopened();
    assert_eq!(history.store.tasks(Desk::Texts, None, 10).unwrap().total, 2);
}

#[test]
fn a_new_history_on_its_way_to_its_place_is_erased_with_the_old_one() {
    let folder = full();
    let path = folder.path();
    // As after a crash in the middle of a restoring.
    fs::copy(path.join("shiwen.db"), path.join("shiwen.db.new")).unwrap();
    Store::erase(path, true, PATIENCE).unwrap();
    assert_eq!(holding(path), [""; 0]);
    let store = Store::open(path).unwrap();
    assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
}

#[test]
fn erasing_what_is_not_there_is_no_mistake_and_erasing_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    Store::erase(&folder.path().join("missing"), true, PATIENCE).unwrap();
    Store::erase(folder.path(), true, PATIENCE).unwrap();
    let folder = full();
    // A folder in the place of a file cannot be removed as one.
    let blocked = folder.path().join("reserve.bin");
    let _ = fs::remove_file(&blocked);
    fs::create_dir_all(blocked.join("in the way")).unwrap();
    let erased = Store::erase(folder.path(), true, PATIENCE);
    assert!(matches!(erased, Err(StoreError::Unwritable { .. })), "{erased:?}");
    fs::remove_dir_all(&blocked).unwrap();
    Store::erase(folder.path(), true, PATIENCE).unwrap();
    assert_eq!(holding(folder.path()), [""; 0]);
}
