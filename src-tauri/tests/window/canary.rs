//! A planted canary: the keys of all five services go into the keychain and are found nowhere else, whatever is done
//! with them and whoever repeats them.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::front::{Front, Pair};
use crate::until::until;
use crate::world::{TASK_ENDS, World, files, share_text};

/// Each secret of each service, and the key of the sandbox that stands for it.
const SECRETS: &[(&str, &str, &str)] = &[
    ("momoget", "user_id", "5a4d0b0c-0000-4000-8000-000000000001"),
    ("coze", "token", "pat_sandbox"),
    ("coze", "history_token", "cztei_sandbox"),
    ("transcriptgenerate", "api_key", "ak_sandbox"),
    ("transcriptgenerate", "api_secret", "sk_sandbox"),
    ("rawugc", "api_key", "rug_sandbox"),
    ("jimeng", "api_key", "sk_sandbox_jm"),
];
const WORKFLOWS: &str = r#"[
    {"name":"文案","id":"7400000000000000001","input":"input","gives":"transcript","run":"async"},
    {"name":"视频","id":"7400000000000000002","input":"input","gives":"info","run":"sync"}
]"#;

/// Orders about links: the service, the operation, the code and how it ends.
const ORDERS: &[(&str, &str, &str, &str)] = &[
    ("momoget", "transcribe", "canary-1", "succeeded"),
    ("coze", "transcribe", "canary-2", "succeeded"),
    ("transcriptgenerate", "transcribe", "canary-3", "succeeded"),
    ("coze", "resolve", "canary-4", "succeeded"),
    ("rawugc", "analyze", "canary-5", "succeeded"),
    ("momoget", "transcribe", "sb-fail-6", "failed"),
    ("coze", "transcribe", "sb-nasty-fail-7", "failed"),
    ("transcriptgenerate", "transcribe", "sb-quota-8", "failed"),
    ("rawugc", "analyze", "sb-trouble-9", "uncertain"),
    ("momoget", "transcribe", "sb-half-10", "uncertain"),
    ("coze", "resolve", "sb-html-11", "uncertain"),
];

#[test]
fn the_keys_of_all_services_are_in_the_keychain_and_nowhere_else() -> io::Result<()> {
    let mut world = World::at_pace("0.05")?;
    world.desktop.unlock_keychain()?;
    let mark = mark();
    let planted: Vec<String> = SECRETS.iter().map(|(_, _, own)| canary(own, &mark)).collect();
    let pairs: Vec<Pair> =
        planted.iter().cloned().zip(SECRETS.iter().map(|(_, _, own)| *own)).collect();
    let front = Front::start(&world.sandbox, pairs)?;
    let temporary = world.desktop.home().join("tmp");
    fs::create_dir(&temporary)?;
    let variables = environment(&front, &temporary);
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let app = world.start_app(&[], &variables)?;
    app.record()?;
    plant(&app, &planted)?;
    for (provider, operation, code, _) in ORDERS {
        order(&app, provider, operation, code)?;
    }
    let follow = json!({ "provider": "jimeng", "operation": "generate_video", "remoteId": "cgt-sandbox-canary" });
    let followed = app.call("follow_remote", follow)?;
    for (_, _, code, end) in ORDERS {
        app.see_task(code, end, TASK_ENDS)?;
        let id = app.task(code)?["id"].clone();
        // By script, since the row may be out of sight.
        let row = format!("{}[data-id=\"{id}\"] a", by("task-row"));
        app.run("document.querySelector(arguments[0]).click()", &[json!(row)])?;
        app.see(&format!("{}[data-state={end}]", by("page")), SOON)?;
        app.call("copy_diagnostics", json!({ "id": id }))?;
        assert!(!world.desktop.clipboard()?.contains(&mark), "the clipboard after {code}");
    }
    until("the video of the gateway", TASK_ENDS, || {
        let detail = app.call("task", json!({ "id": followed }))?;
        Ok((detail["task"]["state"] == "succeeded").then_some(()))
    })?;
    refused_download(&app, "canary-4")?;
    app.call(
        "collection_call",
        json!({
            "provider": "rawugc", "collection": "personas", "verb": "list", "id": null, "input": {},
        }),
    )?;
    for command in ["app_state", "providers", "settings", "downloads", "collections", "forms"] {
        app.call(command, json!({}))?;
    }

    let kept = kept_by_keychain(&world)?;
    for key in &planted {
        assert!(kept.contains(key.as_str()), "{key} is not where it belongs");
    }
    let answers = app.recorded()?;
    assert!(answers.len() > 60, "only {} answers were recorded", answers.len());
    let holding = answers.iter().find(|answer| answer.contains(&mark));
    assert_eq!(holding, None, "an answer holds a key");
    assert!(!app.whole_page()?.contains(&mark), "the page holds a key");
    app.call("copy_whole_diagnostics", json!({}))?;
    let told = world.desktop.clipboard()?;
    assert!(told.contains(" create calls:"), "{told}");
    for words in [mark.as_str(), "canary-", "小满", "v.douyin.com", "纸船"] {
        assert!(!told.contains(words), "the diagnostics hold {words}");
    }
    app.close()?;
    nowhere(&world, &mark)?;
    only_what_helps_is_logged(&world)?;
    eprintln!("{} answers, {} files: no key", answers.len(), count(&world)?);

    // The program finds them again, and still tells no one.
    let app = world.start_app(&[], &variables)?;
    app.see(&by("paste-box"), SOON)?;
    let providers = app.call("providers", json!({}))?.to_string();
    assert_eq!(providers.matches("\"configured\":true").count(), SECRETS.len());
    assert!(!providers.contains(&mark) && !app.whole_page()?.contains(&mark));
    app.close()?;
    nowhere(&world, &mark)
}

