//! From anywhere: takes the text of the clipboard, extracts its links, and puts the text that comes back there.
//!
//! The user asks for it with a key or in the tray, so new links are submitted at once. Whatever would be a question in
//! the window is one here, too: then the window opens with the text in its box, and nothing was submitted.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use shiwen_core::{
    Detection, Input, Operation, Platform, ProviderId, ProviderView, Submission, TaskChange,
    TaskDetail, TaskId, TaskState, count_words,
};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Settings};
use shiwen_store::{Store, StoreError};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    clipboard,
    error::CommandError,
    ipc::TextCalled,
    language,
    notices::{self, Notice},
    shell::Shell,
    window,
};

/// How much later than an errand anybody else may hear of the same end.
const HEARD: Duration = Duration::from_secs(5);
/// More new links are for the window.
const LINKS: usize = 3;

/// Tasks whose end is told by an errand, and by nobody else.
#[derive(Debug, Default)]
pub(crate) struct Errands(Mutex<HashSet<TaskId>>);

impl Errands {
    pub(crate) fn has(&self, task: TaskId) -> bool {
        self.tasks().contains(&task)
    }

    fn tasks(&self) -> MutexGuard<'_, HashSet<TaskId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to be done with a text of the clipboard.
#[derive(Debug, PartialEq)]
enum Step {
    /// There is no link in it.
    Nothing,
    /// Something only the user can say: shown in the window.
    Ask,
    /// History has all of it.
    Copy(Vec<TaskId>),
    /// All of it is on its way already, for an errand before this one.
    Wait,
    Submit(Submission),
}

/// Sets out. What comes of it is told by a notification.
pub(crate) fn run(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = set_out(&app).await {
            tracing::warn!(%error.message, "nothing was extracted from the clipboard");
            say(&app, "shortcut.failed", "shortcut.failed.text").await;
        }
    });
}

async fn set_out(app: &AppHandle) -> Result<(), CommandError> {
    let session = app.state::<Shell>().session()?;
    let Some(text) = clipboard::glance(app).await else {
        say(app, "shortcut.no_link", "shortcut.no_link.text").await;
        return Ok(());
    };
    let detection = session.engine.resolve_links(&text, Operation::Transcribe).await?;
    let settings: Settings = session.engine.store().setting(Settings::NAME)?;
    let providers = session.engine.providers()?;
    let on_the_way = |task| app.state::<Errands>().has(task);
    match decided(&text, &detection, &settings, &providers, on_the_way) {
        Step::Nothing => say(app, "shortcut.no_link", "shortcut.no_link.text").await,
        Step::Wait => say(app, "shortcut.running", "shortcut.running.text").await,
        Step::Ask => ask(app, text),
        Step::Copy(tasks) => {
            let details = tasks.iter().map(|task| session.engine.store().detail(*task));
            let details = details.collect::<Result<Vec<_>, _>>()?;
            let texts: Vec<&str> = details.iter().filter_map(text_of).collect();
            if texts.len() < tasks.len() {
                ask(app, text);
            } else {
                copy(app, &texts, &tasks, Told { known: true, ..Told::default() }).await?;
            }
        }
        Step::Submit(submission) => {
            let changes = session.engine.store().changes();
            let tasks = match submit(app, &session, &submission) {
                Ok(tasks) if !tasks.is_empty() => tasks,
                // Refused, or history has learned of it: the window has the words for that.
                _ => {
                    ask(app, text);
                    return Ok(());
                }
            };
            let history = Arc::downgrade(&session);
            drop(session);
            let brought = bring(app, &history, &tasks, changes, &text).await;
            // The same end is news at the same time, which is heard until then.
            tokio::time::sleep(HEARD).await;
            app.state::<Errands>().tasks().retain(|task| !tasks.contains(task));
            brought?;
        }
    }
    Ok(())
}

/// Nobody learns of the tasks before they are noted, lest one that ends at once is told of twice.
fn submit(
    app: &AppHandle,
    session: &Session,
    submission: &Submission,
) -> Result<Vec<TaskId>, EngineError> {
    let errands = app.state::<Errands>();
    let mut noted = errands.tasks();
    let tasks = session.engine.create_tasks(submission)?;
    noted.extend(&tasks);
    Ok(tasks)
}

