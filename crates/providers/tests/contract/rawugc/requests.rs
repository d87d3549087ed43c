//! The request of every documented endpoint: method, path, query, body, headers, and what it may cost.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use shiwen_core::{Entry, FailureKind, Input, Operation, Verb};
use shiwen_http::{FilePart, HeaderValue, Method, Purpose, Request};
use shiwen_providers::{Action, Asked, Endpoint, Job, RawUgc, Service, Step};

use super::{ID, OPERATIONS, input, job, list, text};
use crate::support::{EMPTY, account};

/// The fifty operations of the service's document.
const DOCUMENTED: &str = "
    POST /analyze-video
    POST /upload
    POST /videos/generate        GET /videos   GET /videos/{videoId}
    POST /videos/captions        POST /videos/overlay
    POST /images/generate        GET /images   GET /images/{imageId}
    POST /music/generate         GET /music    GET /music/{musicId}
    GET /characters              GET /characters/{characterId}
    GET /personas                POST /personas
    GET /personas/{personaId}    PATCH /personas/{personaId}    DELETE /personas/{personaId}
    GET /messaging               POST /messaging
    GET /messaging/{messageId}   PATCH /messaging/{messageId}   DELETE /messaging/{messageId}
    GET /products                POST /products
    GET /products/{productId}    PATCH /products/{productId}    DELETE /products/{productId}
    GET /styles                  POST /styles
    GET /styles/{styleId}        PATCH /styles/{styleId}        DELETE /styles/{styleId}
    GET /social/accounts         POST /social/accounts          DELETE /social/accounts/{accountId}
    GET /social/posts            POST /social/posts
    GET /social/posts/{postId}   PATCH /social/posts/{postId}   DELETE /social/posts/{postId}
    POST /social/posts/{postId}/reschedule                      POST /social/posts/{postId}/publish
    GET /viral-library/videos/{videoId}                         GET /viral-library/search
    POST /scrape-tiktok          POST /content-plans            GET /content-plans
";

#[test]
fn every_documented_endpoint_is_there_once() {
    let words: Vec<&str> = DOCUMENTED.split_whitespace().collect();
    let documented: BTreeSet<(&str, &str)> =
        words.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let endpoints = RawUgc.endpoints();
    let ours: BTreeSet<(&str, &str)> = endpoints.iter().map(|it| (it.method, it.path)).collect();
    assert_eq!(ours, documented);
    assert_eq!((ours.len(), endpoints.len()), (50, 50));
    let functions: BTreeSet<&str> = endpoints.iter().map(|it| it.function).collect();
    assert_eq!(functions.len(), 50);
}

#[test]
fn an_endpoint_is_named_by_what_calls_it() {
    let endpoints = RawUgc.endpoints();
    for endpoint in [
        Endpoint { method: "POST", path: "/videos/overlay", function: "create overlay" },
        Endpoint {
            method: "GET",
            path: "/music/{musicId}",
            function: "follow generate_music, call music get",
        },
        Endpoint {
            method: "POST",
            path: "/social/posts/{postId}/publish",
            function: "call posts publish",
        },
        Endpoint { method: "POST", path: "/upload", function: "upload" },
    ] {
        assert!(endpoints.contains(&endpoint), "{endpoint:?}");
    }
}

/// `POST /path?query spend 60 {body}`.
fn line(request: &Request) -> String {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    };
    let purpose = match request.purpose {
        Purpose::Spend => "spend",
        Purpose::Read => "read",
    };
    let address = request.url.as_str().strip_prefix("https://rawugc.com/api/v1").unwrap();
    let body = request.body.as_deref().map(|body| format!(" {}", String::from_utf8_lossy(body)));
    let seconds = request.timeout.as_secs();
    format!("{method} {address} {purpose} {seconds}{}", body.unwrap_or_default())
}