/// Seven letters and digits that stand nowhere else; all keys are made of them, so that a part of a key is found too.
fn mark() -> String {
    let mut number = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    let letters: Vec<u8> = b"cAnRyQ7zX4w9KbVt".to_vec();
    let mut mark = String::from("Q");
    for _ in 0..6 {
        mark.push(char::from(letters[(number % 16) as usize]));
        number /= 16;
    }
    mark
}

/// A key that looks as the service's do, as long as `own`.
fn canary(own: &str, mark: &str) -> String {
    let prefix = own.split_once('_').map_or("", |(prefix, _)| prefix);
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}_") };
    let mut key = prefix + mark;
    while key.len() < own.len() {
        key.push('x');
    }
    key
}

fn environment(front: &Front, temporary: &std::path::Path) -> Vec<(String, String)> {
    let mut variables = vec![
        ("SHIWEN_LOG".to_owned(), "trace".to_owned()),
        ("SHIWEN_COZE_WORKFLOWS".to_owned(), WORKFLOWS.to_owned()),
        ("TMPDIR".to_owned(), temporary.display().to_string()),
    ];
    for (provider, path) in [
        ("MOMOGET", "/momoget/api/v1"),
        ("COZE", "/coze"),
        ("TRANSCRIPTGENERATE", "/transcriptgenerate/open-gateway"),
        ("RAWUGC", "/rawugc/api/v1"),
        ("JIMENG", "/jimeng-gateway"),
    ] {
        variables.push((format!("SHIWEN_{provider}_BASE_URL"), front.url() + path));
    }
    variables
}

