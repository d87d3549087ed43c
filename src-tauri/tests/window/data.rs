//! The history as a whole, from the settings: backed up and taken back, and deleted for good.

use std::io;

use crate::anew::{begun_anew, tasks};
use crate::app::{App, SOON, by};
use crate::until::until;
use crate::world::{TASK_ENDS, World, files};

/// A sentence of the user's that must be on the disk before, and nowhere afterwards.
const PLANTED: &str = "给外婆的那道汤不要放盐";

fn with_task<'a>(world: &'a World, code: &str) -> io::Result<App<'a>> {
    let app = world.sandboxed()?;
    app.submit(code)?;
    app.see_task(code, "succeeded", TASK_ENDS)?;
    Ok(app)
}

fn open_data(app: &App<'_>) -> io::Result<()> {
    app.click(&by("nav-settings"))?;
    app.click(&by("settings-data"))
}

#[test]
fn a_backup_is_made_and_taken_back_in_the_settings() -> io::Result<()> {
    let world = World::start()?;
    let app = with_task(&world, "sb-ok-1")?;
    open_data(&app)?;
    app.click(&by("backup-now"))?;
    app.see(&format!("{} li button", by("backups")), SOON)?;

    app.click(&by("nav-texts"))?;
    app.submit("sb-ok-2")?;
    app.see_task("sb-ok-2", "succeeded", TASK_ENDS)?;
    assert_eq!(tasks(&world)?, 2);

    open_data(&app)?;
    app.click(&format!("{} li button", by("backups")))?;
    // What is lost is counted.
    app.read(&by("restore"), SOON, |text| text.contains("2 条"))?;
    let before = app.incarnation()?;
    app.click(&by("restore-go"))?;
    begun_anew(&app, &before)?;
    until("the history of the backup", SOON, || Ok(tasks(&world).ok().filter(|count| *count == 1)))
        .map(drop)
}

#[test]
fn everything_is_deleted_only_after_the_word_was_typed_and_no_sentence_is_left() -> io::Result<()> {
    let world = World::start()?;
    let app = with_task(&world, "sb-ok-1")?;
    app.click(&by("task-row"))?;
    app.click(&by("open-tags"))?;
    app.type_into(&by("note"), PLANTED)?;
    app.click(&by("tools"))?;
    open_data(&app)?;
    app.click(&by("backup-now"))?;
    app.see(&format!("{} li button", by("backups")), SOON)?;
    // The history or its log, and the backup.
    until("the sentence on the disk", SOON, || Ok((holding(&world)?.len() >= 2).then_some(())))
        .map_err(|err| app.failed(err))?;

    app.click(&by("erase"))?;
    app.click(&by("erase-backups"))?;
    app.see(&format!("{}:disabled", by("erase-go")), SOON)?;
    app.type_into(&by("erase-word"), "删")?;
    app.see(&format!("{}:disabled", by("erase-go")), SOON)?;
    app.type_into(&by("erase-word"), "除")?;
    let before = app.incarnation()?;
    app.click(&by("erase-go"))?;
    begun_anew(&app, &before)?;
    until("an empty history", SOON, || Ok(tasks(&world).ok().filter(|count| *count == 0)))?;
    assert_eq!(holding(&world)?, [""; 0]);
    Ok(())
}

/// The files of the data folder that hold the sentence, in UTF-8 or as a page's own store writes it.
fn holding(world: &World) -> io::Result<Vec<String>> {
    let wide: Vec<u8> = PLANTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut found = Vec::new();
    files(&world.data, &mut |path, content| {
        let holds = |wanted: &[u8]| content.windows(wanted.len()).any(|part| part == wanted);
        if holds(PLANTED.as_bytes()) || holds(&wide) {
            found.push(path.to_string_lossy().into_owned());
        }
    })?;
    Ok(found)
}
