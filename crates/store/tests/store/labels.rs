//! Stars, notes and tags.

use shiwen_core::{TagCount, TaskChange, TaskId};
use shiwen_store::StoreError;

use crate::fixture::{Situation as From, *};

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn count(tag: &str, tasks: u32) -> TagCount {
    TagCount { tag: tag.to_owned(), tasks }
}

#[test]
fn a_note_is_trimmed_and_bounded_and_holds_no_control_characters() {
    let history = History::new();
    let id = history.queued("1");
    let note = |text: &str| {
        history.store.save_note(id, text).unwrap();
        history.task(id).note
    };
    assert_eq!(
        note(" \n第一行\r\n第二\u{0}\u{1b}[31m行\t完 \u{3000}"),
        Some("第一行\n第二[31m行\t完".to_owned())
    );
    assert_eq!(note("\u{7} "), None);
    let most = "注".repeat(10_000);
    assert_eq!(note(&format!("  {most}  ")), Some(most.clone()));
    let long = history.store.save_note(id, &format!("{most}意"));
    assert!(matches!(long, Err(StoreError::TooLong { most: 10_000 })), "{long:?}");
    assert_eq!(history.task(id).note, Some(most));
    history.store.delete(id, at(9)).unwrap();
    assert!(matches!(history.store.save_note(id, "x"), Err(StoreError::WrongState)));
    assert!(matches!(history.store.save_note(TaskId(99), "x"), Err(StoreError::TaskGone)));
}

#[test]
fn stars_are_given_to_many_and_only_changes_count() {
    let history = History::new();
    let ids: Vec<_> = (0..5).map(|n| history.queued(&n.to_string())).collect();
    history.store.delete(ids[4], at(5)).unwrap();
    let mut changes = history.store.changes();
    assert_eq!(history.store.star(&ids[..2], true).unwrap(), 2);
    assert_eq!(announced(&mut changes).len(), 2);
    assert_eq!(history.store.star(&ids, true).unwrap(), 2, "two have it, one is in the trash");
    assert_eq!(announced(&mut changes).len(), 2);
    assert_eq!(history.store.star(&[TaskId(99)], true).unwrap(), 0);
    assert_eq!(history.store.star(&ids, false).unwrap(), 4);
    assert!(!history.task(ids[0]).starred);
}

#[test]
fn very_many_changes_are_announced_as_one() {
    let history = History::new();
    let wishes: Vec<_> = (0..1100).map(|n| wish(&n.to_string())).collect();
    let ids = history.store.add_tasks("x", &wishes, at(0)).unwrap();
    let mut changes = history.store.changes();
    assert_eq!(history.store.star(&ids[..200], true).unwrap(), 200);
    assert_eq!(announced(&mut changes).len(), 200);
    assert_eq!(history.store.star(&ids[..201], false).unwrap(), 200);
    let told = announced(&mut changes);
    assert_eq!(told.len(), 200, "what is changed counts, not what was asked for");
    assert_eq!(history.store.star(&ids, true).unwrap(), 1100);
    let told = announced(&mut changes);
    assert_eq!(told.iter().filter(|change| **change == TaskChange::Reload).count(), 2);
    assert_eq!(told.len(), 102);
}

#[test]
fn tags_are_cleaned_sorted_and_counted_without_the_trash() {
    let history = History::new();
    let ids: Vec<_> = (0..3).map(|n| history.queued(&n.to_string())).collect();
    let tag = |ids: &[TaskId], add: &[&str], remove: &[&str]| {
        history.store.tag(ids, &words(add), &words(remove)).unwrap()
    };
    assert_eq!(tag(&ids, &["  做菜 ", "做菜", "家 \n  常\u{0}", "", "\u{1}"], &[]), 3);
    assert_eq!(history.task(ids[0]).tags, ["做菜", "家 常"]);
    assert_eq!(tag(&ids, &["做菜"], &[]), 0, "they have it");
    assert_eq!(tag(&ids[..1], &["甲"], &["做菜", "没有"]), 1);
    assert_eq!(
        history.store.tags().unwrap(),
        [count("家 常", 3), count("做菜", 2), count("甲", 1)]
    );
    history.store.delete(ids[0], at(5)).unwrap();
    assert_eq!(history.store.tags().unwrap(), [count("做菜", 2), count("家 常", 2)]);
    assert_eq!(tag(&ids[..1], &["乙"], &[]), 0, "it is in the trash");
    history.store.restore(ids[0]).unwrap();
    assert_eq!(history.store.tags().unwrap().len(), 3);
    assert_eq!(tag(&ids, &[], &["做菜", "家 常", "甲"]), 3);
    assert_eq!(history.store.tags().unwrap(), []);
}

#[test]
fn a_task_has_at_most_twenty_tags_of_forty_characters() {
    let history = History::new();
    let (full, free) = (history.queued("1"), history.queued("2"));
    let twenty: Vec<_> = (0..20).map(|n| format!("{n:02}")).collect();
    history.store.tag(&[full], &twenty, &[]).unwrap();
    assert_eq!(history.store.tag(&[full, free], &words(&["more"]), &[]).unwrap(), 1);
    assert_eq!((history.task(full).tags.len(), history.task(free).tags.len()), (20, 1));
    assert_eq!(history.store.tag(&[full], &words(&["more"]), &words(&["07"])).unwrap(), 1);
    assert_eq!(history.task(full).tags.len(), 20);

    let most = "签".repeat(40);
    history.store.tag(&[free], std::slice::from_ref(&most), &[]).unwrap();
    let long = history.store.tag(&[free], &words(&["ok", &format!("{most}签")]), &[]);
    assert!(matches!(long, Err(StoreError::TooLong { most: 40 })), "{long:?}");
    assert_eq!(history.task(free).tags, words(&["more", &most]));
}

#[test]
fn labels_outlive_what_happens_to_the_task() {
    let history = History::new();
    for from in From::ALL {
        let id = history.in_situation(from, &format!("{from:?}"));
        history.store.star(&[id], true).unwrap();
        history.store.tag(&[id], &words(&["留"]), &[]).unwrap();
        history.store.save_note(id, "记").unwrap();
    }
    let running = history.running("late");
    history.store.save_note(running, "等它").unwrap();
    history.store.won(running, &won("late"), &answer("result"), at(90)).unwrap();
    assert_eq!(history.task(running).note.as_deref(), Some("等它"));
    let history = history.reopened();
    assert_eq!(history.store.tags().unwrap(), [count("留", 10)]);
}
