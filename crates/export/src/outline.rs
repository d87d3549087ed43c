//! What came besides a transcript, told in lines: an analysis, works, videos that were found, a plan.

use shiwen_core::{Analysis, Output, Plan, Scrape, Work, WorkKind};

use crate::{Wording, wording::clock};

pub(crate) fn outline(output: &Output, wording: &Wording) -> String {
    let lines = match output {
        Output::Analysis(analysis) => analysis_lines(analysis, wording),
        Output::Works { works } => works.iter().map(|one| work(one, wording)).collect(),
        Output::Scrape(scrape) => scrape_lines(scrape),
        Output::Plan(plan) => plan_lines(plan, wording),
    };
    lines.join("\n")
}

fn analysis_lines(analysis: &Analysis, wording: &Wording) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, text) in [("analysis.summary", &analysis.summary), ("analysis.hook", &analysis.hook)]
    {
        lines.extend(text.as_ref().map(|text| wording.named(&wording.say(key), text)));
    }
    if !analysis.keyframes.is_empty() {
        lines.push(wording.say("analysis.frames"));
    }
    for frame in &analysis.keyframes {
        let parts = [&frame.word, &frame.description, &frame.visual, &frame.audio, &frame.text];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        // A time before the start or beyond all videos saturates.
        lines.push(format!("{} {}", clock(frame.at_s as u32), parts.join(" · ")));
    }
    for (key, items) in [
        ("analysis.why", &analysis.why_it_performed),
        ("analysis.copy_this", &analysis.attributes_to_copy),
        ("analysis.hooks", &analysis.hooks_to_test),
    ] {
        list(&mut lines, wording, &wording.say(key), items);
    }
    if !analysis.tags.is_empty() {
        let tags = analysis.tags.join(&wording.say("analysis.comma"));
        lines.push(wording.named(&wording.say("analysis.tags"), &tags));
    }
    lines
}

/// What it is and how it is called. Its address opens it for whoever has that, so it is not told.
fn work(work: &Work, wording: &Wording) -> String {
    let kind = match work.kind {
        WorkKind::Video => "studio.kind.video",
        WorkKind::Image => "studio.kind.image",
        WorkKind::Music => "studio.kind.music",
    };
    let parts = [Some(wording.say(kind)), work.duration_s.map(clock), work.title.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn scrape_lines(scrape: &Scrape) -> Vec<String> {
    let video = |video: &shiwen_core::ScrapedVideo| {
        let parts = [video.author.as_deref(), video.description.as_deref(), Some(&*video.url)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    scrape.videos.iter().map(video).collect()
}

fn plan_lines(plan: &Plan, wording: &Wording) -> Vec<String> {
    let mut lines: Vec<String> = plan.brief.iter().cloned().collect();
    for items in [&plan.top_wins, &plan.gaps_to_test] {
        lines.extend(items.iter().map(|item| bullet(wording, item)));
    }
    for blueprint in &plan.blueprints {
        lines.push(String::new());
        let about = [&blueprint.category, &blueprint.strategy, &blueprint.evidence];
        lines.extend(about.into_iter().flatten().cloned());
        for idea in &blueprint.ideas {
            let parts = [&idea.hook, &idea.opening_shot, &idea.outline, &idea.call_to_action];
            let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
            lines.push(bullet(wording, &parts.join(" · ")));
        }
    }
    lines
}

fn list(lines: &mut Vec<String>, wording: &Wording, name: &str, items: &[String]) {
    if !items.is_empty() {
        lines.push(name.to_owned());
        lines.extend(items.iter().map(|item| bullet(wording, item)));
    }
}

fn bullet(wording: &Wording, text: &str) -> String {
    wording.say("analysis.item").replace("{text}", text)
}
