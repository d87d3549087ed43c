//! Where tasks stand in the list, by their place, and how many there are: whatever was made, moved and brought.

use shiwen_core::{NewTask, Operation, TaskId};

use crate::fixture::*;

const DAY: i64 = 86_400_000;
const DESKS: [Desk; 3] = [Desk::Texts, Desk::Works, Desk::Research];

fn made(history: &History, name: &str, ms: i64) -> TaskId {
    history.store.add_tasks(name, &[wish(name)], at(ms)).unwrap()[0]
}

/// The list from each place on is what the pages say, and is counted right.
fn listed(history: &History, desk: Desk) -> Vec<TaskId> {
    let store = &history.store;
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = store.tasks(desk, before, 4).unwrap();
        all.extend(page.tasks.iter().map(|task| task.id));
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    for from in 0..=all.len() + 1 {
        let page = store.tasks_at(desk, from as u32, 3).unwrap();
        let ids: Vec<_> = page.tasks.iter().map(|task| task.id).collect();
        assert_eq!(ids, all[from.min(all.len())..(from + 3).min(all.len())], "{desk} from {from}");
        assert_eq!(page.total as usize, all.len(), "{desk}");
        assert_eq!(page.before.is_some(), ids.len() == 3);
    }
    all
}

fn assert_counters_follow(history: &History) {
    let sql = history.sql();
    let wrong: u32 = sql
        .query_row(
            "SELECT (SELECT count(*) FROM listed_days d WHERE tasks <> (SELECT count(*) FROM tasks
                       WHERE desk = d.desk AND listed_at / 86400000 = d.day AND deleted_at IS NULL))
                  + (SELECT count(*) FROM listed d
                       WHERE tasks <> (SELECT count(*) FROM tasks WHERE desk = d.desk AND deleted_at IS NULL))
                  + (SELECT abs(sum(tasks) - (SELECT count(*) FROM tasks WHERE deleted_at IS NULL)) FROM listed_days)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(wrong, 0);
}

#[test]
fn a_place_is_the_same_however_the_tasks_came_to_stand_there() {
    let history = History::new();
    let store = &history.store;
    for n in 0..30 {
        made(&history, &n.to_string(), n % 7 * DAY * 3 + n);
        let paste = ["a", "b", "c"].map(|part| wish(&format!("{n} {part}")));
        store.add_tasks("many", &paste, at(n * DAY)).unwrap();
    }
    let of_works = NewTask { operation: Operation::GenerateImage, link: None, ..wish("x") };
    store.add_tasks("", &[of_works.clone(), of_works], at(5 * DAY)).unwrap();
    assert_eq!(listed(&history, Desk::Texts).len(), 120);
    assert_eq!(listed(&history, Desk::Works).len(), 2);
    assert_counters_follow(&history);

    let all = listed(&history, Desk::Texts);
    let trashed: Vec<_> = all.iter().copied().step_by(3).collect();
    store.trash_many(&trashed, at(99 * DAY)).unwrap();
    assert_eq!(listed(&history, Desk::Texts).len(), 80);
    assert_counters_follow(&history);
    store.restore_many(&trashed[..10]).unwrap();
    store.delete_for_ever(&trashed[10..]).unwrap();
    let left = listed(&history, Desk::Texts);
    assert_eq!(left.len(), 90);
    assert_eq!(left, all.into_iter().filter(|id| left.contains(id)).collect::<Vec<_>>());
    assert_counters_follow(&history);
    for desk in DESKS {
        listed(&history, desk);
    }
}

#[test]
fn a_clock_that_was_ahead_puts_no_later_task_behind_an_earlier_one() {
    let history = History::new();
    let first = made(&history, "1", 0);
    let ahead = made(&history, "2", 400 * DAY);
    let later = made(&history, "3", DAY);
    let last = made(&history, "4", 2 * DAY);
    assert_eq!(listed(&history, Desk::Texts), [last, later, ahead, first]);
    assert_eq!(history.task(later).created_at, at(DAY), "its own time is kept");
    assert_counters_follow(&history);
}

#[test]
fn what_was_brought_from_another_history_stands_at_its_own_time() {
    let history = History::new();
    let old = made(&history, "1", 10 * DAY);
    let new = made(&history, "2", 20 * DAY);
    let brought = history.in_situation(Situation::Succeeded, "3");
    let time = at(15 * DAY).0;
    let sql = "UPDATE tasks SET listed_at = ?2, created_at = ?2, imported_at = 1 WHERE id = ?1";
    history.sql().execute(sql, (brought.0, time)).unwrap();
    assert_eq!(listed(&history, Desk::Texts), [new, brought, old]);
    assert_counters_follow(&history);
}
