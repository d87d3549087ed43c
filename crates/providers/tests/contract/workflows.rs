//! Coze's saved workflows: which one is run, in which way, and what each way of running answers.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use shiwen_core::{
    Charged, Entry, Failure, FailureKind, FaultKind, Input, Operation, ProviderId, Timestamp,
};
use shiwen_http::{Request, Response};
use shiwen_providers::{Account, Asked, Created, EXPIRED, Followed, Job, Step};

use crate::support::{
    NOW, RESOLVE, TRANSCRIBE, TRANSCRIPT_WORKFLOW, account, answer, asked, fixture_value, of,
};

const COZE: ProviderId = ProviderId::Coze;
const SAVED: &str = r#"[
    { "name": "同步文案", "id": "11", "input": "url", "run": "sync" },
    { "name": "信息", "id": "22", "gives": "info", "run": "async" },
    { "name": "长视频", "id": "33", "run": "stream" },
    { "id": "44", "gives": "info" }
]"#;
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

fn saved() -> Account {
    account(COZE, &[("workflows", SAVED)])
}

fn picking(id: &str) -> Input {
    [("workflow".to_owned(), Entry::Text(id.to_owned()))].into()
}

fn run(job: &Job<'_>, id: &str) -> Result<Request, Failure> {
    of(COZE).create(&Job { input: &picking(id), ..*job }, &saved())
}

/// `run 100 {body}`
fn line(request: Request) -> (String, Value) {
    let head = format!("{} {}", request.url.path(), request.timeout.as_secs());
    (head, serde_json::from_slice(&request.body.unwrap()).unwrap())
}

#[test]
fn any_workflow_can_be_run_in_any_way() {
    let link = TRANSCRIBE.url().unwrap();
    let (head, body) = line(run(&TRANSCRIBE, "11").unwrap());
    assert_eq!(head, "/v1/workflow/run 100");
    assert_eq!(
        body,
        json!({ "workflow_id": "11", "parameters": { "url": link }, "is_async": false })
    );
    let (head, body) = line(run(&RESOLVE, "22").unwrap());
    assert_eq!(head, "/v1/workflow/run 60");
    assert_eq!(
        (&body["is_async"], &body["parameters"]["input"]),
        (&json!(true), &json!(RESOLVE.share_text))
    );
    let (head, body) = line(run(&TRANSCRIBE, "33").unwrap());
    assert_eq!(head, "/v1/workflow/stream_run 630");
    assert_eq!(body, json!({ "workflow_id": "33", "parameters": { "input": link } }));
}

#[test]
fn without_a_choice_the_first_that_gives_what_is_asked_is_run() {
    for (job, id) in [(TRANSCRIBE, "11"), (RESOLVE, "22")] {
        let (_, body) = line(of(COZE).create(&job, &saved()).unwrap());
        assert_eq!(body["workflow_id"], id);
        let (_, body) = line(run(&job, " ").unwrap());
        assert_eq!(body["workflow_id"], id);
    }
}

