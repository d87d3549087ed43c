//! What each operation and call takes: every limit at its edge, every model with its own fields.

use shiwen_core::{Entry, Fault, FaultKind, Form, Input, Operation, Timestamp, Verb};
use shiwen_providers::{RawUgc, Service, form};

use super::{ID, OPERATIONS, input, job, list, text};
use crate::support::{NOW, account};

const SORA_TEXT: &str = "sora-2-text-to-video";
const SORA_IMAGE: &str = "sora-2-image-to-video";
const KLING: &str = "kling-2.6/motion-control";

fn form_of(operation: Operation) -> &'static Form {
    RawUgc.forms().iter().find(|form| form.operation == Some(operation)).unwrap()
}

fn form_for(collection: &str, verb: Verb) -> &'static Form {
    let collection = RawUgc.collections().iter().find(|it| it.name == collection).unwrap();
    &collection.calls.iter().find(|call| call.verb == verb).unwrap().form
}

fn faults(form: &Form, input: &Input) -> Vec<(String, FaultKind, Option<f64>)> {
    let faults = RawUgc.faults(form, input, NOW);
    faults.into_iter().map(|Fault { field, kind, limit }| (field, kind, limit)).collect()
}

/// What is wrong with the field when it is filled in beside `others`, which are good.
fn wrong(
    form: &Form,
    others: &Input,
    name: &str,
    entry: Entry,
) -> Option<(FaultKind, Option<f64>)> {
    assert_eq!(faults(form, others), [], "{name}");
    let mut input = others.clone();
    input.insert(name.to_owned(), entry);
    let faults = faults(form, &input);
    assert!(faults.len() <= 1 && faults.iter().all(|fault| fault.0 == name), "{faults:?}");
    faults.first().map(|fault| (fault.1, fault.2))
}

fn pictures(count: usize) -> Entry {
    Entry::List((0..count).map(|n| format!("https://a.example/{n}.png")).collect())
}

/// The least that each video model takes.
fn video(model: &str) -> Input {
    let mut least = input([("model", text(model))]);
    match model {
        SORA_IMAGE => least.extend(input([("imageUrls", pictures(1))])),
        KLING => least.extend(input([("imageUrls", pictures(1)), ("videoUrls", pictures(1))])),
        _ => least.extend(input([("prompt", text("x"))])),
    }
    least
}

const VIDEO_MODELS: [&str; 5] = [SORA_TEXT, SORA_IMAGE, KLING, "veo3", "veo3_fast"];

#[test]
fn every_operation_has_a_form_that_nothing_else_has() {
    let operations: Vec<_> = RawUgc.forms().iter().filter_map(|form| form.operation).collect();
    assert_eq!(operations, OPERATIONS);
    assert!(RawUgc.forms().iter().all(|form| form.provider == ID));
}

#[test]
fn every_video_model_takes_what_it_needs_and_nothing_less() {
    let form = form_of(Operation::GenerateVideo);
    for model in VIDEO_MODELS {
        let least = video(model);
        assert_eq!(faults(form, &least), [], "{model}");
        for name in least.keys().filter(|name| *name != "model") {
            let mut less = least.clone();
            less.remove(name);
            assert_eq!(faults(form, &less), [(name.clone(), FaultKind::Missing, None)], "{model}");
        }
    }
    assert_eq!(faults(form, &Input::new()), [("model".to_owned(), FaultKind::Missing, None)]);
}

#[test]
fn each_video_model_has_fields_of_its_own() {
    let fields = [
        ("imageUrls", pictures(1), [false, true, true, true, true]),
        ("videoUrls", pictures(1), [false, false, true, false, false]),
        ("nFrames", text("15"), [true, true, false, false, false]),
        ("aspectRatio", text("landscape"), [true, true, false, false, false]),
        ("aspectRatio", text("Auto"), [false, false, false, true, true]),
        ("characterOrientation", text("video"), [false, false, true, false, false]),
        ("mode", text("1080p"), [false, false, true, false, false]),
        ("selectedCharacter", text("chr_1/rawugc.mia"), [true; 5]),
    ];
    let form = form_of(Operation::GenerateVideo);
    for (name, entry, models) in fields {
        for (model, takes) in VIDEO_MODELS.into_iter().zip(models) {
            let fault = wrong(form, &video(model), name, entry.clone());
            assert_eq!(fault.is_none(), takes, "{model} {name} {fault:?}");
        }
    }
}

