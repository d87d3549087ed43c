//! What somebody finds out for the user: analyses, searches, plans, the library of viral videos.

use serde_json::Value;
use shiwen_core::{
    Analysis, Blueprint, ContentIdea, Entry, Found, Item, Keyframe, Output, Plan, Scrape,
    ScrapedVideo, Timestamp,
};

use super::{
    answers::texts,
    items::{facts, headline},
    jobs::{allowance, cost},
};
use crate::{
    Answer,
    lenient::{self, Fields},
    spoken,
};

fn owned(of: Fields<'_>, name: &str) -> Option<String> {
    of.passage(name)
}

fn list(of: Fields<'_>, name: &str) -> Vec<String> {
    of.value(name).into_iter().flat_map(texts).filter_map(spoken::passage).collect()
}

fn objects<'a>(of: Fields<'a>, name: &str) -> impl Iterator<Item = Fields<'a>> {
    of.value(name).and_then(Value::as_array).into_iter().flatten().filter_map(Fields::of)
}

fn answer(output: Output, of: Fields<'_>, now: Timestamp) -> Answer {
    Answer {
        output: Some(output),
        cost: cost(of),
        allowance: allowance(of, now),
        ..Answer::default()
    }
}

/// The answer to `analyze-video`.
pub(super) fn analyzed(of: Fields<'_>, now: Timestamp) -> Option<Answer> {
    let analysis = analysis(of)?;
    let duration_s = analysis.duration_s.and_then(|seconds| lenient::whole(seconds.round()));
    let found = Found { duration_s, ..Found::default() };
    Some(Answer { found, ..answer(Output::Analysis(analysis), of, now) })
}

/// Every part may be missing, but not all of what says something.
fn analysis(of: Fields<'_>) -> Option<Analysis> {
    let analysis = Analysis {
        summary: owned(of, "summary"),
        hook: owned(of, "hook"),
        keyframes: keyframes(of),
        duration_s: of.seconds("durationSeconds"),
        tags: list(of, "tags"),
        why_it_performed: list(of, "whyItPerformed"),
        attributes_to_copy: list(of, "attributesToCopy"),
        hooks_to_test: list(of, "hooksToTest"),
    };
    let nothing = Analysis { duration_s: analysis.duration_s, ..Analysis::default() };
    (analysis != nothing).then_some(analysis)
}

/// In the order of their times. One without a time stays where it is.
fn keyframes(of: Fields<'_>) -> Vec<Keyframe> {
    let mut before = 0.0;
    let frame = |of: Fields<'_>| {
        before = of.seconds("timestamp").unwrap_or(before);
        Keyframe {
            at_s: before,
            word: of.title("type"),
            description: owned(of, "description"),
            visual: owned(of, "visual"),
            audio: owned(of, "audio"),
            text: owned(of, "text"),
        }
    };
    let mut keyframes: Vec<Keyframe> = objects(of, "keyframes").map(frame).collect();
    keyframes.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    keyframes
}

/// The answer to `scrape-tiktok`. That nothing was found is an answer too.
pub(super) fn scraped(of: Fields<'_>, now: Timestamp) -> Option<Answer> {
    let videos: Vec<ScrapedVideo> = objects(of, "videos").filter_map(scraped_video).collect();
    let scrape_id = of.id("scrapeId");
    if scrape_id.is_none() && videos.is_empty() {
        return None;
    }
    let scrape = Scrape { scrape_id: scrape_id.unwrap_or_default(), videos };
    Some(answer(Output::Scrape(scrape), of, now))
}

fn scraped_video(of: Fields<'_>) -> Option<ScrapedVideo> {
    let stat = |name| of.object("stats")?.number(name).and_then(lenient::whole);
    Some(ScrapedVideo {
        id: of.id("id").unwrap_or_default(),
        url: of.web_address("url")?,
        author: of.title("author"),
        description: owned(of, "description"),
        views: stat("views"),
        likes: stat("likes"),
        comments: stat("comments"),
        shares: stat("shares"),
        duration_s: of.seconds("duration"),
        hashtags: list(of, "hashtags"),
        cover_url: of.web_address("thumbnail"),
        media_url: of.web_address("videoUrl"),
    })
}

