//! The whole way of a task, from the pasted text to the transcript.

use shiwen_core::{
    Charged, Found, Outcome, TaskState, Timestamp, TranscriptKind, Wait, WaitReason,
};
use shiwen_store::{Poll, RawAnswer, Won};

use crate::fixture::*;

#[test]
fn a_task_goes_the_whole_way_and_is_found_again_after_a_restart() {
    let history = History::new();
    let store = &history.store;

    let id = store.add_tasks("整段分享文案 🎬\n第二行", &[wish("71")], at(0)).unwrap()[0];
    let task = history.task(id);
    assert_eq!((task.state, task.created_at, task.submitted_at), (TaskState::Queued, at(0), None));
    assert_eq!(task.title(), Some("作品71"));

    let claimed = store.claim(id, at(10)).unwrap();
    assert_eq!(claimed.number, 1);
    let task = history.task(id);
    assert_eq!((task.state, task.submitted_at), (TaskState::Submitting, Some(at(10))));

    store
        .accepted(claimed.attempt, "r-71", at(1000), &spent(1), &answer("create"), at(20))
        .unwrap();
    let task = history.task(id);
    assert_eq!((task.state, task.remote_id.as_deref()), (TaskState::Running, Some("r-71")));
    assert_eq!(task.next_poll_at, Some(at(1000)));

    let half = Poll { progress: Some(50), ..poll(Some(at(2000))) };
    store.polled(id, &half).unwrap();
    let done = Poll { fetching: true, ..poll(Some(at(3000))) };
    store.polled(id, &done).unwrap();
    let due = store.due_to_follow(at(3000), 10).unwrap();
    assert_eq!((due.len(), due[0].fetching), (1, true));
    assert_eq!(due[0].task.progress, Some(50), "an answer without a figure keeps the last one");

    store.won(id, &won("71"), &answer("result"), at(4000)).unwrap();
    let history = history.reopened();
    let detail = history.detail(id);
    let task = &detail.task;
    assert_eq!(detail.share_text, "整段分享文案 🎬\n第二行");
    assert_eq!((task.state, task.ended_at), (TaskState::Succeeded, Some(at(4000))));
    assert_eq!((task.progress, task.next_poll_at, task.wait), (None, None, None));
    assert_eq!(task.found, Found { learned_at: Some(at(4000)), ..won("71").found });
    assert_eq!(task.title(), Some("服务商说的标题71"));
    assert_eq!(task.words, Some(8));
    let text = &detail.transcripts[0];
    assert_eq!((detail.transcripts.len(), text.version, text.words), (1, 1, 8));
    assert_eq!((text.kind, text.text.as_str()), (TranscriptKind::Provider, "这是作品71的文案。"));
    let attempt = &detail.attempts[0];
    assert_eq!((detail.attempts.len(), attempt.number), (1, 1));
    assert_eq!((attempt.outcome, attempt.ended_at), (Some(Outcome::Accepted), Some(at(20))));
    assert_eq!(attempt.remote_id.as_deref(), Some("r-71"));
    let answers = history.store.answers(id).unwrap();
    assert_eq!(answers, [answer("create").body, answer("result").body]);
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 1);
}

#[test]
fn a_blocking_operation_succeeds_in_the_transaction_that_stores_its_result() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    history.store.won_at_once(attempt, &won("1"), &spent(3), &answer("create"), at(50)).unwrap();

    let detail = history.detail(id);
    assert_eq!((detail.task.state, detail.task.remote_id), (TaskState::Succeeded, None));
    assert_eq!(detail.transcripts[0].text, "这是作品1的文案。");
    assert_eq!(detail.attempts[0].outcome, Some(Outcome::Accepted));
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 3);
}

