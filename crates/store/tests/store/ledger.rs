//! The database itself refuses histories that must not be, whoever writes them.

use rusqlite::ErrorCode;
use shiwen_core::Evidence;
use shiwen_core::{Charged, TaskId, TaskState};

use crate::fixture::*;

/// Runs `sql` past the store and says whether the database refused it as a bad history.
fn refused(history: &History, sql: &str) -> bool {
    let done = history.sql().execute_batch(&format!("BEGIN; {sql}; COMMIT"));
    match &done {
        Ok(()) => false,
        Err(error) => {
            let constraint = Some(ErrorCode::ConstraintViolation);
            assert_eq!(error.sqlite_error_code(), constraint, "{sql}: {error}");
            true
        }
    }
}

#[test]
fn bad_histories_are_refused_by_the_file_itself() {
    let history = History::new();
    let queued = history.queued("queued");
    let (submitting, attempt) = history.submitting("submitting");
    let running = history.running("running");
    let uncertain = history.in_situation(Situation::Uncertain, "uncertain");
    let done = history.in_situation(Situation::Succeeded, "done");
    for bad in [
        // states
        format!("UPDATE tasks SET state = 'paused' WHERE id = {queued}"),
        format!("UPDATE tasks SET state = 'running' WHERE id = {queued}"),
        format!("UPDATE tasks SET remote_id = NULL WHERE id = {running}"),
        format!("UPDATE tasks SET state = 'submitting' WHERE id = {queued}"),
        format!("UPDATE tasks SET state = 'failed', ended_at = 1 WHERE id = {running}"),
        format!("UPDATE tasks SET failure = NULL WHERE id = {uncertain}"),
        format!("UPDATE tasks SET state = 'cancelled', ended_at = 1 WHERE id = {running}"),
        format!("UPDATE tasks SET cancel_cause = 'gave_up' WHERE id = {running}"),
        format!("UPDATE tasks SET ended_at = NULL WHERE id = {done}"),
        format!("UPDATE tasks SET ended_at = 1 WHERE id = {running}"),
        format!("UPDATE tasks SET progress = 101 WHERE id = {running}"),
        format!("UPDATE tasks SET link_id = NULL WHERE id = {done}"),
        format!("UPDATE tasks SET desk = 'elsewhere' WHERE id = {done}"),
        // the trash
        format!("UPDATE tasks SET deleted_at = 1 WHERE id = {queued}"),
        format!("UPDATE tasks SET deleted_at = 1 WHERE id = {submitting}"),
        // the ledger
        format!(
            "INSERT INTO attempts (task_id, number, provider, intent_at)
             VALUES ({submitting}, 2, 'momoget', 1)"
        ),
        format!(
            "INSERT INTO attempts (task_id, number, provider, intent_at, ended_at, outcome)
             VALUES ({submitting}, 1, 'momoget', 1, 1, 'unknown')"
        ),
        format!("UPDATE attempts SET outcome = 'accepted' WHERE id = {}", attempt.0),
        format!("UPDATE attempts SET ended_at = 1 WHERE id = {}", attempt.0),
        format!("UPDATE attempts SET outcome = 'lucky', ended_at = 1 WHERE id = {}", attempt.0),
        format!("UPDATE attempts SET remote_id = 'r' WHERE id = {}", attempt.0),
        format!(
            "UPDATE attempts SET remote_id = '{}' WHERE task_id = {uncertain}",
            remote("running")
        ),
        "INSERT INTO attempts (task_id, number, provider, intent_at) VALUES (999, 1, 'momoget', 1)"
            .to_owned(),
        "INSERT INTO spend (attempt_id, provider, operation, unit, certain, spent_at)
         SELECT attempt_id, 'momoget', 'transcribe', 'use', 1, 1 FROM spend LIMIT 1"
            .to_owned(),
        // transcripts
        format!(
            "INSERT INTO transcripts (task_id, version, kind, text, words, created_at)
             VALUES ({done}, 2, 'provider', '', 0, 1)"
        ),
        format!(
            "INSERT INTO transcripts (task_id, version, kind, text, words, created_at)
             VALUES ({done}, 1, 'edited', 'x', 1, 1)"
        ),
        format!("UPDATE transcripts SET kind = 'stolen' WHERE task_id = {done}"),
        "UPDATE links SET url = 'same'".to_owned(),
    ] {
        assert!(refused(&history, &bad), "accepted: {bad}");
    }
}

