//! Everything about texts, as it looks: the box, the list, the sheet, the search, the trash.

use std::io;
use std::time::Duration;

use crate::app::{SOON, by};
use crate::until::until_true;
use crate::walk::{SMALL, USUAL, WIDE, Walk, languages, open, order, speaking};
use crate::world::{TASK_ENDS, World, share_text};

const ESCAPE: &str = "\u{e00c}";
const LONG: Duration = Duration::from_secs(90);

#[test]
fn every_view_of_texts_is_open_to_everybody() -> io::Result<()> {
    for language in languages() {
        let world = World::start()?;
        let app = speaking(&world, language)?;
        let walk = Walk::new(&world, &app, language)?;
        the_box(&walk)?;
        the_sheet(&walk)?;
        finding(&walk)?;
        keeping(&walk)?;
        batches(&walk)?;
        sizes(&walk)?;
        walk.end()?;
    }
    Ok(())
}

fn the_box(walk: &Walk<'_>) -> io::Result<()> {
    let app = walk.app;
    walk.look("empty")?;
    app.paste_into(&by("paste-box"), "今天天气不错，没有链接")?;
    app.see(&by("notice"), SOON)?;
    walk.look("paste-nothing")?;
    app.type_into(&by("paste-box"), ESCAPE)?;
    app.paste_into(&by("paste-box"), "sk-1234567890abcdefghij1234567890abcdefghij")?;
    app.see(&by("notice"), SOON)?;
    walk.look("paste-secret")?;
    app.type_into(&by("paste-box"), ESCAPE)?;
    let several = ["sb-ok", "sb-ok-2", "sb-ok-3", "sb-ok-4"].map(share_text).join("\n");
    app.paste_into(&by("paste-box"), &several)?;
    app.see(&by("chip"), SOON)?;
    walk.look("paste-found")?;
    app.click(&by("submit"))?;
    app.see(&by("confirm"), SOON)?;
    walk.look("confirm")?;
    app.click(&by("confirm-back"))?;
    app.type_into(&by("paste-box"), ESCAPE)
}

fn the_sheet(walk: &Walk<'_>) -> io::Result<()> {
    let app = walk.app;
    for code in ["sb-badkey", "sb-gone", "sb-drop-after", "sb-ok"] {
        order(app, "momoget", &[code])?;
    }
    order(app, "transcriptgenerate", &["sb-stalled"])?;
    app.see_task("sb-stalled", "running", TASK_ENDS)?;
    open(app, "sb-stalled")?;
    walk.look("running")?;
    app.see_task("sb-ok", "succeeded", TASK_ENDS)?;
    for (code, state, view) in [
        ("sb-gone", "failed", "failed"),
        ("sb-drop-after", "uncertain", "uncertain"),
        ("sb-ok", "succeeded", "main"),
    ] {
        app.see_task(code, state, LONG)?;
        open(app, code)?;
        walk.look(view)?;
    }
    app.see(&by("transcript"), SOON)?;
    walk.at(&by("copy-menu"), "copy-menu")?;
    walk.escape()?;
    walk.at(&by("open-tidy"), "tidy")?;
    app.click(&by("open-versions"))?;
    walk.at(&by("edit"), "edit")?;
    app.click(&by("edit-leave"))?;
    app.see(&by("transcript"), SOON)
}

fn finding(walk: &Walk<'_>) -> io::Result<()> {
    let app = walk.app;
    app.type_into(&by("search-box"), "的")?;
    app.see(&by("hits"), SOON)?;
    walk.look("search")?;
    app.click(&by("search-clear"))?;
    app.type_into(&by("search-box"), "绝无此言")?;
    app.see(&by("no-hits"), SOON)?;
    walk.look("search-none")?;
    app.click(&by("search-clear"))?;
    walk.at(&by("filter-platform"), "filter")?;
    walk.escape()?;
    walk.at(&by("filter-more"), "filter-more")?;
    walk.escape()
}

fn keeping(walk: &Walk<'_>) -> io::Result<()> {
    let app = walk.app;
    app.type_into(&format!("{} a", by("task-row")), "\u{e009}a\u{e009}")?;
    app.see(&by("selection-bar"), SOON)?;
    walk.look("selection")?;
    app.click(&by("bulk-export"))?;
    app.see(&by("export"), SOON)?;
    walk.look("export")?;
    walk.escape()?;
    app.click(&by("bulk-leave"))?;
    open(app, "sb-gone")?;
    app.click(&by("delete"))?;
    app.see(&by("toast"), SOON)?;
    walk.look("toast")?;
    app.click(&by("filter-more"))?;
    app.click(&by("open-trash"))?;
    app.see(&by("trash-row"), SOON)?;
    walk.look("trash")?;
    app.click(&by("leave-trash"))
}

fn batches(walk: &Walk<'_>) -> io::Result<()> {
    let app = walk.app;
    let codes: Vec<String> = (1..=9).map(|at| format!("ten-{at}")).collect();
    let mut codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    codes.push("sb-gone-ten");
    order(app, "transcriptgenerate", &codes)?;
    app.click(&format!("{} a, {} button", by("paste-head"), by("paste-head")))?;
    app.see(&by("batch"), SOON)?;
    walk.look("batch-live")?;
    app.click(&by("pause"))?;
    app.see(&by("resume"), SOON)?;
    walk.look("batch-paused")?;
    app.click(&by("resume"))?;
    app.see(&by("copy-all"), LONG)?;
    app.see(&by("retry-failed"), LONG)?;
    walk.look("batch")?;
    walk.resize(SMALL)?;
    walk.look("batch-small")?;
    walk.resize(USUAL)
}

fn sizes(walk: &Walk<'_>) -> io::Result<()> {
    let app = walk.app;
    open(app, "sb-ok")?;
    app.see(&by("transcript"), SOON)?;
    walk.resize(SMALL)?;
    walk.look("main-small")?;
    walk.resize(WIDE)?;
    walk.look("main-wide")?;
    // As the user does it, in the steps that there are: 115, 130, 150, 200 %.
    app.take_keyboard()?;
    app.press(&["ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus"])?;
    until_true("the page to be twice as large", SOON, || {
        Ok::<_, io::Error>(
            app.run("return innerWidth", &[])?.as_u64() == Some(u64::from(WIDE.0) / 2),
        )
    })?;
    walk.look("main-zoom")?;
    walk.resize(SMALL)?;
    walk.look("main-zoom-small")?;
    app.press(&["ctrl+0"])
}