/// Waits for the tasks and puts their texts on the clipboard. Ends without a word where the history is closed meanwhile.
async fn bring(
    app: &AppHandle,
    history: &Weak<Session>,
    tasks: &[TaskId],
    mut changes: Receiver<TaskChange>,
    share_text: &str,
) -> Result<(), CommandError> {
    let running = notice(app, "shortcut.running", "shortcut.running.text", tasks.first().copied());
    let shown = notices::show(app, running).await;
    let mut tasks = tasks.to_vec();
    let ended = loop {
        let Some(session) = history.upgrade() else { return Ok(()) };
        let ended = ended(session.engine.store(), &mut tasks)?;
        // The history is kept open by nobody who only waits.
        drop(session);
        if let Some(ended) = ended {
            break ended;
        }
        loop {
            match changes.recv().await {
                Ok(TaskChange::Saved { task }) if !tasks.contains(&task.id) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    };
    let texts: Vec<&str> = ended.iter().filter_map(text_of).collect();
    if texts.is_empty() {
        let uncertain = ended.iter().any(|detail| detail.task.state == TaskState::Uncertain);
        let title = if uncertain { "state.uncertain" } else { "shortcut.failed" };
        let failed = notice(app, title, "shortcut.failed.look", tasks.first().copied());
        notices::show(app, Notice { replaces: shown, ..failed }).await;
        return Ok(());
    }
    let now = clipboard::glance(app).await;
    let told = Told {
        known: false,
        left: tasks.len() - texts.len(),
        elsewhere: now.is_some_and(|now| now.trim() != share_text.trim()),
        replaces: shown,
    };
    copy(app, &texts, &tasks, told).await
}

/// What the tasks ended with, once all of them have. One that another task of the same video made needless is
/// replaced by that.
fn ended(store: &Store, tasks: &mut [TaskId]) -> Result<Option<Vec<TaskDetail>>, StoreError> {
    let mut ended = Vec::with_capacity(tasks.len());
    for task in tasks {
        let mut detail = match store.detail(*task) {
            // The user has deleted it for ever.
            Err(StoreError::TaskGone) => continue,
            detail => detail?,
        };
        if let (TaskState::Cancelled, Some(another)) = (detail.task.state, detail.another) {
            *task = another;
            detail = store.detail(another)?;
        }
        if matches!(
            detail.task.state,
            TaskState::Queued | TaskState::Submitting | TaskState::Running
        ) {
            return Ok(None);
        }
        ended.push(detail);
    }
    Ok(Some(ended))
}

fn text_of(detail: &TaskDetail) -> Option<&str> {
    detail.transcripts.last().map(|transcript| transcript.text.as_str())
}

/// What there is to say about texts that were copied.
#[derive(Debug, Default)]
struct Told {
    /// History had them: nothing was spent.
    known: bool,
    /// Links that no text came of.
    left: usize,
    /// Something else was on the clipboard meanwhile.
    elsewhere: bool,
    /// The notification that said that the errand runs.
    replaces: Option<u32>,
}

async fn copy(
    app: &AppHandle,
    texts: &[&str],
    tasks: &[TaskId],
    told: Told,
) -> Result<(), CommandError> {
    let text = texts.join("\n\n");
    clipboard::write(app, &text)?;
    let words = language::words(app);
    let (n, count) = (count_words(&text).to_string(), texts.len().to_string());
    let places: &[(&str, &str)] = &[("n", &n), ("count", &count)];
    let one = texts.len() == 1;
    let title = match (one, told.known) {
        (true, true) => words.say("shortcut.copied_known", places),
        (true, false) => words.say("shortcut.copied", places),
        (false, _) => words.say("shortcut.copied_many", places),
    };
    let left = told.left.to_string();
    let body = [
        (told.known && !one).then(|| words.say("shortcut.known", &[])),
        (told.left > 0).then(|| words.say("shortcut.left", &[("count", &left)])),
        told.elsewhere.then(|| words.say("shortcut.elsewhere", &[])),
    ];
    let body: Vec<_> = body.into_iter().flatten().collect();
    let notice = Notice {
        title: title.into_owned(),
        body: body.join("\n"),
        task: tasks.first().copied(),
        copies: false,
        replaces: told.replaces,
    };
    notices::show(app, notice).await;
    Ok(())
}

/// Opens the window with the text in its box.
fn ask(app: &AppHandle, text: String) {
    window::focus(app);
    if let Err(error) = TextCalled(text).emit(app) {
        tracing::warn!(%error, "the window was not told");
    }
}

async fn say(app: &AppHandle, title: &str, body: &str) {
    notices::show(app, notice(app, title, body, None)).await;
}

fn notice(app: &AppHandle, title: &str, body: &str, task: Option<TaskId>) -> Notice {
    let words = language::words(app);
    let say = |key| words.say(key, &[]).into_owned();
    Notice { title: say(title), body: say(body), task, ..Notice::default() }
}

/// What is to be done with a text, as the window would do it with the same settings.
fn decided(
    text: &str,
    detection: &Detection,
    settings: &Settings,
    providers: &[ProviderView],
    on_the_way: impl Fn(TaskId) -> bool,
) -> Step {
    if detection.notice.is_some() || detection.chips.is_empty() {
        return Step::Nothing;
    }
    let works: Vec<_> = detection.chips.iter().filter(|chip| !chip.not_a_work).collect();
    if works.is_empty() || works.len() > LINKS {
        return Step::Ask;
    }
    let known: Vec<_> = works.iter().filter_map(|chip| chip.known.as_ref()).collect();
    if !known.is_empty() {
        return match known.len() == works.len() {
            true if known.iter().all(|known| known.state == TaskState::Succeeded) => {
                Step::Copy(known.iter().map(|known| known.task).collect())
            }
            true if known.iter().all(|known| on_the_way(known.task)) => Step::Wait,
            _ => Step::Ask,
        };
    }
    let operation = Operation::Transcribe;
    let ready = |view: &&ProviderView| view.ready && view.operations.contains(&operation);
    let chosen = providers.iter().filter(ready).find(|view| Some(view.id) == settings.provider);
    let Some(provider) = chosen.or_else(|| providers.iter().find(ready)) else { return Step::Ask };
    // A page that nobody knows may be anything at all, and a provider may not take the others.
    let fits = |platform: Platform| {
        platform != Platform::Other
            && (provider.platforms.is_empty() || provider.platforms.contains(&platform))
    };
    if !works.iter().all(|chip| fits(chip.link.platform)) || passes_bound(provider, works.len()) {
        return Step::Ask;
    }
    let mut then: Vec<&ProviderView> = Vec::new();
    if settings.failover {
        then.extend(providers.iter().filter(ready).filter(|view| view.id != provider.id));
        let order = settings.order.get(&operation);
        let place = |id: ProviderId| order.and_then(|order| order.iter().position(|it| *it == id));
        // Those that were never ordered come last.
        then.sort_by_key(|view| place(view.id).unwrap_or(usize::MAX));
    }
    Step::Submit(Submission {
        share_text: text.to_owned(),
        urls: works.iter().map(|chip| chip.link.url.clone()).collect(),
        again: Vec::new(),
        provider: provider.id,
        operation,
        target_language: None,
        input: Input::default(),
        together: false,
        then: then.into_iter().map(|view| view.id).collect(),
    })
}

/// Whether the user's own bound for a day would hold the tasks up.
fn passes_bound(provider: &ProviderView, tasks: usize) -> bool {
    let Some(limit) = provider.daily_limit.filter(|_| !provider.limit_lifted) else { return false };
    let tasks = u32::try_from(tasks).unwrap_or(u32::MAX);
    let expected = provider.expected_cost.unwrap_or(0).saturating_mul(tasks);
    provider.spent_today >= limit || provider.spent_today.saturating_add(expected) > limit
}
