//! Readers and the one writer, in this process and in others.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use shiwen_core::TaskState;
use shiwen_store::{Store, StoreError};

use crate::fixture::*;

/// Far below the five seconds that a blocked call waits.
const AT_ONCE: Duration = Duration::from_secs(2);

#[test]
fn a_long_transaction_of_another_process_blocks_no_reader() {
    let history = History::new();
    let id = history.running("1");
    let sql = history.sql();
    sql.execute_batch("BEGIN IMMEDIATE; UPDATE tasks SET progress = 99; DELETE FROM transcripts")
        .unwrap();

    let begin = Instant::now();
    assert_eq!(history.store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
    assert_eq!(history.detail(id).task.progress, None, "not committed");
    assert_eq!(history.store.due_to_follow(at(9999), 10).unwrap().len(), 1);
    assert_eq!(history.other().task(id).unwrap().state, TaskState::Running);
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());

    sql.execute_batch("COMMIT").unwrap();
    assert_eq!(history.task(id).progress, Some(99));
}

#[test]
fn a_long_transaction_of_its_own_blocks_no_reader() {
    let history = History::new();
    history.queued("1");
    let (inside, entered) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    let left = std::sync::Mutex::new(left);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            history.store.change_provider(PROVIDER, |record| {
                record.slots = Some(9);
                inside.send(()).unwrap();
                left.lock().unwrap().recv().unwrap();
            })
        });
        entered.recv().unwrap();
        let begin = Instant::now();
        assert_eq!(history.store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
        assert_eq!(history.store.provider(PROVIDER).unwrap().slots, None, "not committed");
        assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
        leave.send(()).unwrap();
        assert_eq!(writer.join().unwrap().unwrap().slots, Some(9));
    });
    assert_eq!(history.store.provider(PROVIDER).unwrap().slots, Some(9));
}

#[test]
fn a_long_reader_does_not_hold_up_the_writer() {
    let history = History::new();
    let sql = history.sql();
    sql.execute_batch("BEGIN; SELECT count(*) FROM tasks").unwrap();
    let begin = Instant::now();
    let id = history.in_situation(Situation::Succeeded, "1");
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_eq!(history.state(id), TaskState::Succeeded);
}

#[test]
fn a_write_while_another_program_writes_is_busy_and_changes_nothing() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    let rows = history.rows(id);
    let patience = Duration::from_millis(80);
    let store = Store::open_within(history.folder.path(), patience).unwrap();
    let accept = || store.accepted(attempt, "r", at(1000), &spent(1), &answer("create"), at(20));
    let mut changes = store.changes();
    let sql = history.sql();
    sql.execute_batch("BEGIN IMMEDIATE").unwrap();

    let begin = Instant::now();
    let accepted = accept();
    assert!(matches!(accepted, Err(StoreError::Busy)), "{accepted:?}");
    assert!((patience..AT_ONCE).contains(&begin.elapsed()), "{:?}", begin.elapsed());
    assert_eq!(announced(&mut changes), []);

    sql.execute_batch("ROLLBACK").unwrap();
    assert_eq!(history.rows(id), rows);
    accept().unwrap();
    assert_eq!(history.state(id), TaskState::Running);
}

#[test]
fn a_write_waits_for_another_program_that_is_soon_done() {
    let history = History::new();
    let sql = history.sql();
    sql.execute_batch("BEGIN IMMEDIATE").unwrap();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(150));
        sql.execute_batch("COMMIT").unwrap();
    });
    let id = history.queued("1");
    other.join().unwrap();
    assert_eq!(history.state(id), TaskState::Queued);
}

#[test]
fn no_answer_mixes_before_and_after_of_a_change() {
    let history = History::new();
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 0..150 {
                let wishes = [wish(&format!("{n}-a")), wish(&format!("{n}-b"))];
                let ids = history.store.add_tasks("x", &wishes, at(0)).unwrap();
                let attempt = history.store.claim(ids[0], at(1)).unwrap().attempt;
                let won = won("1");
                history
                    .store
                    .won_at_once(attempt, &won, &spent(1), &answer("create"), at(2))
                    .unwrap();
            }
        });
        let mut looks = 0;
        while !writer.is_finished() || looks == 0 {
            let page = history.store.tasks(Desk::Texts, None, 1000).unwrap();
            assert_eq!(page.tasks.len(), page.total as usize);
            assert_eq!(page.total % 2, 0, "tasks of one paste come together");
            if let [.., newest] = &page.tasks.iter().rev().collect::<Vec<_>>()[..] {
                let detail = history.detail(newest.id);
                let succeeded = detail.task.state == TaskState::Succeeded;
                assert_eq!(detail.transcripts.len(), usize::from(succeeded));
            }
            looks += 1;
        }
        writer.join().unwrap();
    });
}

#[test]
fn many_can_read_at_once() {
    let history = History::new();
    for n in 0..20 {
        history.queued(&n.to_string());
    }
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(history.store.tasks(Desk::Texts, None, 5).unwrap().total, 20);
                }
            });
        }
    });
}

/// Elsewhere the system does not let go of an open file.
#[cfg(unix)]
#[test]
fn a_history_that_was_moved_away_is_missed_and_not_taken_for_empty() {
    let history = History::new();
    history.queued("1");
    let moved = history.folder.path().join("moved.db");
    std::fs::rename(history.file(), moved).unwrap();

    let page = history.store.tasks(Desk::Texts, None, 10);

    assert!(matches!(page, Err(StoreError::Unwritable { .. })), "{page:?}");
    assert!(!history.file().exists(), "and no new one is made in its place");
}
