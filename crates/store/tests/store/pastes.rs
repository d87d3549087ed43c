//! What was pasted together: paused, gone on with, and ordered about as one.

use std::{sync::Barrier, thread};

use shiwen_core::{
    Charged, Failure, FailureKind, PasteId, ProviderId, Retried, TaskChange, TaskId, TaskState,
    Timestamp, Wait, WaitReason,
};
use shiwen_store::{Store, StoreError};

use crate::fixture::*;

const PAUSED: Option<Wait> = Some(Wait { reason: WaitReason::Paused, until: None });

/// Queued tasks that were pasted together.
fn pasted_together(history: &History, names: &[&str]) -> (PasteId, Vec<TaskId>) {
    let wishes: Vec<_> = names.iter().map(|name| wish(name)).collect();
    let ids = history.store.add_tasks("together", &wishes, at(0)).unwrap();
    (history.task(ids[0]).paste, ids)
}

fn due(store: &Store) -> Vec<TaskId> {
    let due = store.due_to_submit(PROVIDER, at(100), 100).unwrap();
    due.into_iter().map(|due| due.task.id).collect()
}

fn attempts(history: &History) -> u32 {
    let sql = "SELECT count(*) FROM attempts";
    history.sql().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn fail(history: &History, id: TaskId, kind: FailureKind) {
    let attempt = history.store.claim(id, at(10)).unwrap().attempt;
    let failure = Failure::new(PROVIDER, kind);
    history.store.rejected(attempt, &failure, &answer("create"), at(20)).unwrap();
}

#[test]
fn nothing_of_a_paused_paste_is_due_or_claimed_and_other_pastes_go_on() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b"]);
    let other = history.queued("c");
    let mut changes = history.store.changes();

    history.store.pause_paste(paste).unwrap();

    let told = announced(&mut changes);
    let waits = |change: &TaskChange| match change {
        TaskChange::Saved { task } => (task.id, task.wait),
        other => panic!("{other:?}"),
    };
    assert_eq!(told.iter().map(waits).collect::<Vec<_>>(), [(ids[0], PAUSED), (ids[1], PAUSED)]);
    assert_eq!(due(&history.store), [other]);
    for id in &ids {
        let claimed = history.store.claim(*id, at(10));
        assert!(matches!(claimed, Err(StoreError::WrongState)), "{claimed:?}");
        assert_eq!(history.task(*id).wait, PAUSED);
    }
    assert_eq!(attempts(&history), 0);
    history.store.claim(other, at(10)).unwrap();
}

#[test]
fn what_was_submitted_before_the_pause_goes_on_to_its_end() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b", "c"]);
    let attempt = history.store.claim(ids[0], at(10)).unwrap().attempt;

    history.store.pause_paste(paste).unwrap();

    assert!(history.store.claim(ids[1], at(10)).is_err());
    history.accept(attempt, "remote");
    history.store.won(ids[0], &won("a"), &answer("result"), at(30)).unwrap();
    let states: Vec<_> = ids.iter().map(|id| history.state(*id)).collect();
    assert_eq!(states, [TaskState::Succeeded, TaskState::Queued, TaskState::Queued]);
}

#[test]
fn a_pause_outlasts_a_restart_and_ends_in_the_order_of_the_links() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b", "c"]);
    let later = history.queued("d");
    history.store.pause_paste(paste).unwrap();
    let history = history.reopened();
    assert!(history.store.paste(paste).unwrap().paused);
    assert_eq!(due(&history.store), [later]);
    history.store.resume_paste(paste).unwrap();
    assert!(!history.store.paste(paste).unwrap().paused);
    assert_eq!(due(&history.store), [ids[0], ids[1], ids[2], later]);
    assert_eq!(history.task(ids[0]).wait, None);
}

#[test]
fn what_else_a_task_waits_for_is_said_again_after_the_pause() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b"]);
    history.store.pause_paste(paste).unwrap();
    history.store.wait_for_day(PROVIDER, at(9000), at(1)).unwrap();
    assert_eq!(history.task(ids[1]).wait, PAUSED);
    history.store.resume_paste(paste).unwrap();
    let tomorrow = Wait { reason: WaitReason::DailyLimit, until: Some(at(9000)) };
    assert_eq!(history.task(ids[1]).wait, Some(tomorrow));
}

#[test]
fn links_of_one_create_call_wait_as_a_whole_and_go_out_as_a_whole() {
    let history = History::new();
    let wishes = ["a", "b", "c"].map(wish);
    let ids = history.store.add_together("together", &wishes, 5, at(0)).unwrap();
    let paste = history.task(ids[0]).paste;
    history.store.pause_paste(paste).unwrap();
    for id in &ids {
        assert!(history.store.claim(*id, at(10)).is_err());
    }
    assert_eq!(attempts(&history), 0);
    history.store.resume_paste(paste).unwrap();
    assert_eq!(history.store.claim(ids[0], at(20)).unwrap().tasks, ids);
}

