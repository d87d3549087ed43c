//! Answers that are written to hurt, each with what must come of it.

use std::time::Duration;

use shiwen_core::{FailureKind, Operation, ProviderId, Verb};
use shiwen_http::{Response, redact};
use shiwen_providers::{Action, Asked, Created, Followed, Step, services};
use shiwen_secrets::Secret;

use crate::support::{EMPTY, NOW, RESOLVE, TRANSCRIBE, answer, asked, fixture, of, order};

/// The levels of every kind of nesting, far beyond what a stack holds.
const LEVELS: usize = 100_000;

fn created(id: ProviderId, body: impl Into<Vec<u8>>) -> Created {
    of(id).read_created(&TRANSCRIBE, &answer(200, body), NOW)
}

fn followed(id: ProviderId, status: u16, body: impl Into<Vec<u8>>) -> Followed {
    let asked = asked("1", Step::Status);
    of(id).read_followed(&asked, &answer(status, body), Duration::from_secs(600), NOW)
}

fn title_of(followed: Followed) -> String {
    let Followed::Succeeded(done) = followed else { panic!("{followed:?}") };
    done.found.title.unwrap()
}

#[test]
fn a_hundred_thousand_levels_are_no_answer() {
    let nested =
        |open: &str, close: &str| format!("{}1{}", open.repeat(LEVELS), close.repeat(LEVELS));
    let bodies = [
        nested("[", "]"),
        nested("{\"data\":", "}"),
        nested("[{\"error\":", "}]"),
        "[".repeat(LEVELS),
        "{\"a\":".repeat(LEVELS),
    ];
    for body in bodies {
        for service in services() {
            let response = answer(200, body.clone());
            let created = service.read_created(&order(*service), &response, NOW);
            let Created::Unknown(failure) = created else { panic!("{created:?}") };
            assert_eq!(failure.kind, FailureKind::MalformedResponse);
        }
    }
}

#[test]
fn levels_within_a_text_leave_it_a_text() {
    let deep = format!("[{}", "[".repeat(LEVELS));
    for output in [deep.clone(), "{\"Output\":".repeat(LEVELS)] {
        let body = serde_json::json!({ "code": 0, "data": output }).to_string();
        let created = created(ProviderId::Coze, body);
        let Created::Done(done) = created else { panic!("{created:?}") };
        assert_eq!(done.text.unwrap(), output);
    }
    let body =
        serde_json::json!({ "code": "success", "data": { "status": "SUCCESS", "data": deep } });
    let asked = Asked { operation: Operation::GenerateVideo, ..asked("1", Step::Status) };
    let response = answer(200, body.to_string());
    let followed =
        of(ProviderId::Jimeng).read_followed(&asked, &response, Duration::from_secs(60), NOW);
    assert!(matches!(followed, Followed::Failed(_)), "{followed:?}");
}

/// UTF-16 with its mark, in either order.
fn utf16(text: &str, big: bool) -> Vec<u8> {
    let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
}

#[test]
fn another_encoding_proves_nothing_and_ends_nothing() {
    for name in ["momoget/create_ok", "momoget/error_404_task", "transcriptgenerate/error_401"] {
        let text = String::from_utf8(fixture(name)).unwrap();
        for body in [utf16(&text, true), utf16(&text, false)] {
            for service in services() {
                let response = answer(200, body.clone());
                let created = service.read_created(&order(*service), &response, NOW);
                assert!(matches!(created, Created::Unknown(_)), "{created:?}");
            }
            let followed = followed(ProviderId::Momoget, 404, body);
            assert!(matches!(followed, Followed::AskAgain(_)), "{followed:?}");
        }
    }
}

#[test]
fn a_text_in_gbk_hides_no_id() {
    // "任务已提交" as GBK has bytes that are no UTF-8.
    let gbk = b"\xc8\xce\xce\xf1\xd2\xd1\xcc\xe1\xbd\xbb";
    let body = [b"{\"message\":\"", &gbk[..], b"\",\"task_id\":\"task-7\"}"].concat();
    for body in [body.clone(), [b"\xef\xbb\xbf", &body[..]].concat()] {
        let created = created(ProviderId::Momoget, body);
        let Created::Accepted { remote_id, .. } = created else { panic!("{created:?}") };
        assert_eq!(remote_id, "task-7");
    }
    let refused = [b"{\"detail\":\"", &gbk[..], b"\"}"].concat();
    let followed = followed(ProviderId::Momoget, 400, refused);
    let Followed::AskAgain(failure) = followed else { panic!("{followed:?}") };
    assert!(failure.message.unwrap().contains('\u{fffd}'));
}

