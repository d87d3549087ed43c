//! Every fixture of the contract against what the contract expects of it, one row per fixture.

use std::{collections::BTreeSet, time::Duration};

use shiwen_core::{
    Allowance,
    Charged::{No, Unknown},
    Failure,
    FailureKind::{self, *},
    Output, ProviderId, Timestamp, Unit, WorkKind,
};
use shiwen_http::Response;
use shiwen_providers::{Asked, Checked, Created, Followed, Job, Part, Service, Step};

use crate::support::{
    NOW, RESOLVE, TRANSCRIBE, account, answer, asked, filled, fixture, fixture_value, fixtures, of,
    video_order,
};

/// Old enough that a missing record is not merely late.
const OLD: Duration = Duration::from_secs(60);
const TASK: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const VIDEO_TASK: &str = "cgt-20260203040506-fxtr1";
const RUN: &str = "7000000000000000202/7000000000000000909";
const TOMATO: &str = "今天我们来种番茄,先把土翻松。";

/// What the contract expects of an answer. `Error` holds for creates and reads alike.
enum Expect {
    /// The body of our create request for this job.
    CreateBody(Job<'static>),
    /// The body of our order with these texts.
    OrderBody(&'static [(&'static str, &'static str)]),
    Accepted {
        remote_id: &'static str,
        left: Option<u32>,
    },
    Video {
        title: &'static str,
        author: &'static str,
    },
    /// The create call's own answer is an end, and money may be gone.
    Doubtful {
        job: Job<'static>,
        kind: FailureKind,
    },
    /// A text that came with the create call.
    TextAtOnce(&'static str),
    Running {
        progress: Option<u8>,
    },
    FetchResult,
    Succeeded {
        step: Step,
        text: &'static str,
        title: Option<&'static str>,
        incomplete: bool,
    },
    /// Of two links the first gave a text.
    Each {
        done: &'static str,
        failed: FailureKind,
    },
    /// One video, with the time at which its address ends.
    Made,
    Failed(FailureKind),
    AskAgain(FailureKind),
    Error {
        create: CreateError,
        read: ReadError,
        pause_s: Option<u32>,
    },
    Quota {
        left: Option<u32>,
        total: Option<u32>,
        period: Option<&'static str>,
    },
    Slots(u32),
}
use Expect::*;

enum CreateError {
    Rejected(FailureKind),
    /// The same kind, but the work may have begun.
    Unknown(FailureKind),
    /// The answer belongs to another call.
    Never,
}

enum ReadError {
    AskAgain(FailureKind),
    KeyRefused(FailureKind),
    Failed(FailureKind),
}

const fn error(kind: FailureKind) -> Expect {
    let read = match kind {
        Unauthorized => ReadError::KeyRefused(kind),
        NotFound => ReadError::Failed(kind),
        _ => ReadError::AskAgain(kind),
    };
    Error { create: CreateError::Rejected(kind), read, pause_s: None }
}

const fn succeeded(text: &'static str, title: Option<&'static str>) -> Expect {
    Succeeded { step: Step::Status, text, title, incomplete: false }
}

const fn result(text: &'static str) -> Expect {
    let title = Some("阳台番茄的第一课");
    Succeeded { step: Step::Result, text, title, incomplete: false }
}

struct Row {
    fixture: &'static str,
    /// HTTP statuses with which the answer may come; all mean the same.
    statuses: &'static [u16],
    expect: Expect,
}

const fn row(fixture: &'static str, statuses: &'static [u16], expect: Expect) -> Row {
    Row { fixture, statuses, expect }
}

const SHARE_TEXT: &str =
    "3.21 复制打开抖音,看看【阳台小农】番茄第一课 https://v.douyin.com/fixture01/ 07/08 aBc:/";
const SHARED: Job<'static> = Job { share_text: SHARE_TEXT, ..RESOLVE };
const BILIBILI: Job<'static> =
    Job { urls: &["https://www.bilibili.com/video/BVfixture0002/"], ..TRANSCRIBE };
const TOGETHER: Job<'static> = Job {
    urls: &["https://v.douyin.com/fixture01/", "https://www.bilibili.com/video/BVfixture0002/"],
    ..TRANSCRIBE
};
const ENGLISH: Job<'static> = Job { target_language: Some("en"), ..TRANSCRIBE };

#[rustfmt::skip]
const MOMOGET: &[Row] = &[
    row("create_request_single", &[], CreateBody(TRANSCRIBE)),
    row("create_request_batch", &[], CreateBody(TOGETHER)),
    row("create_ok", &[200, 201], Accepted { remote_id: TASK, left: Some(41) }),
    row("status_processing", &[200], Running { progress: Some(50) }),
    row("status_completed", &[200], FetchResult),
    row("status_failed", &[200], Failed(ProviderInternal)),
    row("result_single", &[200], result(TOMATO)),
    row("result_batch_partial", &[200], Each { done: TOMATO, failed: ProviderInternal }),
    row("result_items_top_level", &[200], result(TOMATO)),
    row("error_400_quota", &[400], error(QuotaExhausted)),
    row("error_400_link", &[400], error(InvalidInput)),
    row("error_403_owner", &[403], error(Forbidden)),
    // On create a 404 can only speak of the user.
    row("error_404_task", &[404], Error { create: CreateError::Rejected(Unauthorized), read: ReadError::Failed(NotFound), pause_s: None }),
    row("error_404_user", &[404], error(Unauthorized)),
    row("error_422_list", &[422], error(InvalidInput)),
];

#[rustfmt::skip]
const COZE: &[Row] = &[
    row("run_request_sync", &[], CreateBody(SHARED)),
    row("run_request_async", &[], CreateBody(BILIBILI)),
    row("run_sync_ok", &[200], Video { title: "番茄第一课 #种植 #阳台", author: "阳台小农" }),
    row("run_sync_ok_new_docs", &[200], Video { title: "番茄第一课 #种植 #阳台", author: "阳台小农" }),
    row("run_sync_plain_text", &[200], Doubtful { job: RESOLVE, kind: MalformedResponse }),
    row("run_sync_plain_text", &[200], TextAtOnce("只是一段普通文字,不是 JSON")),
    row("run_sync_interrupted", &[200], Doubtful { job: RESOLVE, kind: InvalidInput }),
    row("run_sync_interrupted", &[200], Doubtful { job: TRANSCRIBE, kind: InvalidInput }),
    row("run_async_ok", &[200], Accepted { remote_id: RUN, left: None }),
    row("run_async_ok_without_code", &[200], Accepted { remote_id: RUN, left: None }),
    row("history_running", &[200], Running { progress: None }),
    row("history_running_null_output", &[200], Running { progress: None }),
    row("history_success", &[200], succeeded("大家好,今天聊聊怎么给番茄搭架子。\n第一步,\"选杆\"。", Some("番茄搭架 2/3"))),
    row("history_success_plain_output", &[200], succeeded("大家好,这里是纯文本。", None)),
    row("history_success_trimmed", &[200], Succeeded { step: Step::Status, text: "开头……", title: Some("长视频"), incomplete: true }),
    row("history_fail", &[200], Failed(ProviderInternal)),
    row("history_interrupted", &[200], Failed(InvalidInput)),
    row("history_empty", &[200], AskAgain(MalformedResponse)),
    // Code first, HTTP second: the pairs are those that were measured or that the official clients know.
    row("error_4000", &[200, 400, 404], error(InvalidInput)),
    row("error_4013", &[200, 429], Error { create: CreateError::Unknown(RateLimited), read: ReadError::AskAgain(RateLimited), pause_s: Some(60) }),
    row("error_4100", &[200, 401], error(Unauthorized)),
    row("error_4101_bad_token", &[200, 403], error(Unauthorized)),
    row("error_4101_scope", &[200, 403], Error { create: CreateError::Rejected(Forbidden), read: ReadError::KeyRefused(Forbidden), pause_s: None }),
    row("error_4200", &[200, 404], error(NotFound)),
    row("error_6003", &[200], error(MembershipRequired)),
    row("error_700012006", &[200, 401], error(Unauthorized)),
    row("error_702093018", &[200], Error { create: CreateError::Unknown(RateLimited), read: ReadError::AskAgain(RateLimited), pause_s: Some(30) }),
    row("error_720701013", &[200, 500, 502], Error { create: CreateError::Unknown(ProviderInternal), read: ReadError::AskAgain(ProviderInternal), pause_s: None }),
];

#[rustfmt::skip]
const TRANSCRIPTGENERATE: &[Row] = &[
    row("create_request", &[], CreateBody(TRANSCRIBE)),
    row("create_request_translate", &[], CreateBody(ENGLISH)),
    row("create_ok", &[200], Accepted { remote_id: "1900000000000000001", left: None }),
    row("query_waiting", &[200], Running { progress: None }),
    row("query_success", &[200], succeeded("先把土翻松,再浇一次透水。", Some("番茄第一课"))),
    row("query_success_sparse", &[200], Failed(MalformedResponse)),
    row("query_failure", &[200], Failed(ProviderInternal)),
    row("quota_limited", &[200], Quota { left: Some(5400), total: Some(6000), period: Some("daily") }),
    row("quota_unlimited", &[200], Quota { left: None, total: None, period: None }),
    row("concurrency_full", &[200], Slots(3)),
    row("error_401", &[401, 200], error(Unauthorized)),
    row("error_500_empty_url", &[500, 200], error(InvalidInput)),
    row("error_500_bad_url", &[500, 200], error(InvalidInput)),
    row("error_500_platform", &[500, 200], error(UnsupportedPlatform)),
    row("error_500_too_long", &[500, 200], error(InvalidInput)),
    row("error_601_member", &[200, 403], error(MembershipRequired)),
    row("error_601_concurrency", &[200, 429], error(ConcurrencyFull)),
    row("error_601_quota", &[200, 500], error(QuotaExhausted)),
    row("error_601_translation", &[200], error(MembershipRequired)),
    row("error_601_unknown", &[200], error(Forbidden)),
    row("error_500_task_missing", &[500, 200], Error { create: CreateError::Never, read: ReadError::Failed(NotFound), pause_s: None }),
    row("error_500_task_id_empty", &[500, 200], Error { create: CreateError::Never, read: ReadError::AskAgain(InvalidInput), pause_s: None }),
    row("error_500_task_forbidden", &[500, 200], Error { create: CreateError::Never, read: ReadError::AskAgain(Forbidden), pause_s: None }),
];

#[rustfmt::skip]
const JIMENG: &[Row] = &[
    row("submit_request_text", &[], OrderBody(&[("prompt", "a paper boat on a pond, slow pan")])),
    row("submit_request_image", &[], OrderBody(&[("prompt", "make the boat drift"), ("image_url", "https://media.example.com/boat.png"), ("duration", "5"), ("aspect_ratio", "16:9")])),
    row("submit_ok_string", &[200], Accepted { remote_id: VIDEO_TASK, left: None }),
    row("submit_ok_object", &[200], Accepted { remote_id: VIDEO_TASK, left: None }),
    row("fetch_queued", &[200], Running { progress: Some(20) }),
    row("fetch_in_progress", &[200], Running { progress: Some(30) }),
    row("fetch_success", &[200], Made),
    row("fetch_success_shallow", &[200], Made),
    row("fetch_success_url_in_fail_reason", &[200], Made),
    row("fetch_success_result_url", &[200], Made),
    row("fetch_failure", &[200], Failed(ProviderInternal)),
    row("fetch_null_data", &[200], AskAgain(MalformedResponse)),
    row("fetch_variant_b", &[200], Running { progress: None }),
    row("error_auth_401", &[401], error(Unauthorized)),
    row("error_quota_403", &[403], error(QuotaExhausted)),
    row("error_rate_429", &[429], Error { create: CreateError::Rejected(RateLimited), read: ReadError::AskAgain(RateLimited), pause_s: Some(60) }),
    // Nobody was there to start anything.
    row("error_no_channel_503", &[503], error(ProviderInternal)),
    row("error_task_missing_400", &[400], error(NotFound)),
];

const TABLES: [(ProviderId, &[Row]); 4] = [
    (ProviderId::Momoget, MOMOGET),
    (ProviderId::Coze, COZE),
    (ProviderId::TranscriptGenerate, TRANSCRIPTGENERATE),
    (ProviderId::Jimeng, JIMENG),
];

#[test]
fn every_fixture_of_the_four_services_has_a_row() {
    for (id, rows) in TABLES {
        let files: BTreeSet<String> = std::fs::read_dir(fixtures().join(id.as_str()))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let rows: BTreeSet<String> = rows.iter().map(|row| row.fixture.to_owned()).collect();
        assert_eq!(rows, files, "{id}");
    }
}

#[test]
fn every_fixture_means_what_the_contract_says() {
    for (id, rows) in TABLES {
        for row in rows {
            let name = format!("{id}/{}", row.fixture);
            check_request(id, &name, &row.expect);
            assert!(row.statuses.is_empty() != is_answer(&row.expect), "{name}: statuses");
            for status in row.statuses {
                let response = answer(*status, fixture(&name));
                check_answer(of(id), &format!("{name} with {status}"), &response, &row.expect);
            }
        }
    }
}

fn is_answer(expect: &Expect) -> bool {
    !matches!(expect, CreateBody(_) | OrderBody(_))
}

fn check_request(id: ProviderId, name: &str, expect: &Expect) {
    let input;
    let job = match expect {
        CreateBody(job) => *job,
        OrderBody(entries) => {
            input = filled(entries);
            video_order(&input)
        }
        _ => return,
    };
    let request = of(id).create(&job, &account(id, &[])).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
    assert_eq!(body, fixture_value(name), "{name}");
}

fn check_answer(service: &dyn Service, name: &str, response: &Response, expect: &Expect) {
    match expect {
        CreateBody(_) | OrderBody(_) => unreachable!("no answer"),
        Accepted { remote_id, left } => {
            let created = service.read_created(&TRANSCRIBE, response, NOW);
            let allowance = left.map(|left| Allowance {
                unit: Unit::Use,
                left: Some(left),
                total: None,
                period: None,
                learned_at: NOW,
            });
            let remote_id = (*remote_id).to_owned();
            assert_eq!(created, Created::Accepted { remote_id, allowance, cost: None }, "{name}");
        }
        Video { title, author } => {
            let created = service.read_created(&RESOLVE, response, NOW);
            let Created::Done(answer) = created else { panic!("{name}: {created:?}") };
            assert_eq!(answer.text, None, "{name}");
            assert_eq!(answer.found.title.as_deref(), Some(*title), "{name}");
            assert_eq!(answer.found.author.as_deref(), Some(*author), "{name}");
            let media = "https://v5-fx.douyinvod.com/fx/video/tos/cn/fx/?a=1128&mime_type=video_mp4&btag=fx";
            assert_eq!(answer.found.media_url.as_deref(), Some(media), "{name}");
            let cover = answer.found.cover_url.unwrap();
            assert!(cover.starts_with("https://p9-fx.douyinpic.com/"), "{name}: {cover}");
            assert_eq!(answer.found.learned_at, Some(NOW), "{name}");
        }
        Doubtful { job, kind } => {
            let created = service.read_created(job, response, NOW);
            let Created::Unknown(failure) = created else { panic!("{name}: {created:?}") };
            assert_eq!((failure.kind, failure.charged), (*kind, Unknown), "{name}");
        }
        TextAtOnce(text) => {
            let created = service.read_created(&TRANSCRIBE, response, NOW);
            let Created::Done(answer) = created else { panic!("{name}: {created:?}") };
            assert_eq!(answer.text.as_deref(), Some(*text), "{name}");
        }
        Running { progress: expected } => {
            let followed = followed(service, Step::Status, response);
            let Followed::Running { progress, word } = followed else {
                panic!("{name}: {followed:?}")
            };
            assert_eq!(progress, *expected, "{name}");
            assert!(!word.is_empty(), "{name}");
        }
        FetchResult => {
            assert_eq!(followed(service, Step::Status, response), Followed::FetchResult, "{name}");
        }
        Succeeded { step, text, title, incomplete } => {
            let followed = followed(service, *step, response);
            let Followed::Succeeded(answer) = followed else { panic!("{name}: {followed:?}") };
            assert_eq!(answer.text.as_deref(), Some(*text), "{name}");
            assert_eq!(answer.found.title.as_deref(), *title, "{name}");
            assert_eq!(answer.incomplete, *incomplete, "{name}");
        }
        Each { done, failed } => {
            let asked = Asked { urls: TOGETHER.urls, ..asked(TASK, Step::Result) };
            let followed = service.read_followed(&asked, response, OLD, NOW);
            let Followed::Each(parts) = followed else { panic!("{name}: {followed:?}") };
            let [Part::Succeeded(first), Part::Failed(second)] = parts.as_slice() else {
                panic!("{name}: {parts:?}")
            };
            assert_eq!(first.text.as_deref(), Some(*done), "{name}");
            assert_eq!((second.kind, second.charged), (*failed, Unknown), "{name}");
        }
        Made => {
            let followed = followed(service, Step::Status, response);
            let Followed::Succeeded(answer) = followed else { panic!("{name}: {followed:?}") };
            assert_eq!((answer.text, answer.incomplete), (None, false), "{name}");
            let Some(Output::Works { works }) = answer.output else { panic!("{name}: no works") };
            let [work] = works.as_slice() else { panic!("{name}: {works:?}") };
            assert!(work.url.starts_with("https://media.example.com/jimeng/fx.mp4?"), "{name}");
            // A day after 2026-02-03T04:06:00Z.
            assert_eq!(work.expires_at, Some(Timestamp(1_770_177_960_000)), "{name}");
            assert_eq!((work.kind, work.version), (WorkKind::Video, 1), "{name}");
            assert_eq!(work.remote_id.as_deref(), Some(VIDEO_TASK), "{name}");
        }
        Failed(kind) => {
            let read = followed(service, Step::Status, response);
            let Followed::Failed(failure) = read else { panic!("{name}: {read:?}") };
            assert_eq!((failure.kind, failure.charged), (*kind, Unknown), "{name}");
            assert!(failure.message.is_some(), "{name}");
        }
        AskAgain(kind) => {
            let read = followed(service, Step::Status, response);
            let Followed::AskAgain(failure) = read else { panic!("{name}: {read:?}") };
            assert_eq!(failure.kind, *kind, "{name}");
        }
        Error { create, read, pause_s } => {
            check_create_error(service, name, response, create);
            check_read_error(service, name, response, read, *pause_s);
        }
        Quota { left, total, period } => {
            let free = answer(200, fixture("transcriptgenerate/concurrency_full"));
            let checked = service.read_checked(&[response.clone(), free], NOW).unwrap();
            let allowance = Allowance {
                unit: Unit::Second,
                left: *left,
                total: *total,
                period: period.map(str::to_owned),
                learned_at: NOW,
            };
            let expected = Checked { allowance: Some(allowance), slots: Some(3), running: Some(3) };
            assert_eq!(checked, expected, "{name}");
        }
        Slots(slots) => {
            let quota = answer(200, fixture("transcriptgenerate/quota_limited"));
            let checked = service.read_checked(&[quota, response.clone()], NOW).unwrap();
            assert_eq!(checked.slots, Some(*slots), "{name}");
        }
    }
}

fn followed(service: &dyn Service, step: Step, response: &Response) -> Followed {
    let remote_id = match service.card().id {
        ProviderId::Coze => RUN,
        ProviderId::Jimeng => VIDEO_TASK,
        _ => TASK,
    };
    service.read_followed(&asked(remote_id, step), response, OLD, NOW)
}

fn check_create_error(
    service: &dyn Service,
    name: &str,
    response: &Response,
    expected: &CreateError,
) {
    let operations = service.card().operations.iter();
    for job in operations.map(|operation| Job { operation: *operation, ..TRANSCRIBE }) {
        let created = service.read_created(&job, response, NOW);
        match (expected, created) {
            (CreateError::Never, _) => {}
            (CreateError::Rejected(kind), Created::Rejected(failure)) => {
                assert_eq!((failure.kind, failure.charged), (*kind, No), "{name}");
                check_head(name, response, &failure);
            }
            (CreateError::Unknown(kind), Created::Unknown(failure)) => {
                assert_eq!((failure.kind, failure.charged), (*kind, Unknown), "{name}");
                check_head(name, response, &failure);
            }
            (_, created) => panic!("{name} on create: {created:?}"),
        }
    }
}

fn check_read_error(
    service: &dyn Service,
    name: &str,
    response: &Response,
    expected: &ReadError,
    pause_s: Option<u32>,
) {
    for step in [Step::Status, Step::Result] {
        let failure = match (expected, followed(service, step, response)) {
            (ReadError::AskAgain(kind), Followed::AskAgain(failure))
            | (ReadError::KeyRefused(kind), Followed::KeyRefused(failure))
            | (ReadError::Failed(kind), Followed::Failed(failure)) => {
                assert_eq!(failure.kind, *kind, "{name}");
                failure
            }
            (_, followed) => panic!("{name} on {step:?}: {followed:?}"),
        };
        assert_eq!((failure.charged, failure.retry_after_s), (Unknown, pause_s), "{name}");
        check_head(name, response, &failure);
    }
}

/// The failure keeps the provider's words, its code and its trace id.
fn check_head(name: &str, response: &Response, failure: &Failure) {
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(failure.http_status, Some(response.status), "{name}");
    assert!(failure.message.as_ref().unwrap().ends_with("(fixture)"), "{name}: {failure}");
    let code = body.pointer("/error/code").or(body.get("code")).and_then(|code| match code {
        serde_json::Value::String(word) => Some(word.clone()).filter(|word| !word.is_empty()),
        number => Some(number.to_string()),
    });
    assert_eq!(failure.code, code, "{name}");
    let logid = body.pointer("/detail/logid").map(|id| id.as_str().unwrap().to_owned());
    assert_eq!(failure.trace_id, logid, "{name}");
}
