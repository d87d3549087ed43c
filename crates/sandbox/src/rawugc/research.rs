//! What is found on TikTok, and plans that are made of it.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply},
    form::{Optional, Required},
    problem::{Problem, check_visible},
    script::{Blueprint, Language, Script, some},
    viral,
};
use crate::{dice, dice::Dice, ids::Ticket, media, scenario::Scenario, state::State};

const SCRAPE_CREDITS: u32 = 3;
const PLAN_CREDITS: u32 = 3;
const MOST_VIDEOS: usize = 10;
/// Out of how many the videos of a scrape are chosen.
const CANDIDATES: u64 = 60;

/// What the list shows of a plan; its full text is in the answer of its making only.
#[derive(Debug)]
pub(crate) struct Plan {
    summary: Value,
    scenario: Scenario,
}

pub(super) fn scrape(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let query = form.text("query", Required, 1..=500).unwrap_or_default();
    let mode = form.choice("mode", Optional, &["keyword", "hashtag", "search"]);
    let limit = form.integer("limit", Optional, 1..=10).unwrap_or(10);
    form.finish()?;
    let language = Language::of(query);
    let (ticket, _) = call.accept(state, SCRAPE_CREDITS, language.digit())?;
    let count = if call.scenario == Scenario::Empty { 0 } else { limit };
    let hashtag = query.trim_start_matches('#');
    let found = find(ticket, query).into_iter().take(count as usize).zip(0..);
    let mut videos: Vec<Value> =
        found.map(|((seed, script), index)| video(state, ticket, seed, &script, index)).collect();
    if mode == Some("hashtag") && !hashtag.contains(char::is_whitespace) {
        for video in &mut videos {
            if let Some(tags) = video["hashtags"].as_array_mut() {
                tags.insert(0, json!(hashtag));
            }
        }
    }
    Ok(Reply::ok(json!({
        "scrapeId": format!("scr_{}", ticket.number()),
        "count": videos.len(),
        "videos": videos,
    })))
}

/// The videos of a scrape with their seeds: those of many that fit the query best.
fn find(scrape: Ticket, query: &str) -> Vec<(u64, Script)> {
    let language = Language::from_digit(scrape.language);
    let seeds = (0..CANDIDATES).map(|index| dice::mix(scrape.seed * CANDIDATES + index));
    let mut found: Vec<(u64, Script)> =
        seeds.map(|seed| (seed, Script::new(seed % crate::ids::SEEDS, language))).collect();
    found.sort_by(|(_, one), (_, other)| other.fit(query).total_cmp(&one.fit(query)));
    found.truncate(MOST_VIDEOS);
    found
}

fn video(state: &State, scrape: Ticket, seed: u64, script: &Script, index: u64) -> Value {
    let id = viral::tiktok_id(seed);
    let mut video = json!({
        "url": viral::tiktok_url(script.handle, &id),
        "id": id,
        "author": script.handle,
        "description": script.caption(),
        "stats": viral::stats(&mut Dice::new(seed)),
        "duration": script.seconds,
        "hashtags": script.tags,
    });
    // Both are optional.
    if index % 4 != 3 {
        video["thumbnail"] = json!(media::image_url(&state.url, seed, scrape.scenario));
    }
    if index % 3 != 2 {
        video["videoUrl"] = json!(media::video_url(&state.url, seed, scrape.scenario));
    }
    video
}

pub(super) fn plan(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let scrape_id = form.text("scrapeId", Required, 1..=200).unwrap_or_default();
    let brief = form.text("brief", Required, 1..=5000).unwrap_or_default();
    form.finish()?;
    let scrape = scrape_id
        .strip_prefix("scr_")
        .and_then(Ticket::from_digits)
        .filter(|ticket| state.knows(*ticket))
        .ok_or_else(|| Problem::not_found("scrape"))?;
    check_visible(scrape.scenario, "scrape")?;
    let (ticket, _) = call.accept(state, PLAN_CREDITS, scrape.language)?;
    let plan_id = format!("pln_{}", ticket.number());
    let stock = Language::from_digit(scrape.language).stock();
    let mut dice = Dice::new(dice::mix(ticket.seed ^ scrape.seed << 16));
    // An id has no room for the query, so a scrape of an earlier sandbox gives a plan that fits less well.
    let found = find(scrape, &state.link_of(scrape).unwrap_or_default());
    let mut blueprints: Vec<usize> = (0..stock.blueprints.len()).collect();
    dice.shuffle(&mut blueprints);
    blueprints.truncate(3);
    let blueprints: Vec<Value> = blueprints
        .into_iter()
        .zip(found.chunks(2))
        .map(|(number, videos)| {
            blueprint(&stock.blueprints[number], stock.shots, videos, &mut dice)
        })
        .collect();
    let summary = json!({
        "planId": plan_id,
        "scrapeId": scrape_id,
        "brief": brief,
        "createdAt": call.now_ms,
    });
    let plan = Plan { summary, scenario: call.scenario };
    state.memory().rawugc.plans.push(plan);
    Ok(Reply::ok(json!({
        "planId": plan_id,
        "scrapeId": scrape_id,
        "brief": brief,
        "topWins": some(stock.wins, 4, &mut dice),
        "gapsToTest": some(stock.gaps, 3, &mut dice),
        "blueprints": if call.scenario == Scenario::Empty { Vec::new() } else { blueprints },
    })))
}

/// A way to do it, with an idea that follows from each of the videos.
fn blueprint(
    blueprint: &Blueprint,
    shots: &[&str],
    videos: &[(u64, Script)],
    dice: &mut Dice,
) -> Value {
    let ideas: Vec<Value> = videos
        .iter()
        .map(|(_, script)| {
            json!({
                "hook": script.hook,
                "openingShot": dice.pick(shots),
                "contentOutline": format!("{}\n{}", blueprint.outline, script.points[0]),
                "cta": script.closing,
            })
        })
        .collect();
    json!({
        "category": blueprint.category,
        "strategy": blueprint.strategy,
        "evidence": blueprint.evidence.replace("{n}", &(3 + dice.below(6)).to_string()),
        "contentIdeas": ideas,
    })
}

pub(super) fn plans(state: &State, _call: &Call) -> Result<Reply, Problem> {
    let memory = state.memory();
    let plans = memory.rawugc.plans.iter().rev();
    let visible = plans.filter(|plan| check_visible(plan.scenario, "plan").is_ok());
    let plans: Vec<&Value> = visible.map(|plan| &plan.summary).collect();
    Ok(Reply::ok(json!({ "plans": plans, "count": plans.len() })))
}
