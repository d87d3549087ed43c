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
    TaskDetail, TaskId, TaskState, Timestamp, count_words,
};
use shiwen_engine::EngineError;
use shiwen_session::{Session, Settings};
use shiwen_store::{Store, StoreError};
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    background,
    changes::Tell,
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
/// Who copied something that long ago works on something else by now: the clipboard is theirs.
const FRESH: Duration = Duration::from_secs(3 * 60);
/// More new links are for the window.
const LINKS: usize = 3;

#[derive(Debug, Default)]
pub(crate) struct Errands {
    /// Tasks whose end is told by an errand, and by nobody else.
    tasks: Mutex<HashSet<TaskId>>,
    /// Held from the look at the links until their tasks are there, so that two errands never take the same text for
    /// new.
    deciding: tokio::sync::Mutex<()>,
}

impl Errands {
    pub(crate) fn has(&self, task: TaskId) -> bool {
        self.tasks().contains(&task)
    }

    fn tasks(&self) -> MutexGuard<'_, HashSet<TaskId>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to be done with a text of the clipboard.
#[derive(Debug, PartialEq)]
enum Step {
    /// There is no link in it, or none that should be looked at.
    Nothing(shiwen_core::Notice),
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
    background::spawn(async move {
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
    let errands = app.state::<Errands>();
    let deciding = errands.deciding.lock().await;
    let detection = session.engine.resolve_links(&text, Operation::Transcribe).await?;
    let settings: Settings = session.engine.store().setting(Settings::NAME)?;
    let providers = session.engine.providers()?;
    let on_the_way = |task| app.state::<Errands>().has(task);
    match decided(&text, &detection, &settings, &providers, on_the_way) {
        Step::Nothing(notice) => {
            let (title, body) = words_for(notice);
            say(app, title, body).await;
        }
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
            drop(deciding);
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
    let begun = Timestamp::now();
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
    if Timestamp::now().since(begun) > FRESH {
        late(app, &texts, &tasks, shown).await;
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

/// Says that the texts are there, and leaves the clipboard alone.
async fn late(app: &AppHandle, texts: &[&str], tasks: &[TaskId], replaces: Option<u32>) {
    let words = language::words(app);
    let n: u32 = texts.iter().map(|text| count_words(text)).sum();
    let notice = Notice {
        title: words.say("notice.ready", &[("n", &n.to_string())]).into_owned(),
        body: words.say("shortcut.late", &[]).into_owned(),
        task: tasks.first().copied(),
        copies: tasks.len() == 1,
        replaces,
    };
    notices::show(app, notice).await;
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

/// The keys of what the window would say to such a text.
fn words_for(notice: shiwen_core::Notice) -> (&'static str, &'static str) {
    match notice {
        shiwen_core::Notice::NoLink => ("shortcut.no_link", "shortcut.no_link.text"),
        shiwen_core::Notice::CommandOnly => ("notice.command_only", "shortcut.command_only"),
        shiwen_core::Notice::LooksLikeSecret => ("notice.secret", "shortcut.secret"),
    }
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
    if let Some(notice) = detection.notice {
        return Step::Nothing(notice);
    }
    if detection.chips.is_empty() {
        return Step::Nothing(shiwen_core::Notice::NoLink);
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

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_core::{Charged, Chip, Known, Link, LinkKind, Notice, Timestamp, Unit};

    const TEXT: &str = "7.43 复制打开抖音 https://v.douyin.com/1/";

    fn provider(id: ProviderId) -> ProviderView {
        ProviderView {
            id,
            name: id.to_string(),
            fields: Vec::new(),
            operations: vec![Operation::Transcribe],
            platforms: Vec::new(),
            unit: Unit::Use,
            ready: true,
            session_only: false,
            signup_url: String::new(),
            console_url: String::new(),
            allowance: None,
            checked_at: None,
            check_failure: None,
            spent_today: 0,
            expected_cost: Some(1),
            charged_on_failure: Charged::No,
            batch: 1,
            slots: None,
            running: 0,
            daily_limit: None,
            limit_lifted: false,
            expires_at: None,
        }
    }

    fn chip(number: u32) -> Chip {
        let link = Link {
            url: format!("https://v.douyin.com/{number}/"),
            platform: Platform::Douyin,
            kind: LinkKind::Short,
            id: None,
            canonical: None,
            title: None,
        };
        Chip { link, known: None, not_a_work: false }
    }

    fn known(number: u32, state: TaskState) -> Chip {
        let task = TaskId(number);
        let known = Known { task, state, title: None, created_at: Timestamp(0) };
        Chip { known: Some(known), ..chip(number) }
    }

    fn detection(chips: Vec<Chip>) -> Detection {
        Detection { chips, duplicates: 0, notice: None, spans: Vec::new() }
    }

    fn step(chips: Vec<Chip>, settings: &Settings, providers: &[ProviderView]) -> Step {
        decided(TEXT, &detection(chips), settings, providers, |task| task == TaskId(7))
    }

    fn with_usual(chips: Vec<Chip>) -> Step {
        step(chips, &Settings::default(), &[provider(ProviderId::Momoget)])
    }

    #[test]
    fn up_to_three_new_links_are_submitted_and_more_are_a_question() {
        let Step::Submit(submission) = with_usual(vec![chip(1), chip(2), chip(3)]) else {
            panic!("not submitted")
        };
        assert_eq!(submission.urls.len(), 3);
        assert_eq!(
            (submission.share_text.as_str(), submission.provider),
            (TEXT, ProviderId::Momoget)
        );
        assert!(submission.again.is_empty() && submission.then.is_empty());
        assert_eq!(with_usual((1..=4).map(chip).collect()), Step::Ask);
    }

    #[test]
    fn a_text_that_history_has_is_copied_without_a_call() {
        let done = |number| known(number, TaskState::Succeeded);
        assert_eq!(with_usual(vec![done(3), done(2)]), Step::Copy(vec![TaskId(3), TaskId(2)]));
        assert_eq!(with_usual(vec![done(3), chip(4)]), Step::Ask);
        assert_eq!(with_usual(vec![known(3, TaskState::Uncertain)]), Step::Ask);
        assert_eq!(with_usual(vec![known(3, TaskState::Running)]), Step::Ask);
        assert_eq!(with_usual(vec![known(7, TaskState::Running)]), Step::Wait);
    }

    #[test]
    fn a_text_without_a_link_is_none_and_neither_is_a_key() {
        assert_eq!(with_usual(Vec::new()), Step::Nothing(Notice::NoLink));
        let providers = [provider(ProviderId::Momoget)];
        for (notice, title) in [
            (Notice::LooksLikeSecret, "notice.secret"),
            (Notice::CommandOnly, "notice.command_only"),
        ] {
            let found = Detection { notice: Some(notice), ..detection(vec![chip(1)]) };
            let step = decided(TEXT, &found, &Settings::default(), &providers, |_| false);
            assert_eq!(step, Step::Nothing(notice));
            assert_eq!(words_for(notice).0, title, "as the window says it");
        }
    }

    #[test]
    fn what_only_the_user_can_say_is_asked() {
        let profile = Chip { not_a_work: true, ..chip(1) };
        let mut elsewhere = chip(1);
        elsewhere.link.platform = Platform::Other;
        assert_eq!(with_usual(vec![profile]), Step::Ask);
        assert_eq!(with_usual(vec![elsewhere]), Step::Ask);
        let unready = ProviderView { ready: false, ..provider(ProviderId::Momoget) };
        let picky =
            ProviderView { platforms: vec![Platform::Bilibili], ..provider(ProviderId::Momoget) };
        for provider in [unready, picky] {
            assert_eq!(step(vec![chip(1)], &Settings::default(), &[provider]), Step::Ask);
        }
    }

    #[test]
    fn a_bound_for_the_day_is_not_passed_from_afar() {
        let bound = |spent_today, limit_lifted| ProviderView {
            spent_today,
            limit_lifted,
            daily_limit: Some(5),
            ..provider(ProviderId::Momoget)
        };
        let asks = |view, count| {
            step((1..=count).map(chip).collect(), &Settings::default(), &[view]) == Step::Ask
        };
        assert!(!asks(bound(3, false), 2));
        assert!(asks(bound(3, false), 3));
        assert!(asks(ProviderView { expected_cost: None, ..bound(5, false) }, 1));
        assert!(!asks(bound(9, true), 3));
    }

    #[test]
    fn the_provider_is_the_one_that_the_window_would_take_with_those_that_may_follow() {
        let ids = [ProviderId::Momoget, ProviderId::Coze, ProviderId::TranscriptGenerate];
        let providers = ids.map(provider);
        let order = vec![ProviderId::TranscriptGenerate, ProviderId::Momoget];
        let settings = Settings {
            provider: Some(ProviderId::Coze),
            failover: true,
            order: [(Operation::Transcribe, order.clone())].into(),
            ..Settings::default()
        };
        let Step::Submit(submission) = step(vec![chip(1)], &settings, &providers) else {
            panic!("not submitted")
        };
        assert_eq!((submission.provider, submission.then), (ProviderId::Coze, order));
        let settings = Settings { provider: Some(ProviderId::RawUgc), ..Settings::default() };
        let Step::Submit(submission) = step(vec![chip(1)], &settings, &providers) else {
            panic!("not submitted")
        };
        assert_eq!((submission.provider, submission.then), (ProviderId::Momoget, Vec::new()));
    }
}