/// Types the keys into the settings, as a user does, and waits until each account was tested.
fn plant(app: &App<'_>, planted: &[String]) -> io::Result<()> {
    app.click(&by("nav-settings"))?;
    let mut providers: Vec<&str> = SECRETS.iter().map(|(provider, _, _)| *provider).collect();
    providers.dedup();
    for provider in providers {
        let card = by(&format!("provider-card-{provider}"));
        app.click(&by(&format!("connect-{provider}")))?;
        for ((_, field, _), key) in
            SECRETS.iter().zip(planted).filter(|((of, _, _), _)| *of == provider)
        {
            app.type_into(&format!("{card} {}", by(&format!("field-{field}"))), key)?;
        }
        app.click(&format!("{card} {}", by("save-provider")))?;
        until(&format!("{provider} to be saved and tested"), SOON, || {
            let all = app.call("providers", json!({}))?;
            let one = all.as_array().and_then(|all| all.iter().find(|one| one["id"] == provider));
            let tested = one
                .is_some_and(|one| !one["checked_at"].is_null() && one["check_failure"].is_null());
            Ok(tested.then_some(()))
        })
        .map_err(|err| app.failed(err))?;
    }
    app.click(&by("nav-texts"))
}

fn order(app: &App<'_>, provider: &str, operation: &str, code: &str) -> io::Result<()> {
    let submission = json!({
        "share_text": share_text(code), "urls": [format!("https://v.douyin.com/{code}/")],
        "again": [], "provider": provider, "operation": operation, "target_language": null,
        "input": {}, "together": false, "then": [],
    });
    app.call("create_tasks", json!({ "submission": submission })).map(drop)
}

/// Asks for a file that lies on this machine, which a service may not send the program to.
fn refused_download(app: &App<'_>, code: &str) -> io::Result<()> {
    let id = app.task(code)?["id"].clone();
    app.call("start_download", json!({ "task": id, "media": { "kind": "video" } }))?;
    until("the download to be refused", TASK_ENDS, || {
        let downloads: Value = app.call("downloads", json!({}))?;
        let failed =
            downloads.as_array().is_some_and(|all| all.iter().any(|one| one["state"] == "failed"));
        Ok(failed.then_some(()))
    })
}

fn kept_by_keychain(world: &World) -> io::Result<String> {
    let mut search = world.desktop.command("secret-tool");
    let found = search.args(["search", "--all", "service", "app.shiwen.desktop"]).output()?;
    Ok(String::from_utf8_lossy(&found.stdout).into_owned())
}

/// No file of the whole desktop holds `text`: data folder with database, log and web view, caches, downloads,
/// temporary files, what the programs said. The search itself finds what is there.
fn nowhere(world: &World, text: &str) -> io::Result<()> {
    assert_eq!(holders(world, text)?, [] as [PathBuf; 0]);
    let found = holders(world, "v.douyin.com/canary-1")?;
    let in_database = |path: &PathBuf| path.to_string_lossy().contains("shiwen.db");
    assert!(found.iter().any(in_database), "the search itself finds only {found:?}");
    Ok(())
}

/// The log tells of calls and tasks, and holds nothing of what was pasted or came back.
fn only_what_helps_is_logged(world: &World) -> io::Result<()> {
    let mut log = String::new();
    files(world.desktop.home(), &mut |path, content| {
        if path.to_string_lossy().ends_with("logs/shiwen.log") {
            log.push_str(&String::from_utf8_lossy(content));
        }
    })?;
    for part in [" started ", " create call ", "outcome=accepted", "state=uncertain", " status=200"]
    {
        assert!(log.contains(part), "the log does not tell{part}");
    }
    for words in ["canary-", "sb-fail", "v.douyin.com", "小满", "厨房", "纸船"] {
        assert!(!log.contains(words), "the log holds {words}");
    }
    assert!(!log.contains(&world.desktop.home().display().to_string()), "the log names a home");
    Ok(())
}

fn holders(world: &World, text: &str) -> io::Result<Vec<PathBuf>> {
    let plain = text.as_bytes().to_vec();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut holders = Vec::new();
    files(world.desktop.home(), &mut |path, content| {
        let holds = |wanted: &Vec<u8>| content.windows(wanted.len()).any(|part| part == wanted);
        if holds(&plain) || holds(&wide) {
            holders.push(path.clone());
        }
    })?;
    Ok(holders)
}

fn count(world: &World) -> io::Result<usize> {
    let mut count = 0;
    files(world.desktop.home(), &mut |_, _| count += 1)?;
    Ok(count)
}
