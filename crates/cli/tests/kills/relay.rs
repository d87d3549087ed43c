//! Stands between the program and the sandbox: holds the moments that can be held from outside, and sees what really
//! left the program and what really came back.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

/// What the relay does to the program's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    Nothing,
    /// The n-th create call gets no answer; `lost`: nor does the service get the call.
    Sent {
        nth: u32,
        lost: bool,
    },
    /// A create call gets the head of its answer, and its body a while later.
    Body,
    /// The n-th question about a task gets no answer.
    Asked {
        nth: u32,
    },
}

/// What was seen of a connection that began a create call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) body_length: usize,
    pub(crate) body_received: usize,
    /// The service has the call.
    pub(crate) passed_on: bool,
    /// Bytes of the answer's head and body that the program was given.
    pub(crate) head_given: usize,
    pub(crate) body_given: usize,
}

/// Whatever is held is let go when the relay is dropped.
pub(crate) struct Relay {
    pub(crate) url: String,
    shared: Arc<Shared>,
    held: Receiver<()>,
    here: SocketAddr,
}

struct Shared {
    sandbox: SocketAddr,
    hold: Hold,
    /// From here on everything passes.
    over: AtomicBool,
    closed: AtomicBool,
    creates: AtomicU32,
    accepted: AtomicU32,
    questions: AtomicU32,
    seen: Mutex<Vec<Seen>>,
    /// Connections on which nothing came.
    silent: AtomicU32,
    tell: Sender<()>,
}

const CREATES: [&str; 7] = [
    "/coze/transcribe",
    "/v1/workflow/run",
    "/v1/workflow/stream_run",
    "/v1/task/create",
    "/music/generate",
    "/analyze-video",
    "/jimeng/submit/videos",
];
const QUESTIONS: [&str; 6] = [
    "/coze/task-status",
    "/coze/task-result",
    "/run_histories/",
    "/v1/task/query",
    "/rawugc/api/v1/music",
    "/jimeng/fetch/",
];

