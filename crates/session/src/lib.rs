//! One data folder brought to life: history, keys, transport, engine and, where wished, the sandbox.
//!
//! The window and the command line open the same thing, so they cannot disagree.

mod backups;
mod cover;
mod environment;
mod exports;
mod files;
mod folder;
mod ledger;
mod log;
mod network;
mod news;
mod played;
mod search;
mod settings;
mod short_links;
mod trash;
mod upkeep;
mod versions;
mod words;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use shiwen_core::{ProviderId, Timestamp};
use shiwen_engine::{Engine, Ownership, Parts, Running, SystemClock};
use shiwen_http::{Config, Reach, Sender};
use shiwen_sandbox::Sandbox;
use shiwen_secrets::{Keychain, Keys, Source};
use shiwen_store::Store;
use tokio::{sync::broadcast, task::JoinHandle};
use url::Url;

pub use backups::{history_folder, restore_backup};
pub use environment::{Environment, required_variables};
pub use exports::{ExportError, ImportError};
pub use files::{MediaError, MediaFile};
pub use shiwen_export::{Table, TemplateError};
pub use shiwen_secrets::KeychainError;
pub use shiwen_store::{Health, Salvage, StoreError};

pub use folder::{DataSize, FOLDER_NAME, default_folder};
pub use ledger::LedgerError;
pub use log::{LogFile, journal, layer as log_layer, path_without_home, plain, rfc3339};
pub use network::{NetworkError, kind_of_proxy};
pub use news::News;
pub use settings::{ExportWish, Language, OnClose, Settings, Theme};
pub use words::{Words, resolved};

use exports::Exports;
use files::Files;
use news::Underway;
use played::Played;
use short_links::ShortLinks;

/// How long an opening waits for another program that holds the file; the window shows nothing meanwhile.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often a process that is not the owner tries to become it.
const TAKE_OVER: Duration = Duration::from_millis(500);

/// What to open.
#[derive(Debug, Clone)]
pub struct Options {
    pub folder: PathBuf,
    pub mode: Mode,
    pub environment: Environment,
}

/// Real services with the user's keys, or simulated ones.
#[derive(Debug, Clone, PartialEq)]
pub enum Mode {
    Real,
    Sandbox {
        /// An already running sandbox; none plays one for this folder, on the same port in every run.
        url: Option<String>,
        /// Multiplies the sandbox's times: 1.0 is plausible, tests use less.
        pace: f64,
    },
}

