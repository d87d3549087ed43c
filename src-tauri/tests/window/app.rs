//! The real program, started in a session of its own and used through its window.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use shiwen_headless::Desktop;

use crate::driver::{self, Driver};
use crate::until::{until, until_true};

/// For what the program does by itself. Generous, since two cores may be busy with a build.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// What the program calls itself on the bus.
const IDENTIFIER: &str = "app.shiwen.desktop";

/// `[data-testid="…"]`: how the tests name what is on screen.
pub(crate) fn by(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

/// Ctrl + V as WebDriver writes it: the modifier, the key, the modifier released.
const PASTE: &str = "\u{e009}v\u{e009}";

/// The running program. Dropping it kills it; before another start on the same data folder it must
/// have been [closed](App::close) or [killed](App::kill), which wait until it is really gone.
pub(crate) struct App<'a> {
    desktop: &'a Desktop,
    driver: Driver,
    browser_driver: Child,
    pid: Pid,
}

impl<'a> App<'a> {
    pub(crate) fn start(
        desktop: &'a Desktop,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> io::Result<App<'a>> {
        let port = driver::free_port()?;
        let mut command = desktop.command("WebKitWebDriver");
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        // The driver starts the program, which inherits all of this.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(variables.iter().copied());
        let log = desktop.log("shiwen")?;
        command.stdout(log.try_clone()?).stderr(log);
        let browser_driver = command.spawn()?;
        until_true("WebKitWebDriver", SOON, || io::Result::Ok(driver::is_up(port)))?;

        let binary = binary();
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let driver = Driver::open(port, &binary, &arguments);
        let driver = driver.inspect_err(|_| keep_evidence(desktop, None))?;
        let pid = until("the program's process", SOON, || child(browser_driver.id(), &binary))?;
        Ok(App { desktop, driver, browser_driver, pid })
    }

    /// Waits until `css` selects something.
    pub(crate) fn see(&self, css: &str, within: Duration) -> io::Result<()> {
        let seen = until_true(css, within, || Ok::<_, io::Error>(self.text(css)?.is_some()));
        seen.map_err(|err| self.failed(err))
    }

    /// The text on screen of the first element that `css` selects.
    pub(crate) fn text(&self, css: &str) -> io::Result<Option<String>> {
        let script = "const found = document.querySelector(arguments[0]);\
                      return found === null ? null : found.innerText";
        Ok(self.driver.run(script, &[json!(css)])?.as_str().map(str::to_owned))
    }

    /// Waits for the text of `css` to satisfy `fits`, and returns it.
    pub(crate) fn read(
        &self,
        css: &str,
        within: Duration,
        fits: impl Fn(&str) -> bool,
    ) -> io::Result<String> {
        let mut last = None;
        let text = until(css, within, || {
            last = self.text(css)?;
            Ok(last.clone().filter(|text| fits(text)))
        });
        text.map_err(|err| self.failed(io::Error::other(format!("{err}; it reads {last:?}"))))
    }

    pub(crate) fn count(&self, css: &str) -> io::Result<u64> {
        let script = "return document.querySelectorAll(arguments[0]).length";
        Ok(self.driver.run(script, &[json!(css)])?.as_u64().unwrap_or_default())
    }

    /// Clicks as soon as there is something to be clicked that is not disabled.
    pub(crate) fn click(&self, css: &str) -> io::Result<()> {
        until(&format!("{css} to be clicked"), SOON, || {
            let ready = format!("{css}:not(:disabled):not([aria-disabled=true])");
            self.driver.click(&ready).map(Some)
        })
        .map_err(|err| self.failed(err))
    }

    /// Runs `script` in the page; `arguments` are its `arguments`, and what it returns comes back.
    pub(crate) fn run(&self, script: &str, arguments: &[Value]) -> io::Result<Value> {
        self.driver.run(script, arguments)
    }

    /// As [`App::run`], and waits for what `script` awaits.
    pub(crate) fn run_async(&self, script: &str, arguments: &[Value]) -> io::Result<Value> {
        self.driver.run_async(script, arguments)
    }

    /// How many windows with a page the program has.
    pub(crate) fn windows(&self) -> io::Result<usize> {
        self.driver.windows()
    }

    /// Picks the entry with this value from a `<select>`.
    pub(crate) fn choose(&self, css: &str, value: &str) -> io::Result<()> {
        self.click(&format!("{css} option[value=\"{value}\"]"))
    }

    pub(crate) fn type_into(&self, css: &str, keys: &str) -> io::Result<()> {
        until(&format!("{css} to be typed into"), SOON, || {
            self.driver.type_into(css, keys).map(Some)
        })
        .map_err(|err| self.failed(err))
    }

    /// Copies `text` outside of the program and pastes it into `css` with the keyboard.
    pub(crate) fn paste_into(&self, css: &str, text: &str) -> io::Result<()> {
        self.desktop.set_clipboard(text)?;
        // The program that holds the text goes on in the background, and may not be asked too early.
        until_true("the clipboard", SOON, || {
            Ok::<_, io::Error>(self.desktop.clipboard()? == text)
        })?;
        self.type_into(css, PASTE)
    }

    /// Calls a command of ours as the page does. An error of the command is an error here.
    pub(crate) fn call(&self, command: &str, arguments: Value) -> io::Result<Value> {
        let script = "return await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])";
        self.driver.run_async(script, &[json!(command), arguments])
    }

    /// From now on keeps a copy of every answer and event that Rust sends to the page.
    /// `invoke` itself is frozen, but what it finds its waiting callers in is an ordinary map.
    pub(crate) fn record(&self) -> io::Result<()> {
        let script = "const callbacks = window.__TAURI_INTERNALS__.callbacks;\
             window.__recorded = [];\
             callbacks.get = function (id) {\
               const waiting = Map.prototype.get.call(this, id);\
               return waiting && (data => {\
                 window.__recorded.push(JSON.stringify(data) ?? ''); return waiting(data) }) }";
        self.driver.run(script, &[]).map(drop)
    }

    /// What came since [`App::record`], one JSON text each.
    pub(crate) fn recorded(&self) -> io::Result<Vec<String>> {
        let texts = self.driver.run("return window.__recorded", &[])?;
        serde_json::from_value(texts).map_err(io::Error::other)
    }

    /// Everything that the page holds: its markup, the values of its fields, its storage, what it
    /// was given at the start.
    pub(crate) fn whole_page(&self) -> io::Result<String> {
        let script = "return [document.documentElement.outerHTML,\
             ...[...document.querySelectorAll('input, textarea')].map(field => field.value),\
             JSON.stringify(localStorage), JSON.stringify(sessionStorage),\
             JSON.stringify(window.__SHIWEN__ ?? null)].join('\\n')";
        Ok(self.driver.run(script, &[])?.as_str().unwrap_or_default().to_owned())
    }

    /// Ends the program as a power cut would: it gets no chance to do anything.
    pub(crate) fn kill(self) -> io::Result<()> {
        kill_process(self.pid, Signal::KILL)?;
        self.gone(SOON)
    }

    /// Stops the program where it is, so that it answers nobody any more.
    pub(crate) fn freeze(&self) -> io::Result<()> {
        Ok(kill_process(self.pid, Signal::STOP)?)
    }

    /// Closes the window as a user does, and waits until the program ended by itself.
    pub(crate) fn close(self) -> io::Result<()> {
        // Openbox closes the active window on Alt + F4. It now and then misses a key that comes
        // right after it moved the focus, as a hand would notice and press again.
        let window = self.window()?;
        until_true("the program to end", SOON, || {
            let _ = self.xdotool(&["windowactivate", "--sync", &window, "key", "alt+F4"]);
            self.gone(Duration::from_secs(2)).map(|()| true)
        })
        .map_err(|err| self.failed(err))
    }

    /// Differs as soon as the process has begun anew in the same place: what the kernel then hands it lies elsewhere.
    pub(crate) fn incarnation(&self) -> io::Result<Vec<u8>> {
        fs::read(format!("/proc/{}/auxv", self.pid.as_raw_nonzero()))
    }

    /// The X11 window of the program, by its process.
    pub(crate) fn window(&self) -> io::Result<String> {
        let pid = self.pid.as_raw_nonzero().to_string();
        // By class, since xdotool cannot read a Chinese title where its locale is missing.
        let search = ["search", "--onlyvisible", "--all", "--pid", &pid, "--class", "."];
        let windows = until("the window", SOON, || self.xdotool(&search).map(Some))?;
        Ok(windows.lines().next().unwrap_or_default().to_owned())
    }

    /// Asks the window system, as other programs and the user's mouse do.
    pub(crate) fn xdotool(&self, arguments: &[&str]) -> io::Result<String> {
        let answer = self.desktop.command("xdotool").args(arguments).output()?;
        if !answer.status.success() {
            return Err(io::Error::other(format!("xdotool {arguments:?} failed")));
        }
        Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    }

    /// Whether the window is on the screen, rather than hidden or minimized.
    pub(crate) fn is_shown(&self) -> bool {
        let pid = self.pid.as_raw_nonzero().to_string();
        // It fails where it finds none.
        self.xdotool(&["search", "--onlyvisible", "--all", "--pid", &pid, "--class", "."]).is_ok()
    }

    /// Waits until the program ended by itself.
    pub(crate) fn see_end(&self) -> io::Result<()> {
        self.gone(SOON).map_err(|err| self.failed(err))
    }

    fn gone(&self, within: Duration) -> io::Result<()> {
        // The bus notices a little later than the kernel. A program that starts in between would
        // take the dead one for the first instance.
        until_true("the process to end", within, || {
            Ok::<_, io::Error>(!is_alive(self.pid) && !self.desktop.is_on_bus(IDENTIFIER)?)
        })
    }

    pub(crate) fn failed(&self, err: io::Error) -> io::Error {
        keep_evidence(self.desktop, Some(self));
        err
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            keep_evidence(self.desktop, Some(self));
        }
        if is_alive(self.pid) {
            let _ = kill_process(self.pid, Signal::KILL);
        }
        let _ = self.browser_driver.kill();
        let _ = self.browser_driver.wait();
    }
}

