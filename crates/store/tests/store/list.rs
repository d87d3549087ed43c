//! What is read: the list by pages, and what is due.

use shiwen_core::{NewTask, Outcome, ProviderId, TaskId, TaskState, Wait, WaitReason};
use shiwen_store::{DueTask, Poll};

use crate::fixture::{Situation as From, *};

fn ids(due: &[DueTask]) -> Vec<TaskId> {
    due.iter().map(|due| due.task.id).collect()
}

#[test]
fn pages_are_newest_first_and_say_how_many_there_are() {
    let history = History::new();
    let mut made: Vec<_> = (0..25).map(|n| history.queued(&n.to_string())).collect();
    history.store.delete(made.remove(7), at(1)).unwrap();
    made.reverse();

    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    let mut before = None;
    loop {
        let page = history.store.tasks(Desk::Texts, before, 10).unwrap();
        assert_eq!(page.total, 24);
        sizes.push(page.tasks.len());
        seen.extend(page.tasks.iter().map(|task| task.id));
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    assert_eq!((seen, sizes), (made, vec![10, 10, 4]));
}

#[test]
fn tasks_of_one_paste_stand_together_in_the_order_of_its_links_on_every_page() {
    let history = History::new();
    let paste =
        |names: [&str; 4]| history.store.add_tasks("paste", &names.map(wish), at(0)).unwrap();
    let (older, newer) = (paste(["a", "b", "c", "d"]), paste(["e", "f", "g", "h"]));
    let wanted = [newer, older].concat();
    for size in 1..=9 {
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = history.store.tasks(Desk::Texts, before, size).unwrap();
            seen.extend(page.tasks.iter().map(|task| task.id));
            before = page.before;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, wanted, "pages of {size}");
    }
}

#[test]
fn a_new_task_does_not_shift_the_pages_behind_it() {
    let history = History::new();
    let made: Vec<_> = (0..6).map(|n| history.queued(&n.to_string())).collect();
    let first = history.store.tasks(Desk::Texts, None, 3).unwrap();
    history.queued("new");
    let second = history.store.tasks(Desk::Texts, first.before, 3).unwrap();
    let seen: Vec<_> = second.tasks.iter().map(|task| task.id).collect();
    assert_eq!(seen, [made[2], made[1], made[0]]);
    assert_eq!(history.store.tasks(Desk::Texts, second.before, 3).unwrap().tasks, []);
}

#[test]
fn an_empty_history_has_one_empty_page() {
    let history = History::new();
    let page = history.store.tasks(Desk::Texts, None, 50).unwrap();
    assert_eq!((page.tasks, page.total, page.before), (vec![], 0, None));
}

#[test]
fn the_longest_overdue_is_asked_first() {
    let history = History::new();
    let tasks: Vec<_> = (0..4).map(|n| history.running(&n.to_string())).collect();
    for (task, next) in tasks.iter().zip([400, 200, 300, 999]) {
        history.store.polled(*task, &poll(Some(at(next)))).unwrap();
    }
    let due = |now, limit| ids(&history.store.due_to_follow(at(now), limit).unwrap());
    assert_eq!(due(199, 10), []);
    assert_eq!(due(400, 10), [tasks[1], tasks[2], tasks[0]]);
    assert_eq!(due(400, 1), [tasks[1]]);
    assert_eq!(history.store.next_due(at(400)).unwrap().0, Some(at(999)));
    assert_eq!(history.store.next_due(at(999)).unwrap().0, None);
}

#[test]
fn queued_tasks_are_submitted_in_their_order_when_their_wait_is_over() {
    let history = History::new();
    let store = &history.store;
    let tasks: Vec<_> = (0..6).map(|n| history.queued(&n.to_string())).collect();
    let elsewhere = NewTask { provider: ProviderId::Coze, ..wish("coze") };
    let coze = store.add_tasks("x", &[elsewhere], at(0)).unwrap()[0];
    for (task, reason, until) in [
        (tasks[1], WaitReason::Rate, Some(at(500))),
        (tasks[2], WaitReason::Slot, None),
        (tasks[3], WaitReason::GaveUpSending, None),
    ] {
        store.wait(task, Wait { reason, until }).unwrap();
    }
    store.pause_paste(history.task(tasks[4]).paste).unwrap();
    let due = |now, limit| ids(&store.due_to_submit(PROVIDER, at(now), limit).unwrap());
    assert_eq!(due(0, 10), [tasks[0], tasks[2], tasks[5]]);
    assert_eq!(due(500, 10), [tasks[0], tasks[1], tasks[2], tasks[5]]);
    assert_eq!(due(500, 2), [tasks[0], tasks[1]]);
    assert_eq!(store.next_due(at(0)).unwrap().0, Some(at(500)));
    assert_eq!(ids(&store.due_to_submit(ProviderId::Coze, at(0), 10).unwrap()), [coze]);
    let mut providers = store.queued_providers().unwrap();
    providers.sort();
    assert_eq!(providers, [ProviderId::Momoget, ProviderId::Coze]);
    let due = store.due_to_submit(PROVIDER, at(0), 1).unwrap();
    assert_eq!(due[0].share_text, pasted("0"));
}

