//! The real sender: one request in, one answer or one sorted failure out, nothing repeated.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use reqwest::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use shiwen_core::ProviderId;
use shiwen_secrets::Secret;
use url::Url;

use crate::{
    Cause, Config, HeaderValue, Method, Proxy, Purpose, Reach, Request, Response, SendError,
    Sending, Transport,
    address::{Lookup, is_loopback, system_lookup},
    body::TrackedBody,
    classify,
    clients::{Clients, Use},
    form::FormBody,
    redact,
};

/// Longest body of an answer, in bytes after decompression (a gzip bomb is cut off here too).
pub const BODY_CAP: usize = 8 * 1024 * 1024;

const HEADER_CAP: usize = 100;
const HEADER_LEN: usize = 4096;

/// Sends requests as they are. Its promises, in the order things fail:
///
/// 1. an address that is neither https nor on this machine is refused before anything leaves;
/// 2. addresses on this machine use no proxy and no name lookup;
/// 3. a credential goes to the host of the request's address only: a 3xx is an answer like any other;
/// 4. a `Spend` request leaves at most once, on a fresh connection;
/// 5. a failure says truly whether the service can have seen the request;
/// 6. an answer longer than [`BODY_CAP`] is dropped while it is being read.
pub struct Sender {
    pub(crate) clients: Clients,
}

impl Sender {
    /// Opens nothing yet; the clients are built at the first call.
    pub fn new(config: Config) -> Self {
        Self::with_lookup(config, system_lookup())
    }

    pub(crate) fn with_lookup(config: Config, lookup: Lookup) -> Self {
        Self { clients: Clients::new(config, lookup) }
    }

    /// What is sent from now on goes these ways; calls that are out keep theirs.
    pub fn set_proxies(&self, general: Proxy, own: BTreeMap<ProviderId, Proxy>) {
        self.clients.set_proxies(general, own);
    }

    async fn exchange(&self, request: &Request) -> Result<Response, SendError> {
        let here = is_loopback(&request.url);
        check(&request.url, here, self.clients.reach())?;
        let mut headers = headers(request)?;
        let purpose = match request.purpose {
            Purpose::Spend => Use::Spend,
            Purpose::Read => Use::Read,
        };
        let proxy = self.clients.proxy(request.provider);
        let client = self.clients.get(purpose, (!here).then(|| proxy.clone()))?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let (body, polled) = match &request.file {
            Some(file) => {
                let (body, polled, content_type) = FormBody::open(file).await?;
                headers.insert(CONTENT_TYPE, header_value(&content_type, CONTENT_TYPE.as_str())?);
                (Some(reqwest::Body::wrap(body)), polled)
            }
            None => {
                let (body, polled) = TrackedBody::new(request.body.clone().unwrap_or_default());
                #[cfg(feature = "kill-points")]
                let body = crate::kills::EndingBody::new(body, request.purpose == Purpose::Spend);
                (request.body.is_some().then(|| reqwest::Body::wrap(body)), polled)
            }
        };
        let mut builder =
            client.request(method, request.url.clone()).headers(headers).timeout(request.timeout);
        if let Some(body) = body {
            builder = builder.body(body);
        }
        let proxied = !here && matches!(proxy, Proxy::Custom(_));
        let answer = builder.send().await.map_err(|err| {
            let never_polled = polled.proves_not_sent();
            classify::failed_to_send(err, never_polled, proxied, &request.secrets)
        })?;
        #[cfg(feature = "kill-points")]
        crate::kills::head_received(request.purpose);
        let status = answer.status().as_u16();
        let headers = kept_headers(answer.headers());
        let body = read_body(answer, BODY_CAP, &request.secrets).await?;
        Ok(Response { status, headers, body })
    }
}

impl Transport for Sender {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let start = Instant::now();
            let outcome = self.exchange(request).await;
            note(request, &outcome, start.elapsed());
            outcome
        })
    }
}

/// For the log: where the call went and what came of it, without what it carried.
fn note(request: &Request, outcome: &Result<Response, SendError>, took: Duration) {
    let provider = request.provider.map_or("-", ProviderId::as_str);
    let (host, api) = (request.url.host_str(), redact(request.url.path(), &request.secrets));
    let purpose = match request.purpose {
        Purpose::Spend => "create",
        Purpose::Read => "read",
    };
    let ms = took.as_millis() as u64;
    match outcome {
        Ok(answer) => {
            let (status, bytes) = (answer.status, answer.body.len());
            tracing::info!(provider, purpose, host, api, status, bytes, ms, "answered");
        }
        Err(error) => {
            let (cause, detail) = (error.cause(), error.detail());
            tracing::warn!(provider, purpose, host, api, %cause, detail, ms, "no answer");
        }
    }
}

pub(crate) fn check(url: &Url, here: bool, reach: Reach) -> Result<(), SendError> {
    if reach == Reach::ThisMachine && !here {
        return Err(SendError::not_allowed("only addresses on this machine are allowed here"));
    }
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        _ => return Err(SendError::not_allowed("the address must begin with https://")),
    }
    // reqwest would send them as an Authorization header of its own.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SendError::not_allowed("the address must not hold a user name or password"));
    }
    Ok(())
}

/// Exposes the secrets, for the one place that needs them bare.
fn headers(request: &Request) -> Result<HeaderMap, SendError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let (text, sensitive) = match value {
            HeaderValue::Plain(text) => (Cow::from(text), false),
            HeaderValue::Secret(secret) => (Cow::from(secret.expose()), true),
            HeaderValue::Bearer(secret) => (format!("Bearer {}", secret.expose()).into(), true),
        };
        let mut value = header_value(&text, name)?;
        let name =
            reqwest::header::HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused(name))?;
        value.set_sensitive(sensitive);
        headers.append(name, value);
    }
    if request.body.is_some() && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, reqwest::header::HeaderValue::from_static("application/json"));
    }
    Ok(headers)
}

fn header_value(text: &str, name: &str) -> Result<reqwest::header::HeaderValue, SendError> {
    reqwest::header::HeaderValue::from_str(text).map_err(|_| refused(name))
}

fn refused(name: &str) -> SendError {
    SendError::not_allowed(format!("the header {name} cannot be sent"))
}

fn kept_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    // A session cookie is a credential, and nothing here needs one.
    for name in headers.keys().filter(|name| *name != SET_COOKIE).take(HEADER_CAP) {
        let values: Vec<Cow<str>> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let mut value = values.join(", ");
        value.truncate(value.floor_char_boundary(HEADER_LEN));
        kept.insert(name.as_str().to_owned(), value);
    }
    kept
}

/// Reads chunk by chunk: `Content-Length` says nothing about a compressed body.
pub(crate) async fn read_body(
    mut answer: reqwest::Response,
    cap: usize,
    secrets: &[Secret],
) -> Result<Vec<u8>, SendError> {
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) =
        answer.chunk().await.map_err(|err| classify::failed_to_read(err, status, secrets))?
    {
        if body.len() + chunk.len() > cap {
            return Err(SendError::Ambiguous {
                cause: Cause::TooLarge,
                detail: format!("more than {cap} bytes"),
                status: Some(status),
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
