//! What can go wrong between a service and its client, whatever the service.

use std::{io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde_json::Value;

const MEBIBYTE: usize = 1024 * 1024;
/// Characters of padding in a huge answer.
const HUGE: usize = 20 * MEBIBYTE;

/// An answer of a service before anything happened to it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    /// Coze sends its trace id as a header, too.
    pub(crate) header: Option<(&'static str, String)>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, body, header: None }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(self.body)).into_response();
        if let Some((name, value)) = self.header
            && let Ok(value) = value.parse()
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Tells the connection to end without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// An orderly end.
    Close,
    /// As if the machine knew nothing of this connection.
    Reset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A page with status 200, as a captive portal sends it.
    Html,
    /// A bare status, as a gateway sends it.
    Status(u16),
    /// Half of the JSON, although the answer is complete for HTTP.
    Half,
    /// More JSON than anyone should read.
    Huge,
    /// The connection ends within the answer.
    CutAnswer,
    Close,
    Reset,
    Hang,
}

impl Trouble {
    /// What becomes of an answer.
    pub(crate) async fn spoil(self, answer: Answer) -> Response {
        match self {
            Self::Html => captive_portal(),
            Self::Status(status) => {
                let status =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                if status == StatusCode::INTERNAL_SERVER_ERROR {
                    return (status, "Internal Server Error").into_response();
                }
                let title = status.canonical_reason().unwrap_or_default();
                page(status, title, "nginx")
            }
            Self::Half => {
                let body = answer.body.to_string();
                (answer.status, [(header::CONTENT_TYPE, "application/json")], first_half(&body))
                    .into_response()
            }
            Self::Huge => huge(&answer),
            Self::CutAnswer => cut_answer(&answer),
            Self::Close => cut(Cut::Close),
            Self::Reset => cut(Cut::Reset),
            Self::Hang => std::future::pending().await,
        }
    }
}

/// A page with status 200, as a network that wants a login puts it before everything.
pub(crate) fn captive_portal() -> Response {
    page(StatusCode::OK, "Sign in to the network", "Please sign in first.")
}

fn page(status: StatusCode, title: &str, words: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1><hr><p>{words}</p></body></html>\n"
    );
    (status, axum::response::Html(html)).into_response()
}

fn first_half(text: &str) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

/// The answer with a long first field. Nothing else about it is wrong.
fn huge(answer: &Answer) -> Response {
    let body = answer.body.to_string();
    let block = Bytes::from(vec![b'.'; MEBIBYTE]);
    let blocks = std::iter::repeat_n(block, HUGE / MEBIBYTE);
    let rest = body.strip_prefix('{').unwrap_or(&body);
    let parts = std::iter::once(Bytes::from_static(b"{\"padding\":\""))
        .chain(blocks)
        .chain(std::iter::once(Bytes::from(format!("\",{rest}"))))
        .map(Ok::<_, io::Error>);
    let body = Body::from_stream(stream::iter(parts));
    (answer.status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn cut_answer(answer: &Answer) -> Response {
    let body = answer.body.to_string();
    let length = body.len().to_string();
    let half = Bytes::from(first_half(&body));
    let parts = stream::unfold(Some(half), |half| async move {
        if let Some(half) = half {
            return Some((Ok(half), None));
        }
        // The first half must have left before the connection breaks.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), None))
    });
    let headers =
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_LENGTH, length)];
    (answer.status, headers, Body::from_stream(parts)).into_response()
}

pub(crate) fn cut(how: Cut) -> Response {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    response.extensions_mut().insert(how);
    response
}
