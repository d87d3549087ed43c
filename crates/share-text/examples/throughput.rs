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
    let shares = shares();
    compare("shares", &shares)?;
    compare("chat", &[chat(&shares)])?;
    compare("corpus", &corpus()?)?;
    repetitions();
    Ok(())
}

/// What the apps put on the clipboard: one link in some 150 bytes of words and codes.
fn shares() -> Vec<String> {
    let app = |at: usize| match at % 5 {
        0 => format!(
            "{}.{} 复制打开抖音，看看【阿青的作品】山里的早晨，云从脚下过 # 日出 # 徒步  https://v.douyin.com/iRk7Qz{at}/ tyQ:/ 08/21 q@R.kY",
            at % 10,
            at % 97
        ),
        1 => format!(
            "https://v.kuaishou.com/2Kx9{at} 村口的大黄狗又来蹭饭了 \"搞笑 \"萌宠 该作品在快手被播放过12.3万次，点击链接，打开【快手】直接观看！"
        ),
        2 => format!(
            "春天的衣柜怎么收拾？十分钟学会... http://xhslink.com/o/aBcDe{at} 复制后打开【小红书】查看笔记！"
        ),
        3 => format!(
            "【三分钟做一锅嫩豆花，不用石膏也能成-哔哩哔哩】 https://www.bilibili.com/video/BV1Zt421A7Gd/?p={at}&share_source=copy_web&vd_source=0f3a"
        ),
        _ => format!(
            "Check this out! https://www.tiktok.com/@green.hill/video/71234567890{at}?is_from_webapp=1&sender_device=pc and tell me what you think of it"
        ),
    };
    (1_000..2_000).map(app).collect()
}

/// One long paste: talk of a chat group, with a share text now and then.
fn chat(shares: &[String]) -> String {
    const TALK: &str = "[阿青 12:30] 今天去山里看日出了，拍了一段 vlog，回头剪好发出来。BGM 用哪首好？\n\
        [小满 12:31] 上次那首就不错。I think version 2.0 of the cut was better, e.g. the part at 3:15/4:00.\n\
        [村口的大黄狗 12:40] 周末两天都有空，09/21 也行；路费 35.5 元，带上相机、三脚架和电池（两块）！\n";
    let talk = TALK.repeat(5);
    shares.iter().flat_map(|share| [&talk, share.as_str(), "\n"]).collect()
}

/// The cases of the corpus, one at a time: hardly a word around their links, and most of them damaged or decoys.
fn corpus() -> Result<Vec<String>, Failure> {
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
