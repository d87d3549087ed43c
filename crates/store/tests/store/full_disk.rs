//! A disk without room, played on a file system of the test's own, where the system lets it have one.
//!
//! Where it does not, each of these says so on standard error and proves nothing; what a limit on the file itself can
//! show of the same (`write.rs` in the crate) is shown everywhere.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::Path,
    process::{Command, ExitStatus},
};

use shiwen_core::{Charged, Failure, FailureKind, NewTask, TaskState};
use shiwen_store::{ImportedTask, ImportedText, Store, StoreError};

use crate::{child, fixture::*, prove};

/// How a child says that it cannot have a file system of its own.
const NOT_HERE: i32 = 77;

/// Runs `play` in a child on an empty file system of `size`; in the parent, waits for it.
fn on_a_disk_of(size: &str, name: &str, play: impl FnOnce(&Path)) {
    if let Some(folder) = child::folder() {
        let option = format!("size={size}");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &option, "tmpfs"])
            .arg(&folder)
            .status();
        if !mount.is_ok_and(|done| done.success()) {
            std::process::exit(NOT_HERE);
        }
        play(&folder);
        return child::say("played");
    }
    let folder = tempfile::tempdir().unwrap();
    match namespaced(name, folder.path()) {
        Some((status, said)) if status.code() != Some(NOT_HERE) => {
            assert!(status.success(), "{status}");
            let (played, figures) = said.split_last().unwrap();
            assert_eq!(played, "played");
            figures.iter().for_each(|figure| println!("{figure}"));
        }
        _ => eprintln!("{name}: no file system of its own to be had here"),
    }
}

/// The test again, where it may mount what nobody else sees; none where the system has no such thing.
fn namespaced(name: &str, folder: &Path) -> Option<(ExitStatus, Vec<String>)> {
    let unshare = ["unshare", "--user", "--map-root-user", "--mount"].map(str::to_owned);
    if !Command::new(&unshare[0]).args(&unshare[1..]).arg("true").status().ok()?.success() {
        return None;
    }
    let command: Vec<_> = unshare.into_iter().chain(child::arguments(name)).collect();
    let (mut child, words) = child::start_as(&command, folder);
    let said = words.collect();
    Some((child.wait().ok()?, said))
}

