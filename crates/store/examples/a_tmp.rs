#![allow(clippy::unwrap_used)]
use shiwen_core::*; use std::time::Instant;
fn main() {
    let store = shiwen_store::Store::open(std::path::Path::new("/tmp/plan/A-h100k")).unwrap();
    let q = Query { words: vec![std::env::args().nth(1).unwrap()], ..Query::default() };
    for _ in 0..200 { let b = Instant::now(); let n = store.search(&q, SearchOrder::Newest, None, 50).unwrap().hits.len(); let e = b.elapsed(); if std::env::args().nth(2).is_some() { println!("{n} {:?}", e) } }
}
