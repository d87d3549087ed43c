//! The steps that tests of the studio share.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::until::until;

impl App<'_> {
    /// Opens the studio at one of its tabs.
    pub(crate) fn open_studio(&self, tab: &str) -> io::Result<()> {
        self.click(&by("nav-studio"))?;
        self.click(&by(&format!("studio-{tab}")))
    }

    /// Picks the first model of this provider in the form that makes things.
    pub(crate) fn choose_maker(&self, provider: &str) -> io::Result<()> {
        self.click(&format!("{} option[value^=\"{provider} \"]", by("make-maker")))
    }

    /// Picks one of a few choices that stand side by side.
    pub(crate) fn pick(&self, group: &str, value: &str) -> io::Result<()> {
        let radio = |more: &str| format!("input[name=\"{group}\"][value=\"{value}\"]{more}");
        self.click(&format!("label:has(> {})", radio("")))?;
        self.see(&radio(":checked"), SOON)
    }

    /// Waits until the newest work with this prompt is in `state`, in Rust and on screen.
    pub(crate) fn see_work(
        &self,
        prompt: &str,
        state: &str,
        within: Duration,
    ) -> io::Result<Value> {
        let mut last = Value::Null;
        let reached = until(&format!("the work to be {state}"), within, || {
            let works = self.tasks("works")?;
            last = works.into_iter().find(|task| task["subject"] == prompt).unwrap_or_default();
            Ok((last["state"] == state).then(|| last.clone()))
        });
        let task = reached.map_err(|err| {
            self.failed(io::Error::other(format!("{err}; it is {}", last["state"])))
        })?;
        self.see(&format!("{}[data-id=\"{}\"][data-state={state}]", by("work"), task["id"]), SOON)?;
        Ok(task)
    }

    /// Waits until the `<video>` that `css` selects plays what Rust handed over: it has frames of
    /// a size, its time goes on, and nothing is wrong with it.
    pub(crate) fn see_playing(&self, css: &str) -> io::Result<()> {
        let mut last = Value::Null;
        let playing = until("the video to play", SOON, || {
            let before = last["time"].as_f64();
            last = self.run(
                "const video = document.querySelector(arguments[0]);\
                 return video && { time: video.currentTime, ready: video.readyState,\
                   width: video.videoWidth, error: video.error?.code ?? null, from: video.src }",
                &[json!(css)],
            )?;
            let goes_on = before.is_some_and(|before| last["time"].as_f64() > Some(before));
            let shown = last["ready"].as_u64() >= Some(2) && last["width"].as_u64() > Some(0);
            let ours = last["from"].as_str().is_some_and(|from| from.starts_with("blob:"));
            Ok((goes_on && shown && ours && last["error"].is_null()).then_some(()))
        });
        playing.map_err(|err| self.failed(io::Error::other(format!("{err}; it is {last}"))))
    }
}