#[test]
fn what_the_file_refuses_above_is_refused_for_that_reason_only() {
    let history = History::new();
    let (submitting, attempt) = history.submitting("submitting");
    let done = history.in_situation(Situation::Succeeded, "done");
    for good in [
        format!(
            "UPDATE attempts SET outcome = 'unknown', ended_at = 1, remote_id = 'r' WHERE id = {}",
            attempt.0
        ),
        format!(
            "INSERT INTO attempts (task_id, number, provider, intent_at)
             VALUES ({submitting}, 2, 'momoget', 1)"
        ),
        format!(
            "INSERT INTO transcripts (task_id, version, kind, text, words, created_at)
             VALUES ({done}, 2, 'edited', 'x', 1, 1)"
        ),
        format!("UPDATE tasks SET deleted_at = 1 WHERE id = {done}"),
        format!("UPDATE tasks SET link_id = NULL, subject = 'followed' WHERE id = {done}"),
        format!("UPDATE tasks SET link_id = NULL, desk = 'works' WHERE id = {done}"),
    ] {
        assert!(!refused(&history, &good), "refused: {good}");
    }
}

/// Where each state may go; the rest is refused.
const MOVES: [(&str, &[&str]); 7] = [
    ("queued", &["submitting", "cancelled"]),
    ("submitting", &["queued", "running", "succeeded", "failed", "uncertain"]),
    ("running", &["succeeded", "failed", "cancelled", "uncertain"]),
    ("succeeded", &[]),
    ("failed", &["queued"]),
    ("cancelled", &["queued", "running", "succeeded"]),
    ("uncertain", &["queued", "running", "cancelled"]),
];

/// Puts a task into a state with everything that the columns ask for, so that only the move itself can be refused.
fn moved(task: TaskId, to: &str) -> String {
    let ended = matches!(to, "succeeded" | "failed" | "cancelled");
    format!(
        "UPDATE tasks SET state = '{to}', remote_id = 'r', submitted_at = 1, failure = '{{}}', ended_at = {},
           cancel_cause = {} WHERE id = {task}",
        if ended { "1" } else { "NULL" },
        if to == "cancelled" { "'stopped_waiting'" } else { "NULL" },
    )
}

#[test]
fn every_move_between_states_that_is_not_allowed_is_refused() {
    let situations = [
        ("queued", Situation::Queued),
        ("submitting", Situation::Submitting),
        ("running", Situation::Running),
        ("succeeded", Situation::Succeeded),
        ("failed", Situation::Failed),
        ("cancelled", Situation::StoppedWaiting),
        ("uncertain", Situation::Uncertain),
    ];
    let mut refusals = 0;
    for (from, situation) in situations {
        let allowed = MOVES.iter().find(|(state, _)| *state == from).unwrap().1;
        for (to, _) in MOVES.iter().filter(|(to, _)| *to != from) {
            let history = History::new();
            let task = history.in_situation(situation, "1");
            let close =
                "UPDATE attempts SET outcome = 'unknown', ended_at = 1 WHERE outcome IS NULL";
            history.sql().execute(close, []).unwrap();
            let refused = refused(&history, &moved(task, to));
            assert_eq!(refused, !allowed.contains(to), "{from} to {to}");
            refusals += u32::from(refused);
        }
    }
    assert_eq!(refusals, 42 - 18);
}

