//! The updater of a release: asks, fetches, verifies and puts in place, by Tauri's plugin.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use shiwen_core::{TaskState, Timestamp};
use shiwen_session::Settings;
use shiwen_store::Store;
use tauri::{AppHandle, Builder, Context, Manager, Url, Wry};
use tauri_plugin_updater::{Error, UpdaterBuilder, UpdaterExt};

use super::{Updates, page};
use crate::{
    changes::Tell,
    ipc::{Update, UpdateChanged},
    shell::Shell,
};

pub(crate) type Found = tauri_plugin_updater::Update;

/// How long an endpoint may take to answer, and a version to come.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);
const COMES_WITHIN: Duration = Duration::from_secs(1800);
/// From the start to the first look, and between looks.
const FIRST_LOOK: Duration = Duration::from_secs(60);
const LOOKS_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// How often is looked whether what is paid for has ended.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the window is told how far loading has got.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// What the release was made with.
pub(super) struct Release {
    key: &'static str,
    /// With commas between.
    endpoints: &'static str,
}

pub(super) const RELEASE: Option<Release> =
    match (option_env!("SHIWEN_UPDATE_KEY"), option_env!("SHIWEN_UPDATE_ENDPOINTS")) {
        (Some(key), Some(endpoints)) => Some(Release { key, endpoints }),
        _ => None,
    };

/// Registers the plugin with the release's key. A signature must name the version that it is for, so that nobody can
/// pass an old version off as a new one.
pub(crate) fn register(builder: Builder<Wry>, context: &mut Context) -> Builder<Wry> {
    let Some(release) = RELEASE else { return builder };
    let settings = settings(release.key, false);
    context.config_mut().plugins.0.insert("updater".to_owned(), settings);
    builder.plugin(tauri_plugin_updater::Builder::new().build())
}

fn settings(key: &str, with_http: bool) -> serde_json::Value {
    serde_json::json!({
        "pubkey": key,
        "endpoints": [],
        "requireSignedVersion": true,
        "dangerousInsecureTransportProtocol": with_http,
        "windows": { "installMode": "passive" },
    })
}

/// Looks now and then, where the user wishes that.
pub(crate) async fn follow(app: AppHandle) {
    let mut pause = FIRST_LOOK;
    loop {
        tokio::time::sleep(pause).await;
        pause = LOOKS_EVERY;
        if wishes(&app).is_some_and(|wishes| wishes.check_updates) {
            app.state::<Updates>().check(&app).await;
        }
    }
}

