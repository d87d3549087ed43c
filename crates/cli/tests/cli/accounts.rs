//! `quota`: what is left, for free.

use std::process::{Command, Output};

use serde_json::Value;

use crate::stage::{PROGRAM, Stage, said, share_text};

#[test]
fn every_account_says_what_is_left_and_nothing_is_spent() {
    let stage = Stage::new();
    stage.ok(&["transcribe", &share_text("iRk3xQ7_p2A").0, "--provider", "momoget"]);
    let paid = stage.calls()["creates"].clone();
    let said = stage.ok(&["quota"]);
    for part in ["剩 199 次", "10:00:00", "最多同时 3 条", "RawUGC", "即梦"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let view = stage.json(&["quota", "transcriptgenerate"]);
    assert_eq!((&view[0]["slots"], &view[0]["allowance"]["left"]), (&3.into(), &36000.into()));
    assert_eq!(view.as_array().unwrap().len(), 1);
    assert_eq!(stage.calls()["creates"], paid);
    for route in [
        "transcriptgenerate GET /transcript-api/v1/quota/usage",
        "transcriptgenerate GET /transcript-api/v1/quota/concurrency",
    ] {
        assert_eq!(stage.routed(route), 2, "{route}");
    }
}

fn really(stage: &Stage, provider: &str, variables: &[(&str, String)]) -> Output {
    Command::new(PROGRAM)
        .args(["--lang", "zh-CN", "--data-dir"])
        .arg(stage.folder.path().join("real"))
        .args(["quota", provider])
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .unwrap()
}

#[test]
fn a_refused_key_is_said_to_be_one() {
    let stage = Stage::new();
    let output = really(
        &stage,
        "rawugc",
        &[
            ("SHIWEN_RAWUGC_API_KEY", "rug_wrong".to_owned()),
            ("SHIWEN_RAWUGC_BASE_URL", format!("{}/rawugc/api/v1", stage.url)),
        ],
    );
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(6), "{printed}{}", said(&output));
    assert!(printed.contains("密钥无效或已过期"), "{printed}");
}

#[test]
fn an_account_that_is_not_set_up_names_its_variables() {
    let stage = Stage::new();
    let output = really(&stage, "jimeng", &[]);
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    assert!(said(&output).contains("SHIWEN_JIMENG_API_KEY"), "{}", said(&output));
    assert_eq!(stage.calls()["reads"], Value::Object(serde_json::Map::new()));
}
