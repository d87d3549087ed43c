//! What every call to a service passes, whatever the service: it is counted here by its route.

use std::sync::Arc;

use axum::{
    Router,
    extract::{MatchedPath, Request, State as Extract},
    middleware::{self, Next},
    response::Response,
};

use crate::{simulated::Simulated, state::State};

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
    if let Some(template) = template(simulated, matched.as_ref()) {
        state.memory().calls.route(simulated.id, request.method().as_str(), template);
    }
    next.run(request).await
}

fn template<'a>(simulated: &Simulated, matched: Option<&'a MatchedPath>) -> Option<&'a str> {
    matched?.as_str().strip_prefix(simulated.base_path)
}
