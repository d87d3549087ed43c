//! RawUGC: every fixture of the contract against what the contract expects of it.

mod broken;
mod errors;
mod forms;
mod lists;
mod requests;

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use shiwen_core::{
    Entry, FailureKind, Input, Item, Items, Operation, Output, ProviderId, Timestamp, Unit, Verb,
    Work, WorkKind,
};
use shiwen_http::Response;
use shiwen_providers::{
    Action, Answer, Asked, Created, Followed, Job, RawUgc, Service, Step, services,
};

use crate::support::{EMPTY, NOW, account, answer, fixture, fixture_value, fixtures};

const ID: ProviderId = ProviderId::RawUgc;
/// Old enough that a missing job is not merely late.
const OLD: Duration = Duration::from_secs(60);

const OPERATIONS: [Operation; 8] = [
    Operation::Analyze,
    Operation::GenerateVideo,
    Operation::GenerateImage,
    Operation::GenerateMusic,
    Operation::Captions,
    Operation::Overlay,
    Operation::Scrape,
    Operation::Plan,
];

const TIKTOK: &str = "https://www.tiktok.com/@fixture/video/7000000000000000777";

fn job(operation: Operation, input: &Input) -> Job<'_> {
    let urls: &[&str] = if operation == Operation::Analyze { &[TIKTOK] } else { &[] };
    Job { operation, urls, share_text: "", target_language: None, input }
}

fn text(text: &str) -> Entry {
    Entry::Text(text.to_owned())
}

