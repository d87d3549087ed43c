//! What the store tells its listeners: after the commit, in its order, once per task.

use std::thread;

use shiwen_core::{TaskChange, TaskId, TaskState};
use tokio::sync::broadcast::error::TryRecvError;

use crate::fixture::{Situation as From, *};

fn saved(changes: &[TaskChange]) -> Vec<(u32, TaskState)> {
    changes
        .iter()
        .map(|change| match change {
            TaskChange::Saved { task } => (task.id.0, task.state),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn every_step_is_announced_once_with_the_task_as_it_is_then() {
    let history = History::new();
    let mut changes = history.store.changes();
    let id = history.in_situation(From::Succeeded, "1");
    assert_eq!(
        saved(&announced(&mut changes)),
        [
            (id.0, TaskState::Queued),
            (id.0, TaskState::Submitting),
            (id.0, TaskState::Running),
            (id.0, TaskState::Succeeded)
        ]
    );
    history.store.delete(id, at(50)).unwrap();
    assert_eq!(announced(&mut changes), [TaskChange::Removed { id }]);
    let queued = history.queued("2");
    announced(&mut changes);
    history.store.delete(queued, at(50)).unwrap();
    assert_eq!(announced(&mut changes), [TaskChange::Removed { id: queued }]);
}

#[test]
fn all_tasks_of_one_paste_are_announced_in_their_order() {
    let history = History::new();
    let mut changes = history.store.changes();
    let wishes: Vec<_> = (0..50).map(|n| wish(&n.to_string())).collect();
    let ids = history.store.add_tasks("x", &wishes, at(0)).unwrap();
    let seen: Vec<_> = saved(&announced(&mut changes)).into_iter().map(|(id, _)| id).collect();
    assert_eq!(seen, ids.iter().map(|id| id.0).collect::<Vec<_>>());
}

#[test]
fn a_listener_that_looks_finds_what_it_was_told() {
    let history = History::new();
    let mut changes = history.store.changes();
    let looks = thread::spawn({
        let other = history.other();
        move || {
            let mut seen = 0;
            loop {
                match changes.blocking_recv() {
                    Ok(TaskChange::Saved { task }) => {
                        // A new number for each commit, so an announcement before it would be found out.
                        let found = other.task(task.id).map(|found| found.next_poll_at);
                        assert!(found.is_ok_and(|found| found >= task.next_poll_at));
                        seen += 1;
                    }
                    Ok(other) => panic!("{other:?}"),
                    Err(_) => return seen,
                }
            }
        }
    });
    let id = history.running("1");
    for n in 0..300 {
        history.store.polled(id, &poll(Some(at(2000 + n)))).unwrap();
    }
    drop(history);
    assert_eq!(looks.join().unwrap(), 303);
}

#[test]
fn announcements_keep_the_order_of_the_commits_of_many_threads() {
    let history = History::new();
    let mut changes = history.store.changes();
    thread::scope(|scope| {
        for writer in 0..4 {
            let store = history.store.clone();
            scope.spawn(move || {
                for n in 0..100 {
                    store.add_tasks("x", &[wish(&format!("{writer}-{n}"))], at(0)).unwrap();
                }
            });
        }
    });
    // Ids are given out by the database, one commit after the other.
    let seen: Vec<_> = saved(&announced(&mut changes)).into_iter().map(|(id, _)| id).collect();
    assert_eq!(seen, (1..=400).collect::<Vec<_>>());
}

#[test]
fn what_another_process_wrote_is_a_reason_to_read_again_once() {
    let history = History::new();
    let other = history.other();
    let mut changes = history.store.changes();
    assert!(!history.store.notice_others().unwrap());

    history.queued("own");
    announced(&mut changes);
    assert!(!history.store.notice_others().unwrap(), "its own work is no news");

    other.add_tasks("x", &[wish("theirs")], at(0)).unwrap();
    other.add_tasks("x", &[wish("theirs too")], at(0)).unwrap();
    assert_eq!(announced(&mut changes), []);
    assert!(history.store.notice_others().unwrap());
    assert_eq!(announced(&mut changes), [TaskChange::Reload]);
    assert!(!history.store.notice_others().unwrap());
    assert_eq!(announced(&mut changes), []);
}

#[test]
fn what_another_process_wrote_is_noticed_between_own_writes() {
    let history = History::new();
    let other = history.other();
    history.queued("1");
    other.add_tasks("x", &[wish("2")], at(0)).unwrap();
    history.queued("3");
    assert!(history.store.notice_others().unwrap());
}

#[test]
fn a_listener_that_falls_far_behind_is_told_so_and_goes_on() {
    let history = History::new();
    let mut changes = history.store.changes();
    let wishes: Vec<_> = (0..5000).map(|n| wish(&n.to_string())).collect();
    history.store.add_tasks("x", &wishes, at(0)).unwrap();
    assert!(matches!(changes.try_recv(), Err(TryRecvError::Lagged(_))));
    let last = announced(&mut changes);
    assert!(matches!(last.last(), Some(TaskChange::Saved { task }) if task.id == TaskId(5000)));
}

#[test]
fn reading_and_settings_announce_nothing() {
    let history = History::new();
    let id = history.running("1");
    let mut changes = history.store.changes();
    history.detail(id);
    history.store.tasks(Desk::Texts, None, 10).unwrap();
    history.store.save_setting("theme", &"dark").unwrap();
    history.store.save_cover(id, "image/png", b"x").unwrap();
    history.store.change_provider(PROVIDER, |record| record.slots = Some(2)).unwrap();
    assert_eq!(announced(&mut changes), []);
}
