//! Versions: only ever added, the last is the text, and what a provider returned stays as it was.

use shiwen_core::{TaskChange, TextRef, TranscriptKind};
use shiwen_store::{StoreError, Won};

use crate::fixture::{Situation as From, *};

fn done(history: &History) -> shiwen_core::TaskId {
    history.in_situation(From::Succeeded, "1")
}

fn texts(history: &History, id: shiwen_core::TaskId) -> Vec<(u32, TranscriptKind, String)> {
    let transcripts = history.detail(id).transcripts;
    transcripts.into_iter().map(|text| (text.version, text.kind, text.text)).collect()
}

#[test]
fn what_a_provider_returned_can_neither_be_changed_nor_deleted() {
    let history = History::new();
    let id = done(&history);
    let deleted = history.store.delete_text(id, 1);
    assert!(matches!(deleted, Err(StoreError::WrongState)), "{deleted:?}");
    let sql = history.sql();
    for bad in [
        "UPDATE transcripts SET text = 'other'",
        "UPDATE transcripts SET kind = 'edited'",
        "UPDATE transcripts SET words = 1000",
        "DELETE FROM transcripts",
    ] {
        assert!(sql.execute(bad, []).is_err(), "accepted: {bad}");
    }
    history.store.save_text(id, "改过的", at(50)).unwrap();
    assert!(sql.execute("UPDATE transcripts SET text = 'x' WHERE version = 2", []).is_err());
    assert_eq!(texts(&history, id)[0].2, won("1").text.unwrap());
}

#[test]
fn the_list_counts_the_last_version() {
    let history = History::new();
    let id = done(&history);
    let first = history.task(id).words.unwrap();
    let mut changes = history.store.changes();

    let edited = history.store.save_text(id, "四个字的", at(50)).unwrap();

    assert_eq!((edited.version, edited.kind, edited.words), (2, TranscriptKind::Edited, 4));
    assert_eq!(history.task(id).words, Some(4));
    let task = Box::new(history.task(id));
    assert_eq!(announced(&mut changes), [TaskChange::Saved { task }]);
    assert_eq!(history.store.text(TextRef { task: id, version: 2 }).unwrap(), edited);
    let tidied = history.store.save_tidied(id, "两字", at(60)).unwrap();
    assert_eq!((tidied.kind, history.task(id).words), (TranscriptKind::Tidied, Some(2)));

    let back = history.store.restore_text(id, 1, at(70)).unwrap();
    assert_eq!((back.version, back.kind), (4, TranscriptKind::Provider));
    assert_eq!(history.task(id).words, Some(first));
    assert_eq!(texts(&history, id)[0].2, texts(&history, id)[3].2);
}

#[test]
fn the_same_text_again_adds_nothing() {
    let history = History::new();
    let id = done(&history);
    let text = won("1").text.unwrap();
    let mut changes = history.store.changes();
    assert_eq!(history.store.save_text(id, &text, at(50)).unwrap().version, 1);
    assert_eq!(history.store.restore_text(id, 1, at(50)).unwrap().version, 1);
    assert_eq!(announced(&mut changes), []);
    history.store.save_text(id, "另一个", at(60)).unwrap();
    assert_eq!(history.store.save_tidied(id, "另一个", at(70)).unwrap().version, 2);
    assert_eq!(texts(&history, id).len(), 2);
    // It is a change again once something else came between.
    assert_eq!(history.store.save_text(id, &text, at(80)).unwrap().version, 3);
}

#[test]
fn texts_that_say_nothing_or_too_much_are_refused() {
    let history = History::new();
    let id = done(&history);
    let rows = history.rows(id);
    for empty in ["", " ", "\n\t　"] {
        let saved = history.store.save_text(id, empty, at(50));
        assert!(matches!(saved, Err(StoreError::EmptyText)), "{empty:?}: {saved:?}");
        let saved = history.store.save_tidied(id, empty, at(50));
        assert!(matches!(saved, Err(StoreError::EmptyText)), "{empty:?}: {saved:?}");
    }
    let long = "长".repeat(1_000_001);
    let saved = history.store.save_text(id, &long, at(50));
    assert!(matches!(saved, Err(StoreError::TooLong { most: 1_000_000 })), "{saved:?}");
    assert_eq!(history.rows(id), rows);
    history.store.save_text(id, &long[3..], at(50)).unwrap();
}

