//! How a provider did, by the history.

use shiwen_core::{
    Charged, FailureKind, Operation, Outcome, ProviderId, TaskState, Wait, WaitReason,
};

use crate::fixture::*;

#[test]
fn the_last_tasks_come_newest_first_and_cancelled_ones_say_nothing() {
    let history = History::new();
    let done = history.in_situation(Situation::Succeeded, "1");
    let failed = history.in_situation(Situation::Failed, "2");
    let uncertain = history.in_situation(Situation::Uncertain, "3");
    history.in_situation(Situation::CancelledBefore, "4");
    history.in_situation(Situation::StoppedWaiting, "5");
    history.running("6");
    history.queued("7");
    let gone = history.in_situation(Situation::Failed, "8");
    history.store.delete(gone, at(40)).unwrap();

    let record = history.store.record(PROVIDER).unwrap();

    let recent: Vec<_> = record.recent.iter().map(|ended| (ended.task, ended.state)).collect();
    let states = [TaskState::Failed, TaskState::Succeeded, TaskState::Uncertain];
    assert_eq!(recent, [failed, done, uncertain].into_iter().zip(states).collect::<Vec<_>>());
    assert_eq!(record.recent[0].failure.as_ref().unwrap().kind, failure(Charged::No).kind);
    assert_eq!(record.last_success, Some(at(30)));
    assert_eq!((record.queued, record.running, record.uncertain), (1, 1, 1));
    assert_eq!(history.store.record(ProviderId::Coze).unwrap(), shiwen_store::Record::default());
}

#[test]
fn of_many_tasks_the_last_twenty_are_told() {
    let history = History::new();
    for n in 0..30 {
        let situation = if n % 2 == 0 { Situation::Succeeded } else { Situation::Failed };
        history.in_situation(situation, &n.to_string());
    }
    let late = format!("UPDATE tasks SET ended_at = {} + id", at(100).0);
    history.sql().execute(&late, []).unwrap();
    let record = history.store.record(PROVIDER).unwrap();
    let ids: Vec<_> = record.recent.iter().map(|ended| ended.task.0).collect();
    assert_eq!(ids, (11..=30).rev().collect::<Vec<_>>());
    assert_eq!(record.last_success, Some(at(129)));
}

#[test]
fn a_wait_is_told_where_all_queued_tasks_have_it() {
    let history = History::new();
    let [one, two] = ["1", "2"].map(|id| history.queued(id));
    let wait = || history.store.record(PROVIDER).unwrap().wait;
    assert_eq!(wait(), None);
    let until = |ms| Wait { reason: WaitReason::Rate, until: Some(at(ms)) };
    history.store.wait(one, until(500)).unwrap();
    assert_eq!(wait(), None, "the other one waits for nothing");
    history.store.wait(two, until(300)).unwrap();
    assert_eq!(wait(), Some(until(300)));
    history.store.wait(two, Wait { reason: WaitReason::Key, until: None }).unwrap();
    assert_eq!(wait(), None);
    for task in [one, two] {
        history.store.pause_paste(history.task(task).paste).unwrap();
    }
    assert_eq!(wait(), Some(Wait { reason: WaitReason::Paused, until: None }));
}

#[test]
fn the_last_calls_are_told_by_what_became_of_them() {
    let history = History::new();
    let done = history.in_situation(Situation::Succeeded, "1");
    let (open, _) = history.submitting("2");
    assert_eq!(history.store.last_call(history.queued("3")).unwrap(), None);
    let calls = history.store.last_calls(20).unwrap();
    let told: Vec<_> = calls
        .iter()
        .map(|call| (call.task, call.number, call.operation, call.outcome, call.ended_at))
        .collect();
    let transcribe = Operation::Transcribe;
    assert_eq!(
        told,
        [
            (open, 1, transcribe, None, None),
            (done, 1, transcribe, Some(Outcome::Accepted), Some(at(20))),
        ]
    );
    assert_eq!(calls[1].remote_id, Some(remote("1")));
    assert_eq!(history.store.last_calls(1).unwrap(), &calls[..1]);
    let failed = history.in_situation(Situation::Uncertain, "4");
    let call = history.store.last_call(failed).unwrap().unwrap();
    assert_eq!(call.outcome, Some(Outcome::Unknown));
    assert!(matches!(
        call.failure.unwrap().kind,
        FailureKind::Network | FailureKind::ProviderInternal
    ));
}
