//! What lies at the provider: made, changed and deleted from the window.

use std::io;

use crate::app::{App, SOON, by};
use crate::until::{until, until_true};
use crate::world::World;

const NAME: &str = "小满";
const FIRST: &str = "二十六岁，住在十二楼，下班后在阳台上种番茄";
const LATER: &str = "二十七岁，搬到了有院子的房子，开始养蜂";

/// A persona's own routes.
const ONE: &str = "/personas/{personaId}";

#[test]
fn a_persona_is_made_changed_and_deleted() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.open_studio("library")?;
    app.click(&by("shelf-personas"))?;
    app.click(&by("shelf-create"))?;
    app.paste_into(&by("form-name"), NAME)?;

    // Without its description nothing is sent.
    app.click(&by("item-save"))?;
    app.read("#item-description-error", SOON, |words| words.contains("这里要填"))?;
    assert_eq!(world.calls_of("rawugc POST /personas")?, 0);
    app.paste_into(&by("form-description"), FIRST)?;
    app.click(&by("item-save"))?;
    app.read(&by("toast"), SOON, |words| words.contains("已保存"))?;
    opened(&app, FIRST)?;
    assert_eq!(world.calls_of("rawugc POST /personas")?, 1);

    app.click(&by("item-edit"))?;
    let field = by("form-description");
    until("the form to hold what there is", SOON, || {
        let script = "return document.querySelector(arguments[0])?.value";
        let value = app.run(script, &[serde_json::json!(field)])?;
        Ok((value == FIRST).then_some(()))
    })?;
    // Ctrl + A, so that the paste takes the place of all.
    app.type_into(&field, "\u{e009}a\u{e009}")?;
    app.paste_into(&field, LATER)?;
    app.click(&by("item-save"))?;
    let page = opened(&app, LATER)?;
    assert!(!page.contains(FIRST), "{page}");
    assert_eq!(world.calls_of(&format!("rawugc PATCH {ONE}"))?, 1);
    // What the service has, not what the window remembers.
    app.click(&by("to-shelf"))?;
    app.click(&by("shelf-reload"))?;
    app.read(&by("shelf-item"), SOON, |words| words.contains(NAME) && words.contains(LATER))?;

    app.click(&by("shelf-item"))?;
    app.click(&by("item-delete"))?;
    app.read(&by("studio-confirm"), SOON, |words| words.contains(NAME))?;
    app.click(&by("confirm-back"))?;
    until_true("the question to be gone", SOON, || {
        Ok::<_, io::Error>(app.count(&by("studio-confirm"))? == 0)
    })?;
    let deleted = format!("rawugc DELETE {ONE}");
    assert_eq!(world.calls_of(&deleted)?, 0, "nothing is deleted without a yes");
    app.click(&by("item-delete"))?;
    app.click(&by("confirm-go"))?;
    app.read(&by("shelf"), SOON, |words| words.contains("人设还是空的"))?;
    assert_eq!((world.calls_of(&deleted)?, app.count(&by("shelf-item"))?), (1, 0));
    Ok(())
}

/// Waits until the persona's page shows this description.
fn opened(app: &App<'_>, description: &str) -> io::Result<String> {
    app.read(&by("item-page"), SOON, |words| words.contains(NAME) && words.contains(description))
}
