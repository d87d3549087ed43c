//! Same video, no second bill.

use shiwen_core::{Landing, Link, LinkKind, NewTask, Operation, Platform, ProviderId, TaskState};

use crate::fixture::{Situation as From, *};

fn short(code: &str) -> Link {
    let url = format!("https://v.douyin.com/{code}/");
    Link { canonical: Some(url.clone()), url, kind: LinkKind::Short, id: None, ..link("0") }
}

/// Another form of the link to the video `id`.
fn shared(id: &str) -> Link {
    Link { url: format!("https://www.iesdouyin.com/share/video/{id}/?from=web"), ..link(id) }
}

fn task_known(history: &History, link: &Link) -> Option<u32> {
    let known = history.store.known(&link.video_key(), Operation::Transcribe, None).unwrap();
    known.map(|known| known.task.0)
}

#[test]
fn a_video_is_known_by_every_form_of_its_link() {
    let history = History::new();
    let id = history.in_situation(From::Succeeded, "1");
    assert_eq!(task_known(&history, &link("1")), Some(id.0));
    assert_eq!(task_known(&history, &shared("1")), Some(id.0));
    assert_eq!(task_known(&history, &link("2")), None);

    let known = history.store.known(&link("1").video_key(), Operation::Transcribe, None).unwrap();
    let known = known.unwrap();
    assert_eq!((known.state, known.created_at), (TaskState::Succeeded, at(0)));
    assert_eq!(known.title.as_deref(), Some("服务商说的标题1"));
    assert_eq!(
        history.store.known(&link("1").video_key(), Operation::Resolve, None).unwrap(),
        None
    );
}

#[test]
fn a_short_link_is_known_with_and_without_its_trimmings() {
    let history = History::new();
    let pasted = NewTask { link: Some(short("iRNBho6u")), ..wish("0") };
    let id = history.store.add_tasks("x", &[pasted], at(0)).unwrap()[0];
    let plain = Link {
        url: "http://v.douyin.com/iRNBho6u".to_owned(),
        canonical: None,
        ..short("iRNBho6u")
    };
    assert_eq!(task_known(&history, &plain), Some(id.0));
    assert_eq!(task_known(&history, &short("iRNBho6U")), None, "codes are case-sensitive");
}

#[test]
fn only_what_has_or_may_still_give_a_result_is_known() {
    let history = History::new();
    for from in From::ALL {
        let name = format!("{from:?}");
        let id = history.in_situation(from, &name);
        // A task that nobody waits for any more still does: waiting again is free.
        let counts = !matches!(from, From::Failed | From::CancelledBefore | From::GaveUp);
        assert_eq!(task_known(&history, &link(&name)), counts.then_some(id.0), "{from:?}");
        if from != From::Submitting {
            history.store.delete(id, at(50)).unwrap();
            assert_eq!(task_known(&history, &link(&name)), None, "{from:?} in the trash");
        }
    }
}

#[test]
fn a_short_link_that_leads_to_no_work_makes_no_task() {
    let history = History::new();
    let profile = Landing {
        platform: Platform::Douyin,
        kind: LinkKind::User,
        id: "MS4wLjABAAAAx".to_owned(),
        canonical: None,
    };
    history.store.save_landing(&short("iRNBho6u"), &profile, at(0)).unwrap();
    let pasted = NewTask { link: Some(short("iRNBho6u")), again: true, ..wish("0") };
    assert_eq!(history.store.add_tasks("x", &[pasted], at(1)).unwrap(), []);
}

#[test]
fn a_result_is_better_than_a_newer_task_without_one() {
    let history = History::new();
    let again = |history: &History| {
        let wish = NewTask { again: true, link: Some(shared("1")), ..wish("1") };
        history.store.add_tasks("x", &[wish], at(0)).unwrap()[0]
    };
    let done = history.in_situation(From::Succeeded, "1");
    let newer = again(&history);
    assert_eq!(task_known(&history, &link("1")), Some(done.0));

    history.store.delete(done, at(60)).unwrap();
    let newest = again(&history);
    assert!(newest > newer);
    assert_eq!(task_known(&history, &link("1")), Some(newest.0), "without one, the newest");
}

