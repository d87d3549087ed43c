//! A service whose tasks take as long as real ones were seen to, and who keeps count of what it is asked.
//!
//! The engine and the store are the real ones; the file lies in memory where the system has room there, so that
//! thousands of commits take seconds.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use shiwen_core::{Input, Operation, ProviderId, Submission, TaskState, Timestamp};
use shiwen_engine::{Clock, Engine, Ownership, Parts, Running};
use shiwen_http::{Purpose, Request, Response, Sending, Transport};
use shiwen_secrets::{Keys, Secret, Source};
use shiwen_store::Store;
use tempfile::TempDir;
use tokio::time::Instant;

/// No smallest wait is documented of it, so nothing but the schedule decides when it is asked.
pub(crate) const SERVICE: ProviderId = ProviderId::Coze;
/// From a call to its arrival, and from there to its answer.
pub(crate) const WAY: Duration = Duration::from_millis(40);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// Durations with this median in seconds: log-normal, most within a third below and above, three in a hundred four
/// times as long.
pub(crate) struct Durations {
    rng: fastrand::Rng,
    median: f64,
}

impl Durations {
    pub(crate) fn new(median: f64, seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed), median }
    }

    pub(crate) fn draw(&mut self) -> Duration {
        let (u, v) = (1.0 - self.rng.f64(), self.rng.f64());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        let straggles = if self.rng.f64() < 0.03 { 4.0 } else { 1.0 };
        Duration::from_secs_f64(self.median * (0.43 * normal).exp() * straggles)
    }
}

/// A task as the service has it.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    pub(crate) took: Duration,
    pub(crate) done_at: Instant,
    /// When its end was first told.
    pub(crate) told_at: Option<Instant>,
    pub(crate) asked: usize,
}

pub(crate) struct Service {
    pub(crate) durations: Durations,
    pub(crate) tasks: Vec<Remote>,
    /// When each call arrived.
    pub(crate) calls: Vec<Instant>,
    pub(crate) slots: usize,
    pub(crate) per_minute: Option<usize>,
    /// Calls that came although the minute was full.
    pub(crate) over: usize,
    /// Creates that came although every slot was taken.
    pub(crate) full: usize,
    /// Every call is refused until then, and is told so.
    pub(crate) closed: Option<(Instant, String)>,
    pub(crate) refused: usize,
}

impl Service {
    fn count(&mut self, now: Instant) -> Option<Response> {
        self.calls.push(now);
        if let Some((until, header)) = &self.closed {
            if now < *until {
                self.refused += 1;
                let headers = BTreeMap::from([("retry-after".to_owned(), header.clone())]);
                return Some(Response { status: 429, headers, body: b"{}".to_vec() });
            }
            self.closed = None;
        }
        let lately = self.calls.iter().rev().take_while(|at| **at + MINUTE > now).count();
        if self.per_minute.is_some_and(|most| lately > most) {
            self.over += 1;
            return Some(Response { status: 429, headers: BTreeMap::new(), body: b"{}".to_vec() });
        }
        None
    }

    fn create(&mut self, now: Instant) -> Response {
        if let Some(refused) = self.count(now) {
            return refused;
        }
        if self.tasks.iter().filter(|task| task.done_at > now).count() >= self.slots {
            self.full += 1;
            return said(&json!({ "code": 4999, "msg": "async run concurrency exceeded" }));
        }
        let took = self.durations.draw();
        let done_at = now + took;
        self.tasks.push(Remote { took, done_at, told_at: None, asked: 0 });
        said(&json!({ "code": 0, "msg": "", "execute_id": self.tasks.len().to_string() }))
    }

    fn status(&mut self, id: &str, now: Instant) -> Response {
        if let Some(refused) = self.count(now) {
            return refused;
        }
        let place = id.parse::<usize>().unwrap() - 1;
        let task = &mut self.tasks[place];
        task.asked += 1;
        let item = if now >= task.done_at {
            task.told_at.get_or_insert(now);
            json!({ "execute_id": id, "execute_status": "Success", "output": "先把土翻松。" })
        } else {
            json!({ "execute_id": id, "execute_status": "Running", "output": "" })
        };
        said(&json!({ "code": 0, "msg": "", "data": [item] }))
    }
}

