//! Backups: made while others write, thinned out, and put back.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use rusqlite::Connection;
use shiwen_core::{BackupKind, Desk, TaskState, Timestamp};
use shiwen_store::{Store, StoreError};

use crate::{child, fixture::*};

const PATIENCE: Duration = Duration::from_millis(300);
const DAY_MS: i64 = 86_400_000;

fn backups(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder.join("backups")).into_iter().flatten();
    let mut found: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

#[test]
fn a_day_has_one_backup_and_old_ones_are_thinned_out() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "1");
    let day = |n: i64| Timestamp(at(0).0 + n * DAY_MS);
    for n in 0..40 {
        let made = history.store.backup_if_due(day(n)).unwrap().unwrap();
        assert_eq!(history.store.backup_if_due(day(n)).unwrap(), None, "{n}");
        assert!(backups(history.folder.path()).contains(&made), "{n}");
        assert!(backups(history.folder.path()).len() <= 5, "{n}");
    }
    assert_eq!(backups(history.folder.path()).len(), 5);
    // A clock that was wrong for a while must not end the backups.
    assert!(history.store.backup_if_due(day(4000)).unwrap().is_some());
    assert!(history.store.backup_if_due(day(41)).unwrap().is_some());
}

#[test]
fn a_backup_is_of_one_moment_while_others_write() {
    let history = History::new();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let other = history.other();
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let id = other.add_tasks("x", &[wish(&n.to_string())], at(0)).unwrap()[0];
                let attempt = other.claim(id, at(1)).unwrap().attempt;
                let remote = remote(&n.to_string());
                other
                    .accepted(attempt, &remote, at(2), &spent(1), &answer("create"), at(2))
                    .unwrap();
            }
        });
        for n in 0..10 {
            let to = history.folder.path().join(format!("副本 {n}.db"));
            history.store.backup(&to).unwrap();
            let copy = Connection::open(&to).unwrap();
            let said: String =
                copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(said, "ok");
            let half = "SELECT count(*) FROM tasks t WHERE state NOT IN ('queued') AND NOT EXISTS
                          (SELECT 1 FROM attempts WHERE task_id = t.id)";
            let half: u32 = copy.query_row(half, [], |row| row.get(0)).unwrap();
            assert_eq!(half, 0);
        }
        stop.store(true, Ordering::Relaxed);
    });
    let partial = |path: PathBuf| path.to_string_lossy().contains("partial");
    let left =
        fs::read_dir(history.folder.path()).unwrap().any(|entry| partial(entry.unwrap().path()));
    assert!(!left);
}

