//! Create calls whose outcome nobody knows: found at the start, or settled by the user.

use shiwen_core::{Charged, Failure, FailureKind, Outcome, ProviderId, TaskState};
use shiwen_store::StoreError;

use crate::fixture::{Situation as From, *};

fn crashed(provider: ProviderId) -> Failure {
    Failure { charged: Charged::Unknown, ..Failure::new(provider, FailureKind::Network) }
}

#[test]
fn what_was_being_submitted_when_the_program_ended_is_uncertain_and_nothing_else() {
    let history = History::new();
    let (open, _) = history.submitting("open");
    let (second, _) = history.submitting("second");
    let others: Vec<_> = From::ALL
        .into_iter()
        .filter(|from| *from != From::Submitting)
        .map(|from| history.in_situation(from, &format!("{from:?}")))
        .collect();
    let before: Vec<_> = others.iter().map(|id| history.rows(*id)).collect();

    let history = history.reopened();
    assert_eq!(
        history.store.recover(|task| (crashed(task.provider), unsure(1)), at(500)).unwrap(),
        2
    );

    for id in [open, second] {
        let detail = history.detail(id);
        assert_eq!(detail.task.state, TaskState::Uncertain);
        assert_eq!(detail.task.failure, Some(crashed(PROVIDER)));
        assert_eq!(detail.task.ended_at, None);
        let attempt = &detail.attempts[0];
        assert_eq!(attempt.outcome, Some(Outcome::Crashed));
        assert_eq!(attempt.ended_at, Some(at(500)));
        assert_eq!(attempt.failure, Some(crashed(PROVIDER)));
    }
    let after: Vec<_> = others.iter().map(|id| history.rows(*id)).collect();
    assert_eq!(after, before);
    assert_eq!(history.store.count_in(TaskState::Submitting).unwrap(), 0);
}

#[test]
fn recovering_twice_finds_nothing_the_second_time() {
    let history = History::new();
    let (id, _) = history.submitting("1");
    assert_eq!(
        history.store.recover(|task| (crashed(task.provider), unsure(1)), at(500)).unwrap(),
        1
    );
    let rows = history.rows(id);
    assert_eq!(
        history.store.recover(|task| (crashed(task.provider), unsure(1)), at(600)).unwrap(),
        0
    );
    assert_eq!(history.rows(id), rows);
}

#[test]
fn recovering_announces_what_became_uncertain() {
    let history = History::new();
    let (id, _) = history.submitting("1");
    history.queued("2");
    let mut changes = history.store.changes();
    history.store.recover(|task| (crashed(task.provider), unsure(1)), at(500)).unwrap();
    let task = Box::new(history.task(id));
    assert_eq!(announced(&mut changes), [shiwen_core::TaskChange::Saved { task }]);
}

#[test]
fn an_outcome_that_comes_after_the_recovery_is_too_late() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    history.store.recover(|task| (crashed(task.provider), unsure(1)), at(500)).unwrap();
    let late =
        history.store.accepted(attempt, "r", at(1000), &spent(1), &answer("create"), at(600));
    assert!(matches!(late, Err(StoreError::WrongState)), "{late:?}");
    assert_eq!(history.state(id), TaskState::Uncertain);
}

#[test]
fn an_adopted_id_is_followed_and_stands_in_the_ledger() {
    let history = History::new();
    for from in [From::Uncertain, From::GaveUp] {
        let name = format!("{from:?}");
        let id = history.in_situation(from, &name);
        history.store.adopt(id, &name, at(700)).unwrap();

        let detail = history.detail(id);
        let task = &detail.task;
        assert_eq!((task.state, task.remote_id.as_ref()), (TaskState::Running, Some(&name)));
        assert_eq!((&task.failure, task.cancel_cause, task.ended_at), (&None, None, None));
        assert_eq!(detail.attempts.len(), 1, "no second create call");
        assert_eq!(detail.attempts[0].remote_id.as_ref(), Some(&name));
        assert_eq!(detail.attempts[0].outcome, Some(Outcome::Unknown));
        let due = history.store.due_to_follow(at(700), 10).unwrap();
        assert!(due.iter().any(|due| due.task.id == id));
    }
}

