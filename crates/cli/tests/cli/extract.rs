//! `extract` as a part of pipelines.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::stage::{PROGRAM, said};

#[test]
fn extract_answers_json_lines_in_order() {
    let mut child = Command::new(PROGRAM)
        .args(["extract", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = [("x1", "看看 https://v.douyin.com/iRk3xQ7_p2A/ 05/17"), ("x2", "没有链接")];
    let mut input = child.stdin.take().unwrap();
    for (id, text) in asked {
        writeln!(input, "{}", serde_json::json!({ "id": id, "text": text })).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let answers: Vec<BTreeMap<String, Value>> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers[0]["id"], "x1");
    assert_eq!(answers[0]["links"][0]["url"], "https://v.douyin.com/iRk3xQ7_p2A/");
    assert_eq!(answers[0]["links"][0]["platform"], "douyin");
    assert_eq!(answers[1]["links"], serde_json::json!([]));
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let mut child = Command::new(PROGRAM)
        .args(["extract", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    for id in 0..2000 {
        let asked =
            serde_json::json!({ "id": id, "text": "看看 https://v.douyin.com/iRk3xQ7_p2A/" });
        if writeln!(input, "{asked}").is_err() {
            break;
        }
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", said(&output));
}

#[test]
fn a_line_that_cannot_be_read_holds_up_no_other() {
    let mut child = Command::new(PROGRAM)
        .args(["extract", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"not json\n{\"id\":\"x\",\"text\":\"https://b23.tv/t7Kq2Lm\"}\n").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines[0]["error"].is_string());
    assert_eq!(lines[1]["links"][0]["platform"], "bilibili");
}
