//! What was pasted together, paused and gone on with from the command line.

use serde_json::Value;

use crate::stage::{Stage, share_text};

fn waits(paste: &Value) -> Vec<Option<&str>> {
    let tasks = paste["tasks"].as_array().unwrap();
    tasks.iter().map(|task| task["wait"]["reason"].as_str()).collect()
}

#[test]
fn what_is_paused_is_not_submitted_by_the_next_run_until_it_goes_on() {
    // So slow that nothing ends meanwhile.
    let stage = Stage::with("1", &[]);
    let links: Vec<_> = (1..=5).map(|n| share_text(&format!("sb-slow-{n}"))).collect();
    let text: Vec<_> = links.iter().map(|(text, _)| text.as_str()).collect();
    // Three run at once; the others wait for a slot.
    stage.fails(&["transcribe", &text.join("\n"), "--provider", "momoget", "--timeout", "5"]);
    let creates = || links.iter().map(|(_, url)| stage.creates(url)).collect::<Vec<_>>();
    let before = creates();
    assert_eq!(before[3..], [0, 0], "{before:?}");

    let paused = stage.json(&["pause", "5"]);
    assert_eq!(paused["paused"], true);
    assert_eq!(waits(&paused)[3..], [Some("paused"), Some("paused")]);
    let said = stage.ok(&["tasks"]);
    assert!(said.lines().filter(|line| line.contains("已暂停")).count() >= 2, "{said}");
    let (_, said) = stage.fails(&["wait", "4", "5"]);
    assert!(said.contains("已暂停"), "{said}");
    assert_eq!(creates(), before);

    let resumed = stage.json(&["resume", "1"]);
    assert_eq!((&resumed["paused"], waits(&resumed)[3]), (&Value::Bool(false), None));
    stage.fails(&["pause", "99"]);
}