#[test]
fn a_refused_key_holds_the_running_tasks_of_that_provider_until_it_changes() {
    let history = History::new();
    let store = &history.store;
    let running = history.running("1");
    let queued = history.queued("2");
    let key = Wait { reason: WaitReason::Key, until: None };
    store.wait(queued, key).unwrap();
    let elsewhere = NewTask { provider: ProviderId::Coze, ..wish("3") };
    let other = store.add_tasks("x", &[elsewhere], at(0)).unwrap()[0];
    let attempt = store.claim(other, at(1)).unwrap().attempt;
    history.accept(attempt, "coze-3");

    let mut changes = store.changes();
    store.hold(PROVIDER).unwrap();
    assert_eq!(announced(&mut changes).len(), 1);
    store.hold(PROVIDER).unwrap();
    assert_eq!(announced(&mut changes).len(), 0, "held already");
    assert_eq!(history.task(running).wait, Some(key));
    assert_eq!(ids(&store.due_to_follow(at(9999), 10).unwrap()), [other]);

    store.release(PROVIDER).unwrap();
    assert_eq!(announced(&mut changes).len(), 2);
    assert_eq!((history.task(running).wait, history.task(queued).wait), (None, None));
    assert_eq!(ids(&store.due_to_follow(at(0), 10).unwrap()), [running], "asked at once");
}

#[test]
fn slots_are_taken_by_what_the_provider_works_on() {
    let history = History::new();
    for from in From::ALL {
        history.in_situation(from, &format!("{from:?}"));
    }
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 1);
    assert_eq!(history.store.at_work(ProviderId::Coze).unwrap(), 0);
    let late = history.running("late");
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 2);
    history.store.polled(late, &Poll { stalled: true, ..poll(Some(at(9000))) }).unwrap();
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 1);
}

#[test]
fn tasks_are_counted_by_state_with_those_in_the_trash() {
    let history = History::new();
    for from in From::ALL {
        history.in_situation(from, &format!("{from:?}"));
    }
    let count = |state| history.store.count_in(state).unwrap();
    assert_eq!(count(TaskState::Queued), 2);
    assert_eq!(count(TaskState::Cancelled), 3);
    assert_eq!(count(TaskState::Uncertain), 1);
    let deleted = history.in_situation(From::Uncertain, "deleted");
    history.store.delete(deleted, at(50)).unwrap();
    assert_eq!(count(TaskState::Uncertain), 2);
}

#[test]
fn a_queued_task_says_how_many_are_ahead_of_it() {
    let history = History::new();
    let first = history.queued("1");
    history.queued("2");
    let third = history.queued("3");
    assert_eq!(history.detail(first).ahead, 0);
    assert_eq!(history.detail(third).ahead, 2);
    history.store.claim(first, at(5)).unwrap();
    assert_eq!(history.detail(third).ahead, 1);
    let done = history.in_situation(From::Succeeded, "done");
    assert_eq!(history.detail(done).ahead, 0, "it waits for nobody");
}

#[test]
fn the_usual_duration_is_the_median_of_the_last_twenty() {
    let history = History::new();
    let run = |name: &str, seconds: i64| {
        let id = history.queued(name);
        let attempt = history.store.claim(id, at(0)).unwrap().attempt;
        let answer = answer("create");
        let end = at(seconds * 1000);
        history.store.won_at_once(attempt, &won("1"), &spent(1), &answer, end).unwrap();
        id
    };
    let id = run("a", 10);
    run("b", 12);
    assert_eq!(history.detail(id).usual_s, None, "two say nothing yet");
    run("c", 500);
    assert_eq!(history.detail(id).usual_s, Some(12));
    for n in 0..20 {
        run(&n.to_string(), 1000 + n);
    }
    assert_eq!(history.detail(id).usual_s, Some(1010), "old ones no longer count");
}

#[test]
fn what_a_task_waits_for_is_shown_until_it_goes_on() {
    let history = History::new();
    let id = history.queued("1");
    for reason in WaitReason::ALL {
        let wait = Wait { reason: *reason, until: Some(at(77)) };
        history.store.wait(id, wait).unwrap();
        assert_eq!(history.task(id).wait, Some(wait));
    }
    let attempt = history.store.claim(id, at(80)).unwrap().attempt;
    assert_eq!(history.task(id).wait, None);
    let wait = Wait { reason: WaitReason::Slot, until: None };
    let failure = failure(shiwen_core::Charged::No);
    history.store.sent_back(attempt, Outcome::Rejected, &failure, wait, at(90)).unwrap();
    assert_eq!(history.task(id).wait, Some(wait));
}
