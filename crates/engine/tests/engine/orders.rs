//! What is made of a form, calls whose answer the user waits for, and what was begun elsewhere.

use std::time::Duration;

use shiwen_core::{
    FailureKind, FaultKind, Input, Operation, Order, Output, ProviderId, TaskId, TaskState, Verb,
};
use shiwen_engine::{Engine, EngineError, Running};
use shiwen_store::StoreError;

use crate::{
    lab::{Lab, Play, accepted, result, status, submit_together, until},
    minute::{input, order, ugc},
};

const UGC: ProviderId = ProviderId::RawUgc;

fn json(status: u16, body: serde_json::Value) -> Play {
    Play::Answer(status, body.to_string())
}

fn problem(status: u16, slug: &str) -> Play {
    let kind = format!("https://api.rawugc.com/errors/{slug}");
    json(status, serde_json::json!({ "type": kind, "status": status, "title": "x" }))
}

/// A service that makes a video with the id `vid_1` and edits it.
fn studio(asked: &str) -> Play {
    let address = |name: &str| format!("https://media.example/{name}.mp4");
    match asked.split_once("/api/v1") {
        Some(("POST ", "/videos/generate")) => json(
            201,
            serde_json::json!({ "videoId": "vid_1", "status": "pending", "creditsUsed": 12, "newBalance": 88 }),
        ),
        Some(("POST ", "/videos/captions")) => json(
            200,
            serde_json::json!({ "videoId": "vid_2", "url": address("two"), "version": 2, "operation": "captions", "creditsUsed": 1 }),
        ),
        Some(("GET ", "/videos/vid_1")) => json(
            200,
            serde_json::json!({ "videoId": "vid_1", "status": "completed", "url": address("one") }),
        ),
        _ => problem(404, "not_found"),
    }
}

fn video(engine: &Engine) -> TaskId {
    let fields = [("model", "veo3"), ("prompt", "一只猫")];
    engine.order(&order(Operation::GenerateVideo, &fields)).unwrap()
}

async fn made(lab: &Lab) -> (Engine, Running, TaskId) {
    lab.script.plays(studio);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let id = video(&engine);
    until(&engine, id, TaskState::Succeeded).await;
    (engine, running, id)
}

fn rows(engine: &Engine) -> u32 {
    shiwen_core::Desk::ALL
        .iter()
        .map(|desk| engine.store().tasks(*desk, None, 1).unwrap().total)
        .sum()
}