/// Takes what room is left, to the last byte.
fn fill(folder: &Path) {
    let mut file = File::options().create(true).append(true).open(folder.join("others")).unwrap();
    for size in [256 * 1024, 4096, 1] {
        loop {
            match file.write(&vec![0x55; size]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn make_room(folder: &Path) {
    fs::remove_file(folder.join("others")).unwrap();
}

fn history_in(folder: &Path) -> History {
    // The fixture keeps its own folder; this one lies on the small disk.
    let folder = tempfile::tempdir_in(folder).unwrap();
    let store = Store::open(folder.path()).unwrap();
    History { folder, store }
}

#[test]
fn a_remote_id_is_saved_on_a_full_disk() {
    let rounds = if prove::long() { 100 } else { 20 };
    on_a_disk_of("64m", "full_disk::a_remote_id_is_saved_on_a_full_disk", |disk| {
        let history = history_in(disk);
        let mut saved = 0;
        for round in 0..rounds {
            let (id, attempt) = history.submitting(&format!("{round}"));
            assert!(history.store.has_reserve(), "{round}");
            fill(disk);
            history.accept(attempt, &remote(&round.to_string()));
            assert_eq!(history.task(id).state, TaskState::Running, "{round}");
            saved += u32::from(history.task(id).remote_id == Some(remote(&round.to_string())));
            fill(disk);
            assert!(!history.store.has_reserve(), "{round}: nothing more may be submitted");
            make_room(disk);
        }
        let history = history.reopened();
        assert_eq!(history.store.count_in(TaskState::Running).unwrap(), rounds);
        assert_sound(&history);
        prove::figure("disk_full.remote_ids_saved", saved);
        prove::figure("disk_full.runs", rounds);
    });
}

#[test]
fn nothing_is_submitted_while_less_than_50_megabytes_are_free() {
    let name = "full_disk::nothing_is_submitted_while_less_than_50_megabytes_are_free";
    on_a_disk_of("64m", name, |disk| {
        let history = history_in(disk);
        assert!(history.store.has_reserve());
        fs::write(disk.join("others"), vec![0x55; 20 * 1024 * 1024]).unwrap();
        assert!(!history.store.has_reserve());
        assert!(history.folder.path().join("reserve.bin").exists(), "it is there for what is out");
        assert_eq!(history.store.backup_if_due(at(0)).unwrap(), None);
        make_room(disk);
        assert!(history.store.has_reserve());
        assert!(history.store.backup_if_due(at(0)).unwrap().is_some());
    });
}

#[test]
fn a_backup_that_finds_no_room_leaves_nothing_behind() {
    let name = "full_disk::a_backup_that_finds_no_room_leaves_nothing_behind";
    on_a_disk_of("64m", name, |disk| {
        let history = history_in(disk);
        let id = history.queued("1");
        history.store.save_cover(id, "image/png", &[9; 300_000]).unwrap();
        fill(disk);
        let to = history.folder.path().join("copy.db");
        let full = history.store.backup(&to);
        assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
        let left: Vec<_> = fs::read_dir(history.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("copy"))
            .collect();
        assert_eq!(left, [""; 0]);
        assert_eq!(history.state(id), TaskState::Queued);
    });
}

#[test]
fn a_salvage_that_finds_no_room_changes_nothing() {
    let name = "full_disk::a_salvage_that_finds_no_room_changes_nothing";
    on_a_disk_of("64m", name, |disk| {
        let history = history_in(disk);
        for n in 0..20 {
            let id = history.in_situation(Situation::Succeeded, &n.to_string());
            history.store.save_cover(id, "image/png", &[n as u8; 100_000]).unwrap();
        }
        let file = history.file();
        let History { folder, store } = history;
        drop(store);
        let mut bytes = fs::read(&file).unwrap();
        bytes[..100].fill(0);
        fs::write(&file, &bytes).unwrap();
        fill(disk);
        let patience = std::time::Duration::from_millis(100);
        let opened = Store::open_or_salvage(folder.path(), patience, at(0)).map(|_| ());
        assert!(matches!(opened, Err(StoreError::DiskFull)), "{opened:?}");
        assert_eq!(fs::read(&file).unwrap(), bytes);
        make_room(disk);
        let opened = Store::open_or_salvage(folder.path(), patience, at(0)).unwrap();
        assert_eq!(opened.salvaged.unwrap().tasks, 20);
    });
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_written() {
    let name = "full_disk::a_full_disk_is_said_and_leaves_nothing_half_written";
    on_a_disk_of("64m", name, |disk| {
        let history = history_in(disk);
        let queued = history.queued("queued");
        let (uncertain, attempt) = history.submitting("uncertain");
        let running = history.running("running");
        let before = [queued, running].map(|id| history.rows(id));
        let mut changes = history.store.changes();
        fill(disk);

        let store = &history.store;
        let pasted = "很长的文案".repeat(10_000);
        let full = [
            store.add_tasks(&pasted, &[wish("a"), wish("b")], at(0)).map(|_| ()),
            store.claim(queued, at(5)).map(|_| ()),
            store.polled(running, &poll(Some(at(5)))),
            store.cancel(queued, at(5)),
            store.save_cover(queued, "image/png", &[1; 9000]),
            store.save_setting("look", &"dark".repeat(2000)),
        ];
        for (n, done) in full.into_iter().enumerate() {
            assert!(matches!(done, Err(StoreError::DiskFull)), "{n}: {done:?}");
        }
        assert_eq!(announced(&mut changes), []);
        assert_eq!([queued, running].map(|id| history.rows(id)), before);
        assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 3, "reading goes on");

        // None of that touched the reserve, so an outcome still finds room.
        let failure = failure(Charged::Unknown);
        store.unknown(attempt, &failure, &unsure(1), Some(&answer("create")), at(9)).unwrap();
        assert_eq!(history.state(uncertain), TaskState::Uncertain);

        make_room(disk);
        assert_eq!(store.add_tasks(&pasted, &[wish("a"), wish("b")], at(0)).unwrap().len(), 2);
        assert_eq!(store.claim(queued, at(5)).unwrap().number, 1);
        assert!(store.has_reserve());
        assert_sound(&history);
    });
}

#[test]
fn a_history_opens_on_a_full_disk_and_recovers() {
    on_a_disk_of("64m", "full_disk::a_history_opens_on_a_full_disk_and_recovers", |disk| {
        let history = history_in(disk);
        let (id, _) = history.submitting("1");
        let History { folder, store } = history;
        drop(store);
        fill(disk);

        let store = Store::open(folder.path()).unwrap();
        let crashed = |provider| Failure::new(provider, FailureKind::Network);
        assert_eq!(store.recover(|task| (crashed(task.provider), unsure(1)), at(9)).unwrap(), 1);
        assert_eq!(store.task(id).unwrap().state, TaskState::Uncertain);
        assert_eq!(store.tasks(Desk::Texts, None, 10).unwrap().total, 1);
    });
}

#[test]
fn a_history_that_cannot_even_be_opened_for_want_of_room_says_so() {
    let name = "full_disk::a_history_that_cannot_even_be_opened_for_want_of_room_says_so";
    on_a_disk_of("64m", name, |disk| {
        let folder = disk.join("new");
        fs::create_dir(&folder).unwrap();
        fill(disk);
        let opened = Store::open(&folder).map(|_| ());
        assert!(matches!(opened, Err(StoreError::DiskFull)), "{opened:?}");
        make_room(disk);
        let store = Store::open(&folder).unwrap();
        let again = NewTask { again: true, ..wish("1") };
        assert_eq!(store.add_tasks("x", &[again], at(0)).unwrap().len(), 1);
        drop(store);

        fs::remove_file(folder.join("reserve.bin")).unwrap();
        fill(disk);
        let opened = Store::open(&folder).map(|_| ());
        assert!(matches!(opened, Err(StoreError::DiskFull)), "{opened:?}");
        make_room(disk);
        assert_eq!(Store::open(&folder).unwrap().tasks(Desk::Texts, None, 10).unwrap().total, 1);
    });
}

#[test]
fn a_read_only_disk_is_unwritable() {
    on_a_disk_of("64m", "full_disk::a_read_only_disk_is_unwritable", |disk| {
        let history = history_in(disk);
        history.queued("1");
        let History { folder, store } = history;
        drop(store);
        let remount =
            Command::new("mount").args(["-o", "remount,bind,ro"]).arg(disk).status().unwrap();
        assert!(remount.success());

        let opened = Store::open(folder.path()).map(|_| ());
        assert!(matches!(opened, Err(StoreError::Unwritable { .. })), "{opened:?}");
        let opened = Store::open(&disk.join("new")).map(|_| ());
        assert!(matches!(opened, Err(StoreError::Unwritable { .. })), "{opened:?}");
        // Lets the folder be removed.
        let remount =
            Command::new("mount").args(["-o", "remount,bind,rw"]).arg(disk).status().unwrap();
        assert!(remount.success());
    });
}

#[test]
fn a_read_only_file_is_unwritable() {
    on_a_disk_of("64m", "full_disk::a_read_only_file_is_unwritable", |disk| {
        let history = history_in(disk);
        history.queued("1");
        let file = history.file();
        let History { folder, store } = history;
        drop(store);
        let mount = |what: &[&str]| {
            let done = Command::new("mount").args(what).arg(&file).status().unwrap();
            assert!(done.success());
        };
        let path = file.to_str().unwrap();
        mount(&["--bind", path]);
        mount(&["-o", "remount,bind,ro"]);

        let opened = Store::open(folder.path()).map(|_| ());

        assert!(matches!(opened, Err(StoreError::Unwritable { .. })), "{opened:?}");
        let unmounted = Command::new("umount").arg(&file).status().unwrap();
        assert!(unmounted.success());
        assert_eq!(
            Store::open(folder.path()).unwrap().tasks(Desk::Texts, None, 10).unwrap().total,
            1
        );
    });
}

fn assert_sound(history: &History) {
    let said: String =
        history.sql().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
}

#[test]
fn what_finds_no_room_is_done_whole_or_not_at_all() {
    let name = "full_disk::what_finds_no_room_is_done_whole_or_not_at_all";
    on_a_disk_of("64m", name, |disk| {
        let history = history_in(disk);
        let store = &history.store;
        let id = history.in_situation(Situation::Succeeded, "1");
        let gone = history.in_situation(Situation::Succeeded, "2");
        store.trash_many(&[gone], at(40)).unwrap();
        let rows = history.rows(id);
        let text = ImportedText {
            kind: shiwen_core::TranscriptKind::Provider,
            text: "长".repeat(900_000),
            incomplete: false,
            created_at: at(1),
        };
        let brought = ImportedTask {
            share_text: String::new(),
            link: Some(link("3")),
            operation: shiwen_core::Operation::Transcribe,
            provider: PROVIDER,
            subject: None,
            model: None,
            target_language: None,
            title: None,
            author: None,
            duration_s: None,
            created_at: at(1),
            ended_at: None,
            starred: false,
            note: None,
            tags: Vec::new(),
            transcripts: vec![text.clone()],
            output: None,
        };
        fill(disk);
        let full = [
            store.save_text(id, &text.text, at(50)).map(|_| ()),
            store.import(std::slice::from_ref(&brought), at(50)).map(|_| ()),
            store.backup_now(at(50)).map(|_| ()),
        ];
        for full in full {
            assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
        }
        assert_eq!(history.rows(id), rows);
        assert!(history.folder.path().join("reserve.bin").exists(), "it is for what was paid for");
        make_room(disk);
        assert_eq!(store.import(&[brought], at(60)).unwrap().added, 1);
        assert_eq!(store.empty_trash(None).unwrap(), [gone]);
        assert_sound(&history);
    });
}
