//! RawUGC's eight operations: how the orders of each word come to rest, what they cost and what they leave behind.

mod at_once;
mod jobs;
mod lists;
mod minute;

use std::time::Duration;

use shiwen_core::{
    Entry, Input, Operation, Order, Output, ProviderId, Submission, Task, TaskId, TaskState,
    Timestamp, WorkKind,
};
use shiwen_engine::Engine;
use shiwen_sandbox::Options;

use crate::{
    lab::Lab,
    rest::{RUNS_ON, Rest, check_ledger, rested},
};

const ID: ProviderId = ProviderId::RawUgc;
/// Enough for a table of orders.
const CREDITS: u32 = 10_000;

/// One operation as the tables see it.
#[derive(Clone, Copy)]
struct Asked {
    operation: Operation,
    route: &'static str,
    /// Where its jobs are asked after; none for what is done at once.
    follow: Option<&'static str>,
    /// Credits of one that was accepted.
    costs: u32,
    /// What stands in the books for one of which nobody knows whether it was accepted: the published price.
    may_cost: u32,
}

const VIDEO: Asked = Asked {
    operation: Operation::GenerateVideo,
    route: "rawugc POST /videos/generate",
    follow: Some("rawugc GET /videos/{videoId}"),
    costs: 5,
    // No price of a video is published.
    may_cost: 0,
};
const IMAGE: Asked = Asked {
    operation: Operation::GenerateImage,
    route: "rawugc POST /images/generate",
    follow: Some("rawugc GET /images/{imageId}"),
    costs: 4,
    may_cost: 4,
};
const MUSIC: Asked = Asked {
    operation: Operation::GenerateMusic,
    route: "rawugc POST /music/generate",
    follow: Some("rawugc GET /music/{musicId}"),
    costs: 3,
    may_cost: 3,
};
const CAPTIONS: Asked = at_once(Operation::Captions, "rawugc POST /videos/captions", 1, 1);
// What an overlay costs is said by its answer only.
const OVERLAY: Asked = at_once(Operation::Overlay, "rawugc POST /videos/overlay", 1, 0);
const ANALYZE: Asked = at_once(Operation::Analyze, "rawugc POST /analyze-video", 1, 1);
const SCRAPE: Asked = at_once(Operation::Scrape, "rawugc POST /scrape-tiktok", 3, 3);
const PLAN: Asked = at_once(Operation::Plan, "rawugc POST /content-plans", 3, 3);

const fn at_once(operation: Operation, route: &'static str, costs: u32, may_cost: u32) -> Asked {
    Asked { operation, route, follow: None, costs, may_cost }
}

async fn lab() -> Lab {
    let wish = Options { pace: 0.01, rawugc_credits: CREDITS, ..Options::default() };
    with(wish).await
}

async fn with(wish: Options) -> Lab {
    Lab::new(wish, ID, "/rawugc/api/v1", &[("api_key", true, "rug_sandbox")]).await
}

/// What an operation needs to be there before it can be asked for.
#[derive(Default)]
struct Ground {
    /// A finished video.
    video: Option<Task>,
    /// The id of a search.
    scrape: String,
    cost: u32,
}

impl Ground {
    async fn of(engine: &Engine, operation: Operation) -> Self {
        match operation {
            Operation::Captions | Operation::Overlay => {
                let id = ask(engine, &Self::default(), Operation::GenerateVideo, "ground");
                let video = rested(engine, id, Rest::Done, "ground").await;
                Self { video: Some(video), cost: VIDEO.costs, ..Self::default() }
            }
            Operation::Plan => {
                let id = ask(engine, &Self::default(), Operation::Scrape, "ground");
                rested(engine, id, Rest::Done, "ground").await;
                let output = engine.store().detail(id).unwrap().output;
                let Some(Output::Scrape(scrape)) = output else { panic!("{output:?}") };
                Self { scrape: scrape.scrape_id, cost: SCRAPE.costs, ..Self::default() }
            }
            _ => Self::default(),
        }
    }

    fn video_id(&self) -> &str {
        self.video.as_ref().unwrap().works[0].remote_id.as_deref().unwrap()
    }
}

fn text(value: &str) -> Entry {
    Entry::Text(value.to_owned())
}

fn input<const N: usize>(fields: [(&str, Entry); N]) -> Input {
    fields.into_iter().map(|(name, entry)| (name.to_owned(), entry)).collect()
}

/// Orders one whose text has these words in it.
fn ask(engine: &Engine, ground: &Ground, operation: Operation, words: &str) -> TaskId {
    let said = format!("{words} 一只纸船漂过清晨的运河");
    let input = match operation {
        Operation::Analyze => return analyze(engine, words),
        Operation::GenerateVideo => input([("model", text("veo3_fast")), ("prompt", text(&said))]),
        Operation::GenerateImage => {
            input([("model", text("nano-banana-2")), ("prompt", text(&said))])
        }
        Operation::GenerateMusic => input([("prompt", text(&said))]),
        Operation::Captions => {
            input([("videoId", text(ground.video_id())), ("language", text(words))])
        }
        Operation::Overlay => input([("videoId", text(ground.video_id())), ("text", text(&said))]),
        Operation::Scrape => input([("query", text(&said))]),
        Operation::Plan => input([("scrapeId", text(&ground.scrape)), ("brief", text(&said))]),
        Operation::Transcribe | Operation::Resolve => panic!("not offered"),
    };
    let parent = ground.video.as_ref().map(|video| video.id);
    engine.order(&Order { provider: ID, operation, input, parent }).unwrap()
}