#[test]
fn a_workflow_that_is_not_saved_or_gives_something_else_is_not_run() {
    for (job, id) in [(TRANSCRIBE, "55"), (TRANSCRIBE, "22"), (RESOLVE, "33")] {
        assert_eq!(run(&job, id).err().unwrap().kind, FailureKind::InvalidInput, "{id}");
    }
    let only_info = account(COZE, &[("workflows", r#"[{ "id": "1", "gives": "info" }]"#)]);
    let refused = of(COZE).create(&TRANSCRIBE, &only_info).err().unwrap();
    assert_eq!(refused.message.as_deref(), Some("no saved workflow gives that"));
}

#[test]
fn a_fault_names_its_row_and_column() {
    let card = of(COZE).card();
    let field = card.field("workflows").unwrap();
    let long = "名".repeat(61);
    let fault = |value: &Value| {
        let fault = Account::check_setting(card, field, &value.to_string()).unwrap_err();
        (fault.field, fault.kind, fault.limit)
    };
    let named = |field: &str, kind, limit| (field.to_owned(), kind, limit);
    assert_eq!(
        fault(&json!([{ "id": "1" }, { "name": "x" }])),
        named("workflows.2.id", FaultKind::Missing, None)
    );
    assert_eq!(fault(&json!([{ "id": "7x" }])), named("workflows.1.id", FaultKind::NotWhole, None));
    assert_eq!(
        fault(&json!([{ "id": "1", "name": long }])),
        named("workflows.1.name", FaultKind::TooLong, Some(60.0))
    );
    assert_eq!(
        fault(&json!([{ "id": "1", "gives": "songs" }])),
        named("workflows.1.gives", FaultKind::NotOffered, None)
    );
    assert_eq!(
        fault(&json!([{ "id": "1", "run": "later" }])),
        named("workflows.1.run", FaultKind::NotOffered, None)
    );
    for nonsense in [json!({}), json!([1]), json!([{ "id": 1 }]), json!("[")] {
        assert_eq!(fault(&nonsense), named("workflows", FaultKind::WrongKind, None), "{nonsense}");
    }
    assert_eq!(fault(&json!([])), named("workflows", FaultKind::Missing, None));
    let many = Value::from(vec![json!({ "id": "1" }); 51]);
    assert_eq!(fault(&many), named("workflows", FaultKind::TooMany, Some(50.0)));
    let good = json!([{ "id": "1", "name": "名".repeat(60) }]).to_string();
    assert_eq!(Account::check_setting(card, field, &good), Ok(()));
}

#[test]
fn the_failure_of_an_account_names_the_row_too() {
    let settings = [("workflows".to_owned(), r#"[{ "id": "1" }, {}]"#.to_owned())];
    let secrets = [("token".to_owned(), shiwen_secrets::Secret::new("fixture-token"))];
    let card = of(COZE).card();
    let failure = Account::new(card, settings.into(), secrets.into()).unwrap_err();
    assert_eq!(failure.message.as_deref(), Some("workflows, row 2: id is missing"));
}

#[test]
fn a_token_ends_with_its_last_day_in_china() {
    let end = |date: &str| {
        let settings = BTreeMap::from([("token_expires".to_owned(), date.to_owned())]);
        of(COZE).expires_at(&settings)
    };
    assert_eq!(end("2026-02-03"), Some(Timestamp(1_770_134_399_999)));
    assert_eq!(end("soon"), None);
    assert_eq!(of(COZE).expires_at(&BTreeMap::new()), None);
    let card = of(COZE).card();
    let field = card.field("token_expires").unwrap();
    for bad in ["2026-02-30", "3.2.2026"] {
        let fault = Account::check_setting(card, field, bad).unwrap_err();
        assert_eq!((fault.field.as_str(), fault.kind), ("token_expires", FaultKind::WrongKind));
    }
    assert_eq!(Account::check_setting(card, field, ""), Ok(()));
}

#[test]
fn a_run_keeps_its_workflow_whatever_the_settings_become() {
    let lasting = |remote_id: &str, id: &str| {
        let job = Job { input: &picking(id), ..TRANSCRIBE };
        of(COZE).lasting_id(remote_id, &job, &saved())
    };
    assert_eq!(lasting("9", "33"), "33/9");
    assert_eq!(lasting("9", ""), "11/9");
    assert_eq!(lasting("42/9", "33"), "42/9");
    assert_eq!(of(ProviderId::Momoget).lasting_id("9", &TRANSCRIBE, &saved()), "9");
}

#[test]
fn a_bare_id_is_looked_up_in_the_workflow_that_was_picked() {
    let input = picking("33");
    let asked = Asked { input: &input, ..asked("9", Step::Status) };
    let request = of(COZE).follow(&asked, &saved()).unwrap();
    assert_eq!(request.url.path(), "/v1/workflows/33/run_histories/9");
}

#[test]
fn a_transcript_may_come_at_once_and_video_info_may_be_followed() {
    let body = json!({ "code": 0, "data": "{\"content\":\"大家好\",\"title\":\"一\"}" });
    let created = of(COZE).read_created(&TRANSCRIBE, &answer(200, body.to_string()), NOW);
    let Created::Done(done) = created else { panic!("{created:?}") };
    assert_eq!(done.text.as_deref(), Some("大家好"));

    let accepted = json!({ "code": 0, "execute_id": "9" });
    let created = of(COZE).read_created(&RESOLVE, &answer(200, accepted.to_string()), NOW);
    assert!(matches!(created, Created::Accepted { .. }), "{created:?}");

    let data = fixture_value("coze/run_sync_ok")["data"].clone();
    let output = json!({ "Output": data }).to_string();
    let history = json!({ "code": 0, "data": [{ "execute_status": "Success", "output": output }] });
    let asked = Asked { operation: Operation::Resolve, ..asked("22/9", Step::Status) };
    let response = answer(200, history.to_string());
    let followed = of(COZE).read_followed(&asked, &response, Duration::ZERO, NOW);
    let Followed::Succeeded(done) = followed else { panic!("{followed:?}") };
    assert_eq!(done.found.author.as_deref(), Some("阳台小农"));
}

/// A run that Coze itself gave up after 90 s may have cost money.
#[test]
fn a_synchronous_run_that_was_cut_off_proves_nothing() {
    for status in [408, 502, 503, 504] {
        let created = of(COZE).read_created(&RESOLVE, &answer(status, "<html>timeout</html>"), NOW);
        let Created::Unknown(failure) = created else { panic!("{status}: {created:?}") };
        assert_eq!(failure.charged, Charged::Unknown);
    }
}

fn history(item: Value, age: Duration) -> Followed {
    let body = json!({ "code": 0, "data": [item] });
    let response = answer(200, body.to_string());
    of(COZE).read_followed(&asked("1/2", Step::Status), &response, age, NOW)
}

#[test]
fn a_result_that_coze_no_longer_has_says_so() {
    let empty = json!({ "execute_status": "Success", "output": "" });
    let Followed::Failed(failure) = history(empty.clone(), WEEK) else { panic!("not failed") };
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::NotFound, Some(EXPIRED)));
    let Followed::Failed(failure) = history(empty, WEEK - Duration::from_secs(1)) else {
        panic!("not failed")
    };
    assert_eq!(failure.kind, FailureKind::MalformedResponse);
    let response = answer(200, json!({ "code": 0, "data": [] }).to_string());
    let followed = of(COZE).read_followed(&asked("1/2", Step::Status), &response, WEEK, NOW);
    let Followed::Failed(failure) = followed else { panic!("{followed:?}") };
    assert_eq!(failure.code.as_deref(), Some(EXPIRED));
    // The text of an old run that is still there is no less good.
    let there = json!({ "execute_status": "Success", "output": "大家好" });
    assert!(matches!(history(there, WEEK), Followed::Succeeded(_)));
}

#[test]
fn what_came_of_a_cut_output_is_shown_as_text() {
    let inner = json!({ "content": "一二三四五六", "title": "数" }).to_string();
    let whole = json!({ "node_status": "{}", "Output": inner }).to_string();
    let mut texts = Vec::new();
    for end in (1..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let output = &whole[..end];
        let item = json!({
            "execute_status": "Success", "output": output, "is_output_trimmed": true,
        });
        if let Followed::Succeeded(answer) = history(item, Duration::ZERO) {
            assert!(answer.incomplete);
            texts.push(answer.text.unwrap());
        }
    }
    let text = texts.iter().find(|text| text.ends_with('五')).unwrap();
    assert_eq!(text, "一二三四五");
    assert!(!texts.iter().any(|text| text.contains('{')), "{texts:?}");
}

fn streamed(text: &str) -> Response {
    let mut response = answer(200, text);
    response
        .headers
        .insert("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned());
    response
}

fn event(id: usize, name: &str, data: &Value) -> String {
    format!("id: {id}\nevent: {name}\ndata: {data}\n\n")
}

fn message(id: usize, node: &str, content: &str) -> String {
    let data = json!({ "content": content, "node_title": node, "node_seq_id": "0", "node_is_finish": true });
    event(id, "Message", &data)
}

const DONE: &str = "https://www.coze.example/work_flow?execute_id=9&workflow_id=42";

fn read(job: &Job<'_>, text: &str) -> Created {
    of(COZE).read_created(job, &streamed(text), NOW)
}

fn text(created: Created) -> String {
    let Created::Done(answer) = created else { panic!("{created:?}") };
    answer.text.unwrap()
}

#[test]
fn the_parts_of_a_stream_are_joined() {
    let stream = "id: 0\nevent: Message\ndata: {\"content\":\"第一段\",\"node_is_finish\":false,\"node_seq_id\":\"0\",\"node_title\":\"End\"}\n\n\
        id: 1\nevent: Message\ndata: {\"content\":\"第二段\",\"node_is_finish\":true,\"node_seq_id\":\"1\",\"node_title\":\"End\"}\n\n\
        id: 2\nevent: Done\ndata: {\"debug_url\":\"https://www.coze.example/work_flow?execute_id=fx\"}\n\n";
    assert_eq!(text(read(&TRANSCRIBE, stream)), "第一段第二段");
    // Without the header, with other ends of lines and with comments in between.
    let stream = format!(": hello\n{}\n", stream.replace('\n', "\r\n"));
    assert_eq!(text(of(COZE).read_created(&TRANSCRIBE, &answer(200, stream), NOW)), "第一段第二段");
}

#[test]
fn the_end_node_of_a_stream_has_the_last_word() {
    let inner = json!({ "content": "大家好", "title": "一" }).to_string();
    let stream = message(0, "进度", "正在下载")
        + &event(1, "PING", &json!({}))
        + &message(2, "结束", &inner[..9])
        + &message(3, "结束", &inner[9..])
        + &event(4, "Done", &json!({}));
    let Created::Done(done) = read(&TRANSCRIBE, &stream) else { panic!("not done") };
    assert_eq!((done.text.as_deref(), done.found.title.as_deref()), (Some("大家好"), Some("一")));
    let only_nodes =
        message(0, "甲", "一。") + &message(1, "乙", "二。") + &event(2, "Done", &json!({}));
    assert_eq!(text(read(&TRANSCRIBE, &only_nodes)), "一。\n\n二。");
}

#[test]
fn video_info_may_be_streamed() {
    let data = fixture_value("coze/run_sync_ok")["data"].as_str().unwrap().to_owned();
    let stream = message(0, "End", &data) + &event(1, "Done", &json!({}));
    let Created::Done(done) = read(&RESOLVE, &stream) else { panic!("not done") };
    assert_eq!(done.found.author.as_deref(), Some("阳台小农"));
}

#[test]
fn a_stream_that_misses_something_proves_nothing() {
    let end = |id| event(id, "Done", &json!({}));
    let broken = [
        message(0, "End", "大家好"),
        message(0, "End", "大家好") + "id: 1\nevent: Do",
        message(0, "End", "大") + &message(2, "End", "好") + &end(3),
        message(1, "End", "好") + &end(2),
        message(0, "End", "大家好") + &end(2),
        message(0, "End", "") + &end(1),
        message(0, "进度", "正在识别…") + &message(1, "End", "null") + &end(2),
        "id: 0\nevent: Message\ndata: {\"cont\n\nid: 1\nevent: Done\ndata: {}\n\n".to_owned(),
        String::new(),
    ];
    for stream in broken {
        let created = read(&TRANSCRIBE, &stream);
        let Created::Unknown(failure) = created else { panic!("{stream}: {created:?}") };
        assert_eq!(
            (failure.kind, failure.charged),
            (FailureKind::MalformedResponse, Charged::Unknown)
        );
    }
}

#[test]
fn a_stream_that_names_its_run_is_followed_where_something_is_missing() {
    let end = event(3, "Done", &json!({ "debug_url": DONE }));
    let stream = message(0, "End", "大") + &message(2, "End", "好") + &end;
    let remote_id = "42/9".to_owned();
    let accepted = Created::Accepted { remote_id, allowance: None, cost: None };
    assert_eq!(read(&TRANSCRIBE, &stream), accepted);
}

#[test]
fn a_stream_that_asks_for_input_has_failed() {
    let data = json!({ "interrupt_data": { "event_id": "1", "type": 2 }, "node_title": "问" });
    let created = read(&TRANSCRIBE, &event(0, "Interrupt", &data));
    let Created::Unknown(failure) = created else { panic!("{created:?}") };
    assert_eq!((failure.kind, failure.charged), (FailureKind::InvalidInput, Charged::Unknown));
}

#[test]
fn an_error_in_a_stream_rejects_only_what_had_not_begun() {
    let error = |id, code: i64| {
        let data = json!({ "error_code": code, "error_message": "x (fixture)" });
        event(id, "Error", &data)
    };
    let created = read(&TRANSCRIBE, &error(0, 4200));
    let Created::Rejected(failure) = created else { panic!("{created:?}") };
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::NotFound, Some("4200")));
    for (stream, kind) in [
        (message(0, "甲", "一") + &error(1, 4200), FailureKind::NotFound),
        (error(0, 5000), FailureKind::ProviderInternal),
        (error(0, 4013), FailureKind::RateLimited),
        (event(0, "Error", &json!({ "error_message": "x" })), FailureKind::ProviderInternal),
    ] {
        let created = read(&TRANSCRIBE, &stream);
        let Created::Unknown(failure) = created else { panic!("{stream}: {created:?}") };
        assert_eq!(failure.kind, kind, "{stream}");
    }
}

#[test]
fn an_error_before_a_stream_begins_is_an_answer_like_any_other() {
    let created = read(&TRANSCRIBE, &json!({ "code": 4101, "msg": "no permission" }).to_string());
    let Created::Rejected(failure) = created else { panic!("{created:?}") };
    assert_eq!(failure.kind, FailureKind::Forbidden);
}

#[test]
fn a_test_of_an_account_asks_about_a_saved_workflow() {
    let requests = of(COZE).check(&account(COZE, &[])).unwrap();
    assert!(requests.iter().all(|request| request.url.path().contains(TRANSCRIPT_WORKFLOW)));
}

#[test]
fn the_workflow_is_a_field_of_both_forms() {
    let forms = of(COZE).forms();
    for operation in [Operation::Transcribe, Operation::Resolve] {
        let form = forms.iter().find(|form| form.operation == Some(operation)).unwrap();
        assert_eq!(shiwen_providers::form::check(form, &picking("33"), NOW), []);
    }
}
