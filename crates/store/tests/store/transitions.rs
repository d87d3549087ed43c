//! The table of states: what may follow what. Everything else is refused and changes nothing.

use std::{cell::Cell, collections::BTreeSet};

use shiwen_core::{
    AttemptId, CancelCause, Charged, Outcome, TaskId, TaskState as State, Wait, WaitReason,
};
use shiwen_store::{Poll, Store, StoreError};

use crate::fixture::{Situation as From, *};

/// One way to change a task.
struct Step {
    name: &'static str,
    run: fn(&Store, TaskId, AttemptId) -> Result<(), StoreError>,
    /// Where it may begin, and the state it leads to from there.
    allowed: &'static [(From, State)],
}

const WAIT: Wait = Wait { reason: WaitReason::Slot, until: None };

const STEPS: &[Step] = &[
    Step {
        name: "claim",
        run: |store, id, _| store.claim(id, at(100)).map(|_| ()),
        allowed: &[(From::Queued, State::Submitting), (From::GaveUpSending, State::Submitting)],
    },
    Step {
        name: "wait",
        run: |store, id, _| store.wait(id, WAIT),
        allowed: &[(From::Queued, State::Queued), (From::GaveUpSending, State::Queued)],
    },
    Step {
        name: "accepted",
        run: |store, id, attempt| {
            let id = format!("new-{id}");
            store.accepted(attempt, &id, at(1), &spent(1), &answer("create"), at(100))
        },
        allowed: &[(From::Submitting, State::Running)],
    },
    Step {
        name: "won_at_once",
        run: |store, _, attempt| {
            store.won_at_once(attempt, &won("1"), &spent(1), &answer("create"), at(100))
        },
        allowed: &[(From::Submitting, State::Succeeded)],
    },
    Step {
        name: "rejected",
        run: |store, _, attempt| {
            store.rejected(attempt, &failure(Charged::No), &answer("create"), at(100))
        },
        allowed: &[(From::Submitting, State::Failed)],
    },
    Step {
        name: "sent_back",
        run: |store, _, attempt| {
            store.sent_back(attempt, Outcome::NotSent, &failure(Charged::No), WAIT, at(100))
        },
        allowed: &[(From::Submitting, State::Queued)],
    },
    Step {
        name: "unknown",
        run: |store, _, attempt| {
            let body = answer("create");
            store.unknown(attempt, &failure(Charged::Unknown), &unsure(1), Some(&body), at(100))
        },
        allowed: &[(From::Submitting, State::Uncertain)],
    },
    Step {
        name: "polled",
        run: |store, id, _| store.polled(id, &poll(Some(at(200)))),
        allowed: &[(From::Running, State::Running)],
    },
    Step {
        name: "won",
        run: |store, id, _| store.won(id, &won("1"), &answer("result"), at(100)),
        allowed: &[(From::Running, State::Succeeded), (From::StoppedWaiting, State::Succeeded)],
    },
    Step {
        name: "lost",
        run: |store, id, _| store.lost(id, &failure(Charged::No), &answer("status"), at(100)),
        allowed: &[(From::Running, State::Failed)],
    },
    Step {
        name: "cancel",
        run: |store, id, _| store.cancel(id, at(100)),
        allowed: &[
            (From::Queued, State::Cancelled),
            (From::GaveUpSending, State::Cancelled),
            (From::Running, State::Cancelled),
        ],
    },
    Step {
        name: "resume",
        run: |store, id, _| store.resume(id, at(100)),
        allowed: &[(From::StoppedWaiting, State::Running)],
    },
    Step {
        name: "check_now",
        run: |store, id, _| store.check_now(id, at(100)),
        allowed: &[(From::Running, State::Running)],
    },
    Step {
        name: "retry",
        run: |store, id, _| store.retry(id),
        allowed: &[
            (From::GaveUpSending, State::Queued),
            (From::Failed, State::Queued),
            (From::CancelledBefore, State::Queued),
            (From::GaveUp, State::Queued),
        ],
    },
    Step {
        name: "resend",
        run: |store, id, _| store.resend(id),
        allowed: &[
            (From::Uncertain, State::Queued),
            (From::Failed, State::Queued),
            (From::CancelledBefore, State::Queued),
            (From::GaveUp, State::Queued),
        ],
    },
    Step {
        name: "adopt",
        run: |store, id, _| store.adopt(id, &format!("found-{id}"), at(100)),
        allowed: &[(From::Uncertain, State::Running), (From::GaveUp, State::Running)],
    },
    Step {
        name: "give_up",
        run: |store, id, _| store.give_up(id, at(100)),
        allowed: &[(From::Uncertain, State::Cancelled)],
    },
    Step {
        name: "delete",
        run: |store, id, _| store.delete(id, at(100)),
        allowed: &[
            (From::Queued, State::Cancelled),
            (From::GaveUpSending, State::Cancelled),
            (From::Running, State::Running),
            (From::Succeeded, State::Succeeded),
            (From::Failed, State::Failed),
            (From::CancelledBefore, State::Cancelled),
            (From::StoppedWaiting, State::Cancelled),
            (From::GaveUp, State::Cancelled),
            (From::Uncertain, State::Uncertain),
        ],
    },
];

