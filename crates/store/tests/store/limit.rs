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
