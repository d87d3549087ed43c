//! Whoever is faster gets the task, and nobody else: in threads and in processes.

use std::{collections::BTreeSet, io::Write as _, path::Path, sync::Barrier, thread};

use shiwen_core::{TaskId, TaskState, Timestamp};
use shiwen_store::{Store, StoreError};

use crate::{child, fixture::*, prove};

fn queue(history: &History, count: u32) -> Vec<TaskId> {
    let wishes: Vec<_> = (0..count).map(|n| wish(&n.to_string())).collect();
    history.store.add_tasks("x", &wishes, at(0)).unwrap()
}

/// Claims every task that it can get, in the order in which all others try too.
fn claim_all(store: &Store, mut claimed: impl FnMut(TaskId)) {
    let due = store.due_to_submit(PROVIDER, Timestamp(i64::MAX), u32::MAX).unwrap();
    for due in due {
        loop {
            match store.claim(due.task.id, at(1)) {
                Ok(_) => claimed(due.task.id),
                Err(StoreError::WrongState) => {}
                // On a slow disk the others may keep it for longer than one has patience.
                Err(StoreError::Busy) => continue,
                Err(error) => panic!("{error}"),
            }
            break;
        }
    }
}

fn assert_each_once(history: &History, queued: &[TaskId], claimed: &[TaskId]) {
    assert_eq!(claimed.len(), queued.len());
    let claimed: BTreeSet<_> = claimed.iter().collect();
    assert_eq!(claimed, queued.iter().collect());
    let attempts: u32 = history
        .sql()
        .query_row("SELECT count(*) FROM attempts WHERE outcome IS NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(attempts as usize, queued.len());
    assert_eq!(history.store.count_in(TaskState::Submitting).unwrap() as usize, queued.len());
}

#[test]
fn threads_never_claim_the_same_task() {
    let history = History::new();
    let queued = queue(&history, 2000);
    // Two stores of one file, and two threads on each.
    let stores = [history.store.clone(), history.store.clone(), history.other(), history.other()];
    let begin = Barrier::new(stores.len());
    let claimed: Vec<TaskId> = thread::scope(|scope| {
        let threads = stores.map(|store| {
            let begin = &begin;
            scope.spawn(move || {
                let mut mine = Vec::new();
                begin.wait();
                claim_all(&store, |id| mine.push(id));
                mine
            })
        });
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_each_once(&history, &queued, &claimed);
}

#[test]
fn processes_never_claim_the_same_task() {
    if let Some(folder) = child::folder() {
        return claim_as_child(&folder);
    }
    let history = History::new();
    let queued = queue(&history, if prove::long() { 20_000 } else { 2000 });
    let name = "claims::processes_never_claim_the_same_task";
    let mut children = [(); 2].map(|()| child::start(name, history.folder.path()));
    for (_, words) in &mut children {
        assert_eq!(words.next().as_deref(), Some("ready"));
    }
    for (child, _) in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let mut claimed = Vec::new();
    for (mut child, words) in children {
        claimed.extend(words.map(|id| TaskId(id.parse().unwrap())));
        assert!(child.wait().unwrap().success());
    }
    let each: BTreeSet<_> = claimed.iter().collect();
    prove::figure("two_processes.claims", claimed.len());
    prove::figure("two_processes.claimed_twice", claimed.len() - each.len());
    assert_each_once(&history, &queued, &claimed);
}

fn claim_as_child(folder: &Path) {
    let store = Store::open(folder).unwrap();
    child::say("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    claim_all(&store, |id| child::say(&id.to_string()));
}
