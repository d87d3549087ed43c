//! How fast links are found: beside the `linkify` crate and a plain regex on the same texts, and for a megabyte of each
//! hostile repetition. One `name value unit` line per figure; a time is the best of five, a MB a million bytes.

use std::{fs, hint::black_box, path::PathBuf, time::Instant};

use linkify::{LinkFinder, LinkKind};
use regex::Regex;
use shiwen_share_text::extract;

#[path = "../tests/shared/hostile.rs"]
mod hostile;

const ROUNDS: usize = 5;
const MEGABYTE: usize = 1_000_000;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let shares = share_texts()?;
    compare("shares", &shares)?;
    compare("chat", &[chat(&shares)])?;
    repetitions();
    Ok(())
}

/// The texts of the corpus, as they are pasted: one at a time, short, each with its links.
fn share_texts() -> Result<Vec<String>, Failure> {
    let mut texts = Vec::new();
    for file in fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"))? {
        for line in fs::read_to_string(file?.path())?.lines() {
            let case: serde_json::Value = serde_json::from_str(line)?;
            texts.extend(case["text"].as_str().map(str::to_owned));
        }
    }
    texts.sort();
    Ok(texts)
}

/// One long paste: talk of a chat group, with a share text now and then.
fn chat(shares: &[String]) -> String {
    const TALK: &str = "[阿青 12:30] 今天去山里看日出了，拍了一段 vlog，回头剪好发出来。BGM 用哪首好？\n\
        [小满 12:31] 上次那首就不错。I think version 2.0 of the cut was better, e.g. the part at 3:15/4:00.\n\
        [村口的大黄狗 12:40] 周末两天都有空，09/21 也行；路费 35.5 元，带上相机、三脚架和电池（两块）！\n";
    let mut chat = String::new();
    for share in shares {
        chat.push_str(&TALK.repeat(5));
        chat.push_str(share);
        chat.push('\n');
    }
    chat
}

/// All three on the same texts. What the others do not know (where a link ends, whose it is) is ours on top.
fn compare(texts_name: &str, texts: &[String]) -> Result<(), Failure> {
    let linkify = {
        let mut finder = LinkFinder::new();
        finder.kinds(&[LinkKind::Url]);
        finder
    };
    let regex = Regex::new(r"https?://\S+")?;
    let ours = speed(texts, |text| extract(text).len());
    let linkifys = speed(texts, |text| linkify.links(text).count());
    let regexs = speed(texts, |text| regex.find_iter(text).count());
    println!("extract_{texts_name} {ours:.1} MB/s");
    println!("linkify_{texts_name} {linkifys:.1} MB/s");
    println!("regex_{texts_name} {regexs:.1} MB/s");
    println!("extract_vs_linkify_{texts_name} {:.2} x", ours / linkifys);
    println!("extract_vs_regex_{texts_name} {:.2} x", ours / regexs);
    Ok(())
}

/// In MB/s, over texts that are read often enough for a few megabytes.
fn speed(texts: &[String], count: impl Fn(&str) -> usize) -> f64 {
    let len: usize = texts.iter().map(String::len).sum();
    let times = (4 * MEGABYTE).div_ceil(len.max(1));
    let seconds = best(|| {
        for text in std::iter::repeat_n(texts, times).flatten() {
            black_box(count(black_box(text)));
        }
    });
    (len * times) as f64 / MEGABYTE as f64 / seconds
}

fn repetitions() {
    let mut worst = 0.0_f64;
    for pattern in hostile::HOSTILE {
        let text = pattern.repeat(MEGABYTE / pattern.len());
        let milliseconds = 1e3 * best(|| drop(black_box(extract(black_box(&text)))));
        worst = worst.max(milliseconds);
        let name = pattern.escape_default().to_string().replace(' ', r"\u{20}");
        println!("hostile:{name} {milliseconds:.1} ms");
    }
    println!("hostile_worst {worst:.1} ms");
}

/// The shortest time of a few, in seconds.
fn best(mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(time).fold(f64::INFINITY, f64::min)
}
