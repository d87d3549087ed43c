//! What RawUGC keeps: every call of every collection, its faults, refusals and limits.

use serde_json::Value;

use crate::stage::{Stage, said};

const VIDEO: &str = "videoUrl=https://media.example.com/x.mp4";

fn id(answer: &Value) -> String {
    answer["items"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn without_a_call_all_groups_and_verbs_are_listed_with_their_fields() {
    let stage = Stage::new();
    let groups = stage.json(&["rawugc"]);
    let names: Vec<_> =
        groups.as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect();
    assert!(["personas", "posts", "viral", "plans"].iter().all(|name| names.contains(name)));
    let fields = &groups[0]["calls"][0]["form"]["fields"];
    let limit = fields.as_array().unwrap().iter().find(|field| field["name"] == "limit").unwrap();
    assert!(limit.to_string().contains(r#""default":50,"#), "{limit}");
    let said = stage.ok(&["rawugc"]);
    for line in
        ["personas\t人设", "  create name* description*", "  delete ID --yes", "upload FILE"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(stage.calls()["reads"], serde_json::json!({}));
}

#[test]
fn everything_in_a_library_is_made_read_changed_and_deleted() {
    let stage = Stage::without_limit();
    for (group, fields, change, route) in [
        ("personas", &["name=阳台党", "description=两平米"][..], "name=新名", "/personas"),
        ("messaging", &["name=语气", "body=短"], "body=更短", "/messaging"),
        (
            "products",
            &[
                "name=竹竿",
                "photos=https://media.example.com/a.jpg",
                "photos=https://media.example.com/b.jpg",
            ],
            "messaging=结实",
            "/products",
        ),
        ("styles", &["name=素", "type=video"], "description=没有特效", "/styles"),
    ] {
        let mut create = vec!["rawugc", group, "create"];
        for field in fields {
            create.extend(["--set", field]);
        }
        let thing = id(&stage.json(&create));
        assert_eq!(id(&stage.json(&["rawugc", group, "get", &thing])), thing);
        stage.json(&["rawugc", group, "update", &thing, "--set", change]);
        let (field, value) = change.split_once('=').unwrap();
        let changed = stage.json(&["rawugc", group, "get", &thing]);
        assert_eq!(changed["items"][0]["input"][field], value, "{changed}");
        let list = stage.json(&["rawugc", group, "list"]);
        assert!(list["items"].as_array().unwrap().iter().any(|item| item["id"] == thing.as_str()));
        stage.json(&["rawugc", group, "delete", &thing, "--yes"]);
        let (exit, said) = stage.fails(&["rawugc", group, "delete", &thing, "--yes"]);
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((exit, &said["error"]), (4, &"cli.not_there".into()), "{group}");
        assert_eq!(stage.fails(&["rawugc", group, "get", &thing]).0, 4);
        assert_eq!(stage.routed(&format!("rawugc POST {route}")), 1, "{group}");
    }
}

#[test]
fn jobs_and_characters_are_listed_and_read() {
    let stage = Stage::without_limit();
    stage.ok(&["generate", "video", "--model", "veo3", "--prompt", "x"]);
    stage.ok(&["generate", "image", "--model", "nano-banana-2", "--prompt", "x"]);
    stage.ok(&["generate", "music", "--prompt", "x"]);
    for group in ["videos", "images", "music", "characters"] {
        let list = stage.json(&["rawugc", group, "list"]);
        let thing = id(&list);
        assert_eq!(id(&stage.json(&["rawugc", group, "get", &thing])), thing, "{group}");
    }
    let done = stage.json(&["rawugc", "videos", "list", "--set", "status=failed"]);
    assert_eq!(done["items"], serde_json::json!([]));
}

#[test]
fn a_post_is_drafted_changed_planned_and_published() {
    let stage = Stage::without_limit();
    let accounts = stage.json(&["rawugc", "accounts", "list"]);
    let account = format!("accountIds={}", id(&accounts));
    let fields = ["--set", VIDEO, "--set", &account, "--set", "mode=draft", "--yes"];
    let post = id(&stage.json(&[&["rawugc", "posts", "create"][..], &fields].concat()));
    stage.json(&["rawugc", "posts", "update", &post, "--set", "content=新文案"]);
    stage.json(&[
        "rawugc",
        "posts",
        "reschedule",
        &post,
        "--set",
        "scheduledFor=2099-01-01T09:00:00Z",
    ]);
    let planned = stage.json(&["rawugc", "posts", "get", &post]);
    assert_eq!(planned["items"][0]["text"], "新文案");
    let listed = stage.json(&["rawugc", "posts", "list", "--set", "includeDrafts=true"]);
    assert_eq!(id(&listed), post);

    let draft = id(&stage.json(&[&["rawugc", "posts", "create"][..], &fields].concat()));
    let published = stage.json(&["rawugc", "posts", "publish", &draft, "--yes"]);
    assert!(published["items"][0]["facts"].to_string().contains("published"), "{published}");
    stage.json(&["rawugc", "posts", "delete", &post, "--yes"]);

    stage.json(&["rawugc", "accounts", "delete", &id(&accounts), "--yes"]);
    stage.json(&["rawugc", "accounts", "refresh"]);
    assert_eq!(stage.routed("rawugc POST /social/accounts"), 1);
}

#[test]
fn a_file_is_uploaded_and_other_kinds_are_not() {
    let stage = Stage::without_limit();
    let picture = stage.folder.path().join("picture.png");
    std::fs::write(&picture, b"\x89PNG\r\n\x1a\n and so on").unwrap();
    let answer = stage.json(&["rawugc", "upload", picture.to_str().unwrap()]);
    assert!(answer["url"].as_str().unwrap().starts_with("http"), "{answer}");
    let text = stage.folder.path().join("notes.txt");
    std::fs::write(&text, "x").unwrap();
    let folder = stage.folder.path().to_str().unwrap();
    for (file, error) in [
        (text.to_str().unwrap(), "cli.file_kind"),
        ("/nowhere/at/all.png", "cli.file_unreadable"),
        (folder, "cli.file_none"),
    ] {
        let (exit, said) = stage.fails(&["rawugc", "upload", file]);
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((exit, &said["error"]), (2, &error.into()), "{file}");
        assert!(said["message"].as_str().unwrap().contains("什么都没有发出"), "{said}");
    }
    assert_eq!(stage.routed("rawugc POST /upload"), 1);
}

#[test]
fn what_others_see_or_cannot_be_taken_back_needs_a_yes() {
    let stage = Stage::without_limit();
    for arguments in [
        &["rawugc", "personas", "delete", "per_1"][..],
        &["rawugc", "accounts", "delete", "acc_1"],
        &["rawugc", "posts", "publish", "post_1"],
        &["rawugc", "posts", "create", "--set", VIDEO, "--set", "mode=now"],
    ] {
        let (code, said) = stage.fails(arguments);
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((code, &said["error"]), (2, &"cli.needs_yes".into()), "{arguments:?}");
    }
    assert_eq!(stage.calls()["routes"], serde_json::json!({}));
}

#[test]
fn faults_are_named_and_nothing_is_sent() {
    let stage = Stage::without_limit();
    let long = format!("name={}", "长".repeat(201));
    for (arguments, field, kind) in [
        (&["rawugc", "personas", "create", "--set", "name=A"][..], "description", "missing"),
        (
            &["rawugc", "personas", "create", "--set", &long, "--set", "description=B"],
            "name",
            "too_long",
        ),
        (
            &[
                "rawugc",
                "posts",
                "reschedule",
                "post_1",
                "--set",
                "scheduledFor=2020-01-01T00:00:00Z",
            ],
            "scheduledFor",
            "past",
        ),
        (&["rawugc", "videos", "list", "--set", "limit=101"], "limit", "too_large"),
        (&["rawugc", "personas", "list", "--set", "x=1"], "", ""),
    ] {
        let (code, said) = stage.fails(arguments);
        assert_eq!(code, 2, "{said}");
        if field.is_empty() {
            // A call without fields has no such option.
            assert!(said.contains("--set"), "{said}");
            continue;
        }
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(
            (&said["faults"][0]["field"], &said["faults"][0]["kind"]),
            (&field.into(), &kind.into())
        );
    }
    assert_eq!(stage.calls()["routes"], serde_json::json!({}));
}

#[test]
fn a_refused_call_says_so_in_json() {
    let stage = Stage::without_limit();
    let (code, said) = stage.fails(&["rawugc", "personas", "get", "per_nobody"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["failure"]["kind"]), (4, &"not-found".into()));
}

#[test]
fn a_post_that_nobody_knows_of_is_uncertain_and_not_sent_again() {
    let stage = Stage::without_limit();
    let account = format!("accountIds={}", id(&stage.json(&["rawugc", "accounts", "list"])));
    let (code, said) = stage.fails(&[
        "rawugc",
        "posts",
        "create",
        "--yes",
        "--set",
        VIDEO,
        "--set",
        &account,
        "--set",
        "mode=now",
        "--set",
        "content=sb-drop-after",
    ]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["error"]), (5, &"error.uncertain_call".into()));
    assert!(said["message"].as_str().unwrap().contains("可能已经做了"), "{said}");
    assert_eq!(stage.routed("rawugc POST /social/posts"), 1);
}

#[test]
fn a_burst_of_calls_waits_and_goes_on() {
    // Its minute is 2.7 s long.
    let stage = Stage::with("0.3", &[]);
    let burst: Vec<_> =
        (0..14).map(|_| stage.command(&["rawugc", "personas", "list"]).spawn().unwrap()).collect();
    let outputs: Vec<_> = burst.into_iter().map(|call| call.wait_with_output().unwrap()).collect();
    for output in &outputs {
        assert!(output.status.success(), "{}", said(output));
    }
    // Some came too early, were refused, and went out again.
    assert!(stage.routed("rawugc GET /personas") > 14, "{}", stage.calls());
}
