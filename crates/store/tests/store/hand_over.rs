//! The next provider that the user approved: only after the one before provably started nothing.

use std::collections::BTreeMap;

use shiwen_core::{
    AttemptId, Charged, Failure, FailureKind, NewTask, Outcome, ProviderId, TaskId, TaskState,
    Wait, WaitReason,
};
use shiwen_store::{HandOver, StoreError};

use crate::fixture::*;

const NEXT: ProviderId = ProviderId::Coze;
const LAST: ProviderId = ProviderId::TranscriptGenerate;

/// A task whose create call is out, with two more providers approved.
fn submitting(history: &History, id: &str) -> (TaskId, AttemptId) {
    let wish = NewTask { then: vec![NEXT, LAST], ..wish(id) };
    let task = history.store.add_tasks(&pasted(id), &[wish], at(0)).unwrap()[0];
    (task, history.store.claim(task, at(10)).unwrap().attempt)
}

fn refusal() -> Failure {
    Failure::new(PROVIDER, FailureKind::QuotaExhausted)
}

fn to(provider: ProviderId) -> HandOver {
    HandOver { to: Some(provider), passed_over: Vec::new() }
}

fn hand(
    history: &History,
    attempt: AttemptId,
    all: &[(TaskId, HandOver)],
) -> Result<(), StoreError> {
    let all: BTreeMap<_, _> = all.iter().cloned().collect();
    let answer = answer("create");
    history.store.handed_over(attempt, Outcome::Rejected, &refusal(), Some(&answer), &all, at(20))
}

#[test]
fn a_refused_task_goes_on_at_the_next_provider_and_keeps_the_refusal() {
    let history = History::new();
    let (id, attempt) = submitting(&history, "1");
    hand(&history, attempt, &[(id, to(NEXT))]).unwrap();
    let detail = history.detail(id);
    let task = &detail.task;
    assert_eq!((task.provider, task.state, &task.failure), (NEXT, TaskState::Queued, &None));
    assert_eq!(task.then, [LAST]);
    assert_eq!(
        (detail.attempts[0].provider, detail.attempts[0].outcome),
        (PROVIDER, Some(Outcome::Rejected))
    );
    assert_eq!(detail.attempts[0].failure, Some(refusal()));
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 0);
    assert_eq!(history.store.claim(id, at(30)).unwrap().number, 2);
    assert_eq!(history.detail(id).attempts[1].provider, NEXT);
}

#[test]
fn who_is_passed_over_is_noted_and_used_up() {
    let history = History::new();
    let (id, attempt) = submitting(&history, "1");
    let keyless = Failure::new(NEXT, FailureKind::Unauthorized);
    let next = HandOver { to: Some(LAST), passed_over: vec![keyless.clone()] };
    hand(&history, attempt, &[(id, next)]).unwrap();
    let detail = history.detail(id);
    assert_eq!((detail.task.provider, detail.task.then), (LAST, Vec::new()));
    assert_eq!(detail.passed_over, [keyless]);
}

#[test]
fn a_provider_that_was_not_approved_is_never_reached_and_nothing_is_written() {
    let history = History::new();
    let (id, attempt) = submitting(&history, "1");
    for provider in [ProviderId::RawUgc, PROVIDER] {
        let handed = hand(&history, attempt, &[(id, to(provider))]);
        assert!(matches!(handed, Err(StoreError::WrongState)), "{handed:?}");
    }
    assert_eq!(history.state(id), TaskState::Submitting);
    assert_eq!(history.detail(id).attempts[0].outcome, None);
}

#[test]
fn nothing_goes_on_after_a_call_that_may_have_been_accepted() {
    let history = History::new();
    let (id, attempt) = submitting(&history, "1");
    let next = BTreeMap::from([(id, to(NEXT))]);
    for outcome in [Outcome::Unknown, Outcome::Crashed, Outcome::Accepted] {
        let failure = failure(Charged::Unknown);
        let handed = history.store.handed_over(attempt, outcome, &failure, None, &next, at(20));
        assert!(matches!(handed, Err(StoreError::WrongState)), "{outcome}");
    }
    history.store.unknown(attempt, &refusal(), &unsure(1), None, at(20)).unwrap();
    assert!(hand(&history, attempt, &[(id, to(NEXT))]).is_err());
    assert_eq!((history.state(id), history.task(id).provider), (TaskState::Uncertain, PROVIDER));
}

#[test]
fn each_task_of_a_call_goes_its_own_way() {
    let history = History::new();
    let wishes = ["1", "2", "3"].map(|id| NewTask { then: vec![NEXT, LAST], ..wish(id) });
    let ids = history.store.add_together(&pasted("1"), &wishes, 3, at(0)).unwrap();
    let claimed = history.store.claim(ids[0], at(10)).unwrap();
    assert_eq!(claimed.tasks, ids);
    hand(&history, claimed.attempt, &[(ids[0], to(NEXT)), (ids[1], to(LAST))]).unwrap();
    let now = ids.iter().map(|id| history.task(*id)).collect::<Vec<_>>();
    assert_eq!([now[0].provider, now[1].provider, now[2].provider], [NEXT, LAST, PROVIDER]);
    assert_eq!([now[0].batch, now[1].batch], [None, None]);
    assert_eq!([now[0].state, now[1].state], [TaskState::Queued; 2]);
    assert_eq!((now[2].state, &now[2].failure), (TaskState::Failed, &Some(refusal())));
    assert_eq!(history.store.claim(ids[0], at(30)).unwrap().urls.len(), 1);
}

#[test]
fn what_never_left_goes_on_too_or_waits_for_the_user() {
    let history = History::new();
    let unreachable = Failure::new(PROVIDER, FailureKind::Network);
    for (next, provider, wait) in
        [(Some(NEXT), NEXT, None), (None, PROVIDER, Some(WaitReason::GaveUpSending))]
    {
        let (id, attempt) = submitting(&history, provider.as_str());
        let next = BTreeMap::from([(id, HandOver { to: next, passed_over: Vec::new() })]);
        history
            .store
            .handed_over(attempt, Outcome::NotSent, &unreachable, None, &next, at(20))
            .unwrap();
        let task = history.task(id);
        assert_eq!((task.provider, task.state), (provider, TaskState::Queued));
        assert_eq!(task.wait.map(|wait| wait.reason), wait);
    }
}

#[test]
fn a_task_whose_provider_lost_its_key_leaves_its_batch_for_the_next() {
    let history = History::new();
    let wishes = ["1", "2"].map(|id| NewTask { then: vec![NEXT], ..wish(id) });
    let ids = history.store.add_together(&pasted("1"), &wishes, 2, at(0)).unwrap();
    let wait = Wait { reason: WaitReason::Key, until: None };
    let keyless = Failure::new(PROVIDER, FailureKind::Unauthorized);
    let next = HandOver { to: Some(NEXT), passed_over: vec![keyless.clone()] };
    history.store.hand_on(ids[0], &next, wait).unwrap();
    assert_eq!((history.task(ids[0]).provider, history.task(ids[0]).batch), (NEXT, None));
    assert_eq!(history.detail(ids[0]).passed_over, [keyless]);
    let stays = HandOver { to: None, passed_over: Vec::new() };
    history.store.hand_on(ids[1], &stays, wait).unwrap();
    assert_eq!((history.task(ids[1]).provider, history.task(ids[1]).wait), (PROVIDER, Some(wait)));
    assert!(history.detail(ids[0]).attempts.is_empty());
}
