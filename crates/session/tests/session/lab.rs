//! The engine alone with the real sender and store, for accounts that the sandbox's own session does not have, and for
//! looking at every answer.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use shiwen_core::{ProviderId, Timestamp};
use shiwen_engine::{Clock, Engine, Ownership, Parts, Running};
use shiwen_http::{Config, Proxy, Reach, Request, Sender, Sending, Transport};
use shiwen_providers::{Account, Job, service};
use shiwen_sandbox::{Options, Sandbox};
use shiwen_secrets::{Keys, Secret, Source};
use shiwen_store::Store;
use tempfile::TempDir;

/// The real sender, which also notes the status of every answer.
pub(crate) struct Watched {
    sender: Sender,
    statuses: Mutex<Vec<u16>>,
}

impl Transport for Watched {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let answer = self.sender.send(request).await;
            if let Ok(answer) = &answer {
                self.statuses.lock().unwrap().push(answer.status);
            }
            answer
        })
    }
}

/// The system's clock, which a test may put on: some waits are the same at every pace.
#[derive(Default)]
pub(crate) struct Ahead(AtomicU64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp::now().after(Duration::from_secs(self.0.load(Ordering::Relaxed)))
    }
}

/// Fields of an account by name, each with whether it is a secret.
pub(crate) type Fields<'a> = &'a [(&'a str, bool, &'a str)];

pub(crate) struct Lab {
    pub(crate) engine: Engine,
    pub(crate) sandbox: Sandbox,
    provider: ProviderId,
    account: Account,
    transport: Arc<Watched>,
    clock: Arc<Ahead>,
    running: Running,
    folder: TempDir,
}

impl Lab {
    /// An engine with one account, which uses a sandbox of its own. `base` stands behind the sandbox's address.
    pub(crate) async fn new(
        wish: Options,
        provider: ProviderId,
        base: &str,
        fields: Fields<'_>,
    ) -> Self {
        let pace = wish.pace;
        let sandbox = Sandbox::start(wish).await.unwrap();
        let mut settings =
            BTreeMap::from([("base_url".to_owned(), format!("{}{base}", sandbox.url()))]);
        let mut secrets = BTreeMap::new();
        for (name, secret, value) in fields {
            if *secret {
                secrets.insert((*name).to_owned(), Secret::new(*value));
            } else {
                settings.insert((*name).to_owned(), (*value).to_owned());
            }
        }
        let card = service(provider).unwrap().card();
        let account = Account::new(card, settings.clone(), secrets.clone()).unwrap();
        let folder = TempDir::new().unwrap();
        let transport = Arc::new(Watched {
            sender: Sender::new(Config {
                proxy: Proxy::None,
                proxies: BTreeMap::new(),
                user_agent: "Shiwen/test".to_owned(),
                reach: Reach::ThisMachine,
                short_links: None,
            }),
            statuses: Mutex::default(),
        });
        let clock = Arc::new(Ahead::default());
        let engine = Engine::new(Parts {
            store: Store::open(folder.path()).unwrap(),
            transport: transport.clone(),
            follower: None,
            keys: Arc::new(Keys::new(
                Source::Fixed(BTreeMap::from([(provider, secrets)])),
                BTreeMap::new(),
            )),
            clock: clock.clone(),
            // As a session in the sandbox has it.
            pace: 0.15 * pace,
            minute: Duration::from_secs(9).mul_f64(pace),
            settings: BTreeMap::from([(provider, settings)]),
        });
        let ownership = Ownership::take(folder.path()).unwrap().unwrap();
        let running = engine.start(ownership).unwrap();
        Self { engine, sandbox, provider, account, transport, clock, running, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Waits until so many calls arrived at a route.
    pub(crate) async fn asked(&self, route: &str, times: u64) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.sandbox.calls().routes.get(route).is_none_or(|asked| *asked < times) {
            assert!(Instant::now() < deadline, "{route} was asked too seldom");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Puts the engine's clock on by so many seconds.
    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
        self.engine.nudge();
    }

    /// What the service answers to the same call from somewhere else, which the engine knows nothing of.
    pub(crate) async fn create_elsewhere(&self, job: &Job<'_>) -> serde_json::Value {
        let request = service(self.provider).unwrap().create(job, &self.account).unwrap();
        let answer = self.transport.send(&request).await.unwrap();
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// How many answers had this status.
    pub(crate) fn answers_with(&self, status: u16) -> usize {
        let statuses = self.transport.statuses.lock().unwrap();
        statuses.iter().filter(|seen| **seen == status).count()
    }

    pub(crate) async fn close(self) -> shiwen_sandbox::Calls {
        self.running.stop().await;
        let calls = self.sandbox.calls();
        self.sandbox.stop().await;
        calls
    }
}