#[test]
fn a_refused_create_fails_the_task_and_costs_nothing() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    history.store.rejected(attempt, &failure(Charged::No), &answer("create"), at(50)).unwrap();

    let detail = history.detail(id);
    assert_eq!((detail.task.state, detail.task.ended_at), (TaskState::Failed, Some(at(50))));
    assert_eq!(detail.task.failure, Some(failure(Charged::No)));
    assert_eq!(detail.attempts[0].outcome, Some(Outcome::Rejected));
    assert_eq!(detail.attempts[0].failure, Some(failure(Charged::No)));
    assert_eq!(history.store.answers(id).unwrap().len(), 1);
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 0);
}

#[test]
fn calls_that_never_left_are_counted_until_one_arrives() {
    let history = History::new();
    let store = &history.store;
    let id = history.queued("1");
    let send_back = |outcome, n: i64| {
        let attempt = store.claim(id, at(n)).unwrap().attempt;
        let wait = Wait { reason: WaitReason::NotSent, until: Some(at(n + 5)) };
        store.sent_back(attempt, outcome, &failure(Charged::No), wait, at(n + 1)).unwrap();
        let due = store.due_to_submit(PROVIDER, at(n + 5), 10).unwrap();
        (due[0].task.wait, due[0].task.submitted_at, due[0].sends)
    };
    let wait = |n| Some(Wait { reason: WaitReason::NotSent, until: Some(at(n)) });

    assert_eq!(send_back(Outcome::NotSent, 10), (wait(15), None, 1));
    assert_eq!(send_back(Outcome::NotSent, 20), (wait(25), None, 2));
    assert_eq!(send_back(Outcome::Rejected, 30), (wait(35), None, 0), "this one reached it");
    let detail = history.detail(id);
    let outcomes: Vec<_> = detail.attempts.iter().map(|a| (a.number, a.outcome)).collect();
    assert_eq!(
        outcomes,
        [(1, Some(Outcome::NotSent)), (2, Some(Outcome::NotSent)), (3, Some(Outcome::Rejected))]
    );
}

#[test]
fn nothing_but_a_provably_harmless_outcome_sends_a_task_back() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    let before = history.rows(id);
    for outcome in [Outcome::Accepted, Outcome::Unknown, Outcome::Crashed] {
        let wait = Wait { reason: WaitReason::Slot, until: None };
        let sent =
            history.store.sent_back(attempt, outcome, &failure(Charged::Unknown), wait, at(20));
        assert!(matches!(sent, Err(shiwen_store::StoreError::WrongState)), "{outcome}: {sent:?}");
        assert_eq!(history.rows(id), before, "{outcome}");
    }
}

#[test]
fn a_second_result_is_a_second_version() {
    let history = History::new();
    let id = history.in_situation(Situation::Failed, "1");
    history.store.retry(id).unwrap();
    let attempt = history.store.claim(id, at(50)).unwrap().attempt;
    history.store.won_at_once(attempt, &won("1"), &spent(1), &answer("create"), at(60)).unwrap();
    // A text of a version is never replaced: the way back to `running` leads over a provider that answers twice.
    history
        .sql()
        .execute_batch(
            "DROP TRIGGER tasks_move_on;
             UPDATE tasks SET state = 'running', ended_at = NULL, remote_id = 'r'",
        )
        .unwrap();
    let longer = Won { text: Some("更长的文案".to_owned()), incomplete: true, ..won("1") };
    history.store.won(id, &longer, &answer("result"), at(70)).unwrap();

    let detail = history.detail(id);
    let versions: Vec<_> =
        detail.transcripts.iter().map(|t| (t.version, t.text.as_str(), t.incomplete)).collect();
    assert_eq!(versions, [(1, "这是作品1的文案。", false), (2, "更长的文案", true)]);
    assert_eq!(detail.task.words, Some(5));
}

#[test]
fn a_video_in_which_nobody_speaks_still_ends_its_task() {
    let history = History::new();
    let id = history.running("1");
    let silent = Won { text: Some(String::new()), ..won("1") };
    history.store.won(id, &silent, &answer("result"), at(30)).unwrap();

    let detail = history.detail(id);
    assert_eq!((detail.task.state, detail.task.words), (TaskState::Succeeded, Some(0)));
    assert_eq!(detail.transcripts, []);
}

