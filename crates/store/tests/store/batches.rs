//! Tasks that share one create call: one intent, one outcome, one bill, and an end for each.

use shiwen_core::{
    AttemptId, Charged, Failure, FailureKind, Outcome, TaskId, TaskState, Wait, WaitReason,
};
use shiwen_store::{End, Poll, Spent, StoreError};

use crate::fixture::*;

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Queued tasks that go out together.
fn queued(history: &History, names: &[&str]) -> Vec<TaskId> {
    let wishes: Vec<_> = names.iter().map(|name| wish(name)).collect();
    history.store.add_together("paste", &wishes, 5, at(0)).unwrap()
}

fn submitting(history: &History, names: &[&str]) -> (Vec<TaskId>, AttemptId) {
    let ids = queued(history, names);
    let attempt = history.store.claim(ids[0], at(10)).unwrap().attempt;
    (ids, attempt)
}

fn running(history: &History, names: &[&str]) -> Vec<TaskId> {
    let (ids, attempt) = submitting(history, names);
    history.accept(attempt, "batch");
    ids
}

fn uncertain(history: &History, names: &[&str]) -> Vec<TaskId> {
    let (ids, attempt) = submitting(history, names);
    let failure = failure(Charged::Unknown);
    history.store.unknown(attempt, &failure, &unsure(1), None, at(20)).unwrap();
    ids
}

fn states(history: &History, ids: &[TaskId]) -> Vec<TaskState> {
    ids.iter().map(|id| history.state(*id)).collect()
}

fn all(history: &History, ids: &[TaskId], state: TaskState) -> bool {
    states(history, ids).iter().all(|found| *found == state)
}

fn due(history: &History, ms: i64) -> Vec<TaskId> {
    let due = history.store.due_to_follow(at(ms), 10).unwrap();
    due.iter().map(|due| due.task.id).collect()
}

fn spend(history: &History) -> Vec<(Option<u32>, bool)> {
    let sql = history.sql();
    let mut rows = sql.prepare("SELECT amount, certain FROM spend ORDER BY id").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn ends(names: &[&str]) -> Vec<End> {
    names.iter().map(|name| End::Won(won(name))).collect()
}

#[test]
fn links_of_one_paste_go_out_in_groups_of_what_the_provider_takes() {
    let history = History::new();
    let wishes: Vec<_> = (0..12).map(|n| wish(&n.to_string())).collect();
    let ids = history.store.add_together("x", &wishes, 5, at(0)).unwrap();
    let groups: Vec<_> =
        ids.iter().map(|id| history.task(*id).batch.map(|batch| batch.0)).collect();
    let of = |first: usize| Some(ids[first].0);
    assert_eq!(
        groups,
        [[of(0); 5], [of(5); 5]].concat().into_iter().chain([of(10); 2]).collect::<Vec<_>>()
    );
    let first: Vec<_> = history
        .store
        .due_to_submit(PROVIDER, at(0), 10)
        .unwrap()
        .iter()
        .map(|due| due.task.id)
        .collect();
    assert_eq!(first, [ids[0], ids[5], ids[10]], "one call each");
    assert_eq!(history.detail(ids[1]).batch, [ids[0], ids[2], ids[3], ids[4]]);

    let alone = history.store.add_together("x", &[wish("alone")], 5, at(0)).unwrap();
    assert_eq!(history.task(alone[0]).batch, None, "a batch of one is no batch");
    let sixth: Vec<_> = (20..26).map(|n| wish(&n.to_string())).collect();
    let six = history.store.add_together("x", &sixth, 5, at(0)).unwrap();
    assert_eq!(history.task(six[5]).batch, None);
}

#[test]
fn what_history_has_is_not_among_them() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "b");
    let ids = queued(&history, &NAMES);
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| history.task(*id).batch.map(|batch| batch.0) == Some(ids[0].0)));
}

#[test]
fn one_claim_takes_them_all_with_one_intent_for_each_and_nobody_else_gets_any() {
    let history = History::new();
    let ids = queued(&history, &NAMES);
    // Asked for by any of them.
    let claimed = history.store.claim(ids[3], at(10)).unwrap();
    assert_eq!(claimed.urls, NAMES.map(|name| link(name).url));
    assert!(all(&history, &ids, TaskState::Submitting));
    for id in &ids {
        assert!(matches!(history.other().claim(*id, at(11)), Err(StoreError::WrongState)));
        let attempts = history.detail(*id).attempts;
        assert_eq!((attempts.len(), attempts[0].outcome), (1, None));
    }
    let calls: Vec<(u32, u32)> = history
        .sql()
        .prepare("SELECT call, item FROM attempts ORDER BY id")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(calls, (0..5).map(|place| (claimed.attempt.0, place)).collect::<Vec<_>>());
}

