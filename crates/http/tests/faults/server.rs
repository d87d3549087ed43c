//! A server on loopback that plays one fault, and counts what reached it.

use std::{
    io::Write,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens to every connection.
#[derive(Clone)]
pub(crate) enum Script {
    /// Reset when the first bytes arrive, none of them read.
    ResetUnread,
    /// Bytes that are no answer, before anything was asked.
    Blurt(&'static str),
    /// Read one request, then close.
    ReadThenFin,
    ReadThenReset,
    /// Read one request, then say nothing and keep the connection open.
    ReadThenSilence,
    /// Read one request, write this, then close.
    ReplyThenClose(Vec<u8>),
    /// Read one request, write this, then say nothing and keep the connection open.
    ReplyThenSilence(Vec<u8>),
    /// Answer every request on the connection.
    Reply(Vec<u8>),
    /// Answer the first request with the first of these, the next with the next, each on a connection of its own.
    InTurn(Vec<Vec<u8>>),
    /// Answer every request by its path and query; close where none is given for it.
    ByPath(Vec<(String, Vec<u8>)>),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (connections, requests) = (server.connections.clone(), server.requests.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(play(stream, script.clone(), requests.clone()));
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> url::Url {
        url::Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// The whole requests that were read, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn play(mut stream: TcpStream, script: Script, requests: Arc<Mutex<Vec<String>>>) {
    match &script {
        Script::ResetUnread => {
            stream.peek(&mut [0]).await.unwrap();
            stream.set_zero_linger().unwrap();
            return;
        }
        Script::Blurt(text) => {
            stream.write_all(text.as_bytes()).await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            return;
        }
        _ => {}
    }
    while let Some(request) = read_request(&mut stream).await {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let turn = {
            let mut requests = requests.lock().unwrap();
            requests.push(request);
            requests.len() - 1
        };
        match &script {
            Script::ReadThenReset => {
                stream.set_zero_linger().unwrap();
                return;
            }
            Script::ReadThenSilence => std::future::pending().await,
            Script::ReplyThenClose(bytes) => {
                // The client may hang up as soon as it has seen enough.
                let _ = stream.write_all(bytes).await;
                return;
            }
            Script::ReplyThenSilence(bytes) => {
                stream.write_all(bytes).await.unwrap();
                std::future::pending().await
            }
            Script::Reply(bytes) => {
                if stream.write_all(bytes).await.is_err() {
                    return;
                }
            }
            Script::InTurn(replies) => {
                if let Some(bytes) = replies.get(turn) {
                    let _ = stream.write_all(bytes).await;
                    // Waits for the client to leave, since a close would throw away what it has not read yet.
                    let _ = stream.shutdown().await;
                    let _ = stream.read(&mut [0; 1]).await;
                }
                return;
            }
            Script::ByPath(replies) => {
                let Some((_, bytes)) = replies.iter().find(|(known, _)| *known == path) else {
                    return;
                };
                if stream.write_all(bytes).await.is_err() {
                    return;
                }
            }
            Script::ReadThenFin | Script::ResetUnread | Script::Blurt(_) => return,
        }
    }
}

/// One request with its whole body; none when the client leaves before the end.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |len| len.parse().unwrap());
            if body.len() >= length {
                return Some(text);
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(len) => bytes.extend_from_slice(&buffer[..len]),
        }
    }
}

/// The value of a header in the head of a recorded request.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// A whole answer with a correct Content-Length.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An address that nobody listens on.
pub(crate) async fn dead_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}
