//! The open data folder behind the window, and how it is swapped for the sandbox and back.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use shiwen_core::{Desk, TaskPage};
use shiwen_session::{
    Environment, Language, Mode, Options, Session, SessionError, Settings, history_folder, resolved,
};
use shiwen_store::StoreError;
use tauri::{AppHandle, async_runtime::JoinHandle};

use crate::{
    arguments::Arguments,
    background, changes, desk,
    error::{CommandError, ErrorCode},
    ipc::{AppState, FirstScreen, Network, StartProblem, StartProblemKind},
    news,
    picked::Picked,
    progress, tray, updates,
};

/// Tasks on the first screen: what a window of the usual size shows and the list reads ahead. A larger one asks for more.
const FIRST: u32 = 40;

/// How long is waited for whoever else has the history open.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How long a change of the history waits for calls that are out; most are answered by then.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(50);

pub(crate) struct Shell {
    app: AppHandle,
    folder: PathBuf,
    mode: RwLock<Mode>,
    open: RwLock<Open>,
    /// Held while what is open changes.
    door: tokio::sync::Mutex<()>,
    /// The program starts anew when it ends.
    restarts: RwLock<Option<After>>,
    pub(crate) picked: Picked,
}

/// What becomes of the page's own files when the program starts anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Keeping,
    Forgetting,
}

impl After {
    /// After the history of `mode` was erased. The page keeps texts that were not saved yet, of the real history and of
    /// the sandbox in one place: with the real one all of them go, with the sandbox only its own, which the page sees to
    /// itself.
    pub(crate) fn erasing(mode: &Mode) -> Self {
        match mode {
            Mode::Real => Self::Forgetting,
            Mode::Sandbox { .. } => Self::Keeping,
        }
    }
}

/// A data folder that is being opened, and what the first screen shows of it: none when that cannot be read, so that the
/// window asks and says why.
pub(crate) type Begun = JoinHandle<Result<(Session, Option<FirstScreen>), SessionError>>;

/// Begins to open the data folder, beside what the system's windows need to be started. The first screen is read before the
/// tasks come to life: what that changes the page reads as soon as it listens.
pub(crate) fn begin(arguments: &Arguments) -> Begun {
    let options = options(&arguments.folder, mode_of(arguments));
    tauri::async_runtime::spawn(async move {
        let session = Session::open(&options).await?;
        let first = first_screen(&session).ok();
        Ok((session, first))
    })
}

fn first_screen(session: &Session) -> Result<FirstScreen, CommandError> {
    let store = session.engine.store();
    Ok(FirstScreen {
        app_state: state_of(session)?,
        settings: store.setting(Settings::NAME)?,
        tasks: store.tasks(Desk::Texts, None, FIRST)?,
        providers: session.engine.providers()?,
    })
}

/// What the window needs to know about the program.
fn state_of(session: &Session) -> Result<AppState, CommandError> {
    let store = session.engine.store();
    let health = store.health();
    let damaged = health.borrow().as_ref().is_some_and(|health| !health.is_sound());
    Ok(AppState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        language: resolved(Language::System),
        sandbox: session.mode != Mode::Real,
        sandbox_url: session.sandbox_url().map(str::to_owned),
        data_dir: session.folder.display().to_string(),
        downloads_dir: session.usual_folder().display().to_string(),
        problem: None,
        owner: session.is_owner(),
        has_provider: session.engine.providers()?.iter().any(|provider| provider.ready),
        task_count: store.tasks(Desk::Texts, None, 0)?.total,
        network: (*session.engine.network().borrow()).into(),
        salvage: store.salvaged()?.map(Into::into),
        damaged,
        download_page: updates::page().is_some(),
    })
}

fn mode_of(arguments: &Arguments) -> Mode {
    if arguments.sandbox { Mode::sandbox() } else { Mode::Real }
}

fn options(folder: &Path, mode: Mode) -> Options {
    Options { folder: folder.to_owned(), mode, environment: Environment::of_process() }
}

struct Open {
    session: Result<Arc<Session>, StartProblem>,
    forwarding: Vec<JoinHandle<()>>,
}

