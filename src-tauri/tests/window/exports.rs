//! Exporting what was found: with progress, cancelled without a trace, and finished as a table that is right.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::json;

use crate::app::{App, SOON, by};
use crate::large::{large_world, number_in, row_at};
use crate::until::{until, until_true};
use crate::world::{World, files};

/// Four days of a history that got a task every five minutes. Several of one paste were made at one time, so that a few
/// stand on the other side of a midnight.
const FOUND: &str = "日期:2026-11-03..2026-11-06";
const ABOUT: std::ops::RangeInclusive<u64> = 1_145..=1_159;
const SELECT_ALL: &str = "\u{e009}a\u{e009}";

#[test]
fn an_export_of_a_thousand_found_tasks_shows_progress_and_can_be_cancelled() -> io::Result<()> {
    let world = large_world()?;
    let app = world.with_rows()?;
    let before = everything(&world)?;
    let all = open_export(&app)?;
    app.click(&by("export-docx"))?;
    app.click("label:has(> input[name=\"export-each\"][value=\"each\"])")?;
    // Sees every word of the progress, and cancels as a quick hand would once something is written.
    let script = "const [line, cancel] = arguments;\
         window.__said = [];\
         new MutationObserver(() => {\
           const text = document.querySelector(line)?.innerText;\
           if (text === undefined) return;\
           if (window.__said.at(-1) !== text) window.__said.push(text);\
           const written = Number(/写好 ([\\d,]+) 条/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);\
           if (written > 0) document.querySelector(cancel)?.click() })\
         .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })";
    app.run(script, &[json!(by("export-line")), json!(by("export-cancel"))])?;
    app.click(&by("export-go"))?;
    app.see(&format!("{}[data-state=cancelled]", by("export-line")), SOON)?;

    let said = app.run("return window.__said", &[])?;
    let said: Vec<String> = serde_json::from_value(said).map_err(io::Error::other)?;
    let written = |words: &String| {
        let (_, words) = words.split_once("写好")?;
        let (done, total) = words.split_once('共')?;
        Some((number_in(done), number_in(total)))
    };
    let progress: Vec<(u64, u64)> = said.iter().filter_map(written).collect();
    assert!(progress.iter().any(|(done, total)| *done > 0 && done < total), "{said:?}");
    assert!(progress.iter().all(|(_, total)| *total == all), "{said:?}");
    println!(
        "window.export_cancelled.written {} tasks",
        progress.iter().map(|(done, _)| done).max().unwrap_or(&0)
    );

    // Nothing is left of it, neither of what was whole.
    until("nothing to be left", SOON, || Ok((everything(&world)? == before).then_some(())))
        .map_err(|err| app.failed(err))
}

#[test]
fn an_export_of_a_thousand_found_tasks_as_csv_can_be_read_back() -> io::Result<()> {
    let world = large_world()?;
    let app = world.with_rows()?;
    let all = open_export(&app)?;
    app.click(&by("export-csv"))?;
    app.click(&by("export-go"))?;
    app.see(&format!("{}[data-state=done]", by("export-line")), SOON)?;

    let exports = app.call("exports", json!({}))?;
    let path = PathBuf::from(exports[0]["path"].as_str().unwrap_or_default());
    assert_eq!((exports[0]["done"].as_u64(), exports[0]["total"].as_u64()), (Some(all), Some(all)));
    let content = fs::read_to_string(&path)?;
    let content = content.strip_prefix('\u{feff}').expect("Excel needs the mark of its encoding");
    let rows = rows_of(content);
    assert_eq!(rows.len() as u64, all + 1, "{}", path.display());
    let column = |name: &str| rows[0].iter().position(|head| head == name).unwrap();
    let (title, text, day) = (column("标题"), column("文案"), column("日期"));
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "a row has too many cells");
    assert!(rows[1..].iter().all(|row| ("2026-11-03".."2026-11-07").contains(&row[day].as_str())));

    // The newest found task stands first, with its whole text.
    let page = json!({ "text": FOUND, "order": "newest", "after": null, "limit": 50 });
    let page = app.call("search", page)?;
    let tasks = page["hits"].as_array().cloned().unwrap_or_default();
    for (task, row) in tasks.iter().zip(&rows[1..]) {
        let detail = app.call("task", json!({ "id": task["task"]["id"] }))?;
        let last = detail["transcripts"].as_array().and_then(|all| all.last().cloned());
        let whole = last.as_ref().and_then(|last| last["text"].as_str()).unwrap_or_default();
        assert_eq!(row[text].replace("\r\n", "\n"), whole);
        if let Some(known) = task["task"]["found"]["title"].as_str() {
            assert_eq!(row[title], known);
        }
    }
    assert_eq!(tasks.len(), 50);
    Ok(())
}

/// Finds the tasks, selects all with the keyboard and opens the dialog, which says how many they are.
fn open_export(app: &App<'_>) -> io::Result<u64> {
    app.search(FOUND)?;
    app.click(&row_at(0))?;
    app.type_into(&row_at(0), SELECT_ALL)?;
    let said = app.read(&by("selection-bar"), SOON, |text| number_in(text) > 0)?;
    let all = number_in(&said);
    assert!(ABOUT.contains(&all), "{said}");
    app.click(&by("bulk-export"))?;
    app.read(&format!("{} h1", by("export")), SOON, |text| number_in(text) == all)?;
    until_true("the export to be possible", SOON, || {
        Ok::<_, io::Error>(app.count(&format!("{}:not(:disabled)", by("export-go")))? == 1)
    })?;
    Ok(all)
}

/// Every file that the user or the program could come across, without those of the history and of the page themselves.
fn everything(world: &World) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let downloads = world.desktop.home().join("Downloads");
    for folder in [downloads, world.data.clone()].iter().filter(|folder| folder.is_dir()) {
        files(folder, &mut |path, _| {
            let path = path.to_string_lossy();
            let own = ["/shiwen.db", ".lock", "/reserve.bin", "/web", "/cache/", ".log"];
            if !own.iter().any(|part| path.contains(part)) {
                found.push(PathBuf::from(&*path));
            }
        })?;
    }
    found.sort();
    Ok(found)
}

/// The cells of a CSV document: quoted where they hold commas, quotes or lines.
fn rows_of(content: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = content.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(c),
        }
    }
    rows
}
