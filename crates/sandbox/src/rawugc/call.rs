//! One call as its operation sees it, and the operations' common shape.

use std::collections::BTreeMap;

use axum::{
    RequestExt as _, RequestPartsExt as _,
    body::{Bytes, to_bytes},
    extract::{Multipart, Path, Query, Request},
    http::{HeaderMap, Method},
};
use serde_json::{Map, Value};

use super::{
    form::Form,
    problem::Problem,
    upload::{self, Part},
};
use crate::{
    calendar, ids::Ticket, json_body, nasty, scenario::Scenario, simulated::Route, state::State,
    trouble::Answer,
};

/// No documented JSON body comes near.
const MOST_JSON_BYTES: usize = 4 * 1024 * 1024;

/// The field or parameter that a call is about, the most telling first. Tests count calls by it.
const SUBJECTS: &[&str] =
    &["videoUrl", "prompt", "query", "brief", "videoId", "name", "q", "text", "content"];

/// What an operation does with a call that was let in.
pub(super) type Play = fn(&State, &Call) -> Result<Reply, Problem>;

/// A documented operation.
pub(super) struct Operation {
    pub(super) route: Route,
    /// Answers when the work is done.
    pub(super) blocks: bool,
    pub(super) play: Play,
}

impl Operation {
    pub(super) const fn read(method: &'static str, template: &'static str, play: Play) -> Self {
        Self { route: Route::read(method, template), blocks: false, play }
    }

    pub(super) const fn spend(template: &'static str, play: Play) -> Self {
        Self { route: Route::spend("POST", template), blocks: false, play }
    }

    pub(super) const fn block(template: &'static str, play: Play) -> Self {
        Self { route: Route::spend("POST", template), blocks: true, play }
    }
}

/// An answer, and the scenario of the thing that it shows.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) answer: Answer,
    pub(super) scenario: Scenario,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self { answer: Answer::new(200, body), scenario: Scenario::Ok }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { answer: Answer::new(201, body), scenario: Scenario::Ok }
    }

    pub(super) fn nothing() -> Self {
        Self { answer: Answer::new(204, Value::Null), scenario: Scenario::Ok }
    }

    /// What a read of a single thing shows.
    pub(super) fn thing(body: Value, scenario: Scenario) -> Self {
        Self { scenario, ..Self::ok(body) }
    }
}

/// The shapes that the service still answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 2025-11-10
    Old,
    /// 2026-03-06
    New,
}

impl Version {
    /// The sandbox's key is pinned to the old version, so that a client that forgets the header is noticed.
    /// What an unknown version gets is not documented.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        match headers.get("rawugc-version").map(|version| version.as_bytes()) {
            None | Some(b"2025-11-10") => Some(Self::Old),
            Some(b"2026-03-06") => Some(Self::New),
            Some(_) => None,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Old => "2025-11-10",
            Self::New => "2026-03-06",
        }
    }
}

pub(super) struct Call {
    pub(super) operation: &'static Operation,
    pub(super) headers: HeaderMap,
    /// Behind the base path, without the query.
    pub(super) path: String,
    /// The id in the path.
    pub(super) id: String,
    pub(super) query: Map<String, Value>,
    /// `None` where the body is no JSON object.
    pub(super) body: Option<Map<String, Value>>,
    /// The file of an upload.
    pub(super) part: Option<Result<Part, Problem>>,
    pub(super) scenario: Scenario,
    /// The field in which the scenario's word stands.
    pub(super) field: String,
    /// The text or link that this call is about; may be empty.
    pub(super) subject: String,
    pub(super) now_ms: u64,
}

