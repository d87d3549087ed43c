//! The Enter that confirms what an input method composed never submits; the next one does. Once with the orders of
//! events that engines are known for, and once with a real input method of GTK's own.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::until::until_true;
use crate::world::{TASK_ENDS, World, share_text};

const COMPOSING: (&str, bool, u32) = ("Enter", true, 229);
const TAGGED: (&str, bool, u32) = ("Enter", false, 229);
const PLAIN: (&str, bool, u32) = ("Enter", false, 13);

#[test]
fn the_enter_that_confirms_a_composition_never_submits_and_the_next_one_does() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;

    // Chromium's order.
    let box_of_chromium = Field::with(&app, "ime-chromium")?;
    box_of_chromium.compose("start")?;
    assert!(!box_of_chromium.takes(COMPOSING)?, "during the composition");
    box_of_chromium.compose("end")?;
    assert!(box_of_chromium.takes(PLAIN)?);
    box_of_chromium.was_submitted("ime-chromium")?;

    // WebKit's: the Enter after the end, and the real one tagged as well.
    let box_of_webkit = Field::with(&app, "ime-webkit")?;
    assert_eq!(box_of_webkit.at_once(&["start", "end"], &[TAGGED, TAGGED])?, [false, true]);
    box_of_webkit.was_submitted("ime-webkit")?;

    // Some engines tag ordinary ones, too, long after a composition that the space bar confirmed.
    let box_of_others = Field::with(&app, "ime-later")?;
    box_of_others.compose("start")?;
    box_of_others.compose("end")?;
    sleep(Duration::from_millis(150));
    assert!(box_of_others.takes(TAGGED)?);
    box_of_others.was_submitted("ime-later")?;

    let box_of_space = Field::with(&app, "ime-space")?;
    assert_eq!(box_of_space.at_once(&["start", "end"], &[PLAIN])?, [true]);
    box_of_space.was_submitted("ime-space")?;

    // Whoever holds Ctrl means it. An Escape takes back the composition, not the whole box.
    let box_of_ctrl = Field::with(&app, "ime-ctrl")?;
    box_of_ctrl.compose("start")?;
    assert!(!box_of_ctrl.takes(("Escape", true, 229))?);
    assert_eq!(app.run("return document.activeElement.value", &[])?, share_text("ime-ctrl"));
    assert!(box_of_ctrl.takes(("ctrl Enter", true, 229))?);
    box_of_ctrl.was_submitted("ime-ctrl")?;

    for code in ["ime-chromium", "ime-webkit", "ime-later", "ime-space", "ime-ctrl"] {
        app.see_task(code, "succeeded", TASK_ENDS)?;
        assert_eq!(world.creates(code)?, 1, "{code}");
    }
    assert_eq!(app.total()?, 5);
    Ok(())
}

#[test]
fn a_real_input_method_keeps_its_enter() -> io::Result<()> {
    let world = World::start()?;
    let variables = world.variables();
    let variables = [variables[0], variables[1], ("GTK_IM_MODULE", "gtk-im-context-simple")];
    let app = world.start_app(&["--sandbox"], &variables)?;
    app.see(&by("paste-box"), SOON)?;
    app.paste_into(&by("paste-box"), &share_text("ime-real"))?;
    app.see(&by("chip"), SOON)?;
    app.take_keyboard()?;
    log_keys(&app)?;

    // GTK composes a character from its number after Ctrl + Shift + U; Enter confirms it.
    app.press(&["ctrl+shift+u"])?;
    app.type_letters("6587")?;
    until_true("the composition", SOON, || Ok::<_, io::Error>(logged(&app)?.contains("start")))
        .map_err(|err| app.failed(err))?;
    app.press(&["Return"])?;
    until_true("the character in the box", SOON, || {
        Ok::<_, io::Error>(app.run("return document.activeElement.value.slice(-1)", &[])? == "文")
    })
    .map_err(|err| app.failed(err))?;
    let events = logged(&app)?;
    assert!(events.contains("compositionend"), "nothing was composed: {events}");
    assert_eq!((app.total()?, world.creates("ime-real")?), (0, 0), "submitted by: {events}");
    assert_eq!(app.count(&by("chip"))?, 1);

    app.press(&["Return"])?;
    app.see_task("ime-real", "succeeded", TASK_ENDS)?;
    assert_eq!((app.total()?, world.creates("ime-real")?), (1, 1));
    eprintln!("the engine's order: {events}");
    Ok(())
}

/// The box with a link in it.
struct Field<'a> {
    app: &'a App<'a>,
}

impl<'a> Field<'a> {
    fn with(app: &'a App<'a>, code: &str) -> io::Result<Field<'a>> {
        app.paste_into(&by("paste-box"), &share_text(code))?;
        app.see(&by("chip"), SOON)?;
        Ok(Field { app })
    }

    fn compose(&self, step: &str) -> io::Result<()> {
        self.at_once(&[step], &[]).map(drop)
    }

    /// Whether the page did something on this key, which is a name, `isComposing` and a `keyCode`.
    fn takes(&self, key: (&str, bool, u32)) -> io::Result<bool> {
        Ok(self.at_once(&[], &[key])? == [true])
    }

    /// Steps of a composition and then keys, with no time in between; answers which keys the page took.
    fn at_once(&self, steps: &[&str], keys: &[(&str, bool, u32)]) -> io::Result<Vec<bool>> {
        let script = "const field = document.querySelector(arguments[0]);\
             field.focus();\
             for (const step of arguments[1])\
               field.dispatchEvent(new CompositionEvent('composition' + step, { bubbles: true, data: '厨房' }));\
             return arguments[2].map(([name, isComposing, keyCode]) => {\
               const key = name.split(' ').at(-1);\
               const event = new KeyboardEvent('keydown', { key, isComposing, keyCode,\
                 ctrlKey: name.startsWith('ctrl'), bubbles: true, cancelable: true });\
               if (event.keyCode !== keyCode || event.isComposing !== isComposing) throw new Error('no such event');\
               return !field.dispatchEvent(event) })";
        let taken = self.app.run(script, &[json!(by("paste-box")), json!(steps), json!(keys)])?;
        serde_json::from_value(taken).map_err(io::Error::other)
    }

    fn was_submitted(self, code: &str) -> io::Result<()> {
        until_true(&format!("the task of {code}"), SOON, || {
            Ok::<_, io::Error>(self.app.task(code)? != Value::Null)
        })
        .map_err(|err| self.app.failed(err))
    }
}

/// From now on keeps what the field is told of keys and compositions.
fn log_keys(app: &App<'_>) -> io::Result<()> {
    let script = "window.__keys = [];\
         for (const kind of ['keydown', 'compositionstart', 'compositionend'])\
           document.addEventListener(kind, event => window.__keys.push(kind === 'keydown'\
             ? `keydown ${event.key} ${event.keyCode} ${event.isComposing}` : kind), true)";
    app.run(script, &[]).map(drop)
}

fn logged(app: &App<'_>) -> io::Result<String> {
    Ok(app.run("return window.__keys.join(', ')", &[])?.as_str().unwrap_or_default().to_owned())
}
