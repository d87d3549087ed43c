//! How SQLite means to run what the store asks: nothing may get slower only because the history gets longer.

use std::{cell::RefCell, collections::BTreeSet};

use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};
use shiwen_core::{
    Charged, Desk, Failure, FailureKind, Filter, Input, Landing, Link, LinkKind, NewTask,
    Operation, Outcome, Platform, ProviderId, Query, SearchOrder, TaskId, TaskState, Timestamp,
    Unit, Wait, WaitReason,
};
use tempfile::TempDir;

use crate::{End, Poll, RawAnswer, Spent, Store, Won};

thread_local! {
    static ASKED: RefCell<BTreeSet<String>> = RefCell::default();
}

const PROVIDER: ProviderId = ProviderId::Coze;
const NOW: Timestamp = Timestamp(1);

fn note(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(statement, _) = event {
        ASKED.with_borrow_mut(|asked| asked.insert(statement.sql().into_owned()));
    }
}

/// A store whose statements are noted. On one thread it always takes the same reader out of its pool.
fn heard() -> (TempDir, Store) {
    let listen = |connection: &Connection| {
        connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note));
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    listen(&store.writer().connection);
    store
        .read(|connection| {
            listen(connection);
            Ok(())
        })
        .unwrap();
    (folder, store)
}

/// Every step of a query's plan.
fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let count = statement.parameter_count();
    for at in 1..=count {
        statement.raw_bind_parameter(at, 1).unwrap();
    }
    let mut steps = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get("detail").unwrap());
    }
    steps
}

fn wish(id: &str) -> NewTask {
    let link = Link {
        url: format!("https://v.example/{id}"),
        platform: Platform::Douyin,
        kind: LinkKind::Video,
        id: Some(id.to_owned()),
        canonical: None,
        title: None,
    };
    let operation = Operation::Transcribe;
    let (input, parent, target_language) = (Input::new(), None, None);
    NewTask {
        operation,
        provider: PROVIDER,
        link: Some(link),
        input,
        parent,
        target_language,
        again: false,
        then: Vec::new(),
    }
}

/// Everything that is asked again and again while the program runs.
fn ask_everything(store: &Store) {
    let failure = Failure::new(PROVIDER, FailureKind::Network);
    let unknown = Failure { charged: Charged::Unknown, ..failure.clone() };
    let spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: true };
    let answer = RawAnswer { asked: "create", http_status: 200, body: Vec::new() };
    let won = Won { text: Some("x".to_owned()), ..Won::default() };
    let wait = Wait { reason: WaitReason::Slot, until: None };
    let poll = Poll {
        progress: None,
        next_poll_at: Some(NOW),
        fetching: false,
        stalled: false,
        bad: false,
    };
    let wishes: Vec<_> = (0..8).map(|n| wish(&n.to_string())).collect();
    let ids = store.add_tasks("x", &wishes, NOW).unwrap();
    let claim = |n: usize| store.claim(ids[n], NOW).unwrap().attempt;

    store.wait(ids[0], wait).unwrap();
    store.accepted(claim(0), "r", NOW, &spent, &answer, NOW).unwrap();
    store.polled(ids[0], &poll).unwrap();
    store.hold(PROVIDER).unwrap();
    store.release(PROVIDER).unwrap();
    store.check_now(ids[0], NOW).unwrap();
    store.cancel(ids[0], NOW).unwrap();
    store.resume(ids[0], NOW).unwrap();
    store.won(ids[0], &won, &answer, NOW).unwrap();
    store.save_cover(ids[0], "image/png", b"x").unwrap();
    store.delete(ids[0], NOW).unwrap();
    store.restore(ids[0]).unwrap();
    store.won_at_once(claim(1), &won, &spent, &answer, NOW).unwrap();
    store.rejected(claim(2), &failure, &answer, NOW).unwrap();
    store.retry(ids[2]).unwrap();
    store.sent_back(claim(3), Outcome::NotSent, &failure, wait, NOW).unwrap();
    store.unknown(claim(4), &unknown, &spent, None, NOW).unwrap();
    store.adopt(ids[4], "found", NOW).unwrap();
    store.lost(ids[4], &failure, &answer, NOW).unwrap();
    store.unknown(claim(5), &unknown, &spent, None, NOW).unwrap();
    store.give_up(ids[5], NOW).unwrap();
    store.unknown(claim(6), &unknown, &spent, None, NOW).unwrap();
    store.resend(ids[6]).unwrap();
    claim(7);
    store.recover(|_| (unknown.clone(), spent), NOW).unwrap();
    store.delete(ids[6], NOW).unwrap();
    ask_together(store);
    ask_about_pastes(store);

    store.tasks(Desk::Texts, Some(TaskId(9)), 50).unwrap();
    store.tasks_at(Desk::Texts, 7, 50).unwrap();
    ask_for_words(store);
    store.task(ids[0]).unwrap();
    store.detail(ids[2]).unwrap();
    store.at_work(PROVIDER).unwrap();
    store.due_to_follow(NOW, 10).unwrap();
    store.due_to_submit(PROVIDER, NOW, 10).unwrap();
    store.next_due(NOW).unwrap();
    store.look_again(PROVIDER, 1, NOW).unwrap();
    store.set_back(1).unwrap();
    store.back_online().unwrap();
    store.running_of(PROVIDER, Operation::Transcribe, 10).unwrap();
    store.queued_providers().unwrap();
    store.count_in(TaskState::Uncertain).unwrap();
    store.known("douyin:1", Operation::Transcribe, None).unwrap();
    let short = Link { kind: LinkKind::Short, id: None, ..wish("short").link.unwrap() };
    let (platform, kind) = (Platform::Douyin, LinkKind::Video);
    let landing = Landing { platform, kind, id: "1".to_owned(), canonical: None };
    store.landed(short.clone()).unwrap();
    store.save_landing(&short, &landing, NOW).unwrap();
    store.answers(ids[0]).unwrap();
    store.cover(ids[0]).unwrap();
    store.spent_since(PROVIDER, NOW).unwrap();
    store.provider(PROVIDER).unwrap();
    store.change_provider(PROVIDER, |record| record.slots = Some(1)).unwrap();
    store.setting::<u32>("x").unwrap();
    store.save_setting("x", &1).unwrap();
}

