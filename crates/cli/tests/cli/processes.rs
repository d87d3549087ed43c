//! Several processes on one history, some of them killed.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::stage::{Stage, said, share_text};

#[test]
fn a_kill_while_submitting_leaves_the_decision_to_the_user() {
    let stage = Stage::new();
    let (text, url) = share_text("sb-hang");
    let mut killed = stage.command(&["transcribe", &text]).spawn().unwrap();
    stage.until_state("submitting");
    while stage.creates(&url) == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    for _ in 0..3 {
        let later = stage.run(&["transcribe", &text]);
        assert_eq!(later.status.code(), Some(5), "{}", said(&later));
        assert!(said(&later).contains("结果未知，可能已扣费"), "{}", said(&later));
    }
    assert_eq!(stage.creates(&url), 1);
}

#[test]
fn a_kill_while_running_loses_nothing_and_sends_nothing_again() {
    let stage = Stage::new();
    let (text, url) = share_text("sb-slow");
    let mut killed = stage.command(&["transcribe", &text]).spawn().unwrap();
    stage.until_state("running");
    killed.kill().unwrap();
    killed.wait().unwrap();

    let later = stage.run(&["transcribe", &text]);
    assert!(later.status.success(), "{}", said(&later));
    assert!(String::from_utf8(later.stdout).unwrap().chars().count() > 100);
    assert_eq!(stage.creates(&url), 1);
}

#[test]
fn a_second_process_queues_and_the_owner_submits() {
    let stage = Stage::new();
    let (slow, _) = share_text("sb-slow");
    let mut owner = stage.command(&["transcribe", &slow]).spawn().unwrap();
    stage.until_state("running");
    let (text, url) = share_text("second1");
    let second = stage.run(&["transcribe", &text]);
    assert!(second.status.success(), "{}", said(&second));
    assert_eq!(stage.creates(&url), 1);
    assert!(owner.wait().unwrap().success());
}

#[test]
fn if_the_owner_is_killed_the_one_that_waits_takes_over() {
    let stage = Stage::new();
    let (slow, slow_url) = share_text("sb-slow");
    let mut owner = stage.command(&["transcribe", &slow]).spawn().unwrap();
    stage.until_state("running");
    let waiting = stage.command(&["transcribe", &slow]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    owner.kill().unwrap();
    owner.wait().unwrap();
    let done = waiting.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(stage.creates(&slow_url), 1);
}

#[test]
fn damage_that_is_found_while_a_command_runs_is_said_and_what_was_paid_for_still_comes() {
    let stage = Stage::with("0.2", &[]);
    let (slow, url) = share_text("sb-slow");
    let mut killed = stage.command(&["transcribe", &slow]).spawn().unwrap();
    stage.until_state("running");
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Closed in order, so that everything is in the one file.
    stage.ok(&["tasks"]);
    let file = database(stage.folder.path()).unwrap();
    destroy_index(&file, "spend_by_task", "spend");
    std::fs::write(file.with_file_name("shiwen.open"), "").unwrap();

    let waited = stage.run(&["wait", "1"]);

    assert!(waited.status.success(), "{}", said(&waited));
    assert!(said(&waited).contains("历史文件损坏，已停止提交"), "{}", said(&waited));
    assert_eq!(stage.creates(&url), 1);
    let next = stage.run(&["tasks"]);
    assert!(said(&next).contains("数据文件坏了"), "{}", said(&next));
}

fn database(folder: &Path) -> Option<PathBuf> {
    let mut found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    found.find_map(|path| match path.is_dir() {
        true => database(&path),
        false => path.ends_with("shiwen.db").then_some(path),
    })
}

/// Overwrites the first page of an index, which the schema names behind the names of the index and its table.
fn destroy_index(file: &Path, index: &str, table: &str) {
    let mut bytes = std::fs::read(file).unwrap();
    let page_size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let entry = format!("index{index}{table}").into_bytes();
    let at = bytes.windows(entry.len()).position(|window| window == entry).unwrap() + entry.len();
    let length = bytes[at..].windows(6).position(|window| window == b"CREATE").unwrap();
    let page = bytes[at..at + length].iter().fold(0, |page, byte| page * 256 + usize::from(*byte));
    bytes[(page - 1) * page_size..page * page_size].fill(0x33);
    std::fs::write(file, bytes).unwrap();
}
