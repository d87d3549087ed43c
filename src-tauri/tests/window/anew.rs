//! What ends with the program starting anew: a backup taken back, and everything deleted.

use std::fs;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, SOON, binary};
use crate::until::{until, until_true};
use crate::world::{TASK_ENDS, World, files};

/// A text that the page keeps, as an edit that was not saved yet.
const UNSAVED: &str = "canary-of-an-unsaved-edit";

/// Of a link that is asked about, and found nowhere afterwards.
const CODE: &str = "sb-ok-wanted";

/// Calls a command that ends the program, so that its answer may never come.
fn call_and_end(app: &App<'_>, command: &str, arguments: Value) -> io::Result<()> {
    let script = "window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])\
                  .catch(error => { window.__refused = JSON.stringify(error) })";
    app.run(script, &[json!(command), arguments]).map(drop)
}

/// How many tasks another program sees, once the window is there again with a page that may be used.
pub(crate) fn tasks(world: &World) -> io::Result<u64> {
    let mut command = world.desktop.command(binary().with_file_name("shiwen-cli"));
    command.args(["--sandbox", "--json", "--data-dir"]).arg(&world.data).arg("tasks");
    command.envs(world.variables());
    let answer: Value =
        serde_json::from_slice(&command.output()?.stdout).map_err(io::Error::other)?;
    answer["total"].as_u64().ok_or_else(|| io::Error::other("there is no number"))
}

/// Waits until the program has begun anew and has a window again.
pub(crate) fn begun_anew(app: &App<'_>, before: &[u8]) -> io::Result<()> {
    until_true("the program to begin anew", Duration::from_secs(40), || {
        Ok::<_, io::Error>(app.incarnation()? != before)
    })
    .map_err(|error| app.failed(error))?;
    app.window().map(drop)
}

#[test]
fn a_backup_that_is_taken_back_is_the_history_after_the_program_began_anew() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-ok-1")?;
    app.see_task("sb-ok-1", "succeeded", TASK_ENDS)?;
    let backup = app.call("make_backup", json!({}))?;
    app.submit("sb-ok-2")?;
    app.see_task("sb-ok-2", "succeeded", TASK_ENDS)?;
    assert_eq!(tasks(&world)?, 2);

    // The page may name no file that nobody picked.
    let other = world.data.join("other.db");
    fs::copy(backup["path"].as_str().unwrap_or_default(), &other)?;
    let refused = app.call("restore_backup", json!({ "path": other }));
    assert!(refused.is_err_and(|error| error.to_string().contains("invalid_field")));

    let before = app.incarnation()?;
    call_and_end(&app, "restore_backup", json!({ "path": backup["path"] }))?;
    begun_anew(&app, &before)?;
    until("the history of the backup", SOON, || {
        Ok(tasks(&world).ok().filter(|count| *count == 1))
    })?;
    Ok(())
}

#[test]
fn after_everything_was_deleted_nothing_of_it_is_on_the_disk() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit(CODE)?;
    app.see_task(CODE, "succeeded", TASK_ENDS)?;
    app.call("make_backup", json!({}))?;
    // Of the real history; the page takes its own of the sandbox off the shelf itself.
    let draft = format!("draft 1 {}", world.data.display());
    app.run("localStorage.setItem(arguments[0], arguments[1])", &[json!(draft), json!(UNSAVED)])?;
    until_true("what is kept on the disk", SOON, || {
        Ok::<_, io::Error>(leaves(&world, CODE)? && leaves(&world, UNSAVED)?)
    })?;

    let before = app.incarnation()?;
    call_and_end(&app, "delete_everything", json!({ "backups": true }))?;
    begun_anew(&app, &before)?;
    until("an empty history", SOON, || Ok(tasks(&world).ok().filter(|count| *count == 0)))?;
    assert!(!leaves(&world, CODE)?);
    assert!(leaves(&world, UNSAVED)?);
    Ok(())
}

/// Whether any file of the data folder holds these words.
fn leaves(world: &World, words: &str) -> io::Result<bool> {
    let mut found = false;
    files(&world.data, &mut |_, content| {
        // The web view writes in UTF-16.
        let wide: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let holds = |wanted: &[u8]| content.windows(wanted.len()).any(|part| part == wanted);
        found |= holds(words.as_bytes()) || holds(&wide);
    })?;
    Ok(found)
}
