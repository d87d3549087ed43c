//! From outside the window: keys that work anywhere, what was copied elsewhere, and addresses of our own. Nothing of
//! it spends without the user having asked for it.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, SOON, binary, by};
use crate::until::{until, until_true};
use crate::world::{TASK_ENDS, World, share_text};

/// Long enough for whoever looks at copies, short enough for a test.
const SEEN: Duration = Duration::from_millis(400);

#[test]
fn a_key_pressed_anywhere_turns_the_copied_link_into_its_text() -> io::Result<()> {
    let world = World::start()?;
    let notices = world.desktop.notifications()?;
    let app = world.sandboxed()?;
    app.take_keyboard()?;
    app.click(&by("nav-settings"))?;
    app.click(&by("settings-paste"))?;
    app.click(&by("global-keys"))?;
    app.press(&["ctrl+alt+x"])?;
    until("the keys to be kept", SOON, || {
        let settings = app.call("settings", json!({}))?;
        Ok(settings["shortcut"].is_string().then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    app.click(&by("nav-texts"))?;
    let window = app.window()?;
    app.xdotool(&["windowminimize", "--sync", &window])?;

    copy(&world, &share_text("by-key"))?;
    app.press(&["ctrl+alt+x"])?;
    let text = until("the text in the clipboard", TASK_ENDS, || {
        let text = world.desktop.clipboard()?;
        Ok((!text.contains("by-key") && text.chars().count() > 20).then_some(text))
    })
    .map_err(|err| app.failed(err))?;
    let task = app.task("by-key")?;
    assert_eq!(task["state"], "succeeded");
    let title = format!("文案已复制 · {} 字", task["words"]);
    let see_notice = |title: &str| {
        until(title, SOON, || Ok(notices.shown().into_iter().find(|notice| notice.title == title)))
            .map_err(|err| io::Error::other(format!("{err}; {:?}", notices.shown())))
    };
    let notice = see_notice(&title)?;
    assert!(!notice.sound, "silent unless asked for");
    assert_eq!(notices.shown().len(), 1, "one notice that changes: {:?}", notices.shown());

    // The same once more costs nothing.
    copy(&world, &share_text("by-key"))?;
    app.press(&["ctrl+alt+x"])?;
    see_notice(&format!("{title} · 之前提取过，没有扣费"))?;
    assert_eq!(world.desktop.clipboard()?, text);
    assert_eq!(world.creates("by-key")?, 1);

    // Without a link it says so, and the clipboard stays.
    copy(&world, "今天没有链接")?;
    app.press(&["ctrl+alt+x"])?;
    see_notice("剪贴板里没有链接")?;
    assert_eq!(world.desktop.clipboard()?, "今天没有链接");
    assert!(!app.is_shown(), "nothing was to be asked");

    // A click on the notice opens its task.
    app.click(&by("nav-settings"))?;
    notices.click(&notice, "default").map_err(io::Error::other)?;
    app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
    until_true("the window to be back", SOON, || Ok::<_, io::Error>(app.is_shown()))?;

    // The keys are held after a restart, and no other program gets them.
    app.close()?;
    let app = world.sandboxed()?;
    taken_elsewhere(&world)?;
    let window = app.window()?;
    app.xdotool(&["windowminimize", "--sync", &window])?;
    // More than three are a question.
    let four: Vec<String> = (1..=4).map(|at| share_text(&format!("four-{at}"))).collect();
    copy(&world, &four.join("\n"))?;
    app.press(&["ctrl+alt+x"])?;
    until_true("the window to be back", SOON, || {
        Ok::<_, io::Error>(app.is_shown() && app.count(&by("chip"))? == 4)
    })
    .map_err(|err| app.failed(err))?;
    assert_eq!(world.creates("four-")?, 0);
    assert_eq!(app.total()?, 1);
    Ok(())
}

#[test]
fn what_is_copied_elsewhere_is_offered_once_and_only_on_wish() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.record()?;
    app.take_keyboard()?;
    copy(&world, &share_text("offer-off"))?;
    // There is nothing to wait for where nothing may happen.
    sleep(2 * SEEN);
    assert_eq!(app.call("offered", json!({}))?, Value::Null);
    assert_eq!(app.count(&by("clipboard-offer"))?, 0, "nobody wished for it");
    copy(&world, "别的")?;

    app.click(&by("nav-settings"))?;
    app.click(&by("settings-paste"))?;
    app.click(&by("clipboard-offer-switch"))?;
    until("the wish to be kept", SOON, || {
        Ok((app.call("settings", json!({}))?["clipboard_offer"] == true).then_some(()))
    })?;
    app.click(&by("nav-texts"))?;

    copy(&world, &share_text("offer-1"))?;
    see_offer(&app, "offer-1")?;
    app.click(&by("offer-no"))?;
    see_none(&app)?;
    // Not this text again.
    copy(&world, "又是别的")?;
    copy(&world, &share_text("offer-1"))?;
    // Nor one that leads nowhere we know.
    copy(&world, "看看 https://example.com/offer-page")?;

    copy(&world, &share_text("offer-2"))?;
    see_offer(&app, "offer-2")?;
    app.click(&by("offer-put"))?;
    app.read(&by("chip"), SOON, |chip| !chip.is_empty())?;
    see_none(&app)?;
    assert_eq!((world.creates("offer-")?, app.total()?), (0, 0), "nothing without a click");
    app.click(&by("submit"))?;
    app.see_task("offer-2", "succeeded", TASK_ENDS)?;

    // Our own copies are not, whatever is in them.
    app.call("copy_text", json!({ "text": share_text("offer-own") }))?;
    until("our copy", SOON, || Ok(world.desktop.clipboard()?.contains("offer-own").then_some(())))?;
    sleep(SEEN);
    copy(&world, &share_text("offer-3"))?;
    see_offer(&app, "offer-3")?;
    app.click(&by("offer-go"))?;
    app.see_task("offer-3", "succeeded", TASK_ENDS)?;
    assert_eq!(world.creates("offer-")?, 2);

    // What stands in the box already is not submitted along with what is offered.
    app.type_into(&by("paste-box"), "https://v.douyin.com/typed-1/")?;
    app.see(&by("chip"), SOON)?;
    copy(&world, &share_text("offer-4"))?;
    see_offer(&app, "offer-4")?;
    assert_eq!(app.count(&by("offer-go"))?, 0, "it would submit both");
    app.click(&by("offer-put"))?;
    until_true("both in the box", SOON, || Ok::<_, io::Error>(app.count(&by("chip"))? == 2))
        .map_err(|err| app.failed(err))?;
    assert_eq!((world.creates("typed-")?, world.creates("offer-")?), (0, 2));

    let told = app.recorded()?;
    let offers =
        told.iter().filter(|event| event.contains("\"links\"") && event.contains("\"text\""));
    let codes: Vec<&str> = offers
        .filter(|event| event.contains("clipboard"))
        .filter_map(|event| event.split("v.douyin.com/").nth(1)?.split('/').next())
        .collect();
    assert_eq!(codes, ["offer-1", "offer-2", "offer-3", "offer-4"]);
    Ok(())
}

#[test]
fn an_address_from_another_program_is_a_question_and_nothing_more() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    let link = "shiwen://extract?text=7.43%20%3Cb%3E%E5%8E%A8%E6%88%BF%3C%2Fb%3E%20https%3A%2F%2Fv.douyin.com%2Fwish-1%2F";
    start_with(&world, link)?;
    let shown = app.read(&by("wish-text"), SOON, |text| text.contains("wish-1"))?;
    assert!(shown.contains("<b>厨房</b>"), "not as it was written: {shown}");
    app.click(&by("wish-no"))?;
    until_true("the question to be gone", SOON, || {
        Ok::<_, io::Error>(app.count(&format!("{}[open]", by("wish-dialog")))? == 0)
    })?;
    assert_eq!(
        app.run("return document.querySelector(arguments[0]).value", &[json!(by("paste-box"))])?,
        ""
    );

    start_with(&world, link)?;
    app.click(&by("wish-yes"))?;
    app.see(&by("chip"), SOON)?;
    assert_eq!((app.total()?, world.creates("wish-")?), (0, 0));
    // What else they may want is not understood.
    for other in ["shiwen://delete?text=a", "shiwen://extract", "shiwen://extract@evil?text=a"] {
        start_with(&world, other)?;
    }
    assert_eq!(app.count(&format!("{}[open]", by("wish-dialog")))?, 0);
    app.close()?;

    // The first start.
    let app =
        world.start_app(&["--sandbox", &link.replace("wish-1", "wish-2")], &world.variables())?;
    app.read(&by("wish-text"), SOON, |text| text.contains("wish-2"))?;
    app.click(&by("wish-yes"))?;
    app.see(&by("chip"), SOON)?;
    assert_eq!((app.total()?, world.creates("wish-")?), (0, 0));
    app.click(&by("submit"))?;
    app.see_task("wish-2", "succeeded", TASK_ENDS)?;
    assert_eq!(world.creates("wish-")?, 1);
    app.close()
}

/// Another program, of ours and with another history, may not have the keys that this one holds.
fn taken_elsewhere(world: &World) -> io::Result<()> {
    let folder = world.desktop.home().join("elsewhere");
    let arguments = ["--data-dir", &folder.to_string_lossy(), "--sandbox"];
    let other = App::start(&world.desktop, &arguments, &world.variables())?;
    other.see(&by("paste-box"), SOON)?;
    let mut settings = other.call("settings", json!({}))?;
    settings["shortcut"] = json!("CommandOrControl+Alt+X");
    let refused = other.call("save_settings", json!({ "settings": settings }));
    assert!(refused.is_err_and(|error| error.to_string().contains("shortcut_taken")));
    assert_eq!(other.call("settings", json!({}))?["shortcut"], Value::Null, "kept all the same");
    Ok(())
}

/// Copies as another program would, and waits until everybody would get it.
fn copy(world: &World, text: &str) -> io::Result<()> {
    world.desktop.set_clipboard(text)?;
    until("the clipboard", SOON, || Ok((world.desktop.clipboard()? == text).then_some(())))?;
    // Those who look at each copy have to have seen it before the next.
    sleep(SEEN);
    Ok(())
}

fn see_offer(app: &App<'_>, code: &str) -> io::Result<()> {
    app.read(&by("clipboard-offer"), SOON, |words| words.contains(code)).map(drop)
}

fn see_none(app: &App<'_>) -> io::Result<()> {
    until_true("no offer", SOON, || Ok::<_, io::Error>(app.count(&by("clipboard-offer"))? == 0))
}

/// Starts the program a second time, as a browser does with an address; it hands it over and ends.
fn start_with(world: &World, address: &str) -> io::Result<()> {
    let mut second = world.desktop.command(binary());
    second.arg("--data-dir").arg(&world.data).args(["--sandbox", address]);
    second.envs(world.variables());
    let log = world.desktop.log("second")?;
    let mut second = second.stdout(log.try_clone()?).stderr(log).spawn()?;
    let ended = until("the second program to end", SOON, || second.try_wait())?;
    assert!(ended.success(), "{ended}");
    Ok(())
}