impl Updates {
    /// Asks the endpoints, one after the other, until one answers.
    pub(crate) async fn check(&self, app: &AppHandle) -> Update {
        let Some(release) = RELEASE else { return self.now() };
        if !self.turn(app, |now| may_check(now).then_some(Update::Checking)) {
            return self.now();
        }
        let proxy = wishes(app).map(|wishes| wishes.proxy).unwrap_or_default();
        let endpoints = release.endpoints.split(',').filter_map(|one| one.trim().parse().ok());
        let asked = ask(app.updater_builder(), endpoints.collect(), &proxy).await;
        let then = match &asked {
            Ok(Some(found)) => Update::Found {
                version: found.version.clone(),
                notes: found.body.clone().unwrap_or_default(),
            },
            Ok(None) => Update::Current { checked_at: Some(Timestamp::now()) },
            Err(error) => failed(error),
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = asked.ok().flatten();
        self.tell(app, then)
    }

    /// Fetches what was found and puts it in place, in the background.
    pub(crate) fn install(&self, app: &AppHandle) -> Update {
        let begins = |now: &Update| match now {
            Update::Found { version, .. } => {
                let version = version.clone();
                Some(Update::Loading { version, received: 0.0, total: None })
            }
            _ => None,
        };
        if self.turn(app, begins) {
            let found = self.found.lock().unwrap_or_else(PoisonError::into_inner).take();
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                let updates = app.state::<Self>();
                let then = match found {
                    Some(found) => updates.bring(&app, found).await,
                    None => Update::Current { checked_at: None },
                };
                updates.tell(&app, then);
            });
        }
        self.now()
    }

    async fn bring(&self, app: &AppHandle, mut found: Found) -> Update {
        found.timeout = Some(COMES_WITHIN);
        let version = found.version.clone();
        let (mut received, mut told) = (0, Instant::now());
        let loading = |length: usize, total: Option<u64>| {
            received += length;
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                let (received, total) = (received as f64, total.map(|total| total as f64));
                self.tell(app, Update::Loading { version: version.clone(), received, total });
            }
        };
        let package = match found.download(loading, || ()).await {
            Ok(package) => package,
            Err(error) => return failed(&error),
        };
        let version = found.version.clone();
        let session = || app.state::<Shell>().session().ok();
        let count = || on_its_way(session().as_ref().map(|session| session.engine.store()));
        let tell = |running| {
            self.tell(app, Update::Waiting { version: version.clone(), running });
        };
        let close = async || {
            // The installer of Windows ends the program, so nothing may begin any more there either.
            if cfg!(windows) {
                app.state::<Shell>().close().await;
            }
        };
        let then = match put_in_place(found, package, count, tell, close).await {
            Ok(()) => return Update::Ready { version },
            Err(error) => failed(&*error),
        };
        // Nobody ended the program, so it goes on.
        let shell = app.state::<Shell>();
        if cfg!(windows)
            && let Err(error) = shell.open_again().await
        {
            tracing::error!(%error.message, "the history was not opened again");
        }
        then
    }

    /// Goes on where `next` says so, and says whether it did.
    fn turn(&self, app: &AppHandle, next: impl Fn(&Update) -> Option<Update>) -> bool {
        let then = {
            let mut now = self.held();
            let Some(then) = next(&now.clone().unwrap_or_else(super::before)) else { return false };
            *now = Some(then.clone());
            then
        };
        self.tell(app, then);
        true
    }

    fn tell(&self, app: &AppHandle, update: Update) -> Update {
        *self.held() = Some(update.clone());
        if let Err(error) = UpdateChanged(update.clone()).emit(app) {
            tracing::warn!(%error, "the window was not told");
        }
        update
    }
}

/// Not while one is already at it, and not where there is nothing to ask.
fn may_check(now: &Update) -> bool {
    matches!(now, Update::Current { .. } | Update::Found { .. } | Update::Failed { .. })
}

/// Waits until nothing that is paid for is on its way by `count`, telling how much there is, and replaces the program.
async fn put_in_place(
    found: Found,
    package: Vec<u8>,
    count: impl Fn() -> u32,
    tell: impl Fn(u32),
    close: impl AsyncFnOnce(),
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    loop {
        match count() {
            0 => break,
            running => {
                tell(running);
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
    close().await;
    tauri::async_runtime::spawn_blocking(move || found.install(package)).await??;
    Ok(())
}

/// Tasks that may cost money if the program went away under them. Where nobody can say, one.
fn on_its_way(store: Option<&Store>) -> u32 {
    let Some(store) = store else { return 1 };
    let count = |state| store.count_in(state).unwrap_or(1);
    count(TaskState::Submitting) + count(TaskState::Running)
}

fn wishes(app: &AppHandle) -> Option<Settings> {
    app.state::<Shell>().session().ok()?.engine.store().setting(Settings::NAME).ok()
}

fn failed(error: &dyn std::error::Error) -> Update {
    tracing::warn!(%error, "no newer version could be had");
    Update::Failed { page: page().unwrap_or_default().to_owned() }
}

/// Asks in the way that the user's other calls leave.
async fn ask(
    builder: UpdaterBuilder,
    endpoints: Vec<Url>,
    proxy: &str,
) -> Result<Option<Found>, Error> {
    let builder = builder.endpoints(endpoints)?.timeout(ANSWERS_WITHIN);
    let builder = match proxy {
        "" | "system" => builder,
        "none" => builder.no_proxy(),
        // Nobody who set a proxy wants a call without it.
        address => builder.proxy(address.parse()?),
    };
    builder.build()?.check().await
}

#[cfg(test)]
mod tests;