#[test]
fn a_kill_while_backing_up_leaves_only_whole_backups() {
    if let Some(folder) = child::folder() {
        let store = Store::open(&folder).unwrap();
        for n in 0.. {
            store.backup_if_due(Timestamp(at(0).0 + n * DAY_MS)).unwrap();
            child::say("backed up");
        }
    }
    let history = History::new();
    for n in 0..20 {
        let id = history.in_situation(Situation::Succeeded, &n.to_string());
        history.store.save_cover(id, "image/png", &[n as u8; 20_000]).unwrap();
    }
    let name = "backups::a_kill_while_backing_up_leaves_only_whole_backups";
    for round in 0..6 {
        let (mut child, mut words) = child::start(name, history.folder.path());
        assert_eq!(words.by_ref().take(1 + round).count(), 1 + round);
        thread::sleep(Duration::from_millis(3 * round as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        let named = backups(history.folder.path());
        for path in named.iter().filter(|path| path.extension().is_some_and(|end| end == "db")) {
            let copy = Connection::open(path).unwrap();
            let said: String = copy.query_row("PRAGMA quick_check", [], |row| row.get(0)).unwrap();
            assert_eq!(said, "ok", "{path:?}");
        }
        assert!(history.store.check(at(0)).unwrap().is_sound());
    }
}

#[test]
fn a_backup_put_back_takes_no_log_with_it_and_sends_nothing_again() {
    let history = History::new();
    let waiting = history.queued("waiting");
    let (out, _) = history.submitting("out");
    let running = history.running("running");
    let saved = history.folder.path().join("saved.db");
    history.store.backup(&saved).unwrap();
    // All of this is forgotten by the backup.
    let claimed = history.store.claim(waiting, at(50)).unwrap();
    history.accept(claimed.attempt, "paid");
    history.store.won(running, &won("running"), &answer("result"), at(60)).unwrap();
    let folder = history.folder.path();
    let busy = Store::restore_backup(folder, &saved, PATIENCE, at(70));
    assert!(matches!(busy, Err(StoreError::Busy)), "{busy:?}");
    let History { folder, store } = history;
    drop(store);
    // A log that a crash left behind.
    let stale = Connection::open(folder.path().join("shiwen.db")).unwrap();
    stale
        .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .unwrap();
    stale.execute("UPDATE tasks SET title = 'stale'", []).unwrap();
    drop(stale);
    assert!(folder.path().join("shiwen.db-wal").exists());
    let kept = Store::restore_backup(folder.path(), &saved, PATIENCE, at(70)).unwrap().unwrap();

    // What stood in the log alone is kept, too, in one file.
    let listed = Store::backups_in(folder.path());
    assert_eq!((listed.len(), listed[0].kind), (1, BackupKind::Replaced));
    assert_eq!(listed[0].path, kept.to_str().unwrap());
    let replaced = Connection::open(&kept).unwrap();
    let titles = "SELECT count(*) FROM tasks WHERE title = 'stale'";
    assert_eq!(replaced.query_row(titles, [], |row| row.get::<_, u32>(0)).unwrap(), 3);
    drop(replaced);
    assert_eq!(backups(folder.path()), [kept]);
    assert!(!folder.path().join("shiwen.db-wal").exists());
    let opened = Store::open_or_salvage(folder.path(), PATIENCE, at(80)).unwrap();
    assert!(!opened.unclean && opened.salvaged.is_none());
    let store = opened.store;
    assert_eq!(store.task(waiting).unwrap().state, TaskState::Uncertain);
    assert_eq!(
        store.task(out).unwrap().state,
        TaskState::Submitting,
        "the start makes it uncertain"
    );
    assert_eq!(store.task(running).unwrap().state, TaskState::Running);
    assert_ne!(store.task(running).unwrap().title(), Some("stale"));
    assert!(store.check(at(90)).unwrap().is_sound());
    store.adopt(waiting, "paid", at(90)).unwrap();
    assert_eq!(store.task(waiting).unwrap().state, TaskState::Running);
}

#[test]
fn what_is_no_backup_is_not_put_in_the_place_of_the_history() {
    let history = History::new();
    history.queued("1");
    let good = history.folder.path().join("good.db");
    history.store.backup(&good).unwrap();
    let History { folder, store } = history;
    drop(store);
    let before = fs::read(folder.path().join("shiwen.db")).unwrap();
    let bad = folder.path().join("bad.db");
    let mut bytes = fs::read(&good).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(&bad, bytes).unwrap();
    let newer = folder.path().join("newer.db");
    fs::copy(&good, &newer).unwrap();
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE notes (x)").unwrap();

    let put = |from: &Path| Store::restore_backup(folder.path(), from, PATIENCE, at(0));
    assert!(matches!(put(&bad), Err(StoreError::Damaged(_))));
    assert!(matches!(put(&newer), Err(StoreError::Newer(_))));
    assert!(matches!(put(&other), Err(StoreError::Damaged(_))));
    assert!(put(&folder.path().join("missing.db")).is_err());

    assert_eq!(fs::read(folder.path().join("shiwen.db")).unwrap(), before);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
}

#[test]
fn backups_are_listed_with_their_times_and_sizes_and_the_users_own_push_out_no_others() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "1");
    assert_eq!(history.store.backups(), []);
    let day = |n: i64| Timestamp(at(0).0 + n * DAY_MS);
    for n in 0..3 {
        history.store.backup_if_due(day(n)).unwrap().unwrap();
    }
    let mut made = Vec::new();
    for n in 0..8 {
        made.push(history.store.backup_now(Timestamp(day(2).0 + n * 60_000 + 7)).unwrap());
    }
    let listed = history.store.backups();
    assert_eq!(listed.len(), 8, "three of the days and five of the user's");
    assert_eq!(listed[0], made[7]);
    assert_eq!(listed[0].at, Timestamp(day(2).0 + 7 * 60_000));
    assert!(listed.windows(2).all(|pair| pair[0].at >= pair[1].at));
    let kinds: Vec<_> = listed.iter().map(|backup| backup.kind).collect();
    assert_eq!(kinds[..5], [BackupKind::Wished; 5]);
    assert_eq!(kinds[5..], [BackupKind::Daily; 3]);
    for backup in &listed {
        assert_eq!(fs::metadata(&backup.path).unwrap().len() as f64, backup.bytes);
    }
    assert_eq!(Store::backups_in(history.folder.path()), listed);
    assert!(history.store.backup_if_due(day(2)).unwrap().is_none(), "the day has its own");
    assert!(history.store.backup_if_due(day(3)).unwrap().is_some());
}

#[test]
fn a_file_that_somebody_else_put_beside_the_backups_is_neither_listed_nor_thinned_out() {
    let history = History::new();
    history.store.backup_now(at(0)).unwrap();
    let foreign = history.folder.path().join("backups/mine-20200101-000000.db");
    fs::write(&foreign, "mine").unwrap();
    for n in 1..4 {
        history.store.backup_now(at(n * 1000)).unwrap();
    }
    assert_eq!(history.store.backups().len(), 4);
    assert_eq!(fs::read(&foreign).unwrap(), b"mine");
}

