//! Starting: twice at once, on a history that must not be touched, and how long it takes.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::app::{App, SOON, binary, by};
use crate::until::until;
use crate::world::{TASK_ENDS, World, files};

#[test]
fn a_second_start_brings_the_first_window_forward_and_ends() -> io::Result<()> {
    let world = World::start()?;
    let first = world.sandboxed()?;
    let window = first.window()?;
    first.xdotool(&["windowminimize", &window])?;

    let mut second = world.desktop.command(binary());
    second.arg("--data-dir").arg(&world.data).arg("--sandbox");
    second.envs(world.variables());
    let log = world.desktop.log("second")?;
    let mut second = second.stdout(log.try_clone()?).stderr(log).spawn()?;

    let ended = until("the second program to end", SOON, || second.try_wait())?;
    assert!(ended.success(), "{ended}");
    until("the first window to be in front", SOON, || {
        Ok((first.xdotool(&["getactivewindow"])? == window).then_some(()))
    })?;
    first.submit("sb-ok")?;
    first.see_task("sb-ok", "succeeded", TASK_ENDS).map(drop)
}

#[test]
fn a_second_start_that_gets_no_answer_says_so_and_ends() -> io::Result<()> {
    let world = World::start()?;
    let first = world.sandboxed()?;
    first.freeze()?;

    let mut second = world.desktop.command(binary());
    second.arg("--data-dir").arg(&world.data).arg("--sandbox").envs(world.variables());
    let said = second.output()?;

    assert_eq!(said.status.code(), Some(1));
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("does not answer"), "{said}");
    first.kill()
}

#[test]
fn without_a_message_bus_the_program_starts_all_the_same() -> io::Result<()> {
    let world = World::start()?;
    let nowhere = world.desktop.home().join("nowhere");
    fs::create_dir(&nowhere)?;
    let mut variables = world.variables().to_vec();
    let nowhere = nowhere.to_string_lossy();
    variables.extend([("DBUS_SESSION_BUS_ADDRESS", ""), ("XDG_RUNTIME_DIR", &*nowhere)]);
    let app = world.start_app(&["--sandbox"], &variables)?;
    app.see(&by("paste-box"), SOON)
}

