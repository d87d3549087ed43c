//! Everything around the program: a desktop session, a data folder and the sandbox's services.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use shiwen_headless::Desktop;

use crate::app::{App, SOON, binary, by};
use crate::driver;
use crate::until::until;

/// For a task from submission to its end: the sandbox is quick, but providers have minimum waits
/// between two questions.
pub(crate) const TASK_ENDS: Duration = Duration::from_secs(60);

/// A fifth of the time that the services would plausibly take: long enough to kill a program in.
const PACE: &str = "0.2";

pub(crate) struct World {
    pub(crate) desktop: Desktop,
    /// The sandbox's base URL.
    pub(crate) sandbox: String,
    pub(crate) data: PathBuf,
    pace: &'static str,
}

impl World {
    pub(crate) fn start() -> io::Result<World> {
        World::at_pace(PACE)
    }

    /// A world whose services take this part of the time that they would plausibly take.
    pub(crate) fn at_pace(pace: &'static str) -> io::Result<World> {
        let mut desktop = Desktop::start()?;
        // What users have: a folder with a space and Chinese characters.
        let data = desktop.home().join("我的 文案");
        fs::create_dir(&data)?;
        let mut sandbox = desktop.command(binary().with_file_name("shiwen-cli"));
        sandbox.args(["sandbox", "--port", "0", "--pace", pace]);
        let line = desktop.start_and_read_line(sandbox)?;
        let address = line.split_whitespace().find(|word| word.starts_with("http://"));
        let sandbox = address.unwrap_or(&line).trim_end_matches('/').to_owned();
        Ok(World { desktop, sandbox, data, pace })
    }

    /// Starts the program in sandbox mode and waits until it can be used.
    pub(crate) fn sandboxed(&self) -> io::Result<App<'_>> {
        let app = self.start_app(&["--sandbox"], &self.variables())?;
        app.see(&by("paste-box"), SOON)?;
        Ok(app)
    }

    /// Tells the program which sandbox to use, and to ask it as often as a test wants.
    pub(crate) fn variables(&self) -> [(&str, &str); 2] {
        [("SHIWEN_SANDBOX_URL", &self.sandbox), ("SHIWEN_SANDBOX_PACE", self.pace)]
    }

    pub(crate) fn start_app(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> io::Result<App<'_>> {
        let data = self.data.to_string_lossy();
        let mut whole = vec!["--data-dir", &*data];
        whole.extend(arguments);
        App::start(&self.desktop, &whole, variables)
    }

    /// How many create calls the services received for links that contain `code`.
    pub(crate) fn creates(&self, code: &str) -> io::Result<u64> {
        let by_link = self.calls()?["creates_by_link"].as_object().cloned().unwrap_or_default();
        let ours = by_link.iter().filter(|(link, _)| link.contains(code));
        Ok(ours.filter_map(|(_, count)| count.as_u64()).sum())
    }

    /// How many create calls a service received, for whatever.
    pub(crate) fn creates_at(&self, provider: &str) -> io::Result<u64> {
        Ok(self.calls()?["creates"][provider].as_u64().unwrap_or_default())
    }

    /// How many calls arrived at a route of a service, e.g. `rawugc POST /personas`.
    pub(crate) fn calls_of(&self, route: &str) -> io::Result<u64> {
        Ok(self.calls()?["routes"][route].as_u64().unwrap_or_default())
    }

    /// Everything that the services were asked.
    pub(crate) fn calls(&self) -> io::Result<Value> {
        driver::get(&format!("{}/_sandbox/calls", self.sandbox))
    }

    /// The database files in the data folder, whatever they are called.
    pub(crate) fn databases(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        files(&self.data, &mut |path, content| {
            if content.starts_with(b"SQLite format 3\0") && !path.to_string_lossy().contains("web")
            {
                found.push(path.clone());
            }
        })?;
        Ok(found)
    }
}

/// Calls `look` with the path and the content of every file below `folder`.
pub(crate) fn files(
    folder: &std::path::Path,
    look: &mut impl FnMut(&PathBuf, &[u8]),
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files(&entry.path(), look)?;
        } else if kind.is_file() {
            look(&entry.path(), &fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// The texts of a JSON list.
pub(crate) fn texts_of(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// A share text as people post them, around a link whose code tells the sandbox what to play.
pub(crate) fn share_text(code: &str) -> String {
    format!(
        "7.43 复制打开抖音，看看【小满的作品】厨房里的一天 # 日常 \
         https://v.douyin.com/{code}/ a@B.cd 10/24 :4pm"
    )
}

/// The steps that many tests begin with.
impl App<'_> {
    /// Pastes a share text with the keyboard and submits it with the button.
    pub(crate) fn submit(&self, code: &str) -> io::Result<()> {
        self.paste_into(&by("paste-box"), &share_text(code))?;
        self.see(&by("chip"), SOON)?;
        self.click(&by("submit"))
    }

    /// Waits until the task of the link with this code is in `state`, in Rust and on screen.
    pub(crate) fn see_task(&self, code: &str, state: &str, within: Duration) -> io::Result<Value> {
        let what = format!("the task of {code} to be {state}");
        let mut last = Value::Null;
        let reached = until(&what, within, || {
            last = self.task(code)?;
            Ok((last["state"] == state).then(|| last.clone()))
        });
        let task = reached.map_err(|err| {
            self.failed(io::Error::other(format!(
                "{err}; it is {}, {}",
                last["state"], last["wait"]
            )))
        })?;
        let row = format!("{}[data-id=\"{}\"][data-state={state}]", by("task-row"), task["id"]);
        self.see(&row, SOON)?;
        Ok(task)
    }

    /// The newest task of the link with this code, as Rust tells the page; null where there is none.
    pub(crate) fn task(&self, code: &str) -> io::Result<Value> {
        let of_code =
            |task: &&Value| task["link"]["url"].as_str().is_some_and(|url| url.contains(code));
        Ok(self.tasks("texts")?.iter().find(of_code).cloned().unwrap_or_default())
    }

    /// The tasks of a desk as Rust tells the page, the newest paste first.
    pub(crate) fn tasks(&self, desk: &str) -> io::Result<Vec<Value>> {
        let mut page = self.call("tasks", json!({ "desk": desk, "before": null, "limit": 50 }))?;
        serde_json::from_value(page["tasks"].take()).map_err(io::Error::other)
    }

    /// How many tasks about links the history holds.
    pub(crate) fn total(&self) -> io::Result<u64> {
        let page = self.call("tasks", json!({ "desk": "texts", "before": null, "limit": 1 }))?;
        Ok(page["total"].as_u64().unwrap_or_default())
    }
}