impl Relay {
    /// Passes on to the sandbox at `url`.
    pub(crate) fn start(url: &str, hold: Hold) -> io::Result<Self> {
        let sandbox = url.trim_start_matches("http://").parse().map_err(io::Error::other)?;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let here = listener.local_addr()?;
        let (tell, held) = channel();
        let shared = Arc::new(Shared {
            sandbox,
            hold,
            over: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            creates: AtomicU32::new(0),
            accepted: AtomicU32::new(0),
            questions: AtomicU32::new(0),
            seen: Mutex::default(),
            silent: AtomicU32::new(0),
            tell,
        });
        let serving = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if serving.closed.load(Ordering::SeqCst) {
                    break;
                }
                let shared = serving.clone();
                // A broken connection is what is tested here.
                thread::spawn(move || drop(shared.serve(client)));
            }
        });
        Ok(Self { url: format!("http://{here}"), shared, held, here })
    }

    /// Whether the moment came that is held here, within this time.
    pub(crate) fn is_held_within(&self, patience: Duration) -> bool {
        self.held.recv_timeout(patience).is_ok()
    }

    /// From now on everything passes.
    pub(crate) fn pass(&self) {
        self.shared.over.store(true, Ordering::SeqCst);
    }

    /// Every create call that anything was seen of.
    pub(crate) fn creates(&self) -> Vec<Seen> {
        self.shared.seen().clone()
    }

    /// Connections that were opened and ended without a byte.
    pub(crate) fn silent(&self) -> u32 {
        self.shared.silent.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.pass();
        self.shared.closed.store(true, Ordering::SeqCst);
        // The listener looks at that only once somebody comes.
        let _ = TcpStream::connect(self.here);
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap()
    }

    fn note(&self, place: Option<usize>, change: impl FnOnce(&mut Seen)) {
        if let Some(place) = place {
            change(&mut self.seen()[place]);
        }
    }

    /// One request with its answer; then the connection ends, so that each has one of its own.
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let Some((head, mut body)) = read_head(&mut client)? else {
            self.silent.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        };
        let (is_create, is_question) = kind(&head);
        let length = content_length(&head);
        let place = is_create.then(|| {
            let mut seen = self.seen();
            seen.push(Seen { body_length: length, ..Seen::default() });
            seen.len() - 1
        });
        self.note(place, |seen| seen.body_received = body.len());
        while body.len() < length {
            let mut part = [0; 4096];
            let read = client.read(&mut part)?;
            if read == 0 {
                return Ok(());
            }
            body.extend_from_slice(&part[..read]);
            self.note(place, |seen| seen.body_received = body.len());
        }
        let hold = if self.over.load(Ordering::SeqCst) { Hold::Nothing } else { self.hold };
        let number = match (is_create, is_question) {
            (true, _) => self.creates.fetch_add(1, Ordering::SeqCst) + 1,
            // Questions count once there is something to ask about.
            (_, true) if self.accepted.load(Ordering::SeqCst) > 0 => {
                self.questions.fetch_add(1, Ordering::SeqCst) + 1
            }
            _ => 0,
        };
        match hold {
            Hold::Asked { nth } if is_question && nth == number => {
                return self.keep(&mut client);
            }
            Hold::Sent { nth, lost: true } if is_create && nth == number => {
                return self.keep(&mut client);
            }
            _ => {}
        }
        let answer = self.asked(&head, &body)?;
        self.note(place, |seen| seen.passed_on = true);
        if is_create {
            self.accepted.fetch_add(1, Ordering::SeqCst);
        }
        if matches!(hold, Hold::Sent { nth, .. } if is_create && nth == number) {
            return self.keep(&mut client);
        }
        let end = head_end(&answer).unwrap_or(answer.len());
        client.write_all(&answer[..end])?;
        self.note(place, |seen| seen.head_given = end);
        if hold == Hold::Body && is_create {
            client.set_read_timeout(Some(Duration::from_millis(400)))?;
            let mut nothing = [0];
            // An end here is that of the program, and a pause only that.
            if matches!(client.read(&mut nothing), Ok(0)) {
                return Ok(());
            }
        }
        client.write_all(&answer[end..])?;
        self.note(place, |seen| seen.body_given = answer.len() - end);
        client.shutdown(Shutdown::Write)
    }

    /// Says that the moment is there, and keeps the program waiting for as long as it lives.
    fn keep(&self, client: &mut TcpStream) -> io::Result<()> {
        let _ = self.tell.send(());
        client.read_to_end(&mut Vec::new()).map(drop)
    }

    fn asked(&self, head: &[u8], body: &[u8]) -> io::Result<Vec<u8>> {
        let mut service = TcpStream::connect(self.sandbox)?;
        // The answer ends where the connection does.
        service.write_all(&head[..head.len() - 2])?;
        service.write_all(b"Connection: close\r\n\r\n")?;
        service.write_all(body)?;
        let mut answer = Vec::new();
        service.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// The head of a request, its empty line included, and what came behind it; None where nothing comes.
fn read_head(client: &mut TcpStream) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = head_end(&read) {
            let body = read.split_off(end);
            return Ok(Some((read, body)));
        }
        let mut part = [0; 4096];
        match client.read(&mut part) {
            Ok(0) | Err(_) if read.is_empty() => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => read.extend_from_slice(&part[..count]),
            Err(error) => return Err(error),
        }
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4)
}

/// Whether a request is a create call, and whether it asks about a task.
fn kind(head: &[u8]) -> (bool, bool) {
    let text = String::from_utf8_lossy(head);
    let mut words = text.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_create = method == "POST" && CREATES.iter().any(|known| path.ends_with(known));
    let is_question = !is_create && QUESTIONS.iter().any(|known| path.contains(known));
    (is_create, is_question)
}

fn content_length(head: &[u8]) -> usize {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let value = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
