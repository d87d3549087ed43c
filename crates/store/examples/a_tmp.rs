//! Makes a history of invented tasks and says how long it takes to search and list it:
//! `cargo run --release -p shiwen-store --example history -- <folder> <tasks>`.
//!
//! The texts are made by a seeded generator: words as frequent as words are (by Zipf), each text about a few topics, Latin
//! words and punctuation in between. A folder that holds such a history already is measured as it is.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use std::{
    env,
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use shiwen_core::{
    Desk, Input, Link, LinkKind, NewTask, Operation, Platform, ProviderId, Query, SearchOrder,
    Timestamp,
};
use shiwen_store::Store;

/// Characters of a text.
const LENGTH: usize = 600;
/// Queries of each class.
const QUERIES: usize = 60;
/// The first day of the history: one task every five minutes from then on.
const BEGIN: i64 = 1_600_000_000_000;
const STEP: i64 = 300_000;

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, many: usize) -> usize {
        (self.next() % many as u64) as usize
    }

    /// A rank as common as its place says: the tenth a tenth as often as the first.
    fn rank(&mut self, many: usize) -> usize {
        let share = self.below(1 << 24) as f64 / f64::from(1 << 24);
        ((many as f64).powf(share) as usize).min(many) - 1
    }
}

/// Words of a language that nobody speaks.
struct Language {
    words: Vec<String>,
}

impl Language {
    fn new(dice: &mut Dice) -> Self {
        let character = |rank: usize| {
            // Spread over the block, so that neighbours in rank are none in the alphabet.
            char::from_u32(0x4e00 + (rank as u32 * 7919) % 20_000).unwrap()
        };
        let words = (0..60_000).map(|rank| {
            if rank % 33 == 32 {
                let letter = |dice: &mut Dice| char::from(b'a' + dice.below(26) as u8);
                let length = 2 + dice.below(7);
                return (0..length).map(|_| letter(dice)).collect();
            }
            let length = if rank < 60 { 1 } else { [2, 2, 2, 2, 2, 2, 3, 3, 4, 1][dice.below(10)] };
            (0..length).map(|_| character(dice.rank(3500))).collect()
        });
        Self { words: words.collect() }
    }

    fn text(&self, dice: &mut Dice, length: usize) -> String {
        let topics: Vec<usize> = (0..40).map(|_| dice.below(self.words.len())).collect();
        let (mut text, mut characters, mut sentence) = (String::new(), 0, 0);
        while characters < length {
            let word = match dice.below(4) {
                0 => &self.words[topics[dice.rank(topics.len())]],
                _ => &self.words[dice.rank(self.words.len())],
            };
            text.push_str(word);
            characters += word.chars().count();
            sentence += 1;
            if sentence > 5 + dice.below(8) {
                text.push(['，', '，', '。', '！'][dice.below(4)]);
                characters += 1;
                sentence = 0;
            }
        }
        text
    }
}

fn main() {
    let mut args = env::args().skip(1);
    let folder = args.next().unwrap();
    let folder = Path::new(&folder);
    let tasks: usize = args.next().unwrap().parse().unwrap();
    let dice = &mut Dice(0x2545_f491_4f6c_dd1d);
    let language = Language::new(dice);
    if !folder.join("shiwen.db").exists() {
        make(folder, tasks, &language, dice);
    }
    let store = Store::open(folder).unwrap();
    sizes(folder);
    searches(&store, folder, &language, dice);
    lists(&store, tasks, dice);
}

fn make(folder: &Path, tasks: usize, language: &Language, dice: &mut Dice) {
    drop(Store::open(folder).unwrap());
    let mut sql = Connection::open(folder.join("shiwen.db")).unwrap();
    sql.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -100000").unwrap();
    let begin = Instant::now();
    for first in (0..tasks).step_by(10_000) {
        let tx = sql.transaction().unwrap();
        for n in first..tasks.min(first + 10_000) {
            let (id, at) = (n as i64 + 1, BEGIN + n as i64 * STEP);
            let title = language.text(dice, 18);
            let url = format!(
                "https://www.douyin.com/video/{}",
                7_000_000_000_000_000_u64 + dice.next() % 900_000_000_000_000
            );
            let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
                tx.prepare_cached(sql).unwrap().execute(params).unwrap();
            };
            run(
                "INSERT INTO pastes (id, text, created_at) VALUES (?1, ?2, ?3)",
                &[&id, &format!("{title} {url}"), &at],
            );
            run(
                "INSERT INTO links (id, url, platform, kind, video_id, canonical, title, video_key)
                 VALUES (?1, ?2, 'douyin', 'video', ?3, ?2, ?4, ?3)",
                &[&id, &format!("{url}#{n}"), &format!("{n}"), &title],
            );
            run(
                "INSERT INTO tasks (id, paste_id, link_id, operation, desk, provider, state, remote_id, title, author,
                   duration_s, words, created_at, submitted_at, ended_at, listed_at, imported_at)
                 VALUES (?1, ?1, ?1, 'transcribe', 'texts', 'momoget', 'succeeded', NULL, ?2, ?3, 60, 600, ?4, ?4, ?4, ?4, ?4)",
                &[&id, &title, &language.text(dice, 4), &at],
            );
            run(
                "INSERT INTO transcripts (task_id, version, kind, text, words, created_at) VALUES (?1, 1, 'provider', ?2, 600, ?3)",
                &[&id, &language.text(dice, LENGTH), &at],
            );
        }
        tx.execute("DELETE FROM unindexed", []).unwrap();
        tx.commit().unwrap();
    }
    drop(sql);
    println!("make.rows_s {:.1}", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let store = Store::open(folder).unwrap();
    let done = store.rebuild_index(&mut |_| {}).unwrap();
    println!("make.index_s {:.1}", begin.elapsed().as_secs_f64());
    println!("make.index_tasks_per_s {:.0}", f64::from(done) / begin.elapsed().as_secs_f64());
    store.close();
}

