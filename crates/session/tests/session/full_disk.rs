//! A download and exports onto a disk without room, played on a file system of the test's own, where the system lets it have one.
//! Where it does not, the test says so on standard error and proves nothing.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use shiwen_core::{
    DownloadFailure, DownloadState, ExportFailure, ExportFormat, ExportOrder, ExportState, Media,
    Operation, ProviderId, Selection, TaskState, Timestamp,
};

use crate::{
    exports::task,
    stage::{Stage, submit, until},
};

const FOLDER: &str = "SHIWEN_SESSION_TEST_FOLDER";
/// How the child says that it cannot have a file system of its own.
const NOT_HERE: i32 = 77;

#[test]
fn a_full_disk_is_said_and_what_came_is_kept() {
    if let Some(folder) = env::var_os(FOLDER) {
        let folder = PathBuf::from(folder);
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=768k", "tmpfs"])
            .arg(&folder)
            .status();
        if !mounted.is_ok_and(|done| done.success()) {
            std::process::exit(NOT_HERE);
        }
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(play(&folder));
    }
    let unshare = ["--user", "--map-root-user", "--mount"];
    let possible = Command::new("unshare").args(unshare).arg("true").status();
    let folder = tempfile::tempdir().unwrap();
    let status = possible.ok().filter(|status| status.success()).map(|_| {
        let name = "full_disk::a_full_disk_is_said_and_what_came_is_kept";
        Command::new("unshare")
            .args(unshare)
            .arg(env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .status()
            .unwrap()
    });
    match status {
        Some(status) if status.code() != Some(NOT_HERE) => assert!(status.success(), "{status}"),
        _ => eprintln!("no file system of its own to be had here"),
    }
}

async fn play(disk: &Path) {
    let stage = Stage::new().await;
    let session = stage.session().await;
    session.run().unwrap();
    // A mebibyte, of which the disk takes three quarters.
    let id = submit(&session, ProviderId::Coze, Operation::Resolve, "sb-slowmedia");
    until(&session, id, |task| task.state == TaskState::Succeeded).await;
    let begun = session.start_download(id, Media::Video, Some(disk.to_owned())).await.unwrap();
    let ended = async || {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let now = session.downloads().unwrap().remove(0);
            if now.state != DownloadState::Running {
                return now;
            }
            assert!(Instant::now() < deadline, "{now:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let failed = ended().await;
    assert_eq!(failed.failure, Some(DownloadFailure::DiskFull), "{failed:?}");
    let left: Vec<_> = fs::read_dir(disk).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [part] = &left[..] else { panic!("{left:?}") };
    assert!(failed.received > 500_000.0, "{failed:?}");
    assert_eq!(fs::metadata(part).unwrap().len() as f64, failed.received);

    // What is exported there leaves nothing behind, in any format.
    let tasks: Vec<_> =
        (0..600).map(|number| task(number, "肉", &"先焯水。".repeat(200))).collect();
    session.engine.store().import(&tasks, Timestamp::now()).unwrap();
    for format in ExportFormat::ALL {
        // Packages are small: what is left of the disk is taken before.
        let _ = fs::write(disk.join("rest"), vec![0; 1 << 20]);
        let mut changes = session.export_changes();
        let order = ExportOrder {
            selection: Selection::Found { query: "肉".to_owned() },
            format: *format,
            each: false,
            template: None,
            path: Some(disk.join("a").to_string_lossy().into_owned()),
        };
        session.start_export(order).unwrap();
        let failed = loop {
            let next = changes.recv().await.unwrap();
            if next.state != ExportState::Running {
                break next;
            }
        };
        assert_eq!(failed.failure, Some(ExportFailure::DiskFull), "{failed:?}");
        fs::remove_file(disk.join("rest")).unwrap();
        let left: Vec<_> = fs::read_dir(disk).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, std::slice::from_ref(part));
    }

    // With more room it goes on with what is there.
    let larger = ["-o", "remount,size=4m"];
    assert!(Command::new("mount").args(larger).arg(disk).status().unwrap().success());
    session.resume_download(begun.id).await.unwrap();
    let done = ended().await;
    assert_eq!(done.state, DownloadState::Done, "{done:?}");
    assert_eq!(fs::metadata(&done.path).unwrap().len(), 1024 * 1024);
    session.close().await;
}