/// The titles of all tasks, once the backup is the history.
fn titles_after(folder: &Path, backup: &Path, ms: i64) -> Vec<String> {
    Store::restore_backup(folder, backup, PATIENCE, at(ms)).unwrap();
    let store = Store::open(folder).unwrap();
    let page = store.tasks(Desk::Texts, None, 10).unwrap();
    page.tasks.iter().map(|task| task.title().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_replaced_history_is_put_back_like_any_backup_and_the_newest_three_stay() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "1");
    let few = history.folder.path().join("few.db");
    history.store.backup(&few).unwrap();
    history.in_situation(Situation::Succeeded, "2");
    let History { folder, store } = history;
    drop(store);
    let folder = folder.path();
    assert_eq!(titles_after(folder, &few, 1000).len(), 1);
    let replaced = backups(folder);
    assert_eq!(titles_after(folder, &replaced[0], 2000).len(), 2);

    // Two in one second keep both; the one that is put back may be the one that is no longer kept.
    assert_eq!(titles_after(folder, &few, 3000).len(), 1);
    assert_eq!(titles_after(folder, &few, 3000).len(), 1);
    let oldest = Store::backups_in(folder).pop().unwrap();
    assert_eq!(titles_after(folder, Path::new(&oldest.path), 4000).len(), 1);
    let kinds: Vec<_> = Store::backups_in(folder).iter().map(|backup| backup.kind).collect();
    assert_eq!(kinds, [BackupKind::Replaced; 3]);
    assert!(backups(folder).iter().all(|path| path.extension().unwrap() == "db"));
}

#[test]
fn a_backup_with_a_log_beside_it_is_put_back_with_what_stands_in_that_alone() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "1");
    let saved = history.folder.path().join("saved.db");
    history.store.backup(&saved).unwrap();
    let History { folder, store } = history;
    drop(store);
    let other = Connection::open(&saved).unwrap();
    other.pragma_update(None, "journal_mode", "WAL").unwrap();
    other
        .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .unwrap();
    other.execute("UPDATE tasks SET title = 'in the log'", []).unwrap();
    drop(other);
    assert!(fs::metadata(folder.path().join("saved.db-wal")).unwrap().len() > 0);
    assert_eq!(titles_after(folder.path(), &saved, 0), ["in the log"]);
}

#[test]
fn a_damaged_history_that_is_replaced_is_kept_as_it_is_and_one_that_is_not_there_is_none() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "1");
    let saved = history.folder.path().join("saved.db");
    history.store.backup(&saved).unwrap();
    let History { folder, store } = history;
    drop(store);
    let (folder, path) = (folder.path(), folder.path().join("shiwen.db"));
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(&path, &bytes).unwrap();
    let kept = Store::restore_backup(folder, &saved, PATIENCE, at(0)).unwrap().unwrap();
    assert!(kept.file_name().unwrap().to_str().unwrap().starts_with("shiwen.db.damaged-"));
    assert_eq!(fs::read(&kept).unwrap(), bytes);
    assert!(backups(folder).is_empty());

    fs::remove_file(&path).unwrap();
    assert_eq!(Store::restore_backup(folder, &saved, PATIENCE, at(0)).unwrap(), None);
    assert_eq!(Store::open(folder).unwrap().tasks(Desk::Texts, None, 10).unwrap().total, 1);
}

#[test]
fn what_was_replaced_fills_no_gaps_of_what_took_its_place() {
    let history = History::new();
    let saved = history.folder.path().join("saved.db");
    history.store.backup(&saved).unwrap();
    history.in_situation(Situation::Succeeded, "1");
    let History { folder, store } = history;
    drop(store);
    let folder = folder.path();
    Store::restore_backup(folder, &saved, PATIENCE, at(0)).unwrap();
    fs::write(folder.join("shiwen.db"), "").unwrap();
    let opened = Store::open_or_salvage(folder, PATIENCE, at(10)).unwrap();
    assert!(opened.salvaged.is_none());
    assert_eq!(opened.store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
    assert_eq!(opened.store.backups().len(), 1);
}

#[test]
fn a_backup_is_never_written_onto_a_file_of_this_or_another_history() {
    let (history, other) = (History::new(), History::new());
    history.in_situation(Situation::Succeeded, "1");
    for folder in [history.folder.path(), other.folder.path()] {
        for name in ["shiwen.db", "SHIWEN.db", "shiwen.db-wal", "shiwen.db.new", "use.lock"] {
            let refused = history.store.backup(&folder.join(name));
            assert!(matches!(refused, Err(StoreError::Unwritable { .. })), "{name}: {refused:?}");
        }
    }
    assert_eq!(other.store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
    other.store.add_tasks("x", &[wish("2")], at(0)).unwrap();
    // Where no history lives the name is as good as any.
    let free = tempfile::tempdir().unwrap();
    history.store.backup(&free.path().join("shiwen.db")).unwrap();
}
