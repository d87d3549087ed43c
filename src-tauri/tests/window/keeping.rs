//! What the user does with a text and with tasks: versions, tidying, stars, tags, notes, the trash. Nothing of it is lost.

use std::io;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::large::{is_of, row_at};
use crate::until::until;
use crate::world::{TASK_ENDS, World};

const SAVE: &str = "\u{e009}s\u{e009}";
const UNDO: &str = "\u{e009}z\u{e009}";
const DELETE: &str = "\u{e017}";
const ENTER: &str = "\u{e007}";

/// A world with a finished task, open on the sheet; its text as a provider gave it.
fn with_text<'a>(world: &'a World, code: &str) -> io::Result<(App<'a>, String)> {
    let app = world.sandboxed()?;
    app.submit(code)?;
    app.see_task(code, "succeeded", TASK_ENDS)?;
    app.click(&row_at(0))?;
    let text = app.read(&by("transcript"), SOON, |text| text.chars().count() > 20)?;
    Ok((app, text))
}

/// The versions of a task's text, the oldest first.
fn versions(app: &App<'_>, code: &str) -> io::Result<Vec<Value>> {
    let id = app.task(code)?["id"].clone();
    let mut detail = app.call("task", json!({ "id": id }))?;
    serde_json::from_value(detail["transcripts"].take()).map_err(io::Error::other)
}

#[test]
fn a_text_is_edited_compared_restored_and_tidied_and_the_providers_stays() -> io::Result<()> {
    let world = World::start()?;
    let (app, shown) = with_text(&world, "sb-ok")?;
    let first = versions(&app, "sb-ok")?[0]["text"].as_str().unwrap_or_default().to_owned();

    // Edited: a sentence more, at the end.
    app.click(&by("edit"))?;
    app.see(&by("editor"), SOON)?;
    let script = "const field = document.querySelector(arguments[0]);\
         field.focus(); field.setSelectionRange(field.value.length, field.value.length)";
    app.run(script, &[json!(by("editor"))])?;
    app.type_into(&by("editor"), "这一句是我加的。")?;
    app.see(&by("unsaved"), SOON)?;
    app.type_into(&by("editor"), SAVE)?;
    app.read(&by("transcript"), SOON, |text| text.contains("这一句是我加的。"))?;
    let edited = versions(&app, "sb-ok")?;
    assert_eq!((edited.len(), &edited[1]["kind"]), (2, &json!("edited")));
    assert_eq!(edited[0]["text"], *first);
    assert_eq!(edited[1]["text"], format!("{first}这一句是我加的。"));

    // Compared: one place differs, and it is the sentence.
    app.click(&by("open-versions"))?;
    app.click(&by("compare"))?;
    let said = app.read(&by("differences"), SOON, |text| !text.is_empty())?;
    assert!(said.starts_with("1 处不同"), "{said}");
    let marked = app.read(&format!("{} ins", by("twin")), SOON, |text| !text.is_empty())?;
    assert!(marked.contains("这一句是我加的。"), "{marked}");

    // Restored: the provider's text is shown again, the edit stays.
    app.click(&by("restore-version"))?;
    app.read(&by("transcript"), SOON, |text| text == shown)?;
    let restored = versions(&app, "sb-ok")?;
    assert_eq!((restored.len(), &restored[2]["text"]), (3, &json!(first)));
    assert_eq!(restored[1], edited[1]);

    // Tidied: first shown, and only then saved.
    app.click(&by("open-tidy"))?;
    if app.count(&by("tidy-preview"))? == 1 {
        app.click(&by("tidy-preview"))?;
    }
    app.see(&by("tidy-bar"), SOON)?;
    let on = format!("{}:checked", by("tidy-spaces"));
    if app.count(&on)? == 0 {
        app.click(&by("tidy-spaces"))?;
    }
    app.see(&on, SOON)?;
    app.see(&by("tidy-changes"), SOON)?;
    assert_eq!(versions(&app, "sb-ok")?.len(), 3, "a preview saves nothing");
    app.click(&by("tidy-save"))?;
    let tidied = until("the tidied version", SOON, || {
        Ok(Some(versions(&app, "sb-ok")?).filter(|all| all.len() == 4))
    })
    .map_err(|err| app.failed(err))?;
    assert_eq!(tidied[3]["kind"], "tidied");
    assert_ne!(tidied[3]["text"], *first);
    let letters = |text: &Value| -> String {
        text.as_str().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect()
    };
    assert_eq!(letters(&tidied[3]["text"]), letters(&tidied[0]["text"]));
    assert_eq!(tidied[0]["text"], *first);
    Ok(())
}

