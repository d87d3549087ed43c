//! Generated videos, pictures and music, and edits of them.

use serde_json::Value;

use crate::stage::{Stage, said};

const VIDEO: [&str; 6] = ["generate", "video", "--model", "veo3", "--prompt", "厨房，晨光"];

/// The number of the newest generated task.
fn newest(stage: &Stage) -> String {
    let page = stage.json(&["tasks", "--desk", "works"]);
    page["tasks"][0]["id"].to_string()
}

fn works(detail: &Value) -> &Vec<Value> {
    detail["output"]["works"].as_array().unwrap()
}

#[test]
fn a_generated_video_is_waited_for_and_saved() {
    let stage = Stage::without_limit();
    let folder = stage.folder.path().join("saved");
    let folder_name = folder.to_str().unwrap();
    let saved =
        stage.ok(&[&VIDEO[..], &["--set", "aspectRatio=9:16", "--save", folder_name]].concat());
    assert!(saved.contains("/media/video/"), "{saved}");
    let path = saved.lines().last().unwrap();
    let bytes = std::fs::read(path).unwrap();
    assert!(path.starts_with(folder_name) && bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]));
    assert_eq!(stage.paid("rawugc"), 1);
    assert_eq!(stage.calls()["keys_on_media"], 0);
}

#[test]
fn pictures_music_and_the_gateways_videos_are_made_too() {
    let stage = Stage::without_limit();
    for (arguments, kind, route) in [
        (
            &["generate", "image", "--model", "nano-banana-2", "--prompt", "番茄"][..],
            "image",
            "rawugc POST /images/generate",
        ),
        (&["generate", "music", "--prompt", "轻快"], "music", "rawugc POST /music/generate"),
        (
            &["generate", "video", "--provider", "jimeng", "--prompt", "纸船"],
            "video",
            "jimeng POST /jimeng/submit/videos",
        ),
    ] {
        let detail = stage.json(arguments);
        assert_eq!(works(&detail)[0]["kind"], kind);
        assert_eq!(stage.routed(route), 1, "{route}");
    }
}