fn sizes(folder: &Path) {
    let sql = Connection::open(folder.join("shiwen.db")).unwrap();
    let one = |query: &str| sql.query_row(query, [], |row| row.get::<_, f64>(0)).unwrap();
    let index = one("SELECT 0.0 + (SELECT sum(length(block)) FROM words_data) + (SELECT sum(length(term) + 8) FROM words_idx)
                     + (SELECT 12 * count(*) FROM words_docsize)");
    let text = one("SELECT 0.0 + sum(length(CAST(text AS BLOB))) FROM transcripts");
    println!("size.text_mb {:.1}", text / 1e6);
    println!("size.index_mb {:.1}", index / 1e6);
    println!("size.index_to_text {:.3}", index / text);
}

fn query(word: &str) -> Query {
    Query { words: vec![word.to_owned()], ..Query::default() }
}

fn searches(store: &Store, folder: &Path, language: &Language, dice: &mut Dice) {
    let sql = Connection::open(folder.join("shiwen.db")).unwrap();
    let last: u32 =
        sql.query_row("SELECT max(task_id) FROM transcripts", [], |row| row.get(0)).unwrap();
    let last = last as usize;
    let sample = |dice: &mut Dice, length: usize| loop {
        let id = dice.below(last) as i64 + 1;
        let text = "SELECT text FROM transcripts WHERE task_id = ?1";
        let text: Vec<char> =
            sql.query_row(text, [id], |row| row.get::<_, String>(0)).unwrap().chars().collect();
        let from = dice.below(text.len() - length);
        let piece: String = text[from..from + length].iter().collect();
        if piece.chars().all(char::is_alphanumeric) {
            return piece;
        }
    };
    for length in [3, 6] {
        for class in ["frequent"] {
            let mut words = Vec::new();
            let mut tries = 0;
            while words.len() < QUERIES && tries < 4000 {
                tries += 1;
                let word = match class {
                    "absent" if length == 1 => char::from_u32(0xac00 + tries).unwrap().to_string(),
                    "absent" => {
                        let (a, b) = (sample(dice, length / 2), sample(dice, length - length / 2));
                        a + &b
                    }
                    "frequent" if length > 2 => {
                        let text: Vec<char> = (0..3)
                            .flat_map(|_| {
                                language.words[dice.below(200)].chars().collect::<Vec<_>>()
                            })
                            .collect();
                        text.iter().take(length).collect()
                    }
                    _ => sample(dice, length),
                };
                let count = store.count_found(&query(&word)).unwrap().count as usize;
                let fits = match class {
                    "frequent" => count * if length > 2 { 10_000 } else { 100 } >= last,
                    "rare" => (1..=if length == 1 { last / 200 } else { 20 }).contains(&count),
                    _ => count == 0,
                };
                if fits && word.chars().count() == length && !words.contains(&word) {
                    words.push(word);
                }
            }
            let name = format!("search.{length}.{class}");
            if words.is_empty() {
                println!("{name} none");
                continue;
            }
            let page = |word: &String| {
                drop(store.search(&query(word), SearchOrder::Newest, None, 50).unwrap())
            };
            for word in &words {
                let terms = shiwen_text::grams::Word::new(word).unwrap().terms.join(" AND ");
                let begin = Instant::now();
                let cand: u32 = sql.query_row("SELECT count(*) FROM words WHERE words MATCH ?1", [&terms], |r| r.get(0)).unwrap();
                let fts = begin.elapsed();
                let n = store.count_found(&query(word)).unwrap().count;
                let t = timed(|| { store.search(&query(word), SearchOrder::Newest, None, 50).unwrap(); });
                let dfs: Vec<u32> = shiwen_text::grams::Word::new(word).unwrap().terms.iter().map(|t| sql.query_row("SELECT count(*) FROM words WHERE words MATCH ?1", [t], |r| r.get(0)).unwrap()).collect();
                println!("  {word} hits {n} candidates {cand} fts {:.2} search {:.2} {dfs:?}", fts.as_secs_f64()*1e3, t.as_secs_f64()*1e3);
            }
            print(&name, words.iter().map(|word| timed(|| page(word))).collect(), words.len());
            let titles = |word: &String| {
                drop(store.search(&query(word), SearchOrder::Titles, None, 50).unwrap())
            };
            print(
                &format!("{name}.titles"),
                words.iter().map(|word| timed(|| titles(word))).collect(),
                words.len(),
            );
            let count = |word: &String| {
                assert!(store.count_found(&query(word)).unwrap().exact || last > 50_000)
            };
            print(
                &format!("{name}.count"),
                words.iter().map(|word| timed(|| count(word))).collect(),
                words.len(),
            );
        }
    }
}

fn lists(store: &Store, tasks: usize, dice: &mut Dice) {
    let open = || drop(store.tasks_at(Desk::Texts, 0, 100).unwrap());
    print("list.open", (0..50).map(|_| timed(open)).collect(), 50);
    let places: Vec<_> = (0..50).map(|_| dice.below(tasks) as u32).collect();
    let jump = |place: &u32| drop(store.tasks_at(Desk::Texts, *place, 100).unwrap());
    print("list.jump", places.iter().map(|place| timed(|| jump(place))).collect(), 50);
}

fn timed(mut work: impl FnMut()) -> Duration {
    (0..3).map(|_| { let begin = Instant::now(); work(); begin.elapsed() }).min().unwrap()
}

fn print(name: &str, mut times: Vec<Duration>, of: usize) {
    times.sort_unstable();
    let ms = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("{name} p50 {:.3} p95 {:.3} ms of {of}", ms(50), ms(95));
}
