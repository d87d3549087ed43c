//! A service that lets in so many calls a minute, of whatever kind: what is ordered beyond them
//! waits, says so, and goes on.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::until::until;
use crate::world::{World, texts_of};

const DOZEN: usize = 12;
/// The service's minute is some four seconds then: a person could fill it, and read why it waits.
const PACE: &str = "0.4";
/// Each costs a call to look at.
const SHELVES: [&str; 8] =
    ["personas", "products", "styles", "messaging", "characters", "videos", "images", "music"];
const ALL_END: Duration = Duration::from_secs(90);

#[test]
fn a_dozen_pictures_wait_for_the_providers_minute_and_all_come() -> io::Result<()> {
    let world = World::at_pace(PACE)?;
    let app = world.sandboxed()?;
    app.open_studio("library")?;
    for shelf in SHELVES {
        app.click(&by(&format!("shelf-{shelf}")))?;
    }
    app.click(&by("studio-generate"))?;
    app.pick("make-kind", "generate_image")?;
    watch_queue(&app)?;
    for at in 1..=DOZEN {
        // What stands there stays, so that each prompt is another one.
        app.type_into(&by("form-prompt"), &format!("窗台上的猫，第{at}幅。"))?;
        app.click(&by("make"))?;
        until("the order to be in the history", SOON, || {
            Ok((app.tasks("works")?.len() == at).then_some(()))
        })?;
    }

    let cards = |state: &str| format!("{}[data-state={state}]", by("work"));
    until("all twelve to be done", ALL_END, || {
        Ok((app.count(&cards("succeeded"))? == DOZEN as u64).then_some(()))
    })
    .map_err(|err| app.failed(err))?;
    assert_eq!(app.count(&by("work"))?, DOZEN as u64);
    let works = app.tasks("works")?;
    let prompts: BTreeSet<&str> =
        works.iter().filter_map(|task| task["subject"].as_str()).collect();
    assert_eq!(prompts.len(), DOZEN);
    assert!(works.iter().all(|task| task["failure"].is_null() && task["works"] != Value::Null));

    // While they waited, they said why, until when, and that nothing was spent.
    let said = app.run("return [...window.__queued]", &[])?;
    let said = texts_of(&said);
    let why = |words: &&String| words.contains("服务商限流") && words.contains("后自动继续");
    let waited = said.iter().find(why).unwrap_or_else(|| panic!("no word of the limit: {said:?}"));
    assert!(waited.contains("还没有扣费"), "{waited}");

    // None was refused and sent again: each prompt arrived once and was taken.
    assert_eq!(world.calls_of("rawugc POST /images/generate")?, DOZEN as u64);
    assert_eq!(world.creates_at("rawugc")?, DOZEN as u64);
    let calls = world.calls()?;
    let taken = calls["accepted_by_link"].as_object().cloned().unwrap_or_default();
    assert!(taken.len() == DOZEN && taken.values().all(|count| count == 1), "{taken:?}");
    Ok(())
}

/// From now on keeps what the cards of queued orders say, however short.
fn watch_queue(app: &App<'_>) -> io::Result<()> {
    let script = "const cards = arguments[0];\
         window.__queued = new Set();\
         const look = () => {\
           for (const card of document.querySelectorAll(cards)) window.__queued.add(card.innerText) };\
         new MutationObserver(look).observe(document.body,\
           { subtree: true, childList: true, characterData: true, attributeFilter: ['data-state'] })";
    app.run(script, &[json!(format!("{}[data-state=queued]", by("work")))]).map(drop)
}
