//! The log of a session: what helps is in it, and nothing that is the user's.

use std::{fs, path::Path, sync::Arc, time::Duration};

use shiwen_core::{Operation, ProviderId, TaskState};
use shiwen_session::{LogFile, journal, log_layer};
use shiwen_store::Store;
use tokio::task::JoinHandle;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

use crate::stage::{Stage, submit, until};

/// Writes the log of a data folder while it is there, for everything that this thread does.
pub(crate) struct Logged {
    file: Arc<LogFile>,
    journal: JoinHandle<()>,
    _guard: DefaultGuard,
}

impl Logged {
    pub(crate) fn new(folder: &Path, store: &Store) -> Self {
        let file = Arc::new(LogFile::new(folder));
        let subscriber = tracing_subscriber::registry().with(log_layer(file.clone()));
        let guard = tracing::subscriber::set_default(subscriber);
        Self { file, journal: tokio::spawn(journal(store.clone())), _guard: guard }
    }

    /// All that was written so far.
    pub(crate) async fn text(&self) -> String {
        // What was announced last is still on its way.
        tokio::time::sleep(Duration::from_millis(100)).await;
        fs::read_to_string(self.file.path()).unwrap()
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        self.journal.abort();
    }
}

/// Ways to end, and what the log says of each.
const ENDS: &[(ProviderId, Operation, &str, TaskState, &str)] = &[
    (
        ProviderId::Momoget,
        Operation::Transcribe,
        "sb-ok-kanarie",
        TaskState::Succeeded,
        "outcome=accepted",
    ),
    (
        ProviderId::Coze,
        Operation::Transcribe,
        "sb-nasty-fail-kanarie",
        TaskState::Failed,
        "state=failed",
    ),
    (
        ProviderId::RawUgc,
        Operation::Analyze,
        "sb-trouble-kanarie",
        TaskState::Uncertain,
        "outcome=unknown",
    ),
    (
        ProviderId::TranscriptGenerate,
        Operation::Transcribe,
        "sb-quota-kanarie",
        TaskState::Failed,
        "kind=quota-exhausted",
    ),
    (
        ProviderId::Coze,
        Operation::Resolve,
        "sb-nasty-kanarie",
        TaskState::Succeeded,
        "state=succeeded",
    ),
];

#[tokio::test]
async fn the_log_tells_what_became_of_each_task_without_a_word_of_it() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let logged = Logged::new(stage.folder(), session.engine.store());
    session.run().unwrap();
    let mut texts: Vec<String> =
        ["kanarie", "红烧肉", "灶边老周", "v.douyin.com/", "note of mine", "tag-of-mine"]
            .map(str::to_owned)
            .into();
    for (provider, operation, code, end, said) in ENDS {
        let id = submit(&session, *provider, *operation, code);
        let store = session.engine.store();
        store.save_note(id, "note of mine").unwrap();
        store.tag(&[id], &["tag-of-mine".to_owned()], &[]).unwrap();
        let task = until(&session, id, |task| task.state == *end).await;
        let log = logged.text().await;
        let of_task = format!("task={id} ");
        let lines: Vec<_> = log.lines().filter(|line| line.contains(&of_task)).collect();
        assert!(lines.iter().any(|line| line.contains(said)), "{code}: {lines:#?}");
        let create = lines.iter().find(|line| line.contains("create call"));
        assert!(create.is_some_and(|line| line.contains(" ms=")), "{code}: {lines:#?}");
        if let (Some(remote), true) = (&task.remote_id, *end == TaskState::Succeeded) {
            assert!(log.contains(remote.as_str()), "{remote}");
        }
        let detail = store.detail(id).unwrap();
        texts.extend(detail.task.title().map(str::to_owned));
        texts.extend(detail.task.found.author.clone());
        texts.extend(detail.transcripts.iter().map(|it| it.text.chars().take(6).collect()));
        let failures = detail.task.failure.iter().chain(&detail.attempts[0].failure);
        texts.extend(failures.filter_map(|failure| failure.message.clone()));
    }
    let log = logged.text().await;
    for part in ["answered provider=momoget", " status=200", " host=127.0.0.1", " api=/"] {
        assert!(log.contains(part), "{part}");
    }
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        assert!(!log.contains(text.as_str()), "the log holds {text}");
    }
    assert!(!log.contains(&stage.folder().display().to_string()), "where the history is");
    drop(logged);
    session.close().await;
}

#[tokio::test]
async fn a_test_of_the_network_costs_nothing_and_reaches_the_sandbox() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let before = stage.sandbox.calls().creates;
    let tested = session.test_network(ProviderId::Coze, Some("http://127.0.0.1:9")).await.unwrap();
    assert_eq!(tested.reached, shiwen_core::Reached::Answered);
    assert_eq!((tested.host.as_str(), tested.proxy), ("127.0.0.1", None));
    assert_eq!(stage.sandbox.calls().creates, before);
    assert!(session.test_network(ProviderId::Coze, Some("ftp://127.0.0.1")).await.is_err());
    session.close().await;
}
