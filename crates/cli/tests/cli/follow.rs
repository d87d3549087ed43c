//! Tasks that were begun elsewhere, by their ids. Nothing is ordered for it.

use tempfile::TempDir;

use crate::stage::{Stage, share_text};

#[test]
fn a_jimeng_task_is_followed_to_its_end_for_free() {
    let stage = Stage::new();
    let detail = stage.json(&["follow", "jimeng", "cgt-sandbox-paper-boat"]);
    let work = &detail["output"]["works"][0];
    assert!(work["url"].as_str().unwrap().contains("/media/video/"));
    assert!(work["expires_at"].is_number());
    let again = stage.json(&["follow", "jimeng", "cgt-sandbox-paper-boat"]);
    assert_eq!(again["task"]["id"], detail["task"]["id"]);
    assert_eq!(stage.paid("jimeng"), 0);

    let (exit, said) = stage.fails(&["follow", "jimeng", "cgt-sandbox-sb-fail"]);
    assert!(exit == 4 && said.contains("服务商没能做完。按任务号查询不花钱。"), "{exit} {said}");
}

#[test]
fn every_provider_that_lets_tasks_run_lets_them_be_followed_on_another_machine() {
    let mut stage = Stage::without_limit();
    let music = ["generate", "music", "--prompt", "轻快"];
    let mut ordered = Vec::new();
    for provider in ["momoget", "transcriptgenerate", "coze"] {
        let text = share_text("iRk3xQ7_p2A").0;
        let arguments = ["transcribe", &text, "--again", "--provider", provider];
        ordered.push((provider, stage.json(&arguments)));
    }
    ordered.push(("rawugc", stage.json(&music)));
    let paid = stage.calls()["creates"].clone();

    stage.folder = TempDir::new().unwrap();
    for (provider, made) in ordered {
        let id = made["task"]["remote_id"].as_str().unwrap();
        let followed = stage.json(&["follow", provider, id]);
        assert_eq!(followed["task"]["operation"], made["task"]["operation"], "{provider}");
        for part in ["text", "works"] {
            let of = |detail: &serde_json::Value| match part {
                "text" => detail["transcripts"][0]["text"].clone(),
                _ => detail["task"]["works"][0]["remote_id"].clone(),
            };
            assert_eq!(of(&followed), of(&made), "{provider}");
        }
    }
    assert_eq!(stage.calls()["creates"], paid);
}

#[test]
fn what_cannot_be_followed_is_not_asked_for() {
    let stage = Stage::new();
    assert_eq!(stage.fails(&["follow", "jimeng", "no id at all"]).0, 2);
    assert_eq!(stage.fails(&["follow", "nobody", "x1"]).0, 2);
    let arguments = ["follow", "jimeng", "cgt-1", "--operation", "transcribe"];
    let (exit, said) = stage.fails(&arguments);
    assert!(exit == 6 && said.contains("不做这件事"), "{exit} {said}");
    assert_eq!(stage.calls()["reads"], serde_json::json!({}));

    let (exit, said) = stage.fails(&["follow", "transcriptgenerate", "1900000000000000001"]);
    assert!(exit == 4 && said.contains("查不到"), "{exit} {said}");
}
