//! Deleting can be undone, and nothing that was paid for is lost by it.

use shiwen_core::{
    CancelCause, Landing, Link, LinkKind, NewTask, Operation, Platform, TaskChange, TaskId,
    TaskState,
};
use shiwen_store::StoreError;

use crate::fixture::{Situation as From, *};

fn listed(history: &History) -> Vec<u32> {
    history
        .store
        .tasks(Desk::Texts, None, 100)
        .unwrap()
        .tasks
        .iter()
        .map(|task| task.id.0)
        .collect()
}

#[test]
fn a_task_paid_for_is_still_followed_from_the_trash() {
    let history = History::new();
    let id = history.running("1");
    history.store.delete(id, at(30)).unwrap();

    assert_eq!(listed(&history), [0; 0]);
    assert_eq!(history.store.at_work(PROVIDER).unwrap(), 1);
    assert_eq!(history.store.next_due(at(0)).unwrap().0, Some(at(1000)));
    let due = history.store.due_to_follow(at(1000), 10).unwrap();
    assert_eq!(due.iter().map(|due| due.task.id).collect::<Vec<_>>(), [id]);

    let mut changes = history.store.changes();
    history.store.won(id, &won("1"), &answer("result"), at(2000)).unwrap();
    assert_eq!(announced(&mut changes), [], "the list does not show it");
    history.store.restore(id).unwrap();
    assert_eq!(listed(&history), [id.0]);
    assert_eq!(history.detail(id).transcripts[0].text, won("1").text.unwrap());
}

#[test]
fn deleting_a_queued_task_cancels_it() {
    let history = History::new();
    for from in [From::Queued, From::GaveUpSending] {
        let id = history.in_situation(from, &format!("{from:?}"));
        history.store.delete(id, at(30)).unwrap();

        let task = history.task(id);
        assert_eq!(task.cancel_cause, Some(CancelCause::BeforeSubmit), "{from:?}");
        assert_eq!((task.ended_at, task.wait), (Some(at(30)), None), "{from:?}");
    }
    assert_eq!(history.store.due_to_submit(PROVIDER, at(99), 10).unwrap(), []);
    assert_eq!(history.store.queued_providers().unwrap(), []);
}

#[test]
fn restoring_gives_back_what_was_deleted() {
    let history = History::new();
    for from in From::ALL.into_iter().filter(|from| *from != From::Submitting) {
        let id = history.in_situation(from, &format!("{from:?}"));
        let before = history.task(id);
        history.store.delete(id, at(30)).unwrap();
        assert!(!listed(&history).contains(&id.0), "{from:?}");
        let mut changes = history.store.changes();

        history.store.restore(id).unwrap();

        let after = history.task(id);
        assert!(listed(&history).contains(&id.0), "{from:?}");
        assert_eq!(
            announced(&mut changes),
            [TaskChange::Saved { task: Box::new(after.clone()) }],
            "{from:?}"
        );
        match before.state {
            // Nothing is queued behind the user's back; it can be tried again.
            TaskState::Queued => assert_eq!(after.state, TaskState::Cancelled),
            _ => assert_eq!(after, before, "{from:?}"),
        }
    }
}

#[test]
fn a_task_that_is_being_submitted_cannot_be_deleted() {
    let history = History::new();
    let (id, attempt) = history.submitting("1");
    let deleted = history.store.delete(id, at(15));
    assert!(matches!(deleted, Err(StoreError::WrongState)), "{deleted:?}");
    history.accept(attempt, "r");
    assert_eq!(listed(&history), [id.0]);
}

#[test]
fn deleting_twice_and_restoring_what_is_not_deleted_are_refused() {
    let history = History::new();
    let id = history.in_situation(From::Succeeded, "1");
    assert!(matches!(history.store.restore(id), Err(StoreError::WrongState)));
    history.store.delete(id, at(40)).unwrap();
    let rows = history.rows(id);
    assert!(matches!(history.store.delete(id, at(50)), Err(StoreError::TaskGone)));
    assert_eq!(history.rows(id), rows);
}

