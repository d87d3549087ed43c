//! A laboratory: the real engine on a real file, with a transport and a clock that the test owns.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shiwen_core::{Input, Operation, ProviderId, Submission, Task, TaskId, TaskState, Timestamp};
use shiwen_engine::{Clock, Engine, Follower, Ownership, Parts, Running};
use shiwen_http::{Cause, Purpose, Request, Response, SendError, Sending, Transport};
use shiwen_secrets::{Keys, Secret, Source};
use shiwen_store::Store;
use tempfile::TempDir;
use tokio::time::Instant;

/// What the service does with one call.
#[derive(Debug, Clone)]
pub(crate) enum Play {
    Answer(u16, String),
    Headed(u16, Vec<(String, String)>, String),
    NotSent,
    /// Nobody to look the name up: no network.
    NoName,
    Ambiguous,
    /// Never answers.
    Hang,
}

/// A service played from a script: one line for creates, one for everything else. The last of a line repeats.
#[derive(Default)]
pub(crate) struct Script {
    creates: Mutex<VecDeque<Play>>,
    reads: Mutex<VecDeque<Play>>,
    pub(crate) created: AtomicUsize,
    pub(crate) read: AtomicUsize,
    /// Creates out at this moment, and the most there ever were.
    out: AtomicUsize,
    pub(crate) most_out: AtomicUsize,
    /// Looks at the world at the moment a create leaves.
    pub(crate) on_create: Mutex<Option<Box<dyn Fn() + Send>>>,
    pub(crate) last_body: Mutex<String>,
    /// Answers instead of both lines, where there is one.
    plays: Mutex<Option<Plays>>,
    /// When each call left, and what it asked.
    pub(crate) calls: Mutex<Vec<(Instant, String)>>,
}

/// Answers a call by what it asks.
type Plays = Box<dyn Fn(&str) -> Play + Send>;

impl Script {
    pub(crate) fn creates(&self, plays: impl IntoIterator<Item = Play>) {
        *self.creates.lock().unwrap() = plays.into_iter().collect();
    }

    pub(crate) fn reads(&self, plays: impl IntoIterator<Item = Play>) {
        *self.reads.lock().unwrap() = plays.into_iter().collect();
    }

    pub(crate) fn created(&self) -> usize {
        self.created.load(Ordering::SeqCst)
    }

    pub(crate) fn read_calls(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }

    /// From now on every call is answered by its method and path, e.g. `GET /api/v1/videos/vid_1`.
    pub(crate) fn plays(&self, plays: impl Fn(&str) -> Play + Send + 'static) {
        *self.plays.lock().unwrap() = Some(Box::new(plays));
    }

    /// The calls that began with this, in the order in which they left.
    pub(crate) fn calls_to(&self, begin: &str) -> Vec<Instant> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(_, asked)| asked.starts_with(begin)).map(|(at, _)| *at).collect()
    }

    fn next(&self, purpose: Purpose, asked: &str) -> Play {
        if let Some(plays) = self.plays.lock().unwrap().as_ref() {
            return plays(asked);
        }
        let mut line = match purpose {
            Purpose::Spend => self.creates.lock().unwrap(),
            Purpose::Read => self.reads.lock().unwrap(),
        };
        if line.len() > 1 {
            line.pop_front().unwrap()
        } else {
            line.front().cloned().unwrap_or(Play::NotSent)
        }
    }
}

impl Transport for Script {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let method = format!("{:?}", request.method).to_uppercase();
            let asked = format!("{method} {}", request.url.path());
            self.calls.lock().unwrap().push((Instant::now(), asked.clone()));
            if request.purpose == Purpose::Spend {
                let number = self.created.fetch_add(1, Ordering::SeqCst) + 1;
                let out = self.out.fetch_add(1, Ordering::SeqCst) + 1;
                self.most_out.fetch_max(out, Ordering::SeqCst);
                if let Some(look) = self.on_create.lock().unwrap().as_ref() {
                    look();
                }
                let body = request.body.clone().unwrap_or_default();
                *self.last_body.lock().unwrap() = String::from_utf8(body).unwrap();
                tokio::time::sleep(Duration::from_millis(300)).await;
                self.out.fetch_sub(1, Ordering::SeqCst);
                return play(self.next(Purpose::Spend, &asked), number).await;
            }
            let number = self.read.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
            play(self.next(Purpose::Read, &asked), number).await
        })
    }
}

async fn play(play: Play, number: usize) -> Result<Response, SendError> {
    match play {
        Play::Answer(status, body) => Ok(Response {
            status,
            headers: BTreeMap::new(),
            body: body.replace("{n}", &number.to_string()).into_bytes(),
        }),
        Play::Headed(status, headers, body) => Ok(Response {
            status,
            headers: headers.into_iter().collect(),
            body: body.replace("{n}", &number.to_string()).into_bytes(),
        }),
        Play::NotSent => {
            Err(SendError::NotSent { cause: Cause::Connect, detail: "refused".to_owned() })
        }
        Play::NoName => {
            Err(SendError::NotSent { cause: Cause::Dns, detail: "no such name".to_owned() })
        }
        Play::Ambiguous => Err(SendError::Ambiguous {
            cause: Cause::Broken,
            detail: "closed".to_owned(),
            status: None,
        }),
        Play::Hang => std::future::pending().await,
    }
}

/// Wall time that follows tokio's paused clock, and may run ahead of it.
struct LabClock {
    start: Instant,
    asleep: Mutex<Duration>,
    behind: Mutex<Duration>,
    /// Passes with every look at the clock, as on a machine that is slow between two lines.
    per_look: Mutex<Duration>,
}