const TURNED: &str = " 番茄\u{202e}gpj.\u{2066}exe\r\n第一课\u{0}\u{1b}[31m\u{9b}1m\u{feff} ";
const STRAIGHT: &str = "番茄gpj.exe 第一课[31m1m";

#[test]
fn a_title_is_one_line_that_nothing_turns_around() {
    let momoget = serde_json::json!({ "status": "completed", "text": "x", "title": TURNED });
    let asked = asked("1", Step::Result);
    let response = answer(200, momoget.to_string());
    let done = of(ProviderId::Momoget).read_followed(&asked, &response, Duration::ZERO, NOW);
    assert_eq!(title_of(done), STRAIGHT);

    let data = serde_json::json!({ "status": "SUCCESS", "textContent": "x", "title": TURNED });
    let body = serde_json::json!({ "code": 200, "data": data }).to_string();
    assert_eq!(title_of(followed(ProviderId::TranscriptGenerate, 200, body)), STRAIGHT);

    let info = serde_json::json!({ "title": TURNED, "nickname": TURNED }).to_string();
    let body = serde_json::json!({ "code": 0, "data": info }).to_string();
    let created = of(ProviderId::Coze).read_created(&RESOLVE, &answer(200, body), NOW);
    let Created::Done(done) = created else { panic!("{created:?}") };
    assert_eq!(
        (done.found.title.as_deref(), done.found.author.as_deref()),
        (Some(STRAIGHT), Some(STRAIGHT))
    );

    let persona = serde_json::json!({ "personas": [{ "_id": "1", "name": TURNED }] }).to_string();
    let action = Action { collection: "personas", verb: Verb::List, id: None, input: &EMPTY };
    let listed = of(ProviderId::RawUgc).read_called(&action, &answer(200, persona), NOW).unwrap();
    assert_eq!(listed.items[0].title, STRAIGHT);
}

#[test]
fn a_transcript_speaks_to_no_terminal() {
    let text = "第一行\n\u{1b}]0;x\u{7}第二行\u{202e}";
    let data = serde_json::json!({ "status": "SUCCESS", "textContent": text });
    let body = serde_json::json!({ "code": 200, "data": data }).to_string();
    let Followed::Succeeded(done) = followed(ProviderId::TranscriptGenerate, 200, body) else {
        panic!("it is a transcript")
    };
    assert_eq!(done.text.unwrap(), "第一行\n]0;x第二行");
    // Of this one nothing can be seen.
    let data = serde_json::json!({ "status": "SUCCESS", "textContent": "\u{202e}\u{0}" });
    let body = serde_json::json!({ "code": 200, "data": data }).to_string();
    let followed = followed(ProviderId::TranscriptGenerate, 200, body);
    assert!(matches!(followed, Followed::Failed(_)), "{followed:?}");
}