/// Searches whose words the index knows; what it knows nothing of has to be looked for in every task.
fn ask_for_words(store: &Store) {
    let filter = Filter {
        states: vec![TaskState::Running],
        until: Some(NOW),
        platforms: vec![Platform::Douyin],
        ..Filter::default()
    };
    for words in ["x", "xy", "xyz", "x，y"] {
        for filter in [Filter::default(), filter.clone()] {
            let query = Query { words: vec![words.to_owned()], filter, unknown: Vec::new() };
            store.search(&query, SearchOrder::Newest, None, 50).unwrap();
            store.search(&query, SearchOrder::Titles, None, 50).unwrap();
            store.count_found(&query).unwrap();
            store.found_ids(&query).unwrap();
        }
    }
    store.search(&Query::default(), SearchOrder::Newest, None, 50).unwrap();
    store.count_found(&Query::default()).unwrap();
}

/// What is asked about pastes, and told to them.
fn ask_about_pastes(store: &Store) {
    let wishes: Vec<_> = (0..3).map(|n| wish(&format!("paste {n}"))).collect();
    let ids = store.add_tasks("x", &wishes, NOW).unwrap();
    let paste = store.task(ids[0]).unwrap().paste;
    let failure = Failure::new(PROVIDER, FailureKind::Network);
    let answer = RawAnswer { asked: "create", http_status: 200, body: Vec::new() };
    let attempt = store.claim(ids[0], NOW).unwrap().attempt;
    store.rejected(attempt, &failure, &answer, NOW).unwrap();
    store.pause_paste(paste).unwrap();
    assert!(store.claim(ids[1], NOW).is_err());
    store.detail(ids[1]).unwrap();
    store.name_paste(paste, Some("x")).unwrap();
    store.paste(paste).unwrap();
    store.retry_failed(paste).unwrap();
    store.resume_paste(paste).unwrap();
    store.queue(PROVIDER, ids[2]).unwrap();
    store.usual(PROVIDER, Operation::Transcribe).unwrap();
    store.unended().unwrap();
    store.cancel_waiting(paste, NOW).unwrap();
}

/// What is asked about tasks that share their create call, and about those without a link.
fn ask_together(store: &Store) {
    let spent = Spent { unit: Unit::Use, amount: None, said: false, certain: true };
    let answer = RawAnswer { asked: "create", http_status: 200, body: Vec::new() };
    let won = Won { text: Some("x".to_owned()), cost: Some(1), ..Won::default() };
    let wishes: Vec<_> = (0..5).map(|n| wish(&format!("together {n}"))).collect();
    let ids = store.add_together("x", &wishes, 5, NOW).unwrap();
    store.wait(ids[0], Wait { reason: WaitReason::Rate, until: Some(NOW) }).unwrap();
    store.pace(PROVIDER, NOW, NOW).unwrap();
    store.cancel(ids[4], NOW).unwrap();
    store.delete(ids[3], NOW).unwrap();
    let attempt = store.claim(ids[0], NOW).unwrap().attempt;
    store.accepted(attempt, "batch", NOW, &spent, &answer, NOW).unwrap();
    store.due_to_follow(NOW, 10).unwrap();
    let ends = [End::Won(won.clone()), End::Won(won.clone()), End::Won(won.clone())];
    store.ended(ids[0], &ends, &answer, NOW).unwrap();
    store.refreshed(ids[1], &won, &answer, NOW).unwrap();
    store.followed(ids[1]).unwrap();
    store.detail(ids[1]).unwrap();
    let followed = store.add_followed(PROVIDER, Operation::Transcribe, "elsewhere", NOW).unwrap();
    store.add_followed(PROVIDER, Operation::Transcribe, "elsewhere", NOW).unwrap();
    store.won(followed, &won, &answer, NOW).unwrap();
    let edit = NewTask { link: None, parent: Some(followed), ..wish("edit") };
    let edit = NewTask { operation: Operation::Captions, ..edit };
    store.add_tasks("", &[edit], NOW).unwrap();
}