#[test]
fn one_acceptance_makes_them_all_run_on_one_id_and_is_one_bill() {
    let history = History::new();
    let ids = running(&history, &NAMES);
    assert!(all(&history, &ids, TaskState::Running));
    for id in &ids {
        let detail = history.detail(*id);
        assert_eq!(detail.task.remote_id.as_deref(), Some("batch"));
        assert_eq!(detail.attempts[0].outcome, Some(Outcome::Accepted));
        assert_eq!(detail.attempts[0].remote_id.as_deref(), Some("batch"));
    }
    // The price of one says nothing about five.
    assert_eq!(spend(&history), [(None, true)]);
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 1, "one task there");
    assert_eq!(history.store.answers(ids[0]).unwrap().len(), 1);
    assert_eq!(due(&history, 1000), [ids[0]], "one question for all");
    let due = history.store.due_to_follow(at(1000), 10).unwrap().remove(0);
    assert_eq!(due.urls, NAMES.map(|name| link(name).url));
}

#[test]
fn an_amount_that_the_provider_said_is_booked_once() {
    let history = History::new();
    let (ids, attempt) = submitting(&history, &NAMES);
    let said = Spent { said: true, ..spent(4) };
    history.store.accepted(attempt, "batch", at(99), &said, &answer("create"), at(20)).unwrap();
    assert_eq!(spend(&history), [(Some(4), true)]);
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 4);
    assert_eq!(history.task(ids[0]).cost, None, "nobody knows what each of them took");
}

#[test]
fn each_ends_by_itself_in_one_step_with_one_answer() {
    let history = History::new();
    let ids = running(&history, &NAMES);
    let mut ends = ends(&NAMES);
    ends[1] = End::Lost(failure(Charged::Unknown));
    let mut changes = history.store.changes();
    history.store.ended(ids[0], &ends, &answer("result"), at(30)).unwrap();
    assert_eq!(announced(&mut changes).len(), 5);
    let done = TaskState::Succeeded;
    assert_eq!(states(&history, &ids), [done, TaskState::Failed, done, done, done]);
    for (id, name) in ids.iter().zip(NAMES).filter(|(_, name)| *name != "b") {
        assert_eq!(Some(&history.detail(*id).transcripts[0].text), won(name).text.as_ref());
    }
    let kept: Vec<_> = ids.iter().map(|id| history.store.answers(*id).unwrap().len()).collect();
    assert_eq!(kept, [2, 0, 0, 0, 0]);
    assert_eq!(due(&history, 99_999), []);
}

#[test]
fn an_answer_about_another_number_of_links_ends_nothing() {
    let history = History::new();
    let ids = running(&history, &NAMES);
    for count in [0, 1, 4] {
        let ended = history.store.ended(ids[0], &ends(&NAMES[..count]), &answer("x"), at(30));
        assert!(matches!(ended, Err(StoreError::WrongState)), "{count}: {ended:?}");
    }
    assert!(all(&history, &ids, TaskState::Running));
}

#[test]
fn a_question_counts_for_all_that_run() {
    let history = History::new();
    let ids = running(&history, &NAMES[..3]);
    history.store.cancel(ids[2], at(25)).unwrap();
    let poll = Poll { progress: Some(40), fetching: true, bad: true, ..poll(Some(at(2000))) };
    history.store.polled(ids[0], &poll).unwrap();
    for id in &ids[..2] {
        let task = history.task(*id);
        assert_eq!((task.progress, task.next_poll_at), (Some(40), Some(at(2000))));
        let due = history.store.followed(*id).unwrap();
        assert!(due.fetching && due.bad_polls == 1);
    }
    assert_eq!(history.task(ids[2]).progress, None);
    history.store.lost(ids[0], &failure(Charged::Unknown), &answer("status"), at(30)).unwrap();
    let (failed, cancelled) = (TaskState::Failed, TaskState::Cancelled);
    assert_eq!(states(&history, &ids), [failed, failed, cancelled]);
}

#[test]
fn whoever_stops_waiting_hands_over_and_gets_the_result_all_the_same() {
    let history = History::new();
    let ids = running(&history, &NAMES[..3]);
    history.store.cancel(ids[0], at(25)).unwrap();
    assert_eq!(due(&history, 1000), [ids[1]]);
    history.store.delete(ids[1], at(26)).unwrap();
    assert_eq!(due(&history, 1000), [ids[1]], "what is paid for is followed in the trash too");
    let due = history.store.followed(ids[1]).unwrap();
    assert_eq!((due.urls.len(), due.place), (3, 1));

    history.store.ended(ids[1], &ends(&NAMES[..3]), &answer("result"), at(30)).unwrap();
    assert!(all(&history, &ids, TaskState::Succeeded));
    assert_eq!(history.detail(ids[0]).transcripts.len(), 1);
}