#[test]
fn nothing_in_the_trash_is_paid_for_again() {
    let history = History::new();
    for from in [From::Failed, From::CancelledBefore, From::GaveUp, From::Uncertain] {
        let id = history.in_situation(from, &format!("{from:?}"));
        history.store.delete(id, at(40)).unwrap();
        let rows = history.rows(id);
        let again = match from {
            From::Uncertain => history.store.resend(id),
            _ => history.store.retry(id),
        };
        assert!(matches!(again, Err(StoreError::WrongState)), "{from:?}: {again:?}");
        assert_eq!(history.rows(id), rows, "{from:?}");
    }
    assert_eq!(history.store.due_to_submit(PROVIDER, at(99), 10).unwrap(), []);
}

#[test]
fn one_act_is_taken_back_exactly() {
    let history = History::new();
    let ids: Vec<_> = From::ALL
        .into_iter()
        .map(|from| history.in_situation(from, &format!("{from:?}")))
        .collect();
    let early = history.in_situation(From::Succeeded, "early");
    let first = history.store.trash_many(&[early], at(40)).unwrap();
    let before: Vec<_> = ids.iter().map(|id| history.task(*id)).collect();
    let mut changes = history.store.changes();

    let second = history.store.trash_many(&ids, at(40)).unwrap();

    assert_eq!((second.count, second.left), (9, 1), "what is being submitted stays");
    assert_ne!(second.at, first.at, "the same moment, and another act");
    let removed = |change: &TaskChange| matches!(change, TaskChange::Removed { .. });
    assert_eq!(announced(&mut changes).iter().filter(|change| removed(change)).count(), 9);
    assert_eq!(history.store.trash(None, 100).unwrap().total, 10);
    assert_eq!(history.store.trash_many(&ids, at(50)).unwrap().count, 0, "they are in it");

    assert_eq!(history.store.restore_trashed(second.at).unwrap(), 9);
    assert_eq!(history.store.restore_trashed(second.at).unwrap(), 0);
    for before in before {
        let after = history.task(before.id);
        match before.state {
            TaskState::Queued => assert_eq!(after.cancel_cause, Some(CancelCause::BeforeSubmit)),
            _ => assert_eq!(after, before),
        }
    }
    assert_eq!(history.task(early).deleted_at, Some(first.at));
}

#[test]
fn the_trash_is_paged_with_what_was_deleted_last_first() {
    let history = History::new();
    let ids: Vec<_> = (0..5).map(|n| history.queued(&n.to_string())).collect();
    history.store.trash_many(&ids[2..4], at(10)).unwrap();
    history.store.trash_many(&ids[..1], at(20)).unwrap();
    history.store.trash_many(&[ids[4], ids[1]], at(5)).unwrap();
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = history.store.trash(before, 2).unwrap();
        assert_eq!(page.total, 5);
        seen.extend(page.tasks.iter().map(|task| task.id));
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, [ids[0], ids[3], ids[2], ids[4], ids[1]]);
    assert_eq!(history.store.restore_many(&[ids[3], ids[3], TaskId(99)]).unwrap(), 1);
    assert_eq!(history.store.trash(Some(ids[3]), 2).unwrap().tasks, []);
}

/// A finished task with everything that can belong to one.
fn rich(history: &History, name: &str) -> TaskId {
    let id = history.in_situation(From::Succeeded, name);
    history.store.save_cover(id, "image/png", &[7; 9000]).unwrap();
    history.store.save_text(id, &format!("改过的{name}"), at(31)).unwrap();
    history.store.save_note(id, "记").unwrap();
    history.store.tag(&[id], &["签".to_owned()], &[]).unwrap();
    let sql = history.sql();
    sql.execute(
        "INSERT INTO downloads (task_id, media, state, folder, name, received, created_at, ended_at)
         VALUES (?1, '{}', 'done', '/x', 'y', 1, 1, 1)",
        [id.0],
    )
    .unwrap();
    sql.execute(
        "INSERT INTO works_kept (task_id, work, failure, kept_at) VALUES (?1, 0, 'expired', 1)",
        [id.0],
    )
    .unwrap();
    id
}