#[test]
fn no_statement_reads_a_whole_table() {
    let (_folder, store) = heard();
    ask_everything(&store);

    let writer = store.writer();
    let asked = ASKED.take();
    let control = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"];
    let mut seen = 0;
    // What the index of words asks of its own tables is SQLite's affair.
    let ours = |sql: &&String| {
        !control.iter().any(|word| sql.starts_with(word)) && !sql.contains("'main'.'words_")
    };
    for sql in asked.iter().filter(ours) {
        let steps = plan(&writer.connection, sql);
        let scans = |step: &&String| {
            // What is counted must be gone through; an index that holds all of it is as little as that can be.
            step.starts_with("SCAN")
                && !step.contains("COVERING INDEX")
                // The index of words, asked for what matches (`M`) or for one row.
                && !step.contains(":M")
                && !step.ends_with(":=")
                && !step.contains("json_each")
                && !step.contains("(subquery")
        };
        assert_eq!(steps.iter().find(scans), None, "{sql}");
        // What is cut by a limit comes out of an index in its order: else all of it would be sorted first. Exempt are
        // the tasks that run and those of one video, which are few.
        let few = sql.contains("t.state = 'running'") || sql.contains(".video_key = ");
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts || few, "{sql}\n{steps:#?}");
        seen += 1;
    }
    assert!(seen > 50, "only {seen} statements were heard");
}

#[test]
fn what_is_asked_most_uses_the_index_made_for_it() {
    let (_folder, store) = heard();
    store.tasks(Desk::Texts, Some(TaskId(1)), 1).unwrap();
    store.tasks_at(Desk::Texts, 7, 1).unwrap();
    store.count_in(TaskState::Queued).unwrap();
    store.queued_providers().unwrap();
    store.next_due(NOW).unwrap();
    store.due_to_submit(PROVIDER, NOW, 1).unwrap();
    store.known("x", Operation::Transcribe, None).unwrap();
    store.works_to_keep().unwrap();

    let writer = store.writer();
    let asked = ASKED.take();
    for (words, step) in [
        (
            "(t.listed_at, t.paste_id) <",
            "SEARCH t USING INDEX tasks_listed (desk=? AND (listed_at,paste_id)<(?,?))",
        ),
        (
            "t.paste_id = :paste",
            "SEARCH t USING INDEX tasks_listed (desk=? AND listed_at=? AND paste_id=? AND id>?)",
        ),
        ("OFFSET", "SEARCH tasks USING COVERING INDEX tasks_listed (desk=? AND listed_at<?)"),
        (
            "FROM listed_days",
            "SEARCH listed_days USING INDEX sqlite_autoindex_listed_days_1 (desk=?)",
        ),
        ("FROM listed WHERE", "SEARCH listed USING INDEX sqlite_autoindex_listed_1 (desk=?)"),
        (
            "count(*) FROM tasks WHERE state",
            "SEARCH tasks USING COVERING INDEX tasks_by_state (state=?)",
        ),
        ("DISTINCT provider", "SEARCH tasks USING COVERING INDEX tasks_by_state (state=?)"),
        ("min(due)", "SEARCH tasks USING COVERING INDEX tasks_waiting (state=? AND wait_until>?)"),
        ("t.wait_until, 0) <= ?2", "SEARCH t USING INDEX tasks_by_state (state=? AND provider=?)"),
        ("l.video_key = :key", "SEARCH l USING INDEX links_by_video (video_key=?)"),
        ("l.video_key = :key", "SEARCH t USING INDEX tasks_by_link (link_id=?)"),
        ("json_each(t.works)", "SCAN t USING INDEX tasks_with_works"),
    ] {
        let sql = asked.iter().find(|sql| sql.contains(words)).unwrap();
        let steps = plan(&writer.connection, sql);
        assert!(steps.iter().any(|found| found == step), "{sql}\n{steps:#?}");
    }
}