#[test]
fn only_what_a_text_came_back_for_has_versions() {
    let history = History::new();
    for from in From::ALL.into_iter().filter(|from| *from != From::Succeeded) {
        let id = history.in_situation(from, &format!("{from:?}"));
        let saved = history.store.save_text(id, "字", at(50));
        assert!(matches!(saved, Err(StoreError::WrongState)), "{from:?}: {saved:?}");
    }
    let silent = history.running("silent");
    let nothing = Won { text: Some(String::new()), ..won("silent") };
    history.store.won(silent, &nothing, &answer("result"), at(30)).unwrap();
    assert_eq!(history.store.save_text(silent, "听写的", at(50)).unwrap().version, 1);
    history.store.delete_text(silent, 1).unwrap();
    assert_eq!(history.task(silent).words, Some(0));

    let id = done(&history);
    history.store.save_text(id, "改过", at(50)).unwrap();
    history.store.delete(id, at(60)).unwrap();
    for refused in [
        history.store.save_text(id, "再改", at(70)).map(|_| ()),
        history.store.restore_text(id, 1, at(70)).map(|_| ()),
        history.store.delete_text(id, 2),
    ] {
        assert!(matches!(refused, Err(StoreError::WrongState)), "{refused:?}");
    }
    let gone = shiwen_core::TaskId(999);
    assert!(matches!(history.store.save_text(gone, "x", at(70)), Err(StoreError::TaskGone)));
    let text = TextRef { task: gone, version: 1 };
    assert!(matches!(history.store.text(text), Err(StoreError::TaskGone)));
}

#[test]
fn a_deleted_version_leaves_the_others_and_no_number_is_in_the_way() {
    let history = History::new();
    let id = done(&history);
    history.store.save_text(id, "第二版", at(50)).unwrap();
    history.store.save_text(id, "第三版长", at(60)).unwrap();
    history.store.delete_text(id, 2).unwrap();
    assert_eq!(history.task(id).words, Some(4));
    assert!(matches!(history.store.delete_text(id, 2), Err(StoreError::WrongState)));
    assert!(matches!(history.store.restore_text(id, 2, at(70)), Err(StoreError::WrongState)));
    assert_eq!(history.store.save_text(id, "第四", at(70)).unwrap().version, 4);
    history.store.delete_text(id, 4).unwrap();
    assert_eq!(history.task(id).words, Some(4), "the one before it is the last again");

    // What is paid for finds its place behind a gap.
    let other = history.running("2");
    history.sql().execute("UPDATE tasks SET words = 0 WHERE id = ?1", [other.0]).unwrap();
    history.store.save_text(other, "一", at(50)).unwrap();
    history.store.save_text(other, "二", at(60)).unwrap();
    history.store.delete_text(other, 1).unwrap();
    history.store.won(other, &won("2"), &answer("result"), at(70)).unwrap();
    assert_eq!(texts(&history, other).iter().map(|text| text.0).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn versions_stand_in_the_order_of_their_times_whatever_the_clock_says() {
    let history = History::new();
    let id = done(&history);
    history.store.save_text(id, "甲", at(500)).unwrap();
    let late = history.store.save_text(id, "乙", at(100)).unwrap();
    assert_eq!(late.created_at, at(500));
}

#[test]
fn what_is_made_of_half_a_text_is_half_a_text() {
    let history = History::new();
    let id = history.running("1");
    let cut = Won { incomplete: true, ..won("1") };
    history.store.won(id, &cut, &answer("result"), at(30)).unwrap();
    assert!(history.store.save_tidied(id, "整理过的", at(50)).unwrap().incomplete);
    assert!(history.store.save_text(id, "改过的", at(60)).unwrap().incomplete);
    assert!(history.store.restore_text(id, 1, at(70)).unwrap().incomplete);
}

#[test]
fn other_tasks_on_the_video_tell_their_last_version() {
    let history = History::new();
    let id = done(&history);
    let again = shiwen_core::NewTask { again: true, ..wish("1") };
    let other = history.store.add_tasks("x", &[again], at(40)).unwrap()[0];
    let attempt = history.store.claim(other, at(41)).unwrap().attempt;
    history.accept(attempt, "again");
    history.store.won(other, &won("1"), &answer("result"), at(50)).unwrap();
    assert_eq!(history.detail(id).same_video[0].text, TextRef { task: other, version: 1 });

    history.store.save_text(other, "改过的", at(60)).unwrap();
    let told = &history.detail(id).same_video;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].text.version, told[0].kind), (2, TranscriptKind::Edited));
    history.store.delete(other, at(70)).unwrap();
    assert_eq!(history.detail(id).same_video, []);
}