/// Leaves a picture, the page's markup and the log where the developer finds them.
fn keep_evidence(desktop: &Desktop, app: Option<&App<'_>>) {
    let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
    let folder = evidence_folder();
    let _ = fs::create_dir_all(&folder);
    let _ = desktop.picture(&folder.join(format!("{test}.png")));
    if let Some(Ok(page)) = app.map(App::whole_page) {
        let _ = fs::write(folder.join(format!("{test}.html")), page);
    }
    let _ = fs::copy(desktop.home().join("shiwen.log"), folder.join(format!("{test}.log")));
    eprintln!("a picture, the page and the log are in {}", folder.display());
}

/// The program under test, as it was built for this test, or in the folder that a measurement names.
pub(crate) fn binary() -> PathBuf {
    match std::env::var_os("SHIWEN_WINDOW_PROGRAMS") {
        Some(folder) => Path::new(&folder).join("shiwen"),
        None => PathBuf::from(env!("CARGO_BIN_EXE_shiwen")),
    }
}

/// Where pictures go that tests take.
pub(crate) fn evidence_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("window")
}

fn is_alive(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// The child of `parent` that runs `binary`.
fn child(parent: u32, binary: &Path) -> io::Result<Option<Pid>> {
    for process in fs::read_dir("/proc")?.flatten() {
        let runs_it = fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == binary);
        // The parent is the second field after the name, which stands in parentheses.
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let fields = stat.rsplit(") ").next().unwrap_or_default();
        if runs_it && fields.split(' ').nth(1) == Some(&parent.to_string()) {
            let pid = process.file_name().to_string_lossy().parse().ok();
            return Ok(pid.and_then(Pid::from_raw));
        }
    }
    Ok(None)
}