#[test]
fn a_wrong_field_is_named_with_its_limit_and_nothing_is_sent() {
    let stage = Stage::without_limit();
    let long = "长".repeat(5001);
    for (arguments, words) in [
        (&["generate", "video", "--prompt", "x"][..], &["model", "这里要填", "veo3_fast"][..]),
        (&["generate", "video", "--model", "veo3"], &["prompt", "这里要填"]),
        (
            &["generate", "video", "--model", "veo3", "--prompt", &long],
            &["prompt", "最多 5000 个字符"],
        ),
        (
            &[
                "generate",
                "video",
                "--model",
                "veo3",
                "--prompt",
                "x",
                "--set",
                "aspectRatio=square",
            ],
            &["aspectRatio", "16:9, 9:16, Auto"],
        ),
        (&["generate", "music", "--prompt", "x", "--set", "nothing=1"], &["nothing", "不用这一项"]),
        (
            &["generate", "video", "--provider", "jimeng", "--prompt", "x", "--set", "cfg_scale=2"],
            &["cfg_scale", "不能大于 1"],
        ),
    ] {
        let (code, said) = stage.fails(arguments);
        assert_eq!(code, 2, "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
    }
    let faults = stage.run(&["generate", "video", "--prompt", "x", "--json"]);
    let faults: Value = serde_json::from_slice(&faults.stderr).unwrap();
    assert_eq!(faults["error"], "error.faults");
    assert_eq!(faults["faults"][0]["field"], "model");
    assert_eq!((stage.paid("rawugc"), stage.paid("jimeng")), (0, 0));
}

#[test]
fn refused_and_ambiguous_orders_end_as_such() {
    let stage = Stage::without_limit();
    for (prompt, code, words) in [
        ("sb-quota", 4, "点数用完了。没有扣费。去 https://rawugc.com/ 充值"),
        ("sb-member", 4, "没有这个权限"),
        ("sb-fail", 4, "服务商没能做完。是否扣费，服务商没有写明。可以再运行一次"),
        ("sb-drop-after", 5, "结果未知，可能已扣费。提交已发出，但连接在收到答复前断了。先去"),
        ("sb-html", 5, "结果未知，可能已扣费。RawUGC 的答复看不懂，已原样存下。先去"),
    ] {
        let (exit, said) = stage.fails(&["generate", "music", "--prompt", prompt]);
        assert!(exit == code && said.contains(words), "{prompt}: {exit} {said}");
    }
    assert_eq!(stage.paid("rawugc"), 5);
}

#[test]
fn works_are_named_in_the_users_language_and_other_lists_are_counted() {
    let stage = Stage::without_limit();
    let said = stage.ok(&VIDEO);
    assert!(said.contains("1\t视频\t1\t原片\thttp"), "{said}");
    let said = stage.ok(&["caption", &newest(&stage)]);
    assert!(said.contains("\t加字幕\t"), "{said}");
    let said = stage.ok(&["show", &newest(&stage), "--lang", "en"]);
    assert!(!said.contains("加字幕"), "{said}");

    let texts = stage.run(&["tasks"]);
    assert!(texts.stdout.is_empty());
    let elsewhere = crate::stage::said(&texts);
    assert!(elsewhere.contains("另有作品 2 条：tasks --desk works"), "{elsewhere}");
    let works = stage.run(&["tasks", "--desk", "works", "--limit", "1"]);
    assert!(
        crate::stage::said(&works).contains("最新的 1 条，共 2 条"),
        "{}",
        crate::stage::said(&works)
    );
}

#[test]
fn without_waiting_the_task_is_accepted_and_waited_for_later() {
    // It takes long enough to be seen running by a busy machine.
    let stage = Stage::with("0.4", &["--rawugc-calls-per-minute", "0"]);
    let accepted = stage.ok(&[&VIDEO[..], &["--no-wait"]].concat());
    assert!(accepted.contains("生成中"), "{accepted}");
    let id = newest(&stage);
    assert_eq!(stage.json(&["show", &id])["task"]["state"], "running");
    let detail = stage.json(&["wait", &id]);
    assert_eq!(works(&detail).len(), 1);
    assert_eq!(stage.paid("rawugc"), 1);
}

#[test]
fn waiting_ends_after_the_time_that_was_named() {
    let stage = Stage::without_limit();
    let (code, said) =
        stage.fails(&["generate", "music", "--prompt", "sb-stalled", "--timeout", "1"]);
    assert!(code == 7 && said.contains("不会再扣一次"), "{code} {said}");
}

#[test]
fn captions_and_texts_become_versions_that_can_be_downloaded() {
    let stage = Stage::without_limit();
    stage.ok(&VIDEO);
    let id = newest(&stage);
    let captioned = stage.json(&["caption", &id, "--language", "zh"]);
    assert_eq!(works(&captioned)[0]["edit"], "captions");
    let overlaid = stage.json(&[
        "overlay",
        &id,
        "--text",
        "最后三天",
        "--position",
        "top",
        "--set",
        "fontSize=48",
    ]);
    assert_eq!(overlaid["task"]["parent"].to_string(), id);

    let video = stage.json(&["show", &id]);
    let versions: Vec<_> = works(&video).iter().map(|work| work["version"].clone()).collect();
    assert_eq!(versions, [1, 2, 3]);
    let folder = stage.folder.path().join("versions");
    for place in ["1", "3"] {
        let to = folder.to_str().unwrap();
        let path = stage.ok(&["download", &id, "--work", place, "--to", to]);
        assert!(std::fs::metadata(path.trim()).unwrap().len() > 1000, "{path}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
}

#[test]
fn an_edit_with_a_fault_or_without_its_video_sends_nothing() {
    let stage = Stage::without_limit();
    stage.ok(&["generate", "image", "--model", "nano-banana-2", "--prompt", "番茄"]);
    let picture = newest(&stage);
    let long = "字".repeat(501);
    for (arguments, code, words) in [
        (&["caption", &picture, "--work", "9"][..], 2, "videoId"),
        (&["overlay", &picture, "--text", &long], 2, "500"),
        (&["overlay", &picture, "--text", "字", "--set", "fontSize=7"], 2, "不能小于 8"),
        (&["caption", "999"], 1, "不在"),
    ] {
        let (exit, said) = stage.fails(arguments);
        assert!(exit == code && said.contains(words), "{arguments:?}: {exit} {said}");
    }
    assert_eq!(stage.paid("rawugc"), 1);
    let shown = stage.run(&["show", &picture]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("/media/image/"), "{}", said(&shown));
}
