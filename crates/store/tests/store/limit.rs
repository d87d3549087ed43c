//! The user's bound for a day: what counts towards it, and who waits for tomorrow.

use shiwen_core::{ProviderId, TaskState, Unit, Wait, WaitReason};
use shiwen_store::Spent;

use crate::fixture::*;

#[test]
fn uncertain_calls_count_and_a_call_for_several_links_counts_as_their_number() {
    let history = History::new();
    let store = &history.store;
    history.running("1");
    history.in_situation(Situation::Uncertain, "2");
    assert_eq!(store.booked_since(PROVIDER, at(0)).unwrap(), 2);
    let wishes = ["3", "4", "5"].map(wish);
    let ids = store.add_together(&pasted("3"), &wishes, 3, at(0)).unwrap();
    assert_eq!(store.together_with(ids[1]).unwrap(), 3);
    let attempt = store.claim(ids[0], at(10)).unwrap().attempt;
    let unknown = Spent { amount: None, ..spent(1) };
    store.accepted(attempt, "batch", at(1000), &unknown, &answer("create"), at(20)).unwrap();
    assert_eq!(store.booked_since(PROVIDER, at(0)).unwrap(), 5);
    assert_eq!(store.spent_since(PROVIDER, at(0)).unwrap(), 2, "what is known");
    assert_eq!(store.booked_since(PROVIDER, at(21)).unwrap(), 0);
    assert_eq!(store.booked_since(ProviderId::Coze, at(0)).unwrap(), 0);
    assert_eq!(store.together_with(history.queued("6")).unwrap(), 1);
}

#[test]
fn seconds_of_video_count_once_the_video_is_known() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    let seconds = Spent { unit: Unit::Second, amount: None, said: false, certain: true };
    history.store.accepted(attempt, "r", at(1000), &seconds, &answer("create"), at(20)).unwrap();
    assert_eq!(history.store.booked_since(PROVIDER, at(0)).unwrap(), 0);
    history.store.won(id, &won("1"), &answer("result"), at(30)).unwrap();
    assert_eq!(history.store.booked_since(PROVIDER, at(0)).unwrap(), 63);
}

#[test]
fn everybody_waits_for_tomorrow_who_waits_for_nothing_else_and_all_at_once_for_no_longer() {
    let history = History::new();
    let store = &history.store;
    let [plain, paced, over, gone] = ["1", "2", "3", "4"].map(|id| history.queued(id));
    let wait = |reason, until| Wait { reason, until: Some(until) };
    store.wait(paced, wait(WaitReason::Rate, at(500))).unwrap();
    store.wait(over, wait(WaitReason::Rate, at(50))).unwrap();
    store.cancel(gone, at(1)).unwrap();
    store.wait_for_day(PROVIDER, at(9000), at(100)).unwrap();
    let tomorrow = Some(wait(WaitReason::DailyLimit, at(9000)));
    assert_eq!(history.task(plain).wait, tomorrow);
    assert_eq!(history.task(over).wait, tomorrow);
    assert_eq!(history.task(paced).wait, Some(wait(WaitReason::Rate, at(500))));
    assert_eq!(history.state(gone), TaskState::Cancelled);
    let mut changes = store.changes();
    store.release_limit(PROVIDER).unwrap();
    assert_eq!((history.task(plain).wait, history.task(over).wait), (None, None));
    assert!(history.task(paced).wait.is_some());
    assert_eq!(
        [changes.try_recv().is_ok(), changes.try_recv().is_ok(), changes.try_recv().is_ok()],
        [true, true, false]
    );
}

#[test]
fn what_is_proven_to_have_come_to_nothing_costs_nothing_and_lets_go_who_waits_for_it() {
    let history = History::new();
    let store = &history.store;
    let doubtful = history.in_situation(Situation::Uncertain, "1");
    history.running("2");
    let waiting = history.queued("3");
    store.wait_for_day(PROVIDER, at(9000), at(100)).unwrap();
    let attempt = history.detail(doubtful).attempts[0].id;
    let spent = || {
        [store.booked_since(PROVIDER, at(0)), store.spent_since(PROVIDER, at(0))]
            .map(Result::unwrap)
    };
    store.note_evidence(attempt, |seen| seen.looked_at = Some(at(150))).unwrap();
    assert_eq!((spent(), history.task(doubtful).not_there), ([2, 2], false));
    assert!(history.task(waiting).wait.is_some());
    let mut changes = store.changes();

    store.note_evidence(attempt, |seen| seen.not_there_at = Some(at(200))).unwrap();

    assert_eq!((spent(), history.task(doubtful).not_there), ([1, 1], true));
    assert_eq!(history.task(waiting).wait, None);
    assert_eq!(announced(&mut changes).len(), 2, "both are shown anew");
    store.give_up(doubtful, at(300)).unwrap();
    assert!(history.task(doubtful).not_there);
    // The user found it after all.
    store.adopt(doubtful, "found", at(400)).unwrap();
    assert_eq!((spent(), history.task(doubtful).not_there), ([2, 2], false));
}

#[test]
fn a_proof_about_a_call_holds_for_each_of_its_tasks_and_for_no_later_call() {
    let history = History::new();
    let store = &history.store;
    let ids = store.add_together(&pasted("1"), &["1", "2"].map(wish), 2, at(0)).unwrap();
    let attempt = store.claim(ids[0], at(10)).unwrap().attempt;
    let lost = failure(shiwen_core::Charged::Unknown);
    store.unknown(attempt, &lost, &unsure(1), None, at(20)).unwrap();
    store.note_evidence(attempt, |seen| seen.not_there_at = Some(at(200))).unwrap();
    assert!(ids.iter().all(|id| history.task(*id).not_there));

    store.resend(ids[1]).unwrap();
    assert!(!history.task(ids[1]).not_there);
    let second = store.claim(ids[1], at(300)).unwrap().attempt;
    store.unknown(second, &lost, &unsure(1), None, at(320)).unwrap();

    assert_eq!(ids.iter().map(|id| history.task(*id).not_there).collect::<Vec<_>>(), [true, false]);
    assert_eq!(store.booked_since(PROVIDER, at(0)).unwrap(), 1);
}
