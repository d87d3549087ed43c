//! The programs under test and what they are started in.

use std::{
    env, fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use shiwen_headless::Desktop;
use shiwen_kill_points::VARIABLE;
use shiwen_sandbox::{Options, Sandbox};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    case::Case,
    relay::{Hold, Relay},
};

/// A task takes 4 to 12 s times this, one of `sb-slow` 60 s.
const PACE: f64 = 0.05;
const PROVIDERS: [&str; 5] = ["momoget", "coze", "transcriptgenerate", "rawugc", "jimeng"];
/// Fields of the invented accounts that are secret.
const SECRET: [&str; 5] = ["user_id", "token", "history_token", "api_key", "api_secret"];

/// Copies, so that a build that goes on meanwhile changes nothing.
pub(crate) struct Programs {
    folder: TempDir,
}

impl Programs {
    /// From beside the one that was built for this test, or from the folder that the environment names.
    pub(crate) fn copied() -> Self {
        let folder = TempDir::new().unwrap();
        let built = env::var_os("SHIWEN_KILLS_PROGRAMS")
            .map(|folder| Path::new(&folder).join("shiwen-cli"));
        let built = built.unwrap_or_else(|| env!("CARGO_BIN_EXE_shiwen-cli").into());
        for name in ["shiwen-cli", "shiwen"] {
            let from = built.with_file_name(name);
            if from.exists() {
                fs::copy(from, folder.path().join(name)).unwrap();
            }
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether a program was built so that it can be told to end itself.
    pub(crate) fn can_end(&self, name: &str) -> bool {
        let program = fs::read(self.path(name)).unwrap_or_default();
        program.windows(VARIABLE.len()).any(|part| part == VARIABLE.as_bytes())
    }
}

/// The keys of all accounts, as they must be found nowhere.
pub(crate) fn secrets() -> Vec<&'static str> {
    let accounts = PROVIDERS.into_iter().flat_map(Sandbox::account);
    accounts.filter(|(name, _)| SECRET.contains(name)).map(|(_, value)| *value).collect()
}

/// Services, a relay before them, and a data folder: all for one run.
pub(crate) struct Stage<'a> {
    pub(crate) sandbox: Sandbox,
    pub(crate) relay: Relay,
    /// Holds everything that the program writes, what it says included.
    pub(crate) folder: TempDir,
    programs: &'a Programs,
    desktop: Option<&'a Desktop>,
    real: bool,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(
        runtime: &Runtime,
        programs: &'a Programs,
        desktop: Option<&'a Desktop>,
        (case, hold): (&Case, Hold),
    ) -> io::Result<Self> {
        let options = Options { pace: PACE, rawugc_calls_per_minute: 0, ..Options::default() };
        let sandbox = runtime.block_on(Sandbox::start(options))?;
        let relay = Relay::start(sandbox.url(), hold)?;
        let folder = match desktop {
            Some(desktop) => TempDir::new_in(desktop.home())?,
            None => TempDir::new()?,
        };
        fs::create_dir(folder.path().join("said"))?;
        Ok(Self { sandbox, relay, folder, programs, desktop, real: case.is_real() })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("我的 文案")
    }

    /// Where the history is.
    pub(crate) fn history(&self) -> PathBuf {
        if self.real { self.data() } else { self.data().join("sandbox") }
    }

    /// Starts the command line; `end` says where it is to end itself.
    pub(crate) fn command_line(
        &self,
        arguments: &[String],
        end: Option<String>,
    ) -> io::Result<Child> {
        let mut command = Command::new(self.programs.path("shiwen-cli"));
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("SHIWEN_") {
                command.env_remove(name);
            }
        }
        // No keychain of whoever runs this.
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("HOME", self.folder.path());
        command.env_remove("XDG_RUNTIME_DIR");
        self.start(command, arguments, end)
    }

    /// Starts the window.
    pub(crate) fn window(&self, end: Option<String>) -> io::Result<Child> {
        let desktop = self.desktop.ok_or(io::ErrorKind::NotFound)?;
        self.start(desktop.command(self.programs.path("shiwen")), &[], end)
    }

    fn start(
        &self,
        mut command: Command,
        arguments: &[String],
        end: Option<String>,
    ) -> io::Result<Child> {
        if !self.real {
            command.arg("--sandbox");
        }
        command.arg("--data-dir").arg(self.data()).args(arguments);
        command.env("SHIWEN_LOG", "debug");
        if self.real {
            for provider in PROVIDERS {
                let name = |field: &str| format!("SHIWEN_{provider}_{field}").to_uppercase();
                command.envs(Sandbox::account(provider).iter().map(|(k, v)| (name(k), v)));
                command.env(name("base_url"), Sandbox::base_url_at(&self.relay.url, provider));
            }
        } else {
            command.env("SHIWEN_SANDBOX_URL", &self.relay.url);
            command.env("SHIWEN_SANDBOX_PACE", PACE.to_string());
        }
        command.envs(end.map(|end| (VARIABLE, end)));
        let said = self.folder.path().join("said");
        let log = |name: &str| fs::File::options().create(true).append(true).open(said.join(name));
        command.stdin(Stdio::null()).stdout(log("out")?).stderr(log("err")?).spawn()
    }

    /// Runs the command line to its end.
    pub(crate) fn run(&self, arguments: &[String], patience: Duration) -> io::Result<ExitStatus> {
        let mut child = self.command_line(arguments, None)?;
        match ended(&mut child, patience)? {
            Some(status) => Ok(status),
            None => {
                child.kill()?;
                child.wait()?;
                Err(io::Error::other(format!("{arguments:?} did not end")))
            }
        }
    }

    /// What the command line says, of one desk.
    pub(crate) fn states(&self, desk: &str) -> io::Result<Vec<String>> {
        let mut command = Command::new(self.programs.path("shiwen-cli"));
        command.args(["--sandbox", "--data-dir"]).arg(self.data());
        command.args(["tasks", "--json", "--desk", desk]);
        let answer = command.env("SHIWEN_SANDBOX_URL", &self.relay.url).output()?;
        let page: serde_json::Value = serde_json::from_slice(&answer.stdout)?;
        let states = page["tasks"].as_array().into_iter().flatten();
        Ok(states.filter_map(|task| task["state"].as_str()).map(str::to_owned).collect())
    }

    /// The last lines that the program said about itself.
    pub(crate) fn last_words(&self) -> String {
        let said = fs::read(self.folder.path().join("said/err")).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let lines: Vec<_> = said.lines().rev().take(6).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// How a program ended, if it does within this time.
pub(crate) fn ended(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begin.elapsed() > patience {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Files below a folder that hold one of these words, named with the word.
pub(crate) fn files_with(folder: &Path, words: &[&str]) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(files_with(&entry.path(), words)?);
        } else if kind.is_file() {
            let mut content = Vec::new();
            fs::File::open(entry.path())?.read_to_end(&mut content)?;
            let holds =
                |word: &&&str| content.windows(word.len()).any(|part| part == word.as_bytes());
            if let Some(word) = words.iter().find(holds) {
                found.push(format!("{} holds {word}", entry.path().display()));
            }
        }
    }
    Ok(found)
}
