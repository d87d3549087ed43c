//! Many links in one paste: one question, one row each, in the order of the paste.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::until::until;
use crate::world::{TASK_ENDS, World};

const CODES: [&str; 10] = [
    "ten-01", "ten-02", "sb-quota", "ten-04", "ten-05", "sb-html", "ten-07", "ten-08", "ten-09",
    "ten-10",
];

#[test]
fn ten_links_become_ten_rows_and_one_that_fails_holds_up_no_other() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    let lines: Vec<String> =
        CODES.iter().map(|code| format!("看看 https://v.douyin.com/{code}/ 05/17")).collect();
    // The first once more, without its scheme.
    let text = format!("{} 再看一遍 v.douyin.com/{}/", lines.join(" "), CODES[0]);
    app.paste_into(&by("paste-box"), &text)?;
    until("ten chips", SOON, || Ok::<_, io::Error>((app.count(&by("chip"))? == 10).then_some(())))
        .map_err(|err| app.failed(err))?;
    app.read(".found", SOON, |words| words.contains("1 条重复"))?;

    app.click(&by("submit"))?;
    app.read(&by("confirm"), SOON, |words| words.contains("10 条"))?;
    assert_eq!(world.creates("ten-")?, 0, "asked before anything was sent");
    app.click(&by("confirm-go"))?;

    let ended = ["succeeded", "failed", "uncertain"];
    let tasks = until("ten tasks to end", TASK_ENDS, || {
        let tasks = app.tasks("texts")?;
        let all =
            tasks.iter().all(|task| ended.contains(&task["state"].as_str().unwrap_or_default()));
        Ok::<_, io::Error>((tasks.len() == 10 && all).then_some(tasks))
    })?;
    for (task, code) in tasks.iter().zip(CODES) {
        assert!(
            task["link"]["url"].as_str().is_some_and(|url| url.contains(code)),
            "{code}: {task}"
        );
        let expected = match code {
            "sb-quota" => "failed",
            "sb-html" => "uncertain",
            _ => "succeeded",
        };
        assert_eq!(task["state"], Value::from(expected), "{code}");
        assert_eq!(world.creates(code)?, 1, "{code}");
    }
    let rows = |state: &str| format!("{}[data-state={state}]", by("task-row"));
    until("every row to show its end", SOON, || {
        let shown = [
            app.count(&rows("succeeded"))?,
            app.count(&rows("failed"))?,
            app.count(&rows("uncertain"))?,
        ];
        Ok::<_, io::Error>((shown == [8, 1, 1]).then_some(()))
    })?;
    Ok(())
}

const MANY: u64 = 50;

#[test]
fn fifty_links_can_be_held_up_and_end_as_fifty_texts_one_bill_each_and_one_notice() -> io::Result<()>
{
    let world = World::at_pace("0.1")?;
    let notices = world.desktop.notifications()?;
    let bar = world.desktop.taskbar()?;
    let app = world.sandboxed()?;
    let lines: Vec<String> =
        (1..=MANY).map(|at| format!("看看 https://v.douyin.com/many-{at:02}/ 05/17")).collect();
    app.paste_into(&by("paste-box"), &lines.join("\n"))?;
    until("fifty chips", SOON, || Ok((app.count(&by("chip"))? == MANY).then_some(())))
        .map_err(|err| app.failed(err))?;
    app.click(&by("submit"))?;
    app.read(&by("confirm"), SOON, |words| words.contains("50 条"))?;
    app.click(&by("confirm-go"))?;
    app.click(&format!("{} a", by("paste-head")))?;
    app.see(&by("batch"), SOON)?;

    // Held up twice: what is on its way goes on, what waits says why, and nothing more is sent.
    for held in 0..2 {
        app.click(&by("pause"))?;
        app.see(&by("resume"), SOON)?;
        until("what was submitted to end", TASK_ENDS, || {
            let states = states(&app)?;
            let moving = states.iter().any(|state| state == "submitting" || state == "running");
            Ok((!moving).then_some(()))
        })
        .map_err(|err| app.failed(err))?;
        let sent = world.creates("many-")?;
        sleep(Duration::from_millis(1_000));
        assert_eq!(world.creates("many-")?, sent, "something was sent while held up");
        assert!(sent < MANY, "all were sent before anybody could hold them up");
        let waits = app.tasks("texts")?;
        let waits: Vec<&Value> = waits.iter().filter(|task| task["state"] == "queued").collect();
        assert!(waits.iter().all(|task| task["wait"].to_string().contains("paused")), "{waits:?}");
        assert_eq!(waits.len() as u64, MANY - sent);
        assert_eq!(notices.shown().len(), 0, "it is not at its end");

        app.click(&by("resume"))?;
        app.see(&by("pause"), SOON)?;
        if held == 0 {
            until("some more to be sent", TASK_ENDS, || {
                Ok((world.creates("many-")? > sent).then_some(()))
            })
            .map_err(|err| app.failed(err))?;
        }
    }
    // Nobody is told of what happens before his eyes.
    let window = app.window()?;
    app.xdotool(&["windowminimize", "--sync", &window])?;
    until("fifty texts", Duration::from_secs(90), || {
        let states = states(&app)?;
        Ok(states.iter().all(|state| state == "succeeded").then_some(()))
    })
    .map_err(|err| app.failed(err))?;

    let calls = world.calls()?["creates_by_link"].as_object().cloned().unwrap_or_default();
    let many: Vec<_> = calls.iter().filter(|(link, _)| link.contains("many-")).collect();
    assert!(many.len() as u64 == MANY && many.iter().all(|(_, count)| **count == 1), "{many:?}");
    let notice = until("the notice", SOON, || Ok(notices.shown().pop()))?;
    assert!(notice.title.contains("50 条"), "{notice:?}");
    assert_eq!(notices.shown().len(), 1, "{:?}", notices.shown());
    let parts = until("the task bar to be clear again", SOON, || {
        Ok(Some(bar.told()).filter(|told| told.last() == Some(&None)))
    })
    .map_err(|err| io::Error::other(format!("{err}: {:?}", bar.told())))?;
    let shown: Vec<f64> = parts.into_iter().flatten().collect();
    assert!(shown.len() > 3 && shown.is_sorted(), "it went back or stood still: {shown:?}");
    Ok(())
}

fn states(app: &App<'_>) -> io::Result<Vec<String>> {
    let page = app.call("tasks", json!({ "desk": "texts", "before": null, "limit": 60 }))?;
    let tasks = page["tasks"].as_array().cloned().unwrap_or_default();
    assert_eq!(tasks.len() as u64, MANY);
    Ok(tasks.iter().map(|task| task["state"].as_str().unwrap_or_default().to_owned()).collect())
}

#[test]
fn two_short_links_of_one_video_are_one_bill() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-same-7-a")?;
    app.see_task("sb-same-7-a", "succeeded", TASK_ENDS)?;

    app.paste_into(&by("paste-box"), "另一个人转的 https://v.douyin.com/sb-same-7-b/ 05/17")?;
    app.read(&by("chip"), SOON, |words| words.contains("已有文案"))?;
    assert_eq!(world.creates("sb-same-7-b")?, 0);
    Ok(())
}