/// The answer to `content-plans`. It never comes again, so whatever of it can be read is kept.
pub(super) fn planned(of: Fields<'_>, now: Timestamp) -> Option<Answer> {
    let plan = Plan {
        plan_id: of.id("planId").unwrap_or_default(),
        scrape_id: of.id("scrapeId"),
        brief: owned(of, "brief"),
        top_wins: list(of, "topWins"),
        gaps_to_test: list(of, "gapsToTest"),
        blueprints: objects(of, "blueprints").map(blueprint).collect(),
    };
    let says_something =
        !plan.top_wins.is_empty() || !plan.gaps_to_test.is_empty() || !plan.blueprints.is_empty();
    says_something.then(|| answer(Output::Plan(plan), of, now))
}

fn blueprint(of: Fields<'_>) -> Blueprint {
    let idea = |of: Fields<'_>| ContentIdea {
        hook: owned(of, "hook"),
        opening_shot: owned(of, "openingShot"),
        outline: owned(of, "contentOutline"),
        call_to_action: owned(of, "cta"),
    };
    Blueprint {
        category: of.title("category"),
        strategy: owned(of, "strategy"),
        evidence: owned(of, "evidence"),
        ideas: objects(of, "contentIdeas").map(idea).collect(),
    }
}

/// A plan in the list, which holds its brief only.
pub(super) fn plan_line(of: Fields<'_>) -> Option<Item> {
    let id = of.id("planId").or_else(|| of.id("id"))?;
    Some(Item {
        title: of.text("brief").and_then(headline).unwrap_or_else(|| id.clone()),
        id,
        text: owned(of, "brief"),
        facts: facts(of, &["scrapeId", "createdAt"]),
        ..Item::default()
    })
}

/// A video of the viral library.
pub(super) fn viral(of: Fields<'_>) -> Option<Item> {
    let id = of.id("id").or_else(|| of.id("_id"))?;
    let title = of.text("description").and_then(headline).or_else(|| of.title("username"));
    let mut facts_in_order = facts(of, &["tiktokUrl", "username"]);
    if let Some(stats) = of.object("stats") {
        facts_in_order.extend(facts(stats, &["views", "likes", "comments", "shares", "saves"]));
    }
    facts_in_order.extend(facts(of, &["hashtags", "soundName", "duration", "tiktokId"]));
    let analysed = of.object("analysis");
    facts_in_order.extend(analysed.map(|of| facts(of, &["analyzedAt"])).unwrap_or_default());
    Some(Item {
        title: title.unwrap_or_else(|| id.clone()),
        id,
        text: owned(of, "description"),
        pictures: of.web_address("thumbnailUrl").into_iter().collect(),
        media_url: of.web_address("playUrl"),
        facts: facts_in_order,
        analysis: analysed.and_then(analysis),
        ..Item::default()
    })
}

/// How well a video fits what was looked for stands beside it.
pub(super) fn scored(item: Item, of: Fields<'_>) -> Item {
    let score = of.number("score").map(|score| ("score".to_owned(), Entry::Number(score)));
    Item { facts: score.into_iter().chain(item.facts).collect(), ..item }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(of: &Value) -> Option<Analysis> {
        analysis(Fields::of(of).unwrap())
    }

    #[test]
    fn keyframes_stand_in_the_order_of_their_times() {
        let frames = json!({ "keyframes": [
            { "timestamp": "6.5", "type": "demo" }, { "type": "after" }, { "timestamp": 0 }, 7,
            { "timestamp": -3, "text": "x" },
        ] });
        let frames = read(&frames).unwrap().keyframes;
        let times: Vec<f64> = frames.iter().map(|frame| frame.at_s).collect();
        assert_eq!(times, [0.0, 0.0, 6.5, 6.5]);
        assert_eq!(frames[3].word.as_deref(), Some("after"));
    }

    #[test]
    fn one_text_is_a_list_of_one() {
        let analysis = read(&json!({ "tags": "garden", "hooksToTest": ["a", "", 7] })).unwrap();
        assert_eq!(
            (analysis.tags, analysis.hooks_to_test),
            (vec!["garden".to_owned()], vec!["a".to_owned()])
        );
    }

    #[test]
    fn an_analysis_that_says_nothing_is_none() {
        for nothing in
            [json!({}), json!({ "durationSeconds": 3 }), json!({ "summary": " ", "tags": [] })]
        {
            assert_eq!(read(&nothing), None, "{nothing}");
        }
    }
}
