//! The part of WebDriver that the tests need, spoken to WebKitWebDriver directly
//! (<https://www.w3.org/TR/webdriver2/>). A crate for it would bring more than these few calls.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

/// Opening a session starts the program, which may take long on a busy machine.
const ANSWERED_WITHIN: Duration = Duration::from_secs(40);
/// The key under which WebDriver hands out elements, fixed by the specification.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A port that was free a moment ago.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// One session: one running program whose window can be looked at and used.
#[derive(Debug)]
pub(crate) struct Driver {
    port: u16,
    session: String,
}

impl Driver {
    /// Starts `binary` through the driver that listens on `port`.
    pub(crate) fn open(port: u16, binary: &Path, arguments: &[String]) -> io::Result<Driver> {
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": binary, "args": arguments }
        } } });
        let answer = request(port, "POST", "/session", Some(&wanted))?;
        let session = answer["sessionId"].as_str().unwrap_or_default().to_owned();
        Ok(Driver { port, session })
    }

    /// Runs `script` in the page; `arguments` are its `arguments`, and what it returns comes back.
    pub(crate) fn run(&self, script: &str, arguments: &[Value]) -> io::Result<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// As [`Driver::run`], and waits for the promise that `script` returns.
    pub(crate) fn run_async(&self, script: &str, arguments: &[Value]) -> io::Result<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async function () {{ {script} }})\
             .apply(null, arguments).then(v => done({{ok: v}}), e => done({{err: e}}))"
        );
        let mut answer =
            self.post("/execute/async", &json!({ "script": script, "args": arguments }))?;
        match answer.get_mut("ok") {
            Some(value) => Ok(value.take()),
            None => Err(io::Error::other(format!("the page said {}", answer["err"]))),
        }
    }

    /// How many windows the session has.
    pub(crate) fn windows(&self) -> io::Result<usize> {
        let path = format!("/session/{}/window/handles", self.session);
        let handles = request(self.port, "GET", &path, None)?;
        Ok(handles.as_array().map_or(0, Vec::len))
    }

    /// Clicks the first element that `css` selects, as a mouse would.
    pub(crate) fn click(&self, css: &str) -> io::Result<()> {
        let element = self.find(css)?;
        self.post(&format!("/element/{element}/click"), &json!({})).map(drop)
    }

    /// Types into the first element that `css` selects. For keys without a character see
    /// <https://www.w3.org/TR/webdriver2/#keyboard-actions>.
    pub(crate) fn type_into(&self, css: &str, keys: &str) -> io::Result<()> {
        let element = self.find(css)?;
        self.post(&format!("/element/{element}/value"), &json!({ "text": keys })).map(drop)
    }

    fn find(&self, css: &str) -> io::Result<String> {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }))?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    fn post(&self, path: &str, body: &Value) -> io::Result<Value> {
        request(self.port, "POST", &format!("/session/{}{path}", self.session), Some(body))
    }
}

/// Whether a driver listens on `port` already.
pub(crate) fn is_up(port: u16) -> bool {
    request(port, "GET", "/status", None).is_ok()
}

/// Reads a JSON document from a server on this machine.
pub(crate) fn get(url: &str) -> io::Result<Value> {
    serde_json::from_slice(&file(url)?).map_err(io::Error::other)
}

/// Reads a file of any kind from a server on this machine.
pub(crate) fn file(url: &str) -> io::Result<Vec<u8>> {
    let address = url.strip_prefix("http://").unwrap_or(url);
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let port = host.rsplit(':').next().and_then(|port| port.parse().ok());
    send(port.unwrap_or(80), "GET", &format!("/{path}"), None)
}

fn request(port: u16, method: &str, path: &str, body: Option<&Value>) -> io::Result<Value> {
    let answer = send(port, method, path, body)?;
    let mut answer: Value = serde_json::from_slice(&answer).map_err(|err| {
        let answer = String::from_utf8_lossy(&answer);
        io::Error::other(format!("{method} {path}: {err}: {answer:?}"))
    })?;
    let value = answer["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(io::Error::other(format!("{error}: {}", value["message"]))),
        None => Ok(value),
    }
}

/// One request on a connection of its own, so that the answer ends where the connection does.
fn send(port: u16, method: &str, path: &str, body: Option<&Value>) -> io::Result<Vec<u8>> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(ANSWERED_WITHIN))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .map_err(|err| io::Error::new(err.kind(), format!("{method} {path} {body:.200}: {err}")))?;
    match answer.windows(4).position(|end| end == b"\r\n\r\n") {
        Some(end) => Ok(answer.split_off(end + 4)),
        None => {
            let answer = String::from_utf8_lossy(&answer);
            Err(io::Error::other(format!("{method} {path}: no answer: {answer:?}")))
        }
    }
}