#[test]
fn an_id_that_no_request_can_carry_is_not_taken_for_one() {
    let long = "x".repeat(1_000);
    for id in ["a\nb", "a b", "\u{202e}a", "任务", "../../admin\u{0}", long.as_str()] {
        let bodies = [
            (ProviderId::Momoget, serde_json::json!({ "task_id": id })),
            (
                ProviderId::TranscriptGenerate,
                serde_json::json!({ "code": 200, "data": { "taskId": id } }),
            ),
            (ProviderId::Coze, serde_json::json!({ "code": 0, "execute_id": id })),
            (ProviderId::Jimeng, serde_json::json!({ "code": "success", "data": id })),
        ];
        for (provider, body) in bodies {
            let created = created(provider, body.to_string());
            assert!(matches!(created, Created::Unknown(_)), "{provider} {id:?}: {created:?}");
        }
    }
    // Its own call goes by the id, so it must be one of Coze's.
    let odd = created(ProviderId::Coze, r#"{"code":0,"execute_id":"../7"}"#);
    assert!(matches!(odd, Created::Unknown(_)), "{odd:?}");
}

#[test]
fn a_path_that_is_not_there_ends_no_task_and_passes_no_test() {
    let body = r#"{"detail":"Not Found"}"#;
    let read = followed(ProviderId::Momoget, 404, body);
    assert!(matches!(read, Followed::AskAgain(_)), "{read:?}");
    assert!(of(ProviderId::Momoget).read_checked(&[answer(404, body)], NOW).is_err());
    let missing = followed(ProviderId::Momoget, 404, fixture("momoget/error_404_task"));
    assert!(matches!(missing, Followed::Failed(_)), "{missing:?}");
}

#[test]
fn an_event_with_the_largest_number_is_an_event_out_of_order() {
    let body = "id: 18446744073709551615\nevent: Message\ndata: {\"content\":\"x\"}\n\n\
        id: 0\nevent: Done\ndata: {}\n\n";
    let created = created(ProviderId::Coze, body);
    assert!(matches!(created, Created::Unknown(_)), "{created:?}");
}

#[test]
fn a_key_that_is_repeated_leaves_no_piece_of_itself() {
    let key = Secret::new("k3y.Ab/".repeat(8));
    for before in 0..320 {
        let words = format!("{} {} is refused", "x".repeat(before), key.expose());
        let body = serde_json::json!({ "code": 401, "msg": words }).to_string();
        let Created::Rejected(failure) = created(ProviderId::TranscriptGenerate, body) else {
            panic!("a key was refused")
        };
        // As whoever keeps the failure does.
        let kept = redact(&failure.message.unwrap(), std::slice::from_ref(&key));
        assert!(!kept.contains("k3y"), "{before}: {kept}");
    }
}

#[test]
fn an_address_is_what_it_looks_like() {
    let with = |url: &str| {
        let data = serde_json::json!({ "status": "SUCCESS", "textContent": "x", "videoUrl": url });
        let body = serde_json::json!({ "code": 200, "data": data }).to_string();
        match followed(ProviderId::TranscriptGenerate, 200, body) {
            Followed::Succeeded(done) => done.found.media_url,
            other => panic!("{other:?}"),
        }
    };
    for bad in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "ftp://a.example/x",
        "//a.example/x",
        "https://a.example\n.evil.example/x",
        "https://a.example/\u{202e}4pm.exe",
        "https://",
        &format!("https://a.example/{}", "x".repeat(100_000)),
    ] {
        assert_eq!(with(bad), None, "{bad}");
    }
    assert_eq!(with(" https://a.example/番茄.mp4 ").as_deref(), Some("https://a.example/番茄.mp4"));
}

#[test]
fn numbers_that_nobody_has_are_no_numbers() {
    for odd in ["1e308", "-5", "\"NaN\"", "\"inf\"", "1e999", "123456789012345678901234567890"] {
        let body = format!(
            r#"{{"code":200,"data":{{"status":"SUCCESS","textContent":"x","duration":{odd}}}}}"#
        );
        match followed(ProviderId::TranscriptGenerate, 200, body) {
            Followed::Succeeded(done) => assert_eq!(done.found.duration_s, None, "{odd}"),
            // A parser may refuse the number and so the whole answer.
            Followed::AskAgain(failure) => assert_eq!(failure.kind, FailureKind::MalformedResponse),
            other => panic!("{odd}: {other:?}"),
        }
    }
}

#[test]
fn a_budget_never_reaches_beyond_two_minutes() {
    for reset in ["9223372036854775807", "-9223372036854775808", "0", "99999999999", "x", ""] {
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)];
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let response = Response { headers: headers.collect(), ..answer(429, "") };
        let until = of(ProviderId::RawUgc).budget(&response, NOW).unwrap().until;
        assert!((1..=120).contains(&until.since(NOW).as_secs()), "{reset}: {until:?}");
    }
}

#[test]
fn what_a_list_holds_is_not_missing_and_never_more_than_a_hundred() {
    let odd = serde_json::json!({ "videoId": "a", "type": "not_found", "status": 404 });
    let running = serde_json::json!({ "videoId": "b", "status": "processing" });
    let many = std::iter::once(odd).chain(std::iter::repeat_n(running, 1_000));
    let body = serde_json::json!({ "videos": many.collect::<Vec<_>>() }).to_string();
    let service = of(ProviderId::RawUgc);
    let listed = service.read_many(Operation::GenerateVideo, &answer(200, body), NOW).unwrap();
    assert_eq!(listed.len(), 99);
    assert!(listed.iter().all(|of| matches!(of.followed, Followed::Running { .. })));
}
