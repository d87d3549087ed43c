//! A sandbox and a data folder of one test's own.

use shiwen_sandbox::{Options as SandboxOptions, Sandbox};
use shiwen_session::{Environment, Mode, Options, Session};
use tempfile::TempDir;

pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    folder: TempDir,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let wish = SandboxOptions { pace: 0.01, ..SandboxOptions::default() };
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

    /// Addresses of short links and their hops that were asked.
    pub(crate) fn follows(&self) -> Vec<(String, u64)> {
        self.sandbox.calls().follows.into_iter().collect()
    }
}
