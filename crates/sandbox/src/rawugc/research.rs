//! What is found on TikTok, and plans that are made of it.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply},
    form::{Optional, Required},
    problem::{Problem, check_visible},
    script::{Language, Script, some},
    viral,
};
use crate::{dice, dice::Dice, ids::Ticket, media, scenario::Scenario, state::State};

const SCRAPE_CREDITS: u32 = 3;
const PLAN_CREDITS: u32 = 3;

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
    let mut videos: Vec<Value> = (0..count).map(|index| video(state, ticket, index)).collect();
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

fn script(scrape: Ticket, index: u64) -> (u64, Script) {
    let seed = dice::mix(scrape.seed * 16 + index);
    (seed, Script::new(seed % crate::ids::SEEDS, Language::from_digit(scrape.language)))
}

fn video(state: &State, scrape: Ticket, index: u64) -> Value {
    let (seed, script) = script(scrape, index);
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
    let mut blueprints: Vec<usize> = (0..stock.blueprints.len()).collect();
    dice.shuffle(&mut blueprints);
    blueprints.truncate(3);
    let blueprints: Vec<Value> = blueprints
        .into_iter()
        .enumerate()
        .map(|(position, number)| blueprint(scrape, position as u64, number, &mut dice))
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

/// A way to do it, with two ideas that follow from two of the videos that were found.
fn blueprint(scrape: Ticket, position: u64, number: usize, dice: &mut Dice) -> Value {
    let stock = Language::from_digit(scrape.language).stock();
    let blueprint = &stock.blueprints[number];
    let ideas: Vec<Value> = (0..2)
        .map(|idea| {
            let (_, script) = script(scrape, position * 2 + idea);
            json!({
                "hook": script.hook,
                "openingShot": dice.pick(stock.shots),
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
