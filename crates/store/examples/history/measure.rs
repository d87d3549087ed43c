//! What the history takes to be searched, listed and written, as the program asks it.

use std::thread;

use rusqlite::Connection;
use shiwen_core::{
    Desk, Found, Input, Link, LinkKind, NewTask, Operation, Platform, ProviderId, SearchOrder,
    TaskId, Timestamp, Unit,
};
use shiwen_store::{CACHES_KB, RawAnswer, Spent, Store, Won};

use crate::{
    dice::Dice,
    figures::{say, say_times, timed, timed_warm},
    language::Language,
    queries::{Chooser, Class, LENGTHS, query},
    words::TOPICS,
};

/// Queries of each class.
pub(crate) const QUERIES: usize = 60;
/// Counts of each class: those of frequent words take long enough to be few.
const COUNTS: usize = 20;
/// Rows of a page: as many as the window asks for.
const PAGE: u32 = 50;
const OFTEN: usize = 60;
/// Searching at once: as many as the store keeps readers for.
const TOGETHER: usize = 4;

/// The newest hits with rows and excerpts, and the counts; answers the words of each class with their median.
pub(crate) fn searches(store: &Store, chooser: &Chooser<'_>) -> Vec<(String, Vec<String>, f64)> {
    let mut asked = Vec::new();
    for (length, name) in LENGTHS {
        for class in [Class::Frequent, Class::Rare, Class::Absent, Class::Scattered] {
            if class == Class::Scattered && length < 3 {
                continue;
            }
            let words = chooser.choose(length, class, QUERIES);
            let name = format!("{name}.{}", class.name());
            let search = |word: &String| {
                drop(store.search(&query(word), SearchOrder::Newest, None, PAGE).unwrap());
            };
            let times = timed_warm(&words, search);
            let slowest = words.iter().zip(&times).max_by_key(|(_, time)| **time);
            // Whoever wonders about a figure looks at this word.
            eprintln!("the slowest of {name}: {slowest:?}");
            let median = say_times(&format!("search.{name}"), times);
            let count =
                |word: &String| assert!(store.count_found(&query(word)).unwrap().count < u32::MAX);
            say_times(&format!("count.{name}"), timed_warm(&words[..COUNTS], count));
            asked.push((name, words, median));
        }
    }
    asked
}

pub(crate) fn lists(store: &Store, tasks: u32) {
    let dice = &mut Dice::new(3);
    let page = |from: &u32| drop(store.tasks_at(Desk::Texts, *from, PAGE).unwrap());
    say_times("list.open", timed_warm(&[0; OFTEN], page));
    let places: Vec<u32> = (0..OFTEN).map(|_| dice.below(tasks as usize) as u32).collect();
    say_times("list.anywhere", timed_warm(&places, page));
}

/// Adding a task, and saving the result of one: a commit each that is on the disk before it is answered.
pub(crate) fn writes(store: &Store) {
    let dice = &mut Dice::new(Timestamp::now().0.unsigned_abs());
    let language = Language::new();
    let wishes: Vec<NewTask> = (0..OFTEN).map(|_| wish(dice)).collect();
    let mut ids = Vec::new();
    let times = timed(&wishes, |wish| {
        ids.extend(
            store.add_tasks("今天做什么菜", std::slice::from_ref(wish), Timestamp::now()).unwrap(),
        );
    });
    say_times("add", times);

    let results: Vec<(TaskId, Won)> = ids
        .into_iter()
        .map(|id| {
            let subject = language.subject(dice);
            let found = Found { title: Some(language.title(dice, &subject)), ..Found::default() };
            let text = Some(language.text(dice, &subject, 600));
            (running(store, id), Won { text, found, ..Won::default() })
        })
        .collect();
    let times = timed(&results, |(id, won)| {
        store.won(*id, won, &answer("result"), Timestamp::now()).unwrap();
    });
    say_times("save", times);
    let saved: Vec<TaskId> = results.iter().map(|(id, _)| *id).collect();
    store.trash_many(&saved, Timestamp::now()).unwrap();
    // The next measurement finds the history as it was.
    store.delete_for_ever(&saved).unwrap();
}

fn wish(dice: &mut Dice) -> NewTask {
    let id = dice.next().to_string();
    let link = Link {
        url: format!("https://www.douyin.com/video/{id}"),
        platform: Platform::Douyin,
        kind: LinkKind::Video,
        id: Some(id),
        canonical: None,
        title: Some("今天做红烧肉".to_owned()),
    };
    NewTask {
        operation: Operation::Transcribe,
        provider: ProviderId::Momoget,
        link: Some(link),
        input: Input::new(),
        parent: None,
        target_language: None,
        again: false,
        then: Vec::new(),
    }
}

fn running(store: &Store, id: TaskId) -> TaskId {
    let claimed = store.claim(id, Timestamp::now()).unwrap();
    let spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: true };
    let (now, remote) = (Timestamp::now(), format!("measured-{id}-{}", Timestamp::now().0));
    store.accepted(claimed.attempt, &remote, now, &spent, &answer("create"), now).unwrap();
    id
}

fn answer(asked: &'static str) -> RawAnswer {
    RawAnswer { asked, http_status: 200, body: b"{\"code\":0}".to_vec() }
}

/// The share of the index in the file, beside the texts that it knows.
pub(crate) fn sizes(sql: &Connection) -> (f64, f64) {
    let text = "SELECT sum(length(CAST(text AS BLOB))) FROM transcripts";
    let text: f64 = sql.query_row(text, [], |row| row.get::<_, i64>(0)).unwrap() as f64;
    let index = pages_of(sql, "words");
    say("size.text", text / 1e6, "MB");
    say("size.index", index / 1e6, "MB");
    say("size.index_to_text", index / text, "times");
    (text, index)
}

/// Bytes in the file of an FTS5 table: whole pages, what is unused of them too.
pub(crate) fn pages_of(sql: &Connection, table: &str) -> f64 {
    let sum = |part: &str| {
        let sql_of =
            "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = ?1 AND aggregate = 1";
        sql.query_row(sql_of, [format!("{table}_{part}")], |row| row.get::<_, i64>(0)).unwrap()
    };
    ["data", "idx", "docsize", "config"].into_iter().map(sum).sum::<i64>() as f64
}

/// What SQLite may keep of the file in memory, and what the process really grows by while several search at once: those
/// caches and all else.
pub(crate) fn memory(store: &Store) {
    say("memory.caches", CACHES_KB as f64 / 1024.0, "MB");
    let words: Vec<&str> = TOPICS.iter().flat_map(|words| words.split(' ').take(10)).collect();
    let words = &words[..];
    let Some(before) = own_memory() else { return };
    thread::scope(|scope| {
        for at in 0..TOGETHER {
            scope.spawn(move || {
                for word in words.iter().skip(at) {
                    store.search(&query(word), SearchOrder::Newest, None, PAGE).unwrap();
                }
            });
        }
    });
    if let Some(after) = own_memory() {
        say("memory.search", (after - before).max(0.0), "MB");
    }
}

/// What this process holds for itself, in MB; none where the system does not say.
pub(crate) fn own_memory() -> Option<f64> {
    let said = std::fs::read_to_string("/proc/self/smaps_rollup").ok()?;
    let line = said.lines().find_map(|line| line.strip_prefix("Anonymous:"))?;
    let kb: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kb / 1024.0)
}
