//! The database itself refuses histories that must not be, whoever writes them.

use rusqlite::ErrorCode;

use crate::fixture::*;

/// Runs `sql` past the store and says whether the database refused it as a bad history.
fn refused(history: &History, sql: &str) -> bool {
    let done = history.sql().execute_batch(sql);
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