fn check_headers(request: &Request) {
    let value = |name: &str| request.headers.iter().find(|header| header.0 == name).map(|it| &it.1);
    let Some(HeaderValue::Bearer(key)) = value("authorization") else { panic!("no key") };
    assert_eq!(key.expose(), "fixture-api_key");
    assert!(matches!(value("rawugc-version"), Some(HeaderValue::Plain(it)) if it == "2026-03-06"));
    assert_eq!(value("content-type").is_some(), request.body.is_some());
    assert_eq!(request.secrets.len(), 1);
}

fn created(operation: Operation, input: &Input) -> String {
    let request = RawUgc.create(&job(operation, input), &account(ID, &[])).unwrap();
    check_headers(&request);
    line(&request)
}

fn called(collection: &str, verb: Verb, input: &Input) -> String {
    let action = Action { collection, verb, id: Some("id/1"), input };
    let request = RawUgc.call(&action, &account(ID, &[])).unwrap();
    check_headers(&request);
    line(&request)
}

#[test]
fn every_create_spends_and_has_time_for_its_answer() {
    let video = input([("videoId", text("vid_1")), ("language", text("en"))]);
    assert_eq!(
        created(Operation::Captions, &video),
        r#"POST /videos/captions spend 180 {"language":"en","videoId":"vid_1"}"#
    );
    let overlay = input([
        ("videoId", text("vid_1")),
        ("text", text("看")),
        ("fontSize", Entry::Number(48.0)),
        ("strokeThickness", Entry::Number(1.5)),
        ("position", text("")),
    ]);
    assert_eq!(
        created(Operation::Overlay, &overlay),
        r#"POST /videos/overlay spend 180 {"fontSize":48,"strokeThickness":1.5,"text":"看","videoId":"vid_1"}"#
    );
    let kling = input([
        ("model", text("kling-2.6/motion-control")),
        ("imageUrls", list(&[" https://a.example/1 ", ""])),
        ("videoUrls", list(&["https://a.example/2"])),
        ("selectedCharacter", text("chr_1/rawugc.mia")),
    ]);
    assert_eq!(
        created(Operation::GenerateVideo, &kling),
        r#"POST /videos/generate spend 60 {"imageUrls":["https://a.example/1"],"model":"kling-2.6/motion-control","selectedCharacter":"rawugc.mia","videoUrls":["https://a.example/2"]}"#
    );
    let image = input([
        ("model", text("nano-banana-2")),
        ("prompt", text("x")),
        ("googleSearch", Entry::Flag(true)),
    ]);
    assert_eq!(
        created(Operation::GenerateImage, &image),
        r#"POST /images/generate spend 60 {"googleSearch":true,"model":"nano-banana-2","prompt":"x"}"#
    );
    assert_eq!(
        created(
            Operation::GenerateMusic,
            &input([("prompt", text("x")), ("instrumental", Entry::Flag(false))])
        ),
        r#"POST /music/generate spend 60 {"instrumental":false,"prompt":"x"}"#
    );
    assert_eq!(
        created(Operation::Analyze, &EMPTY),
        r#"POST /analyze-video spend 180 {"videoUrl":"https://www.tiktok.com/@fixture/video/7000000000000000777"}"#
    );
    assert_eq!(
        created(Operation::Scrape, &input([("query", text("x")), ("limit", Entry::Number(5.0))])),
        r#"POST /scrape-tiktok spend 180 {"limit":5,"query":"x"}"#
    );
    assert_eq!(
        created(Operation::Plan, &input([("scrapeId", text("scr_1")), ("brief", text("x"))])),
        r#"POST /content-plans spend 180 {"brief":"x","scrapeId":"scr_1"}"#
    );
}