fn rows_of(history: &History, table: &str) -> u32 {
    let sql = format!("SELECT count(*) FROM {table}");
    history.sql().query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn while_another_program_writes_nothing_is_half_done() {
    let History { folder, store } = History::new();
    drop(store);
    let patience = std::time::Duration::from_millis(100);
    let store = shiwen_store::Store::open_within(folder.path(), patience).unwrap();
    let history = History { folder, store };
    let (kept, id) = (history.in_situation(From::Succeeded, "1"), rich(&history, "2"));
    history.store.trash_many(&[id], at(40)).unwrap();
    let rows = (history.rows(kept), history.rows(id));
    let other = history.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let tag = ["签".to_owned()];
    for busy in [
        history.store.trash_many(&[kept], at(50)).map(|_| ()),
        history.store.restore_many(&[id]).map(|_| ()),
        history.store.empty_trash(None).map(|_| ()),
        history.store.star(&[kept], true).map(|_| ()),
        history.store.tag(&[kept], &tag, &[]).map(|_| ()),
        history.store.save_text(kept, "改", at(50)).map(|_| ()),
    ] {
        assert!(matches!(busy, Err(StoreError::Busy)), "{busy:?}");
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!((history.rows(kept), history.rows(id)), rows);
    assert_eq!(history.store.empty_trash(None).unwrap(), [id]);
}

/// What the books say, apart from whose it was.
fn spend(history: &History) -> Vec<(u32, String, Option<u32>, bool, i64)> {
    let sql = history.sql();
    let mut statement =
        sql.prepare("SELECT attempt_id, provider, amount, certain, spent_at FROM spend").unwrap();
    let rows = statement.query_map([], |row| row.try_into()).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn nothing_is_left_of_a_task_but_what_was_spent() {
    let history = History::new();
    let id = rich(&history, "1");
    assert_eq!(history.store.delete_for_ever(&[id]).unwrap(), [], "it is not in the trash");
    history.store.trash_many(&[id], at(40)).unwrap();
    let before = spend(&history);
    let mut changes = history.store.changes();

    assert_eq!(history.store.delete_for_ever(&[id, TaskId(99)]).unwrap(), [id]);

    assert_eq!(announced(&mut changes), [TaskChange::Removed { id }]);
    for table in [
        "tasks",
        "pastes",
        "links",
        "attempts",
        "transcripts",
        "answers",
        "covers",
        "downloads",
        "works_kept",
        "tags",
        "words_docsize",
    ] {
        assert_eq!(rows_of(&history, table), 0, "{table}");
    }
    assert_eq!(spend(&history), before);
    assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), 1);
    assert!(matches!(history.store.task(id), Err(StoreError::TaskGone)));
    assert!(history.store.check(at(50)).unwrap().is_sound());
    let next = history.queued("2");
    assert!(next > id, "no id is given twice");
}

#[test]
fn what_may_have_been_paid_for_and_has_not_ended_is_never_removed() {
    let history = History::new();
    let ids: Vec<_> = From::ALL
        .into_iter()
        .map(|from| history.in_situation(from, &format!("{from:?}")))
        .collect();
    history.store.trash_many(&ids, at(40)).unwrap();
    let gone = history.store.delete_for_ever(&ids).unwrap();
    let left: Vec<_> = ids.iter().filter(|id| !gone.contains(id)).collect();
    let states: Vec<_> = left.iter().map(|id| history.state(**id)).collect();
    assert_eq!(states, [TaskState::Submitting, TaskState::Running, TaskState::Uncertain]);
    assert_eq!(history.store.empty_trash(None).unwrap(), []);

    history.store.won(*left[1], &won("x"), &answer("result"), at(60)).unwrap();
    assert_eq!(history.store.empty_trash(None).unwrap(), [*left[1]]);
}

#[test]
fn a_task_stays_while_another_of_its_create_call_goes_on() {
    let history = History::new();
    let wishes: Vec<_> = (0..3).map(|n| wish(&n.to_string())).collect();
    let ids = history.store.add_together("x", &wishes, 5, at(0)).unwrap();
    let attempt = history.store.claim(ids[0], at(1)).unwrap().attempt;
    let unsaid = shiwen_store::Spent { amount: None, ..spent(1) };
    history.store.accepted(attempt, "batch", at(2), &unsaid, &answer("create"), at(2)).unwrap();
    assert_eq!(history.store.booked_since(PROVIDER, at(0)).unwrap(), 3);
    history.store.cancel(ids[0], at(3)).unwrap();
    history.store.trash_many(&ids[..1], at(4)).unwrap();
    assert_eq!(history.store.delete_for_ever(&ids[..1]).unwrap(), []);

    let ends = [0, 1, 2].map(|n| shiwen_store::End::Won(won(&n.to_string())));
    history.store.ended(ids[1], &ends, &answer("result"), at(5)).unwrap();
    assert_eq!(history.store.delete_for_ever(&ids[..1]).unwrap(), &ids[..1]);
    assert_eq!(rows_of(&history, "pastes"), 1, "two tasks are left of it");
    assert_eq!(
        history.store.booked_since(PROVIDER, at(0)).unwrap(),
        3,
        "the bound for a day counts what is gone"
    );
    history.store.trash_many(&ids[1..], at(6)).unwrap();
    assert_eq!(history.store.empty_trash(None).unwrap(), &ids[1..]);
    assert_eq!(history.store.booked_since(PROVIDER, at(0)).unwrap(), 3);
    assert_eq!(rows_of(&history, "pastes"), 0);
}

#[test]
fn the_trash_is_emptied_by_age() {
    let history = History::new();
    let ids: Vec<_> = (0..1200).map(|n| wish(&n.to_string())).collect();
    let ids = history.store.add_tasks("x", &ids, at(0)).unwrap();
    history.store.trash_many(&ids[..1100], at(1000)).unwrap();
    history.store.trash_many(&ids[1100..1150], at(2000)).unwrap();
    assert_eq!(history.store.empty_trash(Some(at(1000))).unwrap(), []);
    assert_eq!(history.store.empty_trash(Some(at(1001))).unwrap(), &ids[..1100]);
    assert_eq!(history.store.trash(None, 10).unwrap().total, 50);
    assert_eq!(rows_of(&history, "tasks"), 100);
    assert_eq!(rows_of(&history, "links"), 100);
}

#[test]
fn where_a_short_link_leads_is_forgotten_with_its_last_task() {
    let history = History::new();
    let short = |name: &str| Link {
        url: format!("https://v.douyin.com/{name}/"),
        kind: LinkKind::Short,
        id: None,
        canonical: None,
        ..link("x")
    };
    let landing = Landing {
        platform: Platform::Douyin,
        kind: LinkKind::Video,
        id: "77".to_owned(),
        canonical: None,
    };
    let add = |link: Link| {
        let wish = NewTask { link: Some(link), again: true, ..wish("x") };
        history.store.add_tasks("x", &[wish], at(0)).unwrap()[0]
    };
    let (one, two) = (add(short("one")), add(short("two")));
    for (n, name) in ["one", "two", "pasted"].iter().enumerate() {
        history.store.save_landing(&short(name), &landing, at(n as i64)).unwrap();
    }
    let knows = |name: &str| history.store.landed(short(name)).unwrap().id.is_some();

    history.store.trash_many(&[one], at(40)).unwrap();
    history.store.delete_for_ever(&[one]).unwrap();
    assert_eq!([knows("one"), knows("two")], [false, true]);
    assert_eq!(
        history.store.known("douyin:77", Operation::Transcribe, None).unwrap().unwrap().task,
        two
    );

    assert_eq!(history.store.empty_trash(Some(at(2))).unwrap(), []);
    assert!(knows("two") && !knows("pasted"), "the last one has no task at all");
    history.store.save_landing(&short("pasted"), &landing, at(50)).unwrap();
    history.store.empty_trash(Some(at(50))).unwrap();
    assert!(knows("pasted"), "it was learned since");
    history.store.empty_trash(None).unwrap();
    assert!(knows("two") && !knows("pasted"));
}

#[test]
fn an_edit_outlives_the_work_that_it_was_made_of() {
    let history = History::new();
    let work = history.in_situation(From::Succeeded, "1");
    let edit = NewTask { parent: Some(work), again: true, ..wish("1") };
    let edit = history.store.add_tasks("x", &[edit], at(40)).unwrap()[0];
    history.store.trash_many(&[work], at(50)).unwrap();
    let mut changes = history.store.changes();
    history.store.delete_for_ever(&[work]).unwrap();
    assert_eq!(history.task(edit).parent, None);
    let task = Box::new(history.task(edit));
    assert!(announced(&mut changes).contains(&TaskChange::Saved { task }));
    assert_eq!(rows_of(&history, "links"), 1, "it is about the same video");
}

/// Whether any file of the folder holds these bytes.
fn holds(folder: &std::path::Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        std::fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn no_byte_of_what_is_deleted_for_ever_is_left_in_the_file() {
    let history = History::new();
    let secret = "绝不能留下的一句话";
    let wanted = "一直要留着的一句话";
    let mut secrets = Vec::new();
    for n in 0..120 {
        let id = history.running(&n.to_string());
        let words = if n % 3 == 0 { secret } else { wanted };
        // Long enough for pages of their own, and short enough for a place among others.
        let long = words.repeat(1 + n % 7 * 60);
        let text = Some(format!("{long}{n}"));
        let found = shiwen_core::Found { title: Some(format!("{words}{n}")), ..won("x").found };
        let result = shiwen_store::Won { text, found, ..won("x") };
        history.store.won(id, &result, &answer("result"), at(30)).unwrap();
        history.store.save_note(id, &format!("{words}的注")).unwrap();
        history.store.tag(&[id], &[words.to_owned()], &[]).unwrap();
        history.store.save_text(id, &format!("{words}，改过"), at(40)).unwrap();
        if n % 3 == 0 {
            secrets.push(id);
        }
    }
    history.store.trash_many(&secrets, at(50)).unwrap();
    assert!(holds(history.folder.path(), secret.as_bytes()));

    assert_eq!(history.store.empty_trash(None).unwrap(), secrets);

    assert!(!holds(history.folder.path(), secret.as_bytes()));
    assert!(holds(history.folder.path(), wanted.as_bytes()));
    // A version and a note go as thoroughly.
    let id = history.in_situation(From::Succeeded, "version");
    history.store.save_text(id, secret, at(60)).unwrap();
    history.store.save_note(id, secret).unwrap();
    history.store.save_note(id, "").unwrap();
    history.store.delete_text(id, 2).unwrap();
    assert!(!holds(history.folder.path(), secret.as_bytes()));
    assert!(history.store.check(at(70)).unwrap().is_sound());
}

#[test]
fn a_reader_in_the_way_delays_the_last_trace_and_nothing_else() {
    let history = History::new();
    let secret = "绝不能留下的一句话";
    let id = history.in_situation(From::Succeeded, "1");
    history.store.save_text(id, secret, at(40)).unwrap();
    history.store.trash_many(&[id], at(50)).unwrap();
    let reader = history.sql();
    reader.execute_batch("BEGIN; SELECT count(*) FROM tasks").unwrap();
    let begin = std::time::Instant::now();
    assert_eq!(history.store.delete_for_ever(&[id]).unwrap(), [id]);
    assert!(begin.elapsed() < std::time::Duration::from_secs(3), "{:?}", begin.elapsed());
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    history.store.close();
    assert!(!holds(history.folder.path(), secret.as_bytes()));
}
