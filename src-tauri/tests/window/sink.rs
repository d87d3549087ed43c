//! A server on this machine that nothing should reach. It notes every connection, also one on which nothing is asked.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What it shows to whom it was not meant for.
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\
     Access-Control-Allow-Origin: *\r\n\r\n<!doctype html><title>elsewhere</title>";

pub(crate) struct Sink {
    port: u16,
    met: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub(crate) fn start() -> io::Result<Sink> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let datagrams = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
        let sink = Sink { port, met: Arc::default() };
        let met = sink.met.clone();
        // Both threads end with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let met = met.clone();
                std::thread::spawn(move || note(&met, answer(stream)));
            }
        });
        let met = sink.met.clone();
        std::thread::spawn(move || {
            let mut datagram = [0; 64];
            while datagrams.recv(&mut datagram).is_ok() {
                note(&met, "a datagram".to_owned());
            }
        });
        Ok(sink)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The host and port alone.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The first line of each request so far, in the order in which they ended.
    pub(crate) fn met(&self) -> Vec<String> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn note(met: &Mutex<Vec<String>>, what: String) {
    met.lock().unwrap_or_else(PoisonError::into_inner).push(what);
}

fn answer(mut stream: TcpStream) -> String {
    let _ = stream.set_read_timeout(Some(Duration::from_millis(300)));
    let (mut request, mut part) = (Vec::new(), [0; 2048]);
    // Whoever is answered before it has said all takes that for an error.
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
            _ => break,
        }
    }
    let _ = stream.write_all(PAGE.as_bytes());
    match String::from_utf8_lossy(&request).lines().next() {
        Some(line) => line.to_owned(),
        None => "a connection without a request".to_owned(),
    }
}