#[tokio::test(start_paused = true)]
async fn a_form_with_faults_is_neither_queued_nor_sent() {
    let lab = Lab::new();
    let engine = lab.engine();
    let faults = |order: &Order| match engine.order(order) {
        Err(EngineError::Faults(faults)) => {
            faults.into_iter().map(|fault| (fault.field, fault.kind)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let missing = |field: &str| vec![(field.to_owned(), FaultKind::Missing)];
    let empty = order(Operation::GenerateMusic, &[]);
    assert_eq!(faults(&empty), missing("prompt"));
    let unknown = order(Operation::GenerateMusic, &[("prompt", "x"), ("colour", "red")]);
    assert_eq!(faults(&unknown), [("colour".to_owned(), FaultKind::Unknown)]);
    assert_eq!(faults(&order(Operation::Captions, &[])), missing("videoId"));
    let nowhere = order(Operation::Captions, &[("videoId", "vid_1")]);
    assert_eq!(faults(&nowhere), [("videoId".to_owned(), FaultKind::NotOffered)]);

    let running = lab.start(&engine);
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!((rows(&engine), lab.script.calls_to("").len()), (0, 0));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_link_with_more_than_its_operation_takes_is_not_queued() {
    let lab = Lab::new();
    let engine = lab.engine();
    let url = "https://v.douyin.com/aaaa1111/".to_owned();
    let submission = shiwen_core::Submission {
        share_text: url.clone(),
        urls: vec![url],
        again: Vec::new(),
        provider: ProviderId::Momoget,
        operation: Operation::Transcribe,
        target_language: None,
        input: input(&[("prompt", "x")]),
        together: false,
        then: Vec::new(),
    };
    assert!(matches!(engine.create_tasks(&submission), Err(EngineError::Faults(_))));
    assert_eq!(rows(&engine), 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_does_not_do_is_not_ordered() {
    let lab = Lab::new();
    let engine = lab.engine();
    let elsewhere = Order {
        provider: ProviderId::Momoget,
        ..order(Operation::GenerateMusic, &[("prompt", "x")])
    };
    let of_link = order(Operation::Analyze, &[("prompt", "x")]);
    for order in [elsewhere, of_link] {
        assert!(matches!(engine.order(&order), Err(EngineError::NotOffered(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn a_work_is_made_edited_and_paid_for_as_the_provider_said() {
    let lab = Lab::new();
    let (engine, running, id) = made(&lab).await;
    let task = engine.store().task(id).unwrap();
    assert_eq!((task.cost, task.works.len(), task.model.as_deref()), (Some(12), 1, Some("veo3")));

    let captions = order(Operation::Captions, &[("videoId", "vid_1")]);
    let wrong = Order { parent: Some(TaskId(99)), ..captions.clone() };
    assert!(matches!(engine.order(&wrong), Err(EngineError::Faults(_))));
    let other = order(Operation::Captions, &[("videoId", "vid_9")]);
    let other = Order { parent: Some(id), ..other };
    assert!(matches!(engine.order(&other), Err(EngineError::Faults(_))));

    let edit = engine.order(&Order { parent: Some(id), ..captions }).unwrap();
    until(&engine, edit, TaskState::Succeeded).await;
    let detail = engine.store().detail(id).unwrap();
    let Some(Output::Works { works }) = detail.output else { panic!("{detail:?}") };
    let versions: Vec<_> = works.iter().map(|work| work.remote_id.as_deref().unwrap()).collect();
    assert_eq!(versions, ["vid_1", "vid_2"]);
    let view = engine.provider(UGC).unwrap();
    assert_eq!((view.spent_today, view.allowance.unwrap().left), (13, Some(88)));

    // The edit can be edited, by its own task or by that of the original.
    for parent in [id, edit] {
        let next = order(Operation::Captions, &[("videoId", "vid_2")]);
        engine.order(&Order { parent: Some(parent), ..next }).unwrap();
    }
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_in_doubt_stands_in_the_books_at_its_price() {
    let lab = Lab::new();
    lab.script.plays(|_| Play::Ambiguous);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let scrape = engine.order(&order(Operation::Scrape, &[("query", "番茄")])).unwrap();
    let fields = [("model", "nano-banana-2"), ("prompt", "一只猫")];
    let image = engine.order(&order(Operation::GenerateImage, &fields)).unwrap();
    for id in [scrape, image] {
        until(&engine, id, TaskState::Uncertain).await;
    }
    assert_eq!(engine.provider(UGC).unwrap().spent_today, 3 + 4);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn new_addresses_come_for_free_and_change_nothing_else() {
    let lab = Lab::new();
    let (engine, running, id) = made(&lab).await;
    let before = engine.store().task(id).unwrap();
    lab.script.plays(|asked| match asked {
        "GET /api/v1/videos/vid_1" => json(
            200,
            serde_json::json!({ "videoId": "vid_1", "status": "completed", "url": "https://media.example/new.mp4" }),
        ),
        _ => problem(404, "not_found"),
    });
    let after = engine.refresh(id).await.unwrap();
    assert_eq!(after.works[0].url, "https://media.example/new.mp4");
    assert_eq!((after.state, after.ended_at), (TaskState::Succeeded, before.ended_at));
    assert_eq!(lab.script.created(), 1);

    lab.script.plays(|_| problem(404, "not_found"));
    match engine.refresh(id).await {
        Err(EngineError::Refused(failure)) => assert_eq!(failure.0.kind, FailureKind::NotFound),
        other => panic!("{other:?}"),
    }
    assert_eq!(engine.store().task(id).unwrap(), after);
    lab.script.plays(|_| Play::Ambiguous);
    assert!(matches!(engine.refresh(id).await, Err(EngineError::Refused(_))));
    let unfinished = video(&engine);
    let refreshed = engine.refresh(unfinished).await;
    assert!(matches!(refreshed, Err(EngineError::Store(StoreError::WrongState))), "{refreshed:?}");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn one_of_a_batch_gets_its_own_part_again() {
    let lab = Lab::new();
    let parts = |sign: &str| {
        let item = |code: &str| serde_json::json!({ "url": format!("https://v.douyin.com/{code}/"), "title": format!("{code} {sign}"), "text": code });
        let items = [item("aaaa1111"), item("bbbb2222")];
        json(200, serde_json::json!({ "status": "completed", "data": { "items": items } }))
    };
    lab.script.creates([accepted()]);
    lab.script.reads([status("completed"), parts("old")]);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ids = submit_together(&engine, &["aaaa1111", "bbbb2222"]);
    until(&engine, ids[1], TaskState::Succeeded).await;
    lab.script.reads([status("completed"), parts("new")]);
    let task = engine.refresh(ids[1]).await.unwrap();
    assert_eq!(task.found.title.as_deref(), Some("bbbb2222 new"));
    assert_eq!(engine.store().detail(ids[1]).unwrap().transcripts.len(), 1);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_elsewhere_is_followed_to_its_end_for_nothing() {
    let lab = Lab::new();
    lab.script.plays(|asked| match asked {
        "POST /api/v1/coze/task-status" => status("completed"),
        "POST /api/v1/coze/task-result" => result(),
        other => studio(other),
    });
    let engine = lab.engine();
    let running = lab.start(&engine);
    let (momoget, transcribe) = (ProviderId::Momoget, Operation::Transcribe);
    let text = engine.follow_remote(momoget, transcribe, " from-elsewhere ").unwrap();
    let video = engine.follow_remote(UGC, Operation::GenerateVideo, "vid_1").unwrap();
    assert_eq!(engine.follow_remote(momoget, transcribe, "from-elsewhere").unwrap(), text);
    until(&engine, text, TaskState::Succeeded).await;
    assert_eq!(until(&engine, video, TaskState::Succeeded).await.works.len(), 1);
    assert_eq!(engine.store().detail(text).unwrap().transcripts.len(), 1);
    assert_eq!(engine.follow_remote(momoget, transcribe, "from-elsewhere").unwrap(), text);
    assert_eq!((lab.script.created(), rows(&engine)), (0, 2));
    for provider in [momoget, UGC] {
        assert_eq!(engine.provider(provider).unwrap().spent_today, 0);
    }
    for id in ["", "with blank", &"x".repeat(201)] {
        let followed = engine.follow_remote(momoget, transcribe, id);
        assert!(matches!(followed, Err(EngineError::InvalidId)), "{id}");
    }
    let scraped = engine.follow_remote(UGC, Operation::Scrape, "scr_1");
    assert!(matches!(scraped, Err(EngineError::NotOffered(UGC))), "nothing of it runs on");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_direct_call_that_may_not_be_made_twice_counts_while_it_is_out() {
    let lab = Lab::new();
    lab.script.plays(|_| Play::Hang);
    let engine = lab.engine();
    let running = lab.start(&engine);
    let ask = |verb, fields: &[(&str, &str)]| {
        let (engine, input) = (engine.clone(), input(fields));
        tokio::spawn(async move { engine.call(UGC, "personas", verb, None, &input).await })
    };
    let reads = ask(Verb::List, &[]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(engine.submitting(), 0, "what only reads may be cut off");
    reads.abort();
    let creates = ask(Verb::Create, &[("name", "园丁"), ("description", "阳台")]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(engine.submitting(), 1);

    engine.hold();
    let sent = lab.script.calls_to("").len();
    let held = ask(Verb::Create, &[("name", "园丁"), ("description", "阳台")]).await.unwrap();
    assert!(matches!(held, Err(EngineError::Busy { provider: UGC, .. })), "{held:?}");
    assert_eq!((lab.script.calls_to("").len(), engine.submitting()), (sent, 1));

    let ends = tokio::spawn(running.stop());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!ends.is_finished(), "it is waited for");
    creates.abort();
    ends.await.unwrap();
    assert_eq!(engine.submitting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_collection_is_read_and_changed_by_calls_that_say_how_they_ended() {
    let lab = Lab::new();
    lab.script.plays(ugc);
    let engine = lab.engine();
    let call = async |verb, id: Option<&str>, fields: &[(&str, &str)]| {
        engine.call(UGC, "personas", verb, id, &input(fields)).await
    };
    assert_eq!(call(Verb::List, None, &[]).await.unwrap().items, []);
    assert!(matches!(call(Verb::Publish, None, &[]).await, Err(EngineError::NotOffered(UGC))));
    let nowhere = engine.call(UGC, "hats", Verb::List, None, &Input::new()).await;
    assert!(matches!(nowhere, Err(EngineError::NotOffered(UGC))));

    let persona = [("name", "园丁"), ("description", "阳台")];
    let sent = lab.script.calls_to("").len();
    assert!(matches!(call(Verb::Create, None, &[]).await, Err(EngineError::Faults(_))));
    assert_eq!(lab.script.calls_to("").len(), sent, "nothing is sent with a fault");

    for (play, uncertain) in [
        (Play::Ambiguous, true),
        (problem(500, "internal_error"), true),
        (Play::Answer(201, "<html>".to_owned()), true),
        (Play::NotSent, false),
        (problem(400, "validation_error"), false),
        (problem(402, "insufficient_credits"), false),
    ] {
        let answer = play.clone();
        lab.script.plays(move |_| answer.clone());
        match (call(Verb::Create, None, &persona).await, uncertain) {
            (Err(EngineError::Uncertain(_)), true) | (Err(EngineError::Refused(_)), false) => {}
            (other, _) => panic!("{play:?}: {other:?}"),
        }
    }
    // The same again leaves everything as it is, so it is never in doubt.
    lab.script.plays(|_| Play::Ambiguous);
    let changed = call(Verb::Update, Some("per_1"), &persona).await;
    assert!(matches!(changed, Err(EngineError::Refused(_))), "{changed:?}");
    lab.script.plays(|_| json(201, serde_json::json!({ "id": "per_1" })));
    assert_eq!(call(Verb::Create, None, &persona).await.unwrap().items[0].id, "per_1");
}

#[tokio::test(start_paused = true)]
async fn a_file_becomes_an_address_where_the_provider_takes_it() {
    let lab = Lab::new();
    lab.script.plays(|_| {
        let url = "https://files.example/cat.png";
        json(200, serde_json::json!({ "url": url, "contentType": "image/png", "size": 3 }))
    });
    let engine = lab.engine();
    let file = |name: &str, bytes: &[u8]| {
        let path = lab.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let picture = file("猫.PNG", b"png");
    assert_eq!(engine.upload(UGC, &picture).await.unwrap(), "https://files.example/cat.png");
    assert_eq!(lab.script.calls_to("POST /api/v1/upload").len(), 1);
    for (path, why) in [
        (file("notes.txt", b"x"), "file_kind"),
        (file("empty.png", b""), "file_size"),
        (lab.folder.path().join("none.png"), "file_unreadable"),
        (lab.folder.path().to_owned(), "file_none"),
    ] {
        let unfit = engine.upload(UGC, &path).await;
        let Err(EngineError::Unfit(failed)) = unfit else { panic!("{path:?}: {unfit:?}") };
        assert_eq!(failed.0.code.as_deref(), Some(why), "{path:?}");
    }
    let elsewhere = engine.upload(ProviderId::Momoget, &picture).await;
    assert!(matches!(elsewhere, Err(EngineError::Unfit(_))), "{elsewhere:?}");
    assert_eq!(lab.script.calls_to("").len(), 1);
}
