//! Light and dark, as the screen shows them. The pictures stay for a look with one's own eyes.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::json;

use crate::app::{App, SOON, by, evidence_folder};
use crate::until::until;
use crate::world::{TASK_ENDS, World};

#[test]
fn the_dark_theme_is_dark_and_the_light_one_light() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-ok")?;
    app.see_task("sb-ok", "succeeded", TASK_ENDS)?;
    app.close()?;

    brightness(&world, "light", |mean| mean > 0.6)?;
    brightness(&world, "dark", |mean| mean < 0.35)?;
    Ok(())
}

#[test]
fn a_small_window_with_large_letters_gives_the_rows_back() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.take_keyboard()?;
    for code in ["sb-ok-small-1", "sb-ok-small-2", "sb-ok-small-3"] {
        app.submit(code)?;
        app.see_task(code, "succeeded", TASK_ENDS)?;
    }
    let row = format!("{} {}", by("rows"), by("task-row"));
    assert_eq!(app.count(&row)?, 3);
    // The sheet has taken the place of the list, which has no size now.
    app.press(&["ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus"])?;
    app.xdotool(&["windowsize", &app.window()?, "720", "520"])?;
    app.see(&by("back"), SOON)?;
    let hidden = format!("return document.querySelector('{}').offsetHeight === 0", by("rows"));
    until("the list to be away", SOON, || Ok((app.run(&hidden, &[])? == true).then_some(())))?;
    // A row that comes meanwhile has no height either.
    let url = "https://v.douyin.com/sb-ok-small-4/";
    let one = json!({ "share_text": url, "urls": [url], "again": [], "provider": "momoget", "operation": "transcribe",
        "target_language": null, "input": {}, "together": false, "then": [] });
    app.call("create_tasks", json!({ "submission": one }))?;
    until("its text", TASK_ENDS, || {
        Ok((app.task("sb-ok-small-4")?["state"] == "succeeded").then_some(()))
    })?;
    // The driver's own clicks miss where everything is enlarged.
    app.run("document.querySelector(arguments[0]).click()", &[json!(by("back"))])?;
    let heights = "return [...document.querySelectorAll(arguments[0])].filter(one => one.offsetHeight > 20).length";
    until(
        "the rows to be back",
        SOON,
        || Ok((app.run(heights, &[json!(row)])? == 4).then_some(())),
    )
    .map_err(|err| app.failed(err))?;
    app.close()
}

#[test]
fn a_dark_desktop_has_a_dark_window_and_a_restart_brings_all_back() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    assert!(lightness(&app)? > 0.8, "a light desktop");
    app.submit("sb-ok-back-1")?;
    app.see_task("sb-ok-back-1", "succeeded", TASK_ENDS)?;
    app.close()?;

    // What GTK programs are told of a dark desktop.
    let gtk = world.desktop.home().join(".config/gtk-3.0");
    fs::create_dir_all(&gtk)?;
    fs::write(gtk.join("settings.ini"), "[Settings]\ngtk-application-prefer-dark-theme=1\n")?;
    let app = world.sandboxed()?;
    assert_eq!(app.call("settings", json!({}))?["theme"], "system");
    assert!(lightness(&app)? < 0.3, "a dark desktop");

    // The user's own choices win, and all of them are there again.
    let usual = width(&app)?;
    app.submit("sb-ok-back-2")?;
    let newest = app.see_task("sb-ok-back-2", "succeeded", TASK_ENDS)?;
    app.click(&by("nav-settings"))?;
    app.click(&by("settings-look"))?;
    app.see("[name=theme]", SOON)?;
    for choice in ["[name=theme][value=light]", "[name=font-size][value=\"130\"]"] {
        // The buttons themselves are hidden behind their words.
        app.run("document.querySelector(arguments[0]).click()", &[json!(choice)])?;
    }
    until("the choices to be kept", SOON, || {
        let settings = app.call("settings", json!({}))?;
        Ok((settings["theme"] == "light" && settings["font_size"] == 130).then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    let before = app.call("settings", json!({}))?;
    app.close()?;

    let app = world.sandboxed()?;
    assert_eq!(app.call("settings", json!({}))?, before);
    assert!(lightness(&app)? > 0.8, "light in spite of the desktop");
    until("the page at its size", SOON, || {
        Ok(((usual / width(&app)? - 1.3).abs() < 0.03).then_some(()))
    })
    .map_err(|err| {
        io::Error::other(format!("{err}; it was {usual} wide, now {:?}", width(&app)))
    })?;
    let open = format!("{}[data-id=\"{}\"] [aria-current]", by("task-row"), newest["id"]);
    app.see(&open, SOON)?;
    app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
    assert_eq!(app.count(&by("task-row"))?, 2);
    app.close()
}

/// How light the page's ground is, from 0 to 1.
fn lightness(app: &App<'_>) -> io::Result<f64> {
    let script = "const ground = getComputedStyle(document.body).backgroundColor;\
         const canvas = document.createElement('canvas').getContext('2d');\
         canvas.fillStyle = ground; canvas.fillRect(0, 0, 1, 1);\
         const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;\
         if (a !== 255) throw new Error('the ground is not opaque: ' + ground);\
         return (r + g + b) / 765";
    app.run(script, &[])?.as_f64().ok_or_else(|| io::Error::other("no colour"))
}

/// How wide the page takes its window to be: less where everything is drawn larger.
fn width(app: &App<'_>) -> io::Result<f64> {
    app.run("return innerWidth", &[])?.as_f64().ok_or_else(|| io::Error::other("no width"))
}

/// Starts with this theme and waits until the window's mean brightness, from 0 to 1, `fits`.
fn brightness(world: &World, theme: &str, fits: impl Fn(f64) -> bool) -> io::Result<f64> {
    let app = world.sandboxed()?;
    let mut settings = app.call("settings", json!({}))?;
    settings["theme"] = json!(theme);
    app.call("save_settings", json!({ "settings": settings }))?;
    app.close()?;

    let app = world.sandboxed()?;
    app.click(&by("task-row"))?;
    app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
    fs::create_dir_all(evidence_folder())?;
    let picture = evidence_folder().join(format!("look-{theme}.png"));
    let window = app.window()?;
    let brightness = until(&format!("the window to be {theme}"), SOON, || {
        let taken =
            world.desktop.command("import").args(["-window", &window]).arg(&picture).status()?;
        if !taken.success() {
            return Ok(None);
        }
        // A page that is not drawn yet is of one colour.
        let drawn = measured(world, &picture, "standard_deviation")? > 0.02;
        Ok(Some(measured(world, &picture, "mean")?).filter(|&mean| drawn && fits(mean)))
    })?;
    app.close()?;
    Ok(brightness)
}

/// One of ImageMagick's figures about the picture in grey, from 0 to 1.
fn measured(world: &World, picture: &Path, figure: &str) -> io::Result<f64> {
    let answer = world
        .desktop
        .command("convert")
        .arg(picture)
        .args(["-colorspace", "Gray", "-format", &format!("%[fx:{figure}]"), "info:"])
        .output()?;
    String::from_utf8_lossy(&answer.stdout).trim().parse().map_err(io::Error::other)
}