#[test]
fn a_translation_is_another_work_and_another_provider_is_not() {
    let history = History::new();
    let done = history.in_situation(From::Succeeded, "1");
    let add = |wish: NewTask| history.store.add_tasks("x", &[wish], at(0)).unwrap().len();

    let elsewhere = NewTask { provider: ProviderId::Coze, ..wish("1") };
    assert_eq!(add(elsewhere), 0, "already paid for at another provider");
    let english = NewTask { target_language: Some("en".to_owned()), ..wish("1") };
    assert_eq!(add(english.clone()), 1);
    assert_eq!(add(english), 0);
    let french = NewTask { target_language: Some("fr".to_owned()), ..wish("1") };
    assert_eq!(add(french), 1);
    let info = NewTask { operation: Operation::Resolve, ..wish("1") };
    assert_eq!(add(info), 1);
    assert_eq!(task_known(&history, &link("1")), Some(done.0));
    let in_language = |language| {
        let key = link("1").video_key();
        history.store.known(&key, Operation::Transcribe, Some(language)).unwrap()
    };
    let english = in_language("en").map(|known| known.task);
    assert!(
        english.is_some()
            && english != Some(done)
            && english != in_language("fr").map(|known| known.task)
    );
    assert_eq!(in_language("ja"), None);
}

#[test]
fn known_videos_are_skipped_unless_the_user_wants_them_again() {
    let history = History::new();
    let known = history.in_situation(From::Succeeded, "1");
    let wishes = [
        wish("1"),
        wish("2"),
        NewTask { link: Some(shared("2")), ..wish("2") },
        NewTask { again: true, ..wish("1") },
        wish("3"),
    ];
    let ids = history.store.add_tasks("一次粘贴", &wishes, at(60)).unwrap();

    let urls: Vec<_> = ids.iter().map(|id| history.task(*id).link.unwrap().url).collect();
    assert_eq!(urls, [link("2").url, link("1").url, link("3").url]);
    assert!(!ids.contains(&known));
    assert!(ids.iter().all(|id| history.state(*id) == TaskState::Queued));
}

#[test]
fn tasks_of_one_paste_are_added_all_or_none() {
    let history = History::new();
    history
        .sql()
        .execute_batch(
            "CREATE TRIGGER fault BEFORE INSERT ON tasks WHEN new.provider = 'jimeng'
             BEGIN SELECT raise(ABORT, 'fault'); END",
        )
        .unwrap();
    let mut changes = history.store.changes();
    let bad = NewTask { provider: ProviderId::Jimeng, ..wish("3") };
    let added = history.store.add_tasks("一次粘贴", &[wish("1"), wish("2"), bad], at(0));

    assert!(added.is_err());
    let sql = history.sql();
    for table in ["tasks", "links", "pastes"] {
        let rows: u32 =
            sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    assert_eq!(announced(&mut changes), []);
}

#[test]
fn a_paste_that_makes_no_task_is_not_kept() {
    let history = History::new();
    history.in_situation(From::Succeeded, "1");
    assert_eq!(history.store.add_tasks("第二次粘贴", &[wish("1")], at(60)).unwrap(), []);
    assert_eq!(history.store.add_tasks("第三次粘贴", &[], at(60)).unwrap(), []);
    let sql = history.sql();
    let kept: u32 = sql.query_row("SELECT count(*) FROM pastes", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1);
}

#[test]
fn a_link_pasted_again_keeps_its_title_and_learns_a_new_one() {
    let history = History::new();
    let id = history.queued("1");
    let titled = |title: Option<&str>| NewTask {
        again: true,
        link: Some(Link { title: title.map(str::to_owned), ..link("1") }),
        ..wish("1")
    };
    history.store.add_tasks("x", &[titled(None)], at(1)).unwrap();
    assert_eq!(history.task(id).title(), Some("作品1"));
    history.store.add_tasks("x", &[titled(Some("新标题"))], at(2)).unwrap();
    assert_eq!(history.task(id).title(), Some("新标题"));
}