#[test]
fn a_task_that_is_tried_again_in_a_paused_paste_waits_with_the_others() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b"]);
    fail(&history, ids[0], FailureKind::ProviderInternal);
    history.store.pause_paste(paste).unwrap();
    history.store.retry(ids[0]).unwrap();
    assert_eq!(history.task(ids[0]).wait, PAUSED);
    assert!(history.store.claim(ids[0], at(30)).is_err());
    // One in doubt too, although the user accepts that it may cost twice.
    history.store.resume_paste(paste).unwrap();
    let attempt = history.store.claim(ids[1], at(30)).unwrap().attempt;
    history.store.pause_paste(paste).unwrap();
    history.store.unknown(attempt, &failure(Charged::Unknown), &unsure(1), None, at(40)).unwrap();
    history.store.resend(ids[1]).unwrap();
    assert!(history.store.claim(ids[1], at(50)).is_err());
}

/// Claims against a pause that comes at any moment: once it has returned, the ledger grows no more. The last few are
/// tried only then, so that a slow machine leaves something to refuse.
#[test]
fn after_a_pause_has_returned_nobody_claims() {
    let history = History::new();
    let names: Vec<_> = (0..300).map(|n| n.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (paste, ids) = pasted_together(&history, &names);
    let stores = [history.other(), history.other()];
    let (begin, returned) = (Barrier::new(3), Barrier::new(3));
    let (early, late) = ids.split_at(290);
    let (claimed, at_the_pause) = thread::scope(|scope| {
        let claiming = stores.map(|store| {
            let (begin, returned) = (&begin, &returned);
            scope.spawn(move || {
                let claim = |id: &&TaskId| store.claim(**id, at(10)).is_ok();
                begin.wait();
                let claimed = early.iter().filter(claim).count();
                returned.wait();
                claimed + late.iter().filter(claim).count()
            })
        });
        begin.wait();
        while attempts(&history) < 5 {
            thread::yield_now();
        }
        history.store.pause_paste(paste).unwrap();
        let at_the_pause = attempts(&history);
        returned.wait();
        let claimed: usize = claiming.into_iter().map(|claims| claims.join().unwrap()).sum();
        (claimed, at_the_pause)
    });
    assert_eq!(attempts(&history), at_the_pause);
    assert_eq!(claimed, at_the_pause as usize);
    assert!(claimed <= early.len(), "{claimed} claimed, some of them after the pause");
    history.store.resume_paste(paste).unwrap();
    let rest = ids.iter().filter(|id| history.store.claim(**id, at(20)).is_ok()).count();
    assert_eq!(claimed + rest, ids.len());
}

#[test]
fn the_file_itself_lets_nothing_paused_be_submitted() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b"]);
    history.store.pause_paste(paste).unwrap();
    let past_the_store = history.sql().execute(
        "UPDATE tasks SET state = 'submitting', submitted_at = 1 WHERE id = ?1",
        [ids[0].0],
    );
    let refused = past_the_store.unwrap_err().to_string();
    assert!(refused.contains("the user paused it"), "{refused}");
}

#[test]
fn no_task_ends_for_one_of_the_same_video_that_is_paused() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b"]);
    history.store.pause_paste(paste).unwrap();
    // As two short links that turn out to be one video: nobody knew when they were pasted.
    let other = history.queued("c");
    let sql = "UPDATE links SET video_key = 'same' WHERE id IN (SELECT link_id FROM tasks WHERE id IN (?1, ?2))";
    history.sql().execute(sql, (ids[0].0, other.0)).unwrap();

    let attempt = history.store.claim(other, at(10)).unwrap().attempt;
    history.accept(attempt, "remote");
    history.store.resume_paste(paste).unwrap();

    assert!(history.store.claim(ids[0], at(20)).is_err());
    assert_eq!(history.state(ids[0]), TaskState::Cancelled, "the other one has the video by now");
    assert_eq!(attempts(&history), 1);
}

#[test]
fn who_is_paused_stands_before_nobody_and_is_told_of_no_pace() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b"]);
    let other = history.queued("c");
    assert_eq!(history.detail(other).ahead, 2);
    history.store.pause_paste(paste).unwrap();
    assert_eq!(history.detail(other).ahead, 0);
    let queue = history.store.queue(PROVIDER, other).unwrap();
    assert_eq!(queue.iter().map(|queued| queued.id).collect::<Vec<_>>(), [other]);
    history.store.pace(PROVIDER, at(500), at(1)).unwrap();
    history.store.resume_paste(paste).unwrap();
    assert_eq!(history.task(ids[0]).wait, None);
    assert!(history.task(other).wait.is_some());
    assert_eq!(history.store.queue(PROVIDER, ids[1]).unwrap().len(), 2, "up to the last asked for");
}

