//! Deleting can be undone, and nothing that was paid for is lost by it.

use shiwen_core::{CancelCause, TaskChange, TaskState};
use shiwen_store::StoreError;

use crate::fixture::{Situation as From, *};

fn listed(history: &History) -> Vec<u32> {
    history
        .store
        .tasks(Desk::Texts, None, 100)
        .unwrap()
        .tasks
        .iter()
        .map(|task| task.id.0)
        .collect()
}

#[test]
fn a_task_paid_for_is_still_followed_from_the_trash() {
    let history = History::new();
    let id = history.running("1");
    history.store.delete(id, at(30)).unwrap();

    assert_eq!(listed(&history), [0; 0]);
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 1);
    assert_eq!(history.store.next_due(at(0)).unwrap().0, Some(at(1000)));
    let due = history.store.due_to_follow(at(1000), 10).unwrap();
    assert_eq!(due.iter().map(|due| due.task.id).collect::<Vec<_>>(), [id]);

    let mut changes = history.store.changes();
    history.store.won(id, &won("1"), &answer("result"), at(2000)).unwrap();
    assert_eq!(announced(&mut changes), [], "the list does not show it");
    history.store.restore(id).unwrap();
    assert_eq!(listed(&history), [id.0]);
    assert_eq!(history.detail(id).transcripts[0].text, won("1").text.unwrap());
}

#[test]
fn deleting_a_queued_task_cancels_it() {
    let history = History::new();
    for from in [From::Queued, From::GaveUpSending] {
        let id = history.in_situation(from, &format!("{from:?}"));
        history.store.delete(id, at(30)).unwrap();

        let task = history.task(id);
        assert_eq!(task.cancel_cause, Some(CancelCause::BeforeSubmit), "{from:?}");
        assert_eq!((task.ended_at, task.wait), (Some(at(30)), None), "{from:?}");
    }
    assert_eq!(history.store.due_to_submit(PROVIDER, at(99), 10).unwrap(), []);
    assert_eq!(history.store.queued_providers().unwrap(), []);
}

#[test]
fn restoring_gives_back_what_was_deleted() {
    let history = History::new();
    for from in From::ALL.into_iter().filter(|from| *from != From::Submitting) {
        let id = history.in_situation(from, &format!("{from:?}"));
        let before = history.task(id);
        history.store.delete(id, at(30)).unwrap();
        assert!(!listed(&history).contains(&id.0), "{from:?}");
        let mut changes = history.store.changes();

        history.store.restore(id).unwrap();

        let after = history.task(id);
        assert!(listed(&history).contains(&id.0), "{from:?}");
        assert_eq!(
            announced(&mut changes),
            [TaskChange::Saved { task: Box::new(after.clone()) }],
            "{from:?}"
        );
        match before.state {
            // Nothing is queued behind the user's back; it can be tried again.
            TaskState::Queued => assert_eq!(after.state, TaskState::Cancelled),
            _ => assert_eq!(after, before, "{from:?}"),
        }
    }
}

#[test]
fn a_task_that_is_being_submitted_cannot_be_deleted() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    let deleted = history.store.delete(id, at(15));
    assert!(matches!(deleted, Err(StoreError::WrongState)), "{deleted:?}");
    history.accept(attempt, "r");
    assert_eq!(listed(&history), [id.0]);
}

#[test]
fn deleting_twice_and_restoring_what_is_not_deleted_are_refused() {
    let history = History::new();
    let id = history.in_situation(From::Succeeded, "1");
    assert!(matches!(history.store.restore(id), Err(StoreError::WrongState)));
    history.store.delete(id, at(40)).unwrap();
    let rows = history.rows(id);
    assert!(matches!(history.store.delete(id, at(50)), Err(StoreError::TaskGone)));
    assert_eq!(history.rows(id), rows);
}

#[test]
fn nothing_in_the_trash_is_paid_for_again() {
    let history = History::new();
    for from in [From::Failed, From::CancelledBefore, From::GaveUp, From::Uncertain] {
        let id = history.in_situation(from, &format!("{from:?}"));
        history.store.delete(id, at(40)).unwrap();
        let rows = history.rows(id);
        let again = match from {
            From::Uncertain => history.store.resend(id),
            _ => history.store.retry(id),
        };
        assert!(matches!(again, Err(StoreError::WrongState)), "{from:?}: {again:?}");
        assert_eq!(history.rows(id), rows, "{from:?}");
    }
    assert_eq!(history.store.due_to_submit(PROVIDER, at(99), 10).unwrap(), []);
}
