//! A damaged file: what is lost, what is told, and that nothing is ever paid for twice because of it.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, config::DbConfig, types::ValueRef};
use shiwen_core::{Charged, Desk, Failure, FailureKind, TaskId, TaskState};
use shiwen_store::{Opened, Store, StoreError};
use tempfile::TempDir;

use crate::{child, fixture::*, prove};

const PAGE: usize = 4096;
const PATIENCE: Duration = Duration::from_millis(500);
const TABLES: [&str; 11] = [
    "pastes",
    "links",
    "landings",
    "tasks",
    "attempts",
    "transcripts",
    "answers",
    "spend",
    "covers",
    "providers",
    "settings",
];

/// Numbers that are the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| *byte = self.next() as u8);
    }
}

/// A closed history of `size` finished tasks, and a task in every situation behind them.
fn large(size: u32) -> TempDir {
    let history = History::new();
    let first = history.in_situation(Situation::Succeeded, "first");
    assert_eq!(first, TaskId(1));
    // Made of the first by the database itself: through the store it would take a minute.
    let count = format!(
        "WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < {size})"
    );
    let columns = |table: &str, own: &[&str]| {
        let sql = history.sql();
        let mut statement = sql.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
        let names: Vec<String> =
            statement.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names
            .into_iter()
            .filter(|name| !own.contains(&name.as_str()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let tasks = columns("tasks", &["id", "paste_id", "link_id", "remote_id", "title"]);
    let triggers: Vec<(String, String)> = {
        let sql = history.sql();
        let mut statement =
            sql.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let lift: String = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name};")).collect();
    let create: String = triggers.iter().map(|(_, sql)| format!("{sql};")).collect();
    history
        .sql()
        .execute_batch(&format!(
            "BEGIN; {lift}
             {count} INSERT INTO pastes (id, text, created_at) SELECT n, '复制打开抖音，看看作品' || n, n FROM n;
             {count} INSERT INTO links SELECT n, 'https://v.example/' || n, 'douyin', 'video', 'v' || n, NULL, NULL,
               'douyin:v' || n FROM n;
             {count} INSERT INTO tasks (id, paste_id, link_id, remote_id, title, {tasks})
               SELECT n, n, n, 'r' || n, '第' || n || '个', {tasks} FROM n, (SELECT * FROM tasks WHERE id = 1);
             {count} INSERT INTO attempts (id, task_id, number, provider, item, intent_at, ended_at, outcome, remote_id)
               SELECT n, n, 1, 'momoget', 0, n, n + 1, 'accepted', 'r' || n FROM n;
             {count} INSERT INTO transcripts (id, task_id, version, kind, text, words, created_at)
               SELECT n, n, 1, 'provider', n || '号文案' || hex(zeroblob(300 + n % 7 * 400)), 5, n + 2 FROM n;
             {count} INSERT INTO answers (task_id, asked, http_status, body, received_at)
               SELECT n, 'result', 200, randomblob(250), n FROM n;
             {count} INSERT INTO spend (attempt_id, task_id, provider, operation, unit, amount, certain, spent_at)
               SELECT n, n, 'momoget', 'transcribe', 'use', 1, 1, n FROM n;
             {count} INSERT INTO covers SELECT n, 'image/png', randomblob(5000) FROM n WHERE n % 10 = 0;
             {create} COMMIT"
        ))
        .unwrap();
    for situation in Situation::ALL {
        history.in_situation(situation, &format!("{situation:?}"));
    }
    let ids = history.store.add_tasks("paused", &["p1", "p2"].map(wish), at(0)).unwrap();
    history.store.pause_paste(history.task(ids[0]).paste).unwrap();
    let History { folder, store } = history;
    store.close();
    drop(store);
    folder
}

fn copied(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let from = entry.unwrap().path();
        let to = copy.path().join(from.file_name().unwrap());
        if from.is_dir() {
            fs::create_dir(&to).unwrap();
            for entry in fs::read_dir(&from).unwrap() {
                let from = entry.unwrap().path();
                fs::copy(&from, to.join(from.file_name().unwrap())).unwrap();
            }
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
    copy
}

/// All rows of the tables: by table and key, a sum of what stands in them.
type Rows = BTreeMap<(&'static str, String), u64>;

fn rows(path: &Path) -> Rows {
    let connection = Connection::open(path).unwrap();
    let mut all = Rows::new();
    for table in TABLES {
        let mut statement = connection.prepare(&format!("SELECT rowid, * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let key = match table {
                "settings" | "providers" | "landings" => row.get(1).unwrap(),
                _ => row.get::<_, i64>(0).unwrap().to_string(),
            };
            let mut sum = DefaultHasher::new();
            for column in 1..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Null => 0_u8.hash(&mut sum),
                    ValueRef::Integer(number) => number.hash(&mut sum),
                    ValueRef::Real(number) => number.to_bits().hash(&mut sum),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.hash(&mut sum),
                }
            }
            all.insert((table, key), sum.finish());
        }
    }
    // Written by the salvage and the look at the file themselves.
    all.retain(|(table, key), _| {
        *table != "settings" || !["salvage", "health"].contains(&key.as_str())
    });
    all
}

/// Every task's state; `paused` is a queued one that does not go out.
fn states(path: &Path) -> BTreeMap<i64, String> {
    let connection = Connection::open(path).unwrap();
    let sql =
        "SELECT t.id, CASE WHEN t.state = 'queued' AND p.paused = 1 THEN 'paused' ELSE t.state END
               FROM tasks t JOIN pastes p ON p.id = t.paste_id";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Opens as the program does: where the damage shows only in the check, it closes and opens again.
fn opened(folder: &Path) -> Opened {
    let opened = Store::open_or_salvage(folder, PATIENCE, at(900)).unwrap();
    if opened.salvaged.is_some() || opened.store.check(at(901)).unwrap().is_sound() {
        return opened;
    }
    assert!(!opened.store.has_reserve(), "nothing is submitted while the file is damaged");
    opened.store.close();
    drop(opened);
    Store::open_or_salvage(folder, PATIENCE, at(902)).unwrap()
}

/// What must hold for every task, whatever was lost: nothing that was out, over or paused goes out by itself.
fn assert_nothing_is_sent_again(before: &BTreeMap<i64, String>, after: &BTreeMap<i64, String>) {
    for (id, state) in after.iter().filter(|(_, state)| *state == "queued") {
        assert_eq!(before.get(id), Some(state), "task {id} goes out and may be paid for");
    }
}

struct Loss {
    rows: usize,
    lost: usize,
    tasks: usize,
    noticed: bool,
}

/// Destroys one page and opens.
fn destroy(
    whole: &Path,
    (before, before_states): &(Rows, BTreeMap<i64, String>),
    page: usize,
    noise: &mut Noise,
) -> Loss {
    let folder = copied(whole);
    let path = folder.path().join("shiwen.db");
    let mut bytes = fs::read(&path).unwrap();
    noise.fill(&mut bytes[page * PAGE..(page + 1) * PAGE]);
    fs::write(&path, &bytes).unwrap();

    let opened = opened(folder.path());
    let noticed = opened.salvaged.is_some();
    if let Some(salvage) = &opened.salvaged {
        assert_eq!(
            fs::read(&salvage.kept_at).unwrap(),
            bytes,
            "the damaged file is kept as it was"
        );
        assert!(opened.store.check(at(903)).unwrap().is_sound());
        assert!(opened.store.has_reserve());
    }
    let crashed = |task: &shiwen_core::Task| {
        let failure = Failure::new(task.provider, FailureKind::Network);
        (Failure { charged: Charged::Unknown, ..failure }, unsure(1))
    };
    opened.store.recover(crashed, at(904)).unwrap();
    let after_states = states(&path);
    assert_nothing_is_sent_again(before_states, &after_states);
    let after = rows(&path);
    // A row counts as kept when its text is; states may have become uncertain.
    let kept = |key: &&(&'static str, String)| match key.0 {
        "tasks" | "attempts" => after.contains_key(key),
        _ => after.get(key) == before.get(*key),
    };
    let kept = before.keys().filter(kept).count();
    let tasks = before_states.keys().filter(|id| !after_states.contains_key(id)).count();
    Loss { rows: before.len(), lost: before.len() - kept, tasks, noticed }
}

#[test]
fn one_destroyed_page_costs_at_most_the_rows_on_it() {
    let whole = large(if prove::long() { 800 } else { 250 });
    destroy_pages(whole.path(), "without_backup", 100);
}

#[test]
fn one_destroyed_page_costs_nothing_that_a_backup_holds() {
    let whole = large(if prove::long() { 800 } else { 250 });
    let store = Store::open(whole.path()).unwrap();
    store.backup_if_due(at(0)).unwrap().unwrap();
    // What came after the backup.
    store.add_tasks("late", &[wish("late")], at(50)).unwrap();
    store.close();
    drop(store);
    let worst = destroy_pages(whole.path(), "with_backup", 3);
    assert!(worst >= if prove::long() { 0.999 } else { 0.99 }, "{worst}");
}

/// Destroys one page after the other, each in a copy of its own; answers the worst share of rows that came back.
fn destroy_pages(whole: &Path, name: &str, most: usize) -> f64 {
    let path = whole.join("shiwen.db");
    let before = (rows(&path), states(&path));
    let pages = fs::metadata(&path).unwrap().len() as usize / PAGE;
    let rounds = if prove::long() { 60 } else { 6 };
    let mut noise = Noise(0x5EED);
    let (mut worst, mut noticed, mut lost, mut tasks) = (1.0_f64, 0, 0, 0);
    for round in 0..rounds {
        // The first page and the one after it once each: the head, and what leads to everything.
        let page = if round < 2 { round } else { noise.below(pages) };
        let loss = destroy(whole, &before, page, &mut noise);
        worst = worst.min(1.0 - loss.lost as f64 / loss.rows as f64);
        lost += loss.lost;
        noticed += usize::from(loss.noticed);
        tasks += loss.tasks;
        assert!(loss.lost <= most, "page {page}: {} of {} rows lost", loss.lost, loss.rows);
        assert!(loss.noticed || loss.lost == 0, "page {page}: lost without a word");
    }
    assert_eq!(tasks, 0, "a task is lost");
    prove::figure(&format!("damage.{name}.pages_destroyed"), rounds);
    prove::figure(&format!("damage.{name}.noticed"), noticed);
    prove::figure(&format!("damage.{name}.rows"), before.0.len());
    prove::figure(&format!("damage.{name}.rows_lost_in_all_rounds"), lost);
    prove::figure(&format!("damage.{name}.tasks_lost"), tasks);
    let mean = 1.0 - lost as f64 / (rounds * before.0.len()) as f64;
    prove::figure(&format!("damage.{name}.mean_share_of_rows_back"), mean);
    prove::figure(&format!("damage.{name}.worst_share_of_rows_back"), worst);
    worst
}

/// A history with a backup and work after it, closed as by a crash: its log is still beside it.
fn crashed() -> (TempDir, Store) {
    let folder = large(60);
    let store = Store::open(folder.path()).unwrap();
    let backup = store.backup_if_due(at(0)).unwrap().unwrap();
    assert!(backup.exists());
    let history = History { folder, store };
    for n in 0..20 {
        history.in_situation(Situation::Running, &format!("late {n}"));
    }
    let log = history.folder.path().join("shiwen.db-wal");
    assert!(fs::metadata(log).unwrap().len() > 20 * 4096);
    let History { folder, store } = history;
    (copied(folder.path()), store)
}

#[test]
fn a_file_cut_short_comes_back_from_its_backup_and_from_what_is_left_of_it() {
    let whole = large(200);
    let store = Store::open(whole.path()).unwrap();
    store.backup_if_due(at(0)).unwrap().unwrap();
    drop(store);
    let before = rows(&whole.path().join("shiwen.db"));
    let before_states = states(&whole.path().join("shiwen.db"));
    let length = fs::metadata(whole.path().join("shiwen.db")).unwrap().len() as usize;
    for left in [0, 1, 99, 100, PAGE, PAGE + 1, length / 2, length - PAGE, length - PAGE / 2] {
        let folder = copied(whole.path());
        let path = folder.path().join("shiwen.db");
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..left]).unwrap();

        let mut opened = self::opened(folder.path());
        if opened.salvaged.is_none() && left > length / 2 {
            // What is lacking is a part that opening does not read, or the empty end of a page.
            let sound = opened.store.check(at(50)).unwrap().is_sound();
            drop(opened);
            if sound {
                assert_eq!(rows(&path).len(), before.len(), "{left}");
                continue;
            }
            opened = self::opened(folder.path());
        }
        let salvage = opened.salvaged.as_ref().unwrap_or_else(|| panic!("{left}"));
        // The last pages hold an index, which needs no backup.
        if left <= length / 2 {
            assert_eq!(salvage.from_backup, Some(at(0)), "{left}");
        }
        assert_eq!(fs::read(&salvage.kept_at).unwrap(), bytes[..left], "{left}");
        assert_eq!(salvage.tasks as usize, before_states.len(), "{left}");
        let after = rows(&path);
        let missing = before.keys().filter(|key| !after.contains_key(*key)).count();
        assert_eq!(missing, 0, "{left}");
        let after_states = states(&path);
        assert_nothing_is_sent_again(&before_states, &after_states);
        if left <= PAGE {
            assert!(!after_states.values().any(|state| state == "queued"), "{left}");
            assert!(salvage.doubted > 0, "{left}");
        }
    }
}

#[test]
fn a_destroyed_head_costs_nothing() {
    let whole = large(200);
    let path = whole.path().join("shiwen.db");
    let (before, before_states) = (rows(&path), states(&path));
    for (from, to) in [(0, 16), (0, 100), (16, 18), (100, 108), (0, PAGE)] {
        for value in [0, 0xA5] {
            let folder = copied(whole.path());
            let path = folder.path().join("shiwen.db");
            let mut bytes = fs::read(&path).unwrap();
            bytes[from..to].fill(value);
            fs::write(&path, bytes).unwrap();
            let opened = opened(folder.path());
            assert!(opened.salvaged.is_some(), "{from}..{to} {value}");
            assert_eq!(states(&path), before_states, "{from}..{to} {value}");
            assert!(rows(&path) == before, "{from}..{to} {value}");
        }
    }
}

#[test]
fn a_damaged_log_makes_doubtful_what_it_may_have_said() {
    let (crashed, store) = crashed();
    let whole = fs::read(crashed.path().join("shiwen.db-wal")).unwrap();
    let mut noise = Noise(0xF00D);
    let frame = 24 + PAGE;
    let frames = (whole.len() - 32) / frame;
    let before = {
        let folder = copied(crashed.path());
        drop(Store::open(folder.path()).unwrap());
        states(&folder.path().join("shiwen.db"))
    };
    assert!(before.values().any(|state| state == "queued"));
    let damages: Vec<(&str, Vec<u8>)> = vec![
        ("garbage", {
            let mut bytes = vec![0; whole.len()];
            noise.fill(&mut bytes);
            bytes
        }),
        ("head", {
            let mut bytes = whole.clone();
            noise.fill(&mut bytes[..32]);
            bytes
        }),
        ("first frame", {
            let mut bytes = whole.clone();
            noise.fill(&mut bytes[32..32 + frame]);
            bytes
        }),
        ("a page in the middle", {
            let mut bytes = whole.clone();
            let begin = 32 + frames / 2 * frame;
            noise.fill(&mut bytes[begin + 24..begin + frame]);
            bytes
        }),
    ];
    for (what, log) in damages {
        let folder = copied(crashed.path());
        fs::write(folder.path().join("shiwen.db-wal"), &log).unwrap();
        let refused = Store::open_within(folder.path(), PATIENCE).map(|_| ());
        assert!(matches!(refused, Err(StoreError::Damaged(_))), "{what}: {refused:?}");

        let opened = opened(folder.path());
        let salvage = opened.salvaged.unwrap_or_else(|| panic!("{what}"));
        let mut kept = salvage.kept_at.into_os_string();
        kept.push("-wal");
        assert_eq!(fs::read(kept).unwrap(), log, "{what}");
        let after = states(&folder.path().join("shiwen.db"));
        assert!(!after.values().any(|state| state == "queued"), "{what}");
        assert!(salvage.doubted > 0, "{what}");
        assert!(opened.store.check(at(1)).unwrap().is_sound(), "{what}");
    }
    drop(store);
}

#[test]
fn a_log_that_a_crash_cut_off_is_no_damage() {
    let (crashed, store) = crashed();
    let whole = fs::read(crashed.path().join("shiwen.db-wal")).unwrap();
    for cut in [0, 1, 100, PAGE, PAGE + 24] {
        let folder = copied(crashed.path());
        fs::write(folder.path().join("shiwen.db-wal"), &whole[..whole.len() - cut]).unwrap();
        let opened = Store::open_or_salvage(folder.path(), PATIENCE, at(0)).unwrap();
        assert!(opened.salvaged.is_none() && opened.unclean, "{cut}");
        assert!(opened.store.check_is_due(at(0)).unwrap());
        assert!(opened.store.check(at(0)).unwrap().is_sound(), "{cut}");
        assert!(!opened.store.check_is_due(at(0)).unwrap());
    }
    drop(store);
}

#[test]
fn what_can_only_be_read_in_part_is_settled_by_the_ledger() {
    let whole = large(10);
    let store = Store::open(whole.path()).unwrap();
    store.backup_if_due(at(0)).unwrap().unwrap();
    let history = History { folder: whole, store };
    // What happens to each of these after the backup is known only to the ledger when the tasks are lost.
    let by_state = |state: &str| -> TaskId {
        let sql =
            "SELECT min(id) FROM tasks WHERE state = ?1 AND wait_reason IS NULL AND batch IS NULL";
        TaskId(history.sql().query_row(sql, [state], |row| row.get(0)).unwrap())
    };
    let queued = by_state("queued");
    let claim = history.store.claim(queued, at(60)).unwrap();
    history.accept(claim.attempt, "late");
    let failed = by_state("failed");
    history.store.retry(failed).unwrap();
    history.store.claim(failed, at(70)).unwrap();
    let new = history.running("new");
    let won = history.in_situation(Situation::Succeeded, "won");
    let waiting = history.queued("waiting");
    let History { folder, store } = history;
    store.close();
    drop(store);

    let path = folder.path().join("shiwen.db");
    let root: u32 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'tasks'", [], |row| row.get(0))
        .unwrap();
    let pages: Vec<u32> = {
        // Every page of the table of tasks is destroyed.
        let bytes = fs::read(&path).unwrap();
        let at = (root as usize - 1) * PAGE;
        let mut pages = vec![root];
        if bytes[at] == 5 {
            let count = usize::from(u16::from_be_bytes([bytes[at + 3], bytes[at + 4]]));
            let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
            pages.push(number(at + 8));
            for n in 0..count {
                let cell = at + 12 + 2 * n;
                let cell = usize::from(u16::from_be_bytes([bytes[cell], bytes[cell + 1]]));
                pages.push(number(at + cell));
            }
        }
        pages
    };
    let mut bytes = fs::read(&path).unwrap();
    for page in pages {
        bytes[(page as usize - 1) * PAGE..page as usize * PAGE].fill(0x33);
    }
    fs::write(&path, bytes).unwrap();

    let opened = opened(folder.path());
    let salvage = opened.salvaged.unwrap();
    assert_eq!(salvage.lost_tables, ["tasks"]);
    let store = opened.store;
    let state = |id| store.task(id).unwrap().state;
    assert_eq!(state(queued), TaskState::Running);
    assert_eq!(store.task(queued).unwrap().remote_id.as_deref(), Some("late"));
    assert_eq!(state(failed), TaskState::Uncertain, "its call was out");
    assert_eq!(state(new), TaskState::Running);
    assert_eq!(store.task(new).unwrap().remote_id, Some(remote("new")));
    assert_eq!(state(won), TaskState::Succeeded);
    assert_eq!(store.detail(won).unwrap().transcripts.len(), 1);
    // It was never sent, so nothing but the lost page knew of it.
    assert!(matches!(store.task(waiting), Err(StoreError::TaskGone)));
    assert_eq!(store.count_in(TaskState::Queued).unwrap(), 0);
    // The user can still answer what is uncertain.
    store.adopt(failed, "found", at(80)).unwrap();
    assert_eq!(state(failed), TaskState::Running);
    // No id of before is given again.
    let next = store.add_tasks("x", &[wish("next")], at(90)).unwrap()[0];
    assert!(next.0 > waiting.0 + 100, "{next}");
}

#[test]
fn a_damaged_history_that_is_open_elsewhere_is_busy_and_waits_for_its_turn() {
    let folder = large(30);
    let other = Store::open(folder.path()).unwrap();
    let path = folder.path().join("shiwen.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[2 * PAGE..].fill(0xA5);
    fs::write(&path, &bytes).unwrap();
    assert!(other.tasks(Desk::Texts, None, 10).is_err());

    let begin = std::time::Instant::now();
    let busy = Store::open_or_salvage(folder.path(), PATIENCE, at(0)).map(|_| ());
    assert!(matches!(busy, Err(StoreError::Busy)), "{busy:?}");
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(fs::read(&path).unwrap(), bytes, "nothing was touched");
    drop(other);
    let opened = Store::open_or_salvage(folder.path(), PATIENCE, at(0)).unwrap();
    assert!(opened.salvaged.is_some());
    // Told until the user knows.
    drop(opened);
    let opened = Store::open_or_salvage(folder.path(), PATIENCE, at(0)).unwrap();
    assert_eq!(opened.salvaged, opened.store.salvaged().unwrap());
    assert!(opened.salvaged.is_some() && !opened.unclean);
    opened.store.salvage_told().unwrap();
    drop(opened);
    let opened = Store::open_or_salvage(folder.path(), PATIENCE, at(0)).unwrap();
    assert_eq!(opened.salvaged, None);
}

#[test]
fn what_is_no_history_is_kept_aside_but_another_programs_database_is_not_touched() {
    for bytes in [b"x".as_slice(), b"{\"tasks\": []}", &[0; 8192], &[0xA5; 20_000]] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("shiwen.db"), bytes).unwrap();
        let opened = Store::open_or_salvage(folder.path(), PATIENCE, at(0)).unwrap();
        let salvage = opened.salvaged.unwrap();
        assert_eq!((salvage.tasks, salvage.from_backup), (0, None));
        assert_eq!(fs::read(salvage.kept_at).unwrap(), bytes);
        assert_eq!(opened.store.tasks(Desk::Texts, None, 10).unwrap().total, 0);
    }
    for make in ["CREATE TABLE notes (id)", "PRAGMA journal_mode = WAL; CREATE TABLE tasks (id)"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shiwen.db");
        let connection = Connection::open(&path).unwrap();
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        connection.execute_batch(make).unwrap();
        drop(connection);
        let before = fs::read(&path).unwrap();
        let opened = Store::open_or_salvage(folder.path(), PATIENCE, at(0)).map(|_| ());
        assert!(matches!(opened, Err(StoreError::Damaged(_))), "{make}: {opened:?}");
        assert_eq!(fs::read(&path).unwrap(), before, "{make}");
        let kept = fs::read_dir(folder.path())
            .unwrap()
            .any(|entry| entry.unwrap().file_name().to_string_lossy().contains("damaged"));
        assert!(!kept, "{make}");
    }
}

#[test]
fn a_salvage_that_was_cut_off_is_ended_by_the_next_start() {
    let whole = large(30);
    let path = whole.path().join("shiwen.db");
    let before = states(&path);
    // As it is after the new file was named and the log removed, but not yet put in its place.
    fs::copy(&path, whole.path().join("shiwen.db.new")).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[PAGE..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    fs::write(whole.path().join("shiwen.db-wal"), [1; 9000]).unwrap();
    fs::write(whole.path().join("shiwen.db.salvaging"), "half").unwrap();

    let opened = Store::open_or_salvage(whole.path(), PATIENCE, at(0)).unwrap();
    assert!(opened.salvaged.is_none());
    assert_eq!(states(&path), before);
    assert!(!whole.path().join("shiwen.db.new").exists());
}

#[test]
fn a_kill_while_salvaging_leaves_the_damaged_history_or_the_new_one() {
    if let Some(folder) = child::folder() {
        child::say("begin");
        Store::open_or_salvage(&folder, PATIENCE, at(0)).unwrap();
        return child::say("end");
    }
    let whole = large(120);
    let path = whole.path().join("shiwen.db");
    let before = states(&path);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..100].fill(0);
    fs::write(&path, &bytes).unwrap();
    let name = "damage::a_kill_while_salvaging_leaves_the_damaged_history_or_the_new_one";
    let (mut salvaged, mut damaged) = (0, 0);
    for round in 0..if prove::long() { 60 } else { 12 } {
        let folder = copied(whole.path());
        let path = folder.path().join("shiwen.db");
        let (mut child, mut words) = child::start(name, folder.path());
        assert_eq!(words.next().as_deref(), Some("begin"));
        std::thread::sleep(Duration::from_millis(round % 12 * 12));
        child.kill().unwrap();
        child.wait().unwrap();
        // In the moment between, the new one has another name.
        let new = folder.path().join("shiwen.db.new").exists();
        if !new && fs::read(&path).unwrap() == bytes {
            damaged += 1;
        } else {
            salvaged += 1;
        }
        let opened = opened(folder.path());
        let kept = opened.salvaged.unwrap().kept_at;
        assert_eq!(fs::read(kept).unwrap(), bytes, "{round}");
        assert!(opened.store.check(at(1)).unwrap().is_sound(), "{round}");
        assert_eq!(states(&path), before, "{round}");
    }
    prove::figure("damage.kills_before_the_new_file", damaged);
    prove::figure("damage.kills_after_the_new_file", salvaged);
}
