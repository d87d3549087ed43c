//! A service that repeats in its answer whatever it was sent, keys included. Nothing of them is kept or shown.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use shiwen_core::{Entry, Input, Operation, Order, ProviderId, Submission, TaskId, TaskState};
use shiwen_engine::Engine;
use shiwen_sandbox::Options;

use crate::{
    canary::{canaries, check_files, check_tasks},
    lab::Lab,
    log::Logged,
    rest::until,
};

/// Answers every call with this status and its own text, in every place in which one of the services has words.
fn serve(status: u16, code: Option<i64>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let repeated = Arc::new(AtomicUsize::new(0));
    let count = repeated.clone();
    // Ends with the process of the test.
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            if answer(connection, status, code).is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    (url, repeated)
}

fn answer(mut connection: TcpStream, status: u16, code: Option<i64>) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if reader.read_line(&mut request)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut sent = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut sent)?;
    request.push_str(&String::from_utf8_lossy(&sent));
    let body = answer_to(&request, status, code).to_string();
    let head = format!(
        "HTTP/1.1 {status} Repeated\r\ncontent-type: application/json\r\nx-tt-logid: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        request.split_whitespace().last().unwrap_or_default(),
        body.len()
    );
    connection.write_all(head.as_bytes())?;
    connection.write_all(body.as_bytes())
}

fn answer_to(said: &str, status: u16, code: Option<i64>) -> Value {
    json!({
        "code": code.map_or_else(|| json!(said), |code| json!(code)),
        "status": status,
        "type": "https://api.rawugc.com/errors/validation_error",
        "title": said,
        "detail": said,
        "instance": said,
        "errors": { "field": [said] },
        "message": said,
        "msg": said,
        "error": { "message": said, "type": said, "code": said },
    })
}

fn ask(engine: &Engine, provider: ProviderId) -> TaskId {
    if provider == ProviderId::Jimeng {
        let input = Input::from([("prompt".to_owned(), Entry::Text("纸船".to_owned()))]);
        let operation = Operation::GenerateVideo;
        return engine.order(&Order { provider, operation, input, parent: None }).unwrap();
    }
    let url = "https://v.douyin.com/repeated/".to_owned();
    let operation = match provider {
        ProviderId::RawUgc => Operation::Analyze,
        _ => Operation::Transcribe,
    };
    let submission = Submission {
        share_text: url.clone(),
        urls: vec![url],
        again: Vec::new(),
        provider,
        operation,
        target_language: None,
        input: Input::new(),
        together: false,
        then: Vec::new(),
    };
    engine.create_tasks(&submission).unwrap()[0]
}

async fn check(provider: ProviderId, status: u16, code: Option<i64>) {
    let (url, repeated) = serve(status, code);
    let keys = canaries(provider);
    let workflows = json!([{ "id": "7400000000000000001" }]).to_string();
    let mut fields = vec![("base_url", false, url.as_str())];
    match provider {
        ProviderId::Coze => fields.push(("workflows", false, workflows.as_str())),
        ProviderId::Jimeng => fields.push(("submit", false, "on")),
        _ => {}
    }
    fields.extend(keys.iter().map(|(name, value)| (*name, true, value.as_str())));
    let wish = Options { pace: 0.01, ..Options::default() };
    let lab = Lab::new(wish, provider, "", &fields).await;
    let logged = Logged::new(lab.folder(), lab.engine.store());
    let about = format!("{provider} {status} {code:?}");
    let id = ask(&lab.engine, provider);
    let called = |task: &shiwen_core::Task| {
        matches!(task.state, TaskState::Failed | TaskState::Uncertain) || task.wait.is_some()
    };
    let task = until(&lab.engine, id, called, &about).await;
    // What a test of the account is told is kept with its card; after "too many calls" there is none for a minute.
    if status != 429 {
        lab.engine.test_provider(provider).await.unwrap();
    }
    assert!(repeated.load(Ordering::Relaxed) > usize::from(status != 429), "{about}");
    let attempts = lab.engine.store().detail(id).unwrap().attempts;
    assert!(task.failure.is_some() || attempts[0].failure.is_some(), "{about}");
    if status == 400 {
        // It was there, and was taken out.
        let kept = lab.engine.store().answers(id).unwrap().concat();
        assert!(String::from_utf8_lossy(&kept).contains("[redacted]"), "{about}");
    }
    let log = logged.text().await;
    assert!(log.contains("create call"), "{about}: {log}");
    for said in ["repeated/", "纸船", "content-length"] {
        assert!(!log.contains(said), "{about}: {log}");
    }
    let planted: Vec<_> = keys.into_iter().map(|(_, value)| value).collect();
    check_tasks(&lab.engine, &[id], &planted);
    assert!(check_files(lab.folder(), &planted) >= 2, "{about}");
    lab.close().await;
}

#[tokio::test]
async fn a_key_that_the_service_repeats_is_not_kept() {
    for provider in ProviderId::ALL {
        for status in [200, 400, 429, 500] {
            check(*provider, status, Some(4000)).await;
        }
        check(*provider, 400, None).await;
    }
}
