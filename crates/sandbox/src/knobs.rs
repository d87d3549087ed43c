//! Knobs: calls to a service can be made slow or fail from outside, whatever their link or prompt says.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Form, FromRequest, Request, State as Extract},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{gate, scenario::Scenario, simulated, state::State};

/// Longer than any client waits.
const LONGEST_DELAY_MS: u64 = 600_000;

/// What is to happen to calls to a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Knob {
    /// The service's word, such as `rawugc`.
    pub service: String,
    /// `GET /videos/{videoId}`, as the routes are counted; absent for all.
    #[serde(default)]
    pub route: Option<String>,
    /// Before anything else, in milliseconds, whatever the pace.
    #[serde(default)]
    pub delay_ms: u64,
    /// The word of a scenario that a call can meet as such: `e503`, `rate`, `quota`, `badkey`, `drop-after`, …
    #[serde(default)]
    pub failure: Option<String>,
    /// How many calls it is for; absent until it is cleared.
    #[serde(default)]
    pub times: Option<u64>,
}

/// Why a knob cannot be turned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadKnob {
    /// No service has this word.
    Target,
    /// The service has no such route.
    Route,
    /// It would take longer than any client waits.
    Delay,
    /// The service has no answer for this word. These are the words that it has.
    Failure(Vec<&'static str>),
}

impl std::fmt::Display for BadKnob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Target => f.write_str("no service has this word"),
            Self::Route => f.write_str("the service has no such route"),
            Self::Delay => write!(f, "delay_ms must be {LONGEST_DELAY_MS} or less"),
            Self::Failure(words) => write!(f, "failure must be one of {}", words.join(", ")),
        }
    }
}

impl std::error::Error for BadKnob {}

/// A knob that was turned, and what it did so far.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Turned {
    #[serde(flatten)]
    pub(crate) knob: Knob,
    /// Calls that it met.
    pub(crate) used: u64,
    #[serde(skip)]
    failure: Option<Scenario>,
}

/// What the knobs want of one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) delay_ms: u64,
    pub(crate) failure: Option<Scenario>,
}

impl Turned {
    fn new(state: &State, knob: Knob) -> Result<Self, BadKnob> {
        let simulated = simulated::by_id(&knob.service).ok_or(BadKnob::Target)?;
        let is_known =
            |route: &str| simulated.routes.iter().any(|known| known.to_string() == route);
        if knob.route.as_deref().is_some_and(|route| !is_known(route)) {
            return Err(BadKnob::Route);
        }
        if knob.delay_ms > LONGEST_DELAY_MS {
            return Err(BadKnob::Delay);
        }
        let failure = match &knob.failure {
            None => None,
            Some(word) => {
                let playable = gate::playable(state, simulated);
                let found = playable.iter().find(|scenario| scenario.word() == word);
                let words = || playable.iter().map(|scenario| scenario.word()).collect();
                Some(*found.ok_or_else(|| BadKnob::Failure(words()))?)
            }
        };
        Ok(Self { knob, used: 0, failure })
    }

    fn is_for(&self, service: &str, route: &str) -> bool {
        self.knob.service == service
            && self.knob.route.as_deref().is_none_or(|wanted| wanted == route)
            && self.knob.times.is_none_or(|times| self.used < times)
    }
}

/// All knobs, in the order in which they were turned.
#[derive(Debug, Default)]
pub(crate) struct Knobs(Vec<Turned>);

impl Knobs {
    /// What a call to this route meets. Delays add up; the first failure that still has times is the one.
    pub(crate) fn meet(&mut self, service: &str, route: &str) -> Effect {
        let mut effect = Effect::default();
        for turned in self.0.iter_mut().filter(|turned| turned.is_for(service, route)) {
            if turned.failure.is_some() && effect.failure.is_some() {
                continue;
            }
            turned.used += 1;
            effect.delay_ms += turned.knob.delay_ms;
            effect.failure = effect.failure.or(turned.failure);
        }
        effect
    }

    pub(crate) fn all(&self) -> Vec<Turned> {
        self.0.clone()
    }
}

/// Turns a knob.
///
/// # Errors
/// When it would do nothing.
pub(crate) fn turn(state: &State, knob: Knob) -> Result<(), BadKnob> {
    let turned = Turned::new(state, knob)?;
    state.memory().knobs.0.push(turned);
    Ok(())
}

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/knobs", get(list).post(add).delete(clear))
        // A form without scripts knows no DELETE.
        .route("/knobs/clear", post(clear))
}

async fn list(Extract(state): Extract<Arc<State>>) -> Response {
    Json(json!({ "knobs": state.memory().knobs.all() })).into_response()
}

async fn clear(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    state.memory().knobs = Knobs::default();
    done(&state, &headers)
}

async fn add(Extract(state): Extract<Arc<State>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let knob = if is_form(&headers) {
        match Form::<Fields>::from_request(request, &()).await {
            Ok(Form(fields)) => Knob::from(fields),
            Err(refused) => return bad(&refused),
        }
    } else {
        match Json::<Knob>::from_request(request, &()).await {
            Ok(Json(knob)) => knob,
            Err(refused) => return bad(&refused),
        }
    };
    match turn(&state, knob) {
        Ok(()) => done(&state, &headers),
        Err(error) => bad(&error),
    }
}

fn bad(error: &dyn std::fmt::Display) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))).into_response()
}

/// The page again for a form, what there is now for everything else.
fn done(state: &State, headers: &HeaderMap) -> Response {
    if is_form(headers) {
        Redirect::to("/#knobs").into_response()
    } else {
        Json(json!({ "knobs": state.memory().knobs.all() })).into_response()
    }
}

/// Whether the page's form asks.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// A knob as the form of the page sends it: empty fields are absent ones.
#[derive(Deserialize)]
struct Fields {
    /// `rawugc` or `rawugc GET /videos/{videoId}`.
    to: String,
    #[serde(default)]
    delay_ms: String,
    #[serde(default)]
    failure: String,
    #[serde(default)]
    times: String,
}

impl From<Fields> for Knob {
    fn from(fields: Fields) -> Self {
        let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (service, route) = match fields.to.split_once(' ') {
            Some((service, route)) => (service.to_owned(), given(route.to_owned())),
            None => (fields.to, None),
        };
        Self {
            service,
            route,
            // What is no number is none.
            delay_ms: fields.delay_ms.trim().parse().unwrap_or_default(),
            failure: given(fields.failure),
            times: fields.times.trim().parse().ok(),
        }
    }
}
