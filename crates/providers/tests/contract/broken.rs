//! Answers that no service should give: HTML, nothing, half a JSON, arbitrary bytes.

use std::time::Duration;

use proptest::prelude::*;
use shiwen_core::{FailureKind, Operation, Output};
use shiwen_http::Response;
use shiwen_providers::{Asked, Created, Followed, Job, Part, Service, Step, services};

use crate::support::{NOW, TRANSCRIBE, answer, asked, fixture, fixtures};

const TOGETHER: [&str; 2] =
    ["https://v.douyin.com/fixture01/", "https://www.bilibili.com/video/BVfixture0002/"];
const STEPS: [Step; 2] = [Step::Status, Step::Result];

fn all_created(service: &dyn Service, response: &Response) -> Vec<Created> {
    let operations = service.card().operations.iter();
    let jobs = operations.map(|operation| Job { operation: *operation, ..TRANSCRIBE });
    jobs.map(|job| service.read_created(&job, response, NOW)).collect()
}

fn all_followed(service: &dyn Service, response: &Response) -> Vec<Followed> {
    let ask = |operation: &Operation, step| {
        let age = Duration::from_secs(600);
        let asked = Asked { operation: *operation, ..asked("1", step) };
        service.read_followed(&asked, response, age, NOW)
    };
    let operations = service.card().operations.iter();
    let alone = operations.flat_map(|operation| STEPS.map(|step| ask(operation, step)));
    let together = STEPS.map(|step| {
        let asked = Asked { urls: &TOGETHER, ..asked("1", step) };
        service.read_followed(&asked, response, Duration::from_secs(600), NOW)
    });
    let together = together.into_iter().filter(|_| service.card().batch > 1);
    alone.chain(together).collect()
}

/// A broken answer proves nothing about a create and never ends a task.
fn check_broken(status: u16, body: &[u8], kind: FailureKind) {
    let response = answer(status, body);
    for service in services() {
        for created in all_created(*service, &response) {
            let Created::Unknown(failure) = created else { panic!("{status}: {created:?}") };
            assert_eq!(failure.kind, kind, "{status}");
        }
        for followed in all_followed(*service, &response) {
            let Followed::AskAgain(failure) = followed else { panic!("{status}: {followed:?}") };
            assert_eq!(failure.kind, kind, "{status}");
        }
        assert_eq!(
            service.read_checked(std::slice::from_ref(&response), NOW).unwrap_err().kind,
            kind
        );
    }
}

const STATUSES: [(u16, FailureKind); 6] = [
    (200, FailureKind::MalformedResponse),
    (302, FailureKind::MalformedResponse),
    (400, FailureKind::InvalidInput),
    (404, FailureKind::NotFound),
    (408, FailureKind::Network),
    (502, FailureKind::ProviderInternal),
];

#[test]
fn html_is_no_answer() {
    for (status, kind) in STATUSES {
        check_broken(status, b"<!doctype html><title>404 task not found</title>", kind);
    }
}

#[test]
fn an_empty_body_is_no_answer() {
    for (status, kind) in STATUSES {
        check_broken(status, b"", kind);
        check_broken(status, b" \r\n", kind);
    }
}

#[test]
fn json_in_no_known_shape_is_no_answer() {
    let deep = "[".repeat(100_000);
    for body in ["null", "[]", "{}", "0", "\"ok\"", "{\"error\":\"x\"}", "{\"data\":null}", &deep] {
        for (status, kind) in STATUSES {
            check_broken(status, body.as_bytes(), kind);
        }
    }
}

#[test]
fn half_a_json_is_no_answer() {
    for name in [
        "momoget/create_ok",
        "coze/history_success",
        "transcriptgenerate/query_success",
        "jimeng/fetch_success",
    ] {
        let whole = fixture(name);
        // Every fifth byte cuts keys, texts, numbers and escapes alike.
        for end in (1..whole.trim_ascii_end().len()).step_by(5) {
            check_broken(200, &whole[..end], FailureKind::MalformedResponse);
        }
    }
}