/// Brings a new task into the situation and takes the step.
fn take(history: &History, step: &Step, from: From) -> (TaskId, Result<(), StoreError>) {
    let id = history.in_situation(from, &format!("{}-{from:?}", step.name));
    let attempt =
        last_attempt(&history.detail(id)).map_or(AttemptId(u32::MAX), |last| last.attempt);
    (id, (step.run)(&history.store, id, attempt))
}

#[test]
fn every_allowed_step_leads_where_the_table_says() {
    let history = History::new();
    for step in STEPS {
        for (from, to) in step.allowed {
            let (id, done) = take(&history, step, *from);
            assert!(done.is_ok(), "{} from {from:?}: {done:?}", step.name);
            assert_eq!(history.state(id), *to, "{} from {from:?}", step.name);
        }
    }
}

#[test]
fn every_other_step_is_refused_and_changes_nothing() {
    let history = History::new();
    let refused = Cell::new(0);
    for step in STEPS {
        let allowed = |from| step.allowed.iter().any(|(begin, _)| *begin == from);
        for from in From::ALL.into_iter().filter(|from| !allowed(*from)) {
            let name = format!("{} from {from:?}", step.name);
            let id = history.in_situation(from, &name);
            let detail = history.detail(id);
            let attempt = last_attempt(&detail).map_or(AttemptId(u32::MAX), |last| last.attempt);
            let before = history.rows(id);
            let mut changes = history.store.changes();

            let done = (step.run)(&history.store, id, attempt);

            assert!(matches!(done, Err(StoreError::WrongState)), "{name}: {done:?}");
            assert_eq!(history.rows(id), before, "{name}");
            assert_eq!(announced(&mut changes), [], "{name}");
            refused.set(refused.get() + 1);
        }
    }
    let allowed: usize = STEPS.iter().map(|step| step.allowed.len()).sum();
    assert_eq!(refused.get() + allowed, STEPS.len() * From::ALL.len());
}

#[test]
fn a_task_that_does_not_exist_is_gone_whatever_is_asked() {
    let history = History::new();
    let nothing = TaskId(4711);
    // These name an attempt; without one there is nothing that could be open.
    let by_attempt =
        BTreeSet::from(["accepted", "won_at_once", "rejected", "sent_back", "unknown"]);
    for step in STEPS {
        let done = (step.run)(&history.store, nothing, AttemptId(4711));
        match by_attempt.contains(step.name) {
            true => assert!(matches!(done, Err(StoreError::WrongState)), "{}: {done:?}", step.name),
            false => assert!(matches!(done, Err(StoreError::TaskGone)), "{}: {done:?}", step.name),
        }
    }
    assert!(matches!(history.store.task(nothing), Err(StoreError::TaskGone)));
    assert!(matches!(history.store.detail(nothing), Err(StoreError::TaskGone)));
    assert!(matches!(history.store.restore(nothing), Err(StoreError::TaskGone)));
    assert!(matches!(
        history.store.save_cover(nothing, "image/png", b"x"),
        Err(StoreError::TaskGone)
    ));
}

#[test]
fn a_create_call_has_one_outcome() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    history.accept(attempt, "r-1");
    let before = history.rows(id);

    let again =
        history.store.accepted(attempt, "r-2", at(1000), &spent(1), &answer("create"), at(30));
    assert!(matches!(again, Err(StoreError::WrongState)), "{again:?}");
    let rejected =
        history.store.rejected(attempt, &failure(Charged::No), &answer("create"), at(30));
    assert!(matches!(rejected, Err(StoreError::WrongState)), "{rejected:?}");
    assert_eq!(history.rows(id), before);
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 1, "paid once");
}