#[test]
fn the_limits_of_a_video_are_those_of_its_model() {
    let form = form_of(Operation::GenerateVideo);
    for (model, most) in [(SORA_IMAGE, 10), (KLING, 10), ("veo3", 2), ("veo3_fast", 2)] {
        assert_eq!(wrong(form, &video(model), "imageUrls", pictures(most)), None, "{model}");
        let too_many = Some((FaultKind::TooMany, Some(most as f64)));
        assert_eq!(wrong(form, &video(model), "imageUrls", pictures(most + 1)), too_many);
    }
    let too_many = Some((FaultKind::TooMany, Some(1.0)));
    assert_eq!(wrong(form, &video(KLING), "videoUrls", pictures(2)), too_many);
    for model in VIDEO_MODELS {
        check_longest(form, &video(model), "prompt", 5000);
    }
    for (name, entry) in [("nFrames", text("12")), ("aspectRatio", text("16:9"))] {
        let fault = wrong(form, &video(SORA_TEXT), name, entry);
        assert_eq!(fault, Some((FaultKind::NotOffered, None)), "{name}");
    }
    // Seconds, but as a text.
    let number = wrong(form, &video(SORA_TEXT), "nFrames", Entry::Number(10.0));
    assert_eq!(number, Some((FaultKind::WrongKind, None)));
}

fn check_longest(form: &Form, others: &Input, name: &str, longest: usize) {
    assert_eq!(wrong(form, others, name, text(&"字".repeat(longest))), None, "{name}");
    let too_long = Some((FaultKind::TooLong, Some(longest as f64)));
    assert_eq!(wrong(form, others, name, text(&"字".repeat(longest + 1))), too_long, "{name}");
}

fn check_range(form: &Form, others: &Input, name: &str, smallest: f64, largest: f64) {
    for edge in [smallest, largest] {
        assert_eq!(wrong(form, others, name, Entry::Number(edge)), None, "{name}");
    }
    let below = wrong(form, others, name, Entry::Number(smallest - 1.0));
    assert_eq!(below, Some((FaultKind::TooSmall, Some(smallest))), "{name}");
    let above = wrong(form, others, name, Entry::Number(largest + 1.0));
    assert_eq!(above, Some((FaultKind::TooLarge, Some(largest))), "{name}");
}

#[test]
fn each_image_model_has_fields_of_its_own() {
    let form = form_of(Operation::GenerateImage);
    let new = input([("model", text("nano-banana-2")), ("prompt", text("x"))]);
    let edit = input([
        ("model", text("google/nano-banana-edit")),
        ("prompt", text("x")),
        ("imageUrls", pictures(1)),
    ]);
    for (name, entry, of_new, of_edit) in [
        ("aspectRatio", text("21:9"), true, false),
        ("aspectRatio", text("8:1"), true, false),
        ("imageSize", text("21:9"), false, true),
        ("imageSize", text("8:1"), false, false),
        ("resolution", text("4K"), true, false),
        ("googleSearch", Entry::Flag(false), true, false),
        ("outputFormat", text("jpeg"), true, true),
        ("outputFormat", text("webp"), false, false),
    ] {
        let fits = |others| wrong(form, others, name, entry.clone()).is_none();
        assert_eq!((fits(&new), fits(&edit)), (of_new, of_edit), "{name} {entry:?}");
    }
    for others in [&new, &edit] {
        check_longest(form, others, "prompt", 20_000);
        assert_eq!(wrong(form, others, "imageUrls", pictures(14)), None);
        let too_many = Some((FaultKind::TooMany, Some(14.0)));
        assert_eq!(wrong(form, others, "imageUrls", pictures(15)), too_many);
    }
    let nothing = list(&[" "]);
    assert_eq!(wrong(form, &edit, "imageUrls", nothing), Some((FaultKind::Missing, None)));
    assert_eq!(form.costs["nano-banana-2"], 4);
    assert_eq!(form.costs["google/nano-banana-edit"], 2);
}