impl Mode {
    /// The sandbox as the environment wishes it: `SHIWEN_SANDBOX_URL` names one that runs already,
    /// `SHIWEN_SANDBOX_PACE` makes it faster.
    pub fn sandbox() -> Self {
        let pace = std::env::var("SHIWEN_SANDBOX_PACE").ok().and_then(|pace| pace.parse().ok());
        Self::Sandbox {
            url: std::env::var("SHIWEN_SANDBOX_URL").ok().filter(|url| !url.is_empty()),
            pace: pace.filter(|pace: &f64| pace.is_finite() && *pace >= 0.0).unwrap_or(1.0),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the sandbox could not be started")]
    Sandbox(#[source] std::io::Error),
    #[error("the data folder cannot be locked")]
    Lock(#[source] std::io::Error),
    #[error("no data folder is known on this system; name one")]
    NoFolder,
}

/// An open data folder. Dropping it stops everything at once; [`Session::close`] waits for calls that are out.
pub struct Session {
    pub engine: Engine,
    pub sender: Arc<Sender>,
    pub mode: Mode,
    /// Where this session's history is; below the data folder in the sandbox.
    pub folder: PathBuf,
    /// The history was damaged, and this is what became of it; until [`Store::salvage_told`].
    pub salvaged: Option<Salvage>,
    files: Arc<Files>,
    exports: Exports,
    sandbox_url: Option<String>,
    played: Option<Played>,
    running: Arc<Mutex<Option<Running>>>,
    upkeep: Arc<Mutex<Option<JoinHandle<()>>>>,
    taking_over: Mutex<Option<JoinHandle<()>>>,
    news: broadcast::Sender<News>,
    telling: Mutex<Option<JoinHandle<()>>>,
}

impl Session {
    /// Opens the history and what belongs to it; a damaged one is kept aside and begun again with what can be read of it.
    /// Nothing is sent before [`Session::run`].
    ///
    /// # Errors
    /// When the history cannot be opened or the sandbox cannot listen.
    pub async fn open(options: &Options) -> Result<Self, SessionError> {
        let folder = history_folder(&options.folder, &options.mode);
        let opened = Store::open_or_salvage(&folder, PATIENCE, Timestamp::now())?;
        let (store, salvaged) = (opened.store, opened.salvaged);
        let played = match options.mode {
            Mode::Sandbox { url: None, pace } => {
                Some(Played::start(&folder, pace).await.map_err(SessionError::Sandbox)?)
            }
            _ => None,
        };
        let sandbox_url = match (&played, &options.mode) {
            (Some(played), _) => Some(played.url.clone()),
            (None, Mode::Sandbox { url, .. }) => url.clone(),
            (None, Mode::Real) => None,
        };
        let (keys, settings, pace, reach) = match &options.mode {
            Mode::Real => {
                let keys =
                    Keys::new(Source::Keychain(Keychain::new()), options.environment.secrets());
                (keys, options.environment.settings(), 1.0, Reach::Internet)
            }
            Mode::Sandbox { pace, .. } => {
                let (keys, settings) =
                    environment::of_sandbox(sandbox_url.as_deref().unwrap_or_default());
                // Faster than the real schedules, since a try-out should not be a wait.
                (
                    Keys::new(Source::Fixed(keys), BTreeMap::new()),
                    settings,
                    0.15 * pace,
                    Reach::ThisMachine,
                )
            }
        };
        let mut wish: Settings = store.setting(Settings::NAME)?;
        if wish.forget_proxy_users() {
            store.save_setting(Settings::NAME, &wish)?;
        }
        let sender = Arc::new(Sender::new(Config {
            proxy: network::proxy(&wish.proxy),
            proxies: network::proxies(&wish),
            user_agent: user_agent(),
            reach,
            short_links: sandbox_url
                .as_deref()
                .and_then(|url| Url::parse(&Sandbox::short_links_at(url)).ok()),
        }));
        let follower = ShortLinks { sender: sender.clone(), store: store.clone() };
        let engine = Engine::new(Parts {
            store,
            transport: sender.clone(),
            follower: Some(Arc::new(follower)),
            keys: Arc::new(keys),
            clock: Arc::new(SystemClock),
            pace,
            // In the sandbox as short as the one that it plays.
            minute: Duration::from_secs(60).mul_f64(pace),
            settings,
        });
        // What is tried out does not lie among the user's own files.
        let usual = match &options.mode {
            Mode::Real => folder::downloads(),
            Mode::Sandbox { .. } => None,
        };
        let usual = usual.unwrap_or_else(|| folder.join("downloads"));
        let exports = Exports::new(engine.store().clone(), usual.clone());
        let files = Files::new(engine.clone(), sender.clone(), pace, &folder, usual);
        Ok(Self {
            engine,
            sender,
            mode: options.mode.clone(),
            folder,
            salvaged,
            files: Arc::new(files),
            exports,
            sandbox_url,
            played,
            running: Arc::default(),
            upkeep: Arc::default(),
            taking_over: Mutex::default(),
            news: broadcast::channel(news::BACKLOG).0,
            telling: Mutex::default(),
        })
    }

    /// Brings the tasks to life if no other process owns this folder; else goes on trying in the background, since
    /// the owner may end. Answers whether this process is the owner now.
    ///
    /// # Errors
    /// When the lock or the history cannot be used.
    pub fn run(&self) -> Result<bool, SessionError> {
        let backs_up = self.mode == Mode::Real;
        self.tell_news()?;
        if start(&self.engine, &self.files, &self.folder, &self.running)? {
            let keeping = upkeep::keep(self.engine.clone(), self.files.clone(), backs_up);
            // Boxed, as all that is spawned: the runtime's code for a task is some kilobytes for each kind of future.
            *held(&self.upkeep) = Some(tokio::spawn(keeping.boxed()));
            return Ok(true);
        }
        let (engine, files) = (self.engine.clone(), self.files.clone());
        let (folder, running) = (self.folder.clone(), self.running.clone());
        let kept = self.upkeep.clone();
        let taking_over = async move {
            loop {
                tokio::time::sleep(TAKE_OVER).await;
                // Meanwhile the owner writes; whoever listens here is told to read again.
                let _ = engine.store().notice_others();
                match start(&engine, &files, &folder, &running) {
                    Ok(true) => {
                        let keeping = upkeep::keep(engine, files, backs_up);
                        *held(&kept) = Some(tokio::spawn(keeping.boxed()));
                        break;
                    }
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%error, "cannot take over the tasks"),
                }
            }
        };
        *held(&self.taking_over) = Some(tokio::spawn(taking_over.boxed()));
        Ok(false)
    }

    /// What comes to rest from now on, once this session runs.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// From before the engine's start on, so that nothing it does is missed.
    fn tell_news(&self) -> Result<(), SessionError> {
        let store = self.engine.store().clone();
        let changes = store.changes();
        let underway = Underway::at_start(&store)?;
        let telling = news::tell(store, changes, underway, self.news.clone());
        let telling = tokio::spawn(telling.boxed());
        if let Some(before) = held(&self.telling).replace(telling) {
            before.abort();
        }
        Ok(())
    }

    /// Whether this process owns the tasks of the folder.
    pub fn is_owner(&self) -> bool {
        held(&self.running).is_some()
    }

    /// The simulated services' address, where this session has one.
    pub fn sandbox_url(&self) -> Option<&str> {
        self.sandbox_url.as_deref()
    }

    /// Takes no more work and waits for calls that are out: for create calls until they have ended.
    pub async fn close(&self) {
        self.stop_taking_over();
        self.stop_upkeep();
        self.stop_telling();
        self.files.close().await;
        self.exports.close().await;
        let running = held(&self.running).take();
        if let Some(running) = running {
            running.stop().await;
        }
        if let Some(played) = &self.played {
            played.stop().await;
        }
        // A program may end without dropping what it holds; this end is one in order all the same.
        self.engine.store().close();
    }

    fn stop_upkeep(&self) {
        if let Some(upkeep) = held(&self.upkeep).take() {
            upkeep.abort();
        }
    }

    fn stop_telling(&self) {
        if let Some(telling) = held(&self.telling).take() {
            telling.abort();
        }
    }

    fn stop_taking_over(&self) {
        if let Some(taking_over) = held(&self.taking_over).take() {
            taking_over.abort();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop_taking_over();
        self.stop_upkeep();
        self.stop_telling();
        self.files.stop();
        self.exports.stop();
    }
}

fn start(
    engine: &Engine,
    files: &Files,
    folder: &Path,
    running: &Mutex<Option<Running>>,
) -> Result<bool, SessionError> {
    let Some(ownership) = Ownership::take(folder).map_err(SessionError::Lock)? else {
        return Ok(false);
    };
    let started = engine.start(ownership)?;
    *held(running) = Some(started);
    files.run()?;
    Ok(true)
}

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn user_agent() -> String {
    format!("Shiwen/{}", env!("CARGO_PKG_VERSION"))
}

/// Secrets by provider and field.
type Secrets = BTreeMap<ProviderId, BTreeMap<String, shiwen_secrets::Secret>>;