#[test]
fn a_star_a_tag_and_a_note_survive_a_restart_and_are_found() -> io::Result<()> {
    let world = World::start()?;
    let (app, _) = with_text(&world, "sb-ok-1")?;
    app.click(&by("star"))?;
    app.see(&format!("{}[aria-pressed=true]", by("star")), SOON)?;
    app.click(&by("open-tags"))?;
    app.click(&by("tags-add"))?;
    app.type_into(&by("tags-field"), &format!("选题库{ENTER}"))?;
    app.type_into(&by("note"), "发给阿澜看看")?;
    app.click(&by("tools"))?;
    until("all of it to be in the history", SOON, || {
        let task = app.task("sb-ok-1")?;
        let kept =
            task["starred"] == true && task["note"] == "发给阿澜看看" && is_of(&task["tags"], 1);
        Ok(kept.then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    // Another one without any of these.
    app.call("create_tasks", submission("sb-ok-2"))?;
    app.see_task("sb-ok-2", "succeeded", TASK_ENDS)?;
    app.close()?;

    let app = world.sandboxed()?;
    app.see(&row_at(1), SOON)?;
    let id = app.task("sb-ok-1")?["id"].as_u64().unwrap_or_default();
    for words in ["收藏:是", "标签:选题库", "阿澜", "题库"] {
        app.search(words)?;
        app.see(&row_at(0), SOON)?;
        let drawn = until("one hit", SOON, || Ok(app.drawn()?.filter(|rows| rows.len() == 1)))
            .map_err(|err| app.failed(err))?;
        assert_eq!(drawn, [(0, id)], "{words}");
    }
    app.click(&row_at(0))?;
    app.see(&format!("{}[aria-pressed=true]", by("star")), SOON)?;
    app.click(&by("open-tags"))?;
    let note =
        app.run("return document.querySelector(arguments[0]).value", &[json!(by("note"))])?;
    assert_eq!(note, "发给阿澜看看");
    assert!(app.text(&by("tools"))?.unwrap_or_default().contains("选题库"));
    Ok(())
}

fn submission(code: &str) -> Value {
    let url = format!("https://v.douyin.com/{code}/");
    json!({ "submission": {
        "share_text": format!("看看 {url}"), "urls": [url], "again": [], "provider": "momoget",
        "operation": "transcribe", "target_language": null, "input": {}, "together": false, "then": [],
    } })
}

#[test]
fn what_is_deleted_is_taken_back_from_the_toast_and_from_the_trash_or_gone_for_ever()
-> io::Result<()> {
    let world = World::start()?;
    let (app, _) = with_text(&world, "sb-ok-1")?;
    app.call("create_tasks", submission("sb-ok-2"))?;
    app.see_task("sb-ok-2", "succeeded", TASK_ENDS)?;
    let [second, first] =
        ["sb-ok-2", "sb-ok-1"].map(|code| app.task(code).map(|task| task["id"].clone()));
    let (first, second) = (first?, second?);
    let row = |id: &Value| format!("{}[data-id=\"{id}\"] a", by("task-row"));
    let is_gone =
        |id: &Value| until("the row to go", SOON, || Ok((app.count(&row(id))? == 0).then_some(())));

    // By the key, and back by the toast's button.
    app.click(&row(&first))?;
    app.type_into(&row(&first), DELETE)?;
    is_gone(&first).map_err(|err| app.failed(err))?;
    assert_eq!(app.total()?, 1);
    app.click(&by("undo"))?;
    app.see(&row(&first), SOON)?;
    assert_eq!(app.total()?, 2);

    // Both at once, and back by Ctrl + Z.
    app.click(&row(&second))?;
    app.type_into(&row(&second), "\u{e009}a\u{e009}")?;
    app.see(&by("selection-bar"), SOON)?;
    app.click(&by("bulk-trash"))?;
    until("an empty list", SOON, || Ok((app.total()? == 0).then_some(())))
        .map_err(|err| app.failed(err))?;
    app.type_into("body", UNDO)?;
    until("both to be back", SOON, || Ok((app.total()? == 2).then_some(())))
        .map_err(|err| app.failed(err))?;
    app.see(&row(&first), SOON)?;

    // Into the trash, where no search finds them; one comes back, one goes for ever.
    for id in [&first, &second] {
        app.click(&row(id))?;
        app.type_into(&row(id), DELETE)?;
        is_gone(id).map_err(|err| app.failed(err))?;
    }
    let found = app.call("count_found", json!({ "text": "" }))?;
    assert_eq!(found["count"], 0);
    app.click(&by("filter-more"))?;
    app.click(&by("open-trash"))?;
    let in_trash = |id: &Value| format!("{}[data-id=\"{id}\"]", by("trash-row"));
    app.see(&in_trash(&second), SOON)?;
    app.click(&format!("{} {}", in_trash(&first), by("restore")))?;
    until("one to be left in the trash", SOON, || {
        Ok((app.count(&by("trash-row"))? == 1).then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    app.click(&format!("{} {}", in_trash(&second), by("delete-for-ever")))?;
    app.click(&by("trash-sure"))?;
    until("an empty trash", SOON, || Ok((app.count(&by("trash-row"))? == 0).then_some(())))
        .map_err(|err| app.failed(err))?;
    app.click(&by("leave-trash"))?;
    app.see(&row(&first), SOON)?;
    assert_eq!((app.total()?, app.count(&row(&second))?), (1, 0));
    assert!(app.call("task", json!({ "id": second })).is_err(), "it is still there");
    Ok(())
}
