//! Keys from the environment, and folders that cannot be used.

use std::process::Command;

use tempfile::TempDir;

use crate::stage::{PROGRAM, Stage, said};

#[test]
fn keys_come_from_the_environment_and_are_never_printed() {
    let stage = Stage::new();
    let canary = "canary-user-5b1e77";
    let output = Command::new(PROGRAM)
        .args(["--lang", "zh-CN", "--data-dir"])
        .arg(stage.folder.path().join("real"))
        .args(["transcribe", "https://v.douyin.com/plain01/", "--provider", "momoget"])
        // Not the sandbox: this would ask a real host.
        .arg("--no-follow")
        .env("SHIWEN_MOMOGET_USER_ID", canary)
        .env("SHIWEN_MOMOGET_BASE_URL", format!("{}/momoget/api/v1", stage.url))
        .env("SHIWEN_LOG", "trace")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("密钥无效或已过期"));
    assert!(
        !said(&output).contains(canary)
            && !String::from_utf8_lossy(&output.stdout).contains(canary)
    );
    for file in std::fs::read_dir(stage.folder.path().join("real")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(canary.len()).any(|part| part == canary.as_bytes()));
    }
}

#[test]
fn a_provider_without_a_key_is_said_to_be_not_set_up() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(PROGRAM)
        .args(["--lang", "en", "--data-dir"])
        .arg(folder.path())
        .args(["transcribe", "https://v.douyin.com/plain01/", "--provider", "momoget"])
        // Not the sandbox: this would ask a real host.
        .arg("--no-follow")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
}

#[test]
fn a_provider_that_is_not_set_up_is_named_with_its_variables() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(PROGRAM)
        .args(["--lang", "zh-CN", "--data-dir"])
        .arg(folder.path())
        .args([
            "transcribe",
            "--no-follow",
            "https://v.douyin.com/plain01/",
            "--provider",
            "momoget",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert!(said(&output).contains("SHIWEN_MOMOGET_USER_ID"), "{}", said(&output));
}

#[test]
fn a_file_of_a_newer_version_is_left_as_it_is_and_a_damaged_one_is_put_aside() {
    let newer = {
        let mut header = vec![0_u8; 4096];
        header[..16].copy_from_slice(b"SQLite format 3\0");
        header[60..64].copy_from_slice(&999_u32.to_be_bytes());
        header[68..72].copy_from_slice(&0x5368_5765_u32.to_be_bytes());
        header
    };
    for (bytes, exit, words) in [
        (newer, 1, "更新的拾文"),
        (b"just a text file, longer than a header".repeat(9), 0, "数据文件坏了"),
    ] {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("shiwen.db");
        std::fs::write(&file, &bytes).unwrap();
        let output = Command::new(PROGRAM)
            .args(["--lang", "zh-CN", "--data-dir"])
            .arg(folder.path())
            .arg("tasks")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(exit), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
        let kept =
            |path: std::path::PathBuf| path.is_file() && std::fs::read(path).unwrap() == bytes;
        let mut files = std::fs::read_dir(folder.path()).unwrap();
        assert!(files.any(|entry| kept(entry.unwrap().path())), "{}", said(&output));
        assert_eq!(std::fs::read(&file).unwrap() == bytes, exit == 1);
    }
}