#[test]
fn jobs_are_followed_by_their_id() {
    let account = account(ID, &[]);
    let lines = OPERATIONS.map(|operation| {
        let asked =
            Asked { operation, remote_id: "a/b?c", step: Step::Status, urls: &[], input: &EMPTY };
        RawUgc.follow(&asked, &account).ok().map(|request| {
            check_headers(&request);
            line(&request)
        })
    });
    let video = || Some("GET /videos/a%2Fb%3Fc read 20".to_owned());
    assert_eq!(
        lines,
        [
            None,
            video(),
            Some("GET /images/a%2Fb%3Fc read 20".to_owned()),
            Some("GET /music/a%2Fb%3Fc read 20".to_owned()),
            video(),
            video(),
            None,
            None,
        ]
    );
}

#[test]
fn every_call_of_a_collection_goes_to_the_documented_place() {
    let at = || Entry::Number(1_800_000_000_000.0);
    let name = || input([("name", text("x")), ("description", text("y"))]);
    let rows = [
        (
            "videos",
            Verb::List,
            input([
                ("status", text("failed")),
                ("limit", Entry::Number(100.0)),
                ("page", Entry::Number(2.0)),
            ]),
            "GET /videos?limit=100&page=2&status=failed read 20",
        ),
        ("videos", Verb::Get, Input::new(), "GET /videos/id%2F1 read 20"),
        ("images", Verb::List, Input::new(), "GET /images read 20"),
        ("images", Verb::Get, Input::new(), "GET /images/id%2F1 read 20"),
        ("music", Verb::List, Input::new(), "GET /music read 20"),
        ("music", Verb::Get, Input::new(), "GET /music/id%2F1 read 20"),
        ("characters", Verb::List, Input::new(), "GET /characters read 20"),
        // The part after the slash is the name.
        ("characters", Verb::Get, Input::new(), "GET /characters/id read 20"),
        ("personas", Verb::List, Input::new(), "GET /personas read 20"),
        ("personas", Verb::Get, Input::new(), "GET /personas/id%2F1 read 20"),
        (
            "personas",
            Verb::Create,
            name(),
            r#"POST /personas spend 60 {"description":"y","name":"x"}"#,
        ),
        (
            "personas",
            Verb::Update,
            input([("name", text("x"))]),
            r#"PATCH /personas/id%2F1 read 30 {"name":"x"}"#,
        ),
        ("personas", Verb::Delete, Input::new(), "DELETE /personas/id%2F1 read 30"),
        ("messaging", Verb::List, Input::new(), "GET /messaging read 20"),
        ("messaging", Verb::Get, Input::new(), "GET /messaging/id%2F1 read 20"),
        (
            "messaging",
            Verb::Create,
            input([("name", text("x")), ("body", text("y"))]),
            r#"POST /messaging spend 60 {"body":"y","name":"x"}"#,
        ),
        (
            "messaging",
            Verb::Update,
            input([("body", text("y"))]),
            r#"PATCH /messaging/id%2F1 read 30 {"body":"y"}"#,
        ),
        ("messaging", Verb::Delete, Input::new(), "DELETE /messaging/id%2F1 read 30"),
        ("products", Verb::List, Input::new(), "GET /products read 20"),
        ("products", Verb::Get, Input::new(), "GET /products/id%2F1 read 20"),
        (
            "products",
            Verb::Create,
            input([("name", text("x")), ("photos", list(&["https://a.example/1"]))]),
            r#"POST /products spend 60 {"name":"x","photos":["https://a.example/1"]}"#,
        ),
        (
            "products",
            Verb::Update,
            input([("messaging", text("y"))]),
            r#"PATCH /products/id%2F1 read 30 {"messaging":"y"}"#,
        ),
        ("products", Verb::Delete, Input::new(), "DELETE /products/id%2F1 read 30"),
        ("styles", Verb::List, input([("type", text("image"))]), "GET /styles?type=image read 20"),
        ("styles", Verb::Get, Input::new(), "GET /styles/id%2F1 read 20"),
        (
            "styles",
            Verb::Create,
            input([("name", text("x")), ("type", text("video"))]),
            r#"POST /styles spend 60 {"name":"x","type":"video"}"#,
        ),
        (
            "styles",
            Verb::Update,
            input([("aspectRatio", text("square"))]),
            r#"PATCH /styles/id%2F1 read 30 {"aspectRatio":"square"}"#,
        ),
        ("styles", Verb::Delete, Input::new(), "DELETE /styles/id%2F1 read 30"),
        ("accounts", Verb::List, Input::new(), "GET /social/accounts read 20"),
        ("accounts", Verb::Refresh, Input::new(), "POST /social/accounts read 30"),
        ("accounts", Verb::Delete, Input::new(), "DELETE /social/accounts/id%2F1 read 30"),
        (
            "posts",
            Verb::List,
            input([("fromDate", Entry::Number(1.0)), ("includeDrafts", Entry::Flag(true))]),
            "GET /social/posts?fromDate=1&includeDrafts=true read 20",
        ),
        ("posts", Verb::Get, Input::new(), "GET /social/posts/id%2F1 read 20"),
        (
            "posts",
            Verb::Create,
            input([
                ("videoUrl", text("https://a.example/x")),
                ("accountIds", list(&["acc_1"])),
                ("mode", text("schedule")),
                ("scheduledFor", at()),
            ]),
            r#"POST /social/posts spend 60 {"accountIds":["acc_1"],"mode":"schedule","scheduledFor":1800000000000,"videoUrl":"https://a.example/x"}"#,
        ),
        (
            "posts",
            Verb::Update,
            input([("content", text("x"))]),
            r#"PATCH /social/posts/id%2F1 read 30 {"content":"x"}"#,
        ),
        ("posts", Verb::Delete, Input::new(), "DELETE /social/posts/id%2F1 read 30"),
        (
            "posts",
            Verb::Reschedule,
            input([("scheduledFor", at()), ("timezone", text("Asia/Shanghai"))]),
            r#"POST /social/posts/id%2F1/reschedule read 30 {"scheduledFor":1800000000000,"timezone":"Asia/Shanghai"}"#,
        ),
        ("posts", Verb::Publish, Input::new(), "POST /social/posts/id%2F1/publish spend 60"),
        ("viral", Verb::Get, Input::new(), "GET /viral-library/videos/id%2F1 read 20"),
        (
            "viral",
            Verb::Search,
            input([("q", text("a&b 番茄"))]),
            "GET /viral-library/search?q=a%26b+%E7%95%AA%E8%8C%84 read 20",
        ),
        ("plans", Verb::List, Input::new(), "GET /content-plans read 20"),
    ];
    for (collection, verb, input, expected) in &rows {
        assert_eq!(called(collection, *verb, input), *expected);
    }
    let offered = RawUgc.collections().iter();
    let offered = offered.flat_map(|of| of.calls.iter().map(|call| (of.name.clone(), call.verb)));
    let rows: Vec<_> = rows.iter().map(|row| (row.0.to_owned(), row.1)).collect();
    assert_eq!(offered.collect::<Vec<_>>(), rows);
}

