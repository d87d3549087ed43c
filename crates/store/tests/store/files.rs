//! What may lie where the history should be.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, config::DbConfig};
use shiwen_store::{Store, StoreError};
use tempfile::TempDir;

use crate::fixture::*;

/// Every file of a folder with its bytes. Those that are only ever locked hold nothing.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_none_or(|end| end != "lock"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect()
}

/// A folder with these bytes where the history should be.
fn folder_with(bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shiwen.db"), bytes).unwrap();
    folder
}

/// A closed history of some size.
fn closed_history() -> TempDir {
    let history = History::new();
    for n in 0..30 {
        let id = history.in_situation(Situation::Succeeded, &n.to_string());
        history.store.save_cover(id, "image/png", &[7; 3000]).unwrap();
    }
    let History { folder, store } = history;
    drop(store);
    folder
}

#[test]
fn closing_leaves_one_file_that_holds_everything() {
    let history = History::new();
    let id = history.in_situation(Situation::Succeeded, "1");
    history.detail(id);
    let History { folder, store } = history;
    let clone = store.clone();
    drop(store);
    clone.tasks(Desk::Texts, None, 10).unwrap();
    drop(clone);

    let names: Vec<_> = contents(folder.path()).into_keys().collect();
    assert_eq!(names, ["reserve.bin", "shiwen.db"]);
    assert!(Store::open(folder.path()).unwrap().detail(id).is_ok());
}

#[test]
fn the_folder_is_made_where_it_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("数据 folder/深/层");
    let store = Store::open(&deep).unwrap();
    store.add_tasks("x", &[wish("1")], at(0)).unwrap();
    assert!(deep.join("shiwen.db").exists());
}

#[test]
fn many_may_open_a_new_history_at_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let begin = Barrier::new(6);
        thread::scope(|scope| {
            for n in 0..6 {
                let (folder, begin) = (folder.path(), &begin);
                scope.spawn(move || {
                    begin.wait();
                    let store = Store::open(folder).unwrap();
                    store.add_tasks("x", &[wish(&n.to_string())], at(0)).unwrap();
                });
            }
        });
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 6);
    }
}

#[test]
fn an_empty_file_becomes_a_history() {
    let folder = folder_with(b"");
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
}

#[test]
fn a_start_that_ended_before_the_first_migration_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("shiwen.db")).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    drop(connection);
    assert!(folder.path().join("shiwen.db").metadata().unwrap().len() > 0);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
}

#[test]
fn a_newer_history_is_refused_and_left_as_it_is() {
    let folder = closed_history();
    let connection = Connection::open(folder.path().join("shiwen.db")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = contents(folder.path());

    let opened = Store::open(folder.path()).map(|_| ());

    let path = folder.path().join("shiwen.db");
    assert!(matches!(&opened, Err(StoreError::Newer(newer)) if *newer == path), "{opened:?}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_newer_history_is_refused_also_when_only_its_log_says_so() {
    let folder = closed_history();
    let connection = Connection::open(folder.path().join("shiwen.db")).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    connection.execute_batch("PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 99").unwrap();
    connection.execute_batch("CREATE TABLE newer (x); INSERT INTO newer VALUES (1)").unwrap();
    drop(connection);
    let before = contents(folder.path());
    assert!(before["shiwen.db-wal"].len() > 4096, "the log was kept as after a crash");
    assert_ne!(before["shiwen.db"][60..64], [0, 0, 0, 99], "the header is old");

    for _ in 0..2 {
        let opened = Store::open(folder.path()).map(|_| ());
        assert!(matches!(opened, Err(StoreError::Newer(_))), "{opened:?}");
    }

    let after = contents(folder.path());
    for file in ["shiwen.db", "shiwen.db-wal", "reserve.bin"] {
        assert_eq!(after[file], before[file], "{file}");
    }
    let connection = Connection::open(folder.path().join("shiwen.db")).unwrap();
    let newer: u32 = connection.query_row("SELECT x FROM newer", [], |row| row.get(0)).unwrap();
    assert_eq!(newer, 1);
}

#[test]
fn what_is_no_database_is_refused_and_left_as_it_is() {
    let magic = b"SQLite format 3\0";
    let noise: Vec<u8> = (0..20_000_u32).map(|n| (n * n % 251) as u8).collect();
    for bytes in [
        b"x".as_slice(),
        b"{\"tasks\": []}",
        &[0; 8192],
        &noise,
        magic,
        &[magic.as_slice(), &[0xFF; 4096]].concat(),
        &[magic.as_slice(), &[0; 4096]].concat(),
    ] {
        let folder = folder_with(bytes);
        let opened = Store::open(folder.path()).map(|_| ());
        let begin = &bytes[..bytes.len().min(20)];
        assert!(matches!(opened, Err(StoreError::Damaged(_))), "{begin:?}: {opened:?}");
        assert_eq!(fs::read(folder.path().join("shiwen.db")).unwrap(), bytes, "{begin:?}");
    }
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    for make in [
        "CREATE TABLE tasks (id)",
        "CREATE TABLE notes (id); PRAGMA user_version = 1",
        "PRAGMA user_version = 7; CREATE TABLE x (y); DROP TABLE x",
        "PRAGMA application_id = 252006674; CREATE TABLE notes (id)",
        "PRAGMA journal_mode = WAL; CREATE TABLE notes (id)",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("shiwen.db")).unwrap();
        connection.execute_batch(make).unwrap();
        drop(connection);
        let before = contents(folder.path());

        let opened = Store::open(folder.path()).map(|_| ());

        assert!(matches!(opened, Err(StoreError::Damaged(_))), "{make}: {opened:?}");
        assert_eq!(contents(folder.path()), before, "{make}");
    }
}

#[test]
fn a_database_of_another_program_is_refused_also_when_only_its_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("shiwen.db")).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE tasks (id)").unwrap();
    drop(connection);
    let before = contents(folder.path());
    assert_eq!(before["shiwen.db"][40..44], [0; 4], "the header knows of no table");

    let opened = Store::open(folder.path()).map(|_| ());

    assert!(matches!(opened, Err(StoreError::Damaged(_))), "{opened:?}");
    let after = contents(folder.path());
    for file in ["shiwen.db", "shiwen.db-wal"] {
        assert_eq!(after[file], before[file], "{file}");
    }
}

