//! What a workflow finds out about a video, and its file: brought whole, under a name of its own,
//! in spite of what happens on the way.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::driver;
use crate::until::until;
use crate::world::{TASK_ENDS, World, share_text};

#[test]
fn a_video_is_found_and_downloaded_and_a_second_copy_takes_another_name() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    let task = resolve(&app, "sb-ok-film")?;
    let found = &task["found"];
    let page = app.read(&by("page"), SOON, |words| words.contains("视频地址"))?;
    for name in ["title", "author", "media_url"] {
        let part = found[name].as_str().unwrap_or_else(|| panic!("no {name}: {found}"));
        assert!(page.contains(part), "{name} {part:?} is not on the page: {page}");
    }
    let cover = format!("{} .cover", by("video-info"));
    until("the cover to be drawn", SOON, || {
        let script = "return document.querySelector(arguments[0])?.naturalWidth ?? 0";
        Ok(app.run(script, &[json!(cover)])?.as_u64().filter(|&width| width > 0).map(drop))
    })?;
    assert_eq!(world.creates_at("coze")?, 1);

    let first = download(&app, &task, "done")?;
    let wanted = driver::file(found["media_url"].as_str().unwrap_or_default())?;
    is_whole(&first, &wanted)?;
    let name = first.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let letters: String = name.chars().take(6).collect();
    assert!(found["title"].as_str().is_some_and(|title| title.starts_with(&letters)), "{name}");
    assert!(name.ends_with(".webm") && !name.contains(['/', '\\', ':', '?', '*', '"']), "{name}");

    let second = download(&app, &task, "done")?;
    assert_ne!(first, second);
    is_whole(&first, &wanted)?;
    is_whole(&second, &wanted)?;
    assert_eq!(files_beside(&first)?, 2, "nothing else is left in the folder");
    assert_eq!(world.calls()?["keys_on_media"], 0);
    assert_eq!(world.creates_at("coze")?, 1, "a download orders nothing");
    Ok(())
}

#[test]
fn a_download_that_breaks_off_is_gone_on_with_to_the_last_byte() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    let task = resolve(&app, "sb-cutmedia-film")?;
    let path = download(&app, &task, "done")?;
    // The same file under an address that does not break off.
    let address = task["found"]["media_url"].as_str().unwrap_or_default();
    let whole = driver::file(&address.replace("sb-cutmedia", "none"))?;
    assert!(whole.len() > 1024 * 1024, "{}", whole.len());
    is_whole(&path, &whole)?;
    assert_eq!(files_beside(&path)?, 1);
    Ok(())
}

#[test]
fn a_download_shows_how_far_it_is_can_be_cancelled_and_gone_on_with() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    let task = resolve(&app, "sb-slowmedia-film")?;
    app.click(&by("download-video"))?;
    let line = |state: &str| format!("{} {}[data-state={state}]", by("page"), by("download"));
    app.read(&line("running"), SOON, |words| words.contains("每秒") && words.contains('/'))?;
    app.see(&format!("{} .cells", line("running")), SOON)?;
    app.click(&format!("{} {}", line("running"), by("download-cancel")))?;
    app.read(&line("cancelled"), SOON, |words| words.contains("已取消"))?;
    let path = newest(&app)?.1;
    assert!(!path.exists(), "half a file under the name of the whole one");

    app.click(&format!("{} {}", line("cancelled"), by("download-remedy")))?;
    app.see(&line("done"), TASK_ENDS)?;
    let address = task["found"]["media_url"].as_str().unwrap_or_default();
    let path = newest(&app)?.1;
    is_whole(&path, &driver::file(&address.replace("sb-slowmedia", "none"))?)?;
    assert_eq!(files_beside(&path)?, 1);
    Ok(())
}

/// Asks Coze about the video of this link and opens what it answers.
fn resolve(app: &App<'_>, code: &str) -> io::Result<Value> {
    app.paste_into(&by("paste-box"), &share_text(code))?;
    app.see(&by("chip"), SOON)?;
    app.choose(&by("pick-operation"), "resolve")?;
    app.click(&by("submit"))?;
    let task = app.see_task(code, "succeeded", TASK_ENDS)?;
    assert_eq!((&task["provider"], &task["operation"]), (&json!("coze"), &json!("resolve")));
    app.see(&by("video-info"), SOON)?;
    Ok(task)
}

/// Downloads the video with the button of the page; answers with where it is once it has ended so.
fn download(app: &App<'_>, task: &Value, end: &str) -> io::Result<PathBuf> {
    let before = newest(app).map_or(Value::Null, |(download, _)| download["id"].clone());
    app.click(&by("download-video"))?;
    let ended = until(&format!("the download to be {end}"), TASK_ENDS, || {
        let (download, path) = newest(app)?;
        let ours = download["task"] == task["id"] && download["id"] != before;
        Ok((ours && download["state"] == end).then_some(path))
    });
    let path = ended.map_err(|err| app.failed(err))?;
    app.see(&format!("{} {}[data-state={end}]", by("page"), by("download")), SOON)?;
    Ok(path)
}

/// The newest download, and where its file is or will be.
fn newest(app: &App<'_>) -> io::Result<(Value, PathBuf)> {
    let downloads = app.call("downloads", json!({}))?;
    let newest =
        downloads.as_array().and_then(|all| all.iter().max_by_key(|one| one["id"].as_u64()));
    let newest = newest.cloned().ok_or_else(|| io::Error::other("no download"))?;
    let path = newest["path"].as_str().map(PathBuf::from).unwrap_or_default();
    Ok((newest, path))
}

/// Compares byte by byte and says no more than the sizes where they differ.
fn is_whole(path: &std::path::Path, wanted: &[u8]) -> io::Result<()> {
    let content = fs::read(path)?;
    let sizes = format!("{}: {} of {} bytes", path.display(), content.len(), wanted.len());
    assert!(content == wanted && !wanted.is_empty(), "another file: {sizes}");
    Ok(())
}

fn files_beside(path: &std::path::Path) -> io::Result<usize> {
    Ok(fs::read_dir(path.parent().unwrap_or(path))?.count())
}
