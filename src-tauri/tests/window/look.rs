//! Light and dark, as the screen shows them. The pictures stay for a look with one's own eyes.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::json;

use crate::app::{SOON, by, evidence_folder};
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