fn said(body: &serde_json::Value) -> Response {
    Response { status: 200, headers: BTreeMap::new(), body: body.to_string().into_bytes() }
}

#[derive(Clone)]
struct Wire(Arc<Mutex<Service>>);

impl Transport for Wire {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            tokio::time::sleep(WAY).await;
            let path = request.url.path();
            let answer = match request.purpose {
                Purpose::Spend => self.0.lock().unwrap().create(Instant::now()),
                Purpose::Read => {
                    let id = path.rsplit('/').next().unwrap();
                    self.0.lock().unwrap().status(id, Instant::now())
                }
            };
            tokio::time::sleep(WAY).await;
            Ok(answer)
        })
    }
}

/// Wall time that follows the paused clock.
struct Wall(Instant);

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp(1_790_000_000_000).after(self.0.elapsed())
    }
}

/// The real engine on a real file, in front of the service.
pub(crate) struct World {
    pub(crate) service: Arc<Mutex<Service>>,
    pub(crate) engine: Engine,
    running: Running,
    folder: TempDir,
    /// When the wall clock began.
    begun: Instant,
    submitted: usize,
}

impl World {
    /// With the same seed everything happens again as it did.
    pub(crate) fn new(median: f64, seed: u64) -> Self {
        fastrand::seed(seed);
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let service = Arc::new(Mutex::new(Service {
            durations: Durations::new(median, seed),
            tasks: Vec::new(),
            calls: Vec::new(),
            slots: usize::MAX,
            per_minute: None,
            over: 0,
            full: 0,
            closed: None,
            refused: 0,
        }));
        let begun = Instant::now();
        let engine = engine(folder.path(), &service, begun);
        let running = engine.start(Ownership::take(folder.path()).unwrap().unwrap()).unwrap();
        Self { service, engine, running, folder, begun, submitted: 0 }
    }

    /// A second run of the program on the same file.
    pub(crate) async fn restart(self) -> Self {
        let Self { service, engine, running, folder, begun, submitted } = self;
        running.stop().await;
        drop(engine);
        let engine = self::engine(folder.path(), &service, begun);
        let running = engine.start(Ownership::take(folder.path()).unwrap().unwrap()).unwrap();
        Self { service, engine, running, folder, begun, submitted }
    }

    /// Every call is refused until then. `header` says so as a service would.
    pub(crate) fn close(&self, long: Duration, header: impl FnOnce(Timestamp) -> String) {
        let header = header(Wall(self.begun).now().after(long));
        self.service.lock().unwrap().closed = Some((Instant::now() + long, header));
    }

    pub(crate) fn calls(&self) -> usize {
        self.service.lock().unwrap().calls.len()
    }

    /// So many tasks may run at once, here and there.
    pub(crate) fn slots(&self, slots: u32) {
        self.engine.store().change_provider(SERVICE, |record| record.slots = Some(slots)).unwrap();
        self.service.lock().unwrap().slots = slots as usize;
    }

    pub(crate) fn per_minute(&self, most: u32) {
        self.engine.limit_calls(SERVICE, Some(most));
        self.service.lock().unwrap().per_minute = Some(most as usize);
    }

    pub(crate) fn submit(&mut self, count: usize) {
        let urls: Vec<String> = (0..count)
            .map(|n| format!("https://v.douyin.com/c{:07}/", self.submitted + n))
            .collect();
        self.submitted += count;
        let ids = self.engine.create_tasks(&Submission {
            share_text: urls.join(" 看看 "),
            urls,
            again: Vec::new(),
            provider: SERVICE,
            operation: Operation::Transcribe,
            target_language: None,
            input: Input::new(),
            together: false,
            then: Vec::new(),
        });
        assert_eq!(ids.unwrap().len(), count);
    }

