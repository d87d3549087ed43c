//! A video is ordered by its prompt, made, and played in the window.

use std::io;

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::until::{until, until_true};
use crate::world::{TASK_ENDS, World};

const PROMPT: &str = "清晨的阳台，番茄叶上挂着露水，镜头慢慢推近，远处有鸟叫";

#[test]
fn a_video_is_ordered_made_and_played() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.open_studio("generate")?;
    app.choose_maker("rawugc")?;
    watch_cards(&app)?;
    app.paste_into(&by("form-prompt"), PROMPT)?;
    app.click(&by("make"))?;

    let task = app.see_work(PROMPT, "succeeded", TASK_ENDS)?;
    assert_eq!(
        (&task["operation"], &task["provider"]),
        (&json!("generate_video"), &json!("rawugc"))
    );
    // What the card said on its way, in this order and nothing besides.
    let states = card_states(&app)?;
    let way = ["queued", "submitting", "running", "succeeded"];
    let places: Vec<Option<usize>> =
        states.iter().map(|state| way.iter().position(|known| known == state)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{states:?}");
    assert!(states.ends_with(&["running".to_owned(), "succeeded".to_owned()]), "{states:?}");
    assert_eq!(world.calls_of("rawugc POST /videos/generate")?, 1);

    let card = card(&task);
    assert_eq!(app.count(&format!("{card} video"))?, 0, "nothing plays unasked");
    app.click(&format!("{card} {}", by("play")))?;
    app.see_playing(&format!("{card} video"))
}

#[test]
fn a_fault_is_shown_at_its_field_and_nothing_is_sent() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    app.open_studio("generate")?;
    app.choose_maker("rawugc")?;
    let field = by("form-prompt");
    let refused = format!("{field}[aria-invalid=true]");

    app.click(&by("make"))?;
    app.see(&refused, SOON)?;
    app.read("#make-prompt-error", SOON, |words| words.contains("这里要填"))?;
    until_true("the caret in the field", SOON, || {
        Ok::<_, io::Error>(app.count(&format!("{field}:focus"))? == 1)
    })?;

    // A prompt that is longer than the model takes, pasted whole.
    let longest = longest_prompt(&app)?;
    app.paste_into(&field, &"字".repeat(longest + 1))?;
    app.click(&by("make"))?;
    let limit = format!("{},{:03}", longest / 1000, longest % 1000);
    app.read("#make-prompt-error", SOON, |words| {
        words.contains(&limit) || words.contains(&longest.to_string())
    })?;
    assert_eq!(app.tasks("works")?, Vec::<Value>::new());
    assert_eq!(world.creates_at("rawugc")?, 0);

    // Mended, the same form goes through.
    app.type_into(&field, "\u{e003}")?;
    app.click(&by("make"))?;
    until("the task", SOON, || Ok(app.tasks("works")?.first().map(drop)))?;
    until_true("the create call", SOON, || Ok::<_, io::Error>(world.creates_at("rawugc")? == 1))
}

/// Characters that the chosen model takes in a prompt, as its form says.
fn longest_prompt(app: &App<'_>) -> io::Result<usize> {
    let forms = app.call("forms", json!({}))?;
    let of_videos =
        |form: &&Value| form["provider"] == "rawugc" && form["operation"] == "generate_video";
    let form = forms.as_array().and_then(|forms| forms.iter().find(of_videos));
    let fields = form.and_then(|form| form["fields"].as_array()).cloned().unwrap_or_default();
    let model = fields.iter().find(|field| field["name"] == "model").cloned().unwrap_or_default();
    let chosen = if model["default"].is_null() { &model["choices"][0] } else { &model["default"] };
    let is_for = |field: &&Value| {
        let models = field["models"].as_array().cloned().unwrap_or_default();
        field["name"] == "prompt" && (models.is_empty() || models.contains(chosen))
    };
    let longest = fields.iter().find(is_for).and_then(|field| field["longest"].as_u64());
    longest.map(|longest| longest as usize).ok_or_else(|| io::Error::other("no longest prompt"))
}

/// The card of a task on the wall.
fn card(task: &Value) -> String {
    format!("{}[data-id=\"{}\"]", by("work"), task["id"])
}

/// From now on keeps every state that a card on the wall shows, however short.
fn watch_cards(app: &App<'_>) -> io::Result<()> {
    let script = "const cards = arguments[0];\
         window.__states = [];\
         const look = () => {\
           for (const card of document.querySelectorAll(cards)) {\
             const state = card.dataset.state;\
             if (window.__states.at(-1) !== state) window.__states.push(state) } };\
         new MutationObserver(look).observe(document.body,\
           { subtree: true, childList: true, attributeFilter: ['data-state'] })";
    app.run(script, &[json!(by("work"))]).map(drop)
}

fn card_states(app: &App<'_>) -> io::Result<Vec<String>> {
    serde_json::from_value(app.run("return window.__states", &[])?).map_err(io::Error::other)
}