fn list(texts: &[&str]) -> Entry {
    Entry::List(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn input<const N: usize>(entries: [(&str, Entry); N]) -> Input {
    entries.into_iter().map(|(name, entry)| (name.to_owned(), entry)).collect()
}

fn created(operation: Operation, response: &Response) -> Created {
    RawUgc.read_created(&job(operation, &EMPTY), response, NOW)
}

fn followed(operation: Operation, remote_id: &str, response: &Response) -> Followed {
    let asked = Asked { operation, remote_id, step: Step::Status, urls: &[], input: &EMPTY };
    RawUgc.read_followed(&asked, response, OLD, NOW)
}

fn action<'a>(collection: &'a str, verb: Verb, input: &'a Input) -> Action<'a> {
    Action { collection, verb, id: Some("id_1"), input }
}

/// A fixture of ours with the HTTP status it comes with.
fn of(name: &str, status: u16) -> Response {
    answer(status, fixture(&format!("rawugc/{name}")))
}

fn accepted(operation: Operation, name: &str, id: &str, left: u32, units: u32) {
    let Created::Accepted { remote_id, allowance, cost } = created(operation, &of(name, 201))
    else {
        panic!("{name}")
    };
    let allowance = allowance.unwrap();
    assert_eq!(remote_id, id);
    assert_eq!((allowance.unit, allowance.left, cost), (Unit::Credit, Some(left), Some(units)));
}

fn done(operation: Operation, name: &str) -> Answer {
    match created(operation, &of(name, 200)) {
        Created::Done(answer) => answer,
        created => panic!("{name}: {created:?}"),
    }
}

fn succeeded(operation: Operation, name: &str) -> (Answer, Vec<Work>) {
    match followed(operation, "", &of(name, 200)) {
        Followed::Succeeded(answer) => {
            let Some(Output::Works { works }) = answer.output.clone() else { panic!("{name}") };
            (answer, works)
        }
        followed => panic!("{name}: {followed:?}"),
    }
}

fn items(collection: &str, verb: Verb, name: &str, status: u16) -> Items {
    RawUgc.read_called(&action(collection, verb, &EMPTY), &of(name, status), NOW).unwrap()
}

fn listed(collection: &str, name: &str) -> Item {
    let items = items(collection, Verb::List, name, 200);
    assert_eq!((items.items.len(), items.total, items.has_more), (1, Some(1), false), "{name}");
    items.items.into_iter().next().unwrap()
}

fn got(collection: &str, name: &str) -> Item {
    let items = items(collection, Verb::Get, name, 200);
    assert_eq!(items.items.len(), 1, "{name}");
    items.items.into_iter().next().unwrap()
}

fn fact(item: &Item, name: &str) -> Entry {
    item.facts.iter().find(|fact| fact.0 == name).unwrap().1.clone()
}

fn problem(name: &str, status: u16, kind: FailureKind) {
    for response in [of(name, status), of(name, 500), of(name, 200)] {
        let failure = RawUgc.read_checked(&[response], NOW).unwrap_err();
        assert_eq!(failure.kind, kind, "{name}");
        assert_eq!(
            failure.trace_id.as_deref(),
            fixture_value(&format!("rawugc/{name}"))["instance"].as_str()
        );
        assert!(failure.message.unwrap().ends_with("(fixture)"), "{name}");
    }
}

fn body(request: shiwen_http::Request) -> Value {
    serde_json::from_slice(&request.body.unwrap()).unwrap()
}

const CDN: &str = "https://cdn.example.com/rawugc/fx";

#[rustfmt::skip]
static FIXTURES: [(&str, fn()); 40] = [
    ("analyze_request", || {
        let prompt = input([("prompt", text("List what makes the opening work."))]);
        let request = RawUgc.create(&job(Operation::Analyze, &prompt), &account(ID, &[])).unwrap();
        assert_eq!(body(request), fixture_value("rawugc/analyze_request"));
    }),
    ("analyze_ok", || {
        let answer = done(Operation::Analyze, "analyze_ok");
        assert_eq!((answer.text, answer.found.duration_s), (None, Some(23)));
        let Some(Output::Analysis(analysis)) = answer.output else { panic!("no analysis") };
        assert_eq!(analysis.hook.unwrap(), "Nobody tells you this about tomatoes.");
        assert_eq!((analysis.keyframes.len(), analysis.keyframes[1].at_s), (2, 6.5));
        assert_eq!((analysis.keyframes[0].text.as_deref(), analysis.keyframes[1].text.as_deref()), (Some("STOP!"), None));
        assert_eq!(analysis.tags, ["gardening", "how-to"]);
        assert_eq!((analysis.hooks_to_test.len(), analysis.duration_s), (1, Some(23.4)));
    }),
    ("video_generate_request", || {
        let input = input([
            ("model", text("sora-2-text-to-video")), ("prompt", text("A calm kitchen scene, morning light.")),
            ("aspectRatio", text("portrait")), ("nFrames", text("10")),
        ]);
        let request = RawUgc.create(&job(Operation::GenerateVideo, &input), &account(ID, &[])).unwrap();
        assert_eq!(body(request), fixture_value("rawugc/video_generate_request"));
    }),
    ("video_created_201", || accepted(Operation::GenerateVideo, "video_created_201", "vid_fx0001", 95, 5)),
    ("image_created_201", || accepted(Operation::GenerateImage, "image_created_201", "img_fx0001", 91, 4)),
    ("music_created_201", || accepted(Operation::GenerateMusic, "music_created_201", "mus_fx0001", 88, 3)),
    ("video_processing", || {
        let running = Followed::Running { progress: None, word: "processing".to_owned() };
        assert_eq!(followed(Operation::GenerateVideo, "vid_fx0001", &of("video_processing", 200)), running);
    }),
    ("video_completed", || {
        let (answer, works) = succeeded(Operation::GenerateVideo, "video_completed");
        let short: Vec<_> = works.iter().map(|work| (work.version, work.edit.as_deref(), work.remote_id.as_deref(), work.url.as_str())).collect();
        assert_eq!(short, [
            (1, None, Some("vid_fx0001"), "https://cdn.example.com/rawugc/fx.mp4"),
            (2, Some("captions"), Some("vid_fx0002"), "https://cdn.example.com/rawugc/fx-captions.mp4"),
        ]);
        assert_eq!((answer.cost, answer.found.media_url.unwrap()), (Some(5), format!("{CDN}.mp4")));
    }),
    ("video_failed", || {
        let Followed::Failed(failure) = followed(Operation::GenerateVideo, "", &of("video_failed", 200)) else { panic!("not failed") };
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::ProviderInternal, Some("FIXTURE_CODE")));
        assert_eq!(failure.message.unwrap(), "generation refused (fixture)");
    }),
    ("video_completed_v2025_11_10", || {
        let (_, works) = succeeded(Operation::GenerateVideo, "video_completed_v2025_11_10");
        assert_eq!((works.len(), works[0].remote_id.as_deref(), works[0].url.clone()), (1, Some("tsk_fx0001"), format!("{CDN}.mp4")));
    }),
    ("videos_list", || {
        let list = items("videos", Verb::List, "videos_list", 200);
        assert_eq!((list.total, list.has_more, list.items.len()), (Some(2), false, 2));
        let [first, second] = list.items.as_slice() else { panic!("not two") };
        assert_eq!((first.id.as_str(), first.media_url.clone().unwrap()), ("vid_fx0001", format!("{CDN}.mp4")));
        let names: Vec<&str> = first.facts.iter().map(|fact| fact.0.as_str()).collect();
        assert_eq!(names, ["status", "model", "prompt", "creditsUsed", "createdAt", "completedAt", "url"]);
        assert_eq!(fact(second, "failMessage"), text("generation refused (fixture)"));
        assert_eq!(got("videos", "video_completed").title, "A calm kitchen scene, morning light.");
    }),
    ("video_edit_ok", || {
        let answer = done(Operation::Captions, "video_edit_ok");
        let work = Work {
            kind: WorkKind::Video, remote_id: Some("vid_fx0002".to_owned()), version: 2, edit: Some("captions".to_owned()),
            url: format!("{CDN}-captions.mp4"), expires_at: None, cover_url: None, title: None, duration_s: None,
        };
        assert_eq!((answer.output, answer.cost), (Some(Output::Works { works: vec![work] }), Some(1)));
    }),
    ("image_completed", || {
        let (answer, works) = succeeded(Operation::GenerateImage, "image_completed");
        assert_eq!((works[0].kind, works[0].url.clone(), answer.cost), (WorkKind::Image, format!("{CDN}.png"), Some(4)));
    }),
    ("images_list", || {
        let image = listed("images", "images_list");
        assert_eq!((image.pictures.clone(), image.media_url.clone()), (vec![format!("{CDN}.png")], None));
        assert_eq!(fact(&image, "resolution"), text("1K"));
    }),
    ("music_completed", || {
        let (answer, works) = succeeded(Operation::GenerateMusic, "music_completed");
        assert_eq!((works[0].kind, works[0].url.clone()), (WorkKind::Music, format!("{CDN}.mp3")));
        assert_eq!((works[0].title.as_deref(), works[0].duration_s), (Some("Balcony"), Some(93)));
        assert_eq!((answer.found.title.as_deref(), answer.found.cover_url.unwrap()), (Some("Balcony"), format!("{CDN}.jpg")));
    }),
    ("music_list", || {
        let track = listed("music", "music_list");
        assert_eq!((track.title.as_str(), track.media_url.clone().unwrap(), track.pictures.clone()), ("Balcony", format!("{CDN}.mp3"), vec![format!("{CDN}.jpg")]));
    }),
    ("upload_ok", || {
        let url = RawUgc.read_uploaded(&of("upload_ok", 200), NOW).unwrap();
        assert_eq!(url, "https://cdn.example.com/rawugc/upload/fx.mp4");
    }),
    ("character", || {
        let character = got("characters", "character");
        assert_eq!((character.title.as_str(), character.built_in), ("Fixture Farmer", true));
        assert_eq!(character.media_url.as_deref(), Some("https://cdn.example.com/p.mp4"));
        assert_eq!(fact(&character, "username"), text("fixture.farmer"));
    }),
    ("characters_list", || assert_eq!(listed("characters", "characters_list"), got("characters", "character"))),
    ("created_id_201", || {
        let persona = input([("name", text("Balcony gardeners")), ("description", text("x"))]);
        let made = RawUgc.read_called(&action("personas", Verb::Create, &persona), &of("created_id_201", 201), NOW).unwrap();
        let item = Item { id: "per_fx1".to_owned(), title: "Balcony gardeners".to_owned(), input: persona, ..Item::default() };
        assert_eq!(made.items, [item]);
    }),
    ("personas_list", || {
        let persona = listed("personas", "personas_list");
        assert_eq!((persona.id.as_str(), persona.text.as_deref()), ("per_fx1", Some("People with two square metres.")));
        assert_eq!(persona.input, input([("name", text("Balcony gardeners")), ("description", text("People with two square metres."))]));
        assert_eq!(fact(&persona, "createdAt"), Entry::Number(1_770_091_506_000.0));
    }),
    ("messages_list", || {
        let message = listed("messaging", "messages_list");
        assert_eq!(message.input, input([("name", text("Tone")), ("body", text("Friendly and short."))]));
        assert_eq!(message.text.as_deref(), Some("Friendly and short."));
    }),
    ("products_list", || {
        let product = listed("products", "products_list");
        assert_eq!(product.pictures, ["https://cdn.example.com/s.jpg"]);
        assert_eq!(product.input["photos"], list(&["https://cdn.example.com/s.jpg"]));
        assert_eq!(product.input["messaging"], text("Holds."));
    }),
    ("styles_list", || {
        let style = listed("styles", "styles_list");
        assert!(!style.built_in && !style.input.contains_key("type"));
        assert_eq!((fact(&style, "type"), style.input["aspectRatio"].clone()), (text("video"), text("portrait")));
        assert_eq!(style.input["promptTemplate"], text("{character} holds {productName}"));
    }),
    ("social_accounts", || {
        let account = listed("accounts", "social_accounts");
        assert_eq!((account.id.as_str(), fact(&account, "platform"), fact(&account, "isActive")), ("acc_fx1", text("tiktok"), Entry::Flag(true)));
    }),
    ("success_flag", || {
        for (collection, verb) in [("accounts", Verb::Refresh), ("accounts", Verb::Delete), ("posts", Verb::Delete)] {
            assert_eq!(items(collection, verb, "success_flag", 200), Items::default());
        }
    }),
    ("social_post", || {
        let post = got("posts", "social_post");
        assert_eq!((post.id.as_str(), post.title.as_str(), fact(&post, "platforms")), ("post_fx1", "New stakes!", list(&["tiktok"])));
        assert_eq!(post.input, input([("content", text("New stakes!")), ("scheduledFor", Entry::Number(1_770_177_906_000.0)), ("timezone", text("UTC"))]));
        for verb in [Verb::Create, Verb::Update, Verb::Reschedule, Verb::Publish] {
            assert_eq!(items("posts", verb, "social_post", 201).items, std::slice::from_ref(&post), "{verb}");
        }
    }),
    ("social_posts_list", || assert_eq!(listed("posts", "social_posts_list"), got("posts", "social_post"))),
    ("viral_video", || {
        let video = got("viral", "viral_video");
        assert_eq!((video.id.as_str(), video.media_url.as_deref()), ("vl_fx1", Some("https://cdn.example.com/p.mp4")));
        assert_eq!((fact(&video, "saves"), fact(&video, "hashtags")), (Entry::Number(7.0), list(&["garden"])));
        assert_eq!(video.analysis.unwrap().hook.unwrap(), "drooping plant");
    }),
    ("viral_search", || {
        let found = items("viral", Verb::Search, "viral_search", 200);
        assert_eq!((found.total, found.items.len()), (Some(1), 1));
        assert_eq!(found.items[0].facts[0], ("score".to_owned(), Entry::Number(0.83)));
        assert!(found.items[0].analysis.is_some());
    }),
    ("scrape_ok", || {
        let Some(Output::Scrape(scrape)) = done(Operation::Scrape, "scrape_ok").output else { panic!("no scrape") };
        assert_eq!((scrape.scrape_id.as_str(), scrape.videos.len()), ("scr_fx1", 1));
        let video = &scrape.videos[0];
        assert_eq!((video.id.as_str(), video.url.as_str()), ("7000000000000000777", TIKTOK));
        assert_eq!((video.views, video.shares, video.duration_s), (Some(1000), Some(5), Some(23.0)));
    }),
    ("content_plan", || {
        let Some(Output::Plan(plan)) = done(Operation::Plan, "content_plan").output else { panic!("no plan") };
        assert_eq!((plan.plan_id.as_str(), plan.scrape_id.as_deref()), ("pln_fx1", Some("scr_fx1")));
        assert_eq!((plan.top_wins, plan.gaps_to_test), (vec!["fast opening".to_owned()], vec!["no price shown".to_owned()]));
        let idea = &plan.blueprints[0].ideas[0];
        assert_eq!((idea.opening_shot.as_deref(), idea.call_to_action.as_deref()), (Some("plant on the floor"), Some("get a stake")));
        assert_eq!(idea.outline.as_deref(), Some("mistake, fix, result"));
    }),
    ("content_plans_list", || {
        let plan = listed("plans", "content_plans_list");
        assert_eq!((plan.id.as_str(), plan.title.as_str(), fact(&plan, "scrapeId")), ("pln_fx1", "sell stakes", text("scr_fx1")));
    }),
    ("problem_400", || {
        let failure = RawUgc.read_checked(&[of("problem_400", 400)], NOW).unwrap_err();
        assert_eq!(failure.message.as_deref(), Some("one field is wrong (fixture); videoUrl: must be a URL (fixture)"));
        problem("problem_400", 400, FailureKind::InvalidInput);
    }),
    ("problem_401", || problem("problem_401", 401, FailureKind::Unauthorized)),
    ("problem_402", || problem("problem_402", 402, FailureKind::QuotaExhausted)),
    ("problem_403", || problem("problem_403", 403, FailureKind::Forbidden)),
    ("problem_404", || problem("problem_404", 404, FailureKind::NotFound)),
    ("problem_429", || {
        problem("problem_429", 429, FailureKind::RateLimited);
        let mut response = of("problem_429", 429);
        let headers = [("x-ratelimit-limit", "10"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1770091560")];
        response.headers.extend(headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let now = Timestamp(1_770_091_520_000);
        assert_eq!(RawUgc.read_checked(std::slice::from_ref(&response), now).unwrap_err().retry_after_s, Some(40));
        let budget = RawUgc.budget(&response, now).unwrap();
        assert_eq!((budget.left, budget.until), (0, Timestamp(1_770_091_560_000)));
    }),
    ("problem_500", || problem("problem_500", 500, FailureKind::ProviderInternal)),
];

#[test]
fn every_fixture_of_rawugc_gives_what_the_contract_expects() {
    for (name, check) in FIXTURES {
        // The name of the fixture stands in the output before a failure.
        println!("{name}");
        check();
    }
}

#[test]
fn every_fixture_of_rawugc_has_a_row() {
    let files = std::fs::read_dir(fixtures().join("rawugc")).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> =
        files.map(|file| file.trim_end_matches(".json").to_owned()).collect();
    let rows: BTreeSet<String> = FIXTURES.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(rows, files);
}

#[test]
fn rawugc_is_on_offer() {
    let card = services().iter().map(|service| service.card()).find(|card| card.id == ID).unwrap();
    assert_eq!(card.operations, OPERATIONS);
    assert_eq!((card.unit, card.calls_per_minute, card.cost), (Unit::Credit, Some(8), None));
}

#[test]
fn an_edit_is_followed_as_the_version_it_made() {
    let followed = followed(Operation::Captions, "vid_fx0002", &of("video_completed", 200));
    let Followed::Succeeded(Answer { output: Some(Output::Works { works }), .. }) = followed else {
        panic!("{followed:?}")
    };
    assert_eq!(works.iter().map(|work| work.version).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_status_word_that_nobody_knows_keeps_the_job_running() {
    for word in ["pending", "Queued for review", "COMPLETE"] {
        let response =
            answer(200, format!(r#"{{"videoId":"v","status":"{word}","progress":"40"}}"#));
        let running = Followed::Running { progress: Some(40), word: word.to_owned() };
        assert_eq!(followed(Operation::GenerateVideo, "v", &response), running);
    }
}

#[test]
fn a_finished_job_without_an_address_has_failed_and_may_have_cost() {
    let response =
        answer(200, r#"{"videoId":"v","status":"completed","url":"javascript:alert(1)"}"#);
    let Followed::Failed(failure) = followed(Operation::GenerateVideo, "v", &response) else {
        panic!("not failed")
    };
    assert_eq!(failure.kind, FailureKind::MalformedResponse);
    assert_eq!(failure.charged, shiwen_core::Charged::Unknown);
}