    /// Until everything that was ever submitted has ended well.
    pub(crate) async fn all_done(&self) {
        let deadline = Instant::now() + Duration::from_secs(24 * 60 * 60);
        loop {
            let done = self.engine.store().count_in(TaskState::Succeeded).unwrap();
            if done as usize == self.submitted {
                return;
            }
            assert!(Instant::now() < deadline, "{done} of {} are done", self.submitted);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Lets the engine learn from so many tasks, then forgets that they ever were.
    pub(crate) async fn learn_from(&mut self, count: usize) {
        self.submit(count);
        self.all_done().await;
        let mut service = self.service.lock().unwrap();
        for task in &mut service.tasks {
            task.asked = 0;
        }
        service.calls.clear();
    }

    /// The tasks behind the first so many.
    pub(crate) fn tasks_after(&self, first: usize) -> Vec<Remote> {
        self.service.lock().unwrap().tasks[first..].to_vec()
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }
}

fn engine(folder: &Path, service: &Arc<Mutex<Service>>, start: Instant) -> Engine {
    let workflows = r#"[{"name":"文案","id":"7000000000000000202","gives":"transcript"}]"#;
    let settings = BTreeMap::from([("workflows".to_owned(), workflows.to_owned())]);
    let secrets = BTreeMap::from([("token".to_owned(), Secret::new("invented"))]);
    Engine::new(Parts {
        store: Store::open(folder).unwrap(),
        transport: Arc::new(Wire(service.clone())),
        follower: None,
        keys: Arc::new(Keys::new(
            Source::Fixed(BTreeMap::from([(SERVICE, secrets)])),
            BTreeMap::new(),
        )),
        clock: Arc::new(Wall(start)),
        pace: 1.0,
        minute: MINUTE,
        settings: BTreeMap::from([(SERVICE, settings)]),
    })
}

/// What was found out of many tasks or runs: the mean and the 95th of a hundred.
pub(crate) fn mean_and_p95(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean, values[values.len() * 95 / 100])
}

/// Whether the whole proof is wanted, and not only its short form.
pub(crate) fn proves() -> bool {
    std::env::var_os("SHIWEN_PROVE").is_some_and(|value| value == "1")
}

/// One figure of the proof, for whoever reads the output.
pub(crate) fn figure(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.3} {unit}");
}

/// When the last of these tasks would be done if each were asked after once, at the moment of its end, under the same
/// limits: creates first, then the oldest.
pub(crate) fn oracle(took: &[Duration], slots: usize, per_minute: Option<usize>) -> Duration {
    let mut free: Vec<Duration> = vec![Duration::ZERO; slots];
    let mut waiting = took.iter();
    let mut next = waiting.next();
    // Ends of the tasks that run.
    let mut ends: Vec<Duration> = Vec::new();
    let mut calls: Vec<Duration> = Vec::new();
    let mut last = Duration::ZERO;
    loop {
        // The earliest at which one more call may arrive.
        let minute =
            per_minute.and_then(|most| Some(calls[calls.len().checked_sub(most)?] + MINUTE));
        let now = minute.unwrap_or_default().max(calls.last().copied().unwrap_or_default());
        free.sort_unstable();
        ends.sort_unstable();
        let create = free.first().filter(|_| next.is_some()).map(|free| now.max(*free + WAY));
        let ask = ends.first().map(|end| now.max(*end));
        match (create, ask) {
            (Some(create), ask) if ask.is_none_or(|ask| create <= ask) => {
                calls.push(create);
                free.remove(0);
                ends.push(create + next.copied().unwrap_or_default());
                next = waiting.next();
            }
            (_, Some(ask)) => {
                calls.push(ask);
                ends.remove(0);
                free.push(ask + WAY);
                last = last.max(ask + WAY);
            }
            (_, None) => return last,
        }
    }
}