#[test]
fn an_answer_without_a_text_keeps_what_was_found() {
    let history = History::new();
    let id = history.running("1");
    let resolved = Won { text: None, ..won("1") };
    history.store.won(id, &resolved, &answer("result"), at(30)).unwrap();

    let detail = history.detail(id);
    assert_eq!((detail.task.words, detail.transcripts.len()), (None, 0));
    assert_eq!(detail.task.found.author.as_deref(), Some("小厨房"));
}

#[test]
fn texts_come_back_byte_for_byte() {
    let history = History::new();
    let long = "很长的一段。".repeat(60_000);
    let odd = [
        "NUL \0 inside",
        "'; DROP TABLE tasks; --",
        "𠮷野家 👩‍👩‍👧‍👦 e\u{301} \u{202e}rtl\u{202c} \u{feff}",
        "line\r\nline\u{2028}line",
        long.as_str(),
    ];
    for (n, text) in odd.into_iter().enumerate() {
        let id = history.store.add_tasks(text, &[wish(&n.to_string())], at(0)).unwrap()[0];
        let attempt = history.store.claim(id, at(1)).unwrap().attempt;
        let body = RawAnswer { body: text.as_bytes().to_vec(), ..answer("create") };
        let won = Won { text: Some(text.to_owned()), ..Won::default() };
        history.store.won_at_once(attempt, &won, &spent(1), &body, at(2)).unwrap();

        let detail = history.detail(id);
        assert_eq!(detail.share_text, text);
        assert_eq!(detail.transcripts[0].text, text);
        assert_eq!(history.store.answers(id).unwrap(), [text.as_bytes()]);
    }
}

#[test]
fn answers_are_kept_small_and_bodies_that_are_no_text_survive() {
    let history = History::new();
    let id = history.running("1");
    let body: Vec<u8> =
        (0..=255).chain(std::iter::repeat_n(0xFF, 1_000_000)).chain([0, 0, 7]).collect();
    let big = RawAnswer { body: body.clone(), ..answer("result") };
    history.store.won(id, &won("1"), &big, at(30)).unwrap();

    assert_eq!(history.store.answers(id).unwrap()[1], body);
    let packed: u32 = history
        .sql()
        .query_row("SELECT max(length(body)) FROM answers", [], |row| row.get(0))
        .unwrap();
    assert!(packed < 10_000, "{packed} bytes for a million equal ones");
}

#[test]
fn a_figure_over_a_hundred_percent_does_not_stop_the_following() {
    let history = History::new();
    let id = history.running("1");
    history.store.polled(id, &Poll { progress: Some(255), ..poll(Some(at(2000))) }).unwrap();
    assert_eq!(history.task(id).progress, Some(100));
}

#[test]
fn a_task_that_is_asked_on_demand_is_due_only_when_the_user_wants_it() {
    let history = History::new();
    let id = history.running("1");
    let late = Poll { stalled: true, ..poll(None) };
    history.store.polled(id, &late).unwrap();
    assert_eq!(history.store.due_to_follow(Timestamp(i64::MAX), 10).unwrap(), []);
    assert_eq!(history.store.next_due(at(0)).unwrap().0, None);
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 0, "a stalled task takes no slot");

    history.store.check_now(id, at(5000)).unwrap();
    assert_eq!(history.store.due_to_follow(at(5000), 10).unwrap().len(), 1);
}

#[test]
fn calls_that_fail_in_a_row_are_counted_until_one_works() {
    let history = History::new();
    let id = history.running("1");
    let bad = Poll { bad: true, ..poll(Some(at(2000))) };
    let bad_polls = || history.store.due_to_follow(at(2000), 10).unwrap()[0].bad_polls;
    history.store.polled(id, &bad).unwrap();
    history.store.polled(id, &bad).unwrap();
    assert_eq!(bad_polls(), 2);
    history.store.polled(id, &poll(Some(at(2000)))).unwrap();
    assert_eq!(bad_polls(), 0);
}