#[test]
fn what_cannot_be_taken_back_is_asked_for() {
    let asked = RawUgc.collections().iter().flat_map(|of| {
        let calls = of.calls.iter().filter(|call| call.ask);
        calls.map(|call| format!("{} {}", of.name, call.verb))
    });
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [
            "personas delete",
            "messaging delete",
            "products delete",
            "styles delete",
            "accounts delete",
            "posts create",
            "posts delete",
            "posts publish",
        ]
    );
}

#[test]
fn an_id_cannot_turn_one_call_into_another() {
    let account = account(ID, &[]);
    for id in [None, Some(""), Some(" "), Some("."), Some(".."), Some(" ..")] {
        let action = Action { collection: "personas", verb: Verb::Delete, id, input: &EMPTY };
        let refused = RawUgc.call(&action, &account).unwrap_err();
        assert_eq!(refused.kind, FailureKind::InvalidInput, "{id:?}");
    }
    for id in ["../products/1", "%2e%2e", "1?x#y", "一"] {
        let action =
            Action { collection: "personas", verb: Verb::Delete, id: Some(id), input: &EMPTY };
        let request = RawUgc.call(&action, &account).unwrap();
        assert_eq!(request.url.path_segments().unwrap().count(), 4, "{}", request.url);
        assert_eq!((request.url.query(), request.url.fragment()), (None, None));
    }
}

