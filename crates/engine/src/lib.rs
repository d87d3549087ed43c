//! Tasks come alive: submitted once, followed to their end, resumed after a restart.
//!
//! The store is the truth; the engine holds no state that a crash could lose. It knows no SQL and no wire format.
//! Clock and transport come from outside, so that tests own both.

mod accounts;
mod books;
mod clock;
mod day;
mod detect;
mod direct;
mod error;
mod evidence;
mod failover;
mod failures;
mod follow;
mod health;
mod landing;
mod learn;
mod limits;
mod lists;
mod look_up;
mod network;
mod order;
mod owner;
mod pace;
mod pastes;
mod refresh;
mod run;
mod schedule;
mod slots;
mod submit;
mod turn;
mod usual;
mod waking;
mod window;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize},
    },
    time::Duration,
};

use shiwen_core::{ProviderId, TaskId, Timestamp};
use shiwen_http::Transport;
use shiwen_secrets::Keys;
use shiwen_store::Store;
use tokio::sync::{Notify, Semaphore, watch};

pub use clock::{Clock, SystemClock};
pub use error::{EngineError, FailureError};
pub use landing::{Follower, Following};
pub use network::Network;
pub use owner::Ownership;
pub use run::Running;

use landing::Asked;
use look_up::Wanted;
use network::{Seen, Watched};
use pace::Holds;
use run::Call;
use usual::Learned;

/// What an engine is made of.
pub struct Parts {
    pub store: Store,
    pub transport: Arc<dyn Transport>,
    /// None leaves short links as they are.
    pub follower: Option<Arc<dyn Follower>>,
    pub keys: Arc<Keys>,
    pub clock: Arc<dyn Clock>,
    /// Multiplies every wait of the follow-up schedules: 1.0 for real services, less in the sandbox.
    pub pace: f64,
    /// How long the minute is in which a provider takes so many calls: 60 s for real services.
    pub minute: Duration,
    /// Settings that replace the saved ones for this run, e.g. the sandbox's base URLs or the environment's.
    pub settings: BTreeMap<ProviderId, BTreeMap<String, String>>,
}

/// The engine of one data folder. Cheap to clone; all clones are one engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    /// Tasks with a call out.
    out: Mutex<HashMap<TaskId, Call>>,
    /// Calls out that belong to no task and may not be made twice.
    direct: AtomicUsize,
    holds: Mutex<Holds>,
    learned: Mutex<Learned>,
    network: Arc<Seen>,
    asked: Mutex<Asked>,
    wanted: Mutex<Wanted>,
    follows: Semaphore,
    /// Short links are not to be followed in this run.
    leaves_links: AtomicBool,
    /// Nothing is submitted until the hold is released.
    held: AtomicBool,
    wake: Notify,
}

impl Engine {
    pub fn new(mut parts: Parts) -> Self {
        let (transport, network) = Watched::new(parts.transport, parts.clock.clone(), parts.pace);
        parts.transport = transport;
        let inner = Inner {
            parts,
            out: Mutex::default(),
            direct: AtomicUsize::default(),
            holds: Mutex::default(),
            learned: Mutex::default(),
            network,
            asked: Mutex::default(),
            wanted: Mutex::default(),
            follows: Semaphore::new(landing::AT_ONCE),
            leaves_links: AtomicBool::new(false),
            held: AtomicBool::new(false),
            wake: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub fn store(&self) -> &Store {
        &self.inner.parts.store
    }

    /// Whether there is a network, as the calls find out.
    pub fn network(&self) -> watch::Receiver<Network> {
        self.inner.network.network()
    }

    fn now(&self) -> Timestamp {
        self.inner.parts.clock.now()
    }

    fn out(&self) -> MutexGuard<'_, HashMap<TaskId, Call>> {
        self.inner.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holds(&self) -> MutexGuard<'_, Holds> {
        self.inner.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.inner.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.inner.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.inner.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