fn analyze(engine: &Engine, words: &str) -> TaskId {
    let url = format!("https://v.douyin.com/{words}/");
    let submission = Submission {
        share_text: format!("复制打开抖音 {url} 看看"),
        urls: vec![url],
        again: Vec::new(),
        provider: ID,
        operation: Operation::Analyze,
        target_language: None,
        input: Input::new(),
        together: false,
        then: Vec::new(),
    };
    engine.create_tasks(&submission).unwrap()[0]
}

/// All words of a table at one time with one account: none of them may hold up another.
async fn check(asked: Asked, table: &[(&'static str, Rest)]) {
    let lab = lab().await;
    let engine = lab.engine.clone();
    let ground = Ground::of(&engine, asked.operation).await;
    let orders: Vec<_> = table
        .iter()
        .map(|(word, rest)| {
            (ask(&engine, &ground, asked.operation, &format!("sb-{word}")), *word, *rest)
        })
        .collect();
    let mut spent = ground.cost;
    for (id, word, rest) in &orders {
        let about = format!("{} {word}", asked.operation);
        let task = rested(&engine, *id, *rest, &about).await;
        // Refused twice and then accepted: nothing else is followed by another call.
        check_ledger(&engine, &task, *rest, if *word == "rate" { 3 } else { 1 }, &about);
        check_output(&engine, asked, &task, word);
        spent += cost(asked, *rest);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    if let Some(follow) = asked.follow.filter(|_| table.iter().any(|(_, rest)| *rest == RUNS_ON)) {
        lab.asked(follow, 5).await;
    }
    // Whatever the provider did: nothing was sent again by itself, and nothing that runs on was given up.
    for (id, word, rest) in &orders {
        let task = engine.store().task(*id).unwrap();
        assert!(rest.is(&task), "{} {word}: {:?}", asked.operation, task.state);
    }
    assert_eq!(engine.store().spent_since(ID, Timestamp(0)).unwrap(), spent, "{}", asked.operation);
    let attempts: usize =
        orders.iter().map(|(id, ..)| engine.store().detail(*id).unwrap().attempts.len()).sum();
    let calls = lab.close().await;
    assert_eq!(calls.routes[asked.route], attempts as u64, "{}", asked.operation);
}

/// What one task adds to the books.
fn cost(asked: Asked, rest: Rest) -> u32 {
    match rest {
        Rest::Done | Rest::Found | Rest::Waits(TaskState::Running, _) => asked.costs,
        Rest::Failed(_, crate::rest::MAYBE) => asked.costs,
        Rest::Uncertain => asked.may_cost,
        Rest::Absent | Rest::Failed(..) | Rest::Waits(..) => 0,
    }
}

/// What a task that is done has given, and that one that is not has given nothing.
fn check_output(engine: &Engine, asked: Asked, task: &Task, word: &str) {
    let output = engine.store().detail(task.id).unwrap().output;
    let about = format!("{} {word}", asked.operation);
    if task.state != TaskState::Succeeded {
        assert_eq!((output, task.works.len()), (None, 0), "{about}");
        return;
    }
    // What it took, where the provider says so.
    let says_cost = asked.follow.is_some()
        || matches!(asked.operation, Operation::Captions | Operation::Overlay);
    assert_eq!(task.cost, says_cost.then_some(asked.costs), "{about}");
    match (asked.operation, output.unwrap()) {
        (Operation::Analyze, Output::Analysis(analysis)) => {
            assert!(analysis.summary.is_some() && analysis.keyframes.len() > 3, "{about}");
        }
        (Operation::Scrape, Output::Scrape(scrape)) => {
            assert!(scrape.scrape_id.starts_with("scr_"), "{about}");
            assert_eq!(scrape.videos.is_empty(), word == "empty", "{about}");
        }
        (Operation::Plan, Output::Plan(plan)) => {
            assert!(!plan.top_wins.is_empty(), "{about}");
            assert_eq!(plan.blueprints.is_empty(), word == "empty", "{about}");
        }
        (operation, Output::Works { works }) => {
            assert_eq!(works, task.works, "{about}");
            let work = &works[0];
            let kind = match operation {
                Operation::GenerateImage => WorkKind::Image,
                Operation::GenerateMusic => WorkKind::Music,
                _ => WorkKind::Video,
            };
            let edit = asked.follow.is_none().then(|| operation.as_str().to_owned());
            assert_eq!((work.kind, &work.edit), (kind, &edit), "{about}");
            assert!(work.remote_id.is_some() && work.url.contains("/media/"), "{about}");
            assert_eq!(work.version > 1, edit.is_some(), "{about}");
        }
        (_, output) => panic!("{about}: {output:?}"),
    }
}