#[test]
fn cancelling_says_what_it_meant() {
    let history = History::new();
    for (from, cause) in [
        (From::CancelledBefore, CancelCause::BeforeSubmit),
        (From::StoppedWaiting, CancelCause::StoppedWaiting),
        (From::GaveUp, CancelCause::GaveUp),
    ] {
        let task = history.task(history.in_situation(from, &format!("{from:?}")));
        assert_eq!((task.cancel_cause, task.ended_at), (Some(cause), Some(at(30))));
        let kept = (from == From::StoppedWaiting).then(|| remote("StoppedWaiting"));
        assert_eq!(task.remote_id, kept, "{from:?}");
    }
}

#[test]
fn a_result_after_the_user_stopped_waiting_is_kept_since_it_was_paid_for() {
    let history = History::new();
    let id = history.in_situation(From::StoppedWaiting, "1");
    history.store.won(id, &won("1"), &answer("result"), at(100)).unwrap();
    let detail = history.detail(id);
    assert_eq!((detail.task.state, detail.task.cancel_cause), (State::Succeeded, None));
    assert_eq!(detail.transcripts.len(), 1);
}

#[test]
fn resuming_asks_the_provider_for_the_same_remote_task() {
    let history = History::new();
    let id = history.in_situation(From::StoppedWaiting, "1");
    history.store.resume(id, at(500)).unwrap();
    let task = history.task(id);
    assert_eq!((task.remote_id, task.cancel_cause, task.ended_at), (Some(remote("1")), None, None));
    assert_eq!(history.store.due_to_follow(at(500), 10).unwrap()[0].task.id, id);
    assert_eq!(history.detail(id).attempts.len(), 1);
}

#[test]
fn trying_again_starts_clean_and_keeps_the_ledger() {
    let history = History::new();
    for (from, again) in [
        (From::Failed, Store::retry as fn(&Store, TaskId) -> _),
        (From::CancelledBefore, Store::retry),
        (From::GaveUp, Store::retry),
        (From::GaveUpSending, Store::retry),
        (From::Uncertain, Store::resend),
    ] {
        let id = history.in_situation(from, &format!("{from:?}"));
        let ledger = history.detail(id).attempts;
        again(&history.store, id).unwrap();

        let due = history.store.due_to_submit(PROVIDER, at(40), 100).unwrap();
        let due = due.iter().find(|due| due.task.id == id).unwrap();
        let task = &due.task;
        assert_eq!((task.wait, &task.failure, task.cancel_cause), (None, &None, None), "{from:?}");
        assert_eq!((&task.remote_id, task.submitted_at, task.ended_at), (&None, None, None));
        assert_eq!((task.next_poll_at, task.progress, task.stalled), (None, None, false));
        assert_eq!((due.sends, due.bad_polls, due.fetching), (0, 0, false), "{from:?}");

        let claimed = history.store.claim(id, at(50)).unwrap();
        assert_eq!(claimed.number as usize, ledger.len() + 1, "{from:?}");
        let attempts = history.detail(id).attempts;
        assert_eq!(attempts[..ledger.len()], ledger, "{from:?}: older calls stay in the ledger");
        history.accept(claimed.attempt, &format!("again-{from:?}"));
        assert_eq!(history.task(id).remote_id, Some(format!("again-{from:?}")));
    }
}

#[test]
fn trying_again_forgets_how_the_following_went() {
    let history = History::new();
    let id = history.running("1");
    let bad = Poll { bad: true, stalled: true, progress: Some(80), ..poll(Some(at(50))) };
    history.store.polled(id, &bad).unwrap();
    history.store.lost(id, &failure(Charged::No), &answer("status"), at(60)).unwrap();
    history.store.retry(id).unwrap();
    let attempt = history.store.claim(id, at(70)).unwrap().attempt;
    history.accept(attempt, "again");

    let due = &history.store.due_to_follow(at(1000), 10).unwrap()[0];
    assert_eq!((due.bad_polls, due.fetching), (0, false));
    assert_eq!((due.task.stalled, due.task.progress), (false, None));
}
