//! No key of any account leaves for anywhere but its service: not to a host of media, not onto the disk, not into the
//! text of a failure. All words of the sandbox are tried, and a service that repeats whatever it is sent.

use std::{collections::BTreeSet, fs, path::Path};

use shiwen_core::{
    Entry, ExportFormat, ExportState, Input, Media, Operation, Order, ProviderId, Task, TaskId,
    TaskState, Timestamp, WaitReason,
};
use shiwen_engine::Engine;
use shiwen_sandbox::{Options, Sandbox, WORDS};
use shiwen_session::Session;

use crate::{
    exports::{export, order},
    messages,
    stage::{Stage, submit, until},
};

/// Whatever they do holds up the rest of the account.
const ALONE: &[&str] = &["rate", "badkey-poll", "stalled", "not-yours", "unknown-task", "nodata"];
/// A minute passes before such a call is given up; twenty megabytes four times over take long, and leave nothing.
const TOO_LONG: &[&str] = &["hang", "huge-poll"];
/// Only short links do anything of their own with these.
const OF_SHORT_LINKS: &[&str] = &["same", "foreign", "loop", "nowhere", "slowlink", "user"];
/// The media of these are fetched.
const OF_MEDIA: &[&str] =
    &["ok", "slowmedia", "cutmedia", "norange", "expired", "changed", "htmlmedia"];

/// Operations of all five services; of those of one kind the quickest.
const ASKED: &[(ProviderId, Operation)] = &[
    (ProviderId::Momoget, Operation::Transcribe),
    (ProviderId::TranscriptGenerate, Operation::Transcribe),
    (ProviderId::Coze, Operation::Transcribe),
    (ProviderId::Coze, Operation::Resolve),
    (ProviderId::RawUgc, Operation::Analyze),
    (ProviderId::RawUgc, Operation::Scrape),
    (ProviderId::RawUgc, Operation::GenerateImage),
    (ProviderId::Jimeng, Operation::GenerateVideo),
];

fn ask(session: &Session, (provider, operation): (ProviderId, Operation), words: &str) -> TaskId {
    // A video of its own for each: what history has is not asked for again.
    let code = format!("{words}-{provider}-{operation}");
    if operation.takes_link() {
        return submit(session, provider, operation, &code);
    }
    let name = if operation == Operation::Scrape { "query" } else { "prompt" };
    let text = |text: String| Entry::Text(text);
    let mut input = Input::from([(name.to_owned(), text(format!("{code} 一只纸船")))]);
    if operation == Operation::GenerateImage {
        input.insert("model".to_owned(), text("nano-banana-2".to_owned()));
    }
    session.engine.order(&Order { provider, operation, input, parent: None }).unwrap()
}

/// The secrets of the sandbox's accounts.
fn secrets() -> Vec<String> {
    let mut secrets = Vec::new();
    for service in shiwen_providers::services() {
        let card = service.card();
        let account = Sandbox::account(card.id.as_str());
        let is_secret = |name: &str| card.fields.iter().any(|it| it.name == name && it.secret);
        let found = account.iter().filter(|(name, _)| is_secret(name));
        secrets.extend(found.map(|(_, value)| (*value).to_owned()));
    }
    assert_eq!(secrets.len(), 7, "{secrets:?}");
    secrets
}

fn check_text(text: &str, secrets: &[String], about: &str) {
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "{about} holds {secret}");
    }
}

/// Everything that is known of the tasks, and every answer that was kept.
pub(crate) fn check_tasks(engine: &Engine, tasks: &[TaskId], secrets: &[String]) {
    for id in tasks {
        let detail = engine.store().detail(*id).unwrap();
        check_text(&format!("{detail:?}"), secrets, "a task");
        for answer in engine.store().answers(*id).unwrap() {
            check_text(&String::from_utf8_lossy(&answer), secrets, "an answer");
        }
    }
    check_text(&format!("{:?}", engine.providers().unwrap()), secrets, "a card");
}

pub(crate) fn check_files(folder: &Path, secrets: &[String]) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += check_files(&path, secrets);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        check_text(&String::from_utf8_lossy(&bytes), secrets, &path.display().to_string());
        files += 1;
    }
    files
}

/// Came to rest, or goes on only when somebody does something.
fn rests(task: &Task) -> bool {
    match task.state {
        TaskState::Queued | TaskState::Running => {
            matches!(task.wait.map(|wait| wait.reason), Some(WaitReason::Key | WaitReason::Rate))
        }
        TaskState::Submitting => false,
        _ => true,
    }
}

async fn stage() -> Stage {
    let wish = Options { pace: 0.01, rawugc_credits: 10_000, ..Options::default() };
    Stage::with(wish).await
}

