//! Several links in one create call, one of which the service cannot do.

use std::io;

use serde_json::json;

use crate::app::{SOON, by};
use crate::until::until;
use crate::world::{TASK_ENDS, World};

const CODES: [&str; 5] = ["five-1", "five-2", "sb-fail-3", "five-4", "five-5"];
const FAILS: &str = "sb-fail-3";

#[test]
fn five_links_are_one_order_and_the_one_that_fails_is_ordered_again_alone() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    let lines: Vec<String> =
        CODES.iter().map(|code| format!("看看 https://v.douyin.com/{code}/ 05/17")).collect();
    app.paste_into(&by("paste-box"), &lines.join("\n"))?;
    until("five chips", SOON, || Ok((app.count(&by("chip"))? == 5).then_some(())))?;
    app.choose(&by("pick-provider"), "momoget")?;
    app.click(&by("together"))?;
    app.click(&by("submit"))?;
    app.read(&by("confirm"), SOON, |words| words.contains("5 条") && words.contains("1 次"))?;
    assert_eq!(world.creates_at("momoget")?, 0, "asked before anything was sent");
    app.click(&by("confirm-go"))?;

    for code in CODES {
        let end = if code == FAILS { "failed" } else { "succeeded" };
        let task = app.see_task(code, end, TASK_ENDS)?;
        let detail = app.call("task", json!({ "id": task["id"] }))?;
        let transcripts = detail["transcripts"].as_array().map_or(0, Vec::len);
        assert_eq!(transcripts, usize::from(code != FAILS), "{code}");
        assert_eq!(detail["batch"].as_array().map_or(0, Vec::len), 4, "{code} has four others");
    }
    assert_eq!(world.creates_at("momoget")?, 1);
    assert_eq!(of_each(&world)?, [1, 1, 1, 1, 1], "all five in the one call");

    let failed = app.task(FAILS)?;
    app.click(&format!("{}[data-id=\"{}\"] a", by("task-row"), failed["id"]))?;
    let page = format!("{}[data-state=failed]", by("page"));
    let remedy = format!("{page} {}", by("remedy"));
    app.read(&remedy, SOON, |words| !words.is_empty())?;
    assert_eq!(app.count(&remedy)?, 1);
    let cause = app.text(&format!("{page} .note"))?.unwrap_or_default();
    let kind = failed["failure"]["kind"].as_str().unwrap_or_default();
    assert!(cause.chars().count() > 20 && !cause.contains(kind), "{cause}");

    app.click(&remedy)?;
    let attempts = until("the second order to fail as the first", TASK_ENDS, || {
        let detail = app.call("task", json!({ "id": failed["id"] }))?;
        let attempts = detail["attempts"].as_array().map_or(0, Vec::len);
        Ok((attempts == 2 && detail["task"]["state"] == "failed").then_some(attempts))
    })?;
    assert_eq!(attempts, 2);
    assert_eq!(world.creates_at("momoget")?, 2);
    assert_eq!(of_each(&world)?, [1, 1, 2, 1, 1], "only the failed one");
    Ok(())
}

/// Create calls by link, in the order of the paste.
fn of_each(world: &World) -> io::Result<Vec<u64>> {
    CODES.iter().map(|code| world.creates(code)).collect()
}