#[test]
fn music_needs_no_more_than_a_prompt() {
    let form = form_of(Operation::GenerateMusic);
    let least = input([("prompt", text("x"))]);
    check_longest(form, &least, "prompt", 2000);
    check_longest(form, &least, "title", 200);
    check_longest(form, &least, "style", 500);
    assert_eq!(wrong(form, &least, "model", text("V4_5PLUS")), None);
    assert_eq!(wrong(form, &least, "model", text("V6")), Some((FaultKind::NotOffered, None)));
    assert_eq!(wrong(form, &least, "instrumental", Entry::Flag(false)), None);
    let default =
        |name: &str| form.fields.iter().find(|field| field.name == name).unwrap().default.clone();
    assert_eq!(
        (default("model"), default("instrumental")),
        (Some(text("V5")), Some(Entry::Flag(true)))
    );
    assert_eq!(form.costs["V5"], 3);
}

#[test]
fn edits_keep_their_limits() {
    let form = form_of(Operation::Overlay);
    let least = input([("videoId", text("vid_1")), ("text", text("x"))]);
    check_longest(form, &least, "text", 500);
    check_range(form, &least, "fontSize", 8.0, 200.0);
    check_range(form, &least, "topBottomMargin", 0.0, 500.0);
    check_range(form, &least, "strokeThickness", 0.0, 10.0);
    assert_eq!(
        wrong(form, &least, "fontSize", Entry::Number(8.5)),
        Some((FaultKind::NotWhole, None))
    );
    assert_eq!(wrong(form, &least, "strokeThickness", Entry::Number(0.5)), None);
    assert_eq!(wrong(form, &least, "position", text("left")), Some((FaultKind::NotOffered, None)));

    let form = form_of(Operation::Captions);
    assert_eq!(faults(form, &Input::new()), [("videoId".to_owned(), FaultKind::Missing, None)]);
    assert_eq!(faults(form, &input([("videoId", text("vid_1")), ("language", text("en"))])), []);
    assert_eq!(form.costs[""], 1);
}

#[test]
fn research_keeps_its_limits() {
    let analyze = form_of(Operation::Analyze);
    check_longest(analyze, &Input::new(), "prompt", 5000);
    let scrape = form_of(Operation::Scrape);
    let least = input([("query", text("x"))]);
    check_longest(scrape, &least, "query", 500);
    check_range(scrape, &least, "limit", 1.0, 10.0);
    assert_eq!(wrong(scrape, &least, "mode", text("hashtag")), None);
    let plan = form_of(Operation::Plan);
    check_longest(plan, &input([("scrapeId", text("s")), ("brief", text("x"))]), "brief", 5000);
    assert_eq!((analyze.costs[""], scrape.costs[""], plan.costs[""]), (1, 3, 3));
    let search = form_for("viral", Verb::Search);
    check_range(search, &input([("q", text("x"))]), "limit", 1.0, 50.0);
    for jobs in ["videos", "images", "music"] {
        check_range(form_for(jobs, Verb::List), &Input::new(), "limit", 1.0, 100.0);
    }
}

#[test]
fn libraries_keep_their_limits() {
    let name = || ("name", text("x"));
    for (collection, least, limits) in [
        (
            "personas",
            input([name(), ("description", text("x"))]),
            vec![("name", 200), ("description", 5000)],
        ),
        ("messaging", input([name(), ("body", text("x"))]), vec![("name", 200), ("body", 5000)]),
        (
            "products",
            input([name(), ("photos", pictures(40))]),
            vec![("name", 200), ("description", 1000), ("messaging", 5000)],
        ),
        (
            "styles",
            input([name()]),
            vec![("name", 200), ("description", 1000), ("promptTemplate", 5000)],
        ),
    ] {
        let create = form_for(collection, Verb::Create);
        for required in least.keys() {
            let mut less = least.clone();
            less.remove(required);
            assert_eq!(faults(create, &less), [(required.clone(), FaultKind::Missing, None)]);
        }
        for (field, longest) in limits {
            check_longest(create, &least, field, longest);
            check_longest(form_for(collection, Verb::Update), &Input::new(), field, longest);
        }
    }
    let style = form_for("styles", Verb::Update);
    assert_eq!(
        wrong(style, &Input::new(), "type", text("video")),
        Some((FaultKind::Unknown, None))
    );
}

