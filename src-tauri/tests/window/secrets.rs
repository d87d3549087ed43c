//! A planted canary: keys go into the keychain and are found nowhere else.

use std::io;
use std::path::PathBuf;

use serde_json::json;

use crate::app::{SOON, by};
use crate::until::until;
use crate::world::{World, files, share_text};

const CANARY: &str = "canary-51f0c7a2-never-to-be-seen-e83b";

#[test]
fn a_key_is_found_in_the_keychain_and_nowhere_else() -> io::Result<()> {
    let mut world = World::start()?;
    world.desktop.unlock_keychain()?;
    let base = format!("{}/momoget/api/v1", world.sandbox);
    let variables = [("SHIWEN_MOMOGET_BASE_URL", base.as_str()), ("SHIWEN_LOG", "trace")];
    let app = world.start_app(&[], &variables)?;
    let card = by("provider-card-momoget");
    let within = |id: &str| format!("{card} {}", by(id));
    let nowhere = Vec::<PathBuf>::new();
    app.record()?;

    app.click(&by("nav-settings"))?;
    app.click(&by("connect-momoget"))?;
    app.type_into(&within("field-user_id"), CANARY)?;
    app.click(&within("save-provider"))?;
    until("the key to be saved", SOON, || {
        let saved = app.call("providers", json!({}))?;
        Ok(saved.to_string().contains("\"configured\":true").then_some(()))
    })?;
    app.click(&within("test-provider"))?;
    until("the test's result", SOON, || {
        let tested = app.call("providers", json!({}))?;
        let momoget =
            tested.as_array().and_then(|all| all.iter().find(|one| one["id"] == "momoget"));
        Ok(momoget.filter(|one| !one["checked_at"].is_null()).map(drop))
    })?;
    // A refused create call is what errors and the ledger are made of.
    let submission = json!({
        "share_text": share_text("canary"), "urls": ["https://v.douyin.com/canary/"], "again": [],
        "provider": "momoget", "operation": "transcribe", "target_language": null,
        "input": {}, "together": false,
    });
    let tasks = app.call("create_tasks", json!({ "submission": submission }))?;
    until("the refusal", SOON, || {
        let state = app.task("canary")?["state"].clone();
        Ok((state != "queued" && state != "submitting").then_some(()))
    })?;
    app.call("copy_diagnostics", json!({ "id": tasks[0] }))?;
    for command in ["app_state", "providers", "settings"] {
        app.call(command, json!({}))?;
    }

    assert!(kept_by_keychain(&world)?, "the key is not where it belongs");
    let answers = app.recorded()?;
    assert!(answers.len() > 5, "nothing was recorded");
    assert!(!answers.iter().any(|answer| answer.contains(CANARY)), "an answer holds the key");
    assert!(!app.whole_page()?.contains(CANARY), "the page holds the key");
    assert!(!world.desktop.clipboard()?.contains(CANARY), "the clipboard holds the key");
    app.close()?;
    assert_ne!(holders(&world, "v.douyin.com/canary")?, nowhere, "the search itself finds nothing");
    assert_eq!(holders(&world, CANARY)?, nowhere);

    // The program finds it again, and still tells no one.
    let app = world.start_app(&[], &variables)?;
    app.see(&by("paste-box"), SOON)?;
    let providers = app.call("providers", json!({}))?.to_string();
    assert!(providers.contains("\"configured\":true") && !providers.contains(CANARY));
    app.close()?;
    assert_eq!(holders(&world, CANARY)?, nowhere);
    Ok(())
}

fn kept_by_keychain(world: &World) -> io::Result<bool> {
    let mut search = world.desktop.command("secret-tool");
    let found = search.args(["search", "--all", "service", "app.shiwen.desktop"]).output()?;
    Ok(String::from_utf8_lossy(&found.stdout).contains(CANARY))
}

/// The files of the desktop in which `text` stands: data folder, caches, logs, output.
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