#[test]
fn the_status_alone_refuses_a_key_without_pausing_what_runs() {
    for service in services() {
        for status in [401, 403] {
            let response = answer(status, "<html>log in to this network</html>");
            for created in all_created(*service, &response) {
                assert!(matches!(created, Created::Rejected(_)), "{created:?}");
            }
            for followed in all_followed(*service, &response) {
                assert!(matches!(followed, Followed::AskAgain(_)), "{followed:?}");
            }
        }
    }
}

/// Every fixture of every service, for mutation.
fn all_fixtures() -> Vec<Vec<u8>> {
    let folders = std::fs::read_dir(fixtures()).unwrap();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let stream = "id: 0\nevent: Message\ndata: {\"content\":\"一\",\"node_title\":\"End\"}\n\n\
        id: 1\nevent: Done\ndata: {}\n\n";
    let files = files.iter().map(|file| std::fs::read(file).unwrap());
    files.chain([stream.into()]).collect()
}

fn check_promises(response: &Response) {
    for service in services() {
        for created in all_created(*service, response) {
            if let Created::Accepted { remote_id, .. } = created {
                assert!(!remote_id.trim().is_empty());
            }
        }
        for followed in all_followed(*service, response) {
            let answers = match followed {
                Followed::Succeeded(answer) => vec![answer],
                Followed::Each(parts) => {
                    assert_eq!(parts.len(), TOGETHER.len());
                    let succeeded = |part| match part {
                        Part::Succeeded(answer) => Some(answer),
                        Part::Failed(_) => None,
                    };
                    parts.into_iter().filter_map(succeeded).collect()
                }
                _ => Vec::new(),
            };
            for answer in answers {
                assert!(answer.text.is_none_or(|text| !text.trim().is_empty()));
                if let Some(Output::Works { works }) = answer.output {
                    assert!(!works.is_empty());
                    assert!(works.iter().all(|work| work.url.starts_with("http")), "{works:?}");
                }
            }
        }
        let _ = service.read_checked(&[response.clone(), response.clone()], NOW);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        status in 100_u16..600,
        body in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        check_promises(&answer(status, body));
    }

    #[test]
    fn a_damaged_answer_never_panics_nor_gives_a_blank_text(
        status in prop::sample::select(vec![200_u16, 201, 400, 401, 404, 422, 429, 500]),
        whole in prop::sample::select(all_fixtures()),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"\"{}[]:,0-1e n\\\xff".to_vec()),
    ) {
        let mut body = whole;
        let at = at.index(body.len());
        body[at] = byte;
        check_promises(&answer(status, body));
    }

    #[test]
    fn arbitrary_values_in_known_fields_never_panic(
        code in json_value(),
        value in json_value(),
        status in json_value(),
        nested in any::<bool>(),
    ) {
        let inner = serde_json::json!({
            "status": status, "execute_status": status, "taskId": value, "execute_id": value,
            "output": value, "Output": value, "content": value, "items": value, "text": value,
            "textContent": value, "title": value, "cover_url": value, "duration": value,
            "interrupt_data": value, "error_code": code, "total_count": value, "processed_count": value,
            "remaining_tasks": value, "task_status": status, "video": value, "fail_reason": value,
            "progress": value, "currentConcurrency": value, "url": value, "error_message": value,
            "is_output_trimmed": nested, "success_count": value, "videos": value, "availableSeconds": value, "maxConcurrency": value,
        });
        let data = if nested { serde_json::Value::String(inner.to_string()) } else { inner.clone() };
        let mut body = inner;
        body["code"] = code;
        body["data"] = data;
        check_promises(&answer(200, body.to_string()));
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        prop::sample::select(vec![json!(0), json!(200), json!("0"), json!("-1"), json!("SUCCESS")]),
        "\\PC{0,12}".prop_map(Value::String),
        "[{\\[]\\PC{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::btree_map("(Output|content|text|x)", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
