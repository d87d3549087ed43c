//! Measures tidying: `cargo run --release -p shiwen-text --example tidy_speed`. Prints `name value unit`, the median of
//! many runs, for an ordinary transcript and for texts made to take long.

use std::time::Instant;

use shiwen_core::TidySteps;
use shiwen_text::tidy;

const RUNS: usize = 21;

fn main() {
    let steps = TidySteps { speakers: true, spaces: true, fillers: true, ..TidySteps::default() };
    let cue = "12\n00:00:12,000 --> 00:00:15,500\n说话人1：嗯,今天我们来聊一\n聊怎么用iPhone拍红烧肉，先把五花肉切块。\n\n";
    measure("tidy_subtitles_10k", &sized(cue, 10_000), &steps);
    measure(
        "tidy_transcript_10k",
        &sized("今天我们来聊一聊红烧肉，先把五花肉切成大块。那个，再焯水。", 10_000),
        &steps,
    );
    measure("tidy_phrases_10k", &sized("今天我们来聊聊\n", 10_000), &steps);
    measure(
        "tidy_transcript_100k",
        &sized("今天我们来聊一聊红烧肉，先把五花肉切成大块。", 100_000),
        &steps,
    );
    for (name, piece) in [
        ("brackets", "“（"),
        ("stamps", "[00:1"),
        ("labels", "A："),
        ("fillers", "嗯，"),
        ("newlines", "\n"),
    ] {
        measure(&format!("tidy_hostile_{name}_100k"), &sized(piece, 100_000), &steps);
    }
}

/// As many characters, made of one piece.
fn sized(piece: &str, characters: usize) -> String {
    piece.chars().cycle().take(characters).collect()
}

fn measure(name: &str, text: &str, steps: &TidySteps) {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            std::hint::black_box(tidy(std::hint::black_box(text), steps));
            begin.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name} {:.3} ms", times[RUNS / 2]);
}
