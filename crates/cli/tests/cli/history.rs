//! The history from the command line: found, tidied, written as files, brought back, and begun anew.

use std::{fs, io::Write, process::Stdio};

use serde_json::json;

use crate::stage::{Stage, said};

/// A stage with two tasks, brought from a file so that nothing needs to be waited for.
fn with_history() -> Stage {
    let stage = Stage::new();
    let task = |number: u32, title: &str, text: &str| {
        let url = format!("https://www.douyin.com/video/73{number:017}");
        json!({
            "share_text": format!("看看 {url}"),
            "link": {
                "url": url, "platform": "douyin", "kind": "video", "id": format!("73{number:017}"),
                "canonical": null, "title": null,
            },
            "operation": "transcribe", "provider": "momoget", "state": "succeeded", "title": title, "author": "灶边老周",
            "created_at": 1_795_000_000_000_u64 + u64::from(number), "tags": ["做菜"],
            "transcripts": [{
                "version": 1, "kind": "provider", "text": text, "words": 9, "incomplete": false,
                "created_at": 1_795_000_000_000_u64,
            }],
        })
    };
    let file = json!({ "shiwen": 1, "tasks": [
        task(1, "红烧肉", "[00:01]先焯水,再炒糖色。"),
        task(2, "清蒸鱼", "[00:02]鱼要新鲜，水开再蒸。"),
    ] });
    let path = stage.folder.path().join("texts.json");
    fs::write(&path, file.to_string()).unwrap();
    let imported = stage.json(&["import", path.to_str().unwrap()]);
    assert_eq!(imported, json!({ "added": 2, "merged": 0, "known": 0, "skipped": 0 }));
    stage
}