impl Shell {
    /// Takes over what was begun with [`begin`], brings the tasks to life and answers with the first screen as well. A folder
    /// that cannot be opened is part of what the window shows.
    pub(crate) async fn open(
        arguments: Arguments,
        begun: Begun,
        app: AppHandle,
    ) -> (Self, Option<FirstScreen>) {
        let mode = mode_of(&arguments);
        let shell = Self {
            app,
            folder: arguments.folder,
            mode: RwLock::new(mode.clone()),
            open: RwLock::new(Open { session: Err(no_problem()), forwarding: Vec::new() }),
            door: tokio::sync::Mutex::default(),
            restarts: RwLock::new(None),
            picked: Picked::default(),
        };
        let opened = match begun.await {
            Ok(opened) => opened,
            // It panicked, which has been logged; here it would end the program.
            Err(_) => shell.opened(mode).await.map(|session| (session, None)),
        };
        let (session, mut first) = match opened {
            Ok((session, first)) => (Ok(Arc::new(session)), first),
            Err(error) => {
                let problem = shell.problem(&error);
                let first = FirstScreen {
                    app_state: shell.state_with(problem.clone()),
                    settings: Settings::default(),
                    tasks: TaskPage { tasks: Vec::new(), total: 0, before: None },
                    providers: Vec::new(),
                };
                (Err(problem), Some(first))
            }
        };
        shell.put(session);
        shell.run().await;
        // Which program has the tasks is known only now.
        if let (Some(first), Ok(session)) = (&mut first, shell.session()) {
            first.app_state.owner = session.is_owner();
        }
        (shell, first)
    }

