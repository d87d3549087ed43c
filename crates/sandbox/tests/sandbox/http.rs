//! A client that only knows HTTP/1.1 as it goes over the wire, so that nothing is retried or repaired.

use std::{io, time::Duration};

use serde_json::Value;
use shiwen_sandbox::{Options, Sandbox};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Finishes every task at once.
pub(crate) async fn at_once() -> Sandbox {
    paced(0.0).await
}

pub(crate) async fn paced(pace: f64) -> Sandbox {
    Sandbox::start(Options { pace, ..Options::default() }).await.unwrap()
}

pub(crate) async fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    send("GET", url, headers, None).await.unwrap()
}

pub(crate) async fn post(url: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    try_post(url, headers, body).await.unwrap()
}

/// # Errors
/// When the connection ends before a whole answer was read.
pub(crate) async fn try_post(
    url: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> io::Result<Answer> {
    send("POST", url, headers, Some(body.to_string())).await
}

/// A call with any method, and with a body of JSON if there is one.
pub(crate) async fn call(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answer {
    send(method, url, headers, body.map(Value::to_string)).await.unwrap()
}

/// A body of any type.
pub(crate) async fn post_bytes(
    url: &str,
    headers: &[(&str, &str)],
    content_type: &str,
    body: &[u8],
) -> Answer {
    let bytes = exchange("POST", url, headers, Some((content_type, body))).await.unwrap();
    parse(&bytes).unwrap()
}

/// # Errors
/// When the connection ends before a whole answer was read.
pub(crate) async fn try_get(url: &str, headers: &[(&str, &str)]) -> io::Result<Answer> {
    send("GET", url, headers, None).await
}

/// What came of a file that says its length, and whether that was all of it.
pub(crate) async fn get_cut(url: &str, headers: &[(&str, &str)]) -> (Answer, bool) {
    cut(&exchange("GET", url, headers, None).await.unwrap())
}

/// The same without asking for the file.
pub(crate) async fn head_of(url: &str) -> (Answer, bool) {
    cut(&exchange("HEAD", url, &[], None).await.unwrap())
}

fn cut(bytes: &[u8]) -> (Answer, bool) {
    let (mut answer, body) = head(bytes).unwrap();
    let length: usize = answer.header("content-length").unwrap().parse().unwrap();
    answer.body = body.to_vec();
    let complete = body.len() == length;
    (answer, complete)
}

/// What comes within a time of an answer that has no end, as text.
pub(crate) async fn post_for(
    time: Duration,
    url: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> String {
    let mut stream =
        ask("POST", url, headers, Some(("application/json", body.to_string().as_bytes())))
            .await
            .unwrap();
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(time, stream.read_to_end(&mut bytes)).await;
    assert!(read.is_err(), "the answer ended");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> io::Result<Answer> {
    let body = body.as_ref().map(|body| ("application/json", body.as_bytes()));
    let bytes = exchange(method, url, headers, body).await?;
    parse(&bytes).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// All that comes back until the connection ends.
async fn exchange(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<(&str, &[u8])>,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ask(method, url, headers, body).await?.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// A connection on which a request was sent.
async fn ask(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<(&str, &[u8])>,
) -> io::Result<TcpStream> {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await?;
    let mut request = format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    if let Some((content_type, body)) = body {
        let length = body.len();
        request += &format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
    }
    request += "\r\n";
    stream.write_all(request.as_bytes()).await?;
    stream.write_all(body.map_or(&[], |(_, body)| body)).await?;
    Ok(stream)
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let (mut answer, body) = head(bytes)?;
    answer.body = if answer.header("transfer-encoding") == Some("chunked") {
        unchunked(body)?
    } else if let Some(length) = answer.header("content-length") {
        body.get(..length.parse().ok()?)?.to_vec()
    } else {
        body.to_vec()
    };
    Some(answer)
}

/// An answer without its body, and what follows its head.
fn head(bytes: &[u8]) -> Option<(Answer, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let body = &bytes[end + 4..];
    let (first, rest) = head.split_once("\r\n").unwrap_or((head, ""));
    let status = first.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = rest
        .split("\r\n")
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Some((Answer { status, headers, body: Vec::new() }, body))
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}
