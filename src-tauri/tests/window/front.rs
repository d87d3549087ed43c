//! A front before the sandbox that lends its accounts: whoever comes with our keys comes with the sandbox's own behind
//! it, and answers that repeat a key repeat ours. So invented keys of any look are good for everything.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

pub(crate) struct Front {
    port: u16,
}

/// A key of ours and the sandbox's of the same length that stands for it.
pub(crate) type Pair = (String, &'static str);

impl Front {
    /// Starts a front before the sandbox at `sandbox`.
    pub(crate) fn start(sandbox: &str, mut pairs: Vec<Pair>) -> io::Result<Front> {
        // Lengths are told before the content, and stay true.
        assert!(pairs.iter().all(|(ours, theirs)| ours.len() == theirs.len()));
        // One may be the beginning of another.
        pairs.sort_by_key(|(ours, _)| std::cmp::Reverse(ours.len()));
        let behind = sandbox.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, pairs) = (behind.clone(), pairs.clone());
                std::thread::spawn(move || pass(stream, &behind, &pairs));
            }
        });
        Ok(Front { port })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// One request and its answer; the connection ends with it.
fn pass(mut client: TcpStream, behind: &str, pairs: &[Pair]) -> io::Result<()> {
    let mut request = read_request(&mut client)?;
    for (ours, theirs) in pairs {
        replace(&mut request, ours.as_bytes(), theirs.as_bytes());
    }
    let line = request.iter().position(|&byte| byte == b'\n').unwrap_or_default() + 1;
    let mut server = TcpStream::connect(behind)?;
    server.write_all(&request[..line])?;
    server.write_all(b"Connection: close\r\n")?;
    server.write_all(&request[line..])?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    for (ours, theirs) in pairs {
        replace(&mut answer, theirs.as_bytes(), ours.as_bytes());
    }
    client.write_all(&answer)
}

/// A head, and as much of a body as it says.
fn read_request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let end = request.windows(4).position(|end| end == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0_usize);
            if request.len() >= end + 4 + length {
                return Ok(request);
            }
        }
        match client.read(&mut part)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => request.extend_from_slice(&part[..read]),
        }
    }
}

fn replace(text: &mut [u8], from: &[u8], to: &[u8]) {
    let mut at = 0;
    while let Some(found) = text[at..].windows(from.len()).position(|part| part == from) {
        let start = at + found;
        at = start + from.len();
        text[start..at].copy_from_slice(to);
    }
}