fn found(stage: &Stage, text: &str) -> Vec<String> {
    let page = stage.json(&["search", text]);
    let hits = page["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["task"]["found"]["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn tasks_are_found_by_any_part_of_their_words_and_counted() {
    let stage = with_history();
    for (text, titles) in [
        ("鱼", &["清蒸鱼"][..]),
        ("糖色", &["红烧肉"]),
        ("老周", &["清蒸鱼", "红烧肉"]),
        ("老周 平台:抖音 焯水", &["红烧肉"]),
        ("标签:做菜", &["清蒸鱼", "红烧肉"]),
        ("状态:失败", &[]),
        ("没有的字", &[]),
    ] {
        assert_eq!(found(&stage, text), titles, "{text}");
        assert_eq!(
            stage.ok(&["search", "--count", text]).trim(),
            titles.len().to_string(),
            "{text}"
        );
    }
    let said = stage.ok(&["search", "糖色"]);
    assert!(said.contains("红烧肉") && said.contains("再炒糖色"), "{said}");
    let limited = stage.run(&["search", "老周", "--limit", "1"]);
    assert!(said_of(&limited).contains('2'), "{}", said_of(&limited));
    let nothing = stage.run(&["search", "没有的字"]);
    assert_eq!((nothing.stdout.len(), said_of(&nothing).trim()), (0, "没有找到。"));
    let unknown = stage.run(&["search", "平台:没有的"]);
    assert!(said_of(&unknown).contains("平台:没有的"));
    assert_eq!(stage.json(&["reindex"]), json!({ "tasks": 2 }));
    assert_eq!(found(&stage, "糖色"), ["红烧肉"]);
}

fn said_of(output: &std::process::Output) -> String {
    assert!(output.status.success());
    said(output)
}

#[test]
fn tasks_are_written_as_files_and_none_is_overwritten() {
    let stage = with_history();
    let folder = stage.folder.path().join("out");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let export =
        |arguments: &[&str]| stage.ok(&[&["export"], arguments].concat()).trim().to_owned();
    let first = export(&["--query", "糖色", "--out", &path("texts.md")]);
    assert_eq!(first, path("texts.md"));
    let written = fs::read_to_string(&first).unwrap();
    assert!(written.contains("红烧肉") && !written.contains("清蒸鱼"), "{written}");
    let second = export(&["--all", "--out", &path("texts.md")]);
    assert_ne!(second, first);
    assert_eq!(fs::read_to_string(&first).unwrap(), written);

    let by_template =
        export(&["1", "--template", "{{title}}·{{author}}", "--out", &path("one.txt")]);
    assert!(fs::read_to_string(by_template).unwrap().contains("红烧肉·灶边老周"));
    export(&["1", "2", "--each", "--format", "txt", "--out", &path("each")]);
    assert_eq!(fs::read_dir(path("each")).unwrap().count(), 2);

    let whole = export(&["--all", "--out", &path("whole.json")]);
    let again = stage.json(&["import", &whole]);
    assert_eq!(again, json!({ "added": 0, "merged": 0, "known": 2, "skipped": 0 }));
}

#[test]
fn what_cannot_be_exported_or_imported_says_why() {
    let stage = with_history();
    let out = stage.folder.path().join("x.txt");
    let out = out.to_str().unwrap();
    for (arguments, code, words) in [
        (&["export", "--query", "没有的字", "--out", out][..], 4, "没有找到"),
        (&["export", "99", "--out", out], 4, "要导出的任务"),
        (&["export", "1", "--template", "{{nothing}}", "--out", out], 2, "模板"),
        (&["export"], 2, "required"),
        (&["import", "/nowhere/at/all.json"], 4, "读不了"),
        (&["import", env!("CARGO_MANIFEST_PATH")], 4, "不是拾文"),
        (&["backup", "restore", "/nowhere/at/all.db"], 4, "没有改"),
        (&["backup", "restore", env!("CARGO_MANIFEST_PATH")], 4, "不是拾文"),
        (&["tidy", "99"], 1, "不在"),
        (&["tidy", "--file", "/nowhere/at/all.txt"], 4, "读不了"),
    ] {
        let (exit, said) = stage.fails(arguments);
        assert_eq!(exit, code, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(!stage.folder.path().join("x.txt").exists());
}

#[test]
fn a_text_is_tidied_from_standard_input_a_file_and_a_task() {
    let stage = with_history();
    let mut command = stage.command(&["tidy", "--with", "spaces"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("[00:01]用AI画图,好\n看。".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "用 AI 画图，好看。\n");

    let path = stage.folder.path().join("text.txt");
    fs::write(&path, "[00:01]用AI画图,好").unwrap();
    let tidied = stage.json(&["tidy", "--file", path.to_str().unwrap(), "--only", "time-stamps"]);
    assert_eq!(tidied, json!({ "text": "用AI画图,好", "words": 5 }));

    assert_eq!(stage.ok(&["tidy", "1"]), "先焯水，再炒糖色。\n");
    assert_eq!(versions(&stage), 1);
    assert_eq!(stage.ok(&["tidy", "1", "--save"]), "先焯水，再炒糖色。\n");
    assert_eq!(versions(&stage), 2);
    assert_eq!(stage.ok(&["show", "1"]).lines().last(), Some("先焯水，再炒糖色。"));
}

fn versions(stage: &Stage) -> usize {
    stage.json(&["show", "1"])["transcripts"].as_array().unwrap().len()
}

#[test]
fn a_backup_takes_back_what_was_changed_since() {
    let stage = with_history();
    let elsewhere = stage.folder.path().join("mine.db");
    stage.ok(&["backup", "now", "--to", elsewhere.to_str().unwrap()]);
    let made = stage.json(&["backup", "now"]);
    let listed = stage.json(&["backup", "list"]);
    assert_eq!(listed, made);
    assert!(listed[0]["bytes"].as_u64().unwrap() > 0);
    stage.ok(&["tidy", "1", "--save"]);
    for backup in [listed[0]["path"].as_str().unwrap(), elsewhere.to_str().unwrap()] {
        let kept = stage.json(&["backup", "restore", backup]);
        assert!(fs::exists(kept["kept"].as_str().unwrap()).unwrap());
        assert_eq!(versions(&stage), 1, "{backup}");
    }
    assert_eq!(found(&stage, "糖色"), ["红烧肉"]);
}

#[test]
fn a_backup_replaces_a_file_only_where_that_is_wished_and_never_one_of_a_history() {
    let stage = with_history();
    let mine = stage.folder.path().join("mine.txt");
    fs::write(&mine, "mine").unwrap();
    let now = |to: &str, more: &[&str]| {
        let arguments = [&["backup", "now", "--to", to], more].concat();
        stage.fails(&arguments)
    };
    let (exit, said) = now(mine.to_str().unwrap(), &[]);
    assert!(exit == 2 && said.contains("--force"), "{said}");
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
    stage.ok(&["backup", "now", "--to", mine.to_str().unwrap(), "--force"]);
    assert!(fs::read(&mine).unwrap().starts_with(b"SQLite format 3"));

    // The real history beside the sandbox is another one.
    let real = stage.folder.path().join("shiwen.db");
    fs::write(&real, "real").unwrap();
    fs::write(stage.folder.path().join("use.lock"), "").unwrap();
    let sandbox = stage.folder.path().join("sandbox/shiwen.db");
    for history in [&sandbox, &real] {
        let (exit, said) = now(history.to_str().unwrap(), &["--force"]);
        assert!(exit == 4 && said.contains("没有覆盖"), "{said}");
    }
    assert_eq!(fs::read(&real).unwrap(), b"real");
    assert_eq!(found(&stage, "糖色"), ["红烧肉"]);
}

#[test]
fn what_was_there_before_a_restoring_is_listed_with_the_backups() {
    let stage = with_history();
    let elsewhere = stage.folder.path().join("mine.db");
    stage.ok(&["backup", "now", "--to", elsewhere.to_str().unwrap()]);
    stage.ok(&["backup", "now"]);
    stage.ok(&["backup", "restore", elsewhere.to_str().unwrap()]);
    let listed = stage.json(&["backup", "list"]);
    let mut kinds: Vec<_> = listed.as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    kinds.sort_by_key(|kind| kind.to_string());
    assert_eq!(kinds, ["replaced", "wished"]);
    let said = stage.ok(&["backup", "list"]);
    assert!(said.contains("恢复前") && said.contains("自己做的"), "{said}");
}

#[test]
fn the_help_of_each_command_names_its_switches() {
    let stage = Stage::new();
    for (command, switches) in [
        ("search", &["--limit", "--order", "--count"][..]),
        ("export", &["--query", "--all", "--format", "--out", "--template", "--each"]),
        ("tidy", &["--file", "--only", "--with", "--without", "--filler", "--save"]),
        ("backup", &["now", "list", "restore"]),
    ] {
        let help = stage.ok(&[command, "--help"]);
        for switch in switches {
            assert!(help.contains(switch), "{command} {switch}: {help}");
        }
    }
}