#[test]
fn to_look_now_and_to_wait_again_are_about_the_one_call() {
    let history = History::new();
    let ids = running(&history, &NAMES[..3]);
    history.store.polled(ids[0], &poll(Some(at(90_000)))).unwrap();
    history.store.check_now(ids[2], at(50)).unwrap();
    assert_eq!(due(&history, 50), [ids[0]]);
    history.store.polled(ids[0], &poll(Some(at(90_000)))).unwrap();
    history.store.cancel(ids[1], at(60)).unwrap();
    history.store.resume(ids[1], at(70)).unwrap();
    assert_eq!(due(&history, 70), [ids[0]]);
}

#[test]
fn a_refusal_fails_them_all_for_nothing() {
    let history = History::new();
    let (ids, attempt) = submitting(&history, &NAMES);
    history.store.rejected(attempt, &failure(Charged::No), &answer("create"), at(20)).unwrap();
    assert!(all(&history, &ids, TaskState::Failed));
    assert_eq!(spend(&history), []);

    // One of them is tried again by itself.
    history.store.retry(ids[1]).unwrap();
    assert_eq!(history.task(ids[1]).batch, None);
    let claimed = history.store.claim(ids[1], at(40)).unwrap();
    assert_eq!((claimed.urls, claimed.number), (vec![link("b").url], 2));
    assert_eq!(history.state(ids[0]), TaskState::Failed);
}

#[test]
fn what_never_left_goes_out_together_again() {
    let history = History::new();
    let (ids, attempt) = submitting(&history, &NAMES[..3]);
    let wait = Wait { reason: WaitReason::GaveUpSending, until: None };
    let failure = failure(Charged::No);
    history.store.sent_back(attempt, Outcome::NotSent, &failure, wait, at(20)).unwrap();
    for id in &ids {
        assert_eq!((history.state(*id), history.task(*id).wait), (TaskState::Queued, Some(wait)));
    }
    history.store.retry(ids[2]).unwrap();
    assert!(ids.iter().all(|id| history.task(*id).wait.is_none()), "the same call: all or none");
    assert_eq!(history.store.claim(ids[0], at(30)).unwrap().urls.len(), 3);
    assert_eq!(history.detail(ids[1]).attempts.len(), 2);
}

#[test]
fn a_night_without_a_network_leaves_no_calls_behind() {
    let history = History::new();
    let (ids, attempt) = submitting(&history, &NAMES[..3]);
    let wait = Wait { reason: WaitReason::Offline, until: Some(at(99)) };
    let failure = failure(Charged::No);
    history.store.sent_back(attempt, Outcome::NotSent, &failure, wait, at(20)).unwrap();
    assert!(ids.iter().all(|id| history.detail(*id).attempts.is_empty()));
}

#[test]
fn who_is_cancelled_before_is_left_out_and_the_last_is_no_batch() {
    let history = History::new();
    let ids = queued(&history, &NAMES[..3]);
    history.store.cancel(ids[0], at(5)).unwrap();
    assert_eq!(history.task(ids[0]).batch, None);
    assert_eq!(history.detail(ids[1]).batch, [ids[2]]);
    assert_eq!(
        history.store.due_to_submit(PROVIDER, at(5), 9).unwrap()[0].task.id,
        ids[1],
        "the next stands for them"
    );
    history.store.delete(ids[1], at(6)).unwrap();
    assert_eq!(history.task(ids[2]).batch, None);
    let claimed = history.store.claim(ids[2], at(10)).unwrap();
    assert_eq!(claimed.urls, [link("c").url]);
    history.accept(claimed.attempt, "single");
    assert_eq!(spend(&history), [(Some(1), true)], "one link has its price");
    // Taken back from the trash it goes by itself.
    history.store.restore(ids[1]).unwrap();
    history.store.retry(ids[1]).unwrap();
    assert_eq!(history.store.claim(ids[1], at(11)).unwrap().urls, [link("b").url]);
}

#[test]
fn one_ambiguous_call_makes_them_all_uncertain_and_is_perhaps_one_bill() {
    let history = History::new();
    let ids = uncertain(&history, &NAMES);
    assert!(all(&history, &ids, TaskState::Uncertain));
    assert_eq!(spend(&history), [(None, false)]);
}

