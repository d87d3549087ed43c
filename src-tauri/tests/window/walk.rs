//! A walk through all views and states of the real window. At each of them axe looks for what keeps people out, in light
//! and dark; where `SHIWEN_SCREENS` names a folder, a picture of each is put there (`cargo xtask screens`).

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::{env, fs, io, thread, time::Duration};

use serde_json::{Value, json};
use shiwen_headless::Desktop;

use crate::app::{App, SOON, by};
use crate::until::until_true;
use crate::world::World;

/// The window's own size at its first start.
pub(crate) const USUAL: (u32, u32) = (1180, 760);
/// The smallest that it can be made.
pub(crate) const SMALL: (u32, u32) = (720, 520);
/// What the tests' screen has room for.
pub(crate) const WIDE: (u32, u32) = (1560, 940);

pub(crate) struct Walk<'a> {
    pub(crate) app: &'a App<'a>,
    desktop: &'a Desktop,
    language: &'a str,
    pictures: Option<PathBuf>,
    faults: RefCell<Vec<String>>,
    looks: Cell<u32>,
}

/// Walks in Chinese; for pictures in English, too.
pub(crate) fn languages() -> &'static [&'static str] {
    if folder().is_some() { &["zh-CN", "en"] } else { &["zh-CN"] }
}

/// Where pictures are wanted.
fn folder() -> Option<PathBuf> {
    env::var_os("SHIWEN_SCREENS").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Starts the sandboxed program in this language.
pub(crate) fn speaking<'a>(world: &'a World, language: &str) -> io::Result<App<'a>> {
    let app = world.sandboxed()?;
    let mut settings = app.call("settings", json!({}))?;
    settings["language"] = json!(language);
    settings["close"] = json!("quit");
    app.call("save_settings", json!({ "settings": settings }))?;
    app.close()?;
    world.sandboxed()
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        world: &'a World,
        app: &'a App<'a>,
        language: &'a str,
    ) -> io::Result<Walk<'a>> {
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
        app.run(&fs::read_to_string(axe)?, &[])?;
        app.run(ERRORS, &[])?;
        let pictures = folder();
        if let Some(folder) = &pictures {
            fs::create_dir_all(folder)?;
        }
        let walk = Walk {
            app,
            desktop: &world.desktop,
            language,
            pictures,
            faults: RefCell::default(),
            looks: Cell::new(0),
        };
        walk.resize(USUAL)?;
        Ok(walk)
    }

    /// Looks at what is on screen now, in light and dark.
    pub(crate) fn look(&self, view: &str) -> io::Result<()> {
        for theme in ["light", "dark"] {
            self.app
                .run("document.documentElement.dataset.theme = arguments[0]", &[json!(theme)])?;
            self.app.run(TOAST, &[json!(by("toast")), json!(view == "toast")])?;
            self.rest()?;
            let found = self.app.run_async(AXE, &[])?;
            let found: Vec<String> = serde_json::from_value(found).map_err(io::Error::other)?;
            let of_here = |fault| format!("{view}, {theme}, {}: {fault}", self.language);
            self.faults.borrow_mut().extend(found.into_iter().map(of_here));
            self.picture(&format!("{view}-{theme}"))?;
        }
        self.looks.set(self.looks.get() + 1);
        Ok(())
    }

    /// Clicks `css` and looks.
    pub(crate) fn at(&self, css: &str, view: &str) -> io::Result<()> {
        self.app.click(css)?;
        self.look(view)
    }

    /// Presses Escape where the focus is.
    pub(crate) fn escape(&self) -> io::Result<()> {
        self.app.type_into(":focus", "\u{e00c}")
    }

    pub(crate) fn resize(&self, (width, height): (u32, u32)) -> io::Result<()> {
        let window = self.app.window()?;
        let size = [width.to_string(), height.to_string()];
        self.app.xdotool(&["windowsize", &window, &size[0], &size[1]])?;
        until_true("the window's size", SOON, || {
            // Not by the page, which measures in its own pixels where it is enlarged.
            let said = self.app.xdotool(&["getwindowgeometry", &window])?;
            Ok::<_, io::Error>(said.contains(&format!("{width}x{height}")))
        })
    }

    /// Waits for fonts, transitions and the frame behind them.
    fn rest(&self) -> io::Result<()> {
        let script = "await document.fonts.ready;\
             const ends = document.getAnimations().filter(one => one.effect?.getComputedTiming().endTime < 1000);\
             await Promise.race([Promise.all(ends.map(one => one.finished.catch(() => null))), new Promise(done => setTimeout(done, 800))]);\
             await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); return null";
        self.app.run_async(script, &[]).map(drop)
    }

    fn picture(&self, name: &str) -> io::Result<()> {
        let Some(folder) = &self.pictures else { return Ok(()) };
        // What the page has drawn is not on the screen at once.
        thread::sleep(Duration::from_millis(120));
        let to = folder.join(format!("{name}-{}.png", self.language.get(..2).unwrap_or_default()));
        let mut import = self.desktop.command("import");
        import.args(["-window", &self.app.window()?, "+dither", "-colors", "160", "-strip"]);
        let taken = import.arg(format!("PNG8:{}", to.display())).status()?;
        if taken.success() { Ok(()) } else { Err(io::Error::other(format!("no {name}"))) }
    }

    /// Fails with everything that was found on the way.
    pub(crate) fn end(self) -> io::Result<()> {
        let faults = self.faults.borrow();
        println!("\nwindow.axe.views {} views in {}", self.looks.get(), self.language);
        assert!(self.looks.get() > 0);
        if faults.is_empty() {
            return Ok(());
        }
        Err(self.app.failed(io::Error::other(format!("\n{}", faults.join("\n")))))
    }
}

/// Keeps what goes wrong in the page itself.
const ERRORS: &str = "window.__errors = [];\
    const keep = error => window.__errors.push(`error: ${error?.message ?? error} ${error?.stack ?? ''}`);\
    addEventListener('error', event => keep(event.error ?? event.message));\
    addEventListener('unhandledrejection', event => keep(event.reason))";

/// What was said of the step before lies over what is looked at.
const TOAST: &str = "const toast = document.querySelector(arguments[0]);\
    if (toast !== null) toast.style.visibility = arguments[1] ? '' : 'hidden'";

/// What axe finds wrong, one line for each element.
const AXE: &str = "const found = await window.axe.run(document, { resultTypes: ['violations'] });\
    return window.__errors.splice(0).concat(found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} (${node.failureSummary?.split('\\n').slice(1, 3).join('; ').trim()})`)))";

/// Makes tasks of links with these codes, as one paste.
pub(crate) fn order(app: &App<'_>, provider: &str, codes: &[&str]) -> io::Result<Value> {
    let urls: Vec<String> =
        codes.iter().map(|code| format!("https://v.douyin.com/{code}/")).collect();
    let submission = json!({
        "share_text": urls.join("\n"), "urls": urls, "again": [], "provider": provider,
        "operation": "transcribe", "target_language": null, "input": {}, "together": false, "then": [],
    });
    app.call("create_tasks", json!({ "submission": submission }))
}

/// Opens the task of the link with this code.
pub(crate) fn open(app: &App<'_>, code: &str) -> io::Result<()> {
    let id = app.task(code)?["id"].clone();
    app.click(&format!("{}[data-id=\"{id}\"] a", by("task-row")))
}
