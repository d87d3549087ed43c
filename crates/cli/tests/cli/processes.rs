//! Several processes on one history, some of them killed.

use std::time::Duration;

use crate::stage::{Stage, said, share_text};

#[test]
fn a_kill_while_submitting_leaves_the_decision_to_the_user() {
    let stage = Stage::new();
    let (text, url) = share_text("sb-hang");
    let mut killed = stage.command(&["transcribe", &text]).spawn().unwrap();
    stage.until_state("submitting");
    while stage.creates(&url) == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    for _ in 0..3 {
        let later = stage.run(&["transcribe", &text]);
        assert_eq!(later.status.code(), Some(5), "{}", said(&later));
        assert!(said(&later).contains("结果未知，可能已扣费"), "{}", said(&later));
    }
    assert_eq!(stage.creates(&url), 1);
}

#[test]
fn a_kill_while_running_loses_nothing_and_sends_nothing_again() {
    let stage = Stage::new();
    let (text, url) = share_text("sb-slow");
    let mut killed = stage.command(&["transcribe", &text]).spawn().unwrap();
    stage.until_state("running");
    killed.kill().unwrap();
    killed.wait().unwrap();

    let later = stage.run(&["transcribe", &text]);
    assert!(later.status.success(), "{}", said(&later));
    assert!(String::from_utf8(later.stdout).unwrap().chars().count() > 100);
    assert_eq!(stage.creates(&url), 1);
}

#[test]
fn a_second_process_queues_and_the_owner_submits() {
    let stage = Stage::new();
    let (slow, _) = share_text("sb-slow");
    let mut owner = stage.command(&["transcribe", &slow]).spawn().unwrap();
    stage.until_state("running");
    let (text, url) = share_text("second1");
    let second = stage.run(&["transcribe", &text]);
    assert!(second.status.success(), "{}", said(&second));
    assert_eq!(stage.creates(&url), 1);
    assert!(owner.wait().unwrap().success());
}

#[test]
fn if_the_owner_is_killed_the_one_that_waits_takes_over() {
    let stage = Stage::new();
    let (slow, slow_url) = share_text("sb-slow");
    let mut owner = stage.command(&["transcribe", &slow]).spawn().unwrap();
    stage.until_state("running");
    let waiting = stage.command(&["transcribe", &slow]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    owner.kill().unwrap();
    owner.wait().unwrap();
    let done = waiting.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(stage.creates(&slow_url), 1);
}