#[test]
fn an_adopted_id_is_that_of_all_that_are_in_doubt_with_it() {
    let history = History::new();
    let ids = uncertain(&history, &NAMES);
    history.store.resend(ids[1]).unwrap();
    history.store.give_up(ids[2], at(30)).unwrap();
    history.store.adopt(ids[3], "found", at(40)).unwrap();

    let (running, queued) = (TaskState::Running, TaskState::Queued);
    let expected = [running, queued, TaskState::Cancelled, running, running];
    assert_eq!(states(&history, &ids), expected);
    assert_eq!(spend(&history), [(None, true)], "proven now");
    assert_eq!(due(&history, 40), [ids[0]]);
    // The place of each in the call is what it was.
    history.store.ended(ids[0], &ends(&NAMES), &answer("result"), at(50)).unwrap();
    assert_eq!(Some(&history.detail(ids[4]).transcripts[0].text), won("e").text.as_ref());
    assert_eq!(history.state(ids[1]), queued, "it was sent again");
    assert_eq!(history.state(ids[2]), TaskState::Cancelled);

    // Who gave up may still have it: the id belongs to its own call.
    history.store.adopt(ids[2], "found", at(60)).unwrap();
    history.store.ended(ids[2], &ends(&NAMES), &answer("result"), at(70)).unwrap();
    assert_eq!(Some(&history.detail(ids[2]).transcripts[0].text), won("c").text.as_ref());
    let taken =
        history.store.adopt(history.in_situation(Situation::Uncertain, "x"), "found", at(80));
    assert!(matches!(taken, Err(StoreError::RemoteIdTaken(_))), "{taken:?}");
}

#[test]
fn a_wrong_id_makes_them_all_uncertain_again() {
    let history = History::new();
    let ids = uncertain(&history, &NAMES[..3]);
    history.store.adopt(ids[0], "mistyped", at(40)).unwrap();
    let unknown_id = Failure::new(PROVIDER, FailureKind::NotFound);
    history.store.lost(ids[0], &unknown_id, &answer("status"), at(50)).unwrap();
    assert!(all(&history, &ids, TaskState::Uncertain));
    history.store.adopt(ids[2], "right", at(60)).unwrap();
    assert!(all(&history, &ids, TaskState::Running));
}

#[test]
fn a_program_that_ends_during_the_call_leaves_them_all_uncertain_with_one_bill() {
    let history = History::new();
    let (ids, attempt) = submitting(&history, &NAMES);
    let (single, _) = history.submitting("single");
    let history = history.reopened();
    let lost = |_: &shiwen_core::Task| (failure(Charged::Unknown), unsure(1));
    assert_eq!(history.store.recover(lost, at(500)).unwrap(), 6);
    assert!(all(&history, &ids, TaskState::Uncertain));
    assert_eq!(history.state(single), TaskState::Uncertain);
    for id in &ids {
        assert_eq!(history.detail(*id).attempts[0].outcome, Some(Outcome::Crashed));
    }
    assert_eq!(spend(&history), [(None, false), (Some(1), false)]);
    let late =
        history.store.accepted(attempt, "r", at(1000), &spent(1), &answer("create"), at(600));
    assert!(matches!(late, Err(StoreError::WrongState)), "{late:?}");
    assert_eq!(history.store.recover(lost, at(700)).unwrap(), 0);
}

#[test]
fn the_id_of_another_call_may_come_again() {
    let history = History::new();
    let first = running(&history, &NAMES[..2]);
    let (second, attempt) = submitting(&history, &["x", "y"]);
    history.accept(attempt, "batch");
    assert_eq!(due(&history, 1000), [first[0], second[0]]);
    let single = history.running("z");
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 3);
    history.store.ended(second[0], &ends(&["x", "y"]), &answer("result"), at(30)).unwrap();
    assert!(all(&history, &second, TaskState::Succeeded));
    assert!(all(&history, &first, TaskState::Running));
    assert_eq!(history.state(single), TaskState::Running);
}

#[test]
fn why_they_wait_is_said_of_all_and_a_minute_that_is_full_of_those_that_come_next() {
    let history = History::new();
    let ids = queued(&history, &NAMES[..3]);
    let key = Wait { reason: WaitReason::Key, until: None };
    history.store.wait(ids[1], key).unwrap();
    assert!(ids.iter().all(|id| history.task(*id).wait == Some(key)));

    let others: Vec<_> = (0..120).map(|n| wish(&n.to_string())).collect();
    let others = history.store.add_tasks("x", &others, at(0)).unwrap();
    history.store.pace(PROVIDER, at(60), at(1)).unwrap();
    assert_eq!(history.task(ids[0]).wait, Some(key), "it waits for something else");
    let rate = Some(Wait { reason: WaitReason::Rate, until: Some(at(60)) });
    assert_eq!(history.task(others[0]).wait, rate);
    assert_eq!(history.task(others[119]).wait, None, "far behind the others");
    let mut changes = history.store.changes();
    history.store.pace(PROVIDER, at(70), at(2)).unwrap();
    assert_eq!(announced(&mut changes), [], "they know already");
    history.store.pace(PROVIDER, at(120), at(60)).unwrap();
    assert_eq!(history.task(others[0]).wait.unwrap().until, Some(at(120)));
}