fn post(mode: &str) -> Input {
    input([
        ("videoUrl", text("https://a.example/x.mp4")),
        ("accountIds", list(&["acc_1"])),
        ("mode", text(mode)),
    ])
}

#[test]
fn a_post_is_scheduled_at_a_time_to_come() {
    let form = form_for("posts", Verb::Create);
    let missing = [("scheduledFor".to_owned(), FaultKind::Missing, None)];
    assert_eq!(faults(form, &post("schedule")), missing);
    let blank = input([("scheduledFor", text(" "))]);
    let with_blank = |mode| post(mode).into_iter().chain(blank.clone()).collect::<Input>();
    assert_eq!(faults(form, &with_blank("schedule")), missing);
    assert_eq!(faults(form, &with_blank("now")), []);
    let at = |ms: i64| input([("scheduledFor", Entry::Number(ms as f64))]);
    let scheduled = |mode, ms| post(mode).into_iter().chain(at(ms)).collect::<Input>();
    assert_eq!(faults(form, &scheduled("schedule", NOW.0 + 1)), []);
    let past = [("scheduledFor".to_owned(), FaultKind::Past, None)];
    assert_eq!(faults(form, &scheduled("schedule", NOW.0)), past);
    assert_eq!(faults(form, &scheduled("draft", NOW.0 + 1)), []);
    let not_now = [("scheduledFor".to_owned(), FaultKind::NotOffered, None)];
    assert_eq!(faults(form, &scheduled("now", NOW.0 + 1)), not_now);
    check_longest(form, &post("now"), "content", 2200);
    let inbox = Entry::Flag(true);
    assert_eq!(wrong(form, &post("draft"), "publishToInbox", inbox.clone()), None);
    assert_eq!(
        wrong(form, &scheduled("schedule", NOW.0 + 1), "publishToInbox", inbox),
        Some((FaultKind::NotOffered, None))
    );
}

#[test]
fn posts_of_the_past_can_be_listed() {
    let input = input([("fromDate", Entry::Number(0.0)), ("toDate", Entry::Number(1.0))]);
    assert_eq!(faults(form_for("posts", Verb::List), &input), []);
}

#[test]
fn what_is_wrong_is_not_sent() {
    let account = account(ID, &[]);
    let mut two_models = video(SORA_TEXT);
    two_models.insert("mode".to_owned(), text("720p"));
    for (operation, input) in [
        (Operation::GenerateVideo, two_models),
        (Operation::GenerateVideo, Input::new()),
        (Operation::Overlay, input([("videoId", text("v")), ("text", text(&"x".repeat(501)))])),
        (Operation::Analyze, input([("prompt", text(&"x".repeat(5001)))])),
        (Operation::Plan, input([("scrapeId", text("s"))])),
    ] {
        let refused = RawUgc.create(&job(operation, &input), &account).unwrap_err();
        assert_eq!(refused.kind, shiwen_core::FailureKind::InvalidInput, "{operation}");
    }
}

#[test]
fn a_refusal_does_not_repeat_what_was_filled_in() {
    let secret = input([("prompt", text("x")), ("这是用户写的字", text("y"))]);
    let refused = RawUgc.create(&job(Operation::Analyze, &secret), &account(ID, &[])).unwrap_err();
    assert_eq!(refused.message.as_deref(), Some("unknown"));
}

#[test]
fn the_forms_of_updates_take_what_the_items_start_with() {
    let now = Timestamp(1_770_091_600_000);
    for (collection, name) in [
        ("personas", "personas_list"),
        ("messaging", "messages_list"),
        ("products", "products_list"),
        ("styles", "styles_list"),
        ("posts", "social_posts_list"),
    ] {
        let item = super::listed(collection, name);
        assert!(!item.input.is_empty());
        assert_eq!(form::check(form_for(collection, Verb::Update), &item.input, now), []);
    }
}
