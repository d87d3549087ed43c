//! The library of videos that did well: a fixed stock, half of it in each language.

use serde_json::{Value, json};

use super::{
    analyze,
    call::{Call, Reply},
    form::{Form, Optional, Required},
    problem::Problem,
    script::{Language, Script},
};
use crate::{dice, dice::Dice, ids::EPOCH_MS, media, scenario::Scenario, state::State};

const VIDEOS: u64 = 60;
/// What fits less is not found.
const LEAST_SCORE: f64 = 0.35;

pub(super) fn show(state: &State, call: &Call) -> Result<Reply, Problem> {
    let number = (1..=VIDEOS).find(|number| id(*number) == call.id);
    let number = number.ok_or_else(|| Problem::not_found("video"))?;
    Ok(Reply::ok(video(state, number)))
}

pub(super) fn search(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = Form::of_query(&call.query);
    let query = form.text("q", Required, 1..=1000).unwrap_or_default();
    let limit = form.integer("limit", Optional, 1..=50).unwrap_or(20);
    form.finish()?;
    let mut found: Vec<(f64, u64)> = Vec::new();
    if call.scenario != Scenario::Empty {
        let scored = (1..=VIDEOS).map(|number| (score(state, query, number), number));
        found.extend(scored.filter(|(score, _)| *score >= LEAST_SCORE));
    }
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    let total = found.len();
    let results: Vec<Value> = found
        .into_iter()
        .take(limit as usize)
        .map(|(score, number)| json!({ "video": video(state, number), "score": score }))
        .collect();
    Ok(Reply::ok(json!({ "results": results, "query": query, "total": total })))
}

fn id(number: u64) -> String {
    format!("vl_{number:04}")
}

fn language(number: u64) -> Language {
    Language::from_digit(number % 2)
}

fn seed(state: &State, number: u64) -> u64 {
    dice::hash(&id(number), state.options.seed)
}

/// Words that stand in the video count most, its language next; the rest is chance.
fn score(state: &State, query: &str, number: u64) -> f64 {
    let script = Script::new(seed(state, number) % crate::ids::SEEDS, language(number));
    let share = script.fit(query);
    let same_language = if Language::of(query) == script.language { 0.1 } else { 0.0 };
    let chance = (dice::hash(query, number) % 150) as f64 / 1000.0;
    ((0.2 + 0.5 * share + same_language + chance) * 1000.0).round() / 1000.0
}

/// Counts of a video that did well. Scraped ones have no `saves`.
pub(super) fn stats(dice: &mut Dice) -> Value {
    let views = 20_000 + dice.below(4_000_000);
    let likes = views / (8 + dice.below(20));
    json!({
        "views": views,
        "likes": likes,
        "comments": likes / (10 + dice.below(40)),
        "shares": likes / (6 + dice.below(30)),
    })
}

/// A number as TikTok's are.
pub(super) fn tiktok_id(seed: u64) -> String {
    (7_000_000_000_000_000_000 + dice::mix(seed) % 400_000_000_000_000_000).to_string()
}

pub(super) fn tiktok_url(handle: &str, id: &str) -> String {
    format!("https://www.tiktok.com/@{handle}/video/{id}")
}

fn video(state: &State, number: u64) -> Value {
    let (seed, language) = (seed(state, number), language(number));
    let script = Script::new(seed % crate::ids::SEEDS, language);
    let mut dice = Dice::new(dice::mix(seed));
    let mut stats = stats(&mut dice);
    stats["saves"] = json!(stats["likes"].as_u64().unwrap_or_default() / 3);
    let tiktok_id = tiktok_id(seed);
    let mut video = json!({
        "id": id(number),
        "tiktokUrl": tiktok_url(script.handle, &tiktok_id),
        "tiktokId": tiktok_id,
        "username": script.handle,
        "description": script.caption(),
        "stats": stats,
        "hashtags": script.tags,
        "soundName": dice.pick(language.stock().sounds),
        "duration": script.seconds,
        "thumbnailUrl": media::image_url(&state.url, seed, Scenario::Ok),
        "playUrl": media::video_url(&state.url, seed, Scenario::Ok),
    });
    // Not every video has been looked at yet.
    if !number.is_multiple_of(5) {
        let mut analysis = analyze::analysis(seed, language);
        analysis["analyzedAt"] = json!(EPOCH_MS + number * 86_400_000);
        video["analysis"] = analysis;
    }
    video
}
