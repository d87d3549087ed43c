//! The sandbox in a process of its own, and the program run against it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_shiwen-cli");

/// A sandbox process and a data folder.
pub(crate) struct Stage {
    sandbox: Child,
    pace: &'static str,
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.end_sandbox();
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with("0.05", &[])
    }

    /// A stage on which RawUGC takes any number of calls.
    pub(crate) fn without_limit() -> Self {
        Self::with("0.05", &["--rawugc-calls-per-minute", "0"])
    }

    pub(crate) fn with(pace: &'static str, options: &[&str]) -> Self {
        let mut sandbox = Command::new(PROGRAM)
            .args(["sandbox", "--pace", pace])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { sandbox, pace, url: url.trim().to_owned(), folder: TempDir::new().unwrap() }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(["--sandbox", "--lang", "zh-CN", "--data-dir"])
            .arg(self.folder.path())
            .args(arguments)
            .env("SHIWEN_SANDBOX_URL", &self.url)
            .env("SHIWEN_SANDBOX_PACE", self.pace)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command says that must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The JSON that a command answers which must succeed.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.ok(&[arguments, &["--json"]].concat());
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// A command's exit code and what it says about it.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        (output.status.code().unwrap(), said(&output))
    }

    /// Calls that arrived at a route, e.g. `rawugc GET /personas`.
    pub(crate) fn routed(&self, route: &str) -> u64 {
        self.calls()["routes"][route].as_u64().unwrap_or(0)
    }

    /// Calls that may cost money and arrived at a service.
    pub(crate) fn paid(&self, service: &str) -> u64 {
        self.calls()["creates"][service].as_u64().unwrap_or(0)
    }

    /// Create calls that arrived at the sandbox for a link.
    pub(crate) fn creates(&self, url: &str) -> u64 {
        self.calls()["creates_by_link"][url].as_u64().unwrap_or(0)
    }

    /// How often the sandbox was asked where a link leads.
    pub(crate) fn follows(&self, url: &str) -> u64 {
        self.calls()["follows"][url].as_u64().unwrap_or(0)
    }

    pub(crate) fn calls(&self) -> Value {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream
            .write_all(
                b"GET /_sandbox/calls HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            )
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// From here on nobody answers.
    pub(crate) fn end_sandbox(&mut self) {
        self.sandbox.kill().unwrap();
        self.sandbox.wait().unwrap();
    }

    /// The state of the newest task as another process sees it.
    pub(crate) fn newest_state(&self) -> Option<String> {
        let page: Value = serde_json::from_slice(&self.run(&["tasks", "--json"]).stdout).ok()?;
        page["tasks"][0]["state"].as_str().map(str::to_owned)
    }

    pub(crate) fn until_state(&self, wanted: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.newest_state().as_deref() != Some(wanted) {
            assert!(Instant::now() < deadline, "still {:?}", self.newest_state());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

pub(crate) fn share_text(code: &str) -> (String, String) {
    let url = format!("https://v.douyin.com/{code}/");
    (format!("7.43 复制打开抖音，看看【灶边老周的作品】红烧肉… {url} 05/17 qRe:/ P@w.SY"), url)
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