#[test]
fn what_there_is_not_is_not_called() {
    let account = account(ID, &[]);
    for (collection, verb) in [
        ("personas", Verb::Publish),
        ("nothing", Verb::List),
        ("", Verb::Create),
        ("plans", Verb::Get),
    ] {
        let action = Action { collection, verb, id: Some("1"), input: &EMPTY };
        assert_eq!(RawUgc.call(&action, &account).unwrap_err().kind, FailureKind::InvalidInput);
    }
    let nothing = Action { collection: "posts", verb: Verb::Update, id: Some("1"), input: &EMPTY };
    let refused = RawUgc.call(&nothing, &account).unwrap_err();
    assert_eq!(refused.message.as_deref(), Some("there is nothing to change"));
    for job in [
        Job { operation: Operation::Transcribe, ..job(Operation::Analyze, &EMPTY) },
        Job { target_language: Some("en"), ..job(Operation::Analyze, &EMPTY) },
        Job { urls: &[], ..job(Operation::Analyze, &EMPTY) },
        Job { urls: &["javascript:alert(1)"], ..job(Operation::Analyze, &EMPTY) },
    ] {
        assert_eq!(RawUgc.create(&job, &account).unwrap_err().kind, FailureKind::InvalidInput);
    }
}

#[test]
fn an_account_is_tested_by_one_small_read() {
    let requests = RawUgc.check(&account(ID, &[])).unwrap();
    let lines: Vec<String> = requests.iter().map(line).collect();
    assert_eq!(lines, ["GET /videos?limit=1 read 20"]);
    check_headers(&requests[0]);
}

fn file(media_type: &str, size: u64) -> FilePart {
    FilePart {
        field: "whatever",
        path: PathBuf::from("/nowhere/a.mp4"),
        name: "a.mp4".to_owned(),
        media_type: media_type.to_owned(),
        size,
    }
}

#[test]
fn a_file_is_sent_as_the_part_that_the_service_names() {
    let request = RawUgc.upload(&file("video/mp4", 1), &account(ID, &[])).unwrap();
    check_headers(&request);
    assert_eq!(line(&request), "POST /upload read 60");
    assert_eq!(request.file.unwrap().field, "file");
    let large = RawUgc.upload(&file("video/mp4", 100 << 20), &account(ID, &[])).unwrap();
    assert!(large.timeout > Duration::from_secs(25 * 60));
}

#[test]
fn a_file_that_the_service_would_refuse_is_not_sent() {
    let account = account(ID, &[]);
    for media_type in
        ["video/mp4", "video/quicktime", "video/webm", "image/png", "image/jpeg", "image/webp"]
    {
        assert!(RawUgc.upload(&file(media_type, 100 << 20), &account).is_ok(), "{media_type}");
        for size in [0, (100 << 20) + 1] {
            let refused = RawUgc.upload(&file(media_type, size), &account).unwrap_err();
            assert_eq!(refused.kind, FailureKind::InvalidInput);
        }
    }
    for media_type in ["image/gif", "application/pdf", "", "VIDEO/MP4"] {
        assert!(RawUgc.upload(&file(media_type, 1), &account).is_err(), "{media_type}");
    }
}

#[test]
fn a_base_address_with_a_path_is_kept() {
    let account = account(ID, &[("base_url", "http://127.0.0.1:4010/rawugc/api/v1/")]);
    let action = Action { collection: "styles", verb: Verb::List, id: None, input: &EMPTY };
    let request = RawUgc.call(&action, &account).unwrap();
    assert_eq!(request.url.as_str(), "http://127.0.0.1:4010/rawugc/api/v1/styles");
}
