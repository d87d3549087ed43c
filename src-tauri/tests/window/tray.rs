//! The tray: recent texts, "paste and extract", and a window that comes back. Closing asks once what it means.

use std::fs;
use std::io;

use serde_json::{Value, json};
use shiwen_headless::{MenuItem, Tray};

use crate::app::{App, SOON, by};
use crate::until::{until, until_true};
use crate::world::{TASK_ENDS, World, share_text};

const OPEN: &str = "打开拾文";
const PASTE: &str = "粘贴并提取";
const QUIT: &str = "退出";

#[test]
fn the_tray_brings_texts_and_the_window_and_closing_asks_once() -> io::Result<()> {
    let world = World::start()?;
    let tray = world.desktop.tray()?;
    let notices = world.desktop.notifications()?;
    let app = world.sandboxed()?;
    see_menu(&tray, |labels| *labels == [OPEN, PASTE, QUIT])?;

    app.submit("sb-ok-tray")?;
    let task = app.see_task("sb-ok-tray", "succeeded", TASK_ENDS)?;
    let labels = see_menu(&tray, |labels| labels.len() == 4)?;
    let row = format!("{}[data-id=\"{}\"]", by("task-row"), task["id"]);
    let row = app.read(&row, SOON, |text| !text.is_empty())?;
    let title: String = labels[2].trim_end_matches('…').to_owned();
    assert!(!title.is_empty() && row.contains(&title), "{labels:?} of {row}");

    // Asked the first time, and Escape changes nothing.
    press_close(&app)?;
    app.see(&by("close-dialog"), SOON)?;
    app.press(&["Escape"])?;
    until_true("the question to be gone", SOON, || {
        Ok::<_, io::Error>(app.count(&format!("{}[open]", by("close-dialog")))? == 0)
    })?;
    assert!(app.is_shown());
    press_close(&app)?;
    app.click(&by("close-tray"))?;
    see_hidden(&app)?;

    // Works while nobody sees the window.
    world.desktop.set_clipboard(&share_text("from-tray"))?;
    assert!(tray.click(PASTE).map_err(io::Error::other)?);
    let copied = until("the text in the clipboard", TASK_ENDS, || {
        let text = world.desktop.clipboard()?;
        Ok((!text.contains("from-tray") && text.chars().count() > 20).then_some(text))
    })
    .map_err(|err| app.failed(err))?;
    until("the notification", SOON, || {
        let shown = notices.shown();
        Ok(shown.iter().any(|notice| notice.title.starts_with("文案已复制 · ")).then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    assert_eq!(world.creates("from-tray")?, 1);
    assert!(!app.is_shown(), "it was not asked for");
    see_menu(&tray, |labels| labels.len() == 5)?;

    assert!(tray.click(OPEN).map_err(io::Error::other)?);
    see_shown(&app)?;
    let task = app.see_task("from-tray", "succeeded", SOON)?;
    let detail = app.call("task", json!({ "id": task["id"] }))?;
    assert!(detail.to_string().contains(copied.lines().next().unwrap_or("？")), "{copied}");

    // Not asked again; a recent text opens with the window.
    press_close(&app)?;
    see_hidden(&app)?;
    assert_eq!(app.count(&format!("{}[open]", by("close-dialog")))?, 0);
    assert!(tray.click(&labels[2]).map_err(io::Error::other)?);
    see_shown(&app)?;
    let open = format!("{}[aria-current], {} [aria-current]", by("task-row"), by("task-row"));
    app.see(&open, SOON)?;
    app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;

    assert!(tray.click(QUIT).map_err(io::Error::other)?);
    app.see_end()?;
    until_true("the tray to be empty", SOON, || tray.items().map(|items| items.is_empty()))
}

#[test]
fn a_window_in_the_tray_tells_its_news_once_and_comes_back_when_the_tray_goes() -> io::Result<()> {
    let world = World::at_pace("0.5")?;
    let tray = world.desktop.tray()?;
    let notices = world.desktop.notifications()?;
    let app = world.sandboxed()?;
    see_menu(&tray, |labels| labels.len() == 3)?;
    let set = |name: &str, value: Value| {
        let mut settings = app.call("settings", json!({}))?;
        settings[name] = value;
        app.call("save_settings", json!({ "settings": settings }))
    };
    set("close", json!("tray"))?;
    app.submit("sb-ok-told")?;
    press_close(&app)?;
    see_hidden(&app)?;
    see_menu(&tray, |labels| labels.len() == 4)?;
    let ready = format!("文案已就绪，{} 字", app.task("sb-ok-told")?["words"]);
    let notice = until("the news", SOON, || Ok(notices.shown().pop()))?;
    assert_eq!((&*notice.title, notice.sound), (&*ready, false));

    // Whoever wants none is told none.
    set("notify", json!(false))?;
    let submission = json!({
        "share_text": share_text("sb-ok-untold"), "urls": ["https://v.douyin.com/sb-ok-untold/"],
        "again": [], "provider": "momoget", "operation": "transcribe", "target_language": null,
        "input": {}, "together": false, "then": [],
    });
    app.call("create_tasks", json!({ "submission": submission }))?;
    see_menu(&tray, |labels| labels.len() == 5)?;
    assert_eq!(notices.shown().len(), 1, "{:?}", notices.shown());

    // At login it would open with this very folder.
    let entries = world.desktop.home().join(".config/autostart");
    let entry = || -> io::Result<Vec<String>> {
        let files = fs::read_dir(&entries)?.collect::<Result<Vec<_>, _>>()?;
        files.iter().map(|file| fs::read_to_string(file.path())).collect()
    };
    assert_eq!(app.call("set_autostart", json!({ "on": true }))?["autostart"], true);
    let written = entry()?;
    let folder = world.data.to_string_lossy();
    assert!(written.len() == 1 && written[0].contains(&*folder), "{written:?}");
    assert_eq!(app.call("set_autostart", json!({ "on": false }))?["autostart"], false);
    assert_eq!(entry()?.len(), 0);

    drop(tray);
    see_shown(&app)?;
    // Without a tray closing ends the program, as on desktops that have none.
    press_close(&app)?;
    app.see_end()
}

/// Waits for a menu of one item that `fits`, lines left out.
fn see_menu(tray: &Tray, fits: impl Fn(&Vec<String>) -> bool) -> io::Result<Vec<String>> {
    let mut last = Vec::new();
    until("the tray's menu", SOON, || {
        let one = tray.items().map_err(io::Error::other)?.len() == 1;
        let items = tray.menu().map_err(io::Error::other)?;
        let entries = items.iter().filter(|item| !item.label.is_empty());
        last = entries.map(|item: &MenuItem| item.label.clone()).collect();
        Ok((one && fits(&last)).then(|| last.clone()))
    })
    .map_err(|err| io::Error::other(format!("{err}; it has {last:?}")))
}

fn press_close(app: &App<'_>) -> io::Result<()> {
    app.take_keyboard()?;
    app.press(&["alt+F4"])
}

fn see_hidden(app: &App<'_>) -> io::Result<()> {
    until_true("the window to be hidden", SOON, || Ok::<_, io::Error>(!app.is_shown()))
        .map_err(|err| app.failed(err))
}

fn see_shown(app: &App<'_>) -> io::Result<()> {
    until_true("the window to be back", SOON, || Ok::<_, io::Error>(app.is_shown()))
        .map_err(|err| app.failed(err))
}
