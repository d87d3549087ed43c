//! Video info and analyses of share texts.

use std::process::Command;

use tempfile::TempDir;

use crate::stage::{PROGRAM, Stage, said, share_text};

#[test]
fn a_share_text_gives_title_author_cover_and_media() {
    let stage = Stage::new();
    let (text, url) = share_text("iRk3xQ7_p2A");
    let said = stage.ok(&["resolve", &text]);
    for line in ["标题\t", "作者\t", "封面\thttp", "视频\thttp"] {
        assert!(said.contains(line), "{said}");
    }
    let detail = stage.json(&["resolve", &text]);
    assert_eq!(detail["task"]["operation"], "resolve");
    assert!(detail["task"]["found"]["media_url"].as_str().unwrap().contains("/media/video/"));
    assert!(detail["task"]["found"]["cover_url"].as_str().unwrap().contains("/media/cover/"));
    // The second one was in the history.
    assert_eq!(stage.creates(&url), 1);
}

#[test]
fn what_one_run_in_the_sandbox_learned_is_good_in_the_next() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["--sandbox", "--data-dir"]).arg(folder.path()).args(arguments);
        command.env_remove("SHIWEN_SANDBOX_URL").env("SHIWEN_SANDBOX_PACE", "0.05");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["resolve", &share_text("iRk3xQ7_p2A").0]);
    let files = folder.path().join("files");
    let file = run(&["download", "1", "--to", files.to_str().unwrap()]);
    assert!(std::fs::metadata(file.trim()).unwrap().len() > 1000);
}

#[test]
fn a_workflow_goes_by_its_id_or_its_name() {
    let stage = Stage::new();
    for (code, workflow) in [("byid001", "7400000000000000004"), ("byname1", "视频信息（新）")]
    {
        let (text, url) = share_text(code);
        let said = stage.ok(&["resolve", &text, "--workflow", workflow]);
        assert!(said.contains("/media/video/"), "{said}");
        assert_eq!(stage.creates(&url), 1, "{workflow}");
    }
    let said =
        stage.ok(&["transcribe", &share_text("plain01").0, "--workflow", "7400000000000000003"]);
    assert!(said.chars().count() > 100, "{said}");
    assert_eq!(stage.routed("coze POST /v1/workflow/stream_run"), 1);
}

#[test]
fn a_workflow_that_gives_something_else_is_not_run() {
    let stage = Stage::new();
    for workflow in ["7400000000000000001", "没有这个"] {
        let arguments = ["resolve", &share_text("other01").0, "--again", "--workflow", workflow];
        assert_eq!(stage.fails(&arguments).0, 4, "{workflow}");
    }
    let long = "7".repeat(40);
    let (code, said) = stage.fails(&["resolve", &share_text("other02").0, "--workflow", &long]);
    assert!(code == 2 && said.contains("workflow") && said.contains("20"), "{said}");
    assert_eq!(stage.paid("coze"), 0);
}

#[test]
fn a_refused_video_info_says_why() {
    let stage = Stage::new();
    for (word, code, words) in [
        ("sb-badkey", 4, "密钥无效或已过期"),
        ("sb-quota", 4, "用完"),
        ("sb-drop-after", 5, "结果未知，可能已扣费"),
    ] {
        let (exit, said) = stage.fails(&["resolve", &share_text(word).0]);
        assert!(exit == code && said.contains(words), "{word}: {exit} {said}");
    }
}

#[test]
fn an_analysis_is_paid_for_once_for_each_question() {
    let stage = Stage::without_limit();
    let (text, url) = share_text("iRk3xQ7_p2A");
    let analysis = stage.json(&["analyze", &text]);
    assert_eq!(analysis["output"]["kind"], "analysis");
    assert!(analysis["output"]["keyframes"].as_array().unwrap().len() > 2);
    assert_eq!(analysis["transcripts"], serde_json::json!([]));

    stage.ok(&["analyze", &text]);
    assert_eq!(stage.creates(&url), 1);
    stage.ok(&["analyze", &text, "--prompt", "开头为什么抓人"]);
    stage.ok(&["analyze", &text, "--prompt", "开头为什么抓人"]);
    assert_eq!(stage.creates(&url), 2);
    assert_eq!(stage.routed("rawugc POST /analyze-video"), 2);
}

#[test]
fn an_analysis_takes_videos_of_any_site_and_reads_like_one() {
    let stage = Stage::without_limit();
    let said = stage.ok(&["analyze", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"]);
    for part in ["一句话\t", "开头\t", "0:00\t", "标签\t"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_question_that_is_too_long_is_not_asked() {
    let stage = Stage::without_limit();
    let question = "长".repeat(5001);
    let (code, said) = stage.fails(&["analyze", &share_text("long001").0, "--prompt", &question]);
    assert!(code == 2 && said.contains("prompt") && said.contains("5000"), "{said}");
    let (code, said) = stage.fails(&["analyze", &share_text("sb-badlink").0]);
    assert!(code == 4 && said.contains("不收"), "{said}");
    assert_eq!(stage.paid("rawugc"), 1);
}