#[test]
fn a_cut_off_history_is_refused_and_left_as_it_is() {
    let folder = closed_history();
    let whole = fs::read(folder.path().join("shiwen.db")).unwrap();
    for length in [1, 16, 99, 100, 512, 4095, 4096, whole.len() / 2, whole.len() - 4096] {
        let folder = folder_with(&whole[..length]);
        let opened = Store::open(folder.path()).map(|_| ());
        assert!(matches!(opened, Err(StoreError::Damaged(_))), "{length}: {opened:?}");
        let after = fs::read(folder.path().join("shiwen.db")).unwrap();
        assert_eq!(after, whole[..length], "{length}");
    }
}

#[test]
fn a_history_that_is_damaged_while_it_is_open_says_so() {
    let folder = closed_history();
    let store = Store::open(folder.path()).unwrap();
    let path = folder.path().join("shiwen.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(&path, bytes).unwrap();

    let read = store.tasks(Desk::Texts, None, 10);
    assert!(matches!(&read, Err(StoreError::Damaged(damaged)) if *damaged == path), "{read:?}");
    let written = store.add_tasks("x", &[wish("new")], at(0));
    assert!(matches!(written, Err(StoreError::Damaged(_))), "{written:?}");
}

#[test]
fn a_folder_that_cannot_be_is_unwritable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "no folder").unwrap();
    for path in [file.clone(), file.join("below")] {
        let opened = Store::open(&path).map(|_| ());
        assert!(matches!(opened, Err(StoreError::Unwritable { .. })), "{path:?}: {opened:?}");
    }
    let taken = tempfile::tempdir().unwrap();
    fs::create_dir(taken.path().join("shiwen.db")).unwrap();
    let opened = Store::open(taken.path()).map(|_| ());
    assert!(matches!(opened, Err(StoreError::Unwritable { .. })), "{opened:?}");
}

#[test]
fn a_history_that_another_program_keeps_for_itself_is_busy() {
    let folder = closed_history();
    let other = Connection::open(folder.path().join("shiwen.db")).unwrap();
    other
        .execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM settings; COMMIT",
        )
        .unwrap();
    let patience = Duration::from_millis(80);

    let begin = Instant::now();
    let opened = Store::open_within(folder.path(), patience).map(|_| ());

    assert!(matches!(opened, Err(StoreError::Busy)), "{opened:?}");
    assert!(begin.elapsed() >= patience, "{:?}", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    drop(other);
    assert_eq!(
        Store::open(folder.path()).unwrap().tasks(Desk::Texts, None, 100).unwrap().total,
        30
    );
}

#[test]
fn the_reserve_takes_real_room() {
    let history = History::new();
    let path = history.folder.path().join("reserve.bin");
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 1024 * 1024);
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &bytes).unwrap();
    assert!(packed.finish().unwrap().len() > 1000 * 1024, "a file system could pack it away");

    fs::write(&path, "short").unwrap();
    assert!(history.store.has_reserve());
    assert_eq!(fs::metadata(&path).unwrap().len(), 1024 * 1024);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(!history.store.has_reserve(), "nothing can be put there");
}
