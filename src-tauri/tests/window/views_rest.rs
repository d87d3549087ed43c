//! The settings, the help, the ledger, the studio and the first start, as they look.

use std::io;

use serde_json::json;

use crate::app::{SOON, binary, by};
use crate::walk::{SMALL, WIDE, Walk, languages, order, speaking};
use crate::world::{TASK_ENDS, World, share_text};

#[test]
fn every_view_of_settings_ledger_and_help_is_open_to_everybody() -> io::Result<()> {
    for language in languages() {
        let world = World::start()?;
        let app = speaking(&world, language)?;
        let walk = Walk::new(&world, &app, language)?;
        order(&app, "momoget", &["sb-ok", "sb-quota"])?;
        app.see_task("sb-ok", "succeeded", TASK_ENDS)?;
        app.see_task("sb-quota", "failed", TASK_ENDS)?;

        app.click(&by("nav-settings"))?;
        // Its code comes when it is first shown.
        app.see(&by("settings-about"), SOON)?;
        let script = "return [...document.querySelectorAll('[data-testid^=settings-]')].map(page => page.dataset.testid)";
        let pages: Vec<String> =
            serde_json::from_value(app.run(script, &[])?).map_err(io::Error::other)?;
        assert!(pages.len() >= 5, "{pages:?}");
        for page in &pages {
            walk.at(&by(page), page)?;
        }
        walk.at(&by("nav-help"), "help")?;
        walk.at(&by("nav-ledger"), "ledger")?;
        walk.resize(SMALL)?;
        walk.look("ledger-small")?;
        walk.at(&by("nav-help"), "help-small")?;
        app.click(&by("nav-settings"))?;
        walk.look("settings-small")?;
        walk.resize(WIDE)?;
        walk.look("settings-wide")?;
        walk.at(&by("nav-ledger"), "ledger-wide")?;
        walk.end()?;
    }
    Ok(())
}

#[test]
fn every_view_of_the_studio_is_open_to_everybody() -> io::Result<()> {
    for language in languages() {
        let world = World::start()?;
        let app = speaking(&world, language)?;
        let walk = Walk::new(&world, &app, language)?;
        app.click(&by("nav-studio"))?;
        app.see(&by("studio-posts"), SOON)?;
        let script = "return [...document.querySelectorAll('[data-testid^=studio-]')].map(tab => tab.dataset.testid)";
        let tabs: Vec<String> =
            serde_json::from_value(app.run(script, &[])?).map_err(io::Error::other)?;
        assert!(tabs.len() >= 4, "{tabs:?}");
        for tab in &tabs {
            walk.at(&by(tab), tab)?;
        }
        app.open_studio("generate")?;
        let prompt = "清晨的面馆，热气从锅里升起来";
        let input = json!({ "model": "sora-2-text-to-video", "prompt": prompt });
        let order = json!({ "provider": "rawugc", "operation": "generate_video", "input": input, "parent": null });
        app.call("order", json!({ "order": order }))?;
        let work = app.see_work(prompt, "succeeded", TASK_ENDS)?;
        app.click(&format!("{}[data-id=\"{}\"] {}", by("work"), work["id"], by("open-work")))?;
        app.see(&by("work-page"), SOON)?;
        walk.look("work")?;
        walk.end()?;
    }
    Ok(())
}

#[test]
fn the_first_start_is_open_to_everybody() -> io::Result<()> {
    let world = World::start()?;
    let app = world.start_app(&[], &[])?;
    app.see(&by("welcome"), SOON)?;
    let walk = Walk::new(&world, &app, "zh-CN")?;
    walk.look("welcome")?;
    walk.resize(SMALL)?;
    walk.look("welcome-small")?;
    walk.end()
}

#[test]
fn what_the_desktop_asks_is_open_to_everybody() -> io::Result<()> {
    for language in languages() {
        let world = World::start()?;
        let _tray = world.desktop.tray()?;
        let app = speaking(&world, language)?;
        let mut settings = app.call("settings", json!({}))?;
        settings["clipboard_offer"] = json!(true);
        settings["close"] = json!("ask");
        app.call("save_settings", json!({ "settings": settings }))?;
        let walk = Walk::new(&world, &app, language)?;
        app.take_keyboard()?;
        world.desktop.set_clipboard(&share_text("offer-looks"))?;
        app.see(&by("clipboard-offer"), SOON)?;
        walk.look("clipboard")?;
        app.click(&by("offer-no"))?;

        let mut other = world.desktop.command(binary());
        other.args(["--data-dir", &world.data.to_string_lossy(), "--sandbox"]);
        other.arg(
            "shiwen://extract?text=%E7%9C%8B%E7%9C%8B%20https%3A%2F%2Fv.douyin.com%2Flooks%2F",
        );
        other.status()?;
        app.see(&by("wish-yes"), SOON)?;
        walk.look("wish")?;
        app.click(&by("wish-no"))?;

        app.press(&["alt+F4"])?;
        app.see(&by("close-tray"), SOON)?;
        walk.look("close")?;
        walk.end()?;
    }
    Ok(())
}
