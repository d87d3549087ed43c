//! From the first start to the first transcript in the clipboard, with the keyboard alone.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use crate::app::{SOON, by};
use crate::until::{until, until_true};
use crate::world::{TASK_ENDS, World, share_text};

/// The sandbox's own, so that it can be tested.
const KEY: &str = "5a4d0b0c-0000-4000-8000-000000000001";
const CODE: &str = "first-by-hand";

#[test]
fn the_first_transcript_is_copied_without_a_mouse_and_the_focus_is_always_seen() -> io::Result<()> {
    let mut world = World::start()?;
    world.desktop.unlock_keychain()?;
    let base = format!("{}/momoget/api/v1", world.sandbox);
    let app = world.start_app(&[], &[("SHIWEN_MOMOGET_BASE_URL", &base)])?;
    app.see(&by("welcome"), SOON)?;
    app.take_keyboard()?;

    // The service: whichever is offered first, the arrow keys go on from there.
    app.tab_to("[name=provider]")?;
    let momoget = by("choose-momoget");
    for _ in 0..6 {
        if app.count(&format!("{momoget}:checked"))? == 1 {
            break;
        }
        app.press(&["Down"])?;
        until("another service", SOON, || Ok(Some(app.count(&format!("{momoget}:checked"))?)))?;
    }
    app.see_focus(&format!("{momoget}:checked"))?;
    // Its key.
    app.tab_to(&by("field-user_id"))?;
    app.type_letters(KEY)?;
    app.tab_to(&by("test-provider"))?;
    app.press(&["Return"])?;
    // It works, which cost nothing; on.
    app.see(&by("start"), SOON)?;
    assert_eq!(world.creates_at("momoget")?, 0);
    app.tab_to(&by("start"))?;
    app.press(&["Return"])?;
    app.see(&by("paste-box"), SOON)?;

    world.desktop.set_clipboard(&share_text(CODE))?;
    until("the clipboard", SOON, || {
        Ok((world.desktop.clipboard()? == share_text(CODE)).then_some(()))
    })?;
    // From wherever the focus is.
    app.press(&["ctrl+v"])?;
    app.see(&by("chip"), SOON)?;
    app.see_focus(&by("paste-box"))?;
    app.press(&["Return"])?;
    app.see_task(CODE, "succeeded", TASK_ENDS)?;
    let shown = app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;

    app.tab_to(&by("copy"))?;
    app.press(&["Return"])?;
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    until("the text in the clipboard", SOON, || {
        Ok((letters(&world.desktop.clipboard()?) == letters(&shown)).then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    // And from anywhere, once more.
    world.desktop.set_clipboard("别的")?;
    app.press(&["ctrl+shift+c"])?;
    until("the text in the clipboard again", SOON, || {
        Ok((letters(&world.desktop.clipboard()?) == letters(&shown)).then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    assert_eq!(world.creates_at("momoget")?, 1);
    app.close()
}

#[test]
fn a_shortcut_that_is_held_asks_once_and_never_answers_itself() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.take_keyboard()?;
    let five: Vec<String> = (1..=5).map(|at| share_text(&format!("held-{at}"))).collect();
    app.paste_into(&by("paste-box"), &five.join("\n"))?;
    until_true("five links", SOON, || Ok::<_, io::Error>(app.count(&by("chip"))? == 5))?;
    app.run(
        "window.__enters = [];\
         addEventListener('keydown', (e) => { if (e.key === 'Enter') window.__enters.push(e.repeat) }, true)",
        &[],
    )?;

    app.xdotool(&["keydown", "ctrl+Return"])?;
    sleep(Duration::from_millis(1500));
    app.xdotool(&["keyup", "ctrl+Return"])?;
    app.see(&format!("{}[open]", by("confirm")), SOON)?;
    let enters = app.run("return window.__enters.length", &[])?;
    assert!(enters.as_u64() > Some(3), "the screen does not repeat held keys: {enters}");
    assert_eq!((world.creates("held-")?, app.total()?), (0, 0), "nobody said yes");

    // One that is pressed for the question answers it.
    app.press(&["ctrl+Return"])?;
    until("all of them", SOON, || Ok((app.total()? == 5).then_some(())))
        .map_err(|err| app.failed(err))?;
    app.close()
}
