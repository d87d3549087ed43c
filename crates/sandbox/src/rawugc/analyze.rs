//! What a video shows and why it was watched. The answer comes when the work is done, and follows from the link alone.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply},
    form::{Optional, Required},
    problem::Problem,
    script::{Language, Script, beginning, some},
};
use crate::{dice, dice::Dice, link, scenario::Scenario, state::State};

const CREDITS: u32 = 1;
const LONG_CHARACTERS: usize = 20_000;

/// The kinds of key frames between the hook and the call to act; the service's own list is open.
const TYPES: &[&str] = &["context", "problem", "demo", "proof", "payoff", "demo", "proof"];

pub(super) fn analyze(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let url = form.url("videoUrl", Required).unwrap_or_default();
    form.text("prompt", Optional, 0..=5000);
    form.finish()?;
    call.accept(state, CREDITS, 0)?;
    let seed = link::seed(url, state.options.seed);
    let mut body = analysis(seed, Language::of(url));
    match call.scenario {
        Scenario::Empty => {
            body = json!({ "summary": "", "hook": "", "keyframes": [], "tags": [] });
        }
        Scenario::Long => {
            let summary = body["summary"].as_str().unwrap_or_default().to_owned();
            let long: String = summary.chars().cycle().take(LONG_CHARACTERS).collect();
            body["summary"] = json!(long);
        }
        _ => {}
    }
    Ok(Reply::ok(body))
}

/// The analysis of the video of this seed.
pub(super) fn analysis(seed: u64, language: Language) -> Value {
    let script = Script::new(seed % crate::ids::SEEDS, language);
    let mut dice = Dice::new(dice::mix(seed ^ 0xa7a1_0000));
    let stock = language.stock();
    let tag = script.tags.first().map_or("", String::as_str);
    let hook = script.hook.trim_end_matches(['。', '.', '！', '!']);
    let filled = |texts: Vec<&str>| -> Vec<String> {
        let fill = |text: &str| text.replace("{tag}", tag).replace("{hook}", hook);
        texts.into_iter().map(fill).collect()
    };
    json!({
        "summary": summary(&script),
        "hook": script.hook,
        "keyframes": keyframes(&script, &mut dice),
        "durationSeconds": script.seconds,
        "tags": script.tags,
        "whyItPerformed": filled(some(stock.whys, 4, &mut dice)),
        "attributesToCopy": filled(some(stock.attributes, 4, &mut dice)),
        "hooksToTest": filled(some(stock.hooks, 3, &mut dice)),
    })
}

fn summary(script: &Script) -> String {
    let count = script.points.len();
    match script.language {
        Language::Chinese => format!(
            "《{}》：用一句话抛出问题，接着讲了 {count} 点，其中最具体的是“{}”。结尾请观众互动。",
            script.title,
            beginning(script.points[0].trim_end_matches('。'), 40),
        ),
        Language::English => format!(
            "\"{}\": opens with a claim, then makes {count} points, the most concrete being \"{}\", and ends with a call to act.",
            script.title,
            beginning(script.points[0].trim_end_matches('.'), 80),
        ),
    }
}

/// One for the hook, one for each point and one for the end, in order of time.
fn keyframes(script: &Script, dice: &mut Dice) -> Vec<Value> {
    let stock = script.language.stock();
    let count = script.points.len() + 2;
    let said = std::iter::once(&script.hook).chain(&script.points).chain([&script.closing]);
    let visuals = some(stock.visuals, stock.visuals.len(), dice);
    said.enumerate()
        .map(|(index, said)| {
            let kind = match index {
                0 => "hook",
                last if last + 1 == count => "cta",
                index => TYPES[(index - 1) % TYPES.len()],
            };
            // To a tenth of a second; the last one stands shortly before the end.
            let tenths = (script.seconds * 10.0 * index as f64 / count as f64).floor();
            json!({
                "timestamp": tenths / 10.0,
                "type": kind,
                "description": beginning(said, 60),
                "visual": visuals[index % visuals.len()],
                "audio": dice.pick(stock.audios).replace("{said}", &beginning(said, 16)),
                // Some frames have no writing on them.
                "text": if index % 3 == 2 { String::new() } else { on_screen(said) },
            })
        })
        .collect()
}

/// The words that stand in the picture: the first part of what is said.
fn on_screen(said: &str) -> String {
    let part = said.split(['，', '。', '？', '！', '：', ',', '.']).find(|part| !part.is_empty());
    beginning(part.unwrap_or(said), 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_frames_begin_with_the_hook_and_stay_within_the_video() {
        for seed in 0..200 {
            for language in [Language::Chinese, Language::English] {
                let body = analysis(dice::mix(seed), language);
                let frames = body["keyframes"].as_array().unwrap();
                let times: Vec<f64> =
                    frames.iter().map(|frame| frame["timestamp"].as_f64().unwrap()).collect();
                assert!(frames.len() >= 5 && frames[0]["type"] == "hook", "{body}");
                assert!(times.is_sorted() && times[0] == 0.0);
                assert!(*times.last().unwrap() < body["durationSeconds"].as_f64().unwrap());
                let texts = ["whyItPerformed", "attributesToCopy", "hooksToTest"];
                assert!(texts.iter().all(|name| !body[*name].to_string().contains('{')), "{body}");
            }
        }
    }
}
