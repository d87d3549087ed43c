//! The same questions to what else SQLite offers: LIKE, and its own trigram index of the same texts.

use std::path::Path;

use rusqlite::Connection;

use crate::{
    figures::{say, say_times, timed, timed_warm},
    measure::pages_of,
};

/// The newest fifty by LIKE, without rows and excerpts, of so many words of each class.
pub(crate) fn like(sql: &Connection, asked: &[(String, Vec<String>, f64)], many: usize) {
    let mut statement = sql
        .prepare("SELECT task_id FROM transcripts WHERE text LIKE ?1 ORDER BY id DESC LIMIT 50")
        .unwrap();
    for (name, words, ours) in asked.iter().filter(|(name, ..)| !name.ends_with("scattered")) {
        let times = timed(&words[..many.min(words.len())], |word| {
            let found =
                statement.query_map([format!("%{word}%")], |row| row.get::<_, i64>(0)).unwrap();
            assert!(found.count() <= 50);
        });
        let median = say_times(&format!("like.{name}"), times);
        if name.ends_with("absent") {
            say(&format!("like_to_search.{name}"), median / ours, "times");
        }
    }
}

/// The same by the trigram index, made beside the history where it is not there yet. It knows no word of one or two
/// characters: those it looks for as LIKE does.
pub(crate) fn trigram(folder: &Path, asked: &[(String, Vec<String>, f64)], index: f64) {
    let beside = folder.join("trigram.db");
    if !beside.exists() {
        let part = folder.join("trigram.part");
        let _ = std::fs::remove_file(&part);
        eprintln!("the trigram index is being made");
        let sql = Connection::open(&part).unwrap();
        // Before the history is there, which these would change too.
        sql.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF").unwrap();
        sql.execute("ATTACH ?1 AS history", [folder.join("shiwen.db").to_string_lossy()]).unwrap();
        sql.execute_batch(
            "CREATE VIRTUAL TABLE words USING fts5 (text, content = '', tokenize = 'trigram');
             BEGIN;
             INSERT INTO words (rowid, text) SELECT id, text FROM history.transcripts ORDER BY id;
             INSERT INTO words (words) VALUES ('optimize');
             COMMIT",
        )
        .unwrap();
        drop(sql);
        std::fs::rename(part, &beside).unwrap();
    }
    let sql = Connection::open(beside).unwrap();
    let size = pages_of(&sql, "words");
    say("size.trigram", size / 1e6, "MB");
    say("size.index_to_trigram", index / size, "times");
    let mut statement = sql
        .prepare("SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT 50")
        .unwrap();
    let long = |name: &str| name.starts_with("three") || name.starts_with("six");
    for (name, words, _) in asked.iter().filter(|(name, ..)| long(name)) {
        let times = timed_warm(words, |word| {
            let found =
                statement.query_map([format!("\"{word}\"")], |row| row.get::<_, i64>(0)).unwrap();
            assert!(found.count() <= 50);
        });
        say_times(&format!("trigram.{name}"), times);
    }
}