    /// The open session.
    ///
    /// # Errors
    /// While the history cannot be opened.
    pub(crate) fn session(&self) -> Result<Arc<Session>, CommandError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.session.clone().map_err(|_| {
            CommandError::plain(ErrorCode::DatabaseFailed, "the history could not be opened")
        })
    }

    /// Brings the tasks to life. Async only so that it runs within the runtime, where the engine's tasks live.
    pub(crate) async fn run(&self) {
        let Ok(session) = self.session() else { return };
        if let Err(error) = session.run() {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the tasks cannot be followed"
            );
        }
    }

    /// Closes what is open and opens the same folder in another mode, or anew in the same.
    ///
    /// # Errors
    /// When calls are out that cost money and take long, such as a streamed run: nothing has changed then. When the sandbox
    /// cannot start; the real history is opened again then.
    pub(crate) async fn reopen(&self, mode: Mode) -> Result<AppState, CommandError> {
        let _door = self.door.lock().await;
        self.calls_end_soon().await?;
        self.close().await;
        self.open_anew(mode).await
    }

    /// Opens what was closed without anything in its place.
    #[cfg(feature = "updater")]
    pub(crate) async fn open_again(&self) -> Result<AppState, CommandError> {
        let _door = self.door.lock().await;
        self.open_anew(self.mode()).await
    }

    async fn open_anew(&self, mode: Mode) -> Result<AppState, CommandError> {
        let opened = self.opened(mode).await;
        let failed = match opened {
            Ok(session) => {
                self.put(Ok(Arc::new(session)));
                None
            }
            Err(error @ SessionError::Sandbox(_)) => {
                let real = self.opened(Mode::Real).await;
                self.put(real.map(Arc::new).map_err(|error| self.problem(&error)));
                Some(error)
            }
            Err(error) => {
                self.put(Err(self.problem(&error)));
                None
            }
        };
        self.run().await;
        desk::reopened(&self.app);
        match failed {
            Some(error) => Err(error.into()),
            None => self.state(),
        }
    }

    /// Ends the session and does something with the files of its history, which nobody here has open then. Where that
    /// succeeds the program is to be started anew, else the history is opened again as it is.
    ///
    /// # Errors
    /// What `act` ended with; [`StoreError::Busy`] while another program has the history open.
    pub(crate) async fn replace(
        &self,
        act: impl Fn() -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let _door = self.door.lock().await;
        self.close().await;
        self.put(Err(no_problem()));
        let acted = tauri::async_runtime::spawn_blocking(move || once_alone(act)).await;
        let acted = acted.unwrap_or(Err(StoreError::Busy));
        if acted.is_err()
            && let Err(error) = self.open_anew(self.mode()).await
        {
            tracing::error!(%error.message, "the history was not opened again");
        }
        acted
    }

    /// Ends the program and starts it anew.
    pub(crate) fn restart(&self, after: After) {
        *self.restarts.write().unwrap_or_else(PoisonError::into_inner) = Some(after);
        self.app.exit(0);
    }

    /// Whether the program is to start anew now that it ends. Sees to what is to be done before.
    pub(crate) fn restarts(&self) -> bool {
        let after = *self.restarts.read().unwrap_or_else(PoisonError::into_inner);
        if after == Some(After::Forgetting)
            && let Err(error) = std::fs::remove_dir_all(self.webview_folder())
        {
            tracing::warn!(%error, "what the page keeps was not deleted");
        }
        after.is_some()
    }

    /// Where the history is that is open, or would be if it could be opened.
    pub(crate) fn history_folder(&self) -> PathBuf {
        history_folder(&self.folder, &self.mode())
    }

    pub(crate) async fn close(&self) {
        let session = self.session();
        if let Ok(session) = session {
            session.close().await;
        }
    }

    /// Lets no create call begin any more, and waits for those that are out, for as long as nobody minds.
    ///
    /// # Errors
    /// When one is still out; all goes on then.
    pub(crate) async fn calls_end_soon(&self) -> Result<(), CommandError> {
        let begin = tokio::time::Instant::now();
        while self.hold() {
            if begin.elapsed() > ANSWERED_WITHIN {
                self.release();
                let why = "create calls are out whose answer would be waited for";
                return Err(CommandError::plain(ErrorCode::CallsOut, why));
            }
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }

    /// Lets no create call begin any more, and answers whether one is out.
    pub(crate) fn hold(&self) -> bool {
        self.session().is_ok_and(|session| {
            session.engine.hold();
            session.engine.submitting() > 0
        })
    }

    /// Create calls may begin again.
    pub(crate) fn release(&self) {
        if let Ok(session) = self.session() {
            session.engine.release();
        }
    }

    /// The mode that was asked for last, also where it could not be opened.
    pub(crate) fn mode(&self) -> Mode {
        self.mode.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the window needs to know about the program.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub(crate) fn state(&self) -> Result<AppState, CommandError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        match &open.session {
            Ok(session) => state_of(session),
            Err(problem) => Ok(self.state_with(problem.clone())),
        }
    }

    fn state_with(&self, problem: StartProblem) -> AppState {
        AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: resolved(Language::System),
            sandbox: false,
            sandbox_url: None,
            data_dir: self.folder.display().to_string(),
            downloads_dir: String::new(),
            problem: Some(problem),
            owner: false,
            has_provider: false,
            task_count: 0,
            network: Network::Online,
            salvage: None,
            damaged: false,
            download_page: updates::page().is_some(),
        }
    }

    /// Where the web view keeps its own files.
    pub(crate) fn webview_folder(&self) -> PathBuf {
        self.folder.join("webview")
    }

    async fn opened(&self, mode: Mode) -> Result<Session, SessionError> {
        *self.mode.write().unwrap_or_else(PoisonError::into_inner) = mode.clone();
        Session::open(&options(&self.folder, mode)).await
    }

    fn put(&self, session: Result<Arc<Session>, StartProblem>) {
        let forwarding = session.as_ref().map_or_else(
            |_| Vec::new(),
            |session| {
                let store = session.engine.store();
                let tasks = store.changes();
                let downloads = session.download_changes();
                let network = session.engine.network();
                let exports = session.export_changes();
                let health = store.health();
                let app = || self.app.clone();
                vec![
                    background::spawn(changes::forward(app(), tasks)),
                    background::spawn(shiwen_session::journal(session.engine.store().clone())),
                    background::spawn(changes::forward_downloads(app(), downloads)),
                    background::spawn(changes::forward_network(app(), network)),
                    background::spawn(changes::forward_exports(app(), exports)),
                    background::spawn(changes::forward_health(app(), health)),
                    background::spawn(tray::follow(app(), store.changes())),
                    background::spawn(progress::follow(app(), store.changes())),
                    background::spawn(news::follow(app(), session.news())),
                ]
            },
        );
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *open, Open { session, forwarding });
        for forwarding in before.forwarding {
            forwarding.abort();
        }
    }

    fn problem(&self, error: &SessionError) -> StartProblem {
        tracing::error!(error = error as &dyn std::error::Error, "the history cannot be opened");
        let kind = match error {
            SessionError::Store(StoreError::Newer(_)) => StartProblemKind::Newer,
            SessionError::Store(StoreError::Busy) => StartProblemKind::Busy,
            SessionError::Store(StoreError::Unwritable { .. } | StoreError::DiskFull)
            | SessionError::Lock(_)
            | SessionError::NoFolder => StartProblemKind::Unwritable,
            _ => StartProblemKind::Damaged,
        };
        StartProblem { kind, path: self.folder.display().to_string() }
    }
}

/// Tries again while commands that are still at work have the history open.
fn once_alone(act: impl Fn() -> Result<(), StoreError>) -> Result<(), StoreError> {
    let begin = Instant::now();
    loop {
        match act() {
            Err(StoreError::Busy) if begin.elapsed() < PATIENCE => std::thread::sleep(STEP),
            acted => return acted,
        }
    }
}

/// Before anything was opened; never shown.
fn no_problem() -> StartProblem {
    StartProblem { kind: StartProblemKind::Busy, path: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deleting_all_that_the_sandbox_did_leaves_what_the_page_keeps_of_the_real_history() {
        assert_eq!(After::erasing(&Mode::sandbox()), After::Keeping);
        assert_eq!(After::erasing(&Mode::Real), After::Forgetting);
    }
}
