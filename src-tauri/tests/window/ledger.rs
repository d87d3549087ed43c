//! How the providers do and what was spent, and their order, put right with the mouse and with the keys.

use std::io;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::until::until;
use crate::walk::order;
use crate::world::{TASK_ENDS, World};

#[test]
fn providers_are_put_in_order_with_the_mouse_and_with_the_keys() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.take_keyboard()?;
    app.press(&["ctrl+3"])?;
    app.see(&by("provider-order-handle-momoget"), SOON)?;
    let rows = stand(&app)?;
    assert!(rows.len() > 2, "{rows:?}");
    let [first, second, third] = [&rows[0], &rows[1], &rows[2]].map(String::as_str);

    // Over the lower half of the second row it falls behind that.
    drag(&app, first, second, 0.8, false)?;
    see_order(&app, &[second, first, third])?;
    // What is let go with Escape stays.
    drag(&app, second, third, 0.8, true)?;
    see_order(&app, &[second, first, third])?;

    // The handle has the focus, and keeps it.
    let script = "document.querySelector(arguments[0]).focus()";
    app.run(script, &[json!(by(&format!("provider-order-handle-{third}")))])?;
    app.press(&["alt+Up"])?;
    see_order(&app, &[second, third, first])?;
    app.press(&["alt+Up"])?;
    see_order(&app, &[third, second, first])?;
    app.press(&["alt+Up"])?;
    let said = app.read(&by("news"), SOON, |text| text.contains('1'))?;
    assert!(!said.is_empty());

    // It is the order of the settings, and outlives the program.
    app.click(&by("nav-settings"))?;
    app.click(&by("settings-failover"))?;
    app.see(&by(&format!("order-transcribe-{third}")), SOON)?;
    app.close()?;
    let app = world.sandboxed()?;
    let settings = app.call("settings", json!({}))?;
    assert_eq!(settings["order"]["transcribe"][0], json!(third));
    app.close()
}

#[test]
fn what_was_spent_and_what_failed_stands_in_the_ledger() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.click(&by("nav-ledger"))?;
    app.see(&by("ledger-empty"), SOON)?;

    // It is on screen while tasks come and go.
    order(&app, "momoget", &["sb-ok"])?;
    app.see(&by("ledger-table"), TASK_ENDS)?;
    until("the text", TASK_ENDS, || Ok((app.task("sb-ok")?["state"] == "succeeded").then_some(())))
        .map_err(|err: io::Error| app.failed(err))?;
    order(&app, "momoget", &["sb-quota"])?;
    app.read(&by("condition-momoget"), TASK_ENDS, |text| text == "次数用完了")?;
    app.see(&by("ledger-dot"), SOON)?;
    app.see(&by("mend-momoget"), SOON)?;
    let today =
        app.read(&format!("{} tbody tr", by("ledger-table")), SOON, |text| text.contains("次"))?;
    assert!(today.starts_with("今天"), "{today}");

    app.click(&by("details-momoget"))?;
    let failure = app.read(&by("fold-momoget"), SOON, |text| text.contains("次数用完了"))?;
    assert!(failure.contains("没有扣费"), "{failure}");
    app.click(&by("fold-task"))?;
    app.see(&by("remedy"), SOON)?;
    app.close()
}

/// The providers as they stand, from the top.
fn stand(app: &App<'_>) -> io::Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('[data-row]')].map(row => row.dataset.row)";
    serde_json::from_value(app.run(script, &[])?).map_err(io::Error::other)
}

/// Waits until these providers stand first, on the page and in the settings.
fn see_order(app: &App<'_>, wanted: &[&str]) -> io::Result<()> {
    until(&format!("the order {wanted:?}"), SOON, || {
        let settings = app.call("settings", json!({}))?;
        let kept = settings["order"]["transcribe"].as_array().cloned().unwrap_or_default();
        let kept =
            kept.iter().filter_map(Value::as_str).zip(wanted).all(|(one, other)| one == *other);
        Ok((kept && stand(app)?.iter().zip(wanted).all(|(one, other)| one == other)).then_some(()))
    })
    .map_err(|err| app.failed(err))
}

/// Drags a provider by its handle over a part of another one's row, from its top (0) to its bottom (1).
fn drag(app: &App<'_>, from: &str, to: &str, part: f64, give_up: bool) -> io::Result<()> {
    let middle = "const at = document.querySelector(arguments[0]).getBoundingClientRect();\
         return [at.left + at.width / 2, at.top + at.height * arguments[1]].map(Math.round)";
    let place = |css: String, part: f64| -> io::Result<[String; 2]> {
        let [x, y]: [i64; 2] = serde_json::from_value(app.run(middle, &[json!(css), json!(part)])?)
            .map_err(io::Error::other)?;
        Ok([x.to_string(), y.to_string()])
    };
    // Rows that were put elsewhere are still on their way there.
    let still = "const moves = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 1000);\
         await Promise.all(moves.map(one => one.finished.catch(() => null))); return null";
    app.run_async(still, &[])?;
    let [x, y] = place(by(&format!("provider-order-handle-{from}")), 0.5)?;
    let [_, below] = place(by(&format!("provider-order-{to}")), part)?;
    let window = app.window()?;
    let go = |y: &str| app.xdotool(&["mousemove", "--sync", "--window", &window, &x, y]).map(drop);
    go(&y)?;
    app.xdotool(&["mousedown", "1"])?;
    go(&below)?;
    let held = format!("{} .slip", by("provider-order"));
    app.see(&held, SOON)?;
    if give_up {
        app.press(&["Escape"])?;
        until("the row to be let go", SOON, || Ok((app.count(&held)? == 0).then_some(())))
            .map_err(|err: io::Error| app.failed(err))?;
    }
    app.xdotool(&["mouseup", "1"]).map(drop)
}