#[test]
fn what_was_written_about_money_is_not_rewritten() {
    let history = History::new();
    let (submitting, open) = history.submitting("submitting");
    let queued = history.queued("queued");
    let running = history.running("running");
    let uncertain = history.in_situation(Situation::Uncertain, "uncertain");
    let done = history.in_situation(Situation::Succeeded, "done");
    let failed = history.in_situation(Situation::Failed, "failed");
    for bad in [
        // a task that leaves its create call behind, or has a result that nobody gave
        moved(submitting, "uncertain"),
        moved(submitting, "queued"),
        format!(
            "UPDATE attempts SET outcome = 'not-sent', ended_at = 1 WHERE id = {};
             UPDATE tasks SET state = 'succeeded', ended_at = 1 WHERE id = {submitting}",
            open.0
        ),
        "INSERT INTO tasks (paste_id, operation, desk, provider, subject, state, ended_at, created_at)
         VALUES (1, 'transcribe', 'texts', 'momoget', 'x', 'succeeded', 1, 1)"
            .to_owned(),
        "INSERT INTO tasks (paste_id, operation, desk, provider, subject, state, submitted_at, created_at)
         VALUES (1, 'transcribe', 'texts', 'momoget', 'x', 'submitting', 1, 1)"
            .to_owned(),
        // outcomes
        format!("UPDATE attempts SET outcome = 'not-sent' WHERE task_id = {uncertain}"),
        format!("UPDATE attempts SET outcome = NULL, ended_at = NULL WHERE task_id = {uncertain}"),
        format!("UPDATE attempts SET outcome = 'rejected', remote_id = NULL WHERE task_id = {running}"),
        format!("UPDATE attempts SET ended_at = 7 WHERE task_id = {done}"),
        // intents
        format!("UPDATE attempts SET intent_at = 7 WHERE id = {}", open.0),
        format!("UPDATE attempts SET task_id = {queued} WHERE id = {}", open.0),
        format!("UPDATE attempts SET number = 7 WHERE task_id = {running}"),
        format!("UPDATE attempts SET provider = 'coze' WHERE task_id = {running}"),
        format!(
            "INSERT INTO attempts (task_id, number, provider, intent_at) VALUES ({queued}, 1, 'momoget', 1)"
        ),
        format!(
            "INSERT INTO attempts (task_id, number, provider, intent_at) VALUES ({failed}, 2, 'momoget', 1)"
        ),
        // remote ids
        format!("UPDATE attempts SET remote_id = NULL WHERE task_id = {done}"),
        format!("UPDATE attempts SET remote_id = 'other' WHERE task_id = {done}"),
        // the ledger
        format!("DELETE FROM attempts WHERE task_id = {done}"),
        format!("DELETE FROM attempts WHERE id = {}", open.0),
        format!("DELETE FROM tasks WHERE id = {running}"),
        format!("DELETE FROM tasks WHERE id = {submitting}"),
        format!("DELETE FROM tasks WHERE id = {uncertain}"),
        format!("DELETE FROM spend WHERE task_id = {done}"),
        "INSERT INTO spend (attempt_id, provider, operation, unit, certain, spent_at)
         VALUES (999, 'momoget', 'transcribe', 'use', 1, 1)"
            .to_owned(),
        format!("UPDATE attempts SET evidence = '{}' WHERE id = {}", "错".repeat(1400), open.0),
    ] {
        assert!(refused(&history, &bad), "accepted: {bad}");
    }
}

#[test]
fn what_ends_in_doubt_keeps_what_was_seen_of_it() {
    let history = History::new();
    let (task, attempt) = history.submitting("1");
    let seen = Evidence {
        error: Some("closed before the head came".to_owned()),
        body_sent: Some(true),
        excerpt: Some("很长".repeat(9000)),
        ..Evidence::default()
    };
    let failure = failure(Charged::Unknown);
    let store = &history.store;
    assert_eq!(store.evidence(attempt).unwrap(), None);
    store.unknown_with(attempt, &failure, &unsure(1), None, &seen, at(20)).unwrap();

    assert_eq!(history.state(task), TaskState::Uncertain);
    let kept = store.evidence(attempt).unwrap().unwrap();
    assert_eq!((&kept.error, kept.body_sent), (&seen.error, Some(true)));
    let excerpt = kept.excerpt.unwrap();
    assert!(excerpt.len() > 3000 && excerpt.len() < 4096, "{}", excerpt.len());
    assert!(seen.excerpt.unwrap().starts_with(&excerpt));
}

#[test]
fn spend_outlives_its_task_without_text_or_link() {
    let history = History::new();
    let id = history.in_situation(Situation::Succeeded, "1");
    let sql = history.sql();
    sql.execute("DELETE FROM tasks WHERE id = ?1", [id.0]).unwrap();

    for table in ["attempts", "transcripts", "answers"] {
        let left: u32 =
            sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 1);
}

#[test]
fn one_remote_id_given_for_two_tasks_is_followed_for_both() {
    let history = History::new();
    let (first, one) = history.submitting("1");
    let (second, two) = history.submitting("2");
    history.accept(one, "same");
    history.accept(two, "same");
    for id in [first, second] {
        assert_eq!(history.task(id).remote_id.as_deref(), Some("same"));
        history.store.won(id, &won("1"), &answer("result"), at(30)).unwrap();
    }
}
