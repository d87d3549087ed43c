//! RawUGC: each noun with its documented operations and refusals, and what all of them have in common.

mod analyze;
mod characters;
mod edits;
mod front;
mod images;
mod library;
mod music;
mod operations;
mod research;
mod social;
mod upload;
mod videos;
mod viral;
mod words;

use serde_json::{Value, json};
use shiwen_sandbox::{Options, Sandbox};

use crate::http::{self, Answer, at_once};

const KEY: (&str, &str) = ("Authorization", "Bearer rug_sandbox");
const HEADERS: [(&str, &str); 2] = [KEY, ("RawUGC-Version", "2026-03-06")];

/// A sandbox and a client with the right headers.
struct Client {
    sandbox: Sandbox,
}

impl Client {
    /// Everything is done at once and nothing is limited.
    async fn at_once() -> Self {
        Self { sandbox: at_once().await }
    }

    async fn with(options: Options) -> Self {
        Self { sandbox: Sandbox::start(options).await.unwrap() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url("rawugc"))
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        http::call(method, &self.url(path), &HEADERS, body.as_ref()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    /// What a read gives.
    async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// What a call that makes something gives.
    async fn make(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path, body).await;
        assert!(matches!(answer.status, 200 | 201), "{path}: {}", answer.text());
        answer.json()
    }

    /// A video of this prompt.
    async fn video(&self, prompt: &str) -> String {
        let order = json!({ "model": "sora-2-text-to-video", "prompt": prompt });
        let created = self.make("/videos/generate", order).await;
        created["videoId"].as_str().unwrap().to_owned()
    }

    /// Each body is refused for exactly this field.
    async fn check_faults(&self, method: &str, path: &str, bodies: &[(Value, &str)]) {
        for (body, field) in bodies {
            let answer = self.call(method, path, Some(body.clone())).await;
            assert_eq!(faults(&answer), [*field], "{path} {body}");
        }
    }
}

/// The fields that a validation problem names.
fn faults(answer: &Answer) -> Vec<String> {
    check_problem(answer, 400, "validation_error");
    let errors = answer.json()["errors"].clone();
    let errors = errors.as_object().unwrap();
    assert!(errors.values().all(|texts| texts[0].is_string()), "{errors:?}");
    errors.keys().cloned().collect()
}

fn check_problem(answer: &Answer, status: u16, slug: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let body = answer.json();
    assert_eq!(body["type"], format!("https://api.rawugc.com/errors/{slug}"));
    assert_eq!(body["status"], status);
    assert!(body["title"].is_string() && body["detail"].is_string());
    assert!(body["instance"].as_str().unwrap().starts_with("/api/v1/"), "{body}");
}

/// The names of an object's fields.
fn names(body: &Value) -> Vec<&str> {
    body.as_object().unwrap().keys().map(String::as_str).collect()
}

fn now_ms() -> u64 {
    let age = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    age.as_millis() as u64
}
