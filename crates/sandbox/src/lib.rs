//! 沙盒: the services simulated on loopback from their documented contracts, for trying out, tests and demos.
//! It shares no code with the clients, so that a misread contract cannot agree with itself.

mod accounts;
mod calendar;
mod calls;
mod coze;
mod dice;
mod gate;
mod ids;
mod jimeng;
mod knobs;
mod link;
mod media;
mod momoget;
mod nasty;
mod page;
mod rawugc;
mod scenario;
mod serve;
mod short;
mod simulated;
mod state;
mod texts;
mod transcriptgenerate;
mod trouble;

use std::{io, net::Ipv4Addr, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use futures_util::FutureExt;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub use calls::Calls;
pub use knobs::{BadKnob, Knob};
pub use scenario::{WORDS, Word};
use state::State;

/// How a sandbox behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// 0 for any free port.
    pub port: u16,
    /// 1.0 for plausible times of 4 to 12 s per task; 0.0 finishes every task at once. Never negative.
    pub pace: f64,
    /// Another seed gives other texts for the same links.
    pub seed: u64,
    /// Momoget's uses at the start.
    pub momoget_uses: u32,
    /// TranscriptGenerate's seconds of video at the start.
    pub transcriptgenerate_seconds: u32,
    /// RawUGC's credits at the start.
    pub rawugc_credits: u32,
    /// Calls to RawUGC in a window of 60 s times the pace; 0 for no limit.
    pub rawugc_calls_per_minute: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            pace: 1.0,
            seed: 0,
            momoget_uses: 200,
            transcriptgenerate_seconds: 36_000,
            rawugc_credits: 100,
            rawugc_calls_per_minute: 10,
        }
    }
}

/// A running sandbox. It stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    state: Arc<State>,
    server: JoinHandle<()>,
    /// Dropping it stops the server.
    stop: oneshot::Sender<()>,
}

impl Sandbox {
    /// Starts on 127.0.0.1. Must be called within a Tokio runtime, which then serves it.
    ///
    /// # Errors
    /// When the port is taken or may not be used, or the pace is no number that is 0 or more.
    pub async fn start(options: Options) -> io::Result<Self> {
        if !(options.pace.is_finite() && options.pace >= 0.0) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the pace must be 0 or more"));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        tracing::info!(%url, "the sandbox runs");
        let state = Arc::new(State::new(url, options));
        let (stop, stopped) = oneshot::channel();
        let server = serve::serve(listener, router(Arc::clone(&state)), stopped);
        // Boxed: the runtime's code for a task is some kilobytes for each kind of future.
        let server = tokio::spawn(server.boxed());
        Ok(Self { state, server, stop })
    }

    /// `http://127.0.0.1:PORT`, without a closing slash.
    pub fn url(&self) -> &str {
        &self.state.url
    }

    /// The base URL to use instead of the provider's own; the sandbox's own URL for a provider that is not simulated.
    pub fn base_url(&self, provider: &str) -> String {
        Self::base_url_at(&self.state.url, provider)
    }

    /// The same for a sandbox that runs in another process at `url`.
    pub fn base_url_at(url: &str, provider: &str) -> String {
        let path = simulated::by_id(provider).map_or("", |simulated| simulated.base_path);
        format!("{url}{path}")
    }

    /// Where the short-link hosts are played by a sandbox at `url`: `https://HOST/PATH` is asked for at `…/HOST/PATH`.
    pub fn short_links_at(url: &str) -> String {
        format!("{url}/short")
    }

    /// The invented account at a provider: field names and values. Empty for a provider that is not simulated.
    pub fn account(provider: &str) -> &'static [(&'static str, &'static str)] {
        simulated::by_id(provider).map_or(&[], |simulated| simulated.account)
    }

    /// What was asked since the start or the last reset.
    pub fn calls(&self) -> Calls {
        self.state.memory().calls.clone()
    }

    /// Every simulated operation, as `Calls::routes` counts it: `rawugc GET /videos/{videoId}`.
    pub fn routes() -> Vec<String> {
        let name = |simulated: &simulated::Simulated, route: &simulated::Route| {
            Calls::route_name(simulated.id, route.method, route.template)
        };
        let mut routes: Vec<String> = simulated::ALL
            .iter()
            .flat_map(|simulated| simulated.routes.iter().map(move |route| name(simulated, route)))
            .collect();
        // A second host of a service has the routes of the first.
        routes.sort_unstable();
        routes.dedup();
        routes
    }

    /// Makes calls to a service slow or fail from now on.
    ///
    /// # Errors
    /// When the knob would do nothing.
    pub fn turn(&self, knob: Knob) -> Result<(), BadKnob> {
        knobs::turn(&self.state, knob)
    }

    /// Ends all connections and gives the port back.
    pub async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.server.await {
            tracing::warn!(%error, "the sandbox did not end in order");
        }
    }
}

fn router(state: Arc<State>) -> Router {
    let router = Router::new()
        .route("/", get(page::show))
        .route("/_sandbox/calls", get(show_calls))
        .route("/_sandbox/reset", post(reset))
        .nest("/_sandbox", knobs::router())
        .nest("/media", media::router())
        .nest("/short", short::router());
    simulated::ALL
        .iter()
        .fold(router, |router, simulated| gate::admit(router, &state, simulated))
        .with_state(state)
}

type Shared = axum::extract::State<Arc<State>>;

async fn show_calls(axum::extract::State(state): Shared) -> Json<Calls> {
    Json(state.memory().calls.clone())
}

/// Sets counts, allowances and everything else remembered back to the start. The page's form is led back to the page.
async fn reset(axum::extract::State(state): Shared, headers: HeaderMap) -> Response {
    state.forget();
    if knobs::is_form(&headers) {
        return Redirect::to("/#counts").into_response();
    }
    StatusCode::OK.into_response()
}

/// A request's JSON, or `None` where its content type or its shape says otherwise.
fn json_body<T: serde::de::DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Option<T> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !content_type.trim_start().to_ascii_lowercase().starts_with("application/json") {
        return None;
    }
    serde_json::from_slice(body).ok()
}