#[tokio::test]
async fn no_key_is_kept_or_shown_or_sent_to_a_host_of_media_whatever_the_services_do() {
    let stage = stage().await;
    let session = stage.session().await;
    session.run().unwrap();
    let left_out = [ALONE, TOO_LONG, OF_SHORT_LINKS].concat();
    let words = WORDS.iter().map(|word| word.word).filter(|word| !left_out.contains(word));
    let mut tasks = Vec::new();
    for word in words {
        for asked in ASKED {
            // A history that has run out may only be late: it is asked for 15 seconds at every pace.
            if (*asked, word) != ((ProviderId::Coze, Operation::Transcribe), "expired") {
                tasks.push((ask(&session, *asked, &format!("sb-{word}")), word));
            }
        }
    }
    let rows = messages::rows();
    let mut failed = BTreeSet::new();
    let mut seen = 0;
    for (id, word) in &tasks {
        let task = until(&session, *id, rests).await;
        if let Some(failure) = &task.failure {
            failed.insert((task.provider, task.operation, failure.kind));
        }
        if !OF_MEDIA.contains(word) {
            continue;
        }
        for media in [Media::Cover, Media::Work { index: 0 }] {
            seen += usize::from(session.media(*id, media).await.is_ok());
        }
    }
    assert!(seen > 15, "{seen}");
    for (provider, operation, kind) in &failed {
        messages::check(&rows, *kind, &format!("{provider} {operation}"));
    }
    assert!(failed.len() > 40, "{failed:?}");
    let secrets = secrets();
    let tasks: Vec<_> = tasks.into_iter().map(|(id, _)| id).collect();
    check_tasks(&session.engine, &tasks, &secrets);
    assert!(session.engine.store().backup_if_due(Timestamp::now()).unwrap().is_some());
    // Those that are not packed can be looked through.
    for format in [ExportFormat::Txt, ExportFormat::Markdown, ExportFormat::Csv, ExportFormat::Json]
    {
        let file = stage.folder().join(format!("exported.{format}"));
        let done = export(&session, order(&tasks, format, &file)).await;
        assert_eq!((done.state, done.done as usize), (ExportState::Done, tasks.len()), "{done:?}");
    }
    session.close().await;
    assert!(check_files(stage.folder(), &secrets) > 20);
    assert_eq!(stage.sandbox.calls().keys_on_media, 0);
}

#[tokio::test]
async fn no_key_is_kept_of_what_holds_up_an_account() {
    let mut checks = tokio::task::JoinSet::new();
    for word in ALONE {
        checks.spawn(async move {
            let stage = stage().await;
            let session = stage.session().await;
            session.run().unwrap();
            let asked = ASKED.iter().map(|asked| ask(&session, *asked, &format!("sb-{word}")));
            let tasks: Vec<_> = asked.collect();
            for id in &tasks {
                // Called at least once, and where it was accepted, asked after.
                until(&session, *id, |task| rests(task) || task.submitted_at.is_some()).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            let secrets = secrets();
            check_tasks(&session.engine, &tasks, &secrets);
            session.close().await;
            assert!(check_files(stage.folder(), &secrets) >= 3);
            assert_eq!(stage.sandbox.calls().keys_on_media, 0);
        });
    }
    while let Some(checked) = checks.join_next().await {
        checked.unwrap();
    }
}

/// Distinctive keys of the forms that the services give out; none of them was ever given out.
pub(crate) fn canaries(provider: ProviderId) -> Vec<(&'static str, String)> {
    let key = |name, prefix: &str| (name, format!("{prefix}canary-{provider}-{name}-7Qz"));
    match provider {
        ProviderId::Momoget => vec![key("user_id", "")],
        ProviderId::Coze => vec![key("token", "pat_"), key("history_token", "cztei_")],
        ProviderId::TranscriptGenerate => vec![key("api_key", "ak_"), key("api_secret", "sk_")],
        ProviderId::RawUgc => vec![key("api_key", "rug_")],
        ProviderId::Jimeng => vec![key("api_key", "")],
    }
}

#[tokio::test]
async fn a_key_that_is_refused_is_kept_nowhere() {
    let stage = stage().await;
    let session = stage.session().await;
    let mut planted = Vec::new();
    for provider in ProviderId::ALL {
        let keys = canaries(*provider);
        planted.extend(keys.iter().map(|(_, value)| value.clone()));
        let values = keys.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        session.engine.save_provider(*provider, values, false).await.unwrap();
        // The free test is refused as well, and its failure is kept.
        let view = session.engine.test_provider(*provider).await.unwrap();
        assert!(view.check_failure.is_some(), "{provider}");
    }
    session.run().unwrap();
    let tasks: Vec<_> = ASKED.iter().map(|asked| ask(&session, *asked, "refused")).collect();
    for id in &tasks {
        until(&session, *id, |task| task.state == TaskState::Failed).await;
    }
    check_tasks(&session.engine, &tasks, &planted);
    assert!(session.engine.store().backup_if_due(Timestamp::now()).unwrap().is_some());
    session.close().await;
    assert!(check_files(stage.folder(), &planted) >= 3);
}

#[tokio::test]
async fn the_password_of_a_proxy_that_an_older_version_kept_is_forgotten_at_the_next_start() {
    let stage = stage().await;
    let session = stage.session().await;
    let older = shiwen_session::Settings {
        proxy: "http://me:canary-of-a-proxy@127.0.0.1:7890".to_owned(),
        ..shiwen_session::Settings::default()
    };
    let name = shiwen_session::Settings::NAME;
    session.engine.store().save_setting(name, &older).unwrap();
    session.close().await;
    drop(session);
    let session = stage.session().await;
    let kept: shiwen_session::Settings = session.engine.store().setting(name).unwrap();
    assert_eq!(kept.proxy, "http://127.0.0.1:7890");
    let folder = session.folder.clone();
    session.close().await;
    drop(session);
    assert!(check_files(&folder, &["canary-of-a-proxy".to_owned()]) > 0);
}