#[test]
fn another_data_folder_is_another_program() -> io::Result<()> {
    let world = World::start()?;
    let _first = world.sandboxed()?;
    let elsewhere = world.desktop.home().join("elsewhere");
    let second = App::start(
        &world.desktop,
        &["--data-dir", &elsewhere.to_string_lossy(), "--sandbox"],
        &world.variables(),
    )?;
    second.see(&by("paste-box"), SOON)
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_was() -> io::Result<()> {
    let world = World::start()?;
    world.sandboxed()?.close()?;
    let database = only_database(&world)?;
    let mut content = fs::read(&database)?;
    // `PRAGMA user_version`, at its place in the header: <https://www.sqlite.org/fileformat2.html>.
    content[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    fs::write(&database, &content)?;

    refused(&world)?;
    assert!(fs::read(&database)? == content, "the newer database was changed");
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_written_is_named_in_a_window() -> io::Result<()> {
    let world = World::start()?;
    // A file stands where the folder should be: that stops even root, whom no permission stops.
    fs::remove_dir(&world.data)?;
    fs::write(&world.data, "别人的文件")?;
    refused(&world)?;
    assert_eq!(fs::read_to_string(&world.data)?, "别人的文件");
    Ok(())
}

#[test]
fn a_file_that_is_no_database_is_kept_as_it_was_beside_a_new_history() -> io::Result<()> {
    let world = World::start()?;
    world.sandboxed()?.close()?;
    let database = only_database(&world)?;
    let content = "这不是数据库，是别人的日记。".repeat(400).into_bytes();
    for suffix in ["-wal", "-shm"] {
        let mut beside = database.clone().into_os_string();
        beside.push(suffix);
        let _ = fs::remove_file(Path::new(&beside));
    }
    fs::write(&database, &content)?;

    let app = world.sandboxed()?;
    assert_eq!(app.total()?, 0);
    let mut kept = Vec::new();
    files(&world.data, &mut |path, found| {
        if found == content {
            kept.push(path.clone());
        }
    })?;
    assert!(matches!(&kept[..], [one] if *one != database), "{kept:?}");
    app.submit("sb-ok")?;
    app.see_task("sb-ok", "succeeded", TASK_ENDS).map(drop)
}

#[test]
fn damage_that_is_found_while_the_window_is_open_is_said_there() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.submit("sb-ok")?;
    app.see_task("sb-ok", "succeeded", TASK_ENDS)?;
    assert_eq!(app.count(&by("damaged-banner"))?, 0);
    app.close()?;
    let database = only_database(&world)?;
    destroy_index(&database, "spend_by_task", "spend")?;
    // As a crash leaves it: the file is looked at a while after the start.
    fs::write(database.with_file_name("shiwen.open"), "")?;

    let app = world.sandboxed()?;
    let words = app.read(&by("damaged-banner"), SOON, |text| text.contains("损坏"))?;

    assert!(words.contains("重新启动"), "{words}");
    app.see_task("sb-ok", "succeeded", SOON)?;
    app.close()?;
    let app = world.sandboxed()?;
    app.see(&by("salvage-banner"), SOON)?;
    app.see_task("sb-ok", "succeeded", SOON)?;
    assert_eq!(app.count(&by("damaged-banner"))?, 0);
    Ok(())
}

#[test]
fn the_start_can_be_measured() -> io::Result<()> {
    let world = World::start()?;
    let mut measured = world.desktop.command(binary());
    measured.arg("--data-dir").arg(&world.data).env("SHIWEN_MEASURE_START", "1");
    let said = measured.output()?;
    assert!(said.status.success(), "{}", said.status);

    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let time = said.lines().find_map(|line| line.strip_prefix("interactive_ms "));
    let time: f64 = time.and_then(|time| time.trim().parse().ok()).unwrap_or_default();
    assert!(time > 10.0 && time < 60_000.0, "{said}");
    Ok(())
}

#[test]
fn where_there_is_no_card_the_program_holds_no_drivers_of_one() -> io::Result<()> {
    let world = World::start()?;
    let mut command = world.desktop.command(binary());
    command.arg("--data-dir").arg(&world.data).env("SHIWEN_MEASURE_START", "1500");
    let mut running = command.stderr(Stdio::piped()).spawn()?;
    let mut said = BufReader::new(running.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?);
    let shown = |line: &io::Result<String>| {
        line.as_ref().is_ok_and(|line| line.starts_with("interactive_ms"))
    };
    assert!(said.by_ref().lines().any(|line| shown(&line)), "its page is there");

    let held = fs::read_to_string(format!("/proc/{}/maps", running.id()))?;
    let nodes = fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    let card = nodes.into_iter().any(|it| it.file_name().to_string_lossy().starts_with("renderD"));
    assert!(
        held.contains("libEGL.so"),
        "WebKit has no drivers anywhere: this says nothing any more"
    );
    assert!(card || !held.contains("libEGL_mesa"), "drivers were loaded for nothing");
    assert!(running.wait()?.success());
    Ok(())
}

/// Starts the program on a history that it cannot open: it says so and lists no tasks.
fn refused(world: &World) -> io::Result<()> {
    let app = world.start_app(&["--sandbox"], &world.variables())?;
    let words = app.read(&by("start-problem"), SOON, |text| text.chars().count() > 10)?;
    assert!(words.contains("文案"), "the folder is not named: {words}");
    assert_eq!(app.count(&by("paste-box"))?, 0);
    app.close()
}

fn only_database(world: &World) -> io::Result<std::path::PathBuf> {
    until("one database", Duration::from_secs(5), || {
        let found = world.databases()?;
        Ok(<[_; 1]>::try_from(found).ok().map(|[only]| only))
    })
}

/// Overwrites the first page of an index, which the schema names behind the names of the index and its table.
fn destroy_index(file: &Path, index: &str, table: &str) -> io::Result<()> {
    let mut bytes = fs::read(file)?;
    let page_size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let entry = format!("index{index}{table}").into_bytes();
    let found = |bytes: &[u8], wanted: &[u8]| {
        let found = bytes.windows(wanted.len()).position(|window| window == wanted);
        found.ok_or_else(|| io::Error::other("the schema has no such index"))
    };
    let at = found(&bytes, &entry)? + entry.len();
    let end = at + found(&bytes[at..], b"CREATE")?;
    let page = bytes[at..end].iter().fold(0, |page, byte| page * 256 + usize::from(*byte));
    bytes[(page - 1) * page_size..page * page_size].fill(0x33);
    fs::write(file, bytes)
}
