//! The keyboard as a hand has it: keys go through the window system to whatever has the focus.

use std::io;

use serde_json::{Value, json};

use crate::app::{App, SOON};
use crate::until::{until, until_true};

/// More steps than any view has places to stop at.
const STEPS: usize = 60;

impl App<'_> {
    /// Brings the window forward, so that keys go to its page.
    pub(crate) fn take_keyboard(&self) -> io::Result<()> {
        let window = self.window()?;
        until_true("the page to have the keyboard", SOON, || {
            self.xdotool(&["windowactivate", "--sync", &window])?;
            Ok::<_, io::Error>(self.run("return document.hasFocus()", &[])? == true)
        })
        .map_err(|err| self.failed(err))
    }

    /// Presses keys by the names that X11 has for them: `Tab`, `ctrl+v`, `Return`.
    pub(crate) fn press(&self, keys: &[&str]) -> io::Result<()> {
        let mut arguments = vec!["key"];
        arguments.extend(keys);
        self.xdotool(&arguments).map(drop)
    }

    /// Types letters and digits one after the other.
    pub(crate) fn type_letters(&self, letters: &str) -> io::Result<()> {
        self.xdotool(&["type", "--delay", "12", letters]).map(drop)
    }

    /// Goes on with the Tab key until `css` has the focus; each stop on the way can be seen.
    pub(crate) fn tab_to(&self, css: &str) -> io::Result<()> {
        let mut stops = Vec::new();
        for _ in 0..STEPS {
            let before = self.focus("")?;
            if before["there"] == true {
                stops.push(before["name"].clone());
            }
            self.press(&["Tab"])?;
            // The key is on its way when the program that sent it has ended.
            let after = until("the focus to move on", SOON, || {
                let now = self.focus(css)?;
                Ok((now["mark"] != before["mark"]).then_some(now))
            })
            .map_err(|err| self.failed(err))?;
            assert!(after["there"] != true || after["seen"] == true, "unseen focus: {after}");
            if after["hit"] == true {
                return Ok(());
            }
        }
        let err = format!("the Tab key never came to {css}, only to {stops:?}");
        Err(self.failed(io::Error::other(err)))
    }

    /// Waits until `css` has the focus, for all to see.
    pub(crate) fn see_focus(&self, css: &str) -> io::Result<()> {
        until(&format!("the focus on {css}"), SOON, || {
            let now = self.focus(css)?;
            Ok((now["hit"] == true && now["seen"] == true).then_some(()))
        })
        .map_err(|err| self.failed(err))
    }

    /// What has the focus, whether `css` selects it, and whether a ring of the colour for it is drawn around it or
    /// around what it stands in; in a text of several lines the caret is enough. The mark differs for each element
    /// that ever had the focus.
    fn focus(&self, css: &str) -> io::Result<Value> {
        let script = "const at = document.activeElement;\
             const there = at !== null && at !== document.body;\
             window.__marks ??= new WeakMap();\
             if (there && !window.__marks.has(at)) window.__marks.set(at, window.__marked = (window.__marked ?? 0) + 1);\
             const probe = document.body.appendChild(document.createElement('i'));\
             probe.style.color = 'var(--focus)';\
             const colour = getComputedStyle(probe).color;\
             probe.remove();\
             let seen = there && at.matches('textarea') && getComputedStyle(at).caretColor !== 'rgba(0, 0, 0, 0)';\
             for (let one = at, up = 0; there && one !== null && up < 5; one = one.parentElement, up += 1) {\
               const style = getComputedStyle(one);\
               const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 && style.outlineColor === colour;\
               if (ring || style.boxShadow.includes(colour)) seen = true }\
             return { there, seen, mark: there ? window.__marks.get(at) : 0,\
               hit: there && arguments[0] !== '' && at.matches(arguments[0]),\
               name: there ? at.dataset.testid ?? at.id ?? at.tagName : null }";
        self.run(script, &[json!(css)])
    }
}
