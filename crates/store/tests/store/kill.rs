//! The process is killed without warning, again and again.

use std::path::Path;

use shiwen_core::{
    Charged, Failure, FailureKind, NewTask, TaskId, TaskState, Timestamp, Transcript,
};
use shiwen_store::{End, Store};

use crate::{child, fixture::*, prove};

/// Kills of each kind.
fn rounds() -> usize {
    if prove::long() { 150 } else { 10 }
}

#[test]
fn no_acknowledged_commit_is_lost_when_the_process_is_killed() {
    if let Some(folder) = child::folder() {
        commit_for_ever(&folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "kill::no_acknowledged_commit_is_lost_when_the_process_is_killed";
    let mut acknowledged = 0;
    for round in 0..rounds() {
        let (mut child, mut words) = child::start(name, folder.path());
        // Another number of steps each time, so that every step is met by a kill.
        let mut said: Vec<_> = words.by_ref().take(10 + 7 * (round % 10)).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        // What it had said before the kill, and nobody had read yet.
        said.extend(words);
        assert!(said.len() >= 10 + 7 * (round % 10), "the child ended by itself");

        let store = Store::open(folder.path()).unwrap();
        for words in &said {
            assert_kept(&store, words);
        }
        assert_sound(folder.path());
        let crashed = |provider| Failure {
            charged: Charged::Unknown,
            ..Failure::new(provider, FailureKind::Network)
        };
        assert!(
            store.recover(|task| (crashed(task.provider), unsure(1)), at(0)).unwrap() <= 1,
            "one call at a time was out"
        );
        assert_eq!(store.count_in(TaskState::Submitting).unwrap(), 0);
        acknowledged += said.len();
    }
    assert!(acknowledged >= 400, "{acknowledged}");
    prove::figure("kill.kills", rounds());
    prove::figure("kill.acknowledged_commits", acknowledged);
}

/// Takes one task after the other the whole way, and says so after each commit.
fn commit_for_ever(folder: &Path) -> ! {
    let store = Store::open(folder).unwrap();
    loop {
        let again = NewTask { again: true, ..wish("1") };
        let id = store.add_tasks("x", &[again], Timestamp::now()).unwrap()[0];
        child::say(&format!("queued {id}"));
        let attempt = store.claim(id, Timestamp::now()).unwrap().attempt;
        child::say(&format!("claimed {id}"));
        let answer = answer("create");
        let now = Timestamp::now();
        store.accepted(attempt, &remote(&id.to_string()), now, &spent(1), &answer, now).unwrap();
        child::say(&format!("accepted {id}"));
        store.won(id, &won(&id.to_string()), &answer, Timestamp::now()).unwrap();
        child::say(&format!("won {id}"));
    }
}

#[test]
fn a_batch_is_never_half_sent_when_the_process_is_killed() {
    if let Some(folder) = child::folder() {
        commit_batches_for_ever(&folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "kill::a_batch_is_never_half_sent_when_the_process_is_killed";
    for round in 0..rounds() {
        let (mut child, mut words) = child::start(name, folder.path());
        let mut said: Vec<_> = words.by_ref().take(5 + 3 * (round % 10)).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(words);
        assert!(said.len() >= 5 + 3 * (round % 10), "the child ended by itself");

        let store = Store::open(folder.path()).unwrap();
        for words in &said {
            assert_batch_kept(&store, words);
        }
        assert_sound(folder.path());
        assert_whole(folder.path());
        let lost = |task: &shiwen_core::Task| {
            let failure = Failure::new(task.provider, FailureKind::Network);
            (Failure { charged: Charged::Unknown, ..failure }, unsure(1))
        };
        let open = store.recover(lost, at(0)).unwrap();
        assert!(
            open == 0 || open == BATCH,
            "{open}: one call at a time was out, with all its links"
        );
        assert_whole(folder.path());
    }
}

const BATCH: usize = 5;

/// Takes one batch after the other the whole way; every third ends in doubt.
fn commit_batches_for_ever(folder: &Path) -> ! {
    let store = Store::open(folder).unwrap();
    for round in 0.. {
        let now = Timestamp::now();
        let wishes: Vec<_> =
            (0..BATCH).map(|n| NewTask { again: true, ..wish(&n.to_string()) }).collect();
        let ids = store.add_together("x", &wishes, 5, now).unwrap();
        let id = ids[0];
        child::say(&format!("queued {id}"));
        let attempt = store.claim(id, now).unwrap().attempt;
        child::say(&format!("claimed {id}"));
        let answer = answer("create");
        if round % 3 == 2 {
            let failure = failure(Charged::Unknown);
            store.unknown(attempt, &failure, &unsure(1), None, now).unwrap();
            child::say(&format!("unknown {id}"));
            store.adopt(id, &remote(&id.to_string()), now).unwrap();
        } else {
            let remote = remote(&id.to_string());
            store.accepted(attempt, &remote, now, &spent(1), &answer, now).unwrap();
        }
        child::say(&format!("accepted {id}"));
        let ends: Vec<_> = (0..BATCH).map(|_| End::Won(won("1"))).collect();
        store.ended(id, &ends, &answer, now).unwrap();
        child::say(&format!("won {id}"));
    }
    unreachable!("there is always another round");
}

fn assert_batch_kept(store: &Store, words: &str) {
    let (step, id) = words.split_once(' ').unwrap();
    let id: u32 = id.parse().unwrap();
    for id in id..id + BATCH as u32 {
        let state = store.task(TaskId(id)).unwrap().state;
        match step {
            "queued" => {}
            "claimed" => assert_ne!(state, TaskState::Queued, "{words}"),
            "unknown" => {
                let kept = [TaskState::Uncertain, TaskState::Running, TaskState::Succeeded];
                assert!(kept.contains(&state), "{words}: {state}");
            }
            "accepted" => {
                let kept = [TaskState::Running, TaskState::Succeeded];
                assert!(kept.contains(&state), "{words}: {state}");
            }
            "won" => assert_eq!(state, TaskState::Succeeded, "{words}"),
            other => panic!("{other}"),
        }
    }
}

/// All tasks of a batch are in one state, with one bill at most.
fn assert_whole(folder: &Path) {
    let connection = rusqlite::Connection::open(folder.join("shiwen.db")).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    let mixed = "SELECT count(*) FROM
                   (SELECT 1 FROM tasks GROUP BY batch HAVING count(DISTINCT state) > 1 OR count(*) <> 5)";
    assert_eq!(count(mixed), 0);
    let bills = "SELECT count(*) FROM (SELECT 1 FROM spend s JOIN attempts a ON a.id = s.attempt_id
                   GROUP BY a.call HAVING count(*) > 1 OR a.call IS NULL)";
    assert_eq!(count(bills), 0);
}

fn assert_kept(store: &Store, words: &str) {
    let (step, id) = words.split_once(' ').unwrap();
    let detail = store.detail(TaskId(id.parse().unwrap())).unwrap();
    let state = detail.task.state;
    let texts: Vec<Transcript> = detail.transcripts;
    match step {
        "queued" => {}
        // The one that must never happen: it would be sent, and paid for, again.
        "claimed" => assert_ne!(state, TaskState::Queued, "{words}"),
        "accepted" => {
            assert!(matches!(state, TaskState::Running | TaskState::Succeeded), "{words}: {state}");
            assert_eq!(detail.task.remote_id, Some(remote(id)), "{words}");
            assert_eq!(detail.attempts[0].remote_id, Some(remote(id)), "{words}");
        }
        "won" => {
            assert_eq!(state, TaskState::Succeeded, "{words}");
            assert_eq!(texts.len(), 1, "{words}");
            assert_eq!(Some(&texts[0].text), won(id).text.as_ref(), "{words}");
        }
        other => panic!("{other}"),
    }
}

fn assert_sound(folder: &Path) {
    let connection = rusqlite::Connection::open(folder.join("shiwen.db")).unwrap();
    let said: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
    let mut broken = connection.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!broken.exists([]).unwrap());
}
