//! A history of 100,000 invented tasks: made once by the store's example `history`, and kept in `target/bench`, where
//! the measurements have it too.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::until::until;
use crate::world::World;

pub(crate) const TASKS: u64 = 100_000;
/// A word that one task in a hundred has: those whose id leaves 8, where they have a text.
pub(crate) const PLANTED: &str = "麒麓";
pub(crate) const PLANTED_EVERY: u64 = 100;
pub(crate) const PLANTED_AT: u64 = 8;

/// A world whose sandbox has such a history.
pub(crate) fn large_world() -> io::Result<World> {
    let world = World::start()?;
    let folder = world.data.join("sandbox");
    fs::create_dir_all(&folder)?;
    fs::copy(history()?.join("shiwen.db"), folder.join("shiwen.db"))?;
    Ok(world)
}

impl World {
    /// Starts the program and waits for the newest rows of a history that is there already.
    pub(crate) fn with_rows(&self) -> io::Result<App<'_>> {
        let app = self.sandboxed()?;
        app.see(&row_at(0), SOON)?;
        Ok(app)
    }
}

impl App<'_> {
    /// Searches for `text` and waits until this is what the hits are of.
    pub(crate) fn search(&self, text: &str) -> io::Result<()> {
        self.clear_search()?;
        self.type_into(&by("search-box"), text)?;
        self.see(&format!("{}[data-for=\"{text}\"]", by("hits")), SOON)
    }

    pub(crate) fn clear_search(&self) -> io::Result<()> {
        if self.count(&by("search-clear"))? > 0 {
            self.click(&by("search-clear"))?;
        }
        Ok(())
    }

    /// The ids of the rows that are drawn, by their place in the list; none while one of them is still on its way.
    pub(crate) fn drawn(&self) -> io::Result<Option<Vec<(u64, u64)>>> {
        let script = "const rows = [...document.querySelectorAll('[data-testid=rows] > [data-row]:not(.away)')];\
             const drawn = rows.map(row => [Number(row.dataset.row), Number(row.querySelector('[data-testid=task-row]')?.dataset.id)]);\
             return drawn.length > 0 && drawn.every(([, id]) => id > 0) ? drawn : null";
        serde_json::from_value(self.run(script, &[])?).map_err(io::Error::other)
    }

    /// Waits until all rows around `row` are here and are those that Rust has at these places; answers them.
    pub(crate) fn see_right_rows(&self, row: u64) -> io::Result<Vec<(u64, u64)>> {
        let what = format!("the rows around {row}");
        until(&what, SOON, || {
            let Some(drawn) = self.drawn()? else { return Ok(None) };
            let first = drawn[0].0;
            if !drawn.iter().any(|(at, _)| *at == row) {
                return Ok(None);
            }
            let wish = json!({ "desk": "texts", "from": first, "limit": drawn.len() });
            let page = self.call("tasks_at", wish)?;
            let ids = page["tasks"].as_array().cloned().unwrap_or_default();
            let right = drawn.iter().zip(&ids).all(|((_, id), task)| task["id"] == *id);
            Ok((right && ids.len() == drawn.len()).then_some(drawn))
        })
        .map_err(|err| self.failed(err))
    }
}

/// The link inside a row, by its place in the list: what takes the focus.
pub(crate) fn row_at(row: u64) -> String {
    format!("{} > [data-row=\"{row}\"] {} a", by("rows"), by("task-row"))
}

/// The count in a text like `导出 1,152 条`.
pub(crate) fn number_in(text: &str) -> u64 {
    let digits: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .collect();
    digits.replace(',', "").parse().unwrap_or_default()
}

/// Whether a value is a list with as many entries.
pub(crate) fn is_of(list: &Value, length: usize) -> bool {
    list.as_array().is_some_and(|list| list.len() == length)
}

/// The folder of the history, made where it is not there yet.
fn history() -> io::Result<PathBuf> {
    if let Some(folder) = env::var_os("SHIWEN_WINDOW_HISTORY") {
        return Ok(folder.into());
    }
    let bench = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../bench");
    fs::create_dir_all(&bench)?;
    // Two tests that are run as two processes need it at the same time.
    let lock = File::create(bench.join("history.lock"))?;
    lock.lock()?;
    let version = generator(&["version"])?;
    let folder = bench.join(format!("history-{TASKS}-{}", version.trim()));
    if !folder.is_dir() {
        generator(&["make", &folder.to_string_lossy(), &TASKS.to_string()])?;
    }
    Ok(folder)
}

fn generator(arguments: &[&str]) -> io::Result<String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo tells a test about itself would have build scripts run once more.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_")
            && name != "CARGO_HOME"
            && name != "CARGO_TARGET_DIR"
        {
            command.env_remove(&name);
        }
    }
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "shiwen-store",
        "--example",
        "history",
        "--",
    ]);
    let answer = command.args(arguments).stderr(std::process::Stdio::inherit()).output()?;
    match answer.status.success() {
        true => Ok(String::from_utf8_lossy(&answer.stdout).into_owned()),
        false => Err(io::Error::other(format!("the history could not be made: {}", answer.status))),
    }
}
