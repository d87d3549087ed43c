//! Two tasks that turn out to be about one video: one of them is paid for.

use shiwen_core::{
    CancelCause, Entry, Landing, Link, LinkKind, NewTask, Operation, TaskId, TaskState,
};
use shiwen_store::StoreError;

use crate::fixture::{Situation as From, *};

fn short(code: &str) -> Link {
    let url = format!("https://v.douyin.com/{code}/");
    Link { canonical: None, url, kind: LinkKind::Short, id: None, ..link("0") }
}

fn wish_for(code: &str) -> NewTask {
    NewTask { link: Some(short(code)), ..wish("0") }
}

impl History {
    fn add(&self, tasks: &[NewTask]) -> Vec<TaskId> {
        self.store.add_tasks("x", tasks, at(0)).unwrap()
    }

    /// It is learned that this short link leads to the video `id`.
    fn learn(&self, code: &str, id: &str) {
        let Link { platform, kind, canonical, .. } = link(id);
        let landing = Landing { platform, kind, id: id.to_owned(), canonical };
        self.store.save_landing(&short(code), &landing, at(50)).unwrap();
    }

    fn ended_unpaid(&self, id: TaskId) -> bool {
        let detail = self.detail(id);
        let task = detail.task;
        let cancelled = (task.state, task.cancel_cause, task.batch)
            == (TaskState::Cancelled, Some(CancelCause::SameVideo), None);
        assert!(cancelled || task.state == TaskState::Queued, "{task:?}");
        cancelled && detail.attempts.is_empty()
    }
}

#[test]
fn of_two_queued_short_links_of_one_video_the_earlier_goes_on_whichever_was_learned_first() {
    for codes in [["a1", "b2"], ["b2", "a1"]] {
        let history = History::new();
        let ids = history.add(&[wish_for("a1"), wish_for("b2")]);
        let mut changes = history.store.changes();

        codes.iter().for_each(|code| history.learn(code, "1"));

        assert!(history.ended_unpaid(ids[1]));
        let last = announced(&mut changes).pop().unwrap();
        assert!(format!("{last:?}").contains("SameVideo"), "{last:?}");
        assert_eq!(history.store.claim(ids[0], at(60)).unwrap().tasks, [ids[0]]);
        let claimed = history.store.claim(ids[1], at(60));
        assert!(matches!(claimed, Err(StoreError::WrongState)), "{claimed:?}");
    }
}

#[test]
fn a_queued_task_ends_when_its_video_has_a_result_or_may_still_get_one() {
    for from in From::ALL {
        let history = History::new();
        history.in_situation(from, "1");
        let second = history.add(&[wish_for("b2")])[0];

        history.learn("b2", "1");

        let came_to_nothing = matches!(from, From::Failed | From::CancelledBefore | From::GaveUp);
        assert_eq!(history.ended_unpaid(second), !came_to_nothing, "{from:?}");
    }
}

#[test]
fn what_came_back_from_the_trash_is_noticed_when_the_other_is_claimed() {
    let history = History::new();
    let first = history.in_situation(From::Succeeded, "1");
    history.store.delete(first, at(40)).unwrap();
    let second = history.queued("1");
    history.store.restore(first).unwrap();

    let claimed = history.store.claim(second, at(60));

    assert!(matches!(claimed, Err(StoreError::WrongState)), "{claimed:?}");
    assert!(history.ended_unpaid(second));
    assert_eq!(history.task(second).ended_at, Some(at(60)));
}

#[test]
fn another_wish_about_the_same_video_is_no_second_one() {
    let history = History::new();
    let asked = |question: &str| NewTask {
        operation: Operation::Analyze,
        input: [("prompt".to_owned(), Entry::Text(question.to_owned()))].into(),
        ..wish_for("b2")
    };
    history.in_situation(From::Succeeded, "1");
    let english = NewTask { target_language: Some("en".to_owned()), ..wish_for("b2") };
    let details = NewTask { operation: Operation::Resolve, ..wish_for("b2") };
    let again = NewTask { again: true, ..wish_for("b2") };
    let ids = history.add(&[english, details, again, asked("讲了什么")]);
    // The history's own rule takes no second analysis of a link; the user asked something else.
    let other = history.add(&[NewTask { again: true, ..asked("用了哪些工具") }])[0];

    history.learn("b2", "1");

    for id in ids.into_iter().chain([other]) {
        assert!(!history.ended_unpaid(id), "{:?}", history.task(id));
        assert_eq!(history.store.claim(id, at(60)).unwrap().tasks, [id]);
    }
}

