//! Many links in one paste: one question, one row each, in the order of the paste.

use std::io;

use serde_json::Value;

use crate::app::{SOON, by};
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