#[test]
fn an_id_of_another_task_is_not_adopted_and_the_task_is_named() {
    let history = History::new();
    let owner = history.in_situation(From::Succeeded, "owner");
    let id = history.in_situation(From::Uncertain, "1");
    let rows = history.rows(id);

    let adopted = history.store.adopt(id, &remote("owner"), at(700));

    assert!(
        matches!(adopted, Err(StoreError::RemoteIdTaken(task)) if task == owner.0),
        "{adopted:?}"
    );
    assert_eq!(history.rows(id), rows);
}

#[test]
fn the_same_id_at_another_provider_is_another_task() {
    let history = History::new();
    history.in_situation(From::Succeeded, "owner");
    let elsewhere = shiwen_core::NewTask { provider: ProviderId::Coze, ..wish("1") };
    let id = history.store.add_tasks("x", &[elsewhere], at(0)).unwrap()[0];
    let attempt = history.store.claim(id, at(10)).unwrap().attempt;
    history.store.unknown(attempt, &failure(Charged::Unknown), &unsure(1), None, at(20)).unwrap();
    history.store.adopt(id, &remote("owner"), at(700)).unwrap();
    assert_eq!(history.state(id), TaskState::Running);
}

#[test]
fn the_task_may_adopt_an_id_it_had_before() {
    let history = History::new();
    let id = history.in_situation(From::Failed, "1");
    history.store.retry(id).unwrap();
    let attempt = history.store.claim(id, at(50)).unwrap().attempt;
    history.store.unknown(attempt, &failure(Charged::Unknown), &unsure(1), None, at(60)).unwrap();

    // The provider recognised the video and went on with the task that it already had.
    history.store.adopt(id, &remote("1"), at(700)).unwrap();

    let ids: Vec<_> = history.detail(id).attempts.into_iter().map(|a| a.remote_id).collect();
    assert_eq!(ids, [Some(remote("1")), Some(remote("1"))]);
    assert_eq!(history.state(id), TaskState::Running);
}

#[test]
fn the_newest_unknown_call_gets_the_adopted_id_and_older_ids_stay() {
    let history = History::new();
    let id = history.in_situation(From::Uncertain, "1");
    history.store.adopt(id, "first", at(100)).unwrap();
    history.store.lost(id, &failure(Charged::No), &answer("status"), at(200)).unwrap();
    history.store.retry(id).unwrap();
    let attempt = history.store.claim(id, at(300)).unwrap().attempt;
    history.store.unknown(attempt, &failure(Charged::Unknown), &unsure(1), None, at(400)).unwrap();
    history.store.adopt(id, "second", at(500)).unwrap();

    let ids: Vec<_> = history.detail(id).attempts.into_iter().map(|a| a.remote_id).collect();
    assert_eq!(ids, [Some("first".to_owned()), Some("second".to_owned())]);
    assert_eq!(history.task(id).remote_id.as_deref(), Some("second"));
}

#[test]
fn an_adopted_call_is_certainly_paid_for() {
    let history = History::new();
    let certain = |history: &History| -> Vec<(bool, u32)> {
        let sql = history.sql();
        let mut rows = sql.prepare("SELECT certain, amount FROM spend ORDER BY id").unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    };
    let id = history.in_situation(From::Uncertain, "1");
    history.in_situation(From::Uncertain, "2");
    assert_eq!(certain(&history), [(false, 1), (false, 1)]);
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 2, "counted all the same");
    history.store.adopt(id, "found", at(700)).unwrap();
    assert_eq!(certain(&history), [(true, 1), (false, 1)]);
}

#[test]
fn a_call_that_a_crash_cut_off_stands_in_the_books_as_perhaps_paid() {
    let history = History::new();
    history.submitting("open");
    let history = history.reopened();
    history.store.recover(|task| (crashed(task.provider), unsure(1)), at(500)).unwrap();
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 1);
}

#[test]
fn an_id_that_the_provider_does_not_know_makes_the_call_uncertain_again() {
    let history = History::new();
    let (id, attempt) = history.submitting("open");
    let failure = crashed(PROVIDER);
    history.store.unknown(attempt, &failure, &unsure(1), None, at(10)).unwrap();
    history.store.adopt(id, "mistyped", at(20)).unwrap();
    let unknown_id = Failure::new(PROVIDER, FailureKind::NotFound);
    history.store.lost(id, &unknown_id, &answer("status"), at(30)).unwrap();
    let task = history.store.task(id).unwrap();
    assert_eq!((task.state, task.remote_id), (TaskState::Uncertain, None));

    history.store.adopt(id, "right", at(40)).unwrap();
    assert_eq!(history.store.task(id).unwrap().remote_id.as_deref(), Some("right"));
}