#[test]
fn a_second_analysis_ends_only_where_it_asks_the_same() {
    for (question, ends) in [("讲了什么", true), ("用了哪些工具", false)] {
        let history = History::new();
        let asked = |code: &str, question: &str| NewTask {
            operation: Operation::Analyze,
            input: [("prompt".to_owned(), Entry::Text(question.to_owned()))].into(),
            ..wish_for(code)
        };
        let ids = history.add(&[asked("a1", "讲了什么"), asked("b2", question)]);
        history.learn("a1", "1");
        history.learn("b2", "1");
        assert_eq!(history.ended_unpaid(ids[1]), ends, "{question}");
    }
}

#[test]
fn a_call_goes_out_without_the_links_that_are_one_video() {
    let history = History::new();
    let tasks = ["a1", "b2", "c3"].map(wish_for);
    let ids = history.store.add_together("x", &tasks, 3, at(0)).unwrap();
    history.learn("a1", "1");
    history.learn("c3", "1");
    assert!(history.ended_unpaid(ids[2]));

    let claimed = history.store.claim(ids[0], at(60)).unwrap();

    assert_eq!(claimed.tasks, ids[..2]);
    assert_eq!(claimed.urls, [short("a1").url, short("b2").url]);
}

#[test]
fn of_a_call_whose_first_link_is_known_elsewhere_the_others_go_out_in_their_turn() {
    let history = History::new();
    let first = history.in_situation(From::Succeeded, "1");
    history.store.delete(first, at(40)).unwrap();
    let tasks = [wish("1"), wish("2"), wish("3")];
    let ids = history.store.add_together("x", &tasks, 3, at(0)).unwrap();
    history.store.restore(first).unwrap();

    let claimed = history.store.claim(ids[0], at(60));

    assert!(matches!(claimed, Err(StoreError::WrongState)), "{claimed:?}");
    assert!(history.ended_unpaid(ids[0]));
    let due = history.store.due_to_submit(PROVIDER, at(60), 5).unwrap();
    assert_eq!(due.iter().map(|due| due.task.id).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(history.store.claim(ids[1], at(60)).unwrap().tasks, ids[1..]);
}

#[test]
fn a_batch_of_which_one_link_is_left_is_none() {
    let history = History::new();
    let tasks = ["a1", "b2"].map(wish_for);
    let ids = history.store.add_together("x", &tasks, 2, at(0)).unwrap();
    history.learn("b2", "1");
    history.learn("a1", "1");
    assert!(history.ended_unpaid(ids[1]));
    assert_eq!(history.task(ids[0]).batch, None);
    assert_eq!(history.store.claim(ids[0], at(60)).unwrap().tasks, ids[..1]);
}

#[test]
fn a_failed_task_is_tried_again_only_knowingly_once_another_has_the_result() {
    for from in [From::Failed, From::CancelledBefore, From::GaveUp] {
        let history = History::new();
        let first = history.in_situation(from, "1");
        let second = history.add(&[wish_for("b2")])[0];
        history.learn("b2", "1");
        let before = history.rows(first);

        let retried = history.store.retry(first);

        assert!(matches!(retried, Err(StoreError::Known(other)) if other == second), "{retried:?}");
        assert_eq!(history.rows(first), before);
        history.store.resend(first).unwrap();
        assert_eq!(history.store.claim(first, at(60)).unwrap().tasks, [first]);
        // It was sent, so the other one waits for nothing that it could not have from this one.
        assert!(history.store.claim(second, at(60)).is_err());
        assert!(history.ended_unpaid(second));
    }
}

#[test]
fn what_ended_for_another_is_tried_by_itself_once_that_one_came_to_nothing() {
    let history = History::new();
    let ids = history.add(&[wish_for("a1"), wish_for("b2")]);
    history.learn("a1", "1");
    history.learn("b2", "1");
    let retried = history.store.retry(ids[1]);
    assert!(matches!(retried, Err(StoreError::Known(other)) if other == ids[0]), "{retried:?}");
    let attempt = history.store.claim(ids[0], at(60)).unwrap().attempt;
    let refused = failure(shiwen_core::Charged::No);
    history.store.rejected(attempt, &refused, &answer("create"), at(70)).unwrap();

    history.store.retry(ids[1]).unwrap();

    assert_eq!(history.store.claim(ids[1], at(80)).unwrap().tasks, [ids[1]]);
}

#[test]
fn what_the_user_wanted_again_is_tried_again_unless_something_came_since() {
    let history = History::new();
    history.in_situation(From::Succeeded, "1");
    let again = NewTask { again: true, ..wish("1") };
    let second = history.add(std::slice::from_ref(&again))[0];
    history.store.cancel(second, at(40)).unwrap();
    history.store.retry(second).unwrap();
    history.store.cancel(second, at(50)).unwrap();

    let third = history.add(&[again])[0];
    let retried = history.store.retry(second);

    assert!(matches!(retried, Err(StoreError::Known(other)) if other == third), "{retried:?}");
}
