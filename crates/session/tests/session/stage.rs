//! A sandbox and a data folder of one test's own.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use shiwen_core::{Input, Operation, ProviderId, Submission, Task, TaskId};
use shiwen_sandbox::{Options as SandboxOptions, Sandbox};
use shiwen_session::{Environment, Mode, Options, Session};
use tempfile::TempDir;

pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    folder: TempDir,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::at_pace(0.01).await
    }

    pub(crate) async fn at_pace(pace: f64) -> Self {
        Self::with(SandboxOptions { pace, ..SandboxOptions::default() }).await
    }

    pub(crate) async fn with(wish: SandboxOptions) -> Self {
        Self { sandbox: Sandbox::start(wish).await.unwrap(), folder: TempDir::new().unwrap() }
    }

    pub(crate) async fn session(&self) -> Session {
        let options = Options {
            folder: self.folder.path().to_owned(),
            mode: Mode::Sandbox { url: Some(self.sandbox.url().to_owned()), pace: 0.01 },
            environment: Environment::default(),
        };
        Session::open(&options).await.unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Addresses of short links and their hops that were asked.
    pub(crate) fn follows(&self) -> Vec<(String, u64)> {
        self.sandbox.calls().follows.into_iter().collect()
    }
}

pub(crate) fn link(code: &str) -> String {
    format!("https://v.douyin.com/{code}/")
}

/// Pastes the link of a code and queues a task on it.
pub(crate) fn submit(
    session: &Session,
    provider: ProviderId,
    operation: Operation,
    code: &str,
) -> TaskId {
    let url = link(code);
    let submission = Submission {
        share_text: format!(
            "7.43 复制打开抖音，看看【灶边老周的作品】红烧肉 {url} 05/17 qRe:/ P@w.SY"
        ),
        urls: vec![url],
        again: Vec::new(),
        provider,
        operation,
        target_language: None,
        input: Input::new(),
        together: false,
        then: Vec::new(),
    };
    session.engine.create_tasks(&submission).unwrap()[0]
}

/// Waits until a task is as wanted.
pub(crate) async fn until(session: &Session, id: TaskId, wanted: impl Fn(&Task) -> bool) -> Task {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let task = session.engine.store().task(id).unwrap();
        if wanted(&task) {
            return task;
        }
        assert!(
            Instant::now() < deadline,
            "still {:?} {:?} {:?} {}",
            task.state,
            task.wait,
            task.failure,
            task.link.as_ref().map(|link| link.url.as_str()).unwrap_or_default()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