#[test]
fn only_what_was_not_submitted_is_cancelled() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b", "c", "d"]);
    let attempt = history.store.claim(ids[0], at(10)).unwrap().attempt;
    history.accept(attempt, "remote");
    history.store.delete(ids[3], at(20)).unwrap();
    let other = history.queued("e");
    assert_eq!(history.store.cancel_waiting(paste, at(30)).unwrap(), 2);
    assert_eq!(history.store.cancel_waiting(paste, at(31)).unwrap(), 0);
    assert_eq!(history.state(ids[0]), TaskState::Running);
    assert_eq!(history.state(ids[2]), TaskState::Cancelled);
    assert_eq!(history.state(other), TaskState::Queued);
}

#[test]
fn failed_tasks_are_tried_again_except_where_it_would_be_for_nothing() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b", "c", "d"]);
    fail(&history, ids[0], FailureKind::ProviderInternal);
    fail(&history, ids[1], FailureKind::InvalidInput);
    fail(&history, ids[2], FailureKind::Network);
    // Somebody got the text of the third meanwhile.
    let again = shiwen_core::NewTask { again: true, ..wish("c") };
    let other = history.store.add_tasks("again", &[again], at(25)).unwrap()[0];
    let attempt = history.store.claim(other, at(26)).unwrap().attempt;
    history.accept(attempt, "remote");
    history.store.won(other, &won("c"), &answer("result"), at(30)).unwrap();

    let retried = history.store.retry_failed(paste).unwrap();

    assert_eq!(retried, Retried { tasks: 1, left: 2 });
    let states: Vec<_> = ids.iter().map(|id| history.state(*id)).collect();
    assert_eq!(
        states,
        [TaskState::Queued, TaskState::Failed, TaskState::Failed, TaskState::Queued]
    );
    assert_eq!(history.detail(ids[0]).attempts.len(), 1, "nothing was sent by this alone");
}

#[test]
fn a_paste_says_its_tasks_in_the_order_of_its_links_without_the_trash() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b", "c"]);
    history.store.delete(ids[1], at(5)).unwrap();
    let found = history.store.paste(paste).unwrap();
    assert_eq!(found.tasks.iter().map(|task| task.id).collect::<Vec<_>>(), [ids[0], ids[2]]);
    assert_eq!((found.name, found.created_at, found.paused), (None, at(0), false));
    assert!(matches!(history.store.paste(PasteId(99)), Err(StoreError::TaskGone)));
    for refused in [
        history.store.pause_paste(PasteId(99)),
        history.store.resume_paste(PasteId(99)),
        history.store.name_paste(PasteId(99), Some("x")),
    ] {
        assert!(matches!(refused, Err(StoreError::TaskGone)), "{refused:?}");
    }
}

#[test]
fn a_name_is_one_line_and_an_empty_one_is_none() {
    let history = History::new();
    let (paste, ids) = pasted_together(&history, &["a", "b"]);
    let name = || history.store.paste(paste).unwrap().name;
    let mut changes = history.store.changes();
    history.store.name_paste(paste, Some("  周五的\n选题 ")).unwrap();
    assert_eq!(name().as_deref(), Some("周五的 选题"));
    // Whoever shows the paste hears of it.
    assert!(
        matches!(&announced(&mut changes)[..], [TaskChange::Saved { task }] if task.id == ids[0])
    );
    let long = "长".repeat(61);
    let refused = history.store.name_paste(paste, Some(&long));
    assert!(matches!(refused, Err(StoreError::TooLong { most: 60 })), "{refused:?}");
    assert_eq!(name().as_deref(), Some("周五的 选题"));
    history.store.name_paste(paste, Some(" \n")).unwrap();
    assert_eq!(name(), None);
}

#[test]
fn what_is_on_its_way_is_said_without_the_trash() {
    let history = History::new();
    let queued = history.queued("a");
    let running = history.running("b");
    let gone = history.running("c");
    history.store.delete(gone, at(30)).unwrap();
    history.in_situation(Situation::Uncertain, "d");
    let mut unended = history.store.unended().unwrap();
    unended.sort_by_key(|(id, ..)| *id);
    let paste = |id| history.task(id).paste;
    assert_eq!(
        unended,
        [(queued, paste(queued), TaskState::Queued), (running, paste(running), TaskState::Running)]
    );
    assert_eq!(
        history.store.usual(ProviderId::Coze, history.task(queued).operation).unwrap(),
        None
    );
    assert_eq!(history.store.next_due(Timestamp(0)).unwrap().0, Some(at(1000)));
}
