//! What a task gave, for people.

use std::borrow::Cow;

use shiwen_core::{
    Analysis, Output, Plan, Scrape, Task, TaskDetail, TaskState, Timestamp, Work, WorkKind,
};
use shiwen_session::{Session, Words};

use crate::{
    failures,
    output::{Exit, say, state},
    patience::about,
};

/// A task that waiting has ended for: its result, or on standard error why there is none.
pub(crate) fn task(
    session: &Session,
    detail: &TaskDetail,
    index: usize,
    exit: Exit,
    words: &Words,
) -> anyhow::Result<()> {
    let task = &detail.task;
    match task.state {
        TaskState::Succeeded => {
            if index > 0 {
                say!("");
            }
            result(detail, words)
        }
        // The user did not want to wait: the number is what there is to know.
        TaskState::Running | TaskState::Queued if exit == Exit::Done => {
            say!("{}\t{}", task.id, state(words, task));
            Ok(())
        }
        _ => {
            eprintln!("{} {}", about(task), failures::line(session, detail, words));
            if let Some(said) = failures::said(words, task) {
                eprintln!("  {said}");
            }
            Ok(())
        }
    }
}

/// Everything that came back.
pub(crate) fn result(detail: &TaskDetail, words: &Words) -> anyhow::Result<()> {
    if let Some(transcript) = detail.transcripts.last() {
        say!("{}", transcript.text);
        return Ok(());
    }
    match &detail.output {
        Some(Output::Analysis(analysis)) => self::analysis(analysis, words),
        Some(Output::Works { works }) => self::works(works, words),
        Some(Output::Scrape(scrape)) => self::scrape(scrape),
        Some(Output::Plan(plan)) => self::plan(plan),
        None => found(&detail.task, words),
    }
}

fn found(task: &Task, words: &Words) -> anyhow::Result<()> {
    let found = &task.found;
    for (key, value) in [
        ("cli.title", task.title()),
        ("cli.author", found.author.as_deref()),
        ("cli.cover", found.cover_url.as_deref()),
        ("cli.media", found.media_url.as_deref()),
    ] {
        say!("{}\t{}", words.say(key, &[]), value.unwrap_or("-"));
    }
    Ok(())
}

fn works(works: &[Work], words: &Words) -> anyhow::Result<()> {
    for (index, work) in works.iter().enumerate() {
        let kind = words.say(kind_key(work.kind), &[]);
        say!("{}\t{kind}\t{}\t{}\t{}", index + 1, work.version, version(work, words), work.url);
        if let Some(until) = work.expires_at {
            eprintln!("{}", words.say("cli.good_until", &[("when", &time(until))]));
        }
    }
    Ok(())
}

fn kind_key(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Video => "studio.kind.video",
        WorkKind::Image => "studio.kind.image",
        WorkKind::Music => "studio.kind.music",
    }
}

/// What an edit made of it. One that has no words goes by its number.
fn version<'a>(work: &Work, words: &'a Words) -> Cow<'a, str> {
    let key = match work.edit.as_deref() {
        None => "studio.version.original",
        Some("captions" | "caption") => "studio.version.captions",
        Some("overlay") => "studio.version.overlay",
        Some(_) => {
            return Cow::Owned(
                words
                    .say("studio.version.number", &[("n", &work.version.to_string())])
                    .into_owned(),
            );
        }
    };
    words.say(key, &[])
}

/// What a moment of a video is for: the provider's word where there is none of ours.
fn moment(word: &str, words: &Words) -> String {
    let key = format!("moment.{}", word.trim().to_lowercase().replace([' ', '-'], "_"));
    if words.has(&key) { words.say(&key, &[]).into_owned() } else { word.to_owned() }
}

fn analysis(analysis: &Analysis, words: &Words) -> anyhow::Result<()> {
    for (key, text) in [("analysis.summary", &analysis.summary), ("analysis.hook", &analysis.hook)]
    {
        if let Some(text) = text {
            say!("{}\t{text}", words.say(key, &[]));
        }
    }
    for frame in &analysis.keyframes {
        let whole = frame.at_s.max(0.0) as u64;
        let named = frame.word.as_deref().map(|word| moment(word, words));
        let seen = [&frame.description, &frame.visual, &frame.audio, &frame.text];
        let said: Vec<&str> =
            std::iter::once(&named).chain(seen).filter_map(|part| part.as_deref()).collect();
        say!("{}:{:02}\t{}", whole / 60, whole % 60, said.join(" · "));
    }
    for (key, list) in [
        ("analysis.why", &analysis.why_it_performed),
        ("analysis.copy_this", &analysis.attributes_to_copy),
        ("analysis.hooks", &analysis.hooks_to_test),
        ("analysis.tags", &analysis.tags),
    ] {
        for text in list {
            say!("{}\t{text}", words.say(key, &[]));
        }
    }
    Ok(())
}

fn scrape(scrape: &Scrape) -> anyhow::Result<()> {
    say!("{}", scrape.scrape_id);
    for video in &scrape.videos {
        let views = video.views.map_or_else(|| "-".to_owned(), |views| views.to_string());
        say!("{}\t{views}\t{}", video.url, video.description.as_deref().unwrap_or("-"));
    }
    Ok(())
}

fn plan(plan: &Plan) -> anyhow::Result<()> {
    say!("{}", plan.plan_id);
    for line in plan.top_wins.iter().map(|win| ("+", win)) {
        say!("{}\t{}", line.0, line.1);
    }
    for line in plan.gaps_to_test.iter().map(|gap| ("?", gap)) {
        say!("{}\t{}", line.0, line.1);
    }
    for blueprint in &plan.blueprints {
        let parts = [&blueprint.category, &blueprint.strategy, &blueprint.evidence];
        let parts: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
        say!("\n{}", parts.join(" · "));
        for idea in &blueprint.ideas {
            let parts = [&idea.hook, &idea.opening_shot, &idea.outline, &idea.call_to_action];
            let parts: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
            say!("-\t{}", parts.join(" · "));
        }
    }
    Ok(())
}

/// A time as the user's clock shows it.
pub(crate) fn time(at: Timestamp) -> String {
    let zoned =
        jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_zoned(jiff::tz::TimeZone::system()));
    zoned.map_or_else(|_| at.0.to_string(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}
