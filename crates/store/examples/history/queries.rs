//! Words to search for, taken out of the history itself: those that many tasks have, those that few have, and such that
//! none has although their parts are there.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;
use shiwen_core::{Query, SearchOrder};
use shiwen_store::Store;

use crate::dice::Dice;

pub(crate) const LENGTHS: [(usize, &str); 4] = [(1, "one"), (2, "two"), (3, "three"), (6, "six")];
/// Tasks that are looked at to learn what is frequent.
const SAMPLE: usize = 1_500;
/// A rare word is in at most so many tasks.
const FEW: u32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Frequent,
    Rare,
    Absent,
    /// Absent, while every pair of its characters is frequent: the worst that this index can be asked.
    Scattered,
}

impl Class {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Frequent => "frequent",
            Self::Rare => "rare",
            Self::Absent => "absent",
            Self::Scattered => "scattered",
        }
    }

    /// A word is frequent that one task in so many has.
    const fn one_in(length: usize) -> usize {
        if length == 1 { 10 } else { 50 }
    }
}

pub(crate) fn query(word: &str) -> Query {
    Query { words: vec![word.to_owned()], ..Query::default() }
}

pub(crate) struct Chooser<'a> {
    store: &'a Store,
    sql: &'a Connection,
    last: usize,
    sample: Vec<Vec<char>>,
}

impl<'a> Chooser<'a> {
    pub(crate) fn new(store: &'a Store, sql: &'a Connection) -> Self {
        let last = sql.query_row("SELECT max(id) FROM tasks", [], |row| row.get::<_, u32>(0));
        let mut chooser = Self { store, sql, last: last.unwrap() as usize, sample: Vec::new() };
        let dice = &mut Dice::new(2);
        chooser.sample = (0..SAMPLE).map(|_| chooser.text(dice)).collect();
        chooser
    }

    /// So many different words of a class, the same in every run over the same history.
    pub(crate) fn choose(&self, length: usize, class: Class, many: usize) -> Vec<String> {
        let dice = &mut Dice::new(length as u64 * 10 + class as u64);
        let found = match class {
            Class::Frequent => self.frequent(dice, length, many),
            Class::Rare => self.rare(dice, length, many),
            Class::Absent => self.absent(dice, length, many),
            Class::Scattered => self.scattered(dice, length, many),
        };
        assert_eq!(found.len(), many, "{} words of {length} characters", class.name());
        found
    }

    fn text(&self, dice: &mut Dice) -> Vec<char> {
        let sql = "SELECT text FROM transcripts WHERE task_id = ?1 AND version = 1";
        let mut statement = self.sql.prepare_cached(sql).unwrap();
        loop {
            let id = dice.below(self.last) as i64 + 1;
            if let Ok(text) = statement.query_row([id], |row| row.get::<_, String>(0)) {
                return text.chars().collect();
            }
        }
    }

    /// Whether at most `most` tasks have the word, and at least `least`.
    fn is_in(&self, word: &str, least: u32, most: u32) -> bool {
        let page = self.store.search(&query(word), SearchOrder::Newest, None, most + 1).unwrap();
        (least as usize..=most as usize).contains(&page.hits.len())
    }

    /// How many texts of the sample have each part of this length.
    fn counts(&self, length: usize) -> HashMap<&[char], usize> {
        let mut counts = HashMap::new();
        for text in &self.sample {
            let parts: HashSet<&[char]> =
                text.windows(length).filter(|part| is_word(part)).collect();
            for part in parts {
                *counts.entry(part).or_default() += 1;
            }
        }
        counts
    }

    fn frequent_parts(&self, length: usize) -> Vec<&[char]> {
        let least = self.sample.len() / Class::one_in(length);
        let mut found: Vec<_> =
            self.counts(length).into_iter().filter(|(_, n)| *n >= least).collect();
        found.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
        found.into_iter().map(|(part, _)| part).collect()
    }

    fn frequent(&self, dice: &mut Dice, length: usize, many: usize) -> Vec<String> {
        let mut parts = self.frequent_parts(length);
        for at in (1..parts.len()).rev() {
            parts.swap(at, dice.below(at + 1));
        }
        parts.into_iter().take(many).map(|part| part.iter().collect()).collect()
    }

    fn rare(&self, dice: &mut Dice, length: usize, many: usize) -> Vec<String> {
        let mut found = Vec::new();
        let known: HashSet<char> = self.sample.iter().flatten().copied().collect();
        for _ in 0..200_000 {
            if found.len() == many {
                break;
            }
            let text = self.text(dice);
            let rare: Vec<&[char]> = if length == 1 {
                // Hardly any character of a text is rare: all of them are tried.
                text.windows(1).filter(|c| is_word(c) && !known.contains(&c[0])).collect()
            } else {
                let from = dice.below(text.len() - length);
                Some(&text[from..from + length]).filter(|part| is_word(part)).into_iter().collect()
            };
            for part in rare {
                let word: String = part.iter().collect();
                if found.len() < many && !found.contains(&word) && self.is_in(&word, 1, FEW) {
                    found.push(word);
                }
            }
        }
        found
    }

    fn absent(&self, dice: &mut Dice, length: usize, many: usize) -> Vec<String> {
        let mut found = Vec::new();
        for at in 0..100_000 {
            if found.len() == many {
                break;
            }
            let word: String = if length == 1 {
                // Ideographs of another block than that of the texts.
                char::from_u32(0x3400 + at * 7).into_iter().collect()
            } else {
                let part = |dice: &mut Dice, length: usize| {
                    let text = self.text(dice);
                    let from = dice.below(text.len() - length);
                    text[from..from + length].to_vec()
                };
                let half = part(dice, length / 2);
                [half, part(dice, length - length / 2)].concat().iter().collect()
            };
            let is_word = is_word(&word.chars().collect::<Vec<_>>());
            if is_word && !found.contains(&word) && self.is_in(&word, 0, 0) {
                found.push(word);
            }
        }
        found
    }

    fn scattered(&self, dice: &mut Dice, length: usize, many: usize) -> Vec<String> {
        let mut next: HashMap<char, Vec<char>> = HashMap::new();
        let pairs = self.frequent_parts(2);
        for pair in &pairs {
            next.entry(pair[0]).or_default().push(pair[1]);
        }
        let mut found = Vec::new();
        for _ in 0..500_000 {
            if found.len() == many {
                break;
            }
            let mut word = pairs[dice.below(pairs.len())].to_vec();
            while word.len() < length
                && let Some(behind) = next.get(&word[word.len() - 1])
            {
                word.push(behind[dice.below(behind.len())]);
            }
            let text: String = word.iter().collect();
            if word.len() == length && !found.contains(&text) && self.is_in(&text, 0, 0) {
                found.push(text);
            }
        }
        found
    }
}

fn is_word(part: &[char]) -> bool {
    part.iter().all(|c| c.is_alphanumeric())
}