impl Clock for LabClock {
    fn now(&self) -> Timestamp {
        *self.asleep.lock().unwrap() += *self.per_look.lock().unwrap();
        let ahead =
            Timestamp(1_790_000_000_000).after(self.start.elapsed() + *self.asleep.lock().unwrap());
        let behind = i64::try_from(self.behind.lock().unwrap().as_millis()).unwrap();
        Timestamp(ahead.0 - behind)
    }
}

pub(crate) const CANARY: &str = "canary-7d1f-user-id";

pub(crate) struct Lab {
    pub(crate) folder: TempDir,
    pub(crate) script: Arc<Script>,
    pub(crate) keys: Arc<Keys>,
    clock: Arc<LabClock>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let secrets = |name: &str| BTreeMap::from([(name.to_owned(), Secret::new(CANARY))]);
        let all = BTreeMap::from([
            (ProviderId::Momoget, secrets("user_id")),
            (ProviderId::RawUgc, secrets("api_key")),
        ]);
        Self::with_keys(Keys::new(Source::Fixed(all), BTreeMap::new()))
    }

    pub(crate) fn with_keys(keys: Keys) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            script: Arc::default(),
            keys: Arc::new(keys),
            clock: Arc::new(LabClock {
                start: Instant::now(),
                asleep: Mutex::default(),
                behind: Mutex::default(),
                per_look: Mutex::default(),
            }),
        }
    }

    /// From now on the keys come from elsewhere, as when the user changed them between two runs.
    pub(crate) fn change_keys(&mut self, keys: Keys) {
        self.keys = Arc::new(keys);
    }

    /// An engine on the lab's file, as after a start of the program. It sends nothing before it is started.
    pub(crate) fn engine(&self) -> Engine {
        self.engine_of(None)
    }

    /// The same with somebody who follows short links.
    pub(crate) fn engine_with(&self, follower: Arc<dyn Follower>) -> Engine {
        self.engine_of(Some(follower))
    }

    fn engine_of(&self, follower: Option<Arc<dyn Follower>>) -> Engine {
        Engine::new(Parts {
            store: Store::open(self.folder.path()).unwrap(),
            transport: self.script.clone(),
            follower,
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            pace: 1.0,
            minute: Duration::from_secs(60),
            settings: BTreeMap::new(),
        })
    }

    /// The lid was closed for this long: wall time went on, timers did not.
    pub(crate) fn sleep(&self, long: Duration) {
        *self.clock.asleep.lock().unwrap() += long;
    }

    /// The clock was set back by this much.
    pub(crate) fn set_back(&self, by: Duration) {
        *self.clock.behind.lock().unwrap() += by;
    }

    /// From now on this much time passes between any two looks at the clock.
    pub(crate) fn slow_down(&self, per_look: Duration) {
        *self.clock.per_look.lock().unwrap() = per_look;
    }

    /// A running engine with one task queued.
    pub(crate) fn submitted(&self) -> (Engine, Running, TaskId) {
        let engine = self.engine();
        let running = self.start(&engine);
        let id = submit(&engine, &["aaaa1111"])[0];
        (engine, running, id)
    }

    pub(crate) fn start(&self, engine: &Engine) -> Running {
        engine.start(Ownership::take(self.folder.path()).unwrap().unwrap()).unwrap()
    }
}

/// Ends an engine as a kill would: nothing runs on, and nothing more is written.
pub(crate) async fn kill(running: Running, engine: Engine) {
    drop(running);
    drop(engine);
    // The runtime drops what was aborted when it comes to it.
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Queues one task per code and answers their ids.
pub(crate) fn submit(engine: &Engine, codes: &[&str]) -> Vec<TaskId> {
    engine.create_tasks(&submission(codes)).unwrap()
}

/// The same, all in as few create calls as the provider takes.
pub(crate) fn submit_together(engine: &Engine, codes: &[&str]) -> Vec<TaskId> {
    engine.create_tasks(&Submission { together: true, ..submission(codes) }).unwrap()
}

pub(crate) fn submission(codes: &[&str]) -> Submission {
    let urls: Vec<String> =
        codes.iter().map(|code| format!("https://v.douyin.com/{code}/")).collect();
    Submission {
        share_text: format!("复制打开抖音 {}", urls.join(" 看看 ")),
        urls,
        again: Vec::new(),
        provider: ProviderId::Momoget,
        operation: Operation::Transcribe,
        target_language: None,
        input: Input::new(),
        together: false,
        then: Vec::new(),
    }
}

/// Waits on the paused clock until the task is in this state, for at most a simulated day.
pub(crate) async fn until(engine: &Engine, id: TaskId, state: TaskState) -> Task {
    for _ in 0..(24 * 60 * 60 * 4) {
        let task = engine.store().task(id).unwrap();
        if task.state == state {
            return task;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("not {state} within a day: {:?}", engine.store().task(id).unwrap());
}

pub(crate) async fn hours(hours: u64) {
    // In small steps, so that the engine's own timers run in between.
    for _ in 0..(hours * 60) {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

pub(crate) fn accepted() -> Play {
    Play::Answer(
        200,
        r#"{"code":201,"task_id":"remote-{n}","status":"pending","remaining_tasks":41}"#.to_owned(),
    )
}

pub(crate) fn status(word: &str) -> Play {
    Play::Answer(
        200,
        format!(r#"{{"code":200,"status":"{word}","total_count":1,"processed_count":0}}"#),
    )
}

pub(crate) fn result() -> Play {
    Play::Answer(
        200,
        r#"{"code":200,"status":"completed","title":"番茄","text":"先把土翻松。","data":{"items":[{"text":"先把土翻松。","status":"transcribed","url":"x"}]}}"#
            .to_owned(),
    )
}

pub(crate) fn refused(status: u16, detail: &str) -> Play {
    Play::Answer(status, serde_json::json!({ "detail": detail }).to_string())
}
