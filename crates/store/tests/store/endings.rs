//! How the last program ended, as far as the next one can tell, and what follows from it.

use std::{
    io::{Seek, SeekFrom, Write},
    time::Duration,
};

use shiwen_core::Timestamp;
use shiwen_store::{Opened, Store, StoreError};

use crate::{child, fixture::*};

const PATIENCE: Duration = Duration::from_secs(2);

fn open(folder: &std::path::Path) -> Opened {
    Store::open_or_salvage(folder, PATIENCE, at(0)).unwrap()
}

#[test]
fn an_end_without_a_closing_is_noticed_once_and_looked_after() {
    if let Some(folder) = child::folder() {
        let _open = open(&folder);
        child::say("open");
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path());
    assert!(!first.unclean, "a new history has no end before it");
    drop(first);
    assert!(!open(folder.path()).unclean);

    let name = "endings::an_end_without_a_closing_is_noticed_once_and_looked_after";
    let (mut child, mut words) = child::start(name, folder.path());
    assert_eq!(words.next().as_deref(), Some("open"));
    let beside = open(folder.path());
    assert!(!beside.unclean, "somebody has it open and answers for it");
    drop(beside);
    child.kill().unwrap();
    child.wait().unwrap();

    let after = open(folder.path());
    assert!(after.unclean);
    assert!(after.store.check_is_due(at(0)).unwrap());
    let mut health = after.store.health();
    assert!(after.store.check(at(0)).unwrap().is_sound());
    assert!(health.has_changed().unwrap());
    assert!(health.borrow_and_update().as_ref().unwrap().is_sound());
    drop(after);
    assert!(!open(folder.path()).unclean);
}

#[test]
fn a_program_that_says_that_it_is_done_ends_in_order_even_if_it_is_killed_then() {
    if let Some(folder) = child::folder() {
        let opened = open(&folder);
        opened.store.add_tasks("x", &[wish("1")], at(0)).unwrap();
        opened.store.close();
        child::say("closed");
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name =
        "endings::a_program_that_says_that_it_is_done_ends_in_order_even_if_it_is_killed_then";
    let (mut child, mut words) = child::start(name, folder.path());
    assert_eq!(words.next().as_deref(), Some("closed"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!open(folder.path()).unclean);
}

#[test]
fn the_file_is_looked_at_once_a_week() {
    let history = History::new();
    let store = &history.store;
    let hour = 3_600_000;
    assert!(store.check_is_due(at(0)).unwrap(), "nobody has looked yet");
    store.check(at(0)).unwrap();
    for (passed, due) in [(0, false), (24, false), (167, false), (168, true), (-1, true)] {
        let now = Timestamp(at(0).0 + passed * hour);
        assert_eq!(store.check_is_due(now).unwrap(), due, "{passed} hours");
    }
}

#[test]
fn a_check_waits_for_nobody_and_nobody_for_it() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "1");
    let other = history.sql();
    other.execute_batch("BEGIN IMMEDIATE; UPDATE tasks SET title = 'x'").unwrap();
    // The look itself reads; only its result waits for the writer.
    std::thread::scope(|scope| {
        let check = scope.spawn(|| history.store.check(at(0)));
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(history.store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
        other.execute_batch("COMMIT").unwrap();
        assert!(check.join().unwrap().unwrap().is_sound());
    });
}

#[test]
fn damage_that_a_statement_meets_is_told_at_once() {
    let history = History::new();
    let id = history.in_situation(Situation::Succeeded, "1");
    let sql = history.sql();
    let root: u32 = sql
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'transcripts'", [], |row| {
            row.get(0)
        })
        .unwrap();
    sql.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let page: u32 = sql.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    let mut file = std::fs::File::options().write(true).open(history.file()).unwrap();
    file.seek(SeekFrom::Start(u64::from((root - 1) * page))).unwrap();
    file.write_all(&vec![0x33; page as usize]).unwrap();
    // What was read before is still in the connections' own memory.
    let history = Store::open(history.folder.path()).unwrap();
    let mut health = history.health();
    assert!(health.borrow().is_none());

    let met = history.detail(id);

    assert!(matches!(met, Err(StoreError::Damaged(_))), "{met:?}");
    assert!(health.has_changed().unwrap());
    assert!(!health.borrow_and_update().as_ref().unwrap().is_sound());
    assert!(!history.has_reserve(), "nothing is submitted");
    history.detail(id).unwrap_err();
    assert!(!health.has_changed().unwrap(), "once is enough");
}
