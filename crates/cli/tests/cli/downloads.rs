//! Downloads of videos, covers and works.

use std::path::PathBuf;

use crate::stage::{Stage, share_text};

/// A stage with video info of one link as task 1, and a folder for its files.
fn stage(code: &str) -> (Stage, PathBuf) {
    let stage = Stage::new();
    stage.ok(&["resolve", &share_text(code).0]);
    let folder = stage.folder.path().join("files");
    (stage, folder)
}

#[test]
fn a_video_and_its_cover_come_under_the_videos_title() {
    let (stage, folder) = stage("iRk3xQ7_p2A");
    let to = folder.to_str().unwrap();
    let title = stage.json(&["show", "1"])["task"]["found"]["title"].as_str().unwrap().to_owned();
    let video = stage.run(&["download", "1", "--to", to]);
    assert!(String::from_utf8_lossy(&video.stderr).contains("下载中"));
    let video = String::from_utf8(video.stdout).unwrap();
    let cover = stage.ok(&["download", "1", "--cover", "--to", to]);
    assert!(video.trim().ends_with(".webm") && cover.trim().ends_with(".png"), "{video}{cover}");
    let start: String = title.chars().take(8).collect();
    assert!(video.contains(&start), "{video}");

    let again = stage.ok(&["download", "1", "--to", to]);
    assert_ne!(again, video);
    assert_eq!(std::fs::read(again.trim()).unwrap(), std::fs::read(video.trim()).unwrap());
    assert_eq!(stage.calls()["keys_on_media"], 0);
}

#[test]
fn a_download_that_breaks_off_goes_on_to_the_whole_file() {
    let (stage, folder) = stage("sb-cutmedia");
    let download = stage.json(&["download", "1", "--to", folder.to_str().unwrap()]);
    assert_eq!(download["state"], "done");
    let bytes = std::fs::metadata(download["path"].as_str().unwrap()).unwrap().len();
    assert_eq!(download["received"].as_f64().unwrap(), bytes as f64);
    assert!(bytes > 1000);
}

#[test]
fn a_file_that_cannot_be_had_says_why() {
    for (code, words) in [("sb-htmlmedia", "不是这个文件"), ("sb-expired", "失效")] {
        let (stage, folder) = stage(code);
        let (exit, said) = stage.fails(&["download", "1", "--to", folder.to_str().unwrap()]);
        assert!(exit == 4 && said.contains(words), "{code}: {exit} {said}");
    }
}

#[test]
fn a_host_that_is_not_there_is_said_to_be_so_and_nothing_to_have_broken_off() {
    let (mut stage, folder) = stage("iRk3xQ7_p2A");
    stage.end_sandbox();
    let (exit, said) = stage.fails(&["download", "1", "--to", folder.to_str().unwrap()]);
    assert!(exit == 4 && said.contains("没连上") && !said.contains("断了"), "{exit} {said}");
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_before_anything_is_fetched() {
    let (stage, folder) = stage("iRk3xQ7_p2A");
    std::fs::write(&folder, "a file").unwrap();
    let below = folder.join("below");
    let (exit, said) = stage.fails(&["download", "1", "--to", below.to_str().unwrap()]);
    assert!(exit == 2 && said.contains("不能写入") && !said.contains("下载中"), "{exit} {said}");
}

#[test]
fn a_task_without_such_a_file_says_so() {
    let (stage, _) = stage("iRk3xQ7_p2A");
    let (exit, said) = stage.fails(&["download", "1", "--work", "1"]);
    assert!(exit == 4 && said.contains("没有这个文件"), "{exit} {said}");
    assert_eq!(stage.fails(&["download", "99"]).0, 1);
}