impl Call {
    pub(super) async fn read(operation: &'static Operation, request: Request) -> Self {
        let path = request.uri().path().to_owned();
        let is_form = request
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let (mut parts, body) = request.into_parts();
        let id = match parts.extract::<Option<Path<String>>>().await {
            Ok(Some(Path(id))) => id,
            _ => String::new(),
        };
        let query: BTreeMap<String, String> = match parts.extract().await {
            Ok(Query(query)) => query,
            Err(_) => BTreeMap::new(),
        };
        let query = query.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let headers = parts.headers.clone();
        let (mut bytes, mut part) = (Bytes::new(), None);
        if operation.route.template == upload::TEMPLATE && is_form {
            let request = Request::from_parts(parts, body);
            part = Some(match request.extract::<Multipart, _>().await {
                Ok(form) => upload::receive(form).await,
                Err(_) => Err(upload::no_file()),
            });
        } else {
            // A body that breaks off or is far too large is no JSON either.
            bytes = to_bytes(body, MOST_JSON_BYTES).await.unwrap_or_default();
        }
        let body: Option<Map<String, Value>> = json_body(&headers, &bytes);
        let mut call = Self {
            operation,
            headers,
            path,
            id,
            query,
            body,
            part,
            scenario: Scenario::Ok,
            field: String::new(),
            subject: String::new(),
            now_ms: calendar::now_ms(),
        };
        call.look_for_words();
        call
    }

    fn look_for_words(&mut self) {
        let fields = self.body.iter().flatten().chain(&self.query);
        let named = fields.clone().find_map(|(name, value)| {
            let scenario = scenario_in(value);
            (scenario != Scenario::Ok).then(|| (name.clone(), scenario))
        });
        let file = self.part.iter().flatten().map(|part| part.name.as_str()).next();
        let of_file = file.map(|name| ("file".to_owned(), Scenario::in_text(name)));
        if let Some((field, scenario)) = named.or(of_file) {
            (self.field, self.scenario) = (field, scenario);
        }
        let subject = SUBJECTS.iter().find_map(|subject| {
            let (_, value) = fields.clone().find(|(name, _)| name == subject)?;
            value.as_str()
        });
        self.subject = subject.or(file).unwrap_or(&self.id).to_owned();
    }

    pub(super) fn is_read(&self) -> bool {
        self.operation.route.method == Method::GET.as_str()
    }

    /// The body's fields.
    ///
    /// # Errors
    /// When the body is no JSON object.
    pub(super) fn form(&self) -> Result<Form<'_>, Problem> {
        let fields = self.fields()?;
        Ok(Form::of_body(fields))
    }

    /// # Errors
    /// When the body is no JSON object.
    pub(super) fn fields(&self) -> Result<&Map<String, Value>, Problem> {
        let none = || Problem::field("body", "Must be a JSON object with its content type.");
        self.body.as_ref().ok_or_else(none)
    }

    pub(super) fn text_field(&self, name: &str) -> Option<&str> {
        self.body.as_ref()?.get(name)?.as_str()
    }

    /// Takes the credits and gives the thing that this call makes a ticket of its own.
    ///
    /// # Errors
    /// When there are too few credits, or when the scenario lets the work of a blocking operation fail.
    pub(super) fn accept(
        &self,
        state: &State,
        credits: u32,
        digit: u64,
    ) -> Result<(Ticket, u32), Problem> {
        let blocks = self.operation.blocks;
        if blocks && self.scenario == Scenario::Gone {
            return Err(Problem::field(&self.field, "The video does not exist or was deleted."));
        }
        let all = state.options.rawugc_credits;
        let left = state.memory().rawugc.take_credits(all, credits);
        let balance = left.map_err(|left| Problem::no_credits(credits, left))?;
        let draft = Ticket { scenario: self.scenario, ..state.draft(&self.subject, digit) };
        let ticket = state.accept(draft, &self.subject);
        match self.scenario {
            Scenario::Fail if blocks => Err(Problem::internal()),
            Scenario::NastyFail if blocks => Err(Problem::internal().saying(nasty::MESSAGE)),
            _ => Ok((ticket, balance)),
        }
    }
}

/// The first word in any string of a value.
fn scenario_in(value: &Value) -> Scenario {
    match value {
        Value::String(text) if text.contains("://") && !text.contains(char::is_whitespace) => {
            Scenario::of(text)
        }
        Value::String(text) => Scenario::in_text(text),
        Value::Array(items) => {
            let mut found = items.iter().map(scenario_in);
            found.find(|scenario| *scenario != Scenario::Ok).unwrap_or(Scenario::Ok)
        }
        _ => Scenario::Ok,
    }
}
