//! The ledger by time counts what the bound of a day counts.

use shiwen_core::{ProviderId, Spent, Timestamp, Unit};
use shiwen_store::Spent as Booked;

use crate::fixture::*;

const EVER: (Timestamp, Timestamp) = (Timestamp(0), Timestamp(i64::MAX));

/// What was spent in all.
fn spent_ever(history: &History) -> Vec<Spent> {
    history.store.spent_within(&[EVER]).unwrap().remove(0)
}

fn line(unit: Unit, calls: u32, amount: u32, open: u32, uncertain: u32) -> Spent {
    Spent { provider: PROVIDER, unit, calls, amount, open, uncertain }
}

#[test]
fn each_call_is_on_one_line_of_its_provider_and_unit() {
    let history = History::new();
    history.running("1");
    history.in_situation(Situation::Succeeded, "2");
    history.in_situation(Situation::Uncertain, "3");
    let (_, seconds) = history.submitting("4");
    let unknown = Booked { unit: Unit::Second, amount: None, said: false, certain: true };
    history.store.accepted(seconds, "r4", at(1000), &unknown, &answer("create"), at(20)).unwrap();
    let uses = line(Unit::Use, 3, 3, 0, 1);
    assert_eq!(spent_ever(&history), [line(Unit::Second, 1, 0, 1, 0), uses.clone()]);
    // The length of its video is known now.
    let id = history.store.last_calls(1).unwrap()[0].task;
    history.store.won(id, &won("4"), &answer("result"), at(30)).unwrap();
    assert_eq!(spent_ever(&history), [line(Unit::Second, 1, 63, 0, 0), uses]);
    let sum: u32 = spent_ever(&history).iter().map(|line| line.amount).sum();
    assert_eq!(history.store.booked_since(PROVIDER, at(0)).unwrap(), sum);
}

#[test]
fn a_call_for_several_links_counts_as_their_number_and_stays_open() {
    let history = History::new();
    let wishes = ["1", "2", "3"].map(wish);
    let ids = history.store.add_together(&pasted("1"), &wishes, 3, at(0)).unwrap();
    let attempt = history.store.claim(ids[0], at(10)).unwrap().attempt;
    let unknown = Booked { amount: None, ..spent(1) };
    history.store.accepted(attempt, "r", at(1000), &unknown, &answer("create"), at(20)).unwrap();
    assert_eq!(spent_ever(&history), [line(Unit::Use, 1, 3, 1, 0)]);
    assert_eq!(history.store.booked_since(PROVIDER, at(0)).unwrap(), 3);
}

#[test]
fn what_is_proven_to_have_come_to_nothing_is_on_no_line() {
    let history = History::new();
    let doubtful = history.in_situation(Situation::Uncertain, "1");
    assert_eq!(spent_ever(&history), [line(Unit::Use, 1, 1, 0, 1)]);
    let attempt = history.detail(doubtful).attempts[0].id;
    history.store.note_evidence(attempt, |seen| seen.not_there_at = Some(at(200))).unwrap();
    assert_eq!(spent_ever(&history), []);
}

#[test]
fn a_span_begins_with_its_first_moment_and_ends_before_its_last() {
    let history = History::new();
    history.running("1");
    let spans = [(at(0), at(20)), (at(20), at(21)), (at(21), at(90))];
    let spent = history.store.spent_within(&spans).unwrap();
    assert_eq!(spent.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!(history.store.last_spent(at(21)).unwrap(), Some(at(20)));
    assert_eq!(history.store.last_spent(at(20)).unwrap(), None);
}

#[test]
fn what_was_spent_outlives_its_task() {
    let history = History::new();
    let id = history.in_situation(Situation::Succeeded, "1");
    history.store.delete(id, at(40)).unwrap();
    history.sql().execute("DELETE FROM tasks", []).unwrap();
    assert_eq!(spent_ever(&history), [line(Unit::Use, 1, 1, 0, 0)]);
    assert_eq!(history.store.spent_within(&[EVER]).unwrap()[0][0].provider, ProviderId::Momoget);
}

#[test]
fn tasks_that_ended_for_a_video_that_is_known_are_saved() {
    let history = History::new();
    let [saved, cancelled] = ["1", "2"].map(|id| history.queued(id));
    history.store.cancel(cancelled, at(30)).unwrap();
    let sql = format!(
        "UPDATE tasks SET state = 'cancelled', cancel_cause = 'same_video', ended_at = {} WHERE id = {saved}",
        at(30).0
    );
    history.sql().execute(&sql, []).unwrap();
    assert_eq!(history.store.saved_within(at(0), at(31)).unwrap(), [at(30)]);
    assert_eq!(history.store.saved_within(at(31), at(99)).unwrap(), []);
}
