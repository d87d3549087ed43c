//! What every call to a service passes, whatever the service: it is counted here by its route and meets the knobs.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::to_bytes,
    extract::{MatchedPath, Request, State as Extract},
    middleware::{self, Next},
    response::Response,
};
use serde_json::json;

use crate::{
    scenario::Scenario,
    simulated::{Route, Simulated},
    state::State,
    trouble::{Answer, Cut, Trouble, cut},
};

/// No answer of a service comes near.
const MOST_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Nests a service behind its base path and the gate.
pub(crate) fn admit(
    router: Router<Arc<State>>,
    state: &Arc<State>,
    simulated: &'static Simulated,
) -> Router<Arc<State>> {
    let gate = middleware::from_fn_with_state((simulated, Arc::clone(state)), pass);
    router.nest(simulated.base_path, (simulated.router)().layer(gate))
}

async fn pass(
    Extract((simulated, state)): Extract<(&'static Simulated, Arc<State>)>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    // Calls to nowhere have no route to be counted by.
    let Some(route) = route(simulated, matched.as_ref(), &request) else {
        return next.run(request).await;
    };
    let effect = {
        let mut memory = state.memory();
        memory.calls.route(simulated.id, route.method, route.template);
        memory.knobs.meet(simulated.id, &route.to_string())
    };
    tokio::time::sleep(Duration::from_millis(effect.delay_ms)).await;
    let Some(failure) = effect.failure else { return next.run(request).await };
    if let Some(trouble) = failure.on_the_way_back() {
        return spoil(next.run(request).await, trouble).await;
    }
    // The service does not see this call, so what it counts is counted here.
    if route.spends {
        state.count_create(simulated.id, None);
    } else {
        state.count_read(simulated.id);
    }
    match (failure.at_the_door(), (simulated.refusal)(&state, failure)) {
        (Some(trouble), _) => trouble.spoil(Answer::new(200, json!({}))).await,
        (None, Some(refusal)) => refusal,
        // No knob can be turned to a failure that there is not.
        (None, None) => next.run(request).await,
    }
}

fn route(
    simulated: &Simulated,
    matched: Option<&MatchedPath>,
    request: &Request,
) -> Option<&'static Route> {
    let template = matched?.as_str().strip_prefix(simulated.base_path)?;
    let is_asked =
        |route: &&Route| route.template == template && route.method == request.method().as_str();
    simulated.routes.iter().find(is_asked)
}

/// The failures that a call to a service can meet as such, in the order of the words.
pub(crate) fn playable(state: &State, simulated: &Simulated) -> Vec<Scenario> {
    let is_playable = |scenario: &Scenario| {
        scenario.at_the_door().is_some()
            || scenario.on_the_way_back().is_some()
            || (simulated.refusal)(state, *scenario).is_some()
    };
    Scenario::ALL.iter().copied().filter(is_playable).collect()
}

/// The service has done its work; what comes back of it is another matter.
async fn spoil(response: Response, trouble: Trouble) -> Response {
    let status = response.status().as_u16();
    let Ok(bytes) = to_bytes(response.into_body(), MOST_ANSWER_BYTES).await else {
        return cut(Cut::Close);
    };
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    trouble.spoil(Answer::new(status, body)).await
}
